//! Depth bombs (other filters' parsers fell over them: JSON, MIME, markup, documents): whatever is inside something inside
//! something, reading it takes no stack, and ends. Archives in archives are tried where archives are read.
#![allow(clippy::unwrap_used, reason = "tests stop where something is wrong")]

use std::io::Cursor;
use std::sync::Arc;

use usher_scan::document::{TextLimits, text};
use usher_scan::form;
use usher_scan::kind::Kind;
use usher_scan::page::{PageScan, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::{Effect, Phrase, PhraseList};

/// Deeper than any stack.
const DEEP: usize = 100_000;
/// What a thread of the gateway has. A reader that calls itself for each level needs far more.
const STACK_BYTES: usize = 2 << 20;

/// Runs a test where a call for each level would end the process.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(test).unwrap().join().unwrap();
}

#[test]
fn peers_case_17_json_100_000_deep_is_read_to_its_bottom() {
    on_a_small_stack(|| {
        for opened in ["[", "{\"a\":", "[{\"a\":"] {
            let body = format!("{}\"meet me\"", opened.repeat(DEEP));
            let form = form::read(Some("application/json"), body.as_bytes());
            let (_, last) = form.fields.last().unwrap();
            assert!(last.ends_with("meet me"), "{opened}");
        }
    });
}

#[test]
fn peers_case_17_json_in_strings_of_json_ends() {
    on_a_small_stack(|| {
        let mut body = "\"meet me\"".to_owned();
        while body.len() < 1 << 18 {
            body = format!("[{body:?}]");
        }
        let form = form::read(Some("application/json"), body.as_bytes());
        assert!(form.fields.last().unwrap().1.contains("meet me"));
    });
}

#[test]
fn peers_case_17_mime_parts_in_parts_end() {
    on_a_small_stack(|| {
        let deep = 5_000;
        let head = "Content-Disposition: form-data; name=\"p\"\r\nContent-Type: multipart/mixed; boundary=b";
        let opened: String =
            (0..deep).map(|level| format!("--b{level}\r\n{head}{}\r\n\r\n", level + 1)).collect();
        let last = format!("--b{deep}\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nmeet me\r\n");
        let form = form::read(Some("multipart/form-data; boundary=b0"), format!("{opened}{last}").as_bytes());
        let shown = form.fields.iter().any(|(_, value)| value.contains("meet me"));
        assert!(shown && form.unread, "what is too deep to be taken apart is text, and is said to be unread");
    });
}

#[test]
fn peers_case_17_markup_in_markup_is_read_to_its_bottom() {
    on_a_small_stack(|| {
        let phrase = Phrase {
            parts: vec!["volcano".to_owned()],
            unless: Vec::new(),
            effect: Effect::Weighted(10),
            category: "test".to_owned(),
        };
        let list = PhraseList { source: "test".to_owned(), phrases: vec![phrase] };
        let book = Arc::new(PhraseBook::compile(&[list]));
        let opened = ["<div>", "<svg><g>", "<table><tr><td>", "<a href='x'>", "<ul><li>"];
        let html = opened.map(|opened| (TextKind::Html, opened));
        for (kind, opened) in html.into_iter().chain([(TextKind::Xml, "<g>"), (TextKind::Json, "[")]) {
            let quote = if kind == TextKind::Json { "\"" } else { "" };
            let mut scan = PageScan::new(Arc::clone(&book), kind, &[], None);
            scan.push(format!("{}{quote}volcano{quote}", opened.repeat(DEEP)).as_bytes()).unwrap();
            assert_eq!(scan.finish().total, 10, "{opened}");
        }
    });
}

#[test]
fn peers_case_17_documents_of_brackets_end() {
    on_a_small_stack(|| {
        let words = |kind: Kind, bytes: String| {
            let mut all = String::new();
            text(kind, &mut Cursor::new(bytes), &TextLimits::default(), &mut |piece| all.push_str(piece));
            all
        };
        let rich = format!("{{\\rtf1 {}volcano", "{".repeat(DEEP));
        assert!(words(Kind::Rtf, rich).contains("volcano"));
        for opened in ["[", "<<", "(", "<</A"] {
            let opened = opened.repeat(DEEP);
            let pdf = format!("%PDF-1.4 4 0 obj <<>>\nstream\nBT {opened} (volcano) Tj ET\nendstream");
            // A string that never ends hides what is in it from any reader; that it ends here is the point.
            words(Kind::Pdf, pdf);
        }
    });
}
