//! Days of grace: a child who comes, or moves to another agreement, in the middle of a year has the web for some school days while
//! their parent's part is awaited, where the school says so. Their own part comes first, and the days begin with it.

use jiff::ToSpan as _;
use usher_types::calendar::SchoolCalendar;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use super::{Known, this_year};
use crate::agreement::AgreementVersion;
use crate::person::Person;
use crate::signature::{Part, Signature};

/// Whether days of grace begin as soon as the child signs their own part.
pub(super) fn begins(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> bool {
    let calendar = known.calendar.filter(|_| known.settings.agreements.joiner_days > 0);
    let Some(calendar) = calendar.filter(|_| child.kind == PersonKind::Pupil) else { return false };
    let first = first_signed(child, signatures, known, current, at);
    first.is_none()
        && (is_joiner(child, known, calendar, current, at) || is_mover(child, signatures, known, current, at))
}

/// Until when they last, once the child has signed; none where there are none.
pub(super) fn until(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> Option<Moment> {
    let calendar = known.calendar.filter(|_| child.kind == PersonKind::Pupil)?;
    let first = first_signed(child, signatures, known, current, at)?;
    if !is_joiner(child, known, calendar, current, at) && !is_mover(child, signatures, known, current, first)
    {
        return None;
    }
    let days = u32::from(known.settings.agreements.joiner_days);
    // None of no days, and where the terms entered do not reach.
    let last = calendar.school_days_from(known.zone.local(first).date(), days)?;
    Some(known.zone.start_of(last.checked_add(1.day()).ok()?))
}

/// When the child first signed this agreement in this school year: signing anew prolongs nothing.
fn first_signed(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> Option<Moment> {
    let own = signatures.iter().filter(|one| one.person == child.id && one.part == Part::Own);
    let of_it = own.filter(|one| one.agreement == current.key && this_year(one.at, at, known.zone));
    of_it.map(|one| one.at).min()
}

/// Who came after the school year had begun, and after the school first asked for this agreement: those who were there when it was
/// put out are no joiners.
fn is_joiner(
    child: &Person,
    known: Known<'_>,
    calendar: &SchoolCalendar,
    current: &AgreementVersion,
    at: Moment,
) -> bool {
    let Some(joined) = child.joined else { return false };
    let year = SchoolCalendar::year_start(known.zone.local(at).date());
    let began = calendar.school_days_from(year, 1);
    let published = known.versions.iter().filter(|version| version.key == current.key);
    let asked = published.map(|version| known.zone.local(version.published_at).date()).min();
    SchoolCalendar::year_start(joined) == year
        && began.is_some_and(|began| began < joined)
        && asked.is_some_and(|asked| asked < joined)
}

/// For whom another agreement was signed earlier in this school year.
fn is_mover(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    before: Moment,
) -> bool {
    let theirs = |one: &&Signature| match one.part {
        Part::Own => one.person == child.id,
        Part::ParentFor(other) => other == child.id,
    };
    signatures
        .iter()
        .filter(theirs)
        .any(|one| one.agreement != current.key && one.at < before && this_year(one.at, before, known.zone))
}
