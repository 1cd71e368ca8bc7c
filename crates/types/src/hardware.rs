//! The address of a network card (IEEE 802, EUI-48).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The bit that says that somebody chose the address and no maker gave it.
const LOCAL: u8 = 0b10;
/// The bit that says that it is the address of many.
const GROUP: u8 = 0b01;

/// An address of one network card, written `02:1a:4b:00:00:01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HardwareAddress([u8; 6]);

/// It is no address of one card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a network card")]
pub struct NotHardware;

impl HardwareAddress {
    /// Whether no maker gave it: phones and laptops make one up for each network, and anew after a while.
    pub const fn is_made_up(self) -> bool {
        let [first, ..] = self.0;
        first & LOCAL != 0
    }
}

impl FromStr for HardwareAddress {
    type Err = NotHardware;

    fn from_str(text: &str) -> Result<Self, NotHardware> {
        let mut bytes = [0; 6];
        let mut parts = text.split([':', '-']);
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2).ok_or(NotHardware)?;
            // `from_str_radix` takes a sign, which no address has.
            if !part.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(NotHardware);
            }
            *byte = u8::from_str_radix(part, 16).map_err(|_odd| NotHardware)?;
        }
        let [first, ..] = bytes;
        if parts.next().is_some() || bytes == [0; 6] || first & GROUP != 0 {
            return Err(NotHardware);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl TryFrom<String> for HardwareAddress {
    type Error = NotHardware;

    fn try_from(text: String) -> Result<Self, NotHardware> {
        text.parse()
    }
}

impl From<HardwareAddress> for String {
    fn from(address: HardwareAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_one_card_is_read_however_it_is_written_and_nothing_else_is() {
        let card: HardwareAddress = "3C-52-82-0A-0b-01".parse().unwrap();
        assert_eq!(card.to_string(), "3c:52:82:0a:0b:01");
        assert!(!card.is_made_up());
        assert!("da:a1:19:00:00:01".parse::<HardwareAddress>().unwrap().is_made_up());
        let odd = [
            "",
            "00:00:00:00:00:00",
            "ff:ff:ff:ff:ff:ff",
            "01:00:5e:00:00:01",
            "3c:52:82:0a:0b",
            "+c:52:82:0a:0b:01",
            "3c:52:82:0a:0b:01:02",
        ];
        for odd in odd {
            assert_eq!(odd.parse::<HardwareAddress>(), Err(NotHardware), "{odd}");
        }
    }
}
