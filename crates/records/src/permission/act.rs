//! What people do with a permission: each gives one more entry, or a refusal.

use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::grant::{self, Grant, Opens, Scope};
use crate::lesson::Lesson;
use crate::permission::matter::{Detail, Ends, For, Matter, Shape};
use crate::permission::rules::Terms;
use crate::permission::{Ask, Entry, Permission, PermissionId, Says, State};
use crate::refusal::{self, Refusal};

/// Children named one by one; more are a class, which is one name.
const MOST_NAMES: usize = 40;
/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;

/// Who does it, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Moment,
}

/// Asks for leave.
///
/// # Errors
/// What is missing: a reason, a detail, for whom, a page, an end; or an end later than the school allows. What a teacher
/// gives in a lesson is not asked for: [`Refusal::NotInThisSchool`].
pub fn ask(id: PermissionId, ask: Ask, terms: &Terms, by: By) -> Result<(Permission, Change), Refusal> {
    if ask.matter.is_quick() {
        return Err(Refusal::NotInThisSchool);
    }
    let ask = checked(ask, terms, by.at)?;
    let permission = Permission { id, ask, entries: vec![entry(by, Says::Asked)] };
    let change = Change::of(Action::PermissionAsked, Write::of(&permission, Expect::New))
        .about(by.person)
        .because(&permission.ask.reason);
    Ok((permission, change))
}

/// Gives a pupil or a class something for a lesson at once (PRM-09): they asked by word of mouth.
///
/// # Errors
/// [`Refusal::NameNeeded`] when nobody is named, [`Refusal::Gone`] when the lesson is over, [`Refusal::NotInThisSchool`]
/// for what has to be asked for in writing.
pub fn quick(
    id: PermissionId,
    ask: Ask,
    lesson: &Lesson,
    grants: &[Grant],
    by: By,
) -> Result<(Permission, Change), Refusal> {
    if !ask.matter.is_quick() {
        return Err(Refusal::NotInThisSchool);
    }
    if !lesson.is_open(by.at) {
        return Err(Refusal::Gone);
    }
    if ask.whom.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let ask = Ask { lesson: Some(lesson.id), from: by.at, until: None, ..ask };
    let given = Says::Given { words: String::new(), grants: grants.iter().map(|grant| grant.id).collect() };
    let permission = Permission { id, ask, entries: vec![entry(by, Says::Asked), entry(by, given)] };
    let mut change = Change::of(Action::PermissionDecided, Write::of(&permission, Expect::New));
    change.reason = Some(permission.ask.reason.clone()).filter(|reason| !reason.is_empty());
    change.writes.extend(grants.iter().map(|grant| Write::of(grant, Expect::New)));
    Ok((permission, change))
}

/// What was asked, with everything that has to be there.
fn checked(mut ask: Ask, terms: &Terms, at: Moment) -> Result<Ask, Refusal> {
    ask.reason = refusal::reason(&ask.reason)?.to_owned();
    let shape = ask.matter.shape();
    keep_to(shape, &mut ask);
    if ask.whom.len() > MOST_NAMES {
        return Err(Refusal::TooManyNames);
    }
    ask.details.retain(|_, text| !text.trim().is_empty());
    let mut needs = shape.needs.to_vec();
    // Nobody meets somebody without a grown-up (PRM-08).
    if ask.meeting {
        needs.push(Detail::Adult);
    }
    if let Some(missing) = needs.into_iter().find(|need| !ask.details.contains_key(need)) {
        return Err(Refusal::DetailNeeded(missing));
    }
    if shape.whom != For::Asker && ask.whom.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    if shape.pages && ask.pages.is_empty() && !ask.meeting {
        return Err(Refusal::AddressOdd);
    }
    if ask.pages.iter().chain(&ask.sites).any(|page| page.is_too_wide() || page.is_range()) {
        return Err(Refusal::TooWide);
    }
    let from = ask.from.max(at);
    match ask.until {
        None if shape.ends == Ends::OnADay => return Err(Refusal::EndNeeded),
        Some(until) if until <= from => return Err(Refusal::EndNeeded),
        Some(until) if until > at.plus_minutes(i64::from(terms.longest_days) * DAY_MINUTES) => {
            return Err(Refusal::TooLong);
        }
        _ => {}
    }
    Ok(ask)
}

/// Takes out what its form does not offer, and names that stand there twice.
fn keep_to(shape: &Shape, ask: &mut Ask) {
    if !shape.pages {
        ask.pages.clear();
    }
    if ask.matter != Matter::Project {
        (ask.opens, ask.meeting) = (Vec::new(), false);
    }
    if ask.matter != Matter::PrivateUse {
        (ask.categories, ask.periods, ask.sites) = (Vec::new(), Vec::new(), Vec::new());
    }
    let mut seen = Vec::new();
    ask.whom.retain(|scope| {
        let odd =
            matches!(scope, Scope::Kind(kind) if !matches!(kind, PersonKind::Pupil | PersonKind::Staff));
        let keep = !odd && !seen.contains(scope);
        seen.push(*scope);
        keep
    });
    ask.pages.dedup();
}

const fn entry(by: By, says: Says) -> Entry {
    Entry { by: Some(by.person), at: by.at, says }
}

