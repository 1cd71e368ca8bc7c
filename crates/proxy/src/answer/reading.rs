//! Reading what passes: what it is by its first bytes, and what its words say.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, header};
use usher_policy::facts::WebFacts;
use usher_scan::coding::{self, Decoder};
use usher_scan::features::{Carried, File, Malware, Says, ScanFailure, Subject, Unread};
use usher_scan::kind::{self, Class, Hints, Kind, LOOKED_AT_BYTES};
use usher_scan::page::{PageScan, SoFar, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::stopwatch::Stopwatch;

use super::live::{EVENT_STREAM, Live};
use super::name::{self, Saved};
use super::stopwatch;
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
    declared: Option<String>,
    saved: Saved,
    live: Option<Live>,
    part_of_page: bool,
    charset: Option<String>,
    broken: bool,
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
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        // A coding nobody here knows leaves bytes that say nothing: the file is unread, and policy says what then.
        let decoder = match name::codings(headers).as_deref().map(coding::codings) {
            None => Some(Decoder::new(&[], Stopwatch::stopped())),
            Some(Ok(codings)) => Some(Decoder::new(&codings, stopwatch())),
            Some(Err(_unknown)) => None,
        };
        let declared = kind.map(|kind| kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
        let saved = Saved::of(headers, facts);
        let live = declared.as_deref().and_then(|declared| Live::of(declared, &facts.method, &saved));
        Self {
            decoder,
            head: Vec::new(),
            declared,
            charset: kind.and_then(name::charset),
            saved,
            live,
            part_of_page: facts.part_of_page,
            broken: false,
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
        self.saved.name.as_deref()
    }

    /// Whether it comes bit by bit, for somebody who waits for each: it is never held.
    pub(crate) const fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Whether some of it could not be decoded, so that a browser may show what was not read.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// How its words are read beside whatever else it is, where a browser would show them.
    pub(crate) fn shown_as(&self) -> Option<TextKind> {
        let declared = self.declared.as_deref()?;
        (!self.saved.is_attached && is_textual(declared))
            .then(|| text_kind(Kind::Text, declared, self.part_of_page))
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
            self.broken = true;
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
                let text = kind == Kind::Text && self.head.len() >= KIND_BYTES;
                if told || text || self.head.len() >= LOOKED_AT_BYTES || self.is_live() {
                    self.settle();
                }
            }
            Way::Pass | Way::File(_) => {}
        }
    }

    /// Decides what it is by what is there of it.
    fn settle(&mut self) {
        let head = std::mem::take(&mut self.head);
        let hints = Hints { file_name: self.name(), content_type: self.declared.as_deref() };
        let kind = kind::identify(&head, &[], &hints);
        self.way = self.way_of(kind, &head);
        if self.way == Way::Text {
            let declared = self.declared.as_deref().unwrap_or("");
            let kind = text_kind(kind, declared, self.part_of_page);
            let mut text = PageScan::new(Arc::clone(&self.book), kind, &[], self.charset.as_deref());
            read(&mut text, &head);
            self.text = Some(text);
        }
    }

    /// What is done with it. What a browser would show as text is read as text whatever it looks like, and what would be
    /// saved is looked into whatever it looks like; only for the rest does its look decide.
    fn way_of(&self, kind: Kind, head: &[u8]) -> Way {
        let declared = self.declared.as_deref();
        let class = kind.class();
        let hides = class.is_active() || class == Class::Archive;
        if let Some(live) = self.live {
            return match live {
                Live::Events if live.begins(head) => Way::Text,
                Live::Call | Live::WebCall | Live::WebText if live.begins(head) && !hides => Way::Pass,
                _ => Way::File(kind),
            };
        }
        // A name that ends like an archive, a document or a program says what it would be saved for.
        if self.saved.is_attached || self.saved.is_file && !matches!(class, Class::Page | Class::Image) {
            return Way::File(kind);
        }
        if declared.is_some_and(is_textual) {
            return if hides { Way::File(kind) } else { Way::Text };
        }
        match class {
            Class::Page | Class::Text => Way::Text,
            Class::Image if kind == Kind::Svg => Way::Text,
            Class::Image | Class::Audio | Class::Video | Class::Font => Way::Pass,
            Class::Data if kind == Kind::Empty || self.part_of_page || declared.is_some_and(is_page_data) => {
                Way::Pass
            }
            _ => Way::File(kind),
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
            return unlooked(recording, kind, Unread::Partial);
        }
        if self.broken && before == Way::Text {
            return unlooked(recording, Kind::Text, Unread::Broken);
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

/// An answer that nobody can look into any more, or could only in part. Whether that closes what was open.
pub(crate) fn unlooked(recording: &mut Recording<WebFacts>, kind: Kind, unread: Unread) -> bool {
    let carried = carried(recording);
    carried.file = Some(File { kind, within: None, locked: false, unread: Some(unread) });
    if unread == Unread::Partial {
        carried.malware = Malware::Failed(ScanFailure::Partial);
    }
    recording.judge_again()
}

/// Types that a browser shows as text, or runs as a page's own script.
fn is_textual(declared: &str) -> bool {
    declared.starts_with("text/")
        || ["html", "xml", "json", "javascript", "ecmascript"].iter().any(|part| declared.contains(part))
            && !declared.starts_with("image/")
            && !declared.contains("openxmlformats")
            && !declared.contains("opendocument")
}

/// Types of data that pages fetch for themselves, in forms nobody reads.
fn is_page_data(declared: &str) -> bool {
    ["image/", "audio/", "video/", "font/", "application/font", "application/x-font"]
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
                | "multipart/x-mixed-replace"
        )
}

/// How a text is read: as the browser will, which goes by what is declared. A script or data that somebody went to is
/// shown as it is.
fn text_kind(kind: Kind, declared: &str, part_of_page: bool) -> TextKind {
    let is = |part: &str| declared.contains(part);
    if is("html") {
        TextKind::Html
    } else if declared == EVENT_STREAM {
        TextKind::EventStream
    } else if is("xml") {
        TextKind::Xml
    } else if is("json") || is("javascript") || is("ecmascript") {
        match (part_of_page, is("json")) {
            (false, _) => TextKind::Plain,
            (true, true) => TextKind::Json,
            (true, false) => TextKind::Script,
        }
    } else if declared.starts_with("text/") {
        TextKind::Plain
    } else {
        // Nothing useful is declared, so browsers look at it too.
        match kind {
            Kind::Html => TextKind::Html,
            Kind::Xml | Kind::Svg => TextKind::Xml,
            Kind::Json => TextKind::Json,
            _ => TextKind::Plain,
        }
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
