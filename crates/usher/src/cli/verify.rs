//! `usher verify`

use std::collections::BTreeMap;
use std::process::ExitCode;

use usher_activity::spool::{SpoolVerdict, verify as verify_spool};
use usher_activity::store::{StoreVerdict, verify as verify_files};
use usher_store::verify::{Verdict, verify as verify_books};

use super::say;
use crate::server::opened::Opened;

pub(super) async fn run(opened: Opened) -> anyhow::Result<ExitCode> {
    let books = verify_books(opened.store.as_ref(), opened.books.school()).await?;
    let folder = opened.folder.spool();
    let spool = tokio::task::spawn_blocking(move || verify_spool(&folder)).await??;
    let folder = opened.folder.activity();
    let files = tokio::task::spawn_blocking(move || verify_files(&folder)).await??;
    match &books {
        Verdict::Clean { entries, versions, link, replaced } => {
            say(format!(
                "The books are as they were written: {entries} journal entries, {versions} versions of records.\n  \
                 fingerprint {link}"
            ));
            erasures(replaced);
        }
        Verdict::Altered { entry, what } => {
            say(format!(
                "THE BOOKS WERE ALTERED. The first line that does not fit is entry {entry}: {what}."
            ));
        }
    }
    match &spool {
        SpoolVerdict::Clean { events, link } => {
            say(format!("The events are as they were recorded: {events} events.\n  fingerprint {link}"));
        }
        SpoolVerdict::Altered { segment, frame, what } => say(format!(
            "THE EVENTS WERE ALTERED. The first that does not fit is number {frame} of segment {segment}: {what}."
        )),
    }
    match &files {
        StoreVerdict::Clean { rows, files, link } => say(format!(
            "The event files are as they were written: {rows} events in {files} files.\n  fingerprint {link}"
        )),
        StoreVerdict::Altered { files } => {
            say(format!("EVENT FILES WERE ALTERED, or are missing: {}.", files.join(", ")));
        }
    }
    let clean = matches!(books, Verdict::Clean { .. })
        && matches!(spool, SpoolVerdict::Clean { .. })
        && matches!(files, StoreVerdict::Clean { .. });
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lines that are not as they were first written, because somebody was taken out: by the entry that says so.
fn erasures(replaced: &[(u64, u64)]) {
    let mut by: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (line, erasure) in replaced {
        by.entry(*erasure).or_default().push(*line);
    }
    for (erasure, lines) in by {
        let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
        say(format!(
            "  Entry {erasure} took a person out, and vouches for what stands in {}: {}.\n  \
             Ask the head for the certificate of that erasure. Without one, these lines prove nothing.",
            if lines.len() == 1 { "one line" } else { "these lines" },
            lines.join(", ")
        ));
    }
}
