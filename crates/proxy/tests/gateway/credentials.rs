//! Credentials count as long as what they opened is open, and no longer.

use usher_policy::facts::{Restricted, Subject};
use usher_policy::presence::CredentialFault;
use usher_proxy::limits::JUDGED_AGAIN_EVERY;
use usher_records::sanction::Restriction;
use usher_records::session::KnownBy;
use usher_testkit::facts;
use usher_types::ids::Id;
use usher_types::moment::Moment;

use crate::client::Wire;
use crate::origin::{Origin, Stream, page};
use crate::rig::{Known, Rig};
use crate::trust::{self, Kind};

const INSIDE: &str = "GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n";

/// Nobody is at the device; whoever comes with credentials is this.
fn is_now(rig: &Rig, known: Result<Subject, CredentialFault>) {
    rig.people.arrive("127.0.0.1", "nobody");
    rig.people.knows("pupil.y4", Known::AtOnce(known));
}

/// A tunnel opened with credentials.
async fn tunnel(rig: &Rig, to: &str) -> Stream {
    let mut wire = rig.wire().await;
    let credentials = "Proxy-Authorization: Basic cHVwaWwueTQ6b3R0ZXI6bGFtcA==";
    wire.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{credentials}\r\n\r\n")).await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 200"));
    wire.0.into_inner()
}

#[tokio::test]
async fn a_sanction_and_a_closed_account_count_inside_a_tunnel_that_is_open() {
    let site = trust::site(Kind::Good, &["lava.example"], &["http/1.1"]);
    let origin = Origin::https1(site, |_| page("hot")).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    is_now(&rig, Ok(facts::subject("pupil.y4")));
    let stream = tunnel(&rig, "lava.example:443").await;
    let mut wire = Wire::new(rig.tls(stream, "lava.example", &["http/1.1"]).await.unwrap());
    let mut shared = facts::subject("pupil.y4");
    (shared.known_by, shared.person) = (Some(KnownBy::SharedAccount), None);
    let sanction = Restricted {
        sanction: Id::new(9),
        restriction: Restriction::NoWeb,
        from: Moment::from_unix_ms(0),
        until: Moment::from_unix_ms(i64::MAX),
    };
    let sanctioned = Subject { restrictions: [sanction].into(), ..facts::subject("pupil.y4") };
    for (known, page) in [
        (Ok(facts::subject("pupil.y4")), "hot"),
        (Ok(shared), "hot"),
        (Ok(sanctioned), "SanctionNoWeb"),
        (Ok(facts::subject("pupil.y4")), "hot"),
        (Err(CredentialFault::Unavailable), "hot"),
        (Err(CredentialFault::Wrong), "SignIn"),
        // It is not asked about again, or each request would be a wrong try.
        (Ok(facts::subject("pupil.y4")), "SignIn"),
    ] {
        is_now(&rig, known);
        wire.send(INSIDE).await;
        let answer = wire.answer().await.text();
        assert!(answer.contains(page), "{answer}, {page}");
    }
    rig.events(8).await;
}

#[tokio::test]
async fn a_spliced_tunnel_ends_with_its_credentials_and_a_shared_account_is_somebody() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let rig = Rig::with(&[("open.example:22", origin.address)]).await;
    let mut shared = facts::subject("pupil.y4");
    (shared.known_by, shared.person) = (Some(KnownBy::SharedAccount), None);
    is_now(&rig, Ok(shared));
    let mut wire = Wire::new(tunnel(&rig, "open.example:22").await);
    wire.send("SSH-2.0-x\r\n").await;
    wire.exactly(11).await;
    tokio::time::pause();
    tokio::time::advance(JUDGED_AGAIN_EVERY * 2).await;
    tokio::time::resume();
    wire.send("more").await;
    wire.exactly(4).await;
    is_now(&rig, Err(CredentialFault::Wrong));
    tokio::time::pause();
    tokio::time::advance(JUDGED_AGAIN_EVERY * 2).await;
    tokio::time::resume();
    assert_eq!(wire.rest().await, b"");
    assert_eq!(rig.lines(2).await[1], "ended 200 Usher");
}
