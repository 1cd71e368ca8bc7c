//! A policy that somebody wrote and that waits for a second person, because it changes something weighty.
//!
//! Owns: that nobody confirms their own, that one is confirmed or declined once, and confirmed only over the policy it was
//! written against.
//! Does not: know what is weighty or which office the second person needs; `policy` does.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::in_force::InForce;
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of drafts.
#[derive(Debug)]
pub enum PolicyDraftNoun {}
impl Named for PolicyDraftNoun {
    const NOUN: &'static str = "policy draft";
}
/// A draft's id.
pub type PolicyDraftId = Id<PolicyDraftNoun>;

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// Its id.
    pub id: PolicyDraftId,
    /// The policy document: canonical JSON, a blob.
    pub policy: Digest,
    /// The policy it was written against: what somebody else published in between is never undone unseen.
    pub base: Digest,
    /// Who wrote it.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// What it changes that one person may not change alone, in words.
    pub weighty: Vec<String>,
    /// When.
    pub made_at: Moment,
    /// Who confirmed it, and when; none while it waits.
    pub confirmed: Option<(PersonId, Moment)>,
    /// Who said no to it or took it back, and when; none while it waits.
    #[serde(default)]
    pub declined: Option<(PersonId, Moment)>,
}

impl PolicyDraft {
    /// Whether it still waits for somebody.
    pub const fn waits(&self) -> bool {
        self.confirmed.is_none() && self.declined.is_none()
    }
}

impl Noun for PolicyDraft {
    const KIND: Kind = Kind::PolicyDraft;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = match (self.confirmed, self.declined) {
            (Some(_), _) => "confirmed",
            (None, Some(_)) => "declined",
            (None, None) => "waiting",
        };
        vec![IndexKey::shared("state", state)]
    }
}

/// Keeps a draft that waits.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::AlreadySo`] when it is the policy in force.
pub fn wait(draft: PolicyDraft) -> Result<Change, Refusal> {
    let reason = refusal::reason(&draft.reason)?.to_owned();
    if draft.policy == draft.base {
        return Err(Refusal::AlreadySo);
    }
    let draft = PolicyDraft { reason: reason.clone(), ..draft };
    Ok(Change::of(Action::PolicyDrafted, Write::of(&draft, Expect::New)).because(&reason))
}

/// Publishes a draft that waited.
///
/// # Errors
/// [`Refusal::Gone`] when it waits no more; [`Refusal::NotYours`] for whoever wrote it; [`Refusal::Conflict`] when another
/// policy was published since.
pub fn confirm(
    draft: &Stored<PolicyDraft>,
    before: &Stored<InForce>,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let waiting = &draft.value;
    if !waiting.waits() {
        return Err(Refusal::Gone);
    }
    if waiting.by == by {
        return Err(Refusal::NotYours);
    }
    if before.value.policy != waiting.base {
        return Err(Refusal::Conflict);
    }
    let next = InForce { policy: waiting.policy, ..before.value };
    let confirmed = PolicyDraft { confirmed: Some((by, at)), ..waiting.clone() };
    let change = Change::of(Action::PolicyPublished, before.replace(&next)).because(&waiting.reason);
    Ok(change.and(draft.replace(&confirmed)))
}

/// Says no to a draft, or takes one's own back. The policy in force stays.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::Gone`] when it waits no more.
pub fn decline(draft: &Stored<PolicyDraft>, by: PersonId, why: &str, at: Moment) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?;
    if !draft.value.waits() {
        return Err(Refusal::Gone);
    }
    let declined = PolicyDraft { declined: Some((by, at)), ..draft.value.clone() };
    Ok(Change::of(Action::PolicyDeclined, draft.replace(&declined)).because(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn draft() -> PolicyDraft {
        PolicyDraft {
            id: Id::new(9),
            policy: digest("new"),
            base: digest("old"),
            by: Id::new(7),
            reason: "Governors agreed it".into(),
            weighty: vec!["what nobody can ever open".into()],
            made_at: NINE,
            confirmed: None,
            declined: None,
        }
    }

    fn in_force(policy: &str) -> Stored<InForce> {
        let (lists, compiled) = (digest("lists"), digest("held"));
        Stored {
            value: InForce { school: Id::new(1), policy: digest(policy), lists, compiled, phrases: None },
            version: 3,
        }
    }

    #[test]
    fn nobody_confirms_their_own_and_one_is_confirmed_once() {
        let stored = Stored { value: draft(), version: 1 };
        let confirm = |draft: &Stored<PolicyDraft>, by| confirm(draft, &in_force("old"), Id::new(by), NINE);
        assert_eq!(confirm(&stored, 7), Err(Refusal::NotYours));
        let change = confirm(&stored, 8).unwrap();
        assert_eq!(change.writes.len(), 2);
        assert!(change.writes[0].body.contains(&digest("new").to_string()));
        let after: PolicyDraft = serde_json::from_str(&change.writes[1].body).unwrap();
        assert_eq!(after.confirmed, Some((Id::new(8), NINE)));
        assert_eq!(confirm(&Stored { value: after, version: 2 }, 8), Err(Refusal::Gone));
    }

    #[test]
    fn what_was_declined_for_a_reason_is_not_confirmed_any_more() {
        let stored = Stored { value: draft(), version: 1 };
        assert_eq!(decline(&stored, Id::new(8), " ", NINE), Err(Refusal::ReasonNeeded));
        let change = decline(&stored, Id::new(8), "Ask the governors first", NINE).unwrap();
        assert_eq!((change.action, change.writes.len()), (Action::PolicyDeclined, 1));
        let after: PolicyDraft = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(after.keys(), [IndexKey::shared("state", "declined")]);
        let after = Stored { value: after, version: 2 };
        assert_eq!(confirm(&after, &in_force("old"), Id::new(8), NINE), Err(Refusal::Gone));
        assert_eq!(decline(&after, Id::new(8), "Again", NINE), Err(Refusal::Gone));
    }

    #[test]
    fn what_was_published_in_between_is_not_undone() {
        let stored = Stored { value: draft(), version: 1 };
        let refused = confirm(&stored, &in_force("newer"), Id::new(8), NINE);
        assert_eq!(refused, Err(Refusal::Conflict));
    }

    #[test]
    fn a_draft_needs_a_reason_and_a_change() {
        assert_eq!(wait(PolicyDraft { reason: " ".into(), ..draft() }), Err(Refusal::ReasonNeeded));
        assert_eq!(wait(PolicyDraft { base: digest("new"), ..draft() }), Err(Refusal::AlreadySo));
        assert_eq!(wait(draft()).unwrap().action, Action::PolicyDrafted);
    }
}
