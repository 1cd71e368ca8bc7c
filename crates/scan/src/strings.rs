//! The texts in programs and data: literals in scripts, strings in JSON, the words of an answer that is streamed.
//!
//! Owns: enough of their grammar to tell literals from code, with escapes undone. Does not: parse a program; where a
//! regular expression holds a quote, a line may be read as text that is none.

use memchr::{memchr, memchr2, memchr3};

use crate::phrase::scan::Texts;

/// A number in an escape has at most this many digits: `\u{10ffff}`.
const LONGEST_ESCAPE_DIGITS: u8 = 6;
/// The longest member name remembered, in bytes.
const LONGEST_KEY_BYTES: usize = 16;
/// Members whose strings, one event after the other, make up what a person reads: as chat services name them. Their
/// words are cut anywhere, so nothing is put between them.
const STREAMED: [&[u8]; 14] = [
    b"content",
    b"text",
    b"delta",
    b"token",
    b"v",
    b"completion",
    b"response",
    b"answer",
    b"parts",
    b"message",
    b"output",
    b"output_text",
    b"value",
    b"partial_json",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    /// Behind a `/` in code.
    Slash,
    LineRemark,
    /// In `/* */`; the flag is whether a `*` was the last sign.
    Remark(bool),
    Literal,
    Escape,
    /// In `\x`, `\u` or `\u{`: digits still to come, the number so far, and whether in braces.
    Number {
        left: u8,
        number: u32,
        braces: bool,
    },
}

/// Reads literals.
#[derive(Debug, Clone)]
pub(crate) struct Literals {
    json: bool,
    state: State,
    quote: u8,
    /// The first half of a character written as two (UTF-16).
    high: Option<u32>,
}

impl Literals {
    /// Of a script: three kinds of quotes, and remarks.
    pub(crate) const fn script() -> Self {
        Self { json: false, state: State::Code, quote: b'"', high: None }
    }

    /// Of JSON (RFC 8259).
    pub(crate) const fn json() -> Self {
        Self { json: true, state: State::Code, quote: b'"', high: None }
    }

