//! Alerts: what events of the last minutes mean together is `policy`'s to say; here they are gathered, and whoever must
//! know is told (MON-08, MON-14, WEB-17, ACC-04, ACC-05).

mod signs;
pub mod telling;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use usher_activity::question::{Activity, Question};
use usher_detect::queue::Queue;
use usher_events::event::Event;
use usher_lists::category::Catalogue;
use usher_policy::alarm::{self, Alarm, Mark, Raised, Sighting, Sign};
use usher_policy::answering;
use usher_records::alert::{self, Alert, Concern, ProgramRead, Rule, Whose};
use usher_records::change::Actor;
use usher_records::school::School;
use usher_records::settings::Alarms;
use usher_store::books::Books;
use usher_types::ids::{EventId, Id, IdSource};
use usher_types::moment::Moment;
use usher_types::role::Year;
use usher_words::Words;

use self::signs::{Marked, marked, search, sightings};
use self::telling::Telling;
use crate::runner::{Job, JobFault};

/// How far back sightings are kept: the longest burst and quiet time a school may set, and then some.
const KEPT_MINUTES: i64 = 90;
/// Sightings kept at most. A day of everybody being refused everything would be more; the newest say enough.
const MOST_KEPT: usize = 20_000;

/// What an alert is made with.
#[derive(Debug)]
pub struct Tools {
    /// The school's books.
    pub books: Books,
    /// Events of before, when some were missed.
    pub activity: Arc<dyn Activity>,
    /// The kinds of pages, for what is grave.
    pub catalogue: Catalogue,
    /// The words of mails.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
    /// Whether there is an address for messages besides mails.
    pub hook: bool,
    /// Who reads searches past the words of lists, where the school has the model.
    pub reader: Option<Reader>,
}

/// The queue in front of the model. What is known of a search comes back with what was read in it.
pub type Reader = Queue<(EventId, Whose, Option<Year>, Moment)>;

/// Raises alerts.
#[derive(Debug)]
pub struct Alerts {
    tools: Tools,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug)]
struct State {
    live: broadcast::Receiver<Arc<Event>>,
    /// Events before this were not heard, and are asked of the activity store.
    missed: bool,
    /// Something was heard, and what it means was not told yet.
    pending: bool,
    seen: VecDeque<Sighting>,
    /// What was found in the words of events that are kept.
    marked: BTreeMap<EventId, Marked>,
    raised: Vec<Raised>,
    latest: Option<Moment>,
}

impl Alerts {
    /// Listens to events from now on; the first run asks for those just before.
    pub const fn new(tools: Tools, live: broadcast::Receiver<Arc<Event>>) -> Self {
        let state = State {
            live,
            missed: true,
            pending: false,
            seen: VecDeque::new(),
            marked: BTreeMap::new(),
            raised: Vec::new(),
            latest: None,
        };
        Self { tools, state: tokio::sync::Mutex::const_new(state) }
    }
}

#[async_trait]
impl Job for Alerts {
    fn name(&self) -> &'static str {
        "alerts"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// Each server sees its own events.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let mut state = self.state.lock().await;
        // Until it was told: the books may fail below, and the next run must not take silence for peace.
        let (heard, read) = (state.hear(&self.tools), state.take_readings(self.tools.reader.as_ref()));
        state.pending |= heard || read || state.missed;
        if !state.pending {
            return Ok(());
        }
        if state.missed {
            self.tools.catch_up(&mut state, at).await?;
        }
        let school = usher_directory::books::school(&self.tools.books).await?;
        let seen = state.weighed(&school.settings.alarms);
        for due in alarm::alarms(&school.settings.alarms, &seen, &state.raised) {
            self.tools.raise(&state, &due, &school, at).await?;
            state.raised.push((due.concern, due.whose, due.until));
        }
        state.pending = false;
        state.forget();
        Ok(())
    }
}

impl State {
    /// Takes what was recorded meanwhile. True when something of concern was among it.
    fn hear(&mut self, tools: &Tools) -> bool {
        let mut heard = false;
        loop {
            match self.live.try_recv() {
                Ok(event) => {
                    self.latest = self.latest.max(Some(event.at));
                    let before = self.seen.len();
                    self.seen.extend(sightings(&event, &tools.catalogue));
                    self.marked.extend(marked(&event).map(|marked| (event.id, marked)));
                    heard |= self.seen.len() > before;
                    if let (Some(reader), Some((whose, year, words))) = (&tools.reader, search(&event)) {
                        // What does not fit is counted there, and health says so.
                        reader.offer((event.id, whose, year, event.at), words.to_owned());
                    }
                }
                Err(TryRecvError::Lagged(_)) => self.missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return heard,
            }
        }
    }

    /// Takes what the program read meanwhile. True when there was something.
    fn take_readings(&mut self, reader: Option<&Reader>) -> bool {
        let found = reader.map(Reader::found).unwrap_or_default();
        for ((event, whose, year, at), readings) in &found {
            let marked = self.marked.entry(*event).or_insert_with(|| Marked {
                year: *year,
                marks: Vec::new(),
                read: Vec::new(),
            });
            let mut gravest = 0;
            for reading in readings {
                let (theme, severity) =
                    (reading.theme.name().to_owned(), alarm::by_program(reading.theme, reading.sure));
                gravest = gravest.max(severity);
                marked.marks.push(Mark { rule: Rule::Program(theme.clone()), severity });
                marked.read.push((theme, reading.percent()));
            }
            self.seen.push_back(Sighting {
                event: *event,
                at: *at,
                whose: *whose,
                sign: Sign::Words(gravest),
            });
        }
        !found.is_empty()
    }

