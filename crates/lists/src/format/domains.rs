//! One name or address a line, with the habits of many lists: comments, leading dots and stars, trailing blanks.

use super::reading::Sink;

pub(super) fn line(text: &str, sink: &mut Sink<'_>) {
    let text = without_comment(text);
    if text.is_empty() {
        sink.comment();
    } else {
        sink.host(text);
    }
}

/// The line without blanks and without its comment: `#` or `;` anywhere, `!` or `//` at the start.
pub(super) fn without_comment(text: &str) -> &str {
    let text = text.trim();
    if text.starts_with('!') || text.starts_with("//") {
        return "";
    }
    text.split(['#', ';']).next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use crate::format::tests::read_text;
    use crate::format::{Format, Why};

    #[test]
    fn the_habits_of_many_lists() {
        let list = "\u{feff}# heading\r\n\r\nOne.Example\r\n.two.example\n*.three.example  \n\tfour.example # why\n\
                    five.example;x\n! six.example\n// seven\nbücher.example\n192.0.2.1\n2001:db8::1\neight.example.\n";
        let (found, reading) = read_text(Format::Domains, list);
        assert_eq!(
            found,
            [
                "one.example",
                "two.example",
                "three.example",
                "four.example",
                "five.example",
                "xn--bcher-kva.example",
                "192.0.2.1",
                "2001:db8::1",
                "eight.example"
            ]
        );
        assert_eq!((reading.lines, reading.comments, reading.bad_total()), (13, 4, 0));
    }

    #[test]
    fn what_is_no_name_is_named() {
        let list = "a b\nhttp://a.example/\na.example/x\n192.0.2.0/24\n<html>\n12345\n*.192.0.2.1\na..b\n*\n";
        let (found, reading) = read_text(Format::Domains, list);
        assert_eq!(found, [""; 0]);
        let whys: Vec<Why> = reading.bad_lines.iter().map(|bad| bad.why).collect();
        assert_eq!(
            whys,
            [
                Why::SeveralWords,
                Why::NotOnlyAHost,
                Why::NotOnlyAHost,
                Why::Range,
                Why::NotAHost,
                Why::NotAHost,
                Why::NotAHost,
                Why::NotAHost,
                Why::NotAHost
            ]
        );
        assert_eq!(
            reading.bad_lines[3].to_string(),
            "line 4: `192.0.2.0/24`: it is a range of addresses; only single addresses can be listed"
        );
    }

    #[test]
    fn only_the_first_bad_lines_are_kept() {
        let (_found, reading) = read_text(Format::Domains, "a b\n".repeat(1000));
        assert_eq!((reading.bad_total(), reading.bad_lines.len()), (1000, super::super::MAX_BAD_LINES_KEPT));
    }

    #[test]
    fn a_whole_top_level_is_an_entry_for_the_review_to_hold() {
        assert_eq!(read_text(Format::Domains, "*.com\n").0, ["com"]);
    }
}
