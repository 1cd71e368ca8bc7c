//! Private time of staff at work (WEB-23): events in, figures out, by person and day.
//!
//! The method is that of the person report: the time from one request to the next counts for the page opened last, at most
//! five minutes of it, and one minute where nothing follows. A stretch counts whole at the time it begins.
//! Owns: the counting. Does not: say what is private, when staff work or what is allowed (`policy::private_use` does), or
//! know the lists: what a page is about is asked of whoever has them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use usher_events::event::{Event, What};
use usher_lists::category::Category;
use usher_policy::private_use::{is_allowed, is_work_time};
use usher_policy::verdict::TlsAction;
use usher_records::permission::Permission;
use usher_records::private_use::{Figure, PrivateRules, SiteFigure};
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::{EventId, PersonId};
use usher_types::moment::{Moment, Zone};
use usher_types::url::WebAddress;

use crate::person::fold::{is_opened, site};
use crate::person::stretches::{minutes, stretches};

/// What counts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The school's limits and kinds of page.
    pub rules: &'a PrivateRules,
    /// Its days and bells.
    pub calendar: &'a SchoolCalendar,
    /// Its clock.
    pub zone: &'a Zone,
    /// The uses that the head or the governors ever allowed.
    pub list: &'a [Permission],
}

/// Private time, added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrivateSum {
    seconds: i64,
    kinds: BTreeMap<Category, i64>,
    sites: BTreeMap<String, i64>,
}

impl PrivateSum {
    /// Estimated minutes.
    pub fn minutes(&self) -> u32 {
        minutes(self.seconds)
    }

    /// Whether it is more than a limit of so many minutes; of no limit, 0, nothing is.
    pub fn is_over(&self, limit_minutes: u16) -> bool {
        limit_minutes > 0 && self.seconds > i64::from(limit_minutes) * 60
    }

    /// By kind of page, longest first.
    pub fn figures(&self) -> Vec<Figure> {
        let kinds = self.kinds.iter();
        let mut all: Vec<Figure> = kinds
            .map(|(category, seconds)| Figure { category: category.clone(), minutes: minutes(*seconds) })
            .collect();
        all.sort_by_key(|figure| std::cmp::Reverse(figure.minutes));
        all
    }

    /// By site, longest first.
    pub fn sites(&self) -> Vec<SiteFigure> {
        let sites = self.sites.iter();
        let mut all: Vec<SiteFigure> = sites
            .map(|(site, seconds)| SiteFigure { site: site.clone(), minutes: minutes(*seconds) })
            .collect();
        all.sort_by_key(|figure| std::cmp::Reverse(figure.minutes));
        all
    }

    fn add(&mut self, opened: &Opened, category: &Category, seconds: i64) {
        self.seconds += seconds;
        *self.kinds.entry(category.clone()).or_default() += seconds;
        *self.sites.entry(opened.site.clone()).or_default() += seconds;
    }

    /// This and another together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.seconds += other.seconds;
        for (category, seconds) in &other.kinds {
            *self.kinds.entry(category.clone()).or_default() += seconds;
        }
        for (site, seconds) in &other.sites {
            *self.sites.entry(site.clone()).or_default() += seconds;
        }
        self
    }
}

/// A page somebody opened, and the kind it counts as, if it is private.
#[derive(Debug)]
struct Opened {
    site: String,
    page: WebAddress,
    category: Option<Category>,
}

/// Takes the events of staff in any order, each once; passes others over.
#[derive(Debug)]
pub struct PrivateFold<'a, C> {
    counted: Counted<'a>,
    categories: C,
    seen: BTreeMap<PersonId, BTreeMap<(Moment, EventId), Option<Opened>>>,
}

impl<'a, C: Fn(&WebAddress) -> Vec<Category>> PrivateFold<'a, C> {
    /// Begins with these people. `categories` says what a page is about.
    pub fn new(counted: Counted<'a>, staff: impl IntoIterator<Item = PersonId>, categories: C) -> Self {
        let seen = staff.into_iter().map(|person| (person, BTreeMap::new())).collect();
        Self { counted, categories, seen }
    }

