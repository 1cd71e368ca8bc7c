//! A site that keeps lists: it answers what a test tells it to, over TLS, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What it does with a request.
pub(super) enum Does {
    /// Answers with these bytes and closes.
    Says(Vec<u8>),
    /// Answers with these bytes and then stands still.
    Stalls(Vec<u8>),
}

pub(super) struct Site {
    pub(super) url: String,
    pub(super) root: CertificateDer<'static>,
    script: Arc<Mutex<VecDeque<Does>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

/// An answer with a length.
pub(super) fn ok(fields: &str, body: impl AsRef<[u8]>) -> Does {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{fields}\r\n", body.len());
    Does::Says([head.as_bytes(), body].concat())
}

/// An answer without a body.
pub(super) fn bare(status: &str, fields: &str) -> Does {
    Does::Says(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{fields}\r\n").into_bytes())
}

impl Site {
    pub(super) async fn open() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let root = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![root.clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/list", listener.local_addr().unwrap());
        let (script, heard) = (Arc::new(Mutex::new(VecDeque::new())), Arc::new(Mutex::new(Vec::new())));
        let site = Self { url, root, script: Arc::clone(&script), heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, script, heard) = (acceptor.clone(), Arc::clone(&script), Arc::clone(&heard));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    heard.lock().unwrap().push(String::from_utf8(head).unwrap());
                    let does = script.lock().unwrap().pop_front();
                    let (bytes, stalls) = match does {
                        Some(Does::Says(bytes)) => (bytes, false),
                        Some(Does::Stalls(bytes)) => (bytes, true),
                        None => (b"HTTP/1.1 500 Nobody said\r\nContent-Length: 0\r\n\r\n".to_vec(), false),
                    };
                    // Whoever asked may have had enough before the end.
                    drop(stream.write_all(&bytes).await);
                    drop(stream.flush().await);
                    if stalls {
                        std::future::pending::<()>().await;
                    }
                    drop(stream.shutdown().await);
                });
            }
        });
        site
    }

    pub(super) fn will(&self, does: impl IntoIterator<Item = Does>) {
        // What was not asked for before is forgotten.
        *self.script.lock().unwrap() = does.into_iter().collect();
    }

    /// The last request.
    pub(super) fn last(&self) -> String {
        self.heard.lock().unwrap().last().cloned().unwrap_or_default().to_lowercase()
    }

    pub(super) fn asked(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}
