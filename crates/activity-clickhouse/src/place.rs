//! Where the server is, as it is written in the configuration.

use std::str::FromStr;

use url::{Host, Url};

/// A server, a database on it and who asks. Printed without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// `http://…` or `https://…`, without user, password or path.
    pub(crate) server: String,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: String,
}

/// An address that is not written as it should be. What was written is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// It is no address of a server and a database.
    #[error("write it like https://usher:password@events.trust.example:8443/usher")]
    Form,
    /// What children did on the web, and the password, would cross other networks in the clear.
    #[error("http:// is for an address of the school's own network; write https://")]
    InTheClear,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place({}/{})", self.server, self.database)
    }
}

impl FromStr for Place {
    type Err = PlaceFault;

    fn from_str(text: &str) -> Result<Self, PlaceFault> {
        let url = Url::parse(text).map_err(|_may_hold_a_password| PlaceFault::Form)?;
        let known = matches!(url.scheme(), "http" | "https");
        let host = url.host_str().filter(|host| known && !host.is_empty()).ok_or(PlaceFault::Form)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(PlaceFault::Form);
        }
        let database = match url.path().trim_matches('/') {
            "" => "default".to_owned(),
            name if is_name(name) => name.to_owned(),
            _ => return Err(PlaceFault::Form),
        };
        if url.scheme() == "http" && !url.host().is_some_and(|host| is_own(&host)) {
            return Err(PlaceFault::InTheClear);
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let plain = |text: &str| percent(text).ok_or(PlaceFault::Form);
        Ok(Self {
            server: format!("{}://{host}{port}", url.scheme()),
            database,
            user: if url.username().is_empty() { "default".to_owned() } else { plain(url.username())? },
            password: plain(url.password().unwrap_or_default())?,
        })
    }
}

/// Whether a host is this machine or in a network of one's own (RFC 1918, RFC 4193).
fn is_own(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback() || address.is_private(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// A database's name stands in the few statements that cannot be given it apart.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Text of a URL as it was meant.
fn percent(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_apart_and_printed_without_its_password() {
        let place: Place = "https://usher:s3cr%40t@events.example:8443/trust_1".parse().unwrap();
        assert_eq!(
            (place.server.as_str(), place.database.as_str()),
            ("https://events.example:8443", "trust_1")
        );
        assert_eq!((place.user.as_str(), place.password.as_str()), ("usher", "s3cr@t"));
        assert!(!format!("{place:?}").contains("s3cr"));
        let short: Place = "http://10.0.0.5:8123".parse().unwrap();
        assert_eq!((short.database.as_str(), short.user.as_str()), ("default", "default"));
        assert_eq!("http://[::1]:8123".parse::<Place>().unwrap().server, "http://[::1]:8123");
    }

    #[test]
    fn what_is_no_place_is_refused_without_being_repeated() {
        for text in
            ["", "events.example", "tcp://s3cret@x", "http://", "http://x/a;b", "http://x/y?password=s3cret"]
        {
            let fault = text.parse::<Place>().unwrap_err();
            assert!(fault == PlaceFault::Form && !fault.to_string().contains("s3cret"), "{text}");
        }
        for text in [
            "http://events.example:8123/usher",
            "http://usher:s3cret@81.2.3.4:8123",
            "http://[2001:db8::1]:8123",
        ] {
            let fault = text.parse::<Place>().unwrap_err();
            assert!(fault == PlaceFault::InTheClear && !fault.to_string().contains("s3cret"), "{text}");
        }
    }
}
