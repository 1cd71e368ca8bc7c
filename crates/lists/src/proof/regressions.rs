//! Feeds that broke other filters: cut short, a hundred times too large, full of repetitions, in foreign line ends.

use usher_types::moment::Moment;

use super::{SEED, compile, compile_with, lists, source};
use crate::artefact::Artefact;
use crate::category::Catalogue;
use crate::compile::{Changed, CompileError, Compiler, HeldSource};
use crate::format::{Format, detect};
use crate::normal::Difference;
use crate::review::{ChangeGuard, Decision, Platforms, Popularity, Review, Ruling, TooMuchChange};
use crate::source::{Source, SourceId};

fn names(count: usize) -> String {
    (0..count).map(|number| format!("n{number}.example\n")).collect()
}

fn recompile(now: Source, before: Source) -> (Artefact, crate::compile::Outcome) {
    let mut compiler = Compiler::new(Review::default(), ChangeGuard::default());
    compiler.add_changed(now, before);
    let mut bytes = Vec::new();
    let outcome = compiler.write(SEED, &mut bytes).unwrap();
    (Artefact::from_bytes(bytes).unwrap(), outcome)
}

fn feed(list: impl AsRef<[u8]>) -> Source {
    source("feed", "games", Format::Domains, list)
}

#[test]
fn peers_case_9_a_feed_cut_short_keeps_its_earlier_entries() {
    let whole = names(100);
    let cut = &whole[..whole.find("50.example").unwrap() + 5];
    let (artefact, outcome) = recompile(feed(cut), feed(&whole));
    assert_eq!(lists(&artefact, "http://n99.example/"), ["feed"]);
    let id = SourceId::parse("feed").unwrap();
    let why = TooMuchChange::Shrank { from: 100, to: 51 };
    assert_eq!(outcome.held_sources, [HeldSource { source: id.clone(), why }]);
    // The last line is cut inside a name, which is then another name.
    assert_eq!(outcome.changed, [Changed { source: id, difference: Difference { added: 1, removed: 50 } }]);
    assert_eq!(outcome.lists[0].counts.entries.names, 100);
}

#[test]
fn peers_case_9_a_feed_a_hundred_times_larger_keeps_its_earlier_entries() {
    let (artefact, outcome) = recompile(feed(names(10_000)), feed(names(100)));
    assert_eq!(outcome.held_sources.len(), 1);
    assert_eq!(lists(&artefact, "http://n9999.example/"), [""; 0]);
}

#[test]
fn a_feed_that_changes_a_little_is_taken() {
    let (artefact, outcome) = recompile(feed(names(110)), feed(names(100)));
    assert_eq!(outcome.held_sources, []);
    assert_eq!(outcome.changed[0].difference, Difference { added: 10, removed: 0 });
    assert_eq!(lists(&artefact, "http://n109.example/"), ["feed"]);
}

#[test]
fn a_web_page_instead_of_a_feed_has_no_format_and_no_entries() {
    let page = "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Sign in</title>\n<p>Please sign in to the network.</p>\n</html>\n";
    assert_eq!(detect(page.as_bytes()), None);
    let (_artefact, outcome) = recompile(feed(page), feed(names(10)));
    assert_eq!(outcome.held_sources.len(), 1);
}

#[test]
fn peers_case_9_repeated_lines_count_once() {
    let (artefact, outcome) = compile(vec![feed(names(50).repeat(3))]);
    let counts = &outcome.lists[0].counts;
    assert_eq!((counts.entries.names, counts.duplicates, counts.reading.entries), (50, 100, 150));
    assert_eq!(outcome.figures.names, 50);
    assert_eq!(lists(&artefact, "http://n7.example/"), ["feed"]);
}

#[test]
fn peers_case_9_line_ends_marks_comments_and_unicode_are_read() {
    let list = "\u{feff}# comment\r\nOne.Example\r\n! comment\r\n; comment\r\n// comment\r\ntwo.example # why\r\n\
                \r\n*.three.example\r\n.four.example\r\nmünchen.example\r\nfive.example.\r\n";
    let (artefact, outcome) = compile(vec![feed(list)]);
    for host in ["one", "a.two", "three", "four", "xn--mnchen-3ya", "five"] {
        assert_eq!(lists(&artefact, &format!("http://{host}.example/")), ["feed"], "{host}");
    }
    assert_eq!(outcome.lists[0].counts.reading.bad_total(), 0);
}

