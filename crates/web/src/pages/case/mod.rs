//! Opening a case, from the desk and from the portal. What it says, the pages know.

pub(crate) mod file;

use usher_policy::routing::{self, Facts, Named};
use usher_records::case::rules::{Class, Sort};
use usher_records::case::thread::{Opening, Origin, Part, Party};
use usher_records::case::{self, By, Case};
use usher_records::change::{Actor, Mail, Write};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::settings::Settings;
use usher_store::store::StoreError;

use crate::app::{App, AppFault};
use crate::pages::news;

/// How often a number is asked for anew when somebody else took it.
const TRIES: u8 = 5;

/// Opens a case under the next number. Two people who open one at once both get a number: the slower one takes the next.
pub(crate) async fn open(
    app: &App,
    opening: &Opening,
    by: By,
    actor: &Actor,
) -> Result<Result<Case, Refusal>, AppFault> {
    open_with(app, opening, by, actor, |_| Ok(Vec::new())).await
}

/// The same, with what leads to the case in the same change: both are kept, or neither.
pub(crate) async fn open_with(
    app: &App,
    opening: &Opening,
    by: By,
    actor: &Actor,
    also: impl Fn(&Case) -> Result<Vec<Write>, Refusal>,
) -> Result<Result<Case, Refusal>, AppFault> {
    let mut tries = 0;
    loop {
        tries += 1;
        let cases = app.books.values::<Case>().await?;
        let number = cases.iter().map(|case| case.number).max().unwrap_or(0).saturating_add(1);
        let opened = case::open(app.new_id(), number, opening.clone(), by);
        let (case, change) = match opened.and_then(|(case, change)| Ok((also(&case)?, case, change))) {
            Ok((more, case, mut change)) => {
                change.writes.extend(more);
                change.mails.extend(mails(app, &case, &cases, by).await?);
                (case, change)
            }
            Err(refusal) => return Ok(Err(refusal)),
        };
        match app.books.commit(&change, actor, by.at).await {
            Ok(_) => return Ok(Ok(case)),
            Err(StoreError::Taken { key: "number", .. }) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A mail to those whose the case is. It says that there is something, and neither what nor about whom: mail is read in many
/// places.
async fn mails(app: &App, case: &Case, cases: &[Case], by: By) -> Result<Vec<Mail>, AppFault> {
    let school = usher_directory::books::school(&app.books).await?;
    let today = school.zone.local(by.at).date();
    let mut people = app.books.values::<Person>().await?;
    // Whose it is goes by everybody the school ever knew, as on its page; a mail goes to those who are here.
    let about = about(case, &people);
    people.retain(|person| person.is_here(today));
    let rules = &school.settings.cases;
    let earlier = cases.iter().filter(|earlier| {
        earlier.class() == Class::Ordinary
            && rules.sort_of(earlier.kind()) == Sort::Pupil
            && earlier
                .subjects()
                .filter_map(Party::person)
                .any(|id| about.iter().any(|named| named.person == id))
    });
    let facts = Facts {
        class: case.class(),
        sort: rules.sort_of(case.kind()),
        severity: case.severity(),
        earlier: earlier.count(),
        opened_by: Some(by.person),
        from_pupil: case.origin() == Origin::PupilReport,
        shared_with: Vec::new(),
        about,
    };
    let told = routing::told(&people, &school.settings, &facts);
    Ok(news::mails(app, &school.name, told))
}

/// Those a case is about that the school knows; where nobody broke a rule, those who saw it.
fn about(case: &Case, people: &[Person]) -> Vec<Named> {
    let of = |part: Part| {
        let involved = case.people().into_iter().filter(move |one| one.part == part);
        let ids = involved.filter_map(|one| one.who.person());
        ids.filter_map(|id| people.iter().find(|person| person.id == id)).map(Named::of).collect::<Vec<_>>()
    };
    let subjects = of(Part::Subject);
    if subjects.is_empty() { of(Part::Affected) } else { subjects }
}

/// Whether anybody among these would read a case that begins like this about these. Where nobody would, it is not kept: to
/// have told nobody must not look like having told somebody.
pub(crate) fn is_read<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    settings: &Settings,
    opening: &Opening,
    about: Vec<Named>,
) -> bool {
    let facts = Facts {
        class: opening.class,
        sort: settings.cases.sort_of(&opening.kind),
        severity: opening.severity,
        about,
        earlier: 0,
        opened_by: None,
        from_pupil: opening.origin == Origin::PupilReport,
        shared_with: Vec::new(),
    };
    routing::is_read(people, settings, &facts)
}
