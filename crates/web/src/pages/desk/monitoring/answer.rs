//! What the school does about something that is not seen: the form that says it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::coverage::{Known, facts};
use usher_records::monitoring::{self, Answer, Limit};
use usher_records::refusal::Refusal;
use usher_types::role::Role;

use super::{ADDRESS, Books, hand, seen, stored};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// Days until the next look that the form begins with: a year from today.
const NEXT_DAYS: i64 = 365;

#[derive(Template)]
#[template(path = "desk/monitoring/answer.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    name: String,
    fact: String,
    fields: Vec<Field>,
}

/// An answer as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "monitoring-what")]
    what: String,
    #[serde(default, rename = "monitoring-who")]
    who: String,
    #[serde(default, rename = "monitoring-next")]
    again: String,
}

/// Shows the form, filled with what is said already.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(limit): Path<String>,
) -> Result<Response, AppFault> {
    let limit = Limit::named(&limit).ok_or(AppFault::NotFound)?;
    let said = stored(&app).await?.and_then(|plan| plan.value.answer(limit).cloned());
    let next = Clock::at(&desk).today().saturating_add(NEXT_DAYS.days());
    let typed = match said {
        Some(said) => {
            Typed { what: said.what, who: said.who.name().to_owned(), again: said.again.to_string() }
        }
        None => Typed {
            who: Role::SafeguardingLead.name().to_owned(),
            again: next.to_string(),
            ..Typed::default()
        },
    };
    shown(&app, &desk, limit, &typed, Errors::none()).await
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    limit: Limit,
    typed: &Typed,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "monitoring-answer-title");
    let books = Books::of(app).await?;
    let policy = seen::policy(app).await?;
    let traffic = seen::traffic(app, desk, &policy).await?;
    let settings = &desk.school.settings;
    let known = Known { policy: &policy, settings, devices: &books.devices, traffic: &traffic };
    let teller = books.teller(app, desk);
    let fact = facts(known).get(&limit).map(|fact| teller.fact(fact)).unwrap_or_default();
    let offices = Role::ALL.map(|role| Choice::new(role.name(), teller.office(role)));
    let name = teller.limit_name(limit);
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.area("monitoring-what", &typed.what, 4),
        fields.select("monitoring-who", choosing(offices.into(), &typed.who)),
        fields.date("monitoring-next", &typed.again),
    ];
    let address = format!("{ADDRESS}/limits/{}", limit.name());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Show { f, d, errors, address, name, fact, fields }))
}

/// Keeps what was typed.
pub(super) async fn keep(
    State(app): State<App>,
    Path(limit): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let limit = Limit::named(&limit).ok_or(AppFault::NotFound)?;
    let who = Role::ALL.into_iter().find(|role| role.name() == typed.who).ok_or(AppFault::NotFound)?;
    let says = Frame::desk(&app, &desk, ADDRESS, "monitoring-answer-title").says;
    let Ok(again) = typed.again.parse::<Date>() else {
        let errors = Errors::of("monitoring-next", says.t("monitoring-day-missing"));
        return shown(&app, &desk, limit, &typed, errors).await;
    };
    let answer = Answer { limit, what: typed.what.clone(), who, again };
    let before = stored(&app).await?;
    match monitoring::answer(before.as_ref(), answer, Clock::at(&desk).today(), hand(&app, &desk)) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "monitoring-kept"))
        }
        Err(refusal) => {
            let (field, key) = match refusal {
                Refusal::EndNeeded | Refusal::TooLong => ("monitoring-next", "monitoring-day-odd"),
                _ => ("monitoring-what", refusal.words()),
            };
            shown(&app, &desk, limit, &typed, Errors::of(field, says.t(key))).await
        }
    }
}
