//! What the buttons of a page that stands in for another carry back: which event, whose session, which address, signed for
//! that one button. Such a page lives at the other site's address, so it cannot carry a form token of ours; and nobody
//! can make a reference up, use somebody else's, or press another button with it.

use axum::http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use usher_types::ids::EventId;
use usher_types::url::WebAddress;

use crate::security::key::PageKey;

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Press {
    /// "I told a grown-up."
    Told,
    /// "I came here by accident."
    Accident,
    /// "Please open this."
    Ask,
    /// "Go on", after a word first.
    GoOn,
}

impl Press {
    /// Where it is sent.
    pub(in crate::pages) const fn path(self) -> &'static str {
        match self {
            Self::Told => "/told",
            Self::Accident => "/accident",
            Self::Ask => "/ask",
            Self::GoOn => "/coach",
        }
    }
}

/// A reference as it stands in a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(in crate::pages) struct Reference {
    /// The event.
    #[serde(default)]
    pub(in crate::pages) event: String,
    /// The session of whoever was shown the page; empty for nobody.
    #[serde(default)]
    pub(in crate::pages) session: String,
    /// The address the page stands in for.
    #[serde(default)]
    pub(in crate::pages) address: String,
    /// The signature over all of it and the button.
    #[serde(default)]
    pub(in crate::pages) mark: String,
}

/// A reference that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Checked {
    /// The event.
    pub(in crate::pages) event: EventId,
    /// The address.
    pub(in crate::pages) address: WebAddress,
}

impl Reference {
    /// The reference of a button on a page shown now.
    pub(in crate::pages) fn new(
        key: &PageKey,
        press: Press,
        event: EventId,
        session: &str,
        address: &WebAddress,
    ) -> Self {
        let (event, address) = (event.to_string(), address.to_string());
        let mark = key.sign(&["refusal", press.path(), &event, session, &address]);
        Self { event, session: session.to_owned(), address, mark }
    }

    /// Whether it is ours, for this button, and shown to the session that is here now.
    pub(in crate::pages) fn check(&self, key: &PageKey, press: Press, session: &str) -> Option<Checked> {
        let parts = ["refusal", press.path(), &self.event, &self.session, &self.address];
        if self.session != session || !key.is_signed(&parts, &self.mark) {
            return None;
        }
        Some(Checked { event: self.event.parse().ok()?, address: WebAddress::parse(&self.address).ok()? })
    }

    /// Whether the browser says the button was pressed on the page it belongs to, or on one of ours, and that it is a
    /// page being opened and not a script asking behind it.
    pub(in crate::pages) fn came_from_its_page(&self, headers: &HeaderMap, own_origin: &str) -> bool {
        let text =
            |name: header::HeaderName| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let mode = text(header::HeaderName::from_static("sec-fetch-mode"));
        if mode.is_some_and(|mode| mode != "navigate") {
            return false;
        }
        let host = |origin: &str| {
            let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
            rest.split('/').next().unwrap_or(rest).to_ascii_lowercase()
        };
        match text(header::ORIGIN) {
            // Browsers send `null` where a site asked for no referrer.
            None | Some("null") => true,
            Some(origin) => {
                let here = WebAddress::parse(&self.address).map(|address| host(&address.origin()));
                host(origin) == host(own_origin) || here.is_ok_and(|here| here == host(origin))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    fn reference() -> (PageKey, Reference) {
        let key = PageKey::new(&[1; 32]);
        let address = WebAddress::parse("https://games.example/play?x=1").unwrap();
        let reference = Reference::new(&key, Press::Told, Id::new(77), "s1", &address);
        (key, reference)
    }

    #[test]
    fn a_reference_is_for_one_button_one_session_one_address() {
        let (key, reference) = reference();
        let checked = reference.check(&key, Press::Told, "s1").unwrap();
        assert_eq!(checked.event, Id::new(77));
        assert_eq!(checked.address.to_string(), "https://games.example/play?x=1");
        assert_eq!(reference.check(&key, Press::GoOn, "s1"), None);
        assert_eq!(reference.check(&key, Press::Told, "s2"), None);
        assert_eq!(reference.check(&PageKey::new(&[2; 32]), Press::Told, "s1"), None);
        let other = Reference { address: "https://games.example/".into(), ..reference.clone() };
        assert_eq!(other.check(&key, Press::Told, "s1"), None);
        let other = Reference { session: "s2".into(), ..reference };
        assert_eq!(other.check(&key, Press::Told, "s2"), None);
    }

    #[test]
    fn a_button_is_pressed_on_its_own_page() {
        let (_, reference) = reference();
        let came = |pairs: &[(&'static str, &str)]| {
            let headers = pairs.iter().map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            });
            reference.came_from_its_page(&headers.collect(), "https://usher.internal")
        };
        assert!(came(&[("origin", "https://games.example"), ("sec-fetch-mode", "navigate")]));
        assert!(came(&[("origin", "https://usher.internal")]));
        assert!(came(&[("origin", "null")]) && came(&[]));
        assert!(!came(&[("origin", "https://other.example")]));
        assert!(!came(&[("origin", "https://games.example"), ("sec-fetch-mode", "cors")]));
    }
}
