//! Starting a lesson: my classes first, any class for whoever stands in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_records::group::Group;
use usher_records::lesson::{Lesson, LessonList, OpenLesson, open};
use usher_records::refusal::Refusal;
use usher_types::ids::GroupId;
use usher_types::moment::Moment;

use super::{calendar, changed, open_now};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::{self, Roll};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// A lesson that would end at the bell in less than this is offered until the next one.
const FEWEST_MINUTES: i64 = 5;
/// Ends that are offered besides the bell, in minutes.
const OFFERED_MINUTES: [i64; 2] = [30, 60];

#[derive(Template)]
#[template(path = "desk/lessons/index.html")]
struct Index {
    f: Frame,
    d: Around,
    open: Vec<OpenNow>,
    mine: Vec<Quick>,
    search: Field,
    searched: bool,
    classes: Vec<(String, String, String)>,
}

/// A lesson that is open.
struct OpenNow {
    address: String,
    class: String,
    adult: String,
    until: String,
    mine: bool,
}

/// A class of mine and the button that starts its lesson.
pub(crate) struct Quick {
    /// Its id.
    pub(crate) group: String,
    /// Its name.
    pub(crate) class: String,
    /// Where the whole form is.
    pub(crate) form: String,
    /// The end that the button offers, as a form sends it and in words; none when something must be chosen first.
    pub(crate) until: Option<(String, String)>,
}

/// What the list of classes is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: Option<String>,
}

/// Shows lessons that are open and classes to start one for.
pub(super) async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/lessons", "lessons-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let mut open: Vec<OpenNow> = open_now(&app, desk.at)
        .await?
        .into_iter()
        .map(|lesson| OpenNow {
            address: format!("/lessons/{}", lesson.id),
            class: roll.class_name(&f.says, lesson.group),
            adult: roll.name(&f.says, lesson.adult),
            until: clock.time(lesson.ends_at),
            mine: lesson.adult == desk.person.id,
        })
        .collect();
    open.sort_by_key(|lesson| (!lesson.mine, lesson.class.clone()));
    let mine = mine(&app, &desk, &roll, &f.says);
    let wanted = asked.q.trim().to_lowercase();
    // Whoever has no class of their own stands in for somebody, and sees them all.
    let all = mine.is_empty() || !wanted.is_empty();
    let found = roll.classes().into_iter().filter(|group| group.name.to_lowercase().contains(&wanted));
    let classes = found.filter(|_| all).map(|group| class_tile(&f.says, group)).collect();
    let none = Errors::none();
    let search = Fields::new(&f.says, &none).short("q", asked.q).labelled(f.says.t("lessons-search"));
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { open, mine, search, searched: !wanted.is_empty(), classes, f, d }))
}

fn class_tile(says: &Says, group: &Group) -> (String, String, String) {
    let more = match (&group.year, &group.room) {
        (_, Some(room)) => room.clone(),
        (Some(year), None) => year.label(),
        (None, None) => says.t("class-mixed"),
    };
    (format!("/lessons/start/{}", group.id), group.name.clone(), more)
}

/// My classes, with the button each.
pub(crate) fn mine(app: &App, desk: &AtDesk, roll: &Roll, says: &Says) -> Vec<Quick> {
    let ends = ends(app, desk, says);
    let list_only = &desk.school.settings.lessons.list_only_years;
    let groups = desk.person.groups.iter().filter_map(|id| roll.group(*id)).filter(|group| group.current);
    groups
        .map(|group| Quick {
            group: group.id.to_string(),
            class: group.name.clone(),
            form: format!("/lessons/start/{}", group.id),
            // A list must be chosen first.
            until: ends
                .first()
                .filter(|_| !group.year.is_some_and(|year| list_only.contains(&year)))
                .map(|end| (end.value.clone(), end.time.clone())),
        })
        .collect()
}

/// An end that is offered.
struct End {
    value: String,
    time: String,
    words: String,
}

