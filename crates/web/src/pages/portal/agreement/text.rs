//! The agreement somebody signs: the version in force, its text, and where they stand with it.

use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::person::Person;
use usher_records::settings::Settings;
use usher_records::signature::{Part, Signature};
use usher_records::standing::{self, DueReason, Known, Standing};
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::role::{PersonKind, Year};

use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;

/// A version in force and its text.
#[derive(Debug)]
pub(in crate::pages::portal) struct InForce {
    /// The version.
    pub(in crate::pages::portal) version: AgreementVersion,
    /// Its text.
    pub(in crate::pages::portal) text: AgreementText,
}

/// The version of an agreement that is in force; none when the school has not published one.
pub(in crate::pages::portal) async fn in_force(app: &App, key: &str) -> Result<Option<InForce>, AppFault> {
    let versions = app.books.find::<AgreementVersion>("key", key).await?;
    let Some(version) = versions.into_iter().map(|stored| stored.value).find(|version| version.in_force)
    else {
        return Ok(None);
    };
    let text = read(app, version.digest).await?;
    Ok(Some(InForce { version, text }))
}

/// The text with this digest.
pub(in crate::pages::portal) async fn read(app: &App, digest: Digest) -> Result<AgreementText, AppFault> {
    let unreadable = |what: String| AppFault::Store(StoreError::Unreadable { what });
    let bytes = app.books.store().blob(app.books.school(), digest).await?;
    let bytes = bytes.ok_or_else(|| unreadable(format!("the text of agreement {}", digest.short())))?;
    let text = String::from_utf8_lossy(&bytes);
    AgreementText::parse(&text).map_err(|fault| unreadable(format!("agreement {}: {fault}", digest.short())))
}

/// The clause somebody of this kind accepts at each sign-in, in the words of the agreement that is theirs.
pub(in crate::pages::portal) async fn each_time(
    app: &App,
    settings: &Settings,
    kind: PersonKind,
    year: Option<Year>,
) -> Result<Option<String>, AppFault> {
    let Some(key) = settings.agreement_for(kind, year) else { return Ok(None) };
    Ok(in_force(app, key).await?.and_then(|current| current.text.head.each_time))
}

/// Somebody's own part of the agreement that is theirs.
#[derive(Debug)]
pub(in crate::pages::portal) struct Situation {
    /// What is in force for them.
    pub(in crate::pages::portal) current: InForce,
    /// Where they stand with their own part, whatever a parent still owes.
    pub(in crate::pages::portal) standing: Standing,
    /// The latest they signed of this agreement, in whatever version.
    pub(in crate::pages::portal) latest: Option<Signature>,
}

impl Situation {
    /// Whether there is something to sign.
    pub(in crate::pages::portal) const fn is_due(&self) -> bool {
        matches!(self.standing, Standing::Due { .. } | Standing::DueBy { .. })
    }

    /// Whether they signed and the words changed since, in a way that matters (AGR-19).
    pub(in crate::pages::portal) const fn is_again(&self) -> bool {
        matches!(self.standing, Standing::DueBy { .. } | Standing::Due { why: DueReason::Changed, .. })
    }
}

/// Where somebody stands; none when the school asks no agreement of them.
pub(in crate::pages::portal) async fn situation(
    app: &App,
    device: &AtDevice,
    person: &Person,
) -> Result<Option<Situation>, AppFault> {
    let settings = &device.school.settings;
    let Some(key) = settings.agreement_for(person.kind, person.year) else { return Ok(None) };
    let Some(current) = in_force(app, key).await? else { return Ok(None) };
    let versions = app.books.values::<AgreementVersion>().await?;
    let signatures = signatures_of(app, person).await?;
    let own = settings.own_part_alone();
    let known = Known::of_own_part(&own, &versions, &device.school.zone);
    let standing = standing::of(person, &signatures, known, device.at);
    let mine = signatures.into_iter().filter(|one| one.agreement == key && one.part == Part::Own);
    let latest = mine.max_by_key(|signature| signature.at);
    Ok(Some(Situation { current, standing, latest }))
}

/// The words somebody signed last, where they are to sign others now.
pub(in crate::pages::portal) async fn earlier(
    app: &App,
    situation: &Situation,
) -> Result<Option<AgreementText>, AppFault> {
    let now = situation.current.text.digest;
    match situation.latest.as_ref().filter(|signature| situation.is_due() && signature.digest != now) {
        Some(signature) => Ok(Some(read(app, signature.digest).await?)),
        None => Ok(None),
    }
}

/// Everything somebody signed, latest first.
pub(in crate::pages::portal) async fn signatures_of(
    app: &App,
    person: &Person,
) -> Result<Vec<Signature>, AppFault> {
    let found = app.books.find::<Signature>("person", person.id).await?;
    let mut signatures: Vec<Signature> = found.into_iter().map(|stored| stored.value).collect();
    signatures.sort_by_key(|signature| std::cmp::Reverse(signature.at));
    Ok(signatures)
}
