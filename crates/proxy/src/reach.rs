//! Reaching a site: its addresses are judged one by one after resolving, and only one that may be reached is connected
//! to. A name that leads into the school, or to this server, ends here.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use usher_events::event::UpstreamFault;
use usher_policy::facts::WebFacts;
use usher_types::host::Host;

use crate::case::Case;
use crate::record::Recording;
use crate::upstream::channel::{self, Channel};
use crate::upstream::pool::Site;

/// Why there is no way to a site. The recording holds the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoWay {
    /// None of its addresses may be reached.
    Refused,
    /// It cannot be reached, or not be trusted.
    Failed(UpstreamFault),
}

impl From<UpstreamFault> for NoWay {
    fn from(fault: UpstreamFault) -> Self {
        Self::Failed(fault)
    }
}

/// A new connection to the first address that may be reached and answers.
pub(crate) async fn open<C: Case>(
    recording: &mut Recording<C>,
    host: &Host,
    port: u16,
) -> Result<(TcpStream, SocketAddr), NoWay> {
    let mut addresses = Addresses::of(recording, host, port).await?;
    while let Some(address) = addresses.next(recording) {
        match channel::connect(address).await {
            Ok(stream) => return Ok((stream, address)),
            Err(fault) => addresses.last = NoWay::Failed(fault),
        }
    }
    Err(addresses.last)
}

/// The same for a request, on a kept connection if there is one.
pub(crate) async fn channel(recording: &mut Recording<WebFacts>) -> Result<(Channel, Site), NoWay> {
    let (host, port) = (recording.facts.address.host.clone(), recording.facts.address.port);
    let mut addresses = Addresses::of(recording, &host, port).await?;
    while let Some(address) = addresses.next(recording) {
        let site = Site { host: host.clone(), address };
        let found = match recording.gateway().pool.take(&site) {
            Some(channel) => Ok(channel),
            None => new(address).await,
        };
        match found {
            Ok(channel) => return Ok((channel, site)),
            Err(fault) => addresses.last = NoWay::Failed(fault),
        }
    }
    Err(addresses.last)
}

/// A new connection for plain requests.
pub(crate) async fn new(address: SocketAddr) -> Result<Channel, UpstreamFault> {
    Channel::http1(channel::connect(address).await?).await
}

/// The addresses of a host that are left to try.
struct Addresses {
    left: std::vec::IntoIter<SocketAddr>,
    /// Why the one before was none. The event tells that address.
    last: NoWay,
}

impl Addresses {
    async fn of<C: Case>(
        recording: &mut Recording<C>,
        host: &Host,
        port: u16,
    ) -> Result<Self, UpstreamFault> {
        let client = recording.facts.who().device.address;
        let _share = recording.gateway().lookups.one(client).await;
        // A service that is to search safely is reached at the address its makers keep for that, under its own name.
        let instead = recording.decision().connects_to().cloned().map(Host::Name);
        let host = instead.as_ref().unwrap_or(host);
        let addresses = recording.gateway().parts.resolver.resolve(host, port).await?;
        Ok(Self { left: addresses.into_iter(), last: NoWay::Failed(UpstreamFault::NoSuchName) })
    }

    /// The next one that may be reached.
    fn next<C: Case>(&mut self, recording: &mut Recording<C>) -> Option<SocketAddr> {
        for address in self.left.by_ref() {
            *recording.facts.resolved() = Some(address.ip());
            if C::may_connect(recording.judge()) {
                return Some(address);
            }
            self.last = NoWay::Refused;
        }
        None
    }
}
