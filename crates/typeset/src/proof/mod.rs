//! Proofs that the documents of `reports` can be set, look as they should, and say people's words and nothing else.

mod sample;

use std::sync::LazyLock;

use proptest::prelude::*;
use typst::layout::{Frame, FrameItem};
use usher_records::agreement::AgreementText;
use usher_records::slip::Parts;
use usher_records::translation::pieces::{Said, clause_name};
use usher_reports::document::{self, Document, Letterhead};
use usher_reports::names::Names;
use usher_types::moment::{Moment, Zone};
use usher_words::Words;

use crate::typesetter::{Typesetter, compile, write};

const GUIDE: &str = include_str!("../../../../profiles/home-guide.md");

/// The child's part and a parent's.
const BOTH: Parts = Parts { child: true, parent: true };

fn at() -> Moment {
    "2026-11-30T06:00:00Z".parse().unwrap()
}

/// One for all cases of a test: fonts take a while to read.
static PRESS: LazyLock<Press> = LazyLock::new(Press::new);

/// Sets what a school prints.
struct Press {
    typesetter: Typesetter,
    words: Words,
    zone: Zone,
}

impl Press {
    fn new() -> Self {
        let typesetter = Typesetter::new(vec![]).unwrap();
        Self { typesetter, words: Words::english().unwrap(), zone: Zone::london() }
    }

    fn head(&self) -> Letterhead<'_> {
        Letterhead { school: "Rowan Hill Primary", zone: &self.zone, words: &self.words }
    }

    /// Sets a document and reads what stands on its pages, without places to break.
    fn set(&self, document: &Document) -> Printed {
        let (desk, boxes) = self.typesetter.desk(document.source, &document.files, at()).unwrap();
        let laid_out = compile(&desk, &document.title).unwrap();
        let text = |page: &typst_layout::Page| {
            let mut text = String::new();
            read(&page.frame, &mut text);
            text.replace('\u{200b}', "")
        };
        let set = write(&desk, &laid_out, boxes, at()).unwrap();
        assert_eq!(set.lapse, None, "{}", document.title);
        let pages: Vec<String> = laid_out.pages().iter().map(text).collect();
        Printed { text: pages.concat(), pages, pdf: set.pdf }
    }
}

/// A document as its reader has it.
struct Printed {
    pages: Vec<String>,
    text: String,
    pdf: Vec<u8>,
}

fn read(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => read(&group.frame, text),
            FrameItem::Text(item) => text.push_str(&item.text),
            _ => {}
        }
    }
}

#[test]
fn mon_06_the_weekly_report_is_set_with_none_one_and_many_items() {
    let press = &*PRESS;
    for (items, pages) in [(0, 1..=1), (1, 2..=2), (9, 3..=4), (200, 20..=40)] {
        let document = document::weekly(&press.head(), &sample::weekly(items));
        let Printed { pages: set, text, pdf } = press.set(&document);
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(pages.contains(&set.len()), "{items} items take {} pages", set.len());
        assert!(!text.contains('⟨'), "{text}");
        assert_eq!(text.contains("Nothing was found this week."), items == 0);
    }
}

#[test]
fn the_first_page_has_figures_plot_list_and_blind_spots_whatever_the_week_was() {
    let press = &*PRESS;
    for items in [1, 6, 40] {
        let pages = press.set(&document::weekly(&press.head(), &sample::weekly(items))).pages;
        assert!(pages[0].contains("items found") || pages[0].contains("item found"));
        assert!(pages[0].contains("mobile data"), "{items}: {}", pages[0]);
        let second = solid(&pages[1]);
        assert!(
            ["Actnow", "Lookatthese", "Goodtoknow"].iter().any(|head| second.starts_with(head)),
            "{second}"
        );
    }
    let long = with_everywhere(&"Wolfeschlegelsteinhausen ".repeat(12));
    assert!(press.set(&document::weekly(&press.head(), &long)).pages[0].contains("mobile data"));
}

