//! A whole gateway on a port of its own, with a small school around it: people at addresses, lists, plain pages.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use rustls::pki_types::{CertificateDer, UnixTime};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_events::event::{Event, MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_policy::facts::{Circumstances, Subject};
use usher_policy::generation::Generation;
use usher_policy::live::Live;
use usher_policy::presence::{CredentialFault, Credentialed, Credentials, Presences};
use usher_policy::profile;
use usher_policy::snapshot::{Parts, Snapshot};
use usher_proxy::body::Body;
use usher_proxy::gateway::{self, Gateway};
use usher_proxy::icap;
use usher_proxy::limits::CONNECTIONS;
use usher_proxy::listener;
use usher_proxy::pages::{Page, Pages, Refused};
use usher_proxy::tls::client::SiteTls;
use usher_proxy::upstream::resolve::{Overrides, Resolver};
use usher_records::lesson::LessonList;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::{Effect, Phrase, PhraseList};
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_scanners::held::Held;
use usher_scanners::{Answer, Nobody, Scanner};
use usher_testkit::sink::Collected;
use usher_testkit::{facts, lists};
use usher_types::clock::HandClock;
use usher_types::digest::Digest;
use usher_types::ids::{EventId, Id};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::{events, trust};

/// Nothing in these tests takes longer, on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Where the server itself answers.
pub(crate) const ADMIN: &str = "127.0.77.9";

/// The policy tests begin with.
pub(crate) const POLICY: &str = r#"
own-hosts = ["usher.internal"]
sealed = ["illegal-images"]
reach = ["127.0.77.0/24"]

[[group]]
name = "pupils"
title = "Pupils"
kinds = ["pupil"]

[[group]]
name = "staff"
title = "Staff"
kinds = ["staff"]

[unknown]
pupils = "allow"
staff = "allow"

[content]
limits = { pupils = 100 }

[[carries]]
id = "no-programs"
why = "The technician puts programs on."
verdict = "block"
classes = ["executable", "script", "installer"]

[[carries]]
id = "no-locked-archives"
why = "Nobody can see into them."
verdict = "block"
for = ["pupils"]
states = ["locked", "unread"]

[[leaving]]
id = "no-cards"
why = "Pupils do not buy."
verdict = "hold"
for = ["pupils"]
kinds = ["card-number"]

[inspection]
except-categories = ["finance-and-banking"]
pinned-for = ["staff"]

[[category]]
name = "games"
verdict = "block"
why = "They are for home."
"#;

/// The lists tests go by.
const LISTS: [(&str, &str); 3] = [
    ("games", "games.example\nblocked.example"),
    ("finance-and-banking", "bank.example\nspliced.example"),
    ("illegal-images", "sealed.example"),
];

/// The phrases pages are read for: two of them together are over the pupils' limit.
fn phrases() -> PhraseBook {
    let phrase = |text: &str, weight| Phrase {
        parts: vec![format!(" {text} ")],
        unless: vec![],
        effect: Effect::Weighted(weight),
        category: "games".into(),
    };
    let phrases = vec![phrase("loot box", 60), phrase("boss fight", 60), phrase("maths lesson", -80)];
    PhraseBook::compile(&[PhraseList { source: "test".into(), phrases }])
}

