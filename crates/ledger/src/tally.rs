//! What each control did this term, counted from the events and the books.
//!
//! Events of days that are over are counted once and remembered as long as the server runs; the day that goes on is counted
//! again, and so are the books, at most every two minutes. A count goes on when whoever asked for it has left, and whoever asks
//! meanwhile waits for it.

use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::Mutex;
use usher_activity::question::{Activity, Question};
use usher_policy::snapshot::Snapshot;
use usher_records::alert::Alert;
use usher_records::case::Case;
use usher_records::case::thread::Says;
use usher_records::disclosure::Disclosure;
use usher_records::grant::Grant;
use usher_records::lesson::Lesson;
use usher_records::look::Look;
use usher_records::person::Person;
use usher_records::report::IssuedReport;
use usher_records::request::UnblockRequest;
use usher_records::session::{EndReason, Session};
use usher_records::signature::{Part, Signature};
use usher_records::told::{Told, What};
use usher_records::unrestricted::Unrestricted;
use usher_reports::evidence::{Evidence, Tallies, term};
use usher_reports::ledger::Counts;
use usher_reports::period::Period;
use usher_store::books::Books;
use usher_types::moment::Moment;

use crate::LedgerFault;

/// What was counted a moment ago is shown again for this long: each count reads all events of the day, and the books.
const FRESH_SECONDS: i64 = 120;

/// Counts for one school.
#[derive(Debug, Clone)]
pub struct Tally(Arc<Counting>);

#[derive(Debug)]
struct Counting {
    books: Books,
    activity: Arc<dyn Activity>,
    counted: Mutex<Option<Counted>>,
}

#[derive(Debug, Clone)]
struct Counted {
    /// What the events of the term show.
    tallies: Tallies,
    /// The same and what the books show.
    all: Tallies,
    from: Moment,
    at: Moment,
}

/// What every control did in a term.
#[derive(Debug, Clone)]
pub struct Term {
    /// The term, as far as it has come.
    pub period: Period,
    tallies: Tallies,
}

impl Counts for Term {
    fn of(&self, control: &str) -> Option<Evidence> {
        self.tallies.evidence(control, &self.period)
    }
}

impl Term {
    /// Its first and last day, as people say them.
    pub fn days(&self) -> (String, String) {
        let (first, last) = self.period.ends();
        let zone = &self.period.zone;
        let spoken = |day| zone.local(zone.start_of(day)).spoken_date();
        (spoken(first), spoken(last))
    }
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(books: Books, activity: Arc<dyn Activity>) -> Self {
        Self(Arc::new(Counting { books, activity, counted: Mutex::new(None) }))
    }

    /// What was counted this term, at most two minutes old.
    ///
    /// # Errors
    /// When the books or the events fail.
    pub async fn term(&self, snapshot: &Snapshot, at: Moment) -> Result<Term, LedgerFault> {
        let document = &snapshot.document;
        let period = term(&document.calendar, &document.zone, at);
        let (counting, of) = (Arc::clone(&self.0), period.clone());
        let work = tokio::spawn(async move { counting.count(&of, at).await });
        let tallies = work.await.map_err(|_stopped| LedgerFault::BrokenOff)??;
        Ok(Term { period, tallies })
    }
}

impl Counting {
    async fn count(&self, period: &Period, at: Moment) -> Result<Tallies, LedgerFault> {
        let mut counted = self.counted.lock().await;
        let before = counted.clone().filter(|before| before.from == period.from && before.at <= at);
        if let Some(fresh) = before.as_ref().filter(|before| at < before.at.plus_seconds(FRESH_SECONDS)) {
            return Ok(fresh.all.clone());
        }
        let tallies = self.events(period, before).await?;
        let mut all = tallies.clone();
        all.join(&self.records(period).await?);
        *counted = Some(Counted { tallies, all: all.clone(), from: period.from, at });
        Ok(all)
    }

    /// What the events show; of those counted before, only the last day is read again.
    async fn events(&self, period: &Period, before: Option<Counted>) -> Result<Tallies, LedgerFault> {
        let mut tallies = Tallies::new(period.zone.clone());
        let mut from = period.from;
        if let Some(before) = before {
            let day = period.day(before.at);
            tallies = before.tallies;
            tallies.forget_from(day);
            from = period.zone.start_of(day).max(period.from);
        }
        let (activity, question) =
            (Arc::clone(&self.activity), Question::all(self.books.school(), from, period.until));
        let work = tokio::task::spawn_blocking(move || {
            activity.scan(&question, &mut |event| {
                tallies.add(&event);
                ControlFlow::Continue(())
            })?;
            Ok::<_, LedgerFault>(tallies)
        });
        work.await.map_err(|_stopped| LedgerFault::BrokenOff)?
    }

    async fn records(&self, period: &Period) -> Result<Tallies, LedgerFault> {
        let (mut tallies, books) = (Tallies::new(period.zone.clone()), &self.books);
        for session in books.values::<Session>().await? {
            tallies.signed_in(session.known_by, session.from);
            match session.ended {
                Some((at, EndReason::Idle | EndReason::Over)) => tallies.count("account.time-limits", at),
                Some((at, EndReason::Elsewhere)) => tallies.count("account.one-device", at),
                _ => {}
            }
            if session.clause_accepted {
                tallies.count("agreement.each-time", session.from);
            }
        }
        for signature in books.values::<Signature>().await? {
            let at = signature.at;
            tallies.count("agreement.version", at);
            tallies.count("agreement.right-text", at);
            if let Part::ParentFor(_) = signature.part {
                tallies.count("agreement.parent-part", at);
            }
            if signature.check_passed.is_some() {
                tallies.count("agreement.check-question", at);
            }
        }
        for told in books.values::<Told>().await? {
            match told.what {
                What::ToldAnAdult => tallies.count("tell.told-an-adult", told.at),
                What::TellSomeone => tallies.count("tell.button", told.at),
                What::Accident => tallies.count("tell.accident", told.at),
                What::PasswordKnown => {}
            }
        }
        self.acts(&mut tallies).await?;
        Ok(tallies)
    }

    /// What adults did, one count each.
    async fn acts(&self, tallies: &mut Tallies) -> Result<(), LedgerFault> {
        let books = &self.books;
        for lesson in books.values::<Lesson>().await? {
            tallies.count("seen.lesson-live", lesson.opened_at);
        }
        for request in books.values::<UnblockRequest>().await? {
            tallies.count("ask.unblock", request.asked_at);
        }
        for grant in books.values::<Grant>().await? {
            tallies.count("ask.grant", grant.made_at);
        }
        for time in books.values::<Unrestricted>().await? {
            tallies.count("web.unrestricted", time.from);
        }
        for report in books.values::<IssuedReport>().await? {
            tallies.count("seen.weekly-report", report.made_at);
        }
        for look in books.values::<Look>().await? {
            tallies.count("seen.looks", look.at);
        }
        for alert in books.values::<Alert>().await? {
            tallies.count("seen.alert-now", alert.at);
        }
        for disclosure in books.values::<Disclosure>().await? {
            tallies.count("account.disclosed", disclosure.told_at);
        }
        for entry in books.values::<Case>().await?.iter().flat_map(|case| &case.entries) {
            match entry.says {
                Says::Opened(_) => tallies.count("case.report", entry.at),
                Says::Narrowed { .. } => tallies.count("case.steps", entry.at),
                Says::Parents { .. } => tallies.count("case.parent-contact", entry.at),
                _ => {}
            }
        }
        for person in books.values::<Person>().await? {
            if let Some(left) = person.left {
                tallies.left(left);
            }
        }
        Ok(())
    }
}
