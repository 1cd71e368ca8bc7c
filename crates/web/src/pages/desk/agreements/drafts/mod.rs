//! New words of agreements on their way into force: written, looked at against the words in force, approved by the governors
//! and published (POL-05, AGR-19). They are the same drafts that `usher agreement` has on the command line.

mod edit;
mod index;
mod publish;
mod show;
mod whole;

use axum::response::Response;
use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_records::agreement::{AgreementText, AgreementVersion, Clause};
use usher_records::agreement_diff::{Changed, Part, What, diff, head_diff};
use usher_records::agreement_draft::{self, AgreementDraft, AgreementDraftNoun};
use usher_records::change::{Actor, Stored};
use usher_records::refusal::Refusal;
use usher_records::standing;
use usher_types::digest::Digest;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::lead;
use crate::pages::desk::roll::{self, Roll};
use crate::routes::{DeskRoute, desk_route};
use crate::view::markdown;
use crate::view::says::Says;

/// What those who see settings have, those who write, those who record approval, and the head.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (see, write) = (Act::SeeSettings, Act::WriteAgreements);
    vec![
        desk_route("/agreements/drafts", see, get(index::show)),
        desk_route("/agreements/drafts/begin", write, post(index::begin)),
        desk_route("/agreements/drafts/{id}", see, get(show::show)),
        desk_route("/agreements/drafts/{id}/file", see, get(show::file)),
        desk_route("/agreements/drafts/{id}/edit", write, get(edit::show).post(edit::keep)),
        desk_route("/agreements/drafts/{id}/preview", write, post(edit::preview)),
        desk_route("/agreements/drafts/{id}/withdraw", write, post(show::withdraw)),
        desk_route("/agreements/drafts/{id}/approve", Act::RecordApproval, post(show::approve)),
        desk_route(
            "/agreements/drafts/{id}/publish",
            Act::ChangeSettings,
            get(publish::show).post(publish::publish),
        ),
    ]
}

/// Drafts of the agreements that wait for the governors or for the head: how many still to be approved, how many to publish.
pub(in crate::pages::desk) async fn waiting(app: &App) -> Result<Vec<AgreementDraft>, AppFault> {
    let mut drafts = app.books.values::<AgreementDraft>().await?;
    drafts.retain(AgreementDraft::is_open);
    Ok(drafts)
}

/// The open draft of an agreement. There is one at most.
pub(in crate::pages::desk) async fn open_one(
    app: &App,
    key: &str,
) -> Result<Option<Stored<AgreementDraft>>, AppFault> {
    Ok(app.books.find_one::<AgreementDraft>("open", key).await?)
}

/// Begins a draft with these words, and leads to where they are edited.
pub(in crate::pages::desk) async fn start(
    app: &App,
    desk: &AtDesk,
    (file, text): (&str, &AgreementText),
) -> Result<Response, AppFault> {
    if desk.may(Act::WriteAgreements).is_err() {
        return Err(AppFault::Refused(Refusal::NotYours));
    }
    app.books.store().put_blob(app.books.school(), file.as_bytes()).await?;
    let (draft, change) = agreement_draft::begin(app.new_id(), text, &desk.actor(), desk.at);
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(&format!("/agreements/drafts/{}/edit", draft.id), "agreement-draft-begun"))
}

/// Agreements the settings ask for that have no words in force, by the title of the words being written, or by their key.
pub(in crate::pages::desk) async fn not_put_out(app: &App, desk: &AtDesk) -> Result<Vec<String>, AppFault> {
    let versions = app.books.values::<AgreementVersion>().await?;
    let missing = standing::not_put_out(&desk.school.settings, &versions);
    if missing.is_empty() {
        return Ok(missing);
    }
    let drafts = waiting(app).await?;
    let title = |key: String| {
        let draft = drafts.iter().find(|draft| draft.key == key);
        draft.map_or(key, |draft| draft.title.clone())
    };
    Ok(missing.into_iter().map(title).collect())
}

async fn stored(app: &App, id: &str) -> Result<Stored<AgreementDraft>, AppFault> {
    let id = roll::id::<AgreementDraftNoun>(id)?;
    app.books.get::<AgreementDraft, _>(id).await?.ok_or(AppFault::NotFound)
}

/// The version of an agreement that is in force.
pub(super) async fn in_force(app: &App, key: &str) -> Result<Option<Stored<AgreementVersion>>, AppFault> {
    let versions = app.books.find::<AgreementVersion>("key", key).await?;
    Ok(versions.into_iter().find(|version| version.value.in_force))
}

