//! What a case is: bytes to send, and what must come of them.

use serde::Serialize;

/// What a trick plays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Web proxies, VPN and Tor: the pages where they are had.
    FrontPages,
    /// Translators, caches and archives that show another site's page.
    Wrappers,
    /// Sites that send on to another.
    Redirects,
    /// Name services over the web, by name and by number.
    Dns,
    /// Numbers instead of names, in every spelling.
    Addresses,
    /// Other spellings of one name.
    Names,
    /// Names that should be one and are not.
    Fronting,
    /// Oddities of the CONNECT line.
    Connect,
    /// Requests that two readers read differently.
    Smuggling,
    /// Requests that say they are something else, or somebody else's.
    Disguise,
    /// WebSockets.
    #[serde(rename = "websockets")]
    WebSockets,
    /// Oddities of the TLS hello.
    Hellos,
    /// Searches that ask to be let off safe search.
    SafeSearch,
    /// Offers of other ways to a site.
    AltSvc,
    /// Other protocols on the proxy's port and in tunnels.
    Protocols,
}

/// Every kind, in the order of the table.
pub const KINDS: [Kind; 15] = [
    Kind::FrontPages,
    Kind::Wrappers,
    Kind::Redirects,
    Kind::Dns,
    Kind::Addresses,
    Kind::Names,
    Kind::Fronting,
    Kind::Connect,
    Kind::Smuggling,
    Kind::Disguise,
    Kind::WebSockets,
    Kind::Hellos,
    Kind::SafeSearch,
    Kind::AltSvc,
    Kind::Protocols,
];

impl Kind {
    /// As written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FrontPages => "front-pages",
            Self::Wrappers => "wrappers",
            Self::Redirects => "redirects",
            Self::Dns => "dns",
            Self::Addresses => "addresses",
            Self::Names => "names",
            Self::Fronting => "fronting",
            Self::Connect => "connect",
            Self::Smuggling => "smuggling",
            Self::Disguise => "disguise",
            Self::WebSockets => "websockets",
            Self::Hellos => "hellos",
            Self::SafeSearch => "safe-search",
            Self::AltSvc => "alt-svc",
            Self::Protocols => "protocols",
        }
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FrontPages => "Web proxies, VPN and Tor",
            Self::Wrappers => "Translators, caches and archives",
            Self::Redirects => "Sites that send on to another",
            Self::Dns => "Name services over the web",
            Self::Addresses => "Numbers instead of names",
            Self::Names => "Other spellings of a name",
            Self::Fronting => "One site's name before another's",
            Self::Connect => "Odd ways to open a tunnel",
            Self::Smuggling => "Requests inside requests",
            Self::Disguise => "Requests in disguise",
            Self::WebSockets => "WebSockets",
            Self::Hellos => "Odd TLS hellos, hidden names",
            Self::SafeSearch => "Safe search switched off",
            Self::AltSvc => "Offers of another way",
            Self::Protocols => "Other protocols",
        }
    }

    /// What a school does about a hole of this kind.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::FrontPages => {
                "close the category proxies-and-vpn to them, and keep its lists up to date (desk, Lists)"
            }
            Self::Wrappers => "add the service to lists/wrappers.toml, or close it at the desk under Lists",
            Self::Redirects => "close the service that sends on at the desk under Lists, and report it to us",
            Self::Dns => {
                "close the category encrypted-dns to them, and UDP and TCP 53 and 853 at the firewall"
            }
            Self::Addresses => "the policy needs a rule with address-instead-of-name = true for pupils",
            Self::Fronting => {
                "the policy needs a rule that blocks the mismatches server-name, host-header and certificate"
            }
            Self::Connect => "the policy needs rules with ports-other-than and not-tls = true",
            Self::Hellos => {
                "the policy needs a rule that blocks the mismatch hidden-server-name where it does not decrypt"
            }
            Self::SafeSearch => {
                "set [safe-search] to strict for them; engines that cannot be locked then close"
            }
            Self::Names
            | Self::Smuggling
            | Self::Disguise
            | Self::WebSockets
            | Self::AltSvc
            | Self::Protocols => "this is a fault of Usher: please report it as SECURITY.md says",
        }
    }
}

/// One trick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it plays with.
    pub kind: Kind,
    /// A short name, once in its kind.
    pub name: String,
    /// What is done, in words.
    pub what: String,
    /// What is sent.
    pub way: Way,
    /// What must come of it.
    pub wanted: Wanted,
}

/// What must come of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The gateway refuses. That it would have gone and nobody answered is a hole.
    Refusal,
    /// Nothing comes back. Names that lead nowhere are held as well.
    Nothing,
    /// The gateway refuses, or answers the handshake itself: then every request inside is judged for what it is.
    Decrypted,
    /// The gateway refuses, or a site only sends on: where to is asked for next, and judged then.
    SentOn,
    /// The page comes, and offers no other way to the site.
    NoOffer,
    /// The gateway refuses, or sends on something that no device can see.
    Locked,
}

/// What is sent. Texts have places for the sites ([`crate::sites`]) and for the sign-in (`{auth}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Bytes on the proxy's own port. The answer with this number, from 1, counts.
    Plain(String, usize),
    /// Requests of HTTP/2 on the proxy's own port. The last one's answer counts.
    Plain2(Vec<Request2>),
    /// A tunnel: the CONNECT, and what goes through it.
    Tunnel(String, Inside),
}

/// What goes through a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    /// Bytes as they are.
    Bytes(String),
    /// TLS, then bytes of HTTP/1.1 of which the answer with this number counts.
    Http1(Hello, String, usize),
    /// TLS, then requests of HTTP/2 of which the last one's answer counts.
    Http2(Hello, Vec<Request2>),
    /// A hello with other extensions than any library writes. Its handshake cannot be finished.
    Odd(OddHello),
}

/// A TLS hello that a library writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hello {
    /// The server name; none for a hello without one.
    pub server_name: Option<String>,
    /// How it is cut.
    pub cut: Cut,
    /// The name it shows while it hides the server name (encrypted client hello).
    pub shows: Option<String>,
}

/// How a hello is cut on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cut {
    /// Not at all.
    #[default]
    Whole,
    /// Into segments of so many bytes.
    Segments(usize),
    /// Into TLS records of so many bytes.
    Records(usize),
}

/// A hello written by hand: the server name extensions it has, each a list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddHello {
    /// The extensions, in order.
    pub extensions: Vec<Vec<String>>,
    /// Whether an extension that says it hides the name comes along.
    pub hides: bool,
}

/// A request of HTTP/2.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request2 {
    /// The method.
    pub method: &'static str,
    /// What is asked for: scheme, authority and path.
    pub uri: String,
    /// The `host` field, where there is one.
    pub host: Option<String>,
    /// The protocol to change to (RFC 8441).
    pub protocol: Option<&'static str>,
}
