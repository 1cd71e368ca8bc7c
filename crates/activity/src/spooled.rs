//! Answers from the spool's own segments, by reading the keys of the time asked about and the events whose keys fit.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use usher_events::event::{Event, What};
use usher_events::row::Row;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::filter::Tests;
use crate::question::{Activity, Question};
use crate::spool::{EventFrame, Key, Segment, SegmentReader, SpoolFault, segments};

/// An event is written when its request ends, and for one that stays open after ten seconds; so a segment may hold
/// events decided this long before it was begun.
const LATE_SECONDS: i64 = 120;

/// Answers from the spool's segments.
#[derive(Debug, Clone)]
pub struct SpoolActivity {
    folder: PathBuf,
}

impl SpoolActivity {
    /// Answers from the spool in this folder, which may be growing.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Activity for SpoolActivity {
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault> {
        event_in(&self.folder, id)
    }

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        scan_but(&self.folder, question, &|_| Vec::new(), each)
    }
}

/// The event with this id, in a spool.
pub(crate) fn event_in(folder: &Path, id: EventId) -> Result<Option<Event>, SpoolFault> {
    let all = segments(folder)?;
    // Ids rise with the segments, except for requests in flight when one was begun: look a segment further.
    let after = all.partition_point(|segment| segment.first_id <= id.number());
    let candidates = all.get(after.saturating_sub(1)..).unwrap_or_default().iter().take(2);
    let earlier = all.get(..after.saturating_sub(1)).unwrap_or_default().iter().rev();
    for segment in candidates.chain(earlier) {
        let mut reader = SegmentReader::open(segment)?;
        while let Some(frame) = reader.next_event() {
            match frame.event() {
                Ok(event) if event.id == id && !matches!(event.what, What::Ended(_)) => {
                    return Ok(Some(event));
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, segment = segment.number, "an event cannot be read"),
            }
        }
    }
    Ok(None)
}

/// Every event of a spool that fits, but those in the ranges that `but` gives for a segment.
pub(crate) fn scan_but(
    folder: &Path,
    question: &Question,
    but: &dyn Fn(u64) -> Vec<Range<u64>>,
    each: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<(), SpoolFault> {
    let tests = Tests::of(question);
    for segment in in_time(segments(folder)?, question) {
        let covered = but(segment.number);
        let mut reader = match SegmentReader::open(&segment) {
            // Removed meanwhile: it was in the files wholly when they were asked.
            Err(SpoolFault::Disk { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => continue,
            reader => reader?,
        };
        while let Some(frame) = next_but(&mut reader, &covered) {
            if !key_fits(question, &frame.key) {
                continue;
            }
            match frame.event() {
                Ok(event) if event.school == question.school && tests.fit(&Row::of(&event)) => {
                    if each(event).is_break() {
                        return Ok(());
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, segment = segment.number, "an event cannot be read"),
            }
        }
    }
    Ok(())
}

/// The next event that is in none of the ranges.
pub(crate) fn next_but<'a>(reader: &'a mut SegmentReader, covered: &[Range<u64>]) -> Option<EventFrame<'a>> {
    while let Some(range) = covered.iter().find(|range| range.contains(&reader.offset())) {
        reader.skip_to(range.end)?;
    }
    reader.next_event()
}

fn key_fits(question: &Question, key: &Key) -> bool {
    question.from <= key.at
        && key.at < question.until
        && question.person.is_none_or(|person| person.number() == key.person)
        && key.severity >= question.severity
        && question.verdict.is_none_or(|verdict| key.verdict > verdict as u8)
}

/// The segments that may hold events of the time asked about.
fn in_time(all: Vec<Segment>, question: &Question) -> Vec<Segment> {
    let ends: Vec<Option<Moment>> =
        all.iter().skip(1).map(|next| Some(next.created_at)).chain([None]).collect();
    all.into_iter()
        .zip(ends)
        .filter(|(segment, end)| {
            let begun_before_end = segment.created_at.plus_seconds(-LATE_SECONDS) < question.until;
            begun_before_end && end.is_none_or(|end| question.from < end.plus_seconds(LATE_SECONDS))
        })
        .map(|(segment, _)| segment)
        .collect()
}
