//! ClamAV's daemon, asked over its socket: the file is sent to it, so it needs no right to read ours.
//!
//! Owns: the INSTREAM command, and what its answers mean. Does not: install, configure or update clamd.
//!
//! Every file has a connection of its own, and at most [`MOST_AT_ONCE`] are open. clamd closes a connection after one
//! command, so nothing of one file's answer can be taken for another's; a session (IDSESSION) would save 20 µs and
//! keep one of clamd's few threads for each connection that waits.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};
use usher_config::scanners::ClamdPlace;
use usher_scan::features::{Malware, ScanFailure};

use crate::held::Held;
use crate::patience::{Asking, Ended};
use crate::{Answer, Scanner, name};

/// The most files sent at once. Debian's clamd has 12 threads and lets the rest wait, with their time running.
pub const MOST_AT_ONCE: usize = 10;
/// How much is sent at a time. clamd keeps each chunk in memory.
const CHUNK_BYTES: usize = 64 * 1024;
/// The longest answer read: a name and a few words.
const LONGEST_ANSWER_BYTES: usize = 1024;
/// How often it is asked what it knows. New signatures come some times a day.
const VERSION_LIFE: Duration = Duration::from_secs(60);

/// A clamd.
#[derive(Debug)]
pub struct Clamd {
    place: ClamdPlace,
    asking: Asking,
    version: AtomicU64,
    asked: Mutex<Option<Instant>>,
}

impl Clamd {
    /// A clamd at a place; `most` is how long one file may take.
    pub fn new(place: ClamdPlace, most: Duration) -> Self {
        Self {
            place,
            asking: Asking::new(MOST_AT_ONCE, most),
            version: AtomicU64::new(0),
            asked: Mutex::new(None),
        }
    }

    /// What it says of itself and its signatures, for the desk. None when it does not answer in time.
    pub async fn version(&self) -> Option<String> {
        let until = Instant::now() + self.asking.most();
        let asked = async {
            let mut connection = self.connect().await.ok()?;
            connection.write_all(b"zVERSION\0").await.ok()?;
            answer(&mut connection).await.ok()
        };
        let version = timeout_at(until, asked).await.ok()??;
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        self.version.store(hasher.finish(), Ordering::Relaxed);
        Some(name::clean(&version))
    }

    /// Asks what it knows, if nobody did for a while.
    async fn learn(&self) {
        let Ok(mut asked) = self.asked.try_lock() else { return };
        if asked.is_some_and(|at| at.elapsed() < VERSION_LIFE) {
            return;
        }
        if self.version().await.is_some() {
            *asked = Some(Instant::now());
        }
    }

    async fn attempt(&self, file: &Held) -> Result<String, Ended> {
        let connection = self.connect().await.map_err(|_nobody| Ended::Away)?;
        let (mut reading, mut writing) = tokio::io::split(connection);
        let mut answered = Box::pin(answer(&mut reading));
        // It may answer before all is sent: too much, or found at once. What it says then must not be lost.
        tokio::select! {
            biased;
            early = &mut answered => return early,
            sent = send(file, &mut writing) => match sent {
                Err(Unsent::File) => return Err(Ended::Unreadable),
                // It no longer listens; perhaps it said why.
                Err(Unsent::Socket) | Ok(()) => {}
            },
        }
        answered.await
    }

    async fn connect(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match &self.place {
            ClamdPlace::Unix(path) => Box::new(UnixStream::connect(path).await?),
            ClamdPlace::Tcp(place) => {
                let connection = TcpStream::connect((place.host.as_str(), place.port)).await?;
                connection.set_nodelay(true)?;
                Box::new(connection)
            }
        })
    }
}

impl Scanner for Clamd {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        let attempt = move || async move { self.attempt(file).await.map(|text| meaning(&text)) };
        Box::pin(self.asking.ask(self.learn(), attempt))
    }

    fn generation(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

enum Unsent {
    File,
    Socket,
}

/// Sends a file: chunks behind their lengths, and an empty one.
async fn send(file: &Held, to: &mut (impl AsyncWrite + Unpin)) -> Result<(), Unsent> {
    let (mut reader, mut chunk) = (file.reader(), vec![0; CHUNK_BYTES]);
    to.write_all(b"zINSTREAM\0").await.map_err(|_closed| Unsent::Socket)?;
    loop {
        // It lies in memory, or was written a moment ago: this waits for nothing.
        let count = reader.read(&mut chunk).map_err(|_disk| Unsent::File)?;
        let bytes = chunk.get(..count).unwrap_or_default();
        let length = u32::try_from(bytes.len()).unwrap_or_default();
        to.write_all(&length.to_be_bytes()).await.map_err(|_closed| Unsent::Socket)?;
        to.write_all(bytes).await.map_err(|_closed| Unsent::Socket)?;
        if bytes.is_empty() {
            return to.flush().await.map_err(|_closed| Unsent::Socket);
        }
    }
}

/// Reads an answer to its end mark. Half an answer is none: `stream: OK` may be the begin of a name.
async fn answer(from: &mut (impl AsyncRead + Unpin)) -> Result<String, Ended> {
    let (mut text, mut piece) = (Vec::new(), [0; LONGEST_ANSWER_BYTES]);
    loop {
        let count = match from.read(&mut piece).await {
            Ok(0) | Err(_) if text.is_empty() => return Err(Ended::Away),
            Ok(0) | Err(_) => return Err(Ended::Odd),
            Ok(count) => count,
        };
        text.extend_from_slice(piece.get(..count).unwrap_or_default());
        if let Some(end) = text.iter().position(|byte| *byte == 0) {
            text.truncate(end);
            return String::from_utf8(text).map_err(|_odd| Ended::Odd);
        }
        if text.len() >= LONGEST_ANSWER_BYTES {
            return Err(Ended::Odd);
        }
    }
}

/// What an answer to INSTREAM means (clamd(8)).
fn meaning(text: &str) -> Malware {
    let said = text.strip_prefix("stream: ").unwrap_or(text);
    if said == "OK" {
        Malware::Clean
    } else if let Some(found) = said.strip_suffix(" FOUND") {
        Malware::Found(name::clean(found))
    } else if said.starts_with("INSTREAM size limit exceeded") {
        Malware::Failed(ScanFailure::TooLarge)
    } else {
        tracing::warn!(answer = name::clean(said), "clamd would not take a file");
        let is_late = said.contains("TIMED OUT") || said.contains("Time limit reached");
        Malware::Failed(if is_late { ScanFailure::Slow } else { ScanFailure::Refused })
    }
}

#[cfg(test)]
mod tests;
