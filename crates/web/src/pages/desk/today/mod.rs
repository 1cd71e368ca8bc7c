//! Today: what needs me, in order, each with its one action; nothing else.

mod items;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;

use self::items::Item;
use super::around::{Around, Done, around};
use super::clock::Clock;
use super::lessons::start::Quick;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Today {
    f: Frame,
    d: Around,
    greeting: String,
    day: String,
    items: Vec<Item>,
    quick: Vec<Quick>,
    lessons: bool,
    reports_sites: bool,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/", "nav-today");
    let roll = Arc::new(Roll::of(&app).await?);
    let today = items::of(&app, &desk, &f, &roll).await?;
    let local = desk.school.zone.local(desk.at);
    let hour = local.time().hour();
    let key = match hour {
        0..=11 => "greeting-morning",
        12..=17 => "greeting-afternoon",
        _ => "greeting-evening",
    };
    let name = desk.person.known_as.as_deref().unwrap_or(&desk.person.given);
    let greeting = f.says.t1(key, "name", name);
    let day = format!("{} {}", local.date().strftime("%A"), Clock::at(&desk).day(desk.at));
    let f = f.done(done.done.as_deref());
    Ok(page(&Today {
        greeting,
        day,
        items: today.items,
        quick: today.quick,
        lessons: today.lessons,
        reports_sites: desk.may(Act::ReportSite).is_ok(),
        f,
        d,
    }))
}
