//! clamd, as it answers and as it fails: down, slow, reloading, flooding.

use super::*;

use std::collections::BTreeSet;
use std::process::{Child, Command};

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use usher_config::scanners::TcpPlace;

use crate::rules::Rules;

const MOST: Duration = Duration::from_secs(10);

/// What a stub does with one file.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Reads it to its end and says this.
    Say(&'static [u8]),
    /// Says this after the first bytes, and closes.
    Interrupt(&'static [u8]),
    /// Closes without a word.
    Close,
    /// Reads, and says nothing for ever.
    Stall,
    /// Says something without an end.
    Flood,
}

/// A clamd that does one thing after another with each file, and tells what it read.
struct Stub {
    place: ClamdPlace,
    files: mpsc::UnboundedReceiver<Vec<u8>>,
}

async fn stub(acts: &'static [Act]) -> Stub {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = TcpPlace { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    let (tell, files) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut acts = acts.iter().copied();
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
            assert_eq!(command, b"zINSTREAM\0");
            let Some(act) = acts.next() else { return };
            tokio::spawn(play(act, stream, tell.clone()));
        }
    });
    Stub { place: ClamdPlace::Tcp(place), files }
}

async fn play(act: Act, mut stream: TcpStream, tell: mpsc::UnboundedSender<Vec<u8>>) {
    match act {
        Act::Say(answer) => {
            let mut file = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; length];
                stream.read_exact(&mut chunk).await.unwrap();
                file.extend(chunk);
            }
            drop(tell.send(file));
            stream.write_all(answer).await.unwrap();
        }
        Act::Interrupt(answer) => {
            stream.read_u32().await.unwrap();
            stream.write_all(answer).await.unwrap();
        }
        Act::Close => {}
        Act::Stall => std::future::pending().await,
        Act::Flood => while stream.write_all(&[b'x'; 4096]).await.is_ok() {},
    }
}

fn small() -> Held {
    Held::Bytes(Bytes::from_static(b"a small file"))
}

async fn asked(acts: &'static [Act], file: &Held) -> Malware {
    Clamd::new(stub(acts).await.place, MOST).scan(file).await
}

#[tokio::test]
async fn answers_mean_what_they_say() {
    use ScanFailure::{Refused, Slow, TooLarge};
    const ANSWERS: [(&[Act], Malware); 7] = [
        (&[Act::Say(b"stream: OK\0")], Malware::Clean),
        (&[Act::Say(b"INSTREAM size limit exceeded. ERROR\0")], Malware::Failed(TooLarge)),
        (&[Act::Interrupt(b"INSTREAM size limit exceeded. ERROR\0")], Malware::Failed(TooLarge)),
        (&[Act::Say(b"stream: Can't allocate memory ERROR\0")], Malware::Failed(Refused)),
        (&[Act::Say(b"COMMAND READ TIMED OUT\0")], Malware::Failed(Slow)),
        (&[Act::Say(b"stream: OK")], Malware::Failed(Refused)),
        (&[Act::Flood], Malware::Failed(Refused)),
    ];
    for (acts, expected) in ANSWERS {
        assert_eq!(asked(acts, &small()).await, expected, "{acts:?}");
    }
    let found = asked(&[Act::Say(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")], &small()).await;
    assert_eq!(found, Malware::Found("Win.Test.EICAR_HDB-1".to_owned()));
}

#[tokio::test]
async fn a_long_file_arrives_whole_and_a_find_in_its_middle_is_heard() {
    let long = Bytes::from((0..3_000_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    let mut stub = stub(&[Act::Say(b"stream: OK\0"), Act::Interrupt(b"stream: X FOUND\0")]).await;
    let clamd = Clamd::new(stub.place, MOST);
    assert_eq!(clamd.scan(&Held::Bytes(long.clone())).await, Malware::Clean);
    assert!(stub.files.recv().await.unwrap() == long);
    assert_eq!(clamd.scan(&Held::Bytes(long)).await, Malware::Found("X".to_owned()));
    assert_ne!(clamd.generation(), 0);
}

#[tokio::test]
async fn one_that_reads_its_database_is_waited_for() {
    let acts = &[Act::Close, Act::Close, Act::Say(b"stream: OK\0")];
    assert_eq!(asked(acts, &small()).await, Malware::Clean);
}

#[tokio::test]
async fn one_that_says_nothing_is_slow() {
    let clamd = Clamd::new(stub(&[Act::Stall]).await.place, Duration::from_millis(300));
    assert_eq!(clamd.scan(&small()).await, Malware::Failed(ScanFailure::Slow));
}

#[tokio::test]
async fn one_that_is_not_there_is_waited_for_once_and_found_when_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clamd.ctl");
    let clamd = Clamd::new(ClamdPlace::Unix(path.clone()), Duration::from_secs(2));
    let began = Instant::now();
    assert_eq!(clamd.scan(&small()).await, Malware::Failed(ScanFailure::Down));
    assert!(began.elapsed() < Duration::from_millis(1500));
    let began = Instant::now();
    assert_eq!(clamd.scan(&small()).await, Malware::Failed(ScanFailure::Down));
    assert!(began.elapsed() < Duration::from_millis(500));
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut piece = [0; 100];
                if stream.read(&mut piece).await.is_ok() {
                    drop(stream.write_all(b"stream: OK\0").await);
                }
            });
        }
    });
    assert_eq!(clamd.scan(&small()).await, Malware::Clean);
}

