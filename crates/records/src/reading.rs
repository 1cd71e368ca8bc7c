//! What counts as an infringement and what may follow, as the school's own lists have it now, and who has read it (INC-22).
//! A reading is of exactly what was shown: when the lists change, nobody has read them yet.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::case::rules::{CaseRules, KindRule, Sort, Step};
use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::sanction::Restriction;

/// Marks ids of readings.
#[derive(Debug)]
pub enum ReadingNoun {}
impl Named for ReadingNoun {
    const NOUN: &'static str = "reading";
}
/// A reading's id.
pub type ReadingId = Id<ReadingNoun>;

/// Somebody read what counts and what may follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its id.
    pub id: ReadingId,
    /// Who.
    pub person: PersonId,
    /// The digest of what they read ([`Listing::digest`]).
    pub digest: Digest,
    /// When.
    pub at: Moment,
}

impl Noun for Reading {
    const KIND: Kind = Kind::Reading;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let once = IndexKey::unique("once", format!("{}:{}", self.person, self.digest));
        vec![IndexKey::shared("person", self.person), IndexKey::shared("digest", self.digest), once]
    }
}

/// Keeps that somebody read it. Of the same lists once: the key is theirs alone.
pub fn read(reading: &Reading) -> Change {
    Change::of(Action::ConductRead, Write::of(reading, Expect::New)).about(reading.person)
}

/// What counts and what may follow, as one reader is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What breaks a rule: what pupils may do wrong, and for adults of the school also what adults may.
    pub kinds: Vec<KindRule>,
    /// What may follow, lightest first.
    pub steps: Vec<Step>,
    /// How the web may be narrowed, where that may follow.
    pub narrowings: Vec<Restriction>,
}

impl Listing {
    /// What these rules say to an adult of the school, or to a pupil.
    pub fn of(rules: &CaseRules, adult: bool) -> Self {
        let told = |kind: &KindRule| kind.sort == Sort::Pupil || (adult && kind.sort == Sort::Staff);
        let mut steps: Vec<Step> = rules.ladder.iter().map(|rung| rung.step).collect();
        steps.sort_unstable();
        steps.dedup();
        let narrowings = if steps.contains(&Step::Narrow) { rules.narrowings.clone() } else { Vec::new() };
        Self { kinds: rules.kinds().filter(told).collect(), steps, narrowings }
    }

    /// The digest of what is shown: how weighty a kind is, nobody is told, so that changing it asks nobody to read again.
    pub fn digest(&self) -> Digest {
        let kinds = self.kinds.iter().map(|kind| format!("kind {} {}", kind.name, kind.title));
        let steps = self.steps.iter().map(|step| format!("step {}", step.name()));
        let narrowings = self.narrowings.iter().map(|one| format!("narrowing {}", one.name()));
        let lines: Vec<String> = kinds.chain(steps).chain(narrowings).collect();
        Digest::of(lines.join("\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::rules::Rung;

    #[test]
    fn inc_22_a_change_of_what_is_shown_asks_to_read_again_and_nothing_else_does() {
        let rules = CaseRules::default();
        let (pupil, adult) = (Listing::of(&rules, false), Listing::of(&rules, true));
        assert!(pupil.kinds.iter().all(|kind| kind.sort == Sort::Pupil));
        assert!(adult.kinds.len() > pupil.kinds.len() && adult.steps == pupil.steps);
        let own =
            |name: &str, sort, severity| KindRule { name: name.into(), title: name.into(), sort, severity };
        let with = |kind| CaseRules { more_kinds: vec![kind], ..rules.clone() };
        let digests = |rules: &CaseRules| [false, true].map(|adult| Listing::of(rules, adult).digest());
        let changed = |rules: &CaseRules| {
            let (now, then) = (digests(rules), [pupil.digest(), adult.digest()]);
            [now[0] != then[0], now[1] != then[1]]
        };
        assert_eq!(changed(&with(own("printing", Sort::Pupil, 1))), [true, true]);
        assert_eq!(changed(&with(own("keys", Sort::Staff, 1))), [false, true]);
        assert_eq!(changed(&with(own("found", Sort::Accident, 1))), [false, false]);
        assert_ne!(
            digests(&with(own("printing", Sort::Pupil, 1))),
            digests(&with(KindRule { title: "Printing twice".into(), ..own("printing", Sort::Pupil, 1) }))
        );
        assert_eq!(
            digests(&with(own("printing", Sort::Pupil, 1))),
            digests(&with(own("printing", Sort::Pupil, 4))),
            "how weighty it is, nobody is told"
        );
        let fewer = CaseRules { ladder: vec![Rung { step: Step::Talk, from_severity: 1 }], ..rules.clone() };
        assert_eq!(changed(&fewer), [true, true]);
        assert!(Listing::of(&fewer, false).narrowings.is_empty(), "the web is not narrowed");
        let fewer = CaseRules { narrowings: vec![Restriction::NoWeb], ..rules.clone() };
        assert_eq!(changed(&fewer), [true, true]);
    }
}
