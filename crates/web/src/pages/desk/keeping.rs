//! What is kept, and how long: every kind of record with what it is for, who reads it and when it goes (DPR-01), the school's
//! figures (DPR-09), and the log of what was removed (DPR-13).

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use usher_activity::store::Reach;
use usher_policy::access::{Act, offices};
use usher_policy::holdings::{Holding, Until};
use usher_records::case::{Case, held_people};
use usher_records::change::Stored;
use usher_records::keeping::{self, Disposal, KeepDays, KeepRules, ROW_DAYS, Rule, WHOLE_DAYS};
use usher_records::refusal::Refusal;
use usher_records::school::School;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::health::{Light, Look};
use super::signed::untrue;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Lines of the log on a page: a term of nights.
const PAGE_LINES: usize = 100;

/// What those who see settings have, and the head.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/records-kept", Act::SeeSettings, get(index)),
        desk_route("/records-kept/change", Act::ChangeSettings, get(form).post(change)),
    ]
}

#[derive(Template)]
#[template(path = "desk/keeping/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    held: String,
    log: Vec<Line>,
    earlier: Option<String>,
    changes: bool,
}

struct Row {
    what: String,
    why: String,
    ground: String,
    place: String,
    readers: String,
    until: String,
    next: String,
}

struct Line {
    when: String,
    what: String,
    count: u64,
    rule: String,
    held: u32,
}

/// Which page of the log, and what was done.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Pages of the log before it.
    #[serde(default)]
    back: usize,
    #[serde(flatten)]
    done: Done,
}

async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/records-kept", "keeping-title");
    let clock = Clock::at(&desk);
    let held = held_people(&app.books.values::<Case>().await?).len();
    let mut log = app.books.values::<Disposal>().await?;
    log.sort_by_key(|line| std::cmp::Reverse((line.at, line.id)));
    let from = asked.back.saturating_mul(PAGE_LINES);
    let more = log.len() > from.saturating_add(PAGE_LINES);
    let line = |line: &Disposal| Line {
        when: clock.full(line.at),
        what: f.says.of("keeping-removed", line.what.name()),
        count: line.count,
        rule: by_rule(&f.says, line.rule),
        held: line.held,
    };
    let view = Index {
        rows: Holding::ALL.into_iter().map(|holding| row(&f.says, &desk, holding)).collect(),
        held: f.says.n("keeping-held", "count", held),
        log: log.iter().skip(from).take(PAGE_LINES).map(line).collect(),
        earlier: more.then(|| format!("/records-kept?back={}", asked.back.saturating_add(1))),
        changes: desk.may(Act::ChangeSettings).is_ok(),
        f: f.clone().done(asked.done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn by_rule(says: &Says, rule: Rule) -> String {
    match rule {
        Rule::Days { pupils, adults } => days(says, pupils, adults),
        Rule::AfterAgreement { days } => says.n("keeping-until-agreement", "days", days),
    }
}

fn days(says: &Says, pupils: u16, adults: u16) -> String {
    if pupils == adults {
        says.n("keeping-until-days", "days", pupils)
    } else {
        says.t2("keeping-until-both", ("pupils", &pupils), ("adults", &adults))
    }
}

fn row(says: &Says, desk: &AtDesk, holding: Holding) -> Row {
    let readers: Vec<String> =
        offices(holding.act()).iter().map(|role| says.of("role", role.name())).collect();
    let clock = Clock::at(desk);
    let (until, next) = match holding.until(&desk.school.settings) {
        Until::Days { pupils, adults } => {
            let first = |days: u16| clock.date(clock.today().saturating_sub(i64::from(days).days()));
            let next = if pupils == adults {
                says.t1("keeping-next", "day", first(pupils))
            } else {
                says.t2("keeping-next-both", ("pupils", &first(pupils)), ("adults", &first(adults)))
            };
            (days(says, pupils, adults), next)
        }
        Until::AfterAgreement { days } => {
            (says.n("keeping-until-agreement", "days", days), says.t("keeping-next-each"))
        }
        Until::Books => (says.t("keeping-until-books"), says.t("keeping-next-none")),
    };
    Row {
        what: says.of("keeping-what", holding.name()),
        why: says.of("keeping-why", holding.name()),
        ground: says.of("keeping-ground", holding.ground().name()),
        place: says.of("keeping-place", holding.place()),
        readers: says.list(&readers),
        until,
        next,
    }
}

/// Days of grace before Health says that records stay too long: a server that was off for a weekend catches up by itself.
const GRACE_DAYS: u16 = 3;

/// Whether the event files can be read, and reach no further back than the school wants. What a case holds may.
pub(super) fn light(look: &Look<'_>, reach: Option<Reach>) -> Light {
    let (says, (rules, holds)) = (look.says, look.keeping);
    let Some(reach) = reach else {
        return look.light("files", "stop", says.t("health-files-damaged"), Some("health-files-damaged-do"));
    };
    let Some(first) = reach.rows else {
        return look.light("files", "go", says.t("health-files-none"), None);
    };
    let late = |first: Option<Date>, days: fn(KeepDays) -> u16| {
        let most = days(rules.pupils).max(days(rules.adults)).saturating_add(GRACE_DAYS);
        first.is_some_and(|first| first < look.clock.today().saturating_sub(i64::from(most).days()))
    };
    let found = says.t1("health-files-found", "day", look.clock.date(first));
    if !holds && (late(reach.whole, KeepDays::whole) || late(reach.rows, KeepDays::rows)) {
        look.light("files", "wait", found, Some("health-files-late-do"))
    } else {
        look.light("files", "go", found, None)
    }
}

#[derive(Template)]
#[template(path = "desk/keeping/change.html")]
struct Change {
    f: Frame,
    d: Around,
    errors: Errors,
    bounds: String,
    fields: Vec<Field>,
}

/// The figures as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "keeping-pupils-whole")]
    pupils_whole: String,
    #[serde(default, rename = "keeping-pupils-lines")]
    pupils_lines: String,
    #[serde(default, rename = "keeping-adults-whole")]
    adults_whole: String,
    #[serde(default, rename = "keeping-adults-lines")]
    adults_lines: String,
    #[serde(default, rename = "keeping-reason")]
    reason: String,
}

impl Typed {
    /// The figures; a field beside which something is wrong.
    fn rules(&self) -> Result<KeepRules, &'static str> {
        let days = |whole: &str, rows: &str, [whole_at, rows_at]: [&'static str; 2]| {
            let whole: u16 = whole.trim().parse().map_err(|_odd| whole_at)?;
            let rows: u16 = rows.trim().parse().map_err(|_odd| rows_at)?;
            let wrong = if WHOLE_DAYS.contains(&whole) { rows_at } else { whole_at };
            KeepDays::new(whole, rows).map_err(|_odd| wrong)
        };
        Ok(KeepRules {
            pupils: days(
                &self.pupils_whole,
                &self.pupils_lines,
                ["keeping-pupils-whole", "keeping-pupils-lines"],
            )?,
            adults: days(
                &self.adults_whole,
                &self.adults_lines,
                ["keeping-adults-whole", "keeping-adults-lines"],
            )?,
        })
    }
}

