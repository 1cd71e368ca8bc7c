//! Where somebody was going when they were sent here. Kept as an address of the web and shown as a link: nothing ever
//! goes there by itself, so an address made up elsewhere leads nobody astray.

use serde::Serialize;
use usher_types::url::WebAddress;

use crate::app::App;

/// The longest address kept along, in bytes. Longer ones are mostly state of the site, and would not come back whole.
const LONGEST_BYTES: usize = 2_000;

/// Where somebody was going, if it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Then(Option<WebAddress>);

#[derive(Serialize)]
struct Parameter<'a> {
    then: &'a str,
}

impl Then {
    /// Reads it from a parameter. Anything but a web address of somebody else's is nothing.
    pub(super) fn read(app: &App, text: Option<&str>) -> Self {
        let address = text
            .filter(|text| text.len() <= LONGEST_BYTES)
            .and_then(|text| WebAddress::parse(text).ok())
            .filter(|address| !is_ours(app, address));
        Self(address)
    }

    /// The address.
    pub(super) fn text(&self) -> Option<String> {
        self.0.as_ref().map(ToString::to_string)
    }

    /// The site, as people know it.
    pub(super) fn site(&self) -> Option<String> {
        self.0.as_ref().map(|address| address.host.to_string())
    }

    /// A path of ours that keeps it along.
    pub(super) fn to(&self, path: &str) -> String {
        let Some(text) = self.text() else { return path.to_owned() };
        let parameter = serde_html_form::to_string(Parameter { then: &text }).unwrap_or_default();
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}{parameter}")
    }
}

/// Whether an address is one of Usher's own pages.
fn is_ours(app: &App, address: &WebAddress) -> bool {
    let host = address.host.to_string();
    let of = |origin: &str| WebAddress::parse(origin).is_ok_and(|own| own.host.to_string() == host);
    let own = app.snapshot.load_full().is_some_and(|snapshot| snapshot.is_own(&address.host));
    own || of(&app.places.portal_origin) || of(&app.places.desk_origin)
}
