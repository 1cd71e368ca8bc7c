//! Whom and what the policy covers: which groups of people sign what and are filtered how (POL-02), and the technologies it
//! names, each leading to its category or register (POL-03).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_lists::category::{Catalogue, Category};
use usher_policy::access::Act;
use usher_policy::facts::Subject;
use usher_policy::snapshot::Snapshot;
use usher_records::agreement::AgreementVersion;
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_records::school::School;
use usher_records::scope::{self, Leads, Register, Technology};
use usher_types::calendar::PeriodKind;
use usher_types::role::PersonKind;

use super::around::{Around, Done, around, lead};
use super::field::{Choice, Field, Fields, choosing};
use super::opening::category as named;
use super::password::unavailable;
use super::signed::untrue;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// What those who see settings have, and the head.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (see, change) = (Act::SeeSettings, Act::ChangeSettings);
    vec![
        desk_route("/policy/groups", see, get(groups)),
        desk_route("/policy/groups/change", change, get(group_form).post(change_group)),
        desk_route("/policy/technologies", see, get(technologies)),
        desk_route("/policy/technologies/change", change, get(technology_form).post(cover)),
        desk_route("/policy/technologies/remove", change, post(uncover)),
        desk_route("/policy/categories/{name}", see, get(one_category)),
    ]
}

#[derive(Template)]
#[template(path = "desk/scope/groups.html")]
struct Groups {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    changes: bool,
}

struct Row {
    kind: &'static str,
    name: String,
    signs: Option<String>,
    filtered: String,
}

