//! What counts as an infringement and what may follow (INC-22), in the words of whoever reads it: on pages of the portal and
//! of the desk, and on paper. Made from the school's own lists each time it is shown.

use usher_records::case::rules::KindRule;
use usher_records::change::Actor;
use usher_records::person::Person;
use usher_records::reading::{self, Listing, Reading};
use usher_records::settings::Settings;
use usher_reports::document::{Paper, PaperSection};
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::view::says::Says;

/// It, in words.
pub(crate) struct Told {
    /// What breaks a rule.
    pub(crate) kinds: Vec<String>,
    /// What may follow, lightest first.
    pub(crate) steps: Vec<String>,
    /// How the web may be narrowed.
    pub(crate) narrowings: Vec<String>,
}

/// What somebody is told: whoever works here also what adults may do wrong.
pub(crate) fn of(settings: &Settings, kind: PersonKind) -> Listing {
    Listing::of(&settings.cases, works_here(kind))
}

const fn works_here(kind: PersonKind) -> bool {
    !matches!(kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor)
}

/// Says it.
pub(crate) fn told(says: &Says, listing: &Listing) -> Told {
    let kind = |kind: &KindRule| {
        if kind.title.is_empty() { says.of("case-kind", &kind.name) } else { kind.title.clone() }
    };
    Told {
        kinds: listing.kinds.iter().map(kind).collect(),
        steps: listing.steps.iter().map(|step| says.of("case-step", step.name())).collect(),
        narrowings: listing.narrowings.iter().map(|one| says.of("conduct-narrowing", one.name())).collect(),
    }
}

/// It on paper, for a reader.
pub(crate) fn on_paper(says: &Says, told: Told) -> Paper {
    let section = |key: &str, texts: Vec<String>| PaperSection {
        heading: says.t(key),
        texts: texts.into_iter().map(|text| format!("• {text}")).collect(),
        ..PaperSection::default()
    };
    let narrowings = (!told.narrowings.is_empty()).then(|| section("conduct-narrowings", told.narrowings));
    let first = [section("conduct-kinds", told.kinds), section("conduct-steps", told.steps)];
    Paper {
        title: says.t("conduct-title"),
        lead: vec![says.t("conduct-text")],
        sections: first.into_iter().chain(narrowings).collect(),
        ..Paper::default()
    }
}

/// When somebody read this; none while they have not.
pub(crate) async fn read_at(
    app: &App,
    person: PersonId,
    listing: &Listing,
) -> Result<Option<Moment>, AppFault> {
    let digest = listing.digest();
    let readings = app.books.find::<Reading>("person", person).await?;
    Ok(readings.into_iter().map(|stored| stored.value).find(|one| one.digest == digest).map(|one| one.at))
}

/// Keeps that they read it. Pressed twice, it is read once.
pub(crate) async fn read(
    app: &App,
    person: PersonId,
    digest: Digest,
    actor: &Actor,
    at: Moment,
) -> Result<(), AppFault> {
    let reading = Reading { id: app.new_id(), person, digest, at };
    match app.books.commit(&reading::read(&reading), actor, at).await {
        Ok(_) | Err(StoreError::Taken { key: "once", .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether somebody is asked to read it: pupils, and whoever works here.
pub(crate) fn is_asked(person: &Person) -> bool {
    person.kind == PersonKind::Pupil || works_here(person.kind)
}