    /// Takes an event.
    pub fn add(&mut self, event: &Event) {
        let Some(person) = event.person().filter(|person| self.seen.contains_key(person)) else { return };
        let request = match &event.what {
            What::Web(web) => {
                let opens = web.outcome.content_type.as_deref().is_some_and(is_opened)
                    || web.facts.features.search.is_some();
                let opened =
                    (opens && !web.decision.is_refusal()).then(|| self.opened(web.facts.address.clone()));
                Some(opened)
            }
            // What is inside an inspected tunnel comes as requests of its own.
            What::Tunnel(tunnel) if tunnel.action != TlsAction::Inspect => {
                let page = WebAddress::parse(&format!("https://{}/", tunnel.facts.connect.0)).ok();
                let page = page.filter(|_| !tunnel.decision.is_refusal());
                Some(page.map(|page| self.opened(page)))
            }
            _ => None,
        };
        if let (Some(opened), Some(seen)) = (request, self.seen.get_mut(&person)) {
            seen.insert((event.at, event.id), opened);
        }
    }

    fn opened(&self, page: WebAddress) -> Opened {
        let about = (self.categories)(&page);
        let mut kinds = self.counted.rules.categories.iter();
        let category = kinds.find(|kind| about.contains(kind)).cloned();
        Opened { site: site(&page.host), page, category }
    }

    /// Ends the counting: for each person the days on which there was any.
    pub fn finish(self) -> BTreeMap<PersonId, BTreeMap<Date, PrivateSum>> {
        let counted = self.counted;
        let days = |seen: &BTreeMap<(Moment, EventId), Option<Opened>>| {
            let requests: Vec<(Moment, Option<&Opened>)> =
                seen.iter().map(|((at, _), opened)| (*at, opened.as_ref())).collect();
            let mut days: BTreeMap<Date, PrivateSum> = BTreeMap::new();
            for (opened, at, seconds) in stretches(&requests) {
                let Some(category) = &opened.category else { continue };
                if counted.counts(&opened.page, category, at) {
                    let day = counted.zone.local(at).date();
                    days.entry(day).or_default().add(opened, category, seconds);
                }
            }
            days
        };
        self.seen.iter().map(|(person, seen)| (*person, days(seen))).collect()
    }
}

