//! What is inside a download: archives, documents that carry things, and archives within them.
//!
//! Owns: walking containers within limits, showing every member's bytes to whoever wants to read them, and what was
//! found. Does not: decide, keep a member, or know a password. Time is measured by whoever calls: work
//! is bounded by bytes, members and time.
//!
//! A container that cannot be read to its end says so in [`Inside::stopped`]; nothing is ever taken for harmless
//! because it was not understood.

mod cab;
mod meter;
mod ole;
mod paper;
mod rar;
mod sevenz;
mod streams;
mod zip;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kind::{Class, Hints, Kind, LOOKED_AT_BYTES, LOOKED_AT_TAIL_BYTES, identify, is_unseen, sniff};
use crate::stopwatch::Stopwatch;
use meter::Budget;

/// The longest path kept of a find, in characters.
pub const LONGEST_PATH_CHARS: usize = 200;
/// The most finds kept: enough to show a person, few enough for an event.
pub const MOST_FOUND: usize = 16;

/// How much work one download may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// How many archives may stand in one another. 42.zip has six; software sources rarely have three.
    pub depth: u8,
    /// How many members may be looked at in all. A big school project has some thousands.
    pub members: u32,
    /// How much of one member is held in memory; it is also the largest archive looked into within another.
    pub member_bytes: u64,
    /// How much may be unpacked in all.
    pub unpacked_bytes: u64,
    /// How many times larger than it was packed something may get. Text gets 20 times, logs 100, zeros 1,000.
    pub ratio: u32,
    /// How long it may take in all. 256 MiB of the slowest coding take some 20 seconds; a download is not waited for longer
    /// than scanners have for it, unless a school says otherwise.
    pub time: Duration,
    /// How much memory a decoder's window may take; xz -9 and zstd --ultra ask for 64 MiB and 128 MiB.
    pub window_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 6,
            members: 10_000,
            member_bytes: 32 << 20,
            unpacked_bytes: 256 << 20,
            ratio: 250,
            time: Duration::from_secs(30),
            window_bytes: 128 << 20,
        }
    }
}

/// One member, shown while it is unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The containers' and its own name, joined with `/` and made printable. Never use it as a path.
    pub path: &'a str,
    /// What its content is.
    pub kind: Kind,
    /// Its bytes, or as many of them as the limits allow.
    pub bytes: &'a [u8],
    /// Whether that is all of it.
    pub whole: bool,
    /// How many containers it stands in: 1 in the outermost.
    pub depth: u8,
}

/// What was found in a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inside {
    /// What the download is, now that it was looked into: a zip may be a JAR, a document one with macros.
    pub kind: Kind,
    /// How many members were seen, at all depths.
    pub members: u32,
    /// The strictest finds, strictest first: at most [`MOST_FOUND`], and only what is active.
    pub worst: Vec<Found>,
    /// Whether anything in it is encrypted. A PDF says so too where it may be read but not changed: weigh by kind.
    pub encrypted: bool,
    /// How deep the deepest member stands.
    pub deepest: u8,
    /// How much was unpacked.
    pub unpacked_bytes: u64,
    /// Why not all of it was seen: the first reason.
    pub stopped: Option<Stopped>,
}

impl Inside {
    /// The strictest class of the download and all that is in it.
    #[must_use]
    pub fn class(&self) -> Class {
        self.worst.iter().map(|found| found.kind.class()).fold(self.kind.class(), Class::max)
    }
}

/// An active member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// Where, made printable; at most [`LONGEST_PATH_CHARS`].
    pub path: String,
    /// What.
    pub kind: Kind,
    /// How many containers it stands in.
    pub depth: u8,
}

/// Why not all was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// Containers stand in one another deeper than [`Limits::depth`].
    TooDeep,
    /// More members than [`Limits::members`].
    TooMany,
    /// More bytes than [`Limits::unpacked_bytes`], or a container within larger than [`Limits::member_bytes`].
    TooLarge,
    /// It takes longer than [`Limits::time`].
    TooLong,
    /// It unpacks to this many times its size, or its members share their bytes.
    Bomb(u32),
    /// It breaks its own format.
    Broken,
    /// A format or method that is not read here.
    Unreadable,
}

