//! When events become an alert: what cannot wait for the weekly report, and what only says something when it is
//! repeated. One alert a burst, with everything in it (MON-08, MON-14, WEB-17).

use std::collections::BTreeMap;

use usher_records::alert::{Alert, Concern, Rule, Whose};
use usher_records::person::Person;
use usher_records::settings::{Alarms, Burst};
use usher_scan::theme::Theme;
use usher_types::ids::EventId;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Year};

use crate::access::{Act, Who, may};

/// Themes of categories that a person tries for on purpose rather than meets; see `lists/categories.toml`. Everything
/// else that is shut (games, shops, advertisements) only counts as one block among many.
const GRAVE_THEMES: [&str; 9] =
    ["pornography", "self-harm", "extremism", "hate", "violence", "drugs", "illegal", "evasion", "gambling"];

/// Whether blocks of categories with this theme are grave.
pub fn is_grave_theme(theme: &str) -> bool {
    GRAVE_THEMES.contains(&theme)
}

/// Whose office it is to know. What an adult of the school did is the headteacher's to know and nobody else's; what the
/// headteacher did, the chair of governors'. That the filter was off is for whoever puts it right, and for the head, who
/// answers for it; in a school without a technician the computing lead is the one (WEB-01). A child's try for what is sealed
/// goes to the head and the safeguarding lead, whoever else a school has told (UM-01).
pub fn told(rules: &Alarms, concern: Concern, whose: Whose, about: Option<&Person>) -> Vec<Role> {
    if matches!(whose, Whose::Filter(_)) {
        return vec![Role::Headteacher, Role::Technician, Role::ComputingLead];
    }
    match about {
        Some(person) if person.roles.has(Role::Headteacher) => vec![Role::ChairOfGovernors],
        Some(person) if person.kind != PersonKind::Pupil => vec![Role::Headteacher],
        Some(_) | None if concern == Concern::SealedPage => {
            let always = [Role::Headteacher, Role::SafeguardingLead];
            let others = rules.to.iter().copied().filter(|role| !always.contains(role));
            always.into_iter().chain(others).collect()
        }
        Some(_) | None => rules.to.clone(),
    }
}

/// When a try for a sealed page is told again of the same person: the school cannot set this, or it could be set to never.
const SEALED: Burst = Burst { times: 1, minutes: 10, quiet_minutes: 30 };

/// The most a program's reading of words is worth: a person looks today. That a child may be in danger now is said by a
/// list that people wrote, or by a person (UM-18).
pub const MOST_BY_PROGRAM: u8 = 4;

/// What a program's reading is worth. Nothing follows from it but that a person is asked to look.
pub fn by_program(theme: Theme, sure: bool) -> u8 {
    let grave = matches!(theme, Theme::SelfHarm | Theme::Grooming | Theme::Radicalisation | Theme::Violence);
    match (grave, sure) {
        (true, true) => MOST_BY_PROGRAM,
        (true, false) | (false, true) => 3,
        (false, false) => 2,
    }
}

/// One thing words were found to say: by which rule, and how grave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The rule.
    pub rule: Rule,
    /// How grave, 1 to 5.
    pub severity: u8,
}

/// The marks that count: what the school has retired raises nothing.
pub fn counted<'a>(rules: &'a Alarms, marks: &'a [Mark]) -> impl Iterator<Item = &'a Mark> {
    marks.iter().filter(|mark| !rules.answer.retired.contains(&mark.rule.name()))
}

/// How grave words weigh against the school's threshold, for somebody of this year (UM-03): where a year has a threshold
/// of its own, the difference to everybody's is added.
pub fn weighed(rules: &Alarms, marks: &[Mark], year: Option<Year>) -> u8 {
    let severity = counted(rules, marks).map(|mark| mark.severity).max().unwrap_or(0);
    let own = year.and_then(|year| rules.answer.words_from_years.get(&year)).copied();
    match own {
        Some(from) if severity >= from => severity.max(rules.words_from),
        Some(_) => severity.min(rules.words_from.saturating_sub(1)),
        None => severity,
    }
}

