//! Forms that only our own pages can send: each carries a token signed for whoever it was shown to, and a request that
//! says it comes from another site is refused whatever it carries.
//!
//! The portal knows people by their device's address, so without this any web page open on the device could press its
//! buttons.

use axum::http::{HeaderMap, HeaderValue, header};
use usher_types::moment::Moment;

use super::key::PageKey;

/// A form left open longer than this is asked for again.
const OPEN_HOURS: i64 = 12;

/// Whom a form was shown to: a device's address, or the digest of a desk cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder<'a>(pub &'a str);

/// The token of a form shown now.
pub fn token(key: &PageKey, holder: Holder<'_>, at: Moment) -> String {
    let minted = at.unix_ms().to_string();
    format!("{minted}.{}", key.sign(&["form", holder.0, &minted]))
}

/// Why a form is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// It was sent from another site's page.
    #[error("the form was sent from another site")]
    OtherSite,
    /// Its token is missing, old, or was made for somebody else.
    #[error("the form is too old")]
    Stale,
}

/// Checks a form's token and where it was sent from.
///
/// # Errors
/// See [`FormFault`].
pub fn check(
    key: &PageKey,
    holder: Holder<'_>,
    token: &str,
    headers: &HeaderMap,
    own_origin: &str,
    at: Moment,
) -> Result<(), FormFault> {
    check_origin(headers, own_origin)?;
    let (minted, signature) = token.split_once('.').ok_or(FormFault::Stale)?;
    let age_ms = at.unix_ms() - minted.parse::<i64>().unwrap_or(i64::MIN / 2);
    let fresh = (0..=OPEN_HOURS * 3_600_000).contains(&age_ms);
    if fresh && key.is_signed(&["form", holder.0, minted], signature) {
        Ok(())
    } else {
        Err(FormFault::Stale)
    }
}

/// Browsers say where a form was sent from (Fetch Metadata, and the Origin header on every POST).
fn check_origin(headers: &HeaderMap, own_origin: &str) -> Result<(), FormFault> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return Err(FormFault::OtherSite);
    }
    match text(header::ORIGIN) {
        Some(origin) if !is_own(origin, own_origin) => Err(FormFault::OtherSite),
        _ => Ok(()),
    }
}

/// Whether an origin is ours. Browsers leave the usual port out. The portal is reached under http and https, and on a
/// second port by devices that are not behind the gateway yet, so where ours has the usual port the host decides.
fn is_own(origin: &str, own: &str) -> bool {
    let own = host_and_port(own);
    match (host_and_port(origin), own) {
        (Some((host, port)), Some((own_host, own_port))) => {
            host == own_host && (port == own_port || own_port.is_none())
        }
        _ => false,
    }
}

/// An origin's host, and its port unless it is the usual one.
fn host_and_port(origin: &str) -> Option<(String, Option<u16>)> {
    let (scheme, authority) = origin.split_once("://")?;
    let usual = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<u16>().ok()?)),
        _ => (authority, None),
    };
    Some((host.to_ascii_lowercase(), port.filter(|port| *port != usual)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_ms(1_795_428_900_000);
    const OWN: &str = "https://usher.internal";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    fn checked(
        token: &str,
        holder: &str,
        pairs: &[(&'static str, &str)],
        at: Moment,
    ) -> Result<(), FormFault> {
        check(&PageKey::new(&[1; 32]), Holder(holder), token, &headers(pairs), OWN, at)
    }

    #[test]
    fn browsers_leave_the_usual_port_out_and_the_desk_keeps_its_own() {
        for (origin, own, ours) in [
            ("https://desk.example", "https://desk.example:443", true),
            ("https://desk.example:443", "https://desk.example", true),
            ("https://DESK.example:8443", "https://desk.example:8443", true),
            ("https://desk.example:9000", "https://desk.example:8443", false),
            ("https://desk.example", "https://desk.example:8443", false),
            ("http://usher.internal:8080", "https://usher.internal", true),
            ("http://usher.internal.evil.example", "https://usher.internal", false),
            ("https://[2001:db8::1]", "https://[2001:db8::1]:443", true),
            ("null", "https://usher.internal", false),
        ] {
            assert_eq!(is_own(origin, own), ours, "{origin} at {own}");
        }
    }

    #[test]
    fn our_own_forms_are_taken_and_others_are_not() {
        let token = token(&PageKey::new(&[1; 32]), Holder("10.0.0.1"), NOW);
        let own = [("origin", "https://usher.internal"), ("sec-fetch-site", "same-origin")];
        assert_eq!(checked(&token, "10.0.0.1", &own, NOW), Ok(()));
        assert_eq!(checked(&token, "10.0.0.1", &[("origin", "http://usher.internal")], NOW), Ok(()));
        assert_eq!(checked(&token, "10.0.0.1", &[], NOW), Ok(()), "a tool without a browser holds the token");
        for other in
            [("origin", "https://games.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            assert_eq!(checked(&token, "10.0.0.1", &[other], NOW), Err(FormFault::OtherSite));
        }
        assert_eq!(checked(&token, "10.0.0.2", &own, NOW), Err(FormFault::Stale));
        assert_eq!(checked("", "10.0.0.1", &own, NOW), Err(FormFault::Stale));
        assert_eq!(checked(&token, "10.0.0.1", &own, NOW.plus_minutes(13 * 60)), Err(FormFault::Stale));
        assert_eq!(checked(&token, "10.0.0.1", &own, NOW.plus_minutes(-1)), Err(FormFault::Stale));
    }
}
