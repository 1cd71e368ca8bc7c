//! The site: one KiB, a page of HTML and a large download, each with the header fields of an ordinary page.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;

use crate::{INSPECTED, LARGE_BYTES, SPLICED};

/// The beginning of the page, which is what a page is like that small.
const SMALL_BYTES: usize = 1_024;

#[derive(Clone)]
struct Bodies {
    page: Bytes,
    large: Bytes,
}

/// Serves whoever asks, plain and behind TLS, until it is ended. Says both addresses.
pub(crate) async fn run(folder: &str, page: &str) {
    let bodies = Bodies { page: std::fs::read(page).unwrap().into(), large: vec![0; LARGE_BYTES].into() };
    peers_authority(folder);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec![
        INSPECTED.to_owned(),
        format!("*.{INSPECTED}"),
        SPLICED.to_owned(),
    ])
    .unwrap();
    parameters.is_ca = rcgen::IsCa::ExplicitNoCa;
    let certificate = parameters.self_signed(&key).unwrap();
    std::fs::write(format!("{folder}/site.pem"), certificate.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    // The tunnel's number is in a category; the plain page is in none, as most are.
    let plain = TcpListener::bind("127.0.77.2:0").await.unwrap();
    let tls = TcpListener::bind("127.0.77.1:0").await.unwrap();
    println!("{} {}", plain.local_addr().unwrap(), tls.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    let plainly = bodies.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = plain.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(serve(stream, false, plainly.clone()));
        }
    });
    loop {
        let (stream, _) = tls.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (acceptor, bodies) = (acceptor.clone(), bodies.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            serve(stream, http2, bodies).await;
        });
    }
}

async fn serve(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    http2: bool,
    bodies: Bodies,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let (text, body) = match request.uri().path() {
            "/page" => ("text/html; charset=utf-8", bodies.page.clone()),
            "/large" => ("video/mp4", bodies.large.clone()),
            _ => ("text/html; charset=utf-8", bodies.page.slice(..SMALL_BYTES)),
        };
        async move {
            let mut answer = Response::new(Full::new(body));
            let headers = answer.headers_mut();
            headers.insert("content-type", HeaderValue::from_static(text));
            headers.insert("cache-control", HeaderValue::from_static("private, max-age=0"));
            headers.insert("set-cookie", HeaderValue::from_static("seen=2; path=/; secure; httponly"));
            Ok::<_, Infallible>(answer)
        }
    });
    // The load stops in the middle of things.
    if http2 {
        let _ended = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    } else {
        let _ended =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}

/// The authority peers mint with: certificate and key in the clear, because they want them so.
fn peers_authority(folder: &str) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Peers");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::CrlSign];
    let certificate = parameters.self_signed(&key).unwrap().pem();
    std::fs::write(format!("{folder}/peers.pem"), &certificate).unwrap();
    std::fs::write(format!("{folder}/peers-with-key.pem"), certificate + &key.serialize_pem()).unwrap();
}