impl Counted<'_> {
    fn counts(&self, page: &WebAddress, category: &Category, at: Moment) -> bool {
        let local = self.zone.local(at);
        let period = self.calendar.period_at(local);
        is_work_time(self.rules, self.calendar, local)
            && !is_allowed(self.list, (page, category), (at, period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, decision, subject, tunnel, web};
    use jiff::civil::{date, time};
    use proptest::prelude::*;
    use usher_policy::verdict::Verdict;
    use usher_records::permission::matter::{Detail, Matter};
    use usher_records::permission::{Ask, Entry, Says};
    use usher_types::calendar::{Period, PeriodKind};
    use usher_types::ids::Id;

    const RUTH: u64 = 9;

    fn calendar() -> SchoolCalendar {
        let period = |kind, from, until| Period { name: "p".into(), kind, from, until };
        SchoolCalendar {
            periods: vec![
                period(PeriodKind::Lesson, time(9, 0, 0, 0), time(12, 0, 0, 0)),
                period(PeriodKind::Lunch, time(12, 0, 0, 0), time(13, 0, 0, 0)),
                period(PeriodKind::Lesson, time(13, 0, 0, 0), time(15, 30, 0, 0)),
            ],
            ..SchoolCalendar::default()
        }
    }

    fn about(page: &WebAddress) -> Vec<Category> {
        let names = match page.host.to_string().as_str() {
            "shop.example" => vec!["shopping"],
            "bank.example" => vec!["finance-and-banking"],
            _ => vec!["education"],
        };
        names.into_iter().map(|name| Category::parse(name).unwrap()).collect()
    }

    /// A page opened every four minutes, so many times; what comes after them is school work.
    fn visits(first: u64, from: &str, site: &str, times: u64) -> Vec<Event> {
        let start = at(from);
        let visit = |number: u64, site: &str| {
            let when = start.plus_minutes(4 * i64::try_from(number).unwrap());
            web(first + number, when, subject(RUTH), &format!("https://{site}/"), |_| {})
        };
        (0..times).map(|number| visit(number, site)).chain([visit(times, "maths.example")]).collect()
    }

    fn banking_at_lunch() -> Permission {
        let words = String::new();
        let given = Says::Given { words, grants: vec![] };
        let entry = |by, says| Entry { by: Some(Id::new(by)), at: at("2026-11-20T09:00"), says };
        Permission {
            id: Id::new(1),
            ask: Ask {
                matter: Matter::PrivateUse,
                reason: "Reasonable at lunch".into(),
                details: [(Detail::What, "Personal banking".to_owned())].into(),
                whom: vec![],
                pages: vec![],
                opens: vec![],
                meeting: false,
                categories: vec![Category::parse("finance-and-banking").unwrap()],
                periods: vec![PeriodKind::Lunch],
                sites: vec![],
                lesson: None,
                from: at("2026-11-20T09:00"),
                until: Some(at("2026-12-18T16:00")),
            },
            entries: vec![entry(3, Says::Asked), entry(1, given)],
        }
    }

    fn counted(events: &[Event], list: &[Permission]) -> PrivateSum {
        let (rules, calendar, zone) = (PrivateRules::default(), calendar(), Zone::london());
        let counted = Counted { rules: &rules, calendar: &calendar, zone: &zone, list };
        let mut fold = PrivateFold::new(counted, [Id::new(RUTH)], about);
        events.iter().for_each(|event| fold.add(event));
        let mut people = fold.finish();
        people.remove(&Id::new(RUTH)).unwrap().remove(&date(2026, 11, 24)).unwrap_or_default()
    }

    #[test]
    fn web_23_seventy_minutes_of_shopping_are_over_a_limit_of_thirty_with_the_figures() {
        let mut events = visits(100, "2026-11-24T09:10", "shop.example", 14);
        events.extend(visits(200, "2026-11-24T13:00", "shop.example", 3));
        events.push(web(300, at("2026-11-24T13:30"), subject(10), "https://shop.example/", |_| {}));
        // A page that was shut is no time on it, and neither is what a page fetches from elsewhere.
        events.push(web(301, at("2026-11-24T13:16"), subject(RUTH), "https://shop.example/", |web| {
            web.decision = decision(Verdict::Block);
        }));
        events.push(tunnel(
            302,
            at("2026-11-24T14:00"),
            subject(RUTH),
            "shop.example:443",
            TlsAction::Splice,
        ));
        events.push(tunnel(
            303,
            at("2026-11-24T14:01"),
            subject(RUTH),
            "bank.example:443",
            TlsAction::Inspect,
        ));
        events.push(web(304, at("2026-11-24T14:02"), subject(RUTH), "https://maths.example/", |_| {}));
        let sum = counted(&events, &[]);
        assert_eq!(sum.minutes(), 70);
        assert!(sum.is_over(30) && !sum.is_over(70) && !sum.is_over(0));
        let figures: Vec<_> =
            sum.figures().iter().map(|one| (one.category.to_string(), one.minutes)).collect();
        assert_eq!(figures, [("shopping".to_owned(), 70)]);
        assert_eq!(sum.sites(), [SiteFigure { site: "shop.example".into(), minutes: 70 }]);
    }

    #[test]
    fn web_23_time_before_and_after_hours_and_on_closed_days_is_nobodys_business() {
        for from in ["2026-11-24T07:00", "2026-11-24T15:30", "2026-11-22T10:00"] {
            assert_eq!(counted(&visits(100, from, "shop.example", 10), &[]), PrivateSum::default(), "{from}");
        }
    }

    #[test]
    fn prm_07_personal_banking_at_lunch_is_no_longer_counted_at_lunch() {
        let mut events = visits(100, "2026-11-24T12:05", "bank.example", 10);
        events.extend(visits(200, "2026-11-24T14:00", "bank.example", 5));
        assert_eq!(counted(&events, &[]).minutes(), 60);
        assert_eq!(counted(&events, &[banking_at_lunch()]).minutes(), 20, "at other times it is");
        let shop = visits(100, "2026-11-24T12:05", "shop.example", 10);
        assert_eq!(counted(&shop, &[banking_at_lunch()]).minutes(), 40, "and other kinds are");
    }

    proptest! {
        #[test]
        fn the_same_events_give_the_same_figures_in_any_order(mut order in Just((0..15).collect::<Vec<usize>>()).prop_shuffle()) {
            let events = visits(100, "2026-11-24T10:00", "shop.example", 14);
            order.truncate(events.len());
            let shuffled: Vec<Event> = order.iter().map(|index| events[*index].clone()).collect();
            prop_assert_eq!(counted(&shuffled, &[]), counted(&events, &[]));
        }
    }
}
