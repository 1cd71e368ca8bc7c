//! Nothing is connected but what is provided (PRM-03): whoever answers on this machine's network segment is compared with the
//! device register, and a card nobody knows is told to the technician once.
//!
//! Only IPv4 neighbours of the machine Usher runs on are seen, and only on Linux: what is behind a router has the router's
//! card. Each server looks at its own segment.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_network::neighbours;
use usher_policy::network_card::{Sorted, TOLD, are_told, sort};
use usher_records::change::{Actor, Change, Mail};
use usher_records::device::Device;
use usher_records::network_card::{MadeUp, NetworkCard, count, see};
use usher_records::person::Person;
use usher_records::school::School;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::hardware::HardwareAddress;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::readers::holders;
use crate::runner::{Job, JobFault};

/// Cards written down in one look; the next look takes the next. A mail that names more says nothing.
const MOST_AT_ONCE: usize = 50;

/// The table of those who answer on the machine's network segment, as Linux writes it in `/proc/net/arp`.
pub trait NeighbourTable: std::fmt::Debug + Send + Sync {
    /// Its text; none where the machine keeps none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn text(&self) -> std::io::Result<Option<String>>;
}

/// The table in a file.
#[derive(Debug, Clone)]
pub struct TableFile(pub PathBuf);

impl NeighbourTable for TableFile {
    fn text(&self) -> std::io::Result<Option<String>> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Looks.
#[derive(Debug)]
pub struct NetworkCards {
    /// The school's books.
    pub books: Books,
    /// The table.
    pub table: Arc<dyn NeighbourTable>,
    /// The words of mails.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
}

#[async_trait]
impl Job for NetworkCards {
    fn name(&self) -> &'static str {
        "network-cards"
    }

    fn every(&self) -> Duration {
        // The kernel forgets a neighbour that is silent after about a minute.
        Duration::from_secs(30)
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let table = Arc::clone(&self.table);
        let text = tokio::task::spawn_blocking(move || table.text()).await;
        let text = text.map_err(|error| JobFault::Other(error.to_string()))?;
        let text = text.map_err(|error| JobFault::Other(format!("the table of neighbours: {error}")))?;
        let Some(text) = text else { return Ok(()) };
        let seen: Vec<(HardwareAddress, IpAddr)> =
            neighbours::read(&text).into_iter().map(|one| (one.card, one.address.into())).collect();
        let devices = self.books.values::<Device>().await?;
        let before: BTreeSet<HardwareAddress> =
            self.books.values::<NetworkCard>().await?.into_iter().map(|card| card.card).collect();
        let sorted = sort(&seen, &devices, &before);
        let school = usher_directory::books::school(&self.books).await?;
        self.fresh(&school, &sorted, at).await?;
        self.made_up(&school, &sorted, at).await
    }
}

impl NetworkCards {
    async fn fresh(&self, school: &School, sorted: &Sorted, at: Moment) -> Result<(), JobFault> {
        let told = are_told(school.settings.network_cards, school.set_up_at, at);
        let card = |(card, address): &(HardwareAddress, IpAddr)| NetworkCard {
            id: Id::new(self.ids.next(at)),
            card: *card,
            address: *address,
            at,
            told,
            said: None,
        };
        let cards: Vec<NetworkCard> = sorted.fresh.iter().take(MOST_AT_ONCE).map(card).collect();
        let mails = if told { self.mails(school, &cards, at).await? } else { Vec::new() };
        match see(&cards, mails) {
            Some(change) => self.commit(&change, at).await,
            None => Ok(()),
        }
    }

    async fn made_up(&self, school: &School, sorted: &Sorted, at: Moment) -> Result<(), JobFault> {
        let day = school.zone.local(at).date();
        let before = self.books.find_one::<MadeUp>("day", day).await?;
        match count(Id::new(self.ids.next(at)), day, before.as_ref(), &sorted.made_up) {
            Some(change) => self.commit(&change, at).await,
            None => Ok(()),
        }
    }

    async fn mails(&self, school: &School, cards: &[NetworkCard], at: Moment) -> Result<Vec<Mail>, JobFault> {
        let mut readers: Vec<Person> = Vec::new();
        for role in TOLD {
            if readers.is_empty() {
                readers = holders(&self.books, &[role], &school.zone, at).await?;
            }
        }
        let line = |card: &NetworkCard| format!("{}  {}", card.card, card.address);
        let lines: Vec<String> = cards.iter().map(line).collect();
        let values = [
            ("count", Value::from(i64::try_from(cards.len()).unwrap_or(i64::MAX))),
            ("cards", Value::from(lines.join("\n"))),
            ("link", Value::from(format!("{}/network-cards", self.desk_origin))),
        ];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let mail = |reader: &Person| Mail {
            to: reader.id.into(),
            subject: say("card-mail-subject"),
            text: format!("{}\n", say("card-mail-text")),
            attachment: None,
        };
        Ok(readers.iter().map(mail).collect())
    }

    async fn commit(&self, change: &Change, at: Moment) -> Result<(), JobFault> {
        match self.books.commit(change, &Actor::Usher(self.name().into()), at).await {
            // Another server wrote the same card or day in the same instant; the next look finds what is left.
            Ok(_) | Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
