//! What the school changed after a term's themes (UM-12): what was found most, and what follows for policy and teaching. One entry a
//! term, written once and never changed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::calendar::Term;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of entries.
#[derive(Debug)]
pub enum TermChangeNoun {}
impl Named for TermChangeNoun {
    const NOUN: &'static str = "term-change";
}
/// An entry's id.
pub type TermChangeId = Id<TermChangeNoun>;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermChange {
    /// Its id.
    pub id: TermChangeId,
    /// The term.
    pub term: Term,
    /// The themes found most, and how often, as whoever wrote it saw them.
    pub themes: Vec<(String, u64)>,
    /// What was changed, or why nothing was.
    pub changed: String,
    /// Who wrote it down.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for TermChange {
    const KIND: Kind = Kind::TermChange;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("term", self.term.last)]
    }
}

/// Keeps an entry.
///
/// # Errors
/// [`Refusal::MeetingOdd`] while the term goes on; [`Refusal::AlreadySo`] when the term has one; [`Refusal::ReasonNeeded`].
pub fn keep(entry: &TermChange, earlier: &[TermChange], today: Date) -> Result<Change, Refusal> {
    if entry.term.last >= today {
        return Err(Refusal::MeetingOdd);
    }
    if earlier.iter().any(|one| one.term.last == entry.term.last) {
        return Err(Refusal::AlreadySo);
    }
    let changed = refusal::reason(&entry.changed)?.to_owned();
    let entry = TermChange { changed, ..entry.clone() };
    Ok(Change::of(Action::TermChangeKept, Write::of(&entry, Expect::New)))
}

/// The term that waits for an entry: the last that is over, where it ended since the school began here.
pub fn due<'a>(terms: &'a [Term], kept: &[TermChange], began: Date, today: Date) -> Option<&'a Term> {
    let over = terms.iter().filter(|term| term.last < today && term.last >= began);
    let last = over.max_by_key(|term| term.last)?;
    kept.iter().all(|one| one.term.last != last.last).then_some(last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn term(name: &str, first: Date, last: Date) -> Term {
        Term { name: name.into(), first, last }
    }

    fn entry(term: &Term, changed: &str) -> TermChange {
        TermChange {
            id: Id::new(1),
            term: term.clone(),
            themes: vec![("bullying".into(), 12)],
            changed: changed.into(),
            by: Id::new(4),
            at: Moment::from_unix_ms(0),
        }
    }

    #[test]
    fn um_12_the_last_term_that_is_over_waits_until_somebody_says_what_was_changed() {
        let terms = [
            term("Autumn 1", date(2026, 9, 2), date(2026, 10, 23)),
            term("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
        ];
        let (began, today) = (date(2026, 9, 1), date(2026, 11, 24));
        assert_eq!(due(&terms, &[], began, today), Some(&terms[0]));
        assert_eq!(due(&terms, &[], date(2026, 11, 1), today), None, "before the school began here");
        assert_eq!(due(&terms, &[], began, date(2026, 10, 23)), None, "it goes on");
        let good = entry(&terms[0], "Assemblies on kindness online");
        assert!(keep(&good, &[], today).is_ok());
        assert_eq!(keep(&good, std::slice::from_ref(&good), today), Err(Refusal::AlreadySo));
        assert_eq!(keep(&entry(&terms[0], "-"), &[], today), Err(Refusal::ReasonNeeded));
        assert_eq!(keep(&entry(&terms[1], "Too early"), &[], today), Err(Refusal::MeetingOdd));
        assert_eq!(due(&terms, &[good], began, today), None);
    }
}
