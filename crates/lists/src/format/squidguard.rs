//! squidGuard folders: `domains` and `urls` (read as [`super::Format::Domains`] and [`super::Format::Urls`]),
//! `expressions` (counted, never used: one expression can shut a thousand innocent pages, and nobody can say which),
//! and `usage`, which says what a folder is for.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use super::lines::{Line, Lines};
use super::reading::{NotUsed, Reading, Sink};
use super::{Entry, Format};

/// What a list is kept for by those who keep it. A school may use it otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// To shut.
    #[default]
    Black,
    /// To keep open.
    White,
    /// For either.
    Both,
}

/// The files of one folder, as far as it has them.
#[derive(Debug, Default)]
pub struct Folder<R> {
    /// `domains`.
    pub domains: Option<R>,
    /// `urls`.
    pub urls: Option<R>,
    /// `expressions`.
    pub expressions: Option<R>,
    /// `usage`.
    pub usage: Option<R>,
}

/// Reads a folder. Every entry goes to `each`; the account is of all its files together. A folder that does not say
/// what it is for is to shut.
///
/// # Errors
/// Only when a reader fails.
pub fn read_folder<R: BufRead>(
    folder: Folder<R>,
    each: &mut dyn FnMut(Entry),
) -> io::Result<(Reading, Usage)> {
    let mut reading = Reading::default();
    let files = [
        (Format::Domains, folder.domains),
        (Format::Urls, folder.urls),
        (Format::Expressions, folder.expressions),
    ];
    for (format, file) in files {
        if let Some(input) = file {
            reading.add(super::read(format, input, each)?);
        }
    }
    let usage = folder.usage.map(read_usage).transpose()?.flatten();
    Ok((reading, usage.unwrap_or_default()))
}

/// Reads a `usage` file: the words `black` and `white`, one a line; all other lines are other names of the folder.
/// None when it has neither word.
///
/// # Errors
/// When the reader fails.
pub fn read_usage(input: impl BufRead) -> io::Result<Option<Usage>> {
    let mut lines = Lines::new(input);
    let (mut black, mut white) = (false, false);
    while let Some(line) = lines.next()? {
        if let Line::Text(text) = line {
            black |= text.trim() == "black";
            white |= text.trim() == "white";
        }
    }
    Ok(match (black, white) {
        (true, true) => Some(Usage::Both),
        (true, false) => Some(Usage::Black),
        (false, true) => Some(Usage::White),
        (false, false) => None,
    })
}

pub(super) fn expression(text: &str, sink: &mut Sink<'_>) {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') {
        sink.comment();
    } else {
        sink.not_used(NotUsed::Expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::read_text;

    #[test]
    fn usage_is_the_words_black_and_white() {
        let usage = |text: &str| read_usage(text.as_bytes()).unwrap();
        assert_eq!(usage("#\tblogs\nblack\n"), Some(Usage::Black));
        assert_eq!(usage("white\r\nblack\r\n"), Some(Usage::Both));
        assert_eq!(usage("white"), Some(Usage::White));
        assert_eq!(usage("blackboard\n"), None);
    }

    #[test]
    fn a_folder_is_one_list() {
        let folder = Folder {
            domains: Some(&b"one.example\na b\n"[..]),
            urls: Some(&b"two.example/x\n"[..]),
            expressions: Some(&b"a.*b\n"[..]),
            usage: Some(&b"white\n"[..]),
        };
        let mut lines = Vec::new();
        let (reading, usage) = read_folder(folder, &mut |entry| lines.push(entry.line_number)).unwrap();
        assert_eq!((lines, reading.entries, reading.lines, reading.bad_total()), (vec![1, 1], 2, 4, 1));
        assert_eq!((reading.not_used[&NotUsed::Expression], usage), (1, Usage::White));
        let empty: Folder<&[u8]> = Folder::default();
        assert_eq!(read_folder(empty, &mut |_entry| {}).unwrap(), (Reading::default(), Usage::Black));
    }

    #[test]
    fn expressions_are_counted_and_named() {
        let (found, reading) = read_text(Format::Expressions, "(banner|adverts)\n\n# x\n^a.*b$\n");
        assert_eq!(found, [""; 0]);
        assert_eq!(reading.not_used[&NotUsed::Expression], 2);
    }
}
