//! Alerts: what events of the last minutes mean together is `policy`'s to say; here they are gathered, and whoever must
//! know is told (MON-08, MON-14, WEB-17, ACC-04, ACC-05).

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use usher_activity::question::{Activity, Question};
use usher_events::event::{Ended, Event, System, WebEvent, What};
use usher_lists::category::Catalogue;
use usher_policy::alarm::{self, Alarm, Raised, Sighting, Sign};
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::Circumstances;
use usher_policy::verdict::TlsAction;
use usher_records::alert::{self, Alert, Whose};
use usher_records::change::{Actor, Mail};
use usher_records::person::Person;
use usher_records::school::School;
use usher_scan::features::{Sent, SentKind};
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::readers::holders;
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
}

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
        state.pending |= state.hear(&self.tools.catalogue) || state.missed;
        if !state.pending {
            return Ok(());
        }
        if state.missed {
            self.tools.catch_up(&mut state, at).await?;
        }
        let school = usher_directory::books::school(&self.tools.books).await?;
        let seen = state.seen.make_contiguous().to_vec();
        for due in alarm::alarms(&school.settings.alarms, &seen, &state.raised) {
            self.tools.raise(&due, &school, at).await?;
            state.raised.push((due.concern, due.whose, due.until));
        }
        state.pending = false;
        state.forget();
        Ok(())
    }
}

impl State {
    /// Takes what was recorded meanwhile. True when something of concern was among it.
    fn hear(&mut self, catalogue: &Catalogue) -> bool {
        let mut heard = false;
        loop {
            match self.live.try_recv() {
                Ok(event) => {
                    self.latest = self.latest.max(Some(event.at));
                    let before = self.seen.len();
                    self.seen.extend(sightings(&event, catalogue));
                    heard |= self.seen.len() > before;
                }
                Err(TryRecvError::Lagged(_)) => self.missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return heard,
            }
        }
    }

    fn forget(&mut self) {
        let Some(latest) = self.latest else { return };
        let cut = latest.plus_minutes(-KEPT_MINUTES);
        self.seen.retain(|sighting| sighting.at >= cut);
        let over = self.seen.len().saturating_sub(MOST_KEPT);
        self.seen.drain(..over);
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
            let mut found = VecDeque::<Sighting>::new();
            activity.scan(&question, &mut |event| {
                found.extend(sightings(&event, &catalogue));
                ControlFlow::Continue(())
            })?;
            // Events come in no promised order; what is heard live comes by time.
            found.make_contiguous().sort_by_key(|sighting| sighting.at);
            Ok::<_, JobFault>(found)
        });
        state.seen = found.await.map_err(|error| JobFault::Other(error.to_string()))??;
        state.latest = state.latest.max(Some(at));
        let alerts = self.books.values::<Alert>().await?.into_iter();
        state.raised = alerts
            .filter(|alert| alert.until >= from)
            .map(|alert| (alert.concern, alert.whose, alert.until))
            .collect();
        state.missed = false;
        Ok(())
    }

    async fn raise(&self, due: &Alarm, school: &School, at: Moment) -> Result<(), JobFault> {
        let about = match due.whose {
            Whose::Person(id) => self.books.get::<Person, _>(id).await?.map(|person| person.value),
            Whose::Device(_) | Whose::Filter(_) => None,
        };
        let roles = alarm::told(&school.settings.alarms, due.whose, about.as_ref());
        let mut readers = holders(&self.books, &roles, &school.zone, at).await?;
        readers.retain(|reader| Whose::Person(reader.id) != due.whose);
        let alert = Alert {
            id: Id::new(self.ids.next(at)),
            concern: due.concern,
            whose: due.whose,
            events: due.events.clone(),
            from: due.from,
            until: due.until,
            at,
            told: readers.iter().map(|reader| reader.id).collect(),
            seen: None,
        };
        let mails =
            readers.iter().map(|reader| self.mail(reader.id, &alert, about.as_ref(), school)).collect();
        let actor = Actor::Usher("alerts".into());
        self.books.commit(&alert::raise(&alert, mails), &actor, at).await?;
        Ok(())
    }

    /// Says who, what and when, and where to read the rest; no words a child typed travel by mail.
    fn mail(&self, to: PersonId, alert: &Alert, about: Option<&Person>, school: &School) -> Mail {
        let who = about.map(Person::name).or(match alert.whose {
            Whose::Device(address) => Some(address.to_string()),
            Whose::Person(_) | Whose::Filter(_) => None,
        });
        let values = [
            ("who", Value::from(who.unwrap_or_default())),
            ("count", Value::from(alert.events.len())),
            ("when", Value::from(school.zone.local(alert.from).spoken())),
            ("school", Value::from(&school.name)),
            ("link", Value::from(format!("{}/alerts/{}", self.desk_origin, alert.id))),
        ];
        let say = |part: &str| {
            self.words.say(Reader::Adult, &format!("alert-{}-{part}", alert.concern.name()), &values)
        };
        let footer = self.words.say(Reader::Adult, "alert-mail-footer", &values);
        Mail {
            to: to.into(),
            subject: say("subject"),
            text: format!("{}\n\n{footer}\n", say("text")),
            attachment: None,
        }
    }
}