/// Whether there is anything to look into.
#[must_use]
pub fn is_container(kind: Kind) -> bool {
    matches!(kind.class(), Class::Archive | Class::Document | Class::BrowserExtension | Class::MacroDocument)
        || matches!(kind, Kind::Jar | Kind::Apk | Kind::Appx | Kind::Msi | Kind::Deb)
}

/// Looks into `input`, which is of `kind` ([`crate::kind::identify`]), and shows each member to `visit` once.
/// How long that takes is read from `watch`. Anything may be given: what is no container has no members, except that a zip
/// behind a picture or program is read.
pub fn look_inside(
    kind: Kind,
    input: &mut (impl Read + Seek),
    limits: &Limits,
    watch: &Stopwatch,
    visit: &mut dyn FnMut(Member<'_>),
) -> Inside {
    let mut walk = Walk {
        limits,
        budget: Rc::new(Budget::new(limits, watch)),
        visit,
        inside: Inside {
            kind,
            members: 0,
            worst: Vec::new(),
            encrypted: false,
            deepest: 0,
            unpacked_bytes: 0,
            stopped: None,
        },
    };
    walk.container(kind, input, "", 0);
    let Walk { budget, mut inside, .. } = walk;
    inside.stopped = inside.stopped.or(budget.stopped());
    inside.unpacked_bytes = budget.unpacked_bytes();
    inside
}

/// What can be read and searched.
trait ReadSeek: Read + Seek {}
impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Which container is walked.
#[derive(Debug, Clone, Copy)]
struct Place<'p> {
    path: &'p str,
    depth: u8,
    /// How many bytes it has.
    length: u64,
}

struct Walk<'a> {
    limits: &'a Limits,
    budget: Rc<Budget>,
    visit: &'a mut dyn FnMut(Member<'_>),
    inside: Inside,
}