    /// More of it; `out` gets the literals, each ended by a space.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = if self.in_literal() { self.literal(rest, out) } else { self.code(rest) };
        }
    }

    const fn in_literal(&self) -> bool {
        matches!(self.state, State::Literal | State::Escape | State::Number { .. })
    }

    const fn begin(&mut self, quote: u8) {
        self.quote = quote;
        self.high = None;
        self.state = State::Literal;
    }

    /// Skips code up to behind the next opening quote.
    fn code<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        match self.state {
            State::LineRemark => match memchr(b'\n', rest) {
                Some(at) => {
                    self.state = State::Code;
                    after(rest, at + 1)
                }
                None => &[],
            },
            State::Remark(star) => {
                if star && rest.first() == Some(&b'/') {
                    self.state = State::Code;
                    return after(rest, 1);
                }
                if rest.first() == Some(&b'*') {
                    self.state = State::Remark(true);
                    return after(rest, 1);
                }
                self.state = State::Remark(false);
                after(rest, memchr(b'*', rest).unwrap_or(rest.len()))
            }
            State::Slash => {
                self.state = match rest.first() {
                    Some(b'/') => State::LineRemark,
                    Some(b'*') => State::Remark(false),
                    _ => {
                        self.state = State::Code;
                        return rest;
                    }
                };
                after(rest, 1)
            }
            State::Code | State::Literal | State::Escape | State::Number { .. } => self.plain_code(rest),
        }
    }

    fn plain_code<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let found = if self.json {
            memchr(b'"', rest)
        } else {
            rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'/'))
        };
        let Some(at) = found else { return &[] };
        match rest.get(at) {
            Some(b'/') => self.state = State::Slash,
            quote => self.begin(quote.copied().unwrap_or(b'"')),
        }
        after(rest, at + 1)
    }

    /// Reads on in a literal; gives what comes behind it.
    fn literal<'a>(&mut self, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        match self.state {
            State::Escape => self.escape(rest, out),
            State::Number { left, number, braces } => self.number(rest, left, number, braces, out),
            State::Code | State::Slash | State::LineRemark | State::Remark(_) | State::Literal => {
                // A line's end ends a literal in ordinary quotes: whatever it was, it was no literal.
                let found = if self.json || self.quote == b'`' {
                    memchr2(self.quote, b'\\', rest)
                } else {
                    memchr3(self.quote, b'\\', b'\n', rest)
                };
                let at = found.unwrap_or(rest.len());
                let (now, later) = rest.split_at_checked(at).unwrap_or((rest, &[]));
                out.extend_from_slice(now);
                match later.first() {
                    None => {}
                    Some(b'\\') => self.state = State::Escape,
                    Some(_) => {
                        out.push(b' ');
                        self.state = State::Code;
                    }
                }
                after(later, 1)
            }
        }
    }

    fn escape<'a>(&mut self, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(byte) = rest.first() else { return &[] };
        self.state = State::Literal;
        match byte {
            b'u' => self.state = State::Number { left: 4, number: 0, braces: false },
            b'x' if !self.json => self.state = State::Number { left: 2, number: 0, braces: false },
            b'n' | b't' | b'r' | b'b' | b'f' | b'v' => out.push(b' '),
            b'\n' => {}
            // Other characters, of any length, stand for themselves.
            _ => return self.itself(rest, out),
        }
        after(rest, 1)
    }

    fn itself<'a>(&self, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        out.extend(rest.first());
        after(rest, 1)
    }

    fn number<'a>(
        &mut self,
        rest: &'a [u8],
        left: u8,
        number: u32,
        braces: bool,
        out: &mut Vec<u8>,
    ) -> &'a [u8] {
        let Some(byte) = rest.first() else { return &[] };
        if *byte == b'{' && left == 4 && number == 0 && !braces && !self.json {
            self.state = State::Number { left: LONGEST_ESCAPE_DIGITS, number: 0, braces: true };
            return after(rest, 1);
        }
        let Some(digit) = char::from(*byte).to_digit(16) else {
            // `}`, or no escape at all.
            self.character(number, out);
            self.state = State::Literal;
            return after(rest, usize::from(braces && *byte == b'}'));
        };
        let number = number.saturating_mul(16).saturating_add(digit);
        let left = left.saturating_sub(1);
        self.state = State::Number { left, number, braces };
        if left == 0 && !braces {
            self.character(number, out);
            self.state = State::Literal;
        }
        after(rest, 1)
    }

    fn character(&mut self, number: u32, out: &mut Vec<u8>) {
        let high = self.high.take();
        let number = match (high, number) {
            (_, 0xd800..=0xdbff) => {
                self.high = Some(number);
                return;
            }
            (Some(high), 0xdc00..=0xdfff) => 0x1_0000 + ((high - 0xd800) << 10) + (number - 0xdc00),
            _ => number,
        };
        let c = char::from_u32(number).unwrap_or(' ');
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Reads an event stream (`text/event-stream`: HTML, 9.2.5).
#[derive(Debug)]
pub(crate) struct Events {
    place: Place,
    field: Vec<u8>,
    json: Literals,
    /// The string before, in case it names a member.
    last: Vec<u8>,
    /// The member the next string belongs to is one of [`STREAMED`].
    streamed: bool,
    /// The string under way goes to what is read.
    reading: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Field,
    DataStart,
    Json,
    Plain,
    Skipped,
}

impl Events {
    pub(crate) const fn new() -> Self {
        Self {
            place: Place::Field,
            field: Vec::new(),
            json: Literals::json(),
            last: Vec::new(),
            streamed: false,
            reading: false,
        }
    }

    /// More of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8], texts: &mut Texts) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.step(rest, texts);
        }
    }

    fn step<'a>(&mut self, rest: &'a [u8], texts: &mut Texts) -> &'a [u8] {
        let Some(byte) = rest.first() else { return &[] };
        // Lines end everything, strings too: JSON has none in strings.
        if matches!(byte, b'\n' | b'\r') {
            if self.place == Place::Plain {
                texts.break_body();
            }
            self.place = Place::Field;
            self.field.clear();
            self.json = Literals::json();
            self.reading = false;
            return after(rest, 1);
        }
        match self.place {
            Place::Field => {
                if *byte == b':' {
                    self.place = if self.field == b"data" { Place::DataStart } else { Place::Skipped };
                } else if self.field.len() < LONGEST_KEY_BYTES {
                    self.field.push(*byte);
                }
                after(rest, 1)
            }
            Place::DataStart => {
                match byte {
                    b' ' => return after(rest, 1),
                    b'{' | b'[' | b'"' => self.place = Place::Json,
                    _ => self.place = Place::Plain,
                }
                self.streamed = *byte == b'"';
                rest
            }
            Place::Skipped => {
                let (_, later) = line(rest);
                later
            }
            Place::Plain => {
                let (now, later) = line(rest);
                texts.body.extend_from_slice(now);
                later
            }
            Place::Json => {
                let (now, later) = line(rest);
                self.data(now, texts);
                later
            }
        }
    }

    fn data(&mut self, line: &[u8], texts: &mut Texts) {
        let mut rest = line;
        while let Some(byte) = rest.first() {
            if self.json.in_literal() {
                let out = if self.reading { &mut texts.body } else { &mut texts.aside };
                let before = out.len();
                rest = self.json.literal(rest, out);
                let ended = !self.json.in_literal();
                if self.reading && ended {
                    // The next event may go on with the same word.
                    out.pop();
                }
                if !self.reading {
                    let room = LONGEST_KEY_BYTES.saturating_sub(self.last.len());
                    let fresh = out.get(before..out.len() - usize::from(ended)).unwrap_or_default();
                    self.last.extend(fresh.iter().take(room));
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.reading = self.streamed;
                    self.last.clear();
                    self.json.begin(b'"');
                }
                b':' => self.streamed = STREAMED.contains(&self.last.as_slice()),
                b',' | b'{' | b'}' => self.streamed = false,
                _ => {}
            }
            rest = after(rest, 1);
        }
    }
}

