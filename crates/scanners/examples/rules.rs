//! Measures looking with rules, and shows what they take for malware in files that are none:
//!
//! `cargo run --release -p usher-scanners --example rules -- FOLDER [RULE_FOLDER]`
//!
//! Every file below the folder, up to 64 MiB, is looked at from memory, one after another.
#![expect(clippy::print_stdout, reason = "a measurement is for reading")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use usher_scan::features::Malware;
use usher_scanners::Scanner;
use usher_scanners::held::Held;
use usher_scanners::rules::Rules;

/// The longest file looked at.
const LONGEST_BYTES: u64 = 64 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("say which folder")?;
    let own = arguments.next();
    let rules = Rules::own(own.as_deref(), Duration::from_secs(60))?;
    let began = Instant::now();
    println!("{} rules, read in {:?}", rules.read_again()?, began.elapsed());
    let (mut bytes, mut taken, mut counts) = (0, Duration::ZERO, BTreeMap::<String, usize>::new());
    for path in files(&folder) {
        let Ok(content) = std::fs::read(&path) else { continue };
        bytes += content.len();
        let file = Held::Bytes(Bytes::from(content));
        let began = Instant::now();
        let malware = rules.scan(&file).await;
        taken += began.elapsed();
        if malware != Malware::Clean {
            println!("{malware:?}  {}", path.display());
        }
        *counts.entry(format!("{malware:?}")).or_default() += 1;
    }
    println!("{counts:?}");
    let per_second = bytes as f64 / 1e6 / taken.as_secs_f64();
    println!("{:.1} MB in {taken:.1?}: {per_second:.0} MB/s", bytes as f64 / 1e6);
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        match entry.metadata() {
            Ok(about) if about.is_dir() => found.extend(files(&entry.path())),
            Ok(about) if about.is_file() && about.len() <= LONGEST_BYTES => found.push(entry.path()),
            _ => {}
        }
    }
    found
}
