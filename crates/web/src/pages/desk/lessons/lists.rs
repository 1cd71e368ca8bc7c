//! Lists of pages prepared for lessons (WEB-08): chosen beforehand, looked at, ticked, with who and when.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_lists::patterns::AddressPattern;
use usher_records::change::Stored;
use usher_records::lesson::{LessonList, save_list};
use usher_records::refusal::Refusal;
use usher_records::sealed::Way;
use usher_types::ids;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening;
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// Pages one list may have. More is a category, not a lesson.
const MOST_PAGES: usize = 200;
/// What is said of a line that nobody can open.
const SEALED_LINE: &str = "list-line-sealed";

#[derive(Template)]
#[template(path = "desk/lessons/lists.html")]
struct Lists {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    lists: Vec<Row>,
}

struct Row {
    address: String,
    name: String,
    class: String,
    pages: usize,
    checked: Option<String>,
}

/// What the lists are narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    done: Option<String>,
}

/// Shows the lists.
pub(super) async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/lists-for-lessons", "lesson-lists-title");
    let roll = Roll::of(&app).await?;
    let wanted = asked.q.trim().to_lowercase();
    let mut lists = app.books.values::<LessonList>().await?;
    lists.retain(|list| list.name.to_lowercase().contains(&wanted));
    lists.retain(|list| asked.class.is_empty() || list.group.is_some_and(|id| id.to_string() == asked.class));
    lists.sort_by_key(|list| list.name.to_lowercase());
    let clock = Clock::at(&desk);
    let lists = lists
        .into_iter()
        .map(|list| Row {
            address: format!("/lists-for-lessons/{}", list.id),
            class: class_words(&f, &roll, &list),
            pages: list.pages.len(),
            checked: checked_words(&f, &roll, clock, &list),
            name: list.name,
        })
        .collect();
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let search = vec![
        fields.short("q", asked.q).labelled(f.says.t("lesson-lists-search")),
        fields.select("class", classes(&f, &roll, &asked.class)),
    ];
    let f = f.done(asked.done.as_deref());
    Ok(page(&Lists { search, lists, f, d }))
}

fn class_words(f: &Frame, roll: &Roll, list: &LessonList) -> String {
    list.group.map_or_else(|| f.says.t("any-class"), |group| roll.class_name(&f.says, group))
}

fn checked_words(f: &Frame, roll: &Roll, clock: Clock<'_>, list: &LessonList) -> Option<String> {
    list.checked.map(|(who, when)| {
        f.says.t2("list-checked-by", ("name", &roll.name(&f.says, who)), ("time", &clock.day(when)))
    })
}

fn classes(f: &Frame, roll: &Roll, chosen: &str) -> Vec<Choice> {
    let any = Choice::new("", f.says.t("any-class"));
    let classes = roll.classes().into_iter().map(|group| Choice::new(group.id, &group.name));
    choosing(std::iter::once(any).chain(classes).collect(), chosen)
}

#[derive(Template)]
#[template(path = "desk/lessons/list.html")]
struct Edit {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    checked: Option<String>,
    fields: Vec<Field>,
}

/// A list as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    pages: String,
    #[serde(default)]
    checked: Option<String>,
}

/// Shows the form for a new list.
pub(super) async fn new(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let class = desk.person.groups.first().map(ToString::to_string).unwrap_or_default();
    form(&app, &desk, None, Filled { class, ..Filled::default() }, Errors::none()).await
}

/// Shows one list.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let list =
        app.books.get::<LessonList, _>(roll::id::<ids::LessonList>(&id)?).await?.ok_or(AppFault::NotFound)?;
    let pages: Vec<String> = list.value.pages.iter().map(ToString::to_string).collect();
    let filled = Filled {
        name: list.value.name.clone(),
        class: list.value.group.map(|group| group.to_string()).unwrap_or_default(),
        pages: pages.join("\n"),
        checked: None,
    };
    form(&app, &desk, Some(&list), filled, Errors::none()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    earlier: Option<&Stored<LessonList>>,
    filled: Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let title = if earlier.is_some() { "lesson-list-title" } else { "lesson-list-new-title" };
    let (f, d) = around(app, desk, "/lists-for-lessons", title);
    let roll = Roll::of(app).await?;
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        vec![
            fields.line("name", filled.name),
            fields.select("class", classes(&f, &roll, &filled.class)),
            fields.area("pages", filled.pages, 10),
            // Never ticked beforehand: ticking it is saying that one has looked.
            fields.tick("checked", false),
        ]
    };
    let checked = earlier.and_then(|list| checked_words(&f, &roll, Clock::at(desk), &list.value));
    let action = match earlier {
        Some(list) => format!("/lists-for-lessons/{}", list.value.id),
        None => "/lists-for-lessons/new".to_owned(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Edit { action, checked, fields, f, d, errors }))
}

