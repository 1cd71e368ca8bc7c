//! A fair sample of a time's web use, for leaders to look through (MON-05).
//!
//! Owns: what is in it, and how each page is shown.

use usher_events::event::{Event, WebEvent, What};
use usher_policy::explain;
use usher_records::activity_review::Seen;
use usher_types::role::{PersonKind, Reader};
use usher_words::Words;

use crate::lots::Lots;
use crate::names::{Names, Who};

/// Pages of each sort, opened and refused: a quarter of an hour's reading for two people.
pub const MOST: usize = 15;

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    /// Pages opened.
    pub opened: u64,
    /// Pages refused.
    pub refused: u64,
    /// The sample, by time.
    pub sample: Vec<Seen>,
}

/// Takes events in any order.
#[derive(Debug)]
pub struct SampleFold<'a> {
    names: &'a Names,
    words: &'a Words,
    opened: Lots<Seen>,
    refused: Lots<Seen>,
}

impl<'a> SampleFold<'a> {
    /// Begins drawing.
    pub const fn new(seed: u64, names: &'a Names, words: &'a Words) -> Self {
        Self { names, words, opened: Lots::new(seed, MOST), refused: Lots::new(seed, MOST) }
    }

    /// Takes an event; what is no page that somebody asked for is passed over.
    pub fn add(&mut self, event: &Event) {
        let What::Web(web) = &event.what else { return };
        if web.facts.part_of_page || web.facts.who.subject.kind.is_none() {
            return;
        }
        let refused = web.decision.is_refusal();
        let lots = if refused { &mut self.refused } else { &mut self.opened };
        lots.add(event.id, || seen(event, web, self.names, self.words));
    }

    /// What was drawn.
    pub fn finish(self) -> Drawn {
        let ((opened, shown), (refused, shut)) = (self.opened.finish(), self.refused.finish());
        let mut sample: Vec<Seen> = shown.chain(shut).collect();
        sample.sort_by(|one, other| (one.at, &one.page).cmp(&(other.at, &other.page)));
        Drawn { opened, refused, sample }
    }
}

fn seen(event: &Event, web: &WebEvent, names: &Names, words: &Words) -> Seen {
    let subject = &web.facts.who.subject;
    let adult = subject.kind != Some(PersonKind::Pupil);
    let address = &web.facts.address;
    let class = match Who::of(subject, names) {
        Who::Person { class, .. } => class,
        Who::Shared { .. } | Who::Nobody => None,
    };
    Seen {
        at: event.at,
        class,
        adult,
        page: if adult { address.host.to_string() } else { format!("{}{}", address.host, address.path) },
        refused: web.decision.is_refusal(),
        why: explain::reason(words, Reader::Adult, &web.decision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, decision, names, subject, web};
    use usher_policy::facts::Subject;
    use usher_policy::verdict::Verdict;

    fn page(id: u64, verdict: Verdict, url: &str) -> Event {
        web(id, at("2026-11-24T10:00").plus_minutes(i64::try_from(id).unwrap()), subject(7), url, |web| {
            web.decision = decision(verdict);
        })
    }

    fn drawn(seed: u64, events: &[Event]) -> Drawn {
        let (names, words) = (names(), Words::english().unwrap());
        let mut fold = SampleFold::new(seed, &names, &words);
        events.iter().for_each(|event| fold.add(event));
        fold.finish()
    }

    #[test]
    fn mon_05_the_sample_is_the_same_in_any_order_another_with_another_seed_and_of_both_sorts() {
        let mut events: Vec<Event> = (1..=200)
            .map(|id| {
                let verdict = if id % 4 == 0 { Verdict::Block } else { Verdict::Allow };
                page(id, verdict, &format!("https://site{id}.example/page?q=private"))
            })
            .collect();
        let one = drawn(7, &events);
        assert_eq!((one.opened, one.refused), (150, 50));
        assert_eq!(one.sample.len(), 2 * MOST);
        assert_eq!(one.sample.iter().filter(|seen| seen.refused).count(), MOST);
        assert!(
            one.sample.iter().all(|seen| !seen.page.contains("private")),
            "what was asked of a page is left out"
        );
        events.reverse();
        assert_eq!(drawn(7, &events), one);
        assert_ne!(drawn(8, &events).sample, one.sample);
    }

    #[test]
    fn mon_05_parts_of_pages_and_devices_nobody_is_signed_in_at_are_left_out_and_adults_are_a_site_alone() {
        let mut part = page(1, Verdict::Allow, "https://one.example/");
        let mut nobody = page(2, Verdict::Block, "https://two.example/");
        let mut adult = page(3, Verdict::Allow, "https://three.example/deep/page");
        for (event, kind) in [(&mut part, 0), (&mut nobody, 1), (&mut adult, 2)] {
            let What::Web(web) = &mut event.what else { panic!("they are pages") };
            match kind {
                0 => web.facts.part_of_page = true,
                1 => web.facts.who.subject = Subject::nobody().into(),
                _ => web.facts.who.subject = subject(9).into(),
            }
        }
        let all = drawn(1, &[part, nobody, adult]);
        let pages: Vec<&str> = all.sample.iter().map(|seen| seen.page.as_str()).collect();
        assert_eq!((all.opened, all.refused, pages), (1, 0, vec!["three.example"]));
    }
}
