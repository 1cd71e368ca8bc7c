//! What was recorded in a time, as the lines of an access log, by time.
//!
//! Owns: the order, the ends of what was still open, and how little is held at once.
//! Does not: write a file, or decide who may be shown what; whoever asks says for whom it is.

use std::collections::HashMap;
use std::ops::ControlFlow;

use jiff::ToSpan as _;
use usher_events::event::{Ended, Event, What};
use usher_reports::access_log::{Line, UserNames};
use usher_reports::names::Audience;
use usher_types::ids::EventId;
use usher_types::moment::{Moment, Zone};

use crate::question::{Activity, By, Question};
use crate::spool::SpoolFault;

/// Lines held to put them in order: some 40 MB of them. A day that has more is read in pieces.
const MOST_HELD: usize = 100_000;

/// What became of the events of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Lines given.
    pub lines: u64,
    /// Left out, as they are not for this audience.
    pub withheld: u64,
    /// Left out, as only their figures are kept: the address is gone.
    pub reduced: u64,
}

/// For whom a log is, and how its people and days are told.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// Who may be shown it.
    pub audiences: &'a [Audience],
    /// User names.
    pub users: &'a UserNames,
    /// Whose days it is read by.
    pub zone: &'a Zone,
}

/// Takes lines until it says to stop.
pub type Each<'a> = dyn FnMut(&Line) -> ControlFlow<()> + 'a;

/// Gives a line for every request of a question, by time, until `each` says to stop. What ended more than a day after the
/// day it began in is told as it stood when it began. Blocks on the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn lines(
    activity: &dyn Activity,
    question: &Question,
    whom: For<'_>,
    each: &mut Each<'_>,
) -> Result<Told, SpoolFault> {
    lines_holding(MOST_HELD, (activity, question), whom, each)
}

fn lines_holding(
    most: usize,
    (activity, question): (&dyn Activity, &Question),
    whom: For<'_>,
    each: &mut Each<'_>,
) -> Result<Told, SpoolFault> {
    let (ends, told) = (HashMap::new(), Told::default());
    let mut log = Log { most, activity, question, whom, ends, told, whole: 0 };
    let mut day = whom.zone.local(question.from).date();
    loop {
        let next = day.checked_add(1.day()).unwrap_or(day);
        let from = whom.zone.start_of(day).max(question.from);
        let until = whom.zone.start_of(next).min(question.until);
        if from >= until {
            break;
        }
        if log.day(from, until, each)?.is_break() {
            return Ok(log.told);
        }
        day = next;
    }
    let all = activity.counts(question, &By::All)?.remove("").unwrap_or_default();
    log.told.reduced = all.requests.saturating_sub(log.whole);
    Ok(log.told)
}

struct Log<'a> {
    most: usize,
    activity: &'a dyn Activity,
    question: &'a Question,
    whom: For<'a>,
    ends: HashMap<EventId, Ended>,
    told: Told,
    /// Requests that are kept whole, those that are no line too.
    whole: u64,
}

/// Lines with what puts them in order, and how many events were requests or not for this audience.
#[derive(Default)]
struct Held {
    lines: Vec<(Moment, EventId, Line)>,
    whole: u64,
    withheld: u64,
}

