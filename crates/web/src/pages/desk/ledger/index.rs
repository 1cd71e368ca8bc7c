//! The three lists, and every promise in force with what keeps it.

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::ledger::State;
use usher_reports::document;
use usher_reports::ledger::Names;

use super::{Clause, Control, Look, Made, clause, control, look_of, names};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/ledger/index.html")]
struct Index {
    f: Frame,
    d: Around,
    lead: String,
    when: String,
    counted: String,
    /// Each state with how many clauses are in it, and where only those are shown.
    states: Vec<(Look, usize, String)>,
    /// The filters: address, words, how many, whether it is here.
    filters: Vec<(String, String, usize, bool)>,
    clauses: Vec<Clause>,
    controls: Vec<Control>,
    /// What is said where there is nothing.
    nothing: Option<String>,
    heading: String,
    note: Option<String>,
}

/// What is asked for by the address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// One of the three lists.
    #[serde(default)]
    list: Option<String>,
    /// Clauses in one state.
    #[serde(default)]
    state: Option<String>,
}

/// Shows it.
pub(super) async fn show(
    Shared(app): Shared<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/ledger", "ledger-title");
    let made = Made::of(&app, &desk).await?;
    let teller = made.teller(&app, &desk, names(&desk));
    let told = teller.told(&made.ledger);
    let list = asked.list.as_deref().unwrap_or_default();
    let lists = [
        ("", "ledger-list-all", told.all.len()),
        ("unkept", "ledger-list-unkept", told.unkept.len()),
        ("no-longer", "ledger-list-no-longer", told.no_longer.len()),
        ("untold", "ledger-list-untold", told.untold.len()),
    ];
    let filters = lists.map(|(name, words, count)| {
        let address = if name.is_empty() { "/ledger".to_owned() } else { format!("/ledger?list={name}") };
        (address, f.says.t(words), count, name == list && asked.state.is_none())
    });
    let states = told.states.into_iter().map(|(state, count, word)| {
        let (tone, icon) = look_of(state);
        (Look { tone, icon, word }, count, format!("/ledger?state={}", state.name()))
    });
    let states = states.collect();
    let one_state =
        asked.state.as_deref().and_then(|name| State::ALL.into_iter().find(|state| state.name() == name));
    let (clauses, controls, key) = match (one_state, list) {
        (Some(state), _) => {
            let mut some = told.all;
            some.retain(|clause| clause.state.0 == state);
            (some, Vec::new(), "ledger-list-all")
        }
        (None, "unkept") => (told.unkept, Vec::new(), "ledger-list-unkept"),
        (None, "no-longer") => (told.no_longer, Vec::new(), "ledger-list-no-longer"),
        (None, "untold") => (Vec::new(), told.untold, "ledger-list-untold"),
        (None, _) => (told.all, Vec::new(), "ledger-list-all"),
    };
    let nothing = (clauses.is_empty() && controls.is_empty()).then(|| match key {
        "ledger-list-all" => f.says.t("ledger-none"),
        key => f.says.of(key, "none"),
    });
    Ok(page(&Index {
        lead: f.says.t1("ledger-lead", "school", &desk.school.name),
        when: teller.when(desk.at),
        counted: made.counted(&app),
        states,
        filters: filters.into(),
        note: (!controls.is_empty()).then(|| f.says.t("ledger-list-untold-text")),
        clauses: clauses.into_iter().map(clause).collect(),
        controls: controls.into_iter().map(control).collect(),
        nothing,
        heading: one_state.map_or_else(|| f.says.t(key), |state| teller.state(state)),
        f,
        d,
    }))
}

/// The ledger as a PDF, for a governor: the three lists first, pupils and families as numbers.
pub(super) async fn print(Shared(app): Shared<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let made = Made::of(&app, &desk).await?;
    let names = if names(&desk) == Names::Nobody { Names::Nobody } else { Names::Adults };
    let teller = made.teller(&app, &desk, names);
    let told = teller.told(&made.ledger);
    let lines = [teller.when(desk.at), made.counted(&app)];
    let document = document::ledger(&letterhead(&desk, &app.words), &told, &lines);
    to_pdf(&app, &desk, &format!("promises-{}", Clock::at(&desk).today()), document).await
}
