//! How often what was shut should have been open (FM-43, KC-03, UF-16): for each thousand pages that were refused, how many
//! requests to open one were granted; by kind of page, by class, and week by week.
//!
//! Owns: the counting. Does not: say that a page nobody asked for was rightly shut; few people ask.

use std::collections::BTreeMap;

use usher_events::event::{Event, What};
use usher_policy::decision::Reason;
use usher_records::request::UnblockRequest;
use usher_types::role::PersonKind;

use crate::names::{Names, Who};
use crate::period::Period;

/// Seven days of a period.
const WEEK: usize = 7;

/// What was counted of one kind of page, class or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Pages refused for what they are; parts of pages are not counted.
    pub refused: u32,
    /// Requests to open one of them.
    pub asked: u32,
    /// Those that opened something.
    pub granted: u32,
}

impl Count {
    /// Requests granted for each thousand pages refused, in tenths; none where nothing was refused.
    pub fn tenths(self) -> Option<u64> {
        (self.refused > 0).then(|| u64::from(self.granted) * 10_000 / u64::from(self.refused))
    }

    const fn add(&mut self, what: Tick) {
        let count = match what {
            Tick::Refused => &mut self.refused,
            Tick::Asked => &mut self.asked,
            Tick::Granted => &mut self.granted,
        };
        *count = count.saturating_add(1);
    }
}

#[derive(Debug, Clone, Copy)]
enum Tick {
    Refused,
    Asked,
    Granted,
}

/// Who was refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// A child of this class.
    Class(String),
    /// A child of no class, or one that shares a sign-in.
    OtherPupils,
    /// Staff, parents and visitors.
    Adults,
    /// Nobody was signed in.
    Nobody,
}

impl Side {
    fn of(who: &Who) -> Self {
        match who {
            Who::Person { kind: PersonKind::Pupil, class: Some(class), .. } => Self::Class(class.clone()),
            Who::Person { kind: PersonKind::Pupil, class: None, .. } | Who::Shared { .. } => {
                Self::OtherPupils
            }
            Who::Person { .. } => Self::Adults,
            Who::Nobody => Self::Nobody,
        }
    }
}

/// How often what was shut should have been open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overblocking {
    /// All of it.
    pub all: Count,
    /// By category; none where another rule decided.
    pub categories: BTreeMap<Option<String>, Count>,
    /// By class.
    pub sides: BTreeMap<Side, Count>,
    /// Week by week from the period's first day.
    pub weeks: Vec<Count>,
}

/// Takes refused pages and requests in any order, each once.
#[derive(Debug)]
pub struct OverblockFold<'a> {
    period: Period,
    names: &'a Names,
    counted: Overblocking,
}

impl<'a> OverblockFold<'a> {
    /// Begins counting.
    pub fn new(period: Period, names: &'a Names) -> Self {
        let weeks = vec![Count::default(); period.days().count().div_ceil(WEEK)];
        let counted = Overblocking {
            all: Count::default(),
            categories: BTreeMap::new(),
            sides: BTreeMap::new(),
            weeks,
        };
        Self { period, names, counted }
    }

    /// Takes an event; what is no refused page is passed over.
    pub fn event(&mut self, event: &Event) {
        let What::Web(web) = &event.what else { return };
        if web.decision.is_block() && !web.facts.part_of_page {
            self.tick(event, event.at, Tick::Refused);
        }
    }

    /// Takes a request and the event it is about. It counts where it was asked.
    pub fn request(&mut self, request: &UnblockRequest, event: &Event) {
        self.tick(event, request.asked_at, Tick::Asked);
        if request.answer.as_ref().is_some_and(|answer| answer.grant.is_some()) {
            self.tick(event, request.asked_at, Tick::Granted);
        }
    }

    /// What it came to.
    pub fn finish(self) -> Overblocking {
        self.counted
    }

    fn tick(&mut self, event: &Event, at: usher_types::moment::Moment, what: Tick) {
        let What::Web(web) = &event.what else { return };
        if !self.period.holds(at) {
            return;
        }
        let about = match &web.decision.reason {
            Reason::Says(about, _) | Reason::Category(about) => Some(about.to_string()),
            _ => web.decision.matched.as_ref().map(|matched| matched.category.to_string()),
        };
        let side = Side::of(&Who::of(&web.facts.who.subject, self.names));
        let counted = &mut self.counted;
        counted.all.add(what);
        counted.categories.entry(about).or_default().add(what);
        counted.sides.entry(side).or_default().add(what);
        let today = self.period.day(at);
        let week = self.period.days().position(|day| day == today).map(|day| day / WEEK);
        if let Some(week) = week.and_then(|week| counted.weeks.get_mut(week)) {
            week.add(what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, decision, names, subject, web, week};
    use usher_lists::category::Category;
    use usher_policy::facts::Subject;
    use usher_policy::verdict::Verdict;
    use usher_records::request::Answer;
    use usher_types::ids::Id;
    use usher_types::url::WebAddress;

    const GAMES: &str = "https://games.example/";

    fn refused(id: u64, when: &str, who: Subject, part: bool) -> Event {
        web(id, at(when), who, GAMES, |web| {
            web.decision = decision(Verdict::Block);
            web.decision.reason = Reason::Category(Category::parse("games").unwrap());
            web.facts.part_of_page = part;
        })
    }

    fn request(granted: bool) -> UnblockRequest {
        let answer = Answer {
            by: Id::new(1),
            at: at("2026-11-25T12:00"),
            grant: granted.then(|| Id::new(3)),
            words: "Yes".into(),
        };
        UnblockRequest {
            id: Id::new(1),
            person: Id::new(7),
            event: Id::new(1),
            address: WebAddress::parse(GAMES).unwrap(),
            lesson: None,
            reason: None,
            asked_at: at("2026-11-25T11:00"),
            proposed: None,
            answer: Some(answer),
        }
    }

    #[test]
    fn fm_43_requests_granted_for_each_thousand_pages_refused_by_category_class_and_week() {
        let names = names();
        let mut fold = OverblockFold::new(week(), &names);
        let first = refused(1, "2026-11-25T10:00", subject(7), false);
        fold.event(&first);
        for id in 2..=40 {
            fold.event(&refused(id, "2026-11-25T10:00", Subject::nobody(), false));
        }
        fold.event(&refused(41, "2026-11-25T10:00", subject(7), true));
        fold.event(&refused(42, "2026-11-30T10:00", subject(7), false));
        fold.event(&web(43, at("2026-11-25T10:00"), subject(7), GAMES, |_| {}));
        fold.request(&request(true), &first);
        fold.request(&request(false), &first);
        let counted = fold.finish();
        let all = Count { refused: 40, asked: 2, granted: 1 };
        assert_eq!((counted.all, counted.all.tenths()), (all, Some(250)), "25 for each thousand");
        assert_eq!(counted.categories, BTreeMap::from([(Some("games".to_owned()), all)]));
        let oak = Count { refused: 1, asked: 2, granted: 1 };
        let nobody = Count { refused: 39, ..Count::default() };
        let sides = [(Side::Class("4 Oak".into()), oak), (Side::Nobody, nobody)];
        assert_eq!(counted.sides, BTreeMap::from(sides));
        assert_eq!(counted.weeks, [all]);
        assert_eq!(Count::default().tenths(), None, "nothing refused is no rate of nought");
    }
}
