//! How often each rule was right, how fast alerts were taken up, who answered the drills, and retiring a rule (UM-04, UM-15).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::accuracy::{self, Advice, Past};
use usher_policy::answering::{self, Answers};
use usher_records::alert::{Alert, Rule};
use usher_records::school::{School, change};

use super::{is_mine, spot_checks};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Drills shown, newest first.
const MOST_DRILLS: usize = 20;
/// The longest reason for retiring a rule.
const LONGEST_REASON_CHARS: usize = 500;

#[derive(Template)]
#[template(path = "desk/alerts/accuracy.html")]
struct Page {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    speed: String,
    misses: Option<String>,
    drills: Vec<String>,
    may_retire: bool,
}

/// One rule.
struct Row {
    rule: String,
    name: String,
    counts: String,
    share: String,
    advice: String,
    proposed: bool,
    retired: bool,
    trial: String,
}

pub(super) async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/alerts/accuracy", "accuracy-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut all = app.books.values::<Alert>().await?;
    // Figures of all, so that they are the same for every reader; nobody is named in them.
    let past = accuracy::by_rule(&all);
    let answers = answering::answers(all.iter().filter(|alert| !alert.is_drill()));
    all.retain(|alert| alert.is_drill() && is_mine(&desk, &roll, alert));
    all.sort_by_key(|alert| std::cmp::Reverse((alert.at, alert.id)));
    let drills = all.iter().take(MOST_DRILLS).map(|alert| drill(&f.says, &roll, clock, alert)).collect();
    let rules = &desk.school.settings.alarms.answer;
    let row = |(rule, past): (&Rule, &Past)| {
        row(&f.says, rule, past, accuracy::advice(rules, past), &rules.retired)
    };
    let view = Page {
        rows: past.iter().map(row).collect(),
        speed: speed(&f.says, &answers),
        misses: spot_checks::misses(&f.says, &app.books.values().await?),
        drills,
        may_retire: desk.may(Act::ChangeSettings).is_ok(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// A rule in plain words; its name is for the form alone.
fn rule_words(says: &Says, rule: &Rule) -> String {
    let theme = |theme: &str| says.of("report-theme", theme);
    match rule {
        Rule::Words(name) => says.t1("accuracy-words", "theme", theme(name)),
        Rule::Program(name) => says.t1("accuracy-program", "theme", theme(name)),
        Rule::Seen(concern) => says.of("alert", concern.name()),
    }
}

fn row(says: &Says, rule: &Rule, past: &Past, advice: Advice, retired: &[String]) -> Row {
    let name = rule.name();
    let share = past.percent().map_or_else(
        || says.t("accuracy-no-share"),
        |percent| says.t2("accuracy-share", ("percent", &percent), ("judged", &past.judged())),
    );
    Row {
        rule: rule_words(says, rule),
        retired: retired.contains(&name),
        counts: says.terms(
            "accuracy-counts",
            &[
                ("raised", &past.raised),
                ("useful", &past.useful),
                ("useless", &past.not_useful),
                ("wrong", &past.wrong_person),
            ],
        ),
        share,
        advice: says.of("accuracy-advice", advice.name()),
        // What is counted, not read, has limits to change instead.
        proposed: advice == Advice::Retire && !matches!(rule, Rule::Seen(_)),
        trial: says.t2("accuracy-trial", ("missed", &past.missed_without), ("spared", &past.spared_without)),
        name,
    }
}

fn speed(says: &Says, answers: &Answers) -> String {
    match (answers.median_seconds, answers.worst_seconds) {
        (Some(median), Some(worst)) => says.terms(
            "accuracy-speed",
            &[
                ("count", &answers.taken_up),
                ("median", &minutes(says, median)),
                ("worst", &minutes(says, worst)),
                ("waiting", &answers.waiting),
            ],
        ),
        _ => says.t1("accuracy-no-speed", "waiting", answers.waiting),
    }
}

/// A time that went by, in the words people use.
fn minutes(says: &Says, seconds: i64) -> String {
    if seconds < 60 {
        says.n("accuracy-seconds", "count", seconds)
    } else {
        says.n("accuracy-minutes", "count", seconds / 60)
    }
}

/// One drill: when, and who answered how fast.
fn drill(says: &Says, roll: &Roll, clock: Clock<'_>, alert: &Alert) -> String {
    let begun = clock.full(alert.at);
    match (alert.seen, answering::taken_after_seconds(alert)) {
        (Some((by, _)), Some(after)) => says.terms(
            "accuracy-drill-answered",
            &[("time", &begun), ("name", &roll.name(says, by)), ("after", &minutes(says, after))],
        ),
        _ => says.t1("accuracy-drill-open", "time", begun),
    }
}

/// A rule to retire or to take back into use, as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    rule: String,
    #[serde(default)]
    reason: String,
}

/// Retires a rule, or takes it back into use where it was retired. A person's act with a reason, in the journal.
pub(super) async fn retire(State(app): State<App>, form: DeskForm<Sent>) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let known = accuracy::by_rule(&app.books.values::<Alert>().await?);
    let can = |rule: &Rule| rule.name() == sent.rule && !matches!(rule, Rule::Seen(_));
    if !known.keys().any(can) {
        return Err(AppFault::NotFound);
    }
    let reason: String = sent.reason.trim().chars().take(LONGEST_REASON_CHARS).collect();
    if reason.is_empty() {
        return Ok(lead("/alerts/accuracy", "accuracy-needs-reason"));
    }
    let before = app.books.get::<School, _>(app.books.school()).await?.ok_or(AppFault::NotFound)?;
    let mut after = before.value.clone();
    let retired = &mut after.settings.alarms.answer.retired;
    let done = if retired.contains(&sent.rule) {
        retired.retain(|rule| *rule != sent.rule);
        "accuracy-restored"
    } else {
        retired.push(sent.rule.clone());
        "accuracy-retired"
    };
    app.commit(&change(&before, &after, &reason), &desk.actor()).await?;
    Ok(lead("/alerts/accuracy", done))
}
