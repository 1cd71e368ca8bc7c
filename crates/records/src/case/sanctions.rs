//! Narrowing somebody's web from a case (INC-08): for so many school days, carried out by the gateway, ending by itself.
//! Longer than the school lets one person decide, it waits for a second.

use jiff::civil::Date;
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::SanctionId;
use usher_types::moment::{Moment, Zone};

use crate::case::act::why_heavier;
use crate::case::rules::{CaseRules, Class, Step};
use crate::case::thread::{Says, Terms};
use crate::case::{By, Case, append};
use crate::change::{Action, Change, Stored};
use crate::refusal::{self, Refusal};
use crate::sanction::{self, Sanction};

/// The longest narrowing in school days: about a term. What should last longer is no narrowing but another agreement.
pub const LONGEST_DAYS: u16 = 65;

/// What is known when a narrowing is decided.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The school's rules.
    pub rules: &'a CaseRules,
    /// Its terms.
    pub calendar: &'a SchoolCalendar,
    /// Its clock.
    pub zone: &'a Zone,
}

impl Known<'_> {
    /// When a narrowing of so many school days ends that begins now: as the day after the last of them begins, so that
    /// it is open again on the next school day. Today counts if it is one.
    pub fn until(&self, at: Moment, school_days: u16) -> Option<Moment> {
        let today: Date = self.zone.local(at).date();
        let last = self.calendar.school_days_from(today, u32::from(school_days))?;
        Some(self.zone.start_of(last.tomorrow().ok()?))
    }
}

/// Narrows somebody's web, or proposes it where it is longer than one person may decide.
///
/// # Errors
/// [`Refusal::SupportFirst`] before the child was looked after; [`Refusal::NotYours`] for somebody the case is not about;
/// [`Refusal::NotInThisSchool`] for a narrowing the school does not use; [`Refusal::EndNeeded`] when the calendar does not
/// reach so far; [`Refusal::TooLong`] beyond [`LONGEST_DAYS`]; [`Refusal::Heavier`] without a reason for what is heavier
/// than the ladder says, which is kept with the terms.
pub fn narrow(
    case: &Stored<Case>,
    by: By,
    known: Known<'_>,
    id: SanctionId,
    mut terms: Terms,
    heavier: &str,
) -> Result<Change, Refusal> {
    refusal::reason(&terms.reason)?;
    if !case.value.is_open() {
        return Err(Refusal::CaseClosed);
    }
    if !case.value.is_about(terms.person) {
        return Err(Refusal::NotYours);
    }
    if !known.rules.narrowings.contains(&terms.restriction) {
        return Err(Refusal::NotInThisSchool);
    }
    if !case.value.support_seen_to() {
        return Err(Refusal::SupportFirst);
    }
    if terms.school_days > LONGEST_DAYS {
        return Err(Refusal::TooLong);
    }
    terms.heavier = why_heavier(known.rules, &case.value, Step::Narrow, heavier)?;
    if terms.school_days > known.rules.longest_alone(case.value.severity()) {
        return Ok(append(case, Action::CaseAdded, by, Says::Proposed(terms)));
    }
    begin(case, by, known, id, terms, None)
}

/// A second person confirms the narrowing that waits: it begins now.
///
/// # Errors
/// [`Refusal::CaseClosed`]; [`Refusal::Gone`] when none waits; [`Refusal::SecondPerson`] for whoever proposed it.
pub fn confirm(case: &Stored<Case>, by: By, known: Known<'_>, id: SanctionId) -> Result<Change, Refusal> {
    if !case.value.is_open() {
        return Err(Refusal::CaseClosed);
    }
    let (entry, terms) = case.value.proposed().ok_or(Refusal::Gone)?;
    if entry.by == by.person {
        return Err(Refusal::SecondPerson);
    }
    begin(case, by, known, id, terms.clone(), Some(entry.number))
}

fn begin(
    case: &Stored<Case>,
    by: By,
    known: Known<'_>,
    id: SanctionId,
    terms: Terms,
    confirms: Option<u32>,
) -> Result<Change, Refusal> {
    let until = known.until(by.at, terms.school_days).ok_or(Refusal::EndNeeded)?;
    let begun = Sanction {
        id,
        person: terms.person,
        restriction: terms.restriction,
        reason: terms.reason.clone(),
        by: by.person,
        from: by.at,
        until,
        lifted_at: None,
        case: Some(case.value.id),
    };
    let began = sanction::begin(&begun, by.at)?;
    let change = append(case, began.action, by, Says::Narrowed { sanction: id, terms, until, confirms });
    Ok(with(change, case, began))
}

/// The case's change with the sanction's: the journal tells whose web it is and why, which of several people need not be
/// the one it would name of the case, and of a confidential case neither.
fn with(mut change: Change, case: &Stored<Case>, sanction: Change) -> Change {
    if case.value.class() == Class::Ordinary {
        change.about = sanction.about;
        change.reason = sanction.reason;
    }
    change.writes.extend(sanction.writes);
    change
}

