//! The text in HTML and XML, as the bytes pass.
//!
//! Owns: telling text from markup the way a browser does where it matters for words: comments vanish inside a word,
//! `<b>` does not split one and `<p>` does, character references are characters, attributes that people read or that
//! lead somewhere are text beside the text, scripts are read for their literals only, hidden text counts. Does not:
//! build a tree, run a script, or know what is visible.

pub(crate) mod reference;
mod tags;

use memchr::{memchr, memchr2};

use crate::phrase::scan::Texts;
use crate::strings::Literals;
use reference::{LONGEST_REFERENCE_BYTES, resolve};
use tags::{Content, Name, content_of, is_inline, is_text};

/// The longest title kept, in characters.
const LONGEST_TITLE_CHARS: usize = 200;
/// Bytes of a title kept: a title of the longest kept length in the longest characters, and as much white space again.
const TITLE_BYTES: usize = LONGEST_TITLE_CHARS * 8;

/// The longest name of an element or attribute in a tag that is read at one go; all known ones are shorter.
const LONGEST_PLAIN_NAME_BYTES: usize = 24;

/// Where in the markup the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// Behind `<`.
    Open,
    /// Behind `</`.
    Close,
    /// In an element's name.
    ElementName,
    /// In a tag, before an attribute.
    InTag,
    AttributeName,
    AfterName,
    BeforeValue,
    /// In a value; its quote, or 0.
    Value(u8),
    /// Behind `<!`.
    Markup,
    /// In a comment, behind this many dashes; the flag is whether it has just begun.
    Comment(u8, bool),
    /// Up to the next `>`.
    Bogus,
    /// In `<![CDATA[`, behind this many brackets.
    Data(u8),
    /// Inside an element whose content is no markup.
    Raw,
    /// There, behind `<`, `</` and so many letters of its name.
    RawEnd(usize),
}

/// Takes a page apart.
#[derive(Debug)]
pub(crate) struct Html {
    state: State,
    xml: bool,
    element: Name,
    attribute: Name,
    closing: bool,
    /// A slash stands right before the tag's end.
    empty: bool,
    /// What the content of the element under way is.
    content: Content,
    /// The name that ends it.
    ends: Name,
    /// A character reference or a `<!…` under way.
    held: Vec<u8>,
    reference: bool,
    in_title: bool,
    title: Option<Vec<u8>>,
    titled: bool,
    script: Literals,
}

impl Html {
    pub(crate) fn new(xml: bool) -> Self {
        Self {
            state: State::Text,
            xml,
            element: Name::default(),
            attribute: Name::default(),
            closing: false,
            empty: false,
            content: Content::Markup,
            ends: Name::default(),
            held: Vec::new(),
            reference: false,
            in_title: false,
            title: None,
            titled: false,
            script: Literals::script(),
        }
    }

    /// More of the page: whole characters.
    pub(crate) fn push(&mut self, piece: &[u8], texts: &mut Texts) {
        let mut rest = piece;
        while !rest.is_empty() {
            rest = if self.reference { self.in_reference(rest, texts) } else { self.step(rest, texts) };
        }
    }

    /// The page is over.
    pub(crate) fn end(&mut self, texts: &mut Texts) {
        if self.reference {
            self.end_reference(false, texts);
        }
    }

    /// The title: one line without white space at its ends.
    pub(crate) fn title(&self) -> Option<String> {
        let title = String::from_utf8_lossy(self.title.as_deref()?).replace(char::is_control, " ");
        let words = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().take(LONGEST_TITLE_CHARS).collect();
        (!words.is_empty()).then_some(words)
    }

