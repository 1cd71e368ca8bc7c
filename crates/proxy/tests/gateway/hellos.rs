//! First bytes of tunnels: hellos of every shape, and what is none.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use usher_events::event::What;
use usher_policy::facts::Hello;

use crate::client::Wire;
use crate::origin::{Io, Origin, page};
use crate::rig::{POLICY, Rig};
use crate::trust::{self, Kind};

/// Carries bytes to a tunnel one in a segment.
async fn one_by_one(tunnel: impl Io + 'static) -> tokio::io::DuplexStream {
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let (mut from, mut to) = tokio::io::split(far);
        let (mut answers, mut tunnel) = tokio::io::split(tunnel);
        let back = tokio::spawn(async move { tokio::io::copy(&mut answers, &mut to).await });
        while let Ok(byte) = from.read_u8().await {
            tunnel.write_all(&[byte]).await.unwrap();
            tunnel.flush().await.unwrap();
            tokio::task::yield_now().await;
        }
        back.abort();
    });
    near
}

/// The rig's client offers a post-quantum key share; with this many protocols its hello is longer than any one segment.
#[tokio::test]
async fn naiveproxy_641_a_large_hello_one_byte_in_a_segment_is_read() {
    let origin =
        Origin::https1(trust::site(Kind::Good, &["lava.example"], &["http/1.1"]), |_| page("hello")).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let odd: Vec<String> = (0..40).map(|number| format!("protocol-nobody-speaks/{number}")).collect();
    let mut protocols: Vec<&str> = odd.iter().map(String::as_str).collect();
    protocols.push("http/1.1");
    let tunnel = one_by_one(rig.tunnel("lava.example:443").await).await;
    let mut wire = Wire::new(rig.tls(Box::new(tunnel), "lava.example", &protocols).await.unwrap());
    wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    assert_eq!(wire.answer().await.text(), "hello");
    rig.events(2).await;
}

/// A hello as Chrome shapes it: reserved values among suites, extensions and groups (RFC 8701).
fn greased(name: &str) -> Vec<u8> {
    let vector = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let extension = |kind: u16, content: &[u8]| [&kind.to_be_bytes()[..], &vector(content)].concat();
    let server_name = vector(&[&[0][..], &vector(name.as_bytes())].concat());
    let extensions = [
        extension(0x0a0a, b""),
        extension(0, &server_name),
        extension(10, &vector(&[0x2a, 0x2a, 0x11, 0xec])),
        extension(51, &vector(&[&[0x11, 0xec][..], &vector(&[7; 1_700])].concat())),
        extension(0xfafa, b"\0"),
    ]
    .concat();
    let suites = vector(&[0x1a, 0x1a, 0x13, 0x01]);
    let body = [&[3, 3][..], &[9; 32], &[0], &suites, &[1, 0], &vector(&extensions)].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let handshake = [&[1][..], &length[1..], &body].concat();
    [&[22, 3, 1][..], &vector(&handshake)].concat()
}

#[tokio::test]
async fn websafety_1562_reserved_values_and_large_keys_hide_no_name() {
    let rig = Rig::with(&[]).await;
    let hello = greased("lava.example");
    assert!(hello.len() > 1_500);
    let mut wire = Wire::new(rig.tunnel("lava.example:443").await);
    wire.send(&hello).await;
    // Our side of the handshake takes it for no more than it is; the name was read before.
    wire.rest().await;
    let events = rig.events(1).await;
    let What::Tunnel(tunnel) = &events[0].what else { panic!("a tunnel") };
    let Hello::Tls { sni: Some(sni), hidden: false } = &tunnel.facts.hello else {
        panic!("{:?}", tunnel.facts.hello)
    };
    assert_eq!(sni.as_str(), "lava.example");
}

