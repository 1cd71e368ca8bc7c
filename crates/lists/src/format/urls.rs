//! Web addresses, one a line, with or without a scheme.

use super::reading::Sink;

pub(super) fn line(text: &str, sink: &mut Sink<'_>) {
    let text = text.trim();
    // A `#` inside an address is part of it; only a line that starts with one is a comment.
    if text.is_empty() || text.starts_with(['#', ';', '!']) {
        sink.comment();
    } else {
        sink.pages(text);
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Format;
    use crate::format::tests::read_text;

    #[test]
    fn addresses_become_pages_of_a_site() {
        let list = "# urls\nhttp://www.One.example:8080/Play/#top\ntwo.example/a//b/\n192.0.2.1/~x\nthree.example\n\
                    ftp://four.example/x\nfive example/x\n\n";
        let (found, reading) = read_text(Format::Urls, list);
        assert_eq!(found, ["one.example/play", "two.example/a/b", "192.0.2.1/~x", "three.example/"]);
        assert_eq!((reading.comments, reading.bad_total()), (2, 2));
    }
}
