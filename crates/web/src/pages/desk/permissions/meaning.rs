//! What opening a page would mean: what else opens with it, which promises it breaks, whether it takes two people.

use usher_lists::category::Catalogue;
use usher_lists::patterns::AddressPattern;
use usher_policy::must;
use usher_policy::permission::{Meaning, Met, Reaches, meaning};
use usher_records::grant::Scope;
use usher_records::request::UnblockRequest;
use usher_types::ids::GroupId;
use usher_types::role::{PersonKind, Year};
use usher_types::url::WebAddress;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::address;
use crate::pages::desk::lessons::open_now;
use crate::pages::desk::opening::{self, category};
use crate::pages::desk::password::unavailable;
use crate::pages::desk::roll::Roll;
use crate::view::says::Says;

/// Pages that are shown; all of them are judged.
const MOST_PAGES: usize = 12;
/// Years a pupil can be in.
const YEARS: std::ops::RangeInclusive<i8> = -1..=13;

/// To whom something is opened, as promises name them.
pub(in crate::pages::desk) async fn reaches(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    scopes: &[Scope],
) -> Result<Vec<Reaches>, AppFault> {
    let of_class = |group: GroupId| {
        let people = roll.people().filter(move |person| person.groups.contains(&group));
        people.map(|person| Reaches { kind: person.kind, year: person.year })
    };
    let mut found: Vec<Reaches> = Vec::new();
    for scope in scopes {
        match scope {
            Scope::Person(person) | Scope::PupilIn(_, person) => {
                let person = roll.person(*person);
                found.extend(person.map(|person| Reaches { kind: person.kind, year: person.year }));
            }
            Scope::Group(group) => found.extend(of_class(*group)),
            Scope::Lesson(lesson) => {
                let open = open_now(app, desk.at).await?.into_iter().find(|open| open.id == *lesson);
                found.extend(open.into_iter().flat_map(|open| of_class(open.group)));
            }
            Scope::Kind(PersonKind::Pupil) => found.extend(every_pupil()),
            Scope::Kind(kind) => found.push(Reaches { kind: *kind, year: None }),
        }
    }
    found.dedup();
    Ok(found)
}

/// Pupils of every year.
pub(in crate::pages::desk) fn every_pupil() -> Vec<Reaches> {
    YEARS.map(|year| Reaches { kind: PersonKind::Pupil, year: Year::new(year) }).collect()
}

/// What it means to open these pages to these people. Without a snapshot nothing opens, and nothing is known.
pub(in crate::pages::desk) fn of(
    app: &App,
    patterns: &[AddressPattern],
    met: &[Met],
    whom: &[Reaches],
) -> Result<Meaning, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(Meaning::default()) };
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let musts = must::of(&snapshot.document).map_err(unavailable)?;
    let mut all = Meaning::default();
    for pattern in patterns {
        let one = meaning(&snapshot, (&catalogue, &musts), pattern, met, whom);
        all.pages.extend(one.pages);
        all.broken
            .extend(one.broken.into_iter().filter(|words| !all.broken.contains(words)).collect::<Vec<_>>());
        all.grave.extend(one.grave.into_iter().filter(|name| !all.grave.contains(name)).collect::<Vec<_>>());
        all.more |= one.more;
    }
    Ok(all)
}

/// What it means to open these pages to these people, all looked up. `met` is what somebody met of them.
pub(in crate::pages::desk) async fn looked_up(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    (patterns, whom): (&[AddressPattern], &[Scope]),
    met: &[Met],
) -> Result<Meaning, AppFault> {
    let whom = reaches(app, desk, roll, whom).await?;
    of(app, patterns, met, &whom)
}

/// What a request is about: its page, and what the gateway found on it.
pub(in crate::pages::desk) async fn met(app: &App, request: &UnblockRequest) -> Result<Vec<Met>, AppFault> {
    let event = opening::event(app, request.event).await?;
    let asked = Met { page: request.address.clone(), about: Vec::new() };
    Ok(std::iter::once(asked).chain(event.as_ref().and_then(opening::met)).collect())
}

/// A meaning in words.
pub(in crate::pages::desk) struct Told {
    /// Pages with what they are about.
    pub(in crate::pages::desk) pages: Vec<(String, String)>,
    /// Why it takes two people; empty where one is enough.
    pub(in crate::pages::desk) risks: Vec<String>,
}

/// Says it.
pub(in crate::pages::desk) fn told(says: &Says, meaning: &Meaning) -> Told {
    let page = |(page, about): &(WebAddress, Vec<usher_lists::category::Category>)| {
        let about: Vec<String> = about.iter().map(|one| category(says, one.as_str())).collect();
        let about = if about.is_empty() { says.t("opens-unlisted") } else { about.join(", ") };
        (address::shown(page), about)
    };
    let broken = meaning.broken.iter().map(|words| says.t1("opens-breaks", "promise", words));
    let grave =
        meaning.grave.iter().map(|one| says.t1("opens-grave", "category", category(says, one.as_str())));
    let more = meaning.more.then(|| says.t("opens-more"));
    let mut pages: Vec<(String, String)> = Vec::new();
    for page in meaning.pages.iter().map(page) {
        if pages.len() < MOST_PAGES && !pages.contains(&page) {
            pages.push(page);
        }
    }
    Told { pages, risks: broken.chain(grave).chain(more).collect() }
}