#[tokio::test]
async fn garbage_is_no_hello_and_does_not_hang() {
    for garbage in
        [&b"\x16\x02garbage"[..], b"\x16\x03\x01\xff\xff\x01", b"\x80\x2e\x01\x03\x01", b"\0\0\0\0"]
    {
        let origin = Origin::raw(|mut stream, _| async move {
            let mut all = Vec::new();
            stream.read_to_end(&mut all).await.unwrap();
            stream.write_all(&all).await.unwrap();
        })
        .await;
        let rig = Rig::with(&[("odd.example:9", origin.address)]).await;
        let mut stream = rig.tunnel("odd.example:9").await;
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut back = Vec::new();
        stream.read_to_end(&mut back).await.unwrap();
        assert_eq!(back, garbage);
        assert_eq!(rig.lines(2).await[1], "ended 200 Complete");
    }
}

/// Mail and shell servers speak first: the client waits, and after a while it is taken to.
#[tokio::test]
async fn peers_case_4_servers_that_speak_first_are_heard() {
    let origin = Origin::raw(|mut stream, _| async move {
        stream.write_all(b"220 mail.example\r\n").await.unwrap();
    })
    .await;
    let rig = Rig::with(&[("mail.example:25", origin.address)]).await;
    let mut wire = Wire::new(rig.tunnel("mail.example:25").await);
    assert_eq!(wire.exactly(18).await, b"220 mail.example\r\n");
    drop(wire);
    let lines = rig.lines(2).await;
    assert_eq!(lines[0], "CONNECT mail.example:25 Allow Unknown Splice 200 StillOpen");
}

/// A shell's client and server both speak at once, in no order.
#[tokio::test]
async fn peers_case_4_a_shell_is_heard_at_once_from_both_sides() {
    let origin = Origin::raw(|mut stream, _| async move {
        stream.write_all(b"SSH-2.0-there\r\n").await.unwrap();
        crate::origin::echo(stream).await;
    })
    .await;
    let rig = Rig::with(&[("shell.example:22", origin.address)]).await;
    let mut wire = Wire::new(rig.tunnel("shell.example:22").await);
    wire.send("SSH-2.0-here\r\n").await;
    assert_eq!(wire.exactly(29).await, b"SSH-2.0-there\r\nSSH-2.0-here\r\n");
    drop(wire);
    let events = rig.events(2).await;
    let What::Tunnel(tunnel) = &events[0].what else { panic!("a tunnel") };
    assert_eq!(tunnel.facts.hello, Hello::Other);
}

/// The starting policy lets nothing but TLS through, and only to ports of the web. What waits for the server to speak is
/// closed all the same, after the time it has to speak itself, and its server hears nothing.
#[tokio::test]
async fn peers_case_4_servers_that_speak_first_are_not_reached_where_the_policy_says_so_and_nothing_hangs() {
    let origin = Origin::raw(|mut stream, _| async move {
        stream.write_all(b"220 mail.example\r\n").await.unwrap();
    })
    .await;
    let rig = Rig::with(&[("mail.example:25", origin.address), ("shell.example:443", origin.address)]).await;
    let rules = "\n[[rule]]\nid = \"only-tls\"\nwhy = \"Seen.\"\nverdict = \"block\"\nnot-tls = true\n\
                 [[rule]]\nid = \"web-ports\"\nwhy = \"Web.\"\nverdict = \"block\"\nports-other-than = [443]\n";
    rig.publish(&format!("{POLICY}{rules}"));
    let mut mail = Wire::new(rig.tunnel("mail.example:25").await);
    let mut shell = Wire::new(rig.tunnel("shell.example:443").await);
    shell.send("SSH-2.0-here\r\n").await;
    assert_eq!(shell.rest().await, b"");
    assert_eq!(mail.rest().await, b"");
    let mut lines = rig.lines(2).await;
    lines.sort();
    assert_eq!(lines[0], "CONNECT mail.example:25 Block Rule(\"only-tls\") Terminate 200 Complete");
    assert_eq!(lines[1], "CONNECT shell.example:443 Block Rule(\"only-tls\") Terminate 200 Complete");
    // TLS to such a port is told why on a page.
    let stream = rig.tunnel("mail.example:25").await;
    let mut wire = Wire::new(rig.tls(stream, "mail.example", &["http/1.1"]).await.unwrap());
    wire.send("GET / HTTP/1.1\r\nHost: mail.example:25\r\n\r\n").await;
    assert!(wire.answer().await.text().contains("web-ports"));
    rig.events(4).await;
    assert_eq!(origin.connections(), 0);
}
