//! A case on paper: the incident form with its nine fields (INC-02), the entry for the safeguarding record (EXT-02), the
//! hand-overs of devices (INC-13), and the package of a referral (MON-10). The letter home is `letter`'s.

use axum::extract::{Path, State};
use axum::response::Response;
use usher_policy::routing::CaseAct;
use usher_records::case::Case;
use usher_records::case::thread::{Entry, Says as Said};
use usher_reports::document::{Document, Paper, PaperSection, paper};

use super::entry::{Teller, pounds};
use super::{Cabinet, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print};
use crate::view::frame::Frame;
use crate::view::says::Says;

pub(super) fn says(app: &App, desk: &AtDesk) -> Says {
    Frame::desk(app, desk, "/cases", "cases-title").says
}

/// The incident form: nine fields, as many as the school's own paper has.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let document = sheet(&app, &desk, &cabinet, case, FORM);
    print(&app, &desk, &format!("incident-{}", case.number), document).await
}

/// A paper that begins with the nine fields.
#[derive(Clone, Copy)]
struct Sheet {
    title: &'static str,
    /// Whether the thread follows them.
    thread: bool,
    /// Whether every hand-over of a device follows.
    custody: bool,
    /// What is to be written by hand at its end.
    lines: &'static [&'static str],
}

const FORM: Sheet = Sheet {
    title: "case-paper-form-title",
    thread: false,
    custody: false,
    lines: &["report-sign-signature", "report-sign-date"],
};
const HAND_OVER: Sheet = Sheet {
    title: "case-paper-hand-over-title",
    thread: true,
    custody: false,
    lines: &["case-entered-by", "report-sign-date"],
};
/// The digest of every file is in the thread; the files themselves go beside it.
const PACKAGE: Sheet = Sheet { title: "case-package-title", thread: true, custody: true, lines: &[] };

fn sheet(app: &App, desk: &AtDesk, cabinet: &Cabinet, case: &Case, sheet: Sheet) -> Document {
    let says = says(app, desk);
    let fields = PaperSection { rows: nine(desk, &says, cabinet, case), ..PaperSection::default() };
    let devices = if sheet.custody { devices(desk, &says, cabinet, case) } else { Vec::new() };
    let thread = sheet.thread.then(|| thread(desk, &says, cabinet, case));
    let made = Paper {
        title: says.t(sheet.title),
        mark: says.t("report-confidential"),
        lead: vec![say::heading(desk, &says, cabinet, case), area_line(&says, case)],
        sections: std::iter::once(fields).chain(thread).chain(devices).collect(),
        lines: sheet.lines.iter().map(|key| says.t(*key)).collect(),
    };
    paper(&letterhead(desk, &app.words), &made)
}

/// The area of risk it is of (KC-05).
fn area_line(says: &Says, case: &Case) -> String {
    format!("{}: {}", says.t("field-area"), says.of("case-area", case.area().name()))
}

