//! Carries out what two people agreed on, once the time to call it off is over: a pupil is taken out of the event files and of the
//! copy at the trust, and when nothing is left there, of weekly reports, and a code stands in their place in the books.
//! What was so when it was agreed is looked at anew: where it is so no more, nothing is done.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use usher_activity::engine::Far;
use usher_activity::shipping::waiting;
use usher_activity::spool::SpoolFault;
use usher_activity::store::{Erased, Store, Wanted, is_in_open_segment};
use usher_records::account::{Account, Owner};
use usher_records::alert::{self, Alert, Whose};
use usher_records::case::{Case, held_people};
use usher_records::change::{Action, Actor, Stored};
use usher_records::erasure::pseudonym::{Names, Pseudonym};
use usher_records::erasure::{self, Done, Erasure, Events, Known, Rewritten, State};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::report::{IssuedReport, remake};
use usher_reports::weekly::Weekly;
use usher_store::books::Books;
use usher_store::journal::Replaced;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::keeping::ClockIsRight;
use crate::runner::{Job, JobFault};

/// Lines of the journal read at a time.
const PAGE: u32 = 1_000;

/// Takes people out.
#[derive(Debug)]
pub struct Erasing {
    books: Books,
    store: Arc<Mutex<Store>>,
    spool: PathBuf,
    clock: Arc<dyn ClockIsRight>,
    copy: Option<Arc<dyn Far>>,
}

/// What is to be done, as the books are now.
struct Deed {
    pseudonym: Pseudonym,
    /// Whom to take out of events.
    wanted: Wanted,
}

impl Erasing {
    /// Over these books, event files and this spool.
    pub fn new(books: Books, store: Arc<Mutex<Store>>, spool: PathBuf, clock: Arc<dyn ClockIsRight>) -> Self {
        Self { books, store, spool, clock, copy: None }
    }

    /// Over a copy of the events elsewhere too.
    #[must_use]
    pub fn with_copy(self, copy: Option<Arc<dyn Far>>) -> Self {
        Self { copy, ..self }
    }

    /// Carries one on as far as it goes now.
    async fn carry_on(&self, one: &Stored<Erasure>, at: Moment) -> Result<(), JobFault> {
        let mut one = one.clone();
        if !one.value.code_stands() {
            let deed = match self.deed(&one.value, at).await? {
                Ok(deed) => deed,
                Err(refusal) => return self.hindered(&one, &refusal, at).await,
            };
            if !one.value.has_begun() {
                if !self.is_ready(&deed).await? {
                    return Ok(());
                }
                let Ok(change) = erasure::begin(&one, at) else { return Ok(()) };
                self.books.commit(&change, &self.actor(), at).await?;
                let again: Option<Stored<Erasure>> = self.books.get(one.value.id).await?;
                let Some(begun) = again else { return Ok(()) };
                one = begun;
            }
            let Some(erased) = self.files(&deed, at).await? else { return Ok(()) };
            let events =
                Events { theirs: erased.events, mentions: erased.mentions, segments: erased.segments };
            if let Some(change) = erasure::lost(&one, events) {
                self.books.commit(&change, &self.actor(), at).await?;
            }
            // The spool's open segment closes with the day.
            if erased.left_in_spool > 0 {
                return Ok(());
            }
            let papers = self.reports(&deed.pseudonym, at).await?;
            let (school, pseudonym) = (self.books.school(), deed.pseudonym.with_papers(papers));
            self.books.store().rewrite(school, pseudonym, one.value.code, &self.actor(), at).await?;
        }
        self.books.store().scour().await?;
        let again: Option<Stored<Erasure>> = self.books.get(one.value.id).await?;
        let Some(one) = again else { return Ok(()) };
        let books = self.rewritten(one.value.code).await?;
        if let Ok(change) = erasure::finish(&one, Done { at, books }) {
            self.books.commit(&change, &self.actor(), at).await?;
        }
        Ok(())
    }

    /// It may not be carried out. What has not begun ends with this; what has is tried again, and nothing more is taken out
    /// meanwhile.
    async fn hindered(&self, one: &Stored<Erasure>, why: &Refusal, at: Moment) -> Result<(), JobFault> {
        tracing::warn!(refusal = %why, erasure = %one.value.id, "an erasure that was agreed on may not be carried out");
        if let Ok(change) = erasure::lapse(one, why, at) {
            self.books.commit(&change, &self.actor(), at).await?;
        }
        Ok(())
    }

    /// Whether it can be done in one go: nothing waits to be sent to the copy, which would bring them back there, and the segment
    /// that is written to does not name them.
    async fn is_ready(&self, deed: &Deed) -> Result<bool, JobFault> {
        let (spool, wanted, has_copy) = (self.spool.clone(), deed.wanted.clone(), self.copy.is_some());
        let look = move || -> Result<bool, SpoolFault> {
            let waits = has_copy && waiting(&spool)?.segments > 0;
            Ok(!waits && !is_in_open_segment(&spool, &wanted)?)
        };
        let looked = tokio::task::spawn_blocking(look).await;
        Ok(looked.map_err(|error| JobFault::Other(error.to_string()))??)
    }

