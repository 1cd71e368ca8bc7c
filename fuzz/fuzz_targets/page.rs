//! Whole pages: no bytes stop a scan, and no cut changes what it finds.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use usher_scan::coding::Coding;
use usher_scan::page::{PageScan, PageScores, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own;

const KINDS: [TextKind; 6] = [
    TextKind::Html,
    TextKind::Xml,
    TextKind::Plain,
    TextKind::Json,
    TextKind::Script,
    TextKind::EventStream,
];
const CODINGS: [&[Coding]; 6] = [
    &[],
    &[],
    &[Coding::Gzip],
    &[Coding::Deflate],
    &[Coding::Brotli],
    &[Coding::Zstd, Coding::Gzip],
];
const CHARSETS: [Option<&str>; 5] = [None, Some("utf-8"), Some("windows-1251"), Some("shift_jis"), Some("utf-16")];

static BOOK: LazyLock<Arc<PhraseBook>> =
    LazyLock::new(|| Arc::new(PhraseBook::compile(&own::built_in().expect("a test reads them"))));

fn scan(kind: TextKind, codings: &[Coding], charset: Option<&str>, bytes: &[u8], step: usize) -> PageScores {
    let mut scan = PageScan::new(Arc::clone(&BOOK), kind, codings, charset);
    for piece in bytes.chunks(step) {
        if scan.push(piece).is_err() {
            break;
        }
    }
    scan.finish()
}

fuzz_target!(|input: &[u8]| {
    let [choice, step, bytes @ ..] = input else { return };
    let choice = usize::from(*choice);
    let kind = KINDS[choice % KINDS.len()];
    let codings = CODINGS[choice / 6 % CODINGS.len()];
    let charset = CHARSETS[usize::from(*step) % CHARSETS.len()];
    let step = usize::from(step / 5) + 1;
    let whole = scan(kind, codings, charset, bytes, usize::MAX);
    let pieces = scan(kind, codings, charset, bytes, step);
    if codings.is_empty() {
        assert_eq!(whole, pieces);
    } else if pieces.fault.is_none() {
        // Broken bytes are noticed sooner or later, depending on the cut; Brotli's decoder lets some pass that come in
        // one piece. What is sound in pieces is sound as a whole.
        assert_eq!(whole.fault, None);
    }
});