#[test]
fn a_copy_without_the_confidential_part_does_not_hold_it() {
    let press = &*PRESS;
    let all = sample::weekly(20);
    let text = |weekly| solid(&press.set(&document::weekly(&press.head(), weekly)).text);
    assert!(text(&all).contains("RuthPenhallow"));
    assert!(!text(&all.for_readers(&[])).contains("RuthPenhallow"));
}

#[test]
fn agr_11_the_home_guide_is_one_sheet() {
    let press = &*PRESS;
    let document = document::guide(&press.head(), GUIDE);
    let set = press.set(&document);
    assert_eq!(set.pages.len(), 1);
    assert!(set.text.contains("Set up once"));
}

#[test]
fn agr_01_and_agr_09_registers_and_outstanding_lists_are_set() {
    let press = &*PRESS;
    let sections = sample::sections();
    for document in [
        document::register(&press.head(), &sections),
        document::register(&press.head(), &[]),
        document::outstanding(&press.head(), &[]),
    ] {
        assert!(!press.set(&document).text.contains('⟨'));
    }
    let outstanding = document::outstanding(&press.head(), &sections);
    let set = press.set(&outstanding);
    assert_eq!(set.pages.len(), 1, "a page for each class that is not done, to hand out");
    assert!(set.text.contains("27 of 30 done"));
}

#[test]
fn inc_01_the_violations_register_shows_an_entry_and_its_correction() {
    let press = &*PRESS;
    let names = Names::default();
    for entries in [sample::entries(), vec![]] {
        let document = document::violations(&press.head(), &sample::week(), &entries, &names);
        let text = press.set(&document).text;
        assert!(!text.contains('⟨'), "{text}");
        for entry in entries {
            assert!(solid(&text).contains(&solid(&entry.text)), "{text}");
        }
    }
}

#[test]
fn every_agreement_is_set() {
    let press = &*PRESS;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/agreements");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = AgreementText::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        let document = document::agreement(&press.head(), &text, (document::Print::Ordinary, BOTH), None);
        let set = press.set(&document).text;
        assert!(!set.contains('⟨') && !set.contains("keeps="), "{}", text.head.key);
        count += 1;
    }
    assert!(count > 2);
}

/// The sizes of all letters on a page, in points.
fn sizes(frame: &Frame, found: &mut Vec<f64>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => sizes(&group.frame, found),
            FrameItem::Text(item) if !item.text.trim().is_empty() => found.push(item.size.to_pt()),
            _ => {}
        }
    }
}

#[test]
fn pol_09_nothing_on_a_large_print_agreement_is_smaller_than_18_points() {
    let press = &*PRESS;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/agreements");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = AgreementText::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        let smallest = |document: &Document| {
            let (desk, _) = press.typesetter.desk(document.source, &document.files, at()).unwrap();
            let mut found = Vec::new();
            for page in compile(&desk, &document.title).unwrap().pages() {
                sizes(&page.frame, &mut found);
            }
            found.into_iter().fold(f64::INFINITY, f64::min)
        };
        let print = |print| document::agreement(&press.head(), &text, (print, BOTH), Some("Eve Net"));
        let key = &text.head.key;
        assert!(smallest(&print(document::Print::Large)) > 17.99, "{key}");
        assert!(smallest(&print(document::Print::Ordinary)) < 17.99, "{key}: it says nothing of large print");
        let symbols = document::symbols(&press.head(), &text, |_| STAR.to_owned());
        assert!(smallest(&symbols) > 17.99, "{key}");
        assert!(!press.set(&symbols).text.contains('⟨'), "{key}");
    }
}

const STAR: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\"/></svg>";

