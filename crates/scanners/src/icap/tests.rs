//! ICAP servers, as they answer and as they fail.

use super::*;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use usher_config::scanners::TcpPlace;

use answer::Chunks;

const MOST: Duration = Duration::from_secs(10);
const CLEAN: &str = "ICAP/1.0 204 No Content\r\nISTag: \"one\"\r\nEncapsulated: null-body=0\r\n\r\n";

/// What a stub does with one file.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Reads the preview, or all if there is none, and says this.
    Say(&'static str),
    /// Reads the preview, wants the rest, and says this.
    WantRestThenSay(&'static str),
    /// Sends the file back.
    Echo,
    /// Sends back each piece as it comes, before it has all.
    EchoEarly,
    /// Closes without a word.
    Close,
    Stall,
    Flood,
}

struct Stub {
    place: IcapPlace,
    /// Every file read, and on which connection.
    files: mpsc::UnboundedReceiver<(usize, Vec<u8>)>,
}

async fn stub(options: &'static str, acts: &'static [Act]) -> Stub {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, files) = mpsc::unbounded_channel();
    let acts = std::sync::Arc::new(std::sync::Mutex::new(acts.iter().copied()));
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            let (acts, tell) = (std::sync::Arc::clone(&acts), tell.clone());
            tokio::spawn(async move {
                let mut peer = Peer { stream, read: Vec::new() };
                while let Some(head) = peer.head().await {
                    if head.starts_with("OPTIONS icap://") {
                        peer.stream.write_all(options.as_bytes()).await.unwrap();
                        continue;
                    }
                    assert!(head.starts_with("RESPMOD icap://"), "{head}");
                    let Some(act) = acts.lock().unwrap().next() else { return };
                    peer.play(act, number, &head, &tell).await;
                    if !matches!(act, Act::Say(_) | Act::WantRestThenSay(_) | Act::Echo) {
                        return;
                    }
                }
            });
        }
    });
    let place = TcpPlace { host: "127.0.0.1".to_owned(), port };
    Stub { place: IcapPlace { place, uri: format!("icap://127.0.0.1:{port}/respmod") }, files }
}

struct Peer {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Peer {
    async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(at) = memchr::memmem::find(&self.read, b"\r\n\r\n") {
                let rest = self.read.split_off(at + 4);
                return String::from_utf8(std::mem::replace(&mut self.read, rest)).ok();
            }
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn body(&mut self) -> Vec<u8> {
        let (mut chunks, mut file) = (Chunks::default(), Vec::new());
        loop {
            let taken = chunks.push(&self.read, &mut |bytes| file.extend_from_slice(bytes)).unwrap();
            self.read.drain(..taken);
            if chunks.is_end() {
                return file;
            }
            assert_ne!(self.stream.read_buf(&mut self.read).await.unwrap(), 0);
        }
    }

