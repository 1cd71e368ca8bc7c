//! Downloads that no scanner could look at, for every reason there is: shut or open as the policy says for whom, for which
//! reason and for which class of file. Nothing is open because something failed.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use usher_config::scanners::{ClamdPlace, TcpPlace};
use usher_events::event::{Event, What};
use usher_scan::features::{Malware, ScanFailure};
use usher_scanners::clamd::Clamd;
use usher_scanners::held::Held;
use usher_scanners::{Answer, Scanner};

use crate::origin::{Origin, file};
use crate::rig::{POLICY, Rig};

/// All reasons there are.
const FAILURES: [ScanFailure; 5] =
    [ScanFailure::Down, ScanFailure::Slow, ScanFailure::Refused, ScanFailure::TooLarge, ScanFailure::Partial];

/// How long one file may take in these tests.
const MOST: Duration = Duration::from_secs(1);

/// A scanner that says this of everything.
#[derive(Debug)]
struct Says(Malware);

impl Scanner for Says {
    fn scan<'a>(&'a self, _file: &'a Held) -> Answer<'a> {
        Box::pin(std::future::ready(self.0.clone()))
    }
}

/// Two files: an archive with a text in it, and a text somebody saves.
async fn site() -> Origin {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("homework/essay.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"Volcanoes.").unwrap();
    let zip = zip.finish().unwrap().into_inner();
    Origin::http1(move |seen| {
        if seen.line().contains(".zip") {
            file("Content-Type: application/zip\r\n", &zip)
        } else {
            file(
                "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=marks.csv\r\n",
                b"a,b\n1,2\n",
            )
        }
    })
    .await
}

/// The policy of these tests with what it says of what nobody could look at.
fn policy(unscanned: &str) -> String {
    format!("{POLICY}\n[[unscanned]]\nwhy = \"Agreed.\"\nverdict = \"allow\"\n{unscanned}")
}

fn reason(event: &Event) -> String {
    let What::Web(web) = &event.what else { panic!("{event:?}") };
    format!("{:?} {:?}", web.decision.verdict, web.decision.reason)
}

async fn get(rig: &Rig, who: &str, name: &str) -> u16 {
    rig.people.arrive("127.0.0.1", who);
    rig.get(&format!("http://plain.example/{name}")).await.status
}

#[tokio::test]
async fn peers_case_11_every_failure_is_shut_for_pupils_and_open_for_staff_where_the_policy_says_so() {
    let origin = site().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut count = 0;
    for failure in FAILURES {
        rig.scans_with(Says(Malware::Failed(failure)));
        rig.publish(POLICY);
        for who in ["pupil.y4", "staff"] {
            assert_eq!(get(&rig, who, "a.zip").await, 403, "{failure:?} {who}, where nothing is said of it");
        }
        rig.publish(&policy("for = [\"staff\"]"));
        assert_eq!(get(&rig, "pupil.y4", "a.zip").await, 403, "{failure:?}");
        assert_eq!(get(&rig, "staff", "a.zip").await, 200, "{failure:?}");
        let events = rig.events(count + 4).await;
        let block = format!("Block Unscanned({failure:?})");
        let reasons: Vec<String> = events[count..].iter().map(reason).collect();
        assert_eq!(reasons, [&block, &block, &block, "Allow Unknown"]);
        count += 4;
    }
}

#[tokio::test]
async fn peers_case_11_a_failure_is_open_for_its_own_name_and_class_of_file_alone() {
    let origin = site().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.publish(&policy("for = [\"staff\"]\nfailures = [\"down\"]\nclasses = [\"text\"]"));
    for (failure, name, status) in [
        (ScanFailure::Down, "marks.csv", 200),
        (ScanFailure::Down, "a.zip", 403),
        (ScanFailure::Slow, "marks.csv", 403),
        (ScanFailure::Slow, "a.zip", 403),
    ] {
        rig.scans_with(Says(Malware::Failed(failure)));
        assert_eq!(get(&rig, "staff", name).await, status, "{failure:?} {name}");
    }
    rig.events(4).await;
}

#[tokio::test]
async fn what_is_found_is_shut_whatever_is_said_of_failures() {
    let origin = site().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.publish(&policy(""));
    rig.scans_with(Says(Malware::Found("Eicar".to_owned())));
    assert_eq!(get(&rig, "staff", "a.zip").await, 403);
    rig.scans_with(Says(Malware::Clean));
    assert_eq!(get(&rig, "staff", "a.zip").await, 200);
    let reasons: Vec<String> = rig.events(2).await.iter().map(reason).collect();
    assert_eq!(reasons, ["Block Malware(\"Eicar\")", "Allow Unknown"]);
}

/// What clamd does with a file.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Reads it, and says this.
    Say(&'static [u8]),
    /// Is reading its database: takes the connection and closes it, twice, then says this.
    Reload(&'static [u8]),
    /// Closes in the middle of the file, every time.
    CloseMidway,
    /// Says nothing.
    Stall,
}

/// A clamd that does that with all files.
async fn clamd(act: Act) -> Clamd {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = TcpPlace { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    tokio::spawn(async move {
        let mut files = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = Vec::new();
            while !command.ends_with(b"\0") {
                command.push(stream.read_u8().await.unwrap());
            }
            if command == b"zVERSION\0" {
                stream.write_all(b"ClamAV 1.4.6/1/Sun Nov 22\0").await.unwrap();
                continue;
            }
            files += 1;
            // The gateway may have gone: its time for the file is over.
            tokio::spawn(async move { drop(play(act, files, stream).await) });
        }
    });
    Clamd::new(ClamdPlace::Tcp(place), MOST)
}

async fn play(act: Act, files: usize, mut stream: TcpStream) -> io::Result<()> {
    let answer = match act {
        Act::Stall => return std::future::pending().await,
        Act::CloseMidway => return stream.read_u32().await.map(drop),
        Act::Reload(_) if files <= 2 => return Ok(()),
        Act::Say(answer) | Act::Reload(answer) => answer,
    };
    loop {
        let length = stream.read_u32().await?;
        if length == 0 {
            return stream.write_all(answer).await;
        }
        stream.read_exact(&mut vec![0; length as usize]).await?;
    }
}

/// The same with a real client of clamd, and a clamd that fails in every way there is.
#[tokio::test]
async fn peers_case_11_clamd_down_slow_reloading_closing_midway_and_cut_off() {
    let table = [
        (clamd(Act::Say(b"stream: OK\0")).await, None),
        (clamd(Act::Reload(b"stream: OK\0")).await, None),
        (clamd(Act::CloseMidway).await, Some(ScanFailure::Down)),
        (clamd(Act::Stall).await, Some(ScanFailure::Slow)),
        (clamd(Act::Say(b"stream: OK")).await, Some(ScanFailure::Refused)),
        (clamd(Act::Say(b"stream: Can't allocate memory ERROR\0")).await, Some(ScanFailure::Refused)),
        (clamd(Act::Say(b"INSTREAM size limit exceeded. ERROR\0")).await, Some(ScanFailure::TooLarge)),
        (Clamd::new("unix:/nowhere/clamd.ctl".parse().unwrap(), MOST), Some(ScanFailure::Down)),
    ];
    let origin = site().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.publish(&policy("for = [\"staff\"]"));
    let mut count = 0;
    for (clamd, failure) in table {
        let named = format!("{clamd:?}");
        rig.scans_with(clamd);
        let closed = get(&rig, "pupil.y4", "a.zip").await;
        assert_eq!(closed, if failure.is_some() { 403 } else { 200 }, "{named}");
        assert_eq!(get(&rig, "staff", "a.zip").await, 200, "{named}");
        let events = rig.events(count + 2).await;
        let expected = failure
            .map_or_else(|| "Allow Unknown".to_owned(), |failure| format!("Block Unscanned({failure:?})"));
        assert_eq!(reason(&events[count]), expected, "{named}");
        count += 2;
    }
}

/// A reply that comes after the site broke off, or never came whole, is no clean file.
#[tokio::test]
async fn peers_case_11_a_file_that_breaks_off_is_not_asked_about_and_shut() {
    let origin = Origin::http1(|_| {
        let mut whole = file("Content-Type: application/zip\r\nConnection: close\r\n", &[b'P'; 4_000]);
        whole.truncate(1_000);
        whole
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.scans_with(Says(Malware::Clean));
    assert_eq!(get(&rig, "pupil.y4", "a.zip").await, 403);
    rig.publish(&policy("for = [\"staff\"]\nfailures = [\"down\", \"slow\", \"refused\", \"too-large\"]"));
    assert_eq!(get(&rig, "staff", "a.zip").await, 403);
    let reasons: Vec<String> = rig.events(2).await.iter().map(reason).collect();
    assert_eq!(reasons, ["Block Unscanned(Partial)", "Block Unscanned(Partial)"]);
}

impl Rig {
    /// Downloads are looked at by this scanner from now on.
    fn scans_with(&self, scanner: impl Scanner + 'static) {
        *self.scanner.0.lock().unwrap() = Arc::new(scanner);
    }
}
