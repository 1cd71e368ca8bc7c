//! What an answer calls itself: its character set, its codings, and the name a browser would save it under.

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use usher_policy::facts::WebFacts;
use usher_scan::kind::{self, Class, Hints};

/// The longest name kept, in characters: its end, because that is what says how it is opened.
const LONGEST_NAME_CHARS: usize = 200;

/// The charset a content type names.
pub(crate) fn charset(content_type: &str) -> Option<String> {
    parameters(content_type).find(|(name, _)| name == "charset").map(|(_, value)| value)
}

/// All codings, in the order they were put on, from however many lines.
pub(crate) fn codings(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// How an answer would be saved.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    /// Under which name.
    pub(crate) name: Option<String>,
    /// Whether the site says that it is to be saved.
    pub(crate) is_attached: bool,
    /// Whether the name ends like something that is no page.
    pub(crate) is_file: bool,
}

impl Saved {
    /// By what `Content-Disposition` says, else by the end of an address somebody went to. Parts of a page are not saved.
    pub(crate) fn of(headers: &HeaderMap, facts: &WebFacts) -> Self {
        let mut names = Vec::new();
        let mut is_attached = false;
        for line in headers.get_all(header::CONTENT_DISPOSITION) {
            let line = String::from_utf8_lossy(line.as_bytes());
            is_attached |=
                line.trim_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case("attachment"));
            names.extend(attached(&line));
        }
        if names.is_empty() && !facts.part_of_page {
            let last = facts.address.path.rsplit('/').next().filter(|last| last.contains('.'));
            names.extend(last.map(|last| percent_decode_str(last).decode_utf8_lossy().into_owned()));
        }
        // Browsers differ in which name they take, so the strictest counts.
        let name = names.into_iter().max_by_key(|name| class(name)).map(|name| end(&name));
        let is_file = name.as_deref().is_some_and(is_file);
        Self { name, is_attached, is_file }
    }
}

/// What text saved under this name would be.
fn class(name: &str) -> Class {
    kind::identify(b"text", &[], &Hints { file_name: Some(name), content_type: None }).class()
}

/// Whether a name ends like a program, an archive, a document or a disk.
fn is_file(name: &str) -> bool {
    const ENDINGS: [&str; 24] = [
        "zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "zst", "tar", "cab", "iso", "img", "vhd", "vhdx",
        "dmg", "pdf", "doc", "xls", "ppt", "docx", "xlsx", "pptx", "odt", "rtf",
    ];
    let ending = name.rsplit('.').next().unwrap_or("").trim_end().to_ascii_lowercase();
    class(name).is_active() || ENDINGS.contains(&ending.as_str())
}

/// The file names of a disposition: `filename*` and `filename` (RFC 6266, 4.3).
fn attached(disposition: &str) -> Vec<String> {
    let names = parameters(disposition).filter_map(|(name, value)| match name.as_str() {
        "filename" => Some(value),
        "filename*" => {
            let coded = value.rsplit('\'').next().unwrap_or(&value);
            Some(percent_decode_str(coded).decode_utf8_lossy().into_owned())
        }
        _ => None,
    });
    names.collect()
}

/// The parameters of a field, names in lower case. A semicolon within quotes parts nothing.
fn parameters(field: &str) -> impl Iterator<Item = (String, String)> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in field.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => {
                escaped = true;
                continue;
            }
            '"' => {
                quoted = !quoted;
                continue;
            }
            ';' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.into_iter().skip(1).filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    })
}

fn end(name: &str) -> String {
    let skipped = name.chars().count().saturating_sub(LONGEST_NAME_CHARS);
    name.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_strictest_of_several_names_counts() {
        let both = "attachment; filename=\"a.jpg\"; filename*=UTF-8''setup%2Eexe";
        assert_eq!(attached(both), ["a.jpg", "setup.exe"]);
        assert!(class("setup.exe") > class("a.jpg"));
        assert_eq!(attached("attachment; filename=\"game;.hta\""), ["game;.hta"]);
        assert_eq!(attached("inline"), [""; 0]);
        assert_eq!(charset("text/html; charset=\"windows-1252\"").as_deref(), Some("windows-1252"));
        let long = format!("{}.bat", "a".repeat(300));
        assert!(end(&long).ends_with("a.bat") && is_file(&end(&long)));
    }

    #[test]
    fn codings_of_several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        for coding in ["gzip", "gzip, br"] {
            headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        assert_eq!(codings(&headers).as_deref(), Some("gzip, gzip, br"));
    }
}
