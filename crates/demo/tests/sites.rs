//! The sites answer as they should, with and without TLS, good and bad.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use usher_demo::sites::{HostEntry, Sites};
use usher_demo::websocket::{Opcode, accept_key, read_frame, write_frame};
use usher_types::url::WebAddress;

async fn start(folder: &Path) -> Sites {
    Sites::start(folder).await.unwrap()
}

fn request(
    method: Method,
    host: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Full<Bytes>> {
    let mut builder = Request::builder().method(method).uri(path).header("host", host);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(Bytes::from(body.to_owned()))).unwrap()
}

async fn send<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Response<Result<Bytes, hyper::Error>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    Response::from_parts(head, body.collect().await.map(http_body_util::Collected::to_bytes))
}

async fn shake_hands(sites: &Sites, host: &HostEntry, alpn: &[u8]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sites.ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    let stream = TcpStream::connect(host.https).await?;
    let name = ServerName::try_from(host.name.as_str().to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Asks over TLS for sites that are good, otherwise plainly.
async fn ask(
    sites: &Sites,
    address: &str,
    headers: &[(&str, &str)],
) -> Response<Result<Bytes, hyper::Error>> {
    asked(sites, Method::GET, address, headers, "").await
}

async fn asked(
    sites: &Sites,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response<Result<Bytes, hyper::Error>> {
    let address = WebAddress::parse(address).unwrap();
    let name = address.host.to_string();
    let host = sites.host(&name).unwrap();
    let query = address.query.map(|query| format!("?{query}")).unwrap_or_default();
    let request = request(method, &name, &format!("{}{query}", address.path), headers, body);
    if address.scheme.name() == "https" {
        send(shake_hands(sites, host, b"http/1.1").await.unwrap(), request).await
    } else {
        send(TcpStream::connect(host.http).await.unwrap(), request).await
    }
}

fn header<'a, B>(response: &'a Response<B>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn text(response: Response<Result<Bytes, hyper::Error>>) -> String {
    String::from_utf8(response.into_body().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn every_site_answers_with_and_without_tls() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    assert!(sites.hosts.len() > 30);
    let bad = ["expired.example", "wrong-name.example", "self-signed.example", "h2-only.example"];
    for host in &sites.hosts {
        let name = host.name.as_str();
        let plain = ask(&sites, &format!("http://{name}/"), &[]).await;
        if plain.status() == 301 {
            assert_eq!(header(&plain, "location"), format!("https://{name}/"));
        } else {
            assert_eq!(
                (plain.status().as_u16(), header(&plain, "content-type")),
                (200, "text/html; charset=utf-8")
            );
        }
        if !bad.contains(&name) {
            let secure = ask(&sites, &format!("https://{name}/"), &[]).await;
            assert_eq!(secure.status(), 200, "{name}");
            let page = text(secure);
            assert!(page.contains("<title>") && page.contains("part of a demonstration"), "{name}");
        }
        assert!(host.http.ip().to_string().starts_with("127.0.77."));
    }
    let addresses: std::collections::BTreeSet<SocketAddr> =
        sites.hosts.iter().flat_map(|host| [host.http, host.https]).collect();
    assert_eq!(addresses.len(), sites.hosts.len() * 2);
    sites.stop().await;
}

#[tokio::test]
async fn bad_certificates_are_bad_in_the_way_their_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    for (name, words) in [
        ("expired.example", "expired"),
        ("wrong-name.example", "not valid for"),
        ("self-signed.example", "UnknownIssuer"),
    ] {
        let error = shake_hands(&sites, sites.host(name).unwrap(), b"http/1.1").await.unwrap_err();
        assert!(format!("{error} {error:?}").contains(words), "{name}: {error:?}");
    }
    let old = shake_hands(&sites, sites.host("h1-only.example").unwrap(), b"h2").await;
    assert!(old.is_err(), "it speaks no HTTP/2");
    let stream = shake_hands(&sites, sites.host("h2-only.example").unwrap(), b"h2").await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://h2-only.example/").body(Full::new(Bytes::new())).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_authority_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let pem = first.ca_pem.clone();
    first.stop().await;
    let again = start(folder.path()).await;
    assert_eq!(again.ca_pem, pem);
    assert_eq!(ask(&again, "https://encyclopaedia.example/", &[]).await.status(), 200);
}

#[tokio::test]
async fn files_have_the_types_and_beginnings_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    for (address, media, begins) in [
        ("https://learning.example/style.css", "text/css; charset=utf-8", "/*"),
        ("https://learning.example/site.js", "text/javascript; charset=utf-8", "//"),
        ("https://learning.example/pictures/bee.svg", "image/svg+xml", "<svg"),
        ("https://finder.example/complete?words=vol", "application/json", "[\"vol\",[\"Volcanoes\""),
        ("https://downloads.example/list.txt", "text/plain; charset=utf-8", "apples"),
        ("https://downloads.example/notes.zip", "application/zip", "PK\u{3}\u{4}"),
        ("http://adverts.example/count.gif", "image/gif", "GIF89a"),
        ("https://maps.example/tile/6/31/20.svg", "image/svg+xml", "<svg"),
    ] {
        let response = ask(&sites, address, &[]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "content-type")),
            (200, media),
            "{address}"
        );
        let bytes = response.into_body().unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{address}");
    }
    let program = ask(&sites, "https://downloads.example/setup.exe", &[]).await;
    assert!(program.into_body().unwrap().starts_with(b"MZ"));
    let virus = ask(&sites, "https://downloads.example/eicar.com", &[]).await;
    assert_eq!(virus.into_body().unwrap().len(), 68);
    let big = ask(&sites, "https://downloads.example/big.bin", &[]).await;
    assert_eq!(big.into_body().unwrap().len(), 20 * 1024 * 1024);
}