#[derive(Template)]
#[template(path = "desk/scope/change.html")]
struct Change {
    f: Frame,
    d: Around,
    errors: Errors,
    back: &'static str,
    action: &'static str,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "desk/scope/technologies.html")]
struct Technologies {
    f: Frame,
    d: Around,
    rows: Vec<(String, String, String)>,
    changes: bool,
}

#[derive(Template)]
#[template(path = "desk/scope/category.html")]
struct OneCategory {
    f: Frame,
    d: Around,
    rows: Vec<(String, String)>,
}

async fn school(app: &App) -> Result<Stored<School>, AppFault> {
    app.books.get::<School, _>(app.books.school()).await?.ok_or(AppFault::NotFound)
}

/// Which group of the filter somebody of this kind is in.
fn filtered(snapshot: Option<&Snapshot>, kind: PersonKind) -> Option<String> {
    let subject = Subject { kind: Some(kind), ..Subject::nobody() };
    let snapshot = snapshot?;
    snapshot.group_name(snapshot.group_of(&subject)?).map(str::to_owned)
}

async fn groups(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/policy/groups", "scope-groups-title");
    let versions = app.books.values::<AgreementVersion>().await?;
    let snapshot = app.snapshot.load();
    let settings = &desk.school.settings;
    let title = |key: &str| {
        let version = versions.iter().find(|version| version.in_force && version.key == key);
        version.map_or_else(|| key.to_owned(), |version| version.title.clone())
    };
    let row = |kind: PersonKind| {
        let years = kind == PersonKind::Pupil;
        let signs = settings.agreement_for(kind, None).map(title);
        Row {
            kind: kind.name(),
            name: f.says.of("report-kinds", kind.name()),
            signs: if years { Some(f.says.t("scope-by-year")) } else { signs },
            filtered: match filtered(snapshot.as_deref(), kind) {
                _ if years => f.says.t("scope-by-year"),
                Some(group) => group,
                None => f.says.t("scope-no-web"),
            },
        }
    };
    let view = Groups {
        rows: PersonKind::ALL.into_iter().map(row).collect(),
        changes: desk.may(Act::ChangeSettings).is_ok(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// What a group signs, as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "scope-kind")]
    kind: String,
    #[serde(default, rename = "scope-signs")]
    signs: String,
    #[serde(default, rename = "scope-why")]
    why: String,
}

async fn group_form(
    State(app): State<App>,
    desk: AtDesk,
    Query(typed): Query<Typed>,
) -> Result<Response, AppFault> {
    let kind = PersonKind::ALL.into_iter().find(|kind| kind.name() == typed.kind);
    let signs = kind.and_then(|kind| desk.school.settings.agreement_for(kind, None)).unwrap_or_default();
    let typed = Typed { signs: signs.to_owned(), ..typed };
    shown(&app, &desk, &typed, Errors::none()).await
}

async fn shown(app: &App, desk: &AtDesk, typed: &Typed, errors: Errors) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/policy/groups", "scope-change-title");
    let mut versions = app.books.values::<AgreementVersion>().await?;
    versions.retain(|version| version.in_force);
    versions.sort_by_key(|version| version.title.to_lowercase());
    let kinds = PersonKind::ALL.into_iter().filter(|kind| *kind != PersonKind::Pupil);
    let kinds = kinds.map(|kind| Choice::new(kind.name(), f.says.of("report-kinds", kind.name())));
    let none = std::iter::once(Choice::new("", f.says.t("scope-signs-nothing")));
    let signs = none.chain(versions.iter().map(|version| Choice::new(&version.key, &version.title)));
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.select("scope-kind", choosing(kinds.collect(), &typed.kind)),
        fields.select("scope-signs", choosing(signs.collect(), &typed.signs)),
        fields.line("scope-why", &typed.why),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (back, action) = ("/policy/groups", "/policy/groups/change");
    Ok(with_status(status, &Change { back, action, fields, f, d, errors }))
}

async fn change_group(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let kind = PersonKind::ALL.into_iter().find(|kind| kind.name() == typed.kind);
    let kind = kind.ok_or(AppFault::NotFound)?;
    let signs = Some(typed.signs.as_str()).filter(|signs| !signs.is_empty());
    if let Some(key) = signs {
        // Nobody is asked to sign what there is not.
        let versions = app.books.find::<AgreementVersion>("key", key).await?;
        versions.iter().find(|version| version.value.in_force).ok_or(AppFault::NotFound)?;
    }
    match scope::sign(&school(&app).await?, kind, signs, &typed.why) {
        Ok(change) => {
            let says = Frame::desk(&app, &desk, "/policy/groups", "scope-change-title").says;
            if let Some(why) = untrue(&app, &desk, &says, &change).await? {
                return shown(&app, &desk, &typed, Errors::of("scope-signs", why)).await;
            }
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/policy/groups", "scope-changed"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/policy/groups", "scope-change-title").says;
            let field = if refusal == Refusal::ReasonNeeded { "scope-why" } else { "scope-signs" };
            shown(&app, &desk, &typed, Errors::of(field, says.t(refusal.words()))).await
        }
    }
}

async fn technologies(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/policy/technologies", "scope-technologies-title");
    let row = |technology: &Technology| {
        let (address, words) = match &technology.leads {
            Leads::Category(name) => (format!("/policy/categories/{name}"), named(&f.says, name)),
            Leads::Register(register) => {
                (address(*register).to_owned(), f.says.of("scope-register", register.name()))
            }
        };
        (technology.name.clone(), address, words)
    };
    let view = Technologies {
        rows: desk.school.settings.technologies.iter().map(row).collect(),
        changes: desk.may(Act::ChangeSettings).is_ok(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

const fn address(register: Register) -> &'static str {
    match register {
        Register::Equipment => "/equipment",
        Register::Signatures => "/agreements/register",
        Register::Violations => "/register",
    }
}

/// A technology as typed.
#[derive(Debug, Default, Deserialize)]
struct Named {
    #[serde(default, rename = "scope-name")]
    name: String,
    #[serde(default, rename = "scope-leads")]
    leads: String,
}

async fn technology_form(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    technology(&app, &desk, &Named::default(), Errors::none())
}

fn technology(app: &App, desk: &AtDesk, typed: &Named, errors: Errors) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/policy/technologies", "scope-technology-title");
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let registers = Register::ALL.into_iter().map(|register| {
        Choice::new(format!("register:{}", register.name()), f.says.of("scope-register", register.name()))
    });
    let categories = catalogue.entries().iter().map(|entry| {
        Choice::new(format!("category:{}", entry.name.as_str()), named(&f.says, entry.name.as_str()))
    });
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.line("scope-name", &typed.name),
        fields.select("scope-leads", choosing(registers.chain(categories).collect(), &typed.leads)),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (back, action) = ("/policy/technologies", "/policy/technologies/change");
    Ok(with_status(status, &Change { back, action, fields, f, d, errors }))
}

async fn cover(State(app): State<App>, form: DeskForm<Named>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let leads = match typed.leads.split_once(':') {
        Some(("register", name)) => {
            Register::ALL.into_iter().find(|register| register.name() == name).map(Leads::Register)
        }
        Some(("category", name)) => {
            let known = catalogue.entries().iter().any(|entry| entry.name.as_str() == name);
            known.then(|| Leads::Category(name.to_owned()))
        }
        _ => None,
    };
    let leads = leads.ok_or(AppFault::NotFound)?;
    match scope::cover(&school(&app).await?, Technology { name: typed.name.clone(), leads }) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/policy/technologies", "scope-covered"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/policy/technologies", "scope-technology-title").says;
            technology(&app, &desk, &typed, Errors::of("scope-name", says.t(refusal.words())))
        }
    }
}

async fn uncover(State(app): State<App>, form: DeskForm<Named>) -> Result<Response, AppFault> {
    let change = scope::uncover(&school(&app).await?, &form.value.name)?;
    app.commit(&change, &form.from.actor()).await?;
    Ok(lead("/policy/technologies", "scope-uncovered"))
}

/// What happens to one kind of pages, for each group.
async fn one_category(
    State(app): State<App>,
    desk: AtDesk,
    Path(name): Path<String>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/policy/technologies", "scope-technologies-title");
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let entry = catalogue.entries().iter().find(|entry| entry.name.as_str() == name);
    let category: &Category = &entry.ok_or(AppFault::NotFound)?.name;
    let snapshot = app.snapshot.load_full().ok_or(AppFault::NotFound)?;
    let row = |group| {
        let verdict = snapshot.category_verdict(category, group, PeriodKind::Lesson);
        let words = verdict.map_or_else(
            || f.says.t("scope-not-sorted"),
            |verdict| f.says.of("policy-verdict", verdict.name()),
        );
        Some((snapshot.group_name(group)?.to_owned(), words))
    };
    let rows = snapshot.groups().filter_map(row).collect();
    let title = named(&f.says, &name);
    Ok(page(&OneCategory { rows, f: f.clone().titled(title), d }))
}
