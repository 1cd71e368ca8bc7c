//! Texts on paper: an agreement with lines to sign on, and guides such as the one for families (AGR-11).

use usher_records::agreement::AgreementText;
use usher_types::role::Reader;

use super::block::{Block, Run, Tone};
use super::markdown;
use super::{Document, Letterhead};

/// The size of adults' agreements and of guides; a guide is set smaller until it fits its sheet.
const READING_POINTS: f64 = 11.5;
/// Large print: 18 points, as the Royal National Institute of Blind People asks for.
const LARGE_POINTS: f64 = 18.0;
/// A poster is begun at a size that is read from across a room, and set smaller until it fits its sheet.
const POSTER_POINTS: f64 = 26.0;

/// How an agreement is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    /// In the size that suits its readers.
    Ordinary,
    /// For people who see little (POL-09).
    Large,
}

/// An agreement, with its declaration and lines to sign on. Whoever answers questions about it is named under it (POL-06).
pub fn agreement(
    head: &Letterhead<'_>,
    text: &AgreementText,
    print: Print,
    answers: Option<&str>,
) -> Document {
    let say = head.say();
    let about = &text.head;
    let version = say.say("report-agreement-version", &[("version", about.version.as_str().into())]);
    let mut sheet = head.sheet(&about.title).marked(&version);
    sheet.size = match (print, about.reader) {
        (Print::Large, _) => LARGE_POINTS,
        (Print::Ordinary, Reader::Ks1) => 16.0,
        (Print::Ordinary, Reader::Ks2) => 12.5,
        (Print::Ordinary, Reader::Adult) => READING_POINTS,
    };
    if let Some(opening) = &about.opening {
        sheet.put(Block::lead(opening));
    }
    let mut clauses = text.clauses.as_slice();
    while let Some(first) = clauses.first() {
        let (under, rest) = clauses.split_at(
            clauses.partition_point(|clause| clause.number < first.number || clause.heading == first.heading),
        );
        if let Some(heading) = &first.heading {
            sheet.put(Block::heading(heading));
        }
        let items = under.iter().map(|clause| markdown::blocks(&clause.text)).collect();
        sheet.put(Block::List { start: Some(first.number.into()), items });
        clauses = rest;
    }
    if let Some(name) = answers {
        sheet.put(Block::text(&say.say("report-questions-to", &[("name", name.into())])));
    }
    let lines = ["report-sign-name", "report-sign-signature", "report-sign-date"].map(|key| say.plain(key));
    let part = |title: &str, declaration: &str| Block::Keep {
        blocks: vec![
            Block::heading(&say.plain(title)),
            Block::Text { tone: Tone::Body, runs: vec![Run::strong(declaration)] },
            Block::blanks(&lines),
        ],
    };
    sheet.put(part("report-sign-own", &about.declaration));
    if let Some(declaration) = &about.parent_declaration {
        sheet.put(part("report-sign-parent", declaration));
    }
    sheet.finish()
}

/// The rules for a wall (AGR-13): large, one below another, with nothing to sign.
pub fn poster(head: &Letterhead<'_>, text: &AgreementText) -> Document {
    let version =
        head.say().say("report-agreement-version", &[("version", text.head.version.as_str().into())]);
    let mut sheet = head.sheet(&text.head.title).marked(&version);
    sheet.size = POSTER_POINTS;
    let rules = text.clauses.iter().map(|clause| markdown::blocks(&clause.text)).collect();
    sheet.put_front(Block::List { start: Some(1), items: rules });
    sheet.finish()
}

/// A guide in Markdown, on one sheet of A4 if its text can be made to fit. Its first heading is its title.
pub fn guide(head: &Letterhead<'_>, markdown: &str) -> Document {
    let (title, blocks) = markdown::titled(markdown);
    let mut sheet = head.sheet(title.as_deref().unwrap_or(head.school));
    sheet.size = READING_POINTS;
    sheet.front = blocks;
    sheet.finish()
}
