//! The player plays a small week through a gateway that only forwards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use usher_demo::play::act::{Act, Opening, Place, Purpose, What};
use usher_demo::play::plan::plan;
use usher_demo::play::player::{Pace, Player};
use usher_demo::play::stage::{Declined, Stage};
use usher_demo::play::tally::{Ending, Stopped};
use usher_demo::school::{DemoSchool, USUAL_SEED, USUAL_WEEK};
use usher_demo::sites::Sites;
use usher_types::ids::{GroupId, PersonId};
use usher_types::moment::Moment;

type Hosts = Arc<BTreeMap<String, (SocketAddr, SocketAddr)>>;
type Peers = Arc<Mutex<BTreeSet<IpAddr>>>;

/// Starts a forward proxy that knows the sites and nothing else.
async fn gateway(sites: &Sites) -> (SocketAddr, Peers) {
    let hosts = sites.hosts.iter().map(|host| (host.name.to_string(), (host.http, host.https)));
    let hosts: Hosts = Arc::new(hosts.collect());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peers = Peers::default();
    let seen = Arc::clone(&peers);
    tokio::spawn(async move {
        loop {
            let (stream, peer) = listener.accept().await.unwrap();
            seen.lock().unwrap().insert(peer.ip());
            let hosts = Arc::clone(&hosts);
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let hosts = Arc::clone(&hosts);
                    async move { Ok::<_, Infallible>(forward(&hosts, request).await) }
                });
                let serving =
                    server::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
                drop(serving.await);
            });
        }
    });
    (address, peers)
}

fn answer(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"from the gateway")));
    *response.status_mut() = status;
    response
}

async fn forward(hosts: &Hosts, mut request: Request<Incoming>) -> Response<Full<Bytes>> {
    let name = request.uri().host().unwrap_or_default().to_owned();
    let Some(&(http, https)) = hosts.get(&name) else { return answer(StatusCode::BAD_GATEWAY) };
    if request.method() == Method::CONNECT {
        let mut upstream = TcpStream::connect(https).await.unwrap();
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut downstream = TokioIo::new(upgraded.await.unwrap());
            drop(tokio::io::copy_bidirectional(&mut downstream, &mut upstream).await);
        });
        return answer(StatusCode::OK);
    }
    let stream = TcpStream::connect(http).await.unwrap();
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let path = request.uri().path_and_query().unwrap().to_string();
    *request.uri_mut() = path.parse().unwrap();
    request.headers_mut().remove("upgrade");
    request.headers_mut().remove("connection");
    let Ok(response) = sender.send_request(request).await else { return answer(StatusCode::BAD_GATEWAY) };
    let (head, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return answer(StatusCode::BAD_GATEWAY) };
    let mut response = answer(head.status);
    *response.body_mut() = Full::new(body.to_bytes());
    response
}

/// A stage that only writes down what it is asked.
#[derive(Default)]
struct Written {
    clock: Mutex<Moment>,
    signed_in: Mutex<BTreeMap<IpAddr, PersonId>>,
    sign_ins: Mutex<usize>,
    told: Mutex<usize>,
    lessons: Mutex<BTreeSet<GroupId>>,
}

#[async_trait]
impl Stage for Written {
    async fn set_clock(&self, at: Moment) {
        let mut clock = self.clock.lock().unwrap();
        assert!(*clock <= at, "the clock goes back from {} to {at}", *clock);
        *clock = at;
    }

    async fn sign_in(&self, place: Place) -> Result<(), Declined> {
        *self.sign_ins.lock().unwrap() += 1;
        self.signed_in.lock().unwrap().insert(place.device, place.person);
        Ok(())
    }

    async fn sign_out(&self, place: Place) -> Result<(), Declined> {
        let was = self.signed_in.lock().unwrap().remove(&place.device);
        if was == Some(place.person) { Ok(()) } else { Err(Declined("somebody else is there".into())) }
    }

    async fn open_lesson(&self, lesson: Opening) -> Result<(), Declined> {
        self.lessons.lock().unwrap().insert(lesson.group);
        Ok(())
    }

    async fn end_lesson(&self, _teacher: PersonId, group: GroupId) -> Result<(), Declined> {
        if self.lessons.lock().unwrap().remove(&group) { Ok(()) } else { Err(Declined("it is over".into())) }
    }

    async fn tell(&self, _place: Place, _page: &str) -> Result<(), Declined> {
        *self.told.lock().unwrap() += 1;
        Ok(())
    }
}

