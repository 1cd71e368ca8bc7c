//! Documents: any bytes as any kind of document give text within the limit.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use usher_scan::document::{TextLimits, text};
use usher_scan::kind::Kind;

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let kinds = [Kind::Pdf, Kind::Rtf, Kind::Docx, Kind::Odt, Kind::Doc, Kind::Xlsx];
    let kind = kinds[usize::from(which) % kinds.len()];
    let limits = TextLimits { file_bytes: 1 << 20, unpacked_bytes: 4 << 20, text_bytes: 1 << 16 };
    let mut seen = 0;
    let given = text(kind, &mut Cursor::new(bytes), &limits, &mut |piece| seen += piece.len());
    assert_eq!(given, seen);
    assert!(given <= limits.text_bytes + 8);
});
