//! The certificate of a signature.

use axum::extract::{Path, State};
use axum::response::Response;
use usher_records::signature::Signature;
use usher_reports::document::{self, Certificate};
use usher_types::ids;

use crate::app::{App, AppFault};
use crate::desk::codes;
use crate::extract::desk::AtDesk;
use crate::pages::desk::agreements::version;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll;

/// Sets it.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let stored = app.books.get::<Signature, _>(roll::id::<ids::Signature>(&id)?).await?;
    let signature = stored.ok_or(AppFault::NotFound)?.value;
    let text = version::text(&app, signature.digest).await?;
    let title = text.map_or_else(|| signature.agreement.clone(), |text| text.head.title);
    let code = codes::of_certificate(&app.vault, signature.id);
    let place = format!("{}/verify", app.places.portal_origin);
    let certificate = Certificate { signature: &signature, title: &title, code: &code, place: &place };
    let document = document::certificate(&letterhead(&desk, &app.words), &certificate);
    to_pdf(&app, &desk, &format!("certificate-{}", signature.id), document).await
}
