//! What people do with a case: each gives one more entry, or a refusal.

use usher_types::ids::PersonId;

use crate::case::rules::{CaseRules, Class, Step};
use crate::case::thread::{
    Agency, Contact, Disclosed, Evidence, Involved, Party, PreventOutcome, Says, Seal,
};
use crate::case::{By, Case, append};
use crate::change::{Action, Change, Stored};
use crate::refusal::{self, Refusal};
use crate::register::CitedPolicy;

/// Items of the checklist against cyberbullying; their words are in `locales/` under `case-check-<number>`.
pub const CHECKS: u8 = 8;
/// The longest name of a file that is kept: what file systems keep.
const LONGEST_NAME: usize = 255;

fn open(case: &Stored<Case>) -> Result<&Stored<Case>, Refusal> {
    if case.value.is_open() { Ok(case) } else { Err(Refusal::CaseClosed) }
}

fn add(case: &Stored<Case>, by: By, says: Says) -> Result<Change, Refusal> {
    Ok(append(open(case)?, Action::CaseAdded, by, says))
}

/// Something was found out (MON-07).
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it says nothing, [`Refusal::CaseClosed`]; so with all that follow.
pub fn note(
    case: &Stored<Case>,
    by: By,
    text: &str,
    spoken_to: &[PersonId],
    policy: Option<CitedPolicy>,
) -> Result<Change, Refusal> {
    let text = refusal::reason(text)?.to_owned();
    add(case, by, Says::Note { text, spoken_to: spoken_to.to_vec(), policy })
}

/// The child was looked after (INC-04).
///
/// # Errors
/// As [`note`].
pub fn support(case: &Stored<Case>, by: By, text: &str) -> Result<Change, Refusal> {
    let text = refusal::reason(text)?.to_owned();
    add(case, by, Says::Support(text))
}

/// Why what follows comes before the child was looked after.
///
/// # Errors
/// As [`note`].
pub fn support_later(case: &Stored<Case>, by: By, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    add(case, by, Says::SupportLater(why))
}

/// One more person has to do with it.
///
/// # Errors
/// [`Refusal::NameNeeded`] for somebody without a name, [`Refusal::AlreadySo`] when they are in it with this part.
pub fn involve(case: &Stored<Case>, by: By, one: Involved) -> Result<Change, Refusal> {
    if matches!(&one.who, Party::Outside(name) if name.trim().is_empty()) {
        return Err(Refusal::NameNeeded);
    }
    if case.value.people().contains(&&one) {
        return Err(Refusal::AlreadySo);
    }
    add(case, by, Says::Involved(one))
}

/// A decision and the reason for it: both are written down, each by itself (KC-13).
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// What was decided.
    pub text: &'a str,
    /// Why.
    pub why: &'a str,
}

impl Decision<'_> {
    fn written(self) -> Result<(String, String), Refusal> {
        let text = refusal::reason(self.text)?.to_owned();
        let why = refusal::reason(self.why).map_err(|_nothing| Refusal::WhyNeeded)?.to_owned();
        Ok((text, why))
    }
}

/// What was decided, in words alone, and why.
///
/// # Errors
/// As [`note`]; [`Refusal::WhyNeeded`] without a reason.
pub fn decide(case: &Stored<Case>, by: By, decision: Decision<'_>) -> Result<Change, Refusal> {
    let (text, why) = decision.written()?;
    add(case, by, Says::Decided { step: None, text, why, heavier: None })
}

/// What came of a worry about extremism (KC-16).
///
/// # Errors
/// As [`note`]: it says why.
pub fn prevent(case: &Stored<Case>, by: By, outcome: PreventOutcome, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    add(case, by, Says::Prevent { outcome, why })
}

