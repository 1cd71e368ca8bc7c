//! The certificate of an erasure: what was taken out, what could not be, and who answers for it. It names the person by their
//! code only.

use usher_records::erasure::Erasure;
use usher_records::erasure::pseudonym::code_name;

use super::block::{Block, Line};
use super::{Document, Letterhead};

/// Who asked and who confirmed, by name.
#[derive(Debug, Clone)]
pub struct ErasureNames {
    /// Who asked.
    pub asked: String,
    /// Who confirmed.
    pub confirmed: String,
}

/// Sets it. None until the erasure is done.
pub fn erasure(head: &Letterhead<'_>, of: &Erasure, names: &ErasureNames) -> Option<Document> {
    let (done, answer) = (of.done?, of.answer?);
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("report-erasure-title"));
    let lead = [("time", say.date_and_time(done.at).into()), ("code", code_name(of.code).into())];
    sheet.put(Block::lead(&say.say("report-erasure-lead", &lead)));
    let by = |name: &str, at| format!("{name}, {}", say.date_and_time(at));
    let (events, books) = (of.events, done.books);
    let rows = [
        ("report-erasure-row-asked", by(&names.asked, of.at)),
        ("report-erasure-row-confirmed", by(&names.confirmed, answer.at)),
        ("report-erasure-row-events", events.theirs.to_string()),
        ("report-erasure-row-mentions", events.mentions.to_string()),
        ("report-erasure-row-segments", events.segments.to_string()),
        ("report-erasure-row-versions", books.versions.to_string()),
        ("report-erasure-row-lines", books.lines.to_string()),
        ("report-erasure-row-mails", books.mails.to_string()),
    ];
    let row =
        |(key, value): (&str, String)| vec![vec![Line::strong(&say.plain(key))], vec![Line::body(&value)]];
    let columns = [(String::new(), 60), (String::new(), 40)];
    sheet.put(Block::table(&columns, rows.into_iter().map(row).collect()));
    sheet.put(Block::heading(&say.plain("report-erasure-left-title")));
    sheet.put(Block::text(&say.plain("report-erasure-left-backups")));
    let left = [
        ("report-erasure-left-named", books.left),
        ("report-erasure-left-sent", books.sent),
        ("report-erasure-left-unread", books.unread),
    ];
    for (key, count) in left {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        sheet.put(Block::text(&say.say(key, &[("count", count.into())])));
    }
    Some(sheet.finish())
}