#[tokio::test]
async fn searches_find_pages_here_and_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    let found = text(ask(&sites, "https://encyclopaedia.example/search?q=volcanoes", &[]).await);
    assert!(found.contains("href=\"/article/volcanoes\""));
    let found = text(ask(&sites, "https://finder.example/find?words=castles+and+rivers", &[]).await);
    assert!(
        found.contains("https://encyclopaedia.example/article/castles") && found.contains("learning.example")
    );
    let none = text(ask(&sites, "https://finder.example/find?words=zzzz", &[]).await);
    assert!(none.contains("Nothing was found"));
    let engines = usher_scan::search::SearchEngines::default().and(Sites::search_engines());
    let address = WebAddress::parse("https://finder.example/find?words=how+do+bees+dance").unwrap();
    assert_eq!(engines.read(&address).unwrap().words, "how do bees dance");
    let half = WebAddress::parse("https://finder.example/complete?words=how+do").unwrap();
    assert!(engines.read(&half).is_none());
}

#[tokio::test]
async fn pages_are_kept_cut_and_compressed_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    let page = "https://encyclopaedia.example/article/bees";
    let first = ask(&sites, page, &[]).await;
    let tag = header(&first, "etag").to_owned();
    assert!(header(&first, "set-cookie").contains("seen=1"));
    let plain = first.into_body().unwrap();
    assert_eq!(ask(&sites, page, &[("if-none-match", &tag), ("cookie", "seen=1")]).await.status(), 304);
    let cut = ask(&sites, page, &[("range", "bytes=10-19")]).await;
    assert_eq!(
        (cut.status().as_u16(), header(&cut, "content-range")),
        (206, &*format!("bytes 10-19/{}", plain.len()))
    );
    assert_eq!(cut.into_body().unwrap(), plain.slice(10..20));
    let beyond = ask(&sites, page, &[("range", "bytes=99999999-")]).await;
    assert_eq!(beyond.status(), 416);
    for (coding, wanted) in [("br", "gzip, br"), ("gzip", "gzip")] {
        let coded = ask(&sites, page, &[("accept-encoding", wanted), ("cookie", "seen=1")]).await;
        assert_eq!(header(&coded, "content-encoding"), coding);
        assert_ne!(coded.into_body().unwrap(), plain);
    }
    let piece = ask(&sites, "https://downloads.example/big.bin", &[("range", "bytes=-16")]).await;
    assert_eq!((piece.status().as_u16(), piece.into_body().unwrap().len()), (206, 16));
}

