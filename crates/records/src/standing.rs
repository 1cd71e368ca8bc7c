//! Where somebody stands with the agreement they owe: signed, or due and why.

mod grace;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::PersonId;
use usher_types::moment::{Moment, Zone};

use crate::agreement::AgreementVersion;
use crate::parents_place::ParentsPlace;
use crate::person::Person;
use crate::settings::Settings;
use crate::signature::{Part, Signature};
use usher_types::role::PersonKind;

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The agreement in force is signed.
    Signed,
    /// It is due, but access goes on until this moment (AGR-19).
    DueBy {
        /// Which agreement.
        agreement: String,
        /// When access narrows.
        by: Moment,
    },
    /// It is due and nothing opens before it is signed.
    Due {
        /// Which agreement.
        agreement: String,
        /// Why it is due.
        why: DueReason,
    },
    /// The child signed; the parent's answer is awaited, and access goes on until this moment (AGR-05, AGR-19).
    ParentBy {
        /// Which agreement.
        agreement: String,
        /// When access narrows.
        by: Moment,
    },
    /// The child signed, or may; the parent's answer is missing (AGR-07, AGR-08).
    ParentMissing {
        /// Which agreement.
        agreement: String,
    },
    /// The school asks no agreement of this person.
    NoneAsked,
}

/// Why an agreement is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueReason {
    /// Never signed.
    New,
    /// A new school year began (AGR-05).
    NewYear,
    /// The agreement changed in a way that matters (AGR-19).
    Changed,
    /// The person now signs another agreement: a child who moved from Year 2 to Year 3 (AGR-12).
    AnotherText,
}

impl Standing {
    /// Whether the web is open to them as far as agreements go.
    pub fn opens(&self, at: Moment) -> bool {
        match self {
            Self::Signed | Self::NoneAsked => true,
            Self::DueBy { by, .. } | Self::ParentBy { by, .. } => at < *by,
            Self::Due { .. } | Self::ParentMissing { .. } => false,
        }
    }

    /// The agreement that wants signing, if any does.
    pub fn owed(&self) -> Option<&str> {
        match self {
            Self::DueBy { agreement, .. }
            | Self::Due { agreement, .. }
            | Self::ParentBy { agreement, .. }
            | Self::ParentMissing { agreement } => Some(agreement),
            Self::Signed | Self::NoneAsked => None,
        }
    }
}

/// What is known when standing is worked out.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The school's settings.
    pub settings: &'a Settings,
    /// Every version ever published, in any order.
    pub versions: &'a [AgreementVersion],
    /// What was answered in a parent's place, of the people asked about or of all.
    pub in_place: &'a [ParentsPlace],
    /// The school's terms, by which days of grace are counted; none where nobody waits for a parent.
    pub calendar: Option<&'a SchoolCalendar>,
    /// The school's time zone.
    pub zone: &'a Zone,
}

impl<'a> Known<'a> {
    /// What is asked of somebody's own part alone, by settings that ask for no other: nobody answers for anybody, and nobody waits.
    pub const fn of_own_part(
        settings: &'a Settings,
        versions: &'a [AgreementVersion],
        zone: &'a Zone,
    ) -> Self {
        Self { settings, versions, in_place: &[], calendar: None, zone }
    }
}

