//! What is done with a case, a page for each: a few fields, one button, one more entry.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_policy::explain;
use usher_policy::routing::{self, CaseAct};
use usher_records::case::act::Decision;
use usher_records::case::rules::{Class, Step as Rung};
use usher_records::case::sanctions::{self, Known};
use usher_records::case::thread::{
    Agency, Contact, Disclosed, Involved, Part, Party, PreventOutcome, Seal, Terms,
};
use usher_records::case::{Case, act};
use usher_records::change::{Change, Stored};
use usher_records::contact::Body;
use usher_records::refusal::Refusal;
use usher_records::register::CitedPolicy;
use usher_records::sanction::{Restriction, Sanction};
use usher_types::digest::Digest;
use usher_types::ids::{self, PersonId};
use usher_types::role::Reader;

use super::fields::{people, staff};
use super::{Cabinet, by, narrowed, papers, sanction_id, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::case::file;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::contacts::reach;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::lessons::calendar;
use crate::pages::desk::linked;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// Every step: its name in the address, and what it takes.
pub(super) const STEPS: [(&str, CaseAct); 26] = [
    ("support", CaseAct::See),
    ("support-later", CaseAct::Decide),
    ("note", CaseAct::See),
    ("person", CaseAct::See),
    ("seen", CaseAct::See),
    ("illegal", CaseAct::See),
    ("check", CaseAct::See),
    ("parents", CaseAct::See),
    ("cost", CaseAct::See),
    ("correct", CaseAct::See),
    ("link", CaseAct::See),
    ("decide", CaseAct::Decide),
    ("narrow", CaseAct::Decide),
    ("lift", CaseAct::Decide),
    ("close", CaseAct::Decide),
    ("reopen", CaseAct::Decide),
    ("merge", CaseAct::Decide),
    ("confirm", CaseAct::Confirm),
    ("decline", CaseAct::Decline),
    ("entered", CaseAct::Class),
    ("class", CaseAct::Class),
    ("prevent", CaseAct::Class),
    ("refer", CaseAct::Disclose),
    ("share", CaseAct::Share),
    ("hold", CaseAct::Share),
    ("custody", CaseAct::Share),
];

fn known(step: &str) -> Result<(&'static str, CaseAct), AppFault> {
    STEPS.into_iter().find(|(name, _)| *name == step).ok_or(AppFault::NotFound)
}

#[derive(Template)]
#[template(path = "desk/cases/step.html")]
struct StepPage {
    f: Frame,
    d: Around,
    errors: Errors,
    back: String,
    action: String,
    heading: String,
    text: Vec<String>,
    fields: Vec<Field>,
    hidden: Vec<(&'static str, String)>,
    button: String,
}

/// What a step's form sends. Each step reads its own.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    text: String,
    #[serde(default)]
    more: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    outside: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    pounds: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    sanction: String,
    /// Another policy a note cites, by its name.
    #[serde(default, rename = "entry-policy")]
    policy: String,
}

/// What a step works with.
struct Work<'a> {
    app: &'a App,
    desk: &'a AtDesk,
    cabinet: &'a Cabinet,
    case: &'a Stored<Case>,
    sent: &'a Sent,
}

/// Shows a step's form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path((id, step)): Path<(String, String)>,
    Query(sent): Query<Sent>,
) -> Result<Response, AppFault> {
    let (step, act) = known(&step)?;
    let cabinet = Cabinet::of(&app).await?;
    let case = cabinet.find(&desk, &id, act)?;
    Ok(form(&Work { app: &app, desk: &desk, cabinet: &cabinet, case, sent: &sent }, step, Errors::none()))
}

