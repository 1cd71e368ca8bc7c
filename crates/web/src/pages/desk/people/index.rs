//! Finding somebody.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_records::person::Person;
use usher_types::role::{PersonKind, Role};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// People on one page.
const A_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "desk/people/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    found: usize,
    rows: Vec<Row>,
    earlier: Option<String>,
    later: Option<String>,
}

struct Row {
    address: String,
    name: String,
    kind: String,
    class: String,
    roles: String,
    left: Option<String>,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    gone: String,
    #[serde(default)]
    page: usize,
    #[serde(default)]
    done: Option<String>,
}

/// Shows the list.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/people", "people-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let wanted: Vec<String> = asked.q.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |person: &&Person| {
        let text = format!("{} {} {}", person.name(), person.given, person.family).to_lowercase();
        let here = person.is_here(clock.today()) || person.joined.is_some_and(|day| day > clock.today());
        wanted.iter().all(|word| text.contains(word))
            && (asked.class.is_empty() || person.groups.iter().any(|group| group.to_string() == asked.class))
            && (asked.kind.is_empty() || person.kind.name() == asked.kind)
            && (asked.role.is_empty() || person.roles.iter().any(|role| role.name() == asked.role))
            && here == asked.gone.is_empty()
    };
    let mut people: Vec<&Person> = roll.people().filter(fits).collect();
    people.sort_by_key(|person| (person.family.to_lowercase(), person.given.to_lowercase(), person.id));
    let found = people.len();
    let first = asked.page.saturating_mul(A_PAGE).min(found);
    let rows = people
        .iter()
        .skip(first)
        .take(A_PAGE)
        .map(|person| Row {
            address: format!("/people/{}", person.id),
            name: person.name(),
            kind: f.says.t(format!("report-kind-{}", person.kind.name())),
            class: roll.class_of(person).map(|group| group.name.clone()).unwrap_or_default(),
            roles: roles(&f, person),
            left: person.left.map(|day| clock.date(day)),
        })
        .collect();
    let address = |page: usize| {
        let Asked { q, class, kind, role, gone, .. } = &asked;
        let parts = [("q", q), ("class", class), ("kind", kind), ("role", role), ("gone", gone)];
        let query = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let query: String = query.map(|(name, value)| format!("{name}={}&", percent(value))).collect();
        format!("/people?{query}page={page}")
    };
    let earlier = (asked.page > 0).then(|| address(asked.page - 1));
    let later = (first + A_PAGE < found).then(|| address(asked.page + 1));
    let search = search(&f, &roll, &asked);
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { search, found, rows, earlier, later, f, d }))
}

/// Offices somebody holds, in words.
pub(super) fn roles(f: &Frame, person: &Person) -> String {
    let names = person.roles.iter().map(|role| f.says.t(format!("report-role-{}", role.name())));
    names.collect::<Vec<_>>().join(", ")
}

/// A text as the value of a parameter.
pub(in crate::pages::desk) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn search(f: &Frame, roll: &Roll, asked: &Asked) -> Vec<Field> {
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let any = |key: &str| Choice::new("", f.says.t(key));
    let classes = roll.classes().into_iter().map(|group| Choice::new(group.id, &group.name));
    let kinds = PersonKind::ALL
        .into_iter()
        .map(|kind| Choice::new(kind.name(), f.says.t(format!("report-kinds-{}", kind.name()))));
    let roles = Role::ALL
        .into_iter()
        .map(|role| Choice::new(role.name(), f.says.t(format!("report-role-{}", role.name()))));
    let here = vec![any("people-here"), Choice::new("yes", f.says.t("people-left"))];
    vec![
        fields.short("q", &asked.q).labelled(f.says.t("people-search")),
        fields.select(
            "class",
            choosing(std::iter::once(any("any-class")).chain(classes).collect(), &asked.class),
        ),
        fields.select("kind", choosing(std::iter::once(any("any-kind")).chain(kinds).collect(), &asked.kind)),
        fields.select("role", choosing(std::iter::once(any("any-role")).chain(roles).collect(), &asked.role)),
        fields.select("gone", choosing(here, &asked.gone)).labelled(f.says.t("people-left-filter")),
    ]
}
