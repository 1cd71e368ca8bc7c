//! Private time of staff that was handed on (WEB-23): to the head, and the head's own to whoever chairs the governors. Nothing
//! else about anybody's private use is shown.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_policy::private_use::{hours, may_see};
use usher_policy::snapshot::Snapshot;
use usher_records::change::Stored;
use usher_records::private_use::{self, PrivateRules, PrivateTime, PrivateTimeNoun};
use usher_records::refusal::Refusal;
use usher_types::moment::Zone;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::opening::category;
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::routes::{DeskRoute, desk_route};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Items shown that were seen to.
const MOST_SEEN: usize = 50;

/// What head and chair have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::SeePrivateUse;
    vec![
        desk_route("/private-use", act, get(index)),
        desk_route("/private-use/{id}", act, get(show)),
        desk_route("/private-use/{id}/seen", act, post(seen)),
    ]
}

/// An item in words, without sites.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Item {
    pub(in crate::pages) title: String,
    pub(in crate::pages) limit: String,
    /// Kinds of page with their minutes.
    pub(in crate::pages) figures: Vec<(String, String)>,
    pub(in crate::pages) answer: Option<String>,
}

/// An item in words.
pub(in crate::pages) fn item(says: &Says, zone: &Zone, item: &PrivateTime) -> Item {
    let day = zone.local(zone.start_of(item.from)).spoken_date();
    let figure = |one: &private_use::Figure| {
        (category(says, one.category.as_str()), says.n("private-minutes", "minutes", one.minutes))
    };
    Item {
        title: says.t2(
            format!("private-over-{}", item.span.name()),
            ("minutes", &item.minutes),
            ("day", &day),
        ),
        limit: says.n("private-limit-then", "minutes", item.limit_minutes),
        figures: item.figures.iter().map(figure).collect(),
        answer: item.answer.as_ref().map(|(words, _)| words.clone()),
    }
}

/// The school's limits in words, and the hours they are for.
pub(in crate::pages) fn limits(
    says: &Says,
    rules: &PrivateRules,
    snapshot: Option<&Snapshot>,
) -> Vec<String> {
    let limit = |key: &str, minutes: u16| (minutes > 0).then(|| says.n(key, "minutes", minutes));
    let hours = snapshot.and_then(|snapshot| hours(rules, &snapshot.document.calendar));
    let hours = hours.map_or_else(
        || says.t("private-no-hours"),
        |hours| {
            let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
            says.t2("private-hours", ("from", &time(hours.from)), ("until", &time(hours.until)))
        },
    );
    let found =
        [limit("private-limit-day", rules.day_minutes), limit("private-limit-week", rules.week_minutes)];
    let mut all: Vec<String> = found.into_iter().flatten().collect();
    if all.is_empty() {
        all.push(says.t("private-no-limit"));
    }
    all.push(hours);
    all
}

#[derive(Template)]
#[template(path = "desk/private_use/index.html")]
struct Index {
    f: Frame,
    d: Around,
    limits: Vec<String>,
    days: String,
    waiting: Vec<Row>,
    seen: Vec<Row>,
}

struct Row {
    address: String,
    who: String,
    item: Item,
}

#[derive(Template)]
#[template(path = "desk/private_use/show.html")]
struct Show {
    f: Frame,
    d: Around,
    row: Row,
    handed: String,
    seen: Option<String>,
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/private-use", "private-desk-title");
    let roll = Roll::of(&app).await?;
    let rules = &desk.school.settings.private_use;
    let rows = async |state: &str| -> Result<Vec<Row>, AppFault> {
        let mut found = app.books.find::<PrivateTime>("state", state).await?;
        found.retain(|stored| may_see(&desk.who(), &stored.value, roll.person(stored.value.person)));
        found.sort_by_key(|stored| std::cmp::Reverse(stored.value.handed));
        Ok(found.iter().map(|stored| row(&f.says, &desk, &roll, &stored.value)).collect())
    };
    let (waiting, mut seen) = (rows("handed").await?, rows("seen").await?);
    seen.truncate(MOST_SEEN);
    let view = Index {
        limits: limits(&f.says, rules, app.snapshot.load().as_deref()),
        days: f.says.n("private-desk-days", "days", rules.answer_days),
        waiting,
        seen,
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn row(says: &Says, desk: &AtDesk, roll: &Roll, kept: &PrivateTime) -> Row {
    Row {
        address: format!("/private-use/{}", kept.id),
        who: roll.name(says, kept.person),
        item: item(says, &desk.school.zone, kept),
    }
}

/// An item that is theirs to see; what is not for these eyes is not there.
async fn stored(app: &App, desk: &AtDesk, roll: &Roll, id: &str) -> Result<Stored<PrivateTime>, AppFault> {
    let id = roll::id::<PrivateTimeNoun>(id)?;
    let found = app.books.get::<PrivateTime, _>(id).await?.ok_or(AppFault::NotFound)?;
    let sees = may_see(&desk.who(), &found.value, roll.person(found.value.person));
    if sees { Ok(found) } else { Err(AppFault::NotFound) }
}

async fn show(State(app): State<App>, desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/private-use", "private-desk-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let kept = stored(&app, &desk, &roll, &id).await?.value;
    let seen = kept.seen.map(|(by, at)| {
        f.says.t2("private-seen-by", ("name", &roll.name(&f.says, by)), ("day", &clock.full(at)))
    });
    let handed = f.says.t1("private-handed", "day", kept.handed.map(|at| clock.full(at)).unwrap_or_default());
    Ok(page(&Show { row: row(&f.says, &desk, &roll, &kept), handed, seen, f, d }))
}

async fn seen(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let roll = Roll::of(&app).await?;
    let kept = stored(&app, &desk, &roll, &id).await?;
    match private_use::see(&kept, desk.person.id, desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/private-use", "private-seen"))
        }
        Err(Refusal::Gone) => Err(AppFault::NotFound),
        Err(_) => Ok(lead("/private-use", "private-seen")),
    }
}
