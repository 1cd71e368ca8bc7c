//! dnsmasq(8) settings used as lists: names that are answered with nothing, or never asked for elsewhere.

use std::net::IpAddr;

use super::hosts::leads_nowhere;
use super::reading::{NotUsed, Sink, Why};

pub(super) fn line(text: &str, sink: &mut Sink<'_>) {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') {
        return sink.comment();
    }
    let Some((key, value)) = text.split_once('=') else { return sink.not_used(NotUsed::Setting) };
    let answers = match key.trim() {
        "address" => true,
        "server" | "local" => false,
        _ => return sink.not_used(NotUsed::Setting),
    };
    // `/one/two/answer`: names between slashes, then what they are answered with or asked at.
    let Some((names, answer)) = value.trim().strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) else {
        // `server=192.0.2.53` and the like set where everything is asked.
        return if answers { sink.bad(text, Why::NotThisFormat) } else { sink.not_used(NotUsed::Setting) };
    };
    let answer = answer.split('#').next().unwrap_or_default().trim();
    let shut = answer.is_empty() || (answers && answer.parse::<IpAddr>().is_ok_and(leads_nowhere));
    for name in names.split('/') {
        if name.is_empty() || name == "#" || name.trim_start_matches('*').is_empty() {
            sink.bad(text, Why::NotAHost);
        } else if shut {
            sink.host(name.strip_prefix("*.").unwrap_or(name).trim_start_matches('*'));
        } else {
            sink.not_used(NotUsed::LocalData);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::format::tests::read_text;
    use crate::format::{Format, NotUsed, Why};

    #[test]
    fn names_that_are_answered_with_nothing_are_entries() {
        let list = "# list\naddress=/one.example/\naddress=/two.example/0.0.0.0\naddress=/three.example/four.example/::\n\
                    address=/five.example/#\nserver=/six.example/\nlocal=/seven.example/ # why\n\
                    address=/printer.example/192.168.1.9\nserver=/school.example/192.168.1.1\ncache-size=1000\n\
                    no-resolv\nserver=192.0.2.53\naddress=/#/0.0.0.0\naddress=oops\n";
        let (found, reading) = read_text(Format::Dnsmasq, list);
        assert_eq!(
            found,
            [
                "one.example",
                "two.example",
                "three.example",
                "four.example",
                "five.example",
                "six.example",
                "seven.example"
            ]
        );
        assert_eq!(reading.not_used[&NotUsed::LocalData], 2);
        assert_eq!(reading.not_used[&NotUsed::Setting], 3);
        let whys: Vec<Why> = reading.bad_lines.iter().map(|bad| bad.why).collect();
        assert_eq!(whys, [Why::NotAHost, Why::NotThisFormat]);
    }
}