    /// What is to be done, or why it may not be.
    async fn deed(&self, one: &Erasure, at: Moment) -> Result<Result<Deed, Refusal>, JobFault> {
        let forms: Vec<Person> = self.books.forms(one.person).await?;
        let Some(person) = forms.first() else { return Ok(Err(Refusal::Gone)) };
        let all = self.books.values::<Person>().await?;
        let accounts = self.books.values::<Account>().await?;
        let cases = self.books.values::<Case>().await?;
        let alerts = self.books.values::<Alert>().await?;
        let zone = usher_directory::books::school(&self.books).await?.zone;
        let known = Known {
            person,
            names: &Names::of(&forms, &accounts, &all),
            accounts: &accounts,
            cases: &cases,
            alerts: &alerts,
            erasures: &[],
            today: zone.local(at).date(),
        };
        if let Err(refusal) = known.allow(&one.words) {
            return Ok(Err(refusal));
        }
        let pseudonym = Pseudonym::new(&forms, &one.words, one.code);
        let held =
            held_people(&cases).into_iter().chain(alerts.iter().filter_map(whom_it_looks_at)).collect();
        // A single word is theirs only in what is about them: of events of others, whole names are looked for.
        let usernames: Vec<String> = accounts
            .iter()
            .filter(|account| account.owner == Owner::Person(one.person))
            .map(|account| account.username.to_string())
            .filter(|name| one.words.contains(name))
            .collect();
        let wanted = Wanted::new(one.person, pseudonym.whole()).signing_in_as(&usernames).but_of(&held);
        Ok(Ok(Deed { pseudonym, wanted }))
    }

    /// Takes them out of the event files and of the copy. None while something still waits to be sent there: what is sent later
    /// would bring them back.
    async fn files(&self, deed: &Deed, at: Moment) -> Result<Option<Erased>, JobFault> {
        let (store, spool, copy) = (Arc::clone(&self.store), self.spool.clone(), self.copy.clone());
        let wanted = deed.wanted.clone();
        let work = move || -> Result<Option<Erased>, SpoolFault> {
            if let Some(copy) = copy {
                if waiting(&spool)?.segments > 0 {
                    return Ok(None);
                }
                copy.reach()?.take_out(&wanted)?;
            }
            // A run that broke off left the list of files as it was.
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            store.erase(&wanted, &spool, at).map(Some)
        };
        let worked = tokio::task::spawn_blocking(work).await;
        Ok(worked.map_err(|error| JobFault::Other(error.to_string()))??)
    }

    /// Takes them out of weekly reports. Gives the names under which papers with them were sent.
    async fn reports(&self, whom: &Pseudonym, at: Moment) -> Result<Vec<String>, JobFault> {
        let (store, school) = (self.books.store(), self.books.school());
        let mut papers = Vec::new();
        for stored in self.books.all::<IssuedReport>().await? {
            let report = &stored.value;
            let Some(figures) = store.blob(school, report.figures).await? else { continue };
            let weekly: Weekly = serde_json::from_slice(&figures)
                .map_err(|error| JobFault::Other(format!("report {}: {error}", report.id)))?;
            let Some(next) = weekly.without(whom) else { continue };
            let digest = store.put_blob(school, next.json().as_bytes()).await?;
            self.books.commit(&remake(&stored, digest), &self.actor(), at).await?;
            store.remove_blob(school, report.figures).await?;
            store.remove_blob(school, report.pdf).await?;
            papers.push(crate::weekly::paper_name(&weekly.period));
        }
        Ok(papers)
    }

    /// What the books say was done under this code: also of a run that broke off after it.
    async fn rewritten(&self, code: PersonId) -> Result<Rewritten, JobFault> {
        let (store, school, mut after) = (self.books.store(), self.books.school(), 0);
        loop {
            let entries = store.journal(school, after, PAGE).await?;
            let Some(last) = entries.last() else { return Ok(Rewritten::default()) };
            after = last.number;
            for entry in entries {
                let Ok(line) = entry.read() else { continue };
                if line.action == Action::PersonErased
                    && line.about == Some(code)
                    && let Some(replaced) = Replaced::of(store, school, &line).await?
                {
                    return Ok(replaced.done);
                }
            }
        }
    }

    fn actor(&self) -> Actor {
        Actor::Usher(self.name().into())
    }
}

/// Whose events an alert that is still looked into needs.
fn whom_it_looks_at(alert: &Alert) -> Option<PersonId> {
    match alert.whose {
        Whose::Person(person) if alert.state() != alert::State::Closed => Some(person),
        _ => None,
    }
}

#[async_trait]
impl Job for Erasing {
    fn name(&self) -> &'static str {
        "erasing"
    }

    fn every(&self) -> Duration {
        // Nobody waits at a page for it; a month is what the law gives.
        Duration::from_secs(10 * 60)
    }

    /// Each server has files of its own.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        // What is taken out does not come back, and a clock that is ahead would leave no time to call it off.
        if !self.clock.is_borne_out() {
            return Ok(());
        }
        let mut failed = None;
        for one in self.books.all::<Erasure>().await? {
            let is_due = one.value.due().is_some_and(|due| due <= at);
            if one.value.state() == State::Agreed && is_due {
                // One that fails does not hold up the others.
                if let Err(error) = self.carry_on(&one, at).await {
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
