//! Names to addresses, by the system's resolver, remembered for a short while.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio::time::Instant;
use usher_events::event::UpstreamFault;
use usher_types::host::{Host, HostName};

use crate::limits::{ADDRESSES_TRIED, NAMES_KEPT, RESOLVE_TIME, RESOLVED_KEPT};

/// Names that lead where the server's settings say, whatever a resolver knows: the demonstration's own sites, and tests.
pub type Overrides = HashMap<(HostName, u16), SocketAddr>;

/// Resolves names.
#[derive(Debug)]
pub struct Resolver {
    overrides: Overrides,
    kept: Cache<HostName, (Arc<[IpAddr]>, Instant)>,
}

impl Resolver {
    /// A resolver with these overrides.
    pub fn new(overrides: Overrides) -> Self {
        Self { overrides, kept: Cache::new(NAMES_KEPT) }
    }

    /// The addresses of a host, in the order they are tried.
    ///
    /// # Errors
    /// When the name has none, or nobody answers in time.
    pub(crate) async fn resolve(&self, host: &Host, port: u16) -> Result<Vec<SocketAddr>, UpstreamFault> {
        let name = match host {
            Host::Ip(address) => return Ok(vec![SocketAddr::new(*address, port)]),
            Host::Name(name) => name,
        };
        if let Some(address) = self.overrides.get(&(name.clone(), port)) {
            return Ok(vec![*address]);
        }
        let addresses = self.addresses(name).await?;
        Ok(addresses.iter().map(|address| SocketAddr::new(*address, port)).collect())
    }

    async fn addresses(&self, name: &HostName) -> Result<Arc<[IpAddr]>, UpstreamFault> {
        if let Some((addresses, at)) = self.kept.get(name)
            && at.elapsed() < RESOLVED_KEPT
        {
            return Ok(addresses);
        }
        self.kept.remove(name);
        // Many who ask at once wait for one answer.
        let asked = self.kept.get_or_insert_async(name, async {
            let found = look_up(name).await?;
            Ok((found, Instant::now()))
        });
        asked.await.map(|(addresses, _)| addresses)
    }
}

async fn look_up(name: &HostName) -> Result<Arc<[IpAddr]>, UpstreamFault> {
    // The dot at the end keeps the resolver from trying the school's own domain after it.
    let asked = tokio::net::lookup_host((format!("{name}."), 0));
    let found = match tokio::time::timeout(RESOLVE_TIME, asked).await {
        Ok(Ok(found)) => found,
        Ok(Err(_unknown)) => return Err(UpstreamFault::NoSuchName),
        Err(_elapsed) => return Err(UpstreamFault::TimedOut),
    };
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.map(|found| found.ip().to_canonical()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses.truncate(ADDRESSES_TRIED);
    if addresses.is_empty() { Err(UpstreamFault::NoSuchName) } else { Ok(addresses.into()) }
}