/// How grave an alert is, 1 to 5: by its words where it has some.
pub const fn severity(concern: Concern, words: u8) -> u8 {
    match concern {
        Concern::GraveWords => words,
        Concern::SealedPage | Concern::FilterOff | Concern::Drill => 5,
        Concern::GraveBlocks | Concern::Overlooked => 4,
        Concern::Leaving | Concern::Malware | Concern::WrongPasswords => 3,
        Concern::ManyBlocks | Concern::TwoPlaces => 2,
    }
}

/// Whether somebody may read this alert: as [`may_see`], or because it was handed on to them.
pub fn may_read(rules: &Alarms, who: &Who, alert: &Alert, about: Option<&Person>) -> bool {
    let handed = alert.passed_on.iter().any(|(told, _)| *told == who.person);
    let own = alert.whose == Whose::Person(who.person);
    may_see(rules, who, (alert.concern, alert.whose), about)
        || (handed && !own && may(who, Act::UseDesk).is_ok())
}

/// Whether somebody may begin a drill: whoever is told of alerts about pupils.
pub fn may_drill(rules: &Alarms, who: &Who) -> bool {
    may(who, Act::UseDesk).is_ok() && who.roles.has_any(&rules.to)
}

/// Whether somebody may read an alert about this person, or about nobody in particular: whoever is told of such alerts,
/// and never whoever it is about.
pub fn may_see(
    rules: &Alarms,
    who: &Who,
    (concern, whose): (Concern, Whose),
    about: Option<&Person>,
) -> bool {
    may(who, Act::UseDesk).is_ok()
        && who.roles.has_any(&told(rules, concern, whose, about))
        && about.is_none_or(|about| about.id != who.person)
}

/// One thing that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Its event.
    pub event: EventId,
    /// When.
    pub at: Moment,
    /// Whose.
    pub whose: Whose,
    /// What.
    pub sign: Sign,
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Words of concern, this grave.
    Words(u8),
    /// A page, or a part of one, is on a sealed list.
    Sealed,
    /// A page was kept from somebody; a part of a page is no sighting.
    Block {
        /// Whether it was of a grave kind.
        grave: bool,
    },
    /// Something was about to be sent that should stay in the school, or speaks against it.
    Leaving,
    /// A download with malware in it was stopped.
    Malware,
    /// An account rests after wrong passwords.
    Rests,
    /// Somebody is signed in at two devices.
    TwoPlaces,
}

/// An alert that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What is of concern.
    pub concern: Concern,
    /// About whom.
    pub whose: Whose,
    /// The events, oldest first.
    pub events: Vec<EventId>,
    /// When the first of them was.
    pub from: Moment,
    /// When the last of them was.
    pub until: Moment,
}

/// An alert that was raised before: about what, whom, and when the last event in it was.
pub type Raised = (Concern, Whose, Moment);

/// The alerts that are due, by these rules, for what was seen lately. What an earlier alert already told, or what
/// follows it within the quiet time, raises no other.
pub fn alarms(rules: &Alarms, seen: &[Sighting], earlier: &[Raised]) -> Vec<Alarm> {
    let mut raised = earlier.to_vec();
    let mut due = Vec::new();
    for concern in [
        Concern::SealedPage,
        Concern::GraveWords,
        Concern::GraveBlocks,
        Concern::Leaving,
        Concern::Malware,
        Concern::ManyBlocks,
        Concern::WrongPasswords,
        Concern::TwoPlaces,
    ] {
        for (whose, sightings) in by_person(rules, concern, seen) {
            let told = last_told(&raised, concern, whose);
            let found = bursts(burst_of(rules, concern), &sightings, told);
            let alarms = found.into_iter().map(|burst| alarm(concern, whose, &burst));
            due.extend(alarms);
        }
        let new = due.iter().map(|alarm: &Alarm| (alarm.concern, alarm.whose, alarm.until));
        raised.extend(new);
    }
    due
}

