//! The grid, the facts beside limits and what is lent out, from policies and traffic made up for each test.

use jiff::civil::date;
use usher_records::device::Loan;
use usher_types::ids::Id;
use usher_types::moment::Moment;

use super::*;
use crate::profile;

const TODAY: Date = date(2026, 11, 24);

fn settings(tunnels: &[&str]) -> Settings {
    let mut settings = profile::built_in("numbered").unwrap().unwrap().settings;
    settings.off_site.tunnels = tunnels.iter().map(|range| range.parse().unwrap()).collect();
    settings
}

fn policy(change: impl Fn(&str) -> String) -> PolicyDocument {
    profile::policy(&change(profile::STARTING_POLICY)).unwrap()
}

fn device(id: u64, room: Option<&str>, address: Option<&str>, lent: bool) -> Device {
    let loan = Loan { to: Id::new(7), by: Id::new(1), at: Moment::from_unix_ms(0) };
    Device {
        id: Id::new(id),
        name: format!("PC-{id}"),
        room: room.map(str::to_owned),
        address: address.map(|text| text.parse().unwrap()),
        managed: true,
        loan: lent.then_some(loan),
        hardware: None,
    }
}

fn passed(requests: u64, nobody: u64, guests: u64) -> Traffic {
    Traffic { last: Some(TODAY), requests, unread: requests / 4, nobody, shared: 0, guests }
}

fn traffic(lines: &[(&str, Traffic)]) -> BTreeMap<String, Traffic> {
    lines.iter().map(|(name, traffic)| ((*name).to_owned(), *traffic)).collect()
}

fn row(rows: &[Row], kind: DeviceKind) -> &Row {
    rows.iter().find(|row| row.kind == kind).unwrap()
}

#[test]
fn um_06_every_kind_of_device_has_a_row_and_peoples_own_also_where_there_is_none() {
    let (policy, settings) = (policy(str::to_owned), settings(&[]));
    let nothing = BTreeMap::new();
    let known = Known { policy: &policy, settings: &settings, devices: &[], traffic: &nothing };
    let kinds: Vec<DeviceKind> = grid(known).iter().map(|row| row.kind).collect();
    assert_eq!(kinds, DeviceKind::ALL);
    assert_eq!(row(&grid(known), DeviceKind::Own).devices, 0);

    let devices = [
        device(1, Some("Suite"), None, false),
        device(2, None, None, false),
        device(3, None, None, true),
        Device { managed: false, ..device(4, None, None, false) },
    ];
    let traffic = traffic(&[
        ("PC-1", passed(100, 10, 0)),
        ("PC-2", passed(40, 0, 0)),
        ("10.0.9.1", passed(20, 0, 0)),
        ("10.0.9.2", passed(8, 0, 8)),
        ("10.0.9.3", passed(4, 4, 0)),
    ]);
    let known = Known { devices: &devices, traffic: &traffic, ..known };
    let rows = grid(known);
    let counted: Vec<(usize, usize)> = rows.iter().map(|row| (row.devices, row.seen)).collect();
    assert_eq!(counted, [(1, 1), (1, 1), (1, 0), (2, 1), (1, 1), (1, 1)]);
    // After the summer: whose it was is not known any more, and it is not told as nobody's.
    let mut rested = traffic.clone();
    rested.insert("10.0.9.4".into(), passed(0, 0, 0));
    let after = grid(Known { traffic: &rested, ..known });
    assert_eq!(after.iter().map(|row| (row.devices, row.seen)).collect::<Vec<_>>(), counted);
    assert_eq!(row(&rows, DeviceKind::Managed).traffic.percent(10), Some(10));
    assert_eq!(row(&rows, DeviceKind::Lent).traffic.percent(0), None, "nothing passed");
}

#[test]
fn mon_15_what_is_lent_is_watched_away_from_school_only_through_the_schools_tunnel() {
    let (without, with) = (settings(&[]), settings(&["10.99.0.0/16"]));
    let tunnelled = device(1, None, Some("10.99.0.7"), true);
    let plain = device(2, None, Some("10.0.0.7"), true);
    let stays = device(3, Some("Suite"), Some("10.99.0.8"), false);
    assert_eq!(away(&tunnelled, &with), Some(Away::Tunnelled));
    assert_eq!(away(&tunnelled, &without), Some(Away::Unwatched));
    assert_eq!(away(&plain, &with), Some(Away::Unwatched));
    assert_eq!(
        away(&device(4, None, None, true), &with),
        Some(Away::Unwatched),
        "without an address it is not known"
    );
    assert_eq!(away(&stays, &with), None);

    let policy = policy(str::to_owned);
    let devices = [tunnelled, plain];
    let traffic = traffic(&[("10.99.0.9", passed(4, 4, 0))]);
    let known = Known { policy: &policy, settings: &with, devices: &devices, traffic: &traffic };
    let rows = grid(known);
    assert_eq!((row(&rows, DeviceKind::Lent).devices, row(&rows, DeviceKind::Lent).tunnelled), (3, 2));
    assert_eq!(facts(known)[&Limit::OffSite].says, "off-site-tunnel");
    let known = Known { settings: &without, ..known };
    assert_eq!(facts(known)[&Limit::OffSite].says, "off-site");
    assert_eq!(
        row(&grid(known), DeviceKind::Unknown).devices,
        1,
        "without a tunnel it is an address like any other"
    );
}

