//! The kernel's table of neighbours: any text is read, and what is read is a card of one machine.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_network::neighbours;
use usher_types::hardware::HardwareAddress;

fuzz_target!(|text: &str| {
    for neighbour in neighbours::read(text) {
        let printed = neighbour.card.to_string();
        assert_eq!(printed.parse::<HardwareAddress>(), Ok(neighbour.card), "{printed}");
    }
});
