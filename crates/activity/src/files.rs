//! Answers from the store's files, and from the spool for what is not in them yet.
//!
//! A question opens all files of its time before it reads one, so that files taken out meanwhile can still be read. A
//! file that is damaged is named in the log and passed over: the others are answered from.
//! Does not: write.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use parquet::data_type::{AsBytes as _, ByteArray};
use usher_events::event::{Event, What};
use usher_events::row::{BLOCKED, NOBODY, REQUEST, Row, SHARED, UNREAD};
use usher_events::wire;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::filter::{Between, Tests};
use crate::manifest::{FileEntry, Manifest};
use crate::question::{Activity, By, Counts, Figures, Question, count};
use crate::readers;
use crate::rollup::Rollup;
use crate::spool::SpoolFault;
use crate::spooled::{event_in, scan_but};
use crate::store::OWN;
use crate::table::{CHUNK_ROWS, Number, Table, Text, signed};

/// Times a list is read anew because its files went while they were opened. Files go a few times an hour.
const MOST_TRIES: usize = 8;

/// Answers from the store and the spool in these folders, either of which may be growing.
#[derive(Debug, Clone)]
pub struct FilesActivity {
    store: PathBuf,
    spool: PathBuf,
}

/// The files of a question, open.
struct View {
    list: Manifest,
    tables: Vec<(FileEntry, Table)>,
}

impl View {
    /// The groups of all files: what one reading thread takes at a time.
    fn groups(&self) -> Vec<(&Table, usize)> {
        self.tables
            .iter()
            .flat_map(|(_, table)| (0..table.groups()).map(move |group| (table, group)))
            .collect()
    }
}

impl FilesActivity {
    /// Answers from the store in one folder and the spool in another.
    pub const fn new(store: PathBuf, spool: PathBuf) -> Self {
        Self { store, spool }
    }

    fn view(&self, wanted: &dyn Fn(&FileEntry) -> bool) -> Result<View, SpoolFault> {
        let mut tries = 0;
        'again: loop {
            tries += 1;
            let list = Manifest::load(&self.store).or_else(|error| match error {
                // What is in the spool can be answered from all the same.
                SpoolFault::Damaged { .. } => {
                    tracing::error!(%error, "the list of event files is damaged: only the spool is asked");
                    Ok(Manifest::none())
                }
                error => Err(error),
            })?;
            let mut tables = Vec::new();
            for file in list.files.iter().filter(|file| wanted(file)) {
                match Table::open(&self.store.join(&file.name), file.school) {
                    Ok(table) => tables.push((file.clone(), table)),
                    Err(SpoolFault::Disk { source, .. })
                        if source.kind() == std::io::ErrorKind::NotFound && tries < MOST_TRIES =>
                    {
                        continue 'again;
                    }
                    Err(error) => pass_over(&error),
                }
            }
            return Ok(View { list, tables });
        }
    }

    fn view_of(&self, question: &Question) -> Result<View, SpoolFault> {
        self.view(&|file| {
            file.school == question.school && file.from < question.until && file.last >= question.from
        })
    }

    /// The events of the spool that are not in the store.
    fn tail(
        &self,
        list: &Manifest,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        scan_but(&self.spool, question, &|segment| list.covered(OWN, segment), each)
    }

    /// The counts of one file.
    fn counts_of(
        &self,
        file: &FileEntry,
        table: &Table,
        (question, tests, by): (&Question, &Tests, &By),
    ) -> Result<Counts, SpoolFault> {
        let within = question.from <= file.from && file.last < question.until;
        if within && tests.is_only_time() {
            match Rollup::read(&self.store.join(file.counts_name()), file.counts) {
                Ok(rollup) => {
                    if let Some(counts) = rollup.by(by, file.day) {
                        return Ok(counts);
                    }
                }
                // The rows say the same.
                Err(error) => pass_over(&error),
            }
        }
        let mut counts = Counts::new();
        for group in 0..table.groups() {
            let picked = table.pick(group, tests)?;
            count_columns(table, group, &picked, by, &mut counts)?;
        }
        Ok(counts)
    }
}

