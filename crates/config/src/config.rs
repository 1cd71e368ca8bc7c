//! What the server uses.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use miette::{NamedSource, SourceSpan};
use usher_types::email::EmailAddress;
use usher_types::host::HostName;

use crate::file::File;
use crate::scanners::Scanners;

/// How this server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder everything is kept in.
    pub data: PathBuf,
    /// Where the books are.
    pub store: StorePlace,
    /// Where the gateway listens.
    pub gateway_listen: SocketAddr,
    /// The gateway's name, as browsers are told of it; none means the portal's.
    pub gateway_name: Option<HostName>,
    /// Networks of load balancers, whose connections begin with a PROXY header that says whom they bring.
    pub gateway_relays: Vec<IpNet>,
    /// Where the portal listens for devices that are not behind the gateway yet.
    pub portal_listen: SocketAddr,
    /// The portal's name, as devices behind the gateway reach it.
    pub portal_name: HostName,
    /// Where the desk listens.
    pub desk_listen: SocketAddr,
    /// The desk's name in browsers; none means its address.
    pub desk_name: Option<HostName>,
    /// Whether the desk speaks HTTPS.
    pub desk_encrypted: bool,
    /// Where mail goes.
    pub mail: MailPlace,
    /// Whom mail is from.
    pub mail_from: Option<EmailAddress>,
    /// Where alerts are also told as short messages.
    pub messages: Option<MessagePlace>,
    /// Certificates of authorities the school trusts besides the system's.
    pub own_roots: Vec<PathBuf>,
    /// A folder of lists of certificates that were taken back (CRLs).
    pub revoked: Option<PathBuf>,
    /// Names that lead to an address of their own.
    pub addresses: HashMap<(HostName, u16), SocketAddr>,
    /// Who looks for malware.
    pub scanners: Scanners,
    /// Where other proxies ask about what passes them, and which may; none where none does.
    pub icap: Option<IcapServer>,
    /// The trust's store of events; none for a school by itself.
    pub trust: Option<TrustEvents>,
    /// What is logged, as `tracing` filters are written.
    pub log_filter: String,
}

/// Where a trust keeps the events of its schools, and which of them this one is.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustEvents {
    /// A ClickHouse server, `http://` or `https://`. The URL may hold a password and is not printed.
    pub clickhouse: String,
    /// This school's number in the trust. No other school's server has it.
    pub school: NonZeroU64,
}

impl std::fmt::Debug for TrustEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustEvents").field("school", &self.school).finish_non_exhaustive()
    }
}

/// The ICAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcapServer {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whose questions are answered, and whose word about their clients is believed.
    pub clients: Vec<IpNet>,
    /// Whether they decrypt what is in tunnels and ask about it.
    pub decrypts: bool,
}

/// Where the books are.
#[derive(Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// A file in the data folder.
    Embedded,
    /// A PostgreSQL server. The URL holds a password and is not printed.
    Postgres(String),
}

impl std::fmt::Debug for StorePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embedded => "Embedded",
            Self::Postgres(_) => "Postgres(hidden)",
        })
    }
}

/// Where short messages go.
#[derive(Clone, PartialEq, Eq)]
pub struct MessagePlace {
    /// `https://`, or `http://` inside the school. It often holds what lets one in, and is not printed.
    pub url: String,
    /// What they are signed with.
    pub secret: Option<String>,
}

impl std::fmt::Debug for MessagePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessagePlace").field("signed", &self.secret.is_some()).finish_non_exhaustive()
    }
}

/// Where mail goes.
#[derive(Clone, PartialEq, Eq)]
pub enum MailPlace {
    /// Into files in a folder, for a school without a relay, and the demonstration.
    Folder(PathBuf),
    /// To a relay, `smtp://` or `smtps://`. The URL may hold a password and is not printed.
    Relay(String),
}

