//! One person's activity on paper (MON-02).

use usher_policy::verdict::Verdict;
use usher_types::moment::Moment;

use super::block::{Block, Cell, Line};
use super::plain::shortened;
use super::{Document, Letterhead};
use crate::person::{LAST_READ_SECONDS, LONGEST_READ_SECONDS, PersonActivity, Row, Site};
use crate::say::Say;

/// How much of an address is printed. The rest is behind the reference.
const ADDRESS_LETTERS: usize = 120;

/// One person's activity. `why` is the reason the look was opened with, so that the paper says it too.
pub fn person(head: &Letterhead<'_>, activity: &PersonActivity, why: &str) -> Document {
    let say = head.say();
    let (name, class) = say.who(&activity.who);
    let title = say.say("report-person-title", &[("name", name.into())]);
    let mut sheet = head.sheet(&title).marked(&say.plain("report-confidential"));
    let period = say.period(&activity.period);
    sheet.put(Block::lead(&class.map_or_else(|| period.clone(), |class| format!("{class}, {period}"))));
    if !why.is_empty() {
        sheet.put(Block::text(&say.say("report-person-why", &[("why", why.into())])));
    }
    if activity.rows.is_empty() {
        sheet.put(Block::lead(&say.plain("report-person-nothing")));
        return sheet.finish();
    }
    sheet.put(Block::heading(&say.plain("report-person-sites")));
    sheet.put(sites(say, &activity.sites));
    let values = [("longest", (LONGEST_READ_SECONDS / 60).into()), ("last", (LAST_READ_SECONDS / 60).into())];
    sheet.put(Block::quiet(&say.say("report-person-method", &values)));
    if activity.names_only > 0 {
        let values = [("count", activity.names_only.into())];
        sheet.put(Block::quiet(&say.say("report-person-names-only", &values)));
    }
    if activity.short > 0 {
        sheet.put(Block::text(&say.plain("report-person-short")));
    }
    let mut rows = activity.rows.as_slice();
    while let Some(first) = rows.first() {
        let day = activity.period.day(first.at);
        let (today, later) = rows.split_at(rows.partition_point(|row| activity.period.day(row.at) <= day));
        let heading = [("weekday", say.weekday(day).into()), ("date", say.date(day).into())];
        sheet.put(Block::heading(&say.say("report-person-day", &heading)));
        sheet.put(timeline(say, today));
        rows = later;
    }
    let values = [("count", activity.parts.into())];
    sheet.put(Block::quiet(&say.say("report-person-parts", &values)));
    sheet.finish()
}

fn sites(say: Say<'_>, sites: &[Site]) -> Block {
    let head = |name: &str, share| (say.plain(&format!("report-column-{name}")), share);
    let columns = [head("site", 46), head("minutes", 18), head("opened", 18), head("refused", 18)];
    let row = |site: &Site| {
        let mut name = vec![Line::strong(&site.name)];
        if !site.visible {
            name.push(Line::quiet(&say.plain("report-name-only")));
        }
        let number = |number: u32| vec![Line::body(&number.to_string())];
        let minutes = say.say("report-about-minutes", &[("minutes", site.minutes.into())]);
        vec![name, vec![Line::body(&minutes)], number(site.rows - site.refused), number(site.refused)]
    };
    Block::table(&columns, sites.iter().map(row).collect())
}

fn timeline(say: Say<'_>, rows: &[Row]) -> Block {
    let head = |name: &str, share| (say.plain(&format!("report-column-{name}")), share);
    let columns = [head("time", 11), head("page", 45), head("kind", 17), head("decided", 27)];
    let row =
        |row: &Row| vec![time(say, row.at, row.count), page(say, row), kind(say, row), decided(say, row)];
    Block::table(&columns, rows.iter().map(row).collect())
}

fn time(say: Say<'_>, at: Moment, count: u32) -> Cell {
    let mut cell = vec![Line::strong(&say.zone.local(at).spoken_time())];
    if count > 1 {
        cell.push(Line::quiet(&say.say("report-times", &[("count", count.into())])));
    }
    cell
}

fn page(say: Say<'_>, row: &Row) -> Cell {
    let mut cell = Vec::new();
    if let Some(search) = &row.search {
        let values = [("words", search.words.as_str().into()), ("engine", search.engine.as_str().into())];
        cell.push(Line::strong(&say.say("report-searched", &values)));
    } else if let Some(title) = &row.title {
        cell.push(Line::strong(title));
    }
    cell.push(Line::quiet(&shortened(&row.address, ADDRESS_LETTERS)));
    cell.extend(row.found.iter().map(|line| Line::body(line)));
    cell
}

fn kind(say: Say<'_>, row: &Row) -> Cell {
    if !row.visible {
        return vec![Line::quiet(&say.plain("report-name-only"))];
    }
    let Some(media_type) = &row.media_type else { return vec![Line::quiet(&say.plain("report-type-none"))] };
    let (main, rest) = media_type.split_once('/').unwrap_or((media_type, ""));
    let key = match (main, rest) {
        ("text", "html") | ("application", "xhtml+xml") => "report-type-page",
        ("text", _) => "report-type-text",
        ("image", _) => "report-type-image",
        ("audio", _) => "report-type-audio",
        ("video", _) => "report-type-video",
        ("application", "pdf" | "msword" | "epub+zip") => "report-type-document",
        ("application", rest) if rest.starts_with("vnd.") => "report-type-document",
        _ => "report-type-file",
    };
    let mut cell = vec![Line::body(&say.plain(key))];
    if row.bytes > 0 {
        cell.push(Line::quiet(&say.bytes(row.bytes)));
    }
    cell
}

fn decided(say: Say<'_>, row: &Row) -> Cell {
    let key = match row.verdict {
        Verdict::Allow => "report-happened-opened",
        Verdict::Coach => "report-happened-warned",
        Verdict::Challenge => "report-happened-asked",
        Verdict::Hold => "report-happened-held",
        Verdict::Block => "report-happened-blocked",
    };
    let mut cell = vec![Line::body(&say.plain(key)), Line::quiet(&row.reason)];
    if row.password_known {
        cell.push(Line::strong(&say.plain("report-password-known")));
    }
    cell
}
