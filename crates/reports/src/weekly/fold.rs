//! Events in, report out.

use std::collections::{BTreeMap, BTreeSet};

use usher_events::event::{Event, WebEvent, What};
use usher_policy::facts::Circumstances;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_scan::features::{Place, ThemeHit};
use usher_scan::theme::Theme;
use usher_types::host::Host;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use super::{
    Confidential, Day, Figures, Gravity, Item, LISTED_FROM, MOST_SEARCHES, Phrase, SAME_MINUTES, Unseen,
    Weekly,
};
use crate::names::{Audience, Names, Visitor, Whereabouts, Who};
use crate::period::{Period, is_weekend};

/// Takes a week's events one by one, in any order, each once. Holds what was found and one time per search and blocked
/// site, not the events.
#[derive(Debug)]
pub struct WeeklyFold<'a> {
    period: Period,
    names: &'a Names,
    finds: BTreeMap<Key, Vec<Find>>,
    searches: BTreeMap<(Visitor, String, String), Vec<Moment>>,
    blocks: BTreeMap<(Visitor, Host), Vec<Moment>>,
    unseen: Unseen,
}

/// What makes two finds the same item when they are close in time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    visitor: Visitor,
    audience: Audience,
    phrase: Phrase,
    engine: Option<String>,
    /// An item is marked whole or not at all.
    password_known: bool,
}

#[derive(Debug)]
struct Find {
    at: Moment,
    event: EventId,
    who: Who,
    whereabouts: Whereabouts,
    others: Vec<Phrase>,
    place: Place,
    words: Option<String>,
    address: String,
    verdict: Verdict,
}

impl<'a> WeeklyFold<'a> {
    /// Begins a report.
    pub const fn new(period: Period, names: &'a Names) -> Self {
        Self {
            period,
            names,
            finds: BTreeMap::new(),
            searches: BTreeMap::new(),
            blocks: BTreeMap::new(),
            unseen: Unseen { tunnels: 0, requests: 0, nobody: 0, shared: 0, tunnelled: false },
        }
    }

    /// Takes an event. One outside the period is passed over.
    pub fn add(&mut self, event: &Event) {
        if !self.period.holds(event.at) {
            return;
        }
        match &event.what {
            What::Web(web) => {
                self.count(&web.facts.who);
                self.add_web(event, web);
            }
            What::Tunnel(tunnel) => {
                self.count(&tunnel.facts.who);
                if tunnel.action == TlsAction::Splice {
                    self.unseen.tunnels += 1;
                }
                if tunnel.decision.is_block() && tunnel.action == TlsAction::Terminate {
                    self.block(event, &tunnel.facts.who, &tunnel.facts.connect.0);
                }
            }
            What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => {}
        }
    }

    /// Sets what the report cannot know, counted over all requests, where only notable events were added.
    pub const fn set_unseen(&mut self, unseen: Unseen) {
        self.unseen = unseen;
    }

    /// Ends the report. `told` is how often a child told an adult in this time.
    pub fn finish(self, told: u32) -> Weekly {
        let mut figures = Figures {
            told,
            searches: self.searches.into_values().map(visits).sum(),
            blocks: self.blocks.into_values().map(visits).sum(),
            ..Figures::default()
        };
        let mut found: BTreeMap<Audience, Vec<Item>> = BTreeMap::new();
        for (key, finds) in self.finds {
            found.entry(key.audience).or_default().extend(bursts(&key, finds));
        }
        let (listed, counted_only) = split(found.remove(&Audience::Readers).unwrap_or_default());
        figures.items = count(listed.len());
        let people: BTreeSet<_> = listed.iter().filter_map(|item| person(&item.who)).collect();
        figures.people = count(people.len());
        let confidential = found
            .into_iter()
            .map(|(audience, items)| {
                let (items, counted_only) = split(items);
                Confidential { audience, items, counted_only }
            })
            .collect();
        let days = days(&self.period, &listed);
        Weekly {
            period: self.period,
            figures,
            counted_only,
            gravities: by_gravity(listed),
            days,
            confidential,
            unseen: self.unseen,
        }
    }

    fn count(&mut self, from: &Circumstances) {
        self.unseen.requests += 1;
        match Visitor::of(from) {
            Visitor::Person(_) => {}
            Visitor::Shared(..) => self.unseen.shared += 1,
            Visitor::Nobody(_) => self.unseen.nobody += 1,
        }
    }