impl Activity for FilesActivity {
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault> {
        let number = id.number();
        let view = self.view(&|file| file.first_id <= number && number <= file.last_id)?;
        let wanted = Between(signed(number), signed(number));
        let tests = Tests { numbers: vec![(Number::Id, wanted)], texts: Vec::new(), phrase: None };
        for (_, table) in &view.tables {
            let mut found = None;
            for group in 0..table.groups() {
                said(events_of(table, group, &tests, &mut |events| {
                    found = events.decoded().find(|event| !matches!(event.what, What::Ended(_)));
                    if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }));
                if found.is_some() {
                    break;
                }
            }
            if found.is_some() {
                return Ok(found);
            }
        }
        event_in(&self.spool, id)
    }

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        let (view, tests) = (self.view_of(question)?, Tests::of(question));
        let ended = readers::in_order(
            &view.groups(),
            &|(table, group), give| said(events_of(table, *group, &tests, give)),
            // Decoded where they are taken: an event that one thread makes and another drops costs more than it saves.
            &mut |found: Found<'_>| found.decoded().try_for_each(&mut *each),
        );
        if ended.is_break() { Ok(()) } else { self.tail(&view.list, question, each) }
    }

    fn rows(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        let (view, tests) = (self.view_of(question)?, Tests::of(question));
        let ended = readers::in_order(
            &view.groups(),
            &|(table, group), give| said(rows_of(table, *group, &tests, give)),
            &mut |rows| rows.into_iter().try_for_each(&mut *each),
        );
        if ended.is_break() {
            return Ok(());
        }
        self.tail(&view.list, question, &mut |event| each(Row::of(&event)))
    }

    fn counts(&self, question: &Question, by: &By) -> Result<Counts, SpoolFault> {
        let (view, tests) = (self.view_of(question)?, Tests::of(question));
        let mut all = Counts::new();
        let of = (question, &tests, by);
        let _all_taken = readers::in_order(
            &view.tables,
            &|(file, table), give| said(self.counts_of(file, table, of).map(|counts| _ = give(counts))),
            &mut |counts: Counts| {
                for (key, figures) in counts {
                    all.entry(key).or_default().join(&figures);
                }
                ControlFlow::Continue(())
            },
        );
        self.tail(&view.list, question, &mut |event| {
            count(&mut all, by, &Row::of(&event));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }
}

/// Names what is damaged. The question goes on with the rest, and `usher verify` names it too.
fn pass_over(error: &SpoolFault) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "events cannot be read, and the others are answered from");
}

/// Names what could not be read of a piece, if anything.
fn said(read: Result<(), SpoolFault>) {
    if let Err(error) = read {
        pass_over(&error);
    }
}

/// Events as they were written, from one file.
struct Found<'a> {
    path: &'a Path,
    bytes: Vec<ByteArray>,
}

impl Found<'_> {
    /// Those that are whole. One that cannot be read is named and passed over.
    fn decoded(&self) -> impl Iterator<Item = Event> {
        let whole = self.bytes.iter().filter(|bytes| !bytes.is_empty());
        whole.filter_map(|bytes| match wire::decode(bytes.data()) {
            Ok(event) => Some(event),
            Err(error) => {
                tracing::warn!(%error, path = %self.path.display(), "an event cannot be read");
                None
            }
        })
    }
}

/// Gives the events of a group that fit, a page at a time.
fn events_of<'a>(
    table: &'a Table,
    group: usize,
    tests: &Tests,
    give: &mut dyn FnMut(Found<'a>) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    for ranges in chunks(&table.pick(group, tests)?) {
        if give(Found { path: table.path(), bytes: table.events(group, &ranges)? }).is_break() {
            break;
        }
    }
    Ok(())
}

/// Gives the rows of a group that fit, a page at a time.
fn rows_of(
    table: &Table,
    group: usize,
    tests: &Tests,
    give: &mut dyn FnMut(Vec<Row>) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    for ranges in chunks(&table.pick(group, tests)?) {
        if give(table.rows(group, &ranges)?).is_break() {
            break;
        }
    }
    Ok(())
}

/// The same rows in pieces that are not held in memory together.
fn chunks(ranges: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
    let mut all: Vec<Vec<Range<usize>>> = Vec::new();
    let mut room = 0;
    for range in ranges {
        let mut start = range.start;
        while start < range.end {
            if room == 0 {
                all.push(Vec::new());
                room = CHUNK_ROWS;
            }
            let end = range.end.min(start + room);
            room -= end - start;
            all.last_mut().into_iter().for_each(|chunk| chunk.push(start..end));
            start = end;
        }
    }
    all
}

