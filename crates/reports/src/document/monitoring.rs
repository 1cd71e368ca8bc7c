//! The monitoring plan on paper, for governors: how each room and group is watched, what is not seen and what is done about it.

use super::block::{Block, Line};
use super::{Document, Letterhead};
use crate::monitoring::{TellLimit, TellPlace, TellRow, Told};
use crate::say::Say;

/// The plan.
pub fn monitoring(head: &Letterhead<'_>, told: &Told) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("monitoring-title"));
    sheet.put_front(Block::lead(&told.usher));
    sheet.put_front(Block::quiet(told.changed.as_ref().unwrap_or(&say.plain("monitoring-not-begun"))));
    sheet.put(Block::heading(&say.plain("monitoring-places")));
    sheet.put(places(say, &told.places));
    sheet.put(Block::heading(&say.plain("monitoring-limits")));
    sheet.put(limits(say, &told.limits));
    sheet.put(Block::heading(&say.plain("monitoring-grid")));
    sheet.put(Block::text(&say.plain("monitoring-grid-text")));
    sheet.put(grid(say, &told.grid));
    sheet.put(Block::heading(&say.plain("monitoring-shared")));
    sheet.put(Block::text(&say.say("monitoring-untold", &[("share", told.untold.as_str().into())])));
    let shared = told.accounts.iter().chain(&told.of_many);
    let rows = shared.map(|(name, text)| vec![vec![Line::strong(name)], vec![Line::body(text)]]).collect();
    let columns =
        [(say.plain("monitoring-column-shared"), 30), (say.plain("monitoring-column-identified"), 70)];
    sheet.put(Block::table(&columns, rows));
    sheet.put(Block::heading(&say.plain("monitoring-systems")));
    let rows = told.systems.iter().map(|(name, text)| vec![vec![Line::strong(name)], vec![Line::body(text)]]);
    let columns = [(say.plain("monitoring-column-system"), 30), (say.plain("monitoring-column-covered"), 70)];
    sheet.put(Block::table(&columns, rows.collect()));
    sheet.finish()
}

fn places(say: Say<'_>, places: &[TellPlace]) -> Block {
    let column = |key: &str, share| (say.plain(key), share);
    let columns = [
        column("monitoring-column-place", 22),
        column("monitoring-way-in-person", 28),
        column("monitoring-way-web-log", 22),
        column("monitoring-way-device", 28),
    ];
    let none = say.plain("monitoring-not-so");
    let row = |place: &TellPlace| {
        let mut cells = vec![vec![Line::strong(&place.name)]];
        if place.said {
            cells.extend(place.ways.iter().map(|way| vec![Line::body(way.as_ref().unwrap_or(&none))]));
        } else {
            cells.push(vec![Line::body(&say.plain("monitoring-unsaid"))]);
            cells.extend([vec![], vec![]]);
        }
        cells
    };
    Block::table(&columns, places.iter().map(row).collect())
}

fn limits(say: Say<'_>, limits: &[TellLimit]) -> Block {
    let column = |key: &str, share| (say.plain(key), share);
    let columns = [
        column("monitoring-column-limit", 44),
        column("monitoring-column-answer", 34),
        column("monitoring-column-who", 22),
    ];
    let row = |limit: &TellLimit| {
        let mut cells = vec![vec![Line::strong(&limit.name), Line::quiet(&limit.fact)]];
        match &limit.answer {
            Some(answer) => {
                let key = if answer.overdue { "monitoring-overdue" } else { "monitoring-again" };
                let again = say.say(key, &[("day", answer.again.as_str().into())]);
                cells.push(vec![Line::body(&answer.what)]);
                cells.push(vec![Line::body(&answer.who), Line::quiet(&again)]);
            }
            None => {
                cells.push(vec![Line::strong(&say.plain("monitoring-no-answer"))]);
                cells.push(vec![]);
            }
        }
        cells
    };
    Block::table(&columns, limits.iter().map(row).collect())
}

fn grid(say: Say<'_>, rows: &[TellRow]) -> Block {
    let column = |key: &str, share| (say.plain(key), share);
    let columns = [
        column("monitoring-column-device", 26),
        column("monitoring-column-seen", 44),
        column("monitoring-column-unseen", 30),
    ];
    let row = |row: &TellRow| {
        vec![
            vec![Line::strong(&row.name), Line::quiet(&row.devices), Line::quiet(&row.last)],
            [&row.filtered, &row.logged, &row.decrypted, &row.identified].map(|text| Line::body(text)).into(),
            vec![Line::body(&row.unseen)],
        ]
    };
    Block::table(&columns, rows.iter().map(row).collect())
}
