//! What the school can see, in the reader's words (MON-11, MON-12), and whom to ask.

use askama::Template;
use axum::extract::State;
use usher_records::person::Person;
use usher_types::role::Role;

use super::fault::Answer;
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "portal/notice.html")]
struct NoticePage {
    f: Frame,
    weekly: String,
    seen_by: String,
    questions: String,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice) -> Answer {
    let f = Frame::portal(&app, &device, "notice-title");
    let settings = &device.school.settings;
    let weekly = roles(&f.says, &settings.reports.weekly_to);
    let seen_by = roles(&f.says, &settings.reports.activity_seen_by);
    let questions = holder_of(&app, &device, &f.says, settings.contacts.questions).await?;
    Ok(page(&NoticePage { f, weekly, seen_by, questions }))
}

/// `the headteacher and the safeguarding lead`.
fn roles(says: &Says, roles: &[Role]) -> String {
    let names: Vec<String> = roles.iter().map(|role| the(says, *role)).collect();
    says.list(&names)
}

fn the(says: &Says, role: Role) -> String {
    says.t1("the-role", "role", says.t(format!("role-{}", role.name())))
}

/// Who holds an office now, by name and office; the office alone when nobody does.
pub(super) async fn holder_of(
    app: &App,
    device: &AtDevice,
    says: &Says,
    role: Role,
) -> Result<String, AppFault> {
    let today = device.school.zone.local(device.at).date();
    let holders = app.books.find::<Person>("role", role.name()).await?;
    let holder = holders.into_iter().map(|stored| stored.value).find(|person| person.is_here(today));
    let office = the(says, role);
    Ok(match holder {
        Some(person) => says.t2("role-holder", ("name", &person.name()), ("role", &office)),
        None => office,
    })
}
