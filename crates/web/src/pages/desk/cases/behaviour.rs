//! The behaviour system (EXT-09): pupils' cases as a table, each marked as transferred in the same step, so that a second
//! export is empty.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::routing::{self, CaseAct};
use usher_records::case::rules::{Class, Sort};
use usher_records::case::{Case, act};
use usher_records::change::Stored;
use usher_store::store::StoreError;

use super::{Cabinet, by, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, file};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::csv_line;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/cases/behaviour.html")]
struct Behaviour {
    f: Frame,
    d: Around,
    rows: Vec<(String, String)>,
}

/// Whether this person takes cases over.
pub(super) fn may(desk: &AtDesk) -> bool {
    routing::may_transfer(&desk.who())
}

/// Pupils' cases that were not taken over, oldest first.
fn due<'a>(desk: &AtDesk, cabinet: &'a Cabinet) -> Vec<&'a Stored<Case>> {
    let rules = &desk.school.settings.cases;
    let fits = |case: &Case| {
        case.class() == Class::Ordinary
            && rules.sort_of(case.kind()) == Sort::Pupil
            // Whoever was hurt or told of it goes into nobody's table.
            && case.subjects().next().is_some()
            && case.transferred().is_none()
    };
    let mine = cabinet.all.iter().filter(|stored| fits(&stored.value));
    mine.filter(|stored| cabinet.may(desk, CaseAct::See, &stored.value)).collect()
}

/// Shows what an export would hold.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    if !may(&desk) {
        return Err(AppFault::NotFound);
    }
    let (f, d) = around(&app, &desk, "/cases/behaviour", "behaviour-title");
    let cabinet = Cabinet::of(&app).await?;
    let line = |stored: &&Stored<Case>| {
        let case = &stored.value;
        let title = say::line(&desk, &f.says, &cabinet, case);
        (format!("/cases/{}", case.id), title)
    };
    let rows = due(&desk, &cabinet).iter().map(line).collect();
    let f = f.done(done.done.as_deref());
    Ok(page(&Behaviour { rows, f, d }))
}

/// What marking a case does to the table.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    Row,
    Leave,
    Stop,
}

/// Somebody else may have taken it; and where marking fails midway, what is marked is handed over all the same, because nobody
/// would ever see it in a table again. The rest stays due.
fn then(rows: usize, marked: Result<(), StoreError>) -> Result<Then, StoreError> {
    match marked {
        Ok(()) => Ok(Then::Row),
        Err(StoreError::Conflict { .. }) => Ok(Then::Leave),
        Err(error) if rows == 0 => Err(error),
        Err(error) => {
            tracing::warn!(%error, rows, "the behaviour table stops early");
            Ok(Then::Stop)
        }
    }
}

/// The table. Each case is marked before its row is handed over; one that somebody else took meanwhile is left out.
pub(super) async fn export(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let desk = form.from;
    if !may(&desk) {
        return Err(AppFault::NotFound);
    }
    let cabinet = Cabinet::of(&app).await?;
    let says = Frame::desk(&app, &desk, "/cases", "behaviour-title").says;
    let clock = Clock::at(&desk);
    let names = ["number", "date", "pupil", "class", "kind", "severity", "details", "action", "by"];
    let mut text = csv_line(&names.map(|name| says.of("behaviour-column", name)));
    let mut rows = 0;
    for stored in due(&desk, &cabinet) {
        let Ok(change) = act::transferred(stored, by(&desk)) else { continue };
        let marked = app.books.commit(&change, &desk.actor(), desk.at).await;
        match then(rows, marked.map(|_| ()))? {
            Then::Row => rows += 1,
            Then::Leave => continue,
            Then::Stop => break,
        }
        let case = &stored.value;
        let pupil = case.subjects().find_map(|who| who.person()).and_then(|id| cabinet.roll.person(id));
        let class = pupil.and_then(|person| cabinet.roll.class_of(person)).map(|class| class.name.clone());
        text.push_str(&csv_line(&[
            case.number.to_string(),
            clock.full(case.opened_at()),
            say::about(&says, &cabinet, case),
            class.unwrap_or_default(),
            say::kind(&desk, &says, case),
            case.severity().to_string(),
            case.nine().details.clone(),
            case.outcome().map_or_else(|| case.nine().action.clone(), str::to_owned),
            case.opened_by().map(|person| cabinet.roll.name(&says, person)).unwrap_or_default(),
        ]));
    }
    let name = format!("behaviour-{}.csv", clock.today());
    Ok(file("text/csv; charset=utf-8", &name, text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::noun::Kind;

    #[test]
    fn ext_09_what_was_marked_before_a_fault_is_handed_over() {
        let fault = || Err(StoreError::Unreadable { what: "a row".into() });
        assert_eq!(then(0, Ok(())).unwrap(), Then::Row);
        assert_eq!(then(2, fault()).unwrap(), Then::Stop);
        assert!(then(0, fault()).is_err(), "nothing is marked, nothing is lost");
        let taken = Err(StoreError::Conflict { kind: Kind::Case, id: 5 });
        assert_eq!(then(0, taken).unwrap(), Then::Leave);
    }
}
