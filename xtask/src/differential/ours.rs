//! The folders as we read, compile and look them up: with the code of the product, and nothing held back for a person.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, Result};
use usher_lists::Seed;
use usher_lists::artefact::Artefact;
use usher_lists::category::Category;
use usher_lists::compile::Compiler;
use usher_lists::source::{Source, SourceId};
use usher_types::host::Host;

use crate::source::{self, About};

/// One folder of names.
#[derive(Debug)]
pub(super) struct Folder {
    /// As it is called.
    pub(super) name: String,
    /// Its lines, as written.
    pub(super) lines: Vec<String>,
}

/// The folders, and our answers about them.
#[derive(Debug)]
pub(super) struct Ours {
    /// In order of their names.
    pub(super) folders: Vec<Folder>,
    artefact: Artefact,
    /// The folder of each list of the artefact.
    by_list: Vec<usize>,
}

impl Ours {
    /// Reads every folder that has a `domains` file.
    pub(super) fn read(lists: &Path) -> Result<Self> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(lists)? {
            let path = entry?.path();
            let Ok(bytes) = fs::read(path.join("domains")) else { continue };
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let lines = String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
            folders.push(Folder { name, lines });
        }
        folders.sort_by(|one, other| one.name.cmp(&other.name));
        let mut compiler = Compiler::default();
        for folder in &folders {
            compiler.add(names(lists, &folder.name)?);
        }
        let mut compiled = Vec::new();
        compiler.write(Seed::from_bytes(*b"differential run"), &mut compiled)?;
        let artefact = Artefact::from_bytes(compiled)?;
        let place = |list: &str| folders.iter().position(|folder| id(&folder.name) == list);
        let by_list = artefact.lists().iter().map(|info| place(info.origin.id.as_str()));
        let by_list = by_list.collect::<Option<_>>().context("a list of no folder")?;
        Ok(Self { folders, artefact, by_list })
    }

    /// The folders that list a name, as the gateway would read it; none where it would refuse it unread.
    pub(super) fn folders_of(&self, name: &str) -> BTreeSet<usize> {
        let Ok(host) = Host::parse(name) else { return BTreeSet::new() };
        let matches = self.artefact.explain(&host, "/", None);
        matches.iter().filter_map(|found| self.by_list.get(usize::from(found.list)).copied()).collect()
    }
}

/// The id of a folder's list.
fn id(folder: &str) -> String {
    format!("ut1-{}", folder.replace('_', "-"))
}

fn names(lists: &Path, folder: &str) -> Result<Source> {
    let about = About {
        id: SourceId::parse(&id(folder))?,
        title: folder,
        // What a folder is about makes no difference here: folders are compared.
        category: Category::parse("adult")?,
        licence: "CC-BY-SA-4.0",
        credit: "Université Toulouse Capitole",
        address: "",
    };
    source::read(about, BufReader::new(File::open(lists.join(folder).join("domains"))?))
}
