//! Guessing the format of a list from how it begins.

use std::net::IpAddr;

use usher_types::host::Host;

use super::Format;
use crate::pages::without_scheme;

/// Lines looked at. Headings of lists have up to a hundred lines, all comments.
const MAX_LINES: usize = 400;
/// Lines with content that are voted on.
const MAX_VOTES: usize = 100;

/// The format that most of the first lines have; none when under half of them agree, as for a web page saying that
/// the list has moved.
pub fn detect(sample: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(sample);
    let shapes: Vec<Option<Format>> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .take(MAX_LINES)
        .filter_map(shape)
        .take(MAX_VOTES)
        .collect();
    let votes = |format: Format| shapes.iter().filter(|shape| **shape == Some(format)).count();
    // The last of equals wins, so the formats that ask for more stand last.
    let formats =
        [Format::Domains, Format::Urls, Format::Hosts, Format::Dnsmasq, Format::Adblock, Format::Rpz];
    let best = formats.into_iter().max_by_key(|format| votes(*format))?;
    (votes(best) > 0 && votes(best) * 2 >= shapes.len()).then_some(best)
}

/// What one line looks like; the outer none is for lines that say nothing, the inner for lines of no format.
fn shape(line: &str) -> Option<Option<Format>> {
    let text = line.trim();
    if text.is_empty() || text.starts_with(['!', '#', ';']) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    Some(
        if text.starts_with("||")
            || text.starts_with("@@")
            || text.starts_with("[Adblock")
            || text.contains("##")
        {
            Some(Format::Adblock)
        } else if ["address=/", "server=/", "local=/"].iter().any(|key| text.starts_with(key)) {
            Some(Format::Dnsmasq)
        } else if is_zone_line(first, &words) {
            Some(Format::Rpz)
        } else if words.len() > 1
            && first.split('%').next().is_some_and(|word| word.parse::<IpAddr>().is_ok())
        {
            Some(Format::Hosts)
        } else {
            single_word(first, words.get(1).copied())
        },
    )
}

fn is_zone_line(first: &str, words: &[&str]) -> bool {
    let kinds = ["CNAME", "SOA", "NS"];
    matches!(first, "$TTL" | "$ORIGIN")
        || words.iter().skip(1).any(|word| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(word)))
}

fn single_word(word: &str, next: Option<&str>) -> Option<Format> {
    if next.is_some_and(|next| !next.starts_with('#')) || word.starts_with('<') {
        return None;
    }
    let rest = without_scheme(word).unwrap_or(word);
    match rest.split_once('/') {
        Some((host, _path)) if Host::parse(host.split(':').next().unwrap_or(host)).is_ok() => {
            Some(Format::Urls)
        }
        Some(_) => None,
        None => {
            let bare = rest.trim_start_matches("*.").trim_start_matches('.');
            (bare.contains(['.', ':']) && Host::parse(bare).is_ok()).then_some(Format::Domains)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for (sample, format) in [
            ("\u{feff}# list\n\none.example\n*.two.example # x\n.three.example\n", Some(Format::Domains)),
            ("one.example\n192.0.2.1\n", Some(Format::Domains)),
            ("# hosts\n127.0.0.1 localhost\n0.0.0.0 one.example two.example\n", Some(Format::Hosts)),
            ("one.example/play\nhttp://two.example/\n192.0.2.1/x\n", Some(Format::Urls)),
            ("# x\naddress=/one.example/0.0.0.0\nserver=/two.example/\n", Some(Format::Dnsmasq)),
            ("! Title\n||one.example^\n@@||two.example^\n##.ad\n", Some(Format::Adblock)),
            (
                "$TTL 60\n@ SOA a. b. 1 2 3 4 5\none.example CNAME .\n*.one.example CNAME .\n",
                Some(Format::Rpz),
            ),
            ("<!DOCTYPE html>\n<html><body>\nMoved to a.example\n</body></html>\n", None),
            ("", None),
            ("# nothing\n", None),
        ] {
            assert_eq!(detect(sample.as_bytes()), format, "{sample}");
        }
    }
}
