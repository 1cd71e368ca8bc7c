//! Where many people stand with their agreements, worked out from one reading of the books.

use std::collections::BTreeMap;

use usher_records::agreement::AgreementVersion;
use usher_records::person::Person;
use usher_records::settings::Settings;
use usher_records::signature::{Part, Signature};
use usher_records::standing::{self, Known, Standing};
use usher_types::ids::PersonId;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;

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
    let mut theirs: BTreeMap<PersonId, Vec<Signature>> = BTreeMap::new();
    for signature in app.books.values::<Signature>().await? {
        if let Part::ParentFor(child) = signature.part {
            theirs.entry(child).or_default().push(signature.clone());
        }
        theirs.entry(signature.person).or_default().push(signature);
    }
    let known = Known { settings, versions: &versions, zone: &desk.school.zone };
    Ok(people
        .iter()
        .map(|person| {
            let signatures = theirs.get(&person.id).map(Vec::as_slice).unwrap_or_default();
            (person.id, standing::of(person, signatures, known, desk.at))
        })
        .collect())
}