fn by_person<'a>(
    rules: &Alarms,
    concern: Concern,
    seen: &'a [Sighting],
) -> BTreeMap<Whose, Vec<&'a Sighting>> {
    let mut people: BTreeMap<Whose, Vec<&Sighting>> = BTreeMap::new();
    for sighting in seen.iter().filter(|sighting| is_of(rules, concern, sighting.sign)) {
        people.entry(sighting.whose).or_default().push(sighting);
    }
    for sightings in people.values_mut() {
        sightings.sort_by_key(|sighting| (sighting.at, sighting.event));
        sightings.dedup_by_key(|sighting| sighting.event);
    }
    people
}

const fn is_of(rules: &Alarms, concern: Concern, sign: Sign) -> bool {
    match (concern, sign) {
        (Concern::GraveWords, Sign::Words(severity)) => severity >= rules.words_from,
        (Concern::SealedPage, Sign::Sealed) => true,
        (Concern::GraveBlocks, Sign::Block { grave }) => grave,
        (Concern::ManyBlocks, Sign::Block { .. })
        | (Concern::Leaving, Sign::Leaving)
        | (Concern::Malware, Sign::Malware)
        | (Concern::WrongPasswords, Sign::Rests)
        | (Concern::TwoPlaces, Sign::TwoPlaces) => true,
        _ => false,
    }
}

const fn burst_of(rules: &Alarms, concern: Concern) -> Burst {
    match concern {
        Concern::GraveWords | Concern::Leaving | Concern::Malware => Burst { times: 1, ..rules.words },
        Concern::SealedPage => SEALED,
        Concern::GraveBlocks => rules.grave_blocks,
        Concern::ManyBlocks => rules.many_blocks,
        // Nothing that is seen in traffic becomes the last three.
        Concern::WrongPasswords
        | Concern::TwoPlaces
        | Concern::Overlooked
        | Concern::FilterOff
        | Concern::Drill => Burst { times: 1, ..rules.sign_ins },
    }
}

/// When the last event was that somebody has been told of. Whoever was told of grave blocks need not be told that there
/// were many.
fn last_told(raised: &[Raised], concern: Concern, whose: Whose) -> Option<Moment> {
    let covers =
        |told: Concern| told == concern || (concern == Concern::ManyBlocks && told == Concern::GraveBlocks);
    let told = raised.iter().filter(|(told, about, _)| covers(*told) && *about == whose);
    told.map(|(_, _, until)| *until).max()
}

/// Bursts: so many sightings within so many minutes, and whatever follows without a longer pause.
fn bursts<'a>(rule: Burst, sightings: &[&'a Sighting], told: Option<Moment>) -> Vec<Vec<&'a Sighting>> {
    let quiet_after = |moment: Moment| moment.plus_minutes(i64::from(rule.quiet_minutes));
    let mut quiet_until = told.map(quiet_after);
    let mut found = Vec::new();
    let mut burst: Vec<&Sighting> = Vec::new();
    for &sighting in sightings {
        if quiet_until.is_some_and(|until| sighting.at <= until) {
            continue;
        }
        let minutes = i64::from(rule.minutes);
        if burst.len() < usize::from(rule.times) {
            burst.retain(|earlier| sighting.at <= earlier.at.plus_minutes(minutes));
        } else if burst.last().is_some_and(|last| sighting.at > last.at.plus_minutes(minutes)) {
            quiet_until = burst.last().map(|last| quiet_after(last.at));
            found.push(std::mem::take(&mut burst));
            if quiet_until.is_some_and(|until| sighting.at <= until) {
                continue;
            }
        }
        burst.push(sighting);
    }
    if burst.len() >= usize::from(rule.times) && !burst.is_empty() {
        found.push(burst);
    }
    found
}