/// The words a draft has now, as a file and read.
async fn words(app: &App, draft: &AgreementDraft) -> Result<(String, AgreementText), AppFault> {
    let digest = draft.text().ok_or(AppFault::NotFound)?;
    file(app, digest).await?.ok_or(AppFault::NotFound)
}

/// The file with this digest, and its text.
async fn file(app: &App, digest: Digest) -> Result<Option<(String, AgreementText)>, AppFault> {
    let bytes = app.books.store().blob(app.books.school(), digest).await?;
    let file = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(file.and_then(|file| AgreementText::parse(&file).ok().map(|text| (file, text))))
}

/// The words in force of the same agreement.
async fn earlier(app: &App, key: &str) -> Result<Option<AgreementText>, AppFault> {
    let Some(version) = in_force(app, key).await? else { return Ok(None) };
    Ok(file(app, version.value.digest).await?.map(|(_, text)| text))
}

/// Who did something, by name.
fn actor(says: &Says, roll: &Roll, by: &Actor) -> String {
    match by {
        Actor::Person(person) => roll.name(says, *person),
        Actor::Usher(_) | Actor::CommandLine => says.t("policy-command-line"),
    }
}

/// A clause that changed, for a template.
struct Row {
    tone: &'static str,
    icon: &'static str,
    word: String,
    number: Option<u16>,
    /// Its words now, or as they were where it is gone.
    words: String,
    /// Its words before, where they were others.
    before: Option<String>,
    /// What else of it is otherwise: its heading, what keeps it.
    more: Vec<String>,
}

/// What changed against the words in force, for a template.
fn rows(says: &Says, before: Option<&AgreementText>, after: &AgreementText) -> Vec<Row> {
    let Some(before) = before else { return Vec::new() };
    let head = head_diff(before, after).into_iter().map(|part| head_row(says, before, after, part));
    head.chain(diff(before, after).iter().map(|changed| row(says, changed))).collect()
}

fn head_row(says: &Says, before: &AgreementText, after: &AgreementText, part: Part) -> Row {
    let words = |text: &AgreementText| {
        let said = whole::said(says, &text.head, part);
        markdown::inline(&said.unwrap_or_else(|| says.t("agreement-part-none")))
    };
    Row {
        tone: if part.matters() { "wait" } else { "info" },
        icon: "file-text",
        word: whole::name(says, part),
        number: None,
        words: words(after),
        before: Some(words(before)),
        more: Vec::new(),
    }
}

/// What else of a clause is otherwise.
fn more(says: &Says, changed: &Changed) -> Vec<String> {
    let (Some(before), Some(after)) = (&changed.before, &changed.after) else {
        let clause = changed.after.as_ref().or(changed.before.as_ref());
        let kept =
            |clause: &Clause| says.t1("agreement-kept-by", "what", whole::kept_by(says, &clause.keeps));
        return clause.map(kept).into_iter().collect();
    };
    let none = || says.t("agreement-heading-none");
    let heading = |clause: &Clause| clause.heading.clone().unwrap_or_else(none);
    let mut more = Vec::new();
    if before.heading != after.heading {
        more.push(says.t2("agreement-heading-was", ("now", &heading(after)), ("before", &heading(before))));
    }
    if before.keeps != after.keeps {
        let kept = |clause: &Clause| whole::kept_by(says, &clause.keeps);
        more.push(says.t2("agreement-kept-was", ("now", &kept(after)), ("before", &kept(before))));
    }
    more
}

fn row(says: &Says, changed: &Changed) -> Row {
    let (tone, icon) = match changed.what {
        What::New => ("go", "check"),
        What::Changed | What::Heading => ("wait", "file-text"),
        What::Removed => ("stop", "x"),
        What::Tidied | What::Moved | What::KeptBy => ("info", "info"),
    };
    let html = |clause: &Clause| markdown::inline(&clause.text);
    let words = changed.after.as_ref().or(changed.before.as_ref()).map(html).unwrap_or_default();
    let other = matches!(changed.what, What::Changed | What::Tidied);
    Row {
        tone,
        icon,
        word: says.of("agreement-change", changed.what.name()),
        number: changed.after.as_ref().map(|clause| clause.number),
        words,
        before: changed.before.as_ref().filter(|_| other).map(html),
        more: more(says, changed),
    }
}
