//! Adding a service and changing what is said of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use usher_records::refusal::Refusal;
use usher_records::service::{self, Audience, Details, ReturnAddress, Service};
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::role::{PersonKind, Year};

use super::show::with_secret;
use super::stored;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::security::cookie;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// Years of a primary school, Nursery first.
const YEARS: std::ops::RangeInclusive<i8> = -1..=6;

#[derive(Template)]
#[template(path = "desk/services/edit.html")]
struct Edit {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    back: String,
    fields: Vec<Field>,
}

/// The form as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    returns: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    years: Vec<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    public: Option<String>,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    review: String,
}

impl Typed {
    fn of(service: &Service) -> Self {
        let details = &service.details;
        let lines =
            |all: &[ReturnAddress]| all.iter().map(ReturnAddress::as_str).collect::<Vec<_>>().join("\n");
        Self {
            name: details.name.clone(),
            returns: lines(&details.returns),
            after: lines(&details.after),
            kinds: details.audience.kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            years: details.audience.years.iter().map(|year| year.number().to_string()).collect(),
            email: details.email.then(|| "yes".to_owned()),
            public: None,
            owner: details.owner.to_string(),
            review: details.review.to_string(),
        }
    }

    /// What it says, or the field that is wrong and the key of its words.
    fn read(&self) -> Result<Details, (&'static str, &'static str)> {
        let addresses = |text: &str| -> Result<Vec<ReturnAddress>, Refusal> {
            text.lines().filter(|line| !line.trim().is_empty()).map(ReturnAddress::parse).collect()
        };
        let kind = |name: &String| PersonKind::ALL.into_iter().find(|kind| kind.name() == name);
        let year = |number: &String| number.parse().ok().and_then(Year::new);
        Ok(Details {
            name: self.name.clone(),
            returns: addresses(&self.returns).map_err(|_odd| ("returns", "services-address-odd"))?,
            after: addresses(&self.after).map_err(|_odd| ("after", "services-address-odd"))?,
            audience: Audience {
                kinds: self.kinds.iter().filter_map(kind).collect(),
                years: self.years.iter().filter_map(year).collect(),
            },
            email: self.email.is_some(),
            owner: self.owner.parse::<PersonId>().map_err(|_nobody| ("owner", "services-owner-missing"))?,
            review: self.review.parse::<Date>().map_err(|_odd| ("review", "services-review-missing"))?,
        })
    }
}

/// The empty form.
pub(super) async fn new(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let next_year = Clock::at(&desk).today().checked_add(jiff::Span::new().years(1));
    let review = next_year.map(|day| day.to_string()).unwrap_or_default();
    let typed = Typed { owner: desk.person.id.to_string(), review, ..Typed::default() };
    form(&app, &desk, None, &typed, Errors::none()).await
}

/// The form of one that is there.
pub(super) async fn old(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let service = stored(&app, &id).await?.value;
    form(&app, &desk, Some(&service), &Typed::of(&service), Errors::none()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    service: Option<&Service>,
    typed: &Typed,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/services", "services-new-title");
    let roll = Roll::of(app).await?;
    let today = Clock::at(desk).today();
    let mut staff: Vec<_> = roll.people().filter(|one| !one.roles.is_empty() && one.is_here(today)).collect();
    staff.sort_by_key(|one| (one.family.clone(), one.given.clone()));
    let owners = staff.into_iter().map(|one| Choice::new(one.id, one.name())).collect();
    let kinds = PersonKind::ALL.map(|kind| {
        let chosen = typed.kinds.iter().any(|name| name == kind.name());
        Choice::new(kind.name(), f.says.of("report-kinds", kind.name())).chosen(chosen)
    });
    let years = YEARS.filter_map(Year::new).map(|year| {
        let number = year.number().to_string();
        Choice::new(&number, year.label()).chosen(typed.years.contains(&number))
    });
    let fields = Fields::new(&f.says, &errors);
    let label = |field: Field, key: &str| field.labelled(f.says.t(key));
    let mut all = vec![
        label(fields.line("name", &typed.name), "services-name"),
        fields.area("returns", &typed.returns, 3),
        fields.area("after", &typed.after, 2),
        fields.boxes("kinds", kinds.into()),
        fields.boxes("years", years.collect()),
        fields.tick("email", typed.email.is_some()),
        label(fields.select("owner", choosing(owners, &typed.owner)), "services-owner"),
        label(fields.date("review", &typed.review), "services-review"),
    ];
    if service.is_none() {
        all.push(fields.tick("public", typed.public.is_some()));
    }
    let (action, back, f) = match service {
        Some(service) => (
            format!("/services/{}/change", service.id),
            format!("/services/{}", service.id),
            f.clone().titled(f.says.t1("services-change-title", "name", &service.details.name)),
        ),
        None => ("/services/new".to_owned(), "/services".to_owned(), f.clone()),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Edit { action, back, fields: all, f, d, errors }))
}

/// The field a refusal is about, and the key of its words.
const fn about(refusal: &Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::AddressOdd => ("returns", "services-address-odd"),
        Refusal::NobodyMeant => ("kinds", "services-nobody"),
        Refusal::EndNeeded => ("review", "services-review-missing"),
        other => ("name", other.words()),
    }
}

async fn wrong(
    app: &App,
    desk: &AtDesk,
    service: Option<&Service>,
    typed: &Typed,
    (field, key): (&'static str, &'static str),
) -> Result<Response, AppFault> {
    let says = Frame::desk(app, desk, "/services", "services-title").says;
    form(app, desk, service, typed, Errors::of(field, says.t(key))).await
}

/// Adds it, and shows its secret this once.
pub(super) async fn add(State(app): State<App>, sent: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (sent.from, sent.value);
    let details = match typed.read() {
        Ok(details) => details,
        Err(fault) => return wrong(&app, &desk, None, &typed, fault).await,
    };
    let random = || {
        cookie::new_secret()
            .ok_or_else(|| AppFault::Store(StoreError::Unreadable { what: "randomness".into() }))
    };
    let secret = if typed.public.is_none() { Some(random()?) } else { None };
    let service = Service {
        id: app.new_id(),
        details,
        secret: secret.as_ref().map(|secret| cookie::digest(secret)),
        salt: Digest::of(random()?.as_bytes()),
        saved: (desk.person.id, desk.at),
        ended: None,
    };
    match service::add(service.clone(), Clock::at(&desk).today()) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        Err(refusal) => return wrong(&app, &desk, None, &typed, about(&refusal)).await,
    }
    with_secret(&app, &desk, &service, secret).await
}

/// Changes it.
pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (sent.from, sent.value);
    let service = stored(&app, &id).await?;
    let details = match typed.read() {
        Ok(details) => details,
        Err(fault) => return wrong(&app, &desk, Some(&service.value), &typed, fault).await,
    };
    let today = Clock::at(&desk).today();
    match service::change(&service, details, desk.person.id, desk.at, today) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        Err(refusal) => return wrong(&app, &desk, Some(&service.value), &typed, about(&refusal)).await,
    }
    Ok(lead(&format!("/services/{}", service.value.id), "service-saved"))
}