/// A decision about to be written.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whether it is yes.
    pub yes: bool,
    /// What the asker is told.
    pub words: String,
    /// Whether a second person has to say yes as well.
    pub two_people: bool,
    /// What it opens.
    pub grants: Vec<Grant>,
    /// What tells the asker.
    pub mails: Vec<Mail>,
}

/// Decides. Nobody decides on what they asked for; where it takes two, the first yes waits for another's.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is decided, [`Refusal::NotYours`] for the asker, [`Refusal::SecondPerson`] for the first
/// of two, [`Refusal::ReasonNeeded`] when no words are given, [`Refusal::EndNeeded`] when its time is over by now.
pub fn decide(permission: &Stored<Permission>, decision: Decision, by: By) -> Result<Change, Refusal> {
    let now = &permission.value;
    if !now.state(by.at, None).waits() {
        return Err(Refusal::AlreadySo);
    }
    if now.asker() == Some(by.person) {
        return Err(Refusal::NotYours);
    }
    let words = refusal::reason(&decision.words)?.to_owned();
    if !decision.yes {
        let change = append(permission, Action::PermissionDecided, by, Says::Refused(words.clone()));
        return Ok(told(change.because(&words), decision.mails));
    }
    if now.ask.until.is_some_and(|until| until <= by.at) {
        return Err(Refusal::EndNeeded);
    }
    let first = now.first();
    if first == Some(by.person) {
        return Err(Refusal::SecondPerson);
    }
    if decision.two_people && first.is_none() {
        return Ok(
            append(permission, Action::PermissionAgreed, by, Says::Agreed(words.clone())).because(&words)
        );
    }
    let grants = decision.grants.iter().map(|grant| grant.id).collect();
    let given = Says::Given { words: words.clone(), grants };
    let mut change = append(permission, Action::PermissionDecided, by, given).because(&words);
    change.writes.extend(decision.grants.iter().map(|grant| Write::of(grant, Expect::New)));
    Ok(told(change, decision.mails))
}

/// Takes it back before anybody decided, or ends it early. What it opened ends with it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when there is nothing to end, [`Refusal::ReasonNeeded`].
pub fn end(
    permission: &Stored<Permission>,
    grants: &[Stored<Grant>],
    lesson: Option<&Lesson>,
    why: &str,
    by: By,
) -> Result<Change, Refusal> {
    let state = permission.value.state(by.at, lesson);
    if !(state.waits() || matches!(state, State::Open | State::Begins)) {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?.to_owned();
    let mut change = append(permission, Action::PermissionEnded, by, Says::Ended(why.clone())).because(&why);
    let open = grants.iter().filter(|grant| !grant.value.is_over(by.at));
    for ended in open.filter_map(|grant| grant::end(grant, by.at).ok()) {
        change.writes.extend(ended.writes);
    }
    Ok(change)
}

/// Notes that its time is over, and tells those it concerns. What it opened ended by itself, to the moment.
pub fn lapse(permission: &Stored<Permission>, mails: Vec<Mail>, at: Moment) -> Option<Change> {
    let now = &permission.value;
    let given = matches!(now.entries.last().map(|entry| &entry.says), Some(Says::Given { .. }));
    let over = now.ask.until.is_some_and(|until| until <= at);
    // What ends with a lesson ends before everybody's eyes.
    if !given || !over || now.ask.lesson.is_some() {
        return None;
    }
    let mut next = now.clone();
    next.entries.push(Entry { by: None, at, says: Says::Lapsed });
    Some(told(about(&next, Change::of(Action::PermissionLapsed, permission.replace(&next))), mails))
}

/// The grants that make a permission true in the filter: what it opens, at each of its pages, to each of those it is for.
///
/// # Errors
/// As [`grant::for_permission`].
pub fn grants(
    permission: &Permission,
    sealed: impl Fn(&usher_lists::patterns::AddressPattern) -> bool,
    mut new_id: impl FnMut() -> usher_types::ids::GrantId,
    by: By,
) -> Result<Vec<Grant>, Refusal> {
    let ask = &permission.ask;
    let Some(until) = ask.until else { return Ok(Vec::new()) };
    let opens: Vec<Opens> = std::iter::once(Opens::Page).chain(ask.opens.iter().copied()).collect();
    let mut made = Vec::new();
    for page in &ask.pages {
        for &scope in &ask.whom {
            for &opens in &opens {
                let asked = grant::MakeGrant {
                    id: new_id(),
                    scope,
                    opens,
                    page: page.clone(),
                    reason: &ask.reason,
                    owner: by.person,
                    until,
                    sealed: sealed(page),
                };
                made.push(grant::for_permission(asked, ask.from, by.at)?);
            }
        }
    }
    Ok(made)
}

fn append(permission: &Stored<Permission>, action: Action, by: By, says: Says) -> Change {
    let mut next = permission.value.clone();
    next.entries.push(entry(by, says));
    about(&next, Change::of(action, permission.replace(&next)))
}

const fn is_of_one(matter: Matter) -> bool {
    !matches!(matter, Matter::Exception)
}

fn about(permission: &Permission, change: Change) -> Change {
    match permission.asker() {
        Some(asker) if is_of_one(permission.ask.matter) => change.about(asker),
        _ => change,
    }
}

fn told(mut change: Change, mails: Vec<Mail>) -> Change {
    change.mails.extend(mails);
    change
}