fn small_week() -> Vec<Act> {
    let school = DemoSchool::rowan_hill(USUAL_SEED);
    let mut acts = plan(&school, USUAL_WEEK, 11, 3);
    // What takes seconds by its nature is left to the demonstration.
    let slow = |act: &Act| matches!(&act.what, What::Fetch(fetch) if fetch.way == usher_demo::play::act::Way::NotTls);
    acts.retain(|act| !slow(act));
    acts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_week_is_played_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let sites = Sites::start(folder.path()).await.unwrap();
    let (address, peers) = gateway(&sites).await;
    let acts = small_week();
    let stage = Written::default();
    let player = Player::new(address, &sites.ca_pem, Pace::default()).unwrap();
    let mut last = None;
    let mut answers = 0;
    let tally = player
        .run(&acts, &stage, &mut |progress| {
            last = Some(progress.done);
            answers += progress.answers.len();
        })
        .await;

    let asked = acts.iter().filter(|act| matches!(act.what, What::Fetch(_))).count();
    assert_eq!(tally.requests(), u64::try_from(asked).unwrap());
    assert_eq!((last, answers), (Some(acts.len()), tally.answers.len()));
    assert_eq!((tally.stopped, tally.declined.as_slice()), (None, [].as_slice()));
    assert_eq!(tally.ended(Ending::NotConnected) + tally.ended(Ending::TimedOut), 0, "{:?}", tally.by_ending);
    let whole: u64 =
        tally.answers.iter().filter(|answer| answer.ending.is_whole()).count().try_into().unwrap();
    assert!(whole * 100 > tally.requests() * 97, "{:?} {:?}", tally.by_ending, tally.by_status);
    assert!(tally.status(200) * 100 > tally.requests() * 85, "{:?}", tally.by_status);
    assert!(tally.tunnels > 50 && tally.bytes > 1_000_000);
    assert!(*stage.sign_ins.lock().unwrap() > 50 && stage.signed_in.lock().unwrap().is_empty());

    let devices: BTreeSet<IpAddr> = tally.answers.iter().map(|answer| answer.device).collect();
    assert_eq!(*peers.lock().unwrap(), devices, "every request comes from its own device's address");
    let acts_answered: BTreeSet<u32> = tally.answers.iter().map(|answer| answer.act).collect();
    assert_eq!(acts_answered.len(), asked, "each is answered for once");
}

#[tokio::test]
async fn each_odd_way_of_asking_ends_as_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let sites = Sites::start(folder.path()).await.unwrap();
    let (address, _) = gateway(&sites).await;
    let acts: Vec<Act> = small_week()
        .into_iter()
        .filter(|act| matches!(&act.what, What::Fetch(fetch) if fetch.address.contains("ws.example") || fetch.address.contains("expired") || fetch.address.contains("broken") || fetch.address.contains("no-such") || fetch.purpose == Purpose::Download))
        .collect();
    let player = Player::new(address, &sites.ca_pem, Pace { marked: true, ..Pace::default() }).unwrap();
    let tally = player.run(&acts, &Written::default(), &mut |_| {}).await;
    let ended = |part: &str| {
        let answer = tally.answers.iter().find(|answer| answer.address.contains(part)).unwrap();
        (answer.ending, answer.status)
    };
    assert_eq!(ended("https://ws.example/socket?act="), (Ending::Complete, 101));
    assert_eq!(ended("expired.example").0, Ending::HandshakeFailed);
    assert_eq!(ended("https://broken.example/half"), (Ending::BrokeOff, 200));
    assert_eq!(ended("no-such-site.example"), (Ending::TunnelRefused, 502));
    assert_eq!(ended("big.bin"), (Ending::Complete, 200));
    assert!(tally.answers.iter().all(|answer| answer.address.contains("act=")));
}

#[tokio::test]
async fn a_gateway_that_is_gone_ends_the_run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let folder = tempfile::tempdir().unwrap();
    let pem = Sites::start(folder.path()).await.unwrap().ca_pem;
    let pace = Pace { most_failures: 20, whole: Duration::from_secs(60), ..Pace::default() };
    let player = Player::new(nobody, &pem, pace).unwrap();
    let tally = player.run(&small_week(), &Written::default(), &mut |_| {}).await;
    assert_eq!(tally.stopped, Some(Stopped::GatewayGone));
    assert!(tally.requests() < 2_000 && tally.requests() == tally.ended(Ending::NotConnected));
}