fn alarm(concern: Concern, whose: Whose, burst: &[&Sighting]) -> Alarm {
    let ends = |sighting: Option<&&Sighting>| sighting.map_or(Moment::from_unix_ms(0), |one| one.at);
    Alarm {
        concern,
        whose,
        events: burst.iter().map(|sighting| sighting.event).collect(),
        from: ends(burst.first()),
        until: ends(burst.last()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::alert::Off;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
    const ADA: Whose = Whose::Person(Id::new(7));

    fn seen(seconds: impl IntoIterator<Item = i64>, sign: Sign) -> Vec<Sighting> {
        let seconds = seconds.into_iter();
        seconds
            .map(|second| Sighting {
                event: Id::new(u64::try_from(second).unwrap() + 1),
                at: NINE.plus_seconds(second),
                whose: ADA,
                sign,
            })
            .collect()
    }

    fn due(sightings: &[Sighting], earlier: &[Raised]) -> Vec<(Concern, usize)> {
        let alarms = alarms(&Alarms::default(), sightings, earlier);
        alarms.iter().map(|alarm| (alarm.concern, alarm.events.len())).collect()
    }

    #[test]
    fn web_17_five_tries_in_ten_minutes_are_one_alert_and_not_five() {
        let tries = seen([0, 100, 200, 300, 400], Sign::Block { grave: true });
        assert_eq!(due(&tries, &[]), [(Concern::GraveBlocks, 5)]);
        assert_eq!(due(&tries[..4], &[]), []);
        let told = [(Concern::GraveBlocks, ADA, NINE.plus_seconds(400))];
        assert_eq!(due(&tries, &told), [], "told before");
        let spread = seen([0, 400, 800, 1_200, 1_600], Sign::Block { grave: true });
        assert_eq!(due(&spread, &[]), [], "never five within ten minutes");
    }

    #[test]
    fn mon_14_ten_blocks_in_five_minutes_are_one_alert_with_all_ten() {
        let ten = seen((0..10).map(|block| block * 30), Sign::Block { grave: false });
        assert_eq!(due(&ten, &[]), [(Concern::ManyBlocks, 10)]);
        assert_eq!(due(&ten[..9], &[]), []);
        let twice = seen((0..10).chain(7_200..7_210), Sign::Block { grave: false });
        assert_eq!(due(&twice, &[]), [(Concern::ManyBlocks, 10), (Concern::ManyBlocks, 10)]);
        let soon = seen((0..10).chain(900..910), Sign::Block { grave: false });
        assert_eq!(due(&soon, &[]), [(Concern::ManyBlocks, 10)], "quiet after an alert");
    }

    #[test]
    fn um_01_one_try_for_a_sealed_page_is_told_whatever_the_school_set() {
        let once = seen([0], Sign::Sealed);
        let never = Burst { times: 60, minutes: 1, quiet_minutes: 60 };
        let mut rules = Alarms {
            words: never,
            grave_blocks: never,
            many_blocks: never,
            to: vec![Role::ComputingLead],
            ..Alarms::default()
        };
        rules.answer.retired = vec![Rule::Seen(Concern::SealedPage).name()];
        let due = alarms(&rules, &once, &[]);
        assert_eq!(due.iter().map(|alarm| alarm.concern).collect::<Vec<_>>(), [Concern::SealedPage]);
        assert_eq!(severity(Concern::SealedPage, 0), 5);
        let to = told(&rules, Concern::SealedPage, ADA, None);
        assert_eq!(to, [Role::Headteacher, Role::SafeguardingLead, Role::ComputingLead]);
        assert_eq!(told(&rules, Concern::GraveWords, ADA, None), [Role::ComputingLead]);
    }

    #[test]
    fn many_grave_blocks_are_told_once() {
        let twelve = seen(0..12, Sign::Block { grave: true });
        assert_eq!(due(&twelve, &[]), [(Concern::GraveBlocks, 12)]);
    }

    #[test]
    fn mon_08_grave_words_are_told_at_once_and_mild_ones_never() {
        assert_eq!(due(&seen([0], Sign::Words(4)), &[]), [(Concern::GraveWords, 1)]);
        assert_eq!(due(&seen([0, 60], Sign::Words(3)), &[]), []);
        let later = seen([1_200], Sign::Words(5));
        assert_eq!(due(&later, &[(Concern::GraveWords, ADA, NINE)]), [(Concern::GraveWords, 1)]);
    }

    #[test]
    fn what_is_seen_twice_counts_once_and_the_order_does_not_matter() {
        let mut tries = seen([0, 10, 20, 30, 40], Sign::Block { grave: true });
        tries.extend(tries.clone());
        tries.reverse();
        assert_eq!(due(&tries, &[]), [(Concern::GraveBlocks, 5)]);
        let others = tries.iter().enumerate().map(|(index, sighting)| Sighting {
            whose: Whose::Device([10, 0, 0, u8::try_from(index).unwrap()].into()),
            ..*sighting
        });
        assert_eq!(due(&others.collect::<Vec<_>>(), &[]), [], "five devices, one try each");
    }

    #[test]
    fn an_alert_is_read_by_whoever_is_told_and_never_by_whom_it_is_about() {
        use usher_types::role::Roles;
        let person = |id, kind, roles: &[Role]| Person {
            id: Id::new(id),
            kind,
            given: "Ada".into(),
            family: "Bell".into(),
            known_as: None,
            year: None,
            roles: Roles::of(roles),
            groups: vec![],
            email: None,
            children: vec![],
            source: None,
            joined: None,
            left: None,
            until: None,
            picture: None,
            home: usher_records::person::Home::default(),
        };
        let rules = Alarms::default();
        let sees = |reader: &Person, about: Option<&Person>| {
            let whose = about.map_or(Whose::Device([192, 0, 2, 9].into()), |about| Whose::Person(about.id));
            may_see(&rules, &Who::of(reader), (Concern::GraveWords, whose), about)
        };
        let head = person(1, PersonKind::Staff, &[Role::Headteacher]);
        let lead = person(2, PersonKind::Staff, &[Role::SafeguardingLead]);
        let chair = person(3, PersonKind::Governor, &[Role::ChairOfGovernors]);
        let teacher = person(4, PersonKind::Staff, &[Role::Teacher]);
        let child = person(7, PersonKind::Pupil, &[]);
        assert!(sees(&head, Some(&child)) && sees(&lead, Some(&child)) && sees(&lead, None));
        assert!(!sees(&teacher, Some(&child)) && !sees(&chair, Some(&child)) && !sees(&child, None));
        assert!(sees(&head, Some(&teacher)) && !sees(&lead, Some(&teacher)));
        assert!(sees(&chair, Some(&head)) && !sees(&head, Some(&head)) && !sees(&lead, Some(&head)));
        let off = |reader: &Person| {
            may_see(&rules, &Who::of(reader), (Concern::FilterOff, Whose::Filter(Off::Crashed)), None)
        };
        let technician = person(5, PersonKind::Contractor, &[Role::Technician]);
        assert!(off(&head) && off(&technician) && !off(&lead) && !off(&teacher) && !off(&chair));
        assert!(!sees(&technician, Some(&child)) && !sees(&technician, None));
    }

    #[test]
    fn um_18_a_program_is_never_worth_the_gravest() {
        for theme in Theme::ALL {
            assert!(by_program(theme, true) <= MOST_BY_PROGRAM && MOST_BY_PROGRAM < 5, "{theme}");
            assert!(
                by_program(theme, false) < Alarms::default().words_from,
                "{theme}: unsure, and told at once"
            );
        }
        assert_eq!((by_program(Theme::SelfHarm, true), by_program(Theme::Gambling, true)), (4, 3));
    }

    #[test]
    fn um_03_a_year_with_its_own_threshold_is_told_from_there_on() {
        let (young, old) = (Year::new(1).unwrap(), Year::new(6).unwrap());
        let mut rules = Alarms::default();
        rules.answer.words_from_years = [(young, 3), (old, 5)].into();
        let told = |severity, year| {
            let marks = [Mark { rule: Rule::Words("violence".into()), severity }];
            weighed(&rules, &marks, year) >= rules.words_from
        };
        assert!(told(3, Some(young)) && !told(2, Some(young)));
        assert!(told(5, Some(old)) && !told(4, Some(old)));
        assert!(told(4, None) && !told(3, None));
        rules.answer.retired = vec!["words.violence".into()];
        assert_eq!(weighed(&rules, &[Mark { rule: Rule::Words("violence".into()), severity: 5 }], None), 0);
    }
}
