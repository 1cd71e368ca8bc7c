//! `usher lists import-phrases`, and phrase lists among the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use usher_lists::category::Catalogue;
use usher_lists::source::SourceId;
use usher_publish::phrases::import;
use usher_publish::phrases::{self, Counts, PhraseInfo};
use usher_records::in_force::InForce;
use usher_scan::phrase::mapping::{E2GUARDIAN, Mapping};
use usher_types::clock::Clock as _;
use usher_types::digest::Digest;

use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Names shown of what the mapping does not know; a wrong folder has hundreds.
const UNKNOWN_SHOWN: usize = 40;

#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(in crate::cli) struct ImportPhrases {
    /// e2guardian's folder of lists, or any folder of phrase lists in its form
    #[arg(required_unless_present = "show_map")]
    path: Option<PathBuf>,
    /// A TOML file that says which of their subjects are which of ours, in place of the one built in
    #[arg(long)]
    map: Option<PathBuf>,
    /// Print the mapping that is built in, to begin one's own from
    #[arg(long, conflicts_with = "path")]
    show_map: bool,
    /// Say what would be imported, and keep nothing
    #[arg(long)]
    dry_run: bool,
}

const AFTER_HELP: &str = "\
The mapping is TOML: `[place]` gives each of their subjects one of ours (a category, or `context`), `[leave-out]` \
leaves a subject out with a reason, `[leave-out-files]` a file. `--show-map` prints the one built in. A subject in \
neither is named, and its phrases are not used.";

pub(super) fn run_import(asked: &ImportPhrases, opened: &Opened) -> anyhow::Result<()> {
    let text = match &asked.map {
        Some(file) => std::fs::read_to_string(file)
            .with_context(|| format!("the mapping {} cannot be read", file.display()))?,
        None => E2GUARDIAN.to_owned(),
    };
    if asked.show_map {
        say(text.trim_end());
        return Ok(());
    }
    let mapping = Mapping::parse(&text)?;
    let path: &Path = asked.path.as_deref().context("which folder?")?;
    let source = import::folder(path, &mapping, &Catalogue::ours()?.table(), SystemClock.now())?;
    say(line_of(&source.info));
    report(&source.info.counts).into_iter().for_each(say);
    if asked.dry_run {
        say("Nothing was kept.");
        return Ok(());
    }
    opened.lists.phrases.put(&source)?;
    say(format!(
        "`usher lists compile` takes them into use, and so does whatever else compiles the lists, like a running server's \
         next fetch; `usher lists undo {}` takes this back.",
        source.info.id
    ));
    Ok(())
}

/// One collection in a line: name, phrases, files, licence.
fn line_of(info: &PhraseInfo) -> String {
    format!(
        "{:28} {:24} {:>9} phrases  {}  {} files  {}",
        info.id.as_str(),
        "phrases",
        info.counts.phrases,
        info.licence,
        info.counts.files,
        info.digest.short()
    )
}

/// What was in them, a line each.
fn report(counts: &Counts) -> Vec<String> {
    let mut lines = vec![format!("{} files read, {} phrases used:", counts.files, counts.phrases)];
    let table = |lines: &mut Vec<String>, title: &str, table: &BTreeMap<String, usize>| {
        if !table.is_empty() {
            lines.push(format!("{title}:"));
            lines.extend(table.iter().map(|(what, count)| format!("    {count:>7}  {what}")));
        }
    };
    lines.extend(counts.subjects.iter().map(|(what, count)| format!("    {count:>7}  {what}")));
    table(&mut lines, "Files left out", &counts.files_left_out);
    table(&mut lines, "Phrases left out", &counts.left_out);
    table(&mut lines, "Lines that could not be read", &counts.bad_lines);
    table(&mut lines, "Files with another charset than UTF-8, as guessed", &counts.charsets);
    for (count, what) in [
        (counts.repeated, "phrases say the same as another"),
        (counts.unusable, "phrases are too short, too long or without a letter"),
        (counts.time_limits, "lines keep a list to times of day: not kept, the policy has its own"),
        (counts.includes, "lines take in another file: each file under the folder is read once"),
    ] {
        if count > 0 {
            lines.push(format!("{count} {what}."));
        }
    }
    if !counts.unknown.is_empty() {
        lines.push("UNKNOWN to the mapping, and not used (see --map):".to_owned());
        let shown = counts.unknown.iter().take(UNKNOWN_SHOWN);
        lines.extend(shown.map(|(what, count)| format!("    {count:>7}  {what}")));
        let more = counts.unknown.len().saturating_sub(UNKNOWN_SHOWN);
        if more > 0 {
            lines.push(format!("    and {more} more"));
        }
    }
    lines
}

/// Every collection in a line, and whether the lists in force have them as they are now.
pub(super) async fn show(opened: &Opened) -> anyhow::Result<bool> {
    let all = opened.lists.phrases.all()?;
    for source in &all {
        say(line_of(&source.info));
        say(format!("    from {}; {}", source.info.address, source.info.credit));
    }
    let now = phrases::bytes(&opened.lists.phrases)?.map(|bytes| Digest::of(&bytes));
    let in_force = opened.books.get::<InForce, _>(opened.books.school()).await?;
    let in_use = in_force.and_then(|in_force| in_force.value.phrases);
    if now != in_use {
        say("The phrase lists changed since the lists were compiled: `usher lists compile`.");
    }
    Ok(!all.is_empty() || now != in_use)
}

pub(super) fn run_remove(id: &str, opened: &Opened) -> anyhow::Result<()> {
    let id = SourceId::parse(id)?;
    opened.lists.phrases.remove(&id)?;
    say(format!(
        "{id} is taken out when the lists are compiled next, like by `usher lists compile`; `usher lists undo {id}` takes it \
         back."
    ));
    Ok(())
}

pub(super) fn run_undo(id: &str, opened: &Opened) -> anyhow::Result<()> {
    let id = SourceId::parse(id)?;
    opened.lists.phrases.undo(&id)?;
    say(format!("{id} is as it was before. `usher lists compile` takes that into force."));
    Ok(())
}
