//! The register and the outstanding lists, read from the books and narrowed by class, kind and agreement.

use serde::Deserialize;
use usher_records::agreement::AgreementVersion;
use usher_records::group::Group;
use usher_records::parents_place::ParentsPlace;
use usher_records::person::Person;
use usher_records::signature::Signature;
use usher_reports::agreements::{Books, Missing, Section, SectionOf, sections};
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::people::percent;
use crate::pages::desk::standings;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;

/// What the pages are narrowed by.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    /// A class by name, or a kind of adults.
    #[serde(default)]
    pub(super) section: String,
    /// The title of an agreement.
    #[serde(default)]
    pub(super) agreement: String,
    /// A part of a name.
    #[serde(default)]
    pub(super) q: String,
    /// What was just done.
    #[serde(default)]
    pub(super) done: Option<String>,
}

impl Asked {
    /// The same narrowing, as an address has it.
    pub(super) fn query(&self) -> String {
        let Self { section, agreement, q, done: _ } = self;
        let parts = [("section", section), ("agreement", agreement), ("q", q)];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
    }
}

/// Everything, in the order of the register.
pub(in crate::pages::desk) async fn everything(app: &App, desk: &AtDesk) -> Result<Vec<Section>, AppFault> {
    let today = Clock::at(desk).today();
    let mut people = app.books.values::<Person>().await?;
    people.retain(|person| person.is_here(today));
    let groups = app.books.values::<Group>().await?;
    let signatures = app.books.values::<Signature>().await?;
    let versions = app.books.values::<AgreementVersion>().await?;
    let standings = standings::of(app, desk, &people).await?;
    let places = app.books.values::<ParentsPlace>().await?;
    let in_place: Vec<&ParentsPlace> =
        places.iter().filter(|place| place.stands(desk.at, &desk.school.zone)).collect();
    Ok(sections(Books {
        people: &people,
        groups: &groups,
        signatures: &signatures,
        in_place: &in_place,
        versions: &versions,
        standings: &standings,
    }))
}

/// What is left after narrowing. A section's count stays that of the whole section.
pub(super) fn narrow(mut sections: Vec<Section>, asked: &Asked) -> Vec<Section> {
    let wanted = asked.q.trim().to_lowercase();
    sections.retain(|section| asked.section.is_empty() || value(&section.of) == asked.section);
    for section in &mut sections {
        section.signed.retain(|signed| {
            (asked.agreement.is_empty() || signed.agreement == asked.agreement)
                && signed.name.to_lowercase().contains(&wanted)
        });
        section
            .in_place
            .retain(|place| asked.agreement.is_empty() && place.name.to_lowercase().contains(&wanted));
        section.outstanding.retain(|owing| owing.name.to_lowercase().contains(&wanted));
    }
    sections
}

/// The fields that narrow.
pub(super) fn search(says: &Says, sections: &[Section], asked: &Asked, by_agreement: bool) -> Vec<Field> {
    let none = Errors::none();
    let fields = Fields::new(says, &none);
    let all = std::iter::once(Choice::new("", says.t("agreements-everybody")));
    let of = sections.iter().map(|section| Choice::new(value(&section.of), name(says, &section.of)));
    let mut search = vec![fields.select("section", choosing(all.chain(of).collect(), &asked.section))];
    if by_agreement {
        let mut titles: Vec<&String> =
            sections.iter().flat_map(|section| &section.signed).map(|signed| &signed.agreement).collect();
        titles.sort_unstable();
        titles.dedup();
        let any = std::iter::once(Choice::new("", says.t("agreements-any")));
        let titles = titles.into_iter().map(|title| Choice::new(title, title));
        search.push(fields.select("agreement", choosing(any.chain(titles).collect(), &asked.agreement)));
    }
    search.push(fields.short("q", &asked.q).labelled(says.t("people-search")));
    search
}

/// A section as addresses name it.
pub(in crate::pages::desk) fn value(of: &SectionOf) -> String {
    match of {
        SectionOf::Class { name, .. } => format!("class:{name}"),
        SectionOf::NoClass => PersonKind::Pupil.name().to_owned(),
        SectionOf::Adults(kind) => kind.name().to_owned(),
        SectionOf::Left => "left".to_owned(),
    }
}

/// A section in words.
pub(super) fn name(says: &Says, of: &SectionOf) -> String {
    match of {
        SectionOf::Class { name, .. } => name.clone(),
        SectionOf::NoClass => says.t("report-section-no-class"),
        SectionOf::Adults(kind) => says.t(format!("report-kinds-{}", kind.name())),
        SectionOf::Left => says.t("report-section-left"),
    }
}

/// How far a section is.
pub(super) fn done(says: &Says, section: &Section) -> String {
    if section.asked == 0 {
        return says.t("report-none-asked");
    }
    says.t2("report-done-of", ("done", &section.done), ("asked", &section.asked))
}

/// What is missing, in words.
pub(super) fn missing(f: &Frame, clock: Clock<'_>, missing: Missing) -> String {
    match missing {
        Missing::Own => f.says.t("report-missing-own"),
        Missing::OwnBy(by) => f.says.t1("report-missing-own-by", "date", clock.day(by)),
        Missing::ParentBy(by) => f.says.t1("report-missing-parent-by", "date", clock.day(by)),
        Missing::Parent => f.says.t("report-missing-parent"),
    }
}
