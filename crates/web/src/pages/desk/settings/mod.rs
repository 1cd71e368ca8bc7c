//! The school's own figures (POL-11): what each is, what the profile had, and changing those that people ask to change.
//!
//! Owns: the pages. Does not: judge a figure (`policy::settings`), or what people signed (`ledger`).

mod change;
mod section;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use usher_policy::access::Act;
use usher_policy::profile;
use usher_policy::settings::{flat, is_acted_on, said, titled};
use usher_records::permission::matter::Matter;

use self::section::Section;
use super::around::{Around, Done, around};
use super::password::unavailable;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// What those who see settings have, and the head.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/settings", Act::SeeSettings, get(index)),
        desk_route("/settings/{section}", Act::ChangeSettings, get(change::form).post(change::sent)),
    ]
}

#[derive(Template)]
#[template(path = "desk/settings/index.html")]
struct Index {
    f: Frame,
    d: Around,
    profile: String,
    parts: Vec<Part>,
    leave: Vec<Leave>,
    others: Vec<Row>,
    changes: bool,
}

/// A part with a form of its own.
struct Part {
    title: String,
    address: String,
    rows: Vec<Row>,
}

/// One figure.
struct Row {
    name: String,
    now: String,
    began: String,
    differs: bool,
    idle: bool,
}

/// Leave of one kind.
struct Leave {
    name: String,
    who: String,
    days: String,
    two: bool,
    address: String,
    differs: bool,
}

/// The parts with a form, and under which names their figures stand in files.
const PARTS: [(Section, &str, &[&str]); 3] = [
    (Section::Alerts, "settings-alerts", &["alarms."]),
    (Section::Cases, "settings-cases", &["cases.", "conduct.first-breach"]),
    (Section::Agreements, "settings-agreements", &["agreements."]),
];

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/settings", "settings-title");
    let began = profile::built_in(&desk.school.profile).transpose().map_err(unavailable)?;
    let began = began.map(|profile| profile.settings);
    let was = began.as_ref().map(flat).unwrap_or_default();
    let mut now = flat(&desk.school.settings);
    // What a member of a list is called stands in the title of its other figures.
    now.retain(|key, _| !["].step", "].name", "].agreement"].iter().any(|end| key.ends_with(end)));
    let mut parts = Vec::new();
    for (section, title, keys) in PARTS {
        let ours = |key: &String| {
            keys.iter().any(|begins| key.starts_with(begins)) && titled(f.says.words(), key).is_some()
        };
        let mine: BTreeMap<String, Value> = now.extract_if(.., |key, _| ours(key)).collect();
        parts.push(Part {
            title: f.says.t(title),
            address: format!("/settings/{}", section.path()),
            rows: mine.iter().map(|(key, value)| row(&f.says, &was, key, value)).collect(),
        });
    }
    now.retain(|key, _| !key.starts_with("permissions."));
    let view = Index {
        profile: desk.school.profile.clone(),
        leave: Matter::all()
            .filter(|matter| !matter.is_quick())
            .map(|matter| leave(&f.says, &desk, matter))
            .collect(),
        others: now.iter().map(|(key, value)| row(&f.says, &was, key, value)).collect(),
        parts,
        changes: desk.may(Act::ChangeSettings).is_ok(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn row(says: &Says, was: &BTreeMap<String, Value>, key: &str, value: &Value) -> Row {
    let words = says.words();
    let began = was.get(key);
    Row {
        name: titled(words, key).unwrap_or_else(|| key.to_owned()),
        now: said(words, key, value),
        began: began.map_or_else(|| says.t("setting-none"), |began| said(words, key, began)),
        differs: began != Some(value),
        idle: !is_acted_on(key),
    }
}

fn leave(says: &Says, desk: &AtDesk, matter: Matter) -> Leave {
    let settings = &desk.school.settings;
    let terms = settings.permissions.terms(matter, &settings.conduct);
    let who: Vec<String> = terms.deciders.iter().map(|role| says.of("role", role.name())).collect();
    Leave {
        name: says.of("permission-matter", matter.name()),
        who: says.list(&who),
        days: says.n("setting-unit-days", "count", terms.longest_days),
        two: terms.two_people,
        address: format!("/settings/{}", Section::Leave(matter).path()),
        differs: settings.permissions.matters.iter().any(|rule| rule.name == matter),
    }
}
