//! The school's policy: what is in force, in sentences; what waits for a second person; and proposing a change. It is the
//! policy, and the same drafts, that `usher policy` has on the command line.

mod change;
mod draft;
mod say;
mod show;
mod signed;
mod tried;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::{Act, may_confirm_policy};
use usher_policy::amend::who;
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
async fn in_force(app: &App) -> Result<(Stored<InForce>, PolicyDocument), AppFault> {
    let found = app.books.get::<InForce, _>(app.books.school()).await?.ok_or(AppFault::NotFound)?;
    let policy = app.desk.policies.policy(found.value.policy).await?;
    Ok((found, policy))
}

/// Drafts that wait, oldest first.
async fn waiting(app: &App) -> Result<Vec<PolicyDraft>, AppFault> {
    let found = app.books.find::<PolicyDraft>("state", "waiting").await?;
    let mut drafts: Vec<PolicyDraft> = found.into_iter().map(|kept| kept.value).collect();
    drafts.sort_by_key(|draft| (draft.made_at, draft.id));
    Ok(drafts)
}

/// Drafts that wait for whoever asks.
pub(super) async fn waiting_for(app: &App, desk: &AtDesk, roll: &Roll) -> Result<Vec<PolicyDraft>, AppFault> {
    let mut drafts = waiting(app).await?;
    drafts.retain(|draft| may_confirm(desk, roll, draft));
    Ok(drafts)
}

/// Whether whoever asks may be the second person of a draft.
fn may_confirm(desk: &AtDesk, roll: &Roll, draft: &PolicyDraft) -> bool {
    let first = roll.person(draft.by);
    first.is_some_and(|first| may_confirm_policy(&desk.who(), &who(first)).is_ok())
}