/// The bell, if there is one soon enough, and fixed lengths the school allows.
fn ends(app: &App, desk: &AtDesk, says: &Says) -> Vec<End> {
    let clock = Clock::at(desk);
    let longest = desk.at.plus_minutes(i64::from(desk.school.settings.lessons.longest_minutes));
    let bell = clock.lesson_end(&calendar(app.snapshot.load().as_deref()), FEWEST_MINUTES);
    let bell = bell.filter(|(at, _)| *at <= longest).map(|(at, name)| {
        let time = clock.time(at);
        let words = says.t2("until-bell", ("lesson", &name), ("time", &time));
        End { value: format!("at:{}", at.unix_ms()), time, words }
    });
    let lengths = OFFERED_MINUTES.into_iter().map(|minutes| {
        let at = desk.at.plus_minutes(minutes);
        let time = clock.time(at);
        let words = says.t2("until-minutes", ("minutes", &minutes), ("time", &time));
        (at, End { value: format!("for:{minutes}"), time, words })
    });
    bell.into_iter().chain(lengths.filter(|(at, _)| *at <= longest).map(|(_, end)| end)).collect()
}

/// Ends that are offered for something the school allows for so many minutes, that longest one included.
pub(crate) fn ends_within(app: &App, desk: &AtDesk, says: &Says, longest_minutes: u16) -> Vec<Choice> {
    let limit = desk.at.plus_minutes(i64::from(longest_minutes));
    let within = |end: &End| read_end(&end.value, desk.at).is_some_and(|at| at <= limit);
    let mut choices: Vec<Choice> = ends(app, desk, says)
        .into_iter()
        .filter(within)
        .map(|end| Choice::new(end.value, end.words))
        .collect();
    if OFFERED_MINUTES.iter().all(|minutes| *minutes < i64::from(longest_minutes)) {
        let time = Clock::at(desk).time(limit);
        let words = says.t2("until-minutes", ("minutes", &longest_minutes), ("time", &time));
        choices.push(Choice::new(format!("for:{longest_minutes}"), words));
    }
    choices
}

/// Reads an end as a form sends it: `at:` an instant, or `for:` so many minutes.
pub(crate) fn read_end(text: &str, now: Moment) -> Option<Moment> {
    let (kind, number) = text.split_once(':')?;
    let number: i64 = number.parse().ok()?;
    match kind {
        "at" => Some(Moment::from_unix_ms(number)),
        "for" => Some(now.plus_minutes(number)),
        _ => None,
    }
}

/// What stands on a lesson's own page: another end, and one more page for its list.
pub(super) fn fields_in_lesson(app: &App, desk: &AtDesk, says: &Says) -> (Field, Field) {
    let none = Errors::none();
    let fields = Fields::new(says, &none);
    let ends = ends(app, desk, says).into_iter().map(|end| Choice::new(end.value, end.words)).collect();
    (fields.select("until", ends), fields.line("add", ""))
}

#[derive(Template)]
#[template(path = "desk/lessons/start.html")]
struct Start {
    f: Frame,
    d: Around,
    errors: Errors,
    group: String,
    class: String,
    open: Option<(String, String)>,
    lists: bool,
    list_only: bool,
    fields: Vec<Field>,
}

/// A lesson as asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    group: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    room: Option<String>,
}