#[test]
fn pol_09_a_translation_is_set_in_its_own_language_and_direction_and_says_what_is_english() {
    let press = &*PRESS;
    let text = AgreementText::parse(include_str!("../../../../profiles/agreements/parent.md")).unwrap();
    for (tag, words, boxes) in
        [("pl", "Zażółć gęślą jaźń", 0), ("ar", "أسأل أولا", 0), ("ur", "ہم", 1), ("am", "ሰላም", 3)]
    {
        let first = clause_name(&text.clauses[0].id);
        let typed = |name: &str| (name == first).then(|| words.to_owned());
        let said = Said::of(&text, tag.parse().unwrap(), typed).unwrap();
        let document =
            document::translated(&press.head(), (&text, &said), (document::Print::Ordinary, BOTH), None);
        let set = press.typesetter.set(document.source, &document.files, &document.title, at()).unwrap();
        assert_eq!((set.boxes, press.typesetter.boxes(words)), (boxes, boxes), "{tag}");
        assert_eq!(set.lapse, None, "{tag}");
        let data = String::from_utf8(document.files[0].1.clone()).unwrap();
        assert!(data.contains(&format!("\"lang\":\"{tag}\"")), "{tag}");
        assert_eq!(data.contains("\"from_right\":true"), matches!(tag, "ar" | "ur"));
        let left = format!("{} parts", said.missing(&text));
        assert!(solid(&press.set(&document).text).contains(&solid(&left)), "{tag}");
    }
}

#[test]
fn mon_02_a_persons_activity_is_set() {
    let press = &*PRESS;
    for pages in [0, 1, 60] {
        let document =
            document::person(&press.head(), &sample::activity(pages), "Asked by the safeguarding lead");
        assert!(!press.set(&document).text.contains('⟨'));
    }
}

/// Puts one text wherever a person's words can go.
fn with_everywhere(hostile: &str) -> usher_reports::weekly::Weekly {
    let mut weekly = sample::weekly(1);
    let item = &mut weekly.gravities[0].items[0];
    item.who = usher_reports::names::Who::Person {
        person: usher_types::ids::Id::new(1),
        name: Some(hostile.into()),
        kind: usher_types::role::PersonKind::Pupil,
        class: Some(hostile.into()),
    };
    item.searches = vec![hostile.into()];
    item.engine = Some(hostile.into());
    item.phrase.text = hostile.into();
    item.whereabouts.device = hostile.into();
    item.address = hostile.into();
    weekly
}

#[test]
fn what_people_write_is_never_markup() {
    let press = &*PRESS;
    let pages = press.set(&document::weekly(&press.head(), &sample::weekly(1))).pages.len();
    for hostile in [
        "#import \"x\"",
        "#read(\"data.json\")",
        "$ x^2 $",
        "*bold* _slanted_ `code`",
        "\\ ] [ } { ) (",
        "= Heading",
        "<label> @ref",
        "// gone /* gone */",
        "https://a.example",
        "\"), panic(\"",
        "</svg><script>",
        "-- --- ... ~",
        "⟨key⟩ 'quoted'",
    ] {
        let document = document::weekly(&press.head(), &with_everywhere(hostile));
        let set = press.set(&document);
        assert_eq!(set.pages.len(), pages, "{hostile}");
        let (letters, text): (String, String) = (solid(hostile), solid(&set.text));
        assert!(text.matches(&letters).count() >= 5, "{hostile}: {text}");
    }
}

/// Text without the spaces at which it was broken into lines.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_markup_is_set_as_text(hostile in "[#$*_`\\\\\\[\\]{}()<>@=/~'\"a-c.:;+-]{1,24}") {
        let press = &*PRESS;
        let document = document::weekly(&press.head(), &with_everywhere(&hostile));
        let text = solid(&press.set(&document).text);
        prop_assert!(text.matches(&solid(&hostile)).count() >= 3, "{}: {}", hostile, text);
    }

    #[test]
    fn any_text_at_all_can_be_printed(strange in "\\PC{0,30}|.{0,30}") {
        let press = &*PRESS;
        let document = document::weekly(&press.head(), &with_everywhere(&strange));
        let set = press.typesetter.set(document.source, &document.files, &document.title, at());
        prop_assert!(set.is_ok(), "{:?}: {:?}", strange, set.err());
    }

    #[test]
    fn any_markdown_can_be_printed(markdown in "([#>*_`0-9.\\[\\]()!<&; \\n-]|[a-c]){0,60}") {
        let press = &*PRESS;
        let document = document::guide(&press.head(), &markdown);
        let set = press.typesetter.set(document.source, &document.files, &document.title, at());
        prop_assert!(set.is_ok(), "{:?}: {:?}", markdown, set.err());
    }
}
