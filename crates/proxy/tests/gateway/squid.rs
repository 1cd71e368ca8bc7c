//! A real squid, where there is one, asks the gateway over ICAP and does as it is told.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::icap::{connect, rig};
use crate::rig::PATIENCE;

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

/// Asks squid to stop: killed, it would leave its shared memory behind.
async fn stop(child: &mut tokio::process::Child) {
    let id = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    tokio::time::timeout(PATIENCE, child.wait()).await.expect("squid stops").unwrap();
}

/// A real squid in front of a small site asks this gateway.
#[tokio::test]
async fn squid_does_as_it_is_told() {
    let Some(squid) = ["/usr/sbin/squid", "/usr/local/sbin/squid"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        println!("SKIPPED: there is no squid on this machine, so no real ICAP client was tried");
        return;
    };
    let rig = rig().await;
    rig.people.arrive("127.0.0.1", "pupil.y4");
    let icap = rig.icap(&["127.0.0.0/8"]).await;
    let site = tokio::net::TcpListener::bind("127.0.77.5:0").await.unwrap();
    let at = site.local_addr().unwrap();
    tokio::spawn(small_site(site));
    let folder = tempfile::tempdir().unwrap();
    // Squid gives up being root, and writes its log as somebody else.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = folder.path().display();
    let config = format!(
        "http_port 127.0.0.1:{free}\npid_filename none\ncache deny all\naccess_log none\ncache_log {path}/log\ncache_store_log none\n\
         coredump_dir {path}\nhttp_access allow all\nvisible_hostname squid.example\nshutdown_lifetime 0 seconds\n\
         cache_effective_user proxy\npinger_enable off\nnetdb_filename none\nhosts_file none\n\
         icap_enable on\nicap_send_client_ip on\nicap_preview_enable on\n\
         icap_service ask reqmod_precache icap://{icap}/reqmod bypass=off\n\
         icap_service look respmod_precache icap://{icap}/respmod bypass=off\n\
         adaptation_access ask allow all\nadaptation_access look allow all\n"
    );
    std::fs::write(folder.path().join("squid.conf"), config).unwrap();
    let mut child = tokio::process::Command::new(squid)
        .args(["-N", "-n", &format!("usher{free}"), "-f"])
        .arg(folder.path().join("squid.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ask = async |request: &str| {
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", free)).await {
                Ok(stream) => break stream,
                Err(_not_yet) => tokio::time::sleep(LOOK_AGAIN).await,
            }
        };
        stream.write_all(request.as_bytes()).await.unwrap();
        tokio::time::timeout(PATIENCE, whole_answer(&mut stream)).await.unwrap()
    };
    let get =
        |path: &str| format!("GET http://{at}{path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    let good = tokio::time::timeout(PATIENCE, ask(&get("/good"))).await;
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    let good = good.unwrap_or_else(|_| panic!("squid did not start: {}", log()));
    let bad = ask(&get("/bad")).await;
    let shut = ask(&connect("games.example")).await;
    stop(&mut child).await;
    assert!(good.starts_with("HTTP/1.1 200 ") && good.ends_with("Otters hold hands"), "{good}\n{}", log());
    assert!(bad.starts_with("HTTP/1.1 403 ") && bad.contains("refused: Says"), "{bad}\n{}", log());
    assert!(shut.starts_with("HTTP/1.1 403 ") && shut.contains("refused: Category"), "{shut}\n{}", log());
    // Each of the two pages was asked about twice: as a request and as an answer.
    let events = rig.lines(5).await;
    assert_eq!(events.iter().filter(|event| event.contains(" Block ")).count(), 2, "{events:?}");
}
