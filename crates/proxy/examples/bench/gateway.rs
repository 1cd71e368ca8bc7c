//! A gateway as a school runs it, but for its people and pages.

use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response, StatusCode};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use usher_activity::spool::Spool;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_events::event::{MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_lists::artefact::Artefact;
use usher_lists::category::Catalogue;
use usher_lists::library::Library;
use usher_lists::overlay::Overlay;
use usher_policy::facts::Circumstances;
use usher_policy::presence::{CredentialFault, Credentialed, Credentials, Presences};
use usher_policy::snapshot::Snapshot;
use usher_proxy::body::Body;
use usher_proxy::gateway::{Gateway, Parts};
use usher_proxy::pages::{Page, Pages, Refused};
use usher_proxy::tls::client::SiteTls;
use usher_proxy::upstream::resolve::{Overrides, Resolver};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::{PhraseList, foreign, own};
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_scanners::Nobody;
use usher_testkit::{facts, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::{EventId, Id};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

/// Serves until it is ended. Every request has its event in a real spool. Each line on its input has it open its lists
/// again and use what it opened, and is answered by a line.
pub(crate) async fn run(folder: &str, lists: &str, phrases: Option<&str>) {
    let folder = Path::new(folder);
    let now = Moment::from_unix_ms(i64::try_from(UnixTime::now().as_secs()).unwrap() * 1000);
    let master = MasterKey::load_or_make(&folder.join("master.key")).unwrap();
    let authority = Authority::load_or_make(folder, &master, "Rowan Hill Primary", now).unwrap();
    let site = CertificateDer::from_pem_file(folder.join("site.pem")).unwrap();
    let snapshot = Arc::new(arc_swap::ArcSwapOption::from_pointee(generation(lists)));
    let clock = Arc::new(HandClock::at(now));
    let (spool, _) =
        Spool::open(&folder.join("spool"), Arc::clone(&clock) as Arc<dyn usher_types::clock::Clock>).unwrap();
    let gateway = Gateway::new(Parts {
        school: Id::new(1),
        snapshot: Arc::clone(&snapshot),
        presences: Arc::new(Staff::default()),
        sink: Arc::new(spool),
        pages: Arc::new(NoPages),
        engines: SearchEngines::built_in().unwrap(),
        themes: Themes::built_in().unwrap(),
        phrases: Arc::new(arc_swap::ArcSwap::from_pointee(PhraseBook::compile(&phrase_lists(phrases)))),
        people: Arc::default(),
        scanner: Arc::new(Nobody),
        minter: Minter::new(Arc::new(authority)).unwrap(),
        site_tls: SiteTls::new(&[site]).unwrap(),
        pins: Arc::default(),
        dates: Arc::default(),
        relays: Vec::new(),
        resolver: Resolver::new(Overrides::new()),
        clock,
        certificate_clock: Arc::new(HandClock::at(now)),
    })
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tokio::spawn(take_anew(lists.to_owned(), snapshot));
    usher_proxy::listener::listen(Arc::new(gateway), listener, tokio_util::sync::CancellationToken::new())
        .await;
}

/// What a school decides by, with lists that were compiled before.
fn generation(lists: &str) -> Snapshot {
    let mut policy = snapshot::policy("classic");
    // The site has ports of its own, and its tunnels lead to a number.
    policy.rules.clear();
    policy.reach = vec!["127.0.77.0/24".parse().unwrap()];
    let table = Catalogue::ours().unwrap().table();
    let overlay = Overlay::build(Vec::new(), &table).unwrap();
    let artefact = Artefact::open(Path::new(lists)).unwrap();
    let library = Library::new(Arc::new(artefact), Arc::new(overlay), Arc::new(table)).unwrap();
    snapshot::build(policy, library, &[], &[])
}

async fn take_anew(lists: String, snapshot: Arc<arc_swap::ArcSwapOption<Snapshot>>) {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(_)) = lines.next_line().await {
        let lists = lists.clone();
        let next = tokio::task::spawn_blocking(move || generation(&lists)).await.unwrap();
        snapshot.store(Some(Arc::new(next)));
        println!("taken");
        std::io::stdout().flush().unwrap();
    }
}

/// Usher's own lists, or a folder of files in e2guardian's form.
fn phrase_lists(folder: Option<&str>) -> Vec<PhraseList> {
    let Some(folder) = folder else { return own::built_in().unwrap() };
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let bytes = std::fs::read(file.path()).unwrap();
        foreign::read(&name, &bytes, foreign::Kind::Weighted).list
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

/// One member of staff is at every device.
struct Staff(Circumstances);

impl Default for Staff {
    fn default() -> Self {
        Self(facts::at_device(facts::subject("staff")))
    }
}

impl Presences for Staff {
    fn who(&self, address: IpAddr, _at: Moment) -> Circumstances {
        let mut who = self.0.clone();
        Arc::make_mut(&mut who.device).address = address;
        who
    }

    fn with_credentials(&self, _: IpAddr, _: Credentials, _: Moment) -> Credentialed {
        Credentialed::Known(Err(CredentialFault::Wrong))
    }
}

struct NoPages;

impl NoPages {
    fn page(status: StatusCode, text: String) -> Page {
        Page { status, headers: Vec::new(), body: text.into() }
    }
}

impl Pages for NoPages {
    fn own(&self, _: Request<Body>, _: IpAddr) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(async { Response::new(Body::Empty) })
    }

    fn refusal(&self, refused: &Refused<'_>) -> Page {
        Self::page(StatusCode::FORBIDDEN, format!("{:?}", refused.decision))
    }

    fn upstream(&self, _: &Circumstances, fault: UpstreamFault, _: &WebAddress, _: EventId) -> Page {
        Self::page(StatusCode::BAD_GATEWAY, format!("{fault:?}"))
    }

    fn malformed(&self, fault: MalformedFault) -> Page {
        Self::page(StatusCode::BAD_REQUEST, format!("{fault:?}"))
    }

    fn unrecorded(&self, why: SinkClosed) -> Page {
        Self::page(StatusCode::SERVICE_UNAVAILABLE, format!("{why:?}"))
    }

    fn credentials(&self, why: &CredentialFault) -> Page {
        Self::page(StatusCode::PROXY_AUTHENTICATION_REQUIRED, format!("{why:?}"))
    }
}