fn line(rest: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    rest.split_at_checked(at).unwrap_or((rest, &[]))
}

fn after(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literals(mut reader: Literals, text: &str, step: usize) -> String {
        let mut out = Vec::new();
        text.as_bytes().chunks(step).for_each(|piece| reader.push(piece, &mut out));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn scripts_give_their_literals() {
        let script = "var a = \"one\\u0020two\"; // \"no\"\n/* 'no' */ b = 'it\\'s' + `x\ny` + \"\\x41\\u{1f600}\\ud83d\\ude00\";\n c = /'/;\n d='e'";
        for step in [1, 3, 999] {
            assert_eq!(literals(Literals::script(), script, step), "one two it's x\ny A😀😀 /; e ");
        }
    }

    #[test]
    fn json_gives_its_strings() {
        for step in [1, 4, 999] {
            assert_eq!(
                literals(Literals::json(), r#"{"a": ["b\"c", 5, "d\né\u00e9"]}"#, step),
                "a b\"c d é\u{e9} "
            );
        }
    }

    #[test]
    fn streamed_words_grow_together() {
        let stream = "event: x\ndata: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"Vol\"}}]}\n\n\
                      data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"canoes are\"}}]}\r\n\r\n\
                      data: {\"parts\":[\" hot\"]}\n\ndata: [DONE]\n\n: remark\ndata: plain words\n";
        for step in [1, 5, 999] {
            let mut events = Events::new();
            let mut texts = Texts::default();
            stream.as_bytes().chunks(step).for_each(|piece| events.push(piece, &mut texts));
            assert_eq!(String::from_utf8(texts.body).unwrap(), "Volcanoes are hotplain words ");
            assert_eq!(
                String::from_utf8(texts.aside).unwrap(),
                "id 1 choices delta content id 1 choices delta content parts "
            );
        }
    }

    proptest! {
        #[test]
        fn any_split_reads_the_same(text in "[a{}:,'\"`/*\\\\nux0-9é\n \\[\\]]{0,60}", step in 1_usize..9) {
            let text = format!("data: {{{text}");
            for reader in [Literals::script(), Literals::json()] {
                prop_assert_eq!(literals(reader.clone(), &text, step), literals(reader, &text, 999));
            }
            let events = |step| {
                let mut events = Events::new();
                let mut texts = Texts::default();
                text.as_bytes().chunks(step).for_each(|piece| events.push(piece, &mut texts));
                (texts.body, texts.aside)
            };
            prop_assert_eq!(events(step), events(999));
        }
    }
}
