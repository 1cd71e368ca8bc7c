//! The ledger of clauses on paper, for a governor: the three lists first, then every promise.

use super::block::{Block, Figure, Line, Run, Tone};
use super::{Document, Letterhead, Sheet, markdown};
use crate::ledger::{Clause, Control, Told};
use crate::say::Say;

/// The ledger, as tried at `when` over a term, both in words.
pub fn ledger(head: &Letterhead<'_>, told: &Told, lines: &[String]) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("ledger-title"));
    sheet.put_front(Block::lead(&say.say("ledger-lead", &[("school", head.school.into())])));
    for line in lines {
        sheet.put_front(Block::quiet(line));
    }
    if !told.states.is_empty() {
        let figure = |(_, count, words): &(_, usize, String)| {
            Figure::new(u32::try_from(*count).unwrap_or(u32::MAX), words)
        };
        sheet.put_front(Block::Figures { figures: told.states.iter().map(figure).collect() });
    }
    clauses(&mut sheet, say, "ledger-list-unkept", &told.unkept);
    clauses(&mut sheet, say, "ledger-list-no-longer", &told.no_longer);
    sheet.put(Block::heading(&say.plain("ledger-list-untold")));
    if told.untold.is_empty() {
        sheet.put(Block::text(&say.plain("ledger-list-untold-none")));
    } else {
        sheet.put(Block::text(&say.plain("ledger-list-untold-text")));
        sheet.put(controls(say, &told.untold));
    }
    sheet.put(Block::NewPage);
    sheet.put(Block::heading(&say.plain("ledger-list-all")));
    if told.all.is_empty() {
        sheet.put(Block::text(&say.plain("ledger-none")));
    }
    let mut version = "";
    for clause in &told.all {
        if version != clause.version {
            version = &clause.version;
            sheet.put(Block::Heading { level: 3, runs: vec![Run::new(version)] });
        }
        sheet.put(one(say, clause));
    }
    sheet.finish()
}

fn clauses(sheet: &mut Sheet, say: Say<'_>, list: &str, all: &[Clause]) {
    sheet.put(Block::heading(&say.plain(list)));
    if all.is_empty() {
        sheet.put(Block::text(&say.plain(&format!("{list}-none"))));
    }
    for clause in all {
        sheet.put(Block::quiet(&clause.version));
        sheet.put(one(say, clause));
    }
}

/// A clause: its words and state, what keeps it, and who was told what is not true any more.
fn one(say: Say<'_>, clause: &Clause) -> Block {
    let number = [("number", i64::from(clause.number).into()), ("text", words(&clause.text).into())];
    let runs = vec![Run::strong(&say.say("ledger-clause", &number))];
    let mut blocks = vec![Block::Text { tone: Tone::Body, runs }];
    let state = format!("{}. {}", clause.state.1, clause.rests.as_ref().unwrap_or(&clause.means));
    let since = clause.since.as_ref().map_or_else(String::new, |since| format!(" {since}."));
    blocks.push(Block::text(&format!("{state}{since}")));
    if let Some((head, signers)) = &clause.ended_for {
        blocks.push(Block::text(head));
        let items = signers.iter().map(|signer| vec![Block::text(signer)]).collect();
        blocks.push(Block::List { start: None, items });
    }
    if !clause.controls.is_empty() {
        blocks.push(controls(say, &clause.controls));
    }
    blocks.push(Block::quiet(&clause.signed));
    Block::Keep { blocks }
}

/// A clause's words without their marks.
fn words(text: &str) -> String {
    match markdown::blocks(text).into_iter().next() {
        Some(Block::Text { runs, .. }) => runs.into_iter().map(|run| run.text).collect(),
        _ => text.to_owned(),
    }
}

fn controls(say: Say<'_>, all: &[Control]) -> Block {
    let column = |key: &str, share| (say.plain(key), share);
    let columns = [
        column("ledger-table-control", 38),
        column("ledger-table-rests", 34),
        column("ledger-table-evidence", 28),
    ];
    let row = |control: &Control| {
        let mut evidence = vec![Line::body(&control.evidence.count)];
        evidence.extend(control.evidence.more.iter().map(|more| Line::quiet(more)));
        let level = if control.conditions.is_empty() {
            control.level.clone()
        } else {
            format!("{} ({})", control.level, control.conditions.join("; "))
        };
        vec![
            vec![Line::body(&control.title)],
            vec![Line::body(&control.outcome), Line::quiet(&level)],
            evidence,
        ]
    };
    Block::table(&columns, all.iter().map(row).collect())
}
