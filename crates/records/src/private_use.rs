//! Time that staff spend on private pages while they work (WEB-23): a school's limit, and the items that say somebody was
//! over it. An item goes to the person first, and is handed on later.
//!
//! Owns: the figures of an item, the answer to it, and when it is handed on. Does not: count (`reports::private_use`), or
//! say who may see an item (`policy::private_use`).

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// The longest answer, in characters: a page of writing.
pub const LONGEST_CHARS: usize = 3_000;

/// A school's limit on private time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PrivateRules {
    /// Kinds of page that are private, in the order in which a page of several is told.
    pub categories: Vec<Category>,
    /// The hours staff are paid for, where they are not from the first bell to the last.
    pub hours: Option<Hours>,
    /// Minutes a day that may be private; 0 where the school sets no such limit.
    pub day_minutes: u16,
    /// Minutes a week that may be private; 0 where the school sets no such limit.
    pub week_minutes: u16,
    /// School days that somebody has to answer before the item is handed on.
    pub answer_days: u8,
}

/// Hours on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From.
    pub from: Time,
    /// Until, itself outside.
    pub until: Time,
}

/// What people do for themselves rather than for the school. Video and search are not here: lessons are made from them.
const PRIVATE: [&str; 13] = [
    "shopping",
    "auctions",
    "social-networks",
    "chat-and-messaging",
    "dating",
    "webmail",
    "news",
    "sport",
    "games",
    "celebrity",
    "hobbies-and-home",
    "finance-and-banking",
    "jobs",
];

impl Default for PrivateRules {
    fn default() -> Self {
        Self {
            categories: PRIVATE.into_iter().filter_map(|name| Category::parse(name).ok()).collect(),
            hours: None,
            day_minutes: 30,
            week_minutes: 0,
            answer_days: 5,
        }
    }
}

/// Marks ids of items.
#[derive(Debug)]
pub enum PrivateTimeNoun {}
impl Named for PrivateTimeNoun {
    const NOUN: &'static str = "private-time";
}
/// An item's id.
pub type PrivateTimeId = Id<PrivateTimeNoun>;

/// Which limit somebody was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// That of a day.
    Day,
    /// That of a week.
    Week,
}

impl Span {
    /// Its name in words and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
        }
    }
}

/// Minutes on one kind of page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The kind.
    pub category: Category,
    /// Estimated minutes.
    pub minutes: u32,
}

/// Minutes on one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFigure {
    /// Its name.
    pub site: String,
    /// Estimated minutes.
    pub minutes: u32,
}

/// An item: somebody was over a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateTime {
    /// Its id.
    pub id: PrivateTimeId,
    /// Who.
    pub person: PersonId,
    /// Which limit.
    pub span: Span,
    /// The day, or the first of the week.
    pub from: Date,
    /// The limit then.
    pub limit_minutes: u16,
    /// Estimated minutes.
    pub minutes: u32,
    /// By kind of page, longest first.
    pub figures: Vec<Figure>,
    /// By site, longest first; for the person's own eyes.
    pub sites: Vec<SiteFigure>,
    /// When it was counted.
    pub at: Moment,
    /// When it is handed on without an answer.
    pub due: Moment,
    /// What the person says to it, and when.
    pub answer: Option<(String, Moment)>,
    /// When it was handed on.
    pub handed: Option<Moment>,
    /// Who has seen to it then, and when.
    pub seen: Option<(PersonId, Moment)>,
}

impl Noun for PrivateTime {
    const KIND: Kind = Kind::PrivateTime;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = match (self.handed, self.seen) {
            (None, _) => "with-person",
            (Some(_), None) => "handed",
            (Some(_), Some(_)) => "seen",
        };
        vec![
            IndexKey::shared("state", state),
            IndexKey::shared("person", self.person),
            // However often a day is counted again, it is one item.
            IndexKey::unique("once", format!("{} {} {}", self.person, self.span.name(), self.from)),
        ]
    }
}

/// Raises an item, with the mail to the person. The journal does not say about whom: its readers are told later.
pub fn raise(item: &PrivateTime, mails: Vec<Mail>) -> Change {
    Change { mails, ..Change::of(Action::PrivateTimeRaised, Write::of(item, Expect::New)) }
}