#[test]
fn a_feed_in_sixteen_bits_a_letter_is_named_and_keeps_its_earlier_entries() {
    let wide: Vec<u8> = names(100).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [b"\xff\xfe".to_vec(), wide].concat();
    let now = feed(&wide);
    let (artefact, outcome) = recompile(now, feed(names(100)));
    assert_eq!(lists(&artefact, "http://n99.example/"), ["feed"]);
    assert_eq!(outcome.held_sources.len(), 1);
}

#[test]
fn a_feed_of_one_endless_line_is_one_bad_line() {
    let endless = "a.example ".repeat(1 << 20);
    let (artefact, outcome) = recompile(feed(endless), feed(names(10)));
    assert_eq!(lists(&artefact, "http://n9.example/"), ["feed"]);
    assert_eq!(outcome.held_sources.len(), 1);
    let (_artefact, outcome) =
        compile(vec![feed("a.example ".repeat(1 << 10)), source("b", "games", Format::Domains, "b.example")]);
    assert_eq!(outcome.lists[1].counts.reading.bad_total(), 1);
}

fn our_review(decisions: Vec<Decision>) -> Review {
    let platforms = Platforms::ours(&Catalogue::ours().unwrap().table()).unwrap();
    Review::new(platforms, Popularity::default(), decisions)
}

#[test]
fn peers_case_9_a_star_before_com_shuts_nothing() {
    let list = "*.com\nco.uk\nblogspot.com\nplain.example.com\n";
    let (artefact, outcome) =
        compile_with(our_review(vec![]), vec![source("feed", "adult", Format::Domains, list)]);
    let held: Vec<_> =
        outcome.held.iter().map(|held| (held.entry.as_str(), held.reason.to_string())).collect();
    assert_eq!(
        held,
        [
            ("com", "everything under a public suffix would be listed".to_owned()),
            ("blogspot.com", "many people publish under it: Blogs anybody can start".to_owned()),
            ("co.uk", "everything under a public suffix would be listed".to_owned()),
        ]
    );
    assert_eq!((outcome.lists[0].counts.held, outcome.figures.names), (3, 1));
    assert_eq!(lists(&artefact, "http://anything.com/"), [""; 0]);
    assert_eq!(lists(&artefact, "http://plain.example.com/"), ["feed"]);
}

#[test]
fn a_decision_settles_a_held_entry_of_its_list_only() {
    let decision = |entry: &str, ruling: Ruling| Decision {
        source: SourceId::parse("one").unwrap(),
        entry: entry.into(),
        ruling,
        by: "the safeguarding lead".into(),
        why: "a test".into(),
        at: Moment::from_unix_ms(1),
    };
    let review = our_review(vec![decision("tumblr.com", Ruling::Apply), decision("narod.ru", Ruling::Drop)]);
    let list = "tumblr.com\nnarod.ru\n";
    let sources =
        vec![source("one", "adult", Format::Domains, list), source("two", "games", Format::Domains, list)];
    let (artefact, outcome) = compile_with(review, sources);
    assert_eq!(lists(&artefact, "http://a.tumblr.com/"), ["one"]);
    assert_eq!(lists(&artefact, "http://a.narod.ru/"), [""; 0]);
    let counts: Vec<_> = outcome.lists.iter().map(|list| (list.counts.held, list.counts.dropped)).collect();
    assert_eq!(counts, [(0, 1), (2, 0)]);
    assert_eq!(outcome.held.len(), 2);
}

#[test]
fn a_source_given_twice_is_refused() {
    let mut compiler = Compiler::default();
    compiler.add(feed("a.example"));
    compiler.add(feed("b.example"));
    let error = compiler.write(SEED, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, CompileError::SourceTwice(_)), "{error}");
}
