//! Any scanner that speaks ICAP (RFC 3507): the file is shown to it as a web response it may change, and what it would
//! change or refuse was found.
//!
//! Owns: asking, with a preview where the server wants one, and what its answers mean. Does not: take over anything the
//! server made of the file. A page it sends instead is not shown; the school's own is.
//!
//! It is told neither who asked nor for what address: a file is all it needs to see.

pub mod answer;
mod wire;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;
use usher_config::scanners::IcapPlace;
use usher_scan::features::{Malware, ScanFailure};

use crate::held::Held;
use crate::patience::{Asking, Ended};
use crate::{Answer, Scanner, name};
use answer::Head;
use wire::{Heard, Wire};

/// The most files sent at once: c-icap's default for one of its processes.
pub const MOST_AT_ONCE: usize = 10;
/// How long a connection that nobody uses is kept. Servers close them after 15 to 60 seconds.
const IDLE: Duration = Duration::from_secs(10);
/// How long options hold where the server does not say.
const OPTIONS_LIFE: Duration = Duration::from_secs(600);
/// The longest that options hold, whatever the server says: one that was changed is noticed the same day.
const LONGEST_OPTIONS_LIFE: Duration = Duration::from_secs(3600);
/// The largest preview sent, whatever the server wants. It must be a part of what is sent anyway.
const LARGEST_PREVIEW_BYTES: u64 = 1 << 20;
/// What a find is called when the server changed the file and does not say why.
const CHANGED: &str = "refused by the scanner";

/// An ICAP service.
#[derive(Debug)]
pub struct Icap {
    place: IcapPlace,
    asking: Asking,
    idle: Mutex<Vec<(Wire, Instant)>>,
    options: Mutex<Option<Options>>,
    /// What it knew when it last answered, by its mark.
    istag: AtomicU64,
}

/// What the server wants.
#[derive(Debug, Clone, Copy)]
struct Options {
    preview: Option<u64>,
    until: Instant,
}

impl Icap {
    /// An ICAP service; `most` is how long one file may take.
    pub fn new(place: IcapPlace, most: Duration) -> Self {
        Self {
            place,
            asking: Asking::new(MOST_AT_ONCE, most),
            idle: Mutex::new(Vec::new()),
            options: Mutex::new(None),
            istag: AtomicU64::new(0),
        }
    }

    /// One attempt: on a connection that is open, and if that was closed meanwhile, on a new one.
    async fn attempt(&self, file: &Held) -> Result<Malware, Ended> {
        let options = self.options().await?;
        if let Some(wire) = self.open().await {
            match self.exchange(wire, file, options).await {
                Err(Ended::Away) => {}
                answered => return answered,
            }
        }
        self.exchange(self.connect().await?, file, options).await
    }

    async fn exchange(&self, mut wire: Wire, file: &Held, options: Options) -> Result<Malware, Ended> {
        let heard = wire.respmod(&self.place.uri, file, options.preview).await?;
        self.note(&heard.head);
        // Bodies are read only where they may be the file's own; after any other, the connection is of no more use.
        let is_read = heard.same == Some(true) || heard.head.parts.is_none_or(|parts| !parts.body);
        if heard.all_sent && is_read && !heard.head.close && wire.is_quiet() {
            self.keep(wire).await;
        }
        self.meaning(&heard)
    }

    fn meaning(&self, heard: &Heard) -> Result<Malware, Ended> {
        let head = &heard.head;
        if let Some(threat) = &head.threat {
            return Ok(Malware::Found(name::clean(threat)));
        }
        let failure = match (head.status, heard.same) {
            // Nothing to change, or sent back as it was.
            (204, _) | (200, Some(true)) => return Ok(Malware::Clean),
            (200, Some(false)) => return Ok(Malware::Found(CHANGED.to_owned())),
            // Overloaded: come again.
            (503, _) => return Err(Ended::Away),
            (408, _) => ScanFailure::Slow,
            (413, _) => ScanFailure::TooLarge,
            _ => ScanFailure::Refused,
        };
        tracing::warn!(
            status = head.status,
            service = self.place.uri,
            "the ICAP service would not take a file"
        );
        Ok(Malware::Failed(failure))
    }

    /// What the server wants, asked anew when it is out of date.
    async fn options(&self) -> Result<Options, Ended> {
        let mut known = self.options.lock().await;
        if let Some(options) = known.filter(|options| options.until > Instant::now()) {
            return Ok(options);
        }
        let mut wire = self.connect().await?;
        let head = wire.options(&self.place.uri).await?;
        match head.status {
            200 => {}
            503 => return Err(Ended::Away),
            status => {
                tracing::warn!(
                    status,
                    service = self.place.uri,
                    "the ICAP service does not say what it wants"
                );
                return Err(Ended::Odd);
            }
        }
        self.note(&head);
        let life = head.options_life.unwrap_or(OPTIONS_LIFE).min(LONGEST_OPTIONS_LIFE);
        let preview = head.preview.map(|bytes| bytes.min(LARGEST_PREVIEW_BYTES));
        let options = Options { preview, until: Instant::now() + life };
        *known = Some(options);
        if !head.close && head.parts.is_none_or(|parts| !parts.body) && wire.is_quiet() {
            self.keep(wire).await;
        }
        Ok(options)
    }

    fn note(&self, head: &Head) {
        if let Some(istag) = &head.istag {
            let mut hasher = DefaultHasher::new();
            istag.hash(&mut hasher);
            self.istag.store(hasher.finish(), Ordering::Relaxed);
        }
    }

    /// A connection that was kept, if one is still young.
    async fn open(&self) -> Option<Wire> {
        let mut idle = self.idle.lock().await;
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop().map(|(wire, _)| wire)
    }

    async fn keep(&self, wire: Wire) {
        let mut idle = self.idle.lock().await;
        if idle.len() < MOST_AT_ONCE {
            idle.push((wire, Instant::now()));
        }
    }

    async fn connect(&self) -> Result<Wire, Ended> {
        Wire::connect(&self.place.place).await.map_err(|_nobody| Ended::Away)
    }
}

impl Scanner for Icap {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        Box::pin(self.asking.ask(std::future::ready(()), move || self.attempt(file)))
    }

    fn generation(&self) -> u64 {
        self.istag.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
