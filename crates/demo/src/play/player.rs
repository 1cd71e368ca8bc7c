//! Plays a plan through a gateway: sets the clock, signs people in, and sends their requests for real.
//!
//! Time goes in ticks of the school's clock. In each tick lessons open and people sign in first; then every device asks for
//! what is its own, one thing after another, many devices at once; then children tell, people sign out and lessons end.
//! The next tick begins when all of that is done, so a slow gateway makes the week longer and never loses its order.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use usher_types::moment::Moment;

use crate::play::act::{Act, Fetch, What};
use crate::play::client::{Client, Outcome};
use crate::play::line::Setup;
use crate::play::stage::{Declined, Stage};
use crate::play::tally::{Answer, Ending, Stopped, Tally};

/// How a plan is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Devices that ask at the same time. More than a class at a time would need a bigger machine.
    pub at_once: usize,
    /// The longest a request may take.
    pub request: Duration,
    /// The longest the whole may take.
    pub whole: Duration,
    /// Seconds of the school's clock in a tick.
    pub tick_seconds: i64,
    /// A device that was quiet for this many seconds of the school's clock closes its lines.
    pub idle_seconds: i64,
    /// Whether every address gets its act's number as a parameter (`act=17`), so that a request can be told from
    /// another of the same page.
    pub marked: bool,
    /// Connections that fail in a row before the run is given up.
    pub most_failures: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 48,
            request: Duration::from_secs(20),
            whole: Duration::from_secs(3_600),
            tick_seconds: 30,
            idle_seconds: 120,
            marked: false,
            most_failures: 200,
        }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The school's clock.
    pub at: Moment,
    /// Acts done.
    pub done: usize,
    /// Acts in the plan.
    pub all: usize,
    /// Requests made.
    pub requests: u64,
    /// What came of those that ended since the last time.
    pub answers: &'a [Answer],
}

/// Plays plans.
#[derive(Debug, Clone)]
pub struct Player {
    setup: Arc<Setup>,
    pace: Pace,
}

impl Player {
    /// A player that sends everything to this gateway. `trust` is what the school's devices trust, PEM: the school's
    /// authority, and that of the demonstration's sites for what goes through unopened.
    ///
    /// # Errors
    /// When `trust` is no PEM, or nothing in it.
    pub fn new(gateway: SocketAddr, trust: &str, pace: Pace) -> Result<Self, rustls::Error> {
        Ok(Self { setup: Arc::new(Setup::new(gateway, trust)?), pace })
    }

    /// Plays a plan. Never fails: what went wrong is in the tally.
    pub async fn run(
        &self,
        plan: &[Act],
        stage: &dyn Stage,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Tally {
        let mut run = Run {
            player: self,
            stage,
            started: Instant::now(),
            clients: BTreeMap::new(),
            tally: Tally::default(),
            failures: 0,
        };
        let mut done = 0;
        for tick in ticks(plan, self.pace.tick_seconds) {
            let Some(first) = tick.first() else { continue };
            let before = run.tally.answers.len();
            run.tick(tick).await;
            done += tick.len();
            let answers = run.tally.answers.get(before..).unwrap_or_default();
            let (all, requests) = (plan.len(), run.tally.requests());
            progress(Progress { at: first.at, done, all, requests, answers });
            if let Some(stopped) = run.stopped() {
                run.tally.stopped = Some(stopped);
                break;
            }
        }
        run.tally.took_ms = elapsed_ms(run.started);
        run.tally
    }
}

/// A plan cut into ticks: acts of the same stretch of time.
fn ticks(plan: &[Act], seconds: i64) -> impl Iterator<Item = &[Act]> {
    let length = seconds.max(1).saturating_mul(1000);
    plan.chunk_by(move |one, next| one.at.unix_ms() / length == next.at.unix_ms() / length)
}

struct Run<'a> {
    player: &'a Player,
    stage: &'a dyn Stage,
    started: Instant,
    clients: BTreeMap<IpAddr, Client>,
    tally: Tally,
    /// Connections that failed since one last succeeded.
    failures: u32,
}

