//! Reading what passes: what it is by its first bytes, and what its words say.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, header};
use usher_policy::facts::WebFacts;
use usher_scan::coding::{self, Decoder};
use usher_scan::features::{Carried, File, Says, Subject, Unread};
use usher_scan::kind::{self, Class, Hints, Kind, LOOKED_AT_BYTES};
use usher_scan::page::{PageScan, SoFar, TextKind};
use usher_scan::phrase::book::PhraseBook;

use super::name;
use crate::limits::{KIND_BYTES, SUBJECTS_KEPT};
use crate::record::Recording;

/// What is to be done with an answer, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Not known yet.
    Unknown,
    /// Its words are read.
    Text,
    /// Pictures, sound, film, fonts: they pass.
    Pass,
    /// It is a file: looked into before any of it goes on.
    File(Kind),
}

/// An answer being read.
pub(crate) struct Reading {
    decoder: Option<Decoder>,
    head: Vec<u8>,
    kind_hint: Option<String>,
    name: Option<String>,
    charset: Option<String>,
    book: Arc<PhraseBook>,
    way: Way,
    text: Option<PageScan>,
    judged: SoFar,
    is_whole: bool,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("way", &self.way).finish_non_exhaustive()
    }
}

impl Reading {
    /// Reads an answer with these header fields.
    pub(crate) fn of(headers: &HeaderMap, facts: &WebFacts, book: Arc<PhraseBook>) -> Self {
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE);
        // A coding nobody here knows leaves bytes that say nothing: the file is unread, and policy says what then.
        let decoder = match text(header::CONTENT_ENCODING).map(coding::codings) {
            None => Some(Decoder::new(&[])),
            Some(Ok(codings)) => Some(Decoder::new(&codings)),
            Some(Err(_unknown)) => None,
        };
        Self {
            decoder,
            head: Vec::new(),
            kind_hint: kind.map(|kind| kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase()),
            charset: kind.and_then(name::charset),
            name: name::saved_as(headers, facts),
            book,
            way: Way::Unknown,
            text: None,
            judged: SoFar::default(),
            is_whole: false,
        }
    }

    pub(crate) const fn way(&self) -> Way {
        self.way
    }

    /// Whether all of it was read.
    pub(crate) const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The name it would be saved under.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether it comes bit by bit, for somebody who waits for each: it is never held.
    pub(crate) fn is_live(&self) -> bool {
        self.kind_hint.as_deref() == Some("text/event-stream")
    }

    /// Reads one piece more.
    pub(crate) fn feed(&mut self, piece: &[u8]) {
        if matches!(self.way, Way::Pass | Way::File(_)) {
            return;
        }
        let Some(mut decoder) = self.decoder.take() else {
            self.way = Way::File(Kind::Unknown);
            return;
        };
        let broken = decoder.push(piece, |decoded| self.decoded(decoded)).is_err();
        self.decoder = Some(decoder);
        if broken {
            // What cannot be decoded cannot be shown either; what was read so far counts.
            self.way = if self.text.is_some() { Way::Text } else { Way::File(Kind::Unknown) };
        }
    }

    /// Nothing more comes: what is not known by now is told by what there is.
    pub(crate) fn whole(&mut self) {
        if std::mem::replace(&mut self.is_whole, true) {
            return;
        }
        if self.way == Way::Unknown {
            self.settle();
        }
        if let Some(text) = &mut self.text {
            text.end();
        }
    }

    fn decoded(&mut self, bytes: &[u8]) {
        match self.way {
            Way::Text => {
                if let Some(text) = &mut self.text {
                    read(text, bytes);
                }
            }
            Way::Unknown => {
                self.head.extend_from_slice(bytes);
                let kind = kind::sniff(&self.head);
                let told = !matches!(kind, Kind::Unknown | Kind::Empty | Kind::Text);
                if told
                    || self.head.len() >= LOOKED_AT_BYTES
                    || kind == Kind::Text && self.head.len() >= KIND_BYTES
                {
                    self.settle();
                }
            }
            Way::Pass | Way::File(_) => {}
        }
    }

    /// Decides what it is by what is there of it.
    fn settle(&mut self) {
        let head = std::mem::take(&mut self.head);
        let hints = Hints { file_name: self.name.as_deref(), content_type: self.kind_hint.as_deref() };
        let kind = kind::identify(&head, &[], &hints);
        self.way = way(kind, self.kind_hint.as_deref());
        if self.way == Way::Text {
            let kind = text_kind(kind, self.kind_hint.as_deref());
            let mut text = PageScan::new(Arc::clone(&self.book), kind, &[], self.charset.as_deref());
            read(&mut text, &head);
            self.text = Some(text);
        }
    }

    /// The page's title, where it has one.
    pub(crate) fn title(&self) -> Option<String> {
        self.text.as_ref().and_then(PageScan::title)
    }

    /// What its words say, if that changed since it was last asked and says anything.
    pub(crate) fn says_anew(&mut self) -> Option<Says> {
        let text = self.text.as_ref()?;
        let so_far = text.so_far();
        if so_far == self.judged {
            return None;
        }
        self.judged = so_far;
        says(text, &self.book)
    }

    /// A piece is about to go on. Whether it must not.
    pub(crate) fn goes_on(&mut self, piece: &Bytes, recording: &mut Recording<WebFacts>) -> bool {
        let before = self.way;
        self.feed(piece);
        // What goes on must be read as something: there is no waiting for more.
        if self.way == Way::Unknown && !self.head.is_empty() {
            self.settle();
        }
        if before == Way::Unknown
            && let Way::File(kind) = self.way
        {
            // Its beginning went on before it was known: it cannot be looked into any more.
            let file = File { kind, within: None, locked: false, unread: Some(Unread::Partial) };
            carried(recording).file = Some(file);
            return recording.judge_again();
        }
        let Some(says) = self.says_anew() else { return false };
        carried(recording).says = Some(says);
        recording.judge_again()
    }

    /// The answer is at its end.
    pub(crate) fn ends(mut self: Box<Self>, recording: &mut Recording<WebFacts>) {
        self.whole();
        recording.titled(self.title());
    }
}

