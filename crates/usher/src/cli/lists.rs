//! `usher lists`

mod feeds;
mod member;
mod phrases;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use usher_lists::category::{Catalogue, Category};
use usher_lists::manifest::Manifest;
use usher_lists::overlay::Effect;
use usher_lists::source::{Source, SourceId, SourceInfo};
use usher_policy::must;
use usher_policy::permission::meaning_of_belief;
use usher_publish::compile::{self, Compiled};
use usher_publish::import::{self, About, ImportFault};
use usher_publish::publisher::Generations;
use usher_publish::sources::{SourcesFault, Version};
use usher_records::change::Actor;
use usher_records::in_force::InForce;
use usher_types::clock::Clock as _;

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a list, a squidGuard folder, or a whole collection of lists; compile afterwards
    Import(Import),
    /// Keep a list fresh: fetch it now, and every few hours from then on
    Subscribe(feeds::Subscribe),
    /// Fetch lists now, and take what is new into use
    Refresh {
        /// One list; without it, all that are subscribed to
        list: Option<String>,
    },
    /// Fetch a list no more; it stays as it is
    Unsubscribe {
        /// The list's name, as `usher lists show` has it
        list: String,
    },
    /// Read e2guardian's phrase lists, or others in its form; compile afterwards
    ImportPhrases(phrases::ImportPhrases),
    /// Take imported phrase lists out; compile afterwards
    RemovePhrases {
        /// Their name, as `usher lists show` has it
        list: String,
    },
    /// Take the last import or removal of phrase lists back; compile afterwards
    Undo {
        /// Their name, as `usher lists show` has it
        list: String,
    },
    /// Write down by whose membership a list of illegal content is used, here or in a filter above: without one or the
    /// other for each kind, pupils are served nothing
    Member(member::Member),
    /// Make one fast file of all lists and take it into use; a running server takes it over by itself
    Compile,
    /// Show every list: licence, date, size, lines that could not be read
    Show,
    /// Show the entries that wait for somebody's decision
    Held,
    /// Believe a list that shrank or grew so much that it was held
    Accept {
        /// The list's name, as `usher lists show` has it
        list: String,
        /// Why; kept in the journal
        #[arg(long, value_name = "WORDS", default_value = "accepted at the command line")]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file or folder
    path: PathBuf,
    /// What the collection is called that the folder holds: ut1 or merged, or a TOML file that says
    #[arg(long, conflicts_with_all = ["category", "id"])]
    collection: Option<String>,
    /// A short name for the list
    #[arg(long, required_unless_present = "collection")]
    id: Option<String>,
    /// What its entries are about
    #[arg(long, required_unless_present = "collection")]
    category: Option<String>,
    /// Its licence, as an SPDX expression
    #[arg(long, default_value = "LicenseRef-unknown")]
    licence: String,
    /// Who made it
    #[arg(long, default_value = "")]
    credit: String,
    /// Where it is from
    #[arg(long, default_value = "")]
    origin: String,
}

pub(super) async fn run(command: Command, opened: Opened) -> anyhow::Result<()> {
    match command {
        Command::Import(import) => run_import(&import, &opened),
        Command::Member(asked) => member::run(asked, &opened).await,
        Command::Compile => run_compile(&opened).await,
        Command::Subscribe(asked) => feeds::run_subscribe(asked, &opened).await,
        Command::Refresh { list } => feeds::run_refresh(list.as_deref(), &opened).await,
        Command::Unsubscribe { list } => feeds::run_unsubscribe(&list, &opened).await,
        Command::ImportPhrases(import) => phrases::run_import(&import, &opened),
        Command::RemovePhrases { list } => phrases::run_remove(&list, &opened),
        Command::Undo { list } => phrases::run_undo(&list, &opened),
        Command::Show => run_show(&opened).await,
        Command::Held => run_held(&opened).await,
        Command::Accept { list, reason } => {
            let (id, at) = (SourceId::parse(&list)?, SystemClock.now());
            one_may_believe(&opened, &id).await?;
            compile::accept(&opened.lists, &opened.books, &id, &reason, &Actor::CommandLine, at).await?;
            say(format!("{id} is believed as it is now."));
            run_compile(&opened).await
        }
    }
}

