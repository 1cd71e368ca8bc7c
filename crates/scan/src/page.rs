//! What a page comes to, while it passes.
//!
//! Owns: the way from bytes as sent to a score: codings, charset, text, phrases, in pieces of any size. Does not: keep
//! the page, hold it back, compare the score with a limit, or say which answers are worth scanning.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::charset::Charset;
use crate::coding::{Coding, Decoder, Fault};
use crate::html::Html;
use crate::phrase::PhraseId;
use crate::phrase::book::PhraseBook;
use crate::phrase::scan::{CategoryScore, Matcher, Texts};
use crate::stopwatch::Stopwatch;
use crate::strings::{Events, Literals};

/// Text is taken apart, folded and matched in pieces of this size: they stay in the nearer caches.
const PIECE_BYTES: usize = 16 * 1_024;

/// What kind of text an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextKind {
    /// `text/html`.
    Html,
    /// XML of any kind: feeds, XHTML, SVG.
    Xml,
    /// Text as it is.
    Plain,
    /// JSON: its strings.
    Json,
    /// A script: its literals.
    Script,
    /// `text/event-stream`: a live answer, such as a chat service's.
    EventStream,
}

/// What a page came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageScores {
    /// The sum of all weights.
    pub total: i32,
    /// By category, highest score first.
    pub categories: Vec<CategoryScore>,
    /// The first banned phrase found.
    pub banned: Option<PhraseId>,
    /// The first phrase found that lets a page through.
    pub exception: Option<PhraseId>,
    /// Bytes scanned, decoded.
    pub decoded_bytes: u64,
    /// An HTML page's title.
    pub title: Option<String>,
    /// Why the page was not read to its end.
    pub fault: Option<Fault>,
}

/// The little that must be known at every piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SoFar {
    /// The sum of all weights.
    pub total: i32,
    /// The first banned phrase found.
    pub banned: Option<PhraseId>,
    /// The first phrase found that lets a page through.
    pub exception: Option<PhraseId>,
}

/// One page being scanned.
#[derive(Debug)]
pub struct PageScan {
    book: Arc<PhraseBook>,
    decoder: Decoder,
    charset: Charset,
    text: Text,
    fault: Option<Fault>,
}

/// The part behind the decoders, apart from them so that they can feed it.
#[derive(Debug)]
struct Text {
    taker: Taker,
    texts: Texts,
    matcher: Matcher,
}

#[derive(Debug)]
enum Taker {
    Html(Box<Html>),
    Plain,
    Strings(Literals),
    Events(Events),
}

impl PageScan {
    /// A scan of an answer of this kind. `codings` as [`crate::coding::codings`] gives them, `charset` as the
    /// `Content-Type` field names it.
    pub fn new(book: Arc<PhraseBook>, kind: TextKind, codings: &[Coding], charset: Option<&str>) -> Self {
        let (taker, charset) = match kind {
            TextKind::Html => (Taker::Html(Box::new(Html::new(false))), Charset::new(charset, true)),
            TextKind::Xml => (Taker::Html(Box::new(Html::new(true))), Charset::new(charset, true)),
            TextKind::Plain => (Taker::Plain, Charset::new(charset, false)),
            TextKind::Script => (Taker::Strings(Literals::script()), Charset::new(charset, false)),
            TextKind::Json => (Taker::Strings(Literals::json()), Charset::utf8()),
            TextKind::EventStream => (Taker::Events(Events::new()), Charset::utf8()),
        };
        let matcher = Matcher::new(&book);
        let text = Text { taker, texts: Texts::default(), matcher };
        Self { book, decoder: Decoder::new(codings, Stopwatch::stopped()), charset, text, fault: None }
    }

    /// More of the answer, as sent.
    ///
    /// # Errors
    /// When it cannot be decoded; what was found before stands, and nothing more is read.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Self { book, decoder, charset, text, fault } = self;
        let result = decoder.push(bytes, |piece| charset.push(piece, &mut |piece| text.push(book, piece)));
        *fault = result.err();
        result
    }

    /// The score as far as the page has passed.
    pub const fn so_far(&self) -> SoFar {
        let found = self.text.matcher.found();
        SoFar { total: found.total(), banned: found.banned(), exception: found.exception() }
    }

    /// All there is to say as far as the page has passed.
    pub fn verdict_so_far(&self) -> PageScores {
        let SoFar { total, banned, exception } = self.so_far();
        let title = self.title();
        PageScores {
            total,
            categories: self.text.matcher.found().categories(&self.book),
            banned,
            exception,
            decoded_bytes: self.decoder.decoded_bytes(),
            title,
            fault: self.fault,
        }
    }

    /// The page is over, whole or cut off: what was waiting for more is read as it is. Nothing may come after it.
    pub fn end(&mut self) {
        let Self { book, charset, text, .. } = self;
        charset.end(&mut |piece| text.push(book, piece));
        text.end(book);
    }

    /// The page is over, and what it came to.
    pub fn finish(mut self) -> PageScores {
        self.end();
        self.verdict_so_far()
    }

    /// An HTML page's title, as far as the page has passed.
    pub fn title(&self) -> Option<String> {
        match &self.text.taker {
            Taker::Html(html) => html.title(),
            Taker::Plain | Taker::Strings(_) | Taker::Events(_) => None,
        }
    }
}

impl Text {
    /// Whole characters.
    fn push(&mut self, book: &PhraseBook, mut text: &[u8]) {
        while !text.is_empty() {
            let (now, later) = piece(text);
            match &mut self.taker {
                Taker::Html(html) => html.push(now, &mut self.texts),
                Taker::Plain => self.texts.body.extend_from_slice(now),
                Taker::Strings(literals) => literals.push(now, &mut self.texts.body),
                Taker::Events(events) => events.push(now, &mut self.texts),
            }
            self.matcher.read(book, &mut self.texts, false);
            text = later;
        }
    }

    fn end(&mut self, book: &PhraseBook) {
        if let Taker::Html(html) = &mut self.taker {
            html.end(&mut self.texts);
        }
        self.matcher.read(book, &mut self.texts, true);
    }
}

/// The first piece of a text, cut between characters.
fn piece(text: &[u8]) -> (&[u8], &[u8]) {
    let mut length = text.len().min(PIECE_BYTES);
    // At most three bytes of a character stand before its last.
    for _ in 0..3 {
        match text.get(length) {
            Some(byte) if byte & 0xc0 == 0x80 => length -= 1,
            _ => break,
        }
    }
    text.split_at_checked(length.max(1)).unwrap_or((text, &[]))
}

#[cfg(test)]
mod tests;
