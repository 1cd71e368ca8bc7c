//! Paper slips (AGR-09): printed with a code for one child and one version of an agreement, brought back, scanned, and
//! entered once. The code says nothing of the child; this record does.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::calendar::SchoolCalendar;
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId, SignatureId};
use usher_types::moment::{Moment, Zone};

use crate::agreement::{AgreementText, AgreementVersion};
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::code::Code;
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::signature::{How, Part, Sign, sign};
use crate::standing::Known;

/// Marks ids of slips.
#[derive(Debug)]
pub enum SlipNoun {}
impl Named for SlipNoun {
    const NOUN: &'static str = "slip";
}
/// A slip's id.
pub type SlipId = Id<SlipNoun>;

/// Scans kept with one slip. A page is scanned again when it was blurred; a hundred times is a mistake.
pub const MOST_SCANS: usize = 8;

/// A slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Its id.
    pub id: SlipId,
    /// What is printed on it.
    pub code: Code,
    /// Whose agreement it is.
    pub child: PersonId,
    /// The agreement's key.
    pub agreement: String,
    /// The mark people know the version by.
    pub version: String,
    /// The digest of the exact text.
    pub digest: Digest,
    /// When it was printed first.
    pub printed_at: Moment,
    /// Who printed it.
    pub printed_by: PersonId,
    /// What was entered of it; none until it is back.
    pub entered: Option<Entered>,
    /// Pictures of it.
    #[serde(default)]
    pub scans: Vec<Scan>,
}

/// What was entered of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// When.
    pub at: Moment,
    /// Who entered it.
    pub by: PersonId,
    /// The signatures on it.
    pub signatures: Vec<SignatureId>,
}

/// A picture of a slip. What lies in the store is encrypted; the record outlives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The digest of the file that was uploaded.
    pub uploaded: Digest,
    /// Where the encrypted picture lies.
    pub sealed: Digest,
    /// The file's name, and the page where it has several.
    pub name: String,
    /// Who uploaded it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// When the picture was deleted, its time being over.
    pub deleted: Option<Moment>,
}

impl Slip {
    /// The name its pictures are encrypted under: one slip's never opens as another's.
    pub fn sealed_as(&self) -> String {
        format!("slip {}", self.code)
    }

    /// Its pictures that are still kept, with their places.
    pub fn pictures(&self) -> impl Iterator<Item = (usize, &Scan)> {
        self.scans.iter().enumerate().filter(|(_, scan)| scan.deleted.is_none())
    }
}

impl Noun for Slip {
    const KIND: Kind = Kind::Slip;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys =
            vec![IndexKey::unique("code", self.code.letters()), IndexKey::shared("child", self.child)];
        if self.pictures().next().is_some() {
            keys.push(IndexKey::shared("pictures", "yes"));
        }
        keys
    }
}

/// A new slip to print.
#[derive(Debug)]
pub struct Print<'a> {
    /// Its id.
    pub id: SlipId,
    /// Its code.
    pub code: Code,
    /// For whom.
    pub child: PersonId,
    /// What is signed.
    pub version: &'a AgreementVersion,
    /// Who prints.
    pub by: PersonId,
}

/// The slips of one print; none when there is nothing new.
pub fn print(slips: Vec<Print<'_>>, at: Moment) -> Option<Change> {
    let mut writes = slips.into_iter().map(|asked| {
        let slip = Slip {
            id: asked.id,
            code: asked.code,
            child: asked.child,
            agreement: asked.version.key.clone(),
            version: asked.version.version.clone(),
            digest: asked.version.digest,
            printed_at: at,
            printed_by: asked.by,
            entered: None,
            scans: Vec::new(),
        };
        Write::of(&slip, Expect::New)
    });
    let first = Change::of(Action::SlipsPrinted, writes.next()?);
    Some(writes.fold(first, Change::and))
}

/// Keeps a picture with a slip. The same file again changes nothing.
///
/// # Errors
/// [`Refusal::AlreadySo`] when this file is kept with it, [`Refusal::TooLong`] when it has pictures enough.
pub fn attach(slip: &Stored<Slip>, scan: Scan) -> Result<Change, Refusal> {
    if slip.value.pictures().any(|(_, kept)| kept.uploaded == scan.uploaded && kept.name == scan.name) {
        return Err(Refusal::AlreadySo);
    }
    if slip.value.pictures().count() >= MOST_SCANS {
        return Err(Refusal::TooLong);
    }
    let mut next = slip.value.clone();
    next.scans.push(scan);
    Ok(Change::of(Action::SlipScanned, slip.replace(&next)).about(next.child))
}

/// Whose part of the agreement a slip has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The child's.
    pub child: bool,
    /// A parent's.
    pub parent: bool,
}

impl Parts {
    /// What this school asks for on a pupil's slip.
    pub const fn asked(settings: &Settings) -> Self {
        let parent = settings.agreements.parent_first || settings.agreements.with_parent;
        Self { child: true, parent }
    }
}

/// What the office enters of a slip.
#[derive(Debug)]
pub struct Enter<'a> {
    /// The child.
    pub child: &'a Person,
    /// The parent who signed, and whether they are entered here for the first time.
    pub parent: Option<(&'a Person, bool)>,
    /// Whether the child signed.
    pub child_signed: bool,
    /// Whether it says that they talked about it (AGR-08).
    pub discussed: bool,
    /// New ids: for the child's signature and the parent's.
    pub ids: [SignatureId; 2],
    /// Who enters it.
    pub by: PersonId,
}

