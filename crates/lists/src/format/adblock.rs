//! Adblock filters, of which only rules that shut a whole host are used: `||name^`.

use super::reading::{NotUsed, Sink, Why};

/// Conditions that change nothing for a gateway that shuts the whole host.
const HARMLESS_OPTIONS: [&str; 4] = ["important", "all", "document", "doc"];

pub(super) fn line(text: &str, sink: &mut Sink<'_>) {
    let text = text.trim();
    if text.is_empty() || text.starts_with('!') || text.starts_with("# ") || text == "#" || is_heading(text) {
        return sink.comment();
    }
    if ["##", "#@#", "#?#", "#$#", "#%#", "$$"].iter().any(|mark| text.contains(mark)) {
        return sink.not_used(NotUsed::PagePart);
    }
    if text.starts_with("@@") {
        return sink.exception();
    }
    if text.starts_with('/') && text.len() > 1 {
        let expression = text.ends_with('/') || text.contains("/$");
        return sink.not_used(if expression { NotUsed::Expression } else { NotUsed::Pattern });
    }
    match text.strip_prefix("||") {
        Some(rule) => host_rule(rule, sink),
        None => sink.not_used(NotUsed::Pattern),
    }
}

fn host_rule(rule: &str, sink: &mut Sink<'_>) {
    let (pattern, options) = rule.split_once('$').map_or((rule, ""), |(pattern, options)| (pattern, options));
    let Some(name) = pattern.strip_suffix('^').or_else(|| pattern.strip_suffix("^|")) else {
        return sink.not_used(NotUsed::Pattern);
    };
    let bare = name.strip_prefix("*.").unwrap_or(name);
    if bare.contains(['*', '/', '^', '?', '=', ':']) && !bare.starts_with('[') {
        return sink.not_used(NotUsed::Pattern);
    }
    if options.split(',').any(|option| !option.is_empty() && !HARMLESS_OPTIONS.contains(&option)) {
        return sink.not_used(NotUsed::Conditions);
    }
    if bare.is_empty() { sink.bad(rule, Why::NotAHost) } else { sink.host(bare) }
}

fn is_heading(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.contains('.') || text.starts_with("[Adblock")
}

#[cfg(test)]
mod tests {
    use crate::format::Format;
    use crate::format::NotUsed::{Conditions, Expression, PagePart, Pattern};
    use crate::format::tests::read_text;

    #[test]
    fn only_rules_for_whole_hosts_are_entries() {
        let list = "[Adblock Plus 2.0]\n! Title: x\n||One.example^\n||two.example^$important\n||*.three.example^\n\
                    ||192.0.2.1^\n@@||four.example^\n||five.example^$third-party\n||six.example/ads^\n||seven.*^\n\
                    ||eight\nnine.example##.ad\n/banner[0-9]+/\n/banner/*\nten.example\n|https://eleven.example^\n||a..b^\n";
        let (found, reading) = read_text(Format::Adblock, list);
        assert_eq!(found, ["one.example", "two.example", "three.example", "192.0.2.1"]);
        assert_eq!((reading.comments, reading.exceptions, reading.bad_total()), (2, 1, 1));
        let not_used: Vec<_> = reading.not_used.into_iter().collect();
        assert_eq!(not_used, [(Expression, 1), (PagePart, 1), (Pattern, 6), (Conditions, 1)]);
    }
}