/// A step of the ladder was chosen, which people carry out (INC-08, INC-09). Narrowing is [`super::sanctions`]'.
///
/// # Errors
/// [`Refusal::Gone`] for narrowing: chosen here it would narrow nothing. [`Refusal::SupportFirst`] before the child was
/// looked after, [`Refusal::Heavier`] when it is heavier than the school's ladder says and no reason is given.
pub fn choose(
    case: &Stored<Case>,
    by: By,
    rules: &CaseRules,
    step: Step,
    decision: Decision<'_>,
    heavier: &str,
) -> Result<Change, Refusal> {
    let (text, why) = decision.written()?;
    if step == Step::Narrow {
        return Err(Refusal::Gone);
    }
    if !case.value.support_seen_to() {
        return Err(Refusal::SupportFirst);
    }
    let heavier = why_heavier(rules, &case.value, step, heavier)?;
    add(case, by, Says::Decided { step: Some(step), text, why, heavier })
}

/// The reason for a step that is heavier than the ladder says; none where it is not.
pub(crate) fn why_heavier(
    rules: &CaseRules,
    case: &Case,
    step: Step,
    given: &str,
) -> Result<Option<String>, Refusal> {
    if !rules.is_heavier(step, case.severity()) {
        return Ok(None);
    }
    refusal::reason(given).map(|why| Some(why.to_owned())).map_err(|_nothing| Refusal::Heavier)
}

/// The narrowing that waits for a second person is not wanted.
///
/// # Errors
/// As [`note`]; [`Refusal::Gone`] when none waits.
pub fn decline(case: &Stored<Case>, by: By, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    if open(case)?.value.proposed().is_none() {
        return Err(Refusal::Gone);
    }
    add(case, by, Says::Declined { why })
}

/// A file is kept with it (INC-03).
///
/// # Errors
/// [`Refusal::MayBeIllegal`] when what was seen may be illegal: nothing is kept then.
pub fn keep(case: &Stored<Case>, by: By, mut evidence: Evidence) -> Result<Change, Refusal> {
    if case.value.may_be_illegal() {
        return Err(Refusal::MayBeIllegal);
    }
    evidence.name = evidence.name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    add(case, by, Says::Evidence(evidence))
}

/// What was seen may be illegal: nothing is copied from here on (INC-03).
///
/// # Errors
/// As [`note`]: who was told is asked for.
pub fn may_be_illegal(case: &Stored<Case>, by: By, told: &str) -> Result<Change, Refusal> {
    let told = refusal::reason(told)?.to_owned();
    add(case, by, Says::MayBeIllegal { told })
}

/// Parents were told (MON-12, INC-05).
///
/// # Errors
/// As [`note`].
pub fn parents(case: &Stored<Case>, by: By, how: Contact, who: &str, text: &str) -> Result<Change, Refusal> {
    let text = refusal::reason(text)?.to_owned();
    if who.trim().is_empty() {
        return Err(Refusal::NameNeeded);
    }
    add(case, by, Says::Parents { how, who: who.trim().to_owned(), text })
}

/// It was handed to an agency (MON-10).
///
/// # Errors
/// [`Refusal::NameNeeded`] without a recipient, [`Refusal::ReasonNeeded`] without a ground in law.
pub fn refer(case: &Stored<Case>, by: By, disclosed: Disclosed) -> Result<Change, Refusal> {
    refusal::reason(&disclosed.basis)?;
    if disclosed.recipient.trim().is_empty() {
        return Err(Refusal::NameNeeded);
    }
    Ok(append(open(case)?, Action::CaseDisclosed, by, Says::Referred(disclosed)))
}

/// The words an agency has in files; forms send them.
pub fn agency(name: &str) -> Option<Agency> {
    Agency::ALL.into_iter().find(|agency| agency.name() == name)
}

/// It is in the school's safeguarding record (EXT-02), also after it was closed.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn entered(case: &Stored<Case>, by: By) -> Result<Change, Refusal> {
    if case.value.entered().is_some() {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseAdded, by, Says::Entered))
}

/// It is in the behaviour system (EXT-09), also after it was closed.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn transferred(case: &Stored<Case>, by: By) -> Result<Change, Refusal> {
    if case.value.transferred().is_some() {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseTransferred, by, Says::Transferred))
}

/// It is of another class from now on (INC-18).
///
/// # Errors
/// [`Refusal::AlreadySo`]; a reason is needed.
pub fn reclass(case: &Stored<Case>, by: By, class: Class, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    if case.value.class() == class {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseClassed, by, Says::Classed { class, why }))
}

