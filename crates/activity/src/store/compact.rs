//! From spool segments to files, and from the files of a day to one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use usher_events::row::Row;
use usher_events::wire;
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;

use super::{Store, discard};
use crate::manifest::{Cover, FileEntry, State, joined, sync_folder};
use crate::spool::{HEADER_BYTES, Segment, SegmentReader, SpoolFault, segments};
use crate::spooled::next_but;
use crate::table::{Full, Stream, Table, order};

/// This server's own spool.
pub(crate) const OWN: u32 = 0;
/// Events of one step: at two kilobytes each, with its file's buffers, a step holds about 256 MiB at most.
const STEP_EVENTS: usize = 65_536;
/// A day with more files is made into one; until then questions open each of them.
const MOST_FILES: usize = 8;

/// A segment of this length holds no event.
const HEADER_LENGTH: u64 = HEADER_BYTES as u64;

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Events taken in.
    pub events: u64,
    /// Days whose files were made into one.
    pub merged: u64,
    /// Segments removed from the spool.
    pub released: u64,
}

/// One event of a spool, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its first byte.
    pub from: u64,
    /// The byte after its last.
    pub until: u64,
    /// The event as it was written.
    pub event: Vec<u8>,
}

/// Events of one spool segment, as a node hands them in: late, again, or out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whose spool.
    pub node: u32,
    /// Which segment.
    pub segment: u64,
    /// The events.
    pub frames: Vec<Frame>,
}

impl Store {
    /// Takes in everything of this server's spool that is in closed segments, in steps, and makes the files of days that
    /// are over, or have many, into one.
    ///
    /// # Errors
    /// When the disk fails or is full; what was taken in before stays, and the rest is still in the spool.
    pub fn compact(&mut self, spool: &Path, now: Moment) -> Result<Compacted, SpoolFault> {
        let mut done = Compacted::default();
        let mut all = segments(spool)?;
        // What is not closed may not be on the disk yet, and its end may be cut off and written anew.
        all.pop();
        let mut gathered = Gathered::default();
        for segment in &all {
            self.take_segment(segment, &mut gathered, &mut done)?;
        }
        done.events += self.put(std::mem::take(&mut gathered))?;
        done.merged = self.merge(now)?;
        Ok(done)
    }

    /// Takes in what a node hands over, but what is in the store already. The events are on the disk when this is done.
    ///
    /// # Errors
    /// When the disk fails or is full, or an event cannot be read: then nothing of this was taken.
    pub fn take(&mut self, delivery: &Delivery) -> Result<u64, SpoolFault> {
        let known = self.manifest.covered(delivery.node, delivery.segment);
        let mut gathered = Gathered::default();
        let mut seen = std::collections::BTreeSet::new();
        for frame in &delivery.frames {
            if known.iter().any(|range| range.contains(&frame.from)) || !seen.insert(frame.from) {
                continue;
            }
            let event = wire::decode(&frame.event)
                .map_err(|error| SpoolFault::damaged(&self.folder, format!("an event handed in: {error}")))?;
            gathered.rows.push(Full { row: Row::of(&event), event: frame.event.clone() });
            let (node, segment) = (delivery.node, delivery.segment);
            gathered.covers.push(Cover { node, segment, from: frame.from, until: frame.until });
        }
        self.put(gathered)
    }

    /// Takes in rows of one day whose events are not kept: of an archive, or of another store that reduced them already.
    ///
    /// # Errors
    /// When the disk fails or is full; then none of them was taken.
    pub fn take_rows(&mut self, school: SchoolId, day: Date, mut rows: Vec<Row>) -> Result<(), SpoolFault> {
        rows.sort_by_key(order);
        let mut rows = rows.into_iter().map(|row| Full { row, event: Vec::new() });
        let made = self.write((school, day), Vec::new(), &mut || Ok(rows.next()))?;
        self.commit(&[], made.into_iter().collect(), &[])
    }

