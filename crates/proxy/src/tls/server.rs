//! Speaking TLS to clients, with leafs of the school's authority.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::{ClientHello, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::client::TrustFault;
use crate::limits::HANDSHAKE_TIME;

/// What TLS connections with clients are made with.
#[derive(Clone)]
pub(crate) struct ClientTls {
    base: ServerConfig,
}

impl std::fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientTls")
    }
}

/// One leaf for one connection. The name it is for was judged before; the hello is not asked again.
struct OneLeaf(Arc<CertifiedKey>);

impl std::fmt::Debug for OneLeaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneLeaf")
    }
}

impl ResolvesServerCert for OneLeaf {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

impl ClientTls {
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new() -> Result<Self, TrustFault> {
        let setup = |error: rustls::Error| TrustFault::Setup(error.into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut base = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(setup)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::server::ResolvesServerCertUsingSni::new()));
        // Tickets let a browser resume without keeping anything here.
        let ticketer: Arc<dyn ProducesTickets> = rustls::crypto::aws_lc_rs::Ticketer::new().map_err(setup)?;
        base.ticketer = ticketer;
        base.send_tls13_tickets = 2;
        Ok(Self { base })
    }

    /// Shakes hands with a client, with this leaf and these protocols for inside.
    ///
    /// # Errors
    /// When the client does not trust the leaf, breaks off, or takes too long.
    pub(crate) async fn accept<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        connection: T,
        leaf: Arc<CertifiedKey>,
        protocols: &[&[u8]],
    ) -> std::io::Result<TlsStream<T>> {
        let mut config = self.base.clone();
        config.cert_resolver = Arc::new(OneLeaf(leaf));
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let handshake = TlsAcceptor::from(Arc::new(config)).accept(connection);
        tokio::time::timeout(HANDSHAKE_TIME, handshake).await.unwrap_or_else(|elapsed| Err(elapsed.into()))
    }
}
