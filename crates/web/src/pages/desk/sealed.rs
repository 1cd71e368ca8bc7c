//! What a form at the desk would open of what nobody can: refused in words where it is sent, and kept in the journal (FM-27).

use usher_records::refusal::Refusal;
use usher_records::sealed::{self, Way};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;

/// Keeps that somebody tried, with who and by which form.
pub(super) async fn tried(app: &App, desk: &AtDesk, way: Way) -> Result<(), AppFault> {
    app.commit(&sealed::tried(way), &desk.actor()).await
}

/// The refusal as it came; where it is of a sealed page, the try is kept first. Without a snapshot every page counts as sealed
/// and nobody tried anything.
pub(super) async fn noted(app: &App, desk: &AtDesk, way: Way, refusal: Refusal) -> Result<Refusal, AppFault> {
    if refusal == Refusal::Sealed && app.snapshot.load().is_some() {
        tried(app, desk, way).await?;
    }
    Ok(refusal)
}