    /// Takes at least one byte, or changes the state; gives what is left.
    fn step<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        match self.state {
            State::Text => self.text(rest, texts),
            State::Open => self.open(rest, texts),
            State::Close => self.close(rest, texts),
            State::ElementName => self.element_name(rest, texts),
            State::InTag => self.in_tag(rest, texts),
            State::AttributeName => self.attribute_name(rest),
            State::AfterName => self.after_name(rest),
            State::BeforeValue => self.before_value(rest, texts),
            State::Value(quote) => self.value(rest, quote, texts),
            State::Markup => self.markup(rest, texts),
            State::Comment(dashes, begun) => self.comment(rest, dashes, begun),
            State::Bogus => match memchr(b'>', rest) {
                Some(at) => {
                    self.state = State::Text;
                    after(rest, at + 1)
                }
                None => &[],
            },
            State::Data(brackets) => self.data(rest, brackets, texts),
            State::Raw => self.raw(rest, texts),
            State::RawEnd(matched) => self.raw_end(rest, matched, texts),
        }
    }

    fn text<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let Some(at) = memchr2(b'<', b'&', rest) else {
            self.give(rest, texts);
            return &[];
        };
        let (now, later) = split(rest, at);
        if !now.is_empty() {
            self.give(now, texts);
        }
        if later.first() == Some(&b'<') {
            self.state = State::Open;
        } else {
            self.begin_reference();
        }
        after(later, 1)
    }

    fn open<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        match rest.first() {
            Some(b'/') => self.state = State::Close,
            Some(b'!') => {
                self.held.clear();
                self.state = State::Markup;
            }
            Some(b'?') => self.state = State::Bogus,
            Some(byte) if byte.is_ascii_alphabetic() => {
                self.begin_tag(false);
                return self.whole_tag(rest, texts).unwrap_or(rest);
            }
            // A bare sign.
            _ => {
                self.give(b"<", texts);
                self.state = State::Text;
                return rest;
            }
        }
        after(rest, 1)
    }

    fn close<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            self.begin_tag(true);
            return self.whole_tag(rest, texts).unwrap_or(rest);
        }
        self.state = State::Bogus;
        rest
    }

    /// Most tags stand whole in a piece and are written plainly: read at one go, with the same outcome as sign by sign.
    /// None for the others, and nothing has changed.
    fn whole_tag<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> Option<&'a [u8]> {
        let name = rest.iter().take(LONGEST_PLAIN_NAME_BYTES).position(|byte| ends_name(*byte))?;
        let (name, mut rest) = rest.split_at_checked(name)?;
        self.element.push(name);
        let kept = (texts.body.len(), texts.aside.len());
        if !is_inline(self.element.bytes()) {
            texts.break_body();
        }
        loop {
            match rest {
                [b'>', later @ ..] => {
                    self.end_tag(texts);
                    return Some(later);
                }
                [b' ' | b'\n', later @ ..] => rest = later,
                [first, ..] if first.is_ascii_alphabetic() => {
                    let Some(later) = self.plain_attribute(rest, &mut texts.aside) else { break };
                    rest = later;
                }
                _ => break,
            }
        }
        texts.body.truncate(kept.0);
        texts.aside.truncate(kept.1);
        self.element.clear();
        None
    }

    /// A `name="value"` without character references. None for anything else.
    fn plain_attribute<'a>(&mut self, rest: &'a [u8], aside: &mut Vec<u8>) -> Option<&'a [u8]> {
        let end =
            rest.iter().take(LONGEST_PLAIN_NAME_BYTES).position(|byte| *byte == b'=' || ends_name(*byte))?;
        let (name, rest) = rest.split_at_checked(end)?;
        let rest = rest.strip_prefix(b"=\"")?;
        let (value, rest) = rest.split_at_checked(memchr(b'"', rest)?)?;
        self.attribute.clear();
        self.attribute.push(name);
        if self.wants_value() {
            if memchr(b'&', value).is_some() || self.element.bytes() == b"meta" {
                return None;
            }
            aside.push(b' ');
            aside.extend_from_slice(value);
            aside.push(b' ');
        }
        rest.get(1..)
    }

    fn begin_tag(&mut self, closing: bool) {
        self.element.clear();
        self.closing = closing;
        self.empty = false;
        self.state = State::ElementName;
    }

    fn element_name<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let Some(at) = rest.iter().position(|byte| ends_name(*byte)) else {
            self.element.push(rest);
            return &[];
        };
        let (now, later) = split(rest, at);
        self.element.push(now);
        // A block ends a word on its own; what stands within a line does not.
        if !is_inline(self.element.bytes()) {
            texts.break_body();
        }
        self.state = State::InTag;
        if later.first() == Some(&b'>') {
            self.end_tag(texts);
            return after(later, 1);
        }
        if !self.closing && self.element.bytes() == b"meta" {
            texts.aside.extend_from_slice(b" meta ");
        }
        later
    }

    fn in_tag<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let Some(at) = rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'/') else {
            self.empty = rest.last() == Some(&b'/');
            return &[];
        };
        let (now, later) = split(rest, at);
        if let Some(last) = now.last() {
            self.empty = *last == b'/';
        }
        if later.first() == Some(&b'>') {
            self.end_tag(texts);
            return after(later, 1);
        }
        self.empty = false;
        self.attribute.clear();
        self.state = State::AttributeName;
        // An equals sign here begins a name (HTML, 13.2.5.32).
        self.attribute.push(later.get(..1).unwrap_or_default());
        after(later, 1)
    }

    fn attribute_name<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some(at) = rest.iter().position(|byte| *byte == b'=' || ends_name(*byte)) else {
            self.attribute.push(rest);
            return &[];
        };
        let (now, later) = split(rest, at);
        self.attribute.push(now);
        if later.first() == Some(&b'=') {
            self.state = State::BeforeValue;
            return after(later, 1);
        }
        self.state = State::AfterName;
        later
    }

    fn after_name<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some(at) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else { return &[] };
        let later = after(rest, at);
        if later.first() == Some(&b'=') {
            self.state = State::BeforeValue;
            return after(later, 1);
        }
        self.state = State::InTag;
        later
    }

    fn before_value<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let Some(at) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else { return &[] };
        let later = after(rest, at);
        let quote = match later.first() {
            Some(quote @ (b'"' | b'\'')) => *quote,
            Some(b'>') => {
                self.end_tag(texts);
                return after(later, 1);
            }
            _ => 0,
        };
        if self.wants_value() {
            if self.element.bytes() == b"meta" {
                // Labels are written into names: `<meta name="rating" content="mature">`.
                texts.aside.extend_from_slice(self.attribute.bytes());
            }
            texts.break_aside();
        }
        self.state = State::Value(quote);
        if quote == 0 { later } else { after(later, 1) }
    }

    fn wants_value(&self) -> bool {
        !self.closing && is_text(self.element.bytes(), self.attribute.bytes())
    }

    fn value<'a>(&mut self, rest: &'a [u8], quote: u8, texts: &mut Texts) -> &'a [u8] {
        let wanted = self.wants_value();
        let stop = match quote {
            0 => rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || *byte == b'>' || (wanted && *byte == b'&')),
            quote if wanted => memchr2(quote, b'&', rest),
            quote => memchr(quote, rest),
        };
        let (now, later) = split(rest, stop.unwrap_or(rest.len()));
        if wanted {
            texts.aside.extend_from_slice(now);
        }
        match later.first() {
            None => {}
            Some(b'&') if wanted => self.begin_reference(),
            Some(byte) => {
                if wanted {
                    texts.break_aside();
                }
                self.state = State::InTag;
                if quote == 0 && *byte == b'>' {
                    self.end_tag(texts);
                }
            }
        }
        after(later, 1)
    }

    fn end_tag(&mut self, texts: &mut Texts) {
        self.state = State::Text;
        let name = self.element.bytes();
        if name == b"title" {
            self.in_title = !self.closing && !self.titled;
            self.titled |= self.in_title;
            texts.break_body();
        }
        if self.closing || (self.xml && self.empty) {
            return;
        }
        self.content = content_of(name, self.xml);
        if self.content != Content::Markup {
            self.ends = self.element.clone();
            self.state = State::Raw;
            self.script = Literals::script();
        }
    }

    fn markup<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        const DATA: &[u8] = b"[CDATA[";
        let Some(byte) = rest.first() else { return &[] };
        self.held.push(*byte);
        if self.held == b"--" {
            self.state = State::Comment(0, true);
        } else if self.held == DATA {
            texts.break_body();
            self.state = State::Data(0);
        } else if !DATA.starts_with(&self.held) && self.held != b"-" {
            // A doctype, or a comment that is none.
            self.state = State::Bogus;
            return rest;
        }
        after(rest, 1)
    }

    fn comment<'a>(&mut self, rest: &'a [u8], dashes: u8, begun: bool) -> &'a [u8] {
        let (next, later) = match (rest.first(), dashes) {
            (Some(b'-'), _) => (State::Comment(dashes.saturating_add(1), begun), after(rest, 1)),
            // `-->`, `<!-->`, `<!--->`.
            (Some(b'>'), _) if dashes >= 2 || begun => (State::Text, after(rest, 1)),
            // `--!>` ends a comment too.
            (Some(b'!'), 2..) => (State::Comment(dashes, false), after(rest, 1)),
            _ => {
                let skipped = memchr(b'-', rest).unwrap_or(rest.len());
                (State::Comment(0, false), after(rest, skipped))
            }
        };
        self.state = next;
        later
    }

    fn data<'a>(&mut self, rest: &'a [u8], brackets: u8, texts: &mut Texts) -> &'a [u8] {
        match rest.first() {
            Some(b']') => {
                self.state = State::Data(brackets.saturating_add(1));
                after(rest, 1)
            }
            Some(b'>') if brackets >= 2 => {
                texts.break_body();
                self.state = State::Text;
                after(rest, 1)
            }
            _ => {
                if brackets > 0 {
                    texts.break_body();
                }
                let (now, later) = split(rest, memchr(b']', rest).unwrap_or(rest.len()));
                self.give(now, texts);
                self.state = State::Data(0);
                later
            }
        }
    }

    fn raw<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let escapes = self.content == Content::Escaped;
        let found = if escapes { memchr2(b'<', b'&', rest) } else { memchr(b'<', rest) };
        let (now, later) = split(rest, found.unwrap_or(rest.len()));
        self.give_raw(now, texts);
        match later.first() {
            Some(b'<') => {
                self.held.clear();
                self.state = State::RawEnd(0);
            }
            Some(_) => self.begin_reference(),
            None => {}
        }
        after(later, 1)
    }

    fn raw_end<'a>(&mut self, rest: &'a [u8], matched: usize, texts: &mut Texts) -> &'a [u8] {
        let Some(byte) = rest.first() else { return &[] };
        let name = self.ends.bytes();
        let wanted = if matched == 0 { Some(b'/') } else { name.get(matched - 1).copied() };
        match wanted {
            Some(wanted) if byte.eq_ignore_ascii_case(&wanted) => {
                self.held.push(*byte);
                self.state = State::RawEnd(matched + 1);
                after(rest, 1)
            }
            None if ends_name(*byte) => {
                self.element = self.ends.clone();
                self.closing = true;
                self.empty = false;
                self.content = Content::Markup;
                texts.break_body();
                texts.break_aside();
                self.state = State::InTag;
                rest
            }
            _ => {
                // It was text that looked like an end.
                let held = std::mem::take(&mut self.held);
                self.give_raw(b"<", texts);
                self.give_raw(&held, texts);
                self.held = held;
                self.state = State::Raw;
                rest
            }
        }
    }

    fn give_raw(&mut self, bytes: &[u8], texts: &mut Texts) {
        match self.content {
            Content::Script => self.script.push(bytes, &mut texts.aside),
            Content::Nothing => {}
            Content::Markup | Content::Escaped | Content::Text => self.give(bytes, texts),
        }
    }

    fn give(&mut self, bytes: &[u8], texts: &mut Texts) {
        texts.body.extend_from_slice(bytes);
        if self.in_title {
            self.note_title(bytes);
        }
    }

    fn note_title(&mut self, bytes: &[u8]) {
        let title = self.title.get_or_insert_default();
        let room = TITLE_BYTES.saturating_sub(title.len());
        title.extend(bytes.iter().take(room));
    }

    fn begin_reference(&mut self) {
        self.held.clear();
        self.reference = true;
    }

    /// A character reference under way: up to `;`, or to what cannot belong to it.
    fn in_reference<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let room = LONGEST_REFERENCE_BYTES.saturating_sub(self.held.len());
        let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let length = rest.iter().take(room).take_while(|byte| belongs(byte)).count();
        let (now, later) = split(rest, length);
        self.held.extend_from_slice(now);
        match later.first() {
            None => &[],
            Some(b';') => {
                self.end_reference(true, texts);
                after(later, 1)
            }
            Some(_) => {
                self.end_reference(false, texts);
                later
            }
        }
    }

    fn end_reference(&mut self, closed: bool, texts: &mut Texts) {
        self.reference = false;
        if let State::Value(_) = self.state {
            resolve(&self.held, closed, &mut texts.aside);
            return;
        }
        let before = texts.body.len();
        resolve(&self.held, closed, &mut texts.body);
        if self.in_title {
            self.note_title(texts.body.get(before..).unwrap_or_default());
        }
    }
}

const fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'>' || byte == b'/'
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

fn after(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
