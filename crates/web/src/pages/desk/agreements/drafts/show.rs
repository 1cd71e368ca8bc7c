//! One draft: what it changes, what happened to it, and what can be done with it: approved, withdrawn, taken on to publishing.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::agreement_diff::material;
use usher_records::agreement_draft;
use usher_records::refusal::Refusal;
use usher_types::digest::Digest;

use super::whole::Whole;
use super::{Row, earlier, index, rows, stored, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{self, Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/agreements/drafts/show.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    id: String,
    version: String,
    stands: Option<String>,
    changes: Vec<Row>,
    whole: Whole,
    first: bool,
    material: bool,
    entries: Vec<String>,
    digest: String,
    /// Who reads may change it, approve it, publish it.
    writes: bool,
    approves: Option<Vec<Field>>,
    publishes: bool,
    why: Field,
}

/// What was typed into one of its forms.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    digest: String,
    #[serde(default, rename = "agreement-meeting")]
    meeting: String,
    #[serde(default, rename = "agreement-minute")]
    minute: String,
    #[serde(default, rename = "agreement-withdraw")]
    why: String,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    one(&app, &desk, &id, (&Typed::default(), Errors::none()), done.done.as_deref()).await
}

async fn one(
    app: &App,
    desk: &AtDesk,
    id: &str,
    (typed, errors): (&Typed, Errors),
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let draft = stored(app, id).await?.value;
    let (f, d) = around(app, desk, "/agreements/drafts", "agreement-drafts-title");
    let (_, text) = words(app, &draft).await?;
    // A draft that is done is shown as it was, not against what came after it.
    let before = if draft.is_open() { earlier(app, &draft.key).await? } else { None };
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let asks = desk.school.settings.agreements.governors_approve;
    let fields = Fields::new(&f.says, &errors);
    let approves = draft.is_open() && draft.approval().is_none() && desk.may(Act::RecordApproval).is_ok();
    let ready = !asks || draft.approval().is_some();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Show {
        id: draft.id.to_string(),
        version: f.says.t1("agreement-draft-version", "version", &text.head.version),
        stands: draft.is_open().then(|| index::stands(&f.says, &draft, asks)),
        changes: rows(&f.says, before.as_ref(), &text),
        whole: Whole::of(&f.says, &text),
        first: before.is_none(),
        material: before.as_ref().is_none_or(|before| material(before, &text)),
        entries: draft.entries.iter().rev().map(|entry| index::said(&f.says, &roll, clock, entry)).collect(),
        digest: text.digest.to_string(),
        writes: draft.is_open() && desk.may(Act::WriteAgreements).is_ok(),
        approves: approves.then(|| {
            vec![
                fields.date("agreement-meeting", &typed.meeting),
                fields.short("agreement-minute", &typed.minute),
            ]
        }),
        publishes: draft.is_open() && ready && desk.may(Act::ChangeSettings).is_ok(),
        why: fields.line("agreement-withdraw", &typed.why),
        f: f.titled(text.head.title.clone()).done(done),
        d,
        errors,
    };
    Ok(with_status(status, &view))
}

/// The draft as a file, to change elsewhere and to keep.
pub(super) async fn file(
    State(app): State<App>,
    _desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let draft = stored(&app, &id).await?.value;
    let (file, text) = words(&app, &draft).await?;
    let name = format!("{}-{}.md", draft.key, text.head.version);
    Ok(around::file("text/markdown; charset=utf-8", &name, file.into_bytes()))
}

/// Records that the governors approved the words shown.
pub(super) async fn approve(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let draft = stored(&app, &id).await?;
    let says = Frame::desk(&app, &desk, "/agreements/drafts", "agreement-drafts-title").says;
    let Ok(meeting) = typed.meeting.parse::<Date>() else {
        let errors = Errors::of("agreement-meeting", says.t("agreement-meeting-missing"));
        return one(&app, &desk, &id, (&typed, errors), None).await;
    };
    let shown: Digest = typed.digest.parse().map_err(|_not_ours| Refusal::AgreementChanged)?;
    let approval = (shown, meeting, typed.minute.as_str());
    let today = Clock::at(&desk).today();
    match agreement_draft::approve(&draft, approval, &desk.actor(), (desk.at, today)) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(&format!("/agreements/drafts/{id}"), "agreement-approved"))
        }
        Err(refusal) => {
            let field =
                if refusal == Refusal::MinuteNeeded { "agreement-minute" } else { "agreement-meeting" };
            let errors = Errors::of(field, says.t(refusal.words()));
            one(&app, &desk, &id, (&typed, errors), None).await
        }
    }
}

/// Gives it up.
pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let draft = stored(&app, &id).await?;
    match agreement_draft::withdraw(&draft, &typed.why, &desk.actor(), desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/agreements/drafts", "agreement-withdrawn"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/agreements/drafts", "agreement-drafts-title").says;
            let errors = Errors::of("agreement-withdraw", says.t(refusal.words()));
            one(&app, &desk, &id, (&typed, errors), None).await
        }
    }
}