impl Walk<'_> {
    /// Walks a container at `depth` (0: the download itself), and says what it turned out to be.
    fn container(&mut self, kind: Kind, input: &mut dyn ReadSeek, path: &str, depth: u8) {
        let length = input.seek(SeekFrom::End(0)).unwrap_or(0);
        if input.seek(SeekFrom::Start(0)).is_err() {
            return self.stop(Stopped::Broken);
        }
        // The decoders are other people's, and some count on what a format promises. A panic in one of them is a
        // broken archive, not the end of the gateway.
        let walked = catch_unwind(AssertUnwindSafe(|| self.walk(kind, input, length, path, depth)));
        match walked {
            Ok(Some(refined)) if depth == 0 => self.inside.kind = refined,
            Ok(Some(refined)) => self.found(path, refined, depth),
            Ok(None) => {}
            Err(_) => self.stop(Stopped::Broken),
        }
    }

    fn walk(
        &mut self,
        kind: Kind,
        input: &mut dyn ReadSeek,
        length: u64,
        path: &str,
        depth: u8,
    ) -> Option<Kind> {
        // A document with macros may be of either age.
        let kind = if kind == Kind::MacroDocument { sniffed(input)? } else { kind };
        match kind {
            Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Lzma | Kind::Zstd => {
                streams::compressed(self, kind, input, length, path, depth);
                None
            }
            Kind::Tar => {
                streams::tar(self, input, path, depth);
                None
            }
            Kind::Cpio => {
                streams::cpio(self, input, path, depth);
                None
            }
            Kind::Ar | Kind::Deb => {
                streams::ar(self, input, path, depth);
                None
            }
            Kind::SevenZip => {
                sevenz::walk(self, input, length, path, depth);
                None
            }
            Kind::Rar => {
                rar::walk(self, input, path, depth);
                None
            }
            Kind::Cab => {
                cab::walk(self, input, path, depth);
                None
            }
            Kind::Ole | Kind::Doc | Kind::Xls | Kind::Ppt | Kind::Msi => {
                ole::walk(self, kind, input, path, depth)
            }
            Kind::Pdf | Kind::PdfActive => paper::pdf(self, input, path, depth),
            Kind::Rtf => paper::rtf(self, input, path, depth),
            Kind::OtherArchive | Kind::OneNote => {
                self.stop(Stopped::Unreadable);
                None
            }
            // Whatever else it is, a zip's end record makes it a zip for every unpacker.
            _ => zip::walk(self, kind, input, length, path, depth),
        }
    }

    /// Takes one member: reads what the limits allow, tells what it is, shows it, and looks into it.
    fn member(&mut self, path: &str, reader: &mut dyn Read, depth: u8) {
        let depth = depth.saturating_add(1);
        if !self.count(depth) {
            return;
        }
        let mut bytes = Vec::new();
        let read = reader.take(self.limits.member_bytes.saturating_add(1)).read_to_end(&mut bytes);
        if read.is_err() && !self.halted() {
            self.stop(Stopped::Broken);
        }
        let held = usize::try_from(self.limits.member_bytes).unwrap_or(usize::MAX);
        let whole = read.is_ok() && bytes.len() <= held;
        bytes.truncate(held);
        let within = self.budget.unpack(bytes.len());
        let kind = self.told(path, &bytes);
        self.found(path, kind, depth);
        (self.visit)(Member { path, kind, bytes: &bytes, whole, depth });
        if !within {
            return;
        }
        if !whole && kind.class() == Class::Archive {
            self.stop(Stopped::TooLarge);
        }
        if is_container(kind) || zip::has_end(&bytes) {
            if depth >= self.limits.depth {
                return self.stop(Stopped::TooDeep);
            }
            self.container(kind, &mut Cursor::new(bytes), path, depth);
        }
    }

    /// A member whose bytes cannot be had: only its name speaks.
    fn unread(&mut self, path: &str, depth: u8) {
        let depth = depth.saturating_add(1);
        if self.count(depth) {
            let hints = Hints { file_name: Some(path), content_type: None };
            self.found(path, identify(&[], &[], &hints), depth);
        }
    }

    fn count(&mut self, depth: u8) -> bool {
        self.budget.look_at_the_watch();
        if self.halted() {
            return false;
        }
        if self.inside.members >= self.limits.members {
            self.budget.halt(Stopped::TooMany);
            return false;
        }
        self.inside.members += 1;
        self.inside.deepest = self.inside.deepest.max(depth);
        true
    }

    fn told(&self, path: &str, bytes: &[u8]) -> Kind {
        let tail = bytes.get(bytes.len().saturating_sub(LOOKED_AT_TAIL_BYTES)..).unwrap_or_default();
        identify(bytes, tail, &Hints { file_name: Some(path), content_type: None })
    }

    /// Keeps a find if it is active and among the strictest.
    fn found(&mut self, path: &str, kind: Kind, depth: u8) {
        if !kind.class().is_active() {
            return;
        }
        let worst = &mut self.inside.worst;
        if worst.iter().any(|found| found.kind == kind && found.path == path) {
            return;
        }
        let at = worst.partition_point(|found| found.kind.class() >= kind.class());
        if at < MOST_FOUND {
            worst.insert(at, Found { path: path.to_owned(), kind, depth });
            worst.truncate(MOST_FOUND);
        }
    }

    /// Notes why something was not seen; the walk goes on with the rest.
    fn stop(&mut self, why: Stopped) {
        self.inside.stopped.get_or_insert(why);
    }

    /// Notes a fault of the format, unless the limits are what a decoder complained of.
    fn broken(&mut self) {
        if !self.halted() {
            self.stop(Stopped::Broken);
        }
    }

    /// Whether the whole walk is over.
    fn halted(&self) -> bool {
        self.budget.stopped().is_some()
    }
}

/// What the first bytes of a container are.
fn sniffed(input: &mut dyn ReadSeek) -> Option<Kind> {
    let mut head = Vec::new();
    let limit = u64::try_from(LOOKED_AT_BYTES).unwrap_or(u64::MAX);
    let _read: usize = Read::take(&mut *input, limit).read_to_end(&mut head).ok()?;
    input.seek(SeekFrom::Start(0)).ok()?;
    Some(sniff(&head))
}

/// A member's path: the container's and its own, printable, at most [`LONGEST_PATH_CHARS`], its end kept.
fn joined(container: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if is_unseen(c) { '_' } else { c })
        .map(|c| if c == '\\' { '/' } else { c })
        .collect();
    let parts = name.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..");
    let mut path = container.to_owned();
    for part in parts {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    let length = path.chars().count();
    if length <= LONGEST_PATH_CHARS {
        return path;
    }
    let start: String = path.chars().take(LONGEST_PATH_CHARS / 4).collect();
    let end: String = path.chars().skip(length - LONGEST_PATH_CHARS / 4 * 3 + 1).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests;