/// A gateway and the school around it.
pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) sink: Collected,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) people: Arc<People>,
    pub(crate) site_tls: SiteTls,
    pub(crate) phrases: Arc<ArcSwap<PhraseBook>>,
    pub(crate) scanner: Arc<Stand>,
    gateway: Arc<Gateway>,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    generations: Mutex<HashMap<Digest, Arc<Snapshot>>>,
    authority: CertificateDer<'static>,
    stop: CancellationToken,
    /// Connections that may be open at once.
    pub(crate) room: Arc<Semaphore>,
    listening: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Rig {
    /// A gateway that finds these sites, `name:port`, at these addresses.
    pub(crate) async fn with(sites: &[(&str, SocketAddr)]) -> Self {
        Self::behind(&[], sites).await
    }

    /// The same behind load balancers in these networks.
    pub(crate) async fn behind(relays: &[&str], sites: &[(&str, SocketAddr)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Moment::from_unix_ms(i64::try_from(UnixTime::now().as_secs()).unwrap() * 1000);
        let master = MasterKey::load_or_make(&folder.path().join("master.key")).unwrap();
        let authority = Authority::load_or_make(folder.path(), &master, "Rowan Hill Primary", now).unwrap();
        let certificate = authority.certificate().clone();
        let (sink, clock, people) =
            (Collected::default(), Arc::new(HandClock::at(now)), Arc::new(People::default()));
        let snapshot: Arc<ArcSwapOption<Snapshot>> = Arc::default();
        let site_tls = SiteTls::new(&[trust::root()]).unwrap();
        let phrases = Arc::new(ArcSwap::from_pointee(phrases()));
        let scanner = Arc::new(Stand(Mutex::new(Arc::new(Nobody))));
        let gateway = Gateway::new(gateway::Parts {
            school: Id::new(1),
            snapshot: Arc::clone(&snapshot),
            presences: Arc::clone(&people) as Arc<dyn Presences>,
            sink: Arc::new(sink.clone()),
            pages: Arc::new(Plain),
            engines: SearchEngines::built_in().unwrap(),
            themes: Themes::built_in().unwrap(),
            phrases: Arc::clone(&phrases),
            people: Arc::default(),
            scanner: Arc::clone(&scanner) as Arc<dyn Scanner>,
            minter: Minter::new(Arc::new(authority)).unwrap(),
            site_tls: site_tls.clone(),
            pins: Arc::default(),
            dates: Arc::default(),
            relays: relays.iter().map(|network| network.parse().unwrap()).collect(),
            resolver: Resolver::new(overrides(sites)),
            clock: Arc::clone(&clock) as Arc<dyn usher_types::clock::Clock>,
            certificate_clock: Arc::new(HandClock::at(now)),
        })
        .unwrap();
        let gateway = Arc::new(gateway);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let listening =
            listener::listen_with_room(Arc::clone(&gateway), listener, stop.clone(), Arc::clone(&room));
        let listening = tokio::spawn(listening);
        let rig = Self {
            address,
            sink,
            clock,
            people,
            site_tls,
            phrases,
            scanner,
            gateway,
            snapshot,
            generations: Mutex::default(),
            authority: certificate,
            stop,
            room,
            listening,
            _folder: folder,
        };
        rig.publish(POLICY);
        rig
    }

    /// Also answers ICAP clients of these networks; gives where.
    pub(crate) async fn icap(&self, clients: &[&str]) -> SocketAddr {
        self.icap_for(clients, false).await
    }

    /// The same, for clients that may decrypt.
    pub(crate) async fn icap_for(&self, clients: &[&str], decrypt: bool) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let networks = clients.iter().map(|net| net.parse().unwrap()).collect();
        let clients = icap::Clients { networks, decrypt };
        tokio::spawn(icap::listen(Arc::clone(&self.gateway), listener, clients, self.stop.clone()));
        address
    }

    /// Takes a policy into use, as a new generation.
    pub(crate) fn publish(&self, policy: &str) {
        let mut generations = self.generations.lock().unwrap();
        let number = Digest::of(&generations.len().to_be_bytes());
        let generation = Generation { policy: number, lists: number, live: number, phrases: None };
        let library = lists::library(&LISTS, Vec::new());
        let live = Live {
            lesson_lists: lesson_lists(),
            own_addresses: vec![ADMIN.parse().unwrap()],
            ..Live::default()
        };
        let parts = Parts { school: Id::new(1), generation, library, live: &live };
        let snapshot = Arc::new(Snapshot::build(profile::policy(policy).unwrap(), parts).unwrap());
        generations.insert(snapshot.digest(), Arc::clone(&snapshot));
        self.snapshot.store(Some(snapshot));
    }

    /// The generation in force.
    pub(crate) fn digest(&self) -> Digest {
        self.snapshot.load().as_ref().unwrap().digest()
    }

    /// Whether anything but these tests holds a generation.
    pub(crate) fn is_in_use(&self, generation: Digest) -> bool {
        Arc::strong_count(&self.generations.lock().unwrap()[&generation]) > 1
    }

    /// How many generations are held by anything but these tests.
    pub(crate) fn in_use(&self) -> usize {
        self.generations.lock().unwrap().values().filter(|kept| Arc::strong_count(kept) > 1).count()
    }

    /// Takes the policy away.
    pub(crate) fn unpublish(&self) {
        self.snapshot.store(None);
    }

    /// The authority whose leafs clients are shown.
    pub(crate) fn authority(&self) -> CertificateDer<'static> {
        self.authority.clone()
    }

    /// Asks the gateway to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the gateway has stopped.
    pub(crate) async fn stopped(&mut self) {
        tokio::time::timeout(PATIENCE, &mut self.listening).await.expect("the gateway stops").unwrap();
    }

    /// Waits until there are `count` events and nothing is under way, and checks all of them.
    pub(crate) async fn events(&self, count: usize) -> Vec<Event> {
        let settled = self.sink.until(|events, open| events.len() >= count && open == 0);
        if tokio::time::timeout(PATIENCE, settled).await.is_err() {
            let events: Vec<String> = self.sink.events().iter().map(events::line).collect();
            panic!("{} places open, {count} events wanted: {events:#?}", self.sink.open_places());
        }
        let events = self.sink.events();
        let lines: Vec<String> = events.iter().map(events::line).collect();
        assert_eq!(events.len(), count, "{lines:#?}");
        assert_eq!(self.sink.given_up(), [], "no place is given up without an event: {lines:#?}");
        events::check(&events, &self.generations.lock().unwrap());
        events
    }

    /// The events, each in a line: what tests compare with.
    pub(crate) async fn lines(&self, count: usize) -> Vec<String> {
        self.events(count).await.iter().map(events::line).collect()
    }

    /// Waits until a condition on the events holds while requests may still be under way.
    pub(crate) async fn until(&self, wanted: impl FnMut(&[Event], usize) -> bool) {
        tokio::time::timeout(PATIENCE, self.sink.until(wanted)).await.expect("events as wanted");
    }
}