/// Counts rows from the columns that counts need, and no others.
fn count_columns(
    table: &Table,
    group: usize,
    ranges: &[Range<usize>],
    by: &By,
    counts: &mut Counts,
) -> Result<(), SpoolFault> {
    let number = |column| table.numbers(group, column, ranges);
    let (flags, severities, bytes) =
        (number(Number::Flags)?, number(Number::Severity)?, number(Number::Bytes)?);
    let engines = table.texts(group, Text::Engine, ranges)?;
    let figures = flags.iter().zip(&severities).zip(&bytes).zip(&engines).map(
        |(((flags, severity), bytes), engine)| {
            let one = |flag: u8| u64::from(flags & i64::from(flag) != 0);
            Figures {
                requests: one(REQUEST),
                blocked: one(BLOCKED),
                searches: u64::from(!engine.is_empty()),
                found: u64::from(*severity > 0),
                unread: one(UNREAD),
                nobody: one(NOBODY),
                shared: one(SHARED),
                bytes: u64::try_from(*bytes).unwrap_or(0),
            }
        },
    );
    let texts = |column| table.texts(group, column, ranges);
    match by {
        By::All => {
            let all = figures.fold(Figures::default(), joined);
            if !flags.is_empty() {
                counts.entry(String::new()).or_default().join(&all);
            }
        }
        By::Person => {
            count_numbers(counts, number(Number::Person)?, figures, |person| {
                if person == 0 { String::new() } else { person.to_string() }
            });
            counts.remove("");
        }
        By::Hour(zone) => {
            let hour = |at| format!("{:02}", zone.local(Moment::from_unix_ms(at)).time().hour());
            // Offsets from UTC are whole quarters of an hour, so a quarter has one hour.
            count_numbers(
                counts,
                number(Number::At)?.iter().map(|at| at - at.rem_euclid(900_000)).collect(),
                figures,
                hour,
            );
        }
        By::Day(zone) => {
            let day = |at| zone.local(Moment::from_unix_ms(at)).date().to_string();
            count_numbers(
                counts,
                number(Number::At)?.iter().map(|at| at - at.rem_euclid(900_000)).collect(),
                figures,
                day,
            );
        }
        By::Class => count_words(counts, &texts(Text::Classes)?, figures),
        By::Theme => count_words(counts, &texts(Text::Themes)?, figures),
        By::Device => count_texts(counts, &texts(Text::Device)?, figures),
        By::Room => count_texts(counts, &texts(Text::Room)?, figures),
        By::Group => count_texts(counts, &texts(Text::Group)?, figures),
        By::Category => count_texts(counts, &texts(Text::Category)?, figures),
        By::Site => count_texts(counts, &texts(Text::Site)?, figures),
    }
    Ok(())
}

fn joined(mut one: Figures, other: Figures) -> Figures {
    one.join(&other);
    one
}

fn count_numbers(
    counts: &mut Counts,
    values: Vec<i64>,
    figures: impl Iterator<Item = Figures>,
    key: impl Fn(i64) -> String,
) {
    let mut known: HashMap<i64, Figures> = HashMap::new();
    for (value, one) in values.into_iter().zip(figures) {
        known.entry(value).or_default().join(&one);
    }
    for (value, sum) in known {
        counts.entry(key(value)).or_default().join(&sum);
    }
}

/// Adds up by text. Values of one dictionary entry share their bytes, so each text is compared once.
fn sums(
    values: &[ByteArray],
    figures: impl Iterator<Item = Figures>,
) -> impl Iterator<Item = (&str, Figures)> {
    let mut known: HashMap<(usize, usize), (&ByteArray, Figures)> = HashMap::new();
    for (value, one) in values.iter().zip(figures) {
        let place = (value.as_bytes().as_ptr().addr(), value.len());
        known.entry(place).or_insert((value, Figures::default())).1.join(&one);
    }
    known.into_values().map(|(value, sum)| (value.as_utf8().unwrap_or_default(), sum))
}

fn count_texts(counts: &mut Counts, values: &[ByteArray], figures: impl Iterator<Item = Figures>) {
    for (text, sum) in sums(values, figures).filter(|(text, _)| !text.is_empty()) {
        counts.entry(text.to_owned()).or_default().join(&sum);
    }
}

fn count_words(counts: &mut Counts, values: &[ByteArray], figures: impl Iterator<Item = Figures>) {
    for (text, sum) in sums(values, figures) {
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            counts.entry(word.to_owned()).or_default().join(&sum);
        }
    }
}
