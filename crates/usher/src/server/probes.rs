//! What the health page shows is tried, not read from the configuration.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use usher_activity::spool::SpoolFault;
use usher_activity::store::reach;
use usher_certs::authority::Authority;
use usher_detect::queue::Counts;
use usher_proxy::dates::Dates;
use usher_proxy::tls::pins::Pins;
use usher_store::books::Books;
use usher_types::clock::Clock as _;
use usher_types::host::HostName;
use usher_types::moment::Moment;
use usher_web::desk::probes::{Found, Probes, Tried};

use super::clock::SystemClock;
use super::trust::Trust;

/// What was tried is shown again for this long, so that a page that is loaded often tries nothing often.
const KEPT_SECONDS: i64 = 60;
/// Refusals of the school's certificate are told for a day.
const DAY_MINUTES: i64 = 24 * 60;
/// The gateway answers its own pages in milliseconds; somebody waits for the page this is for.
const GATEWAY_TIME: Duration = Duration::from_secs(3);

/// Tries the running parts.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) gateway: SocketAddr,
    pub(crate) portal: HostName,
    pub(crate) data: PathBuf,
    pub(crate) files: PathBuf,
    pub(crate) books: Books,
    pub(crate) authority: Arc<Authority>,
    pub(crate) pins: Arc<Pins>,
    pub(crate) dates: Arc<Dates>,
    /// What reads searches past the words of lists: its name, and what it did.
    pub(crate) reading: Option<(String, Arc<Counts>)>,
    /// The trust's store of events.
    pub(crate) trust: Option<Trust>,
    pub(crate) kept: Mutex<BTreeMap<&'static str, Tried>>,
}

#[async_trait]
impl Probes for Running {
    async fn try_all(&self, at: Moment) -> Vec<Tried> {
        let mut kept = self.kept.lock().await;
        kept.retain(|_, tried| at.seconds_since(tried.at) < KEPT_SECONDS);
        if !kept.contains_key("gateway") {
            let answered = tokio::time::timeout(GATEWAY_TIME, self.own_page()).await;
            let answered = matches!(answered, Ok(Ok(true)));
            kept.insert("gateway", Tried { at, found: Found::Gateway { answered } });
        }
        if let Some(found) = self.disk() {
            kept.insert("disk", Tried { at, found });
        }
        if let Ok(outbox) = self.books.store().outbox(self.books.school()).await {
            let (waiting, failing, oldest) = (outbox.waiting, outbox.failing, outbox.oldest);
            kept.insert("outbox", Tried { at, found: Found::Outbox { waiting, failing, oldest } });
        }
        let (fingerprint, until) = (self.authority.fingerprint(), self.authority.until());
        kept.insert("authority", Tried { at, found: Found::Authority { fingerprint, until } });
        let sites = self.pins.refused_since(at.plus_minutes(-DAY_MINUTES)).into_iter().collect();
        // The sites' clocks are beside the wall's, also where a demonstration plays another day.
        let ahead_ms = self.dates.ahead_ms(SystemClock.now());
        kept.insert("clock", Tried { at, found: Found::Clock { ahead_ms } });
        let count = |of: fn(&Counts) -> u64| self.reading.as_ref().map_or(0, |(_, counts)| of(counts));
        let found = Found::Reading {
            program: self.reading.as_ref().map(|(program, _)| program.clone()),
            read: count(Counts::read),
            missed: count(Counts::not_looked_at).saturating_add(count(Counts::failed)),
        };
        kept.insert("reading", Tried { at, found });
        if let Some(found) = self.files() {
            kept.insert("files", Tried { at, found });
        }
        if let Some(trust) = &self.trust {
            let standing = *trust.standing.lock().unwrap_or_else(PoisonError::into_inner);
            let (segments, since) = (standing.waiting.segments, standing.waiting.since);
            let failing = standing.failures > 0;
            if let Some(at) = standing.tried {
                kept.insert("trust", Tried { at, found: Found::Trust { segments, since, failing } });
            }
        }
        kept.insert("refusals", Tried { at, found: Found::Refusals { sites } });
        kept.values().cloned().collect()
    }
}

impl Running {
    /// Whether the gateway answers with one of Usher's own pages.
    async fn own_page(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(self.gateway).await?;
        let portal = &self.portal;
        let ask =
            format!("GET http://{portal}/proxy.pac HTTP/1.1\r\nhost: {portal}\r\nconnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        Ok(answer.starts_with(b"HTTP/1.1 200 "))
    }

    fn files(&self) -> Option<Found> {
        match reach(&self.files) {
            Ok(reach) => Some(Found::Files { reach: Some(reach) }),
            Err(SpoolFault::Damaged { .. }) => Some(Found::Files { reach: None }),
            Err(_) => None,
        }
    }

    fn disk(&self) -> Option<Found> {
        let disk = rustix::fs::statvfs(&self.data).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Some(Found::Disk { free_bytes: bytes(disk.f_bavail), total_bytes: bytes(disk.f_blocks) })
    }
}
