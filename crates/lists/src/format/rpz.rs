//! Response policy zones (draft-vixie-dnsop-dns-rpz), of which only names answered with "no such name", "no data" or
//! nothing at all are used. A name is listed with everything below it, as in all other lists, though a zone could mean
//! it alone.

use super::reading::{NotUsed, Sink, Why};

/// Last labels of owners that are triggers by address or name server.
const OTHER_TRIGGERS: [&str; 4] = ["rpz-ip", "rpz-client-ip", "rpz-nsdname", "rpz-nsip"];
/// Record types that only keep the zone itself.
const UPKEEP: [&str; 7] = ["SOA", "NS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"];

/// A zone as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Zone {
    origin: String,
    owner: String,
    /// Inside the brackets of a record that goes over several lines.
    in_brackets: bool,
}

impl Zone {
    pub(super) fn line(&mut self, text: &str, sink: &mut Sink<'_>) {
        let text = without_comment(text);
        if text.trim().is_empty() {
            return sink.comment();
        }
        if self.in_brackets {
            self.in_brackets = !text.contains(')');
            return sink.comment();
        }
        self.in_brackets = text.contains('(') && !text.contains(')');
        let mut words = text.split_whitespace();
        match words.next() {
            Some("$ORIGIN") => {
                self.origin = words.next().unwrap_or_default().trim_matches('.').to_ascii_lowercase();
                return sink.comment();
            }
            Some(word) if word.starts_with('$') => return sink.comment(),
            Some(owner) if !text.starts_with(char::is_whitespace) => owner.clone_into(&mut self.owner),
            _ => words = text.split_whitespace(),
        }
        self.record(text, words.skip_while(|word| is_time_or_class(word)), sink);
    }

    fn record<'a>(&self, text: &str, mut words: impl Iterator<Item = &'a str>, sink: &mut Sink<'_>) {
        let Some(kind) = words.next() else { return sink.bad(text, Why::NotThisFormat) };
        let kind = kind.to_ascii_uppercase();
        if UPKEEP.contains(&kind.as_str()) {
            return sink.comment();
        }
        if kind != "CNAME" {
            match kind.as_str() {
                "A" | "AAAA" | "TXT" | "MX" | "SRV" | "PTR" | "HTTPS" | "SVCB" => {
                    sink.not_used(NotUsed::LocalData);
                }
                _ => sink.bad(text, Why::NotThisFormat),
            }
            return;
        }
        let Some(target) = words.next() else { return sink.bad(text, Why::NotThisFormat) };
        let name = self.name();
        if name.rsplit('.').next().is_some_and(|last| OTHER_TRIGGERS.contains(&last)) {
            return sink.not_used(NotUsed::Trigger);
        }
        let passes = target.eq_ignore_ascii_case("rpz-passthru.") || target.strip_suffix('.') == Some(name);
        match target.to_ascii_lowercase().as_str() {
            "." | "*." | "rpz-drop." => sink.host(name),
            _ if passes => sink.exception(),
            _ => sink.not_used(NotUsed::LocalData),
        }
    }

    /// The owner without the name of the zone.
    fn name(&self) -> &str {
        match self.owner.strip_suffix('.') {
            Some(whole) => {
                let cut = whole.len().checked_sub(self.origin.len()).filter(|_| !self.origin.is_empty());
                cut.and_then(|cut| whole.split_at_checked(cut))
                    .filter(|(_, end)| end.eq_ignore_ascii_case(&self.origin))
                    .and_then(|(start, _)| start.strip_suffix('.'))
                    .unwrap_or(whole)
            }
            None => &self.owner,
        }
    }
}

/// The line up to a `;` that is not inside quotes.
fn without_comment(text: &str) -> &str {
    let mut quoted = false;
    for (at, char) in text.char_indices() {
        match char {
            '"' => quoted = !quoted,
            ';' if !quoted => return text.get(..at).unwrap_or(text),
            _ => {}
        }
    }
    text
}

/// A time to live such as `300` or `2h`, or a class.
fn is_time_or_class(word: &str) -> bool {
    matches!(word.to_ascii_uppercase().as_str(), "IN" | "CH" | "HS")
        || word.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::format::NotUsed::{LocalData, Trigger};
    use crate::format::tests::read_text;
    use crate::format::{Format, Why};

    #[test]
    fn names_answered_with_nothing_are_entries() {
        let list = "$TTL 2h\n$ORIGIN rpz.example.\n@ IN SOA ns.example. host.example. (\n  1 ; serial\n  3600 )\n\
                    \tIN NS localhost.\none.test CNAME .\n*.two.test 300 IN CNAME *.\nThree.test.RPZ.example. IN CNAME rpz-drop.\n\
                    four.test CNAME rpz-passthru.\nfive.test CNAME five.test.\nsix.test CNAME block.example.\n\
                    seven.test A 192.0.2.1\n\tTXT \"a;b\"\n24.0.2.0.192.rpz-ip CNAME .\nns.test.rpz-nsdname CNAME .\n\
                    eight.test CNAME\nnonsense\n; end\n";
        let (found, reading) = read_text(Format::Rpz, list);
        assert_eq!(found, ["one.test", "two.test", "three.test"]);
        assert_eq!(reading.exceptions, 2);
        assert_eq!(reading.not_used.into_iter().collect::<Vec<_>>(), [(LocalData, 3), (Trigger, 2)]);
        let whys: Vec<Why> = reading.bad_lines.iter().map(|bad| bad.why).collect();
        assert_eq!(whys, [Why::NotThisFormat; 2]);
    }
}
