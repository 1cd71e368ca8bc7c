//! Sends what this server recorded to the trust's store of events, again and again, beside the traffic.
//!
//! Does not: hold anything up. While the store cannot be reached, closed segments wait in the spool, which keeps them until
//! they are there, and tries come less and less often.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use usher_activity::engine::Far;
use usher_activity::shipping::{Shipped, Shipper, Waiting};
use usher_activity::spool::SpoolFault;
use usher_records::person::Person;
use usher_store::books::Books;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::runner::{Job, JobFault};

/// A segment of the spool fills in a quarter of a school's day.
const EVERY: Duration = Duration::from_secs(60);
/// After this many failures in a row the next try is an hour away; before, twice as long as the one before.
const MOST_FAILURES: u32 = 7;
const FIRST_REST_SECONDS: i64 = 60;
const LONGEST_REST_SECONDS: i64 = 60 * 60;
/// The school's name and its number of pupils are told this often.
const TOLD_MINUTES: i64 = 24 * 60;

/// How the sending stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// What waits.
    pub waiting: Waiting,
    /// Tries that failed since the last that did not.
    pub failures: u32,
    /// When the last try was.
    pub tried: Option<Moment>,
    /// When everything closed was last there.
    pub whole: Option<Moment>,
    told: Option<Moment>,
}

impl Standing {
    /// Whether it is time for another try.
    pub fn is_due(&self, at: Moment) -> bool {
        let doubled = FIRST_REST_SECONDS << self.failures.min(MOST_FAILURES).saturating_sub(1);
        let rest = doubled.min(LONGEST_REST_SECONDS);
        self.failures == 0 || self.tried.is_none_or(|tried| at.seconds_since(tried) >= rest)
    }
}

/// Sends it.
#[derive(Debug)]
pub struct Shipping {
    books: Books,
    far: Arc<dyn Far>,
    shipper: Arc<Mutex<Shipper>>,
    standing: Arc<Mutex<Standing>>,
}

impl Shipping {
    /// To this store; `standing` is what others may look at.
    pub fn new(books: Books, far: Arc<dyn Far>, shipper: Shipper, standing: Arc<Mutex<Standing>>) -> Self {
        Self { books, far, shipper: Arc::new(Mutex::new(shipper)), standing }
    }

    fn standing(&self) -> Standing {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Job for Shipping {
    fn name(&self) -> &'static str {
        "shipping"
    }

    fn every(&self) -> Duration {
        EVERY
    }

    /// Each server has its own spool.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let before = self.standing();
        if !before.is_due(at) {
            return Ok(());
        }
        let untold = before.told.is_none_or(|told| told.plus_minutes(TOLD_MINUTES) <= at);
        let mut words = None;
        if untold {
            let school = usher_directory::books::school(&self.books).await?;
            let today = school.zone.local(at).date();
            let people = self.books.values::<Person>().await?;
            let pupils =
                people.iter().filter(|person| person.kind == PersonKind::Pupil && person.is_here(today));
            words = Some((school.name, u32::try_from(pupils.count()).unwrap_or(u32::MAX)));
        }
        let (far, shipper) = (Arc::clone(&self.far), Arc::clone(&self.shipper));
        let work = move || {
            let mut done = Shipped::default();
            // A run that broke off left the list of what is there as it was.
            let mut shipper = shipper.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = send(far.as_ref(), &mut shipper, words.as_ref(), at, &mut done);
            (done, sent, shipper.waiting())
        };
        let worked = tokio::task::spawn_blocking(work).await;
        let (done, sent, waiting) = worked.map_err(|error| JobFault::Other(error.to_string()))?;
        if done.events > 0 {
            tracing::info!(done.events, done.segments, "events were sent to the trust's store");
        }
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.tried = Some(at);
        standing.waiting = waiting?;
        if sent.is_ok() {
            (standing.failures, standing.whole) = (0, Some(at));
            standing.told = if untold { Some(at) } else { standing.told };
        } else {
            standing.failures = standing.failures.saturating_add(1);
        }
        drop(standing);
        Ok(sent?)
    }
}

fn send(
    far: &dyn Far,
    shipper: &mut Shipper,
    words: Option<&(String, u32)>,
    at: Moment,
    done: &mut Shipped,
) -> Result<(), SpoolFault> {
    if let Some((name, pupils)) = words {
        far.tell(name, *pupils, at)?;
    }
    if shipper.waiting()?.segments == 0 {
        return Ok(());
    }
    let mut engine = far.reach()?;
    shipper.ship(engine.as_mut(), done)
}
