//! Lines of a list, read with a limit, so that a feed without line ends cannot fill the memory.

use std::io::{self, BufRead};

/// Longest line read, in bytes. A name has 253; the longest useful address in public lists has under 2,000.
const MAX_LINE_BYTES: usize = 8192;
/// Bytes kept of a line that is too long, to name it by.
const SHOWN_BYTES: usize = 200;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A line of text.
    Text(&'a str),
    /// Longer than [`MAX_LINE_BYTES`]; how it begins.
    TooLong(String),
    /// Not UTF-8; what can be read of it.
    NotText(String),
}

/// Reads lines. A byte order mark before the first and carriage returns at the ends are left out.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    first: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, line: Vec::new(), first: true }
    }

    /// The next line; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let found = fill(&mut self.input, &mut self.line)?;
        if found == 0 {
            return Ok(None);
        }
        let first = std::mem::take(&mut self.first);
        let mut bytes = self.line.as_slice();
        if first {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        if found > MAX_LINE_BYTES {
            let shown = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
            return Ok(Some(Line::TooLong(String::from_utf8_lossy(shown).into_owned())));
        }
        while let Some((b'\r' | b'\n', before)) = bytes.split_last() {
            bytes = before;
        }
        Ok(Some(match std::str::from_utf8(bytes) {
            Ok(text) => Line::Text(text),
            Err(_) => Line::NotText(String::from_utf8_lossy(bytes).into_owned()),
        }))
    }
}

/// Reads to the end of a line and says how many bytes that was; keeps no more than the limit.
fn fill(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut found = 0_usize;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(found);
        }
        let end = available.iter().position(|&byte| byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        let room = MAX_LINE_BYTES.saturating_sub(line.len());
        line.extend_from_slice(available.get(..taken.min(room)).unwrap_or_default());
        found = found.saturating_add(taken);
        input.consume(taken);
        if end.is_some() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        // A small buffer, so that lines cross its edges.
        let mut lines = Lines::new(io::BufReader::with_capacity(3, bytes));
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(match line {
                Line::Text(text) => text.to_owned(),
                Line::TooLong(text) => format!("too long: {} bytes shown", text.len()),
                Line::NotText(text) => format!("not text: {text}"),
            });
        }
        found
    }

    #[test]
    fn marks_and_line_ends_of_other_systems_are_left_out() {
        assert_eq!(lines(b"\xef\xbb\xbfone\r\ntwo\n\nfour"), ["one", "two", "", "four"]);
        assert_eq!(lines(b""), [""; 0]);
        assert_eq!(lines(b"\n"), [""]);
    }

    #[test]
    fn a_line_that_is_too_long_is_named_and_the_next_is_read() {
        let mut bytes = vec![b'a'; 100_000];
        bytes.extend_from_slice(b"\nnext\n");
        assert_eq!(lines(&bytes), ["too long: 200 bytes shown", "next"]);
    }

    #[test]
    fn a_line_that_is_not_utf8_is_named() {
        assert_eq!(lines(b"a\xffb\nnext"), ["not text: a\u{fffd}b", "next"]);
    }
}