/// The person answers, which hands it on.
///
/// # Errors
/// [`Refusal::AlreadySo`] when they did; [`Refusal::ReasonNeeded`] when it says nothing; [`Refusal::TooMuch`] when it is
/// longer than a page.
pub fn answer(
    item: &Stored<PrivateTime>,
    words: &str,
    at: Moment,
    mails: Vec<Mail>,
) -> Result<Change, Refusal> {
    let words = refusal::reason(words)?;
    if words.chars().count() > LONGEST_CHARS {
        return Err(Refusal::TooMuch);
    }
    if item.value.answer.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let handed = item.value.handed.or(Some(at));
    let next = PrivateTime { answer: Some((words.to_owned(), at)), handed, ..item.value.clone() };
    Ok(Change { mails, ..Change::of(Action::PrivateTimeAnswered, item.replace(&next)).about(next.person) })
}

/// Hands it on, its time for an answer being over; none where it is not, or was handed on.
pub fn hand_on(item: &Stored<PrivateTime>, at: Moment, mails: Vec<Mail>) -> Option<Change> {
    if item.value.handed.is_some() || at < item.value.due {
        return None;
    }
    let next = PrivateTime { handed: Some(at), ..item.value.clone() };
    Some(Change { mails, ..Change::of(Action::PrivateTimeHandedOn, item.replace(&next)).about(next.person) })
}

/// Somebody has seen to it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody did; [`Refusal::Gone`] where it is still with the person alone.
pub fn see(item: &Stored<PrivateTime>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if item.value.handed.is_none() {
        return Err(Refusal::Gone);
    }
    if item.value.seen.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = PrivateTime { seen: Some((by, at)), ..item.value.clone() };
    Ok(Change::of(Action::PrivateTimeSeen, item.replace(&next)).about(next.person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn item() -> Stored<PrivateTime> {
        let value = PrivateTime {
            id: Id::new(1),
            person: Id::new(7),
            span: Span::Day,
            from: date(2026, 11, 24),
            limit_minutes: 30,
            minutes: 70,
            figures: vec![],
            sites: vec![],
            at: NINE,
            due: NINE.plus_minutes(60),
            answer: None,
            handed: None,
            seen: None,
        };
        Stored { value, version: 1 }
    }

    fn after(change: &Change) -> Stored<PrivateTime> {
        Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 2 }
    }

    #[test]
    fn web_23_an_item_is_with_the_person_until_they_answer_or_their_time_is_over() {
        assert_eq!(raise(&item().value, vec![]).about, None, "the journal does not tell before its time");
        assert_eq!(see(&item(), Id::new(1), NINE), Err(Refusal::Gone));
        assert_eq!(hand_on(&item(), NINE.plus_minutes(59), vec![]), None);
        let due = after(&hand_on(&item(), NINE.plus_minutes(60), vec![]).unwrap());
        assert_eq!(due.value.handed, Some(NINE.plus_minutes(60)));
        assert_eq!(hand_on(&due, NINE.plus_minutes(61), vec![]), None, "once");
        assert_eq!(answer(&item(), " ", NINE, vec![]), Err(Refusal::ReasonNeeded));
        assert_eq!(answer(&item(), &"long ".repeat(1_000), NINE, vec![]), Err(Refusal::TooMuch));
        let said = after(&answer(&item(), " For the trip ", NINE, vec![]).unwrap());
        assert_eq!(said.value.answer, Some(("For the trip".into(), NINE)));
        assert_eq!(said.value.handed, Some(NINE));
        assert_eq!(answer(&said, "And more", NINE, vec![]), Err(Refusal::AlreadySo));
        let late = after(&answer(&due, "I was away", NINE.plus_minutes(90), vec![]).unwrap());
        assert_eq!(late.value.handed, Some(NINE.plus_minutes(60)), "an answer is taken afterwards too");
        let seen = after(&see(&said, Id::new(1), NINE).unwrap());
        assert!(seen.value.keys().contains(&IndexKey::shared("state", "seen")));
        assert_eq!(see(&seen, Id::new(1), NINE), Err(Refusal::AlreadySo));
    }

    #[test]
    fn every_private_kind_is_one_the_catalogue_knows() {
        let catalogue = usher_lists::category::Catalogue::ours().unwrap();
        let rules = PrivateRules::default();
        assert_eq!(rules.categories.len(), PRIVATE.len());
        for category in &rules.categories {
            assert!(catalogue.entry(category).is_some(), "{category}");
        }
    }
}
