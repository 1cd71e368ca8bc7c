//! Searches of pupils that raised no alert, a few of them by chance: what a spot check looks at (UM-04).

use std::collections::BTreeSet;

use usher_events::event::{Event, What};
use usher_records::alert::Whose;
use usher_records::spot_check::Drawn;
use usher_types::ids::EventId;
use usher_types::role::PersonKind;

use crate::lots::Lots;

/// Searches a person looks at in one go: a few minutes' reading. With none missed among 20, at most one in six is; after a
/// term of weeks, one in sixty.
pub const MOST: usize = 20;

/// Takes events in any order.
#[derive(Debug)]
pub struct QuietSearches<'a> {
    told: &'a BTreeSet<EventId>,
    lots: Lots<Drawn>,
}

impl<'a> QuietSearches<'a> {
    /// Begins drawing, past the events of alerts.
    pub const fn new(seed: u64, told: &'a BTreeSet<EventId>) -> Self {
        Self { told, lots: Lots::new(seed, MOST) }
    }

    /// Takes an event; what is no pupil's search is passed over.
    pub fn add(&mut self, event: &Event) {
        let What::Web(web) = &event.what else { return };
        let subject = &web.facts.who.subject;
        let Some(search) = &web.facts.features.search else { return };
        let pupil = subject.kind == Some(PersonKind::Pupil);
        if !pupil || search.words.trim().is_empty() || self.told.contains(&event.id) {
            return;
        }
        self.lots.add(event.id, || Drawn {
            event: event.id,
            at: event.at,
            whose: subject.person.map_or(Whose::Device(web.facts.who.device.address), Whose::Person),
            year: subject.year,
            words: search.words.clone(),
        });
    }

    /// How many there were, and those drawn, by time.
    pub fn finish(self) -> (u64, Vec<Drawn>) {
        let (count, drawn) = self.lots.finish();
        let mut drawn: Vec<Drawn> = drawn.collect();
        drawn.sort_by_key(|drawn| (drawn.at, drawn.event));
        (count, drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, subject, web};
    use usher_scan::features::Search;
    use usher_types::ids::Id;

    fn search(id: u64, who: u64, words: &str) -> Event {
        let when = at("2026-11-24T10:00").plus_minutes(i64::try_from(id).unwrap());
        web(id, when, subject(who), "https://www.kiddle.co/s.php?q=x", |web| {
            web.facts.features.search = Some(Search { engine: "Kiddle".into(), words: words.into() });
        })
    }

    fn drawn(seed: u64, told: &[u64], events: &[Event]) -> (u64, Vec<Drawn>) {
        let told = told.iter().map(|id| Id::new(*id)).collect();
        let mut fold = QuietSearches::new(seed, &told);
        events.iter().for_each(|event| fold.add(event));
        fold.finish()
    }

    #[test]
    fn um_04_searches_are_drawn_by_chance_past_those_that_raised_alerts_and_adults() {
        let mut events: Vec<Event> = (1..=100).map(|id| search(id, 7, &format!("words {id}"))).collect();
        events.push(search(101, 9, "an adult's"));
        events.push(search(102, 7, "  "));
        let (count, some) = drawn(3, &[5, 6], &events);
        assert_eq!((count, some.len()), (98, MOST));
        assert!(some.iter().all(|drawn| ![5, 6, 101, 102].contains(&drawn.event.number())));
        assert!(some.is_sorted_by_key(|drawn| drawn.at));
        events.reverse();
        assert_eq!(drawn(3, &[5, 6], &events).1, some, "in whatever order");
        assert_ne!(drawn(4, &[5, 6], &events).1, some, "another seed, others");
    }
}