/// Carries a step out, or shows its form again with what is wrong.
pub(super) async fn carry_out(
    State(app): State<App>,
    Path((id, step)): Path<(String, String)>,
    sent: DeskForm<Sent>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (sent.from, sent.value);
    let (step, act) = known(&step)?;
    let cabinet = Cabinet::of(&app).await?;
    let case = cabinet.find(&desk, &id, act)?;
    let work = Work { app: &app, desk: &desk, cabinet: &cabinet, case, sent: &sent };
    let change = match change(&work, step).await? {
        Ok(change) => change,
        Err(Refusal::SupportFirst) => return Ok(form(&work, "support-later", first(&work))),
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/cases", "cases-title").says;
            let errors = Errors::of(field_of(step, &refusal), says.t(words_of(step, &refusal)));
            return Ok(form(&work, step, errors));
        }
    };
    app.commit(&change, &desk.actor()).await?;
    for person in touched(&case.value, step, &sent) {
        narrowed(&app, &desk, person).await?;
    }
    // Whoever hid it from their own eyes is led to the list.
    let after = Cabinet::of(&app).await?;
    let still = after.find(&desk, &id, CaseAct::See).is_ok();
    let to = if still { format!("/cases/{}", case.value.id) } else { "/cases".to_owned() };
    Ok(lead(&to, "case-added"))
}

fn first(work: &Work<'_>) -> Errors {
    let says = Frame::desk(work.app, work.desk, "/cases", "cases-title").says;
    Errors::of("text", says.t(Refusal::SupportFirst.words()))
}

/// Whose web a step narrowed or opened.
fn touched(case: &Case, step: &str, sent: &Sent) -> Vec<PersonId> {
    match step {
        "narrow" => sent.person.parse().ok().into_iter().collect(),
        "confirm" => case.proposed().map(|(_, terms)| terms.person).into_iter().collect(),
        "lift" => case.narrowings().iter().map(|(_, terms, _)| terms.person).collect(),
        _ => Vec::new(),
    }
}

/// The field that is asked about a refusal.
fn field_of(step: &str, refusal: &Refusal) -> &'static str {
    match (step, refusal) {
        (_, Refusal::Heavier) => "more",
        (_, Refusal::WhyNeeded) => "why",
        ("prevent", Refusal::NameNeeded) => "choice",
        ("narrow", Refusal::EndNeeded | Refusal::TooLong) => "days",
        ("person", Refusal::NameNeeded) => "outside",
        ("person", Refusal::NotYours) => "choice",
        ("person", _) => "person",
        ("parents" | "refer", Refusal::NameNeeded) => "to",
        ("custody", _) => "text",
        ("share", _) => "person",
        ("link" | "merge", _) => "number",
        _ => "text",
    }
}

/// The words of a refusal, where a step has its own.
fn words_of(step: &str, refusal: &Refusal) -> &'static str {
    match (step, refusal) {
        ("custody", Refusal::NameNeeded) => "case-custody-missing",
        ("share", Refusal::NotYours) => "case-share-not-theirs",
        ("share", Refusal::NameNeeded | Refusal::Gone) => "case-share-nobody",
        ("person", Refusal::NotYours) => "case-person-not-yours",
        _ => refusal.words(),
    }
}

