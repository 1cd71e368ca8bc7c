//! Opening a case, from the desk and from the portal. What it says, the pages know.

pub(crate) mod file;

use usher_policy::routing::{self, Facts, Named};
use usher_records::case::thread::{Opening, Origin};
use usher_records::case::{self, By, Case};
use usher_records::change::{Actor, Write};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::settings::Settings;
use usher_store::store::StoreError;

use crate::app::{App, AppFault};

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
