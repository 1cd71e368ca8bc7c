//! Names to addresses, by the system's resolver, remembered for a short while.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use usher_events::event::UpstreamFault;
use usher_types::host::{Host, HostName};

use crate::limits::{ADDRESSES_TRIED, LOOKUPS, NAMES_KEPT, RESOLVE_TIME, RESOLVED_KEPT};

/// Names that lead where the server's settings say, whatever a resolver knows: the demonstration's own sites, and tests.
pub type Overrides = HashMap<(HostName, u16), SocketAddr>;

/// Resolves names.
#[derive(Debug)]
pub struct Resolver {
    overrides: Overrides,
    kept: Cache<HostName, (Arc<[IpAddr]>, Instant)>,
    room: Arc<Semaphore>,
}

impl Resolver {
    /// A resolver with these overrides.
    pub fn new(overrides: Overrides) -> Self {
        Self { overrides, kept: Cache::new(NAMES_KEPT), room: Arc::new(Semaphore::new(LOOKUPS)) }
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
            let found = look_up(&self.room, name).await?;
            Ok((found, Instant::now()))
        });
        asked.await.map(|(addresses, _)| addresses)
    }
}

async fn look_up(room: &Arc<Semaphore>, name: &HostName) -> Result<Arc<[IpAddr]>, UpstreamFault> {
    // The dot at the end keeps the resolver from trying the school's own domain after it.
    let name = format!("{name}.");
    let asked = in_room(room, move || (name, 0).to_socket_addrs());
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

/// Does blocking work on a thread of its own when there is room. The work goes on when nobody waits for it any more, and
/// takes its room as long.
async fn in_room<T: Send + 'static>(
    room: &Arc<Semaphore>,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let held = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let work = move || {
        let done = work();
        drop(held);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lookup_nobody_waits_for_takes_its_room_until_it_ends() {
        let room = Arc::new(Semaphore::new(1));
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let mut slow = Box::pin(in_room(&room, move || ended.recv().map_err(io::Error::other)));
        while room.available_permits() == 1 {
            assert!(futures_util::poll!(&mut slow).is_pending());
        }
        drop(slow);
        let mut next = Box::pin(in_room(&room, || Ok(())));
        assert!(futures_util::poll!(&mut next).is_pending(), "no second thread");
        assert_eq!(room.available_permits(), 0);
        end.send(()).unwrap();
        next.await.unwrap();
    }
}
