//! A gateway behind a load balancer: who somebody is comes from what it says, and from nobody else's word.

use usher_proxy::limits::{CONNECTIONS, DRAIN_TIME};

use crate::client::{Wire, get};
use crate::events::line;
use crate::origin::{Origin, page};
use crate::rig::{PATIENCE, Rig};

/// Where the load balancer is.
const BALANCER: &str = "127.0.9.1";
const PUPIL: &[u8] = b"PROXY TCP4 10.1.1.7 10.0.0.2 40001 3128\r\n";

/// A gateway at which nobody is signed in but at 10.1.1.7 and 2001:db8::7.
async fn rig(origin: &Origin) -> Rig {
    let rig = Rig::behind(&["127.0.9.0/24"], &[("plain.example:80", origin.address)]).await;
    for device in ["127.0.0.1", BALANCER] {
        rig.people.arrive(device, "nobody");
    }
    for device in ["10.1.1.7", "2001:db8::7"] {
        rig.people.arrive(device, "pupil.y4");
    }
    rig
}

async fn ask(rig: &Rig, device: &str, header: &[u8]) -> String {
    let mut wire = Wire::new(rig.connect_from(device).await);
    wire.send([header, get("http://plain.example/").as_bytes()].concat()).await;
    wire.answer().await.text()
}

fn version_2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&b"\r\n\r\n\0\r\nQUIT\n"[..], &[command, family], &length, body].concat()
}

fn v6() -> Vec<u8> {
    let mut address = [0_u8; 36];
    address[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    address[15] = 7;
    address.to_vec()
}

#[tokio::test]
async fn peers_case_16_who_it_brings_is_judged_and_written_down() {
    let origin = Origin::http1(|_| page("hello")).await;
    let rig = rig(&origin).await;
    let v4 = [10, 1, 1, 7, 10, 0, 0, 2, 0x9c, 0x41, 0x0c, 0x38];
    let headers = [PUPIL.to_vec(), version_2(0x21, 0x11, &v4), version_2(0x21, 0x21, &v6())];
    for header in &headers {
        assert_eq!(ask(&rig, BALANCER, header).await, "hello", "{header:?}");
    }
    let from: Vec<String> = rig
        .events(3)
        .await
        .iter()
        .map(|event| {
            let usher_events::event::What::Web(web) = &event.what else { panic!("{event:?}") };
            web.facts.who.device.address.to_string()
        })
        .collect();
    assert_eq!(from, ["10.1.1.7", "10.1.1.7", "2001:db8::7"]);
}

#[tokio::test]
async fn peers_case_16_what_it_does_not_know_is_nobodys_and_can_ask_for_nothing() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = rig(&origin).await;
    // Whoever signed in so would be everybody who comes so.
    rig.people.arrive(BALANCER, "staff");
    for header in [b"PROXY UNKNOWN\r\n".to_vec(), version_2(0x20, 0, b"")] {
        assert_eq!(ask(&rig, BALANCER, &header).await, "malformed: RelayUnclear");
        // A health check says so, and opens and closes.
        let mut check = Wire::new(rig.connect_from(BALANCER).await);
        check.send(header).await;
        drop(check);
    }
    rig.events(2).await;
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn one_that_says_nothing_does_not_hold_up_the_end() {
    let origin = Origin::http1(|_| page("never")).await;
    let mut rig = rig(&origin).await;
    let _idle = rig.connect_from(BALANCER).await;
    // One place is the next connection's, one is taken.
    let taken = async {
        while rig.room.available_permits() > CONNECTIONS - 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.unwrap();
    let begun = tokio::time::Instant::now();
    rig.stop();
    rig.stopped().await;
    assert!(begun.elapsed() < DRAIN_TIME, "it was waited for");
}

#[tokio::test]
async fn peers_case_16_a_header_that_is_missing_or_broken_is_told_and_written_down() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = rig(&origin).await;
    for header in [&b""[..], b"PROXY TCP4 10.1.1.7\r\n", &version_2(0x21, 0x12, &[0; 12])] {
        assert_eq!(ask(&rig, BALANCER, header).await, "malformed: RelayUnclear", "{header:?}");
    }
    // A health check opens and closes.
    drop(rig.connect_from(BALANCER).await);
    let lines = rig.lines(3).await;
    assert!(lines.iter().all(|line| line == "malformed RelayUnclear 400"), "{lines:?}");
}

/// One header is taken off; a second is whatever the client sent, and that is no HTTP.
#[tokio::test]
async fn peers_case_16_a_second_header_is_no_http() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = rig(&origin).await;
    let staff = b"PROXY TCP4 10.1.1.8 10.0.0.2 40001 3128\r\n";
    for second in [staff.to_vec(), version_2(0x21, 0x21, &v6())] {
        let said = ask(&rig, BALANCER, &[PUPIL, &second].concat()).await;
        assert!(said.starts_with("malformed: "), "{said}");
    }
    for event in rig.events(2).await {
        let usher_events::event::What::Malformed(malformed) = &event.what else { panic!("{}", line(&event)) };
        assert_eq!(malformed.who.device.address.to_string(), "10.1.1.7");
    }
}

/// A device that says it is another is not believed.
#[tokio::test]
async fn peers_case_16_from_anybody_else_it_is_no_http() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = rig(&origin).await;
    for header in [PUPIL.to_vec(), version_2(0x21, 0x21, &v6())] {
        let said = ask(&rig, "127.0.0.1", &header).await;
        assert!(said.starts_with("malformed: "), "{said}");
    }
    rig.events(2).await;
    assert_eq!(origin.connections(), 0);
}