/// Whether a list may be believed without a second person; at the desk there is one.
async fn one_may_believe(opened: &Opened, id: &SourceId) -> anyhow::Result<()> {
    let Some(used) = opened.lists.sources.info(id, Version::Used)? else { return Ok(()) };
    let Some(in_force) = opened.books.get::<InForce, _>(opened.books.school()).await? else { return Ok(()) };
    let generations = Generations::new(opened.books.clone(), Arc::clone(&opened.lists));
    let policy = generations.policy(in_force.value.policy).await?;
    let category = used.origin.category;
    let meant = meaning_of_belief(&policy, (&Catalogue::ours()?, &must::of(&policy)?), &category);
    anyhow::ensure!(
        category.is_sealed() || !meant.is_too_grave(&Effect::RemoveCategory(category.clone()), &policy),
        "one person alone cannot believe this: what `{id}` no longer names of {} would open for everybody. Look at where the \
         list comes from, or believe it at the desk under Lists, where a second person with another role confirms it",
        category.as_str()
    );
    Ok(())
}

/// A collection could not be taken in: it was not read, or not kept.
#[derive(Debug, thiserror::Error)]
enum CollectionFault {
    #[error(transparent)]
    Import(#[from] ImportFault),
    #[error(transparent)]
    Sources(#[from] SourcesFault),
}

fn run_import(import: &Import, opened: &Opened) -> anyhow::Result<()> {
    let Some(collection) = &import.collection else {
        let source = read_one(import)?;
        opened.lists.sources.put(&source)?;
        say(line_of(&source.info));
        say("Now `usher lists compile` takes it into use.");
        return Ok(());
    };
    take_collection(opened, collection, &import.path)?;
    say("Now `usher lists compile` takes them into use.");
    Ok(())
}

/// Reads every list of a collection that is there.
pub(crate) fn take_collection(opened: &Opened, collection: &str, folder: &Path) -> anyhow::Result<()> {
    let manifest = read_manifest(collection)?;
    let progress = ProgressBar::new(u64::try_from(manifest.parts.len())?);
    let missing =
        import::collection::<CollectionFault>(&manifest, folder, SystemClock.now(), &mut |source| {
            progress.inc(1);
            progress.suspend(|| say(line_of(&source.info)));
            Ok(opened.lists.sources.put(&source)?)
        })?;
    progress.finish_and_clear();
    if !missing.is_empty() {
        say(format!("Not in {}: {}.", folder.display(), missing.join(", ")));
    }
    Ok(())
}

fn read_manifest(collection: &str) -> anyhow::Result<Manifest> {
    let text = match collection {
        "ut1" => include_str!("../../../../lists/sources/ut1.toml").to_owned(),
        "merged" => include_str!("../../../../lists/sources/merged.toml").to_owned(),
        file => std::fs::read_to_string(file).with_context(|| {
            format!("there is no collection `{file}` built in (ut1, merged), and no such file")
        })?,
    };
    Manifest::parse(&text, &Catalogue::ours()?.table())
        .with_context(|| format!("what says how the collection {collection} lies on disk"))
}

fn read_one(asked: &Import) -> anyhow::Result<Source> {
    let id = SourceId::parse(asked.id.as_deref().unwrap_or_default())?;
    let category = Category::parse(asked.category.as_deref().unwrap_or_default())?;
    let catalogue = Catalogue::ours()?;
    anyhow::ensure!(
        catalogue.entry(&category).is_some(),
        "there is no category `{category}`; see lists/categories.toml"
    );
    let about = About {
        title: id.as_str().to_owned(),
        id,
        category,
        licence: asked.licence.clone(),
        credit: asked.credit.clone(),
        address: asked.origin.clone(),
        dated: None,
    };
    let at = SystemClock.now();
    Ok(if asked.path.is_dir() {
        import::squidguard_folder(&asked.path, about, at)?
    } else {
        import::file(&asked.path, about, None, at)?
    })
}

/// One list in a line: name, category, entries, lines that could not be read, licence.
fn line_of(info: &SourceInfo) -> String {
    let reading = &info.counts.reading;
    let bad = match reading.bad_total() {
        0 => String::new(),
        bad => format!("  {bad} lines could not be read"),
    };
    format!(
        "{:28} {:24} {:>9} entries  {}{bad}",
        info.origin.id.as_str(),
        info.origin.category.as_str(),
        info.counts.entries.total(),
        info.origin.licence
    )
}

/// Compiles with a line for each list, and takes the result into force.
pub(crate) async fn run_compile(opened: &Opened) -> anyhow::Result<()> {
    let lists = opened.lists.sources.ids()?.len();
    let progress = ProgressBar::new(u64::try_from(lists)?);
    let bar = progress.clone();
    let outcome = compile::compile(&opened.lists, &opened.books, move |id| {
        bar.set_message(id.to_string());
        bar.inc(1);
    })
    .await?;
    progress.finish_and_clear();
    let (figures, held, held_sources) = (outcome.figures, outcome.held.len(), outcome.held_sources.clone());
    let at = SystemClock.now();
    let new = compile::take(&opened.lists, &opened.books, outcome, &Actor::CommandLine, at).await?;
    say(format!(
        "{} names and {} pages from {lists} lists in {} bytes; {}.",
        figures.names,
        figures.pages,
        figures.bytes,
        if new { "in force now" } else { "nothing new" }
    ));
    for source in held_sources {
        say(format!(
            "HELD  {}: {}. Its earlier entries are used until `usher lists accept {}`.",
            source.source, source.why, source.source
        ));
    }
    if held > 0 {
        say(format!("{held} entries wait for a decision: `usher lists held`, or Lists at the desk."));
    }
    Ok(())
}

async fn run_show(opened: &Opened) -> anyhow::Result<()> {
    let listed = compile::listed(&opened.lists.sources)?;
    let others = phrases::show(opened).await? | feeds::show(opened).await?;
    if listed.is_empty() && !others {
        say("No list was imported yet: `usher lists import`.");
    }
    for list in listed {
        match (&list.used, &list.new) {
            (Some(used), None) => say(line_of(used)),
            (Some(used), Some(new)) => {
                say(line_of(used));
                say(format!("    waits: {} entries", new.counts.entries.total()));
            }
            (None, Some(new)) => say(format!("{}  (not compiled yet)", line_of(new))),
            (None, None) => {}
        }
    }
    Ok(())
}

async fn run_held(opened: &Opened) -> anyhow::Result<()> {
    let Compiled { held, held_sources, .. } = compile::compiled(&opened.books).await?;
    for source in &held_sources {
        say(format!("{}: {}", source.source, source.why));
    }
    for entry in &held {
        say(format!(
            "{:40} {:24} {:20} {}",
            entry.entry,
            entry.category.as_str(),
            entry.source,
            entry.reason
        ));
    }
    if held.is_empty() && held_sources.is_empty() {
        say("Nothing waits.");
    }
    Ok(())
}

/// Reads lists that are in memory: the demonstration's own.
pub(crate) fn take_text(opened: &Opened, id: &str, category: &str, text: &str) -> anyhow::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(opened.folder.path())?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    let about = About {
        id: SourceId::parse(id)?,
        title: format!("The demonstration's {category}"),
        category: Category::parse(category)?,
        licence: "AGPL-3.0-or-later".into(),
        credit: "Usher".into(),
        address: String::new(),
        dated: None,
    };
    let source = import::file(file.path(), about, None, SystemClock.now())?;
    opened.lists.sources.put(&source)?;
    Ok(())
}
