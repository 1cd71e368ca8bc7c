//! What every connection of the gateway works with.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use usher_certs::leaf::Minter;
use usher_events::sink::{EventSink, Place, SinkClosed};
use usher_policy::facts::Circumstances;
use usher_policy::presence::Presences;
use usher_policy::snapshot::Snapshot;
use usher_scan::features::Features;
use usher_scan::personal::PersonalBook;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_scanners::Scanner;
use usher_types::clock::Clock;
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::dates::Dates;
use crate::limits::{HELD_PER_CLIENT, HELD_TOTAL_MIB, LOOKUPS_PER_CLIENT, REQUESTS_PER_CLIENT};
use crate::pages::Pages;
use crate::shares::Shares;
use crate::tls::client::{SiteTls, TrustFault};
use crate::tls::pins::Pins;
use crate::tls::server::ClientTls;
use crate::upstream::pool::Pool;
use crate::upstream::resolve::Resolver;

/// What the gateway is made of.
pub struct Parts {
    /// Whose.
    pub school: SchoolId,
    /// What decisions are made with. None before the first; without one the gateway does not listen.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// Who is at which address.
    pub presences: Arc<dyn Presences>,
    /// Where events go.
    pub sink: Arc<dyn EventSink>,
    /// The pages it shows.
    pub pages: Arc<dyn Pages>,
    /// Search boxes whose words can be read.
    pub engines: SearchEngines,
    /// Themes of concern.
    pub themes: Themes,
    /// Phrases that pages are read for; a new book takes its place as one pointer.
    pub phrases: Arc<ArcSwap<PhraseBook>>,
    /// The school's people as what leaves is searched for them.
    pub people: Arc<ArcSwap<PersonalBook>>,
    /// Whoever looks for malware.
    pub scanner: Arc<dyn Scanner>,
    /// Certificates for inspected sites.
    pub minter: Minter,
    /// Trust in sites.
    pub site_tls: SiteTls,
    /// What devices said of the school's certificate.
    pub pins: Arc<Pins>,
    /// What sites say the time is.
    pub dates: Arc<Dates>,
    /// Networks of load balancers, whose connections begin with a PROXY header.
    pub relays: Vec<IpNet>,
    /// Names to addresses.
    pub resolver: Resolver,
    /// Now, as the school's day goes: decisions and events.
    pub clock: Arc<dyn Clock>,
    /// Now on the wall. Clients check certificates against it, also where a demonstration plays another day.
    pub certificate_clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("school", &self.school).finish_non_exhaustive()
    }
}

/// The gateway.
pub struct Gateway {
    pub(crate) parts: Parts,
    pub(crate) client_tls: ClientTls,
    pub(crate) pool: Pool,
    /// Requests that hold a place for their event.
    pub(crate) requests: Arc<Shares>,
    /// Names that are asked for.
    pub(crate) lookups: Arc<Shares>,
    /// What held downloads may take of the disk, one permit a MiB.
    pub(crate) held: Arc<Semaphore>,
    /// Clients' shares of downloads held at once.
    pub(crate) holding: Arc<Shares>,
    /// Downloads that may be looked into at once.
    pub(crate) looking: Semaphore,
    /// Pulled when the time to end in an orderly way is over: whatever is open then is cut off.
    pub(crate) cut: CancellationToken,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("school", &self.parts.school).finish_non_exhaustive()
    }
}

impl Gateway {
    /// A gateway of these parts.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(parts: Parts) -> Result<Self, TrustFault> {
        Ok(Self {
            parts,
            client_tls: ClientTls::new()?,
            pool: Pool::default(),
            requests: Shares::of(REQUESTS_PER_CLIENT),
            lookups: Shares::of(LOOKUPS_PER_CLIENT),
            held: Arc::new(Semaphore::new(HELD_TOTAL_MIB)),
            holding: Shares::of(HELD_PER_CLIENT),
            looking: Semaphore::new(
                std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
            ),
            cut: CancellationToken::new(),
        })
    }

    pub(crate) fn now(&self) -> Moment {
        self.parts.clock.now()
    }

    /// A place for an event. Where the sink is full, it is waited for.
    ///
    /// # Errors
    /// When no event can be written.
    pub(crate) async fn place(&self) -> Result<Place, SinkClosed> {
        match self.parts.sink.try_reserve() {
            Err(SinkClosed::Busy) => self.parts.sink.reserve().await,
            place => place,
        }
    }

    /// The snapshot in force now. A request keeps the one it began with: its recording asks.
    pub(crate) fn snapshot(&self) -> Guard<Option<Arc<Snapshot>>> {
        self.parts.snapshot.load()
    }

    /// The phrases pages are read for now. A request keeps those it began with.
    pub(crate) fn book(&self) -> Arc<PhraseBook> {
        self.parts.phrases.load_full()
    }

    /// Who is at an address.
    pub(crate) fn who(&self, address: IpAddr, at: Moment) -> Circumstances {
        self.parts.presences.who(address, at)
    }

    /// What an address says by itself: search words, themes.
    pub(crate) fn features(&self, address: &WebAddress) -> Features {
        Features::read(address, &self.parts.engines, &self.parts.themes)
    }
}
