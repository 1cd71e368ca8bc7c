//! What every way of signing in ends with: the table knows, whoever was there before is told, and the next page is the
//! one that is due.

use axum::response::Redirect;
use usher_directory::sign_in::{Ask, SignInFault, SignedIn};
use usher_policy::facts::Subject;
use usher_records::session::EndReason;
use usher_records::standing::Standing;
use usher_store::store::StoreError;
use usher_types::role::PersonKind;

use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::live::Note;
use crate::view::says::Says;

/// Signs somebody in at this device.
pub(super) async fn enter(app: &App, device: &AtDevice, ask: Ask) -> Result<SignedIn, SignInFault> {
    let last_here = app.table.last_at(device.peer.address);
    let signed_in = app.sign_in.sign_in(ask, last_here, device.at).await?;
    take_in(app, &signed_in);
    Ok(signed_in)
}

/// Somebody is signed in: the table and the live pages hear of it.
pub(super) fn take_in(app: &App, signed_in: &SignedIn) {
    for other in signed_in.ended.iter().filter(|other| other.bound != signed_in.session.bound) {
        app.table.end(other.id, EndReason::Elsewhere);
    }
    app.table.sign_in(signed_in.session.clone(), std::sync::Arc::clone(&signed_in.subject));
    app.live.tell(Note::Presence);
}

/// The page that is due next: a new password, the clause, the agreement, or where they were going.
pub(super) fn onward(subject: &Subject, must_change: bool, then: &Then) -> Redirect {
    let due = matches!(subject.standing, Standing::Due { .. });
    let path = if must_change {
        "/password"
    } else if due {
        "/agreement"
    } else if !subject.clause_accepted {
        "/clause"
    } else if subject.kind == Some(PersonKind::Parent) {
        "/parents?done=signed-in"
    } else {
        "/?done=signed-in"
    };
    Redirect::to(&then.to(path))
}

/// Why nobody was signed in, in words.
///
/// # Errors
/// When it was not their doing: the books or the password check failed.
pub(super) fn words(says: &Says, device: &AtDevice, fault: SignInFault) -> Result<String, AppFault> {
    Ok(match fault {
        SignInFault::Wrong => says.t("sign-in-wrong"),
        SignInFault::Resting(until) => {
            says.t1("sign-in-resting", "time", device.school.zone.local(until).spoken_time())
        }
        SignInFault::Closed => says.t("sign-in-closed"),
        SignInFault::Elsewhere => says.t("sign-in-elsewhere"),
        SignInFault::Store(error) => return Err(error.into()),
        other => return Err(AppFault::Store(StoreError::Unreadable { what: other.to_string() })),
    })
}
