//! Network cards seen on the school's network (PRM-03): when each was first there, and what somebody said it is.
//!
//! Owns: that a new card waits until somebody says what it is, once. Does not: look at the network (`jobs`), or say which
//! cards are new (`policy::network_card`).

use std::net::IpAddr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::hardware::HardwareAddress;
use usher_types::ids::{DeviceId, Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::case::CaseId;
use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::device::Device;
use crate::noun::{IndexKey, Kind, Noun};
use crate::permission::PermissionId;
use crate::refusal::Refusal;

/// Addresses of one day that are kept: more than every phone in a large school.
pub const MOST_MADE_UP: usize = 2_000;

/// A school's rules for new cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CardRules {
    /// Days from the first look in which cards are written down without a notice: whatever was there before.
    pub first_days: u16,
}

impl Default for CardRules {
    fn default() -> Self {
        // A week: whoever comes on one day a week is there once.
        Self { first_days: 7 }
    }
}

/// Marks ids of cards.
#[derive(Debug)]
pub enum NetworkCardNoun {}
impl Named for NetworkCardNoun {
    const NOUN: &'static str = "network-card";
}
/// A card's id.
pub type NetworkCardId = Id<NetworkCardNoun>;

/// A network card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkCard {
    /// Its id.
    pub id: NetworkCardId,
    /// Its address.
    pub card: HardwareAddress,
    /// Where it answered first.
    pub address: IpAddr,
    /// When.
    pub at: Moment,
    /// Whether somebody has to say what it is.
    pub told: bool,
    /// What somebody said.
    pub said: Option<Said>,
}

/// What somebody said a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What.
    pub what: What,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// What a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The school's.
    Ours(DeviceId),
    /// Somebody's who has leave.
    AskedFor(PermissionId),
    /// Nobody's who has: it is looked into.
    NotOurs(CaseId),
}

impl Noun for NetworkCard {
    const KIND: Kind = Kind::NetworkCard;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = match (self.told, &self.said) {
            (_, Some(_)) => "said",
            (true, None) => "waits",
            (false, None) => "known",
        };
        vec![IndexKey::shared("state", state), IndexKey::unique("card", self.card)]
    }
}

/// Addresses of one day that no maker gave: phones and laptops make them up, so each is no news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeUp {
    /// Its id.
    pub id: Id<MadeUpNoun>,
    /// The day.
    pub day: Date,
    /// The addresses, at most [`MOST_MADE_UP`].
    pub cards: Vec<HardwareAddress>,
}

/// Marks ids of days with made-up addresses.
#[derive(Debug)]
pub enum MadeUpNoun {}
impl Named for MadeUpNoun {
    const NOUN: &'static str = "made-up";
}

impl Noun for MadeUp {
    const KIND: Kind = Kind::MadeUp;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("day", self.day)]
    }
}

/// Writes down cards that are seen for the first time, with the mails that tell of those that wait; none of no cards.
pub fn see(cards: &[NetworkCard], mails: Vec<Mail>) -> Option<Change> {
    let (first, rest) = cards.split_first()?;
    let mut change = Change::of(Action::NetworkCardsSeen, Write::of(first, Expect::New));
    change.writes.extend(rest.iter().map(|card| Write::of(card, Expect::New)));
    Some(Change { mails, ..change })
}

/// Counts made-up addresses of a day; none where all of them were counted, or the day is full.
pub fn count(
    id: Id<MadeUpNoun>,
    day: Date,
    before: Option<&Stored<MadeUp>>,
    seen: &[HardwareAddress],
) -> Option<Change> {
    let mut cards = before.map(|stored| stored.value.cards.clone()).unwrap_or_default();
    let known = cards.len();
    for card in seen {
        if cards.len() < MOST_MADE_UP && !cards.contains(card) {
            cards.push(*card);
        }
    }
    if cards.len() == known {
        return None;
    }
    let write = match before {
        Some(stored) => stored.replace(&MadeUp { cards, ..stored.value.clone() }),
        None => Write::of(&MadeUp { id, day, cards }, Expect::New),
    };
    Some(Change::of(Action::MadeUpCardsCounted, write))
}

fn said(card: &Stored<NetworkCard>, said: Said) -> Result<Change, Refusal> {
    if card.value.said.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = NetworkCard { said: Some(said), ..card.value.clone() };
    Ok(Change::of(Action::NetworkCardSaid, card.replace(&next)))
}

