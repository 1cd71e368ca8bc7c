//! Files: how long they may be, what they may not be called, what they must say first.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

/// Beyond this a file holds more than one thought (CONTRIBUTING, 12). Functions are clippy's to count (clippy.toml).
const LONGEST_FILE_LINES: usize = 600;
/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "misc"];

/// Every file that is too long, is called nothing, or does not say what it is.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let told = Command::new("git").args(["ls-files", "*.rs"]).current_dir(root).output();
    let told = told.context("git ls-files cannot be run")?;
    let mut faults = Vec::new();
    for name in String::from_utf8_lossy(&told.stdout).lines() {
        let path = root.join(name);
        // Removed and not committed yet.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        faults.extend(faults_of(name, &text));
    }
    Ok(faults)
}

fn faults_of(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE_LINES {
        faults.push(format!(
            "{name} has {lines} lines; split it along its nouns (at most {LONGEST_FILE_LINES})"
        ));
    }
    let path = Path::new(name);
    let parts = path.with_extension("");
    if let Some(empty) = parts.iter().filter_map(|part| part.to_str()).find(|part| EMPTY_NAMES.contains(part))
    {
        faults.push(format!("{name}: `{empty}` says nothing; name it after what it holds"));
    }
    let is_module = !name.contains("/tests/") && !name.starts_with("tests/") && !name.ends_with("build.rs");
    if is_module && !text.starts_with("//!") && !text.starts_with("#![") {
        faults.push(format!("{name} does not begin with `//!`: what it owns, and what it does not"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_nameless_and_silent_files_are_named() {
        let long = format!("//! Long.\n{}", "fn a() {}\n".repeat(600));
        assert!(faults_of("crates/web/src/a.rs", &long)[0].contains("601 lines"));
        assert!(faults_of("crates/web/src/utils/a.rs", "//! A.\n")[0].contains("`utils`"));
        assert!(faults_of("crates/web/src/a.rs", "fn a() {}\n")[0].contains("//!"));
        assert_eq!(faults_of("crates/web/src/a.rs", "//! A.\n"), Vec::<String>::new());
    }
}
