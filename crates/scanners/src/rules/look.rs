//! Looking through one download: itself, each member of it, and the text of its macros.

use std::io::{Read, Seek, SeekFrom};

use tokio::time::Instant;
use usher_scan::archive::{Limits, Member, Stopped, look_inside};
use usher_scan::features::{Malware, ScanFailure};
use usher_scan::kind::{Hints, LOOKED_AT_BYTES, LOOKED_AT_TAIL_BYTES, identify};
use usher_scan::stopwatch::Stopwatch;

use super::book::{Book, Looked};
use super::vba;
use crate::held::Held;

/// How much of a download is in memory at a time. Longer ones are looked at piece by piece: what a rule says of the
/// whole (its length, its first bytes) is then said of a piece, and the first has the head that nearly all rules ask for.
const WINDOW_BYTES: usize = 32 << 20;
/// How much of a piece is looked at again with the next, so that what lies across is found. The longest strings of
/// public rules have some thousand bytes.
const OVERLAP_BYTES: usize = 64 << 10;

/// Looks through a download. Blocks, and takes long.
pub(super) fn look(book: &Book, file: &Held, limits: &Limits, until: Instant) -> Malware {
    let mut looking = Looking { book, limits, until, found: None, late: false, cut: false, broken: false };
    let read = looking.whole(file);
    if !looking.is_over() && read.is_ok() {
        looking.members(file);
    }
    match looking {
        Looking { found: Some(name), .. } => Malware::Found(name),
        Looking { late: true, .. } => Malware::Failed(ScanFailure::Slow),
        Looking { broken: true, .. } => Malware::Failed(ScanFailure::Refused),
        Looking { cut: true, .. } => Malware::Failed(ScanFailure::TooLarge),
        Looking { .. } if read.is_err() => Malware::Failed(ScanFailure::Refused),
        Looking { .. } => Malware::Clean,
    }
}

struct Looking<'a> {
    book: &'a Book,
    limits: &'a Limits,
    until: Instant,
    found: Option<String>,
    late: bool,
    /// A program in an archive was too long to be seen whole.
    cut: bool,
    /// A rule's module gave up on a member. The walk through archives goes on after that, so it is noted here.
    broken: bool,
}

impl Looking<'_> {
    fn is_over(&self) -> bool {
        self.found.is_some() || self.late
    }

    fn whole(&mut self, file: &Held) -> std::io::Result<()> {
        if let Held::Bytes(bytes) = file {
            self.piece(bytes, "");
            return Ok(());
        }
        let (mut reader, mut window) = (file.reader(), Vec::new());
        loop {
            let room = WINDOW_BYTES.saturating_sub(window.len());
            let came = (&mut reader).take(room as u64).read_to_end(&mut window)?;
            if came > 0 || file.length() == 0 {
                self.piece(&window, "");
            }
            if reader.left() == 0 || came == 0 || self.is_over() {
                return Ok(());
            }
            window.drain(..window.len().saturating_sub(OVERLAP_BYTES));
        }
    }

    fn members(&mut self, file: &Held) {
        let head = piece_of(file, 0, LOOKED_AT_BYTES);
        let tail_at = file.length().saturating_sub(LOOKED_AT_TAIL_BYTES as u64);
        let tail = piece_of(file, tail_at, LOOKED_AT_TAIL_BYTES);
        // Its name cannot make it another archive than it is.
        let kind = identify(&head, &tail, &Hints { file_name: None, content_type: None });
        let began = Instant::now();
        let watch = Stopwatch::new(move || began.elapsed());
        let limits = Limits { time: self.until.saturating_duration_since(began), ..*self.limits };
        let inside =
            look_inside(kind, &mut file.reader(), &limits, &watch, &mut |member| self.member(member));
        self.late |= self.found.is_none() && inside.stopped == Some(Stopped::TooLong);
    }

    fn member(&mut self, member: Member<'_>) {
        if self.is_over() {
            return;
        }
        if Instant::now() >= self.until {
            self.late = true;
            return;
        }
        let longest = member.bytes.len() as u64 >= self.limits.member_bytes;
        // Films and pictures may be long; what a program carries at its end is what it is about.
        self.cut |= !member.whole && longest && member.kind.class().is_active();
        let was_broken = std::mem::replace(&mut self.broken, true);
        self.piece(member.bytes, member.path);
        self.broken = was_broken;
    }

    fn piece(&mut self, bytes: &[u8], path: &str) {
        self.text(bytes, path);
        for module in vba::modules(bytes) {
            if self.is_over() {
                return;
            }
            self.text(&module, path);
        }
    }

    fn text(&mut self, bytes: &[u8], path: &str) {
        let most = self.until.saturating_duration_since(Instant::now());
        match self.book.look(bytes, path, most) {
            Looked::Nothing => {}
            Looked::Found(name) => self.found = Some(name),
            Looked::Late => self.late = true,
        }
    }
}

fn piece_of(file: &Held, from: u64, most: usize) -> Vec<u8> {
    let mut reader = file.reader();
    let mut bytes = Vec::new();
    let read =
        reader.seek(SeekFrom::Start(from)).and_then(|_| reader.take(most as u64).read_to_end(&mut bytes));
    if read.is_err() {
        bytes.clear();
    }
    bytes
}
