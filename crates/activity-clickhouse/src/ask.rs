//! Questions as the server's queries. What a question means is [`Tests`]'s, the same as for the files.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use clickhouse::query::{Query, RowCursor};
use clickhouse::{Row as Wire, RowOwned, RowRead};
use serde::{Deserialize, Serialize};
use usher_activity::filter::{NUMBERS, Number, TEXTS, Tests, Text, TextTest};
use usher_activity::question::{By, Counts, Cursor, Figures, Page, Question};
use usher_activity::spool::SpoolFault;
use usher_events::event::{Event, What};
use usher_events::row::{BLOCKED, NOBODY, REQUEST, Row, SHARED, UNREAD};
use usher_events::wire;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::line::{ALL_COLUMNS, Line, ROW_COLUMNS};
use crate::school::School;
use crate::take::COUNTS;

/// Offsets from UTC are whole quarters of an hour, so a quarter has one hour and one day.
const QUARTER_MS: i64 = 900_000;

/// A value that is bound.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Signed(i64),
    Number(u64),
    Text(String),
}

/// A condition and its values, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Where {
    text: String,
    values: Vec<Value>,
}

impl Where {
    pub(crate) fn and(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(text);
        self.values.extend(values);
    }

    /// What of a school came whole, and lies between these milliseconds.
    pub(crate) fn of_school(school: &School, from: i64, last: i64) -> Self {
        let number = school.school.number();
        let mut all = Self::default();
        all.and("school = ?", [Value::Number(number)]);
        all.and(COUNTS, [Value::Number(number), Value::Signed(from), Value::Signed(last)]);
        all
    }

    /// What fits a question; none where nothing can.
    fn of(school: &School, question: &Question) -> Option<Self> {
        if question.school != school.school {
            return None;
        }
        let tests = Tests::of(question);
        let (from, last) = (question.from.unix_ms(), question.until.unix_ms().saturating_sub(1));
        let mut all = Self::of_school(school, from, last);
        for (number, between) in &tests.numbers {
            let name = number_name(*number);
            all.and(&format!("{name} BETWEEN ? AND ?"), [Value::Signed(between.0), Value::Signed(between.1)]);
        }
        for (text, test) in &tests.texts {
            let name = text_name(*text);
            match test {
                TextTest::Is(wanted) => all.and(&format!("{name} = ?"), [Value::Text(wanted.clone())]),
                TextTest::Word(wanted) => {
                    all.and(&format!("has(splitByChar(' ', {name}), ?)"), [Value::Text(wanted.clone())]);
                }
            }
        }
        if let Some(phrase) =
            tests.phrase.map(|phrase| phrase.words().into_owned()).filter(|phrase| !phrase.is_empty())
        {
            all.and(
                "(position(lowerUTF8(search), ?) > 0 OR position(lowerUTF8(title), ?) > 0)",
                [Value::Text(phrase.clone()), Value::Text(phrase)],
            );
        }
        Some(all)
    }

    /// A query of the events this fits.
    pub(crate) fn select(self, school: &School, what: &str, end: &str) -> Query {
        let text = format!("SELECT {what} FROM {} WHERE {} {end}", school.table(), self.text);
        self.bound(school, &text)
    }