impl std::fmt::Debug for MailPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "Folder({})", folder.display()),
            Self::Relay(_) => f.write_str("Relay(hidden)"),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ConfigFault {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    #[diagnostic(help("make one with `usher init`, or name another with --config"))]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// Something in it is not as it should be.
    #[error("{what}")]
    #[diagnostic(help("docs/config.md lists every key"))]
    Content {
        /// What is wrong.
        what: String,
        /// The file.
        #[source_code]
        text: NamedSource<String>,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A value cannot be used.
    #[error("`{key}`: {what}")]
    #[diagnostic(help("docs/config.md lists every key"))]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        what: String,
    },
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// The first thing that is not as it should be, with its place.
    pub fn read(path: &Path) -> Result<Self, ConfigFault> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigFault::File { path: path.to_owned(), source })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a file's text; `name` is what faults call it.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigFault> {
        let file: File = toml::from_str(text).map_err(|error| ConfigFault::Content {
            what: error.message().to_owned(),
            text: NamedSource::new(name, text.to_owned()),
            at: error.span().unwrap_or(0..0).into(),
        })?;
        Self::of(file)
    }

    fn of(file: File) -> Result<Self, ConfigFault> {
        let host = |key, text: &str| HostName::parse(text).map_err(|error| value(key, &error));
        let mail = match (file.mail.relay, file.mail.folder) {
            (Some(_), Some(_)) => return Err(value("mail", &"name a relay or a folder, not both")),
            (Some(relay), None) if relay.starts_with("smtp://") || relay.starts_with("smtps://") => {
                MailPlace::Relay(relay)
            }
            (Some(_), None) => {
                return Err(value("mail.relay", &"write it like smtp://mail.school.example:25"));
            }
            (None, Some(folder)) => MailPlace::Folder(folder),
            (None, None) => MailPlace::Folder(file.data.join("mail")),
        };
        let store = match file.store.url {
            None => StorePlace::Embedded,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                StorePlace::Postgres(url)
            }
            Some(_) => {
                return Err(value("store.url", &"write it like postgres://usher@db.school.example/usher"));
            }
        };
        let mut addresses = HashMap::new();
        for (site, address) in file.sites.addresses {
            let (name, port) = site.rsplit_once(':').unwrap_or((&site, "443"));
            let port =
                port.parse().map_err(|_odd| value("sites.addresses", &format!("`{site}` has no port")))?;
            addresses.insert((host("sites.addresses", name)?, port), address);
        }
        let mail_from = file.mail.from.map(|from| EmailAddress::parse(&from)).transpose();
        Ok(Self {
            data: file.data,
            store,
            gateway_listen: file.gateway.listen,
            gateway_name: file.gateway.name.map(|name| host("gateway.name", &name)).transpose()?,
            gateway_relays: file.gateway.relays,
            portal_listen: file.portal.listen,
            portal_name: host("portal.name", &file.portal.name)?,
            desk_listen: file.desk.listen,
            desk_name: file.desk.name.map(|name| host("desk.name", &name)).transpose()?,
            desk_encrypted: file.desk.encrypted,
            mail,
            mail_from: mail_from.map_err(|error| value("mail.from", &error))?,
            messages: messages(file.messages)?,
            own_roots: file.sites.roots,
            revoked: file.sites.revoked,
            addresses,
            scanners: scanners(file.scanners)?,
            icap: icap(file.icap)?,
            trust: trust(file.activity)?,
            log_filter: file.log.filter,
        })
    }
}

fn messages(file: crate::file::Messages) -> Result<Option<MessagePlace>, ConfigFault> {
    match (file.url, file.secret) {
        (Some(url), secret) if url.starts_with("https://") || url.starts_with("http://") => {
            Ok(Some(MessagePlace { url, secret }))
        }
        (Some(_), _) => Err(value("messages.url", &"write it like https://chat.school.example/hooks/usher")),
        (None, Some(_)) => Err(value("messages.url", &"say where messages go")),
        (None, None) => Ok(None),
    }
}

/// Whoever is believed can say of anybody that they are anybody else, so nobody is by default.
fn icap(file: crate::file::Icap) -> Result<Option<IcapServer>, ConfigFault> {
    match (file.listen, file.clients) {
        (Some(_), clients) if clients.is_empty() => {
            Err(value("icap.clients", &"name the proxies that may ask, like `10.0.0.5/32`"))
        }
        (None, clients) if !clients.is_empty() => Err(value("icap.listen", &"say where it listens")),
        (None, _) if file.decrypts => Err(value("icap.listen", &"say where it listens")),
        (listen, clients) => Ok(listen.map(|listen| IcapServer { listen, clients, decrypts: file.decrypts })),
    }
}

/// The longest time scanners may take over a download: whoever waits for one has gone away by then.
const LONGEST_DEADLINE_SECONDS: u16 = 600;

fn scanners(file: crate::file::Scanners) -> Result<Scanners, ConfigFault> {
    if file.rules_folder.is_some() && !file.rules {
        return Err(value("scanners.rules-folder", &"rules are turned off"));
    }
    if !(1..=LONGEST_DEADLINE_SECONDS).contains(&file.deadline_seconds) {
        return Err(value("scanners.deadline-seconds", &format!("1 to {LONGEST_DEADLINE_SECONDS}")));
    }
    let clamd = file.clamd.map(|place| place.parse()).transpose();
    let icap = file.icap.map(|place| place.parse()).transpose();
    Ok(Scanners {
        rules: file.rules,
        rules_folder: file.rules_folder,
        clamd: clamd.map_err(|fault| value("scanners.clamd", &fault))?,
        icap: icap.map_err(|fault| value("scanners.icap", &fault))?,
        deadline: Duration::from_secs(file.deadline_seconds.into()),
    })
}

