//! Slips to print, by class: one for each child of whom something is missing. Printing again prints the same codes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::slip::{self, Parts, Print, Slip, Wanted, is_overtaken};
use usher_records::standing::Known;
use usher_reports::document;
use usher_types::digest::Digest;
use usher_types::ids;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::desk::codes;
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::agreements::version;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::standings;
use crate::view::frame::Frame;
use crate::view::page;

/// A slip is asked back within two weeks: one weekend at home may be the other parent's.
const BACK_DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "desk/signing/slips.html")]
struct Index {
    f: Frame,
    d: Around,
    classes: Vec<Row>,
}

struct Row {
    group: String,
    name: String,
    missing: usize,
    out: usize,
    back: usize,
}

/// Shows the classes, and how many of their slips are out and back.
pub(super) async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/slips", "slips-title");
    let roll = Roll::of(&app).await?;
    let versions = app.books.values::<AgreementVersion>().await?;
    let mut by_child: BTreeMap<ids::PersonId, Vec<Slip>> = BTreeMap::new();
    for slip in app.books.values::<Slip>().await? {
        by_child.entry(slip.child).or_default().push(slip);
    }
    let mut classes = Vec::new();
    for class in roll.classes() {
        let children = children(&desk, &roll, class);
        if children.is_empty() {
            continue;
        }
        let missing = missing(&app, &desk, children.clone()).await?;
        let slips = || {
            children.iter().flat_map(|child| {
                let (of_child, wanted) = (by_child.get(&child.id), wanted(&desk, child, &versions));
                of_child.into_iter().flatten().filter(move |slip| !is_overtaken(slip, wanted))
            })
        };
        let back = slips().filter(|slip| slip.entered.is_some()).count();
        let out = slips().count() - back;
        let (group, name) = (class.id.to_string(), class.name.clone());
        classes.push(Row { group, name, missing: missing.len(), out, back });
    }
    Ok(page(&Index { classes, f: f.done(asked.done.as_deref()), d }))
}

fn children(desk: &AtDesk, roll: &Roll, class: &Group) -> Vec<Person> {
    let today = Clock::at(desk).today();
    let here = |person: &&Person| {
        person.kind == PersonKind::Pupil && person.groups.contains(&class.id) && person.is_here(today)
    };
    let mut children: Vec<Person> = roll.people().filter(here).cloned().collect();
    children.sort_by_key(Person::name);
    children
}

/// Those of whom a signature, or a parent's, is missing.
async fn missing(app: &App, desk: &AtDesk, mut children: Vec<Person>) -> Result<Vec<Person>, AppFault> {
    let standings = standings::of(app, desk, &children).await?;
    children.retain(|child| standings.get(&child.id).is_some_and(|standing| standing.owed().is_some()));
    Ok(children)
}

/// Which class.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    group: String,
}

/// Makes the slips that are not there yet, and leads to the paper.
pub(super) async fn print(State(app): State<App>, form: DeskForm<Asked>) -> Result<Response, AppFault> {
    let (desk, asked) = (form.from, form.value);
    let class = class(&app, &asked.group).await?;
    let roll = Roll::of(&app).await?;
    let children = missing(&app, &desk, children(&desk, &roll, &class)).await?;
    let versions = app.books.values::<AgreementVersion>().await?;
    let settings = &desk.school.settings;
    let mut new = Vec::new();
    for child in &children {
        if live(&app, &desk, child, &versions).await?.is_some() {
            continue;
        }
        let key = settings.agreement_for(child.kind, child.year);
        let version = versions.iter().find(|version| version.in_force && Some(version.key.as_str()) == key);
        let Some(version) = version else { continue };
        let code = codes::fresh().ok_or_else(|| AppFault::Form("there are no random numbers".into()))?;
        new.push(Print { id: app.new_id(), code, child: child.id, version, by: desk.person.id });
    }
    if let Some(change) = slip::print(new, desk.at) {
        app.commit(&change, &desk.actor()).await?;
    }
    Ok(Redirect::to(&format!("/agreements/slips/{}/slips.pdf", class.id)).into_response())
}

/// What a child's slip has to be today.
fn wanted<'a>(desk: &'a AtDesk, child: &Person, versions: &'a [AgreementVersion]) -> Wanted<'a> {
    let known = Known {
        settings: &desk.school.settings,
        versions,
        in_place: &[],
        calendar: None,
        zone: &desk.school.zone,
    };
    Wanted::of(child, known, desk.at)
}

/// The slip of a child that is out and still good.
async fn live(
    app: &App,
    desk: &AtDesk,
    child: &Person,
    versions: &[AgreementVersion],
) -> Result<Option<Slip>, AppFault> {
    let slips = app.books.find::<Slip>("child", child.id).await?;
    let wanted = wanted(desk, child, versions);
    let good = |slip: &Slip| slip.entered.is_none() && !is_overtaken(slip, wanted);
    Ok(slips.into_iter().map(|stored| stored.value).filter(good).max_by_key(|slip| slip.printed_at))
}

async fn class(app: &App, id: &str) -> Result<Group, AppFault> {
    let stored = app.books.get::<Group, _>(roll::id::<ids::Group>(id)?).await?;
    Ok(stored.ok_or(AppFault::NotFound)?.value)
}

/// The slips of a class that are out, on paper.
pub(super) async fn pdf(
    State(app): State<App>,
    desk: AtDesk,
    Path(group): Path<String>,
) -> Result<Response, AppFault> {
    let class = class(&app, &group).await?;
    let roll = Roll::of(&app).await?;
    let versions = app.books.values::<AgreementVersion>().await?;
    let mut texts: BTreeMap<Digest, AgreementText> = BTreeMap::new();
    let mut out = Vec::new();
    for child in children(&desk, &roll, &class) {
        let Some(slip) = live(&app, &desk, &child, &versions).await? else { continue };
        if !texts.contains_key(&slip.digest)
            && let Some(text) = version::text(&app, slip.digest).await?
        {
            texts.insert(slip.digest, text);
        }
        out.push((child, slip));
    }
    let slips = out.iter().filter_map(|(child, slip)| {
        Some(document::Slip { child: child.name(), code: &slip.code, text: texts.get(&slip.digest)? })
    });
    let document = document::slips(
        &letterhead(&desk, &app.words),
        &document::Slips {
            class: &class.name,
            by: Clock::at(&desk).day(desk.at.plus_minutes(BACK_DAYS * 24 * 60)),
            parts: Parts::asked(&desk.school.settings),
            slips: slips.collect(),
        },
    );
    to_pdf(&app, &desk, &format!("slips-{}", class.name), document).await
}
