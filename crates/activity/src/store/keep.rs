//! How long what is kept: events whole for some days, then their rows, then nothing, but of people who are held. Pupils and
//! adults each have their own days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_types::digest::{Digest, Hasher};
use usher_types::ids::{PersonId, SchoolId};
use usher_types::moment::Moment;

use super::Store;
use crate::manifest::{FileEntry, State};
use crate::spool::SpoolFault;
use crate::table::Full;

/// For how many days of the school's calendar events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Whole: with the address and everything the decision was made by.
    pub whole_days: u16,
    /// As rows: who, when, which site, title, search, verdict.
    pub row_days: u16,
}

/// How long whose events are kept, and whose stay.
#[derive(Debug, Clone, Copy)]
pub struct KeepRules<'a> {
    /// Of pupils, and where it is not known whose: most devices of a primary school are children's.
    pub pupils: Keeping,
    /// Of these adults.
    pub adults: Keeping,
    /// The adults.
    pub adult_people: &'a BTreeSet<PersonId>,
    /// People whose events stay as they are.
    pub held: &'a BTreeSet<PersonId>,
}

/// What a run took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Days whose files were written anew.
    pub days: u64,
    /// Events that are not whole any more: a row is left.
    pub to_rows: u64,
    /// Events of which nothing is left.
    pub gone: u64,
    /// Days whose files cannot be read, so that they are kept longer than they should be.
    pub unread: u64,
}

/// What is left of events of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Whole,
    Rows,
    Gone,
}

impl Keeping {
    /// The first days of which events are kept whole, and of which rows are kept.
    pub fn first_days(self, today: Date) -> (Date, Date) {
        let back = |days: u16| today.saturating_sub(i64::from(days).days());
        (back(self.whole_days), back(self.row_days))
    }

    /// What is left of a day's events.
    fn stage(self, day: Date, today: Date) -> Stage {
        let (whole, rows) = self.first_days(today);
        match (day < whole, day < rows) {
            (_, true) => Stage::Gone,
            (true, false) => Stage::Rows,
            (false, false) => Stage::Whole,
        }
    }
}

impl Store {
    /// Takes out what is kept no longer. Events of people who are held stay as they are, for as long as they are held. Done
    /// twice, the second time changes nothing.
    ///
    /// # Errors
    /// When the disk fails; days that were not reached are tried at the next run, and `done` has what was taken out before.
    pub fn keep(&mut self, rules: KeepRules<'_>, now: Moment, done: &mut Kept) -> Result<(), SpoolFault> {
        let today = self.zone.local(now).date();
        let mut days: BTreeMap<(SchoolId, Date), Vec<FileEntry>> = BTreeMap::new();
        for file in self.manifest.files.iter().filter(|file| file.day < today) {
            days.entry((file.school, file.day)).or_default().push(file.clone());
        }
        done.unread = 0;
        for (key, files) in days {
            let stages = (rules.pupils.stage(key.1, today), rules.adults.stage(key.1, today));
            let Some(state) = state(stages, rules.held) else { continue };
            if files.iter().all(|file| file.state == state) {
                continue;
            }
            let (mut to_rows, mut gone) = (0, 0);
            let mut change = |full: Full| left(full, stages, rules, &mut to_rows, &mut gone);
            match self.rewrite(key, &files, state, &mut change) {
                Ok(()) => {
                    done.days += 1;
                    done.to_rows += to_rows;
                    done.gone += gone;
                }
                Err(error @ (SpoolFault::Table { doing: "read", .. } | SpoolFault::Damaged { .. })) => {
                    tracing::error!(%error, "a day's files are kept longer than they should be");
                    done.unread += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The state of a day's files when it is done; none while all of them is kept whole.
fn state(stages: (Stage, Stage), held: &BTreeSet<PersonId>) -> Option<State> {
    let of = digest(stages, held);
    match stages {
        (Stage::Whole, Stage::Whole) => None,
        (Stage::Gone, Stage::Gone) => Some(State::Held(of)),
        _ => Some(State::Rows(of)),
    }
}

/// What is left of one event.
fn left(
    mut full: Full,
    stages: (Stage, Stage),
    rules: KeepRules<'_>,
    to_rows: &mut u64,
    gone: &mut u64,
) -> Option<Full> {
    let person = PersonId::new(full.row.person);
    if rules.held.contains(&person) {
        return Some(full);
    }
    match if rules.adult_people.contains(&person) { stages.1 } else { stages.0 } {
        Stage::Whole => Some(full),
        Stage::Rows => {
            *to_rows += u64::from(!full.event.is_empty());
            full.event.clear();
            Some(full)
        }
        Stage::Gone => {
            *gone += 1;
            None
        }
    }
}

/// What was taken out and who is held, as one value.
fn digest(stages: (Stage, Stage), held: &BTreeSet<PersonId>) -> Digest {
    let begun = Hasher::new().part(&[stages.0 as u8, stages.1 as u8]);
    held.iter().fold(begun, |hasher, person| hasher.part(&person.number().to_le_bytes())).finish()
}
