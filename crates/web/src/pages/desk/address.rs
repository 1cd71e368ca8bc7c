//! Web addresses as staff are shown them, and the patterns that open them.

use usher_lists::patterns::AddressPattern;
use usher_types::host::Host;
use usher_types::url::WebAddress;

/// Letters of an address that fit a line; the rest says little.
const SHOWN_LETTERS: usize = 72;

/// `encyclopaedia.example/volcanoes`: host and path, without what follows `?`.
pub(crate) fn shown(address: &WebAddress) -> String {
    let path = address.path.trim_end_matches('/');
    let text = format!("{}{path}", site(&address.host));
    if text.chars().count() <= SHOWN_LETTERS {
        return text;
    }
    text.chars().take(SHOWN_LETTERS - 1).chain(['…']).collect()
}

/// A site's name as people say it: Unicode, without `www.`.
pub(crate) fn site(host: &Host) -> String {
    match host {
        Host::Name(name) => {
            let name = name.display_unicode();
            name.strip_prefix("www.").map_or_else(|| name.clone(), str::to_owned)
        }
        Host::Ip(address) => address.to_string(),
    }
}

/// This page and what lies below it.
pub(crate) fn page_pattern(address: &WebAddress) -> AddressPattern {
    AddressPattern::parse(&format!("{}{}", address.host, address.path))
        .unwrap_or_else(|_odd_path| AddressPattern::of_host(address.host.clone()))
}

/// The folder a page is in, and what lies below it; none where the page lies at the top.
pub(crate) fn folder_pattern(address: &WebAddress) -> Option<AddressPattern> {
    let (folder, _) =
        address.path.trim_end_matches('/').rsplit_once('/').filter(|(folder, _)| !folder.is_empty())?;
    AddressPattern::parse(&format!("{}{folder}/", address.host)).ok()
}

/// The whole site: the host without `www.`, and what lies below it.
pub(crate) fn site_pattern(address: &WebAddress) -> AddressPattern {
    let name = address.host.name().and_then(|name| name.as_str().strip_prefix("www."));
    let bare = name.and_then(|name| AddressPattern::parse(name).ok());
    bare.unwrap_or_else(|| AddressPattern::of_host(address.host.clone()))
}

/// The address a pattern begins at, to ask whether it is sealed; none for a range of addresses.
pub(crate) fn begins_at(pattern: &AddressPattern) -> Option<WebAddress> {
    WebAddress::parse(&format!("https://{pattern}")).ok()
}

/// An address as people type it: with or without a scheme.
pub(crate) fn typed(text: &str) -> Option<WebAddress> {
    let text = text.trim();
    if text.contains("://") {
        return WebAddress::parse(text).ok();
    }
    // A single word is a search, not an address.
    WebAddress::parse(&format!("https://{text}")).ok().filter(|_| text.contains('.') && !text.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> WebAddress {
        WebAddress::parse(text).unwrap()
    }

    #[test]
    fn a_page_is_shown_and_opened_without_its_query() {
        let page = address("https://www.encyclopaedia.example/volcanoes/etna?id=7");
        assert_eq!(shown(&page), "encyclopaedia.example/volcanoes/etna");
        assert_eq!(page_pattern(&page).to_string(), "www.encyclopaedia.example/volcanoes/etna");
        assert_eq!(site_pattern(&page).to_string(), "encyclopaedia.example");
        let folder = |text: &str| folder_pattern(&address(text)).map(|folder| folder.to_string());
        assert_eq!(folder("https://a.example/b/c/d").as_deref(), Some("a.example/b/c"));
        assert_eq!(folder("https://a.example/b"), None);
        assert_eq!(site_pattern(&address("http://192.0.2.1/x")).to_string(), "192.0.2.1");
        assert_eq!(shown(&address("https://a.example/")), "a.example");
        assert!(shown(&address(&format!("https://a.example/{}", "x".repeat(200)))).ends_with('…'));
    }

    #[test]
    fn what_people_type_is_an_address_or_is_not() {
        assert_eq!(typed(" games.example/play ").unwrap().to_string(), "https://games.example/play");
        assert_eq!(typed("http://games.example").unwrap().to_string(), "http://games.example/");
        assert!(typed("games").is_none() && typed("how do volcanoes. work").is_none());
        assert_eq!(begins_at(&"games.example/play".parse().unwrap()).unwrap().path, "/play");
    }
}