/// A list of pages for a lesson: `lesson.example` and nothing else.
fn lesson_lists() -> Vec<LessonList> {
    let pages = vec!["lesson.example".parse().unwrap()];
    vec![LessonList { id: Id::new(60), name: "Volcanoes".into(), group: None, pages, checked: None }]
}

fn overrides(sites: &[(&str, SocketAddr)]) -> Overrides {
    let mut overrides = Overrides::new();
    for (site, address) in sites {
        let (name, port) = site.rsplit_once(':').unwrap();
        let key = (usher_types::host::HostName::parse(name).unwrap(), port.parse().unwrap());
        overrides.insert(key, *address);
    }
    overrides
}

/// Who is where, and whose credentials are right. A Year 4 pupil is at every address nobody else is.
#[derive(Default)]
pub(crate) struct People {
    here: Mutex<HashMap<IpAddr, Circumstances>>,
    credentials: Mutex<HashMap<String, Known>>,
}

/// What becomes of credentials.
#[derive(Clone)]
pub(crate) enum Known {
    AtOnce(Result<Subject, CredentialFault>),
    /// When the gate opens.
    Later(Arc<Notify>, Result<Subject, CredentialFault>),
}

impl People {
    /// Somebody is at an address now: `pupil.y4`, `staff`, `nobody`.
    pub(crate) fn arrive(&self, address: &str, name: &str) {
        self.place(address, facts::at_device(facts::subject(name)));
    }

    /// Those circumstances are at an address now.
    pub(crate) fn place(&self, address: &str, who: Circumstances) {
        self.here.lock().unwrap().insert(address.parse().unwrap(), who);
    }

