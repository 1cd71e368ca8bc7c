//! Deliveries: at least once over the wire, exactly once in every answer.
//!
//! The events of a delivery are written first, under a number of their own; then one row in `batches` names that number,
//! and only from then on do they count. Whatever breaks off before leaves rows that no answer reads ([`crate::keep`] takes
//! them away). A delivery that comes again finds its stretches in `batches`; one that was on its way twice at once is in
//! `batches` twice, and the lower number counts.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use jiff::civil::{Date, date};
use usher_activity::spool::SpoolFault;
use usher_activity::store::Delivery;
use usher_events::row::Row;
use usher_events::wire;

use crate::line::{BatchLine, Line, Stretches};
use crate::school::School;

/// A connection that takes nothing for so long is cut.
const SEND: Duration = Duration::from_secs(30);
/// So long the server may take to say that it has it.
const ANSWER: Duration = Duration::from_secs(90);

/// Which batches count of a school whose first and last event fall into a time: its values are bound as school, first and
/// last millisecond.
pub(crate) const COUNTS: &str = "batch IN (SELECT min(batch) FROM batches WHERE school = ? AND last >= ? AND first <= ? \
     GROUP BY node, segment, start)";

pub(crate) fn covered(school: &School, node: u32, segment: u64) -> Result<Vec<Range<u64>>, SpoolFault> {
    let asked = school
        .warehouse
        .client
        .query("SELECT froms, untils FROM batches WHERE school = ? AND node = ? AND segment = ?")
        .bind(school.school.number())
        .bind(node)
        .bind(segment);
    let found = school.warehouse.bridge.wait("ask", asked.fetch_all::<Stretches>())?;
    let all = found.iter().flat_map(|one| one.froms.iter().copied().zip(one.untils.iter().copied()));
    Ok(joined(all.collect()))
}

pub(crate) fn take(school: &School, delivery: &Delivery) -> Result<u64, SpoolFault> {
    let known = covered(school, delivery.node, delivery.segment)?;
    let batch = number()?;
    let (mut lines, mut stretches, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for frame in &delivery.frames {
        if known.iter().any(|range| range.contains(&frame.from)) || !seen.insert(frame.from) {
            continue;
        }
        let event = wire::decode(&frame.event).map_err(|error| SpoolFault::Server {
            doing: "hand in an event that cannot be read to",
            source: Box::new(error),
        })?;
        let row = Row::of(&event);
        let day = days(school.zone.local(row.at).date());
        lines.push(Line::new(row, frame.event.clone(), (school.school, delivery.node, batch), day));
        stretches.push((frame.from, frame.until));
    }
    put(school, &lines, (delivery.node, delivery.segment, batch), &joined(stretches))
}

/// Writes the rows, and then that they are there.
fn put(
    school: &School,
    lines: &[Line],
    (node, segment, batch): (u32, u64, u64),
    stretches: &[Range<u64>],
) -> Result<u64, SpoolFault> {
    let (Some(first), Some(last)) = (lines.iter().map(Line::at).min(), lines.iter().map(Line::at).max())
    else {
        return Ok(0);
    };
    let events = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let whole = BatchLine {
        school: school.school.number(),
        node,
        segment,
        start: stretches.first().map_or(0, |range| range.start),
        batch,
        froms: stretches.iter().map(|range| range.start).collect(),
        untils: stretches.iter().map(|range| range.end).collect(),
        first,
        last,
        events,
    };
    write(school, lines)?;
    let client = &school.warehouse.client;
    school.warehouse.bridge.wait("write to", async {
        let mut insert = client.insert::<BatchLine>("batches").await?.with_timeouts(Some(SEND), Some(ANSWER));
        insert.write(&whole).await?;
        insert.end().await
    })?;
    Ok(events)
}

/// Takes in rows whose events are not kept, as the first of a segment of their own; does nothing when they are there.
pub(crate) fn take_rows(school: &School, node: u32, segment: u64, rows: Vec<Row>) -> Result<u64, SpoolFault> {
    if rows.is_empty() || !covered(school, node, segment)?.is_empty() {
        return Ok(0);
    }
    let batch = number()?;
    let line = |row: Row| {
        let day = days(school.zone.local(row.at).date());
        Line::new(row, Vec::new(), (school.school, node, batch), day)
    };
    let lines: Vec<Line> = rows.into_iter().map(line).collect();
    let frames = 0..u64::try_from(lines.len()).unwrap_or(u64::MAX);
    put(school, &lines, (node, segment, batch), &[frames])
}

fn write(school: &School, lines: &[Line]) -> Result<(), SpoolFault> {
    let client = &school.warehouse.client;
    school.warehouse.bridge.wait("write to", async {
        let mut insert =
            client.insert::<Line>(&school.table()).await?.with_timeouts(Some(SEND), Some(ANSWER));
        for line in lines {
            insert.write(line).await?;
        }
        insert.end().await
    })
}

/// A number nobody else has.
fn number() -> Result<u64, SpoolFault> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|source| SpoolFault::Server { doing: "number what goes to", source: Box::new(source) })?;
    Ok(u64::from_le_bytes(bytes))
}

/// A day as the server counts them: from 1970, two bytes.
pub(crate) fn days(day: Date) -> u16 {
    let since = day.duration_since(date(1970, 1, 1)).as_hours() / 24;
    u16::try_from(since).unwrap_or(if since < 0 { 0 } else { u16::MAX })
}

/// The same stretches in order, those that meet as one.
fn joined(mut all: Vec<(u64, u64)>) -> Vec<Range<u64>> {
    all.sort_unstable();
    let mut joined: Vec<Range<u64>> = Vec::new();
    for (from, until) in all {
        match joined.last_mut().filter(|last| from <= last.end) {
            Some(last) => last.end = last.end.max(until),
            None => joined.push(from..until),
        }
    }
    joined
}
