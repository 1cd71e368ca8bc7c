//! A gateway as a school runs it, but for its people and pages.

use std::collections::HashMap;
use std::io::Write;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response, StatusCode};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use tokio::net::TcpListener;
use usher_activity::spool::Spool;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_events::event::{MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_policy::facts::Circumstances;
use usher_policy::presence::{CredentialFault, Credentialed, Credentials, Presences};
use usher_proxy::body::Body;
use usher_proxy::gateway::{Gateway, Parts};
use usher_proxy::pages::{Page, Pages, Refused};
use usher_proxy::tls::client::SiteTls;
use usher_proxy::upstream::resolve::{Overrides, Resolver};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own;
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_scanners::Nobody;
use usher_testkit::{facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::{EventId, Id};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::SPLICED;

/// Serves until it is ended. Every request has its event in a real spool.
pub(crate) async fn run(folder: &str, domains: &str) {
    let folder = std::path::Path::new(folder);
    let now = Moment::from_unix_ms(i64::try_from(UnixTime::now().as_secs()).unwrap() * 1000);
    let master = MasterKey::load_or_make(&folder.join("master.key")).unwrap();
    let authority = Authority::load_or_make(folder, &master, "Rowan Hill Primary", now).unwrap();
    let site = CertificateDer::from_pem_file(folder.join("site.pem")).unwrap();
    let mut policy = snapshot::policy("classic");
    // The site has ports of its own, and its tunnels lead to a number.
    policy.rules.clear();
    policy.reach = vec!["127.0.77.0/24".parse().unwrap()];
    let games = std::fs::read_to_string(domains).unwrap();
    // A tunnel is opened unread only where all its names may be: the number it leads to and the name in its hello.
    let spliced = format!("{SPLICED}\n127.0.77.1");
    let library = lists::library(&[("games", &games), ("finance-and-banking", &spliced)], Vec::new());
    let snapshot = snapshot::build(policy, library, &[], &[]);
    let clock = Arc::new(HandClock::at(now));
    let (spool, _) =
        Spool::open(&folder.join("spool"), Arc::clone(&clock) as Arc<dyn usher_types::clock::Clock>).unwrap();
    let gateway = Gateway::new(Parts {
        school: Id::new(1),
        snapshot: Arc::new(arc_swap::ArcSwapOption::from_pointee(snapshot)),
        presences: Arc::new(Staff::default()),
        sink: Arc::new(spool),
        pages: Arc::new(NoPages),
        engines: SearchEngines::built_in().unwrap(),
        themes: Themes::built_in().unwrap(),
        phrases: Arc::new(arc_swap::ArcSwap::from_pointee(PhraseBook::compile(&own::built_in().unwrap()))),
        people: Arc::default(),
        scanner: Arc::new(Nobody),
        minter: Minter::new(Arc::new(authority)).unwrap(),
        site_tls: SiteTls::new(&[site]).unwrap(),
        pins: Arc::default(),
        relays: Vec::new(),
        resolver: Resolver::new(Overrides::new()),
        clock,
        certificate_clock: Arc::new(HandClock::at(now)),
    })
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    usher_proxy::listener::listen(Arc::new(gateway), listener, tokio_util::sync::CancellationToken::new())
        .await;
}

/// One member of staff is at every device.
struct Staff(HashMap<IpAddr, Circumstances>);

impl Default for Staff {
    fn default() -> Self {
        let mut who = facts::at_device(facts::subject("staff"));
        let here = [127, 0, 0, 1].into();
        Arc::make_mut(&mut who.device).address = here;
        Self(HashMap::from([(here, who)]))
    }
}

impl Presences for Staff {
    fn who(&self, address: IpAddr, _at: Moment) -> Circumstances {
        self.0[&address].clone()
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
