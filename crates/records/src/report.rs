//! Reports that were issued: for which time, to whom, and who opened them.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, ReportId};
use usher_types::moment::Moment;
use usher_types::role::{Role, Roles};

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// The weekly report of suspicious words and searches (MON-06).
    WeeklySuspicious,
}

/// A report that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedReport {
    /// Its id.
    pub id: ReportId,
    /// Which report.
    pub kind: ReportKind,
    /// First instant it covers.
    pub from: Moment,
    /// First instant after it.
    pub until: Moment,
    /// When it was made.
    pub made_at: Moment,
    /// Its readers.
    pub readers: Vec<PersonId>,
    /// The digest of its figures as JSON, a blob: the same events give the same bytes.
    pub figures: Digest,
    /// The digest of its PDF, a blob.
    pub pdf: Digest,
    /// How many items it lists.
    pub items: u32,
    /// Who opened it first, and when; one entry a reader.
    pub opened: Vec<(PersonId, Moment)>,
    /// The offices it went to because nobody had opened it, and when (FM-47).
    #[serde(default)]
    pub passed_on: Vec<(Role, Moment)>,
}

impl IssuedReport {
    /// Whether it went to somebody with these offices because nobody had opened it.
    pub fn was_passed_to(&self, roles: Roles) -> bool {
        self.passed_on.iter().any(|(role, _)| roles.has(*role))
    }
}

/// Puts other figures in the place of a report's: somebody was taken out of them.
pub fn remake(stored: &Stored<IssuedReport>, figures: Digest) -> Change {
    let next = IssuedReport { figures, ..stored.value.clone() };
    Change::of(Action::ReportRemade, stored.replace(&next))
}

impl Noun for IssuedReport {
    const KIND: Kind = Kind::Report;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("period", format!("{:?}:{}", self.kind, self.from.unix_ms()))]
    }
}

/// Issues a report and its mails.
pub fn issue(report: &IssuedReport, mails: Vec<Mail>) -> Change {
    let mut change = Change::of(Action::ReportIssued, Write::of(report, Expect::New));
    change.mails = mails;
    change
}

/// Nobody opened it: it goes to whoever holds the next office, who are its readers from now on.
pub fn pass_on(
    report: &Stored<IssuedReport>,
    (role, to): (Role, &[PersonId]),
    mails: Vec<Mail>,
    at: Moment,
) -> Change {
    let mut next = report.value.clone();
    next.passed_on.push((role, at));
    next.readers.extend(to.iter().filter(|reader| !report.value.readers.contains(reader)));
    let change = Change::of(Action::ReportPassedOn, report.replace(&next));
    mails.into_iter().fold(change, Change::mailing)
}

/// One of its readers opened it. Opening it again changes nothing.
pub fn open(report: &Stored<IssuedReport>, by: PersonId, at: Moment) -> Option<Change> {
    if report.value.opened.iter().any(|(reader, _)| *reader == by) {
        return None;
    }
    let mut next = report.value.clone();
    next.opened.push((by, at));
    Some(Change::of(Action::ReportOpened, report.replace(&next)).about(by))
}
