//! Searches that ask to be let off safe search, and offers of another way to a site.

use crate::case::{Case, Inside, Kind, Wanted, Way};
use crate::rows::{address, case, get, hello, page, page2, tunnel};

/// Engines that can be locked: asked to open up all the same.
const LOCKED: [(&str, &str); 12] = [
    ("google", "https://www.google.com/search?q=test&safe=off"),
    ("google-twice", "https://www.google.com/search?q=test&safe=active&safe=off&safe=images"),
    ("google-capitals", "https://www.google.com/search?q=test&SAFE=off&%73afe=off"),
    ("google-country", "https://www.google.co.uk/search?q=test&safe=off"),
    ("bing", "https://www.bing.com/search?q=test&adlt=off"),
    ("bing-set", "https://www.bing.com/account/action?adlt_set=off&adlt_confirm=1"),
    ("duckduckgo", "https://duckduckgo.com/?q=test&kp=-2"),
    ("duckduckgo-lite", "https://lite.duckduckgo.com/lite/?q=test&kp=-2"),
    ("yahoo", "https://search.yahoo.com/search?p=test&vm=p"),
    ("ecosia", "https://www.ecosia.org/search?q=test&safesearch=0"),
    ("brave", "https://search.brave.com/search?q=test&safesearch=off"),
    ("youtube", "https://www.youtube.com/results?search_query=test&restrict=0"),
];

/// The same by cookie.
const COOKIES: [(&str, &str, &str); 4] = [
    ("google-cookie", "www.google.com", "PREF=SF=off; NID=511"),
    ("bing-cookie", "www.bing.com", "SRCHHPGUSR=ADLT=OFF"),
    ("duckduckgo-cookie", "duckduckgo.com", "p=-2"),
    ("youtube-cookie", "www.youtube.com", "PREF=f2=8000000"),
];

/// Engines that nothing can lock.
const UNLOCKABLE: [(&str, &str); 4] = [
    ("baidu", "https://www.baidu.com/s?wd=test"),
    ("searx", "https://searx.be/search?q=test&safesearch=0"),
    ("marginalia", "https://search.marginalia.nu/search?query=test"),
    ("dogpile", "https://www.dogpile.com/serp?q=test"),
];

pub(super) fn cases() -> Vec<Case> {
    let what = "Asks to search without safe search";
    let by_address = LOCKED.iter().map(|(name, url)| address(Kind::SafeSearch, name, what, url));
    let by_cookie = COOKIES.iter().map(|(name, host, cookie)| {
        let request = format!("GET /search?q=test HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
        let inside = Inside::Http1(hello(host), request, 1);
        case(Kind::SafeSearch, name, what, Way::Tunnel(tunnel(&format!("{host}:443")), inside))
    });
    let locked = by_address.chain(by_cookie).map(|case| Case { wanted: Wanted::Locked, ..case });
    let unlockable = UNLOCKABLE.iter().map(|(name, url)| {
        let case = address(Kind::SafeSearch, name, "Searches where nothing can be locked", url);
        Case { wanted: Wanted::Locked, ..case }
    });
    let offers = [
        ("plain", Way::Plain(get("{o}", "{o-path}"), 1)),
        ("tunnel", Way::Tunnel(tunnel("{o}:443"), Inside::Http1(hello("{o}"), page("{o}", "{o-path}"), 1))),
        (
            "http2",
            Way::Tunnel(tunnel("{o}:443"), Inside::Http2(hello("{o}"), vec![page2("{o}", "{o-path}")])),
        ),
    ]
    .map(|(name, way)| Case {
        wanted: Wanted::NoOffer,
        ..case(Kind::AltSvc, name, "Looks for an offer of HTTP/3 on the open page", way)
    });
    locked.chain(unlockable).chain(offers).collect()
}
