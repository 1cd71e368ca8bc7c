//! The questions asked of events, and who answers them.
//!
//! [`Activity`] is the trait every event store answers; [`SpoolActivity`] answers from the spool's own segments by
//! reading the keys of the time asked about and the events whose keys fit.

use std::ops::ControlFlow;
use std::path::PathBuf;

use usher_events::event::{Event, What};
use usher_policy::verdict::Verdict;
use usher_types::ids::{EventId, LessonId, PersonId, SchoolId};
use usher_types::moment::Moment;

use crate::spool::{Key, Segment, SegmentReader, SpoolFault, segments};

/// An event is written when its request ends, and for one that stays open after ten seconds; so a segment may hold
/// events decided this long before it was begun.
const LATE_SECONDS: i64 = 120;

/// Which events are wanted. Everything given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// In which school.
    pub school: SchoolId,
    /// From this moment.
    pub from: Moment,
    /// Before this moment.
    pub until: Moment,
    /// About this person.
    pub person: Option<PersonId>,
    /// In this lesson.
    pub lesson: Option<LessonId>,
    /// With a theme at least this grave.
    pub severity: u8,
    /// Decided at least this strictly.
    pub verdict: Option<Verdict>,
}

impl Question {
    /// Everything in a school in a time.
    pub const fn all(school: SchoolId, from: Moment, until: Moment) -> Self {
        Self { school, from, until, person: None, lesson: None, severity: 0, verdict: None }
    }

    fn key_fits(&self, key: &Key) -> bool {
        self.from <= key.at
            && key.at < self.until
            && self.person.is_none_or(|person| person.number() == key.person)
            && key.severity >= self.severity
            && self.verdict.is_none_or(|verdict| key.verdict > verdict as u8)
    }

    fn fits(&self, event: &Event) -> bool {
        let lesson = || match &event.what {
            What::Web(web) => web.facts.who.lesson,
            What::Tunnel(tunnel) => tunnel.facts.who.lesson,
            What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
        };
        event.school == self.school
            && self.lesson.is_none_or(|wanted| lesson().is_some_and(|lesson| lesson.lesson == wanted))
    }
}

/// Answers questions of events. Calls block on the disk; an async caller moves them off its runtime.
pub trait Activity: Send + Sync + std::fmt::Debug {
    /// The event with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault>;

    /// Gives every event that fits to `each`, in the order they were written, until it says to stop.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault>;

    /// Every event that fits, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find(&self, question: &Question, limit: usize) -> Result<Vec<Event>, SpoolFault> {
        let mut found = Vec::new();
        self.scan(question, &mut |event| {
            found.push(event);
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(found)
    }
}

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
        let all = segments(&self.folder)?;
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

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        for segment in in_time(segments(&self.folder)?, question) {
            let mut reader = SegmentReader::open(&segment)?;
            while let Some(frame) = reader.next_event() {
                if !question.key_fits(&frame.key) {
                    continue;
                }
                match frame.event() {
                    Ok(event) if question.fits(&event) => {
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