/// The nine fields in the order of the form.
fn nine(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> Vec<(String, String)> {
    let nine = case.nine();
    let files: Vec<String> = case.evidence().map(|(_, evidence)| evidence.name.clone()).collect();
    let kept = (!files.is_empty()).then(|| says.t1("case-files-kept", "files", says.list(&files)));
    let evidence: Vec<String> =
        [Some(nine.evidence.clone()), kept].into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let passed = if nine.passed_to.is_empty() {
        say::owners(desk, says, cabinet, case)
    } else {
        nine.passed_to.clone()
    };
    let actions: Vec<String> = std::iter::once(nine.action.clone())
        .filter(|text| !text.is_empty())
        .chain(done(desk, says, cabinet, case))
        .collect();
    let reporter = case.opened_by().map(|person| cabinet.roll.name(says, person)).unwrap_or_default();
    let rows = [
        ("case-field-date", Clock::at(desk).full(case.opened_at())),
        ("case-field-reporter", reporter),
        ("case-field-address", nine.address.clone()),
        ("field-evidence", evidence.join("\n")),
        ("case-field-room", nine.room.clone()),
        ("field-computer", nine.computer.clone()),
        ("field-details", nine.details.clone()),
        ("field-passed", passed),
        ("case-field-action", actions.join("\n")),
    ];
    rows.map(|(key, value)| (says.t(key), value)).to_vec()
}

/// What was done so far, in sentences.
fn done(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> Vec<String> {
    let teller = Teller { desk, says, cabinet };
    let told = case.entries.iter().filter_map(|entry| match &entry.says {
        Said::Support(text) | Said::Closed(text) => Some(text.clone()),
        Said::Decided { step, text, why, .. } => {
            let step = step.map(|step| says.of("case-step", step.name()));
            let decided = step.map_or_else(|| text.clone(), |step| format!("{step}: {text}"));
            let why = (!why.is_empty()).then(|| says.t1("case-decided-why", "why", why));
            Some(std::iter::once(decided).chain(why).collect::<Vec<_>>().join(" "))
        }
        Said::Narrowed { terms, until, .. } => Some(teller.terms(terms, Some(*until)).join(" ")),
        Said::Parents { .. } => Some(teller.tell(case, entry).what),
        _ => None,
    });
    told.collect()
}

/// The entry for the safeguarding record, as text to paste.
pub(super) fn hand_over_text(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    let mut text = vec![say::heading(desk, says, cabinet, case)];
    let rows = nine(desk, says, cabinet, case).into_iter().filter(|(_, value)| !value.is_empty());
    text.extend(rows.map(|(name, value)| format!("{name}: {}", value.replace('\n', " "))));
    text.extend(case.outcome().map(|outcome| says.t1("case-outcome", "text", outcome)));
    text.join("\n")
}

/// The same as a PDF.
pub(super) async fn hand_over(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let document = sheet(&app, &desk, &cabinet, case, HAND_OVER);
    print(&app, &desk, &format!("hand-over-{}", case.number), document).await
}

/// The whole thread, an entry a row.
fn thread(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> PaperSection {
    let teller = Teller { desk, says, cabinet };
    let clock = Clock::at(desk);
    let row = |entry: &Entry| {
        let told = teller.tell(case, entry);
        let name = cabinet.roll.name(says, entry.by);
        let text: Vec<String> = std::iter::once(told.what).chain(told.lines).chain([name]).collect();
        (format!("{}. {}", entry.number, clock.full(entry.at)), text.join("\n"))
    };
    let costs = (case.cost() > 0).then(|| says.t1("case-costs-sum", "pounds", pounds(case.cost())));
    PaperSection {
        heading: says.t("case-thread"),
        rows: case.entries.iter().map(row).collect(),
        texts: costs.into_iter().collect(),
    }
}

/// Every device with each of its hand-overs: when, from whom to whom, how its seal was, and who wrote it down (INC-13).
fn devices(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> Vec<PaperSection> {
    let teller = Teller { desk, says, cabinet };
    let clock = Clock::at(desk);
    let row = |entry: &&Entry| {
        let told = teller.tell(case, entry).lines.into_iter().skip(1);
        let text: Vec<String> = told.chain([cabinet.roll.name(says, entry.by)]).collect();
        (format!("{}. {}", entry.number, clock.full(entry.at)), text.join("\n"))
    };
    let devices = case.custody().into_iter().map(|(item, hands)| PaperSection {
        heading: says.t1("case-custody-of", "item", item),
        rows: hands.iter().map(row).collect(),
        ..PaperSection::default()
    });
    devices.collect()
}

/// The list of hand-overs alone, to go with the devices.
pub(super) async fn custody(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let says = says(&app, &desk);
    let sections = devices(&desk, &says, &cabinet, case);
    if sections.is_empty() {
        return Err(AppFault::NotFound);
    }
    let made = Paper {
        title: says.t("case-paper-custody-title"),
        mark: says.t("report-confidential"),
        lead: vec![says.t1("case-number", "number", case.number)],
        sections,
        lines: vec![says.t("report-sign-signature"), says.t("report-sign-date")],
    };
    print(&app, &desk, &format!("custody-{}", case.number), paper(&letterhead(&desk, &app.words), &made))
        .await
}

/// What is handed to an agency.
pub(super) async fn package(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    case: &Case,
) -> Result<Vec<u8>, AppFault> {
    app.pdf(sheet(app, desk, cabinet, case, PACKAGE), desk.at).await
}
