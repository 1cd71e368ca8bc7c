//! Taking a person out: of their own events nothing stays but what counts of a site, a class or an hour are made of, and
//! no other event names them.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use usher_events::row::{ERASED, Row};
use usher_events::wire;
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SchoolId};
use usher_types::moment::Moment;

use super::Store;
use crate::filter::folded;
use crate::manifest::FileEntry;
use crate::spool::{SegmentReader, SpoolFault, segments};
use crate::table::{Stream, Table};

/// What was done, to be kept as proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Moment,
    /// Events of theirs of which only what is counted is left.
    pub events: u64,
    /// Events of others that named them, and do not any more.
    pub mentions: u64,
    /// Segments of the spool that were removed.
    pub segments: u64,
    /// Events that name them and are still in the spool's open segment. It closes with the day; then this is done again.
    pub left_in_spool: u64,
    /// The chain of the store after it.
    pub link: Digest,
}

impl Store {
    /// Takes a person out of every file: their events lose person, search and title and are not whole any more; events of
    /// others that name them, by number or by one of these names, are not whole any more either. Segments of the spool
    /// that are in the files are removed, whatever their age.
    ///
    /// # Errors
    /// When the disk fails, or a file cannot be read and so cannot be known to be free of them; done again, it goes on.
    pub fn erase(
        &mut self,
        person: PersonId,
        names: &[String],
        spool: &Path,
        now: Moment,
    ) -> Result<Erased, SpoolFault> {
        self.compact(spool, now)?;
        let TakenOut { events, mentions } = self.take_out(person, names)?;
        let segments = self.release(spool, Moment::from_unix_ms(i64::MAX))?;
        let left_in_spool = left(spool, &Wanted::new(person, names))?;
        let link = self.manifest.link;
        Ok(Erased { person, at: now, events, mentions, segments, left_in_spool, link })
    }

    /// Takes a person out of the files. What is in the spool is not looked at.
    ///
    /// # Errors
    /// As [`Store::erase`].
    pub fn take_out(&mut self, person: PersonId, names: &[String]) -> Result<TakenOut, SpoolFault> {
        let wanted = Wanted::new(person, names);
        let mut days: BTreeMap<(SchoolId, Date), Vec<FileEntry>> = BTreeMap::new();
        for file in &self.manifest.files {
            days.entry((file.school, file.day)).or_default().push(file.clone());
        }
        let (mut events, mut mentions) = (0, 0);
        for (key, files) in days {
            for file in files {
                if !self.holds(&file, &wanted)? {
                    continue;
                }
                let state = file.state;
                self.rewrite(key, &[file], state, &mut |mut full| {
                    match wanted.what_of(&full.row, &full.event) {
                        Is::Theirs => {
                            events += 1;
                            full.event.clear();
                            wanted.taken_out(&mut full.row);
                        }
                        Is::Mention => {
                            mentions += 1;
                            full.event.clear();
                            wanted.unnamed(&mut full.row);
                        }
                        Is::Other => {}
                    }
                    Some(full)
                })?;
            }
        }
        Ok(TakenOut { events, mentions })
    }

    fn holds(&self, file: &FileEntry, wanted: &Wanted) -> Result<bool, SpoolFault> {
        let mut stream = Stream::new(Table::open(&self.folder.join(&file.name), file.school)?);
        while let Some(full) = stream.next()? {
            if !matches!(wanted.what_of(&full.row, &full.event), Is::Other) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What a run took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenOut {
    /// Events of theirs of which only what is counted is left.
    pub events: u64,
    /// Events of others that named them, and do not any more.
    pub mentions: u64,
}

/// Whom to take out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    person: PersonId,
    names: Vec<String>,
}

/// What an event is to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// It is about them.
    Theirs,
    /// It is about somebody else and names them.
    Mention,
    /// Neither.
    Other,
}

impl Wanted {
    /// A person, and the names they are known by.
    pub fn new(person: PersonId, names: &[String]) -> Self {
        let names = names.iter().map(|name| folded(name)).filter(|name| !name.is_empty()).collect();
        Self { person, names }
    }

    /// Their names in small letters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What an event is to them, by its row and by what was written of it.
    pub fn what_of(&self, row: &Row, event: &[u8]) -> Is {
        if row.person == self.person.number() {
            return Is::Theirs;
        }
        let texts = [&row.search, &row.title, &row.site, &row.device];
        let named = texts.into_iter().any(|text| self.is_named_in(text)) || self.is_in(event);
        if named { Is::Mention } else { Is::Other }
    }

    fn is_named_in(&self, text: &str) -> bool {
        !text.is_empty() && self.names.iter().any(|name| folded(text).contains(name.as_str()))
    }

    /// Whether an event as it was written names them.
    fn is_in(&self, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return false;
        }
        // What cannot be read may name anybody.
        let mentions = wire::decode(bytes).map_or(true, |event| event.mentions(self.person));
        let text = folded(&String::from_utf8_lossy(bytes));
        mentions || self.names.iter().any(|name| text.contains(name.as_str()))
    }

    /// Takes them out of a row of theirs.
    pub fn taken_out(&self, row: &mut Row) {
        self.unnamed(row);
        row.person = 0;
        row.flags |= ERASED;
        row.search.clear();
        row.title.clear();
    }

    /// Takes their names out of a row of somebody else's.
    pub fn unnamed(&self, row: &mut Row) {
        for text in [&mut row.search, &mut row.title, &mut row.site, &mut row.device] {
            if self.is_named_in(text) {
                text.clear();
            }
        }
    }
}

/// Events in a spool that name them.
fn left(spool: &Path, wanted: &Wanted) -> Result<u64, SpoolFault> {
    let mut left = 0;
    for segment in segments(spool)? {
        let mut reader = SegmentReader::open(&segment)?;
        while let Some(frame) = reader.next_event() {
            left += u64::from(wanted.is_in(frame.bytes()));
        }
    }
    Ok(left)
}
