//! What a network card means that answers on the school's network (PRM-03): known, new, or an address that was made up.

use std::collections::BTreeSet;
use std::net::IpAddr;

use usher_records::device::Device;
use usher_records::network_card::CardRules;
use usher_records::permission::matter::Matter;
use usher_records::permission::{Permission, State};
use usher_types::hardware::HardwareAddress;
use usher_types::moment::Moment;
use usher_types::role::Role;

/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;

/// Who is told of a new card: the first of these that somebody holds.
pub const TOLD: [Role; 3] = [Role::Technician, Role::ComputingLead, Role::Headteacher];

/// What the cards that answered mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sorted {
    /// Cards nobody saw before, and where they answered.
    pub fresh: Vec<(HardwareAddress, IpAddr)>,
    /// Addresses that no maker gave and the register does not know.
    pub made_up: Vec<HardwareAddress>,
}

/// Sorts the cards that answered. A card is known that was seen before or is on the register; so is the card of a device
/// that the register has by its fixed address alone.
pub fn sort(
    seen: &[(HardwareAddress, IpAddr)],
    devices: &[Device],
    before: &BTreeSet<HardwareAddress>,
) -> Sorted {
    let mut sorted = Sorted::default();
    for (card, address) in seen {
        let registered = |device: &Device| match device.hardware {
            Some(hardware) => hardware == *card,
            None => device.address.is_some_and(|fixed| fixed.to_canonical() == address.to_canonical()),
        };
        if before.contains(card) || devices.iter().any(registered) {
            continue;
        }
        if card.is_made_up() {
            sorted.made_up.push(*card);
        } else if sorted.fresh.iter().all(|(known, _)| known != card) {
            sorted.fresh.push((*card, *address));
        }
    }
    sorted
}

/// Whether new cards are told of, and not only written down: after the first days of a school, which was there before.
pub const fn are_told(rules: CardRules, set_up_at: Moment, at: Moment) -> bool {
    at.seconds_since(set_up_at.plus_minutes(rules.first_days as i64 * DAY_MINUTES)) >= 0
}

/// Whether a permission may be why a card is there.
pub fn may_explain(permission: &Permission, state: State) -> bool {
    let about = matches!(
        permission.ask.matter,
        Matter::Connect | Matter::Install | Matter::OwnDevice | Matter::PupilDevice | Matter::PhoneMail
    );
    about && matches!(state, State::Open | State::Begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    fn card(text: &str) -> HardwareAddress {
        text.parse().unwrap()
    }

    fn device(id: u64, hardware: Option<&str>, address: Option<&str>) -> Device {
        Device {
            id: Id::new(id),
            name: format!("PC-{id}"),
            room: None,
            address: address.map(|text| text.parse().unwrap()),
            managed: true,
            loan: None,
            hardware: hardware.map(card),
        }
    }

    #[test]
    fn prm_03_a_card_is_new_that_neither_the_register_nor_anybody_before_knows() {
        let at = |text: &str| -> IpAddr { text.parse().unwrap() };
        let (one, two, three) = ("3c:52:82:0a:0b:01", "3c:52:82:0a:0b:02", "3c:52:82:0a:0b:03");
        let (strange, phone, virtual_machine) =
            ("3c:52:82:0a:0b:99", "da:a1:19:00:00:01", "52:54:00:00:00:01");
        let devices = [
            device(1, Some(one), None),
            device(2, None, Some("10.0.0.2")),
            device(3, Some(three), Some("10.0.0.3")),
            device(4, Some(virtual_machine), None),
        ];
        let seen = [
            (card(one), at("10.0.0.1")),
            (card(two), at("10.0.0.2")),
            // Another card at the address of a device whose card is known.
            (card(strange), at("10.0.0.3")),
            (card(strange), at("10.0.0.30")),
            (card(phone), at("10.0.0.40")),
            (card(virtual_machine), at("10.0.0.41")),
        ];
        let sorted = sort(&seen, &devices, &BTreeSet::new());
        assert_eq!(sorted.fresh, [(card(strange), at("10.0.0.3"))]);
        assert_eq!(sorted.made_up, [card(phone)]);
        assert_eq!(sort(&seen, &devices, &[card(strange)].into()).fresh, [], "seen before");
    }

    #[test]
    fn prm_03_what_was_there_in_the_first_days_is_written_down_without_a_notice() {
        let start = Moment::from_unix_ms(1_795_000_000_000);
        let rules = CardRules { first_days: 2 };
        assert!(!are_told(rules, start, start.plus_minutes(2 * DAY_MINUTES - 1)));
        assert!(are_told(rules, start, start.plus_minutes(2 * DAY_MINUTES)));
        assert!(are_told(CardRules { first_days: 0 }, start, start));
    }
}