/// The entry a step makes.
async fn change(work: &Work<'_>, step: &str) -> Result<Result<Change, Refusal>, AppFault> {
    let Work { desk, case, sent, .. } = *work;
    let by = by(desk);
    Ok(match step {
        "note" => {
            let spoken: Vec<PersonId> = sent.person.parse().ok().into_iter().collect();
            let cited = work.cabinet.policies.iter().find(|policy| policy.name == sent.policy);
            act::note(case, by, &sent.text, &spoken, cited.and_then(CitedPolicy::of))
        }
        "support" => act::support(case, by, &sent.text),
        "support-later" => act::support_later(case, by, &sent.text),
        "seen" => act::seen(case, by),
        "illegal" => act::may_be_illegal(case, by, &sent.text),
        "check" => act::check(case, by, sent.choice.parse().unwrap_or(0)),
        "correct" => act::correct(case, by, sent.number.parse().unwrap_or(0), &sent.text),
        "cost" => pence(&sent.pounds).and_then(|pence| act::cost(case, by, &sent.text, pence)),
        "close" => act::close(case, by, &sent.text),
        "reopen" => act::reopen(case, by, &sent.text),
        "entered" => act::entered(case, by),
        "hold" => act::hold(case, by, !case.value.is_held(), &sent.text),
        "custody" => seal(&sent.choice)
            .and_then(|seal| act::custody(case, by, &sent.text, (&sent.from, &sent.to), seal)),
        "person" => involved(work).and_then(|one| act::involve(case, by, one)),
        "parents" => contact(&sent.choice).and_then(|how| act::parents(case, by, how, &sent.to, &sent.text)),
        "class" => {
            let class = Class::named(&sent.choice).ok_or(Refusal::Gone);
            class.and_then(|class| act::reclass(case, by, class, &sent.text))
        }
        "share" => shown_to(work).and_then(|person| act::share(case, by, person)),
        "decline" => act::decline(case, by, &sent.text),
        "link" => other(work, CaseAct::See).and_then(|other| act::link(case, by, &other.value)),
        "merge" => other(work, CaseAct::Decide).and_then(|other| act::merge(case, by, other)),
        "decide" => decided(work),
        "prevent" => {
            let outcome = PreventOutcome::ALL.into_iter().find(|outcome| outcome.name() == sent.choice);
            outcome.ok_or(Refusal::NameNeeded).and_then(|outcome| act::prevent(case, by, outcome, &sent.text))
        }
        "refer" => return refer(work).await,
        "lift" => return lift(work).await,
        "narrow" => narrow(work),
        "confirm" => sanctions::confirm(case, by, terms_of(work).known(), work.app.new_id()),
        _ => return Err(AppFault::NotFound),
    })
}

fn decided(work: &Work<'_>) -> Result<Change, Refusal> {
    let (sent, rules) = (work.sent, &work.desk.school.settings.cases);
    let decision = Decision { text: &sent.text, why: &sent.why };
    match Rung::named(&sent.choice) {
        None => act::decide(work.case, by(work.desk), decision),
        Some(step) => act::choose(work.case, by(work.desk), rules, step, decision, &sent.more),
    }
}

/// `12.50` as pence.
fn pence(text: &str) -> Result<u32, Refusal> {
    let text = text.trim().trim_start_matches('£');
    let (pounds, rest) = text.split_once('.').unwrap_or((text, "0"));
    let rest = if rest.len() == 1 { format!("{rest}0") } else { rest.to_owned() };
    let (Ok(pounds), Ok(pence)) = (pounds.parse::<u32>(), rest.parse::<u32>()) else {
        return Err(Refusal::ReasonNeeded);
    };
    let sum = pounds.checked_mul(100).and_then(|sum| sum.checked_add(pence)).filter(|_| pence < 100);
    sum.ok_or(Refusal::ReasonNeeded)
}

fn contact(name: &str) -> Result<Contact, Refusal> {
    Contact::ALL.into_iter().find(|contact| contact.name() == name).ok_or(Refusal::NameNeeded)
}

fn seal(name: &str) -> Result<Seal, Refusal> {
    Seal::ALL.into_iter().find(|seal| seal.name() == name).ok_or(Refusal::NameNeeded)
}

fn involved(work: &Work<'_>) -> Result<Involved, Refusal> {
    let part = Part::ALL.into_iter().find(|part| part.name() == work.sent.choice).unwrap_or(Part::Witness);
    let who = match work.sent.person.parse::<PersonId>() {
        Ok(person) if work.cabinet.roll.person(person).is_some() => Party::Person(person),
        _ => Party::Outside(work.sent.outside.trim().to_owned()),
    };
    if part == Part::Subject {
        may_be_about(work, &who)?;
    }
    Ok(Involved { who, part })
}

/// Whether the case may be about somebody more: whoever it is about sees it no more, so that only those who decide it say so,
/// and never so that nobody would see it.
fn may_be_about(work: &Work<'_>, who: &Party) -> Result<(), Refusal> {
    let Work { desk, cabinet, case, .. } = *work;
    if !cabinet.may(desk, CaseAct::Decide, &case.value) {
        return Err(Refusal::NotYours);
    }
    let Some(named) = who.person().and_then(|person| cabinet.named(person)) else { return Ok(()) };
    let mut facts = cabinet.facts(desk, &case.value);
    if !routing::may_be_about(&facts, case.value.kind(), &named) {
        return Err(Refusal::ClassFirst);
    }
    facts.about.push(named);
    let read = routing::is_read(cabinet.here(desk), &desk.school.settings, &facts);
    if read { Ok(()) } else { Err(Refusal::NobodyReads) }
}

