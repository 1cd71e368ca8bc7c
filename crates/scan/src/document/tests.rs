//! Owns: tests of the words of small documents. Does not: need files from outside.

use std::io::{Cursor, Write};

use super::*;

fn words(kind: Kind, bytes: &[u8]) -> String {
    let mut all = String::new();
    let given = text(kind, &mut Cursor::new(bytes), &TextLimits::default(), &mut |piece| all.push_str(piece));
    assert_eq!(given, all.len());
    all.trim().to_owned()
}

fn flate(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// A zip of one stored member, without a directory: enough to be read.
fn zip_of(name: &str, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    [
        b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(),
        &size,
        &size,
        &u16::try_from(name.len()).unwrap().to_le_bytes(),
        &[0; 2],
        name.as_bytes(),
        content,
    ]
    .concat()
}

#[test]
fn words_of_office_documents_are_read_across_their_runs() {
    let word = b"<w:p><w:r><w:t>Volc</w:t></w:r><w:r><w:t>anoes &amp; la</w:t></w:r>va</w:p><w:p>two</w:p>";
    assert_eq!(words(Kind::Docx, &zip_of("word/document.xml", word)), "Volcanoes & lava\ntwo");
    let sheet = b"<sst><si><t>First</t></si><si><t>Second</t></si></sst>";
    assert_eq!(words(Kind::Xlsx, &zip_of("xl/sharedStrings.xml", sheet)), "First\nSecond");
    let open = b"<text:p>A<text:s/>b<text:tab/>&#233;</text:p>";
    assert_eq!(words(Kind::Odt, &zip_of("content.xml", open)), "A b \u{e9}");
    assert_eq!(words(Kind::Docx, &zip_of("word/styles.xml", b"<a>Heading</a>")), "");
}

#[test]
fn words_of_pdf_pages_are_read() {
    let page =
        b"BT /F1 12 Tf 72 700 Td (Volcanoes \\(and) Tj [(la) -20 (va) -300 (are\\051)] TJ T* (hot) Tj ET";
    for (filter, data) in [("", page.to_vec()), ("/Filter /FlateDecode", flate(page))] {
        let pdf =
            [b"%PDF-1.4 4 0 obj <<".as_slice(), filter.as_bytes(), b">>\nstream\n", &data, b"\nendstream"];
        assert_eq!(words(Kind::Pdf, &pdf.concat()), "Volcanoes (andlava are)\nhot");
    }
}

#[test]
fn fonts_with_codes_of_their_own_are_read_by_their_tables() {
    let table =
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0003> <0048> endbfchar \
        2 beginbfrange <0004> <0006> <0069> <0010> <0011> [<0066> <00660069>] endbfrange begincmap";
    let page = b"BT /F7 9 Tf <00030004> Tj ( ) Tj <0010> Tj <0011> Tj ET";
    let pdf = [
        b"%PDF-1.7\n1 0 obj <</Font <</F7 2 0 R>>>> endobj 2 0 obj <</ToUnicode 3 0 R>> endobj 3 0 obj <<>>\nstream\n"
            .as_slice(),
        table,
        b"\nendstream endobj 4 0 obj <</Filter/FlateDecode>>\nstream\n",
        &flate(page),
        b"\nendstream",
    ];
    assert_eq!(words(Kind::Pdf, &pdf.concat()), "Hiffi");
}

#[test]
fn words_of_rich_text_are_read() {
    let rtf = br"{\rtf1{\fonttbl{\f0 Arial;}}\f0 Hello \b w\u246?rld\b0\par caf\'e9 {\*\hidden no}}";
    assert_eq!(words(Kind::Rtf, rtf), "Hello w\u{f6}rld\ncaf\u{e9}");
}

#[test]
fn text_is_bounded() {
    let long = format!("<w:p>{}</w:p>", "word ".repeat(100_000));
    let limits = TextLimits { text_bytes: 10_000, ..TextLimits::default() };
    let mut pieces = 0;
    let given = text(
        Kind::Docx,
        &mut Cursor::new(zip_of("word/document.xml", long.as_bytes())),
        &limits,
        &mut |piece| {
            pieces += 1;
            assert!(piece.len() <= LONGEST_PIECE_BYTES + 4);
        },
    );
    assert!(given <= limits.text_bytes + 4 && pieces >= 2, "{given} {pieces}");
}
