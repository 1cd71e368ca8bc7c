//! Multipart bodies (RFC 2046, 5.1; RFC 7578), whole or cut off.
//!
//! Owns: boundaries, part heads, transfer encodings, multiparts in multiparts. Does not: hold anybody to the letter: a
//! line may end without its carriage return, and a boundary that the head does not name is the body's first line.

use memchr::memmem;

use super::{DEEPEST, Form, Media, coding, decode, file_part};

/// The longest head of one part. Browsers send three lines; beyond this the rest counts as the part's body.
const LONGEST_HEAD_BYTES: usize = 16_384;
/// The longest boundary. RFC 2046 allows 70 characters.
const LONGEST_BOUNDARY_BYTES: usize = 256;

/// Reads a multipart body into `form`.
pub(super) fn read(form: &mut Form, media: &Media, body: &[u8], charset: Option<&str>, deeper: usize) {
    let named = media.boundary.as_deref().filter(|boundary| !boundary.is_empty());
    let boundary = named.map(str::as_bytes).or_else(|| first_line(body));
    let Some(boundary) = boundary.filter(|boundary| boundary.len() <= LONGEST_BOUNDARY_BYTES) else {
        form.unread = true;
        return;
    };
    let parts: Vec<Part<'_>> = bodies(body, boundary).map(Part::of).collect();
    if parts.is_empty() {
        form.unread = true;
    }
    let own = parts
        .iter()
        .find(|part| part.name.as_deref() == Some("_charset_"))
        .map(|part| String::from_utf8_lossy(part.body).into_owned());
    for part in parts {
        part.read(form, own.as_deref().or(charset), deeper);
    }
}

/// The boundary as the body's first line has it.
fn first_line(body: &[u8]) -> Option<&[u8]> {
    let line = body.split(|byte| *byte == b'\n').next()?;
    line.trim_ascii().strip_prefix(b"--").filter(|boundary| !boundary.is_empty())
}

/// What lies between boundaries, and after the last one when the end is missing.
fn bodies<'b>(body: &'b [u8], boundary: &[u8]) -> impl Iterator<Item = &'b [u8]> + use<'b> {
    let dashed = [b"--".as_slice(), boundary].concat();
    let mut marks = Vec::new();
    for at in memmem::find_iter(body, &dashed) {
        let is_line = at == 0 || at.checked_sub(1).and_then(|before| body.get(before)) == Some(&b'\n');
        let rest = body.get(at + dashed.len()..).unwrap_or_default();
        let line_end = rest.iter().position(|byte| *byte == b'\n');
        let line = rest.get(..line_end.unwrap_or(rest.len())).unwrap_or_default();
        let line = line.trim_ascii();
        if is_line && (line.is_empty() || line.starts_with(b"--")) {
            let begins = at + dashed.len() + line_end.map_or(rest.len(), |end| end + 1);
            marks.push((at, begins, line.starts_with(b"--")));
        }
    }
    let ends: Vec<usize> = marks.iter().skip(1).map(|(at, ..)| *at).chain([body.len()]).collect();
    marks.into_iter().zip(ends).filter(|((_, _, last), _)| !last).map(move |((_, begins, _), end)| {
        let part = body.get(begins..end).unwrap_or_default();
        if end == body.len() {
            return part;
        }
        let part = part.strip_suffix(b"\n").unwrap_or(part);
        part.strip_suffix(b"\r").unwrap_or(part)
    })
}

struct Part<'b> {
    name: Option<String>,
    file_name: Option<String>,
    media: Option<Media>,
    transfer: String,
    body: &'b [u8],
}

impl<'b> Part<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        let (head, body) = split(bytes);
        let mut part = Self { name: None, file_name: None, media: None, transfer: String::new(), body };
        // A line that begins with white space goes on with the one before.
        let head =
            String::from_utf8_lossy(head).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
        for line in head.lines() {
            let Some((field, value)) = line.split_once(':') else { continue };
            match field.trim().to_ascii_lowercase().as_str() {
                "content-disposition" => {
                    for (key, value) in coding::parameters(value) {
                        match key.as_str() {
                            "name" | "name*" => part.name = Some(coding::name(&value)),
                            "filename*" => part.file_name = Some(coding::extended(&value)),
                            "filename" if part.file_name.is_none() => {
                                part.file_name = Some(coding::name(&value));
                            }
                            _ => {}
                        }
                    }
                }
                "content-type" => part.media = Some(Media::of(value)),
                "content-transfer-encoding" => part.transfer = value.trim().to_ascii_lowercase(),
                _ => {}
            }
        }
        part
    }

    fn read(self, form: &mut Form, charset: Option<&str>, deeper: usize) {
        let bytes = match self.transfer.as_str() {
            "base64" => coding::base64(self.body),
            "quoted-printable" => coding::quoted_printable(self.body),
            _ => self.body.to_vec(),
        };
        let name = self.name.unwrap_or_default();
        let media = self.media.unwrap_or_default();
        if self.file_name.is_some() {
            if !(bytes.is_empty() && self.file_name.as_deref() == Some("")) {
                form.add_file(file_part(name, self.file_name, Some(&media.name), bytes));
            }
        } else if media.name.starts_with("multipart/") && deeper > 0 {
            read(form, &media, &bytes, charset, deeper - 1);
        } else if media.name.is_empty() || media.name == "text/plain" {
            let text = decode(&bytes, media.charset.as_deref().or(charset)).into_owned();
            form.value(&name, text, deeper.min(DEEPEST));
        } else if deeper > 0 {
            form.read(&media, &name, &bytes, charset, deeper - 1);
        } else {
            // Nobody takes it apart any more, and its words are words all the same.
            form.unread = true;
            form.value(&name, decode(&bytes, media.charset.as_deref().or(charset)).into_owned(), 0);
        }
    }
}

/// Head and body of a part: at the first empty line.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    if let Some(body) = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")) {
        return (&[], body);
    }
    let looked_at = bytes.get(..LONGEST_HEAD_BYTES).unwrap_or(bytes);
    let crlf = memmem::find(looked_at, b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = memmem::find(looked_at, b"\n\n").map(|at| (at, at + 2));
    match crlf.into_iter().chain(lf).min() {
        Some((head, body)) => (bytes.get(..head).unwrap_or_default(), bytes.get(body..).unwrap_or_default()),
        // A head that was cut off has nothing to say; bytes without any head are words.
        None if looked_at.to_ascii_lowercase().starts_with(b"content-") => (looked_at, &[]),
        None => (&[], bytes),
    }
}
