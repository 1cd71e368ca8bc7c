//! Network cards in the invented school: a new one that waits for the technician, and phones that made up an address.

use usher_records::change::Actor;
use usher_records::network_card::{MadeUp, NetworkCard, count, see};
use usher_store::books::Books;
use usher_types::hardware::HardwareAddress;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::{Moment, Zone};

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// A card of no maker in particular, and where it answered.
const STRANGE: (&str, [u8; 4]) = ("3c:52:82:0a:0b:99", [10, 20, 4, 77]);
/// What three phones made up.
const PHONES: [&str; 3] = ["da:a1:19:00:00:01", "da:a1:19:00:00:02", "9e:3b:44:00:00:03"];

impl DemoSchool {
    /// Puts them into books that have none. Gives how many cards wait.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_network_cards(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<MadeUp>().await?.is_empty() {
            return Ok(0);
        }
        let usher = Actor::Usher("network-cards".into());
        let (card, address) = STRANGE;
        let Ok(card) = card.parse() else { return Ok(0) };
        let id = Id::new(ids.next(at));
        let waiting = NetworkCard { id, card, address: address.into(), at, told: true, said: None };
        if let Some(change) = see(&[waiting], vec![]) {
            books.commit(&change, &usher, at).await?;
        }
        let phones: Vec<HardwareAddress> = PHONES.iter().filter_map(|text| text.parse().ok()).collect();
        if let Some(change) = count(Id::new(ids.next(at)), Zone::london().local(at).date(), None, &phones) {
            books.commit(&change, &usher, at).await?;
        }
        Ok(1)
    }
}
