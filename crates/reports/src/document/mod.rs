//! What is printed: documents as data for one fixed Typst template.
//!
//! Owns: the template (`sheet.typ`), the blocks a document is made of, and one function for each document.
//! Does not: set type (`typeset` does), or put anybody's words into source. A document's words reach Typst as JSON and
//! are set as text, so that there is nothing to escape.

mod agreement;
mod agreements;
mod block;
mod certificate;
mod erasure;
mod ledger;
mod markdown;
mod monitoring;
mod paper;
mod person;
mod plain;
mod slips;
mod violations;
mod weekly;

use serde::Serialize;
use usher_records::translation::language::Language;
use usher_types::moment::Zone;
use usher_words::Words;

use crate::document::block::Block;
use crate::document::plain::plain;
use crate::say::Say;

pub use crate::document::agreement::{
    Print, agreement, guide, plain_rules, poster, rules_home, symbols, translated,
};
pub use crate::document::agreements::{outstanding, register};
pub use crate::document::certificate::{Certificate, certificate};
pub use crate::document::erasure::{ErasureNames, erasure};
pub use crate::document::ledger::ledger;
pub use crate::document::monitoring::monitoring;
pub use crate::document::paper::{Paper, Section as PaperSection, paper};
pub use crate::document::person::person;
pub use crate::document::slips::{CODE_BEGINS, Slip, Slips, slips};
pub use crate::document::violations::violations;
pub use crate::document::weekly::weekly;

/// The template.
const SHEET: &str = include_str!("sheet.typ");

/// A document, ready to be set: `typesetter.pdf(document.source, &document.files, &document.title, at)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title, for the PDF's own.
    pub title: String,
    /// The Typst source, the same for all.
    pub source: &'static str,
    /// The files the source reads.
    pub files: Vec<(&'static str, Vec<u8>)>,
}

/// What all documents of a school share.
#[derive(Debug, Clone, Copy)]
pub struct Letterhead<'a> {
    /// The school's name.
    pub school: &'a str,
    /// Its time zone.
    pub zone: &'a Zone,
    /// The words of its language.
    pub words: &'a Words,
}

/// A document before it is written down.
#[derive(Debug, Serialize)]
struct Sheet {
    title: String,
    school: String,
    footer: String,
    page: PageWords,
    size: f64,
    /// Whether nothing on it is smaller than that.
    large: bool,
    /// The language, as Typst knows it, where it is not English.
    lang: Option<String>,
    /// Whether it is written from right to left.
    from_right: bool,
    /// What must fit the first page.
    front: Vec<Block>,
    /// What follows and may take as many pages as it needs.
    blocks: Vec<Block>,
    #[serde(skip)]
    pictures: Vec<(&'static str, Vec<u8>)>,
}

/// `Page 2 of 3`, around its numbers.
#[derive(Debug, Serialize)]
struct PageWords {
    before: String,
    between: String,
    after: String,
}

impl<'a> Letterhead<'a> {
    pub(crate) const fn say(&self) -> Say<'a> {
        Say::new(self.words, self.zone)
    }

    /// A sheet with a title and nothing on it. Text is 10.5 points, as in a letter.
    fn sheet(&self, title: &str) -> Sheet {
        // Two marks no word file holds show where the numbers go.
        const MARKS: [&str; 2] = ["\u{1}", "\u{2}"];
        let line = self.say().say("report-page", &[("page", MARKS[0].into()), ("pages", MARKS[1].into())]);
        let (before, rest) = line.split_once(MARKS[0]).unwrap_or((&line, ""));
        let (between, after) = rest.split_once(MARKS[1]).unwrap_or((rest, ""));
        let footer = [self.school, title].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        Sheet {
            title: plain(title),
            school: plain(self.school),
            footer: plain(&footer.join(" · ")),
            page: PageWords { before: before.into(), between: between.into(), after: after.into() },
            size: 10.5,
            large: false,
            lang: None,
            from_right: false,
            front: Vec::new(),
            blocks: Vec::new(),
            pictures: Vec::new(),
        }
    }
}

impl Sheet {
    fn put_front(&mut self, block: Block) {
        self.front.push(block);
    }

    fn put(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// Says at the foot of every page who may read it.
    fn marked(mut self, mark: &str) -> Self {
        self.footer = format!("{} · {}", self.footer, plain(mark));
        self
    }

    /// The words on it are in this language.
    fn in_language(mut self, language: &Language) -> Self {
        self.lang = Some(language.primary().to_owned());
        self.from_right = language.direction() == "rtl";
        self
    }

    fn finish(self) -> Document {
        // Nothing in it can fail to be written: all keys are text and the size is a plain number.
        let json = serde_json::to_vec(&self).unwrap_or_default();
        let mut files = vec![("data.json", json)];
        files.extend(self.pictures);
        Document { title: self.title, source: SHEET, files }
    }
}
