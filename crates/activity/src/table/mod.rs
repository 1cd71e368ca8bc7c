//! One file of events: Parquet, a column for each field of [`Row`] and one for the event as it was written.
//!
//! Rows lie as (ordinary, person, time, id), and what is notable is in row groups of its own: a report reads those and
//! nothing else, and a person's day is a few pages. The form is open: any reader of Parquet opens a file.
//! Does not: know of other files; that is [`crate::manifest`].

mod dictionary;
mod positioned;
mod read;
mod write;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;
use usher_events::row::Row;
use usher_types::ids::Id;
use usher_types::moment::Moment;

pub(crate) use read::{CHUNK_ROWS, Stream, Table};
pub(crate) use write::{TableWriter, digest};

/// Columns of numbers, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// 1 where reports do not look at the event itself, otherwise 0.
    Ordinary,
    /// Whom it is about.
    Person,
    /// When, in milliseconds of Unix time.
    At,
    /// Its id.
    Id,
    /// Its kind.
    Kind,
    /// In which lesson.
    Lesson,
    /// How strictly it was decided.
    Verdict,
    /// How grave its gravest theme is.
    Severity,
    /// The HTTP status.
    Status,
    /// Body bytes to the client.
    Bytes,
    /// What else is so.
    Flags,
}

/// Columns of text, in the order of the file, after the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// Classes, with spaces between.
    Classes,
    /// The device.
    Device,
    /// The room.
    Room,
    /// The policy group.
    Group,
    /// The category that decided.
    Category,
    /// Themes, with spaces between.
    Themes,
    /// The site.
    Site,
    /// The media type.
    Media,
    /// The search engine.
    Engine,
    /// What was searched for.
    Search,
    /// The page's title.
    Title,
}

/// The columns of numbers and their names.
pub const NUMBERS: [(Number, &str); 11] = [
    (Number::Ordinary, "ordinary"),
    (Number::Person, "person"),
    (Number::At, "at"),
    (Number::Id, "id"),
    (Number::Kind, "kind"),
    (Number::Lesson, "lesson"),
    (Number::Verdict, "verdict"),
    (Number::Severity, "severity"),
    (Number::Status, "status"),
    (Number::Bytes, "bytes"),
    (Number::Flags, "flags"),
];

/// The columns of text and their names.
pub const TEXTS: [(Text, &str); 11] = [
    (Text::Classes, "classes"),
    (Text::Device, "device"),
    (Text::Room, "room"),
    (Text::Group, "group"),
    (Text::Category, "category"),
    (Text::Themes, "themes"),
    (Text::Site, "site"),
    (Text::Media, "media"),
    (Text::Engine, "engine"),
    (Text::Search, "search"),
    (Text::Title, "title"),
];

/// The event as it was written; empty where only its row is kept.
pub(crate) const EVENT: &str = "event";

impl Number {
    pub(crate) const fn column(self) -> usize {
        self as usize
    }

    /// The number in a row. Numbers without a sign keep their bits.
    pub fn of(self, row: &Row) -> i64 {
        match self {
            Self::Ordinary => i64::from(!row.is_notable()),
            Self::Person => signed(row.person),
            Self::At => row.at.unix_ms(),
            Self::Id => signed(row.id.number()),
            Self::Kind => i64::from(row.kind),
            Self::Lesson => signed(row.lesson),
            Self::Verdict => i64::from(row.verdict),
            Self::Severity => i64::from(row.severity),
            Self::Status => i64::from(row.status),
            Self::Bytes => signed(row.bytes),
            Self::Flags => i64::from(row.flags),
        }
    }
}

impl Text {
    pub(crate) const fn column(self) -> usize {
        NUMBERS.len() + self as usize
    }

    /// The text in a row.
    pub fn of(self, row: &Row) -> &str {
        match self {
            Self::Classes => &row.classes,
            Self::Device => &row.device,
            Self::Room => &row.room,
            Self::Group => &row.group,
            Self::Category => &row.category,
            Self::Themes => &row.themes,
            Self::Site => &row.site,
            Self::Media => &row.media,
            Self::Engine => &row.engine,
            Self::Search => &row.search,
            Self::Title => &row.title,
        }
    }
}

/// A row and the event as it was written; empty where only the row is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) row: Row,
    pub(crate) event: Vec<u8>,
}

impl Full {
    /// See [`order`].
    pub(crate) fn order(&self) -> (bool, u64, Moment, u64) {
        order(&self.row)
    }
}

/// What rows lie by in a file.
pub(crate) fn order(row: &Row) -> (bool, u64, Moment, u64) {
    (!row.is_notable(), row.person, row.at, row.id.number())
}

/// Parquet knows no unsigned numbers; bits are kept.
pub(crate) const fn signed(number: u64) -> i64 {
    i64::from_le_bytes(number.to_le_bytes())
}

/// The number those bits were.
pub(crate) const fn unsigned(number: i64) -> u64 {
    u64::from_le_bytes(number.to_le_bytes())
}

/// Every column is there in every row: absence is 0 or the empty text, which no column has otherwise.
fn schema() -> Result<TypePtr, ParquetError> {
    let mut fields: Vec<TypePtr> = Vec::new();
    let mut add = |name: &str, physical, converted| {
        let field = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .with_converted_type(converted)
            .build()?;
        fields.push(Arc::new(field));
        Ok::<(), ParquetError>(())
    };
    for (_, name) in NUMBERS {
        let converted = if name == "at" { ConvertedType::TIMESTAMP_MILLIS } else { ConvertedType::NONE };
        add(name, Physical::INT64, converted)?;
    }
    for (_, name) in TEXTS {
        add(name, Physical::BYTE_ARRAY, ConvertedType::UTF8)?;
    }
    add(EVENT, Physical::BYTE_ARRAY, ConvertedType::NONE)?;
    Type::group_type_builder("event").with_fields(fields).build().map(Arc::new)
}

/// A row as read back, before its texts.
pub(super) fn blank(school: u64) -> Row {
    Row::blank(Id::new(0), Id::new(school), Moment::from_unix_ms(0))
}
