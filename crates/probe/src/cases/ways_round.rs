//! Where the ways round a filter are had: web proxies, VPN, Tor, and name services over the web. Facts that anybody can
//! look up; a name here says what it is used for in schools, and nothing else.

use crate::case::{Case, Hello, Inside, Kind, Way};
use crate::rows::{address, case, page, tunnel};

const FRONT_PAGES: [(&str, &str); 30] = [
    ("croxyproxy", "https://www.croxyproxy.com/"),
    ("proxysite", "https://www.proxysite.com/"),
    ("hidester", "https://hidester.com/proxy/"),
    ("hide-me", "https://hide.me/en/proxy"),
    ("kproxy", "https://kproxy.com/"),
    ("blockaway", "https://www.blockaway.net/"),
    ("4everproxy", "https://www.4everproxy.com/"),
    ("whoer", "https://whoer.net/webproxy"),
    ("filterbypass", "https://www.filterbypass.me/"),
    ("unblockit", "https://unblockit.onl/"),
    ("proxyium", "https://proxyium.com/"),
    ("steganos", "https://proxy.steganos.com/"),
    ("nordvpn", "https://nordvpn.com/"),
    ("expressvpn", "https://www.expressvpn.com/"),
    ("surfshark", "https://surfshark.com/"),
    ("protonvpn", "https://protonvpn.com/"),
    ("mullvad", "https://mullvad.net/"),
    ("windscribe", "https://windscribe.com/"),
    ("tunnelbear", "https://www.tunnelbear.com/"),
    ("hotspot-shield", "https://www.hotspotshield.com/"),
    ("psiphon", "https://psiphon.ca/"),
    ("lantern", "https://getlantern.org/"),
    ("ultrasurf", "https://ultrasurf.us/"),
    ("hola", "https://hola.org/"),
    ("tor-project", "https://www.torproject.org/download/"),
    ("tor-bridges", "https://bridges.torproject.org/"),
    ("tor-snowflake", "https://snowflake-broker.torproject.net/client"),
    ("onion-gateway", "https://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion.ly/"),
    ("private-relay", "https://mask.icloud.com/"),
    ("private-relay-h2", "https://mask-h2.icloud.com/"),
];

const NAME_SERVICES: [(&str, &str); 16] = [
    ("google", "https://dns.google/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"),
    ("google-json", "https://dns.google/resolve?name={b}&type=A"),
    ("google-64", "https://dns64.dns.google/dns-query"),
    ("cloudflare", "https://cloudflare-dns.com/dns-query?name={b}&type=A"),
    ("cloudflare-one", "https://one.one.one.one/dns-query"),
    ("cloudflare-firefox", "https://mozilla.cloudflare-dns.com/dns-query"),
    ("cloudflare-chrome", "https://chrome.cloudflare-dns.com/dns-query"),
    ("quad9", "https://dns.quad9.net/dns-query"),
    ("opendns", "https://doh.opendns.com/dns-query"),
    ("adguard", "https://dns.adguard-dns.com/dns-query"),
    ("nextdns", "https://dns.nextdns.io/dns-query"),
    ("controld", "https://freedns.controld.com/p0"),
    ("cleanbrowsing", "https://doh.cleanbrowsing.org/doh/family-filter/"),
    ("mullvad", "https://dns.mullvad.net/dns-query"),
    ("dns-sb", "https://doh.dns.sb/dns-query"),
    ("comcast", "https://doh.xfinity.com/dns-query"),
];

/// Name services by number.
const NUMBERS: [&str; 8] = [
    "1.1.1.1",
    "1.0.0.1",
    "8.8.8.8",
    "8.8.4.4",
    "9.9.9.9",
    "208.67.222.222",
    "94.140.14.14",
    "[2606:4700:4700::1111]",
];

pub(super) fn cases() -> Vec<Case> {
    let fronts = FRONT_PAGES.iter().map(|(name, url)| {
        address(Kind::FrontPages, name, "Opens the page of a service that goes round filters", url)
    });
    let names =
        NAME_SERVICES.iter().map(|(name, url)| address(Kind::Dns, name, "Looks a name up over the web", url));
    let numbers = NUMBERS.iter().map(|number| {
        let inside = Inside::Http1(Hello::default(), page(number, "/dns-query"), 1);
        let way = Way::Tunnel(tunnel(&format!("{number}:443")), inside);
        case(Kind::Dns, number, "Looks a name up over the web, at a number", way)
    });
    let over_tls = ["dns.google:853", "1.1.1.1:853"].into_iter().map(|to| {
        let inside = Inside::Http1(Hello::default(), page(to, "/"), 1);
        let what = "Looks a name up over TLS (RFC 7858)";
        case(Kind::Dns, &format!("over-tls-{to}"), what, Way::Tunnel(tunnel(to), inside))
    });
    fronts.chain(names).chain(numbers).chain(over_tls).collect()
}