    /// Puts segments aside that were closed before this moment and are not in the store whole although they were taken in since:
    /// what is left in them cannot be read, and one of them would keep all later ones from being removed. The file stays, under
    /// another name.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn put_aside(&mut self, spool: &Path, before: Moment) -> Result<u64, SpoolFault> {
        let all = segments(spool)?;
        let mut aside = 0;
        for (segment, next) in all.iter().zip(all.iter().skip(1)) {
            if next.created_at >= before || self.is_whole(segment)? {
                continue;
            }
            let path = segment.path.with_extension("unread");
            fs::rename(&segment.path, &path)
                .map_err(|source| SpoolFault::disk("put aside", &segment.path, source))?;
            tracing::error!(path = %path.display(), "events in this file cannot be read: it is put aside");
            aside += 1;
        }
        Ok(aside)
    }

    /// Whether all of a closed segment is in the store. One that was begun and never written to is.
    fn is_whole(&self, segment: &Segment) -> Result<bool, SpoolFault> {
        let length = fs::metadata(&segment.path).map(|metadata| metadata.len());
        let length = length.map_err(|source| SpoolFault::disk("read", &segment.path, source))?;
        if length <= HEADER_LENGTH {
            return Ok(true);
        }
        let covered = self.manifest.covered(OWN, segment.number);
        Ok(covered.len() == 1 && covered.iter().any(|range| range.contains(&(length - 1))))
    }

    /// Removes segments that are in the store whole and were closed before this moment, oldest first.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn release(&mut self, spool: &Path, before: Moment) -> Result<u64, SpoolFault> {
        let all = segments(spool)?;
        let mut released = 0;
        for (segment, next) in all.iter().zip(all.iter().skip(1)) {
            if next.created_at >= before || !self.is_whole(segment)? {
                break;
            }
            fs::remove_file(&segment.path)
                .map_err(|source| SpoolFault::disk("remove", &segment.path, source))?;
            released += 1;
        }
        if released > 0 {
            sync_folder(spool)?;
        }
        Ok(released)
    }

    fn take_segment(
        &mut self,
        segment: &Segment,
        gathered: &mut Gathered,
        done: &mut Compacted,
    ) -> Result<(), SpoolFault> {
        let known = self.manifest.covered(OWN, segment.number);
        let mut reader = SegmentReader::open(segment)?;
        let mut begun = reader.offset();
        loop {
            let at = reader.offset();
            let read = next_but(&mut reader, &known).map(|frame| (frame.event(), frame.bytes().to_vec()));
            match read {
                Some((Ok(event), bytes)) => {
                    gathered.rows.push(Full { row: Row::of(&event), event: bytes });
                }
                Some((Err(error), _)) => {
                    // It stays in the spool, with all after it, and the segment is not removed.
                    tracing::error!(%error, segment = segment.number, "an event cannot be read: it stays where it is");
                    gathered.cover(segment.number, begun, at);
                    return Ok(());
                }
                None => {
                    gathered.cover(segment.number, begun, reader.offset());
                    return Ok(());
                }
            }
            if gathered.rows.len() >= STEP_EVENTS {
                gathered.cover(segment.number, begun, reader.offset());
                begun = reader.offset();
                done.events += self.put(std::mem::take(gathered))?;
            }
        }
    }

    /// Writes what was gathered, a file for each day, and commits it.
    fn put(&mut self, gathered: Gathered) -> Result<u64, SpoolFault> {
        let covers = joined(gathered.covers);
        let known = &self.manifest.covered;
        if joined(known.iter().chain(&covers).copied().collect()) == *known {
            return Ok(0);
        }
        let events = u64::try_from(gathered.rows.len()).unwrap_or(u64::MAX);
        let mut days: BTreeMap<(SchoolId, Date), Vec<Full>> = BTreeMap::new();
        for full in gathered.rows {
            let day = self.zone.local(full.row.at).date();
            days.entry((full.row.school, day)).or_default().push(full);
        }
        let mut made = Vec::new();
        for (key, mut rows) in days {
            rows.sort_by_key(Full::order);
            let mut rows = rows.into_iter();
            match self.write(key, covers.clone(), &mut || Ok(rows.next())) {
                Ok(entry) => made.extend(entry),
                Err(error) => {
                    self.forget(&made);
                    return Err(error);
                }
            }
        }
        self.commit(&[], made, &covers)?;
        Ok(events)
    }

    /// Removes what was made for a step that is not committed.
    pub(super) fn forget(&self, made: &[FileEntry]) {
        for file in made {
            discard(&self.folder.join(&file.name));
            discard(&self.folder.join(file.counts_name()));
        }
    }

    /// Makes the files of each day that is over, or has many, into one.
    fn merge(&mut self, now: Moment) -> Result<u64, SpoolFault> {
        let today = self.zone.local(now).date();
        let mut days: BTreeMap<(SchoolId, Date), Vec<FileEntry>> = BTreeMap::new();
        for file in &self.manifest.files {
            days.entry((file.school, file.day)).or_default().push(file.clone());
        }
        let mut merged = 0;
        for (key, files) in days {
            let wanted = if key.1 < today { files.len() > 1 } else { files.len() > MOST_FILES };
            if !wanted {
                continue;
            }
            match self.rewrite(key, &files, State::joined(&files), &mut Some) {
                Ok(()) => merged += 1,
                // A damaged file stays as it is; its day is answered from the files that are sound.
                Err(error @ (SpoolFault::Table { doing: "read", .. } | SpoolFault::Damaged { .. })) => {
                    tracing::error!(%error, "a day's files stay as they are");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(merged)
    }

    /// Writes files of one day anew as one, each row as `change` gives it, and commits that in their place.
    pub(super) fn rewrite(
        &mut self,
        key: (SchoolId, Date),
        files: &[FileEntry],
        state: State,
        change: &mut dyn FnMut(Full) -> Option<Full>,
    ) -> Result<(), SpoolFault> {
        let mut streams = Vec::new();
        let mut heads = BinaryHeap::new();
        for (index, file) in files.iter().enumerate() {
            let mut stream = Stream::new(Table::open(&self.folder.join(&file.name), file.school)?);
            if let Some(first) = stream.next()? {
                heads.push(Reverse(Head { full: first, index }));
            }
            streams.push(stream);
        }
        let covers = joined(files.iter().flat_map(|file| file.covers.iter().copied()).collect());
        let mut next = || -> Result<Option<Full>, SpoolFault> {
            while let Some(Reverse(head)) = heads.pop() {
                if let Some(stream) = streams.get_mut(head.index)
                    && let Some(full) = stream.next()?
                {
                    heads.push(Reverse(Head { full, index: head.index }));
                }
                if let Some(full) = change(head.full) {
                    return Ok(Some(full));
                }
            }
            Ok(None)
        };
        let made = self.write(key, covers, &mut next)?.map(|file| FileEntry { state, ..file });
        self.commit(files, made.into_iter().collect(), &[])
    }
}

/// What a step takes in.
#[derive(Default)]
struct Gathered {
    rows: Vec<Full>,
    covers: Vec<Cover>,
}

impl Gathered {
    fn cover(&mut self, segment: u64, from: u64, until: u64) {
        if from < until {
            self.covers.push(Cover { node: OWN, segment, from, until });
        }
    }
}

/// The next row of a file that is being merged.
struct Head {
    full: Full,
    index: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.full.order() == other.full.order()
    }
}
impl Eq for Head {}
impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.full.order().cmp(&other.full.order())
    }
}
