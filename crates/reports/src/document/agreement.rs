//! Texts on paper: an agreement with lines to sign on, and guides such as the one for families (AGR-11).

use usher_records::agreement::AgreementText;
use usher_records::sign_off::{self, SignLine};
use usher_records::slip::Parts;
use usher_records::translation::pieces::Said;
use usher_types::role::Reader;

use super::block::{Block, Run, Tone};
use super::markdown;
use super::{Document, Letterhead, Sheet};
use crate::say::Say;

/// The size of adults' agreements and of guides; a guide is set smaller until it fits its sheet.
const READING_POINTS: f64 = 11.5;
/// Large print: 18 points, as the Royal National Institute of Blind People asks for.
const LARGE_POINTS: f64 = 18.0;
/// Rules with their pictures: read from across a table.
const SYMBOL_POINTS: f64 = 20.0;
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

/// An agreement, with its declaration and its lines to sign on, the parent's beside the child's where the school asks for both.
/// Whoever answers questions about it is named under it (POL-06).
pub fn agreement(
    head: &Letterhead<'_>,
    text: &AgreementText,
    how: (Print, Parts),
    answers: Option<&str>,
) -> Document {
    written(head, text, how, answers).finish()
}

/// An agreement in another language, as [`agreement`]. It says that it is a translation, and what of it is still English.
pub fn translated(
    head: &Letterhead<'_>,
    (text, said): (&AgreementText, &Said),
    how: (Print, Parts),
    answers: Option<&str>,
) -> Document {
    let mut sheet = written(head, &said.in_place(text), how, answers).in_language(&said.language);
    let say = head.say();
    let missing = said.missing(text);
    let mut note = say.plain("report-translation");
    if missing > 0 {
        note = format!("{note} {}", say.say("report-translation-missing", &[("count", missing.into())]));
    }
    sheet.blocks.insert(0, Block::Aside { blocks: vec![Block::text(&note)] });
    sheet.finish()
}

/// The rules of an agreement, each beside its picture (POL-09), for people who read little. `picture` gives the drawing with a
/// name, SVG; a rule without one has a star, as its card has.
pub fn symbols(head: &Letterhead<'_>, text: &AgreementText, picture: impl Fn(&str) -> String) -> Document {
    let version =
        head.say().say("report-agreement-version", &[("version", text.head.version.as_str().into())]);
    let mut sheet = head.sheet(&text.head.title).marked(&version);
    sheet.size = SYMBOL_POINTS;
    sheet.large = true;
    if let Some(opening) = &text.head.opening {
        sheet.put(Block::lead(opening));
    }
    for clause in &text.clauses {
        sheet.put(Block::Symbol {
            svg: picture(clause.picture.as_deref().unwrap_or("star")),
            number: clause.number,
            blocks: markdown::blocks(&clause.text),
        });
    }
    sheet.put(Block::Symbol {
        svg: picture("heart"),
        number: 0,
        blocks: vec![Block::Text { tone: Tone::Body, runs: vec![Run::strong(&text.head.declaration)] }],
    });
    sheet.finish()
}

fn written(
    head: &Letterhead<'_>,
    text: &AgreementText,
    (print, parts): (Print, Parts),
    answers: Option<&str>,
) -> Sheet {
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
    sheet.large = print == Print::Large;
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
    let part = |title: &str, declaration: &str, lines: &[SignLine]| Block::Keep {
        blocks: vec![
            Block::heading(&say.plain(title)),
            Block::Text { tone: Tone::Body, runs: vec![Run::strong(declaration)] },
            Block::blanks(&labels(say, lines)),
        ],
    };
    sheet.put(part("report-sign-own", &about.declaration, &about.sign_off));
    if let Some(declaration) = about.parent_declaration.as_ref().filter(|_| parts.parent) {
        sheet.put(part("report-sign-parent", declaration, &about.parent_sign_off));
    }
    sheet
}

/// The words beside the lines to fill in.
fn labels(say: Say<'_>, lines: &[SignLine]) -> Vec<String> {
    sign_off::or_plain(lines).iter().map(|line| say.plain(&format!("report-sign-{}", line.name()))).collect()
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

/// The rules as plain text, for a mail: the title, and each rule with its number.
pub fn plain_rules(text: &AgreementText) -> String {
    let mut out = text.head.title.clone();
    for clause in &text.clauses {
        let words = markdown::blocks(&clause.text).iter().map(said).collect::<Vec<_>>().join(" ");
        out.push_str(&format!("\n{}. {words}", clause.number));
    }
    out
}

/// The words of a block, without how they are set.
fn said(block: &Block) -> String {
    match block {
        Block::Text { runs, .. } | Block::Heading { runs, .. } => {
            runs.iter().map(|run| run.text.as_str()).collect()
        }
        Block::List { items, .. } => items.iter().flatten().map(said).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

/// The rules for parents whom no mail reaches (AGR-13): a sheet for each, with their name, their children and the rules of these.
pub fn rules_home(head: &Letterhead<'_>, letters: &[(String, String, Vec<&AgreementText>)]) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("report-rules-title"));
    sheet.size = READING_POINTS;
    for (at, (name, children, texts)) in letters.iter().enumerate() {
        if at > 0 {
            sheet.put(Block::NewPage);
        }
        let line = say.say("report-rules-for", &[("name", name.into()), ("children", children.into())]);
        sheet.put(Block::lead(&line));
        sheet.put(Block::text(&say.plain("report-rules-read")));
        for text in texts {
            sheet.put(Block::heading(&text.head.title));
            let items = text.clauses.iter().map(|clause| markdown::blocks(&clause.text)).collect();
            sheet.put(Block::List { start: Some(1), items });
        }
    }
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
