//! Reading a file: which of its rows fit, and the columns that are wanted of those, without touching the others.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};
use parquet::file::statistics::Statistics;
use usher_events::row::Row;
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::Moment;

use super::positioned::Positioned;
use super::{Full, NUMBERS, Number, TEXTS, Text, blank, dictionary, unsigned};
use crate::filter::{Between, Tests};
use crate::spool::SpoolFault;

/// Rows read at once; a page's worth, so that no page is opened twice.
pub(crate) const CHUNK_ROWS: usize = 8_192;

/// An open file. What is read of it is checked as far as the format goes: a fault is an error that names the file.
pub(crate) struct Table {
    path: PathBuf,
    reader: SerializedFileReader<Positioned>,
    school: SchoolId,
}

impl Table {
    pub(crate) fn open(path: &Path, school: SchoolId) -> Result<Self, SpoolFault> {
        let file = File::open(path).and_then(Positioned::new);
        let file = file.map_err(|source| SpoolFault::disk("open", path, source))?;
        let options = ReadOptionsBuilder::new().with_page_index().build();
        let open = || SerializedFileReader::new_with_options(file, options);
        let reader = sound(path, open)?;
        let columns = reader.metadata().file_metadata().schema_descr().num_columns();
        if columns != NUMBERS.len() + TEXTS.len() + 1 {
            return Err(SpoolFault::damaged(path, "it has other columns"));
        }
        Ok(Self { path: path.to_owned(), reader, school })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    pub(crate) fn rows_of(&self, group: usize) -> usize {
        let found = self.reader.metadata().row_groups().get(group);
        found.and_then(|group| usize::try_from(group.num_rows()).ok()).unwrap_or(0)
    }

    /// Which rows of a group fit.
    pub(crate) fn pick(&self, group: usize, tests: &Tests) -> Result<Vec<Range<usize>>, SpoolFault> {
        let Some(metadata) = self.reader.metadata().row_groups().get(group) else { return Ok(Vec::new()) };
        let may_fit = tests.numbers.iter().all(|(number, test)| may_fit(metadata, *number, *test));
        if !may_fit {
            return Ok(Vec::new());
        }
        let mut ranges = self.person_pages(group, tests);
        for (number, test) in &tests.numbers {
            if !is_whole(metadata, *number, *test) {
                let values = self.numbers(group, *number, &ranges)?;
                ranges = kept(&ranges, values.iter().map(|value| test.fits(*value)));
            }
        }
        for (text, test) in &tests.texts {
            ranges = self.fitting(group, *text, &ranges, |value| test.fits(value))?;
        }
        if let Some(phrase) = &tests.phrase {
            let searches = self.fitting(group, Text::Search, &ranges, phrase.reader())?;
            let titles = self.fitting(group, Text::Title, &ranges, phrase.reader())?;
            ranges = dictionary::either(searches, titles);
        }
        Ok(ranges)
    }

    /// A column of numbers in some rows.
    pub(crate) fn numbers(
        &self,
        group: usize,
        number: Number,
        ranges: &[Range<usize>],
    ) -> Result<Vec<i64>, SpoolFault> {
        self.values::<Int64Type>(group, number.column(), ranges)
    }

    /// A column of text in some rows.
    pub(crate) fn texts(
        &self,
        group: usize,
        text: Text,
        ranges: &[Range<usize>],
    ) -> Result<Vec<ByteArray>, SpoolFault> {
        self.values::<ByteArrayType>(group, text.column(), ranges)
    }

    /// The events as they were written, in some rows; empty ones where only the row is kept.
    pub(crate) fn events(&self, group: usize, ranges: &[Range<usize>]) -> Result<Vec<ByteArray>, SpoolFault> {
        self.values::<ByteArrayType>(group, NUMBERS.len() + TEXTS.len(), ranges)
    }

    /// Whole rows.
    pub(crate) fn rows(&self, group: usize, ranges: &[Range<usize>]) -> Result<Vec<Row>, SpoolFault> {
        let count = ranges.iter().map(Range::len).sum();
        let mut rows = vec![blank(self.school.number()); count];
        for (number, _) in NUMBERS {
            let values = self.numbers(group, number, ranges)?;
            rows.iter_mut().zip(values).for_each(|(row, value)| put_number(row, number, value));
        }
        for (text, _) in TEXTS {
            let values = self.texts(group, text, ranges)?;
            for (row, value) in rows.iter_mut().zip(values) {
                let value =
                    value.as_utf8().map_err(|source| SpoolFault::table("read", &self.path, source))?;
                if !value.is_empty() {
                    value.clone_into(text_of(row, text));
                }
            }
        }
        Ok(rows)
    }

    fn values<T: DataType>(
        &self,
        group: usize,
        column: usize,
        ranges: &[Range<usize>],
    ) -> Result<Vec<T::T>, SpoolFault> {
        let wanted: usize = ranges.iter().map(Range::len).sum();
        let mut values = Vec::with_capacity(wanted);
        if wanted == 0 {
            return Ok(values);
        }
        let read = || {
            let group = self.reader.get_row_group(group)?;
            let mut reader = get_typed_column_reader::<T>(group.get_column_reader(column)?);
            let mut at = 0;
            for range in ranges {
                reader.skip_records(range.start.saturating_sub(at))?;
                reader.read_records(range.len(), None, None, &mut values)?;
                at = range.end;
            }
            Ok(())
        };
        sound(&self.path, read)?;
        if values.len() == wanted {
            Ok(values)
        } else {
            Err(SpoolFault::damaged(&self.path, "rows are missing"))
        }
    }

    /// The rows, of some, whose text in a column fits.
    fn fitting(
        &self,
        group: usize,
        text: Text,
        ranges: &[Range<usize>],
        fits: impl FnMut(&str) -> bool,
    ) -> Result<Vec<Range<usize>>, SpoolFault> {
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        let read = || {
            let pages = self.reader.get_row_group(group)?.get_column_page_reader(text.column())?;
            dictionary::fitting(pages, ranges, fits)
        };
        sound(&self.path, read)
    }

    /// The rows of the pages that may hold the person asked about; all where nobody is.
    #[expect(clippy::single_range_in_vec_init, reason = "the other ways have many")]
    fn person_pages(&self, group: usize, tests: &Tests) -> Vec<Range<usize>> {
        let all = vec![0..self.rows_of(group)];
        let wanted = tests.numbers.iter().find(|(number, _)| *number == Number::Person);
        let Some((_, Between(from, until))) = wanted else { return all };
        let metadata = self.reader.metadata();
        let column = Number::Person.column();
        let index = metadata.column_index().and_then(|groups| groups.get(group)?.get(column));
        let offsets = metadata.offset_index().and_then(|groups| groups.get(group)?.get(column));
        let (Some(ColumnIndexMetaData::INT64(index)), Some(offsets)) = (index, offsets) else { return all };
        let starts: Vec<usize> = offsets
            .page_locations()
            .iter()
            .filter_map(|page| usize::try_from(page.first_row_index).ok())
            .collect();
        let ends = starts.iter().skip(1).copied().chain([self.rows_of(group)]);
        let pages = index.min_values().iter().zip(index.max_values()).zip(starts.iter().copied().zip(ends));
        pages
            .filter(|((least, most), _)| **least <= *until && **most >= *from)
            .map(|(_, (start, end))| start..end)
            .collect()
    }
}

/// Rows one after another, whole, in the order of the file.
pub(crate) struct Stream {
    table: Table,
    group: usize,
    at: usize,
    ready: VecDeque<Full>,
}

impl Stream {
    pub(crate) const fn new(table: Table) -> Self {
        Self { table, group: 0, at: 0, ready: VecDeque::new() }
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Full>, SpoolFault> {
        while self.ready.is_empty() {
            if self.group >= self.table.groups() {
                return Ok(None);
            }
            let rows = self.table.rows_of(self.group);
            let until = rows.min(self.at + CHUNK_ROWS);
            let range = self.at..until;
            let range = std::slice::from_ref(&range);
            let events = self.table.events(self.group, range)?;
            let rows_read = self.table.rows(self.group, range)?;
            let whole = rows_read.into_iter().zip(events);
            self.ready = whole.map(|(row, event)| Full { row, event: event.data().to_vec() }).collect();
            self.at = until;
            if until >= rows {
                (self.group, self.at) = (self.group + 1, 0);
            }
        }
        Ok(self.ready.pop_front())
    }
}

/// Runs what reads a file. The reader of the format trusts what it reads in places; what breaks it is a damaged file.
fn sound<T>(path: &Path, read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, SpoolFault> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|source| SpoolFault::table("read", path, source)),
        Err(_broke) => Err(SpoolFault::damaged(path, "it cannot be taken apart")),
    }
}

