//! By whose membership the lists of illegal content are used, and what that comes to beside the lists that are here (FM-24,
//! FM-25).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use usher_lists::category::SEALED;
use usher_policy::snapshot::Snapshot;
use usher_records::membership::{self, Membership, Sealing, Used};
use usher_records::refusal::Refusal;
use usher_records::school::School;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening::category;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// All of them.
const ADDRESS: &str = "/lists/memberships";

#[derive(Template)]
#[template(path = "desk/lists/memberships.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
}

struct Row {
    category: &'static str,
    name: String,
    tone: &'static str,
    words: String,
    membership: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/lists/membership.html")]
struct Form {
    f: Frame,
    d: Around,
    errors: Errors,
    category: &'static str,
    fields: Vec<Field>,
}

/// A membership as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "member-body")]
    body: String,
    #[serde(default, rename = "member-holder")]
    holder: String,
    #[serde(default, rename = "member-reference")]
    reference: String,
    #[serde(default, rename = "member-until")]
    until: String,
    #[serde(default, rename = "member-used")]
    used: String,
}

/// How a sealed category stands: its tone and words.
pub(in crate::pages::desk) fn stands(
    says: &Says,
    clock: Clock<'_>,
    sealing: Sealing<'_>,
) -> (&'static str, String) {
    let with = |key: &'static str, one: &Membership| {
        says.terms(key, &[("body", &one.body), ("holder", &one.holder), ("date", &clock.date(one.until))])
    };
    match sealing {
        Sealing::Kept(one) => ("go", with("member-kept", one)),
        Sealing::Above(one) => ("wait", with("member-above", one)),
        Sealing::NoList(one) => ("stop", with("member-no-list", one)),
        Sealing::Over(one) => ("stop", with("member-over", one)),
        Sealing::NoMember => ("stop", says.t("member-none-written")),
        Sealing::Nothing => ("stop", says.t("member-nothing")),
    }
}

/// What each sealed category comes to today.
pub(in crate::pages::desk) fn sealings<'a>(
    desk: &'a AtDesk,
    snapshot: Option<&Snapshot>,
) -> impl Iterator<Item = (&'static str, Sealing<'a>)> {
    let lists = snapshot.map(|snapshot| snapshot.library().artefact().lists()).unwrap_or_default();
    let here = SEALED.map(|name| lists.iter().any(|list| list.origin.category.as_str() == name));
    let today = Clock::at(desk).today();
    let memberships = &desk.school.settings.memberships;
    SEALED
        .into_iter()
        .zip(here)
        .map(move |(name, is_here)| (name, membership::sealing(memberships, name, is_here, today)))
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, ADDRESS, "members-title");
    let snapshot = app.snapshot.load_full();
    let row = |(name, sealing): (&'static str, Sealing<'_>)| {
        let (tone, words) = stands(&f.says, Clock::at(&desk), sealing);
        let one = known(&desk, name);
        Row {
            category: name,
            name: category(&f.says, name),
            tone,
            words,
            membership: one.map(|one| f.says.t1("member-reference", "reference", &one.reference)),
        }
    };
    let rows = sealings(&desk, snapshot.as_deref()).map(row).collect();
    Ok(page(&Index { rows, f: f.clone().done(done.done.as_deref()), d }))
}

fn known<'a>(desk: &'a AtDesk, name: &str) -> Option<&'a Membership> {
    desk.school.settings.memberships.iter().find(|one| one.category == name)
}

fn sealed(name: &str) -> Result<&'static str, AppFault> {
    SEALED.into_iter().find(|sealed| *sealed == name).ok_or(AppFault::NotFound)
}

/// The form for one category.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(name): Path<String>,
) -> Result<Response, AppFault> {
    let category = sealed(&name)?;
    let typed = known(&desk, category).map(|one| Typed {
        body: one.body.clone(),
        holder: one.holder.clone(),
        reference: one.reference.clone(),
        until: one.until.to_string(),
        used: used_name(one.used).to_owned(),
    });
    Ok(shown(&app, &desk, category, &typed.unwrap_or_default(), Errors::none()))
}

const fn used_name(used: Used) -> &'static str {
    match used {
        Used::Here => "here",
        Used::Above => "above",
    }
}

fn shown(app: &App, desk: &AtDesk, name: &'static str, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, ADDRESS, "member-title");
    let f = f.clone().titled(f.says.t1("member-title-of", "category", category(&f.says, name)));
    let fields = Fields::new(&f.says, &errors);
    let used = [Used::Here, Used::Above]
        .map(|used| Choice::new(used_name(used), f.says.of("member-used", used_name(used))));
    let fields = vec![
        fields.line("member-body", &typed.body),
        fields.line("member-holder", &typed.holder),
        fields.short("member-reference", &typed.reference),
        fields.date("member-until", &typed.until),
        fields.radios("member-used", choosing(used.into(), &typed.used)),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &Form { fields, category: name, f, d, errors })
}

/// Keeps one.
pub(super) async fn keep(
    State(app): State<App>,
    Path(name): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let category = sealed(&name)?;
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, ADDRESS, "member-title").says;
    let wrong = |field, key: &str| Ok(shown(&app, &desk, category, &typed, Errors::of(field, says.t(key))));
    let Ok(until) = typed.until.parse::<Date>() else { return wrong("member-until", "refusal-end-needed") };
    let used = match typed.used.as_str() {
        "here" => Used::Here,
        "above" => Used::Above,
        _ => return wrong("member-used", "member-used-needed"),
    };
    let membership = Membership {
        category: category.to_owned(),
        body: typed.body.clone(),
        holder: typed.holder.clone(),
        reference: typed.reference.clone(),
        until,
        used,
    };
    let school = app.books.get::<School, _>(app.books.school()).await?.ok_or(AppFault::NotFound)?;
    match membership::keep(&school, membership, Clock::at(&desk).today()) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "member-kept"))
        }
        Err(refusal) => {
            let empty = |text: &str| text.trim().is_empty();
            let field = match refusal {
                Refusal::EndNeeded => "member-until",
                _ if empty(&typed.body) => "member-body",
                _ if empty(&typed.holder) => "member-holder",
                _ if empty(&typed.reference) => "member-reference",
                _ => "member-body",
            };
            wrong(field, refusal.words())
        }
    }
}