/// What an event is a sign of: words, a block, both, or nothing.
fn sightings(event: &Event, catalogue: &Catalogue) -> Vec<Sighting> {
    let of = |whose: Whose, sign: Sign| Sighting { event: event.id, at: event.at, whose, sign };
    match &event.what {
        What::Web(web) => {
            let severity =
                web.facts.features.severity().max(web.facts.sent.as_ref().map_or(0, Sent::severity));
            let words = (severity > 0).then_some(Sign::Words(severity));
            let signs = words.into_iter().chain(what_passed(web, catalogue));
            signs.map(|sign| of(whose(&web.facts.who), sign)).collect()
        }
        // Its words were told when it began.
        What::Ended(Ended { turned: Some(turned), .. }) => {
            let whose = whose(&turned.web.facts.who);
            what_passed(&turned.web, catalogue).map(|sign| of(whose, sign)).collect()
        }
        What::Tunnel(tunnel) => {
            let whose = whose(&tunnel.facts.who);
            // What is read inside of a tunnel has events of its own, which say whether it was a page.
            let closed = tunnel.action == TlsAction::Terminate;
            let blocked = block(&tunnel.decision, catalogue).filter(|_| closed);
            blocked.map(|sign| of(whose, sign)).into_iter().collect()
        }
        What::SignInFailed(failed) if failed.rests => vec![of(Whose::Device(failed.address), Sign::Rests)],
        What::System(System::TwoPlaces { person, .. }) => vec![of(Whose::Person(*person), Sign::TwoPlaces)],
        What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => Vec::new(),
    }
}

fn whose(who: &Circumstances) -> Whose {
    who.subject.person.map_or(Whose::Device(who.device.address), Whose::Person)
}

/// What a request is a sign of by what passed, or was kept from passing.
fn what_passed(web: &WebEvent, catalogue: &Catalogue) -> impl Iterator<Item = Sign> + use<> {
    let blocked = if web.facts.part_of_page { None } else { block(&web.decision, catalogue) };
    passing(web).into_iter().chain(blocked)
}

/// What passed, or was stopped from passing, whatever part of a page it was: scripts send forms too.
fn passing(web: &WebEvent) -> Option<Sign> {
    let against = |sent: &Sent| sent.kinds.contains(&SentKind::AgainstSchool);
    match &web.decision.reason {
        Reason::Leaving(..) => Some(Sign::Leaving),
        Reason::Malware(_) => Some(Sign::Malware),
        // What adults may send is still theirs to answer for (WEB-20).
        _ if web.facts.sent.as_ref().is_some_and(against) => Some(Sign::Leaving),
        _ => None,
    }
}

fn block(decision: &Decision, catalogue: &Catalogue) -> Option<Sign> {
    if !decision.is_block() {
        return None;
    }
    let grave = match &decision.reason {
        Reason::Category(name) | Reason::Says(name, _) => {
            catalogue.entry(name).is_some_and(|entry| alarm::is_grave_theme(&entry.theme))
        }
        Reason::SealedList => true,
        _ => false,
    };
    Some(Sign::Block { grave })
}
