//! Certificates on both sides: leafs browsers take, and sites nobody should.

use std::collections::BTreeSet;

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::client::get;
use crate::origin::{Origin, page};
use crate::rig::Rig;
use crate::trust::{self, Kind};

async fn site(kind: Kind) -> Origin {
    Origin::https1(trust::site(kind, &["lava.example"], &["http/1.1"]), |_| page("hello")).await
}

/// The client has verified the chain against the school's authority, for the name, before any of this is looked at.
#[tokio::test]
async fn leafs_have_one_name_half_a_year_at_most_and_a_serial_of_their_own() {
    let origin = site(Kind::Good).await;
    let names = ["lava.example", "games.example", "xn--bcher-kva.example"];
    let rig = Rig::with(&names.map(|_| ("lava.example:443", origin.address))).await;
    let mut serials = BTreeSet::new();
    for name in names {
        let stream = rig.tunnel(&format!("{name}:443")).await;
        let stream = rig.tls(stream, name, &["http/1.1"]).await.unwrap();
        let chain = stream.get_ref().1.peer_certificates().unwrap();
        let (_, leaf) = X509Certificate::from_der(&chain[0]).unwrap();
        let alternative = leaf.subject_alternative_name().unwrap().unwrap();
        assert_eq!(alternative.value.general_names, [GeneralName::DNSName(name)]);
        let validity = leaf.validity();
        let seconds = validity.not_after.timestamp() - validity.not_before.timestamp();
        assert!(seconds < 180 * 24 * 60 * 60, "{seconds} s");
        assert!(!leaf.is_ca());
        assert!(serials.insert(leaf.raw_serial().to_vec()), "a serial is used once");
    }
    rig.events(3).await;
}

/// The demonstration plays another day; clients go by the clock on the wall.
#[tokio::test]
async fn leafs_are_good_whatever_day_the_school_has() {
    let origin = site(Kind::Good).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    for years in [-9, 9] {
        rig.clock.set(usher_types::clock::Clock::now(rig.clock.as_ref()).plus_minutes(years * 365 * 24 * 60));
        let mut wire = rig.https("lava.example").await;
        wire.send(get("https://lava.example/").replace("https://lava.example/", "/")).await;
        assert_eq!(wire.answer().await.text(), "hello");
    }
    rig.events(4).await;
}
