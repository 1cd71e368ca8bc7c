//! A real squid, where there is one, asks the gateway over ICAP and does as it is told.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::client::Wire;
use crate::icap::{connect, rig};
use crate::origin::{Origin, page};
use crate::rig::PATIENCE;
use crate::trust::{self, Kind};

/// How often it is looked whether squid takes connections.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A site with a good page and a bad one.
async fn small_site(site: tokio::net::TcpListener) {
    while let Ok((mut stream, _)) = site.accept().await {
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap_or(0) > 0 {}
            let bad = String::from_utf8_lossy(&head).contains("/bad");
            let text = if bad { "A loot box before the boss fight" } else { "Otters hold hands" };
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
                text.len()
            );
            drop(stream.write_all(answer.as_bytes()).await);
        });
    }
}

/// Reads one answer to the end that its head promises: squid may keep the connection.
async fn whole_answer(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    loop {
        let length = answer.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "))?;
            Some((length.parse::<usize>().unwrap(), body.len()))
        });
        let mut piece = vec![0; 4_096];
        match length {
            Some((promised, there)) if there >= promised => return answer,
            _ => match stream.read(&mut piece).await.unwrap() {
                0 => return answer,
                read => answer.push_str(std::str::from_utf8(&piece[..read]).unwrap()),
            },
        }
    }
}