/// It is the school's: it goes onto the register under this name, or with the device of that name that has no card yet.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody said what it is, or the device has another card; [`Refusal::NameNeeded`].
pub fn ours(
    card: &Stored<NetworkCard>,
    (id, name): (DeviceId, &str),
    device: Option<&Stored<Device>>,
    (by, at): (PersonId, Moment),
) -> Result<Change, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let hardware = Some(card.value.card);
    let (id, write) = match device {
        Some(stored) if stored.value.hardware.is_some_and(|other| other != card.value.card) => {
            return Err(Refusal::AlreadySo);
        }
        Some(stored) => (stored.value.id, stored.replace(&Device { hardware, ..stored.value.clone() })),
        None => {
            let device = Device {
                id,
                name: name.to_owned(),
                room: None,
                address: None,
                managed: true,
                loan: None,
                hardware,
            };
            (id, Write::of(&device, Expect::New))
        }
    };
    said(card, Said { what: What::Ours(id), by, at }).map(|change| change.and(write))
}

/// Somebody has leave for it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody said what it is.
pub fn asked_for(
    card: &Stored<NetworkCard>,
    permission: PermissionId,
    (by, at): (PersonId, Moment),
) -> Result<Change, Refusal> {
    said(card, Said { what: What::AskedFor(permission), by, at })
}

/// Nobody has, and a case looks into it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody said what it is.
pub fn not_ours(
    card: &Stored<NetworkCard>,
    case: CaseId,
    (by, at): (PersonId, Moment),
) -> Result<Change, Refusal> {
    said(card, Said { what: What::NotOurs(case), by, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn card() -> Stored<NetworkCard> {
        let value = NetworkCard {
            id: Id::new(1),
            card: "3c:52:82:0a:0b:01".parse().unwrap(),
            address: "10.0.0.14".parse().unwrap(),
            at: NINE,
            told: true,
            said: None,
        };
        Stored { value, version: 1 }
    }

    #[test]
    fn prm_03_somebody_says_once_what_a_card_is_and_what_is_ours_goes_onto_the_register() {
        let by = (Id::new(10), NINE);
        assert_eq!(ours(&card(), (Id::new(5), "  "), None, by), Err(Refusal::NameNeeded));
        let change = ours(&card(), (Id::new(5), " PC-14 "), None, by).unwrap();
        let after: NetworkCard = serde_json::from_str(&change.writes[0].body).unwrap();
        let device: Device = serde_json::from_str(&change.writes[1].body).unwrap();
        assert_eq!((device.name.as_str(), device.hardware), ("PC-14", Some(after.card)));
        assert_eq!(after.said.unwrap().what, What::Ours(Id::new(5)));
        let said = Stored { value: after, version: 2 };
        assert_eq!(asked_for(&said, Id::new(3), by), Err(Refusal::AlreadySo));
        assert_eq!(not_ours(&said, Id::new(3), by), Err(Refusal::AlreadySo));
        let other = Stored {
            value: Device { hardware: "3c:52:82:0a:0b:02".parse().ok(), ..device.clone() },
            version: 1,
        };
        assert_eq!(ours(&card(), (Id::new(6), "PC-14"), Some(&other), by), Err(Refusal::AlreadySo));
        let bare = Stored { value: Device { hardware: None, ..device }, version: 1 };
        let change = ours(&card(), (Id::new(6), "PC-14"), Some(&bare), by).unwrap();
        let device: Device = serde_json::from_str(&change.writes[1].body).unwrap();
        assert_eq!((device.id, device.hardware), (Id::new(5), Some(card().value.card)), "the same device");
    }

    #[test]
    fn prm_03_made_up_addresses_are_counted_by_day_each_once_and_not_without_end() {
        let made_up =
            |number: usize| format!("da:a1:19:00:{:02x}:{:02x}", number / 256, number % 256).parse().unwrap();
        let day = date(2026, 11, 24);
        let change = count(Id::new(1), day, None, &[made_up(1), made_up(1), made_up(2)]).unwrap();
        let value: MadeUp = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(value.cards.len(), 2);
        let stored = Stored { value, version: 1 };
        assert_eq!(count(Id::new(2), day, Some(&stored), &[made_up(2)]), None);
        let many: Vec<HardwareAddress> = (0..MOST_MADE_UP + 10).map(made_up).collect();
        let change = count(Id::new(2), day, Some(&stored), &many).unwrap();
        let value: MadeUp = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(value.cards.len(), MOST_MADE_UP);
    }
}
