//! The plan in words: every word is written, and says what is so.

use std::collections::BTreeMap;

use jiff::civil::date;
use usher_policy::profile;
use usher_records::account::Username;
use usher_records::device::Device;
use usher_records::monitoring::{Answer, Software};
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};

use super::*;
use crate::document::{self, Letterhead};

const TODAY: Date = date(2026, 11, 24);

fn plan() -> Plan {
    let mut plan = Plan::empty(Id::new(9), Id::new(4), Moment::from_unix_ms(1_795_000_000_000));
    let software = Software { product: "ScreenCare".into(), whose: "Bought by the trust".into() };
    plan.watched.push(Watched {
        place: Place::Room("Suite".into()),
        in_person: Some("The teacher walks round".into()),
        web_log: true,
        device: Some(software),
    });
    let answer = |limit, again| Answer {
        limit,
        what: "Laptops stay in the trolley".into(),
        who: Role::SafeguardingLead,
        again,
    };
    plan.answers = vec![answer(Limit::Shared, date(2026, 11, 23)), answer(Limit::OffSite, date(2027, 6, 1))];
    plan
}

fn with(check: impl Fn(&Teller<'_>, Known<'_>)) {
    let (words, zone) = (Words::english().unwrap(), Zone::london());
    let policy = profile::policy(profile::STARTING_POLICY).unwrap();
    let settings = profile::built_in("numbered").unwrap().unwrap().settings;
    let device = Device {
        id: Id::new(1),
        name: "PC-1".into(),
        room: Some("Suite".into()),
        address: None,
        managed: true,
        loan: None,
        hardware: None,
    };
    let traffic = Traffic { last: Some(TODAY), requests: 200, unread: 50, nobody: 4, shared: 20, guests: 0 };
    let traffic = BTreeMap::from([("PC-1".to_owned(), traffic)]);
    let account = |id: u64, username: &str, owner| Account {
        id: Id::new(id),
        username: Username::parse(username).unwrap(),
        owner,
        password: None,
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state: State::Open,
    };
    let accounts = [
        account(1, "reception", Owner::YearGroup(Year::RECEPTION)),
        account(2, "ada.bell", Owner::Person(Id::new(71))),
    ];
    let teller = Teller { words: &words, zone: &zone, today: TODAY, groups: &[], accounts: &accounts };
    check(&teller, Known { policy: &policy, settings: &settings, devices: &[device], traffic: &traffic });
}

#[test]
fn fm_45_the_plan_says_of_each_place_which_ways_are_used_and_of_which_nothing_is_said() {
    with(|teller, known| {
        let places =
            [Place::Room("Suite".into()), Place::Year(Year::RECEPTION), Place::Kind(PersonKind::Staff)];
        let told = teller.told(Some(&plan()), &places, known);
        let names: Vec<(&str, bool)> =
            told.places.iter().map(|place| (place.name.as_str(), place.said)).collect();
        assert_eq!(names, [("Suite", true), ("Reception", false), ("Staff", false)]);
        let ways = told.places[0].ways.clone().map(Option::unwrap);
        assert_eq!(ways[0], "The teacher walks round");
        assert!(ways[1].contains("Usher") && ways[2].contains("ScreenCare"), "{ways:?}");
        assert!(told.usher.contains("web log") && told.usher.contains("never"), "{}", told.usher);
    });
}

#[test]
fn fm_44_each_limit_has_its_answer_or_says_that_it_has_none() {
    with(|teller, known| {
        let told = teller.told(Some(&plan()), &[], known);
        let answered =
            |limit| told.limits.iter().find(|told| told.limit == limit).and_then(|told| told.answer.clone());
        assert_eq!(told.limits.len(), Limit::ALL.len());
        assert!(answered(Limit::Shared).is_some_and(|answer| answer.overdue));
        assert!(answered(Limit::OffSite).is_some_and(|answer| !answer.overdue));
        assert_eq!(answered(Limit::Pictures), None);
        let nothing = teller.told(None, &[], known);
        assert!(nothing.changed.is_none() && nothing.limits.iter().all(|limit| limit.answer.is_none()));
    });
}

#[test]
fn um_06_the_grid_says_how_much_is_read_and_known_and_when_a_device_was_last_there() {
    with(|teller, known| {
        let grid = teller.told(None, &[], known).grid;
        let managed = &grid[0];
        assert!(managed.decrypted.contains("25%"), "{}", managed.decrypted);
        assert!(
            managed.identified.contains("2%") && managed.identified.contains("10%"),
            "{}",
            managed.identified
        );
        let own = grid.iter().find(|row| row.name.contains("own")).unwrap();
        assert!(own.devices.contains("None"), "{}", own.devices);
        assert_eq!(teller.last(Some(date(2026, 11, 12))), "Not seen since 12 November 2026");
        assert!(teller.last(None).contains("92"));
    });
}

#[test]
fn every_word_of_the_plan_is_written() {
    with(|teller, known| {
        let policy = profile::policy(
            &profile::STARTING_POLICY.replace("[inspection]", "[inspection]\nexcept-for = [\"guests\"]"),
        );
        let mut settings = known.settings.clone();
        settings.off_site.tunnels = vec!["10.9.0.0/16".parse().unwrap()];
        let other = Known {
            policy: &policy.unwrap(),
            settings: &settings,
            devices: &[],
            traffic: &BTreeMap::from([("10.9.0.1".to_owned(), Traffic::default())]),
        };
        let head = Letterhead { school: "Rowan Hill", zone: teller.zone, words: teller.words };
        for known in [known, other] {
            let told = teller.told(Some(&plan()), &[Place::Year(Year::RECEPTION)], known);
            let paper = String::from_utf8(document::monitoring(&head, &told).files[0].1.clone()).unwrap();
            let all = format!("{told:?}{paper}");
            assert!(!all.contains('⟨'), "{}", all.split('⟨').nth(1).unwrap_or_default());
        }
        for says in [
            "own-connection-never",
            "own-connection-by-permit",
            "own-connection-guest-network",
            "unattended",
            "unattended-quiet",
        ] {
            assert!(!teller.fact(&Fact { says, numbers: vec![] }).contains('⟨'), "{says}");
        }
    });
}

#[test]
fn fm_52_accounts_of_several_people_and_devices_used_by_many_are_listed_with_how_much_is_nobodys() {
    with(|teller, known| {
        let told = teller.told(None, &[], known);
        assert_eq!(told.accounts.len(), 1, "an account of one person is none of them: {:?}", told.accounts);
        assert_eq!(told.accounts[0].0, "reception");
        assert!(told.accounts[0].1.contains("Reception"), "{:?}", told.accounts);
        assert_eq!(told.of_many.len(), 1);
        assert!(told.of_many[0].1.contains("2%") && told.of_many[0].1.contains("10%"), "{:?}", told.of_many);
        assert_eq!(told.untold, told.of_many[0].1);
    });
}
