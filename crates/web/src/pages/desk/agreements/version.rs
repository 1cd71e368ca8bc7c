//! One version of an agreement, word for word, each rule with its number and a place to point at (AGR-20).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_records::agreement::{AgreementText, AgreementVersion, Clause};
use usher_records::slip::Parts;
use usher_reports::document::{self, Print};
use usher_types::digest::Digest;
use usher_types::ids;

use crate::app::{App, AppFault};
use crate::assets;
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll::{self, Roll};
use crate::view::frame::Frame;
use crate::view::{markdown, page};

#[derive(Template)]
#[template(path = "desk/agreements/version.html")]
struct Show {
    f: Frame,
    d: Around,
    id: String,
    version: String,
    rules: Vec<Rule>,
    /// Whether rules have pictures, and so can be printed with them.
    pictures: bool,
}

struct Rule {
    id: String,
    number: u16,
    text: String,
}

/// Where a version is read; a rule of it is at `#rule-<clause id>`.
pub(in crate::pages::desk) fn address(version: ids::AgreementVersionId) -> String {
    format!("/agreements/version/{version}")
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let stored = app.books.get::<AgreementVersion, _>(roll::id::<ids::AgreementVersion>(&id)?).await?;
    let version = stored.ok_or(AppFault::NotFound)?.value;
    let (f, d) = around(&app, &desk, "/agreements", "agreements-title");
    let clauses = text(&app, version.digest).await?.map(|text| text.clauses).unwrap_or_default();
    let key = if version.in_force { "rule-version" } else { "rule-version-past" };
    let since = Clock::at(&desk).day(version.published_at);
    let rule = |clause: &Clause| Rule {
        id: format!("rule-{}", clause.id),
        number: clause.number,
        text: markdown::inline(&clause.text),
    };
    let show = Show {
        id: version.id.to_string(),
        version: f.says.t2(key, ("version", &version.version), ("date", &since)),
        pictures: clauses.iter().any(|clause| clause.picture.is_some()),
        rules: clauses.iter().map(rule).collect(),
        f: f.titled(version.title),
        d,
    };
    Ok(page(&show))
}

/// How it is to be printed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    large: Option<String>,
    symbols: Option<String>,
}

/// The same on paper, with lines to sign on; large for people who see little, with pictures for those who read little (POL-09).
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let stored = app.books.get::<AgreementVersion, _>(roll::id::<ids::AgreementVersion>(&id)?).await?;
    let version = stored.ok_or(AppFault::NotFound)?.value;
    let text = text(&app, version.digest).await?.ok_or(AppFault::NotFound)?;
    if asked.symbols.is_some() {
        let document = document::symbols(&letterhead(&desk, &app.words), &text, assets::picture_file);
        return to_pdf(&app, &desk, &format!("{}-{}-pictures", version.key, version.version), document).await;
    }
    let (print, ending) =
        if asked.large.is_some() { (Print::Large, "-large") } else { (Print::Ordinary, "") };
    let roll = Roll::of(&app).await?;
    let holders = roll.holders(&[desk.school.settings.contacts.questions], Clock::at(&desk).today());
    let answers = holders.first().map(|person| person.name());
    let how = (print, Parts::asked(&desk.school.settings));
    let document = document::agreement(&letterhead(&desk, &app.words), &text, how, answers.as_deref());
    to_pdf(&app, &desk, &format!("{}-{}{ending}", version.key, version.version), document).await
}

/// The text with this digest, as far as it is kept and can be read.
pub(in crate::pages::desk) async fn text(
    app: &App,
    digest: Digest,
) -> Result<Option<AgreementText>, AppFault> {
    let bytes = app.books.store().blob(app.books.school(), digest).await?;
    Ok(bytes.and_then(|bytes| AgreementText::parse(&String::from_utf8_lossy(&bytes)).ok()))
}
