//! What a request's body says: its fields and its files.
//!
//! Owns: taking a body apart by its content type: forms of web pages, multipart, JSON, XML, plain text, a file sent by
//! itself. Does not: say what any of it means (`sent`), look inside files (`archive`, `document`), or trust a label: a
//! body that is plainly another form than it says is read as that form.
//!
//! A body may be cut off at the gateway's limit anywhere; what is there is read. Text that fits no field is never
//! dropped: it becomes a field without a name.

mod coding;
mod json;
mod multipart;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::kind::{Class, Hints, Kind, LOOKED_AT_TAIL_BYTES, identify};

/// The most of a body that is read: what the gateway holds back of a request before it decides.
pub const LONGEST_BODY_BYTES: usize = 1 << 20;
/// The most fields and files kept apart. Large web forms have hundreds; the text of further ones is kept in one more
/// field, so that a flood of empty ones hides nothing and costs little.
pub const MOST_FIELDS: usize = 10_000;
/// How deep forms are read within forms (a JSON text in a form's field, a multipart in a multipart): web applications
/// go two deep.
const DEEPEST: usize = 3;

/// A request's body, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// Names and values in the order they were sent. Names of JSON are the last keys on the way, with dots.
    pub fields: Vec<(String, String)>,
    /// Files.
    pub files: Vec<FilePart>,
    /// Whether something in it has a form nobody here can read.
    pub unread: bool,
}

/// A file in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// The field it was sent in; empty for a body that is a file.
    pub field: String,
    /// The name it has with the sender.
    pub file_name: Option<String>,
    /// What it is, by its content.
    pub kind: Kind,
    /// Its bytes, as far as they were there: at most [`LONGEST_BODY_BYTES`].
    pub bytes: Vec<u8>,
}

/// Reads a body. `content_type` is the field of the request's head, if it had one.
pub fn read(content_type: Option<&str>, body: &[u8]) -> Form {
    let body = body.get(..LONGEST_BODY_BYTES).unwrap_or(body);
    let mut form = Form::default();
    if !body.is_empty() {
        form.read(&Media::of(content_type.unwrap_or_default()), "", body, None, DEEPEST);
    }
    form
}

/// A media type with the parameters that matter here.
#[derive(Debug, Default)]
struct Media {
    name: String,
    charset: Option<String>,
    boundary: Option<String>,
}

impl Media {
    fn of(text: &str) -> Self {
        let mut parts = coding::parameters(text);
        let name = parts.first().map(|(name, _)| name.to_ascii_lowercase()).unwrap_or_default();
        let mut take = |key: &str| {
            parts.iter_mut().find(|(name, _)| name == key).map(|(_, value)| std::mem::take(value))
        };
        let (charset, boundary) = (take("charset"), take("boundary"));
        Self { name, charset, boundary }
    }

    fn is_json(&self) -> bool {
        self.name.ends_with("json") || self.name == "application/graphql" || self.name.ends_with("javascript")
    }

    fn is_xml(&self) -> bool {
        self.name.ends_with("xml")
    }
}

impl Form {
    /// Reads `body` as what `media` says, into fields whose names begin with `name`.
    fn read(&mut self, media: &Media, name: &str, body: &[u8], charset: Option<&str>, deeper: usize) {
        let charset = media.charset.as_deref().or(charset);
        if media.name.starts_with("multipart/") {
            multipart::read(self, media, body, charset, deeper);
        } else if media.name == "application/x-www-form-urlencoded" {
            self.pairs(body, charset, deeper);
        } else if media.is_json() {
            self.json(name, &decode(body, charset), deeper);
        } else if media.is_xml() {
            self.xml(name, &decode(body, charset));
        } else {
            self.unlabelled(media, name, body, charset, deeper);
        }
    }

    /// Text of no certain form, or a file. Scripts send JSON and forms as `text/plain` where they say nothing.
    fn unlabelled(&mut self, media: &Media, name: &str, body: &[u8], charset: Option<&str>, deeper: usize) {
        if !media.name.starts_with("text/") && !is_text(body) {
            let file = file_part(name.to_owned(), None, Some(&media.name), body.to_vec());
            if file.kind.class() == Class::Data && file.kind != Kind::Empty {
                self.unread = true;
            } else {
                self.add_file(file);
            }
            return;
        }
        if name.is_empty() && looks_like_pairs(body) {
            return self.pairs(body, charset, deeper);
        }
        let text = decode(body, charset);
        if name.is_empty() && looks_like_lines(&text) {
            for line in text.lines() {
                let (name, value) = line.split_once('=').unwrap_or(("", line));
                self.value(name, value.to_owned(), deeper);
            }
            return;
        }
        self.value(name, text.into_owned(), deeper);
    }