/// Somebody else may see it (INC-07).
///
/// # Errors
/// [`Refusal::AlreadySo`]; [`Refusal::NotYours`] for whom it is about.
pub fn share(case: &Stored<Case>, by: By, with: PersonId) -> Result<Change, Refusal> {
    if case.value.is_about(with) {
        return Err(Refusal::NotYours);
    }
    if case.value.shared_with().contains(&with) {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseShared, by, Says::Shared(with)))
}

/// Whoever it was reported to has seen it (INC-11).
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn seen(case: &Stored<Case>, by: By) -> Result<Change, Refusal> {
    if case.value.was_seen_by(by.person) {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseAdded, by, Says::Seen))
}

/// An item of the checklist was seen to (INC-17).
///
/// # Errors
/// [`Refusal::Gone`] when there is no such item, [`Refusal::AlreadySo`].
pub fn check(case: &Stored<Case>, by: By, item: u8) -> Result<Change, Refusal> {
    if item == 0 || item > CHECKS {
        return Err(Refusal::Gone);
    }
    if case.value.checked().contains(&item) {
        return Err(Refusal::AlreadySo);
    }
    add(case, by, Says::Checked(item))
}

/// A cost (INC-23).
///
/// # Errors
/// As [`note`].
pub fn cost(case: &Stored<Case>, by: By, what: &str, pence: u32) -> Result<Change, Refusal> {
    let what = refusal::reason(what)?.to_owned();
    add(case, by, Says::Cost { what, pence })
}

/// What is kept of its people must stay, or need not any more (INC-13).
///
/// # Errors
/// As [`note`]; [`Refusal::AlreadySo`].
pub fn hold(case: &Stored<Case>, by: By, on: bool, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    if case.value.is_held() == on {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseAdded, by, Says::Hold { on, why }))
}

/// A device changed hands (INC-13).
///
/// # Errors
/// [`Refusal::NameNeeded`] unless the thing and both hands are named.
pub fn custody(
    case: &Stored<Case>,
    by: By,
    item: &str,
    (from, to): (&str, &str),
    seal: Seal,
) -> Result<Change, Refusal> {
    let [item, from, to] = [item, from, to].map(|text| text.trim().to_owned());
    if item.is_empty() || from.is_empty() || to.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    add(case, by, Says::Custody { item, from, to, seal: Some(seal) })
}

/// An earlier entry was wrong. It stays, and both are seen (INC-01).
///
/// # Errors
/// [`Refusal::Gone`] when there is no such entry.
pub fn correct(case: &Stored<Case>, by: By, of: u32, text: &str) -> Result<Change, Refusal> {
    let text = refusal::reason(text)?.to_owned();
    if case.value.entries.iter().all(|entry| entry.number != of) {
        return Err(Refusal::Gone);
    }
    Ok(append(case, Action::CaseAdded, by, Says::Correction { of, text }))
}

/// It has to do with another case.
///
/// # Errors
/// [`Refusal::AlreadySo`] with itself, or when it says so already.
pub fn link(case: &Stored<Case>, by: By, other: &Case) -> Result<Change, Refusal> {
    let says = Says::Linked(other.id);
    if other.id == case.value.id || case.value.entries.iter().any(|entry| entry.says == says) {
        return Err(Refusal::AlreadySo);
    }
    add(case, by, says)
}

/// It goes on in another case: it closes, the other says so, and both keep their entries.
///
/// # Errors
/// [`Refusal::AlreadySo`] with itself; [`Refusal::NotYours`] where the other is of another class, because that would carry
/// what one says to eyes that may not see it.
pub fn merge(case: &Stored<Case>, by: By, into: &Stored<Case>) -> Result<Change, Refusal> {
    if case.value.id == into.value.id {
        return Err(Refusal::AlreadySo);
    }
    if case.value.class() != into.value.class() {
        return Err(Refusal::NotYours);
    }
    let other = append(open(into)?, Action::CaseAdded, by, Says::TookIn(case.value.id));
    let mut change = append(open(case)?, Action::CaseClosed, by, Says::MergedInto(into.value.id));
    change.writes.extend(other.writes);
    Ok(change)
}