    /// A statement with this as its condition.
    pub(crate) fn bound(self, school: &School, text: &str) -> Query {
        bind(school.warehouse.client.query(text), self.values)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

pub(crate) fn bind(query: Query, values: Vec<Value>) -> Query {
    values.into_iter().fold(query, Query::bind)
}

/// Names of columns are these tables' and nobody else's words. `group` is a word of SQL's.
fn number_name(number: Number) -> String {
    named(NUMBERS.iter().find(|(known, _)| *known == number).map_or("", |(_, name)| name))
}

fn text_name(text: Text) -> String {
    named(TEXTS.iter().find(|(known, _)| *known == text).map_or("", |(_, name)| name))
}

fn named(name: &str) -> String {
    format!("`{name}`")
}

/// Gives each answer to `each` until it says to stop; no more than a block of them is held.
pub(crate) fn every<T: RowOwned + RowRead>(
    school: &School,
    query: Query,
    each: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    let bridge = &school.warehouse.bridge;
    let mut cursor: RowCursor<T> = bridge.wait("ask", async { query.fetch::<T>() })?;
    while let Some(answer) = bridge.wait("ask", cursor.next())? {
        if each(answer).is_break() {
            break;
        }
    }
    Ok(())
}

fn decoded(school: &School, bytes: &[u8]) -> Option<Event> {
    match wire::decode(bytes) {
        Ok(mut event) => {
            event.school = school.school;
            Some(event)
        }
        Err(error) => {
            tracing::warn!(%error, "an event cannot be read");
            None
        }
    }
}

pub(crate) fn event(school: &School, id: EventId) -> Result<Option<Event>, SpoolFault> {
    let mut all = Where::of_school(school, 0, i64::MAX);
    all.and("id = ?", [Value::Signed(id.number().cast_signed())]);
    all.and("event != ''", []);
    let mut found = None;
    every(school, all.select(school, ALL_COLUMNS, ""), &mut |line: Line| {
        found = decoded(school, &line.event).filter(|event| !matches!(event.what, What::Ended(_)));
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

pub(crate) fn scan(
    school: &School,
    question: &Question,
    each: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    let Some(mut all) = Where::of(school, question) else { return Ok(()) };
    all.and("event != ''", []);
    every(school, all.select(school, ALL_COLUMNS, ""), &mut |line: Line| {
        decoded(school, &line.event).map_or(ControlFlow::Continue(()), &mut *each)
    })
}

pub(crate) fn rows(
    school: &School,
    question: &Question,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    let Some(all) = Where::of(school, question) else { return Ok(()) };
    every(school, all.select(school, ROW_COLUMNS, ""), &mut |line: Line| each(line.into_row()))
}

pub(crate) fn page(
    school: &School,
    question: &Question,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page, SpoolFault> {
    let mut page = Page { rows: Vec::new(), next: None };
    let Some(mut all) = Where::of(school, question) else { return Ok(page) };
    if let Some(Cursor { at, id }) = after {
        let (at, id) = (at.unix_ms(), id.number());
        all.and(
            "(at > ? OR (at = ? AND toUInt64(id) > ?))",
            [Value::Signed(at), Value::Signed(at), Value::Number(id)],
        );
    }
    let end = format!("ORDER BY at, toUInt64(id) LIMIT {}", limit.saturating_add(1));
    let mut more = false;
    every(school, all.select(school, ROW_COLUMNS, &end), &mut |line: Line| {
        if page.rows.len() < limit {
            page.rows.push(line.into_row());
        } else {
            more = true;
        }
        ControlFlow::Continue(())
    })?;
    page.next = page.rows.last().filter(|_| more).map(|row| Cursor { at: row.at, id: row.id });
    Ok(page)
}

/// Counts under a key.
#[derive(Debug, Wire, Deserialize)]
struct Counted {
    key: String,
    requests: u64,
    blocked: u64,
    searches: u64,
    found: u64,
    unread: u64,
    nobody: u64,
    shared: u64,
    total: i64,
}

/// The figures of rows, in the order of [`Counted`].
pub(crate) fn figures() -> String {
    let flag = |flag: u8| format!("countIf(bitAnd(flags, {flag}) != 0)");
    [
        flag(REQUEST),
        flag(BLOCKED),
        "countIf(engine != '')".to_owned(),
        "countIf(severity > 0)".to_owned(),
        flag(UNREAD),
        flag(NOBODY),
        flag(SHARED),
        "sum(bytes)".to_owned(),
    ]
    .join(", ")
}

/// What rows are counted by on the server.
const fn key(by: &By) -> &'static str {
    match by {
        By::All => "''",
        By::Person => "if(person = 0, '', toString(toUInt64(person)))",
        By::Class => "arrayJoin(splitByChar(' ', classes))",
        By::Theme => "arrayJoin(splitByChar(' ', themes))",
        By::Device => "device",
        By::Room => "room",
        By::Group => "`group`",
        By::Category => "category",
        By::Site => "site",
        By::Hour(_) | By::Day(_) => "toString(intDiv(at, 900000))",
    }
}

pub(crate) fn counts(school: &School, question: &Question, by: &By) -> Result<Counts, SpoolFault> {
    let mut counts: Counts = BTreeMap::new();
    let Some(all) = Where::of(school, question) else { return Ok(counts) };
    let what = format!("{} AS key, {}", key(by), figures());
    let query = all.select(school, &what, "GROUP BY key HAVING count() > 0");
    every(school, query, &mut |counted: Counted| {
        let figures = Figures {
            requests: counted.requests,
            blocked: counted.blocked,
            searches: counted.searches,
            found: counted.found,
            unread: counted.unread,
            nobody: counted.nobody,
            shared: counted.shared,
            bytes: counted.total.cast_unsigned(),
        };
        let quarter =
            || Moment::from_unix_ms(counted.key.parse::<i64>().unwrap_or(0).saturating_mul(QUARTER_MS));
        let key = match by {
            By::Hour(zone) => format!("{:02}", zone.local(quarter()).time().hour()),
            By::Day(zone) => zone.local(quarter()).date().to_string(),
            _ => counted.key,
        };
        if !key.is_empty() || *by == By::All {
            counts.entry(key).or_default().join(&figures);
        }
        ControlFlow::Continue(())
    })?;
    Ok(counts)
}