/// Shows the form for one class.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(group): Path<String>,
) -> Result<Response, AppFault> {
    let filled = Filled { group, ..Filled::default() };
    form(&app, &desk, &filled, Errors::none(), StatusCode::OK).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    filled: &Filled,
    errors: Errors,
    status: StatusCode,
) -> Result<Response, AppFault> {
    let group: GroupId = roll::id(&filled.group)?;
    let group = app.books.get::<Group, _>(group).await?.ok_or(AppFault::NotFound)?.value;
    let (f, d) = around(app, desk, "/lessons", "lessons-title");
    let f = Frame { title: f.says.t1("lesson-start-title", "class", &group.name), ..f };
    let lists = usable_lists(app, &group).await?;
    let list_only =
        group.year.is_some_and(|year| desk.school.settings.lessons.list_only_years.contains(&year));
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let mut modes =
            vec![Choice::new("normal", f.says.t("mode-normal")).hint(f.says.t("mode-normal-hint"))];
        modes.extend(lists.iter().map(|list| {
            let pages = f.says.n("mode-list-hint", "pages", list.pages.len());
            Choice::new(format!("list:{}", list.id), f.says.t1("mode-list", "name", &list.name)).hint(pages)
        }));
        let usual = match lists.first() {
            _ if !filled.mode.is_empty() => filled.mode.clone(),
            Some(list) if list_only => format!("list:{}", list.id),
            None if list_only => String::new(),
            _ => "normal".into(),
        };
        let ends: Vec<_> =
            ends(app, desk, &f.says).into_iter().map(|end| Choice::new(end.value, end.words)).collect();
        let first = ends.first().map(Choice::value).unwrap_or_default();
        let until = if filled.until.is_empty() { first } else { filled.until.clone() };
        let room = filled.room.clone().or_else(|| group.room.clone()).unwrap_or_default();
        vec![
            fields.radios("mode", choosing(modes, &usual)),
            fields.radios("until", choosing(ends, &until)),
            fields.short("room", room),
        ]
    };
    let open = open_now(app, desk.at).await?.into_iter().find(|lesson| lesson.group == group.id);
    let open = open.map(|lesson| (format!("/lessons/{}", lesson.id), Clock::at(desk).time(lesson.ends_at)));
    let start = Start {
        group: group.id.to_string(),
        class: group.name,
        open,
        lists: !lists.is_empty(),
        list_only,
        fields,
        f,
        d,
        errors,
    };
    Ok(with_status(status, &start))
}

/// Lists this class may use: checked, for this class or for any, by name.
async fn usable_lists(app: &App, group: &Group) -> Result<Vec<LessonList>, AppFault> {
    let mut lists = app.books.values::<LessonList>().await?;
    lists.retain(|list| list.checked.is_some() && list.group.is_none_or(|wanted| wanted == group.id));
    lists.sort_by_key(|list| (list.group.is_none(), list.name.to_lowercase()));
    Ok(lists)
}

/// Starts the lesson; one already open for the class ends.
pub(super) async fn open_lesson(
    State(app): State<App>,
    asked: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (asked.from, asked.value);
    let group: GroupId = roll::id(&filled.group)?;
    let group = app.books.get::<Group, _>(group).await?.ok_or(AppFault::NotFound)?.value;
    let lists = usable_lists(&app, &group).await?;
    let list =
        filled.mode.strip_prefix("list:").map(|id| lists.iter().find(|list| list.id.to_string() == id));
    let says = Frame::desk(&app, &desk, "/lessons", "lessons-title").says;
    let mut errors = Errors::none();
    if filled.mode != "normal" && !matches!(list, Some(Some(_))) {
        errors.add("mode", says.t("mode-missing"));
    }
    let until = read_end(&filled.until, desk.at);
    if until.is_none() {
        errors.add("until", says.t("until-missing"));
    }
    let Some(until) = until.filter(|_| errors.is_empty()) else {
        return form(&app, &desk, &filled, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let room = filled.room.clone().or_else(|| group.room.clone());
    let asked = OpenLesson {
        id: app.new_id(),
        group: group.id,
        adult: desk.person.id,
        room: room.map(|room| room.trim().to_owned()).filter(|room| !room.is_empty()),
        list: list.flatten(),
        ends_at: until,
    };
    let earlier = app.books.find::<Lesson>("group", group.id).await?;
    let longest = desk.school.settings.lessons.longest_minutes;
    match open(asked, &earlier, longest, desk.at) {
        Ok((lesson, change)) => {
            app.commit(&change, &desk.actor()).await?;
            changed(&app, lesson.id, desk.at).await?;
            Ok(Redirect::to(&format!("/lessons/{}", lesson.id)).into_response())
        }
        Err(refusal) => {
            let field = if refusal == Refusal::ListUnchecked { "mode" } else { "until" };
            let errors = Errors::of(field, says.t(refusal.words()));
            form(&app, &desk, &filled, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