/// A real squid, asking this gateway, until it is stopped.
struct Squid {
    child: tokio::process::Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Squid {
    /// Starts it where there is one; `ways` are the lines that say how it takes requests, given its port and its folder.
    fn start(icap: SocketAddr, ways: impl Fn(u16, &Path) -> String) -> Option<Self> {
        let all = ["/usr/sbin/squid", "/usr/local/sbin/squid"];
        let squid = all.into_iter().find(|path| Path::new(path).exists())?;
        let folder = tempfile::tempdir().unwrap();
        // Squid gives up being root, and writes its log as somebody else.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (path, ways) = (folder.path().display(), ways(port, folder.path()));
        let config = format!(
            "{ways}\npid_filename none\ncache deny all\naccess_log none\ncache_log {path}/log\ncache_store_log none\n\
             coredump_dir {path}\nhttp_access allow all\nvisible_hostname squid.example\nshutdown_lifetime 0 seconds\n\
             cache_effective_user proxy\npinger_enable off\nnetdb_filename none\n\
             icap_enable on\nicap_send_client_ip on\nicap_preview_enable on\n\
             icap_service ask reqmod_precache icap://{icap}/reqmod bypass=off\n\
             icap_service look respmod_precache icap://{icap}/respmod bypass=off\n\
             adaptation_access ask allow all\nadaptation_access look allow all\n"
        );
        std::fs::write(folder.path().join("squid.conf"), config).unwrap();
        let child = tokio::process::Command::new(squid)
            .args(["-N", "-n", &format!("usher{port}"), "-f"])
            .arg(folder.path().join("squid.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Some(Self { child, port, folder })
    }

    /// A connection to it, as soon as it takes one.
    async fn connect(&self) -> TcpStream {
        let connected = async {
            loop {
                match TcpStream::connect(("127.0.0.1", self.port)).await {
                    Ok(stream) => return stream,
                    Err(_not_yet) => tokio::time::sleep(LOOK_AGAIN).await,
                }
            }
        };
        let started = tokio::time::timeout(PATIENCE, connected).await;
        started.unwrap_or_else(|_| panic!("squid did not start: {}", self.log()))
    }

    /// One request and its answer.
    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        tokio::time::timeout(PATIENCE, whole_answer(&mut stream)).await.unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Asks it to stop: killed, it would leave its shared memory behind.
    async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("squid stops").unwrap();
    }
}

/// A real squid in front of a small site asks this gateway.
#[tokio::test]
async fn squid_does_as_it_is_told() {
    let rig = rig().await;
    rig.people.arrive("127.0.0.1", "pupil.y4");
    let icap = rig.icap(&["127.0.0.0/8"]).await;
    let Some(squid) = Squid::start(icap, |port, _| format!("http_port 127.0.0.1:{port}\nhosts_file none"))
    else {
        println!("SKIPPED: there is no squid on this machine, so no real ICAP client was tried");
        return;
    };
    let site = tokio::net::TcpListener::bind("127.0.77.5:0").await.unwrap();
    let at = site.local_addr().unwrap();
    tokio::spawn(small_site(site));
    let get =
        |path: &str| format!("GET http://{at}{path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    let good = squid.ask(&get("/good")).await;
    let bad = squid.ask(&get("/bad")).await;
    let shut = squid.ask(&connect("games.example")).await;
    let log = squid.log();
    squid.stop().await;
    assert!(good.starts_with("HTTP/1.1 200 ") && good.ends_with("Otters hold hands"), "{good}\n{log}");
    assert!(bad.starts_with("HTTP/1.1 403 ") && bad.contains("refused: Says"), "{bad}\n{log}");
    assert!(shut.starts_with("HTTP/1.1 403 ") && shut.contains("refused: Category"), "{shut}\n{log}");
    // Each of the two pages was asked about twice: as a request and as an answer.
    let events = rig.lines(5).await;
    assert_eq!(events.iter().filter(|event| event.contains(" Block ")).count(), 2, "{events:?}");
}

/// Where Debian's squid with OpenSSL keeps what makes certificates.
const CERTGEN: &str = "/usr/lib/squid/security_file_certgen";

/// The school's authority as squid has it: key and certificate in one file, and the certificate for clients.
fn authority(folder: &Path) -> CertificateDer<'static> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "The school's squid");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&key).unwrap();
    let both = format!("{}{}", key.serialize_pem(), certificate.pem());
    std::fs::write(folder.join("school.pem"), both).unwrap();
    certificate.der().clone()
}

/// What docs/icap.md says for a squid that decrypts, with sites and a trust of these tests.
fn decrypting(port: u16, folder: &Path, site: IpAddr) -> String {
    let path = folder.display();
    std::fs::write(folder.join("sites.pem"), trust::root_pem()).unwrap();
    std::fs::write(folder.join("hosts"), format!("{site} lava.example games.example\n")).unwrap();
    let store = folder.join("certificates");
    let made = std::process::Command::new(CERTGEN)
        .args(["-c", "-s"])
        .arg(&store)
        .args(["-M", "4MB"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    // Where it fails nobody here is root, and squid runs as whoever this is.
    let _owned = std::process::Command::new("chown").args(["-R", "proxy"]).arg(&store).status().unwrap();
    format!(
        "http_port 127.0.0.1:{port} ssl-bump tls-cert={path}/school.pem generate-host-certificates=on\n\
         sslcrtd_program {CERTGEN} -s {path}/certificates -M 4MB\ntls_outgoing_options cafile={path}/sites.pem\n\
         hosts_file {path}/hosts\nacl hello at_step SslBump1\nssl_bump peek hello\nssl_bump bump all"
    )
}

/// A real squid that decrypts lets every tunnel in, and asks about the pages inside: the form of docs/icap.md.
#[tokio::test]
async fn a_squid_that_decrypts_does_as_it_is_told() {
    let rig = rig().await;
    rig.people.arrive("127.0.0.1", "pupil.y4");
    let icap = rig.icap_for(&["127.0.0.0/8"], true).await;
    let names = ["lava.example", "games.example"];
    let site = Origin::https1(trust::site(Kind::Good, &names, &["http/1.1"]), |seen| {
        page(if seen.line().contains("/bad") {
            "A loot box before the boss fight"
        } else {
            "Otters hold hands"
        })
    })
    .await;
    let school = Mutex::new(None);
    let ways = |port, folder: &Path| {
        *school.lock().unwrap() = Some(authority(folder));
        decrypting(port, folder, site.address.ip())
    };
    let squid = if Path::new(CERTGEN).exists() { Squid::start(icap, ways) } else { None };
    let Some(squid) = squid else {
        println!("SKIPPED: there is no squid with OpenSSL on this machine, so no decrypting one was tried");
        return;
    };
    let config = Arc::new(trust::client(school.into_inner().unwrap().unwrap(), &["http/1.1"]));
    let port = site.address.port();
    let mut answers = Vec::new();
    for (name, path) in [("lava.example", "/good"), ("lava.example", "/bad"), ("games.example", "/")] {
        let mut tunnel = Wire::new(squid.connect().await);
        tunnel.send(format!("CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n")).await;
        let head = tunnel.head().await.unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{name}: {head}\n{}", squid.log());
        let server = ServerName::try_from(name).unwrap();
        let handshake = TlsConnector::from(Arc::clone(&config)).connect(server, tunnel.0.into_inner());
        let stream = tokio::time::timeout(PATIENCE, handshake).await.expect("a handshake in time");
        let stream = stream.unwrap_or_else(|error| panic!("{name}: {error}\n{}", squid.log()));
        let mut inside = Wire::new(stream);
        inside.send(format!("GET {path} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n")).await;
        answers.push(inside.answer().await);
    }
    let log = squid.log();
    squid.stop().await;
    let said: Vec<(u16, String)> = answers.iter().map(|answer| (answer.status, answer.text())).collect();
    assert_eq!(said[0], (200, "Otters hold hands".to_owned()), "{log}");
    assert!(said[1].0 == 403 && said[1].1.starts_with("refused: Says"), "{said:?}\n{log}");
    assert!(said[2].0 == 403 && said[2].1.starts_with("refused: Category(games)"), "{said:?}\n{log}");
    // Three tunnels, three requests, and the answers of the two that went on. Refused are a page by its words, a page by its
    // site, and, as it is written down, the tunnel to that site, which is let in for that page's sake.
    let events = rig.lines(8).await;
    assert_eq!(events.iter().filter(|event| event.contains(" Block ")).count(), 3, "{events:#?}");
}
