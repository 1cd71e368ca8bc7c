//! Who is on the network segment of this machine: the kernel's table of neighbours, read.
//!
//! Owns: reading the text of `/proc/net/arp` (Linux, IPv4; proc_net(5)). Does not: get the text, or know whose a card is.

use std::net::Ipv4Addr;

use usher_types::hardware::HardwareAddress;

/// Lines read at most: the kernel keeps no more than 1 024 by default (`gc_thresh3`), and a school that raised it has this many.
const MOST_LINES: usize = 16_384;
/// The kernel's mark of an entry that was answered (`ATF_COM`).
const COMPLETE: u32 = 0x2;

/// A network card that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbour {
    /// The card.
    pub card: HardwareAddress,
    /// Where it answered.
    pub address: Ipv4Addr,
}

/// The neighbours in such a text. What was asked and did not answer, and lines that are none, are passed over.
pub fn read(text: &str) -> Vec<Neighbour> {
    text.lines().skip(1).take(MOST_LINES).filter_map(line).collect()
}

/// `IP address  HW type  Flags  HW address  Mask  Device`.
fn line(line: &str) -> Option<Neighbour> {
    let mut words = line.split_whitespace();
    let address = words.next()?.parse().ok()?;
    let _kind = words.next()?;
    let flags = u32::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    let card = words.next()?.parse().ok()?;
    (flags & COMPLETE != 0).then_some(Neighbour { card, address })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prm_03_the_kernels_table_gives_the_cards_that_answered() {
        let text = "IP address       HW type     Flags       HW address            Mask     Device\n\
                    10.0.0.14        0x1         0x2         3c:52:82:0a:0b:01     *        eth0\n\
                    10.0.0.15        0x1         0x0         00:00:00:00:00:00     *        eth0\n\
                    10.0.0.16        0x1         0x6         3c:52:82:0a:0b:02     *        eth0\n\
                    nonsense\n";
        let found: Vec<String> =
            read(text).iter().map(|one| format!("{} {}", one.address, one.card)).collect();
        assert_eq!(found, ["10.0.0.14 3c:52:82:0a:0b:01", "10.0.0.16 3c:52:82:0a:0b:02"]);
        assert!(read("").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,400}") {
            let _found = read(&format!("head\n{text}"));
        }
    }
}