/// What is known of the answer.
pub(crate) fn carried(recording: &mut Recording<WebFacts>) -> &mut Carried {
    recording.facts.carried.get_or_insert_default()
}

/// What is done with what kind. A page's own scripts and styles are text.
fn way(kind: Kind, declared: Option<&str>) -> Way {
    match kind.class() {
        Class::Page | Class::Text => Way::Text,
        Class::Image if kind == Kind::Svg => Way::Text,
        Class::Image | Class::Audio | Class::Video | Class::Font => Way::Pass,
        // Pages run WebAssembly themselves; as a saved file nothing does.
        _ if kind == Kind::Wasm => Way::Pass,
        _ if kind == Kind::Empty => Way::Pass,
        // Data of a page, in a form of its own; nobody saves it.
        Class::Data if declared.is_some_and(is_page_data) => Way::Pass,
        _ => Way::File(kind),
    }
}

/// Types of data that pages fetch for themselves, in forms nobody reads.
fn is_page_data(declared: &str) -> bool {
    ["image/", "audio/", "video/", "font/", "application/font", "application/x-font", "application/grpc"]
        .iter()
        .any(|start| declared.starts_with(start))
        || matches!(
            declared,
            "application/x-protobuf"
                | "application/protobuf"
                | "application/vnd.apple.mpegurl"
                | "application/dash+xml"
                | "application/ocsp-response"
                | "application/pkix-crl"
                | "application/pkix-cert"
                | "application/wasm"
        )
}

fn text_kind(kind: Kind, declared: Option<&str>) -> TextKind {
    let declared = declared.unwrap_or("");
    match kind {
        Kind::Html => TextKind::Html,
        Kind::Xml | Kind::Svg => TextKind::Xml,
        _ if declared == "text/event-stream" => TextKind::EventStream,
        _ if declared.contains("html") => TextKind::Html,
        _ if declared.contains("xml") => TextKind::Xml,
        _ if declared.contains("javascript") || declared.contains("ecmascript") => TextKind::Script,
        Kind::Json => TextKind::Json,
        _ if declared.contains("json") => TextKind::Json,
        _ => TextKind::Plain,
    }
}

/// The bytes come without a coding, so there is none to be broken.
pub(crate) fn read(text: &mut PageScan, bytes: &[u8]) {
    let _never = text.push(bytes);
}

/// What a page's words say, as it is kept with the event.
pub(crate) fn says(text: &PageScan, book: &PhraseBook) -> Option<Says> {
    let scores = text.verdict_so_far();
    let banned = scores.banned.and_then(|id| book.phrase(id)).map(|phrase| phrase.category.clone());
    let mut subjects: Vec<Subject> = scores
        .categories
        .iter()
        .filter(|category| category.score > 0 || banned.as_ref() == Some(&category.category))
        .map(|category| Subject {
            category: category.category.clone(),
            // What speaks for the whole page speaks for it under every subject.
            score: category.score.min(scores.total),
            banned: banned.as_ref() == Some(&category.category),
            phrases: category
                .top
                .iter()
                .filter_map(|(id, _, _)| Some(book.phrase(*id)?.parts.join(" + ")))
                .collect(),
        })
        .collect();
    subjects.sort_by_key(|subject| std::cmp::Reverse((subject.banned, subject.score)));
    subjects.truncate(SUBJECTS_KEPT);
    let excused = scores.exception.is_some();
    (!subjects.is_empty() || excused).then_some(Says { subjects, excused })
}