/// Closes it with its outcome (MON-07).
///
/// # Errors
/// [`Refusal::OutcomeNeeded`] without an outcome; [`Refusal::NoteNeeded`] when nobody looked into it.
pub fn close(case: &Stored<Case>, by: By, outcome: &str) -> Result<Change, Refusal> {
    let outcome = refusal::reason(outcome).map_err(|_nothing| Refusal::OutcomeNeeded)?.to_owned();
    if !open(case)?.value.looked_into() {
        return Err(Refusal::NoteNeeded);
    }
    Ok(append(case, Action::CaseClosed, by, Says::Closed(outcome)))
}

/// Opens it again.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is open; a reason is needed.
pub fn reopen(case: &Stored<Case>, by: By, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?.to_owned();
    if case.value.is_open() {
        return Err(Refusal::AlreadySo);
    }
    Ok(append(case, Action::CaseReopened, by, Says::Reopened(why)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::sample::{after, by, case, opening};
    use crate::case::thread::Part;
    use usher_types::digest::Digest;
    use usher_types::ids::Id;

    #[test]
    fn mon_07_closing_without_a_note_or_an_outcome_is_refused() {
        let case = case();
        assert_eq!(close(&case, by(4), "Talked it over"), Err(Refusal::NoteNeeded));
        let noted =
            after(&note(&case, by(4), "Spoke with the class teacher", &[Id::new(7)], None).unwrap(), &case);
        assert_eq!(close(&noted, by(4), " "), Err(Refusal::OutcomeNeeded));
        let closed = after(&close(&noted, by(4), "Talked it over").unwrap(), &noted);
        assert_eq!((closed.value.is_open(), closed.value.outcome()), (false, Some("Talked it over")));
        assert_eq!(note(&closed, by(4), "One more thing", &[], None), Err(Refusal::CaseClosed));
        let again = after(&reopen(&closed, by(4), "The parents rang").unwrap(), &closed);
        assert_eq!((again.value.is_open(), again.value.outcome()), (true, None));
    }

    const fn agreed() -> Decision<'static> {
        Decision { text: "Agreed with home", why: "It was the third time" }
    }

    #[test]
    fn inc_04_inc_09_support_comes_first_and_something_heavier_needs_a_reason() {
        let (case, rules) = (case(), CaseRules::default());
        let choose = |case: &Stored<Case>, step, why: &str| choose(case, by(4), &rules, step, agreed(), why);
        assert_eq!(choose(&case, Step::Talk, ""), Err(Refusal::SupportFirst));
        let later = after(&support_later(&case, by(4), "Nobody was upset").unwrap(), &case);
        assert!(choose(&later, Step::Talk, "").is_ok());
        assert_eq!(choose(&later, Step::Narrow, ""), Err(Refusal::Gone), "it would narrow nothing");
        assert_eq!(choose(&later, Step::Exclusion, " "), Err(Refusal::Heavier));
        let change = choose(&later, Step::Exclusion, "The third time this week").unwrap();
        assert!(change.writes[0].body.contains("The third time this week"));
    }

    #[test]
    fn inc_03_nothing_is_kept_of_what_may_be_illegal() {
        let case = case();
        let evidence = || Evidence {
            digest: Digest::of(b"screen"),
            sealed: None,
            name: "screen\n.png".into(),
            bytes: 6,
            shows: String::new(),
        };
        let kept = after(&keep(&case, by(7), evidence()).unwrap(), &case);
        assert_eq!(kept.value.evidence().next().unwrap().1.name, "screen.png");
        let illegal = after(&may_be_illegal(&kept, by(7), "The safeguarding lead").unwrap(), &kept);
        assert_eq!(keep(&illegal, by(7), evidence()), Err(Refusal::MayBeIllegal));
    }

    #[test]
    fn inc_01_a_correction_names_what_it_corrects_and_both_stay() {
        let case = case();
        assert_eq!(correct(&case, by(7), 9, "It was Tuesday"), Err(Refusal::Gone));
        let corrected = after(&correct(&case, by(7), 1, "It was Tuesday").unwrap(), &case);
        assert_eq!(corrected.value.entries.len(), 2);
        assert_eq!(corrected.value.nine().details, "Went to a shop in maths");
    }

    #[test]
    fn inc_23_costs_add_up_and_inc_13_a_hold_and_hands_are_kept() {
        let case = case();
        let one = after(&cost(&case, by(4), "A new screen", 8_950).unwrap(), &case);
        let two = after(&cost(&one, by(4), "The courier", 1_250).unwrap(), &one);
        assert_eq!(two.value.cost(), 10_200);
        assert_eq!(hold(&two, by(4), false, "No hold yet"), Err(Refusal::AlreadySo));
        let held = after(&hold(&two, by(4), true, "The police asked").unwrap(), &two);
        assert!(held.value.is_held());
        assert_eq!(
            custody(&held, by(4), "Tablet 12", ("", "The police"), Seal::Whole),
            Err(Refusal::NameNeeded)
        );
        assert!(custody(&held, by(4), "Tablet 12", ("The office", "The police"), Seal::Whole).is_ok());
    }

    #[test]
    fn cases_merge_only_within_a_class_and_both_keep_their_entries() {
        let one = case();
        let (other, _) = crate::case::open(Id::new(6), 2, opening("off-task", 72), by(7)).unwrap();
        let other = Stored { value: other, version: 1 };
        assert_eq!(merge(&one, by(4), &one), Err(Refusal::AlreadySo));
        let change = merge(&one, by(4), &other).unwrap();
        assert_eq!(change.writes.len(), 2);
        assert!(!after(&change, &one).value.is_open());
        let hidden = after(&reclass(&other, by(4), Class::ChildProtection, "A worry").unwrap(), &other);
        assert_eq!(merge(&one, by(4), &hidden), Err(Refusal::NotYours));
        assert!(link(&one, by(4), &other.value).is_ok() && link(&one, by(4), &one.value).is_err());
    }

    #[test]
    fn inc_07_nobody_is_shown_their_own_case_and_people_join_once() {
        let case = case();
        assert_eq!(share(&case, by(1), Id::new(71)), Err(Refusal::NotYours));
        let shared = after(&share(&case, by(1), Id::new(5)).unwrap(), &case);
        assert_eq!(share(&shared, by(1), Id::new(5)), Err(Refusal::AlreadySo));
        let witness = || Involved { who: Party::Person(Id::new(72)), part: Part::Witness };
        let joined = after(&involve(&shared, by(1), witness()).unwrap(), &shared);
        assert_eq!(involve(&joined, by(1), witness()), Err(Refusal::AlreadySo));
    }

    #[test]
    fn ext_02_ext_09_it_is_entered_and_transferred_once() {
        let case = case();
        let done = after(&entered(&case, by(4)).unwrap(), &case);
        assert_eq!(entered(&done, by(4)), Err(Refusal::AlreadySo));
        let done = after(&transferred(&done, by(7)).unwrap(), &done);
        assert_eq!(transferred(&done, by(7)), Err(Refusal::AlreadySo));
        assert_eq!(done.value.entered().unwrap().by, Id::new(4));
    }

    #[test]
    fn mon_10_a_referral_needs_a_recipient_and_a_ground_in_law() {
        let disclosed = |recipient: &str, basis: &str| Disclosed {
            to: Agency::Police,
            recipient: recipient.into(),
            basis: basis.into(),
            package: Digest::of(b"package"),
            sealed: None,
            bytes: 7,
        };
        let case = case();
        assert_eq!(refer(&case, by(1), disclosed("", "Public task")), Err(Refusal::NameNeeded));
        assert_eq!(refer(&case, by(1), disclosed("Sgt Example", "")), Err(Refusal::ReasonNeeded));
        let referred = after(&refer(&case, by(1), disclosed("Sgt Example", "Public task")).unwrap(), &case);
        assert_eq!(referred.value.kept(), vec![Digest::of(b"package")]);
    }
}
