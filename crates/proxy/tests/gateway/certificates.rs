//! Certificates on both sides: leafs browsers take, and sites nobody should.

use crate::client::get;
use crate::origin::{Origin, page};
use crate::rig::Rig;
use crate::trust::{self, Kind};

async fn site(kind: Kind) -> Origin {
    Origin::https1(trust::site(kind, &["lava.example"], &["http/1.1"]), |_| page("hello")).await
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
