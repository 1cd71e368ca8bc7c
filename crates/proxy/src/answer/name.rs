//! What an answer calls itself: its character set, and the name a browser would save it under.

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use usher_policy::facts::WebFacts;

/// The longest name kept, in characters.
const LONGEST_NAME_CHARS: usize = 200;

/// The charset a content type names.
pub(crate) fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The name it would be saved under: what `Content-Disposition` says, else the end of an address somebody went to. Parts
/// of a page are not saved.
pub(crate) fn saved_as(headers: &HeaderMap, facts: &WebFacts) -> Option<String> {
    let disposition =
        headers.get(header::CONTENT_DISPOSITION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match disposition.as_deref().and_then(attached) {
        Some(name) => Some(name),
        None if facts.part_of_page => None,
        None => facts.address.path.rsplit('/').next().filter(|last| last.contains('.')).map(cut),
    }
}

/// The file name of a disposition; `filename*` goes before `filename` (RFC 6266, 4.3).
fn attached(disposition: &str) -> Option<String> {
    let value = |wanted: &str| {
        disposition.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
        })
    };
    let extended = value("filename*").and_then(|value| value.rsplit('\'').next());
    match extended.map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned()) {
        Some(name) => Some(cut(&name)),
        None => value("filename").map(cut),
    }
}

fn cut(name: &str) -> String {
    name.chars().take(LONGEST_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_name_goes_before_the_plain_one() {
        let both = "attachment; filename=\"a.jpg\"; filename*=UTF-8''setup%2Eexe";
        assert_eq!(attached(both).as_deref(), Some("setup.exe"));
        assert_eq!(attached("attachment; filename=run.bat").as_deref(), Some("run.bat"));
        assert_eq!(attached("inline"), None);
        assert_eq!(charset("text/html; charset=\"windows-1252\"").as_deref(), Some("windows-1252"));
    }
}
