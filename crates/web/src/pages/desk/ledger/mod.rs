//! The ledger of clauses (POL-01): every sentence people sign, what keeps it, and whether it is true now.

mod index;
mod paste;
mod show;

use std::collections::BTreeMap;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use usher_ledger::tally::Term;
use usher_ledger::{LedgerFault, look};
use usher_policy::access::Act;
use usher_policy::ledger::{Ledger, State};
use usher_records::held::{Held, HeldBook};
use usher_reports::ledger::{Names, Teller};
use usher_reports::plot::{Medium, spark};
use usher_types::ids::PersonId;
use usher_types::role::{Reader, Roles};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::password::unavailable;
use crate::routes::{DeskRoute, desk_route};
use crate::view::markdown;

/// What those who see the ledger have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::SeeLedger;
    let pasting = get(paste::show).post(paste::take).layer(DefaultBodyLimit::max(paste::LARGEST_BYTES));
    vec![
        desk_route("/ledger", act, get(index::show)),
        desk_route("/ledger/pdf", act, get(index::print)),
        desk_route("/ledger/paste", act, pasting),
        desk_route("/ledger/clause/{text}/{clause}", act, get(show::show)),
    ]
}

impl From<LedgerFault> for AppFault {
    fn from(fault: LedgerFault) -> Self {
        match fault {
            LedgerFault::Store(error) => error.into(),
            LedgerFault::Activity(error) => error.into(),
            other => unavailable(other),
        }
    }
}

/// A ledger as it is now, with what it takes to say it.
struct Made {
    ledger: Ledger,
    term: Term,
    offices: BTreeMap<PersonId, Roles>,
}

impl Made {
    async fn of(app: &App, desk: &AtDesk) -> Result<Self, AppFault> {
        let snapshot = app.snapshot.load_full().ok_or(AppFault::NotFound)?;
        let term = app.tally.term(&snapshot, desk.at).await?;
        let (read, checked) = look(&app.books, snapshot, desk.at).await?;
        let ledger = read.ledger(&checked);
        let offices = read.people.into_iter().map(|(id, person)| (id, person.roles)).collect();
        Ok(Self { ledger, term, offices })
    }

    /// Says it, with the names `names` allows.
    fn teller<'a>(&'a self, app: &'a App, desk: &'a AtDesk, names: Names) -> Teller<'a> {
        let (words, zone) = (app.words.as_ref(), &desk.school.zone);
        Teller { words, zone, offices: &self.offices, names, evidence: &self.term }
    }

    /// The days that were counted, in a sentence.
    fn counted(&self, app: &App) -> String {
        let (first, last) = self.term.days();
        app.words.say(Reader::Adult, "ledger-term", &[("first", first.into()), ("last", last.into())])
    }
}

/// How many sentences were true when somebody signed them and are not any more. Where nothing that held ever ceased to, that is
/// known without trying anything.
pub(super) async fn untrue(app: &App, desk: &AtDesk) -> Result<usize, AppFault> {
    let book = app.books.get::<HeldBook, _>(app.books.school()).await?;
    let fell = |held: &Held| held.turns.len() > 1 && held.turns.last().is_some_and(|last| !last.holds);
    if !book.is_some_and(|book| book.value.controls.iter().any(fell)) {
        return Ok(0);
    }
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(0) };
    let (read, checked) = look(&app.books, snapshot, desk.at).await?;
    Ok(read.ledger(&checked).no_longer().count())
}

/// Whose names somebody at the desk sees among signers.
fn names(desk: &AtDesk) -> Names {
    if desk.may(Act::SeeSignatures).is_ok() { Names::Everybody } else { Names::Nobody }
}

/// A clause, for a template.
struct Clause {
    address: String,
    version: String,
    number: u16,
    text: String,
    look: Look,
    means: String,
    since: Option<String>,
    controls: Vec<Control>,
    signed: String,
    ended_for: Option<(String, Vec<String>)>,
}

impl Clause {
    /// Whether anything that keeps it was ever looked at.
    fn has_history(&self) -> bool {
        self.controls.iter().any(|control| !control.history.is_empty())
    }
}

/// How a state looks: tone, icon and word.
struct Look {
    tone: &'static str,
    icon: &'static str,
    word: String,
}

/// A control, for a template.
struct Control {
    title: String,
    level: String,
    conditions: String,
    outcome: String,
    falls: bool,
    count: String,
    more: Option<String>,
    spark: Option<String>,
    history: Vec<String>,
}

const fn look_of(state: State) -> (&'static str, &'static str) {
    match state {
        State::Kept => ("go", "circle-check"),
        State::Duty => ("info", "user"),
        State::Conditional => ("info", "shield-check"),
        State::InPart => ("wait", "triangle-alert"),
        State::NoLonger => ("stop", "circle-alert"),
        State::Nothing => ("stop", "ban"),
    }
}

fn clause(told: usher_reports::ledger::Clause) -> Clause {
    let (tone, icon) = look_of(told.state.0);
    Clause {
        address: format!("/ledger/clause/{}/{}", told.digest, told.id),
        version: told.version,
        number: told.number,
        text: markdown::inline(&told.text),
        look: Look { tone, icon, word: told.state.1 },
        means: told.rests.unwrap_or(told.means),
        since: told.since,
        controls: told.controls.into_iter().map(control).collect(),
        signed: told.signed,
        ended_for: told.ended_for,
    }
}

fn control(told: usher_reports::ledger::Control) -> Control {
    Control {
        title: told.title,
        level: told.level,
        conditions: told.conditions.join("; "),
        falls: told.falls,
        outcome: told.outcome,
        count: told.evidence.count,
        more: told.evidence.more,
        // A plot of nothing is only a line.
        spark: told
            .evidence
            .weeks
            .filter(|weeks| weeks.iter().any(|count| *count > 0))
            .map(|weeks| spark(&weeks, Medium::Page)),
        history: told.history,
    }
}
