//! Hellos in pieces, with names that no browser sends, and with names that are hidden (RFC 8446, 6066, 9849).

use crate::case::{Case, Cut, Hello, Inside, Kind, OddHello, Wanted, Way};
use crate::rows::{case, hello, page, tunnel};

const CUTS: [(&str, &str, Cut); 6] = [
    ("segments-of-1", "Sends its hello byte by byte", Cut::Segments(1)),
    ("segments-of-7", "Sends its hello in sevens", Cut::Segments(7)),
    ("segments-of-500", "Sends its hello in segments", Cut::Segments(500)),
    ("records-of-1", "Sends its hello in records of a byte", Cut::Records(1)),
    ("records-of-40", "Cuts its hello into records", Cut::Records(40)),
    ("records-of-600", "Cuts its hello into two or three records", Cut::Records(600)),
];

/// Server names by extension: `|` between names of one, `+` between extensions.
const ODD: [(&str, &str, &str); 12] = [
    ("no-name", "Names no server", ""),
    ("two-names", "Names the open server and the blocked one", "{o}|{b}"),
    ("two-names-blocked-first", "Names the blocked server and the open one", "{b}|{o}"),
    ("two-extensions", "Names the open server, and the blocked one again", "{o}+{b}"),
    ("two-extensions-blocked-first", "Names the blocked server, and the open one again", "{b}+{o}"),
    ("number", "Names a number", "192.0.2.8"),
    ("number-ipv6", "Names a number of IPv6", "2001:db8::8"),
    ("trailing-dot", "Names the blocked server with a dot after it", "{b}."),
    ("capitals", "Names the blocked server in capitals", "{B}"),
    ("null", "Names the blocked server, and more after a zero byte", "{b}\u{0}.{o}"),
    ("null-open-first", "Names the open server, and the blocked one after a zero byte", "{o}\u{0}{b}"),
    ("space", "Names the blocked server with a space after it", "{b} "),
];

/// Hidden names: CONNECT, the name shown, the name hidden.
const HIDDEN: [(&str, &str, &str, &str); 4] = [
    ("hidden-behind-open", "{o}", "{o}", "{b}"),
    ("hidden-in-blocked", "{b}", "{o}", "{b}"),
    ("hidden-blocked", "{b}", "{b}", "{b}"),
    ("hidden-open-behind-blocked", "{o}", "{b}", "{o}"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = CUTS.iter().flat_map(cut).collect();
    for (name, what, names) in ODD {
        let extensions: Vec<Vec<String>> = names
            .split('+')
            .filter(|list| !list.is_empty())
            .map(|list| list.split('|').map(str::to_owned).collect())
            .collect();
        for (to, host) in [("open", "{o}"), ("blocked", "{b}")] {
            let odd = Inside::Odd(OddHello { extensions: extensions.clone(), hides: false });
            let what = format!("{what}, in a tunnel to {host}");
            cases.push(decrypted(&format!("{name}-to-{to}"), &what, host, odd));
        }
    }
    for (name, to, shows, hides) in HIDDEN {
        let hello = Hello { shows: Some(shows.to_owned()), ..hello(hides) };
        let what = format!("Hides {hides} behind {shows}, in a tunnel to {to}");
        cases.push(decrypted(name, &what, to, Inside::Http1(hello, page(hides, "{path}"), 1)));
    }
    let random = OddHello { extensions: vec![vec!["{b}".to_owned()]], hides: true };
    cases.push(decrypted(
        "hidden-random",
        "Says that it hides a name, and hides none",
        "{b}",
        Inside::Odd(random),
    ));
    cases
}

/// The blocked site greeted in pieces, and greeted so in a tunnel to the open one.
fn cut((name, what, cut): &(&str, &str, Cut)) -> [Case; 2] {
    let hello = Hello { cut: *cut, ..hello("{b}") };
    let inside = Inside::Http1(hello, page("{b}", "{path}"), 1);
    [
        case(Kind::Hellos, name, what, Way::Tunnel(tunnel("{b}:443"), inside.clone())),
        case(Kind::Hellos, &format!("{name}-fronted"), what, Way::Tunnel(tunnel("{o}:443"), inside)),
    ]
}

fn decrypted(name: &str, what: &str, to: &str, inside: Inside) -> Case {
    let way = Way::Tunnel(tunnel(&format!("{to}:443")), inside);
    Case { wanted: Wanted::Decrypted, ..case(Kind::Hellos, name, what, way) }
}
