//! Words of Office, OpenDocument and e-book files.
//!
//! Owns: which parts hold words, and taking them out of markup. Does not: check markup; broken files are read as far as
//! they go.

use super::Pieces;
use crate::html::reference::{LONGEST_REFERENCE_BYTES, resolve};

/// The shortest run of letters in an old file that counts as words: shorter ones are chance.
const SHORTEST_RUN: usize = 5;

/// Whether a part of a zipped document holds words that a reader sees.
pub(super) fn has_text(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or("");
    let is_xml = name.ends_with(".xml");
    let word = path.starts_with("word/")
        && ["document", "header", "footer", "footnotes", "endnotes", "comments"]
            .iter()
            .any(|start| name.starts_with(start));
    let sheet = path.starts_with("xl/")
        && (name == "sharedstrings.xml"
            || name.starts_with("comments")
            || path.starts_with("xl/worksheets/sheet"));
    let slide = path.starts_with("ppt/slides/slide") || path.starts_with("ppt/notesslides/");
    let open = name == "content.xml" || path == "styles.xml";
    let book = name.ends_with(".xhtml") || name.ends_with(".html") || name.ends_with(".htm");
    is_xml && (word || sheet || slide || open) || book
}

/// The words between tags.
pub(super) fn markup(bytes: &[u8], pieces: &mut Pieces<'_>) {
    let (text, _, _) = encoding_rs::UTF_8.decode(bytes);
    let mut rest = text.as_ref();
    while !rest.is_empty() && !pieces.is_full() {
        let (words, after) = rest.split_once('<').unwrap_or((rest, ""));
        unescaped(words, pieces);
        let Some((tag, after)) = after.split_once('>') else { break };
        let closing = tag.starts_with('/');
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("");
        let local = name.rsplit(':').next().unwrap_or("");
        rest = after;
        match local {
            "p" | "h" | "si" | "is" | "br" | "cr" | "row" | "c" | "tr" | "li" | "line-break" | "div"
            | "title" | "h1" | "h2" | "h3" | "h4" | "td" | "comment" => pieces.push_char('\n'),
            "tab" | "s" | "space" | "v" | "f" => pieces.push_char(' '),
            // Formulas' codes and styles are not words.
            "script" | "style" | "instrText" if !closing && !tag.ends_with('/') => {
                let end = format!("</{name}");
                rest = rest.find(&end).and_then(|at| rest.get(at..)).unwrap_or("");
            }
            _ => {}
        }
    }
    pieces.push_char('\n');
}

fn unescaped(words: &str, pieces: &mut Pieces<'_>) {
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('&') {
        pieces.push(before);
        let end = after.bytes().take(LONGEST_REFERENCE_BYTES).position(|byte| byte == b';');
        match end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))) {
            Some((name, after)) => {
                let mut character = Vec::new();
                resolve(name.as_bytes(), true, &mut character);
                pieces.push(&String::from_utf8_lossy(&character));
                rest = after;
            }
            None => {
                pieces.push_char('&');
                rest = after;
            }
        }
    }
    pieces.push(rest);
}

/// Whether a stream of an old compound file holds the words.
pub(super) fn is_old_stream(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    ["WordDocument", "Workbook", "Book", "PowerPoint Document", "1Table", "0Table"].contains(&name)
}

/// Runs of letters in an old file's main stream, in either of the two widths they are kept in.
pub(super) fn old(path: &str, bytes: &[u8], pieces: &mut Pieces<'_>) {
    if !is_old_stream(path) || path.ends_with("Table") {
        return;
    }
    let mut run = String::new();
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        if pieces.is_full() {
            return;
        }
        let narrow = printable(u16::from(*first)).filter(|_| after.first() != Some(&0));
        let wide = after.first().and_then(|second| printable(u16::from_le_bytes([*first, *second])));
        match (narrow, wide) {
            (Some(c), _) => {
                run.push(c);
                rest = after;
            }
            (None, Some(c)) => {
                run.push(c);
                rest = after.get(1..).unwrap_or_default();
            }
            (None, None) => {
                give_run(&mut run, pieces);
                rest = after;
            }
        }
    }
    give_run(&mut run, pieces);
}

fn give_run(run: &mut String, pieces: &mut Pieces<'_>) {
    if run.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_RUN {
        pieces.push(run);
        pieces.push_char('\n');
    }
    run.clear();
}

/// Western letters and signs; what else stands in an old file cannot be told from chance.
fn printable(unit: u16) -> Option<char> {
    let c = char::from_u32(u32::from(unit))?;
    let is_western = matches!(unit, 0x20..=0x7e | 0xc0..=0x24f | 0x370..=0x4ff | 0x2013..=0x201d | 0xd | 0x9);
    is_western.then_some(c)
}
