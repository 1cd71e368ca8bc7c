//! Starting: the order matters. Events can be recorded before anything happens; a snapshot is in use before anything
//! listens; whoever was signed in still is.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use usher_activity::spool::Spool;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_certs::token_key::TokenKeys;
use usher_config::config::{Config, IcapServer};
use usher_detect::files;
use usher_detect::queue::{Counts, Queue};
use usher_directory::books::open_sessions;
use usher_directory::password::Passwords;
use usher_directory::sign_in::SignIn;
use usher_events::event::System;
use usher_events::sink::EventSink;
use usher_jobs::alerts;
use usher_jobs::feeds::Feeds;
use usher_jobs::follow::{Follow, Names, load_devices, load_lessons, load_names};
use usher_jobs::watch::{self, Heartbeat, Watch};
use usher_ledger::tally::Tally;
use usher_network::credentials::Presence;
use usher_network::table::Table;
use usher_policy::snapshot::Snapshot;
use usher_proxy::dates::Dates;
use usher_proxy::gateway::{self, Gateway};
use usher_proxy::icap::Clients;
use usher_proxy::tls::client::SiteTls;
use usher_proxy::tls::pins::Pins;
use usher_proxy::upstream::resolve::Resolver;
use usher_publish::feeds::fetch::{Fetcher, Limits};
use usher_publish::publisher::Publisher;
use usher_records::school::School;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own;
use usher_scan::theme::Themes;
use usher_scanners::settings as scanners;
use usher_types::host::Host;
use usher_types::moment::Moment;
use usher_typeset::typesetter::Typesetter;
use usher_web::app::{self, App, Places};
use usher_web::desk::Desk;
use usher_web::desk::reading::Reader;
use usher_web::live::{Live, Note};
use usher_web::security::asking::Asking;
use usher_web::security::key::PageKey;
use usher_words::Words;

use super::borne_out::BorneOut;
use super::clock::SystemClock;
use super::credentials::BySignIn;
use super::event_files::EventFiles;
use super::network::{host_of, own_addresses};
use super::opened::Opened;
use super::pages::AppPages;
use super::probes::Running;
use super::publishing::{ForJobs, ForPages, Publishing};
use super::revoked::Revoked;
use super::trust::Trust;
use super::watched::{Listening, Watched};
use super::{Addresses, Server, Setting, Tries, jobs, listen, record};

/// Sockets, bound before their addresses are told to anybody.
struct Listeners {
    gateway: TcpListener,
    portal: TcpListener,
    desk: TcpListener,
    /// Where another proxy asks, if one does.
    icap: Option<TcpListener>,
}

impl Listeners {
    async fn bind(opened: &Opened) -> anyhow::Result<Self> {
        let config = &opened.config;
        Ok(Self {
            gateway: bind("gateway.listen", config.gateway_listen).await?,
            portal: bind("portal.listen", config.portal_listen).await?,
            desk: bind("desk.listen", config.desk_listen).await?,
            icap: match &config.icap {
                Some(icap) => Some(bind("icap.listen", icap.listen).await?),
                None => None,
            },
        })
    }

    fn addresses(&self, opened: &Opened, own: &[std::net::IpAddr]) -> anyhow::Result<Addresses> {
        let (config, desk) = (&opened.config, self.desk.local_addr()?);
        let scheme = if config.desk_encrypted { "https" } else { "http" };
        let host = host_of(config.desk_name.as_ref(), desk, own);
        Ok(Addresses {
            gateway: self.gateway.local_addr()?,
            portal: self.portal.local_addr()?,
            desk,
            desk_origin: format!("{scheme}://{host}:{}", desk.port()),
            portal_origin: format!("https://{}", config.portal_name),
        })
    }
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} ({key}); is another program there? Choose another port")
    })
}

