//! An inspected tunnel: the site on one side of it, and what the requests on the other share.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use usher_events::event::UpstreamFault;
use usher_policy::facts::{CertificateFit, WebFacts};
use usher_types::host::{Host, HostName};

use crate::case::Case;
use crate::gateway::Gateway;
use crate::identify::Shown;
use crate::reach::{self, NoWay};
use crate::record::Recording;
use crate::tls::client::{H2, HTTP_11, server_name};
use crate::upstream::channel::{self, Channel};

/// The way from an inspected tunnel to its site.
#[derive(Debug)]
pub(crate) enum Way {
    /// Trusted and open; the channel is away while a request is on it.
    Open {
        channel: Option<Channel>,
        address: SocketAddr,
        http2: bool,
        certificate: Option<CertificateDer<'static>>,
    },
    /// Not opened, because nothing was to go there, or failed.
    Closed(Option<UpstreamFault>),
}

impl Way {
    /// What the client is offered inside: the same as the site speaks, so that nothing has to be translated.
    pub(crate) fn protocols(&self, offered: &[Vec<u8>]) -> Vec<&'static [u8]> {
        let offers = |protocol: &[u8]| offered.iter().any(|offered| offered == protocol);
        match self {
            Self::Open { http2: true, .. } => vec![H2],
            // A client that takes only HTTP/2 gets its page that way.
            Self::Closed(_) if offers(H2) && !offers(HTTP_11) => vec![H2],
            _ if offers(HTTP_11) => vec![HTTP_11],
            _ => Vec::new(),
        }
    }
}

/// An inspected tunnel: what its requests share.
#[derive(Debug)]
pub(crate) struct Inside {
    /// The host and port of the CONNECT line.
    pub(crate) connect: (Host, u16),
    /// The server name of the hello.
    pub(crate) sni: Option<HostName>,
    /// The name the site was asked for, and shown to the client under.
    pub(crate) name: Host,
    /// The credentials it was opened with, if it was: its requests come without.
    pub(crate) shown: Option<Arc<Shown>>,
    pub(crate) way: Mutex<Way>,
    pub(crate) offered: Vec<Vec<u8>>,
}

impl Inside {
    /// Whether the site's certificate is for a host; not known while the site was not asked.
    pub(crate) fn certificate_fit(&self, host: &Host) -> Option<CertificateFit> {
        let way = self.way.lock().ok()?;
        let Way::Open { certificate: Some(certificate), .. } = &*way else { return None };
        if *host == self.name {
            // It was verified for this very name.
            return Some(CertificateFit::Covers);
        }
        let parsed = webpki::EndEntityCert::try_from(certificate).ok()?;
        let covers =
            server_name(host).is_some_and(|name| parsed.verify_is_valid_for_subject_name(&name).is_ok());
        Some(if covers { CertificateFit::Covers } else { CertificateFit::DoesNotCover })
    }

    /// The connection a request goes on, once it is judged with the address the tunnel is connected to.
    pub(crate) async fn channel(
        self: &Arc<Self>,
        recording: &mut Recording<WebFacts>,
    ) -> Result<Channel, NoWay> {
        let Some(address) = self.address()? else {
            // The tunnel was shut when it was opened, and this page of it is open: its site is asked now.
            return Box::pin(self.open_late(recording)).await;
        };
        recording.facts.resolved = Some(address.ip());
        if !WebFacts::may_connect(recording.judge()) {
            return Err(NoWay::Refused);
        }
        match self.take() {
            Some(channel) => Ok(channel),
            None => Ok(Box::pin(self.reopen(recording.gateway())).await?),
        }
    }

    /// A connection for a WebSocket: the tunnel's own if it takes them, else one of its own that speaks HTTP/1.1.
    pub(crate) async fn websocket_channel(
        self: &Arc<Self>,
        recording: &mut Recording<WebFacts>,
        from_http2: bool,
    ) -> Result<Channel, NoWay> {
        let channel = self.channel(recording).await?;
        if !from_http2 || channel.takes_extended_connect() {
            return Ok(channel);
        }
        self.put_back(channel);
        let (channel, _) = self.connect(recording.gateway(), &[HTTP_11.to_vec()]).await?;
        Ok(channel)
    }

    /// The address the tunnel is connected to; `None` when it is connected to none.
    fn address(&self) -> Result<Option<SocketAddr>, UpstreamFault> {
        match self.way.lock().as_deref() {
            Ok(Way::Open { address, .. }) => Ok(Some(*address)),
            Ok(Way::Closed(Some(fault))) => Err(*fault),
            Ok(Way::Closed(None)) => Ok(None),
            Err(_poisoned) => Err(UpstreamFault::BrokeOff),
        }
    }

    async fn open_late(self: &Arc<Self>, recording: &mut Recording<WebFacts>) -> Result<Channel, NoWay> {
        let (stream, address) = reach::open(recording, &self.connect.0, self.connect.1).await?;
        let site_tls = &recording.gateway().parts.site_tls;
        let stream = site_tls.connect(stream, &self.name, &[HTTP_11.to_vec()]).await?;
        let certificate = first_certificate(&stream);
        let channel = Channel::http1(stream).await?;
        if let Ok(mut way) = self.way.lock() {
            *way = Way::Open { channel: None, address, http2: false, certificate };
        }
        Ok(channel)
    }

    /// A new connection in place of one that was closed: the same address, the same protocol.
    pub(crate) async fn reopen(&self, gateway: &Gateway) -> Result<Channel, UpstreamFault> {
        let offered = match self.way.lock().as_deref() {
            Ok(Way::Open { http2: true, .. }) => self.offered.clone(),
            Ok(Way::Open { http2: false, .. }) => vec![HTTP_11.to_vec()],
            _ => return Err(UpstreamFault::BrokeOff),
        };
        let (channel, http2) = self.connect(gateway, &offered).await?;
        // The client was promised a protocol; a site that changes its mind is not translated for.
        let promised = matches!(self.way.lock().as_deref(), Ok(Way::Open { http2: true, .. }));
        if promised == http2 { Ok(channel) } else { Err(UpstreamFault::Protocol) }
    }

    async fn connect(
        &self,
        gateway: &Gateway,
        offered: &[Vec<u8>],
    ) -> Result<(Channel, bool), UpstreamFault> {
        let address = self.address()?.ok_or(UpstreamFault::BrokeOff)?;
        let stream = channel::connect(address).await?;
        let stream = gateway.parts.site_tls.connect(stream, &self.name, offered).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        let channel = if http2 { Channel::http2(stream).await? } else { Channel::http1(stream).await? };
        Ok((channel, http2))
    }

    fn take(&self) -> Option<Channel> {
        let mut way = self.way.lock().ok()?;
        let Way::Open { channel: slot, .. } = &mut *way else { return None };
        match slot {
            // Many requests share an HTTP/2 connection: each gets a sender of its own.
            Some(Channel::Http2(sender, extended)) if !sender.is_closed() => {
                Some(Channel::Http2(sender.clone(), Arc::clone(extended)))
            }
            _ => slot.take().filter(|channel| !channel.is_closed()),
        }
    }

    /// Gives the tunnel's connection back.
    pub(crate) fn put_back(&self, channel: Channel) {
        if let Ok(mut way) = self.way.lock()
            && let Way::Open { channel: slot, .. } = &mut *way
            && !channel.is_closed()
        {
            *slot = Some(channel);
        }
    }
}

/// The site's own certificate.
pub(crate) fn first_certificate(stream: &TlsStream<TcpStream>) -> Option<CertificateDer<'static>> {
    stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned()
}
