//! The running server: parts put together, started in order, stopped in order.
//!
//! Owns: which part is handed to which, and what must be there before anything listens.
//! Does not: decide, record or show anything itself.

mod borne_out;
pub(crate) mod clock;
mod credentials;
mod event_files;
pub(crate) mod folder;
mod ids;
mod jobs;
mod listen;
mod network;
pub(crate) mod opened;
mod pages;
mod probes;
pub(crate) mod publishing;
mod revoked;
pub(crate) mod start;
mod trust;
mod watched;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use usher_activity::spool::Spool;
use usher_certs::authority::Authority;
use usher_directory::password::Cost;
use usher_events::event::{Event, System, What};
use usher_events::sink::EventSink as _;
use usher_jobs::runner::Runner;
use usher_jobs::watch::Watch;
use usher_proxy::upstream::resolve::Overrides;
use usher_scan::search::SearchEngines;
use usher_types::clock::Clock;
use usher_types::moment::Moment;
use usher_web::app::App;

use self::folder::Held;

/// What differs between a school's server and the demonstration's.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The school's clock: what decisions, events and pages go by.
    pub(crate) clock: Arc<dyn Clock>,
    /// Names that lead to addresses of their own.
    pub(crate) overrides: Overrides,
    /// Authorities trusted besides the system's.
    pub(crate) roots: Vec<CertificateDer<'static>>,
    /// Search boxes whose words can be read.
    pub(crate) engines: SearchEngines,
    /// What a password check costs.
    pub(crate) cost: Cost,
    /// Whether pages say that this is a demonstration.
    pub(crate) demonstration: bool,
}

/// Where the server is reached.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) gateway: SocketAddr,
    pub(crate) portal: SocketAddr,
    pub(crate) desk: SocketAddr,
    pub(crate) desk_origin: String,
    pub(crate) portal_origin: String,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) addresses: Addresses,
    pub(crate) authority: Arc<Authority>,
    pub(crate) weekly: Arc<usher_jobs::weekly::WeeklyJob>,
    spool: Spool,
    stop: CancellationToken,
    listeners: TaskTracker,
    jobs: Runner,
    watch: Arc<Watch>,
    _held: Held,
}

impl Server {
    /// Stops: nothing new is taken, what is open may finish, and what was recorded is on the disk.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.listeners.close();
        self.listeners.wait().await;
        self.jobs.finished().await;
        record(&self.spool, &self.app, System::Stopped, self.app.now()).await;
        self.watch.stopped(self.app.now()).await;
        self.spool.close().await;
    }
}

/// Records something about the server itself. Traffic does not wait for it; a spool that takes nothing says so itself.
async fn record(spool: &Spool, app: &App, what: System, at: Moment) {
    match spool.reserve().await {
        Ok(place) => {
            let id = place.id();
            place.fill(Event { id, school: app.books.school(), at, what: What::System(what) });
        }
        Err(error) => tracing::warn!(%error, "the server's own event could not be recorded"),
    }
}

/// Reads certificates the school trusts besides the system's.
pub(crate) fn read_roots(files: &[impl AsRef<Path>]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for file in files.iter().map(AsRef::as_ref) {
        let fault = || format!("sites.roots: {} cannot be read", file.display());
        for certificate in CertificateDer::pem_file_iter(file).with_context(fault)? {
            roots.push(certificate.with_context(fault)?);
        }
    }
    Ok(roots)
}

/// What was tried, by name.
type Tries = tokio::sync::Mutex<BTreeMap<&'static str, usher_web::desk::probes::Tried>>;
