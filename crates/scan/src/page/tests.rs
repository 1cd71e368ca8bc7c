//! Whole pages, from bytes to scores.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::phrase::{Effect, Phrase, PhraseList};

fn book() -> Arc<PhraseBook> {
    let phrase = |parts: &[&str], effect| Phrase {
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        unless: Vec::new(),
        effect,
        category: "test".to_owned(),
    };
    let phrases = vec![
        phrase(&["volcano"], Effect::Weighted(10)),
        phrase(&[" lava ", "ash"], Effect::Weighted(100)),
        phrase(&["forbidden"], Effect::Banned),
        phrase(&["lesson plan"], Effect::Exception),
        phrase(&["<meta name=\"Rating\" content=\"Mature\">"], Effect::Weighted(1_000)),
    ];
    Arc::new(PhraseBook::compile(&[PhraseList { source: "test".to_owned(), phrases }]))
}

fn scan(kind: TextKind, charset: Option<&str>, bytes: &[u8], step: usize) -> PageScores {
    let mut scan = PageScan::new(book(), kind, &[], charset);
    bytes.chunks(step).for_each(|piece| scan.push(piece).unwrap());
    scan.finish()
}

#[test]
fn pages_of_every_kind_are_scored() {
    for step in [1, 6, 9_999] {
        for (kind, charset, page, total) in [
            (TextKind::Html, None, "<p>Vol<b>can</b>o</p>".as_bytes(), 10),
            (TextKind::Html, None, b"Vol<!-- - -- x -->cano", 10),
            (TextKind::Html, None, b"vol<p>cano", 0),
            (TextKind::Html, None, b"&#86;olc&#x61;n&#111 <img alt='lava'> ash", 110),
            (
                TextKind::Html,
                None,
                b"vol&shy;cano <script>x = 'a\\x73h', lava = 1</script><style>ash lava</style>",
                10,
            ),
            (TextKind::Html, None, b"<script>'</script>volcano", 10),
            (TextKind::Html, None, b"<textarea><p>lava</textarea><i title=ash>", 100),
            (TextKind::Html, None, b"<meta content=x name=y><META name=rating content=mature />", 1_000),
            (TextKind::Html, Some("utf-16le"), b"v\0o\0l\0c\0a\0n\0o\0", 10),
            (TextKind::Xml, None, b"<rss><title><![CDATA[Volcano]]></title><x/>lava<y/>ash", 110),
            (TextKind::Plain, None, "В vоlcаnо".as_bytes(), 10),
            (TextKind::Json, None, br#"{"vol": "cano", "x": "\u0056olcano"}"#, 10),
            (TextKind::Script, None, b"lava(); // volcano\n f(\"ash\", `x lava`)", 100),
            (TextKind::EventStream, None, b"data: {\"delta\":\"volc\"}\n\ndata: {\"delta\":\"ano\"}\n\n", 10),
        ] {
            assert_eq!(
                scan(kind, charset, page, step).total,
                total,
                "{} {step}",
                String::from_utf8_lossy(page)
            );
        }
    }
}

#[test]
fn a_streamed_answer_is_noticed_at_the_piece_that_turns_bad() {
    let mut scan = PageScan::new(book(), TextKind::EventStream, &[], None);
    scan.push(b"data: {\"content\":\"Today: volc\"}\n\n").unwrap();
    assert_eq!(scan.so_far().total, 0);
    scan.push(b"data: {\"content\":\"anoes\"}\n\n").unwrap();
    assert_eq!(scan.so_far().total, 10);
    scan.push(b"data: {\"content\":\" and forbidden\"}\n\n").unwrap();
    let banned = scan.so_far().banned.unwrap();
    assert_eq!(book().phrase(banned).unwrap().parts, ["forbidden"]);
}

#[test]
fn scores_name_their_phrases_and_the_title() {
    let page = b"<title> Lava\n &amp; ash </title>volcano volcano lesson plan";
    let scores = scan(TextKind::Html, None, page, 5);
    assert_eq!(scores.title.as_deref(), Some("Lava & ash"));
    assert_eq!((scores.total, scores.decoded_bytes), (110, page.len() as u64));
    assert!(scores.exception.is_some());
    let category = &scores.categories[0];
    assert_eq!(category.score, 110);
    let named: Vec<_> = category.top.iter().map(|(_, count, weight)| (*count, *weight)).collect();
    assert_eq!(named, [(1, 100), (2, 10)]);
}

#[test]
fn codings_come_off_first_and_faults_keep_what_was_found() {
    let page = "<p>volcano</p>".repeat(2_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(page.as_bytes()).unwrap();
    let mut coded = gzip.finish().unwrap();
    coded.extend_from_slice(b"and then rubbish");
    let mut scan = PageScan::new(book(), TextKind::Html, &[Coding::Gzip], None);
    assert_eq!(scan.push(&coded), Err(Fault::Broken));
    let scores = scan.finish();
    assert_eq!(scores.fault, Some(Fault::Broken));
}

/// The title of a page, by what the scanner is told of its charset.
fn title(page: &[u8], charset: Option<&str>) -> Option<String> {
    scan(TextKind::Html, charset, page, 7).title
}

#[test]
fn titles_are_read_as_a_browser_shows_them() {
    for (page, expected) in [
        ("<html><head><title>Volcanoes &amp; lava</title>", "Volcanoes & lava"),
        ("<TITLE lang=en>\n  Two\n lines </TITLE>", "Two lines"),
        ("<title>A &#8211; B &#x2014; C</title>", "A – B — C"),
        ("<title>never closed", "never closed"),
        // A character that is none is shown as the sign for that (HTML, 13.2.5.80).
        ("<title>Fish & chips &unknown; &#0;</title>", "Fish & chips &unknown; \u{fffd}"),
    ] {
        assert_eq!(title(page.as_bytes(), None).as_deref(), Some(expected), "{page}");
    }
    for page in ["", "<p>no title</p>", "<titlebar>x</titlebar>", "<title>   </title>", "<title"] {
        assert_eq!(title(page.as_bytes(), None), None, "{page}");
    }
}

#[test]
fn the_header_counts_over_the_page_and_the_page_over_a_guess() {
    let latin = b"<meta charset=\"iso-8859-1\"><title>caf\xe9</title>";
    assert_eq!(title(latin, None).as_deref(), Some("café"));
    let greek = b"<meta charset=utf-8><title>\xe1</title>";
    assert_eq!(title(greek, Some("iso-8859-7")).as_deref(), Some("α"));
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("<title>hi</title>".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(title(&utf16, None).as_deref(), Some("hi"));
}

#[test]
fn what_stands_in_noscript_swallows_nothing_after_it() {
    let page = b"<noscript><!--</noscript>about volcano and lava";
    let same = b"about volcano and lava";
    assert!(scan(TextKind::Html, None, same, 5).total != 0);
    assert_eq!(scan(TextKind::Html, None, page, 5).total, scan(TextKind::Html, None, same, 5).total);
}

proptest! {
    #[test]
    fn any_split_of_a_page_scores_the_same(
        page in "(<b>|</b>|<p>|<!--|-->|<title>|</title>|<script>|</script>|&#118;|&|volcano|lava|ash| |'|\"|<a href=|>|é|<!\\[CDATA\\[|\\]\\]>){0,40}",
        step in 1_usize..20,
        xml: bool,
    ) {
        let kind = if xml { TextKind::Xml } else { TextKind::Html };
        prop_assert_eq!(scan(kind, None, page.as_bytes(), step), scan(kind, None, page.as_bytes(), 9_999));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        for kind in [TextKind::Html, TextKind::Xml, TextKind::Plain, TextKind::Json, TextKind::Script, TextKind::EventStream] {
            scan(kind, None, &bytes, 100);
        }
    }
}