/// Enters a slip that came back: its signatures, and a parent the school did not have. `text` is the one that was printed;
/// `wanted` is what the child's slip has to be now.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was entered; [`Refusal::AgreementChanged`] when something that matters changed since it was
/// printed, the child signs another agreement now, or a school year began in which all sign anew; [`Refusal::NothingSigned`] when nobody signed; what [`sign`] refuses.
pub fn enter(
    slip: &Stored<Slip>,
    asked: &Enter<'_>,
    text: &AgreementText,
    wanted: Wanted<'_>,
    at: Moment,
) -> Result<Change, Refusal> {
    if slip.value.entered.is_some() {
        return Err(Refusal::AlreadySo);
    }
    if is_overtaken(&slip.value, wanted) || text.digest != slip.value.digest {
        return Err(Refusal::AgreementChanged);
    }
    let on_paper = |id, person, part| Sign {
        id,
        person,
        part,
        shown: text.digest,
        answer: None,
        typed_name: None,
        discussed: asked.discussed,
        how: How::OnPaper,
        entered_by: Some(asked.by),
        read_in: None,
    };
    let [own, beside] = asked.ids;
    let mut signatures = Vec::new();
    if asked.child_signed {
        signatures.push(sign(&on_paper(own, asked.child, Part::Own), text, at)?);
    }
    if let Some((parent, _)) = asked.parent {
        let part = Part::ParentFor(asked.child.id);
        signatures.push(sign(&on_paper(beside, parent, part), text, at)?);
    }
    if signatures.is_empty() {
        return Err(Refusal::NothingSigned);
    }
    let entered = Entered {
        at,
        by: asked.by,
        signatures: signatures.iter().map(|(signature, _)| signature.id).collect(),
    };
    let next = Slip { entered: Some(entered), ..slip.value.clone() };
    let mut change = Change::of(Action::AgreementSigned, slip.replace(&next)).about(asked.child.id);
    if let Some((parent, true)) = asked.parent {
        change = change.and(Write::of(parent, Expect::New));
    }
    change.writes.extend(signatures.into_iter().flat_map(|(_, signed)| signed.writes));
    Ok(change)
}

/// What a child's slip has to be now, to be printed again or entered.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The agreement they sign.
    pub agreement: Option<&'a str>,
    /// When the school year began, where pupils sign anew in each (AGR-05): a slip printed before is last year's.
    pub year: Option<Moment>,
    /// Every version of the slip's agreement, or of all.
    pub versions: &'a [AgreementVersion],
}

impl<'a> Wanted<'a> {
    /// What it has to be for this child.
    pub fn of(child: &Person, known: Known<'a>, at: Moment) -> Self {
        let year = || known.zone.start_of(SchoolCalendar::year_start(known.zone.local(at).date()));
        Self {
            agreement: known.settings.agreement_for(child.kind, child.year),
            year: known.settings.signs_yearly(child.kind).then(year),
            versions: known.versions,
        }
    }
}

/// Whether a slip is not good any more: the child signs another agreement now, it is of a school year that is over, or a version that
/// must be signed anew came after its text.
pub fn is_overtaken(slip: &Slip, wanted: Wanted<'_>) -> bool {
    if wanted.agreement != Some(slip.agreement.as_str())
        || wanted.year.is_some_and(|year| slip.printed_at < year)
    {
        return true;
    }
    let of_key = || wanted.versions.iter().filter(|version| version.key == slip.agreement);
    let printed = of_key().find(|version| version.digest == slip.digest).map(|version| version.published_at);
    of_key().any(|version| {
        version.material
            && version.digest != slip.digest
            && printed.is_none_or(|at| version.published_at > at)
    })
}

/// What is known when it is asked how long a slip's pictures stay.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// Whether pupils sign every school year.
    pub yearly: bool,
    /// Days the pictures stay after the agreement ended.
    pub days: u16,
    /// Every version ever published.
    pub versions: &'a [AgreementVersion],
    /// The school's time zone.
    pub zone: &'a Zone,
}

/// When the pictures of a slip are deleted: some days after the agreement ended for this child. It ends with the school year
/// where pupils sign yearly, when a version that must be signed anew takes its place, or when the child leaves. None
/// while it goes on. A picture brought later stays as long from then.
pub fn pictures_until(slip: &Slip, child: Option<&Person>, keeping: Keeping<'_>) -> Option<Moment> {
    let Keeping { yearly, days, versions, zone } = keeping;
    let signed = slip.entered.as_ref().map_or(slip.printed_at, |entered| entered.at);
    let year_end = yearly.then(|| {
        let start = SchoolCalendar::year_start(zone.local(signed).date());
        zone.start_of(Date::new(start.year().saturating_add(1), start.month(), start.day()).unwrap_or(start))
    });
    let replaced = versions
        .iter()
        .filter(|version| {
            version.key == slip.agreement && version.material && version.published_at > slip.printed_at
        })
        .map(|version| version.published_at)
        .min();
    // Of whom there is no record any more, nothing is kept.
    let left = child.map_or(Some(signed), |child| child.left.map(|left| zone.start_of(left)));
    let end = [year_end, replaced, left].into_iter().flatten().min()?;
    // A slip found and scanned when its time was over already stays as long as any.
    let end = slip.pictures().map(|(_, scan)| scan.at).fold(end, Moment::max);
    Some(end.plus_minutes(i64::from(days) * 24 * 60))
}

/// Notes that the pictures of a slip are deleted; none when it has none.
pub fn forget(slip: &Stored<Slip>, at: Moment) -> Option<Change> {
    let mut next = slip.value.clone();
    next.scans.iter_mut().filter(|scan| scan.deleted.is_none()).for_each(|scan| scan.deleted = Some(at));
    (next != slip.value).then(|| Change::of(Action::ScansDeleted, slip.replace(&next)).about(next.child))
}

#[cfg(test)]
mod tests;
