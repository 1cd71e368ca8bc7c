//! Where an address stands: what the lists and the school's edits say of it, and what that means for each group now.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_lists::library::Matched;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_types::url::WebAddress;

use super::edits::effect_words;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::address;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::opening::{category, is_sealed, subjects};
use crate::pages::desk::people::percent;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/lists/find.html")]
struct Find {
    f: Frame,
    d: Around,
    errors: Errors,
    search: Field,
    found: Option<Found>,
}

struct Found {
    page: String,
    edit: String,
    sealed: bool,
    subjects: Vec<String>,
    lines: Vec<String>,
    groups: Vec<(String, String, &'static str)>,
}

/// The address asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    address: String,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/lists/find", "find-title");
    let typed = address::typed(&asked.address);
    let errors = match &typed {
        None if !asked.address.trim().is_empty() => Errors::of("address", f.says.t("refusal-address-odd")),
        _ => Errors::none(),
    };
    let snapshot = app.snapshot.load_full();
    let found = snapshot.as_deref().zip(typed.as_ref()).map(|(snapshot, typed)| Found {
        page: address::shown(typed),
        edit: format!("/lists/edits?address={}", percent(&address::page_pattern(typed).to_string())),
        sealed: is_sealed(snapshot, typed),
        subjects: subjects(snapshot, &f.says, typed),
        lines: lines(&f.says, snapshot, typed),
        groups: groups(&f.says, snapshot, typed, desk.at),
    });
    let search = Fields::new(&f.says, &errors).line("address", asked.address);
    Ok(page(&Find { search, found, f, d, errors }))
}

/// Everything that speaks about the page, the school's edits first.
fn lines(says: &Says, snapshot: &Snapshot, page: &WebAddress) -> Vec<String> {
    let library = snapshot.library();
    let title = |number: u16| {
        let list = library.artefact().lists().get(usize::from(number));
        list.map(|list| list.origin.title.clone()).unwrap_or_default()
    };
    let line = |matched: &Matched| match matched {
        Matched::List(matched) => {
            let what = category(says, matched.category.as_str());
            let list = says.t2("find-by-list", ("list", &title(matched.list)), ("entry", &matched.entry));
            format!("{what}. {list}")
        }
        Matched::Edit(edit) => {
            let by = says.t2("find-by-edit", ("name", &edit.owner), ("reason", &edit.reason));
            format!("{}. {by}", effect_words(says, &edit.effect))
        }
    };
    library.matches(&page.host, &page.path, page.query.as_deref()).iter().map(line).collect()
}

/// For each group of the policy, what its categories come to now. Lessons, grants and agreements are not part of it.
fn groups(
    says: &Says,
    snapshot: &Snapshot,
    page: &WebAddress,
    at: usher_types::moment::Moment,
) -> Vec<(String, String, &'static str)> {
    let set = snapshot.categories_of(&page.host, &page.path, page.query.as_deref());
    let names: Vec<_> = snapshot.table().names_in(set).collect();
    let period = snapshot.period_at(at);
    let verdict = |group| {
        let verdicts = names.iter().filter_map(|name| snapshot.category_verdict(name, group, period));
        verdicts.reduce(Verdict::stricter)
    };
    let row = |group| {
        let name = snapshot.group_name(group)?.replace('-', " ");
        let (key, tone) = match verdict(group) {
            None => ("find-unknown", "info"),
            Some(Verdict::Allow) => ("find-open", "go"),
            Some(Verdict::Coach) => ("find-coach", "wait"),
            Some(Verdict::Challenge | Verdict::Hold) => ("find-asks", "wait"),
            Some(Verdict::Block) => ("find-shut", "stop"),
        };
        Some((name, says.t(key), tone))
    };
    snapshot.groups().filter_map(row).collect()
}