    /// What becomes of credentials with this user name.
    pub(crate) fn knows(&self, username: &str, known: Known) {
        self.credentials.lock().unwrap().insert(username.to_owned(), known);
    }
}

impl Presences for People {
    fn who(&self, address: IpAddr, _at: Moment) -> Circumstances {
        let here = self.here.lock().unwrap().get(&address).cloned();
        let mut who = here.unwrap_or_else(|| facts::at_device(facts::subject("pupil.y4")));
        Arc::make_mut(&mut who.device).address = address;
        who
    }

    fn with_credentials(&self, address: IpAddr, credentials: Credentials, at: Moment) -> Credentialed {
        let known = self.credentials.lock().unwrap().get(&credentials.username).cloned();
        let here = self.who(address, at);
        let circumstances =
            |subject: Subject| Circumstances { subject: Arc::new(subject), lesson: None, ..here.clone() };
        match known.unwrap_or(Known::AtOnce(Err(CredentialFault::Wrong))) {
            Known::AtOnce(answer) => Credentialed::Known(answer.map(circumstances)),
            Known::Later(gate, answer) => {
                let answer = answer.map(circumstances);
                Credentialed::Checking(Box::pin(async move {
                    gate.notified().await;
                    answer
                }))
            }
        }
    }
}

/// Where a scanner stands, which tests change. Nobody looks unless one says otherwise.
#[derive(Debug)]
pub(crate) struct Stand(pub(crate) Mutex<Arc<dyn Scanner>>);

impl Scanner for Stand {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        let scanner = Arc::clone(&self.0.lock().unwrap());
        Box::pin(async move { scanner.scan(file).await })
    }
}

/// Pages that say what they are for.
struct Plain;

fn plain(status: StatusCode, text: String) -> Page {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Page { status, headers: vec![kind], body: text.into() }
}

impl Pages for Plain {
    fn own(
        &self,
        request: Request<Body>,
        from: IpAddr,
    ) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            if parts.uri.path() == "/live" {
                let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
                sender.send(bytes::Bytes::from_static(b"data: hello\n\n")).unwrap();
                let live = LivePage { receiver, _sender: sender };
                return Response::new(Body::other(live));
            }
            let body = body.collect().await.map(|body| body.to_bytes().len()).unwrap_or_default();
            let text = format!("own page {} {} from {from}, {body} bytes", parts.method, parts.uri);
            Response::new(Body::full(text))
        })
    }

    fn refusal(&self, refused: &Refused<'_>) -> Page {
        let text = format!("refused: {:?} {}", refused.decision.reason, refused.address);
        plain(StatusCode::FORBIDDEN, text)
    }

    fn upstream(
        &self,
        _who: &Circumstances,
        fault: UpstreamFault,
        address: &WebAddress,
        _event: EventId,
    ) -> Page {
        plain(StatusCode::BAD_GATEWAY, format!("upstream: {fault:?} {address}"))
    }

    fn malformed(&self, fault: MalformedFault) -> Page {
        plain(StatusCode::BAD_REQUEST, format!("malformed: {fault:?}"))
    }

    fn unrecorded(&self, why: SinkClosed) -> Page {
        plain(StatusCode::SERVICE_UNAVAILABLE, format!("unrecorded: {why:?}"))
    }

    fn credentials(&self, why: &CredentialFault) -> Page {
        plain(StatusCode::PROXY_AUTHENTICATION_REQUIRED, format!("credentials: {why:?}"))
    }
}

/// A page that stays open.
struct LivePage {
    receiver: tokio::sync::mpsc::UnboundedReceiver<bytes::Bytes>,
    _sender: tokio::sync::mpsc::UnboundedSender<bytes::Bytes>,
}

impl http_body::Body for LivePage {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        self.receiver.poll_recv(context).map(|piece| piece.map(|piece| Ok(http_body::Frame::data(piece))))
    }
}
