//! One connection to an ICAP server: what is written on it, and reading answers.

use std::io::{self, Read};

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use usher_config::scanners::TcpPlace;

use super::answer::{self, Chunks, Head, Parts};
use crate::held::{Held, Reader};
use crate::patience::Ended;

/// How much of a file is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// How much is read at a time.
const READ_BYTES: usize = 16 * 1024;

/// A connection, and what was read from it and not used yet.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer to a file.
pub(super) struct Heard {
    pub(super) head: Head,
    /// Whether what the server sent back is the file as it is. None when it sent nothing back.
    pub(super) same: Option<bool>,
    /// Whether the preview, or the whole file, was sent to its end: if not, the connection is in the middle of it.
    pub(super) all_sent: bool,
}

/// Why a file was not sent to its end.
enum Unsent {
    File,
    Socket,
}

impl Wire {
    pub(super) async fn connect(place: &TcpPlace) -> io::Result<Self> {
        let stream = TcpStream::connect((place.host.as_str(), place.port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Whether nothing is left of the last answer.
    pub(super) fn is_quiet(&self) -> bool {
        self.read.is_empty()
    }

    /// Asks what the server wants.
    pub(super) async fn options(&mut self, uri: &str) -> Result<Head, Ended> {
        let request = format!(
            "OPTIONS {uri} ICAP/1.0\r\nHost: {}\r\nUser-Agent: Usher\r\nEncapsulated: null-body=0\r\n\r\n",
            authority(uri)
        );
        self.stream.write_all(request.as_bytes()).await.map_err(|_closed| Ended::Away)?;
        head(&mut self.stream.split().0, &mut self.read).await
    }

    /// Shows a file, and hears what the server says last.
    pub(super) async fn respmod(
        &mut self,
        uri: &str,
        file: &Held,
        preview: Option<u64>,
    ) -> Result<Heard, Ended> {
        let (mut reading, mut writing) = self.stream.split();
        let mut reader = file.reader();
        let request = request(uri, file.length(), preview);
        let is_whole = preview.is_none_or(|most| file.length() <= most);
        let first = async {
            writing.write_all(request.as_bytes()).await.map_err(|_closed| Unsent::Socket)?;
            let most = preview.unwrap_or(u64::MAX);
            body(&mut reader, most, is_whole && preview.is_some(), &mut writing).await
        };
        let heard = during(first, hear(&mut reading, &mut self.read, file)).await?;
        if heard.head.status != 100 {
            return Ok(heard);
        }
        // It wants the rest, which there must be.
        if is_whole || !heard.all_sent {
            return Err(Ended::Odd);
        }
        let rest = body(&mut reader, u64::MAX, false, &mut writing);
        let heard = during(rest, hear(&mut reading, &mut self.read, file)).await?;
        if heard.head.status == 100 { Err(Ended::Odd) } else { Ok(heard) }
    }
}

/// Sends while it listens: a server may know enough before all is sent and close its end, or send back what it has seen
/// while it still wants more.
async fn during(
    send: impl Future<Output = Result<(), Unsent>>,
    hear: impl Future<Output = Result<(Head, Option<bool>), Ended>>,
) -> Result<Heard, Ended> {
    tokio::pin!(hear);
    let heard = |(head, same), all_sent| Heard { head, same, all_sent };
    tokio::select! {
        biased;
        early = &mut hear => early.map(|early| heard(early, false)),
        sent = send => match sent {
            Err(Unsent::File) => Err(Ended::Unreadable),
            Err(Unsent::Socket) => hear.await.map(|early| heard(early, false)),
            Ok(()) => hear.await.map(|last| heard(last, true)),
        },
    }
}

/// Reads an answer: its head, and what it sends back.
async fn hear(
    from: &mut ReadHalf<'_>,
    read: &mut Vec<u8>,
    file: &Held,
) -> Result<(Head, Option<bool>), Ended> {
    let head = head(from, read).await?;
    let same = match head.parts {
        Some(parts) if head.status == 200 && head.threat.is_none() => {
            Some(is_same(parts, from, read, file).await?)
        }
        _ => None,
    };
    Ok((head, same))
}

/// Whether what follows a head is a page that went well, with the file's own bytes.
async fn is_same(
    parts: Parts,
    from: &mut ReadHalf<'_>,
    read: &mut Vec<u8>,
    file: &Held,
) -> Result<bool, Ended> {
    let Some(response) = parts.response else { return Err(Ended::Odd) };
    while read.len() < parts.heads {
        must_more(from, read).await?;
    }
    let rest = read.split_off(parts.heads);
    let heads = std::mem::replace(read, rest);
    let status = answer::response_status(heads.get(response..).unwrap_or_default());
    if status.map_err(|_fault| Ended::Odd)? != 200 || !parts.body {
        return Ok(false);
    }
    let (mut chunks, mut reader, mut same) = (Chunks::default(), file.reader(), true);
    loop {
        let taken = chunks.push(read, &mut |bytes| same = same && is_next(&mut reader, bytes));
        read.drain(..taken.map_err(|_fault| Ended::Odd)?);
        if !same || chunks.is_end() {
            return Ok(same && reader.left() == 0);
        }
        must_more(from, read).await?;
    }
}

/// Sends the next bytes of a file in chunks, at most `most`, and the end of them. `is_end` says in a preview that there
/// is no more (4.5).
async fn body(
    reader: &mut Reader,
    most: u64,
    is_end: bool,
    to: &mut (impl AsyncWrite + Unpin),
) -> Result<(), Unsent> {
    let (mut left, mut chunk) = (most, vec![0; CHUNK_BYTES]);
    while left > 0 {
        // It lies in memory, or was written a moment ago: this waits for nothing.
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let count = reader.read(chunk.get_mut(..room).unwrap_or_default()).map_err(|_disk| Unsent::File)?;
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        let line = format!("{count:x}\r\n");
        for part in [line.as_bytes(), bytes, b"\r\n"] {
            to.write_all(part).await.map_err(|_closed| Unsent::Socket)?;
        }
        left -= count as u64;
    }
    let end: &[u8] = if is_end { b"0; ieof\r\n\r\n" } else { b"0\r\n\r\n" };
    to.write_all(end).await.map_err(|_closed| Unsent::Socket)
}

/// Reads a head. The connection ending before its first byte means that nobody heard.
async fn head(from: &mut ReadHalf<'_>, read: &mut Vec<u8>) -> Result<Head, Ended> {
    loop {
        if let Some((head, length)) = answer::head(read).map_err(|_fault| Ended::Odd)? {
            read.drain(..length);
            return Ok(head);
        }
        match more(from, read).await {
            Ok(0) | Err(_) if read.is_empty() => return Err(Ended::Away),
            Ok(0) | Err(_) => return Err(Ended::Odd),
            Ok(_) => {}
        }
    }
}

async fn more(from: &mut ReadHalf<'_>, read: &mut Vec<u8>) -> io::Result<usize> {
    read.reserve(READ_BYTES);
    from.read_buf(read).await
}

async fn must_more(from: &mut ReadHalf<'_>, read: &mut Vec<u8>) -> Result<(), Ended> {
    match more(from, read).await {
        Ok(0) | Err(_) => Err(Ended::Odd),
        Ok(_) => Ok(()),
    }
}

/// Whether the file goes on with these bytes. A file that cannot be read does not.
fn is_next(reader: &mut Reader, bytes: &[u8]) -> bool {
    let mut expected = vec![0; bytes.len()];
    reader.read_exact(&mut expected).is_ok() && expected == bytes
}

/// The host and port of an address that was read as one.
fn authority(uri: &str) -> &str {
    uri.trim_start_matches("icap://").split('/').next().unwrap_or_default()
}

/// The request's own head and those of the message inside. Servers want a request to see what a response is to.
fn request(uri: &str, length: u64, preview: Option<u64>) -> String {
    const ASKED: &str = "GET http://usher.invalid/download HTTP/1.1\r\nHost: usher.invalid\r\n\r\n";
    let answered = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
    );
    let preview = preview.map(|bytes| format!("Preview: {bytes}\r\n")).unwrap_or_default();
    format!(
        "RESPMOD {uri} ICAP/1.0\r\nHost: {}\r\nUser-Agent: Usher\r\nAllow: 204\r\n{preview}\
         Encapsulated: req-hdr=0, res-hdr={}, res-body={}\r\n\r\n{ASKED}{answered}",
        authority(uri),
        ASKED.len(),
        ASKED.len() + answered.len()
    )
}
