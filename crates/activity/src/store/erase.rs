//! Taking a person out: of their own events nothing stays but what counts of a site, a class or an hour are made of, and
//! no other event names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;
use usher_events::event::{Event, What};
use usher_events::row::{ERASED, Row};
use usher_events::wire;
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SchoolId};
use usher_types::moment::Moment;

use super::Store;
use crate::filter::folded;
use crate::manifest::FileEntry;
use crate::spool::{Segment, SegmentReader, SpoolFault, segments};
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
    /// others that name them, by number or by one of these names as a word, are not whole any more either, but for those of
    /// people in `held`: what a case holds is kept as it was. Segments of the spool that are in the files are removed, whatever
    /// their age.
    ///
    /// # Errors
    /// When the disk fails, or a file cannot be read and so cannot be known to be free of them; done again, it goes on.
    pub fn erase(&mut self, wanted: &Wanted, spool: &Path, now: Moment) -> Result<Erased, SpoolFault> {
        self.compact(spool, now)?;
        let TakenOut { events, mentions } = self.take_out(wanted)?;
        let released = self.release(spool, Moment::from_unix_ms(i64::MAX))?;
        let left_in_spool = left(segments(spool)?.iter(), wanted)?;
        let link = self.manifest.link;
        Ok(Erased {
            person: wanted.person,
            at: now,
            events,
            mentions,
            segments: released,
            left_in_spool,
            link,
        })
    }

    /// Takes a person out of the files. What is in the spool is not looked at.
    ///
    /// # Errors
    /// As [`Store::erase`].
    pub fn take_out(&mut self, wanted: &Wanted) -> Result<TakenOut, SpoolFault> {
        let mut days: BTreeMap<(SchoolId, Date), Vec<FileEntry>> = BTreeMap::new();
        for file in &self.manifest.files {
            days.entry((file.school, file.day)).or_default().push(file.clone());
        }
        let (mut events, mut mentions) = (0, 0);
        for (key, files) in days {
            for file in files {
                if !self.holds(&file, wanted)? {
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
    usernames: Vec<String>,
    held: BTreeSet<u64>,
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
        Self { person, names, usernames: Vec::new(), held: BTreeSet::new() }
    }

    /// With their user names, which are looked for in tries to sign in and nowhere else: elsewhere the same word is a word.
    #[must_use]
    pub fn signing_in_as(self, usernames: &[String]) -> Self {
        Self { usernames: usernames.iter().map(|name| folded(name)).collect(), ..self }
    }

    /// Leaves what these people did as it was, whomever it names.
    #[must_use]
    pub fn but_of(self, held: &BTreeSet<PersonId>) -> Self {
        Self { held: held.iter().map(|person| person.number()).collect(), ..self }
    }

    /// Whom.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Their names and user names in small letters.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.names.iter().chain(&self.usernames)
    }

    /// What an event is to them, by its row and by what was written of it.
    pub fn what_of(&self, row: &Row, event: &[u8]) -> Is {
        if row.person == self.person.number() {
            return Is::Theirs;
        }
        if self.held.contains(&row.person) {
            return Is::Other;
        }
        let texts = [&row.search, &row.title, &row.device];
        let named = texts.into_iter().any(|text| self.is_named_in(text)) || self.is_in(event);
        if named { Is::Mention } else { Is::Other }
    }

    fn is_named_in(&self, text: &str) -> bool {
        !text.is_empty() && {
            let text = folded(text);
            self.names.iter().any(|name| has_word(&text, name))
        }
    }

    /// Whether an event as it was written names them.
    fn is_in(&self, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return false;
        }
        // What cannot be read may name anybody.
        let Ok(event) = wire::decode(bytes) else { return true };
        let text = folded(&String::from_utf8_lossy(bytes));
        let seems = self.names().any(|name| text.contains(name.as_str()));
        // As it is packed, a text has no space before it: whether a name is a word there is seen once it is unpacked.
        event.mentions(self.person) || (seems && self.is_named_by(&event))
    }

    /// The same, unless it is of somebody a case holds.
    fn is_left_in(&self, bytes: &[u8]) -> bool {
        let is_held = || {
            wire::decode(bytes)
                .is_ok_and(|event| event.person().is_some_and(|person| self.held.contains(&person.number())))
        };
        self.is_in(bytes) && !is_held()
    }

    fn is_named_by(&self, event: &Event) -> bool {
        let is_named = |text: &str| match event.what {
            What::SignInFailed(_) => self.is_named_in(text) || self.usernames.contains(&folded(text)),
            _ => self.is_named_in(text),
        };
        // What cannot be told apart may name anybody.
        let Ok(value) = serde_json::to_value(event) else { return true };
        let mut values = vec![value];
        while let Some(value) = values.pop() {
            match value {
                Value::String(text) if is_named(&text) => return true,
                Value::Array(more) => values.extend(more),
                Value::Object(more) => values.extend(more.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
        false
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
        for text in [&mut row.search, &mut row.title, &mut row.device] {
            if self.is_named_in(text) {
                text.clear();
            }
        }
    }
}

/// Whether a text has this in it as a word or words: not inside of one. Both are in small letters.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = char::is_alphanumeric;
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Whether the segment of a spool that is still written to names them: it cannot be taken in before it closes.
///
/// # Errors
/// When the disk fails.
pub fn is_in_open_segment(spool: &Path, wanted: &Wanted) -> Result<bool, SpoolFault> {
    Ok(left(segments(spool)?.last().into_iter(), wanted)? > 0)
}

/// Events in segments that name them.
fn left<'a>(segments: impl Iterator<Item = &'a Segment>, wanted: &Wanted) -> Result<u64, SpoolFault> {
    let mut left = 0;
    for segment in segments {
        let mut reader = SegmentReader::open(segment)?;
        while let Some(frame) = reader.next_event() {
            left += u64::from(wanted.is_left_in(frame.bytes()));
        }
    }
    Ok(left)
}
