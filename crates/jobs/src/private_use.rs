//! Private time of staff at work (WEB-23): counted once a day and once a week for days that are over. Whoever was over the
//! school's limit is told first; the item is handed on when their time for an answer is over.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use tokio::sync::Mutex;
use usher_activity::question::{Activity, Question};
use usher_lists::category::Category;
use usher_policy::private_use::{is_bound, reader};
use usher_policy::snapshot::Snapshot;
use usher_records::change::{Actor, Change, Mail};
use usher_records::permission::Permission;
use usher_records::permission::matter::Matter;
use usher_records::person::Person;
use usher_records::private_use::{self, PrivateTime, Span};
use usher_records::school::School;
use usher_reports::private_use::{Counted, PrivateFold, PrivateSum};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_types::url::WebAddress;
use usher_words::{Value, Words};

use crate::readers::holders;
use crate::runner::{Job, JobFault};

/// Days of before that are counted after a start: the server was off over a week.
const CAUGHT_UP_DAYS: i64 = 7;

/// What each person's days came to.
type Sums = BTreeMap<PersonId, BTreeMap<Date, PrivateSum>>;

/// Counts, tells, and hands on.
#[derive(Debug)]
pub struct PrivateUse {
    tools: Tools,
    /// The last day that was counted since this server began.
    counted: Mutex<Option<Date>>,
}

/// What it is done with.
#[derive(Debug)]
pub struct Tools {
    /// The school's books.
    pub books: Books,
    /// Events.
    pub activity: Arc<dyn Activity>,
    /// The policy in use, for its days, bells and lists.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// The words of mails.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the portal is, for the person's link.
    pub portal_origin: String,
    /// Where the desk is, for the reader's link.
    pub desk_origin: String,
}

impl PrivateUse {
    /// The first run counts the days of the last week.
    pub const fn new(tools: Tools) -> Self {
        Self { tools, counted: Mutex::const_new(None) }
    }
}

#[async_trait]
impl Job for PrivateUse {
    fn name(&self) -> &'static str {
        "private-use"
    }

    fn every(&self) -> Duration {
        // Days turn at midnight; whoever comes in the morning has their item.
        Duration::from_secs(15 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let school = usher_directory::books::school(&self.tools.books).await?;
        self.tools.hand_on(&school, at).await?;
        let today = school.zone.local(at).date();
        let Ok(yesterday) = today.yesterday() else { return Ok(()) };
        let mut counted = self.counted.lock().await;
        if *counted == Some(yesterday) {
            return Ok(());
        }
        let since = counted.map_or(CAUGHT_UP_DAYS, |last| i64::from((yesterday - last).get_days()));
        let first = today.checked_sub(since.days()).unwrap_or(yesterday);
        let Some(snapshot) = self.tools.snapshot.load_full() else { return Ok(()) };
        self.tools.days(&school, &snapshot, (first, today), at).await?;
        *counted = Some(yesterday);
        Ok(())
    }
}

impl Tools {
    /// Counts the days from `first` up to today, and the week that is over, once it is.
    async fn days(
        &self,
        school: &School,
        snapshot: &Arc<Snapshot>,
        (first, today): (Date, Date),
        at: Moment,
    ) -> Result<(), JobFault> {
        let rules = &school.settings.private_use;
        let monday = monday(today);
        let week = monday.checked_sub(7.days()).unwrap_or(monday);
        let weekly = rules.week_minutes > 0 && first < monday;
        let from = if weekly { first.min(week) } else { first };
        let people = self.books.values::<Person>().await?;
        let staff: Vec<&Person> = people.iter().filter(|person| is_bound(person.kind)).collect();
        let sums = self.sums(school, snapshot, &staff, (from, today)).await?;
        for person in staff {
            let Some(days) = sums.get(&person.id) else { continue };
            for (day, sum) in days.range(first..today) {
                self.raise(school, snapshot, (person, Span::Day, *day, sum), at).await?;
            }
            let told = || async {
                let items = self.books.find::<PrivateTime>("person", person.id).await?;
                let in_week = |item: &PrivateTime| week <= item.from && item.from < monday;
                Ok::<_, JobFault>(items.iter().any(|item| in_week(&item.value)))
            };
            // A week with an item of a day in it was told already.
            if weekly && !told().await? {
                let sum = days.range(week..monday).fold(PrivateSum::default(), |all, (_, day)| all.plus(day));
                self.raise(school, snapshot, (person, Span::Week, week, &sum), at).await?;
            }
        }
        Ok(())
    }

