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

/// The first school days of a year in which everybody comes: a roster that is brought in late does not make joiners of a whole intake.
const INTAKE_SCHOOL_DAYS: u32 = 10;

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
    let comes = is_joiner(child, known, calendar, current, at)
        && first_signed(child, signatures, known, None, at).is_none();
    let moves = is_mover(child, signatures, known, current, at)
        && first_signed(child, signatures, known, Some(&current.key), at).is_none();
    comes || moves
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
    let signed = first_signed(child, signatures, known, Some(&current.key), at)?;
    let since = if is_mover(child, signatures, known, current, signed) {
        signed
    } else if is_joiner(child, known, calendar, current, at) {
        // Whoever comes and is then moved has had their days.
        first_signed(child, signatures, known, None, at)?
    } else {
        return None;
    };
    let days = u32::from(known.settings.agreements.joiner_days);
    // None of no days, and where the terms entered do not reach.
    let last = calendar.school_days_from(known.zone.local(since).date(), days)?;
    Some(known.zone.start_of(last.checked_add(1.day()).ok()?))
}

/// When the child first signed in this school year, this agreement or any: signing anew prolongs nothing.
fn first_signed(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    key: Option<&str>,
    at: Moment,
) -> Option<Moment> {
    let own = signatures.iter().filter(|one| one.person == child.id && one.part == Part::Own);
    let of_it =
        own.filter(|one| key.is_none_or(|key| one.agreement == key) && this_year(one.at, at, known.zone));
    of_it.map(|one| one.at).min()
}

/// Who came when the year was under way, and after the school first asked for this agreement: those who were there when it was
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
    let all_came = calendar.school_days_from(year, INTAKE_SCHOOL_DAYS);
    let published = known.versions.iter().filter(|version| version.key == current.key);
    let asked = published.map(|version| known.zone.local(version.published_at).date()).min();
    SchoolCalendar::year_start(joined) == year
        && all_came.is_some_and(|all_came| all_came < joined)
        && asked.is_some_and(|asked| asked < joined)
}

/// Whose parent answered for another agreement: in this school year, or ever where pupils do not sign each year. Without such an
/// answer a move gives nobody time.
fn is_mover(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    before: Moment,
) -> bool {
    let yearly = known.settings.agreements.pupils_yearly;
    signatures
        .iter()
        .filter(|one| one.part == Part::ParentFor(child.id) && one.agreement != current.key)
        .any(|one| one.at < before && (!yearly || this_year(one.at, before, known.zone)))
}
