//! The school's own answer in a parent's place for one child (AGR-07, AGR-08): who decided it, why, until when; and its end.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::parents_place::{self, Decider, ParentsPlace};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_types::role::PersonKind;

use super::find;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::pages::refreshed::refresh;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/people/parents_place.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    child: String,
    /// What stands now.
    now: Option<Vec<(String, String)>>,
    /// What stood before.
    before: Vec<Vec<(String, String)>>,
    fields: Vec<Field>,
}

/// What is filled in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    decider: String,
    #[serde(default, rename = "decided-by")]
    decided_by: String,
    #[serde(default, rename = "place-reason")]
    reason: String,
    #[serde(default, rename = "last-day")]
    last_day: String,
}

/// Everything ever answered for a child, the latest first.
async fn all(app: &App, child: &Person) -> Result<Vec<ParentsPlace>, AppFault> {
    let mut found: Vec<ParentsPlace> =
        app.books.find("child", child.id).await?.into_iter().map(|stored| stored.value).collect();
    found.sort_by_key(|place: &ParentsPlace| std::cmp::Reverse(place.at));
    Ok(found)
}

/// A pupil, by the id in an address.
async fn pupil(app: &App, id: &str) -> Result<Person, AppFault> {
    let person = find(app, id).await?.value;
    if person.kind == PersonKind::Pupil { Ok(person) } else { Err(AppFault::NotFound) }
}

async fn standing(app: &App, child: &Person) -> Result<Option<Stored<ParentsPlace>>, AppFault> {
    Ok(app.books.find_one::<ParentsPlace>("standing", child.id).await?)
}

/// Shows what stands, and the form where nothing does.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let child = pupil(&app, &id).await?;
    shown(&app, &desk, &child, &Sent::default(), Errors::none(), done.done.as_deref()).await
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    child: &Person,
    sent: &Sent,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let address = format!("/people/{}", child.id);
    let (f, d) = around(app, desk, &address, "place-of-parent-title");
    let roll = Roll::of(app).await?;
    let (stand, over): (Vec<_>, Vec<_>) =
        all(app, child).await?.into_iter().partition(|place| place.stands(desk.at, &desk.school.zone));
    let said = |place: &ParentsPlace| facts(desk, &f, &roll, place);
    let page = Page {
        now: stand.first().map(said),
        before: over.iter().map(said).collect(),
        fields: fields(&f, &errors, sent),
        child: child.name(),
        address,
        f: f.done(done),
        d,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

fn fields(f: &Frame, errors: &Errors, sent: &Sent) -> Vec<Field> {
    let fields = Fields::new(&f.says, errors);
    let deciders =
        Decider::ALL.map(|decider| Choice::new(decider.name(), f.says.of("decider", decider.name())));
    vec![
        fields.radios("decider", choosing(deciders.into(), &sent.decider)),
        fields.line("decided-by", sent.decided_by.as_str()),
        fields.area("place-reason", sent.reason.as_str(), 3),
        fields.date("last-day", sent.last_day.as_str()),
    ]
}

fn facts(desk: &AtDesk, f: &Frame, roll: &Roll, place: &ParentsPlace) -> Vec<(String, String)> {
    let (says, clock) = (&f.says, Clock::at(desk));
    let ended = place.ended.map(|(by, at)| {
        says.t2("place-of-parent-entered", ("name", &roll.name(says, by)), ("time", &clock.full(at)))
    });
    let entered = says.t2(
        "place-of-parent-entered",
        ("name", &roll.name(says, place.by)),
        ("time", &clock.full(place.at)),
    );
    let pairs = [
        ("field-decider", Some(says.of("decider", place.decider.name()))),
        ("field-decided-by", Some(place.decided_by.clone())),
        ("field-place-reason", Some(place.reason.clone())),
        ("column-entered-by", Some(entered)),
        ("field-last-day", place.last_day.map(|day| clock.date(day))),
        ("place-of-parent-ended", ended),
    ];
    pairs.into_iter().filter_map(|(key, value)| Some((says.t(key), value?))).collect()
}

/// Gives the answer. What it opens is open at once.
pub(super) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Sent>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let child = pupil(&app, &id).await?;
    match give_it(&app, &desk, &child, &sent).await {
        Ok(()) => Ok(lead(&format!("/people/{}", child.id), "place-of-parent-taken")),
        Err(AppFault::Refused(refusal)) => {
            let field = match refusal {
                Refusal::NobodyMeant => "decider",
                Refusal::NameNeeded => "decided-by",
                Refusal::EndNeeded => "last-day",
                _ => "place-reason",
            };
            let says = Frame::desk(&app, &desk, "/people", "place-of-parent-title").says;
            let errors = Errors::of(field, says.t(refusal.words()));
            shown(&app, &desk, &child, &sent, errors, None).await
        }
        Err(fault) => Err(fault),
    }
}

async fn give_it(app: &App, desk: &AtDesk, child: &Person, sent: &Sent) -> Result<(), AppFault> {
    let last_day: Option<Date> = match sent.last_day.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_not_a_day| Refusal::EndNeeded)?),
    };
    let new = ParentsPlace {
        id: app.new_id(),
        child: child.id,
        decider: Decider::named(&sent.decider).ok_or(Refusal::NobodyMeant)?,
        decided_by: sent.decided_by.clone(),
        reason: sent.reason.clone(),
        last_day,
        by: desk.person.id,
        at: desk.at,
        ended: None,
    };
    let before = standing(app, child).await?;
    let change = parents_place::give(new, child, before.as_ref(), &desk.school.zone)?;
    app.commit(&change, &desk.actor()).await?;
    refresh(app, &desk.school, child.id, desk.at).await
}

/// Ends it. What it opened is shut at once.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let child = pupil(&app, &id).await?;
    let place = standing(&app, &child).await?.ok_or(Refusal::AlreadySo)?;
    app.commit(&parents_place::end(&place, desk.person.id, desk.at)?, &desk.actor()).await?;
    refresh(&app, &desk.school, child.id, desk.at).await?;
    Ok(lead(&format!("/people/{}", child.id), "place-of-parent-left"))
}

/// What a child's page says of it: that it stands, to those who see signatures; and where it is given, ended and explained,
/// to those who may.
pub(super) async fn of_child(
    app: &App,
    desk: &AtDesk,
    f: &Frame,
    child: &Person,
) -> Result<(Option<String>, Option<String>), AppFault> {
    if child.kind != PersonKind::Pupil {
        return Ok((None, None));
    }
    let may = desk.may(Act::AnswerForChild).is_ok();
    let stands = if may || desk.may(Act::SeeSignatures).is_ok() { standing(app, child).await? } else { None };
    let stands = stands.filter(|place| place.value.stands(desk.at, &desk.school.zone));
    let line =
        stands.map(|place| f.says.t1("place-of-parent-since", "date", Clock::at(desk).day(place.value.at)));
    Ok((line, may.then(|| format!("/people/{}/parents-place", child.id))))
}
