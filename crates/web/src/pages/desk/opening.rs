//! Opening a page that was blocked: what the block was, what else would open, and the answer to whoever asked.

use std::sync::Arc;

use usher_events::event::{Event, What};
use usher_lists::patterns::AddressPattern;
use usher_policy::decision::Reason;
use usher_policy::permission::Met;
use usher_policy::snapshot::Snapshot;
use usher_records::change::{Change, Stored};
use usher_records::grant::Grant;
use usher_records::refusal::Refusal;
use usher_records::request::{self, Answer, Proposed, UnblockRequest};
use usher_types::ids::EventId;
use usher_types::role::Reader;
use usher_types::url::{Scheme, WebAddress};

use super::address::begins_at;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::live::Note;
use crate::view::says::Says;

/// An event, read off the runtime.
pub(crate) async fn event(app: &App, id: EventId) -> Result<Option<Event>, AppFault> {
    let activity = Arc::clone(&app.activity);
    let read = tokio::task::spawn_blocking(move || activity.event(id)).await;
    Ok(read.map_err(|_stopped| AppFault::NotFound)??)
}

/// The page an event is about; of a tunnel, the site.
pub(crate) fn page_of(event: &Event) -> Option<WebAddress> {
    match &event.what {
        What::Web(web) => Some(web.facts.address.clone()),
        What::Tunnel(tunnel) => {
            let (host, port) = tunnel.facts.connect.clone();
            Some(WebAddress { scheme: Scheme::Https, host, port, path: "/".into(), query: None })
        }
        What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
    }
}

/// The page of an event, with what it was kept back for.
pub(crate) fn met(event: &Event) -> Option<Met> {
    let decision = event.decision();
    let found = match decision.map(|decision| &decision.reason) {
        Some(Reason::Says(about, _) | Reason::Category(about)) => Some(about.clone()),
        _ => None,
    };
    let matched = decision.and_then(|decision| decision.matched.as_ref()).map(|one| one.category.clone());
    Some(Met { page: page_of(event)?, about: found.into_iter().chain(matched).collect() })
}

/// What lists say the site of a page is about, in words.
pub(crate) fn subjects(snapshot: &Snapshot, says: &Says, page: &WebAddress) -> Vec<String> {
    let set = snapshot.categories_of(&page.host, &page.path, page.query.as_deref());
    let site = snapshot.categories_of(&page.host, "/", None);
    snapshot.table().names_in(set.union(site)).map(|name| category(says, name.as_str())).collect()
}

/// A category in words.
pub(crate) fn category(says: &Says, name: &str) -> String {
    says.words()
        .find(Reader::Adult, &format!("category-{name}"), &[])
        .unwrap_or_else(|| name.replace('-', " "))
}

/// Whether nobody can open this page.
pub(crate) fn is_sealed(snapshot: &Snapshot, page: &WebAddress) -> bool {
    snapshot.is_sealed(&page.host, &page.path, page.query.as_deref())
}

/// Whether nobody can open where this pattern begins. Without a snapshot nothing can be opened at all.
pub(crate) fn pattern_is_sealed(snapshot: Option<&Snapshot>, pattern: &AddressPattern) -> bool {
    snapshot.is_none_or(|snapshot| begins_at(pattern).is_some_and(|page| is_sealed(snapshot, &page)))
}

/// An answer about to be given.
pub(crate) struct Answered {
    /// The grant to make with it; none means no.
    pub(crate) grant: Option<(Grant, Change)>,
    /// What the asker is told.
    pub(crate) words: String,
    /// The yes that waited, which this one confirms.
    pub(crate) confirms: Option<Proposed>,
}

/// Answers a request. The grant and the answer are one change: nobody is told yes without the page being open.
pub(crate) async fn answer(
    app: &App,
    desk: &AtDesk,
    request: &Stored<UnblockRequest>,
    answered: Answered,
) -> Result<(), AppFault> {
    let grant = answered.grant.as_ref().map(|(grant, _)| grant.id);
    let answer = Answer { by: desk.person.id, at: desk.at, grant, words: answered.words };
    let mut change = match &answered.confirms {
        Some(proposed) => request::confirm(request, proposed, answer)?,
        None => request::answer(request, answer)?,
    };
    if let Some((_, made)) = answered.grant {
        change.reason = made.reason;
        change.writes.extend(made.writes);
    }
    app.commit(&change, &desk.actor()).await?;
    let now = app.books.get::<UnblockRequest, _>(request.value.id).await?.ok_or(Refusal::Gone)?;
    app.live.tell(Note::Asked(now.value.into()));
    Ok(())
}
