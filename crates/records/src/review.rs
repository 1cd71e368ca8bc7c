//! Reviews of the policy (POL-07): when, with whom, what was decided, and when the next is due. Entries are only ever added.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of reviews.
#[derive(Debug)]
pub enum ReviewNoun {}
impl Named for ReviewNoun {
    const NOUN: &'static str = "review";
}
/// A review's id.
pub type ReviewId = Id<ReviewNoun>;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// The day it was held.
    pub day: Date,
    /// Who was consulted: colleagues of other schools, the authority.
    pub consulted: String,
    /// What was decided.
    pub decisions: String,
    /// When the next is due.
    pub next: Date,
    /// Who wrote it down.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for Review {
    const KIND: Kind = Kind::Review;

    fn number(&self) -> u64 {
        self.id.number()
    }
}

/// Keeps a review.
///
/// # Errors
/// [`Refusal::MeetingOdd`] when it is said to be held on a day to come; [`Refusal::EndNeeded`] when the next would not be
/// after it; [`Refusal::NameNeeded`] when nobody was consulted; [`Refusal::ReasonNeeded`] when nothing was decided.
pub fn keep(review: &Review, today: Date) -> Result<Change, Refusal> {
    if review.day > today {
        return Err(Refusal::MeetingOdd);
    }
    if review.next <= review.day {
        return Err(Refusal::EndNeeded);
    }
    let consulted = review.consulted.trim();
    if consulted.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let decisions = refusal::reason(&review.decisions)?.to_owned();
    let review = Review { consulted: consulted.to_owned(), decisions, ..review.clone() };
    Ok(Change::of(Action::ReviewKept, Write::of(&review, Expect::New)))
}

/// The latest review: what it says of the next is what counts.
pub fn latest(reviews: &[Review]) -> Option<&Review> {
    reviews.iter().max_by_key(|review| (review.day, review.at, review.id))
}

/// The day the next was due, where that is past.
pub fn overdue(reviews: &[Review], today: Date) -> Option<Date> {
    latest(reviews).map(|review| review.next).filter(|next| *next < today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn review(day: Date, next: Date) -> Review {
        Review {
            id: Id::new(1),
            day,
            consulted: "Two schools near us, the authority".into(),
            decisions: "Nothing changes".into(),
            next,
            by: Id::new(7),
            at: Moment::from_unix_ms(0),
        }
    }

    #[test]
    fn pol_07_a_review_says_who_what_and_when_next() {
        let good = review(date(2026, 11, 20), date(2027, 11, 20));
        assert!(keep(&good, TODAY).is_ok());
        assert_eq!(keep(&review(date(2026, 11, 25), date(2027, 1, 1)), TODAY), Err(Refusal::MeetingOdd));
        assert_eq!(keep(&review(date(2026, 11, 20), date(2026, 11, 20)), TODAY), Err(Refusal::EndNeeded));
        let alone = Review { consulted: " ".into(), ..good.clone() };
        assert_eq!(keep(&alone, TODAY), Err(Refusal::NameNeeded));
        assert_eq!(keep(&Review { decisions: "-".into(), ..good }, TODAY), Err(Refusal::ReasonNeeded));
    }

    #[test]
    fn pol_07_the_next_is_overdue_the_day_after_its_day_by_the_latest_review() {
        let old = review(date(2025, 11, 20), date(2026, 11, 20));
        assert_eq!(overdue(&[], TODAY), None);
        assert_eq!(overdue(std::slice::from_ref(&old), TODAY), Some(date(2026, 11, 20)));
        assert_eq!(overdue(std::slice::from_ref(&old), date(2026, 11, 20)), None);
        assert_eq!(overdue(&[review(date(2026, 11, 21), date(2027, 1, 1)), old], TODAY), None);
    }
}
