//! The list of cases: those for these eyes, narrowed by state and sort; misuse and accidents stand apart (INC-19).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_lists::category::Area;
use usher_policy::routing::CaseAct;
use usher_records::case::Case;
use usher_records::case::rules::{Class, Sort};
use usher_types::calendar::SchoolCalendar;

use super::fields::areas;
use super::{Cabinet, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// Cases shown at a time: a page that is still quick to read through; older ones are a press away.
const MOST_SHOWN: usize = 100;
/// What the list can be narrowed to.
const SORTS: [&str; 3] = ["misuse", "accident", "complaint"];

#[derive(Template)]
#[template(path = "desk/cases/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    rows: Vec<Row>,
    /// How many there were in each area of risk this school year.
    by_area: Vec<(String, usize)>,
    /// Where the older ones are.
    older: Option<String>,
    behaviour: bool,
}

struct Row {
    address: String,
    number: String,
    title: String,
    who: String,
    when: String,
    class: Option<String>,
    route: String,
    new: bool,
    state: String,
    open: bool,
}

/// A case that waits for somebody, as the first page tells it.
pub(in crate::pages::desk) struct Waiting {
    pub(in crate::pages::desk) address: String,
    pub(in crate::pages::desk) title: String,
    pub(in crate::pages::desk) pressing: bool,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    area: String,
    /// Only those with a smaller number.
    #[serde(default)]
    before: Option<u32>,
    #[serde(default)]
    done: Option<String>,
}

/// Open cases that wait for this person: theirs to decide, and new to them.
pub(in crate::pages::desk) async fn waiting(
    app: &App,
    desk: &AtDesk,
    roll: &Arc<Roll>,
) -> Result<Vec<Waiting>, AppFault> {
    let cabinet = Cabinet::with(app, Arc::clone(roll)).await?;
    let says = Frame::desk(app, desk, "/cases", "cases-title").says;
    let mine = cabinet.mine(desk).into_iter().map(|stored| &stored.value);
    let new = mine.filter(|case| {
        case.is_open() && !case.was_seen_by(desk.person.id) && cabinet.may(desk, CaseAct::Decide, case)
    });
    let line = |case: &Case| {
        let title = say::line(desk, &says, &cabinet, case);
        Waiting { address: format!("/cases/{}", case.id), title, pressing: case.class() != Class::Ordinary }
    };
    Ok(new.map(line).collect())
}

/// Shows the list.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/cases", "cases-title");
    let cabinet = Cabinet::of(&app).await?;
    let rules = &desk.school.settings.cases;
    let state = if asked.state == "closed" { "closed" } else { "open" };
    let fits = |case: &Case| {
        let sort = rules.sort_of(case.kind());
        let sorted = match asked.sort.as_str() {
            "accident" => sort == Sort::Accident,
            "misuse" => matches!(sort, Sort::Pupil | Sort::Staff),
            "complaint" => sort == Sort::Complaint,
            _ => true,
        };
        let before = asked.before.is_none_or(|number| case.number < number);
        let placed = Area::named(&asked.area).is_none_or(|area| case.area() == area);
        sorted && placed && before && case.is_open() == (state == "open")
    };
    let mine = cabinet.mine(&desk);
    let mut found = mine.iter().map(|stored| &stored.value).filter(|case| fits(case));
    let shown: Vec<&Case> = found.by_ref().take(MOST_SHOWN).collect();
    let older = found.next().and(shown.last()).map(|last| {
        let sort = if SORTS.contains(&asked.sort.as_str()) { asked.sort.as_str() } else { "" };
        let area = Area::named(&asked.area).map_or("", Area::name);
        format!("/cases?state={state}&sort={sort}&area={area}&before={}", last.number)
    });
    let rows = shown.into_iter().map(|case| row(&f, &desk, &cabinet, case)).collect();
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let choice = |name: &str| Choice::new(name, f.says.of("cases-show", name));
    let any = Choice::new("", f.says.t("cases-show-any"));
    let sorts = std::iter::once(any).chain(SORTS.map(choice)).collect();
    let search = vec![
        fields.select("state", choosing(vec![choice("open"), choice("closed")], state)),
        fields.select("sort", choosing(sorts, &asked.sort)),
        fields.select("area", areas(&f.says, "cases-show-any", &asked.area)),
    ];
    let behaviour = super::behaviour::may(&desk);
    let f = f.done(asked.done.as_deref());
    let by_area = by_area(&desk, &f, mine.iter().map(|stored| &stored.value));
    Ok(page(&Index { search, rows, by_area, older, behaviour, f, d }))
}

/// How many of those for these eyes there were in each area of risk since the school year began (KC-05).
fn by_area<'a>(desk: &AtDesk, f: &Frame, mine: impl Iterator<Item = &'a Case>) -> Vec<(String, usize)> {
    let begin = desk.school.zone.start_of(SchoolCalendar::year_start(Clock::at(desk).today()));
    let mut found = Area::ALL.map(|area| (area, 0));
    for case in mine.filter(|case| case.opened_at() >= begin) {
        let area = case.area();
        found.iter_mut().filter(|(one, _)| *one == area).for_each(|(_, count)| *count += 1);
    }
    found.map(|(area, count)| (f.says.of("case-area", area.name()), count)).to_vec()
}

fn row(f: &Frame, desk: &AtDesk, cabinet: &Cabinet, case: &Case) -> Row {
    let clock = Clock::at(desk);
    let class = case.class();
    Row {
        address: format!("/cases/{}", case.id),
        number: f.says.t1("case-number", "number", case.number),
        title: say::kind(desk, &f.says, case),
        who: say::about(&f.says, cabinet, case),
        when: clock.time(case.opened_at()),
        class: (class != Class::Ordinary).then(|| f.says.of("case-class", class.name())),
        route: f.says.of("case-origin", case.origin().name()),
        new: !case.was_seen_by(desk.person.id),
        state: state_words(f, desk, cabinet, case),
        open: case.is_open(),
    }
}

fn state_words(f: &Frame, desk: &AtDesk, cabinet: &Cabinet, case: &Case) -> String {
    match case.outcome() {
        Some(outcome) => f.says.t1("case-outcome", "text", outcome),
        None => f.says.t1("case-is-with", "names", say::owners(desk, &f.says, cabinet, case)),
    }
}