    async fn play(
        &mut self,
        act: Act,
        number: usize,
        head: &str,
        tell: &mpsc::UnboundedSender<(usize, Vec<u8>)>,
    ) {
        let encapsulated = head.split("res-body=").nth(1).unwrap();
        let heads: usize = encapsulated.split("\r\n").next().unwrap().parse().unwrap();
        while self.read.len() < heads {
            self.stream.read_buf(&mut self.read).await.unwrap();
        }
        let inner = String::from_utf8(self.read.drain(..heads).collect()).unwrap();
        assert!(
            inner.starts_with("GET ")
                && inner.contains("\r\n\r\nHTTP/1.1 200 OK\r\n")
                && inner.ends_with("\r\n\r\n")
        );
        match act {
            Act::Say(answer) => {
                drop(tell.send((number, self.body().await)));
                self.stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Act::WantRestThenSay(answer) => {
                let mut file = self.body().await;
                self.stream.write_all(b"ICAP/1.0 100 Continue\r\n\r\n").await.unwrap();
                file.extend(self.body().await);
                drop(tell.send((number, file)));
                self.stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Act::Echo => {
                let file = self.body().await;
                self.stream.write_all(&echo(&file)).await.unwrap();
            }
            Act::EchoEarly => self.echo_early().await,
            Act::Close => {}
            Act::Stall => std::future::pending().await,
            Act::Flood => while self.stream.write_all(b"ICAP/1.0 200 OK but no end ").await.is_ok() {},
        }
    }

    async fn echo_early(&mut self) {
        let opening = String::from_utf8(echo(b"")).unwrap();
        self.stream.write_all(opening.strip_suffix("0\r\n\r\n").unwrap().as_bytes()).await.unwrap();
        let mut chunks = Chunks::default();
        while !chunks.is_end() {
            let mut back = Vec::new();
            let taken = chunks.push(&self.read, &mut |bytes| {
                back.extend(
                    format!("{:x}\r\n", bytes.len()).bytes().chain(bytes.iter().copied()).chain(*b"\r\n"),
                );
            });
            self.read.drain(..taken.unwrap());
            self.stream.write_all(&back).await.unwrap();
            if !chunks.is_end() {
                self.stream.read_buf(&mut self.read).await.unwrap();
            }
        }
        self.stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
}

fn echo(file: &[u8]) -> Vec<u8> {
    let inner = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nVia: scanner\r\n\r\n";
    let mut out = format!(
        "ICAP/1.0 200 OK\r\nISTag: \"one\"\r\nEncapsulated: res-hdr=0, res-body={}\r\n\r\n{inner}",
        inner.len()
    )
    .into_bytes();
    for chunk in file.chunks(7001) {
        out.extend(format!("{:x}\r\n", chunk.len()).bytes().chain(chunk.iter().copied()).chain(*b"\r\n"));
    }
    out.extend(b"0\r\n\r\n");
    out
}

const PREVIEW: &str = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"zero\"\r\nPreview: 1024\r\nAllow: 204\r\n\
                       Encapsulated: null-body=0\r\n\r\n";
const NO_PREVIEW: &str = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"zero\"\r\n\r\n";
const REFUSES: &str = "ICAP/1.0 404 ICAP Service not found\r\n\r\n";
const BLOCKED: &str = "ICAP/1.0 200 OK\r\nISTag: \"one\"\r\nEncapsulated: res-hdr=0, res-body=26\r\n\r\n\
                       HTTP/1.1 403 Forbidden\r\n\r\n2\r\nno\r\n0\r\n\r\n";
const FOUND: &str = "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar;\r\n\
                     Encapsulated: res-hdr=0, res-body=26\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n2\r\nno\r\n0\r\n\r\n";

fn small() -> Held {
    Held::Bytes(Bytes::from_static(b"a small file"))
}

fn long() -> Bytes {
    Bytes::from((0..2_000_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>())
}

#[tokio::test]
async fn answers_mean_what_they_say() {
    use ScanFailure::{Refused, TooLarge};
    let found = |name: &str| Malware::Found(name.to_owned());
    let answers: [(&'static [Act], Malware); 12] = [
        (&[Act::Say(CLEAN)], Malware::Clean),
        (&[Act::Echo], Malware::Clean),
        (&[Act::Say(FOUND)], found("Eicar")),
        (&[Act::Say(BLOCKED)], found(CHANGED)),
        (&[Act::Say("ICAP/1.0 204 No\r\nX-Virus-ID: Odd\r\n\r\n")], found("Odd")),
        (&[Act::Say("ICAP/1.0 413 Too large\r\n\r\n")], Malware::Failed(TooLarge)),
        (&[Act::Say("ICAP/1.0 500 Oh\r\n\r\n")], Malware::Failed(Refused)),
        (&[Act::Say("ICAP/1.0 200 OK\r\n\r\n")], Malware::Failed(Refused)),
        (&[Act::Say("HTTP/1.1 204 No Content\r\n\r\n")], Malware::Failed(Refused)),
        // More is asked for though it saw all.
        (&[Act::Say("ICAP/1.0 100 Continue\r\n\r\n")], Malware::Failed(Refused)),
        (&[Act::Flood], Malware::Failed(Refused)),
        (&[Act::Close, Act::Say("ICAP/1.0 503 Busy\r\n\r\n"), Act::Say(CLEAN)], Malware::Clean),
    ];
    for (acts, expected) in answers {
        for options in [PREVIEW, NO_PREVIEW] {
            let icap = Icap::new(stub(options, acts).await.place, MOST);
            assert_eq!(icap.scan(&small()).await, expected, "{acts:?}");
        }
    }
}

#[tokio::test]
async fn a_changed_byte_or_a_missing_one_is_a_find() {
    for back in [b"a small filf".as_slice(), b"a small fil", b"a small file!", b""] {
        let answer = String::from_utf8(echo(back)).unwrap().leak();
        let acts: &'static [Act] = vec![Act::Say(answer)].leak();
        let icap = Icap::new(stub(PREVIEW, acts).await.place, MOST);
        assert_eq!(icap.scan(&small()).await, Malware::Found(CHANGED.to_owned()));
    }
}

#[tokio::test]
async fn a_long_file_is_previewed_and_sent_whole_on_one_connection() {
    const ACTS: &[Act] =
        &[Act::WantRestThenSay(CLEAN), Act::Say(CLEAN), Act::WantRestThenSay(FOUND), Act::Say(CLEAN)];
    let mut stub = stub(PREVIEW, ACTS).await;
    let (icap, file) = (Icap::new(stub.place, MOST), Held::Bytes(long()));
    assert_eq!(icap.scan(&file).await, Malware::Clean);
    let (first, all) = stub.files.recv().await.unwrap();
    assert!(all == long());
    let generation = icap.generation();
    // The preview alone is enough to say it is clean; then the rest is never sent, and the connection is still good.
    assert_eq!(icap.scan(&file).await, Malware::Clean);
    let (second, preview) = stub.files.recv().await.unwrap();
    assert!(preview == long()[..1024]);
    assert_eq!(first, second);
    assert_eq!(icap.scan(&file).await, Malware::Found("Eicar".to_owned()));
    assert!(icap.scan(&small()).await == Malware::Clean);
    assert_eq!(icap.generation(), generation);
}

#[tokio::test]
async fn one_that_sends_back_while_it_reads_is_read_while_it_is_sent_to() {
    let icap = Icap::new(stub(NO_PREVIEW, &[Act::EchoEarly]).await.place, MOST);
    assert_eq!(icap.scan(&Held::Bytes(long())).await, Malware::Clean);
}

#[tokio::test]
async fn one_that_is_away_slow_or_something_else_is_told_apart() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let place = TcpPlace { host: "127.0.0.1".to_owned(), port: nobody };
    let icap =
        Icap::new(IcapPlace { place, uri: "icap://127.0.0.1/x".to_owned() }, Duration::from_millis(400));
    assert_eq!(icap.scan(&small()).await, Malware::Failed(ScanFailure::Down));
    let icap = Icap::new(stub(PREVIEW, &[Act::Stall]).await.place, Duration::from_millis(400));
    assert_eq!(icap.scan(&small()).await, Malware::Failed(ScanFailure::Slow));
    let icap = Icap::new(stub(REFUSES, &[]).await.place, MOST);
    assert_eq!(icap.scan(&small()).await, Malware::Failed(ScanFailure::Refused));
}
