//! Where many people stand with their agreements, worked out from one reading of the books.

use std::collections::BTreeMap;

use usher_records::agreement::AgreementVersion;
use usher_records::parents_place::ParentsPlace;
use usher_records::person::Person;
use usher_records::settings::Settings;
use usher_records::signature::{Part, Signature};
use usher_records::standing::{self, Known, Standing};
use usher_types::ids::PersonId;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::lessons::calendar;

/// Everybody's signatures: their own, and those made for them.
async fn signatures(app: &App) -> Result<BTreeMap<PersonId, Vec<Signature>>, AppFault> {
    let mut theirs: BTreeMap<PersonId, Vec<Signature>> = BTreeMap::new();
    for signature in app.books.values::<Signature>().await? {
        if let Part::ParentFor(child) = signature.part {
            theirs.entry(child).or_default().push(signature.clone());
        }
        theirs.entry(signature.person).or_default().push(signature);
    }
    Ok(theirs)
}

fn of_person<'a>(theirs: &'a BTreeMap<PersonId, Vec<Signature>>, person: &Person) -> &'a [Signature] {
    theirs.get(&person.id).map(Vec::as_slice).unwrap_or_default()
}

/// Where each of these people stands.
pub(crate) async fn of(
    app: &App,
    desk: &AtDesk,
    people: &[Person],
) -> Result<BTreeMap<PersonId, Standing>, AppFault> {
    by(app, desk, people, &desk.school.settings).await
}

/// Where each of these people stands with their own part, whatever a parent still owes.
pub(crate) async fn own(
    app: &App,
    desk: &AtDesk,
    people: &[Person],
) -> Result<BTreeMap<PersonId, Standing>, AppFault> {
    by(app, desk, people, &desk.school.settings.own_part_alone()).await
}

async fn by(
    app: &App,
    desk: &AtDesk,
    people: &[Person],
    settings: &Settings,
) -> Result<BTreeMap<PersonId, Standing>, AppFault> {
    let versions = app.books.values::<AgreementVersion>().await?;
    let theirs = signatures(app).await?;
    let in_place = app.books.values::<ParentsPlace>().await?;
    let calendar = calendar(app.snapshot.load_full().as_deref());
    let (calendar, zone) = (Some(&calendar), &desk.school.zone);
    let known = Known { settings, versions: &versions, in_place: &in_place, calendar, zone };
    let stands =
        |person: &Person| (person.id, standing::of(person, of_person(&theirs, person), known, desk.at));
    Ok(people.iter().map(stands).collect())
}

/// How many of these people would come to owe a signature, were these versions the school's instead of those.
pub(crate) async fn newly_due(
    app: &App,
    desk: &AtDesk,
    people: &[Person],
    (before, after): (&[AgreementVersion], &[AgreementVersion]),
) -> Result<usize, AppFault> {
    let theirs = signatures(app).await?;
    let in_place = app.books.values::<ParentsPlace>().await?;
    let (settings, zone) = (&desk.school.settings, &desk.school.zone);
    let calendar = calendar(app.snapshot.load_full().as_deref());
    let calendar = Some(&calendar);
    let known = |versions| Known { settings, versions, in_place: &in_place, calendar, zone };
    let people = people.iter().map(|person| (person, of_person(&theirs, person)));
    Ok(standing::newly_due(people, known(before), known(after), desk.at))
}
