//! A class signs on one device: the teacher opens it here, the device takes the code, and here is how far they are.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use usher_records::change::Stored;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::standing::Standing;
use usher_records::together::{self, LONGEST_MINUTES, Together};
use usher_types::ids;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::desk::codes;
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::standings;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/signing/classes.html")]
struct Classes {
    f: Frame,
    d: Around,
    /// Mine first: address, name, how many sign there now in words.
    classes: Vec<(String, String, bool)>,
}

/// Shows the classes.
pub(super) async fn index(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/together", "together-title");
    let roll = Roll::of(&app).await?;
    let mine = |class: &Group| desk.person.groups.contains(&class.id);
    let mut classes: Vec<_> = roll
        .classes()
        .into_iter()
        .filter(|class| class.year.is_some())
        .map(|class| (format!("/together/{}", class.id), class.name.clone(), mine(class)))
        .collect();
    classes.sort_by_key(|(_, _, mine)| !mine);
    Ok(page(&Classes { classes, f, d }))
}

#[derive(Template)]
#[template(path = "desk/signing/together.html")]
struct Show {
    f: Frame,
    d: Around,
    address: String,
    open: Option<Open>,
    signed: usize,
    asked: usize,
    waiting: Vec<String>,
    longest: i64,
}

struct Open {
    code: Option<String>,
    place: String,
    device: Option<String>,
    adult: String,
    ends: String,
}

/// Shows how far a class is.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(group): Path<String>,
    Query(asked): Query<Done>,
) -> Result<Response, AppFault> {
    let class = class(&app, &group).await?;
    let (f, d) = around(&app, &desk, "/together", "together-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let here = |person: &&Person| {
        person.kind == PersonKind::Pupil && person.groups.contains(&class.id) && person.is_here(clock.today())
    };
    let mut children: Vec<Person> = roll.people().filter(here).cloned().collect();
    children.sort_by_key(Person::name);
    let standings = standings::own(&app, &desk, &children).await?;
    let due = |child: &&Person| {
        matches!(standings.get(&child.id), Some(Standing::Due { .. } | Standing::DueBy { .. }))
    };
    let asks = |child: &&Person| !matches!(standings.get(&child.id), None | Some(Standing::NoneAsked));
    let asked_of = children.iter().filter(asks).count();
    let waiting: Vec<String> = children.iter().filter(due).map(Person::name).collect();
    let open = earlier(&app, &class).await?.into_iter().find(|one| one.value.is_open(desk.at));
    let open = open.map(|stored| {
        let open = stored.value;
        Open {
            code: open.takes_code(desk.at).then(|| open.code.to_string()),
            place: format!("{}/together", app.places.portal_origin),
            device: open.device.map(|device| device.to_string()),
            adult: roll.name(&f.says, open.adult),
            ends: clock.time(open.ends_at),
        }
    });
    let title = f.says.t1("together-of", "class", &class.name);
    let show = Show {
        address: format!("/together/{}", class.id),
        open,
        signed: asked_of - waiting.len(),
        asked: asked_of,
        waiting,
        longest: LONGEST_MINUTES,
        f: f.titled(title).done(asked.done.as_deref()),
        d,
    };
    Ok(page(&show))
}

async fn class(app: &App, id: &str) -> Result<Group, AppFault> {
    let stored = app.books.get::<Group, _>(roll::id::<ids::Group>(id)?).await?;
    Ok(stored.ok_or(AppFault::NotFound)?.value)
}

async fn earlier(app: &App, class: &Group) -> Result<Vec<Stored<Together>>, AppFault> {
    Ok(app.books.find::<Together>("group", class.id).await?)
}

/// Opens it.
pub(super) async fn open(
    State(app): State<App>,
    Path(group): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let class = class(&app, &group).await?;
    let new = Together {
        id: app.new_id(),
        group: class.id,
        adult: desk.person.id,
        code: codes::fresh().ok_or_else(|| AppFault::Form("there are no random numbers".into()))?,
        opened_at: desk.at,
        ends_at: desk.at.plus_minutes(LONGEST_MINUTES),
        device: None,
        ended_at: None,
    };
    let change = together::open(&new, &earlier(&app, &class).await?, desk.at);
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(&format!("/together/{}", class.id), "together-opened"))
}

/// Ends it.
pub(super) async fn end(
    State(app): State<App>,
    Path(group): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let class = class(&app, &group).await?;
    let open = earlier(&app, &class).await?.into_iter().find(|one| one.value.is_open(desk.at));
    let change = together::end(&open.ok_or(AppFault::NotFound)?, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(&format!("/together/{}", class.id), "together-ended"))
}
