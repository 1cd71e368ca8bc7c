//! What servers refuse and look for: domains made up, and the phrases that come with e2guardian.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use usher_lists::Seed;
use usher_lists::category::Category;
use usher_lists::compile::Compiler;
use usher_lists::review::{ChangeGuard, Review};
use usher_lists::source::{Source, SourceId};

use crate::source::{self, About};

/// Where Debian's e2guardian keeps its phrases.
const PHRASES: &str = "/etc/e2guardian/lists/phraselists";
/// A tunnel is opened unread only where all its names may be: the number it leads to and the name in its hello.
const SPLICED: &str = "spliced.example\n127.0.77.1\n";

/// A file of so many domains, one a line, made once.
pub(super) fn domains(folder: &Path, count: usize) -> Result<PathBuf> {
    let path = folder.join(format!("domains-{count}"));
    if !path.exists() {
        let mut out = BufWriter::new(File::create(&path)?);
        for number in 0..count {
            // Spread over many parents, as real ones are.
            writeln!(out, "site{number}.listed{}.example", number % 9_973)?;
        }
        out.flush()?;
    }
    Ok(path)
}

/// The same compiled as Usher reads it, and what it leaves closed.
pub(super) fn compiled(folder: &Path, count: usize) -> Result<PathBuf> {
    let path = folder.join(format!("lists-{count}"));
    if !path.exists() {
        let mut compiler = Compiler::new(Review::default(), ChangeGuard::default());
        compiler.add(names("games", &fs::read_to_string(domains(folder, count)?)?)?);
        compiler.add(names("finance-and-banking", SPLICED)?);
        let mut out = BufWriter::new(File::create(&path)?);
        compiler.write(Seed::from_bytes(*b"the bench's seed"), &mut out)?;
        out.flush()?;
    }
    Ok(path)
}

fn names(category: &str, lines: &str) -> Result<Source> {
    let about = About {
        id: SourceId::parse(&format!("bench-{category}"))?,
        title: category,
        category: Category::parse(category)?,
        licence: "CC0-1.0",
        credit: "nobody",
        address: "https://lists.example/",
    };
    source::read(about, lines.as_bytes())
}

/// A flat folder of all weighted phrases that come with e2guardian, for both.
pub(super) fn phrases(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("phrases");
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(&path)?;
    let subjects = fs::read_dir(PHRASES).with_context(|| format!("{PHRASES}: install e2guardian"))?;
    for subject in subjects {
        let subject = subject?;
        for file in fs::read_dir(subject.path()).into_iter().flatten() {
            let file = file?;
            let (subject, name) = (subject.file_name(), file.file_name());
            if name.to_string_lossy().starts_with("weighted") {
                let flat = format!("{}-{}", subject.to_string_lossy(), name.to_string_lossy());
                fs::copy(file.path(), path.join(flat))?;
            }
        }
    }
    ensure!(fs::read_dir(&path)?.next().is_some(), "{PHRASES} holds no phrases");
    Ok(path)
}
