//! The file as written. [`crate::config`] makes of it what the server uses.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct File {
    pub(crate) data: PathBuf,
    #[serde(default)]
    pub(crate) store: Store,
    #[serde(default)]
    pub(crate) gateway: Gateway,
    #[serde(default)]
    pub(crate) portal: Portal,
    #[serde(default)]
    pub(crate) desk: Desk,
    #[serde(default)]
    pub(crate) mail: Mail,
    #[serde(default)]
    pub(crate) messages: Messages,
    #[serde(default)]
    pub(crate) sites: Sites,
    #[serde(default)]
    pub(crate) scanners: Scanners,
    #[serde(default)]
    pub(crate) icap: Icap,
    #[serde(default)]
    pub(crate) activity: Activity,
    #[serde(default)]
    pub(crate) log: Log,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Store {
    pub(crate) url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Gateway {
    pub(crate) listen: SocketAddr,
    pub(crate) name: Option<String>,
    pub(crate) relays: Vec<IpNet>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Portal {
    pub(crate) listen: SocketAddr,
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Desk {
    pub(crate) listen: SocketAddr,
    pub(crate) name: Option<String>,
    pub(crate) encrypted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Mail {
    pub(crate) relay: Option<String>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) from: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Messages {
    pub(crate) url: Option<String>,
    pub(crate) secret: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Sites {
    #[serde(default)]
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) revoked: Option<PathBuf>,
    #[serde(default)]
    pub(crate) addresses: BTreeMap<String, SocketAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Scanners {
    pub(crate) rules: bool,
    pub(crate) rules_folder: Option<PathBuf>,
    pub(crate) clamd: Option<String>,
    pub(crate) icap: Option<String>,
    pub(crate) deadline_seconds: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Icap {
    pub(crate) listen: Option<SocketAddr>,
    #[serde(default)]
    pub(crate) clients: Vec<IpNet>,
    #[serde(default)]
    pub(crate) decrypts: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Activity {
    pub(crate) clickhouse: Option<String>,
    pub(crate) school: Option<NonZeroU64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Log {
    pub(crate) filter: String,
}

/// Every address of this machine, on a port.
const fn everywhere(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED), port)
}

impl Default for Gateway {
    fn default() -> Self {
        Self { listen: everywhere(3128), name: None, relays: Vec::new() }
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self { listen: everywhere(8080), name: "usher.internal".to_owned() }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self { listen: everywhere(8443), name: None, encrypted: true }
    }
}

impl Default for Scanners {
    fn default() -> Self {
        // The longest download that is held takes clamd 10 to 20 seconds.
        Self { rules: true, rules_folder: None, clamd: None, icap: None, deadline_seconds: 30 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned() }
    }
}
