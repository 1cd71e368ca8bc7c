//! `usher agreement`: new words of an agreement, approved by the governors where the school asks for it (POL-05). They come into
//! force at once, and the earlier ones out of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use usher_policy::access::{self, Act};
use usher_policy::ledger::controls;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::agreement_diff::material;
use usher_records::agreement_draft::{self, AgreementDraft, Publishing};
use usher_records::change::Actor;
use usher_records::refusal::Refusal;
use usher_store::books::Books;
use usher_types::clock::Clock as _;
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::role::Reader;
use usher_words::Words;

use super::policy::publish::By;
use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Of one agreement, one draft at a time.
const OTHER_WORDS: &str = "Other words of this agreement are being written; publish or withdraw them first.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring new words of an agreement into force; who signed the earlier ones signs again, unless nothing that matters changed
    Publish(Publish),
    /// Record that the governors approved these words at a meeting; they can then be published
    Approve(Approve),
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The agreement, a Markdown file with its head between +++ lines
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// Nothing that matters changed: signatures under the earlier words still count
    #[arg(long)]
    minor: bool,
    /// Why nobody signs again, where what changed asks for it; kept in the journal
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Approve {
    /// The agreement, a Markdown file with its head between +++ lines
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// The day of the governors' meeting, as in 2026-11-24
    #[arg(long, value_name = "DAY")]
    meeting: Date,
    /// Where its minutes say so, as in 7.2
    #[arg(long, value_name = "REFERENCE")]
    minute: String,
}

pub(super) async fn run(command: Command, opened: &Opened) -> anyhow::Result<ExitCode> {
    match command {
        Command::Publish(asked) => publish(&asked, opened).await,
        Command::Approve(asked) => approve(&asked, opened).await,
    }
}

/// The words in a file; none, and said why, when they cannot be used.
fn words(path: &Path) -> anyhow::Result<Option<(String, AgreementText)>> {
    let name = path.display();
    let file = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let file = file.replace("\r\n", "\n");
    let text = match AgreementText::parse_new(&file) {
        Ok(text) => text,
        Err(fault) => {
            say(format!("{name}, {fault}"));
            return Ok(None);
        }
    };
    let known = controls()?;
    let unknown = |id: &&String| !known.iter().any(|control| control.id == **id);
    if let Some(id) = text.clauses.iter().flat_map(|clause| &clause.keeps).find(unknown) {
        say(format!("{name}: there is no control `{id}`; `usher ledger` names those there are."));
        return Ok(None);
    }
    Ok(Some((file, text)))
}

async fn approve(asked: &Approve, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Some((file, text)) = words(&asked.file)? else { return Ok(ExitCode::FAILURE) };
    let who = asked.by.who(opened).await?;
    access::may(&who, Act::RecordApproval)
        .context("an approval is recorded by the head, the office or the chair")?;
    let (books, at, by) = (&opened.books, SystemClock.now(), Actor::Person(who.person));
    let school = usher_directory::books::school(books).await?;
    books.store().put_blob(books.school(), file.as_bytes()).await?;
    let open = books.find_one::<AgreementDraft>("open", &text.head.key).await?;
    let draft = match open {
        Some(draft) if draft.value.text() == Some(text.digest) => draft,
        Some(_) => {
            say(OTHER_WORDS);
            return Ok(ExitCode::FAILURE);
        }
        None => {
            let (draft, change) = agreement_draft::begin(Id::new(opened.ids.next(at)), &text, &by, at);
            books.commit(&change, &by, at).await?;
            books.get::<AgreementDraft, _>(draft.id).await?.context("the draft is not there")?
        }
    };
    let today = school.zone.local(at).date();
    let approval = (text.digest, asked.meeting, asked.minute.as_str());
    match agreement_draft::approve(&draft, approval, &by, (at, today)) {
        Ok(change) => {
            books.commit(&change, &by, at).await?;
            say(format!(
                "Approved: {}, version {}, on {}.",
                text.head.title, text.head.version, asked.meeting
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            say(Words::english()?.say(Reader::Adult, refusal.words(), &[]));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The words with this digest.
async fn in_force(books: &Books, digest: Digest) -> anyhow::Result<Option<AgreementText>> {
    let bytes = books.store().blob(books.school(), digest).await?;
    let file = bytes.context("the words in force are not there")?;
    Ok(AgreementText::parse(&String::from_utf8(file)?).ok())
}

async fn publish(asked: &Publish, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Some((file, text)) = words(&asked.file)? else { return Ok(ExitCode::FAILURE) };
    let who = asked.by.who(opened).await?;
    access::may(&who, Act::ChangeSettings).context("an agreement is published by the headteacher")?;
    let books = &opened.books;
    if books.find_one::<AgreementVersion>("digest", text.digest).await?.is_some() {
        say("Nothing changes: these words were published before.");
        return Ok(ExitCode::FAILURE);
    }
    let school = usher_directory::books::school(books).await?;
    let versions = books.find::<AgreementVersion>("key", &text.head.key).await?;
    let earlier = versions.iter().find(|version| version.value.in_force);
    let before = match earlier {
        Some(version) => in_force(books, version.value.digest).await?,
        None => None,
    };
    let (at, by) = (SystemClock.now(), Actor::Person(who.person));
    let asked = Publishing {
        text: &text,
        version: Id::new(opened.ids.next(at)),
        earlier,
        material: !asked.minor,
        advised: before.as_ref().is_none_or(|before| material(before, &text)),
        reason: asked.reason.as_deref().unwrap_or_default(),
        settings: &school.settings.agreements,
    };
    // The same judgement as at the desk: of the draft with these words, or of words nobody began a draft of.
    let judged = match books.find_one::<AgreementDraft>("open", &text.head.key).await? {
        Some(draft) if draft.value.text() == Some(text.digest) => {
            agreement_draft::publish(&draft, asked, &by, at)
        }
        Some(_) => {
            say(OTHER_WORDS);
            return Ok(ExitCode::FAILURE);
        }
        None => agreement_draft::publish_at_once(Id::new(opened.ids.next(at)), asked, &by, at),
    };
    let change = match judged {
        Ok(change) => change,
        Err(Refusal::ReasonNeeded) => {
            say(
                "This changes what people signed. They sign again without --minor; with it, say why with --reason.",
            );
            return Ok(ExitCode::FAILURE);
        }
        Err(refusal) => {
            say(Words::english()?.say(Reader::Adult, refusal.words(), &[]));
            return Ok(ExitCode::FAILURE);
        }
    };
    books.store().put_blob(books.school(), file.as_bytes()).await?;
    books.commit(&change, &by, at).await?;
    say(format!(
        "Published: {}, version {}, {} clauses.",
        text.head.title,
        text.head.version,
        text.clauses.len()
    ));
    let nothing = text.clauses.iter().filter(|clause| clause.keeps.is_empty());
    for clause in nothing {
        say(format!("  {}. {} Nothing keeps this yet.", clause.number, clause.text));
    }
    Ok(ExitCode::SUCCESS)
}