impl Run<'_> {
    async fn tick(&mut self, acts: &[Act]) {
        let begins = |act: &&Act| matches!(act.what, What::SignIn(_) | What::OpenLesson(_));
        for act in acts.iter().filter(begins) {
            self.staged(act).await;
        }
        if let Some(last) = acts.last() {
            self.set_clock(last.at).await;
        }
        self.ask(acts).await;
        let ends =
            |act: &&Act| matches!(act.what, What::SignOut(_) | What::EndLesson { .. } | What::Tell { .. });
        for act in acts.iter().filter(ends) {
            self.staged(act).await;
        }
    }

    async fn set_clock(&self, at: Moment) {
        self.player.setup.set_clock(at);
        self.stage.set_clock(at).await;
    }

    async fn staged(&mut self, act: &Act) {
        let done: Result<(), Declined> = match &act.what {
            What::SignIn(place) => {
                // What ends in this tick is done at its end, so only beginnings move the clock inside it.
                self.set_clock(act.at).await;
                self.stage.sign_in(*place).await
            }
            What::OpenLesson(opening) => {
                self.set_clock(act.at).await;
                self.stage.open_lesson(*opening).await
            }
            What::SignOut(place) => {
                self.clients.remove(&place.device);
                self.stage.sign_out(*place).await
            }
            What::EndLesson { teacher, group } => self.stage.end_lesson(*teacher, *group).await,
            What::Tell { place, page } => self.stage.tell(*place, page).await,
            What::Fetch(_) => return,
        };
        match done {
            Ok(()) => self.tally.staged += 1,
            Err(declined) => self.tally.decline(act.number, declined.0),
        }
    }

    /// Sends the requests of a tick, each device's in order.
    async fn ask(&mut self, acts: &[Act]) {
        let mut by_device: BTreeMap<IpAddr, Vec<(u32, Moment, Fetch)>> = BTreeMap::new();
        for act in acts {
            if let What::Fetch(fetch) = &act.what {
                let waiting = by_device.entry(fetch.device).or_default();
                waiting.push((act.number, act.at, fetch.clone()));
            }
        }
        let room = Arc::new(Semaphore::new(self.player.pace.at_once.max(1)));
        let mut asking = JoinSet::new();
        for (device, fetches) in by_device {
            let client = self.clients.remove(&device);
            let client = client.unwrap_or_else(|| Client::new(Arc::clone(&self.player.setup), device));
            let (room, pace, started) = (Arc::clone(&room), self.player.pace, self.started);
            asking.spawn(async move {
                let _place = room.acquire_owned().await;
                one_after_another(client, fetches, pace, started).await
            });
        }
        while let Some(asked) = asking.join_next().await {
            let Ok((device, client, answers)) = asked else { continue };
            self.clients.insert(device, client);
            for (answer, tunnels) in answers {
                self.failures = if answer.ending == Ending::NotConnected { self.failures + 1 } else { 0 };
                self.tally.tunnels += tunnels;
                self.tally.add(answer);
            }
        }
        let Some(now) = acts.last().map(|act| act.at) else { return };
        let idle = self.player.pace.idle_seconds;
        self.clients.retain(|_, client| now.seconds_since(client.used) <= idle);
    }

    fn stopped(&self) -> Option<Stopped> {
        if self.failures >= self.player.pace.most_failures {
            Some(Stopped::GatewayGone)
        } else if self.started.elapsed() >= self.player.pace.whole {
            Some(Stopped::OutOfTime)
        } else {
            None
        }
    }
}

async fn one_after_another(
    mut client: Client,
    fetches: Vec<(u32, Moment, Fetch)>,
    pace: Pace,
    started: Instant,
) -> (IpAddr, Client, Vec<(Answer, u64)>) {
    let mut answers = Vec::new();
    let mut device = IpAddr::from([127, 0, 0, 1]);
    for (act, at, fetch) in fetches {
        device = fetch.device;
        client.used = at;
        let address = if pace.marked { marked(&fetch.address, act) } else { fetch.address.clone() };
        let outcome = timeout(pace.request, client.fetch(&fetch, &address)).await;
        let timed_out = Outcome { status: 0, ending: Ending::TimedOut, bytes: 0, tries: 1, tunnels: 0 };
        let Outcome { status, ending, bytes, tries, tunnels } = outcome.unwrap_or(timed_out);
        let ended_ms = elapsed_ms(started);
        let person = fetch.person;
        answers.push((
            Answer { act, at, person, device, address, status, ending, bytes, ended_ms, tries },
            tunnels,
        ));
    }
    (device, client, answers)
}

/// The address with the act's number as one more parameter.
fn marked(address: &str, act: u32) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}act={act}")
}

fn elapsed_ms(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}
