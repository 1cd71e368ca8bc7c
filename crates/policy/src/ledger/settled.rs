//! Controls that are settings of the school: read, and where a pure function carries one out, put to that function.

use usher_records::alert::Whose;
use usher_records::refusal::Refusal;
use usher_records::settings::SecondDevice;
use usher_records::unrestricted::{OpenUnrestricted, open};
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Reader, Role, Roles, Year};

use super::check::{Configured, Short};
use crate::access::{Act, Who, may};
use crate::alarm::{Sighting, Sign, alarms};
use crate::probe::YEARS;

/// Passwords no rule may take.
const HOPELESS: [&str; 3] = ["", "a", "1234"];
/// More wrong tries than this is no lock.
const MOST_TRIES: u8 = 20;
/// A sign-in that lasts longer than a day ends by nobody's watch.
const LONGEST_MINUTES: u16 = 24 * 60;
/// A change that matters waits no longer than a term's half for its signature.
const LONGEST_DAYS: u16 = 45;
/// The severity of the gravest theme.
const GRAVEST: u8 = 5;
/// As many pages as somebody can ask for within a minute.
const BLOCKS_IN_A_MINUTE: u64 = 30;
/// Who is asked to sign something.
const SIGNERS: [PersonKind; 9] = PersonKind::ALL;

type Found = Result<(), Short>;

fn holds(holds: bool, why: &'static str) -> Found {
    if holds { Ok(()) } else { Err(Short::plain(why)) }
}

pub(super) fn picture_sign_in(school: &Configured<'_>) -> Found {
    let settings = school.settings;
    holds(!settings.sign_in.picture_years.is_empty(), "no-picture-years")?;
    holds(settings.passwords.pictures >= 2, "too-few-pictures")
}

pub(super) fn password_rule(school: &Configured<'_>) -> Found {
    let rules = [school.settings.passwords.adults, school.settings.passwords.pupils];
    let weak = |password: &&str| rules.iter().any(|rule| rule.weaknesses(password, "somebody").is_empty());
    holds(!HOPELESS.iter().any(weak), "weak-passwords")
}

pub(super) fn lock_out(school: &Configured<'_>) -> Found {
    let passwords = &school.settings.passwords;
    holds((1..=MOST_TRIES).contains(&passwords.tries) && passwords.rest_minutes > 0, "no-lock-out")
}

pub(super) fn one_device(school: &Configured<'_>) -> Found {
    holds(school.settings.sign_in.second_device != SecondDevice::Allow, "two-devices")
}

pub(super) fn time_limits(school: &Configured<'_>) -> Found {
    let sign_in = &school.settings.sign_in;
    let fine = |minutes: u16| (1..=LONGEST_MINUTES).contains(&minutes);
    let all = [sign_in.idle_minutes, sign_in.absolute_minutes];
    holds(all.iter().all(|limits| fine(limits.pupils) && fine(limits.adults)), "no-time-limits")
}

/// Everybody whom the settings name signs a text that is in force, and no pupil's year is left out.
pub(super) fn everybody_signs(school: &Configured<'_>) -> Found {
    let mut without = Vec::new();
    for kind in SIGNERS {
        let years: Vec<Option<Year>> =
            if kind == PersonKind::Pupil { YEARS.map(Year::new).collect() } else { vec![None] };
        for year in years {
            let key = school.settings.agreement_for(kind, year);
            let text =
                |key: &str| school.texts.iter().any(|text| text.version.in_force && text.version.key == key);
            if !key.is_some_and(text) {
                without.push(year.map_or_else(|| kind.name().to_owned(), Year::label));
            }
        }
    }
    Short::unless("no-agreement", without)
}

pub(super) fn reminder_asked(school: &Configured<'_>) -> Found {
    holds(!school.settings.sign_in.clause_each_time.is_empty(), "no-reminder")
}

pub(super) fn yearly(school: &Configured<'_>) -> Found {
    let agreements = &school.settings.agreements;
    holds(agreements.pupils_yearly || agreements.adults_yearly, "not-yearly")
}

pub(super) fn signed_again(school: &Configured<'_>) -> Found {
    holds(school.settings.agreements.days_to_sign_again <= LONGEST_DAYS, "signed-too-late")
}

pub(super) fn parents_sign(school: &Configured<'_>) -> Found {
    let agreements = &school.settings.agreements;
    holds(agreements.with_parent || agreements.parent_first, "no-parent-part")
}

pub(super) fn check_question(school: &Configured<'_>) -> Found {
    let pupils =
        school.texts.iter().filter(|text| text.version.in_force && text.text.head.reader != Reader::Adult);
    let without = pupils.filter(|text| text.text.head.check.is_none()).map(|text| text.version.title.clone());
    Short::unless("no-question", without.collect())
}

