//! The watch over the filter itself (WEB-01): how long it was off before this start, and whether it lets anything through
//! now. Traffic stops by itself when Usher does; this is so that somebody hears of it.
//!
//! The last sign of life is a heartbeat in the data folder. The last event would not do: a quiet night has none, and would
//! look like an outage. A record in the books would not do either: it would need a journal entry every time, and another
//! server that shares the books is alive for itself only. The heartbeat stands still until the gap before it was told, so
//! a second crash on top of the first loses nothing; the price is that a crash in between tells the same gap twice.
//!
//! Owns: the heartbeat, and the alert that the filter was off. Does not: start anything again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use usher_events::event::{Event, System, What};
use usher_events::sink::EventSink;
use usher_policy::alarm;
use usher_records::alert::{self, Alert, Concern, Off, Rule, Whose};
use usher_records::change::{Actor, Mail};
use usher_records::person::Person;
use usher_records::school::School;
use usher_store::books::Books;
use usher_types::ids::{EventId, Id, IdSource};
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::readers::holders;
use crate::runner::{Job, JobFault};

/// How often it looks and leaves its sign: the start of a gap is known to so many seconds, and a full disk is told within
/// them. One small file each time is nothing to a disk.
const LOOK_SECONDS: u64 = 15;
/// A stop in order that is over within this is a restart after an update or a change of the configuration, and nobody's
/// concern. A crash is one however short it was.
const RESTART_MINUTES: i64 = 5;
/// A disk at its brim is full, takes a little, and is full again. Within this it is one outage, told once.
const QUIET_MINUTES: i64 = 10;

/// A sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// When.
    pub at: Moment,
    /// Whether it was the last of a server that stopped in order.
    pub stopped: bool,
}

/// The file signs of life are in; each takes the place of the one before.
#[derive(Debug, Clone)]
pub struct Heartbeat(pub PathBuf);

impl Heartbeat {
    /// The last sign, if there ever was one.
    ///
    /// # Errors
    /// When the file cannot be read, or is none of these.
    pub fn last(&self) -> std::io::Result<Option<Sign>> {
        match std::fs::read(&self.0) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn leave(&self, sign: Sign) -> std::io::Result<()> {
        // On the disk before it takes the old one's place: a power cut must leave one or the other.
        let new = self.0.with_extension("new");
        let mut file = tokio::fs::File::create(&new).await?;
        file.write_all(&serde_json::to_vec(&sign)?).await?;
        file.sync_all().await?;
        tokio::fs::rename(&new, &self.0).await
    }
}

/// Whether the filter lets anything through now.
pub trait Traffic: std::fmt::Debug + Send + Sync {
    /// Why not, if not.
    fn off(&self) -> Option<Off>;
}

/// What the watch is kept with.
pub struct Tools {
    /// The school's books.
    pub books: Books,
    /// Where events go.
    pub sink: Arc<dyn EventSink>,
    /// What is watched.
    pub traffic: Arc<dyn Traffic>,
    /// Where signs of life are left.
    pub heartbeat: Heartbeat,
    /// The words of mails.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").field("heartbeat", &self.heartbeat).finish_non_exhaustive()
    }
}

/// Keeps watch.
#[derive(Debug)]
pub struct Watch {
    tools: Tools,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The last sign before this start, until the gap after it is told.
    before: Option<Sign>,
    /// The gap before this start, from the first look on.
    gap: Option<Outage>,
    /// What is wrong now, or was until just now.
    now: Option<Outage>,
}

/// A time in which nothing was let through.
#[derive(Debug, Clone, Copy)]
struct Outage {
    from: Moment,
    until: Moment,
    why: Off,
    /// Its event, once it is recorded.
    event: Option<EventId>,
    told: bool,
}

impl Outage {
    const fn new(from: Moment, until: Moment, why: Off) -> Self {
        Self { from, until, why, event: None, told: false }
    }

    /// What a start at `at` has to tell of the time since the last sign.
    fn since(last: Sign, at: Moment) -> Option<Self> {
        // A clock that was put back makes no gap of its own.
        let from = last.at.min(at);
        let long = from.plus_minutes(RESTART_MINUTES) < at;
        let why = if last.stopped { Off::Stopped } else { Off::Crashed };
        (long || !last.stopped).then_some(Self::new(from, at, why))
    }
}

impl Watch {
    /// A watch that begins with what was left before this start.
    pub const fn new(tools: Tools, before: Option<Sign>) -> Self {
        let state = State { before, gap: None, now: None };
        Self { tools, state: tokio::sync::Mutex::const_new(state) }
    }