async fn form(State(app): State<App>, desk: AtDesk) -> Response {
    let KeepRules { pupils, adults } = desk.school.settings.keeping;
    let typed = Typed {
        pupils_whole: pupils.whole().to_string(),
        pupils_lines: pupils.rows().to_string(),
        adults_whole: adults.whole().to_string(),
        adults_lines: adults.rows().to_string(),
        reason: String::new(),
    };
    shown(&app, &desk, &typed, Errors::none())
}

fn shown(app: &App, desk: &AtDesk, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/records-kept", "keeping-change-title");
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.short("keeping-pupils-whole", &typed.pupils_whole),
        fields.short("keeping-pupils-lines", &typed.pupils_lines),
        fields.short("keeping-adults-whole", &typed.adults_whole),
        fields.short("keeping-adults-lines", &typed.adults_lines),
        fields.line("keeping-reason", &typed.reason),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let bounds = bounds(&f.says);
    with_status(status, &Change { f, d, errors, bounds, fields })
}

fn bounds(says: &Says) -> String {
    says.terms(
        "keeping-bounds",
        &[
            ("least", WHOLE_DAYS.start()),
            ("most", WHOLE_DAYS.end()),
            ("leastlines", ROW_DAYS.start()),
            ("mostlines", ROW_DAYS.end()),
        ],
    )
}

async fn change(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/records-kept", "keeping-change-title").says;
    let rules = match typed.rules() {
        Ok(rules) => rules,
        Err(field) => {
            return Ok(shown(&app, &desk, &typed, Errors::of(field, bounds(&says))));
        }
    };
    let before: Option<Stored<School>> = app.books.get(app.books.school()).await?;
    match keeping::set(&before.ok_or(AppFault::NotFound)?, rules, &typed.reason) {
        Ok(change) => {
            if let Some(why) = untrue(&app, &desk, &says, &change).await? {
                return Ok(shown(&app, &desk, &typed, Errors::of("keeping-pupils-whole", why)));
            }
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/records-kept", "keeping-changed"))
        }
        Err(refusal) => {
            let field =
                if refusal == Refusal::ReasonNeeded { "keeping-reason" } else { "keeping-pupils-whole" };
            Ok(shown(&app, &desk, &typed, Errors::of(field, says.t(refusal.words()))))
        }
    }
}
