//! The list of a store's files: what is in the store is what the list names, and nothing else.
//!
//! A list is committed whole: written beside the old one, made durable, and put in its place by one rename. Each one
//! carries a link of a chain over all before it, so that none can be put back or changed unseen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_events::chain::{first_link, next_link};
use usher_types::digest::Digest;
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;

use crate::spool::SpoolFault;

/// The list's file.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Where the next one is written.
const NEXT: &str = "manifest.json.new";
/// The form written now.
const FORM: u8 = 1;
/// Links whose contents are kept by digest; earlier ones are one link. A day has about twenty.
const MOST_HISTORY: usize = 1_000;

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    form: u8,
    /// How many were committed.
    pub(crate) number: u64,
    /// The chain before the history.
    root: Digest,
    /// The content digest of each list since, this one last.
    history: Vec<Digest>,
    /// The chain after this one.
    pub(crate) link: Digest,
    /// What of which spool is in the store, or was and is not kept any more.
    pub(crate) covered: Vec<Cover>,
    /// The files, by school and day.
    pub(crate) files: Vec<FileEntry>,
}

/// A stretch of a spool segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cover {
    /// Whose spool; 0 is this server's own.
    pub node: u32,
    /// Which segment.
    pub segment: u64,
    /// The first byte.
    pub from: u64,
    /// The byte after the last.
    pub until: u64,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileEntry {
    pub(crate) name: String,
    pub(crate) school: SchoolId,
    pub(crate) day: Date,
    /// Rows, and how many of them are whole events.
    pub(crate) rows: u64,
    pub(crate) whole: u64,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    /// The first and last moment in it.
    pub(crate) from: Moment,
    pub(crate) last: Moment,
    pub(crate) first_id: u64,
    pub(crate) last_id: u64,
    /// What was taken out of it.
    pub(crate) state: State,
    /// The digest of its counts.
    pub(crate) counts: Digest,
    /// The spools' stretches its rows come from, with rows of other days.
    pub(crate) covers: Vec<Cover>,
}

/// What was taken out of a file, and for whom it was not, as the digest of who was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Nothing.
    Whole,
    /// Events of all but them, so that rows are left.
    Rows(Digest),
    /// All that is not of them.
    Held(Digest),
}

impl State {
    /// The state of files made into one: as new where they differ, so that it is looked at again.
    pub(crate) fn joined(files: &[FileEntry]) -> Self {
        let first = files.first().map_or(Self::Whole, |file| file.state);
        if files.iter().all(|file| file.state == first) { first } else { Self::Whole }
    }
}

impl FileEntry {
    /// The name of the file of its counts.
    pub(crate) fn counts_name(&self) -> String {
        format!("{}.counts", self.name)
    }
}

impl Manifest {
    /// A list of nothing.
    pub(crate) fn none() -> Self {
        let root = first_link("activity");
        Self {
            form: FORM,
            number: 0,
            root,
            history: Vec::new(),
            link: root,
            covered: Vec::new(),
            files: Vec::new(),
        }
    }

    /// The list in a folder; an empty one where there is none.
    pub(crate) fn load(folder: &Path) -> Result<Self, SpoolFault> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::none()),
            read => read.map_err(|source| SpoolFault::disk("read", &path, source))?,
        };
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| SpoolFault::damaged(&path, format!("it cannot be read ({error})")))?;
        if manifest.form == FORM {
            Ok(manifest)
        } else {
            Err(SpoolFault::damaged(&path, "its form is not known"))
        }
    }

    /// Puts this list in place of the one before. Files it names are on the disk before.
    pub(crate) fn commit(&mut self, folder: &Path) -> Result<(), SpoolFault> {
        self.number += 1;
        self.covered = joined(std::mem::take(&mut self.covered));
        self.files.sort_by(|one, other| {
            (one.school, one.day, &one.name).cmp(&(other.school, other.day, &other.name))
        });
        let content = self.content();
        self.history.push(content);
        self.link = next_link(self.link, content.as_bytes());
        if self.history.len() > MOST_HISTORY {
            self.root = next_link(self.root, self.history.remove(0).as_bytes());
        }
        let path = folder.join(NEXT);
        let fault = |source| SpoolFault::disk("write", &path, source);
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| fault(error.into()))?;
        let mut file = File::create(&path).map_err(fault)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(fault)?;
        sync_folder(folder)?;
        fs::rename(&path, folder.join(MANIFEST)).map_err(fault)?;
        sync_folder(folder)
    }

    /// Whether its chain fits its content.
    pub(crate) fn is_sound(&self) -> bool {
        let link = self.history.iter().fold(self.root, |link, content| next_link(link, content.as_bytes()));
        link == self.link && self.history.last().is_none_or(|last| *last == self.content())
    }

    /// What is covered of a segment.
    pub(crate) fn covered(&self, node: u32, segment: u64) -> Vec<Range<u64>> {
        let of = |cover: &&Cover| cover.node == node && cover.segment == segment;
        self.covered.iter().filter(of).map(|cover| cover.from..cover.until).collect()
    }

    /// The digest of all but the chain.
    fn content(&self) -> Digest {
        let parts = (self.form, self.number, &self.covered, &self.files);
        // Nothing in it can fail to be written: no map has keys that are not text.
        Digest::of(&serde_json::to_vec(&parts).unwrap_or_default())
    }
}

/// The same stretches, those that meet or overlap as one.
pub(crate) fn joined(covers: Vec<Cover>) -> Vec<Cover> {
    let mut by_segment: BTreeMap<(u32, u64), Vec<(u64, u64)>> = BTreeMap::new();
    for cover in covers {
        by_segment.entry((cover.node, cover.segment)).or_default().push((cover.from, cover.until));
    }
    let mut all = Vec::new();
    for ((node, segment), mut stretches) in by_segment {
        stretches.sort_unstable();
        let mut last: Option<Cover> = None;
        for (from, until) in stretches {
            match last.as_mut().filter(|last| from <= last.until) {
                Some(last) => last.until = last.until.max(until),
                None => all.extend(last.replace(Cover { node, segment, from, until })),
            }
        }
        all.extend(last);
    }
    all
}

/// Makes what was put into or out of a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), SpoolFault> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| SpoolFault::disk("write", folder, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(segment: u64, from: u64, until: u64) -> Cover {
        Cover { node: 0, segment, from, until }
    }

    #[test]
    fn stretches_that_meet_are_one_however_they_come() {
        let late =
            vec![cover(2, 56, 90), cover(1, 70, 90), cover(1, 56, 70), cover(1, 60, 80), cover(1, 95, 99)];
        assert_eq!(joined(late), [cover(1, 56, 90), cover(1, 95, 99), cover(2, 56, 90)]);
    }

    #[test]
    fn a_list_that_was_changed_or_put_back_shows() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = Manifest::load(folder.path()).unwrap();
        list.covered.push(cover(1, 56, 90));
        list.commit(folder.path()).unwrap();
        let before = list.link;
        list.covered.push(cover(2, 56, 90));
        list.commit(folder.path()).unwrap();
        let loaded = Manifest::load(folder.path()).unwrap();
        assert_eq!(loaded, list);
        assert!(loaded.is_sound() && loaded.link != before);
        let mut changed = loaded.clone();
        changed.covered.pop();
        assert!(!changed.is_sound());
        let mut again = loaded;
        again.history.remove(0);
        assert!(!again.is_sound());
    }
}
