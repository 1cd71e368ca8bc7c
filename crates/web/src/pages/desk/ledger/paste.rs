//! A school's own policy, pasted: split into sentences, and for each the controls that speak of the same things, to be confirmed one
//! by one. What comes of it is a draft agreement, at the desk or as a file; nothing is published here.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use usher_policy::access::Act;
use usher_policy::ledger::{DraftHead, MOST_CLAUSES, Pasted, controls, draft, propose, split};
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_types::digest::Digest;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::parts_of_form;
use crate::pages::desk::agreements::drafts;
use crate::pages::desk::around::{Around, around, file};
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The largest form taken: the longest policy a school has, and a box for each of its sentences.
pub(super) const LARGEST_BYTES: usize = 512 * 1024;

#[derive(Template)]
#[template(path = "desk/ledger/paste.html")]
struct Paste {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
    sentences: Vec<Sentence>,
    /// Whether whoever is here may write agreements.
    drafts: bool,
}

/// A sentence with what may keep it.
struct Sentence {
    number: usize,
    heading: Option<String>,
    text: String,
    proposed: Vec<Proposed>,
}

/// A control that may keep a sentence: the name of its box, what it does, and how strongly.
struct Proposed {
    name: String,
    title: String,
    level: String,
    ticked: bool,
}

/// The name of a box: by the sentence's own words, so that it stays with them when others are cut out above it.
fn box_of(clause: &Pasted, control: &str) -> String {
    format!("keep-{}-{control}", Digest::of(clause.text.as_bytes()).short())
}

/// What was typed.
#[derive(Default)]
struct Typed {
    text: String,
    agreement: String,
    title: String,
    version: String,
}

/// Shows the empty form.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    form(&app, &desk, &Typed::default(), (Vec::new(), &BTreeMap::new()), Errors::none()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    typed: &Typed,
    (clauses, sent): (Vec<Pasted>, &BTreeMap<String, Vec<u8>>),
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/ledger", "ledger-paste-title");
    let versions = app.books.values::<AgreementVersion>().await?;
    let in_force = versions.into_iter().filter(|version| version.in_force);
    let choices = choosing(in_force.map(|one| Choice::new(&one.key, &one.title)).collect(), &typed.agreement);
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.select("pasted-agreement", choices),
        fields.line("pasted-title", &typed.title),
        fields.short("pasted-version", &typed.version),
        fields.area("pasted", &typed.text, 16),
    ];
    let sentence = |(index, clause): (usize, Pasted)| {
        let proposed = propose(&clause.text).into_iter().map(|control| {
            let name = box_of(&clause, &control.id);
            Proposed {
                ticked: sent.contains_key(&name),
                name,
                title: control.title.clone(),
                level: f.says.of("ledger-level", control.level.name()),
            }
        });
        Sentence {
            number: index + 1,
            proposed: proposed.collect(),
            heading: clause.heading,
            text: clause.text,
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let sentences = clauses.into_iter().enumerate().map(sentence).collect();
    let drafts = desk.may(Act::WriteAgreements).is_ok();
    Ok(with_status(status, &Paste { fields, sentences, f, d, errors, drafts }))
}

/// Splits what was pasted, or gives the draft of what was confirmed.
pub(super) async fn take(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (mut parts, body): (_, Body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let sent = parts_of_form(&app, &desk, parts, body).await?;
    taken(&app, &desk, &sent).await.map_err(IntoResponse::into_response)
}

async fn taken(app: &App, desk: &AtDesk, sent: &BTreeMap<String, Vec<u8>>) -> Result<Response, AppFault> {
    let field = |name: &str| {
        let bytes = sent.get(name).map(Vec::as_slice).unwrap_or_default();
        String::from_utf8_lossy(bytes).trim().to_owned()
    };
    let typed = Typed {
        text: field("pasted"),
        agreement: field("pasted-agreement"),
        title: field("pasted-title"),
        version: field("pasted-version"),
    };
    let says = Frame::desk(app, desk, "/ledger", "ledger-paste-title").says;
    let clauses = split(&typed.text);
    let wrong = [
        (clauses.is_empty(), "pasted", "ledger-paste-nothing"),
        (clauses.len() >= MOST_CLAUSES, "pasted", "ledger-paste-long"),
        (typed.title.is_empty(), "pasted-title", "ledger-paste-title-missing"),
        (typed.version.is_empty(), "pasted-version", "ledger-paste-version-missing"),
    ];
    if let Some((_, name, words)) = wrong.into_iter().find(|(wrong, ..)| *wrong) {
        return form(app, desk, &typed, (clauses, sent), Errors::of(name, says.t(words))).await;
    }
    let wanted = field("do");
    if wanted != "file" && wanted != "draft" {
        return form(app, desk, &typed, (clauses, sent), Errors::none()).await;
    }
    if wanted == "draft" && drafts::open_one(app, &typed.agreement).await?.is_some() {
        let errors = Errors::of("pasted-agreement", says.t("ledger-paste-draft-there"));
        return form(app, desk, &typed, (clauses, sent), errors).await;
    }
    let text = written(&typed, clauses, sent, &says.t("ledger-paste-declaration"));
    // What cannot be read again would be no draft of anything.
    let parsed = AgreementText::parse(&text).map_err(|fault| AppFault::Form(fault.to_string()))?;
    if wanted == "draft" {
        return drafts::start(app, desk, (&text, &parsed)).await;
    }
    Ok(file("text/markdown; charset=utf-8", &format!("{}-draft.md", typed.agreement), text.into_bytes()))
}

fn written(
    typed: &Typed,
    clauses: Vec<Pasted>,
    sent: &BTreeMap<String, Vec<u8>>,
    declaration: &str,
) -> String {
    let known = controls().unwrap_or_default();
    let confirmed = |clause: &Pasted| {
        let ticked = |id: &str| sent.contains_key(&box_of(clause, id));
        known.iter().map(|control| control.id.clone()).filter(|id| ticked(id)).collect()
    };
    let with_kept = |clause: Pasted| {
        let kept = confirmed(&clause);
        (clause, kept)
    };
    let kept: Vec<(Pasted, Vec<String>)> = clauses.into_iter().map(with_kept).collect();
    let reader = match typed.agreement.as_str() {
        "pupil" | "pupil-ks1" => "ks1",
        "pupil-ks2" => "ks2",
        _ => "adult",
    };
    let (key, title, version) = (&typed.agreement, &typed.title, &typed.version);
    draft(DraftHead { key, title, version, reader, declaration }, &kept)
}