impl Log<'_> {
    fn day(
        &mut self,
        from: Moment,
        until: Moment,
        each: &mut Each<'_>,
    ) -> Result<ControlFlow<()>, SpoolFault> {
        self.ends.clear();
        let ends = &mut self.ends;
        let all = Question::all(self.question.school, from, until.plus_minutes(24 * 60));
        // An end is about no request of its own, so the ordinary ones need not be read for it.
        self.activity.scan(&Question { notable: true, ..all }, &mut |event| {
            if let What::Ended(ended) = event.what {
                ends.insert(ended.event, ended);
            }
            ControlFlow::Continue(())
        })?;
        self.piece(from, until, each)
    }

    fn piece(
        &mut self,
        from: Moment,
        until: Moment,
        each: &mut Each<'_>,
    ) -> Result<ControlFlow<()>, SpoolFault> {
        let span = until.unix_ms() - from.unix_ms();
        let mut held = Held::default();
        let mut is_too_much = false;
        let question = Question { from, until, ..self.question.clone() };
        self.activity.scan(&question, &mut |event| {
            if held.lines.len() == self.most && span > 1 {
                is_too_much = true;
                return ControlFlow::Break(());
            }
            self.hold(&mut held, &event);
            ControlFlow::Continue(())
        })?;
        if is_too_much {
            drop(held);
            let middle = Moment::from_unix_ms(from.unix_ms() + span / 2);
            let first = self.piece(from, middle, each)?;
            return if first.is_break() { Ok(first) } else { self.piece(middle, until, each) };
        }
        self.whole += held.whole;
        self.told.withheld += held.withheld;
        held.lines.sort_unstable_by_key(|(at, id, _)| (*at, *id));
        for (_, _, line) in &held.lines {
            if each(line).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.told.lines += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn hold(&self, held: &mut Held, event: &Event) {
        if matches!(event.what, What::Web(_) | What::Tunnel(_)) {
            held.whole += 1;
        }
        let Some(line) = Line::of(event, self.ends.get(&event.id), self.whom.users) else { return };
        if self.whom.audiences.contains(&line.audience) {
            held.lines.push((event.at, event.id, line));
        } else {
            held.withheld += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use usher_testkit::{events, facts, lists, snapshot};
    use usher_types::ids::Id;

    use super::*;

    /// Events in no order, as the files give them; nothing but a time narrows them.
    #[derive(Debug)]
    struct Recorded(Vec<Event>);

    impl Activity for Recorded {
        fn event(&self, _: EventId) -> Result<Option<Event>, SpoolFault> {
            Ok(None)
        }

        fn scan(
            &self,
            question: &Question,
            each: &mut dyn FnMut(Event) -> ControlFlow<()>,
        ) -> Result<(), SpoolFault> {
            for event in self.0.iter().filter(|event| question.from <= event.at && event.at < question.until)
            {
                if each(event.clone()).is_break() {
                    break;
                }
            }
            Ok(())
        }
    }

    fn told(recorded: &Recorded, minutes: i64, audiences: &[Audience]) -> (Vec<Line>, Told) {
        let (users, zone) = (UserNames::default(), Zone::london());
        let question = Question::all(Id::new(1), monday(), monday().plus_minutes(minutes));
        let mut found = Vec::new();
        let whom = For { audiences, users: &users, zone: &zone };
        let told = lines_holding(100, (recorded, &question), whom, &mut |line| {
            found.push(line.clone());
            ControlFlow::Continue(())
        });
        (found, told.unwrap())
    }

    fn monday() -> Moment {
        Zone::london().parse("2026-11-23T00:00").unwrap()
    }

    fn recorded(count: u64, apart_ms: u64, who: &str) -> Recorded {
        let snapshot = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
        let one = |number: u64| {
            let ms = i64::try_from(number * apart_ms).unwrap();
            let facts = facts::get(facts::at_device(facts::subject(who)), "http://news.example/");
            events::web(number, &snapshot, facts, Moment::from_unix_ms(monday().unix_ms() + ms))
        };
        Recorded((0..count).rev().map(one).collect())
    }

    #[test]
    fn lines_come_by_time_each_once_however_many_a_day_has() {
        let count = 2_007;
        let (found, told) = told(&recorded(count, 100_000, "pupil.y4"), 3 * 24 * 60, &[Audience::Readers]);
        assert_eq!((told, found.len()), (Told { lines: count, withheld: 0, reduced: 0 }, 2_007));
        assert!(found.is_sorted_by(|one, other| one.at < other.at));
    }

    #[test]
    fn what_adults_did_is_left_out_and_said() {
        let recorded = recorded(10, 1_000, "staff");
        assert_eq!(told(&recorded, 60, &[Audience::Readers]).1, Told { lines: 0, withheld: 10, reduced: 0 });
        assert_eq!(told(&recorded, 60, &[Audience::Readers, Audience::Headteacher]).1.lines, 10);
    }

    #[test]
    fn what_ends_the_next_day_has_its_bytes() {
        let mut recorded = recorded(1, 0, "pupil.y4");
        let outcome = usher_events::event::Outcome { sent_bytes: 77, ..events::outcome(200) };
        let what = What::Ended(Ended { event: Id::new(0), outcome, turned: None });
        recorded.0.push(Event {
            id: Id::new(0),
            school: Id::new(1),
            at: monday().plus_minutes(24 * 60 + 5),
            what,
        });
        assert_eq!(told(&recorded, 60, &[Audience::Readers]).0.first().unwrap().bytes, 77);
    }
}
