//! The category lists in use, and the entries and sources that wait for a person.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_lists::compile::HeldSource;
use usher_lists::overlay::Effect;
use usher_lists::patterns::AddressPattern;
use usher_lists::review::{Decision, Held, Kind, Reason, Ruling, TooMuchChange};
use usher_lists::source::SourceInfo;
use usher_records::list_edit::{ListDecision, decide as decided};
use usher_records::refusal::Refusal;

use super::belief::{Belief, Beliefs};
use super::edits::too_grave;
use crate::app::{App, AppFault};
use crate::desk::lists::Waiting;
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::opening::category;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/lists/index.html")]
struct Index {
    f: Frame,
    d: Around,
    errors: Errors,
    held: Vec<HeldRow>,
    sources: Vec<SourceRow>,
    lists: Vec<ListRow>,
}

struct SourceRow {
    id: String,
    title: String,
    words: String,
    belief: Belief,
}

struct HeldRow {
    source: String,
    entry: String,
    title: String,
    category: String,
    why: String,
}

struct ListRow {
    title: String,
    category: String,
    entries: u64,
    held: u64,
    fetched: String,
    credit: String,
    licence: String,
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    all(&app, &desk, Errors::none(), done.done.as_deref()).await
}

/// What waits and nobody has decided on since the lists were compiled.
pub(in crate::pages::desk) async fn undecided(app: &App) -> Result<Waiting, AppFault> {
    let mut waiting = app.desk.lists.waiting();
    let decided = app.books.values::<ListDecision>().await?;
    waiting.entries.retain(|held| {
        let same =
            |one: &ListDecision| one.decision.source == held.source && one.decision.entry == held.entry;
        !decided.iter().any(same)
    });
    Ok(waiting)
}

pub(super) async fn all(
    app: &App,
    desk: &AtDesk,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/lists", "lists-title");
    let clock = Clock::at(desk);
    let snapshot = app.snapshot.load_full();
    let in_use = snapshot.as_deref().map(|snapshot| snapshot.library().artefact().lists());
    let in_use = in_use.unwrap_or_default();
    let title = |id: &str| {
        let found = in_use.iter().find(|list| list.origin.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |list| list.origin.title.clone())
    };
    let waiting = undecided(app).await?;
    let row = |held: &Held| HeldRow {
        source: held.source.to_string(),
        entry: held.entry.clone(),
        title: title(held.source.as_str()),
        category: category(&f.says, held.category.as_str()),
        why: why(&f.says, &held.reason),
    };
    let held = waiting.entries.iter().map(row).collect();
    let beliefs = Beliefs::of(app).await?;
    let row = |held: &HeldSource| {
        Ok(SourceRow {
            id: held.source.to_string(),
            title: title(held.source.as_str()),
            words: changed(&f.says, &held.why),
            belief: beliefs.see(app, desk, &f.says, held)?,
        })
    };
    let sources = waiting.sources.iter().map(row).collect::<Result<_, AppFault>>()?;
    let mut lists: Vec<ListRow> = in_use.iter().map(|list| list_row(&f, clock, list)).collect();
    lists.sort_by_key(|list| (list.category.to_lowercase(), list.title.to_lowercase()));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = f.done(done);
    Ok(with_status(status, &Index { held, sources, lists, f, d, errors }))
}

fn list_row(f: &Frame, clock: Clock<'_>, list: &SourceInfo) -> ListRow {
    ListRow {
        title: list.origin.title.clone(),
        category: category(&f.says, list.origin.category.as_str()),
        entries: list.counts.entries.total(),
        held: list.counts.held,
        fetched: clock.day(list.origin.fetched_at),
        credit: list.origin.credit.clone(),
        licence: list.origin.licence.clone(),
    }
}

fn why(says: &Says, reason: &Reason) -> String {
    match reason {
        Reason::PublicSuffix => says.t("held-public-suffix"),
        Reason::PrivateSuffix => says.t("held-private-suffix"),
        Reason::Platform { kind, title } => {
            let key = match kind {
                Kind::Hosting => "held-hosting",
                Kind::Popular => "held-popular",
                Kind::Protected => "held-protected",
            };
            says.t1(key, "group", title)
        }
        Reason::Popular { rank } => says.n("held-rank", "rank", *rank),
    }
}

fn changed(says: &Says, why: &TooMuchChange) -> String {
    match why {
        TooMuchChange::Shrank { from, to } => says.t2("held-source-shrank", ("from", from), ("to", to)),
        TooMuchChange::Grew { from, to } => says.t2("held-source-grew", ("from", from), ("to", to)),
    }
}

/// A decision as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    source: String,
    #[serde(default)]
    entry: String,
    #[serde(default)]
    ruling: String,
    #[serde(default)]
    why: String,
}

/// Decides on an entry that waits, and compiles the lists again.
pub(super) async fn decide(State(app): State<App>, form: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let ruling = match filled.ruling.as_str() {
        "apply" => Ruling::Apply,
        "drop" => Ruling::Drop,
        other => return Err(AppFault::Form(format!("`{other}` is no ruling"))),
    };
    let waiting = undecided(&app).await?.entries;
    let held = waiting
        .into_iter()
        .find(|held| held.source.as_str() == filled.source && held.entry == filled.entry)
        .ok_or(Refusal::Gone)?;
    let says = Frame::desk(&app, &desk, "/lists", "lists-title").says;
    // Left out, an entry stays without effect; let count, it is one more thing its site is about.
    if let (Ruling::Apply, Ok(pattern)) = (ruling, held.entry.parse::<AddressPattern>()) {
        let effect = Effect::AddCategory(held.category.clone());
        if let Some(risks) = too_grave(&app, &says, &pattern, &effect)? {
            let errors = Errors::of("held", says.t1("edit-two-people", "risks", risks.join(" ")));
            return all(&app, &desk, errors, None).await;
        }
    }
    let decision = ListDecision {
        id: app.new_id(),
        decision: Decision {
            source: held.source,
            entry: held.entry,
            ruling,
            by: desk.person.name(),
            why: filled.why.trim().to_owned(),
            at: desk.at,
        },
        by: desk.person.id,
    };
    match decided(&decision) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        Err(refusal @ Refusal::ReasonNeeded) => {
            let errors = Errors::of("held", says.t(refusal.words()));
            return all(&app, &desk, errors, None).await;
        }
        Err(refusal) => return Err(refusal.into()),
    }
    if let Err(fault) = app.desk.lists.compile(desk.at).await {
        tracing::warn!(error = &fault as &dyn std::error::Error, "a decision waits for the lists");
        return Ok(lead("/lists", "held-decided-later"));
    }
    Ok(lead("/lists", "held-decided"))
}