/// Whom the case is shown to: somebody who would see it then.
fn shown_to(work: &Work<'_>) -> Result<PersonId, Refusal> {
    let Work { desk, cabinet, case, .. } = *work;
    let person = work.sent.person.parse().map_err(|_nobody| Refusal::NameNeeded)?;
    let with = cabinet.here(desk).find(|one| one.id == person).ok_or(Refusal::Gone)?;
    let facts = cabinet.facts(desk, &case.value);
    let sees = routing::may_be_shown(with, &desk.school.settings, &facts);
    if sees { Ok(person) } else { Err(Refusal::NotYours) }
}

/// Another case, by its number; only one with which this person may do this too.
fn other<'a>(work: &Work<'a>, act: CaseAct) -> Result<&'a Stored<Case>, Refusal> {
    let number: u32 = work.sent.number.trim().parse().map_err(|_not_a_number| Refusal::Gone)?;
    let found = work.cabinet.all.iter().find(|stored| stored.value.number == number);
    let mine = found.filter(|stored| work.cabinet.may(work.desk, act, &stored.value));
    mine.ok_or(Refusal::Gone)
}

/// The calendar a narrowing counts by.
struct Terming<'a> {
    desk: &'a AtDesk,
    calendar: usher_types::calendar::SchoolCalendar,
}

fn terms_of<'a>(work: &Work<'a>) -> Terming<'a> {
    Terming { desk: work.desk, calendar: calendar(work.app.snapshot.load().as_deref()) }
}

impl Terming<'_> {
    fn known(&self) -> Known<'_> {
        Known {
            rules: &self.desk.school.settings.cases,
            calendar: &self.calendar,
            zone: &self.desk.school.zone,
        }
    }
}

fn narrow(work: &Work<'_>) -> Result<Change, Refusal> {
    let sent = work.sent;
    let restriction = usable(work).find(|one| one.name() == sent.choice).ok_or(Refusal::NotInThisSchool)?;
    let person = sent.person.parse().map_err(|_nobody| Refusal::NotYours)?;
    let school_days = sent.days.trim().parse().map_err(|_not_a_number| Refusal::EndNeeded)?;
    let reason = sent.text.trim().to_owned();
    let terms = Terms { person, restriction, school_days, reason, heavier: None };
    sanctions::narrow(work.case, by(work.desk), terms_of(work).known(), work.app.new_id(), terms, &sent.more)
}

async fn lift(work: &Work<'_>) -> Result<Result<Change, Refusal>, AppFault> {
    let id = sanction_id(&work.sent.sanction)?;
    let sanction = work.app.books.get::<Sanction, ids::Sanction>(id).await?.ok_or(AppFault::NotFound)?;
    Ok(sanctions::lift(work.case, by(work.desk), &sanction, &work.sent.text))
}

/// The body outside of the school whose card an agency has.
const fn body(agency: Agency) -> Body {
    match agency {
        Agency::Authority => Body::Authority,
        Agency::Police => Body::Police,
        Agency::SocialServices => Body::SocialServices,
        Agency::DesignatedOfficer => Body::DesignatedOfficer,
        Agency::Prevent => Body::Prevent,
    }
}

/// Makes the package, keeps it under its digest, and enters to whom it went (MON-10).
async fn refer(work: &Work<'_>) -> Result<Result<Change, Refusal>, AppFault> {
    let Some(to) = act::agency(&work.sent.choice) else { return Ok(Err(Refusal::NameNeeded)) };
    let mut recipient = work.sent.to.trim().to_owned();
    if recipient.is_empty() {
        // Nobody in particular: whoever the school's card names.
        let says = Frame::desk(work.app, work.desk, "/cases/do", "cases-title").says;
        let contacts = &work.desk.school.settings.contacts;
        let card = reach(work.app, &says, contacts, body(to)).await?;
        recipient = card.map(|card| card.name).unwrap_or_default();
    }
    let disclosed = |package, sealed, bytes| Disclosed {
        to,
        recipient: recipient.clone(),
        basis: work.sent.text.trim().to_owned(),
        package,
        sealed,
        bytes,
    };
    // Nothing is made or kept for a referral that is refused.
    if let Err(refusal) = act::refer(work.case, by(work.desk), disclosed(Digest::of(b""), None, 0)) {
        return Ok(Err(refusal));
    }
    let bytes = papers::package(work.app, work.desk, work.cabinet, &work.case.value).await?;
    let sealed = file::seal(work.app, &bytes).await?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(act::refer(work.case, by(work.desk), disclosed(Digest::of(&bytes), Some(sealed), length)))
}

