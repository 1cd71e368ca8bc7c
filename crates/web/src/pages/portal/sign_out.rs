//! Signing out.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_records::session::{self, EndReason, Session};

use super::fault::Answer;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::live::Note;

#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Signs out whoever is at the device.
pub(super) async fn leave(State(app): State<App>, form: PortalForm<Nothing>) -> Answer {
    end_here(&app, &form.from).await?;
    Ok(Redirect::to("/?done=signed-out").into_response())
}

/// Ends the sign-in at a device, if there is one.
pub(super) async fn end_here(app: &App, device: &AtDevice) -> Result<(), AppFault> {
    if let Some(id) = device.who.subject.session {
        app.table.sign_out(id);
        app.live.tell(Note::Presence);
        if let Some(open) = app.books.get::<Session, _>(id).await?.filter(|open| open.value.ended.is_none()) {
            let change = session::end(&open, EndReason::SignedOut, device.at);
            app.commit(&change, &device.actor()).await?;
        }
    }
    Ok(())
}