    fn add_web(&mut self, event: &Event, web: &WebEvent) {
        let (facts, from) = (&web.facts, &web.facts.who);
        if let Some(search) = &facts.features.search {
            let key = (Visitor::of(from), search.engine.clone(), search.words.clone());
            self.searches.entry(key).or_default().push(event.at);
        }
        if web.decision.is_block() && !facts.part_of_page {
            self.block(event, from, &facts.address.host);
        }
        let mut hits: Vec<&ThemeHit> = facts.features.themes.iter().collect();
        hits.sort_by_key(|hit| (std::cmp::Reverse(hit.severity), rank(hit.theme), &hit.phrase));
        let Some((gravest, others)) = hits.split_first() else { return };
        let search = facts.features.search.as_ref().filter(|_| gravest.place == Place::Search);
        let key = Key {
            visitor: Visitor::of(from),
            audience: Audience::of(&from.subject),
            phrase: phrase(gravest),
            engine: search.map(|search| search.engine.clone()),
            password_known: from
                .subject
                .person
                .is_some_and(|person| self.names.password_known(person, event.at)),
        };
        self.finds.entry(key).or_default().push(Find {
            at: event.at,
            event: event.id,
            who: Who::of(&from.subject, self.names),
            whereabouts: Whereabouts::of(from, self.names),
            others: others.iter().map(|hit| phrase(hit)).collect(),
            place: gravest.place,
            words: search.map(|search| search.words.clone()),
            address: facts.address.to_string(),
            verdict: web.decision.verdict,
        });
    }

    fn block(&mut self, event: &Event, from: &Circumstances, host: &Host) {
        self.blocks.entry((Visitor::of(from), host.clone())).or_default().push(event.at);
    }
}

/// Where a theme stands among themes, gravest first.
fn rank(theme: Theme) -> usize {
    Theme::ALL.iter().position(|known| *known == theme).unwrap_or(Theme::ALL.len())
}

fn phrase(hit: &ThemeHit) -> Phrase {
    Phrase { theme: hit.theme, severity: hit.severity, text: hit.phrase.clone() }
}

const fn person(who: &Who) -> Option<usher_types::ids::PersonId> {
    match who {
        Who::Person { person, .. } => Some(*person),
        Who::Shared { .. } | Who::Nobody => None,
    }
}

fn same(earlier: Moment, later: Moment) -> bool {
    later <= earlier.plus_minutes(SAME_MINUTES)
}

/// How many separate visits these times are.
fn visits(mut times: Vec<Moment>) -> u32 {
    times.sort_unstable();
    let gaps = times.iter().zip(times.iter().skip(1)).filter(|(one, next)| !same(**one, **next)).count();
    count(gaps + usize::from(!times.is_empty()))
}

/// Folds the finds of one key into items: a find within [`SAME_MINUTES`] of the one before belongs to it.
fn bursts(key: &Key, mut finds: Vec<Find>) -> Vec<Item> {
    finds.sort_by_key(|find| (find.at, find.event));
    let mut items: Vec<Item> = Vec::new();
    for find in finds {
        match items.last_mut().filter(|item| same(item.last_at, find.at)) {
            Some(item) => join(item, find),
            None => items.push(begin(key, find)),
        }
    }
    items
}

fn begin(key: &Key, find: Find) -> Item {
    Item {
        at: find.at,
        last_at: find.at,
        count: 1,
        who: find.who,
        whereabouts: find.whereabouts,
        phrase: key.phrase.clone(),
        others: find.others,
        place: find.place,
        engine: key.engine.clone(),
        searches: find.words.into_iter().collect(),
        more_searches: 0,
        address: find.address,
        verdict: find.verdict,
        went_through: u32::from(find.verdict == Verdict::Allow),
        event: find.event,
        password_known: key.password_known,
    }
}

fn join(item: &mut Item, find: Find) {
    item.last_at = find.at;
    item.count += 1;
    item.verdict = item.verdict.stricter(find.verdict);
    item.went_through += u32::from(find.verdict == Verdict::Allow);
    for other in find.others {
        if !item.others.contains(&other) {
            item.others.push(other);
        }
    }
    if let Some(words) = find.words.filter(|words| !item.searches.contains(words)) {
        if item.searches.len() < MOST_SEARCHES {
            item.searches.push(words);
        } else {
            item.more_searches += 1;
        }
    }
}

/// The items that are listed, gravest first and then by time; and how often milder words came up.
fn split(items: Vec<Item>) -> (Vec<Item>, u32) {
    let (mut listed, mild): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.phrase.severity >= LISTED_FROM);
    listed.sort_by_key(|item| (std::cmp::Reverse(item.phrase.severity), item.at, item.event));
    (listed, count(mild.len()))
}

fn by_gravity(listed: Vec<Item>) -> Vec<Gravity> {
    let mut gravities: Vec<Gravity> = Vec::new();
    for item in listed {
        let severity = item.phrase.severity;
        match gravities.last_mut().filter(|gravity| gravity.severity == severity) {
            Some(gravity) => gravity.items.push(item),
            None => gravities.push(Gravity { severity, items: vec![item] }),
        }
    }
    gravities
}

fn days(period: &Period, listed: &[Item]) -> Vec<Day> {
    let mut found: BTreeMap<_, BTreeMap<Theme, u32>> = BTreeMap::new();
    for item in listed {
        *found.entry(period.day(item.at)).or_default().entry(item.phrase.theme).or_default() += 1;
    }
    period
        .days()
        .filter(|date| !is_weekend(*date) || found.contains_key(date))
        .map(|date| Day { date, themes: found.get(&date).cloned().unwrap_or_default() })
        .collect()
}

/// A count as reports keep it: a school's week is far below four thousand million.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
