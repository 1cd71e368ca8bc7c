//! The policy in force, in sentences, with who published it and what is due to be looked at; and as a file.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;
use usher_policy::profile;
use usher_records::change::{Actor, JournalLine};
use usher_records::policy_draft::PolicyDraft;

use super::say::{Group, Ruled, Sayer};
use super::tried::{Tried, tried};
use super::{Open, in_force, open};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{self, Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::password::unavailable;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/policy/show.html")]
struct Show {
    f: Frame,
    d: Around,
    version: String,
    published: Option<String>,
    reason: Option<String>,
    waiting: Vec<(String, String)>,
    overtaken: Vec<(String, String)>,
    due: Vec<String>,
    lockdown: Option<String>,
    sealed: String,
    groups: Vec<Group>,
    rules: Vec<Ruled>,
    exceptions: Vec<Ruled>,
    not_decrypted: Vec<String>,
    tried: Tried,
    text: String,
    writes: bool,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/policy", "policy-title");
    let roll = Roll::of(&app).await?;
    let (stored, policy) = in_force(&app).await?;
    let published = app.desk.published.last(&app.books).await?;
    let clock = Clock::at(&desk);
    let sayer = Sayer { says: &f.says, clock, policy: &policy };
    let due = policy.due_for_review(clock.today()).into_iter().map(|due| {
        let place = due.place.replace('`', "");
        let owner = due.owner.unwrap_or_else(|| f.says.t("policy-nobody"));
        format!(
            "{}: {}",
            place,
            f.says.t2("policy-due-line", ("date", &clock.date(due.review)), ("owner", &owner))
        )
    });
    let Open { waiting, overtaken } = open(&app).await?;
    let line = |draft: &PolicyDraft, key: &str| {
        let name = roll.name(&f.says, draft.by);
        (draft.id.to_string(), f.says.t2(key, ("name", &name), ("reason", &draft.reason)))
    };
    let waiting = waiting.iter().map(|draft| line(draft, "policy-waits-line")).collect();
    let overtaken = overtaken.iter().map(|draft| line(draft, "policy-overtaken-line")).collect();
    let view = Show {
        version: stored.value.policy.short(),
        published: published.as_ref().map(|line| by(&f.says, &roll, clock, line)),
        reason: published.and_then(|line| line.reason),
        waiting,
        overtaken,
        due: due.collect(),
        lockdown: policy.lockdown.as_ref().map(|lockdown| lockdown.reason.clone()),
        sealed: sayer.sealed(),
        groups: sayer.groups()?,
        rules: sayer.rules(),
        exceptions: sayer.exceptions(),
        not_decrypted: sayer.not_decrypted(),
        tried: tried(&app, &desk, &f.says, &policy).await?,
        text: profile::written(&policy).map_err(unavailable)?,
        writes: desk.may(Act::ManageLists).is_ok(),
        f: f.done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// Who published it, and when.
fn by(says: &Says, roll: &Roll, clock: Clock<'_>, line: &JournalLine) -> String {
    let name = match &line.actor {
        Actor::Person(person) => roll.name(says, *person),
        Actor::Usher(_) | Actor::CommandLine => says.t("policy-command-line"),
    };
    says.t2("policy-published", ("name", &name), ("time", &clock.full(line.at)))
}

/// The policy as a file, to change and bring back.
pub(super) async fn file(State(app): State<App>, _desk: AtDesk) -> Result<Response, AppFault> {
    let (_, policy) = in_force(&app).await?;
    let text = profile::written(&policy).map_err(unavailable)?;
    Ok(around::file("application/toml", "policy.toml", text.into_bytes()))
}