/// Keeps a new list.
pub(super) async fn create(State(app): State<App>, asked: DeskForm<Filled>) -> Result<Response, AppFault> {
    save(&app, &asked.from, None, asked.value).await
}

/// Keeps a changed list.
pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let list =
        app.books.get::<LessonList, _>(roll::id::<ids::LessonList>(&id)?).await?.ok_or(AppFault::NotFound)?;
    save(&app, &asked.from, Some(&list), asked.value).await
}

async fn save(
    app: &App,
    desk: &AtDesk,
    earlier: Option<&Stored<LessonList>>,
    filled: Filled,
) -> Result<Response, AppFault> {
    let says = Frame::desk(app, desk, "/lists-for-lessons", "lesson-list-title").says;
    let mut errors = Errors::none();
    let mut opens_sealed = false;
    let pages = read_pages(app, &filled.pages, |line, text, key| {
        opens_sealed |= key == SEALED_LINE;
        errors.add("pages", says.t2(key, ("line", &line), ("text", &text)));
    });
    if opens_sealed {
        sealed::noted(app, desk, Way::LessonList, Refusal::Sealed).await?;
    }
    let grave = pages.iter().map(|page| takes_two(app, std::slice::from_ref(page)));
    let grave = grave.collect::<Result<Vec<bool>, _>>()?;
    for (page, _) in pages.iter().zip(&grave).filter(|(_, grave)| **grave) {
        errors.add("pages", says.t1("list-takes-two", "page", page));
    }
    if pages.is_empty() && errors.is_empty() {
        errors.add("pages", says.t("list-no-pages"));
    }
    let group = if filled.class.is_empty() { None } else { Some(roll::id(&filled.class)?) };
    let same = earlier.filter(|list| list.value.pages == pages);
    let checked = match (&filled.checked, same) {
        (Some(_), _) => Some((desk.person.id, desk.at)),
        // Other pages are not the ones somebody looked at.
        (None, same) => same.and_then(|list| list.value.checked),
    };
    let list = LessonList {
        id: earlier.map_or_else(|| app.new_id(), |list| list.value.id),
        name: filled.name.trim().to_owned(),
        group,
        pages,
        checked,
    };
    if errors.is_empty() {
        match save_list(&list, earlier) {
            Ok(change) => {
                app.commit(&change, &desk.actor()).await?;
                let done = if list.checked.is_some() { "list-saved" } else { "list-saved-unchecked" };
                return Ok(lead("/lists-for-lessons", done));
            }
            Err(Refusal::ReasonNeeded) => errors.add("name", says.t("list-name-missing")),
            Err(refusal) => errors.add("pages", says.t(refusal.words())),
        }
    }
    form(app, desk, earlier, filled, errors).await
}

/// Whether one person alone may not put these pages into a list: a list opens them to every pupil of a lesson, whatever
/// else would shut them.
pub(super) fn takes_two(app: &App, pages: &[AddressPattern]) -> Result<bool, AppFault> {
    Ok(meaning::of(app, pages, &[], &meaning::every_pupil())?.is_risky())
}

/// Reads one page a line. What cannot be used is told with its line, counting from 1.
fn read_pages(
    app: &App,
    text: &str,
    mut wrong: impl FnMut(usize, &str, &'static str),
) -> Vec<AddressPattern> {
    let snapshot = app.snapshot.load_full();
    let mut pages: Vec<AddressPattern> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match line.parse::<AddressPattern>() {
            Err(_) if line.contains(['?', '#']) => wrong(index + 1, line, "list-line-query"),
            Err(_) => wrong(index + 1, line, "list-line-odd"),
            Ok(page) if opening::pattern_is_sealed(snapshot.as_deref(), &page) => {
                wrong(index + 1, line, SEALED_LINE);
            }
            Ok(page) if pages.contains(&page) => {}
            Ok(_) if pages.len() >= MOST_PAGES => wrong(index + 1, line, "list-too-long"),
            Ok(page) => pages.push(page),
        }
    }
    pages
}
