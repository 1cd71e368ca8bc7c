//! A child told an adult (WEB-13, WEB-14), an adult says a visit was an accident (WEB-15), or somebody says that their
//! password is known (ACC-08). No blame in any.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EventId, GroupId, Id, LessonId, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of what was told.
#[derive(Debug)]
pub enum ToldNoun {}
impl Named for ToldNoun {
    const NOUN: &'static str = "told";
}
/// The id of what was told.
pub type ToldId = Id<ToldNoun>;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// "I have told an adult", from a block page.
    ToldAnAdult,
    /// "Tell someone", from any page.
    TellSomeone,
    /// "I came here by accident", from an adult's block page.
    Accident,
    /// "Someone knows my password" (ACC-08).
    PasswordKnown,
}

/// Something told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id.
    pub id: ToldId,
    /// Who tells.
    pub person: PersonId,
    /// What kind.
    pub what: What,
    /// The block it belongs to, if any.
    pub event: Option<EventId>,
    /// The page, if any.
    pub address: Option<WebAddress>,
    /// The class the child was in.
    pub group: Option<GroupId>,
    /// The lesson it happened in.
    pub lesson: Option<LessonId>,
    /// In their words, if they wrote any.
    pub words: Option<String>,
    /// When.
    pub at: Moment,
    /// Which adult has seen it, and when.
    pub seen: Option<(PersonId, Moment)>,
}

impl Noun for Told {
    const KIND: Kind = Kind::Told;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![
            IndexKey::shared("person", self.person),
            IndexKey::shared("state", if self.seen.is_none() { "waiting" } else { "seen" }),
        ];
        keys.extend(self.lesson.iter().map(|lesson| IndexKey::shared("lesson", lesson)));
        keys.extend(self.event.iter().map(|event| IndexKey::shared("event", event)));
        keys
    }
}

/// Keeps what was told.
pub fn tell(told: &Told) -> Change {
    Change::of(Action::AdultTold, Write::of(told, Expect::New)).about(told.person)
}

/// An adult has seen it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody has.
pub fn see(told: &Stored<Told>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if told.value.seen.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = told.value.clone();
    next.seen = Some((by, at));
    Ok(Change::of(Action::ToldSeen, told.replace(&next)).about(next.person))
}
