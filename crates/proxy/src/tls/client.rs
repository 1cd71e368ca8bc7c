//! Speaking TLS to sites: always verified, against the system's roots and the school's own.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use usher_events::event::UpstreamFault;
use usher_types::host::Host;

use super::fault;
use super::stapled::Stapled;
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

/// What TLS connections to sites are made with. Copies share it: what is taken back counts for all of them.
#[derive(Clone)]
pub struct SiteTls(Arc<Shared>);

struct Shared {
    roots: Arc<RootCertStore>,
    configs: ArcSwap<Configs>,
}

/// The settings of one set of revoked certificates. Sessions that may be taken up again belong to them, so that none
/// outlives what it was verified by.
struct Configs {
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
        let roots = Arc::new(roots);
        let configs = ArcSwap::from_pointee(Configs::new(&roots, Vec::new())?);
        Ok(Self(Arc::new(Shared { roots, configs })))
    }

    /// From now on, what these lists name is not trusted; lists given before do not count any more. Sessions kept until
    /// now are forgotten: taking one up asks for no certificate.
    ///
    /// # Errors
    /// When one of them cannot be used; then everything stays as it was.
    pub fn revoke(&self, lists: Vec<CertificateRevocationListDer<'static>>) -> Result<(), TrustFault> {
        self.0.configs.store(Arc::new(Configs::new(&self.0.roots, lists)?));
        Ok(())
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
        let configs = self.0.configs.load();
        let config = match (offers(H2), offers(HTTP_11)) {
            (true, _) => Arc::clone(&configs.both),
            (false, true) => Arc::clone(&configs.http1),
            (false, false) => Arc::clone(&configs.none),
        };
        drop(configs);
        let name = server_name(host).ok_or(UpstreamFault::Tls)?;
        let handshake = TlsConnector::from(config).connect(name, connection);
        match tokio::time::timeout(HANDSHAKE_TIME, handshake).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(fault::of(&error)),
            Err(_elapsed) => Err(UpstreamFault::TimedOut),
        }
    }
}

impl Configs {
    fn new(
        roots: &Arc<RootCertStore>,
        lists: Vec<CertificateRevocationListDer<'static>>,
    ) -> Result<Self, TrustFault> {
        let setup = |error: Box<dyn std::error::Error + Send + Sync>| TrustFault::Setup(error);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(error.into()))?;
        let mut config = if roots.is_empty() {
            builder.with_root_certificates(Arc::clone(roots)).with_no_client_auth()
        } else {
            // Most authorities publish no list that anybody keeps, so a certificate that is on none is trusted; and a
            // list that is out of date still says what was taken back.
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), provider)
                .with_crls(lists)
                .allow_unknown_revocation_status()
                .build()
                .map_err(|error| setup(error.into()))?;
            let verifier = Arc::new(Stapled(verifier));
            builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
        };
        // Kept by the site's name.
        config.resumption = Resumption::in_memory_sessions(SESSIONS_KEPT);
        let with = |protocols: &[&[u8]]| {
            let mut config = config.clone();
            config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
            Arc::new(config)
        };
        Ok(Self { both: with(&[H2, HTTP_11]), http1: with(&[HTTP_11]), none: with(&[]) })
    }
}

/// A host as the library names it.
pub(crate) fn server_name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Name(name) => ServerName::try_from(name.as_str().to_owned()).ok(),
        Host::Ip(address) => Some(ServerName::from(*address)),
    }
}
