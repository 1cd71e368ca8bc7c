//! Looks at somebody's activity: who looked, at whom, why (MON-04, DP-20). A look is kept before it shows anything.

use serde::{Deserialize, Serialize};
use usher_types::ids::{LookId, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// How long one reason lasts before it is asked for again.
pub const LOOK_MINUTES: i64 = 30;

/// A look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Its id.
    pub id: LookId,
    /// Who looks.
    pub by: PersonId,
    /// At whose activity.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

impl Look {
    /// Whether it still lets `by` see the activity.
    pub fn is_open(&self, at: Moment) -> bool {
        self.at <= at && at < self.at.plus_minutes(LOOK_MINUTES)
    }
}

impl Noun for Look {
    const KIND: Kind = Kind::Look;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person), IndexKey::shared("by", self.by)]
    }
}

/// Keeps a look.
///
/// # Errors
/// [`Refusal::ReasonNeeded`].
pub fn look(
    id: LookId,
    by: PersonId,
    person: PersonId,
    reason: &str,
    at: Moment,
) -> Result<(Look, Change), Refusal> {
    let reason = refusal::reason(reason)?;
    let look = Look { id, by, person, reason: reason.to_owned(), at };
    let change =
        Change::of(Action::ActivityLooked, Write::of(&look, Expect::New)).about(person).because(reason);
    Ok((look, change))
}
