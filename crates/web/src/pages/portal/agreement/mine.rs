//! What I signed: which text, when, and the declaration I made.

use askama::Template;
use axum::extract::State;
use usher_records::signature::{How, Part, Signature};

use super::shown::{self, Section};
use super::text;
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::pages::portal::fault::{Answer, PortalFault};
use crate::view::frame::Frame;
use crate::view::page;

/// One signature as the page shows it.
struct Signed {
    title: String,
    version: String,
    day: String,
    declaration: String,
    on_paper: bool,
    for_child: bool,
    sections: Vec<Section>,
}

#[derive(Template)]
#[template(path = "portal/mine.html")]
struct MinePage {
    f: Frame,
    signed: Vec<Signed>,
}

/// Shows it.
pub(in crate::pages::portal) async fn show(State(app): State<App>, device: AtDevice) -> Answer {
    let person = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    let mut signed = Vec::new();
    for signature in text::signatures_of(&app, &person).await? {
        signed.push(of(&app, &device, signature).await?);
    }
    Ok(page(&MinePage { f: Frame::portal(&app, &device, "mine-title"), signed }))
}

async fn of(app: &App, device: &AtDevice, signature: Signature) -> Result<Signed, AppFault> {
    let text = text::read(app, signature.digest).await?;
    Ok(Signed {
        title: text.head.title.clone(),
        version: signature.version,
        day: device.school.zone.local(signature.at).spoken_date(),
        declaration: signature.declaration,
        on_paper: signature.how == How::OnPaper,
        for_child: matches!(signature.part, Part::ParentFor(_)),
        sections: shown::sections(&text, None),
    })
}
