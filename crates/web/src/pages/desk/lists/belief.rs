//! A list that changed too much: believed by one person, or where much would open with it, by two of two offices.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use usher_lists::category::{Catalogue, Category};
use usher_lists::compile::HeldSource;
use usher_lists::overlay::Effect;
use usher_policy::access::Who;
use usher_policy::must;
use usher_policy::permission::{Meaning, may_confirm_belief, meaning_of_belief};
use usher_records::change::Stored;
use usher_records::list_belief::{self, ListBelief};
use usher_records::refusal::Refusal;

use super::index::all;
use crate::app::{App, AppFault};
use crate::desk::lists::ListsFault;
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::lead;
use crate::pages::desk::password::unavailable;
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;

/// How a list that waits is believed, as whoever looks sees it.
pub(super) struct Belief {
    /// Why it takes two people; empty where one is enough.
    pub(super) risks: Vec<String>,
    /// Who proposed it, in words.
    pub(super) proposed: Option<String>,
    /// Whether whoever looks may do something about it.
    pub(super) may: bool,
}

/// What believing lists needs to know: who is here, and what waits for a second person.
pub(super) struct Beliefs {
    roll: Roll,
    waiting: Vec<Stored<ListBelief>>,
}

impl Beliefs {
    pub(super) async fn of(app: &App) -> Result<Self, AppFault> {
        let waiting = app.books.find::<ListBelief>("state", "waiting").await?;
        Ok(Self { roll: Roll::of(app).await?, waiting })
    }

    /// What somebody proposed of this list as it is now. Of an earlier version it is nothing any more.
    fn proposed(&self, held: &HeldSource) -> Option<&Stored<ListBelief>> {
        self.waiting.iter().find(|belief| belief.value.held == *held)
    }

    fn confirms(&self, desk: &AtDesk, belief: &ListBelief) -> bool {
        let first = self.roll.person(belief.by).map(Who::of);
        first.is_some_and(|first| may_confirm_belief(&desk.who(), &first))
    }

    /// How this list is believed.
    pub(super) fn see(
        &self,
        app: &App,
        desk: &AtDesk,
        says: &Says,
        held: &HeldSource,
    ) -> Result<Belief, AppFault> {
        let proposed = self.proposed(held).map(|kept| &kept.value);
        let words = |belief: &ListBelief| {
            says.t2(
                "lists-source-proposed",
                ("name", &self.roll.name(says, belief.by)),
                ("reason", &belief.why),
            )
        };
        Ok(Belief {
            risks: risks(app, says, held)?,
            may: proposed.is_none_or(|belief| self.confirms(desk, belief)),
            proposed: proposed.map(words),
        })
    }
}

/// Why one person may not believe this list; empty where they may. A list that is in use nowhere is not known to be harmless.
fn risks(app: &App, says: &Says, held: &HeldSource) -> Result<Vec<String>, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(vec![says.t("lists-source-unknown")]) };
    let lists = snapshot.library().artefact().lists();
    let Some(list) = lists.iter().find(|list| list.origin.id == held.source) else {
        return Ok(vec![says.t("lists-source-unknown")]);
    };
    let category: &Category = &list.origin.category;
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let musts = must::of(&snapshot.document).map_err(unavailable)?;
    let meant = meaning_of_belief(&snapshot.document, (&catalogue, &musts), category);
    let grave = meant.is_too_grave(&Effect::RemoveCategory(category.clone()), &snapshot.document);
    if !grave {
        return Ok(Vec::new());
    }
    let lets_through = meant.more.then(|| says.t("lists-source-lets-through"));
    let told = meaning::told(says, &Meaning { more: false, ..meant });
    Ok(told.risks.into_iter().chain(lets_through).collect())
}

/// Why a list is believed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Believed {
    #[serde(default)]
    why: String,
}

/// Believes a list that changed too much, and compiles the lists again; or proposes it, or confirms it.
pub(super) async fn accept(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Believed>,
) -> Result<Response, AppFault> {
    let (desk, why) = (form.from, form.value.why);
    let waiting = app.desk.lists.waiting().sources;
    let held = waiting.into_iter().find(|held| held.source.as_str() == id).ok_or(AppFault::NotFound)?;
    let says = Frame::desk(&app, &desk, "/lists", "lists-title").says;
    if risks(&app, &says, &held)?.is_empty() {
        return believe(&app, &desk, &held, &why, None).await;
    }
    let beliefs = Beliefs::of(&app).await?;
    let Some(belief) = beliefs.proposed(&held) else { return propose(&app, &desk, held, why).await };
    if !beliefs.confirms(&desk, &belief.value) {
        let errors = Errors::of("held", says.t("lists-source-not-second"));
        return all(&app, &desk, errors, None).await;
    }
    believe(&app, &desk, &held, &belief.value.why, Some(belief)).await
}

async fn propose(app: &App, desk: &AtDesk, held: HeldSource, why: String) -> Result<Response, AppFault> {
    let belief = ListBelief { id: app.new_id(), held, by: desk.person.id, at: desk.at, why, confirmed: None };
    match list_belief::propose(belief) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/lists", "source-second"))
        }
        Err(refusal) => refused(app, desk, &refusal).await,
    }
}

async fn believe(
    app: &App,
    desk: &AtDesk,
    held: &HeldSource,
    why: &str,
    belief: Option<&Stored<ListBelief>>,
) -> Result<Response, AppFault> {
    let confirmed = belief.map(|belief| list_belief::confirm(belief, held, desk.person.id, desk.at));
    let confirmed = match confirmed.transpose() {
        Ok(confirmed) => confirmed,
        Err(refusal) => return refused(app, desk, &refusal).await,
    };
    match app.desk.lists.accept(&held.source, why, &desk.actor(), desk.at).await {
        Ok(()) => {
            if let Some(confirmed) = confirmed {
                app.commit(&confirmed, &desk.actor()).await?;
            }
            Ok(lead("/lists", "source-accepted"))
        }
        Err(ListsFault::Refused(refusal)) => refused(app, desk, &refusal).await,
        Err(ListsFault::Sealed(_)) => Ok(lead("/lists", "source-sealed")),
        Err(ListsFault::Busy) => Ok(lead("/lists", "source-not-yet")),
        Err(fault) => Err(unavailable(fault)),
    }
}

async fn refused(app: &App, desk: &AtDesk, refusal: &Refusal) -> Result<Response, AppFault> {
    let says = Frame::desk(app, desk, "/lists", "lists-title").says;
    all(app, desk, Errors::of("held", says.t(refusal.words())), None).await
}
