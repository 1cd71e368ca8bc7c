//! The demonstration's web: some forty small sites on names under `.example`, each on its own loopback address.
//!
//! Owns: their content, their behaviour (good and bad), their certificates, and lists that say what each is about.
//! Does not: know Usher. A gateway finds them by [`Sites::hosts`], trusts them by [`Sites::ca_pem`], and judges them by
//! [`Sites::lists`].

mod answer;
mod authority;
pub(crate) mod catalogue;
mod compress;
mod files;
mod html;
pub(crate) mod page;
mod routes;
mod serve;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;
use usher_scan::search::Engine;
use usher_types::host::{HostName, NotAHost};

use crate::sites::authority::SiteAuthority;
use crate::sites::catalogue::Catalogue;
use crate::sites::serve::{Host, accept, listen};

/// The network the sites are on: 127.0.77.0/24, one address each. A policy that refuses addresses inside the school must
/// say that these may be reached.
pub const NETWORK: &str = "127.0.77.0/24";

/// Where one site listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostEntry {
    /// Its name.
    pub name: HostName,
    /// Where it answers without encryption; stands for port 80.
    pub http: SocketAddr,
    /// Where it answers over TLS; stands for port 443.
    pub https: SocketAddr,
}

/// What a category holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryList {
    /// The category, by its name in `lists/categories.toml`.
    pub category: &'static str,
    /// Host names, a line each; may be empty.
    pub domains: String,
    /// Addresses of pages, a line each, without a scheme; may be empty.
    pub pages: String,
}

/// Why the sites could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteFault {
    /// A file cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// A certificate cannot be made.
    #[error("cannot make the sites' certificates")]
    Certificate(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("cannot set up the sites' TLS")]
    Tls(#[from] rustls::Error),
    /// A site cannot listen.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: Ipv4Addr,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// A site's name is none.
    #[error("a site's name is no name")]
    Name(#[from] NotAHost),
}

/// The sites, answering. Dropping them ends them.
#[derive(Debug)]
pub struct Sites {
    /// Every name and where it answers.
    pub hosts: Vec<HostEntry>,
    /// The certificate of the authority that vouches for them, PEM: what a gateway must trust to reach them.
    pub ca_pem: String,
    listening: JoinSet<()>,
    running: watch::Sender<()>,
}

impl Sites {
    /// Starts every site. Their authority is kept in `folder`, made on first use.
    ///
    /// # Errors
    /// When the folder cannot be used, or an address of 127.0.77.0/24 cannot be listened on.
    pub async fn start(folder: &Path) -> Result<Self, SiteFault> {
        let authority = SiteAuthority::load_or_make(folder)?;
        let catalogue = Arc::new(Catalogue::load());
        let mut listening = JoinSet::new();
        let (running, watched) = watch::channel(());
        let mut hosts = Vec::new();
        for (place, site) in catalogue.sites.iter().enumerate() {
            let address = Ipv4Addr::new(127, 0, 77, u8::try_from(place + 1).unwrap_or(u8::MAX));
            let fault = |source| SiteFault::Listen { address, source };
            let (plain, http) = listen(address).await.map_err(fault)?;
            let (secure, https) = listen(address).await.map_err(fault)?;
            let running = watched.clone();
            let host = Host { catalogue: Arc::clone(&catalogue), place, handshake: None, running };
            let handshake = Some(authority.handshake(site)?);
            listening.spawn(accept(Host { handshake, ..host.clone() }, secure));
            listening.spawn(accept(host, plain));
            hosts.push(HostEntry { name: HostName::parse(site.name)?, http, https });
        }
        Ok(Self { hosts, ca_pem: authority.pem().to_owned(), listening, running })
    }

    /// Where the site with this name answers.
    pub fn host(&self, name: &str) -> Option<&HostEntry> {
        self.hosts.iter().find(|host| host.name.as_str() == name)
    }

    /// Ends every site and every connection to one.
    pub async fn stop(mut self) {
        drop(self.running);
        self.listening.shutdown().await;
    }

    /// Lists that say which site belongs to which category, as text for the list compiler.
    pub fn lists() -> Vec<CategoryList> {
        let lists = Catalogue::load().lists().into_iter();
        lists.map(|(category, (domains, pages))| CategoryList { category, domains, pages }).collect()
    }

    /// The sites' searches, for a reader of search words.
    pub fn search_engines() -> Vec<Engine> {
        let engine = |name: &str, host: &str, path: &str, parameter: &str, suggestions: &[&str]| Engine {
            name: name.to_owned(),
            hosts: vec![host.to_owned()],
            paths: vec![path.to_owned()],
            parameters: vec![parameter.to_owned()],
            words_after: Vec::new(),
            suggestions: suggestions.iter().map(|&path| path.to_owned()).collect(),
        };
        vec![
            engine("Finder", "finder.example", "/find", "words", &["/complete"]),
            engine("Encyclopaedia", "encyclopaedia.example", "/search", "q", &[]),
            engine("Chatterby", "ai-chat.example", "/stream", "ask", &[]),
        ]
    }
}
