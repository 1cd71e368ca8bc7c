//! The title of an HTML page, from its first bytes.

use encoding_rs::{Encoding, UTF_8};

/// How many decoded bytes of a page are looked at. Titles stand in the head; 64 KiB holds the heads of all but freaks.
pub const LOOKED_AT_BYTES: usize = 65_536;
/// The longest title kept, in characters.
pub const LONGEST_TITLE_CHARS: usize = 200;
/// How far into the page a charset is looked for (HTML, 4.2.5.4: the first 1,024 bytes).
const CHARSET_BYTES: usize = 1_024;

/// The page's title. `charset` is the one of the `Content-Type` header, which counts over the page's own.
pub fn title(page: &[u8], charset: Option<&str>) -> Option<String> {
    let page = page.get(..page.len().min(LOOKED_AT_BYTES))?;
    let encoding = charset
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| declared(page))
        .unwrap_or(UTF_8);
    let (text, _, _) = encoding.decode(page);
    let start = find_ignoring_case(&text, "<title")?;
    let after = text.get(start + "<title".len()..)?;
    // `<title>` or `<title lang="en">`, not `<titlebar>`.
    let attributes_end = after.find('>')?;
    if after.chars().next().is_some_and(|c| c != '>' && !c.is_whitespace()) {
        return None;
    }
    let body = after.get(attributes_end + 1..)?;
    let end = find_ignoring_case(body, "</title").unwrap_or(body.len());
    let words = unescape(body.get(..end)?).replace(char::is_control, " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().take(LONGEST_TITLE_CHARS).collect();
    (!words.is_empty()).then_some(words)
}

/// The charset the page declares in a `<meta>`, or by a byte order mark.
fn declared(page: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(page) {
        return Some(encoding);
    }
    let head = String::from_utf8_lossy(page.get(..page.len().min(CHARSET_BYTES))?).to_ascii_lowercase();
    let after = head.split("charset").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes())
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    text.as_bytes().windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

/// The character references that occur in titles.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let tail = rest.get(at..).unwrap_or("");
        match reference(tail) {
            Some((c, length)) => {
                out.push(c);
                rest = tail.get(length..).unwrap_or("");
            }
            None => {
                out.push('&');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        "middot" => '·',
        "pound" => '£',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_are_read_as_a_browser_shows_them() {
        for (page, expected) in [
            ("<html><head><title>Volcanoes &amp; lava</title>", "Volcanoes & lava"),
            ("<TITLE lang=en>\n  Two\n lines </TITLE>", "Two lines"),
            ("<title>A &#8211; B &#x2014; C</title>", "A – B — C"),
            ("<title>never closed", "never closed"),
            ("<title>Fish & chips &unknown; &#0;</title>", "Fish & chips &unknown;"),
        ] {
            assert_eq!(title(page.as_bytes(), None).as_deref(), Some(expected), "{page}");
        }
        for page in ["", "<p>no title</p>", "<titlebar>x</titlebar>", "<title>   </title>", "<title"] {
            assert_eq!(title(page.as_bytes(), None), None, "{page}");
        }
    }

    #[test]
    fn the_header_counts_over_the_page_and_the_page_over_a_guess() {
        let latin = b"<meta charset=\"iso-8859-1\"><title>caf\xe9</title>";
        assert_eq!(title(latin, None).as_deref(), Some("café"));
        let greek = b"<meta charset=utf-8><title>\xe1</title>";
        assert_eq!(title(greek, Some("iso-8859-7")).as_deref(), Some("α"));
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("<title>hi</title>".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(title(&utf16, None).as_deref(), Some("hi"));
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(page: Vec<u8>) {
            let _ = title(&page, None);
        }

        #[test]
        fn no_markup_makes_it_panic(page in "(<title>|</title>|&|#|x|;|<|>|charset=|[a-z]){0,40}") {
            let _ = title(page.as_bytes(), None);
        }
    }
}
