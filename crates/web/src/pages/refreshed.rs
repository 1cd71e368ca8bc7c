//! What is open to somebody is worked out anew wherever they are signed in: they, or their parent, signed.

use usher_directory::books::subject_of_session;
use usher_records::school::School;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::app::{App, AppFault};

/// Works it out anew, at once.
pub(in crate::pages) async fn refresh(
    app: &App,
    school: &School,
    person: PersonId,
    at: Moment,
) -> Result<(), AppFault> {
    for address in app.table.devices_of(person, at) {
        if let Some(session) = app.table.session_at(address, at) {
            let subject = subject_of_session(&app.books, school, &session, at).await?;
            app.table.update_session(&session, &subject);
        }
    }
    Ok(())
}