/// Where `person` stands at `at`, given every signature that is theirs or made for them.
pub fn of(person: &Person, signatures: &[Signature], known: Known<'_>, at: Moment) -> Standing {
    let Some(key) = known.settings.agreement_for(person.kind, person.year) else {
        return Standing::NoneAsked;
    };
    let Some(current) = known.versions.iter().find(|version| version.key == key && version.in_force) else {
        // Asked for and not put out yet: as if it were due, so that nothing opens unsigned.
        return Standing::Due { agreement: key.to_owned(), why: DueReason::New };
    };
    if person.kind == PersonKind::Pupil && known.settings.agreements.parent_first {
        // AGR-07: the parent has seen it before the child uses anything.
        let parent = parent_standing(person, signatures, known, current, at);
        // Whoever has days of grace signs their own part first, and these begin then.
        if matches!(parent, Standing::ParentMissing { .. })
            && !grace::begins(person, signatures, known, current, at)
        {
            return parent;
        }
    }
    let own = own_standing(person, signatures, known, current, at);
    let agreements = &known.settings.agreements;
    let with_parent = person.kind == PersonKind::Pupil && (agreements.with_parent || agreements.parent_first);
    if !with_parent || matches!(own, Standing::Due { .. }) {
        return own;
    }
    let parent = parent_standing(person, signatures, known, current, at);
    // Time for the child to sign anew is no time for a parent who never answered: whichever shuts first is told first.
    if shuts_at(&parent) < shuts_at(&own) { parent } else { own }
}

/// From when on the web is shut for this; the last of all moments where it is not.
const fn shuts_at(standing: &Standing) -> Moment {
    match standing {
        Standing::Signed | Standing::NoneAsked => Moment::from_unix_ms(i64::MAX),
        Standing::DueBy { by, .. } | Standing::ParentBy { by, .. } => *by,
        Standing::Due { .. } | Standing::ParentMissing { .. } => Moment::from_unix_ms(i64::MIN),
    }
}

/// Where a pupil stands by their parent's answer alone. One who answered earlier words, or last year, or for the agreement of younger
/// children, has as long for the next answer as anybody has to sign again (AGR-19); nothing shuts in the middle of a lesson.
fn parent_standing(
    child: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> Standing {
    // What the school answers itself holds whatever the words are: it wrote them.
    if answered_in_place(child.id, known, at).is_some()
        || parent_answered(child.id, signatures, known, current, at)
    {
        return Standing::Signed;
    }
    let agreement = current.key.clone();
    let again = time_to_answer_again(child.id, signatures, known, current, at);
    let by = again.max(grace::until(child, signatures, known, current, at));
    match by.filter(|by| at < *by) {
        Some(by) => Standing::ParentBy { agreement, by },
        None => Standing::ParentMissing { agreement },
    }
}

/// Until when a parent who answered once may answer again; none who never did.
fn time_to_answer_again(
    child: PersonId,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> Option<Moment> {
    let earlier = signatures.iter().filter(|signature| signature.part == Part::ParentFor(child));
    let latest = earlier.max_by_key(|signature| signature.at)?;
    let mut since = last_material(known, &current.key);
    if latest.agreement != current.key || !this_year(latest.at, at, known.zone) {
        let year = SchoolCalendar::year_start(known.zone.local(at).date());
        since = since.max(known.zone.start_of(year));
    }
    Some(time_to_sign(known, since))
}

/// Where a parent stands for one child: their own signature beside the child's.
pub fn parent_answered(
    child: PersonId,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> bool {
    let yearly = known.settings.agreements.pupils_yearly;
    signatures
        .iter()
        .filter(|signature| signature.part == Part::ParentFor(child))
        .any(|signature| counts(signature, known, current, yearly, at))
}

/// What stands in a parent's place for this child.
pub fn answered_in_place<'a>(child: PersonId, known: Known<'a>, at: Moment) -> Option<&'a ParentsPlace> {
    known.in_place.iter().find(|place| place.child == child && place.stands(at, known.zone))
}

/// The agreements the settings ask somebody for and of which no version is in force: until there is one, nothing opens for
/// those people.
pub fn not_put_out(settings: &Settings, versions: &[AgreementVersion]) -> Vec<String> {
    let in_force = |key: &str| versions.iter().any(|version| version.in_force && version.key == key);
    let asked = settings.agreements.audiences.iter().map(|audience| audience.agreement.clone());
    let missing: BTreeSet<String> = asked.filter(|key| !in_force(key)).collect();
    missing.into_iter().collect()
}

/// Whether whoever made a signature is asked for another since, because words came that must be signed again.
pub fn asked_again(signature: &Signature, known: Known<'_>) -> bool {
    // By the words signed, not by when: a slip may be entered after newer words came.
    let of_it = || known.versions.iter().filter(|version| version.key == signature.agreement);
    let signed = of_it().find(|version| version.digest == signature.digest);
    let since = signed.map_or(signature.at, |version| version.published_at);
    of_it().any(|version| {
        version.material
            && version.digest != signature.digest
            && (version.in_force || since < version.published_at)
    })
}

/// Whether a signature opens nothing any more because words that must be signed again came since, and the time for it is over.
pub fn lapsed(signature: &Signature, known: Known<'_>, at: Moment) -> bool {
    let last = last_material(known, &signature.agreement);
    asked_again(signature, known) && time_to_sign(known, last) <= at
}

/// How many of these people stand well with what is known `before` and owe a signature with what is known `after`:
/// what a new version asks of the school. Each comes with every signature that is theirs or made for them.
pub fn newly_due<'a>(
    people: impl Iterator<Item = (&'a Person, &'a [Signature])>,
    before: Known<'_>,
    after: Known<'_>,
    at: Moment,
) -> usize {
    // Nobody owes what is not there to be signed.
    let owes = |person, signatures, known: Known<'_>| {
        let there = |key: &str| known.versions.iter().any(|version| version.in_force && version.key == key);
        of(person, signatures, known, at).owed().is_some_and(there)
    };
    people
        .filter(|(person, signatures)| !owes(person, signatures, before) && owes(person, signatures, after))
        .count()
}

