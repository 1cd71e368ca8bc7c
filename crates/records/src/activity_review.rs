//! Leaders look through a sample of the school's web use from time to time (MON-05): what they were shown, what they thought of
//! it, who signed. A review is begun once, signed once and never changed; the next is due so many days after it was signed.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::{Moment, Zone};

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of reviews of activity.
#[derive(Debug)]
pub enum ActivityReviewNoun {}
impl Named for ActivityReviewNoun {
    const NOUN: &'static str = "activity-review";
}
/// The id of a review of activity.
pub type ActivityReviewId = Id<ActivityReviewNoun>;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityReview {
    /// Its id. The sample is drawn by it, so that nobody chooses what is in it.
    pub id: ActivityReviewId,
    /// From when web use is looked at.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// Pages opened in that time, the sample's among them.
    pub opened: u64,
    /// Pages refused.
    pub refused: u64,
    /// The sample, by time.
    pub sample: Vec<Seen>,
    /// Who began it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What came of it, once it is signed.
    pub signed: Option<Signed>,
}

/// One page of the sample. No name is kept: a look at one child's web use has a reason of its own (MON-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Moment,
    /// The class; none for adults and for children of no class.
    pub class: Option<String>,
    /// Whether it was an adult.
    pub adult: bool,
    /// A child's page without what was asked of it; an adult's site alone.
    pub page: String,
    /// Whether it was refused.
    pub refused: bool,
    /// Why it was decided so, in words.
    pub why: String,
}

/// A review's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What they thought of it, and what follows.
    pub comments: String,
}

impl Noun for ActivityReview {
    const KIND: Kind = Kind::ActivityReview;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("state", if self.signed.is_some() { "signed" } else { "open" })]
    }
}

/// Begins a review.
///
/// # Errors
/// [`Refusal::AlreadySo`] while another is open.
pub fn begin(review: &ActivityReview, earlier: &[ActivityReview]) -> Result<Change, Refusal> {
    if earlier.iter().any(|one| one.signed.is_none()) {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::ActivityReviewBegun, Write::of(review, Expect::New)))
}

/// Signs a review.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is signed; [`Refusal::ReasonNeeded`] without a word of what was thought of it.
pub fn sign(
    review: &Stored<ActivityReview>,
    comments: &str,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    if review.value.signed.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let comments = refusal::reason(comments)?.to_owned();
    let signed = ActivityReview { signed: Some(Signed { by, at, comments }), ..review.value.clone() };
    Ok(Change::of(Action::ActivityReviewSigned, review.replace(&signed)))
}

/// From when the next review looks: where the last one ended.
pub fn next_from(reviews: &[ActivityReview], set_up: Moment) -> Moment {
    reviews.iter().map(|review| review.until).max().unwrap_or(set_up)
}

/// The day the next is due: so many days after the last was signed, or after the school was set up.
pub fn due(reviews: &[ActivityReview], set_up: Moment, every_days: u16, zone: &Zone) -> Date {
    let signed = reviews.iter().filter_map(|review| review.signed.as_ref()).map(|signed| signed.at).max();
    let last = zone.local(signed.unwrap_or(set_up)).date();
    last.checked_add(Span::new().days(i64::from(every_days))).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET_UP: Moment = Moment::from_unix_ms(1_790_000_000_000);

    fn review(id: u64, signed: Option<Moment>) -> ActivityReview {
        ActivityReview {
            id: Id::new(id),
            from: SET_UP,
            until: SET_UP.plus_minutes(60),
            opened: 4,
            refused: 1,
            sample: vec![],
            by: Id::new(7),
            at: SET_UP.plus_minutes(60),
            signed: signed.map(|at| Signed { by: Id::new(7), at, comments: "Nothing to do".into() }),
        }
    }

    #[test]
    fn mon_05_one_review_is_open_at_a_time_and_is_signed_once_with_words() {
        assert_eq!(begin(&review(2, None), &[review(1, None)]), Err(Refusal::AlreadySo));
        assert!(begin(&review(2, None), &[review(1, Some(SET_UP))]).is_ok());
        let open = Stored { value: review(1, None), version: 1 };
        assert_eq!(sign(&open, " ", Id::new(8), SET_UP), Err(Refusal::ReasonNeeded));
        assert!(sign(&open, "Two sites are shut without need", Id::new(8), SET_UP).is_ok());
        let signed = Stored { value: review(1, Some(SET_UP)), version: 2 };
        assert_eq!(sign(&signed, "Again, please", Id::new(8), SET_UP), Err(Refusal::AlreadySo));
    }

    #[test]
    fn mon_05_the_next_is_due_so_many_days_after_the_last_was_signed_and_looks_from_where_it_ended() {
        let zone = Zone::london();
        let first = zone.local(SET_UP).date();
        assert_eq!(due(&[], SET_UP, 42, &zone), first + Span::new().days(42));
        assert_eq!(
            due(&[review(1, None)], SET_UP, 42, &zone),
            first + Span::new().days(42),
            "begun is not done"
        );
        let later = SET_UP.plus_minutes(10 * 24 * 60);
        assert_eq!(due(&[review(1, Some(later))], SET_UP, 42, &zone), first + Span::new().days(52));
        assert_eq!(next_from(&[], SET_UP), SET_UP);
        assert_eq!(next_from(&[review(1, Some(later))], SET_UP), SET_UP.plus_minutes(60));
    }
}
