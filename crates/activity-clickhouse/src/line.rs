//! Rows of the tables, as they go over the wire.

use clickhouse::Row as Wire;
use serde::{Deserialize, Serialize};
use usher_events::row::Row;
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::Moment;

/// An event's row. Numbers without a sign keep their bits, as in the files.
#[derive(Debug, Clone, Wire, Serialize, Deserialize)]
pub(crate) struct Line {
    school: u64,
    pub(crate) node: u32,
    batch: u64,
    /// Days since 1970.
    day: u16,
    ordinary: u8,
    at: i64,
    id: i64,
    person: i64,
    kind: u8,
    lesson: i64,
    verdict: u8,
    severity: u8,
    status: u16,
    bytes: i64,
    flags: u8,
    classes: String,
    device: String,
    room: String,
    group: String,
    category: String,
    themes: String,
    site: String,
    media: String,
    engine: String,
    search: String,
    title: String,
    #[serde(with = "raw")]
    pub(crate) event: Vec<u8>,
}

/// A delivery that is there whole.
#[derive(Debug, Clone, Wire, Serialize, Deserialize)]
pub(crate) struct BatchLine {
    pub(crate) school: u64,
    pub(crate) node: u32,
    pub(crate) segment: u64,
    /// The first byte of its first event: two deliveries that begin there are the same one.
    pub(crate) start: u64,
    pub(crate) batch: u64,
    pub(crate) froms: Vec<u64>,
    pub(crate) untils: Vec<u64>,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) events: u64,
}

/// What of a segment came with a delivery.
#[derive(Debug, Clone, Wire, Deserialize)]
pub(crate) struct Stretches {
    pub(crate) froms: Vec<u64>,
    pub(crate) untils: Vec<u64>,
}

/// What a school is called and how many pupils it has, as it said last.
#[derive(Debug, Clone, PartialEq, Eq, Wire, Serialize, Deserialize)]
pub(crate) struct SchoolLine {
    pub(crate) school: u64,
    pub(crate) name: String,
    pub(crate) pupils: u32,
    pub(crate) at: i64,
}

impl Line {
    /// A row of this school, whatever number it has on its own server.
    pub(crate) fn new(
        row: Row,
        event: Vec<u8>,
        (school, node, batch): (SchoolId, u32, u64),
        day: u16,
    ) -> Self {
        Self {
            school: school.number(),
            node,
            batch,
            day,
            ordinary: u8::from(!row.is_notable()),
            at: row.at.unix_ms(),
            id: row.id.number().cast_signed(),
            person: row.person.cast_signed(),
            kind: row.kind,
            lesson: row.lesson.cast_signed(),
            verdict: row.verdict,
            severity: row.severity,
            status: row.status,
            bytes: row.bytes.cast_signed(),
            flags: row.flags,
            classes: row.classes,
            device: row.device,
            room: row.room,
            group: row.group,
            category: row.category,
            themes: row.themes,
            site: row.site,
            media: row.media,
            engine: row.engine,
            search: row.search,
            title: row.title,
            event,
        }
    }

    pub(crate) fn at(&self) -> i64 {
        self.at
    }

    pub(crate) fn into_row(self) -> Row {
        Row {
            kind: self.kind,
            person: self.person.cast_unsigned(),
            lesson: self.lesson.cast_unsigned(),
            verdict: self.verdict,
            severity: self.severity,
            status: self.status,
            bytes: self.bytes.cast_unsigned(),
            flags: self.flags,
            classes: self.classes,
            device: self.device,
            room: self.room,
            group: self.group,
            category: self.category,
            themes: self.themes,
            site: self.site,
            media: self.media,
            engine: self.engine,
            search: self.search,
            title: self.title,
            ..Row::blank(
                Id::new(self.id.cast_unsigned()),
                Id::new(self.school),
                Moment::from_unix_ms(self.at),
            )
        }
    }
}

/// Columns of a row without the whole event, in its order.
pub(crate) const ROW_COLUMNS: &str = "school, node, batch, day, ordinary, at, id, person, kind, lesson, verdict, severity, \
     status, bytes, flags, classes, device, room, `group`, category, themes, site, media, engine, search, title, ''";

/// All columns, in its order.
pub(crate) const ALL_COLUMNS: &str = "school, node, batch, day, ordinary, at, id, person, kind, lesson, verdict, severity, \
     status, bytes, flags, classes, device, room, `group`, category, themes, site, media, engine, search, title, event";

/// Bytes as the server's texts, which may hold any.
mod raw {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}