    async fn sums(
        &self,
        school: &School,
        snapshot: &Arc<Snapshot>,
        staff: &[&Person],
        (from, until): (Date, Date),
    ) -> Result<Sums, JobFault> {
        let list = self.books.find::<Permission>("matter", Matter::PrivateUse.name()).await?;
        let list: Vec<Permission> = list.into_iter().map(|stored| stored.value).collect();
        let (zone, rules) = (school.zone.clone(), school.settings.private_use.clone());
        let question = Question::all(self.books.school(), zone.start_of(from), zone.start_of(until));
        let ids: Vec<PersonId> = staff.iter().map(|person| person.id).collect();
        let (activity, snapshot) = (Arc::clone(&self.activity), Arc::clone(snapshot));
        let folded = tokio::task::spawn_blocking(move || {
            let calendar = &snapshot.document.calendar;
            let counted = Counted { rules: &rules, calendar, zone: &zone, list: &list };
            let categories = |page: &WebAddress| -> Vec<Category> {
                let set = snapshot.categories_of(&page.host, &page.path, page.query.as_deref());
                snapshot.table().names_in(set).cloned().collect()
            };
            let mut fold = PrivateFold::new(counted, ids, categories);
            activity.scan(&question, &mut |event| {
                fold.add(&event);
                ControlFlow::Continue(())
            })?;
            Ok::<_, JobFault>(fold.finish())
        });
        folded.await.map_err(|error| JobFault::Other(error.to_string()))?
    }

    async fn raise(
        &self,
        school: &School,
        snapshot: &Snapshot,
        (person, span, from, sum): (&Person, Span, Date, &PrivateSum),
        at: Moment,
    ) -> Result<(), JobFault> {
        let rules = &school.settings.private_use;
        let limit_minutes = match span {
            Span::Day => rules.day_minutes,
            Span::Week => rules.week_minutes,
        };
        if !sum.is_over(limit_minutes) {
            return Ok(());
        }
        let today = school.zone.local(at).date();
        let tomorrow = today.tomorrow().unwrap_or(today);
        // Where the terms that are entered end before, days of the week count.
        let days = rules.answer_days;
        let last = snapshot.document.calendar.school_days_from(today, u32::from(days).max(1));
        let last = last.unwrap_or_else(|| tomorrow.checked_add(i64::from(days).days()).unwrap_or(tomorrow));
        let due = school.zone.start_of(last.tomorrow().unwrap_or(last));
        let item = PrivateTime {
            id: Id::new(self.ids.next(at)),
            person: person.id,
            span,
            from,
            limit_minutes,
            minutes: sum.minutes(),
            figures: sum.figures(),
            sites: sum.sites(),
            at,
            due,
            answer: None,
            handed: None,
            seen: None,
        };
        let link = format!("{}/private-use", self.portal_origin);
        let office = format!("report-role-{}", reader(person).name());
        let values = [
            ("minutes", Value::from(i64::from(item.minutes))),
            ("limit", Value::from(i64::from(limit_minutes))),
            ("day", Value::from(school.zone.local(school.zone.start_of(from)).spoken_date())),
            ("due", Value::from(school.zone.local(due.plus_minutes(-1)).spoken_date())),
            ("who", Value::from(self.words.say(Reader::Adult, &office, &[]))),
            ("link", Value::from(link)),
        ];
        let text = format!("private-mail-{}", span.name());
        let mail = self.mail(person.id, "private-mail-subject", &text, &values);
        self.commit(&private_use::raise(&item, vec![mail]), at).await
    }

    /// Hands on what was not answered in its time.
    async fn hand_on(&self, school: &School, at: Moment) -> Result<(), JobFault> {
        for item in self.books.find::<PrivateTime>("state", "with-person").await? {
            if at < item.value.due {
                continue;
            }
            let person = usher_directory::books::person(&self.books, item.value.person).await?;
            let readers = holders(&self.books, &[reader(&person)], &school.zone, at).await?;
            if readers.iter().all(|one| one.id == person.id) {
                // It stays with the person until there is somebody to hand it to.
                continue;
            }
            let link = format!("{}/private-use/{}", self.desk_origin, item.value.id);
            let values = [("name", Value::from(person.name())), ("link", Value::from(link))];
            let mail = |one: &Person| {
                self.mail(one.id, "private-mail-handed-subject", "private-mail-handed", &values)
            };
            let mails = readers.iter().filter(|one| one.id != person.id).map(mail).collect();
            if let Some(change) = private_use::hand_on(&item, at, mails) {
                self.commit(&change, at).await?;
            }
        }
        Ok(())
    }

    fn mail(&self, to: PersonId, subject: &str, text: &str, values: &[(&str, Value<'_>)]) -> Mail {
        let say = |key: &str| self.words.say(Reader::Adult, key, values);
        Mail { to: to.into(), subject: say(subject), text: format!("{}\n", say(text)), attachment: None }
    }

    async fn commit(&self, change: &Change, at: Moment) -> Result<(), JobFault> {
        match self.books.commit(change, &Actor::Usher("private-use".into()), at).await {
            // It was raised before this server began, or answered in the same instant.
            Ok(_) | Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.checked_sub(back.days()).unwrap_or(day)
}