/// Lifts a narrowing of this case early.
///
/// # Errors
/// As [`sanction::lift`]; [`Refusal::Gone`] when it is another case's.
pub fn lift(case: &Stored<Case>, by: By, sanction: &Stored<Sanction>, why: &str) -> Result<Change, Refusal> {
    let id = sanction.value.id;
    if case.value.narrowings().iter().all(|(known, ..)| *known != id) {
        return Err(Refusal::Gone);
    }
    let lifted = sanction::lift(sanction, why, by.at)?;
    let why = refusal::reason(why)?.to_owned();
    let change = append(case, lifted.action, by, Says::Lifted { sanction: id, why });
    Ok(with(change, case, lifted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::act::{close, decline, involve, note, reclass, reopen, support};
    use crate::case::rules::Rung;
    use crate::case::sample::{after, case};
    use crate::case::thread::{Involved, Part, Party};
    use crate::sanction::Restriction;
    use jiff::civil::date;
    use usher_types::calendar::Term;
    use usher_types::ids::Id;

    fn calendar() -> SchoolCalendar {
        let term = |name: &str, first, last| Term { name: name.into(), first, last };
        SchoolCalendar {
            terms: vec![
                term("Autumn 1", date(2026, 9, 2), date(2026, 10, 23)),
                term("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
            ],
            ..SchoolCalendar::default()
        }
    }

    fn moment(text: &str) -> Moment {
        Zone::london().parse(text).unwrap()
    }

    fn terms(school_days: u16) -> Terms {
        let reason = "Went to a shop in maths again".to_owned();
        Terms { person: Id::new(71), restriction: Restriction::NoWeb, school_days, reason, heavier: None }
    }

    struct Room {
        rules: CaseRules,
        calendar: SchoolCalendar,
        zone: Zone,
        case: Stored<Case>,
    }

    impl Room {
        fn new() -> Self {
            let case = case();
            let by = By { person: Id::new(4), at: moment("2026-10-22T09:00") };
            let case = after(&support(&case, by, "Talked with her").unwrap(), &case);
            Self { rules: CaseRules::default(), calendar: calendar(), zone: Zone::london(), case }
        }

        fn known(&self) -> Known<'_> {
            Known { rules: &self.rules, calendar: &self.calendar, zone: &self.zone }
        }

        fn narrow(&self, person: u64, at: &str, terms: Terms) -> Result<Change, Refusal> {
            let by = By { person: Id::new(person), at: moment(at) };
            narrow(&self.case, by, self.known(), Id::new(900), terms, "")
        }
    }

    fn sanction_of(change: &Change) -> Sanction {
        let write = change.writes.iter().find(|write| write.kind == crate::noun::Kind::Sanction).unwrap();
        serde_json::from_str(&write.body).unwrap()
    }

    #[test]
    fn inc_08_school_days_run_across_a_half_term_and_it_opens_by_itself() {
        let room = Room::new();
        let begun = sanction_of(&room.narrow(1, "2026-10-22T10:15", terms(3)).unwrap());
        assert_eq!(begun.until, moment("2026-11-03T00:00"), "22 and 23 October, then 2 November");
        assert!(begun.holds(moment("2026-11-02T15:00")) && !begun.holds(moment("2026-11-03T00:00")));
        assert_eq!(begun.case, Some(Id::new(5)));
        // Until Friday: three days from a Tuesday.
        let friday = sanction_of(&room.narrow(1, "2026-11-24T10:15", terms(3)).unwrap());
        assert_eq!(friday.until, moment("2026-11-27T00:00"));
        assert_eq!(room.narrow(1, "2026-12-18T10:15", terms(2)), Err(Refusal::EndNeeded));
    }

    #[test]
    fn inc_04_a_sanction_before_support_is_refused_and_only_for_whom_the_case_is_about() {
        let mut room = Room::new();
        let other = Terms { person: Id::new(72), ..terms(1) };
        assert_eq!(room.narrow(1, "2026-10-22T10:15", other), Err(Refusal::NotYours));
        assert_eq!(room.narrow(1, "2026-10-22T10:15", terms(200)), Err(Refusal::TooLong));
        room.rules.narrowings = vec![Restriction::LessonOnly];
        assert_eq!(room.narrow(1, "2026-10-22T10:15", terms(1)), Err(Refusal::NotInThisSchool));
        room.rules = CaseRules::default();
        room.case = case();
        assert_eq!(room.narrow(1, "2026-10-22T10:15", terms(1)), Err(Refusal::SupportFirst));
    }

    #[test]
    fn longer_than_one_person_may_decide_it_waits_for_a_second() {
        let mut room = Room::new();
        let at = "2026-11-02T10:15";
        let proposed = room.narrow(1, at, terms(10)).unwrap();
        assert_eq!(proposed.writes.len(), 1, "nothing is narrowed yet");
        room.case = after(&proposed, &room.case);
        let by = |person| By { person: Id::new(person), at: moment(at) };
        let confirmed = |person| confirm(&room.case, by(person), room.known(), Id::new(900));
        assert_eq!(confirmed(1), Err(Refusal::SecondPerson));
        let change = confirmed(4).unwrap();
        assert_eq!(sanction_of(&change).until, moment("2026-11-14T00:00"));
        let done = after(&change, &room.case);
        assert!(done.value.proposed().is_none());
        assert_eq!(confirm(&done, by(4), room.known(), Id::new(901)), Err(Refusal::Gone));
    }

    #[test]
    fn a_proposal_ends_with_its_case_and_can_be_declined() {
        let mut room = Room::new();
        let at = "2026-11-02T10:15";
        let by = |person| By { person: Id::new(person), at: moment(at) };
        room.case = after(&room.narrow(1, at, terms(10)).unwrap(), &room.case);
        let waiting = room.case.clone();
        let declined = after(&decline(&waiting, by(4), "Three days will do").unwrap(), &waiting);
        assert!(declined.value.proposed().is_none());
        assert_eq!(decline(&declined, by(4), "Three days will do"), Err(Refusal::Gone));
        assert_eq!(confirm(&declined, by(4), room.known(), Id::new(900)), Err(Refusal::Gone));

        let noted = after(&note(&waiting, by(4), "Talked with her", &[], None).unwrap(), &waiting);
        let closed = after(&close(&noted, by(4), "Talked it over").unwrap(), &noted);
        assert_eq!(confirm(&closed, by(4), room.known(), Id::new(900)), Err(Refusal::CaseClosed));
        let again = after(&reopen(&closed, by(4), "The parents rang").unwrap(), &closed);
        assert!(again.value.proposed().is_none(), "what waited when it closed does not come back");

        // Another narrowing of the same person stands in its place; of somebody else it does not.
        let ada = after(&room.narrow(1, at, terms(1)).unwrap(), &waiting);
        assert!(ada.value.proposed().is_none());
        let max = Involved { who: Party::Person(Id::new(72)), part: Part::Subject };
        room.case = after(&involve(&waiting, by(4), max).unwrap(), &waiting);
        let other = Terms { person: Id::new(72), ..terms(1) };
        let max = after(&room.narrow(1, at, other).unwrap(), &room.case);
        assert!(max.value.proposed().is_some());
    }

    #[test]
    fn the_journal_tells_whose_web_was_narrowed_and_why_but_not_of_a_confidential_case() {
        let mut room = Room::new();
        let at = "2026-10-22T10:15";
        let by = By { person: Id::new(4), at: moment(at) };
        let max = Involved { who: Party::Person(Id::new(72)), part: Part::Subject };
        room.case = after(&involve(&room.case, by, max).unwrap(), &room.case);
        let of_max = || Terms { person: Id::new(72), ..terms(1) };
        let begun = room.narrow(1, at, of_max()).unwrap();
        assert_eq!(begun.about, Some(Id::new(72)), "and not whom the case names first");
        assert_eq!(begun.reason.as_deref(), Some("Went to a shop in maths again"));
        room.case = after(&begun, &room.case);
        let sanction = Stored { value: sanction_of(&begun), version: 1 };
        let lifted = lift(&room.case, by, &sanction, "He put it right").unwrap();
        assert_eq!((lifted.about, lifted.reason.as_deref()), (Some(Id::new(72)), Some("He put it right")));
        room.case = after(&reclass(&room.case, by, Class::ChildProtection, "A worry").unwrap(), &room.case);
        let hidden = room.narrow(1, at, of_max()).unwrap();
        assert_eq!((hidden.about, hidden.reason), (None, None));
    }

    #[test]
    fn inc_09_the_reason_for_a_heavier_narrowing_is_kept_with_it() {
        let mut room = Room::new();
        room.rules.ladder = vec![Rung { step: Step::Narrow, from_severity: 2 }];
        let at = "2026-10-22T10:15";
        assert_eq!(room.narrow(1, at, terms(1)), Err(Refusal::Heavier));
        let by = By { person: Id::new(1), at: moment(at) };
        let heavier = |days| {
            narrow(&room.case, by, room.known(), Id::new(900), terms(days), "The third time this week")
                .unwrap()
        };
        let begun = after(&heavier(1), &room.case);
        let (_, kept, _) = begun.value.narrowings()[0];
        assert_eq!(kept.heavier.as_deref(), Some("The third time this week"));
        let waits = after(&heavier(10), &room.case);
        assert_eq!(waits.value.proposed().unwrap().1.heavier.as_deref(), Some("The third time this week"));
    }

    #[test]
    fn it_is_lifted_early_from_its_own_case() {
        let mut room = Room::new();
        let begun = room.narrow(1, "2026-10-22T10:15", terms(3)).unwrap();
        room.case = after(&begun, &room.case);
        let sanction = Stored { value: sanction_of(&begun), version: 1 };
        let by = By { person: Id::new(1), at: moment("2026-10-23T09:00") };
        assert_eq!(lift(&case(), by, &sanction, "He put it right"), Err(Refusal::Gone));
        let lifted = lift(&room.case, by, &sanction, "He put it right").unwrap();
        assert_eq!(sanction_of(&lifted).lifted_at, Some(by.at));
        assert!(after(&lifted, &room.case).value.narrowings().is_empty());
    }
}