#[tokio::test]
async fn forms_baskets_and_redirects_work() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sent = asked(&sites, Method::POST, "https://learning.example/answers", &form, "answer=42").await;
    assert_eq!((sent.status().as_u16(), header(&sent, "location")), (303, "/thanks"));
    assert_eq!(ask(&sites, "https://learning.example/answers", &[]).await.status(), 405);
    let long = asked(&sites, Method::POST, "https://forum.example/post", &form, &"x".repeat(70_000)).await;
    assert_eq!(long.status(), 413);
    let add = "https://shop.example/basket/add?item=tent";
    let added = asked(&sites, Method::POST, add, &[("cookie", "basket=boots")], "").await;
    assert!(header(&added, "set-cookie").starts_with("basket=boots.tent;"));
    let gone = ask(&sites, "https://news.example/nothing", &[]).await;
    assert_eq!(gone.status(), 404);
    let moved = ask(&sites, "https://news.example/index.html", &[]).await;
    assert_eq!((moved.status().as_u16(), header(&moved, "location")), (301, "/"));
}

#[tokio::test]
async fn slow_broken_and_streamed_answers_are_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    let slow = text(ask(&sites, "https://slow.example/drip?pieces=3&wait_ms=1", &[]).await);
    assert_eq!(slow, "drop 1 of 3\ndrop 2 of 3\ndrop 3 of 3\n");
    for path in ["half", "pieces"] {
        for scheme in ["http", "https"] {
            let broken = ask(&sites, &format!("{scheme}://broken.example/{path}"), &[]).await;
            assert_eq!(broken.status(), 200);
            assert!(broken.into_body().is_err(), "{scheme} {path}");
        }
    }
    let events = ask(&sites, "https://ai-chat.example/stream?ask=why&wait_ms=0", &[]).await;
    assert_eq!(header(&events, "content-type"), "text/event-stream");
    let events = text(events);
    assert!(events.starts_with("data: You\n\n") && events.ends_with("event: end\ndata: end\n\n"));
}

#[tokio::test]
async fn the_socket_says_back_what_it_hears() {
    let folder = tempfile::tempdir().unwrap();
    let sites = start(folder.path()).await;
    let stream = shake_hands(&sites, sites.host("ws.example").unwrap(), b"http/1.1").await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let headers = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-key", key),
        ("sec-websocket-version", "13"),
    ];
    let response =
        sender.send_request(request(Method::GET, "ws.example", "/socket", &headers, "")).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), header(&response, "sec-websocket-accept")),
        (101, &*accept_key(key))
    );
    let mut line = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    write_frame(&mut line, Opcode::Text, b"hello", Some([9, 8, 7, 6])).await.unwrap();
    assert_eq!(read_frame(&mut line).await.unwrap(), (Opcode::Text, b"hello".to_vec()));
    write_frame(&mut line, Opcode::Ping, b"?", Some([1, 1, 1, 1])).await.unwrap();
    assert_eq!(read_frame(&mut line).await.unwrap(), (Opcode::Pong, b"?".to_vec()));
}

#[test]
fn the_lists_name_every_site_but_the_unlisted_one() {
    let lists = Sites::lists();
    let listed = |name: &str| lists.iter().any(|list| list.domains.lines().any(|line| line == name));
    assert!(listed("games.example") && listed("bank.example") && !listed("unlisted.example"));
    let learning = lists.iter().find(|list| list.category == "games-for-learning").unwrap();
    assert_eq!((learning.domains.as_str(), learning.pages.as_str()), ("", "games.example/maths\n"));
}
