//! Speaking TLS to sites: always verified, against the system's roots and the school's own.

use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use usher_events::event::UpstreamFault;
use usher_types::host::Host;

use super::fault;
use crate::limits::{HANDSHAKE_TIME, SESSIONS_KEPT};

/// HTTP/2 in ALPN.
pub(crate) const H2: &[u8] = b"h2";
/// HTTP/1.1 in ALPN.
pub(crate) const HTTP_11: &[u8] = b"http/1.1";

/// Trust in sites could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustFault {
    /// A root of the school's own cannot be used.
    #[error("one of the school's own roots cannot be used")]
    OwnRoot(#[source] rustls::Error),
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What TLS connections to sites are made with.
#[derive(Clone)]
pub struct SiteTls {
    /// For clients that take HTTP/2 inside.
    both: Arc<ClientConfig>,
    /// For clients that take only HTTP/1.1.
    http1: Arc<ClientConfig>,
    /// For tunnels that carry something else, or name no protocol.
    none: Arc<ClientConfig>,
}

impl std::fmt::Debug for SiteTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SiteTls")
    }
}

impl SiteTls {
    /// Trust in the system's roots and these, which the school added.
    ///
    /// # Errors
    /// When one of the school's own roots cannot be used, or TLS cannot be set up.
    pub fn new(own_roots: &[CertificateDer<'static>]) -> Result<Self, TrustFault> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!(%error, "a root of the system cannot be read");
        }
        // Some systems carry roots rustls does not take; those it takes are enough.
        let (taken, _refused) = roots.add_parsable_certificates(system.certs);
        if taken == 0 && own_roots.is_empty() {
            tracing::error!(
                "the system has no roots, so no encrypted site can be trusted: install ca-certificates"
            );
        }
        for root in own_roots {
            roots.add(root.clone()).map_err(TrustFault::OwnRoot)?;
        }
        let setup = |error: Box<dyn std::error::Error + Send + Sync>| TrustFault::Setup(error);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = if roots.is_empty() {
            ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| setup(error.into()))?
                .with_root_certificates(roots)
                .with_no_client_auth()
        } else {
            let verifier =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                    .build()
                    .map_err(|error| setup(error.into()))?;
            ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| setup(error.into()))?
                .with_webpki_verifier(verifier)
                .with_no_client_auth()
        };
        // Sessions are kept by the site's name, and only with the verifier they were made under.
        config.resumption = Resumption::in_memory_sessions(SESSIONS_KEPT);
        let with = |protocols: &[&[u8]]| {
            let mut config = config.clone();
            config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
            Arc::new(config)
        };
        Ok(Self { both: with(&[H2, HTTP_11]), http1: with(&[HTTP_11]), none: with(&[]) })
    }

    /// Shakes hands with a site, offering of the client's protocols those the gateway can read.
    ///
    /// # Errors
    /// Why the site cannot be trusted or spoken to.
    pub(crate) async fn connect(
        &self,
        connection: TcpStream,
        host: &Host,
        offered: &[Vec<u8>],
    ) -> Result<TlsStream<TcpStream>, UpstreamFault> {
        let offers = |protocol: &[u8]| offered.iter().any(|offered| offered == protocol);
        let config = match (offers(H2), offers(HTTP_11)) {
            (true, _) => &self.both,
            (false, true) => &self.http1,
            (false, false) => &self.none,
        };
        let name = server_name(host).ok_or(UpstreamFault::Tls)?;
        let handshake = TlsConnector::from(Arc::clone(config)).connect(name, connection);
        match tokio::time::timeout(HANDSHAKE_TIME, handshake).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(fault::of(&error)),
            Err(_elapsed) => Err(UpstreamFault::TimedOut),
        }
    }
}

/// A host as the library names it.
pub(crate) fn server_name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Name(name) => ServerName::try_from(name.as_str().to_owned()).ok(),
        Host::Ip(address) => Some(ServerName::from(*address)),
    }
}
