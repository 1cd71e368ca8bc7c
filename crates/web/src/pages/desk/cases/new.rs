//! The incident form (INC-02): nine fields, filled in from where it began; four interactions from a block to a case.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_lists::category::Area;
use usher_policy::routing::{self, CaseAct};
use usher_records::case::nine::Nine;
use usher_records::case::rules::{Class, Sort};
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::refusal::Refusal;
use usher_types::ids::{self, PersonId};

use super::fields::{areas, kinds, people};
use super::origin::{self, Start};
use super::{Cabinet, by};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::case;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll;
use crate::pages::desk::rules::Rules;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/cases/new.html")]
struct NewPage {
    f: Frame,
    d: Around,
    errors: Errors,
    from: Option<String>,
    hidden: Vec<(&'static str, String)>,
    /// What everybody is asked.
    first: Vec<Field>,
    /// The rest of the nine fields, with what is known.
    rest: Vec<Field>,
    when: String,
    reporter: String,
}

/// The form as sent, or as an address begins it.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    event: String,
    #[serde(default)]
    alert: String,
    #[serde(default)]
    told: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    outside: String,
    #[serde(default, rename = "breach")]
    kind: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    evidence: String,
    #[serde(default, rename = "place")]
    room: String,
    #[serde(default)]
    computer: String,
    #[serde(default)]
    passed: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    area: String,
}

impl Filled {
    fn asked(&self) -> origin::Asked<'_> {
        origin::Asked { event: &self.event, alert: &self.alert, told: &self.told, person: &self.person }
    }

    /// The form with what is known filled in.
    fn begun(mut self, start: &Start) -> Self {
        let nine = &start.nine;
        self.person = start.person.map(|person| person.to_string()).unwrap_or_default();
        if self.kind.is_empty() {
            start.kind.clone_into(&mut self.kind);
        }
        self.details.clone_from(&nine.details);
        self.address.clone_from(&nine.address);
        self.room.clone_from(&nine.room);
        self.computer.clone_from(&nine.computer);
        self
    }

    fn nine(&self, start: &Start) -> Nine {
        let text = |text: &str| text.trim().to_owned();
        Nine {
            address: text(&self.address),
            evidence: text(&self.evidence),
            room: text(&self.room),
            computer: text(&self.computer),
            details: text(&self.details),
            passed_to: text(&self.passed),
            action: text(&self.action),
            event: start.nine.event,
        }
    }
}

/// Shows the form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(filled): Query<Filled>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let start = origin::read(&app, &desk, &cabinet, filled.asked()).await?;
    form(&app, &desk, &cabinet, &start, filled.begun(&start), Errors::none()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    start: &Start,
    filled: Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/cases/new", "case-new-title");
    let (first, rest) = {
        let fields = Fields::new(&f.says, &errors);
        let word = |key: &str| f.says.t(key);
        let mut first = vec![
            fields.select("breach", kinds(desk, &f.says, &filled.kind)),
            fields
                .select("person", people(desk, &f.says, cabinet, &filled.person))
                .labelled(word("case-field-person")),
            fields.area("details", filled.details.as_str(), 4),
        ];
        let choices = rules_of(app, desk, cabinet, &filled.person).await?.choices(&f.says, &filled.rule);
        if !choices.is_empty() {
            first.insert(2, fields.select("rule", choices));
        }
        let classes = [Class::Ordinary, Class::ChildProtection, Class::Whistleblowing];
        let classes = classes.map(|class| Choice::new(class.name(), f.says.of("case-choose", class.name())));
        let chosen = if filled.class.is_empty() { "ordinary" } else { &filled.class };
        let rest = vec![
            fields.line("outside", filled.outside.as_str()),
            fields.line("address", filled.address.as_str()).labelled(word("case-field-address")),
            fields.short("place", filled.room.as_str()).labelled(word("case-field-room")),
            fields.short("computer", filled.computer.as_str()),
            fields.line("evidence", filled.evidence.as_str()),
            fields.line("passed", filled.passed.as_str()),
            fields.area("action", filled.action.as_str(), 2).labelled(word("case-field-action")),
            fields.select("area", areas(&f.says, "case-area-by-kind", &filled.area)),
            fields.radios("class", choosing(classes.to_vec(), chosen)).labelled(word("case-field-class")),
        ];
        (first, rest)
    };
    let from = (start.origin != Origin::Report).then(|| f.says.of("case-from", start.origin.name()));
    let hidden = vec![("event", filled.event), ("alert", filled.alert), ("told", filled.told)];
    let (when, reporter) = (Clock::at(desk).full(desk.at), desk.person.name());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &NewPage { from, hidden, first, rest, when, reporter, f, d, errors }))
}