/// Starts a server. Comes back when it listens.
pub(crate) async fn start(opened: Opened, setting: Setting) -> anyhow::Result<Server> {
    let held = opened.folder.hold()?;
    raise_open_files();
    let books = opened.books.clone();
    let school = books.get::<School, _>(books.school()).await?.context("no school is set up here")?.value;
    let own = own_addresses().context("this machine's addresses cannot be read")?;
    let listeners = Listeners::bind(&opened).await?;
    let addresses = listeners.addresses(&opened, &own)?;
    let authority = Arc::new(opened.authority(&school.name)?);
    let (site_tls, revoked) = trust(&opened, &setting)?;
    let clock = Arc::clone(&setting.clock);
    let at = clock.now();

    let (spool, recovered) = Spool::open(&opened.folder.spool(), Arc::clone(&clock))?;
    let sink: Arc<dyn EventSink> = Arc::new(spool.clone());
    let snapshot: Arc<ArcSwapOption<Snapshot>> = Arc::default();
    let phrases = Arc::new(ArcSwap::from_pointee(PhraseBook::compile(&own::built_in()?)));
    let publishing = build_publishing(&opened, &setting, (&snapshot, &phrases), &sink, own)?;
    let (table, pins, dates) = (Arc::new(Table::new()), Arc::<Pins>::default(), Arc::<Dates>::default());
    let names = Names::default();
    // From here on whatever others write is noticed; what is written already is read below.
    let republish = Arc::new(ForJobs(Arc::clone(&publishing)));
    let refresh = Arc::clone(&republish);
    let follow = Follow::from_now(books.clone(), Arc::clone(&table), republish, Arc::clone(&names)).await?;
    publishing.take(at).await.context("the policy cannot be taken into use, so nothing listens")?;
    ensure_portal_is_own(&opened, snapshot.load_full().as_deref())?;
    fill(&table, &opened, &school, at).await?;
    load_names(&opened.books, &names).await?;

    let (reader, reading) = start_reader(&opened).unzip();
    let trust_events = Trust::named(opened.config.trust.as_ref(), &school.zone)?;
    let app = build_app(Built {
        reading,
        trust: trust_events.clone(),
        opened: &opened,
        setting: &setting,
        addresses: &addresses,
        authority: &authority,
        table: Arc::clone(&table),
        spool: spool.clone(),
        snapshot: Arc::clone(&snapshot),
        publishing,
        pins: Arc::clone(&pins),
        dates: Arc::clone(&dates),
    })?;
    record_start(&spool, &app, recovered.cut_bytes, at).await;

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let borne_out = Arc::new(BorneOut::by(Arc::clone(&dates)));
    let made = Made { site_tls, pins, dates, sink: Arc::clone(&sink), people: names, phrases };
    let gateway = build_gateway(&app, setting, &authority, made, &opened.config)?;
    let (watched, listening) = Watched::new(spool.clone(), stop.clone());
    let watch = Arc::new(keep_watch(&opened, &app, sink, watched));
    let Listeners { gateway: gateway_listener, portal, desk, icap } = listeners;
    tasks.spawn(answer_icap(Arc::clone(&gateway), icap.zip(opened.config.icap.clone()), stop.clone()));
    tasks.spawn(serve_gateway(gateway, gateway_listener, listening, stop.clone()));
    tasks.spawn(listen::serve(portal, None, usher_web::routes::portal(&app), stop.clone()));
    let tls = desk_tls(&opened, &addresses, &authority)?;
    tasks.spawn(listen::serve(desk, tls, usher_web::routes::desk(&app), stop.clone()));
    tasks.spawn(tell_live(spool.clone(), app.live.clone(), stop.clone()));
    let (jobs, weekly) = jobs::start(&opened, &app, follow, reader, stop.clone())?;
    jobs.start(Arc::new(Feeds { refresh, stop: stop.clone() }));
    let copy = trust_events.as_ref().map(|trust| Arc::clone(&trust.far));
    EventFiles::start(&opened.folder, school.zone.clone(), &jobs, (&app, copy), borne_out)?;
    if let Some(trust) = &trust_events {
        trust.start(&opened.folder.spool(), app.books.clone(), &jobs)?;
    }
    if let Some(revoked) = revoked {
        jobs.start(Arc::new(revoked));
    }
    jobs.start(Arc::clone(&watch) as Arc<dyn usher_jobs::runner::Job>);
    Ok(Server { app, addresses, authority, weekly, spool, stop, listeners: tasks, jobs, watch, _held: held })
}

/// Notes that the server started, and what a crash left torn.
async fn record_start(spool: &Spool, app: &App, cut_bytes: u64, at: Moment) {
    record(spool, app, System::Started { version: env!("CARGO_PKG_VERSION").into() }, at).await;
    if cut_bytes > 0 {
        record(spool, app, System::SpoolRecovered { cut_bytes }, at).await;
    }
}

/// The program that reads searches past the words of lists, where it was fetched: the queue in front of it, its name
/// and what it did. Without it word lists read, and health says so.
fn start_reader(opened: &Opened) -> Option<(alerts::Reader, (String, Arc<Counts>))> {
    let folder = opened.folder.model();
    if !files::are_there(&folder) {
        return None;
    }
    match Queue::start(folder) {
        Ok(queue) => {
            let reading = (format!("{} {}", files::NAME, queue.version()), queue.counts());
            Some((queue, reading))
        }
        Err(fault) => {
            tracing::error!(%fault, "searches are read by word lists alone");
            None
        }
    }
}

