//! Every agreement with the words in force and, where somebody is at it, the draft; and what became of earlier drafts.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::agreement::{AgreementVersion, Head};
use usher_records::agreement_draft::{AgreementDraft, Entry, What};
use usher_records::agreement_edit::Written;
use usher_types::role::Reader;

use super::{actor, file, in_force, open_one, start};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Drafts that are done and are shown; more are in the journal.
const MOST_DONE: usize = 20;

#[derive(Template)]
#[template(path = "desk/agreements/drafts/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    done: Vec<Past>,
    writes: bool,
    approval: bool,
}

struct Row {
    key: String,
    title: String,
    version: String,
    draft: Option<(String, String)>,
}

struct Past {
    address: String,
    title: String,
    what: String,
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/drafts", "agreement-drafts-title");
    let versions = app.books.values::<AgreementVersion>().await?;
    let mut titles: BTreeMap<String, Option<AgreementVersion>> =
        desk.school.settings.agreements.audiences.iter().map(|one| (one.agreement.clone(), None)).collect();
    for version in versions.into_iter().filter(|version| version.in_force) {
        titles.insert(version.key.clone(), Some(version));
    }
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let (open, mut over): (Vec<_>, Vec<_>) =
        app.books.values::<AgreementDraft>().await?.into_iter().partition(AgreementDraft::is_open);
    over.sort_by_key(|draft| std::cmp::Reverse(draft.entries.last().map(|entry| entry.at)));
    let asks = desk.school.settings.agreements.governors_approve;
    for draft in &open {
        titles.entry(draft.key.clone()).or_default();
    }
    let row = |(key, version): (String, Option<AgreementVersion>)| {
        let draft = open.iter().find(|draft| draft.key == key);
        let title = version.as_ref().map(|version| version.title.clone());
        Row {
            title: title.or_else(|| draft.map(|draft| draft.title.clone())).unwrap_or_else(|| key.clone()),
            version: version.map_or_else(|| f.says.t("agreement-never"), |version| version.version),
            draft: draft.map(|draft| (draft.id.to_string(), stands(&f.says, draft, asks))),
            key,
        }
    };
    let past = |draft: &AgreementDraft| {
        let last = draft.entries.last()?;
        Some(Past {
            address: format!("/agreements/drafts/{}", draft.id),
            title: draft.title.clone(),
            what: said(&f.says, &roll, clock, last),
        })
    };
    let view = Index {
        rows: titles.into_iter().map(row).collect(),
        done: over.iter().take(MOST_DONE).filter_map(past).collect(),
        writes: desk.may(Act::WriteAgreements).is_ok(),
        approval: asks,
        f: f.done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// Where a draft stands, in words.
pub(super) fn stands(says: &Says, draft: &AgreementDraft, asks: bool) -> String {
    let key = match (asks, draft.approval().is_some()) {
        (true, false) => "agreement-draft-waits",
        (_, true) => "agreement-draft-approved",
        (false, false) => "agreement-draft-open",
    };
    says.t(key)
}

/// What happened to a draft, in words.
pub(super) fn said(says: &Says, roll: &Roll, clock: Clock<'_>, entry: &Entry) -> String {
    let (name, time) = (actor(says, roll, &entry.by), clock.full(entry.at));
    let (key, more) = match &entry.what {
        What::Written(_) => ("agreement-did-written", String::new()),
        What::Approved(approval) => {
            let minute = says.t2(
                "agreement-did-minute",
                ("day", &clock.date(approval.meeting)),
                ("minute", &approval.minute),
            );
            ("agreement-did-approved", minute)
        }
        What::Published { material: true, .. } => ("agreement-did-published", says.t("agreement-sign-again")),
        What::Published { material: false, .. } => ("agreement-did-published", says.t("agreement-sign-on")),
        What::Withdrawn(why) => ("agreement-did-withdrawn", why.clone()),
    };
    let line = says.t2(key, ("name", &name), ("time", &time));
    [line, more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Which agreement gets new words.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    key: String,
}

/// Begins a draft with the words in force.
pub(super) async fn begin(State(app): State<App>, form: DeskForm<Asked>) -> Result<Response, AppFault> {
    let (desk, key) = (form.from, form.value.key);
    if let Some(open) = open_one(&app, &key).await? {
        return Ok(lead(&format!("/agreements/drafts/{}", open.value.id), "agreement-draft-there"));
    }
    let current = match in_force(&app, &key).await? {
        Some(version) => file(&app, version.value.digest).await?.and_then(|(file, _)| Written::of(&file)),
        None => None,
    };
    let known = desk.school.settings.agreements.audiences.iter().any(|one| one.agreement == key);
    let says = Frame::desk(&app, &desk, "/agreements/drafts", "agreement-drafts-title").says;
    let written = match current {
        Some(written) => written,
        None if known => first(&says, &key),
        None => return Err(AppFault::NotFound),
    };
    let (file, text) = written.finish(None).map_err(|faults| {
        AppFault::Form(faults.into_iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join("; "))
    })?;
    start(&app, &desk, (&file, &text)).await
}

/// The first words of an agreement that has none yet.
fn first(says: &Says, key: &str) -> Written {
    let reader = match key {
        "pupil" | "pupil-ks1" => Reader::Ks1,
        "pupil-ks2" => Reader::Ks2,
        _ => Reader::Adult,
    };
    let head = Head {
        key: key.to_owned(),
        title: says.t("agreement-first-title"),
        version: "1".into(),
        reader,
        declaration: says.t("ledger-paste-declaration"),
        opening: None,
        each_time: None,
        check: None,
        parent_declaration: None,
        contract_term: false,
        sign_off: Vec::new(),
        parent_sign_off: Vec::new(),
    };
    Written { head, body: format!("- {}", says.t("agreement-first-clause")) }
}
