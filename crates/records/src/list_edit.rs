//! The school's own say about category lists: edits of what a page is about, and decisions about entries that are held.

use serde::{Deserialize, Serialize};
use usher_lists::overlay::Edit;
use usher_lists::review::Decision;
use usher_lists::source::SourceId;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::grant::{self, Grant};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of list edits.
#[derive(Debug)]
pub enum ListEditNoun {}
impl Named for ListEditNoun {
    const NOUN: &'static str = "list edit";
}
/// A list edit's id.
pub type ListEditId = Id<ListEditNoun>;

/// Marks ids of decisions about held entries.
#[derive(Debug)]
pub enum ListDecisionNoun {}
impl Named for ListDecisionNoun {
    const NOUN: &'static str = "list decision";
}
/// A list decision's id.
pub type ListDecisionId = Id<ListDecisionNoun>;

/// One of the school's own edits. Taken out, it stays in the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEdit {
    /// Its id.
    pub id: ListEditId,
    /// What it does.
    pub edit: Edit,
    /// Who made it.
    pub by: PersonId,
    /// Who took it out, when and why.
    pub removed: Option<Removed>,
}

/// That an edit was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Why.
    pub why: String,
}

impl Noun for ListEdit {
    const KIND: Kind = Kind::ListEdit;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.removed.is_none() { "in-use" } else { "removed" };
        vec![IndexKey::shared("state", state)]
    }
}

/// Makes an edit; it counts as soon as it is published. `notices` go to those who are to know (WEB-16).
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::TooWide`] for half the web.
pub fn add(edit: &ListEdit, notices: Vec<Mail>) -> Result<Change, Refusal> {
    let reason = refusal::reason(&edit.edit.reason)?;
    if edit.edit.pattern.is_too_wide() {
        return Err(Refusal::TooWide);
    }
    let mut change = Change::of(Action::ListEdited, Write::of(edit, Expect::New)).because(reason);
    change.mails = notices;
    Ok(change)
}

/// Reports an unsuitable site (WEB-16): the edit shuts it, what opened it until now ends, and `mails` go to those who
/// are to know inside and outside of the school.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when nobody says what is wrong with it.
pub fn report(
    edit: &ListEdit,
    opened: &[Stored<Grant>],
    mails: Vec<Mail>,
    at: Moment,
) -> Result<Change, Refusal> {
    let mut change = add(edit, mails)?;
    change.action = Action::SiteReported;
    // What begins to be open later as well.
    for grant in opened.iter().filter(|grant| !grant.value.is_over(at)) {
        change.writes.extend(grant::end(grant, at)?.writes);
    }
    Ok(change)
}

/// Takes an edit out.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is out; a reason is needed.
pub fn remove(edit: &Stored<ListEdit>, by: PersonId, why: &str, at: Moment) -> Result<Change, Refusal> {
    if edit.value.removed.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut next = edit.value.clone();
    next.removed = Some(Removed { by, at, why: why.to_owned() });
    Ok(Change::of(Action::ListEdited, edit.replace(&next)).because(why))
}

/// A person's decision about a held entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDecision {
    /// Its id.
    pub id: ListDecisionId,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    pub by: PersonId,
}

impl Noun for ListDecision {
    const KIND: Kind = Kind::ListDecision;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("source", &self.decision.source)]
    }
}

/// Decides on a held entry; it counts when the lists are compiled again.
///
/// # Errors
/// [`Refusal::ReasonNeeded`].
pub fn decide(decision: &ListDecision) -> Result<Change, Refusal> {
    let why = refusal::reason(&decision.decision.why)?;
    Ok(Change::of(Action::ListEntryDecided, Write::of(decision, Expect::New)).because(why))
}

/// Believes a source that changed too much to be believed by itself; it counts when the lists are compiled again.
///
/// # Errors
/// [`Refusal::ReasonNeeded`].
pub fn accept(source: &SourceId, why: &str) -> Result<Change, Refusal> {
    let why = format!("{source}: {}", refusal::reason(why)?);
    // The source itself is no record: it lies in the folder of lists, with a version of its own.
    Ok(Change {
        action: Action::ListSourceAccepted,
        about: None,
        reason: Some(why),
        writes: Vec::new(),
        mails: Vec::new(),
    })
}

/// Lists that would have lost a sealed list were not taken into force: only told.
pub fn sealed_kept(what: &str) -> Change {
    Change {
        action: Action::SealedKept,
        about: None,
        reason: Some(what.to_owned()),
        writes: Vec::new(),
        mails: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_lists::overlay::Effect;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn edit(reason: &str) -> ListEdit {
        ListEdit {
            id: Id::new(1),
            edit: Edit {
                id: "1".into(),
                pattern: "games.example".parse().unwrap(),
                effect: Effect::ClearCategories,
                reason: reason.into(),
                owner: "Ada".into(),
                added_at: NINE,
                review_on: jiff::civil::date(2027, 1, 1),
            },
            by: Id::new(4),
            removed: None,
        }
    }

    #[test]
    fn a_reported_site_is_not_opened_later_by_what_has_not_begun() {
        let asked = grant::MakeGrant {
            id: Id::new(9),
            scope: grant::Scope::Group(Id::new(3)),
            opens: grant::Opens::Page,
            page: "games.example".parse().unwrap(),
            reason: "From Monday on",
            owner: Id::new(4),
            until: NINE.plus_minutes(9_000),
            sealed: false,
        };
        let monday = grant::for_permission(asked, NINE.plus_minutes(4_000), NINE).unwrap();
        let opened = [Stored { value: monday, version: 1 }];
        let change = report(&edit("Cruel pictures"), &opened, vec![], NINE.plus_minutes(10)).unwrap();
        let ended: Grant = serde_json::from_str(&change.writes[1].body).unwrap();
        assert!(ended.is_over(NINE.plus_minutes(4_001)));
    }

    #[test]
    fn no_edit_is_of_half_the_web() {
        let mut wide = edit("Maths games");
        wide.edit.pattern = "co.uk".parse().unwrap();
        assert_eq!(add(&wide, vec![]).unwrap_err(), Refusal::TooWide);
    }

    #[test]
    fn an_edit_has_a_reason_coming_and_going() {
        assert_eq!(add(&edit(""), vec![]).unwrap_err(), Refusal::ReasonNeeded);
        assert!(add(&edit("Maths games"), vec![]).is_ok());
        let stored = Stored { value: edit("Maths games"), version: 1 };
        assert_eq!(remove(&stored, Id::new(4), "", NINE).unwrap_err(), Refusal::ReasonNeeded);
        let change = remove(&stored, Id::new(4), "Not used any more", NINE).unwrap();
        let next: ListEdit = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(next.keys(), [IndexKey::shared("state", "removed")]);
        let stored = Stored { value: next, version: 2 };
        assert_eq!(remove(&stored, Id::new(4), "Again", NINE).unwrap_err(), Refusal::AlreadySo);
    }
}
