//! The second look before new words come into force: what changes, who has to sign again, what of it nothing keeps, and
//! whether the governors approved it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_policy::ledger::Outcome;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::agreement_diff::material;
use usher_records::agreement_draft::{self, AgreementDraft, Publishing};
use usher_records::change::Stored;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_types::digest::Digest;

use super::whole::Whole;
use super::{Row, earlier, in_force, rows, stored, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::standings;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{markdown, with_status};

#[derive(Template)]
#[template(path = "desk/agreements/drafts/publish.html")]
struct Publish {
    f: Frame,
    d: Around,
    errors: Errors,
    id: String,
    version: String,
    approval: Option<String>,
    changes: Vec<Row>,
    whole: Whole,
    first: bool,
    unkept: Vec<(String, String)>,
    choose: Field,
    reason: Option<Field>,
    digest: String,
    refused: Option<String>,
}

impl Publish {
    fn back(&self) -> String {
        format!("/agreements/drafts/{}", self.id)
    }
}

/// What was chosen.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    digest: String,
    #[serde(default, rename = "agreement-again")]
    again: String,
    #[serde(default, rename = "agreement-minor-why")]
    reason: String,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let draft = stored(&app, &id).await?;
    if !draft.value.is_open() {
        return Ok(lead(&format!("/agreements/drafts/{id}"), "agreement-draft-over"));
    }
    look(&app, &desk, &draft, (&Typed::default(), Errors::none()), done.done.as_deref()).await
}

async fn look(
    app: &App,
    desk: &AtDesk,
    draft: &Stored<AgreementDraft>,
    (typed, errors): (&Typed, Errors),
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/agreements/drafts", "agreement-publish-title");
    let (_, text) = words(app, &draft.value).await?;
    let before = earlier(app, &draft.value.key).await?;
    let advised = before.as_ref().is_none_or(|before| material(before, &text));
    let clock = Clock::at(desk);
    let settings = &desk.school.settings.agreements;
    let refused = agreement_draft::may_put_out(settings, Some(&draft.value)).err();
    let approval = draft.value.approval().map(|approval| {
        let day = clock.date(approval.meeting);
        f.says.t2("agreement-did-minute", ("day", &day), ("minute", &approval.minute))
    });
    let (again, on) = (due(app, desk, &text, true).await?, due(app, desk, &text, false).await?);
    let hint = |count: usize| f.says.n("agreement-due", "count", count);
    let chosen = match typed.again.as_str() {
        "" if advised => "yes",
        "" => "no",
        other => other,
    };
    let choices = vec![
        Choice::new("yes", f.says.t("agreement-again-yes")).hint(hint(again)),
        Choice::new("no", f.says.t("agreement-again-no")).hint(hint(on)),
    ];
    let fields = Fields::new(&f.says, &errors);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Publish {
        id: draft.value.id.to_string(),
        version: f.says.t2(
            "agreement-publish-what",
            ("title", &text.head.title),
            ("version", &text.head.version),
        ),
        approval,
        changes: rows(&f.says, before.as_ref(), &text),
        whole: Whole::of(&f.says, &text),
        first: before.is_none(),
        unkept: unkept(app, desk, &f.says, &text).await?,
        choose: fields.radios("agreement-again", choosing(choices, chosen)),
        reason: advised.then(|| fields.line("agreement-minor-why", &typed.reason)),
        digest: text.digest.to_string(),
        refused: refused.map(|refusal| f.says.t(refusal.words())),
        f: f.done(done),
        d,
        errors,
    };
    Ok(with_status(status, &view))
}

/// How many people who have nothing to sign now would have, were this in force.
async fn due(app: &App, desk: &AtDesk, text: &AgreementText, material: bool) -> Result<usize, AppFault> {
    let today = Clock::at(desk).today();
    let mut people = app.books.values::<Person>().await?;
    people.retain(|person| person.is_here(today));
    let before = app.books.values::<AgreementVersion>().await?;
    let mut after = before.clone();
    for version in after.iter_mut().filter(|version| version.key == text.head.key) {
        version.in_force = false;
    }
    after.push(AgreementVersion::of(app.new_id(), text, material, desk.at));
    standings::newly_due(app, desk, &people, (&before, &after)).await
}

/// Clauses nothing keeps now, and what is the matter. They may be published: the ledger tells them as what they are.
async fn unkept(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    text: &AgreementText,
) -> Result<Vec<(String, String)>, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(Vec::new()) };
    let (_, checked) = usher_ledger::look(&app.books, snapshot, desk.at).await?;
    let mut found = Vec::new();
    for clause in &text.clauses {
        let bad = clause.keeps.iter().filter_map(|id| {
            let control = checked.iter().find(|checked| checked.control.id == *id)?;
            let bad = matches!(control.outcome, Outcome::Falls(_) | Outcome::NotBuilt);
            bad.then(|| control.control.title.clone())
        });
        let bad: Vec<String> = bad.collect();
        let why = match (clause.keeps.is_empty(), bad.is_empty()) {
            (true, _) => says.t("agreement-kept-by-nothing"),
            (false, false) => says.t1("agreement-not-true", "what", bad.join("; ")),
            (false, true) => continue,
        };
        found.push((format!("{}. {}", clause.number, markdown::words(&clause.text)), why));
    }
    Ok(found)
}

/// Brings it into force.
pub(super) async fn publish(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let draft = stored(&app, &id).await?;
    let (_, text) = words(&app, &draft.value).await?;
    let shown: Option<Digest> = typed.digest.parse().ok();
    if shown != Some(text.digest) {
        return Ok(lead(&format!("/agreements/drafts/{id}/publish"), "agreement-looked-again"));
    }
    let before = earlier(&app, &draft.value.key).await?;
    let version = in_force(&app, &draft.value.key).await?;
    let asked = Publishing {
        text: &text,
        version: app.new_id(),
        earlier: version.as_ref(),
        material: typed.again != "no",
        advised: before.as_ref().is_none_or(|before| material(before, &text)),
        reason: &typed.reason,
        settings: &desk.school.settings.agreements,
    };
    match agreement_draft::publish(&draft, asked, &desk.actor(), desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/agreements", "agreement-published"))
        }
        Err(Refusal::Gone) => Ok(lead(&format!("/agreements/drafts/{id}"), "agreement-draft-over")),
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/agreements/drafts", "agreement-publish-title").says;
            let field =
                if refusal == Refusal::ReasonNeeded { "agreement-minor-why" } else { "agreement-again" };
            let errors = Errors::of(field, says.t(refusal.words()));
            look(&app, &desk, &draft, (&typed, errors), None).await
        }
    }
}
