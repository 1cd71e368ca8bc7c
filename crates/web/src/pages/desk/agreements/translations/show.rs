//! One translation: each piece beside its English, what happened to it, approving it and taking it back.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::refusal::Refusal;
use usher_records::slip::Parts;
use usher_records::translation::pieces::{Piece, pieces};
use usher_records::translation::{self, Entry, Translation, What};
use usher_reports::document::{self, Print};
use usher_types::digest::Digest;

use super::{address, label, stored, version_of, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{markdown, page};

#[derive(Template)]
#[template(path = "desk/agreements/translations/show.html")]
struct Show {
    f: Frame,
    d: Around,
    address: String,
    version: String,
    tag: String,
    direction: &'static str,
    rows: Vec<Row>,
    missing: usize,
    /// How it stands, in words.
    state: String,
    shown: bool,
    digest: String,
    entries: Vec<String>,
    writes: bool,
    /// Whether who reads may approve it now; somebody else wrote it.
    approves: bool,
    /// Whether it waits for somebody else than who reads.
    another: bool,
    withdraws: bool,
    /// Whether our letters have all of its script.
    printable: bool,
}

struct Row {
    label: String,
    english: String,
    words: Option<String>,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let one = stored(&app, &id).await?;
    let translation = &one.value;
    let (english, said) = words(&app, translation).await?;
    let (f, d) = around(&app, &desk, "/agreements/translations", "translations-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let version = version_of(&app, translation.of).await?;
    let row = |piece: Piece| Row {
        label: label(&f.says, piece.of),
        words: said.piece(&piece.name).map(markdown::inline),
        english: markdown::inline(&piece.english),
    };
    let may = desk.may(Act::ApproveTranslations).is_ok();
    let (digest, _) = translation.written().ok_or(AppFault::NotFound)?;
    let approves = translation::approve(&one, digest, desk.person.id, desk.at);
    let state = match (translation.shown().is_some(), translation.waits()) {
        (true, false) => "translation-shown",
        (true, true) => "translation-shown-waits",
        (false, _) => "translation-waits",
    };
    let title =
        f.says.t2("translation-title", ("title", &english.head.title), ("language", &translation.name));
    let view = Show {
        address: address(translation),
        version: version
            .map(|version| f.says.t1("agreement-version", "version", version.version))
            .unwrap_or_default(),
        tag: translation.language.tag().to_owned(),
        direction: translation.language.direction(),
        missing: said.missing(&english),
        printable: said.words.values().all(|words| app.typesetter.boxes(words) == 0),
        rows: pieces(&english).into_iter().map(row).collect(),
        state: f.says.t(state),
        shown: translation.shown().is_some(),
        digest: digest.to_string(),
        entries: translation
            .entries
            .iter()
            .rev()
            .map(|entry| happened(&f.says, &roll, clock, entry))
            .collect(),
        writes: desk.may(Act::WriteAgreements).is_ok(),
        another: approves == Err(Refusal::SecondPerson),
        approves: may && approves.is_ok(),
        withdraws: may && translation.shown().is_some(),
        f: f.titled(title).done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// What happened to it, in words.
fn happened(says: &Says, roll: &Roll, clock: Clock<'_>, entry: &Entry) -> String {
    let (name, time) = (roll.name(says, entry.by), clock.full(entry.at));
    match &entry.what {
        What::Written { translator, .. } => says
            .terms("translation-did-write", &[("name", &name), ("time", &time), ("translator", translator)]),
        What::Approved(_) => says.t2("translation-did-approve", ("name", &name), ("time", &time)),
        What::Withdrawn => says.t2("translation-did-withdraw", ("name", &name), ("time", &time)),
    }
}

/// How it is to be printed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    large: Option<String>,
}

/// The same on paper, with lines to sign on.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let translation = stored(&app, &id).await?.value;
    let (english, said) = words(&app, &translation).await?;
    let print = if asked.large.is_some() { Print::Large } else { Print::Ordinary };
    let document = document::translated(
        &letterhead(&desk, &app.words),
        (&english, &said),
        (print, Parts::asked(&desk.school.settings)),
        None,
    );
    let name = format!("{}-{}-{}", translation.agreement, english.head.version, translation.language);
    to_pdf(&app, &desk, &name, document).await
}

/// Which words were looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Looked {
    #[serde(default)]
    digest: String,
}

/// Approves them.
pub(super) async fn approve(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Looked>,
) -> Result<Response, AppFault> {
    let (desk, looked) = (sent.from, sent.value);
    let one = stored(&app, &id).await?;
    let digest: Digest = looked.digest.parse().map_err(|_not_ours| Refusal::AgreementChanged)?;
    done(
        &app,
        &desk,
        &one.value,
        translation::approve(&one, digest, desk.person.id, desk.at),
        "translation-approved",
    )
    .await
}

/// Takes it back.
pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Looked>,
) -> Result<Response, AppFault> {
    let desk = sent.from;
    let one = stored(&app, &id).await?;
    done(
        &app,
        &desk,
        &one.value,
        translation::withdraw(&one, desk.person.id, desk.at),
        "translation-withdrawn",
    )
    .await
}

async fn done(
    app: &App,
    desk: &AtDesk,
    one: &Translation,
    change: Result<usher_records::change::Change, Refusal>,
    what: &str,
) -> Result<Response, AppFault> {
    let what = match change {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            what
        }
        // Somebody wrote other words meanwhile: they are looked at first.
        Err(Refusal::AgreementChanged) => "translation-changed",
        Err(refusal) => return Err(refusal.into()),
    };
    Ok(lead(&address(one), what))
}
