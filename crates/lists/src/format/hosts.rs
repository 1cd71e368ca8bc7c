//! hosts(5) files used as lists: an address that leads nowhere, then the names sent there.

use std::net::IpAddr;

use super::domains::without_comment;
use super::reading::{NotUsed, Sink, Why};

/// Names that a hosts file gives to the machine itself.
const OWN_NAMES: [&str; 14] = [
    "localhost",
    "localhost.localdomain",
    "localhost4",
    "localhost6",
    "local",
    "broadcasthost",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-mcastprefix",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-allhosts",
    "0.0.0.0",
];

pub(super) fn line(text: &str, sink: &mut Sink<'_>) {
    let mut words = without_comment(text).split_whitespace();
    let Some(first) = words.next() else { return sink.comment() };
    let Ok(address) = first.split('%').next().unwrap_or(first).parse::<IpAddr>() else {
        return sink.bad(text, Why::NoAddress);
    };
    let mut named = false;
    for name in words {
        named = true;
        if OWN_NAMES.contains(&name) {
            sink.comment();
        } else if leads_nowhere(address) {
            sink.host(name);
        } else {
            sink.not_used(NotUsed::LocalData);
        }
    }
    if !named {
        sink.bad(text, Why::NotThisFormat);
    }
}

/// Whether lists use this address to say "nowhere".
pub(super) fn leads_nowhere(address: IpAddr) -> bool {
    address.is_unspecified() || address.is_loopback()
}

#[cfg(test)]
mod tests {
    use crate::format::tests::read_text;
    use crate::format::{Format, NotUsed, Why};

    #[test]
    fn names_that_are_sent_nowhere_are_entries() {
        let list = "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\n\
                    255.255.255.255 broadcasthost\n# ads\n0.0.0.0 One.Example two.example # why\n\
                    127.0.0.1\tthree.example\n:: four.example\n192.168.1.9 printer.example\nfive.example\n0.0.0.0\n\
                    0.0.0.0 0.0.0.0\n0.0.0.0 a..b\n";
        let (found, reading) = read_text(Format::Hosts, list);
        assert_eq!(found, ["one.example", "two.example", "three.example", "four.example"]);
        assert_eq!(reading.not_used[&NotUsed::LocalData], 1);
        let whys: Vec<Why> = reading.bad_lines.iter().map(|bad| bad.why).collect();
        assert_eq!(whys, [Why::NoAddress, Why::NotThisFormat, Why::NotAHost]);
    }
}