/// The rules a case can name: those of whoever is chosen, and before that those of everybody.
async fn rules_of(app: &App, desk: &AtDesk, cabinet: &Cabinet, person: &str) -> Result<Rules, AppFault> {
    match person.parse().ok().and_then(|id| cabinet.roll.person(id)) {
        Some(person) => Rules::of(app, desk, person).await,
        None => Rules::all(app).await,
    }
}

/// Opens the case.
pub(super) async fn open(State(app): State<App>, sent: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (sent.from, sent.value);
    let cabinet = Cabinet::of(&app).await?;
    let from = origin::Asked { person: "", ..filled.asked() };
    let start = origin::read(&app, &desk, &cabinet, from).await?;
    let opening = match opening(&app, &desk, &cabinet, &start, &filled).await? {
        Ok(opening) => opening,
        Err(faulty) => return again(&app, &desk, &cabinet, &start, filled, faulty).await,
    };
    match case::open(&app, &opening, by(&desk), &desk.actor()).await? {
        Ok(case) => {
            let mine = Cabinet::of(&app).await?.may(&desk, CaseAct::See, &case);
            // Whoever reported what is not for their eyes is thanked, and sees no more of it.
            Ok(if mine {
                lead(&format!("/cases/{}", case.id), "case-opened")
            } else {
                lead("/cases", "case-passed-on")
            })
        }
        Err(refusal) => {
            let field = if refusal == Refusal::NameNeeded { "outside" } else { "details" };
            again(&app, &desk, &cabinet, &start, filled, (field, refusal)).await
        }
    }
}

async fn again(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    start: &Start,
    filled: Filled,
    (field, refusal): Faulty,
) -> Result<Response, AppFault> {
    let says = Frame::desk(app, desk, "/cases", "case-new-title").says;
    let key = match (field, &refusal) {
        ("details", _) => "case-details-missing",
        ("person", Refusal::NameNeeded | Refusal::Gone) => "case-person-missing",
        ("rule", _) => "register-rule-gone",
        (_, refusal) => refusal.words(),
    };
    form(app, desk, cabinet, start, filled, Errors::of(field, says.t(key))).await
}

type Faulty = (&'static str, Refusal);

/// What the form says, as a case begins.
async fn opening(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    start: &Start,
    filled: &Filled,
) -> Result<Result<Opening, Faulty>, AppFault> {
    let Some(kind) = desk.school.settings.cases.kind(&filled.kind) else {
        return Ok(Err(("breach", Refusal::Gone)));
    };
    let person: Option<PersonId> = match filled.person.as_str() {
        "" => None,
        text => Some(roll::id::<ids::Person>(text)?),
    };
    if person.is_some_and(|id| cabinet.roll.person(id).is_none()) {
        return Ok(Err(("person", Refusal::Gone)));
    }
    let outside = filled.outside.trim();
    // Whoever saw something by accident, or told of it, broke no rule by that.
    let told = person.is_some_and(|person| start.was_told_by(person));
    let part = if kind.sort == Sort::Accident { Part::Affected } else { Part::Subject };
    let own = if told { Part::Affected } else { part };
    let mut people: Vec<Involved> =
        person.into_iter().map(|person| Involved { who: Party::Person(person), part: own }).collect();
    if !outside.is_empty() {
        people.push(Involved { who: Party::Outside(outside.to_owned()), part });
    }
    if people.is_empty() {
        return Ok(Err(("person", Refusal::NameNeeded)));
    }
    // Nobody may have been chosen when the rules were offered.
    let Ok(rule) = Rules::all(app).await?.chosen(&filled.rule) else {
        return Ok(Err(("rule", Refusal::Gone)));
    };
    let about: Vec<_> = person.and_then(|person| cabinet.named(person)).into_iter().collect();
    let asked = Class::named(&filled.class).unwrap_or(Class::Ordinary);
    let class = routing::class_of(&kind.name, kind.sort, &about, asked);
    let origin = match (class, kind.sort, start.origin) {
        (Class::Whistleblowing, _, Origin::Report) => Origin::Whistleblowing,
        (_, Sort::Complaint, Origin::Report) => Origin::Complaint,
        (_, _, origin) => origin,
    };
    let nine = filled.nine(start);
    let (area, severity) = (Area::named(&filled.area), kind.severity);
    let opening = Opening { origin, kind: kind.name, severity, class, people, nine, rule, area };
    if !case::is_read(cabinet.here(desk), &desk.school.settings, &opening, about) {
        return Ok(Err(("person", Refusal::NobodyReads)));
    }
    Ok(Ok(opening))
}
