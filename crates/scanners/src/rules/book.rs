//! The rules themselves: Usher's own and the school's, compiled.
//!
//! Owns: reading rule files and saying what is wrong in them. Does not: look at a download.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use boreal::compiler::CompilerParams;
use boreal::scanner::{ScanError, ScanParams};

use crate::name;

/// Usher's own rules.
const OWN: &str = include_str!("../../../../lists/malware/usher.yar");
/// The name space of Usher's own rules, which is not said with a find.
const OWN_SPACE: &str = "usher";
/// The longest rule file, in bytes. The largest public collections are a few MiB; a whole disk image is a mistake.
const LONGEST_FILE_BYTES: u64 = 16 << 20;
/// The most rule files of one folder: the large public collections have some thousands of small ones.
const MOST_FILES: usize = 10_000;
/// The variables that other people's rules commonly expect.
const VARIABLES: [&str; 4] = ["filename", "filepath", "extension", "filetype"];

/// What is wrong with the school's rules. None of them is used then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleFault {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// More than any school has.
    #[error("{path} is too large: at most {LONGEST_FILE_BYTES} bytes a file and {MOST_FILES} files")]
    TooLarge {
        /// Which file or folder.
        path: PathBuf,
    },
    /// A rule is not as the language has it: file, line, column and what is wrong.
    #[error("{0}")]
    Rule(String),
}

/// Rules ready to be used. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Book {
    scanner: boreal::Scanner,
    /// Says which rules these are.
    pub(crate) generation: u64,
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("rules", &self.count()).field("generation", &self.generation).finish()
    }
}

/// What looking into one piece came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    Nothing,
    Found(String),
    Late,
}

impl Book {
    /// Usher's own rules and, where there is a folder, the school's.
    pub(crate) fn read(folder: Option<&Path>) -> Result<Self, RuleFault> {
        let mut compiler = boreal::Compiler::new();
        // What a file includes is not in the folder's list, and might be anything on this machine.
        compiler.set_params(CompilerParams::default().disable_includes(true));
        for variable in VARIABLES {
            compiler.define_symbol(variable, "");
        }
        let mut hasher = DefaultHasher::new();
        add(&mut compiler, &mut hasher, OWN_SPACE, OWN, "usher.yar")?;
        for path in folder.map(files).transpose()?.unwrap_or_default() {
            let text = text(&path)?;
            let space = path.file_stem().unwrap_or_default().to_string_lossy();
            add(&mut compiler, &mut hasher, &format!("school/{space}"), &text, &path.display().to_string())?;
        }
        Ok(Self { scanner: compiler.finalize(), generation: hasher.finish() })
    }

    /// How many rules there are.
    pub(crate) fn count(&self) -> usize {
        self.scanner.rules().count()
    }

    /// Looks into one piece; `path` is what it is called in its archive.
    pub(crate) fn look(&self, bytes: &[u8], path: &str, most: Duration) -> Looked {
        let mut scanner = self.scanner.clone();
        scanner
            .set_scan_params(ScanParams::default().timeout_duration(Some(most)).string_max_nb_matches(100));
        let name = path.rsplit('/').next().unwrap_or_default();
        let ending = name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
        for (variable, value) in VARIABLES.into_iter().zip([name, path, ending, ""]) {
            if scanner.define_symbol(variable, value.to_owned()).is_err() {
                tracing::error!(variable, "a variable of the rules is not known to them");
            }
        }
        let (result, late) = match scanner.scan_mem(bytes) {
            Ok(result) => (result, false),
            Err((ScanError::Timeout, result)) => (result, true),
            Err((error, result)) => {
                tracing::error!(%error, "the rules stopped");
                (result, true)
            }
        };
        match result.rules.first() {
            Some(rule) => Looked::Found(called(rule.namespace, rule.name)),
            None if late => Looked::Late,
            None => Looked::Nothing,
        }
    }
}

/// What a find is called: by its rule, and a school's rule also by its file.
fn called(space: &str, rule: &str) -> String {
    match space.strip_prefix("school/") {
        Some(file) => name::clean(&format!("{file}: {rule}")),
        None => name::clean(rule),
    }
}

fn add(
    compiler: &mut boreal::Compiler,
    hasher: &mut DefaultHasher,
    space: &str,
    text: &str,
    file: &str,
) -> Result<(), RuleFault> {
    (space, text).hash(hasher);
    let added = compiler.add_rules_str_in_namespace(text, space);
    added.map(drop).map_err(|fault| {
        RuleFault::Rule(boreal::compiler::generate_description(&fault.to_diagnostic(), file, text))
    })
}

/// The rule files of a folder, by name, so that the same folder is always the same set.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RuleFault> {
    let unreadable = |source| RuleFault::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_rules = path.extension().is_some_and(|ending| ending == "yar" || ending == "yara");
        if is_rules {
            files.push(path);
        }
        if files.len() > MOST_FILES {
            return Err(RuleFault::TooLarge { path: folder.to_owned() });
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn text(path: &Path) -> Result<String, RuleFault> {
    let unreadable = |source| RuleFault::Unreadable { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(unreadable)?.len() > LONGEST_FILE_BYTES {
        return Err(RuleFault::TooLarge { path: path.to_owned() });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}