/// Trust in sites, and what is taken back of it.
fn trust(opened: &Opened, setting: &Setting) -> anyhow::Result<(SiteTls, Option<Revoked>)> {
    let site_tls = SiteTls::new(&setting.roots)?;
    let folder = opened.config.revoked.as_deref();
    let revoked = folder.map(|folder| Revoked::start(folder, site_tls.clone())).transpose()?;
    Ok((site_tls, revoked))
}

/// A portal that is not Usher's own by the policy could not be reached by anybody who is not signed in yet.
fn ensure_portal_is_own(opened: &Opened, snapshot: Option<&Snapshot>) -> anyhow::Result<()> {
    let portal = Host::Name(opened.config.portal_name.clone());
    anyhow::ensure!(
        snapshot.is_some_and(|snapshot| snapshot.is_own(&portal)),
        "portal.name is {portal}, and the policy in force does not have it among its own-hosts; change one of them back"
    );
    Ok(())
}

/// Answers other proxies, if there are some.
async fn answer_icap(
    gateway: Arc<Gateway>,
    icap: Option<(TcpListener, IcapServer)>,
    stop: CancellationToken,
) {
    if let Some((listener, settings)) = icap {
        let clients = Clients { networks: settings.clients, decrypt: settings.decrypts };
        usher_proxy::icap::listen(gateway, listener, clients, stop).await;
    }
}

fn build_publishing(
    opened: &Opened,
    setting: &Setting,
    (snapshot, phrases): (&Arc<ArcSwapOption<Snapshot>>, &Arc<ArcSwap<PhraseBook>>),
    sink: &Arc<dyn EventSink>,
    own: Vec<std::net::IpAddr>,
) -> anyhow::Result<Arc<Publishing>> {
    let (books, lists, sink) = (opened.books.clone(), Arc::clone(&opened.lists), Arc::clone(sink));
    let publisher = Publisher::new(
        books.clone(),
        Arc::clone(&lists),
        Arc::clone(snapshot),
        Arc::clone(phrases),
        Arc::clone(&sink),
        own,
    );
    let fetcher = Fetcher::new(&setting.roots, Limits::default()).context("lists cannot be fetched")?;
    Ok(Publishing::new(publisher, books, lists, fetcher, sink))
}

/// The desk's own certificate, where it is encrypted here and not before it.
fn desk_tls(
    opened: &Opened,
    addresses: &Addresses,
    authority: &Arc<Authority>,
) -> anyhow::Result<Option<tokio_rustls::TlsAcceptor>> {
    if !opened.config.desk_encrypted {
        return Ok(None);
    }
    let host = host_of(opened.config.desk_name.as_ref(), addresses.desk, &own_addresses()?);
    let minter = Minter::new(Arc::clone(authority))?;
    Ok(Some(listen::desk_tls(minter, host, Arc::new(SystemClock))?))
}

/// Files a busy gateway has open: two sockets for each of its connections, and some.
const OPEN_FILES: u64 = 42_000;

/// Raises the limit of open files as far as the system lets a process raise its own.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    if limit.maximum.is_some_and(|most| most < OPEN_FILES) {
        tracing::warn!(
            most = limit.maximum,
            wanted = OPEN_FILES,
            "few files may be open at a time: set LimitNOFILE for the service"
        );
    }
}

/// Who is signed in, the lessons that are open and the devices that are known, as they were when the server stopped.
async fn fill(table: &Table, opened: &Opened, school: &School, at: Moment) -> anyhow::Result<()> {
    load_devices(&opened.books, table).await?;
    load_lessons(&opened.books, table, at).await?;
    for (session, subject) in open_sessions(&opened.books, school, at).await? {
        table.sign_in(session, subject);
    }
    Ok(())
}

/// What the web app is built from.
struct Built<'a> {
    reading: Option<(String, Arc<Counts>)>,
    trust: Option<Trust>,
    opened: &'a Opened,
    setting: &'a Setting,
    addresses: &'a Addresses,
    authority: &'a Arc<Authority>,
    table: Arc<Table>,
    spool: Spool,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    publishing: Arc<Publishing>,
    pins: Arc<Pins>,
    dates: Arc<Dates>,
}

