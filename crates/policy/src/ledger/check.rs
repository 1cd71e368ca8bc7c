//! Whether each control of the catalogue holds in this school now: one table, control to check, so that a test names any control
//! without one.
//!
//! Owns: the table, and what a check can say. Does not: call anything good because it is written down somewhere: a rule of
//! the policy is tried with made-up requests and the steps every request goes through; a setting is put to the code that
//! carries it out, or read, and the code is tested in each release.

use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::settings::Settings;
use usher_types::moment::Moment;
use usher_types::role::{Reader, Roles};
use usher_words::Words;

use super::control::{Control, controls};
use super::trial::Trial;
use super::{judged, settled};
use crate::profile::ProfileFault;
use crate::snapshot::Snapshot;

/// A version of an agreement with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The version.
    pub version: AgreementVersion,
    /// Its words.
    pub text: AgreementText,
}

/// What a school goes by now.
#[derive(Debug, Clone, Copy)]
pub struct Configured<'a> {
    /// The policy and lists in use.
    pub snapshot: &'a Snapshot,
    /// The settings.
    pub settings: &'a Settings,
    /// The agreements in force; others do no harm.
    pub texts: &'a [Text],
    /// Offices that somebody holds today: what is told to an office nobody holds reaches nobody.
    pub offices: Roles,
    /// Now.
    pub at: Moment,
}

/// How a control was found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tested {
    /// Made-up requests were judged just now.
    Judged,
    /// The school's settings were read just now, or put to the code that carries them out.
    Settings,
    /// It is how the program works, whatever is set; tests show it in each release.
    Release,
}

/// What came of a control's check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds(Tested),
    /// A person does it; Usher shows it and has it signed.
    Person,
    /// This release does not have it.
    NotBuilt,
    /// It does not hold.
    Falls(Short),
}

impl Outcome {
    /// Whether it was tested and holds.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Holds(_))
    }

    /// Its name in words' keys.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Holds(Tested::Judged) => "judged",
            Self::Holds(Tested::Settings) => "settings",
            Self::Holds(Tested::Release) => "release",
            Self::Person => "person",
            Self::NotBuilt => "not-built",
            Self::Falls(_) => "falls",
        }
    }
}

/// Why a control does not hold, and for whom or for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Why; its name in words' keys.
    pub why: &'static str,
    /// Names of groups, promises, offices or agreements that it falls short of.
    pub of: Vec<String>,
}

impl Short {
    pub(super) fn of(why: &'static str, of: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<String> = Vec::new();
        for name in of {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self { why, of: names }
    }

    pub(super) const fn plain(why: &'static str) -> Self {
        Self { why, of: Vec::new() }
    }

    /// Why, in a sentence.
    pub fn said(&self, words: &Words) -> String {
        // Names of offices and groups are written with hyphens where they are kept.
        let names: Vec<String> = self.of.iter().map(|name| name.replace('-', " ")).collect();
        let of = match names.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let values = [("first", first.join(", ").into()), ("last", last.as_str().into())];
                words.say(Reader::Adult, "list-and", &values)
            }
        };
        words.say(Reader::Adult, &format!("ledger-short-{}", self.why), &[("of", of.into())])
    }

    /// Holds unless there is something it falls short of.
    pub(super) fn unless(why: &'static str, of: Vec<String>) -> Result<(), Self> {
        if of.is_empty() { Ok(()) } else { Err(Self::of(why, of)) }
    }
}

/// A control and what came of its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The control.
    pub control: &'static Control,
    /// What came of it.
    pub outcome: Outcome,
}