    /// `application/x-www-form-urlencoded` (URL Standard, 5.1), in the charset the form itself names where it does.
    fn pairs(&mut self, body: &[u8], charset: Option<&str>, deeper: usize) {
        let own = body
            .split(|byte| *byte == b'&')
            .find_map(|pair| pair.strip_prefix(b"_charset_="))
            .map(|label| String::from_utf8_lossy(label).into_owned());
        let charset = own.as_deref().or(charset);
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match memchr::memchr(b'=', pair) {
                Some(at) => (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default()),
                None => (pair, &[] as &[u8]),
            };
            let name = decode(&coding::plus_and_percent(name), charset).into_owned();
            let value = decode(&coding::plus_and_percent(value), charset).into_owned();
            self.value(&name, value, deeper);
        }
    }

    /// Every string, number and truth value at any depth.
    fn json(&mut self, name: &str, text: &str, deeper: usize) {
        let mut values = Vec::new();
        let whole = json::read(text, &mut |keys, value| values.push((keys, value)));
        for (keys, value) in values {
            let name = if name.is_empty() { keys } else { format!("{name}.{keys}") };
            self.value(&name, value, deeper.saturating_sub(1));
        }
        if !whole {
            // What is no JSON may be words all the same.
            self.add(name, text.to_owned());
        }
    }

    /// The text between tags, by the name of the tag before it; attributes' values too.
    fn xml(&mut self, name: &str, text: &str) {
        for piece in text.split('<') {
            let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
            let words = words.trim();
            let tag_name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
            for (key, value) in coding::attributes(tag) {
                self.add(key, coding::references(value));
            }
            if !words.is_empty() {
                self.add(if tag_name.is_empty() { name } else { tag_name }, coding::references(words));
            }
        }
    }

    /// A value, which may itself be JSON or a picture written as text.
    fn value(&mut self, name: &str, value: String, deeper: usize) {
        if let Some(file) = coding::data_address(&value) {
            let (kind, bytes) = file;
            return self.add_file(file_part(name.to_owned(), None, Some(&kind), bytes));
        }
        if deeper > 0 && json::begins(&value) {
            let mut values = Vec::new();
            if json::read(&value, &mut |keys, value| values.push((keys, value))) && !values.is_empty() {
                for (keys, value) in values {
                    let name = [name, &keys].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                    self.value(&name.join("."), value, deeper - 1);
                }
                return;
            }
        }
        self.add(name, value);
    }

    fn add(&mut self, name: &str, value: String) {
        if self.fields.len() < MOST_FIELDS {
            self.fields.push((name.to_owned(), value));
        } else if let Some((_, last)) = self.fields.last_mut() {
            last.push('\n');
            last.push_str(&value);
        }
    }

    fn add_file(&mut self, file: FilePart) {
        if self.files.len() < MOST_FIELDS {
            self.files.push(file);
        } else {
            self.unread = true;
        }
    }
}

fn file_part(
    field: String,
    file_name: Option<String>,
    content_type: Option<&str>,
    bytes: Vec<u8>,
) -> FilePart {
    let tail = bytes.len().saturating_sub(LOOKED_AT_TAIL_BYTES);
    let hints = Hints { file_name: file_name.as_deref(), content_type };
    let kind = identify(&bytes, bytes.get(tail..).unwrap_or_default(), &hints);
    FilePart { field, file_name, kind, bytes }
}

/// Text of a charset, or of UTF-8 where nobody says, or of the charset of old Western pages where it is no UTF-8. A
/// character that was cut off at the end does not make it another charset.
pub(crate) fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Cow<'b, str> {
    if let Some(encoding) =
        charset.and_then(|label| Encoding::for_label_no_replacement(label.trim().as_bytes()))
    {
        return encoding.decode(bytes).0;
    }
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(fault) => fault.error_len().is_none(),
    };
    let marked = Encoding::for_bom(bytes).is_some();
    if is_utf8 || marked { UTF_8.decode(bytes).0 } else { WINDOWS_1252.decode(bytes).0 }
}

/// Whether bytes can be somebody's words: no control signs but those of lines.
fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..4_096).unwrap_or(bytes);
    let sound = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(fault) => fault.error_len().is_none(),
    };
    sound && !head.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}

/// `a=1&b=2`, without white space: a form that was sent without saying so.
fn looks_like_pairs(body: &[u8]) -> bool {
    let first = body.split(|byte| *byte == b'&').next().unwrap_or_default();
    let name = memchr::memchr(b'=', first).and_then(|at| first.get(..at));
    name.is_some_and(|name| !name.is_empty() && name.len() <= 100 && name.iter().all(u8::is_ascii_graphic))
        && !body.iter().any(u8::is_ascii_whitespace)
        && !body.starts_with(b"{")
        && !body.starts_with(b"[")
}

/// Lines of `name=value`: what `enctype="text/plain"` sends (HTML, 4.10.21.8).
fn looks_like_lines(text: &str) -> bool {
    text.contains('=')
        && text.lines().filter(|line| !line.trim().is_empty()).all(|line| {
            line.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.contains([' ', '{', '"']))
        })
}

#[cfg(test)]
mod tests;
