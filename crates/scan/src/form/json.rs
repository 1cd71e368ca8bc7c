//! The values of a JSON text, whole or cut off.
//!
//! Owns: finding strings, numbers and truth values with the keys that lead to them. Does not: check the text; a reader
//! that refuses a text at its first fault, or at its end that is missing, would see nothing in a body cut off at the
//! gateway's limit. No recursion: depth costs a reader nothing.

/// Keys kept for the way to a value; what lies deeper has the name of what holds it.
const DEEPEST_KEYS: usize = 64;
/// How many of the last keys make a value's name: `variables.input.email`.
const KEYS_IN_NAME: usize = 3;

/// Whether a text can be an object or an array, by its first two signs.
pub(super) fn begins(text: &str) -> bool {
    let mut signs = text.chars().filter(|c| !c.is_whitespace());
    match (signs.next(), signs.next()) {
        (Some('{'), Some('"' | '}')) => true,
        (Some('['), Some(c)) => matches!(c, '"' | '{' | '[' | ']' | '-' | 't' | 'f' | 'n' | '0'..='9'),
        _ => false,
    }
}

/// Gives every value to `sink`, in order, by name. False when there was something in it that is no JSON.
pub(super) fn read(text: &str, sink: &mut dyn FnMut(String, String)) -> bool {
    let mut reader = Reader { rest: text, held: Vec::new(), deeper: 0, sound: true };
    let reader_sink = sink;
    while let Some(c) = reader.rest.chars().next() {
        reader.step(c, reader_sink);
    }
    reader.sound
}

struct Reader<'t> {
    rest: &'t str,
    held: Vec<Holder>,
    /// Holders beyond those that are kept.
    deeper: usize,
    sound: bool,
}

/// An object or an array that is open.
struct Holder {
    is_object: bool,
    key: Option<String>,
    wants_key: bool,
}

impl Reader<'_> {
    fn step(&mut self, c: char, sink: &mut dyn FnMut(String, String)) {
        match c {
            '"' => {
                let text = self.string();
                self.text(text, sink);
                return;
            }
            '{' | '[' => self.open(c == '{'),
            '}' | ']' => self.close(c == '}'),
            ',' => self.top(|holder| holder.wants_key = true),
            ':' => self.top(|holder| holder.wants_key = false),
            // A guard some servers put before JSON, and the mark of a text's byte order.
            ')' | '\'' | '\u{feff}' => {}
            _ if c.is_whitespace() => {}
            _ => {
                self.plain(c, sink);
                return;
            }
        }
        self.skip(c.len_utf8());
    }

    fn top(&mut self, change: impl FnOnce(&mut Holder)) {
        if self.deeper == 0
            && let Some(holder) = self.held.last_mut().filter(|holder| holder.is_object)
        {
            change(holder);
        }
    }

    fn open(&mut self, is_object: bool) {
        if self.held.len() < DEEPEST_KEYS {
            self.held.push(Holder { is_object, key: None, wants_key: is_object });
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self, is_object: bool) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if self.held.pop().is_none_or(|holder| holder.is_object != is_object) {
            self.sound = false;
        }
    }

    /// A string is a key or a value by where it stands. Too deep to know, it is a value: nothing is lost.
    fn text(&mut self, text: String, sink: &mut dyn FnMut(String, String)) {
        if self.deeper == 0
            && let Some(holder) = self.held.last_mut()
            && holder.wants_key
        {
            holder.key = Some(text);
        } else {
            sink(self.name(), text);
        }
    }

    /// A number, `true`, `false` or `null`; anything else is no JSON.
    fn plain(&mut self, c: char, sink: &mut dyn FnMut(String, String)) {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
            .unwrap_or(self.rest.len());
        let word = self.rest.get(..end).unwrap_or_default();
        match word {
            "null" => {}
            "true" | "false" => sink(self.name(), word.to_owned()),
            _ if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                sink(self.name(), word.to_owned());
            }
            _ => self.sound = false,
        }
        self.skip(end.max(c.len_utf8()));
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn name(&self) -> String {
        let keys: Vec<&str> = self.held.iter().filter_map(|holder| holder.key.as_deref()).collect();
        let first = keys.len().saturating_sub(KEYS_IN_NAME);
        keys.get(first..).unwrap_or_default().join(".")
    }

    /// The string that begins here, without its escapes; to the text's end where its own is missing.
    fn string(&mut self) -> String {
        self.skip(1);
        let mut out = String::new();
        loop {
            let plain = self.rest.find(['"', '\\']).unwrap_or(self.rest.len());
            out.push_str(self.rest.get(..plain).unwrap_or_default());
            self.skip(plain);
            if self.rest.starts_with('\\') {
                self.skip(1);
                self.escape(&mut out);
            } else {
                self.skip(1);
                return out;
            }
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(c) = self.rest.chars().next() else { return };
        self.skip(c.len_utf8());
        match c {
            'n' | 'r' => out.push('\n'),
            't' => out.push('\t'),
            'b' | 'f' => out.push(' '),
            'u' => {
                let Some(high) = self.unit() else { return };
                let low = (0xd800..0xdc00).contains(&high).then(|| self.low()).flatten();
                let units = [high, low.unwrap_or_default()];
                let length = if low.is_some() { 2 } else { 1 };
                out.extend(
                    char::decode_utf16(units.into_iter().take(length))
                        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
                );
            }
            _ => out.push(c),
        }
    }

    fn unit(&mut self) -> Option<u16> {
        let unit = u16::from_str_radix(self.rest.get(..4)?, 16).ok()?;
        self.skip(4);
        Some(unit)
    }

    /// The second half of a character beyond the first 65,536.
    fn low(&mut self) -> Option<u16> {
        let unit = u16::from_str_radix(self.rest.strip_prefix("\\u")?.get(..4)?, 16).ok()?;
        let is_low = (0xdc00..0xe000).contains(&unit);
        if is_low {
            self.skip(6);
        }
        is_low.then_some(unit)
    }
}