    /// Leaves the last sign of a server that stops in order.
    pub async fn stopped(&self, at: Moment) {
        let mut state = self.state.lock().await;
        if let Some(outage) = &mut state.now {
            self.tools.record(outage, at);
        }
        if state.before.is_some() {
            tracing::warn!("the gap before this start was not told yet; the next start tells it");
            return;
        }
        if let Err(error) = self.tools.heartbeat.leave(Sign { at, stopped: true }).await {
            tracing::warn!(%error, "the last sign of life could not be left: the next start will say it crashed");
        }
    }
}

#[async_trait]
impl Job for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(LOOK_SECONDS)
    }

    /// Each server is alive for itself.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let mut state = self.state.lock().await;
        if let Some(last) = state.before {
            if state.gap.is_none() {
                state.gap = Outage::since(last, at);
            }
            if let Some(gap) = &mut state.gap {
                self.tools.record(gap, at);
                self.tools.tell(gap, at).await?;
            }
            (state.before, state.gap) = (None, None);
        }
        state.look(self.tools.traffic.off(), at);
        if let Some(outage) = &mut state.now {
            self.tools.tell(outage, at).await?;
            if outage.until.plus_minutes(QUIET_MINUTES) < at {
                self.tools.record(outage, at);
                state.now = None;
            }
        }
        let left = self.tools.heartbeat.leave(Sign { at, stopped: false }).await;
        left.map_err(|error| JobFault::Other(format!("no sign of life could be left: {error}")))
    }
}

impl State {
    fn look(&mut self, off: Option<Off>, at: Moment) {
        match (off, &mut self.now) {
            (Some(_), Some(outage)) => outage.until = at,
            (Some(why), None) => self.now = Some(Outage::new(at, at, why)),
            (None, _) => {}
        }
    }
}

impl Tools {
    /// Records the event, once. A spool that takes nothing is no reason not to tell.
    fn record(&self, outage: &mut Outage, at: Moment) {
        if outage.event.is_some() {
            return;
        }
        match self.sink.try_reserve() {
            Ok(place) => {
                let (id, Outage { from, until, why, .. }) = (place.id(), *outage);
                let what = What::System(System::FilterOff { from, until, why });
                place.fill(Event { id, school: self.books.school(), at, what });
                outage.event = Some(id);
            }
            Err(error) => tracing::warn!(%error, "that the filter was off could not be recorded"),
        }
    }

    /// Raises the alert, with its mails and its journal entry, once.
    async fn tell(&self, outage: &mut Outage, at: Moment) -> Result<(), JobFault> {
        if outage.told {
            return Ok(());
        }
        let school = usher_directory::books::school(&self.books).await?;
        let whose = Whose::Filter(outage.why);
        let roles = alarm::told(&school.settings.alarms, Concern::FilterOff, whose, None);
        let readers = holders(&self.books, &roles, &school.zone, at).await?;
        let id = Id::new(self.ids.next(at));
        let alert = Alert {
            events: outage.event.into_iter().collect(),
            from: outage.from,
            until: outage.until,
            told: readers.iter().map(|reader| reader.id).collect(),
            severity: alarm::severity(Concern::FilterOff, 0),
            rules: vec![Rule::Seen(Concern::FilterOff)],
            ..Alert::new(id, Concern::FilterOff, whose, at)
        };
        let mails = readers.iter().map(|reader| self.mail(reader, &alert, outage.why, &school)).collect();
        self.books.commit(&alert::raise(&alert, mails), &Actor::Usher("watch".into()), at).await?;
        tracing::error!(why = outage.why.name(), from = %alert.from, "the filter was off, or is: somebody was told");
        outage.told = true;
        Ok(())
    }

    fn mail(&self, to: &Person, alert: &Alert, why: Off, school: &School) -> Mail {
        let values = [
            ("from", Value::from(school.zone.local(alert.from).spoken())),
            ("until", Value::from(school.zone.local(alert.until).spoken())),
            ("school", Value::from(&school.name)),
            ("link", Value::from(format!("{}/alerts/{}", self.desk_origin, alert.id))),
        ];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let (text, footer) = (say(&format!("filter-off-{}", why.name())), say("alert-filter-off-footer"));
        Mail {
            to: to.id.into(),
            subject: say("alert-filter-off-subject"),
            text: format!("{text}\n\n{footer}\n"),
            attachment: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn a_short_stop_is_nobodys_concern_and_a_crash_is() {
        let since = |stopped, seconds| {
            Outage::since(Sign { at: NINE, stopped }, NINE.plus_seconds(seconds)).map(|outage| outage.why)
        };
        assert_eq!(since(true, 60 * RESTART_MINUTES), None);
        assert_eq!(since(true, 60 * RESTART_MINUTES + 1), Some(Off::Stopped));
        assert_eq!(since(false, 1), Some(Off::Crashed));
        assert_eq!(since(true, -3_600), None, "the clock was put back");
        let back = Outage::since(Sign { at: NINE, stopped: false }, NINE.plus_seconds(-9)).unwrap();
        assert!(back.from <= back.until);
    }
}
