//! Where I signed in with my sign-in here, and when; what each service may know.

use askama::Template;
use axum::extract::State;
use usher_records::service::Service;
use usher_records::service::entry::Entry;

use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::pages::portal::fault::{Answer, PortalFault};
use crate::view::frame::Frame;
use crate::view::page;

/// The newest that are shown: a term's worth of lessons at one site.
const MOST_SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "portal/services/mine.html")]
struct MinePage {
    f: Frame,
    rows: Vec<(String, String)>,
    more: bool,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice) -> Answer {
    let person = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    let f = Frame::portal(&app, &device, "service-mine-title");
    let services = app.books.values::<Service>().await?;
    let mut entries: Vec<Entry> =
        app.books.find::<Entry>("person", person.id).await?.into_iter().map(|stored| stored.value).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    let row = |entry: &Entry| {
        let name = services.iter().find(|one| one.id == entry.service).map(|one| one.details.name.clone());
        let local = device.school.zone.local(entry.at);
        let (day, time) = (local.spoken_date(), local.spoken_time());
        Some((name?, f.says.t2("service-mine-when", ("day", &day), ("time", &time))))
    };
    let rows = entries.iter().take(MOST_SHOWN).filter_map(row).collect();
    Ok(page(&MinePage { rows, more: entries.len() > MOST_SHOWN, f }))
}
