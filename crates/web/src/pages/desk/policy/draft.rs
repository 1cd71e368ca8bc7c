//! A change that waits for a second person: what it changes, why, what the promises say; confirmed or declined here, on
//! the same record as `usher policy confirm`.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_lists::category::Catalogue;
use usher_policy::access::{Act, Who};
use usher_policy::amend::{self, NotConfirmed, Seconded, seconds};
use usher_policy::diff::{Difference, diff};
use usher_policy::profile;
use usher_records::change::Stored;
use usher_records::policy_draft::{self, PolicyDraft, PolicyDraftNoun};
use usher_records::refusal::Refusal;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use super::tried::{Tried, tried};
use super::{in_force, may_confirm, may_decline, replay};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::password::unavailable;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::signed::{Signed, signed};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/policy/draft.html")]
struct Draft {
    f: Frame,
    d: Around,
    errors: Errors,
    id: String,
    by: String,
    reason: String,
    weighty: Vec<String>,
    stands: Stands,
    differences: Vec<Difference>,
    tried: Tried,
    signed: Signed,
    seconds: Vec<String>,
    /// Where it is tried on past requests, for those who may.
    replay: Option<String>,
    /// Whether whoever looks may be the second.
    confirms: bool,
    /// Whether they may say no to it, or take it back.
    declines: bool,
    why: Field,
    text: String,
}

/// Where a draft stands.
enum Stands {
    Waits,
    /// Another policy was published since.
    Overtaken,
    Confirmed(String),
    Declined(String),
}

async fn stored(app: &App, id: &str) -> Result<Stored<PolicyDraft>, AppFault> {
    let id = roll::id::<PolicyDraftNoun>(id)?;
    app.books.get::<PolicyDraft, _>(id).await?.ok_or(AppFault::NotFound)
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    one(&app, &desk, &id, ("", Errors::none()), done.done.as_deref()).await
}

async fn one(
    app: &App,
    desk: &AtDesk,
    id: &str,
    (why, errors): (&str, Errors),
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let draft = stored(app, id).await?.value;
    let (f, d) = around(app, desk, "/policy", "policy-draft-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let (before, _) = in_force(app).await?;
    let stands = match (draft.confirmed, draft.declined) {
        (Some((by, at)), _) => Stands::Confirmed(said(&f, &roll, clock, (by, at), "policy-draft-confirmed")),
        (None, Some((by, at))) => Stands::Declined(said(&f, &roll, clock, (by, at), "policy-draft-declined")),
        (None, None) if before.value.policy == draft.base => Stands::Waits,
        (None, None) => Stands::Overtaken,
    };
    let policies = &app.desk.policies;
    let (old, new) = (policies.policy(draft.base).await?, policies.policy(draft.policy).await?);
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let names = roll.person(draft.by).map(|first| {
        let found = seconds(roll.people(), &Who::of(first), clock.today());
        found.into_iter().map(usher_records::person::Person::name).collect()
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Draft {
        id: draft.id.to_string(),
        by: said(&f, &roll, clock, (draft.by, draft.made_at), "policy-draft-by"),
        confirms: may_confirm(desk, &roll, &draft) && matches!(stands, Stands::Waits),
        declines: draft.waits() && may_decline(desk, &roll, &draft),
        differences: diff(&old, &new, &catalogue),
        tried: tried(app, desk, &f.says, &new).await?,
        signed: signed(app, desk, &f.says, (&old, &new)).await?,
        seconds: names.unwrap_or_default(),
        why: Fields::new(&f.says, &errors).line("reason", why).labelled(f.says.t("policy-decline-why")),
        text: profile::written(&new).map_err(unavailable)?,
        replay: desk.may(Act::ManageLists).is_ok().then(|| replay::at(draft.policy)),
        reason: draft.reason,
        weighty: draft.weighty,
        stands,
        f: f.done(done),
        d,
        errors,
    };
    Ok(with_status(status, &view))
}

fn said(f: &Frame, roll: &Roll, clock: Clock<'_>, (by, at): (PersonId, Moment), key: &str) -> String {
    f.says.t2(key, ("name", &roll.name(&f.says, by)), ("time", &clock.full(at)))
}

/// Publishes it, when whoever presses may be the second and it still keeps its promises.
pub(super) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let draft = stored(&app, &id).await?;
    let here = format!("/policy/drafts/{id}");
    let roll = Roll::of(&app).await?;
    let Some(first) = roll.person(draft.value.by).map(Who::of) else {
        return Ok(lead(&here, "policy-not-second"));
    };
    let new = app.desk.policies.policy(draft.value.policy).await?;
    let promises = app.desk.policies.promises(&new, desk.at).await?;
    let (before, old) = in_force(&app).await?;
    let seconded = Seconded { draft: &draft, first: &first, second: &desk.who(), promises: &promises };
    match amend::confirm(seconded, &before, desk.at) {
        Ok(change) => {
            let says = Frame::desk(&app, &desk, "/policy", "policy-draft-title").says;
            // Somebody may have signed while it waited.
            if !signed(&app, &desk, &says, (&old, &new)).await?.refused.is_empty() {
                return Ok(lead(&here, "ledger-breaks"));
            }
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/policy", "policy-confirmed"))
        }
        Err(NotConfirmed::Denied(_)) => Ok(lead(&here, "policy-not-second")),
        Err(NotConfirmed::Broken) => Ok(lead(&here, "policy-broken")),
        // The page says where the draft stands now.
        Err(NotConfirmed::Refused(Refusal::Gone | Refusal::Conflict)) => Ok(lead(&here, "policy-too-late")),
        Err(NotConfirmed::Refused(refusal)) => Err(refusal.into()),
    }
}

/// Why a draft is declined.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    reason: String,
}

/// Says no to it, or takes it back.
pub(super) async fn decline(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Why>,
) -> Result<Response, AppFault> {
    let (desk, why) = (form.from, form.value);
    let draft = stored(&app, &id).await?;
    if !may_decline(&desk, &Roll::of(&app).await?, &draft.value) {
        return Ok(lead(&format!("/policy/drafts/{id}"), "policy-not-second"));
    }
    match policy_draft::decline(&draft, desk.person.id, &why.reason, desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/policy", "policy-declined"))
        }
        Err(Refusal::Gone) => Ok(lead(&format!("/policy/drafts/{id}"), "policy-too-late")),
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/policy", "policy-draft-title").says;
            let errors = Errors::of("reason", says.t(refusal.words()));
            one(&app, &desk, &id, (&why.reason, errors), None).await
        }
    }
}
