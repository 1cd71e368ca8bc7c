//! The weekly report on paper: one page with the figures, the plot and the list; then the details.

use usher_policy::verdict::Verdict;
use usher_scan::features::Place;

use super::block::{Block, Cell, Figure, Line};
use super::plain::shortened;
use super::{Document, Letterhead};
use crate::names::{Audience, Who};
use crate::plot::Medium;
use crate::say::Say;
use crate::weekly::{Confidential, Item, Unseen, Weekly};

/// How many items the first page lists, so that it stays one page.
const FIRST_PAGE_ITEMS: usize = 6;

/// How much of a search the first page shows; the details show all of it.
const FIRST_PAGE_LETTERS: usize = 60;

/// How much of an address is printed. The rest is behind the reference.
const ADDRESS_LETTERS: usize = 120;

/// The plot's file.
const PLOT: &str = "plot.svg";

/// The weekly report. What is confidential is printed as far as it is in `weekly`: hand in [`Weekly::for_readers`].
pub fn weekly(head: &Letterhead<'_>, weekly: &Weekly) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("report-weekly-title")).marked(&say.plain("report-confidential"));
    sheet.put_front(Block::lead(&say.period(&weekly.period)));
    sheet.put_front(figures(say, weekly));
    if weekly.gravities.is_empty() {
        let adults = weekly.confidential.iter().any(|part| !part.items.is_empty());
        let key = if adults { "report-weekly-nothing-children" } else { "report-weekly-nothing" };
        sheet.put_front(Block::lead(&say.plain(key)));
        sheet.put_front(Block::text(&say.plain("report-weekly-nothing-note")));
    }
    if let Some(plot) = weekly.plot(head.words) {
        sheet.pictures.push((PLOT, plot.svg("plot", Medium::Paper).into_bytes()));
        sheet.put_front(Block::picture(PLOT, &format!("{}. {}", plot.title, plot.description)));
        for block in first_list(say, weekly) {
            sheet.put_front(block);
        }
    }
    if weekly.counted_only > 0 {
        let count = say.say("report-weekly-counted", &[("count", weekly.counted_only.into())]);
        sheet.put_front(Block::quiet(&count));
    }
    sheet.put_front(unseen(say, weekly.unseen));
    if !weekly.gravities.is_empty() {
        sheet.put(Block::NewPage);
        for gravity in &weekly.gravities {
            sheet.put(Block::heading(&say.plain(&gravity_key(gravity.severity))));
            sheet.put(details(say, &gravity.items));
        }
    }
    for part in &weekly.confidential {
        for block in confidential(say, part) {
            sheet.put(block);
        }
    }
    sheet.finish()
}

fn gravity_key(severity: u8) -> String {
    format!("report-gravity-{severity}")
}

fn figures(say: Say<'_>, weekly: &Weekly) -> Block {
    let figure = |key: &str, value: u32| Figure::new(value, &say.say(key, &[("count", value.into())]));
    let figures = weekly.figures;
    Block::Figures {
        figures: vec![
            figure("report-figure-items", figures.items),
            figure("report-figure-people", figures.people),
            figure("report-figure-searches", figures.searches),
            figure("report-figure-blocks", figures.blocks),
            figure("report-figure-told", figures.told),
        ],
    }
}

/// The gravest items in a line each.
fn first_list(say: Say<'_>, weekly: &Weekly) -> Vec<Block> {
    let columns = columns(say, [("when", 19), ("who", 26), ("what", 38), ("happened", 17)]);
    let all = || weekly.gravities.iter().flat_map(|gravity| &gravity.items);
    let row = |item: &Item| {
        let short = |words: &String| shortened(words, FIRST_PAGE_LETTERS);
        let words = match item.searches.first() {
            Some(words) => say.say("report-quoted", &[("words", short(words).into())]),
            None => short(&item.address),
        };
        let (who, class) = say.who(&item.who);
        let class = class.filter(|_| matches!(item.who, Who::Person { .. }));
        let name = [Some(who), class].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut named = vec![Line::strong(&shortened(&name, FIRST_PAGE_LETTERS))];
        named.extend(known(say, item));
        vec![
            vec![Line::body(&say.time(item.at))],
            named,
            vec![Line::body(&words), Line::quiet(&theme_and_gravity(say, item))],
            happened(say, item),
        ]
    };
    let rows = all().take(FIRST_PAGE_ITEMS).map(row).collect();
    let more = all().count().saturating_sub(FIRST_PAGE_ITEMS);
    let mut blocks = vec![Block::heading(&say.plain("report-weekly-list")), Block::table(&columns, rows)];
    let pointer = if more > 0 {
        say.say("report-weekly-more", &[("count", more.into())])
    } else {
        say.plain("report-weekly-details-follow")
    };
    blocks.push(Block::quiet(&pointer));
    blocks
}

fn columns<const N: usize>(say: Say<'_>, columns: [(&str, u8); N]) -> [(String, u8); N] {
    columns.map(|(name, share)| (say.plain(&format!("report-column-{name}")), share))
}