/// Two schools under one number would be one school for ever, so it has no default.
fn trust(file: crate::file::Activity) -> Result<Option<TrustEvents>, ConfigFault> {
    match (file.clickhouse, file.school) {
        (None, None) => Ok(None),
        (Some(url), Some(school)) if url.starts_with("http://") || url.starts_with("https://") => {
            Ok(Some(TrustEvents { clickhouse: url, school }))
        }
        (Some(_), Some(_)) => Err(value(
            "activity.clickhouse",
            &"write it like https://usher:password@events.trust.example:8443/usher",
        )),
        (Some(_), None) => Err(value("activity.school", &"give this school's number in the trust, like 17")),
        (None, Some(_)) => Err(value("activity.clickhouse", &"say where the trust keeps its events")),
    }
}

fn value(key: &'static str, what: &dyn std::fmt::Display) -> ConfigFault {
    ConfigFault::Value { key, what: what.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_file_names_only_the_data_folder() {
        let config = Config::parse("data = '/var/lib/usher'", "x").unwrap();
        assert_eq!(config.gateway_listen.port(), 3128);
        assert_eq!(config.portal_name.as_str(), "usher.internal");
        assert_eq!(config.mail, MailPlace::Folder("/var/lib/usher/mail".into()));
        assert_eq!(config.store, StorePlace::Embedded);
        assert!(config.scanners.rules);
        assert_eq!(config.scanners.clamd, None);
    }

    #[test]
    fn unknown_keys_and_odd_values_are_named() {
        for (text, expected) in [
            ("data = 'x'\n[gatway]\n", "unknown field `gatway`"),
            ("data = 'x'\n[gateway]\nlisten = '3128'", "invalid socket address"),
            ("data = 'x'\n[gateway]\nrelays = ['10.0.0.300']", "invalid IP address"),
            ("data = 'x'\n[store]\nurl = 'mysql://x'", "store.url"),
            ("data = 'x'\n[mail]\nrelay = 'mail.example'", "mail.relay"),
            ("data = 'x'\n[mail]\nrelay = 'smtp://m'\nfolder = 'f'", "not both"),
            ("data = 'x'\n[portal]\nname = '10.0.0.1'", "portal.name"),
            ("data = 'x'\n[scanners]\nclam = 'x'", "unknown field `clam`"),
            ("data = 'x'\n[scanners]\nclamd = '/run/clamd'", "scanners.clamd"),
            ("data = 'x'\n[scanners]\nicap = 'http://x/y'", "scanners.icap"),
            ("data = 'x'\n[scanners]\ndeadline-seconds = 0", "scanners.deadline-seconds"),
            ("data = 'x'\n[scanners]\nrules = false\nrules-folder = 'y'", "scanners.rules-folder"),
            ("data = 'x'\n[icap]\nlisten = '127.0.0.1:1344'", "icap.clients"),
            ("data = 'x'\n[icap]\nclients = ['10.0.0.5/32']", "icap.listen"),
            ("data = 'x'\n[icap]\ndecrypts = true", "icap.listen"),
            ("data = 'x'\n[activity]\nclickhouse = 'http://x:8123'", "activity.school"),
            ("data = 'x'\n[messages]\nurl = 'chat.example'", "messages.url"),
            ("data = 'x'\n[messages]\nsecret = 'whsec_x'", "messages.url"),
            ("data = 'x'\n[activity]\nclickhouse = 'tcp://x'\nschool = 3", "activity.clickhouse"),
            ("data = 'x'\n[activity]\nschool = 3", "activity.clickhouse"),
            ("data = 'x'\n[activity]\nclickhouse = 'http://x'\nschool = 0", "nonzero"),
            ("[gateway]\n", "missing field `data`"),
        ] {
            let fault = Config::parse(text, "usher.toml").unwrap_err();
            assert!(fault.to_string().contains(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn passwords_in_urls_are_not_printed() {
        let text = "data = 'x'\n[store]\nurl = 'postgres://usher:s3cret@db/usher'\n[mail]\nrelay = 'smtp://u:s3cret@m'\n[messages]\nurl = 'https://h/s3cret'\nsecret = 's3cret'\n[activity]\nclickhouse = 'http://u:s3cret@e'\nschool = 3";
        assert!(!format!("{:?}", Config::parse(text, "x").unwrap()).contains("s3cret"));
    }

    #[test]
    fn the_reference_names_every_key_and_its_example_is_taken() {
        let page = crate::reference::page();
        for key in crate::reference::KEYS {
            assert!(page.contains(key.name));
        }
        let example = crate::reference::example(Path::new("/var/lib/usher"));
        assert!(Config::parse(&example, "example").is_ok(), "{example}");
    }
}
