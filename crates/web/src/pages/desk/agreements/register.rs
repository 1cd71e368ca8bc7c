//! The register of signatures (AGR-01): who signed which version, when and how.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;
use usher_records::signature::How;
use usher_reports::agreements::{InPlace, Section, Signed};
use usher_reports::document;

use super::read::{self, Asked};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around, file};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::Field;
use crate::pages::desk::paper::{csv_line, letterhead, print as to_pdf};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Signatures shown on one page; the whole register is in the PDF and the table.
const MOST_SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "desk/agreements/register.html")]
struct Register {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    query: String,
    found: usize,
    more: usize,
    sections: Vec<Part>,
}

struct Part {
    name: String,
    done: String,
    /// Whether anything in it may be a term of a contract.
    contract: bool,
    rows: Vec<Row>,
    /// Children for whom the school answers in a parent's place.
    in_place: Vec<String>,
}

struct Row {
    address: Option<String>,
    name: String,
    what: String,
    agreement: String,
    when: String,
    how: String,
    contract: Option<String>,
}

/// Whether it is a term of the contract of employment (AGR-14); nothing for what pupils and families sign.
fn contract(says: &Says, signed: &Signed) -> Option<String> {
    signed
        .contract_term
        .map(|term| says.t(if term { "report-contract-is" } else { "report-contract-is-not" }))
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/register", "report-register-title");
    let all = read::everything(&app, &desk).await?;
    let search = read::search(&f.says, &all, &asked, true);
    let people = desk.may(Act::SeePeople).is_ok();
    let clock = Clock::at(&desk);
    let narrowed = read::narrow(all, &asked);
    let found: usize = narrowed.iter().map(|section| section.signed.len()).sum();
    let mut room = MOST_SHOWN;
    let mut sections = Vec::new();
    let worth = |section: &&Section| !section.signed.is_empty() || !section.in_place.is_empty();
    for section in narrowed.iter().filter(worth) {
        let shown = section.signed.iter().take(room);
        let rows: Vec<Row> = shown.map(|signed| row(&f.says, clock, signed, people)).collect();
        room -= rows.len();
        let in_place: Vec<String> =
            section.in_place.iter().map(|place| in_place(&f.says, clock, place)).collect();
        if !rows.is_empty() || !in_place.is_empty() {
            let name = read::name(&f.says, &section.of);
            let contract = rows.iter().any(|row| row.contract.is_some());
            sections.push(Part { name, done: read::done(&f.says, section), contract, rows, in_place });
        }
    }
    let more = found.saturating_sub(MOST_SHOWN);
    Ok(page(&Register { search, query: asked.query(), found, more, sections, f, d }))
}

fn row(says: &Says, clock: Clock<'_>, signed: &Signed, people: bool) -> Row {
    let version = says.t1("report-agreement-version", "version", &signed.version);
    Row {
        address: people.then(|| format!("/people/{}", signed.person)),
        name: signed.name.clone(),
        what: what(says, signed),
        agreement: format!("{}, {version}", signed.agreement),
        when: clock.full(signed.at),
        how: how(says, signed.how),
        contract: contract(says, signed),
    }
}

pub(super) fn in_place(says: &Says, clock: Clock<'_>, place: &InPlace) -> String {
    let (name, since) = (("name", &place.name as &dyn std::fmt::Display), clock.day(place.since));
    match place.last_day {
        None => says.t2("report-in-parents-place", name, ("since", &since)),
        Some(last) => {
            let until = clock.date(last);
            says.terms("report-in-parents-place-until", &[name, ("since", &since), ("until", &until)])
        }
    }
}

/// What somebody was to the school, or whose parent.
fn what(says: &Says, signed: &Signed) -> String {
    match &signed.child {
        Some(child) => says.t1("report-parent-of", "child", child),
        None => says.t(format!("report-kind-{}", signed.kind.name())),
    }
}

fn how(says: &Says, how: How) -> String {
    says.t(format!("report-how-{}", how.name()))
}

/// The register as a table for other programs.
pub(super) async fn csv(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let sections = read::narrow(read::everything(&app, &desk).await?, &asked);
    let says = Frame::desk(&app, &desk, "/agreements", "agreements-title").says;
    let name = format!("signatures-{}.csv", Clock::at(&desk).today());
    Ok(file("text/csv; charset=utf-8", &name, table(&says, &desk, &sections).into_bytes()))
}

fn table(says: &Says, desk: &AtDesk, sections: &[Section]) -> String {
    let head = [
        says.t("column-class"),
        says.t("report-column-name"),
        says.t("report-column-role"),
        says.t("report-column-agreement"),
        says.t("column-version"),
        says.t("report-column-signed"),
        says.t("column-how"),
        says.t("column-declared"),
        says.t("report-column-contract"),
    ];
    let mut text = csv_line(&head);
    for section in sections {
        for signed in &section.signed {
            let local = desk.school.zone.local(signed.at);
            text.push_str(&csv_line(&[
                read::name(says, &section.of),
                signed.name.clone(),
                what(says, signed),
                signed.agreement.clone(),
                signed.version.clone(),
                format!("{} {}", local.date(), local.spoken_time()),
                how(says, signed.how),
                signed.declaration.clone(),
                contract(says, signed).unwrap_or_default(),
            ]));
        }
        for place in &section.in_place {
            let since = desk.school.zone.local(place.since);
            let mut row = vec![String::new(); head.len()];
            let cells = [(0, read::name(says, &section.of)), (1, place.name.clone())];
            let more = [
                (2, says.t("register-in-parents-place")),
                (5, format!("{} {}", since.date(), since.spoken_time())),
            ];
            for (column, words) in cells.into_iter().chain(more) {
                if let Some(cell) = row.get_mut(column) {
                    *cell = words;
                }
            }
            text.push_str(&csv_line(&row));
        }
    }
    text
}

/// The register as a PDF.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let sections = read::narrow(read::everything(&app, &desk).await?, &asked);
    let document = document::register(&letterhead(&desk, &app.words), &sections);
    to_pdf(&app, &desk, &format!("signatures-{}", Clock::at(&desk).today()), document).await
}
