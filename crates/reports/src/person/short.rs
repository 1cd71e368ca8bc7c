//! What is left of an event after its time is over, as one person's activity shows it.

use usher_events::row::{self, BLOCKED, PART_OF_PAGE, REQUEST, UNREAD};
use usher_policy::verdict::Verdict;
use usher_scan::features::Search;
use usher_types::host::Host;
use usher_types::role::Reader;

use super::Row;
use super::fold::{PersonFold, Seen, is_opened, site};

/// The number of a connection in the catalogue of events.
const TUNNEL: u8 = 2;

impl PersonFold<'_> {
    /// What a row shows: the site in place of the address, and the kind of site in place of the reason. None for what has no
    /// row of its own when it is whole either.
    pub(super) fn short(&self, row: &row::Row) -> Option<Seen> {
        let is_tunnel = row.kind == TUNNEL;
        // What is inside an inspected connection has rows of its own.
        if !row.has(REQUEST) || (is_tunnel && !row.has(UNREAD) && !row.has(BLOCKED)) {
            return None;
        }
        let verdict = verdict(row.verdict);
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let opened = is_opened(&row.media) && !row.has(PART_OF_PAGE);
        let shown = is_tunnel || opened || !row.engine.is_empty() || verdict != Verdict::Allow;
        let name = Host::parse(&row.site).map_or_else(|_odd| row.site.clone(), |host| site(&host));
        let shown = shown.then(|| Row {
            at: row.at,
            count: 1,
            address: name.clone(),
            visible: !is_tunnel,
            title: some(&row.title).filter(|_title| !is_tunnel),
            media_type: some(&row.media).filter(|_media| !is_tunnel),
            bytes: row.bytes,
            search: some(&row.engine).map(|engine| Search { engine, words: row.search.clone() }),
            verdict,
            reason: self.kind_of_site(&row.category),
            event: row.id,
            found: Vec::new(),
            password_known: self.known_at(row.at),
            short: true,
        });
        Some(Seen { site: name, row: shown })
    }

    fn kind_of_site(&self, category: &str) -> String {
        if category.is_empty() {
            return String::new();
        }
        let known = self.words.find(Reader::Adult, &format!("category-{category}"), &[]);
        // A list of the school's own has no other name.
        let name = known.unwrap_or_else(|| category.to_owned());
        self.words.say(Reader::Adult, "report-person-short-kind", &[("category", name.into())])
    }
}

/// The verdict a row's number stands for: its place in the order of strictness plus one.
fn verdict(number: u8) -> Verdict {
    let place = usize::from(number).saturating_sub(1);
    Verdict::ALL.get(place).copied().unwrap_or(Verdict::Allow)
}