fn own_standing(
    person: &Person,
    signatures: &[Signature],
    known: Known<'_>,
    current: &AgreementVersion,
    at: Moment,
) -> Standing {
    let mine =
        || signatures.iter().filter(|signature| signature.person == person.id && signature.part == Part::Own);
    let yearly = known.settings.signs_yearly(person.kind);
    if mine().any(|signature| counts(signature, known, current, yearly, at)) {
        return Standing::Signed;
    }
    let agreement = current.key.clone();
    let Some(latest) = mine().max_by_key(|signature| signature.at) else {
        return Standing::Due { agreement, why: DueReason::New };
    };
    if latest.agreement != current.key {
        return Standing::Due { agreement, why: DueReason::AnotherText };
    }
    if yearly && !this_year(latest.at, at, known.zone) {
        return Standing::Due { agreement, why: DueReason::NewYear };
    }
    let by = time_to_sign(known, last_material(known, &current.key));
    if at < by {
        Standing::DueBy { agreement, by }
    } else {
        Standing::Due { agreement, why: DueReason::Changed }
    }
}

/// Whether a signature still counts: for the text in force, or for an earlier one since which nothing material
/// changed; and from this school year where the school asks that.
fn counts(
    signature: &Signature,
    known: Known<'_>,
    current: &AgreementVersion,
    yearly: bool,
    at: Moment,
) -> bool {
    let right_text = signature.agreement == current.key
        && (signature.digest == current.digest || signature.at >= last_material(known, &current.key));
    right_text && (!yearly || this_year(signature.at, at, known.zone))
}

/// When the last version that must be signed again was published.
fn last_material(known: Known<'_>, key: &str) -> Moment {
    known
        .versions
        .iter()
        .filter(|version| version.key == key && version.material)
        .map(|version| version.published_at)
        .max()
        .unwrap_or(Moment::from_unix_ms(i64::MIN))
}

/// Until when words that were published then may be signed.
fn time_to_sign(known: Known<'_>, published: Moment) -> Moment {
    published.plus_minutes(i64::from(known.settings.agreements.days_to_sign_again) * 24 * 60)
}

fn this_year(signed: Moment, at: Moment, zone: &Zone) -> bool {
    let year = |moment: Moment| -> Date { SchoolCalendar::year_start(zone.local(moment).date()) };
    year(signed) == year(at)
}
