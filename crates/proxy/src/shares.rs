//! What one client may take of what all share: so much at once, and the rest of it waits. Nobody else waits with it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The clients that hold or wait for something now.
#[derive(Debug)]
pub(crate) struct Shares {
    each: usize,
    clients: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

impl Shares {
    /// So much for each client.
    pub(crate) fn of(each: usize) -> Arc<Self> {
        Arc::new(Self { each, clients: Mutex::default() })
    }

    /// One for this client; waits while it holds all of its share.
    pub(crate) async fn one(self: &Arc<Self>, client: IpAddr) -> Share {
        let mut share = Share { shares: Arc::clone(self), client, held: None };
        let own = {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(clients.entry(client).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
        };
        // Nobody closes it.
        share.held = own.acquire_owned().await.ok();
        share
    }
}

/// One of a client's share, until it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Arc<Shares>,
    client: IpAddr,
    held: Option<OwnedSemaphorePermit>,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.held = None;
        let mut clients = self.shares.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.get(&self.client).is_some_and(|own| Arc::strong_count(own) == 1) {
            clients.remove(&self.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_client_waits_for_itself_and_nobody_else_does() {
        let shares = Shares::of(2);
        let (here, there) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let (first, second) = (shares.one(here).await, shares.one(here).await);
        let mut third = Box::pin(shares.one(here));
        assert!(third.as_mut().poll(&mut noop()).is_pending());
        drop(shares.one(there).await);
        drop(first);
        let third = third.await;
        assert_eq!(shares.clients.lock().unwrap().len(), 1, "who holds nothing is forgotten");
        drop((third, second));
        assert!(shares.clients.lock().unwrap().is_empty());
    }

    fn noop() -> std::task::Context<'static> {
        std::task::Context::from_waker(std::task::Waker::noop())
    }
}
