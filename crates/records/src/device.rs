//! Devices of the school: those it knows by their network address, and those it lends.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::hardware::HardwareAddress;
use usher_types::ids::{DeviceId, PersonId};
use usher_types::moment::Moment;

use crate::noun::{IndexKey, Kind, Noun};

/// A computer or tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What is written on it: `PC-14`.
    pub name: String,
    /// Where it stands; none for what is carried about.
    pub room: Option<String>,
    /// The address it has on the school's network, where that is fixed.
    pub address: Option<IpAddr>,
    /// Whether the school looks after it.
    pub managed: bool,
    /// Who has it, where it is lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loan: Option<Loan>,
    /// Its network card, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<HardwareAddress>,
}

/// A device in somebody's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// In whose.
    pub to: PersonId,
    /// Who lent it.
    pub by: PersonId,
    /// Since when.
    pub at: Moment,
}

impl Noun for Device {
    const KIND: Kind = Kind::Device;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::unique("name", &self.name)];
        keys.extend(self.loan.iter().map(|loan| IndexKey::shared("lent-to", loan.to)));
        keys.extend(self.address.iter().map(|address| IndexKey::unique("address", address)));
        keys.extend(self.hardware.iter().map(|card| IndexKey::unique("hardware", card)));
        keys
    }
}