    /// What was seen, its words as grave as the school takes them now.
    fn weighed(&self, rules: &Alarms) -> Vec<Sighting> {
        let weigh = |sighting: &Sighting| match (sighting.sign, self.marked.get(&sighting.event)) {
            (Sign::Words(_), Some(marked)) => {
                let sign = Sign::Words(alarm::weighed(rules, &marked.marks, marked.year));
                Sighting { sign, ..*sighting }
            }
            _ => *sighting,
        };
        self.seen.iter().map(weigh).collect()
    }

    fn forget(&mut self) {
        let Some(latest) = self.latest else { return };
        let cut = latest.plus_minutes(-KEPT_MINUTES);
        self.seen.retain(|sighting| sighting.at >= cut);
        let over = self.seen.len().saturating_sub(MOST_KEPT);
        self.seen.drain(..over);
        let kept: BTreeSet<EventId> = self.seen.iter().map(|sighting| sighting.event).collect();
        self.marked.retain(|event, _| kept.contains(event));
        self.raised.retain(|(_, _, until)| *until >= cut);
    }
}

impl Tools {
    /// Reads again what may have been missed: after a start, or when events came faster than they were heard.
    async fn catch_up(&self, state: &mut State, at: Moment) -> Result<(), JobFault> {
        let from = at.plus_minutes(-KEPT_MINUTES);
        let question = Question::all(self.books.school(), from, at.plus_minutes(1));
        let (activity, catalogue) = (Arc::clone(&self.activity), self.catalogue.clone());
        let found = tokio::task::spawn_blocking(move || {
            let (mut found, mut words) = (VecDeque::<Sighting>::new(), BTreeMap::new());
            activity.scan(&question, &mut |event| {
                found.extend(sightings(&event, &catalogue));
                words.extend(marked(&event).map(|marked| (event.id, marked)));
                ControlFlow::Continue(())
            })?;
            // Events come in no promised order; what is heard live comes by time.
            found.make_contiguous().sort_by_key(|sighting| sighting.at);
            Ok::<_, JobFault>((found, words))
        });
        (state.seen, state.marked) = found.await.map_err(|error| JobFault::Other(error.to_string()))??;
        state.latest = state.latest.max(Some(at));
        let alerts = self.books.values::<Alert>().await?.into_iter();
        state.raised = alerts
            .filter(|alert| alert.until >= from)
            .map(|alert| (alert.concern, alert.whose, alert.until))
            .collect();
        state.missed = false;
        Ok(())
    }

    /// Raises one, and tells of it unless quiet hours hold it.
    async fn raise(&self, state: &State, due: &Alarm, school: &School, at: Moment) -> Result<(), JobFault> {
        let rules = &school.settings.alarms;
        let telling = self.telling();
        let about = telling.about(due.whose).await?;
        let found = Found::of(state, due, rules);
        let severity = alarm::severity(due.concern, found.severity);
        let held_until = answering::held_until(&rules.answer, due.concern, severity, (&school.zone, at));
        let told = match held_until {
            Some(_) => Vec::new(),
            None => telling.first((due.concern, due.whose), about.as_ref(), (school, at)).await?,
        };
        let alert = Alert {
            events: due.events.clone(),
            from: due.from,
            until: due.until,
            severity,
            rules: found.rules,
            read: found.read,
            held_until,
            told,
            ..Alert::new(Id::new(self.ids.next(at)), due.concern, due.whose, at)
        };
        let mails = telling.mails(&alert.told, &alert, about.as_ref(), (school, false));
        let actor = Actor::Usher("alerts".into());
        self.books.commit(&alert::raise(&alert, mails), &actor, at).await?;
        Ok(())
    }

    fn telling(&self) -> Telling {
        Telling {
            books: self.books.clone(),
            words: Arc::clone(&self.words),
            desk_origin: self.desk_origin.clone(),
            hook: self.hook,
        }
    }
}

/// What raised an alert, from what is known of its events.
struct Found {
    severity: u8,
    rules: Vec<Rule>,
    read: Vec<ProgramRead>,
}

impl Found {
    fn of(state: &State, due: &Alarm, rules: &Alarms) -> Self {
        if due.concern != Concern::GraveWords {
            return Self { severity: 0, rules: vec![Rule::Seen(due.concern)], read: Vec::new() };
        }
        let (mut severity, mut by, mut read) = (0, BTreeSet::new(), Vec::new());
        for event in &due.events {
            let Some(marked) = state.marked.get(event) else { continue };
            severity = severity.max(alarm::weighed(rules, &marked.marks, marked.year));
            by.extend(alarm::counted(rules, &marked.marks).map(|mark| mark.rule.clone()));
            read.extend(marked.read.iter().map(|(theme, percent)| ProgramRead {
                event: *event,
                theme: theme.clone(),
                percent: *percent,
            }));
        }
        Self { severity, rules: by.into_iter().collect(), read }
    }
}
