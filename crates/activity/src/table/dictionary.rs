//! Which rows of a column of text fit, without taking its texts apart row by row.
//!
//! A column holds each text once, in a dictionary, and a number for each row. So a text is tested once, and the rows are
//! found by their numbers: most of a day's rows are one long run of the same.
//! Does not: read texts. [`super::read`] does, of the rows that are found here.

use std::ops::Range;

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;

/// The rows, of those given in their order, whose text fits.
pub(super) fn fitting(
    mut pages: Box<dyn PageReader>,
    ranges: &[Range<usize>],
    mut fits: impl FnMut(&str) -> bool,
) -> Result<Vec<Range<usize>>, ParquetError> {
    let Some(Page::DictionaryPage { buf, .. }) = pages.get_next_page()? else {
        return Err(fault("a column of text has no dictionary"));
    };
    let fits = entries(&buf, &mut fits)?;
    let mut found = Vec::new();
    if !fits.contains(&true) {
        return Ok(found);
    }
    let mut start = 0;
    while let Some(next) = pages.peek_next_page()? {
        let rows = next.num_rows.ok_or_else(|| fault("a page does not say how many rows it has"))?;
        let page = start..start + rows;
        start = page.end;
        if !ranges.iter().any(|range| range.start < page.end && page.start < range.end) {
            pages.skip_next_page()?;
            continue;
        }
        let read = pages.get_next_page()?.ok_or_else(|| fault("a page is missing"))?;
        runs(&read, page, &mut |rows, entry| {
            let fits = fits.get(entry).copied().ok_or_else(|| fault("a row's text is in no dictionary"))?;
            if fits {
                put_within(&mut found, ranges, &rows);
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Of each text of a dictionary, whether it fits.
fn entries(page: &[u8], fits: &mut impl FnMut(&str) -> bool) -> Result<Vec<bool>, ParquetError> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (value, after) =
            after.split_at_checked(length).ok_or_else(|| fault("a dictionary is cut short"))?;
        found.push(std::str::from_utf8(value).is_ok_and(&mut *fits));
        rest = after;
    }
    Ok(found)
}

/// Gives the rows of a page, run by run, with the number of their text in the dictionary.
fn runs(
    page: &Page,
    rows: Range<usize>,
    each: &mut dyn FnMut(Range<usize>, usize) -> Result<(), ParquetError>,
) -> Result<(), ParquetError> {
    if !matches!(page.encoding(), Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) {
        return Err(fault("a page of text is not by its dictionary"));
    }
    // No column may be empty of a value, so a page has neither definition nor repetition levels.
    let Some((width, mut rest)) = page.buffer().split_first() else {
        return Err(fault("a page is cut short"));
    };
    let width = usize::from(*width);
    if width > 32 {
        return Err(fault("a page's numbers are too wide"));
    }
    let mut at = rows.start;
    while at < rows.end {
        let header = varint(&mut rest)?;
        let count = usize::try_from(header >> 1).unwrap_or(usize::MAX);
        if count == 0 {
            return Err(fault("a run of nothing"));
        }
        if header & 1 == 0 {
            let entry = little(take(&mut rest, width.div_ceil(8))?);
            let end = at.saturating_add(count).min(rows.end);
            each(at..end, entry)?;
            at = end;
        } else {
            // Groups of eight; the last may be cut where the page ends.
            let bytes = count.saturating_mul(width).min(rest.len());
            let packed = take(&mut rest, bytes)?;
            let end = at.saturating_add(count.saturating_mul(8)).min(rows.end);
            packed_runs(packed, width, at..end, each)?;
            at = end;
        }
    }
    Ok(())
}

/// Numbers side by side, `width` bits each, from the lowest bit of the first byte on; equal ones next to each other are given as one run.
fn packed_runs(
    packed: &[u8],
    width: usize,
    rows: Range<usize>,
    each: &mut dyn FnMut(Range<usize>, usize) -> Result<(), ParquetError>,
) -> Result<(), ParquetError> {
    let mask = (1_u64 << width) - 1;
    let (mut bits, mut held, mut bytes) = (0_u64, 0_usize, packed.iter());
    let mut run: Option<(usize, u64)> = None;
    for row in rows.clone() {
        while held < width {
            let byte = bytes.next().ok_or_else(|| fault("a page is cut short"))?;
            bits |= u64::from(*byte) << held;
            held += 8;
        }
        let value = bits & mask;
        bits >>= width;
        held -= width;
        match run {
            Some((_, same)) if same == value => {}
            Some((from, other)) => {
                each(from..row, index(other))?;
                run = Some((row, value));
            }
            None => run = Some((row, value)),
        }
    }
    run.map_or(Ok(()), |(from, value)| each(from..rows.end, index(value)))
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn varint(rest: &mut &[u8]) -> Result<u64, ParquetError> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = take(rest, 1)?.first().copied().unwrap_or(0);
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(fault("a run is too long"))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], ParquetError> {
    let (taken, after) = rest.split_at_checked(count).ok_or_else(|| fault("a page is cut short"))?;
    *rest = after;
    Ok(taken)
}

fn little(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// Adds the rows of a run that are asked about.
fn put_within(found: &mut Vec<Range<usize>>, ranges: &[Range<usize>], run: &Range<usize>) {
    let first = ranges.partition_point(|range| range.end <= run.start);
    let touched = ranges.iter().skip(first).take_while(|range| range.start < run.end);
    for range in touched {
        put(found, range.start.max(run.start)..range.end.min(run.end));
    }
}

/// Adds rows after those found so far.
fn put(found: &mut Vec<Range<usize>>, rows: Range<usize>) {
    match found.last_mut().filter(|last| last.end >= rows.start) {
        Some(last) => last.end = last.end.max(rows.end),
        None => found.push(rows),
    }
}

/// The rows of either.
pub(super) fn either(one: Vec<Range<usize>>, other: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut all = [one, other].concat();
    all.sort_unstable_by_key(|range| range.start);
    let mut found = Vec::with_capacity(all.len());
    all.into_iter().for_each(|range| put(&mut found, range));
    found
}

fn fault(what: &str) -> ParquetError {
    ParquetError::General(what.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;

    use super::*;

    /// A file of one column, in pages of as many rows.
    fn file(texts: &[String], page: usize) -> SerializedFileReader<Bytes> {
        let schema = Arc::new(parse_message_type("message m { required byte_array text (utf8); }").unwrap());
        let properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_data_page_row_count_limit(page)
            .set_write_batch_size(page);
        let mut out = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
        let mut group = out.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(text.as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        SerializedFileReader::new(Bytes::from(out.into_inner().unwrap())).unwrap()
    }

    fn pages(file: &SerializedFileReader<Bytes>) -> Box<dyn PageReader> {
        file.get_row_group(0).unwrap().get_column_page_reader(0).unwrap()
    }

    proptest! {
        #[test]
        fn the_rows_found_are_those_whose_text_fits(
            runs in prop::collection::vec((0_u16..600, 1_usize..40), 1..120),
            page in 1_usize..300,
            cuts in prop::collection::btree_set(0_usize..4_000, 0..12),
            wanted in 0_u16..12,
        ) {
            let texts: Vec<String> =
                runs.iter().flat_map(|(text, count)| std::iter::repeat_n(format!("t{text}"), *count)).collect();
            let cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < texts.len()).collect();
            let ranges: Vec<Range<usize>> =
                cuts.chunks_exact(2).map(|cut| cut[0]..cut[1]).chain(std::iter::once(texts.len() - 1..texts.len())).collect();
            let fits = |text: &str| text[1..].parse::<u16>().is_ok_and(|text| text % 12 == wanted);
            let found = fitting(pages(&file(&texts, page)), &ranges, fits).unwrap();
            let rows: Vec<usize> = found.iter().flat_map(Clone::clone).collect();
            let expected: Vec<usize> =
                ranges.iter().flat_map(Clone::clone).filter(|row| fits(&texts[*row])).collect();
            prop_assert_eq!(rows, expected);
            prop_assert!(found.windows(2).all(|two| two[0].end < two[1].start), "neighbours are one range");
        }

        #[test]
        fn a_damaged_page_is_a_fault_and_nothing_worse(
            buffer in prop::collection::vec(any::<u8>(), 0..200),
            rows in 0_usize..2_000,
        ) {
            let page = Page::DataPageV2 {
                buf: buffer.into(),
                num_values: 0,
                encoding: Encoding::RLE_DICTIONARY,
                num_nulls: 0,
                num_rows: 0,
                def_levels_byte_len: 0,
                rep_levels_byte_len: 0,
                is_compressed: false,
                statistics: None,
            };
            let mut given = 0;
            let read = runs(&page, 0..rows, &mut |run, _| {
                given += run.len();
                Ok(())
            });
            prop_assert!(read.is_err() || given == rows);
        }
    }

    #[test]
    fn the_rows_of_either_of_two_are_joined() {
        let (one, other) = (vec![0..2, 5..6], vec![1..3, 6..9, 20..21]);
        assert_eq!(either(one, other), [0..3, 5..9, 20..21]);
    }
}
