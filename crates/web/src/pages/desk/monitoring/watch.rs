//! How a room or group is watched: the form that says it, and taking it out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_records::monitoring::{self, Software, Watched};
use usher_records::refusal::Refusal;

use super::{ADDRESS, Books, hand, read, stored, written};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/monitoring/watch.html")]
struct Watch {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
    /// What is said already, to be taken out.
    said: Option<String>,
}

/// Which room or group is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    place: String,
}

/// How it is watched, as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "monitoring-place")]
    place: String,
    #[serde(default, rename = "monitoring-in-person")]
    in_person: String,
    #[serde(default, rename = "monitoring-web-log")]
    web_log: Option<String>,
    #[serde(default, rename = "monitoring-product")]
    product: String,
    #[serde(default, rename = "monitoring-whose")]
    whose: String,
}

impl Typed {
    fn of(watched: &Watched) -> Self {
        let software = watched.device.clone();
        let (product, whose) = software.map(|one| (one.product, one.whose)).unwrap_or_default();
        Self {
            place: written(&watched.place),
            in_person: watched.in_person.clone().unwrap_or_default(),
            web_log: watched.web_log.then(|| "yes".to_owned()),
            product,
            whose,
        }
    }

    fn watched(&self) -> Result<Watched, AppFault> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let named = some(&self.product).is_some() || some(&self.whose).is_some();
        Ok(Watched {
            place: read(&self.place)?,
            in_person: some(&self.in_person),
            web_log: self.web_log.is_some(),
            device: named.then(|| Software { product: self.product.clone(), whose: self.whose.clone() }),
        })
    }
}

/// Shows the form, filled with what is said already.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let plan = stored(&app).await?;
    let place = if asked.place.is_empty() { None } else { Some(read(&asked.place)?) };
    let said = place.and_then(|place| plan.as_ref()?.value.at_place(&place).cloned());
    let typed = said.as_ref().map_or_else(|| Typed { place: asked.place, ..Typed::default() }, Typed::of);
    shown(&app, &desk, &typed, said.map(|said| written(&said.place)), Errors::none()).await
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    typed: &Typed,
    said: Option<String>,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "monitoring-watch-title");
    let books = Books::of(app).await?;
    let teller = books.teller(app, desk);
    let choice = |place: &monitoring::Place| {
        let name = teller.name(place);
        let name = match place {
            monitoring::Place::Room(_) => f.says.t1("monitoring-place-room", "name", name),
            _ => name,
        };
        Choice::new(written(place), name)
    };
    let choices = books.all_places().iter().map(choice).collect();
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.select("monitoring-place", choosing(choices, &typed.place)),
        fields.area("monitoring-in-person", &typed.in_person, 3),
        fields.tick("monitoring-web-log", typed.web_log.is_some()),
        fields.line("monitoring-product", &typed.product),
        fields.line("monitoring-whose", &typed.whose),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Watch { f, d, errors, fields, said }))
}

/// Keeps what was typed.
pub(super) async fn keep(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let watched = typed.watched()?;
    if !Books::of(&app).await?.all_places().contains(&watched.place) {
        return Err(AppFault::NotFound);
    }
    let before = stored(&app).await?;
    match monitoring::watch(before.as_ref(), watched, hand(&app, &desk)) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "monitoring-kept"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "monitoring-watch-title").says;
            let (field, key) = match refusal {
                Refusal::ReasonNeeded => ("monitoring-in-person", "monitoring-nothing-watched"),
                Refusal::NameNeeded if typed.product.trim().is_empty() => {
                    ("monitoring-product", refusal.words())
                }
                Refusal::NameNeeded => ("monitoring-whose", refusal.words()),
                Refusal::NotOnDevices => ("monitoring-product", refusal.words()),
                _ => ("monitoring-place", refusal.words()),
            };
            shown(&app, &desk, &typed, None, Errors::of(field, says.t(key))).await
        }
    }
}

/// Takes a room or group out of the plan.
pub(super) async fn leave_out(State(app): State<App>, form: DeskForm<Asked>) -> Result<Response, AppFault> {
    let (desk, asked) = (form.from, form.value);
    let before = stored(&app).await?.ok_or(Refusal::Gone)?;
    let change = monitoring::leave_out(&before, &read(&asked.place)?, hand(&app, &desk))?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(ADDRESS, "monitoring-kept"))
}
