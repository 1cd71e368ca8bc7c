//! What a policy would have done with last week's requests: tried beside everything else, with how far it is, and then
//! what would newly be shut and open, for whom, and where.

use askama::Template;
use axum::extract::{Path, Query, State as Of};
use axum::response::Response;
use usher_activity::question::Question;
use usher_reports::replay::{Replayed, Side, Whom};
use usher_types::digest::Digest;

use crate::app::{App, AppFault};
use crate::desk::replays::{MOST_REQUESTS, State};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// How far back requests are tried: a school week, whatever day it is.
const DAYS: i64 = 7;
const MINUTES_A_DAY: i64 = 24 * 60;

#[derive(Template)]
#[template(path = "desk/policy/replay.html")]
struct View {
    f: Frame,
    d: Around,
    here: String,
    shown: Shown,
}

enum Shown {
    /// It was not tried yet.
    Not,
    /// So many requests were looked at.
    Running(u64),
    Failed,
    Done(Box<Came>),
}

/// What came of it, in words.
struct Came {
    period: String,
    figures: Vec<(u64, String)>,
    sides: Vec<Told>,
    unknown: Vec<String>,
    cut: Option<String>,
}

/// What would newly be shut, or open.
struct Told {
    title: String,
    icon: &'static str,
    none: String,
    note: Option<String>,
    by: Vec<(String, String, u64)>,
    sites: Vec<(String, u64)>,
}

/// The page of a policy.
pub(super) fn at(policy: Digest) -> String {
    format!("/policy/replay/{policy}")
}

/// Shows what came of it, or how far it is.
pub(super) async fn show(
    Of(app): Of<App>,
    desk: AtDesk,
    Path(policy): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let policy = kept(&app, &policy).await?.0;
    let (f, d) = around(&app, &desk, "/policy", "replay-title");
    let shown = match app.desk.replays.of(policy) {
        None => Shown::Not,
        Some(tried) => match tried.state {
            State::Running(requests) => Shown::Running(requests),
            State::Failed => Shown::Failed,
            State::Done(told) => {
                let clock = Clock::at(&desk);
                let (from, until) = (clock.full(tried.from), clock.full(tried.until));
                let period = f.says.t2("replay-period", ("from", &from), ("until", &until));
                Shown::Done(Box::new(came(&f.says, period, &told)))
            }
        },
    };
    Ok(page(&View { here: at(policy), shown, f: f.done(done.done.as_deref()), d }))
}

/// Tries it, or tries it again.
pub(super) async fn begin(
    Of(app): Of<App>,
    Path(policy): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (policy, document) = kept(&app, &policy).await?;
    let from = form.from.at.plus_minutes(-DAYS * MINUTES_A_DAY);
    let question = Question::all(app.books.school(), from, form.from.at);
    let (activity, policies) = (app.activity.clone(), app.desk.policies.clone());
    match app.desk.replays.begin((policy, document), question, activity, policies) {
        Ok(()) => Ok(lead(&at(policy), "replay-begun")),
        Err(_busy) => Ok(lead(&at(policy), "replay-busy")),
    }
}

async fn kept(app: &App, policy: &str) -> Result<(Digest, usher_policy::document::PolicyDocument), AppFault> {
    let digest: Digest = policy.parse().map_err(|_odd| AppFault::NotFound)?;
    let document = app.desk.policies.policy(digest).await.map_err(|_none| AppFault::NotFound)?;
    Ok((digest, document))
}

fn came(says: &Says, period: String, told: &Replayed) -> Came {
    let count = |key: &str, count: u64| (count, says.n(key, "count", count));
    let mut unknown = Vec::new();
    if told.not_decrypted > 0 {
        unknown.push(says.n("replay-not-decrypted", "count", told.not_decrypted));
    }
    let not_kept: u64 = told.not_kept.values().sum();
    if not_kept > 0 {
        unknown.push(says.n("replay-not-kept", "count", not_kept));
    }
    let never_read = told.newly_allowed.never_read;
    let note = (never_read > 0).then(|| says.n("replay-never-read", "count", never_read));
    Came {
        period,
        figures: vec![
            count("replay-requests", told.requests),
            count("replay-same", told.same + told.otherwise),
            count("replay-blocked", told.newly_blocked.count),
            count("replay-allowed", told.newly_allowed.count),
        ],
        sides: vec![
            side(says, ("replay-blocked-title", "replay-blocked-none", "ban"), &told.newly_blocked, None),
            side(says, ("replay-allowed-title", "replay-allowed-none", "unlock"), &told.newly_allowed, note),
        ],
        unknown,
        cut: (told.requests >= MOST_REQUESTS).then(|| says.n("replay-cut", "count", MOST_REQUESTS)),
    }
}

fn side(
    says: &Says,
    (title, none, icon): (&str, &str, &'static str),
    side: &Side,
    note: Option<String>,
) -> Told {
    let mut by: Vec<(String, String, u64)> = side
        .by
        .iter()
        .map(|line| {
            let about = line.category.as_ref();
            let about =
                about.map_or_else(|| says.t("replay-no-kind"), |category| says.of("category", category));
            (whom(says, line.whom), about, line.count)
        })
        .collect();
    by.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    Told {
        title: says.t(title),
        icon,
        none: says.t(none),
        note,
        by,
        sites: side.sites.iter().map(|site| (site.site.clone(), site.count)).collect(),
    }
}

fn whom(says: &Says, whom: Whom) -> String {
    match whom {
        Whom::Year(year) => year.label(),
        Whom::Kind(kind) => says.of("kind", kind.name()),
        Whom::Nobody => says.t("report-who-nobody"),
    }
}