/// How a control is looked at.
#[derive(Clone, Copy)]
enum Check {
    /// By made-up requests.
    Judged(fn(&Trial<'_>) -> Result<(), Short>),
    /// By what the school has set.
    Settings(fn(&Configured<'_>) -> Result<(), Short>),
    /// By both: first what is set, then made-up requests.
    Both(fn(&Configured<'_>) -> Result<(), Short>, fn(&Trial<'_>) -> Result<(), Short>),
    /// By the tests of each release.
    Release,
    /// Not at all: a person does it.
    Person,
    /// Not yet: this release does not have it.
    NotBuilt,
}

/// Every control's check, in the order of the catalogue.
const CHECKS: &[(&str, Check)] = &[
    ("account.own", Check::Release),
    ("account.sign-in-first", Check::Judged(judged::sign_in_first)),
    ("account.shared-year", Check::Release),
    ("account.picture-sign-in", Check::Settings(settled::picture_sign_in)),
    ("account.password-rule", Check::Settings(settled::password_rule)),
    ("account.password-hidden", Check::Release),
    ("account.lock-out", Check::Settings(settled::lock_out)),
    ("account.one-device", Check::Settings(settled::one_device)),
    ("account.time-limits", Check::Settings(settled::time_limits)),
    ("account.leaver", Check::Release),
    ("account.disclosed", Check::Release),
    ("visitor.sign-in", Check::Judged(judged::visitors_sign_first)),
    ("agreement.gate", Check::Both(settled::everybody_signs, judged::shut_until_signed)),
    ("agreement.version", Check::Release),
    ("agreement.right-text", Check::Settings(settled::everybody_signs)),
    ("agreement.each-time", Check::Both(settled::reminder_asked, judged::reminder_first)),
    ("agreement.yearly", Check::Settings(settled::yearly)),
    ("agreement.material-change", Check::Settings(settled::signed_again)),
    ("agreement.parent-part", Check::Settings(settled::parents_sign)),
    ("agreement.check-question", Check::Settings(settled::check_question)),
    ("agreement.numbered", Check::Release),
    ("agreement.contract-term", Check::Settings(settled::contract_term)),
    ("agreement.sanctions-list", Check::Release),
    ("agreement.home-guide", Check::Release),
    ("agreement.outstanding", Check::NotBuilt),
    ("agreement.question", Check::Release),
    ("agreement.poster", Check::Release),
    ("web.fail-closed", Check::Release),
    ("web.categories", Check::Judged(judged::kinds_are_shut)),
    ("web.age-bands", Check::Judged(judged::ages_differ)),
    ("web.inspect-https", Check::Judged(judged::secure_pages_are_read)),
    ("web.lesson-session", Check::Judged(judged::lesson_needed)),
    ("web.list-only", Check::Judged(judged::lists_hold)),
    ("web.timetable", Check::Judged(judged::day_matters)),
    ("web.no-bypass", Check::Judged(judged::tricks_are_refused)),
    ("web.unrestricted", Check::Settings(settled::unrestricted)),
    ("web.safe-search", Check::Judged(judged::searches_are_safe)),
    ("web.personal-details", Check::Judged(judged::details_stay)),
    ("web.sign-up", Check::Judged(judged::nobody_joins)),
    ("web.hurtful-posts", Check::Judged(judged::unkind_words_wait)),
    ("web.private-time", Check::Settings(settled::private_time)),
    ("web.report-site", Check::Both(settled::provider_is_told, judged::reported_is_shut)),
    ("web.downloads", Check::Judged(judged::programs_stay_out)),
    ("web.dns-filter", Check::NotBuilt),
    ("network.devices", Check::NotBuilt),
    ("seen.notice", Check::Release),
    ("seen.log", Check::Release),
    ("seen.search-themes", Check::Release),
    ("seen.weekly-report", Check::Settings(settled::weekly_readers)),
    ("seen.looks", Check::Settings(settled::looks)),
    ("seen.lesson-live", Check::Release),
    ("seen.journal", Check::Release),
    ("seen.alert-now", Check::Settings(settled::alerts_reach)),
    ("ask.unblock", Check::Settings(settled::requests_reach)),
    ("ask.grant", Check::Settings(settled::grants_end)),
    ("tell.told-an-adult", Check::Settings(settled::told_reach)),
    ("tell.button", Check::Settings(settled::told_reach)),
    ("tell.accident", Check::Settings(settled::told_reach)),
    ("permission.software", Check::Release),
    ("permission.project", Check::Judged(judged::projects_wait)),
    ("permission.data-off-site", Check::Release),
    ("mail.approved-system", Check::NotBuilt),
    ("mail.pupil-senders", Check::NotBuilt),
    ("mail.held-words", Check::NotBuilt),
    ("mail.private-data", Check::NotBuilt),
    ("picture.consent", Check::NotBuilt),
    ("equipment.book", Check::NotBuilt),
    ("equipment.phones", Check::NotBuilt),
    ("case.report", Check::Settings(settled::reports_of_misuse_reach)),
    ("case.steps", Check::Judged(judged::narrowed_until_the_end)),
    ("case.parent-contact", Check::Release),
    ("duty.keep-secret", Check::Person),
    ("duty.own-account", Check::Person),
    ("duty.supervise", Check::Person),
    ("duty.check-sites", Check::Person),
    ("duty.private-use", Check::Person),
    ("duty.no-searching", Check::Person),
    ("duty.leave-and-copy-nothing", Check::Person),
    ("duty.screen-off-and-tell", Check::Person),
    ("duty.speak-up", Check::Person),
    ("duty.kindness", Check::Person),
    ("duty.personal-details", Check::Person),
    ("duty.online-contacts", Check::Person),
    ("duty.copyright", Check::Person),
    ("duty.system-care", Check::Person),
    ("duty.equipment-care", Check::Person),
    ("duty.own-devices", Check::Person),
    ("duty.school-channels", Check::Person),
    ("duty.careful-writing", Check::Person),
    ("duty.pictures", Check::Person),
    ("duty.conduct", Check::Person),
    ("duty.answer-for-it", Check::Person),
    ("duty.promote-safety", Check::Person),
    ("duty.talk-together", Check::Person),
    ("duty.home-protection", Check::Person),
];

/// Looks at every control.
///
/// # Errors
/// When the catalogue that comes with Usher is broken; a test finds this first.
pub fn check(configured: &Configured<'_>) -> Result<Vec<Checked>, ProfileFault> {
    let trial = Trial::of(configured.snapshot, configured.at);
    let look = |control| Checked { control, outcome: outcome(control, configured, &trial) };
    Ok(controls()?.iter().map(look).collect())
}

fn outcome(control: &Control, configured: &Configured<'_>, trial: &Trial<'_>) -> Outcome {
    let found = CHECKS.iter().find(|(id, _)| *id == control.id).map(|&(_, check)| check);
    let (tested, came) = match found {
        // Without a check nothing is known of it, so it counts as not there.
        None | Some(Check::NotBuilt) => return Outcome::NotBuilt,
        Some(Check::Person) => return Outcome::Person,
        Some(Check::Release) => (Tested::Release, Ok(())),
        Some(Check::Judged(judge)) => (Tested::Judged, judge(trial)),
        Some(Check::Settings(read)) => (Tested::Settings, read(configured)),
        Some(Check::Both(read, judge)) => (Tested::Judged, read(configured).and_then(|()| judge(trial))),
    };
    came.map_or_else(Outcome::Falls, |()| Outcome::Holds(tested))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pol_01_every_control_has_its_check_and_what_is_not_built_says_so() {
        let all = controls().unwrap();
        let ids: Vec<&str> = all.iter().map(|control| control.id.as_str()).collect();
        let checked: Vec<&str> = CHECKS.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, checked, "the table of checks follows the catalogue");
        for (control, (_, check)) in all.iter().zip(CHECKS) {
            assert_eq!(control.stands, !matches!(check, Check::NotBuilt), "{}", control.id);
            let duty = control.id.starts_with("duty.");
            assert_eq!(
                duty,
                matches!(check, Check::Person),
                "{}: what a person does is no control",
                control.id
            );
        }
    }
}
