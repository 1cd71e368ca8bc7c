//! A card for each body outside of the school that letters, disclosures and reports go to (EXT-10). One a body; what it
//! says now is what the next letter uses. Does not: send anything.

use serde::{Deserialize, Serialize};
use usher_types::email::EmailAddress;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of contact cards.
#[derive(Debug)]
pub enum CardNoun {}
impl Named for CardNoun {
    const NOUN: &'static str = "contact card";
}
/// A card's id.
pub type CardId = Id<CardNoun>;

/// A body outside of the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The internet provider.
    Provider,
    /// The local authority, or the trust where it stands in its place.
    Authority,
    /// The trust's or authority's human resources.
    HumanResources,
    /// The police.
    Police,
    /// Social services.
    SocialServices,
    /// Technicians from outside.
    Technicians,
    /// The insurer.
    Insurer,
    /// The local authority's designated officer (LADO).
    DesignatedOfficer,
    /// The Prevent partnership.
    Prevent,
}

impl Body {
    /// Every body, in the order lists show them.
    pub const ALL: [Self; 9] = [
        Self::Provider,
        Self::Authority,
        Self::HumanResources,
        Self::Police,
        Self::SocialServices,
        Self::Technicians,
        Self::Insurer,
        Self::DesignatedOfficer,
        Self::Prevent,
    ];

    /// Its name in files, forms and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Authority => "authority",
            Self::HumanResources => "human-resources",
            Self::Police => "police",
            Self::SocialServices => "social-services",
            Self::Technicians => "technicians",
            Self::Insurer => "insurer",
            Self::DesignatedOfficer => "designated-officer",
            Self::Prevent => "prevent",
        }
    }

    /// The body with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|body| body.name() == name)
    }
}

/// What a card says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// What it is called: `Rowanshire Council, online safety`.
    pub name: String,
    /// Its mail address.
    pub mail: Option<EmailAddress>,
    /// Its telephone.
    pub phone: String,
    /// Where it is.
    pub address: String,
    /// Anything else: a reference, hours.
    pub note: String,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// Of which body.
    pub body: Body,
    /// What it says.
    pub reach: Reach,
    /// Who wrote it last, and when.
    pub saved: (PersonId, Moment),
}

impl Noun for Card {
    const KIND: Kind = Kind::ContactCard;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("body", self.body.name())]
    }
}

/// Writes a card, or writes it anew. The journal keeps what it said before.
///
/// # Errors
/// [`Refusal::NameNeeded`] without a name; [`Refusal::AlreadySo`] when it says nothing new.
pub fn save(card: Card, before: Option<&Stored<Card>>) -> Result<Change, Refusal> {
    if card.reach.name.trim().is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let write = match before {
        Some(before) if before.value.reach == card.reach => return Err(Refusal::AlreadySo),
        Some(before) => before.replace(&Card { id: before.value.id, ..card }),
        None => Write::of(&card, Expect::New),
    };
    Ok(Change::of(Action::ContactSaved, write))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str) -> Card {
        let reach = Reach { name: name.into(), ..Reach::default() };
        Card { id: Id::new(1), body: Body::Police, reach, saved: (Id::new(7), Moment::from_unix_ms(0)) }
    }

    #[test]
    fn a_card_has_a_name_and_is_written_anew_under_the_same_id() {
        assert_eq!(save(card(" "), None), Err(Refusal::NameNeeded));
        let first = save(card("Rowanshire Police"), None).unwrap();
        assert_eq!(first.writes[0].expect, Expect::New);
        let stored = Stored { value: card("Rowanshire Police"), version: 1 };
        assert_eq!(save(card("Rowanshire Police"), Some(&stored)), Err(Refusal::AlreadySo));
        let next = Card { id: Id::new(2), ..card("Rowanshire Police, schools") };
        let change = save(next, Some(&stored)).unwrap();
        assert_eq!((change.writes[0].id, change.writes[0].expect), (1, Expect::Version(1)));
        for body in Body::ALL {
            assert_eq!(Body::named(body.name()), Some(body));
        }
    }
}
