//! Bringing people in from a CSV file: read, a plan to look at, then carried out, then first passwords to hand out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

use askama::Template;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use usher_directory::csv_roster;
use usher_directory::import::{self, Done, ImportFault, Issued, Tools};
use usher_directory::oneroster::Read;
use usher_policy::access::may_manage;
use usher_records::person::Person;
use usher_records::roster::Plan;
use usher_types::ids::PersonId;
use usher_types::role::Roles;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed, parts_of_form};
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::password::unavailable;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// The largest file taken. Two thousand people are a fifth of it.
pub(super) const LARGEST_BYTES: usize = 2 * 1024 * 1024;
/// People of each kind of change that are named on the plan; of more, the rest are counted.
const NAMED: usize = 60;

#[derive(Template)]
#[template(path = "desk/people/import.html")]
struct ImportPage {
    f: Frame,
    d: Around,
    errors: Errors,
    file: Field,
}

/// Shows the form.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Response {
    form_page(&app, &desk, Errors::none())
}

fn form_page(app: &App, desk: &AtDesk, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/people/import", "import-title");
    let file = Fields::new(&f.says, &errors).input(
        "file",
        "file",
        "",
        "accept=.csv,text/csv",
        "govuk-input--width-20",
    );
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &ImportPage { file, f, d, errors })
}

#[derive(Template)]
#[template(path = "desk/people/plan.html")]
struct PlanPage {
    f: Frame,
    d: Around,
    action: String,
    empty: bool,
    parts: Vec<(String, Vec<String>, usize)>,
    faults: Vec<String>,
    leaving: usize,
}

/// Reads the file and shows what it would change. Nothing is changed yet.
pub(super) async fn upload(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let mut sent = parts_of_form(&app, &desk, parts, body).await?;
    let Some(bytes) = sent.remove("file") else {
        return Err(AppFault::Form("it holds no file".into()).into_response());
    };
    let says = Frame::desk(&app, &desk, "/people/import", "import-title").says;
    let Ok(read) = csv_roster::read_bytes(&bytes, FilePath::new("roster.csv")) else {
        return Ok(form_page(&app, &desk, Errors::of("file", says.t("import-not-a-roster"))));
    };
    plan(&app, &desk, read).await.map_err(IntoResponse::into_response)
}

fn tools(app: &App) -> Tools<'_> {
    Tools { books: &app.books, passwords: app.sign_in.passwords(), ids: app.ids.as_ref() }
}

fn fault(error: ImportFault) -> AppFault {
    match error {
        ImportFault::Store(error) => error.into(),
        other => unavailable(other),
    }
}

async fn plan(app: &App, desk: &AtDesk, read: Read) -> Result<Response, AppFault> {
    let today = Clock::at(desk).today();
    let mut plan = import::plan(tools(app), &read, today, desk.at).await.map_err(fault)?;
    leave_out_what_is_not_theirs(app, desk, &mut plan).await?;
    let number = app.ids.next(desk.at);
    let (f, d) = around(app, desk, "/people/import", "import-plan-title");
    let added: Vec<Person> = plan.added.iter().map(|(person, _)| person.clone()).collect();
    let groups: Vec<String> = plan.groups.iter().map(|group| group.name.clone()).collect();
    let named = |key: &str, people: &[Person]| part(&f, key, people.iter().map(Person::name).collect());
    let parts = [
        named("import-added", &added),
        named("import-changed", &plan.changed),
        named("import-left", &plan.left),
        part(&f, "import-classes", groups),
    ];
    let view = PlanPage {
        action: format!("/people/import/plan/{number}"),
        empty: plan.is_empty(),
        parts: parts.into_iter().flatten().collect(),
        faults: plan.faults.clone(),
        leaving: plan.left.len(),
        f,
        d,
    };
    app.desk.once.keep(number, desk.session.id, plan, desk.at);
    Ok(page(&view))
}

/// A file gives nobody a right that whoever brings it in may not give, and changes nobody who has one: neither their
/// offices nor the mail address that leads to their account.
async fn leave_out_what_is_not_theirs(app: &App, desk: &AtDesk, plan: &mut Plan) -> Result<(), AppFault> {
    let before: BTreeMap<PersonId, Roles> =
        app.books.values::<Person>().await?.into_iter().map(|person| (person.id, person.roles)).collect();
    let held = |person: &Person| before.get(&person.id).copied().unwrap_or(Roles::NONE);
    let people = plan.added.iter().map(|(person, _)| person).chain(&plan.changed).chain(&plan.left);
    let refused: BTreeSet<PersonId> = people
        .filter(|person| {
            let touched: Roles = held(person).iter().chain(person.roles.iter()).collect();
            may_manage(&desk.who(), touched).is_err()
        })
        .map(|person| person.id)
        .collect();
    let says = Frame::desk(app, desk, "/people/import", "import-plan-title").says;
    plan.leave_out(&refused, |name| says.t1("import-not-theirs", "name", name));
    Ok(())
}

/// A heading with its number, the first names, and how many more there are.
fn part(f: &Frame, key: &str, mut names: Vec<String>) -> Option<(String, Vec<String>, usize)> {
    if names.is_empty() {
        return None;
    }
    let title = f.says.n(key, "count", names.len());
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    Some((title, names, more))
}

/// Carries the plan out.
pub(super) async fn carry_out(
    State(app): State<App>,
    Path(number): Path<u64>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let Some(mut plan) = app.desk.once.take::<Plan>(number, desk.session.id, desk.at) else {
        return Ok(lead("/people/import", "import-gone"));
    };
    // Offices may have changed since the plan was shown.
    leave_out_what_is_not_theirs(&app, &desk, &mut plan).await?;
    let done =
        import::carry_out(tools(&app), plan, &desk.school, &desk.actor(), desk.at).await.map_err(fault)?;
    app.presence.forget();
    let number = app.ids.next(desk.at);
    app.desk.once.keep(number, desk.session.id, done, desk.at);
    Ok(Redirect::to(&format!("/people/import/issued/{number}")).into_response())
}

#[derive(Template)]
#[template(path = "desk/people/carried-out.html")]
struct CarriedOut {
    f: Frame,
    d: Around,
    lines: Vec<String>,
    faults: Vec<String>,
    classes: Vec<(String, Vec<Issued>)>,
}

/// Shows what was done and the first passwords, once, a page for each class.
pub(super) async fn issued(
    State(app): State<App>,
    desk: AtDesk,
    Path(number): Path<u64>,
) -> Result<Response, AppFault> {
    let Some(done) = app.desk.once.take::<Done>(number, desk.session.id, desk.at) else {
        return Ok(lead("/people", "password-shown-before"));
    };
    let (f, d) = around(&app, &desk, "/people/import", "import-done-title");
    let counts = [
        ("import-added", done.added),
        ("import-changed", done.changed),
        ("import-left", done.left),
        ("import-classes", done.groups),
    ];
    let lines = counts.into_iter().map(|(key, count)| f.says.n(key, "count", count)).collect();
    let mut classes: BTreeMap<String, Vec<Issued>> = BTreeMap::new();
    for issued in done.issued {
        classes.entry(issued.class.clone()).or_default().push(issued);
    }
    let name = |class: String| if class.is_empty() { f.says.t("import-no-class") } else { class };
    let classes = classes.into_iter().map(|(class, issued)| (name(class), issued)).collect();
    Ok(page(&CarriedOut { lines, faults: done.faults, classes, f, d }))
}
