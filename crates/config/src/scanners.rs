//! Who looks for malware: places of scanners, as they are written in the file.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Who looks for malware in downloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanners {
    /// Whether rules are run in this process.
    pub rules: bool,
    /// The folder of the school's own rules.
    pub rules_folder: Option<PathBuf>,
    /// ClamAV's daemon.
    pub clamd: Option<ClamdPlace>,
    /// A scanner that speaks ICAP.
    pub icap: Option<IcapPlace>,
    /// How long all of them together may take over one download.
    pub deadline: Duration,
}

/// A port on another machine, or this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpPlace {
    /// A name or address; IPv6 without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClamdPlace {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A port.
    Tcp(TcpPlace),
}

/// An ICAP service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcapPlace {
    /// Where.
    pub place: TcpPlace,
    /// Its whole address, as asked for.
    pub uri: String,
}

/// ICAP's own port (RFC 3507, 4.2).
const ICAP_PORT: u16 = 1344;
/// The longest address of a service; real ones are some twenty characters.
const LONGEST_URI_CHARS: usize = 500;

/// A place that is not written as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write it like {0}")]
pub struct PlaceFault(&'static str);

impl FromStr for ClamdPlace {
    type Err = PlaceFault;

    fn from_str(text: &str) -> Result<Self, PlaceFault> {
        const FAULT: PlaceFault = PlaceFault("unix:/run/clamav/clamd.ctl or tcp:scanner.school.example:3310");
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') { Ok(Self::Unix(path.into())) } else { Err(FAULT) };
        }
        let place = text.strip_prefix("tcp:").ok_or(FAULT)?;
        tcp(place, None).map(Self::Tcp).ok_or(FAULT)
    }
}

impl FromStr for IcapPlace {
    type Err = PlaceFault;

    fn from_str(text: &str) -> Result<Self, PlaceFault> {
        const FAULT: PlaceFault = PlaceFault("icap://scanner.school.example:1344/respmod");
        let rest = text.strip_prefix("icap://").ok_or(FAULT)?;
        let (authority, service) = rest.split_once('/').ok_or(FAULT)?;
        // It goes into a request line as it is.
        let is_plain = text.len() <= LONGEST_URI_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic());
        if service.is_empty() || !is_plain || text.contains('#') {
            return Err(FAULT);
        }
        let place = tcp(authority, Some(ICAP_PORT)).ok_or(FAULT)?;
        Ok(Self { place, uri: text.to_owned() })
    }
}

fn tcp(text: &str, default: Option<u16>) -> Option<TcpPlace> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (text, default?),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    };
    let is_good = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    (is_good && port != 0).then(|| TcpPlace { host: bare.unwrap_or(host).to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_odd_ones_are_not() {
        let tcp = |host: &str, port| TcpPlace { host: host.to_owned(), port };
        assert_eq!("unix:/run/clamd.ctl".parse(), Ok(ClamdPlace::Unix("/run/clamd.ctl".into())));
        assert_eq!("tcp:av.example:3310".parse(), Ok(ClamdPlace::Tcp(tcp("av.example", 3310))));
        assert_eq!("tcp:[::1]:3310".parse(), Ok(ClamdPlace::Tcp(tcp("::1", 3310))));
        for odd in [
            "",
            "clamd",
            "unix:clamd",
            "tcp:host",
            "tcp::1",
            "tcp:a b:1",
            "tcp:h:0",
            "tcp:h:70000",
            "tcp:[x]:1",
        ] {
            assert!(odd.parse::<ClamdPlace>().is_err(), "{odd}");
        }
        let icap: IcapPlace = "icap://av.example/respmod?x=1".parse().unwrap();
        assert_eq!(
            (icap.place, icap.uri.as_str()),
            (tcp("av.example", 1344), "icap://av.example/respmod?x=1")
        );
        let icap: IcapPlace = "icap://[::1]/srv".parse().unwrap();
        assert_eq!(icap.place, tcp("::1", 1344));
        for odd in [
            "http://a/b",
            "icap://a",
            "icap://a/",
            "icap://a/b c",
            "icap://a/b\r\nX: y",
            "icap://u@a/b",
            "icap:///b",
        ] {
            assert!(odd.parse::<IcapPlace>().is_err(), "{odd}");
        }
    }
}