fn build_app(built: Built<'_>) -> anyhow::Result<App> {
    let Built {
        reading,
        trust,
        opened,
        setting,
        addresses,
        authority,
        table,
        spool,
        snapshot,
        publishing,
        pins,
        dates,
    } = built;
    let (books, config) = (opened.books.clone(), &opened.config);
    let sink: Arc<dyn EventSink> = Arc::new(spool.clone());
    let passwords = Passwords::new(setting.cost)?;
    let sign_in = SignIn::new(books.clone(), passwords, Arc::clone(&opened.ids), sink);
    let (presence_key, page_key) = (fresh_key()?, fresh_key()?);
    let check = Arc::new(BySignIn(sign_in.clone()));
    let probes = Running {
        gateway: reached(addresses.gateway),
        portal: config.portal_name.clone(),
        data: opened.folder.path().to_owned(),
        files: opened.folder.activity(),
        books: books.clone(),
        authority: Arc::clone(authority),
        pins,
        dates,
        reading,
        trust,
        kept: Tries::default(),
    };
    let gateway_name = config.gateway_name.as_ref().unwrap_or(&config.portal_name);
    Ok(App::new(app::Parts {
        sign_in,
        presence: Arc::new(Presence::new(Arc::clone(&table), check, presence_key)),
        table,
        snapshot,
        publisher: Arc::new(ForPages(Arc::clone(&publishing))),
        activity: Arc::new(opened.activity()),
        tally: Tally::new(books.clone(), Arc::new(opened.activity())),
        spool,
        live: Live::default(),
        desk: Desk {
            // The program that runs, even where another lies in its place since.
            reader: Reader::child("/proc/self/exe".into()),
            ..Desk::new(
                Arc::new(ForPages(Arc::clone(&publishing))),
                Arc::new(probes),
                Arc::new(ForPages(publishing)),
            )
        },
        typesetter: Arc::new(Typesetter::new(usher_web::assets::typeset_fonts())?),
        words: Arc::new(Words::english()?),
        clock: Arc::clone(&setting.clock),
        ids: Arc::clone(&opened.ids),
        key: PageKey::new(&page_key),
        vault: Arc::new(MasterKey::load_or_make(&opened.folder.master_key())?),
        token_keys: TokenKeys::at(opened.folder.path()),
        asking: Asking::default(),
        places: Places {
            portal_origin: addresses.portal_origin.clone(),
            desk_origin: addresses.desk_origin.clone(),
            proxy: format!("{gateway_name}:{}", addresses.gateway.port()),
            authority_pem: authority.pem().to_owned(),
            demonstration: setting.demonstration,
        },
        books,
    }))
}

/// A key that lasts until the server stops.
fn fresh_key() -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    Ok(key)
}

/// The address to reach a listener at from this machine.
fn reached(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        std::net::IpAddr::V6(ip) if ip.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

/// What of the gateway was made before it, because others have it too.
struct Made {
    site_tls: SiteTls,
    pins: Arc<Pins>,
    dates: Arc<Dates>,
    sink: Arc<dyn EventSink>,
    people: Names,
    phrases: Arc<ArcSwap<PhraseBook>>,
}

fn build_gateway(
    app: &App,
    setting: Setting,
    authority: &Arc<Authority>,
    made: Made,
    config: &Config,
) -> anyhow::Result<Arc<Gateway>> {
    let pages = AppPages { app: app.clone(), portal: usher_web::routes::portal(app) };
    let scanner = scanners::from_settings(&config.scanners)?.scanner;
    let parts = gateway::Parts {
        school: app.books.school(),
        snapshot: Arc::clone(&app.snapshot),
        presences: Arc::clone(&app.presence) as Arc<dyn usher_policy::presence::Presences>,
        sink: made.sink,
        pages: Arc::new(pages),
        engines: setting.engines,
        themes: Themes::built_in()?,
        phrases: made.phrases,
        people: made.people,
        scanner,
        minter: Minter::new(Arc::clone(authority))?,
        site_tls: made.site_tls,
        pins: made.pins,
        dates: made.dates,
        relays: config.gateway_relays.clone(),
        resolver: Resolver::new(setting.overrides),
        clock: setting.clock,
        certificate_clock: Arc::new(SystemClock),
    };
    Ok(Arc::new(Gateway::new(parts)?))
}

/// The watch over the filter, from the last sign of life before this start.
fn keep_watch(opened: &Opened, app: &App, sink: Arc<dyn EventSink>, watched: Watched) -> Watch {
    let heartbeat = Heartbeat(opened.folder.heartbeat());
    let before = heartbeat.last().unwrap_or_else(|error| {
        tracing::warn!(%error, "the last sign of life cannot be read, so a gap before this start is not told");
        None
    });
    let tools = watch::Tools {
        books: app.books.clone(),
        sink,
        traffic: Arc::new(watched),
        heartbeat,
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        desk_origin: app.places.desk_origin.clone(),
    };
    Watch::new(tools, before)
}

/// Live pages hear of events as they are recorded.
async fn tell_live(spool: Spool, live: Live, stop: CancellationToken) {
    use tokio::sync::broadcast::error::RecvError;
    let mut events = spool.live();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = stop.cancelled() => return,
        };
        match event {
            Ok(event) => live.tell(Note::Recorded(event)),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Answers as the gateway; the watch is told when it ends.
async fn serve_gateway(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    listening: Listening,
    stop: CancellationToken,
) {
    let _listening = listening;
    usher_proxy::listener::listen(gateway, listener, stop).await;
}
