//! What was said of a file before. A class downloads the same work sheet in the same minute.
//!
//! Owns: answers by content, for a short while, and asking once for all who wait for the same. Does not: keep a file.

use std::io::{self, Read};
use std::time::Duration;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use usher_scan::features::{Malware, ScanFailure};

use crate::held::Held;
use crate::{Answer, Scanner};

/// How many answers are kept: a big school's day of downloads; about 200 bytes each.
const MOST_KEPT: usize = 10_000;
/// How long an answer counts. Scanners learn several times a day, and not all tell by their generation that they did.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// How long a failure counts: so long that all who wait for one file are told at once, not one deadline after another.
const FAILURE_LIFE: Duration = Duration::from_secs(5);
/// How much is read at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// A scanner whose answers are remembered.
#[derive(Debug)]
pub struct Remembered<S> {
    scanner: S,
    answers: Cache<Key, Kept>,
    life: Duration,
    failure_life: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    sha256: [u8; 32],
    generation: u64,
}

#[derive(Debug, Clone)]
struct Kept {
    malware: Malware,
    until: Instant,
}

impl<S: Scanner> Remembered<S> {
    /// Remembers what `scanner` says.
    pub fn new(scanner: S) -> Self {
        Self { scanner, answers: Cache::new(MOST_KEPT), life: LIFE, failure_life: FAILURE_LIFE }
    }

    async fn ask(&self, file: &Held) -> Malware {
        let hashed = file.clone();
        let hashed = tokio::task::spawn_blocking(move || digest(&hashed)).await;
        let Ok(Ok(sha256)) = hashed else { return Malware::Failed(ScanFailure::Refused) };
        let key = Key { sha256, generation: self.scanner.generation() };
        loop {
            match self.answers.get_value_or_guard_async(&key).await {
                Ok(kept) if kept.until > Instant::now() => return kept.malware,
                Ok(_outdated) => drop(self.answers.remove(&key)),
                Err(guard) => {
                    let malware = self.scanner.scan(file).await;
                    let failed = matches!(malware, Malware::Failed(_));
                    let until = Instant::now() + if failed { self.failure_life } else { self.life };
                    // Refused when the entry was removed meanwhile; then the next one asks again.
                    drop(guard.insert(Kept { malware: malware.clone(), until }));
                    return malware;
                }
            }
        }
    }
}

impl<S: Scanner> Scanner for Remembered<S> {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        Box::pin(self.ask(file))
    }

    fn generation(&self) -> u64 {
        self.scanner.generation()
    }
}

fn digest(file: &Held) -> io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    if let Held::Bytes(bytes) = file {
        hasher.update(bytes);
        return Ok(hasher.finalize().into());
    }
    let (mut reader, mut piece) = (file.reader(), vec![0; PIECE_BYTES]);
    loop {
        let count = reader.read(&mut piece)?;
        match piece.get(..count) {
            Some(bytes) if !bytes.is_empty() => hasher.update(bytes),
            _ => return Ok(hasher.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    use bytes::Bytes;

    /// Counts how often it was asked; fails while told to.
    #[derive(Debug, Default)]
    struct Counts {
        asked: AtomicU64,
        generation: AtomicU64,
        failing: AtomicU64,
    }

    impl Scanner for &'static Counts {
        fn scan<'a>(&'a self, _file: &'a Held) -> Answer<'a> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {
                // The whole class has asked by then.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                match self.failing.load(Ordering::SeqCst) {
                    0 => Malware::Clean,
                    _ => Malware::Failed(ScanFailure::Down),
                }
            })
        }

        fn generation(&self) -> u64 {
            self.generation.load(Ordering::SeqCst)
        }
    }

    fn one() -> Held {
        Held::Bytes(Bytes::from_static(b"one"))
    }

    #[tokio::test]
    async fn one_content_is_asked_about_once_until_the_scanner_learns() {
        let counts: &'static Counts = Box::leak(Box::default());
        let (scanner, file) = (Remembered::new(counts), one());
        let answers = futures_util::future::join_all((0..30).map(|_| scanner.scan(&file))).await;
        assert!(answers.iter().all(|answer| *answer == Malware::Clean));
        let asked = || counts.asked.load(Ordering::SeqCst);
        assert_eq!(asked(), 1);
        let mut other = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut other, b"two").unwrap();
        scanner.scan(&Held::File { file: std::sync::Arc::new(other), length: 3 }).await;
        assert_eq!(asked(), 2);
        counts.generation.store(1, Ordering::SeqCst);
        scanner.scan(&file).await;
        scanner.scan(&file).await;
        assert_eq!(asked(), 3);
    }

    #[tokio::test]
    async fn an_answer_is_forgotten_and_a_failure_sooner() {
        let counts: &'static Counts = Box::leak(Box::default());
        let asked = || counts.asked.load(Ordering::SeqCst);
        let brief =
            Remembered { life: Duration::ZERO, failure_life: Duration::ZERO, ..Remembered::new(counts) };
        brief.scan(&one()).await;
        brief.scan(&one()).await;
        assert_eq!(asked(), 2);
        counts.failing.store(1, Ordering::SeqCst);
        let (scanner, file) = (Remembered::new(counts), one());
        let answers = futures_util::future::join_all((0..30).map(|_| scanner.scan(&file))).await;
        // All who wait are told, and nobody asked for each of them.
        assert!(answers.iter().all(|answer| *answer == Malware::Failed(ScanFailure::Down)));
        assert_eq!(asked(), 3);
        let brief = Remembered { failure_life: Duration::ZERO, ..Remembered::new(counts) };
        brief.scan(&file).await;
        counts.failing.store(0, Ordering::SeqCst);
        assert_eq!(brief.scan(&file).await, Malware::Clean);
    }
}
