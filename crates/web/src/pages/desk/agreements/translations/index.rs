//! Every agreement in force with the languages it can be read in.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;
use usher_records::agreement::AgreementVersion;
use usher_records::translation::Translation;

use super::{address, version};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/agreements/translations/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    writes: bool,
}

struct Row {
    id: String,
    address: String,
    title: String,
    version: String,
    /// Whether its rules have pictures, and so can be printed with them.
    pictures: bool,
    languages: Vec<Language>,
}

struct Language {
    address: String,
    tag: String,
    direction: &'static str,
    name: String,
    tone: &'static str,
    icon: &'static str,
    state: String,
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/translations", "translations-title");
    let mut versions = app.books.values::<AgreementVersion>().await?;
    versions.retain(|version| version.in_force);
    versions.sort_by_key(|version| version.title.to_lowercase());
    let all = app.books.values::<Translation>().await?;
    let mut rows = Vec::new();
    for version in versions {
        let text = version::text(&app, version.digest).await?;
        let mut theirs: Vec<&Translation> = all.iter().filter(|one| one.of == version.digest).collect();
        theirs.sort_by(|one, other| one.name.cmp(&other.name));
        rows.push(Row {
            id: version.id.to_string(),
            address: version::address(version.id),
            pictures: text.is_some_and(|text| text.clauses.iter().any(|clause| clause.picture.is_some())),
            languages: theirs.into_iter().map(|one| language(&f.says, one)).collect(),
            title: version.title,
            version: version.version,
        });
    }
    let writes = desk.may(Act::WriteAgreements).is_ok();
    Ok(page(&Index { rows, writes, f: f.done(done.done.as_deref()), d }))
}

fn language(says: &Says, one: &Translation) -> Language {
    let (tone, icon, key) = match (one.shown().is_some(), one.waits()) {
        (true, false) => ("go", "check", "translation-shown"),
        (true, true) => ("wait", "clock", "translation-shown-waits"),
        (false, _) => ("wait", "clock", "translation-waits"),
    };
    Language {
        address: address(one),
        tag: one.language.tag().to_owned(),
        direction: one.language.direction(),
        name: one.name.clone(),
        tone,
        icon,
        state: says.t(key),
    }
}
