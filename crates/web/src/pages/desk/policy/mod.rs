//! The school's policy: what is in force, in sentences; what waits for a second person; and proposing a change. It is the
//! policy, and the same drafts, that `usher policy` has on the command line.

mod change;
mod draft;
mod replay;
mod say;
mod show;
mod tried;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::{Act, Denied, Permit, Who, may_confirm_policy, may_decline_policy};
use usher_policy::document::PolicyDocument;
use usher_records::change::Stored;
use usher_records::in_force::InForce;
use usher_records::policy_draft::PolicyDraft;

use super::password::unavailable;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::desk::policies::PoliciesFault;
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};

/// What those who see the policy have, and those who may write one.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (see, write) = (Act::SeeSettings, Act::ManageLists);
    let propose = get(change::show).post(change::propose).layer(DefaultBodyLimit::max(change::LARGEST_BYTES));
    vec![
        desk_route("/policy", see, get(show::show)),
        desk_route("/policy/file", see, get(show::file)),
        desk_route("/policy/change", write, propose),
        desk_route("/policy/drafts/{id}", see, get(draft::show)),
        desk_route("/policy/replay/{policy}", write, get(replay::show).post(replay::begin)),
        desk_route("/policy/drafts/{id}/confirm", write, post(draft::confirm)),
        desk_route("/policy/drafts/{id}/decline", write, post(draft::decline)),
    ]
}

impl From<PoliciesFault> for AppFault {
    fn from(fault: PoliciesFault) -> Self {
        unavailable(fault)
    }
}

/// What is in force, and the policy of it.
pub(super) async fn in_force(app: &App) -> Result<(Stored<InForce>, PolicyDocument), AppFault> {
    let found = app.books.get::<InForce, _>(app.books.school()).await?.ok_or(AppFault::NotFound)?;
    let policy = app.desk.policies.policy(found.value.policy).await?;
    Ok((found, policy))
}

/// Drafts nobody has decided on, oldest first.
struct Open {
    /// Those that wait for a second person.
    waiting: Vec<PolicyDraft>,
    /// Those that cannot be confirmed any more: another policy was published since.
    overtaken: Vec<PolicyDraft>,
}

async fn open(app: &App) -> Result<Open, AppFault> {
    let found = app.books.find::<PolicyDraft>("state", "waiting").await?;
    let mut drafts: Vec<PolicyDraft> = found.into_iter().map(|kept| kept.value).collect();
    drafts.sort_by_key(|draft| (draft.made_at, draft.id));
    let now = app.books.get::<InForce, _>(app.books.school()).await?.map(|in_force| in_force.value.policy);
    let (waiting, overtaken) = drafts.into_iter().partition(|draft| Some(draft.base) == now);
    Ok(Open { waiting, overtaken })
}

/// Drafts that wait for whoever asks.
pub(super) async fn waiting_for(app: &App, desk: &AtDesk, roll: &Roll) -> Result<Vec<PolicyDraft>, AppFault> {
    let mut drafts = open(app).await?.waiting;
    drafts.retain(|draft| may_confirm(desk, roll, draft));
    Ok(drafts)
}

/// Whether whoever asks may be the second person of a draft.
fn may_confirm(desk: &AtDesk, roll: &Roll, draft: &PolicyDraft) -> bool {
    may(desk, roll, draft, may_confirm_policy)
}

/// Whether they may say no to it, or take it back.
fn may_decline(desk: &AtDesk, roll: &Roll, draft: &PolicyDraft) -> bool {
    may(desk, roll, draft, may_decline_policy)
}

/// A right of whoever asks that depends on who wrote the draft.
fn may(
    desk: &AtDesk,
    roll: &Roll,
    draft: &PolicyDraft,
    right: fn(&Who, &Who) -> Result<Permit, Denied>,
) -> bool {
    roll.person(draft.by).is_some_and(|first| right(&desk.who(), &Who::of(first)).is_ok())
}
