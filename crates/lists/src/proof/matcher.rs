//! The compiled matcher against one that tries every entry.

use proptest::prelude::*;
use usher_types::host::Host;
use usher_types::url::WebAddress;

use super::{category, compile, lists, source, why};
use crate::format::{Format, What};
use crate::pages::Pages;
use crate::source::Source;

#[test]
fn a_host_is_on_the_lists_of_all_names_above_it() {
    let (artefact, outcome) = compile(vec![
        source("games", "games", Format::Domains, "play.example\na.b.play.example\n192.0.2.1\n"),
        source("news", "news", Format::Domains, "b.play.example\nwww.paper.example\n"),
        source(
            "pages",
            "cheating",
            Format::Urls,
            "play.example/cheats\nplay.example/cheats/now\n192.0.2.1/x\n",
        ),
    ]);
    for (page, on) in [
        ("http://play.example/", vec!["games: play.example"]),
        ("http://x.play.example/", vec!["games: play.example"]),
        ("http://b.play.example/", vec!["games: play.example", "news: b.play.example"]),
        ("http://c.a.b.play.example/", vec!["games: play.example", "news: b.play.example"]),
        ("http://display.example/", vec![]),
        ("http://example/", vec![]),
        ("http://www.paper.example/", vec!["news: www.paper.example"]),
        ("http://paper.example/", vec![]),
        ("http://192.0.2.1/", vec!["games: 192.0.2.1"]),
        ("http://192.0.2.1/x/y", vec!["games: 192.0.2.1", "pages: 192.0.2.1/x"]),
        ("http://192.0.2.2/", vec![]),
        (
            "http://www.play.example/Cheats/now/?x=1",
            vec!["games: play.example", "pages: play.example/cheats"],
        ),
        ("http://play.example/cheatsheet", vec!["games: play.example"]),
        ("http://b.play.example/cheats", vec!["games: play.example", "news: b.play.example"]),
    ] {
        assert_eq!(why(&artefact, page), on, "{page}");
        let names: Vec<&str> = on.iter().map(|text| text.split(':').next().unwrap()).collect();
        assert_eq!(lists(&artefact, page), names, "{page}");
    }
    // `a.b.play.example` says nothing that `play.example` does not.
    assert_eq!((outcome.figures.names, outcome.figures.stored, outcome.figures.pages), (5, 4, 3));
    let host = Host::parse("x.b.play.example").unwrap();
    assert_eq!(artefact.lookup(&host, "/", None).suffix_length, 14);
    assert_eq!(artefact.category_of(0), Some(&category("games")));
}

#[test]
fn a_list_of_top_level_names_works_when_somebody_wants_one() {
    let (artefact, _outcome) =
        compile(vec![source("tops", "suspicious", Format::Domains, "zip\nmov\na.test\n")]);
    assert_eq!(lists(&artefact, "http://any.thing.zip/"), ["tops"]);
    assert_eq!(lists(&artefact, "http://zip/"), ["tops"]);
    assert_eq!(lists(&artefact, "http://zip.test/"), [""; 0]);
}

#[test]
fn nothing_at_all_can_be_compiled() {
    let (artefact, outcome) = compile(vec![]);
    assert_eq!(lists(&artefact, "http://a.example/x"), [""; 0]);
    assert_eq!(outcome.figures.names, 0);
}

/// The lists of a page by trying every entry of every source.
fn naive(sources: &[Source], page: &WebAddress) -> Vec<String> {
    let listed = |source: &&Source| {
        let mut text = Vec::new();
        source.entries.write_text(&mut text).unwrap();
        String::from_utf8(text).unwrap().lines().any(|entry| {
            let what = if entry.contains('/') {
                What::Pages(Pages::parse(entry).unwrap())
            } else {
                match Host::parse(entry).unwrap() {
                    Host::Name(name) => What::Name(name),
                    Host::Ip(address) => What::Address(address),
                }
            };
            match what {
                What::Name(name) => page.host.name().is_some_and(|host| host.is_within(&name)),
                What::Address(address) => page.host == Host::Ip(address),
                What::Pages(pages) => pages.covers(&page.host, &page.path, page.query.as_deref()),
            }
        })
    };
    sources.iter().filter(listed).map(|source| source.info.origin.id.to_string()).collect()
}

/// Few different labels, so that names meet.
const NAMES: &str = "[ab](-[ab])?(\\.[ab]{1,2}){0,3}|www\\.a\\.b|10\\.0\\.0\\.[1-3]";
const PAGES: &str = "(www\\.)?[ab](\\.[ab]){0,2}(/[aB-]{1,2}){0,3}(\\?[ab](&[ab])?)?|10\\.0\\.0\\.[1-3]/[ab]";
const ASKED: &str = "http://((www2?\\.)?[ab](-[ab])?(\\.[ab]{1,2}){0,4}|10\\.0\\.0\\.[1-4])(/[abA-]{1,2}){0,4}/?(\\?[ab](&[ab])?)?";

fn any_sources() -> impl Strategy<Value = Vec<Source>> {
    let names = proptest::collection::vec(NAMES, 0..15);
    let pages = proptest::collection::vec(PAGES, 0..15);
    proptest::collection::vec((names, pages), 0..5).prop_map(|parts| {
        let each = parts.iter().enumerate().flat_map(|(index, (names, pages))| {
            [
                source(&format!("n{index}"), "games", Format::Domains, names.join("\n")),
                source(&format!("p{index}"), "games", Format::Urls, pages.join("\n")),
            ]
        });
        let mut sources: Vec<Source> = each.collect();
        sources.sort_by(|one, other| one.info.origin.id.cmp(&other.info.origin.id));
        sources
    })
}

proptest! {
    #[test]
    fn compiled_and_naive_agree(sources in any_sources(), asked in proptest::collection::vec(ASKED, 1..20)) {
        let (artefact, _outcome) = compile(sources.clone());
        for text in asked {
            let page = WebAddress::parse(&text).unwrap();
            let wanted = naive(&sources, &page);
            prop_assert_eq!(&lists(&artefact, &text), &wanted, "{}", text);
            let mut explained: Vec<String> =
                why(&artefact, &text).iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
            explained.sort();
            explained.dedup();
            prop_assert_eq!(explained, wanted, "{}", text);
        }
    }

    #[test]
    fn an_entry_more_never_loses_a_match(sources in any_sources(), name in NAMES, page in PAGES, asked in ASKED) {
        let (before, _outcome) = compile(sources.clone());
        let mut more = sources;
        more.push(source("z-names", "games", Format::Domains, &name));
        more.push(source("z-pages", "games", Format::Urls, &page));
        let (after, _outcome) = compile(more);
        let kept = lists(&after, &asked);
        for list in lists(&before, &asked) {
            prop_assert!(kept.contains(&list), "{} lost {}", asked, list);
        }
    }
}
