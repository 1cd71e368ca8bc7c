//! The certificate of a signature.

use axum::extract::{Path, State};
use axum::response::Response;
use usher_records::parents_place::ParentsPlace;
use usher_records::signature::{Part, Signature};
use usher_reports::agreements::InPlace;
use usher_reports::document::{self, Certificate};
use usher_types::ids;
use usher_types::role::PersonKind;

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
    let in_place = in_place(&app, &desk, &signature).await?;
    let certificate = Certificate {
        signature: &signature,
        title: &title,
        in_place: in_place.as_ref(),
        code: &code,
        place: &place,
    };
    let document = document::certificate(&letterhead(&desk, &app.words), &certificate);
    to_pdf(&app, &desk, &format!("certificate-{}", signature.id), document).await
}

/// What stands in a parent's place beside a child's own signature.
pub(in crate::pages::desk) async fn in_place(
    app: &App,
    desk: &AtDesk,
    signature: &Signature,
) -> Result<Option<InPlace>, AppFault> {
    if signature.part != Part::Own || signature.kind != PersonKind::Pupil {
        return Ok(None);
    }
    let found = app.books.find_one::<ParentsPlace>("standing", signature.person).await?;
    let place = found.map(|stored| stored.value).filter(|place| place.stands(desk.at, &desk.school.zone));
    let child = usher_directory::books::person(&app.books, signature.person).await?;
    Ok(place.map(|place| InPlace::of(&place, &child)))
}