pub(super) fn contract_term(school: &Configured<'_>) -> Found {
    let staffs = school.settings.agreement_for(PersonKind::Staff, None);
    let mut texts = school.texts.iter().filter(|text| text.version.in_force);
    let text = texts.find(|text| Some(text.version.key.as_str()) == staffs);
    holds(text.is_some_and(|text| text.text.head.contract_term), "no-contract-term")
}

/// The very command refuses unrestricted time without a reason, without an end in time, and without telling the head.
pub(super) fn unrestricted(school: &Configured<'_>) -> Found {
    let (rule, at) = (school.settings.unrestricted, school.at);
    if !rule.allowed {
        return Ok(());
    }
    let asked = |reason, minutes| OpenUnrestricted {
        id: Id::new(0),
        entry: (Id::new(0), 0),
        person: Id::new(0),
        reason,
        until: at.plus_minutes(minutes),
        entry_text: String::new(),
        notices: Vec::new(),
    };
    let longest = i64::from(rule.longest_minutes);
    let refused = |reason, minutes, with: Option<Refusal>| match open(asked(reason, minutes), rule, at) {
        Ok(_) => false,
        Err(refusal) => with.is_none_or(|with| refusal == with),
    };
    holds(refused(" ", longest, Some(Refusal::ReasonNeeded)), "no-reason-asked")?;
    holds(refused("a reason that is long enough", longest + 1, None), "no-end-asked")?;
    holds(refused("a reason that is long enough", longest, None), "head-not-told")?;
    reach(school, &[Role::Headteacher])
}

pub(super) fn provider_is_told(school: &Configured<'_>) -> Found {
    holds(school.settings.contacts.provider_mail.is_some(), "no-provider")?;
    reach(school, &[Role::Headteacher])
}

/// Somebody holds one of the offices; what is told to an office nobody holds reaches nobody.
fn reach(school: &Configured<'_>, offices: &[Role]) -> Found {
    if school.offices.has_any(offices) {
        return Ok(());
    }
    Err(Short::of("nobody-holds", offices.iter().map(|role| role.name().to_owned())))
}

/// Somebody's private time has a limit that a day or a week can pass.
pub(super) fn private_time(school: &Configured<'_>) -> Found {
    let rules = &school.settings.private_use;
    holds(rules.day_minutes > 0 || rules.week_minutes > 0, "no-private-limit")?;
    holds(!rules.categories.is_empty(), "no-private-kinds")
}

pub(super) fn weekly_readers(school: &Configured<'_>) -> Found {
    reach(school, &school.settings.reports.weekly_to)
}

/// The gravest words, and as many blocks as a child can meet in a minute, are put to what raises alerts.
pub(super) fn alerts_reach(school: &Configured<'_>) -> Found {
    let rules = &school.settings.alarms;
    let seen = |sign, times: u64| -> Vec<Sighting> {
        let (at, whose) = (school.at, Whose::Person(Id::new(0)));
        (1..=times).map(|event| Sighting { event: Id::new(event), at, whose, sign }).collect()
    };
    let words = alarms(rules, &seen(Sign::Words(GRAVEST), 1), &[]);
    let blocks = alarms(rules, &seen(Sign::Block { grave: false }, BLOCKS_IN_A_MINUTE), &[]);
    holds(!words.is_empty() && !blocks.is_empty(), "no-alert")?;
    reach(school, &school.settings.alarms.to)
}

pub(super) fn requests_reach(school: &Configured<'_>) -> Found {
    reach(school, &school.settings.contacts.requests)
}

pub(super) fn told_reach(school: &Configured<'_>) -> Found {
    reach(school, &school.settings.contacts.told)
}

/// The head, and for what is about the head the chair of governors.
pub(super) fn reports_of_misuse_reach(school: &Configured<'_>) -> Found {
    reach(school, &[Role::Headteacher])?;
    reach(school, &[Role::ChairOfGovernors])
}

pub(super) fn grants_end(school: &Configured<'_>) -> Found {
    holds((1..=LONGEST_MINUTES).contains(&school.settings.lessons.longest_grant_minutes), "grants-do-not-end")
}

/// The table of rights itself is asked: whoever the school did not name may not look.
pub(super) fn looks(school: &Configured<'_>) -> Found {
    let named = &school.settings.reports.activity_seen_by;
    let allowed = |role: &Role| {
        let who = Who { person: Id::new(0), kind: PersonKind::Staff, roles: Roles::of(&[*role]) };
        may(&who, Act::LookAtActivity).is_ok()
    };
    let open = [Role::Teacher, Role::SupportStaff, Role::Technician, Role::Office];
    Short::unless(
        "looks-open",
        open.iter().filter(|role| allowed(role)).map(|role| role.name().to_owned()).collect(),
    )?;
    holds(named.iter().any(allowed), "nobody-looks")
}
