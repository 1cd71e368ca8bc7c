//! Rules in the YARA language, run in this process: the scanner every school has without setting anything up.
//!
//! Owns: which rules are in use, reading them again, and how much of a download is looked at and for how long.
//! Does not: unpack (`usher_scan::archive`), or say that something was left unread: `File::unread` and
//! `File::locked` do.

mod book;
mod look;
mod vba;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use usher_scan::archive::Limits;
use usher_scan::features::{Malware, ScanFailure};

pub use book::RuleFault;

use crate::held::Held;
use crate::{Answer, Scanner};
use book::Book;

/// The most downloads looked at at once, on any machine. Each may take two windows and an archive's members of memory.
const MOST_AT_ONCE: usize = 8;

/// Rules, and looking with them.
#[derive(Debug)]
pub struct Rules {
    book: ArcSwap<Book>,
    folder: Option<PathBuf>,
    limits: Limits,
    most: Duration,
    turns: Arc<Semaphore>,
}

impl Rules {
    /// Usher's own rules. [`Rules::read_again`] adds the school's. `most` is how long one download may take.
    ///
    /// # Errors
    /// Never while the tests pass: Usher's own rules are part of the program.
    pub fn own(folder: Option<&Path>, most: Duration) -> Result<Self, RuleFault> {
        // Looking takes a whole core; half of them stay for passing pages on. Two at least, so that a long one does
        // not keep all others waiting.
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Ok(Self {
            book: ArcSwap::from_pointee(Book::read(None)?),
            folder: folder.map(Path::to_owned),
            limits: Limits::default(),
            most,
            turns: Arc::new(Semaphore::new(cores.clamp(2, MOST_AT_ONCE))),
        })
    }

    /// Reads the school's folder, and says how many rules there are now. Reads files: not for a thread that serves.
    ///
    /// # Errors
    /// The first thing that is wrong, with its file and line. The rules in use stay in use.
    pub fn read_again(&self) -> Result<usize, RuleFault> {
        let book = Book::read(self.folder.as_deref())?;
        let count = book.count();
        self.book.store(Arc::new(book));
        Ok(count)
    }

    async fn ask(&self, file: &Held) -> Malware {
        let until = Instant::now() + self.most;
        let slow = Malware::Failed(ScanFailure::Slow);
        let Ok(Ok(turn)) = timeout_at(until, Arc::clone(&self.turns).acquire_owned()).await else {
            return slow;
        };
        let (book, file, limits) = (self.book.load_full(), file.clone(), self.limits);
        let looked = tokio::task::spawn_blocking(move || {
            let malware = look::look(&book, &file, &limits, until);
            // Nobody else begins before this one has really ended, whoever still waits for it.
            drop(turn);
            malware
        });
        match timeout_at(until, looked).await {
            Ok(Ok(malware)) => malware,
            // A reader of somebody else's format gave up on it.
            Ok(Err(_panicked)) => Malware::Failed(ScanFailure::Refused),
            Err(_late) => slow,
        }
    }
}

impl Scanner for Rules {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        Box::pin(self.ask(file))
    }

    fn generation(&self) -> u64 {
        self.book.load().generation
    }
}

#[cfg(test)]
pub(crate) mod tests;