/// The ranges that are left of those read.
fn kept(ranges: &[Range<usize>], fits: impl Iterator<Item = bool>) -> Vec<Range<usize>> {
    let mut left: Vec<Range<usize>> = Vec::new();
    for (row, _) in ranges.iter().flat_map(Clone::clone).zip(fits).filter(|(_, fits)| *fits) {
        match left.last_mut().filter(|last| last.end == row) {
            Some(last) => last.end = row + 1,
            None => left.push(row..row + 1),
        }
    }
    left
}

fn extremes(metadata: &RowGroupMetaData, number: Number) -> Option<(i64, i64)> {
    match metadata.columns().get(number.column())?.statistics()? {
        Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
        _ => None,
    }
}

fn may_fit(metadata: &RowGroupMetaData, number: Number, test: Between) -> bool {
    let Some((least, most)) = extremes(metadata, number) else { return true };
    test.0 <= most && least <= test.1
}

/// Whether every row of the group fits, so that none needs to be read.
fn is_whole(metadata: &RowGroupMetaData, number: Number, test: Between) -> bool {
    let Some((least, most)) = extremes(metadata, number) else { return false };
    test.fits(least) && test.fits(most)
}

fn put_number(row: &mut Row, number: Number, value: i64) {
    let small = || u8::try_from(value).unwrap_or(u8::MAX);
    match number {
        // It is made again from the row.
        Number::Ordinary => {}
        Number::Person => row.person = unsigned(value),
        Number::At => row.at = Moment::from_unix_ms(value),
        Number::Id => row.id = Id::new(unsigned(value)),
        Number::Kind => row.kind = small(),
        Number::Lesson => row.lesson = unsigned(value),
        Number::Verdict => row.verdict = small(),
        Number::Severity => row.severity = small(),
        Number::Status => row.status = u16::try_from(value).unwrap_or(u16::MAX),
        Number::Bytes => row.bytes = unsigned(value),
        Number::Flags => row.flags = small(),
    }
}

const fn text_of(row: &mut Row, text: Text) -> &mut String {
    match text {
        Text::Classes => &mut row.classes,
        Text::Device => &mut row.device,
        Text::Room => &mut row.room,
        Text::Group => &mut row.group,
        Text::Category => &mut row.category,
        Text::Themes => &mut row.themes,
        Text::Site => &mut row.site,
        Text::Media => &mut row.media,
        Text::Engine => &mut row.engine,
        Text::Search => &mut row.search,
        Text::Title => &mut row.title,
    }
}
