//! Grants: a page opened to somebody until a time. Every one has a reason, an owner and an end.

use serde::{Deserialize, Serialize};
use usher_lists::patterns::AddressPattern;
use usher_types::ids::{GrantId, GroupId, LessonId, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::lesson::end_within;
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// To whom a page is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The class in this lesson; ends with it.
    Lesson(LessonId),
    /// A class.
    Group(GroupId),
    /// One person.
    Person(PersonId),
    /// One person in this lesson; ends with it.
    PupilIn(LessonId, PersonId),
    /// Everybody of a kind.
    Kind(PersonKind),
}

/// What a grant opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// The page itself.
    #[default]
    Page,
    /// Files from there of a kind that is kept out otherwise (WEB-07). The page must be open anyhow.
    Files,
    /// Making an account there, for a project (WEB-27). The page must be open anyhow.
    SignUp,
    /// Sending a picture, film or sound there, for a project (IMG-17). The page must be open anyhow.
    Picture,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// To whom.
    pub scope: Scope,
    /// What it opens.
    #[serde(default)]
    pub opens: Opens,
    /// Which page or site.
    pub page: AddressPattern,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub owner: PersonId,
    /// When it was made.
    pub made_at: Moment,
    /// From when it holds, if not from when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// When it ends.
    pub until: Moment,
    /// When it was taken back, if before that.
    pub ended_at: Option<Moment>,
}

impl Grant {
    /// Whether it opens anything.
    pub fn is_open(&self, at: Moment) -> bool {
        self.begins_at() <= at && !self.is_over(at)
    }

    /// When it begins to open something.
    pub fn begins_at(&self) -> Moment {
        self.from.unwrap_or(self.made_at)
    }

    /// Whether it will never open anything again.
    pub fn is_over(&self, at: Moment) -> bool {
        self.until <= at || self.ended_at.is_some_and(|ended| ended <= at)
    }
}

impl Noun for Grant {
    const KIND: Kind = Kind::Grant;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.ended_at.is_none() { "open" } else { "ended" };
        vec![IndexKey::shared("state", state)]
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct MakeGrant<'a> {
    /// The new grant's id.
    pub id: GrantId,
    /// To whom.
    pub scope: Scope,
    /// What it opens.
    pub opens: Opens,
    /// Which page.
    pub page: AddressPattern,
    /// Why.
    pub reason: &'a str,
    /// Who makes it.
    pub owner: PersonId,
    /// Until when.
    pub until: Moment,
    /// Whether the page is in a sealed list, which nobody can open.
    pub sealed: bool,
}

/// Opens a page.
///
/// # Errors
/// No reason, no end or one too late, a sealed page, or half the web.
pub fn make(asked: MakeGrant<'_>, longest_minutes: u16, at: Moment) -> Result<(Grant, Change), Refusal> {
    let until = asked.until;
    let grant = openable(asked, at)?;
    end_within(until, longest_minutes, at)?;
    let change = Change::of(Action::GrantMade, Write::of(&grant, Expect::New)).because(&grant.reason);
    Ok((grant, change))
}

/// What a permission opens. How long it may last the permission says; it may begin later.
///
/// # Errors
/// As [`make`], but for an end too late.
pub fn for_permission(asked: MakeGrant<'_>, from: Moment, at: Moment) -> Result<Grant, Refusal> {
    let grant = openable(asked, at)?;
    if grant.until <= from.max(at) {
        return Err(Refusal::EndNeeded);
    }
    Ok(Grant { from: Some(from).filter(|from| *from > at), ..grant })
}

fn openable(asked: MakeGrant<'_>, at: Moment) -> Result<Grant, Refusal> {
    if asked.sealed {
        return Err(Refusal::Sealed);
    }
    // A range of addresses is no page.
    if asked.page.is_too_wide() || asked.page.is_range() {
        return Err(Refusal::TooWide);
    }
    let reason = refusal::reason(asked.reason)?;
    Ok(Grant {
        id: asked.id,
        scope: asked.scope,
        opens: asked.opens,
        page: asked.page,
        reason: reason.to_owned(),
        owner: asked.owner,
        made_at: at,
        from: None,
        until: asked.until,
        ended_at: None,
    })
}

/// Takes a grant back.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is over.
pub fn end(grant: &Stored<Grant>, at: Moment) -> Result<Change, Refusal> {
    if grant.value.is_over(at) {
        return Err(Refusal::AlreadySo);
    }
    let mut next = grant.value.clone();
    next.ended_at = Some(at);
    Ok(Change::of(Action::GrantEnded, grant.replace(&next)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn asked(reason: &str) -> MakeGrant<'_> {
        MakeGrant {
            id: Id::new(1),
            scope: Scope::Group(Id::new(3)),
            opens: Opens::Page,
            page: "games.example/maths".parse().unwrap(),
            reason,
            owner: Id::new(4),
            until: NINE.plus_minutes(45),
            sealed: false,
        }
    }

    #[test]
    fn a_grant_has_a_reason_an_owner_and_an_end() {
        let (grant, change) = make(asked("Times tables race"), 60, NINE).unwrap();
        assert!(grant.is_open(NINE) && !grant.is_open(NINE.plus_minutes(45)));
        assert_eq!(change.reason.as_deref(), Some("Times tables race"));
        assert_eq!(make(asked(" x "), 60, NINE).unwrap_err(), Refusal::ReasonNeeded);
        assert_eq!(make(asked("Times tables race"), 30, NINE).unwrap_err(), Refusal::TooLong);
    }

    #[test]
    fn nobody_can_open_a_sealed_page() {
        let sealed = MakeGrant { sealed: true, ..asked("please") };
        assert_eq!(make(sealed, 60, NINE).unwrap_err(), Refusal::Sealed);
    }

    #[test]
    fn nobody_opens_half_the_web() {
        for page in ["com", "co.uk", "sch.uk/games", "0.0.0.0/0", "104.16.0.0/16", "192.0.2.0/24"] {
            let wide = MakeGrant { page: page.parse().unwrap(), ..asked("please") };
            assert_eq!(make(wide, 60, NINE).unwrap_err(), Refusal::TooWide, "{page}");
        }
    }

    #[test]
    fn a_grant_taken_back_is_over_at_once() {
        let (grant, _) = make(asked("Times tables race"), 60, NINE).unwrap();
        let stored = Stored { value: grant, version: 1 };
        let change = end(&stored, NINE.plus_minutes(1)).unwrap();
        let ended: Grant = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(!ended.is_open(NINE.plus_minutes(1)));
    }
}
