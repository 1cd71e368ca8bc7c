//! What opening a page would mean: what else opens with it, which promises it breaks, whether it takes two people.

use std::ops::ControlFlow;
use std::sync::Arc;

use usher_activity::question::Question;
use usher_events::event::What;
use usher_lists::category::Catalogue;
use usher_lists::patterns::AddressPattern;
use usher_policy::must;
use usher_policy::permission::{Meaning, Reaches, meaning};
use usher_records::grant::Scope;
use usher_types::ids::GroupId;
use usher_types::role::{PersonKind, Year};
use usher_types::url::WebAddress;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::address::{self, begins_at};
use crate::pages::desk::lessons::open_now;
use crate::pages::desk::opening::{category, page_of};
use crate::pages::desk::password::unavailable;
use crate::pages::desk::roll::Roll;
use crate::view::says::Says;

/// How many days back it is looked for what people asked for under an address: a week shows what a class meets there.
const LOOKED_BACK_DAYS: i64 = 7;
/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;
/// Pages that are named; a site has any number, and what they are about repeats itself.
const MOST_PAGES: usize = 12;
/// Events that are looked at: more than a school of 400 makes in a week would keep a reader waiting.
const MOST_EVENTS: usize = 200_000;
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
            Scope::Person(person) => {
                let person = roll.person(*person);
                found.extend(person.map(|person| Reaches { kind: person.kind, year: person.year }));
            }
            Scope::Group(group) => found.extend(of_class(*group)),
            Scope::Lesson(lesson) => {
                let open = open_now(app, desk.at).await?.into_iter().find(|open| open.id == *lesson);
                found.extend(open.into_iter().flat_map(|open| of_class(open.group)));
            }
            Scope::Kind(PersonKind::Pupil) => {
                found.extend(YEARS.map(|year| Reaches { kind: PersonKind::Pupil, year: Year::new(year) }));
            }
            Scope::Kind(kind) => found.push(Reaches { kind: *kind, year: None }),
        }
    }
    found.dedup();
    Ok(found)
}

/// Pages under these patterns: where each begins, and those people asked for in the last week.
pub(in crate::pages::desk) async fn known(
    app: &App,
    desk: &AtDesk,
    patterns: &[AddressPattern],
) -> Result<Vec<WebAddress>, AppFault> {
    let mut pages: Vec<WebAddress> = patterns.iter().filter_map(begins_at).collect();
    let activity = Arc::clone(&app.activity);
    let wanted = patterns.to_vec();
    let (school, now) = (desk.school.id, desk.at);
    let read = tokio::task::spawn_blocking(move || {
        let (mut seen, mut looked): (Vec<WebAddress>, usize) = (Vec::new(), 0);
        let fits = |page: &WebAddress| wanted.iter().any(|pattern| pattern.matches(page));
        // The latest day first, so that what is looked at is what is asked for now.
        for day in 0..LOOKED_BACK_DAYS {
            let until = now.plus_minutes(1 - day * DAY_MINUTES);
            let question = Question::all(school, until.plus_minutes(-DAY_MINUTES), until);
            let mut enough = false;
            activity.scan(&question, &mut |event| {
                looked += 1;
                let part = matches!(&event.what, What::Web(web) if web.facts.part_of_page);
                if let Some(page) = page_of(&event).filter(fits).filter(|_| !part) {
                    let page = WebAddress { query: None, ..page };
                    if !seen.contains(&page) {
                        seen.push(page);
                    }
                }
                enough = seen.len() >= MOST_PAGES || looked >= MOST_EVENTS;
                if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            if enough {
                break;
            }
        }
        Ok::<_, usher_activity::spool::SpoolFault>(seen)
    })
    .await;
    pages.extend(read.map_err(|_stopped| AppFault::NotFound)??);
    Ok(pages)
}

/// What it means to open these pages to these people. Without a snapshot nothing opens, and nothing is known.
pub(in crate::pages::desk) fn of(
    app: &App,
    patterns: &[AddressPattern],
    known: &[WebAddress],
    whom: &[Reaches],
) -> Result<Meaning, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(Meaning::default()) };
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let musts = must::of(&snapshot.document).map_err(unavailable)?;
    let mut all = Meaning::default();
    for pattern in patterns {
        let one = meaning(&snapshot, (&catalogue, &musts), pattern, known, whom);
        all.pages.extend(one.pages);
        all.broken
            .extend(one.broken.into_iter().filter(|words| !all.broken.contains(words)).collect::<Vec<_>>());
        all.grave.extend(one.grave.into_iter().filter(|name| !all.grave.contains(name)).collect::<Vec<_>>());
    }
    Ok(all)
}

/// What it means to open these pages to these people, all looked up.
pub(in crate::pages::desk) async fn looked_up(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    (patterns, whom): (&[AddressPattern], &[Scope]),
) -> Result<Meaning, AppFault> {
    let whom = reaches(app, desk, roll, whom).await?;
    let known = known(app, desk, patterns).await?;
    of(app, patterns, &known, &whom)
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
    let mut pages: Vec<(String, String)> = meaning.pages.iter().map(page).collect();
    pages.dedup();
    Told { pages, risks: broken.chain(grave).collect() }
}