/// A real clamd that knows two things by signatures of its own: the test file, and Debian's test program by its digest. Stopped
/// when dropped.
struct Daemon {
    child: Child,
    folder: tempfile::TempDir,
}

impl Daemon {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        // The first half is enough to tell it, and this file is not found for it.
        std::fs::write(
            folder.path().join("one.ndb"),
            "Usher.Eicar:0:0:58354f2150254041505b345c505a58353428505e\n",
        )
        .unwrap();
        std::fs::write(
            folder.path().join("two.hsb"),
            "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495:544:Usher.Program:73\n",
        )
        .unwrap();
        let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let config = format!(
            "LocalSocket {at}/clamd.ctl\nDatabaseDirectory {at}\nForeground yes\nUser {}\nStreamMaxLength 2M\n\
             TemporaryDirectory {at}\nLogFile {at}/log\n",
            user.trim()
        );
        std::fs::write(folder.path().join("clamd.conf"), config).unwrap();
        let child =
            Command::new("clamd").arg("--config-file").arg(folder.path().join("clamd.conf")).spawn().unwrap();
        Self { child, folder }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test]
#[ignore = "needs clamd: script/test runs it where Debian's clamav-daemon is installed"]
async fn a_real_clamd_says_clean_found_and_too_large() {
    let daemon = Daemon::start();
    let clamd = Clamd::new(ClamdPlace::Unix(daemon.folder.path().join("clamd.ctl")), Duration::from_secs(40));
    // It is still starting: the first file waits for it.
    assert_eq!(clamd.scan(&small()).await, Malware::Clean);
    let eicar = Bytes::from(crate::rules::tests::eicar());
    assert_eq!(clamd.scan(&Held::Bytes(eicar)).await, Malware::Found("Usher.Eicar.UNOFFICIAL".to_owned()));
    let long = Held::Bytes(Bytes::from(vec![b'a'; 3 << 20]));
    assert_eq!(clamd.scan(&long).await, Malware::Failed(ScanFailure::TooLarge));
    assert!(clamd.version().await.unwrap().starts_with("ClamAV"));
}

/// clamd's own unpacking beside ours, of the same files: what one of them reaches and the other does not is named.
#[tokio::test]
#[ignore = "needs clamd and Debian's clamav-testfiles: script/test runs it where both are installed"]
async fn a_real_clamd_is_asked_about_every_container() {
    let daemon = Daemon::start();
    let clamd = Clamd::new(ClamdPlace::Unix(daemon.folder.path().join("clamd.ctl")), Duration::from_secs(40));
    let rules = Rules::own(None, MOST).unwrap();
    let (mut all, mut by_clamd, mut by_rules) = (0, BTreeSet::new(), BTreeSet::new());
    for entry in std::fs::read_dir("/usr/share/clamav-testfiles").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = Held::Bytes(Bytes::from(std::fs::read(&path).unwrap()));
        let (clamd, rules) = (clamd.scan(&file).await, rules.scan(&file).await);
        for (found, names) in [(clamd, &mut by_clamd), (rules, &mut by_rules)] {
            match found {
                Malware::Found(_) => drop(names.insert(name.clone())),
                Malware::Clean => {}
                other => panic!("{name}: {other:?}"),
            }
        }
        all += 1;
    }
    let ours: Vec<&String> = by_rules.difference(&by_clamd).collect();
    let theirs: Vec<&String> = by_clamd.difference(&by_rules).collect();
    println!(
        "of {all} files clamd finds the program in {} and the rules in {}; clamd alone in {theirs:?}, the rules alone in {ours:?}",
        by_clamd.len(),
        by_rules.len()
    );
    assert_eq!(by_rules.len(), 16);
    assert_eq!(ours, Vec::<&String>::new(), "clamd reaches what the rules reach");
    assert_eq!(by_clamd.len(), all);
}