fn form(work: &Work<'_>, step: &'static str, errors: Errors) -> Response {
    let (f, d) = around(work.app, work.desk, "/cases/do", "cases-title");
    let says = &f.says;
    let case = &work.case.value;
    let fields = fields(work, says, step, &Fields::new(says, &errors));
    let text = match step {
        "illegal" => (1..=5).map(|line| says.of("case-illegal-rule", line)).collect(),
        "confirm" | "decline" => {
            let teller = super::entry::Teller { desk: work.desk, says, cabinet: work.cabinet };
            case.proposed().map(|(_, terms)| teller.terms(terms, None)).unwrap_or_default()
        }
        _ => vec![says.t(format!("case-do-{step}-text"))],
    };
    let hidden = match step {
        "correct" => vec![("number", work.sent.number.clone())],
        "lift" => vec![("sanction", work.sent.sanction.clone())],
        _ => Vec::new(),
    };
    let title = says.t(format!("case-do-{step}"));
    let page = StepPage {
        back: format!("/cases/{}", case.id),
        action: format!("/cases/{}/do/{step}", case.id),
        heading: say::heading(work.desk, says, work.cabinet, case),
        text,
        fields,
        hidden,
        button: says.t(format!("case-do-{step}-button")),
        f: f.clone().titled(title),
        d,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &page)
}

/// The school's other policies, to cite one (POL-04); none where there are none.
fn cites(work: &Work<'_>, says: &Says, fields: &Fields<'_>) -> Option<Field> {
    let policies = linked::choices(says, work.cabinet.policies.clone(), &work.sent.policy);
    (!policies.is_empty()).then(|| fields.select("entry-policy", policies))
}

fn fields(work: &Work<'_>, says: &Says, step: &str, fields: &Fields<'_>) -> Vec<Field> {
    let Work { desk, cabinet, sent, .. } = *work;
    let label = |name: &str| says.t(format!("case-{step}-{name}"));
    let text = || fields.area("text", sent.text.as_str(), 4).labelled(label("label"));
    let choice = |choices: Vec<Choice>| {
        fields.radios("choice", choosing(choices, &sent.choice)).labelled(label("choice"))
    };
    let offered = |key: &str, names: &[&str]| {
        choice(names.iter().map(|name| Choice::new(name, says.of(&format!("case-{key}"), name))).collect())
    };
    match step {
        "seen" | "entered" | "confirm" => Vec::new(),
        "note" => {
            let spoken = fields.select("person", staff(desk, says, cabinet, &sent.person));
            [text(), spoken.labelled(label("person"))].into_iter().chain(cites(work, says, fields)).collect()
        }
        "person" => vec![
            fields.select("person", people(desk, says, cabinet, &sent.person)).labelled(label("label")),
            fields.line("outside", sent.outside.as_str()),
            choice(parts(work, says)),
        ],
        "check" => vec![choice(checks(says, &work.case.value))],
        "parents" => vec![
            offered("contact", &Contact::ALL.map(Contact::name)),
            fields.line("to", sent.to.as_str()).labelled(label("to")),
            text(),
        ],
        "class" => vec![offered("class", &Class::ALL.map(Class::name)), text()],
        "share" => {
            vec![fields.select("person", staff(desk, says, cabinet, &sent.person)).labelled(label("label"))]
        }
        "link" | "merge" => vec![fields.short("number", sent.number.as_str()).labelled(label("label"))],
        "cost" => vec![
            fields.line("text", sent.text.as_str()).labelled(label("label")),
            fields.short("pounds", sent.pounds.as_str()),
        ],
        "custody" => vec![
            fields.line("text", sent.text.as_str()).labelled(label("label")),
            fields.line("from", sent.from.as_str()).labelled(label("from")),
            fields.line("to", sent.to.as_str()).labelled(label("to")),
            offered("seal", &Seal::ALL.map(Seal::name)),
        ],
        "refer" => vec![
            offered("agency", &Agency::ALL.map(Agency::name)),
            fields.line("to", sent.to.as_str()).labelled(label("to")),
            text(),
        ],
        "prevent" => vec![offered("prevent", &PreventOutcome::ALL.map(PreventOutcome::name)), text()],
        "decide" => {
            let why = fields.area("why", sent.why.as_str(), 3).labelled(label("why"));
            vec![choice(rungs(work, says)), text(), why, more(fields, says, sent)]
        }
        "narrow" => vec![
            fields.select("person", subjects(work, says)).labelled(label("person")),
            choice(narrowings(work, says)),
            fields.short("days", sent.days.as_str()),
            text(),
            more(fields, says, sent),
        ],
        _ => vec![text()],
    }
}

