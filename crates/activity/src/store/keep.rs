//! How long what is kept: events whole for some days, then their rows, then nothing, but of people who are held.

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

impl Default for Keeping {
    /// A month whole, a year as rows.
    fn default() -> Self {
        Self { whole_days: 30, row_days: 365 }
    }
}

impl Store {
    /// Takes out what is kept no longer, and gives how many days were changed. Events of people who are held stay as they
    /// are, for as long as they are held. Done twice, the second time changes nothing.
    ///
    /// # Errors
    /// When the disk fails; days that were not reached are tried at the next run.
    pub fn keep(
        &mut self,
        keeping: Keeping,
        held: &BTreeSet<PersonId>,
        now: Moment,
    ) -> Result<u64, SpoolFault> {
        let today = self.zone.local(now).date();
        let before = |days: u16| today.saturating_sub(i64::from(days).days());
        let (whole_from, rows_from) = (before(keeping.whole_days), before(keeping.row_days));
        let of = digest(held);
        let mut days: BTreeMap<(SchoolId, Date), Vec<FileEntry>> = BTreeMap::new();
        for file in self.manifest.files.iter().filter(|file| file.day < whole_from) {
            days.entry((file.school, file.day)).or_default().push(file.clone());
        }
        let mut changed = 0;
        for (key, files) in days {
            let ended = key.1 < rows_from;
            let state = if ended { State::Held(of) } else { State::Rows(of) };
            if files.iter().all(|file| file.state == state) {
                continue;
            }
            let mut change = |mut full: Full| {
                let is_held = held.iter().any(|person| person.number() == full.row.person);
                if !is_held {
                    full.event.clear();
                }
                (is_held || !ended).then_some(full)
            };
            match self.rewrite(key, &files, state, &mut change) {
                Ok(()) => changed += 1,
                Err(error @ (SpoolFault::Table { doing: "read", .. } | SpoolFault::Damaged { .. })) => {
                    tracing::error!(%error, "a day's files are kept longer than they should be");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(changed)
    }
}

/// Who is held, as one value.
fn digest(held: &BTreeSet<PersonId>) -> Digest {
    held.iter().fold(Hasher::new(), |hasher, person| hasher.part(&person.number().to_le_bytes())).finish()
}
