//! Services that show a page of another site under their own name, and services that send on to one. The blocked page is
//! the one inside.

use crate::case::{Case, Kind, Wanted};
use crate::rows::address;

const WRAPPERS: [(&str, &str); 45] = [
    ("google-translate", "https://translate.google.com/translate?sl=auto&tl=en&u={page-encoded}"),
    ("google-translate-uk", "https://translate.google.co.uk/translate?hl=en&u={page}"),
    ("google-translate-plain", "http://translate.google.com/translate?u={b}"),
    ("translate-goog", "https://{dashes}.translate.goog{path}?_x_tr_sl=auto&_x_tr_tl=en"),
    ("translate-goog-http", "http://{dashes}.translate.goog{path}?_x_tr_sl=auto&_x_tr_sch=http"),
    ("google-usercontent", "https://translate.googleusercontent.com/translate_c?u={page-encoded}"),
    ("google-cache", "https://webcache.googleusercontent.com/search?q=cache:{page}"),
    ("google-cache-query", "https://www.google.com/search?q=cache:{b}"),
    ("google-amp", "https://www.google.com/amp/s/{b}{path}"),
    ("google-amp-uk", "https://www.google.co.uk/amp/s/{b}{path}"),
    ("google-web-light", "https://googleweblight.com/i?u={page-encoded}"),
    ("bing-translate", "https://www.translatetheweb.com/?from=&to=en&a={page-encoded}"),
    ("bing-translator", "https://www.bing.com/translator?to=en&url={page-encoded}"),
    ("bing-amp", "https://www.bing-amp.com/c/s/{b}{path}"),
    ("bing-cache", "https://cc.bingj.com/cache.aspx?d=1&w=2&u={page-encoded}"),
    ("yandex-translate", "https://translate.yandex.com/translate?url={page-encoded}&lang=en"),
    ("yandex-turbo", "https://yandex.com/turbo?text={page-encoded}"),
    ("baidu-translate", "https://fanyi.baidu.com/transpage?query={page-encoded}"),
    ("papago", "https://papago.naver.net/website?locale=en&url={page-encoded}"),
    ("amp-cache", "https://cdn.ampproject.org/c/s/{b}{path}"),
    ("amp-cache-viewer", "https://cdn.ampproject.org/v/s/{b}{path}?amp_js_v=0.1"),
    ("amp-cache-host", "https://{dashes}.cdn.ampproject.org/c/s/{b}{path}"),
    ("wayback", "https://web.archive.org/web/2024/{page}"),
    ("wayback-newest", "https://web.archive.org/web/{page}"),
    ("wayback-save", "https://web.archive.org/save/{page}"),
    ("wayback-raw", "https://web.archive.org/web/20240101000000id_/{page}"),
    ("archive-today", "https://archive.ph/{page}"),
    ("archive-today-newest", "https://archive.is/newest/{page}"),
    ("mementos", "https://timetravel.mementoweb.org/memento/2020/{page}"),
    ("jina-reader", "https://r.jina.ai/{page}"),
    ("12ft", "https://12ft.io/{page}"),
    ("textise", "https://www.textise.net/showText.aspx?strURL={page-encoded}"),
    ("validator", "https://validator.w3.org/nu/?showsource=yes&doc={page-encoded}"),
    ("printfriendly", "https://www.printfriendly.com/print/?url={page-encoded}"),
    ("picture-proxy", "https://images.weserv.nl/?url={b}{path}"),
    ("duckduckgo-picture-proxy", "https://external-content.duckduckgo.com/iu/?u={page-encoded}"),
    ("decoy-in-query", "https://r.jina.ai/{page}?q={o}"),
    ("decoy-in-path", "https://r.jina.ai/https://{o}/?url={page-encoded}"),
    ("decoy-first", "https://translate.google.com/translate?u=https%3A%2F%2F{o}%2F&u={page-encoded}"),
    ("decoy-last", "https://translate.google.com/translate?u={page-encoded}&u=https%3A%2F%2F{o}%2F"),
    ("decoy-other-name", "https://translate.google.com/translate?url=https%3A%2F%2F{o}%2F&u={page-encoded}"),
    ("decoy-user", "https://images.weserv.nl/?url=https%3A%2F%2F{o}%20%40{b}{path}"),
    ("translate-goog-marked", "https://1-{dashes}.translate.goog{path}?_x_tr_enc=1"),
    (
        "search-in-translator",
        "https://translate.google.com/translate?u=https%3A%2F%2Fwww.google.com%2Fsearch%3Fq%3Dotters",
    ),
    (
        "nested",
        "https://translate.google.com/translate?u=https%3A%2F%2Fweb.archive.org%2Fweb%2F2024%2F{page-encoded}",
    ),
];

const REDIRECTS: [(&str, &str); 9] = [
    ("google-url", "https://www.google.com/url?q={page-encoded}"),
    ("facebook", "https://l.facebook.com/l.php?u={page-encoded}"),
    ("instagram", "https://l.instagram.com/?u={page-encoded}"),
    ("youtube", "https://www.youtube.com/redirect?q={page-encoded}"),
    ("duckduckgo", "https://duckduckgo.com/l/?uddg={page-encoded}"),
    ("tumblr", "https://t.umblr.com/redirect?z={page-encoded}"),
    ("vk", "https://vk.com/away.php?to={page-encoded}"),
    ("steam", "https://steamcommunity.com/linkfilter/?u={page-encoded}"),
    ("via-link", "https://href.li/?{page}"),
];

pub(super) fn cases() -> Vec<Case> {
    let wrapped = WRAPPERS.iter().map(|(name, url)| {
        address(Kind::Wrappers, name, "Asks another service to show the blocked page", url)
    });
    let sent_on = REDIRECTS.iter().map(|(name, url)| {
        let case = address(Kind::Redirects, name, "Asks another service to send on to the blocked page", url);
        Case { wanted: Wanted::SentOn, ..case }
    });
    let own = address(
        Kind::Redirects,
        "own-script",
        "Asks the blocked site to send on to the open one",
        "http://{b}/redirect?to=https%3A%2F%2F{o}%2F",
    );
    wrapped.chain(sent_on).chain([own]).collect()
}