fn more(fields: &Fields<'_>, says: &Says, sent: &Sent) -> Field {
    fields.line("more", sent.more.as_str()).labelled(says.t("case-heavier-label"))
}

/// What somebody may have to do with it: that it is about them, only those who decide it say.
fn parts(work: &Work<'_>, says: &Says) -> Vec<Choice> {
    let decides = work.cabinet.may(work.desk, CaseAct::Decide, &work.case.value);
    let parts = Part::ALL.into_iter().filter(|part| decides || *part != Part::Subject);
    parts.map(|part| Choice::new(part.name(), says.of("case-part", part.name()))).collect()
}

/// The items of the checklist that are left.
fn checks(says: &Says, case: &Case) -> Vec<Choice> {
    let done = case.checked();
    let left = (1..=act::CHECKS).filter(|item| !done.contains(item));
    left.map(|item| Choice::new(item, says.of("case-check", item))).collect()
}

/// The steps of the ladder, those that are heavier than it says marked.
fn rungs(work: &Work<'_>, says: &Says) -> Vec<Choice> {
    let rules = &work.desk.school.settings.cases;
    let words_alone = Choice::new("", says.t("case-step-none"));
    let steps = Rung::ALL.into_iter().filter(|step| *step != Rung::Narrow).map(|step| {
        let choice = Choice::new(step.name(), says.of("case-step", step.name()));
        let heavier = rules.is_heavier(step, work.case.value.severity());
        if heavier { choice.hint(says.t("case-step-heavier")) } else { choice }
    });
    std::iter::once(words_alone).chain(steps).collect()
}

/// The narrowings that mean something here: without supervised rooms in the policy, supervised rooms only would be none.
fn usable(work: &Work<'_>) -> impl Iterator<Item = Restriction> {
    let snapshot = work.app.snapshot.load_full();
    let rooms = snapshot.is_some_and(|snapshot| !snapshot.document.lessons.supervised_rooms.is_empty());
    let all = work.desk.school.settings.cases.narrowings.clone().into_iter();
    all.filter(move |one| rooms || *one != Restriction::SupervisedOnly)
}

fn narrowings(work: &Work<'_>, says: &Says) -> Vec<Choice> {
    usable(work)
        .map(|one| Choice::new(one.name(), explain::restriction(says.words(), Reader::Adult, one)))
        .collect()
}

fn subjects(work: &Work<'_>, says: &Says) -> Vec<Choice> {
    let people = work.case.value.subjects().filter_map(Party::person);
    let choices = people.map(|person| Choice::new(person, work.cabinet.roll.name(says, person)));
    choosing(choices.collect(), &work.sent.person)
}

/// The entry a correction is about must be one the page showed.
pub(super) fn correct_address(case: &Case, number: u32) -> String {
    format!("/cases/{}/do/correct?number={number}", case.id)
}
