//! Writing a file: rows come in their order, are gathered to a row group, and are written column by column.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::ColumnPath;
use usher_types::digest::{Digest, StreamHasher};
use usher_types::moment::Moment;

use super::{EVENT, Full, NUMBERS, TEXTS, schema};
use crate::spool::SpoolFault;

/// Rows held before they are written as a row group: at a kilobyte each they take 64 MiB, and a group's dictionaries are
/// still shared by enough rows.
const GROUP_ROWS: usize = 65_536;
/// Rows of a page. A person's day is about a thousand rows, so it is read from one or two pages.
const PAGE_ROWS: usize = 8_192;
/// Higher levels save a few per cent and take several times as long.
const ZSTD_LEVEL: i32 = 3;
/// A dictionary is never given up within a row group: searches for words read dictionaries only.
const DICTIONARY_BYTES: usize = 256 * 1024 * 1024;
/// How much of a file is read at once to digest it.
const READ_BYTES: usize = 256 * 1024;

/// Writes one file.
pub(crate) struct TableWriter {
    path: PathBuf,
    writer: SerializedFileWriter<BufWriter<File>>,
    group: Vec<Full>,
    written: Written,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) rows: u64,
    pub(crate) whole: u64,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    pub(crate) from: Moment,
    pub(crate) last: Moment,
    pub(crate) first_id: u64,
    pub(crate) last_id: u64,
}

impl TableWriter {
    pub(crate) fn create(path: &Path) -> Result<Self, SpoolFault> {
        let file = File::create(path).map_err(|source| SpoolFault::disk("make", path, source))?;
        let make = || SerializedFileWriter::new(BufWriter::new(file), schema()?, properties()?);
        let writer = make().map_err(|source| SpoolFault::table("begin", path, source))?;
        let written = Written {
            rows: 0,
            whole: 0,
            bytes: 0,
            digest: Digest::of(&[]),
            from: Moment::from_unix_ms(i64::MAX),
            last: Moment::from_unix_ms(i64::MIN),
            first_id: u64::MAX,
            last_id: 0,
        };
        Ok(Self { path: path.to_owned(), writer, group: Vec::new(), written })
    }

    /// Takes the next row. Rows come by [`Full::order`].
    pub(crate) fn push(&mut self, full: Full) -> Result<(), SpoolFault> {
        let other_kind = self.group.last().is_some_and(|last| last.row.is_notable() != full.row.is_notable());
        if other_kind || self.group.len() >= GROUP_ROWS {
            self.write_group()?;
        }
        let written = &mut self.written;
        written.rows += 1;
        written.whole += u64::from(!full.event.is_empty());
        written.from = written.from.min(full.row.at);
        written.last = written.last.max(full.row.at);
        written.first_id = written.first_id.min(full.row.id.number());
        written.last_id = written.last_id.max(full.row.id.number());
        self.group.push(full);
        Ok(())
    }

    /// Ends the file; it is on the disk when this is done.
    pub(crate) fn finish(mut self) -> Result<Written, SpoolFault> {
        self.write_group()?;
        let (path, mut written) = (self.path, self.written);
        let mut out = self.writer.into_inner().map_err(|source| SpoolFault::table("end", &path, source))?;
        let synced = out.flush().and_then(|()| out.get_ref().sync_all());
        synced.map_err(|source| SpoolFault::disk("write", &path, source))?;
        (written.digest, written.bytes) = digest(&path)?;
        Ok(written)
    }

    fn write_group(&mut self) -> Result<(), SpoolFault> {
        let group = std::mem::take(&mut self.group);
        if group.is_empty() {
            return Ok(());
        }
        let write = || {
            let mut out = self.writer.next_row_group()?;
            for (number, _) in NUMBERS {
                let values: Vec<i64> = group.iter().map(|full| number.of(&full.row)).collect();
                numbers(&mut out, &values)?;
            }
            for (text, _) in TEXTS {
                bytes(&mut out, group.iter().map(|full| text.of(&full.row).as_bytes().to_vec()))?;
            }
            bytes(&mut out, group.into_iter().map(|full| full.event))?;
            out.close().map(drop)
        };
        write().map_err(|source| SpoolFault::table("write", &self.path, source))
    }
}

type Group<'a> = SerializedRowGroupWriter<'a, BufWriter<File>>;

fn numbers(out: &mut Group<'_>, values: &[i64]) -> Result<(), ParquetError> {
    let Some(mut column) = out.next_column()? else {
        return Err(ParquetError::General("a column too many".into()));
    };
    column.typed::<Int64Type>().write_batch(values, None, None)?;
    column.close()
}

fn bytes(out: &mut Group<'_>, values: impl Iterator<Item = Vec<u8>>) -> Result<(), ParquetError> {
    let Some(mut column) = out.next_column()? else {
        return Err(ParquetError::General("a column too many".into()));
    };
    let values: Vec<ByteArray> = values.map(ByteArray::from).collect();
    column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
    column.close()
}

fn properties() -> Result<WriterPropertiesPtr, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("usher".into());
    let path = |name: &str| ColumnPath::from(name);
    for name in ["at", "id", "bytes"] {
        properties = properties
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED);
    }
    properties = properties
        .set_column_statistics_enabled(path("person"), EnabledStatistics::Page)
        .set_column_dictionary_enabled(path(EVENT), false)
        .set_column_encoding(path(EVENT), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .set_column_statistics_enabled(path(EVENT), EnabledStatistics::None);
    for name in ["search", "title"] {
        properties = properties.set_column_statistics_enabled(path(name), EnabledStatistics::None);
    }
    Ok(Arc::new(properties.build()))
}

/// The digest and length of a file as it lies on the disk.
pub(crate) fn digest(path: &Path) -> Result<(Digest, u64), SpoolFault> {
    let fault = |source| SpoolFault::disk("read", path, source);
    let mut file = File::open(path).map_err(fault)?;
    let (mut hasher, mut length, mut buffer) = (StreamHasher::default(), 0, vec![0; READ_BYTES]);
    loop {
        let read = file.read(&mut buffer).map_err(fault)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        length += u64::try_from(read).unwrap_or(0);
    }
    Ok((hasher.finish(), length))
}