#[test]
fn fm_17_what_is_not_seen_is_told_from_the_policy_in_force_and_from_what_passed() {
    let (all, settings) = (policy(str::to_owned), settings(&[]));
    let devices = [device(1, Some("Suite"), None, false)];
    let seen = traffic(&[("PC-1", passed(100, 10, 0))]);
    let known = Known { policy: &all, settings: &settings, devices: &devices, traffic: &seen };
    let number = |facts: &BTreeMap<Limit, Fact>, limit, name: &str| {
        facts[&limit].numbers.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
    };
    let found = facts(known);
    assert_eq!(number(&found, Limit::NotDecrypted, "percent"), Some(25));
    assert_eq!(number(&found, Limit::NotDecrypted, "sections"), Some(4));
    assert_eq!(number(&found, Limit::NotIdentified, "percent"), Some(10));
    assert_eq!(found[&Limit::Guests].says, "guests-read");
    assert_eq!(row(&grid(known), DeviceKind::Guest).decrypted, Decrypted::Mostly);

    // The page follows the policy: guests are left out, a section fewer is.
    let other = policy(|text| {
        text.replace("kept = [\"banking\", \"health\", ", "except-for = [\"guests\"]\nkept = [\"health\", ")
    });
    let found = facts(Known { policy: &other, ..known });
    assert_eq!(number(&found, Limit::NotDecrypted, "sections"), Some(3));
    assert_eq!(found[&Limit::Guests].says, "guests-unread");
    assert_eq!(
        row(&grid(Known { policy: &other, ..known }), DeviceKind::Guest).decrypted,
        Decrypted::Nothing
    );

    let alone = policy(|text| text.replace("\"visitor\", ", ""));
    assert_eq!(facts(Known { policy: &alone, ..known })[&Limit::Guests].says, "guests-none");

    let nothing = BTreeMap::new();
    let found = facts(Known { traffic: &nothing, ..known });
    assert_eq!(found[&Limit::NotDecrypted].says, "not-measured", "nothing is no share of nothing");
}

#[test]
fn um_11_of_pictures_it_is_told_who_searches_safely_and_never_that_they_are_looked_at() {
    let settings = settings(&[]);
    let nothing = BTreeMap::new();
    let told = |policy: &PolicyDocument| {
        let known = Known { policy, settings: &settings, devices: &[], traffic: &nothing };
        facts(known)[&Limit::Pictures].clone()
    };
    let strict = |numbers| Fact { says: "pictures", numbers };
    assert_eq!(told(&policy(str::to_owned)), strict(vec![("strict", 3), ("groups", 5), ("shut", 3)]));
    let loose =
        policy(|text| text.replace("image-search = { pupils = \"in-lessons\", ", "image-search = { "));
    assert_eq!(told(&loose), strict(vec![("strict", 3), ("groups", 5), ("shut", 0)]));
    let loose = policy(|text| {
        text.replace("search = { pupils = \"strict\", guests", "search = { pupils = \"moderate\", guests")
    });
    assert_eq!(told(&loose).numbers[0], ("strict", 0));
    // Named twice, as everybody's and as a group's own: the stricter counts, whichever comes first.
    let twice = policy(|text| {
        text.replace(
            "search = { pupils = \"strict\", guests",
            "search = { pupils = \"moderate\", upper-ks2 = \"strict\", guests",
        )
    });
    assert_eq!(told(&twice).numbers[0], ("strict", 1));
}

#[test]
fn fm_52_devices_whose_use_is_nobodys_or_several_peoples_are_told_with_the_most_of_it_first() {
    let (policy, settings) = (policy(str::to_owned), settings(&[]));
    let devices = [1, 2, 3].map(|id| device(id, None, None, false));
    let traffic = traffic(&[
        ("PC-1", passed(100, 0, 0)),
        ("PC-2", passed(40, 4, 0)),
        ("PC-3", Traffic { shared: 10, ..passed(20, 0, 0) }),
        ("10.0.9.1", passed(20, 20, 0)),
    ]);
    let known = Known { policy: &policy, settings: &settings, devices: &devices, traffic: &traffic };
    let many: Vec<&str> = of_many(known).iter().map(|(device, _)| device.name.as_str()).collect();
    assert_eq!(many, ["PC-3", "PC-2"], "each child at the first one signed in with an account of their own");
    let all = all_traffic(known);
    assert_eq!((all.requests, all.nobody, all.shared), (180, 24, 10));
}
