//! Where the gateway never goes, whatever a name says: addresses are judged after resolving.

use std::net::SocketAddr;

use crate::origin::{Origin, page};
use crate::rig::{ADMIN, Rig};

#[tokio::test]
async fn names_and_numbers_that_lead_inside_end_at_the_gateway() {
    // The listener would answer, if anybody came.
    let secret = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = secret.local_addr().unwrap().port();
    let inside: [(&str, String); 9] = [
        ("Loopback", format!("127.0.0.1:{port}")),
        ("Loopback", format!("[::1]:{port}")),
        ("Loopback", format!("[::ffff:127.0.0.1]:{port}")),
        ("Loopback", format!("{ADMIN}:{port}")),
        ("LinkLocal", "169.254.169.254:80".into()),
        ("LinkLocal", "[fe80::1]:80".into()),
        ("Private", "10.0.0.1:80".into()),
        ("Private", "192.168.1.1:80".into()),
        ("Private", "[fd00::1]:80".into()),
    ];
    for (range, address) in inside {
        let address: SocketAddr = address.parse().unwrap();
        let rig = Rig::with(&[("rebound.example:80", address), ("rebound.example:443", address)]).await;
        for target in ["http://rebound.example/".to_owned(), format!("http://{address}/")] {
            let text = rig.get(&target).await.text();
            assert!(text.starts_with(&format!("refused: ForbiddenAddress({range})")), "{target}: {text}");
        }
        let stream = rig.tunnel("rebound.example:443").await;
        let mut wire =
            crate::client::Wire::new(rig.tls(stream, "rebound.example", &["http/1.1"]).await.unwrap());
        wire.send("GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n").await;
        assert!(wire.answer().await.text().starts_with("refused: ForbiddenAddress"), "{address}");
        let mut raw = crate::client::Wire::new(rig.tunnel(&address.to_string()).await);
        raw.send("SSH-2.0-x\r\n").await;
        assert_eq!(raw.rest().await, b"", "{address}");
        let lines = rig.lines(5).await;
        assert!(lines.iter().all(|line| line.contains("Block ForbiddenAddress")), "{lines:#?}");
    }
    assert!(nobody_came(&secret), "the gateway connected to an address inside");
}

#[tokio::test]
async fn what_the_policy_opens_is_reached_and_the_gateway_itself_is_not() {
    let origin = Origin::http1(|_| page("hello")).await;
    let rig = Rig::with(&[("learning.example:80", origin.address)]).await;
    assert_eq!(rig.get("http://learning.example/").await.text(), "hello");
    let own_port = rig.address.to_string();
    let text = rig.get(&format!("http://{own_port}/")).await.text();
    assert!(text.starts_with("refused: ForbiddenAddress(Loopback)"), "{text}");
    rig.events(2).await;
}

/// Whether no connection waits to be accepted.
fn nobody_came(listener: &tokio::net::TcpListener) -> bool {
    use std::task::{Context, Poll, Waker};
    matches!(listener.poll_accept(&mut Context::from_waker(Waker::noop())), Poll::Pending)
}

/// A site that resolves nothing would show another page than the one that was judged.
#[tokio::test]
async fn a_site_is_asked_for_the_page_that_was_judged() {
    let origin = Origin::http1(|_| page("here")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    for (written, asked) in [
        ("/read/https://games.example/../?q=1", "GET /read/https:/?q=1 HTTP/1.1"),
        ("/a/%2e%2e/b", "GET /b HTTP/1.1"),
        // Everything else goes as it was written.
        ("/a//%41b", "GET /a//%41b HTTP/1.1"),
    ] {
        assert_eq!(rig.get(&format!("http://plain.example{written}")).await.status, 200);
        assert_eq!(origin.seen().last().unwrap().line(), asked);
    }
    rig.events(3).await;
}
