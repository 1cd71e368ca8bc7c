//! Rooms, devices, and which address each person's device has on the invented school's network.
//!
//! The network lies in 127.0.0.0/8, so that every device can be played on one machine: pupils and the computer suite in
//! 127.1.0.0/16, adults in 127.2.0.0/16.

use std::net::{IpAddr, Ipv4Addr};

use usher_records::device::Device;
use usher_types::ids::Id;

use crate::school::{CLASS_SIZE, CLASSES, Numbers, class_name};

/// Where the computers with fixed places stand.
pub const SUITE: &str = "Computer suite";

/// Computers in the suite: one for each child of a class.
pub const SUITE_SEATS: u8 = 30;

/// Tablets on the school's list, two a class.
const TABLETS_A_CLASS: u8 = 2;

/// Laptops for adults.
const LAPTOPS: u8 = 32;

/// The address of a computer in the suite; seats count from 1 to [`SUITE_SEATS`].
pub const fn suite_address(seat: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 1, 1, seat))
}

/// The address of the tablet a child uses in class: a network for each class, a number for each child, both from 0.
pub(super) fn tablet_address(class: usize, place: usize) -> IpAddr {
    let class = u8::try_from(class % CLASSES).unwrap_or(0);
    let place = u8::try_from(place % CLASS_SIZE).unwrap_or(0);
    IpAddr::V4(Ipv4Addr::new(127, 1, 10 + class, 1 + place))
}

/// The address of an adult's laptop or own device, by their place in the list of adults, from 0.
pub(super) fn adult_address(place: usize) -> IpAddr {
    let [high, low] = u16::try_from(place + 1).unwrap_or(u16::MAX).to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, 2, high, low))
}

/// The room a class is in.
pub(super) fn room(class: usize) -> String {
    format!("Room {}", class + 1)
}

/// The devices on the school's list: thirty in the suite, two tablets for each class, and the adults' laptops.
pub(super) fn devices(numbers: &mut Numbers) -> Vec<Device> {
    let mut devices = Vec::new();
    let mut add = |name: String, room: Option<String>, address: IpAddr| {
        devices.push(Device {
            id: Id::new(numbers.next()),
            name,
            room,
            address: Some(address),
            managed: true,
            loan: None,
            hardware: None,
        });
    };
    for seat in 1..=SUITE_SEATS {
        add(format!("PC-{seat:02}"), Some(SUITE.into()), suite_address(seat));
    }
    for class in 0..CLASSES {
        for tablet in 0..TABLETS_A_CLASS {
            let name = format!("TAB-{}-{}", class_name(class), tablet + 1);
            add(name, Some(room(class)), tablet_address(class, usize::from(tablet)));
        }
    }
    for laptop in 0..LAPTOPS {
        add(format!("LAP-{:02}", laptop + 1), None, adult_address(usize::from(laptop)));
    }
    devices
}