fn theme_and_gravity(say: Say<'_>, item: &Item) -> String {
    let gravity = say.plain(&format!("report-gravity-short-{}", item.phrase.severity));
    let theme = say.theme(item.phrase.theme);
    say.say("report-theme-and-gravity", &[("theme", theme.into()), ("gravity", gravity.into())])
}

/// Everything the report knows of these items.
fn details(say: Say<'_>, items: &[Item]) -> Block {
    let columns = columns(say, [("when", 19), ("who", 25), ("what", 38), ("happened", 18)]);
    let row = |item: &Item| vec![when(say, item), who(say, item), what(say, item), happened(say, item)];
    Block::table(&columns, items.iter().map(row).collect())
}

fn when(say: Say<'_>, item: &Item) -> Cell {
    let mut cell = vec![Line::strong(&say.time(item.at))];
    if item.count > 1 {
        let last = say.zone.local(item.last_at).spoken_time();
        let values = [("count", item.count.into()), ("last", last.into())];
        cell.push(Line::quiet(&say.say("report-times-until", &values)));
    }
    cell.push(Line::quiet(&say.say("report-reference", &[("event", item.event.to_string().into())])));
    cell
}

fn who(say: Say<'_>, item: &Item) -> Cell {
    let (name, class) = say.who(&item.who);
    let mut cell = vec![Line::strong(&name)];
    cell.extend(class.map(|class| Line::body(&class)));
    cell.push(Line::quiet(&say.whereabouts(&item.whereabouts)));
    cell.extend(known(say, item));
    cell
}

/// The mark of an item that somebody else may have done.
fn known(say: Say<'_>, item: &Item) -> Option<Line> {
    item.password_known.then(|| Line::body(&say.plain("report-password-known")))
}

fn what(say: Say<'_>, item: &Item) -> Cell {
    let quoted = |words: &String| say.say("report-quoted", &[("words", words.into())]);
    let mut cell: Cell = item.searches.iter().map(|words| Line::strong(&quoted(words))).collect();
    if item.more_searches > 0 {
        let more = say.say("report-more-searches", &[("count", item.more_searches.into())]);
        cell.push(Line::body(&more));
    }
    let theme = say.theme(item.phrase.theme);
    let key = match item.place {
        Place::Search => "report-found-in-search",
        Place::Address => "report-found-in-address",
        Place::Sent => "report-found-in-sent",
    };
    let engine = item.engine.clone().unwrap_or_default();
    let values =
        [("theme", theme.into()), ("phrase", item.phrase.text.as_str().into()), ("engine", engine.into())];
    cell.push(Line::body(&say.say(key, &values)));
    let others: Vec<String> = item.others.iter().map(|phrase| quoted(&phrase.text)).collect();
    if !others.is_empty() {
        cell.push(Line::quiet(&say.say("report-also", &[("phrases", others.join(", ").into())])));
    }
    cell.push(Line::quiet(&shortened(&item.address, ADDRESS_LETTERS)));
    cell
}

fn happened(say: Say<'_>, item: &Item) -> Cell {
    let key = match (item.went_through, item.verdict) {
        (0, Verdict::Allow | Verdict::Coach) => "report-happened-warned",
        (0, Verdict::Challenge) => "report-happened-asked",
        (0, Verdict::Hold) => "report-happened-held",
        (0, Verdict::Block) => "report-happened-blocked",
        (opened, _) if opened == item.count => "report-happened-opened",
        _ => "report-happened-partly",
    };
    let values = [("opened", item.went_through.into()), ("count", item.count.into())];
    vec![Line::body(&say.say(key, &values))]
}

/// What the report cannot know, in plain words.
fn unseen(say: Say<'_>, unseen: Unseen) -> Block {
    let share = |part: u32| u64::from(part) * 100 / u64::from(unseen.requests.max(1));
    let mut sentences = vec![say.say("report-unseen-tunnels", &[("count", unseen.tunnels.into())])];
    for (key, part) in [("report-unseen-nobody", unseen.nobody), ("report-unseen-shared", unseen.shared)] {
        if part > 0 {
            sentences.push(say.say(key, &[("count", part.into()), ("percent", share(part).into())]));
        }
    }
    sentences.push(say.plain(unseen.off_site()));
    sentences.push(say.plain("report-unseen-always"));
    Block::Keep {
        blocks: vec![Block::heading(&say.plain("report-unseen-title")), Block::text(&sentences.join(" "))],
    }
}

/// The part that one reader alone may see, on pages of its own.
fn confidential(say: Say<'_>, part: &Confidential) -> Vec<Block> {
    let (title, note) = match part.audience {
        Audience::Readers => return Vec::new(),
        Audience::Headteacher => ("report-head-only", "report-head-only-note"),
        Audience::ChairOfGovernors => ("report-chair-only", "report-chair-only-note"),
    };
    let mut blocks = vec![Block::NewPage, Block::heading(&say.plain(title)), Block::text(&say.plain(note))];
    if part.items.is_empty() {
        blocks.push(Block::text(&say.plain("report-weekly-nothing")));
    } else {
        blocks.push(details(say, &part.items));
    }
    if part.counted_only > 0 {
        blocks.push(Block::quiet(&say.say("report-weekly-counted", &[("count", part.counted_only.into())])));
    }
    blocks
}
