//! The school's edits over compiled lists.

use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::{category, compile, library, source};
use crate::category::Catalogue;
use crate::format::Format;
use crate::library::{Library, Matched};
use crate::overlay::{Edit, Effect, Overlay};

fn edit(id: &str, pattern: &str, effect: Effect, at: i64) -> Edit {
    Edit {
        id: id.into(),
        pattern: pattern.parse().unwrap(),
        effect,
        reason: "a test".into(),
        owner: "the computing lead".into(),
        added_at: Moment::from_unix_ms(at),
        review_on: jiff::civil::date(2027, 9, 1),
    }
}

fn add(name: &str) -> Effect {
    Effect::AddCategory(category(name))
}

fn remove(name: &str) -> Effect {
    Effect::RemoveCategory(category(name))
}

fn categories(library: &Library, page: &str) -> Vec<String> {
    let page = WebAddress::parse(page).unwrap();
    let set = library.categories_of(&page.host, &page.path, page.query.as_deref());
    library.categories().names_in(set).map(ToString::to_string).collect()
}

fn school() -> Library {
    let (artefact, _outcome) = compile(vec![
        source("games", "games", Format::Domains, "play.example\n192.0.2.1\n"),
        source("video", "video", Format::Domains, "play.example\n"),
        source("pages", "cheating", Format::Urls, "play.example/cheats\n"),
    ]);
    library(
        artefact,
        vec![
            edit("1", "play.example/maths", Effect::ClearCategories, 1),
            edit("2", "play.example/maths", add("games-for-learning"), 2),
            edit("3", "kids.play.example", remove("games"), 1),
            edit("4", "play.example", add("news"), 1),
            edit("5", "play.example", remove("news"), 3),
            edit("6", "192.0.2.0/24", remove("games"), 1),
            edit("7", "old.play.example", add("games"), 1),
            edit("8", "very.old.play.example", remove("games"), 1),
            edit("9", "old.play.example", Effect::ClearCategories, 2),
        ],
    )
}

#[test]
fn the_longest_pattern_decides_for_each_category() {
    let library = school();
    for (page, wanted) in [
        ("http://play.example/", vec!["video", "games"]),
        ("http://play.example/cheats", vec!["video", "games", "cheating"]),
        ("http://play.example/maths/2", vec!["games-for-learning"]),
        ("http://kids.play.example/", vec!["video"]),
        ("http://kids.play.example/maths", vec!["games-for-learning"]),
        ("http://192.0.2.1/", vec![]),
        ("http://old.play.example/", vec![]),
        ("http://very.old.play.example/", vec![]),
        ("http://other.example/", vec![]),
    ] {
        assert_eq!(categories(&library, page), wanted, "{page}");
    }
}

#[test]
fn people_are_shown_edits_and_entries() {
    let library = school();
    let page = WebAddress::parse("http://play.example/maths").unwrap();
    let shown: Vec<String> = library
        .matches(&page.host, &page.path, None)
        .into_iter()
        .map(|matched| match matched {
            Matched::Edit(edit) => format!("edit {}", edit.id),
            Matched::List(found) => format!("list {}: {}", found.category, found.entry),
        })
        .collect();
    assert_eq!(
        shown,
        ["edit 2", "edit 1", "edit 5", "edit 4", "list games: play.example", "list video: play.example"]
    );
}

#[test]
fn adguardhome_8491_an_edit_takes_effect_without_the_lists_being_touched() {
    let library = school();
    let overlay =
        Overlay::build(vec![edit("1", "new.example", add("games"), 1)], library.categories()).unwrap();
    let edited = library.with_overlay(overlay.into());
    assert_eq!(categories(&edited, "http://www.new.example/"), ["games"]);
    assert_eq!(categories(&edited, "http://play.example/maths"), ["video", "games"]);
    assert!(std::sync::Arc::ptr_eq(edited.artefact(), library.artefact()));
}

#[test]
fn an_edit_or_a_list_of_no_category_is_refused() {
    let table = Catalogue::ours().unwrap().table();
    let error = Overlay::build(vec![edit("7", "a.example", add("pop"), 1)], &table).unwrap_err();
    assert_eq!(error.to_string(), "the edit `7` names `pop`, which is no category");
    let (artefact, _outcome) = compile(vec![source("s", "pop", Format::Domains, "a.example\n")]);
    let error = Library::new(artefact.into(), Overlay::default().into(), table.into()).unwrap_err();
    assert_eq!(error.to_string(), "the list `s` is of `pop`, which is no category");
}

#[test]
fn edits_are_kept_as_people_write_them() {
    let text = "id = \"7\"\npattern = \"*.Play.example/Maths/\"\neffect = { add-category = \"games\" }\n\
                reason = \"r\"\nowner = \"o\"\nadded_at = \"2026-11-23T10:15:00Z\"\nreview_on = \"2027-09-01\"\n";
    let edit: Edit = toml::from_str(text).unwrap();
    assert_eq!(edit.pattern.to_string(), "play.example/maths");
    assert_eq!(edit.effect, add("games"));
    let again: Edit = serde_json::from_str(&serde_json::to_string(&edit).unwrap()).unwrap();
    assert_eq!(again, edit);
    assert!(toml::from_str::<Edit>(&format!("{text}colour = \"red\"\n")).is_err());
}
