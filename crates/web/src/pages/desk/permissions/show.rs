//! One permission: what was asked, what it would open, what was said, and what to do next.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use usher_policy::permission::may_end;
use usher_records::permission::{Permission, State as Now};

use super::meaning::{self, Told};
use super::{Shelf, index, new, say, stored};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/permissions/show.html")]
struct ShowPage {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    asked: String,
    reason: String,
    tone: &'static str,
    state: String,
    facts: Vec<(String, String)>,
    entries: Vec<(String, String, Option<String>)>,
    told: Option<Told>,
    /// The form of whoever may decide.
    decides: Option<Field>,
    /// Whether a yes waits for a second person.
    two: bool,
    /// Who may decide, where whoever looks may not.
    deciders: Option<String>,
    /// The form of whoever may end it.
    ends: Option<Field>,
    waits: bool,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    one(&app, &desk, &id, ("", "", Errors::none()), done.done.as_deref()).await
}

/// The page with what was written in its forms: the words of an answer, the reason for an end.
pub(super) async fn one(
    app: &App,
    desk: &AtDesk,
    id: &str,
    (words, why, errors): (&str, &str, Errors),
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let permission = stored(app, id).await?.value;
    let roll = Roll::of(app).await?;
    let shelf = Shelf::of(app, desk, &roll, [&permission]).await?;
    if !shelf.sees(&permission) {
        return Err(AppFault::NotFound);
    }
    let (f, d) = around(app, desk, "/permissions", "permissions-title");
    let clock = Clock::at(desk);
    let (state, terms) = (shelf.state(&permission), shelf.terms(&permission));
    let meant =
        if permission.ask.pages.is_empty() { None } else { Some(of(app, desk, &roll, &permission).await?) };
    let risky = meant.as_ref().is_some_and(usher_policy::permission::Meaning::is_risky);
    let decides = shelf.decides(&permission);
    let ends = may_end(&desk.who(), &permission, &terms)
        && (state.waits() || matches!(state, Now::Open | Now::Begins))
        // Whoever decides says no instead.
        && !decides;
    let asker = permission.asker().map(|asker| roll.name(&f.says, asker)).unwrap_or_default();
    let (decides, ends) = {
        let fields = Fields::new(&f.says, &errors);
        let why = fields.line("why", why).labelled(f.says.t("permission-end-why"));
        (decides.then(|| fields.area("words", words, 3)), ends.then_some(why))
    };
    let page = ShowPage {
        address: format!("/permissions/{}", permission.id),
        asked: f.says.t2(
            "permission-asked-by",
            ("name", &asker),
            ("time", &clock.time(permission.asked_at())),
        ),
        reason: permission.ask.reason.clone(),
        tone: index::tone(state),
        state: f.says.of("permission-state", state.name()),
        facts: say::facts(&f.says, &shelf, &permission, clock),
        entries: entries(&f, &roll, clock, &permission),
        // What lists know of a site is for those who decide.
        told: meant.filter(|_| decides.is_some()).map(|meant| meaning::told(&f.says, &meant)),
        two: (terms.two_people || risky) && state == Now::Waits,
        deciders: (state.waits() && decides.is_none()).then(|| {
            let names = shelf.deciders(&permission);
            if names.is_empty() { new::offices(&f.says, &terms.deciders) } else { f.says.list(&names) }
        }),
        decides,
        ends,
        waits: state.waits(),
        f: {
            let title = say::title(&f.says, &permission);
            f.titled(title).done(done)
        },
        d,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

/// What it would open.
pub(super) async fn of(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    permission: &Permission,
) -> Result<usher_policy::permission::Meaning, AppFault> {
    meaning::looked_up(app, desk, roll, (&permission.ask.pages, &permission.ask.whom), &[]).await
}

fn entries(
    f: &Frame,
    roll: &Roll,
    clock: Clock<'_>,
    permission: &Permission,
) -> Vec<(String, String, Option<String>)> {
    let entry = |one| {
        let (what, by, words) = say::entry(&f.says, roll, one);
        (what, format!("{by} · {}", clock.time(one.at)), words)
    };
    permission.entries.iter().map(entry).collect()
}
