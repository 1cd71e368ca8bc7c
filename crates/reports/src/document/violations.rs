//! The violations register on paper (INC-01): every entry and every correction, in order; nothing is left out because it
//! was corrected.

use std::collections::BTreeMap;

use usher_records::register::{Entry, EntryKind};
use usher_types::ids::EntryId;

use super::block::{Block, Cell, Line};
use super::{Document, Letterhead};
use crate::names::Names;
use crate::period::Period;
use crate::say::Say;

/// The entries of a time, such as a term.
pub fn violations(head: &Letterhead<'_>, period: &Period, entries: &[Entry], names: &Names) -> Document {
    let say = head.say();
    let title = say.plain("report-violations-title");
    let mut sheet = head.sheet(&title).marked(&say.plain("report-confidential"));
    sheet.put(Block::lead(&say.period(period)));
    let mut shown: Vec<&Entry> = entries.iter().filter(|entry| period.holds(entry.at)).collect();
    shown.sort_by_key(|entry| entry.number);
    if shown.is_empty() {
        sheet.put(Block::lead(&say.plain("report-violations-none")));
        return sheet.finish();
    }
    let numbers: BTreeMap<EntryId, u32> = entries.iter().map(|entry| (entry.id, entry.number)).collect();
    let head = |name: &str, share| (say.plain(&format!("report-column-{name}")), share);
    let columns = [head("number", 8), head("when", 21), head("entry", 44), head("told", 27)];
    let row = |entry: &&Entry| {
        vec![
            vec![Line::strong(&entry.number.to_string())],
            vec![Line::body(&say.date_and_time(entry.at))],
            entry_cell(say, entry, &numbers, names),
            told(say, entry),
        ]
    };
    sheet.put(Block::table(&columns, shown.iter().map(row).collect()));
    sheet.finish()
}

fn entry_cell(say: Say<'_>, entry: &Entry, numbers: &BTreeMap<EntryId, u32>, names: &Names) -> Cell {
    let name = |id| {
        let gone = || say.say("report-who-gone", &[("person", format!("{id}").into())]);
        names.person(id).map_or_else(gone, str::to_owned)
    };
    let kind = match (entry.kind, entry.corrects.and_then(|corrected| numbers.get(&corrected))) {
        (EntryKind::Unrestricted, _) => say.plain("report-entry-unrestricted"),
        (EntryKind::Breach, _) => say.plain("report-entry-breach"),
        (EntryKind::Correction, Some(number)) => {
            say.say("report-entry-corrects", &[("number", (*number).into())])
        }
        (EntryKind::Correction, None) => say.plain("report-entry-correction"),
    };
    let rule = entry.rule.as_ref().map(|rule| {
        let values =
            [("agreement", rule.agreement.as_str().into()), ("number", u32::from(rule.number).into())];
        Line::body(&say.say("report-entry-rule", &values))
    });
    let mut lines = vec![Line::strong(&name(entry.person)), Line::body(&kind)];
    lines.extend(rule);
    lines.push(Line::body(&entry.text));
    lines.push(Line::quiet(&say.say("report-entry-by", &[("name", name(entry.by).into())])));
    lines
}

fn told(say: Say<'_>, entry: &Entry) -> Cell {
    let line = |at, done: &str, open: &str| match at {
        Some(at) => Line::body(&say.say(done, &[("time", say.date_and_time(at).into())])),
        None => Line::quiet(&say.plain(open)),
    };
    vec![
        line(entry.head_told_at, "report-entry-head-told", "report-entry-head-not-told"),
        line(entry.entered.map(|(_, at)| at), "report-entry-entered", "report-entry-not-entered"),
    ]
}
