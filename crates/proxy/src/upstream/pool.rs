//! Idle connections to sites, kept for the next plain request to the same site at the same address.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use tokio::time::Instant;
use usher_types::host::Host;

use super::channel::Channel;
use crate::limits::{POOLED, POOLED_PER_SITE, POOLED_TIME};

/// A site: what it is called, and the address that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Site {
    /// The host.
    pub(crate) host: Host,
    /// The address.
    pub(crate) address: SocketAddr,
}

/// The idle connections.
#[derive(Debug, Default)]
pub(crate) struct Pool(Mutex<Idle>);

#[derive(Debug, Default)]
struct Idle {
    by_site: HashMap<Site, Vec<(Channel, Instant)>>,
    count: usize,
}

impl Pool {
    /// A connection to the site that can still be used, the one used last first.
    pub(crate) fn take(&self, site: &Site) -> Option<Channel> {
        let mut idle = self.0.lock().ok()?;
        loop {
            let list = idle.by_site.get_mut(site)?;
            let Some((channel, since)) = list.pop() else {
                idle.by_site.remove(site);
                return None;
            };
            idle.count = idle.count.saturating_sub(1);
            if !channel.is_closed() && since.elapsed() < POOLED_TIME {
                return Some(channel);
            }
        }
    }

    /// Keeps a connection whose answer was read to its end. Too many, and it is closed instead.
    pub(crate) fn put(&self, site: Site, channel: Channel) {
        if channel.is_closed() {
            return;
        }
        let Ok(mut idle) = self.0.lock() else { return };
        if idle.count >= POOLED {
            idle.drop_old();
        }
        if idle.count >= POOLED {
            return;
        }
        let list = idle.by_site.entry(site).or_default();
        if list.len() < POOLED_PER_SITE {
            list.push((channel, Instant::now()));
            idle.count += 1;
        }
    }
}

impl Idle {
    fn drop_old(&mut self) {
        for list in self.by_site.values_mut() {
            list.retain(|(channel, since)| !channel.is_closed() && since.elapsed() < POOLED_TIME);
        }
        self.by_site.retain(|_, list| !list.is_empty());
        self.count = self.by_site.values().map(Vec::len).sum();
    }
}
