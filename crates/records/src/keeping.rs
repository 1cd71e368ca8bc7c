//! How long records of what people did are kept (DPR-09), and the log of what was removed when its time was over (DPR-13).
//!
//! Owns: the school's figures, their bounds, and the log. Does not: remove anything; the event files do, and `jobs`.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::{self, Refusal};
use crate::school::{self, School};

/// Days for which what somebody did on the web may be kept whole. A case is looked into within a week of what it is about; no
/// question that needs the whole address comes after a year.
pub const WHOLE_DAYS: RangeInclusive<u16> = 7..=366;
/// Days for which its lines may be kept. A month is what the monthly look needs; six years is how long somebody may go to
/// court about it (Limitation Act 1980, section 5).
pub const ROW_DAYS: RangeInclusive<u16> = 30..=2_192;

/// How long what is kept, by whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct KeepRules {
    /// What pupils did, and what was done where nobody was signed in.
    pub pupils: KeepDays,
    /// What adults did.
    pub adults: KeepDays,
}

impl KeepRules {
    /// The rule by which whole events become lines.
    pub const fn of_whole(self) -> Rule {
        Rule::Days { pupils: self.pupils.whole(), adults: self.adults.whole() }
    }

    /// The rule by which lines go.
    pub const fn of_lines(self) -> Rule {
        Rule::Days { pupils: self.pupils.rows(), adults: self.adults.rows() }
    }
}

/// Days, within their bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct KeepDays {
    whole: u16,
    rows: u16,
}

/// Days as a file has them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    whole_days: u16,
    row_days: u16,
}

impl Default for KeepDays {
    /// A month whole, a year as lines.
    fn default() -> Self {
        Self { whole: 30, rows: 365 }
    }
}

impl KeepDays {
    /// So many days whole, and so many in all.
    ///
    /// # Errors
    /// [`Refusal::KeptOddly`] when one is out of bounds, or lines would go before what they are the short form of.
    pub fn new(whole: u16, rows: u16) -> Result<Self, Refusal> {
        let fine = WHOLE_DAYS.contains(&whole) && ROW_DAYS.contains(&rows) && whole <= rows;
        if fine { Ok(Self { whole, rows }) } else { Err(Refusal::KeptOddly) }
    }

    /// Days whole: with the full address and everything the decision was made by.
    pub const fn whole(self) -> u16 {
        self.whole
    }

    /// Days in all: after the whole, as a line with who, when, the site, the title, the search and what was decided.
    pub const fn rows(self) -> u16 {
        self.rows
    }
}

impl TryFrom<Written> for KeepDays {
    type Error = Refusal;

    fn try_from(written: Written) -> Result<Self, Refusal> {
        Self::new(written.whole_days, written.row_days)
    }
}

impl From<KeepDays> for Written {
    fn from(days: KeepDays) -> Self {
        Self { whole_days: days.whole, row_days: days.rows }
    }
}

/// Sets how long what is kept.
///
/// # Errors
/// [`Refusal::AlreadySo`]; [`Refusal::ReasonNeeded`].
pub fn set(before: &Stored<School>, rules: KeepRules, why: &str) -> Result<Change, Refusal> {
    if before.value.settings.keeping == rules {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut after = before.value.clone();
    after.settings.keeping = rules;
    Ok(school::change(before, &after, why))
}

/// Marks ids of the log's lines.
#[derive(Debug)]
pub enum DisposalNoun {}
impl Named for DisposalNoun {
    const NOUN: &'static str = "disposal";
}
/// An id of a line of the log.
pub type DisposalId = Id<DisposalNoun>;

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Removed {
    /// The whole of what people did on the web: lines are left.
    Whole,
    /// The lines.
    Lines,
    /// Pictures of paper slips.
    Pictures,
}

impl Removed {
    /// Its name in words and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Lines => "lines",
            Self::Pictures => "pictures",
        }
    }
}

/// By which rule: the days that stood in the settings then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Days of pupils and of adults.
    Days {
        /// Of pupils.
        pupils: u16,
        /// Of adults.
        adults: u16,
    },
    /// Days after the agreement ended.
    AfterAgreement {
        /// So many.
        days: u16,
    },
}

/// A line of the log: what was removed, how many, when, by which rule. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    /// Its id.
    pub id: DisposalId,
    /// What.
    pub what: Removed,
    /// How many.
    pub count: u64,
    /// By which rule.
    pub rule: Rule,
    /// People whose own stayed, because a case holds it.
    pub held: u32,
    /// When.
    pub at: Moment,
}

impl Noun for Disposal {
    const KIND: Kind = Kind::Disposal;

    fn number(&self) -> u64 {
        self.id.number()
    }
}

impl Disposal {
    /// The write that adds it.
    pub fn write(&self) -> Write {
        Write::of(self, Expect::New)
    }
}

/// Notes what was removed; none when nothing was.
pub fn dispose(lines: &[Disposal]) -> Option<Change> {
    let mut lines = lines.iter().filter(|line| line.count > 0);
    let first = Change::of(Action::RecordsRemoved, lines.next()?.write());
    Some(lines.fold(first, |change, line| change.and(line.write())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dpr_09_days_have_bounds_and_none_is_for_ever() {
        for (whole, rows, fine) in [
            (30, 365, true),
            (7, 30, true),
            (90, 90, true),
            (366, 2_192, true),
            (6, 365, false),
            (367, 400, false),
            (30, 29, false),
            (91, 90, false),
            (30, 2_193, false),
            (0, 0, false),
            (u16::MAX, u16::MAX, false),
        ] {
            assert_eq!(KeepDays::new(whole, rows).is_ok(), fine, "{whole} {rows}");
            let file = format!("{{\"whole-days\":{whole},\"row-days\":{rows}}}");
            assert_eq!(serde_json::from_str::<KeepDays>(&file).is_ok(), fine, "{file}");
        }
        let rules = KeepRules::default();
        let again: KeepRules = serde_json::from_str(&serde_json::to_string(&rules).unwrap()).unwrap();
        assert_eq!((again, rules.pupils.whole(), rules.adults.rows()), (rules, 30, 365));
    }

    #[test]
    fn dpr_13_what_was_not_removed_is_not_noted() {
        let line = |what, count| Disposal {
            id: Id::new(count + 1),
            what,
            count,
            rule: Rule::Days { pupils: 30, adults: 30 },
            held: 0,
            at: Moment::from_unix_ms(0),
        };
        assert_eq!(dispose(&[line(Removed::Whole, 0), line(Removed::Lines, 0)]), None);
        let change = dispose(&[line(Removed::Whole, 0), line(Removed::Lines, 7)]).unwrap();
        assert_eq!((change.writes.len(), change.about), (1, None));
        let kept: Disposal = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!((kept.what, kept.count), (Removed::Lines, 7));
    }
}
