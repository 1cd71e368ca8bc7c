//! Reading what was photographed or scanned, one file at a time. Strangers' files are read by a child process with limits of its own,
//! so that one that asks for any memory, or breaks its reader, ends a child and not the gateway.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use usher_paper::{Line, Page, Unread};

/// The hidden command of the program that reads one file.
pub const COMMAND: &str = "read-paper";
/// The longest answer: every page a scan without one even spot, in numbers.
const LONGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// The pages of one file.
pub type Pages = Result<Vec<Result<Page, Unread>>, Unread>;

/// Whoever reads.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Usher's own program; none where there is only its parts, in tests.
    program: Option<PathBuf>,
    turns: Arc<Semaphore>,
}

/// A turn at reading: one upload at a time, because it takes a processor.
#[derive(Debug)]
pub struct Turn<'a> {
    reader: &'a Reader,
    permit: Arc<OwnedSemaphorePermit>,
    until: Instant,
}

impl Reader {
    /// Reads in a thread of this process. For tests.
    pub fn here() -> Self {
        Self { program: None, turns: Arc::new(Semaphore::new(1)) }
    }

    /// Reads in a child: this program with [`COMMAND`].
    pub fn child(program: PathBuf) -> Self {
        Self { program: Some(program), turns: Arc::new(Semaphore::new(1)) }
    }

    /// Waits for a turn, which lasts so long; none when there are no turns any more.
    pub async fn turn(&self, lasts: Duration) -> Option<Turn<'_>> {
        let permit = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        Some(Turn { reader: self, permit: Arc::new(permit), until: Instant::now() + lasts })
    }
}

impl Turn<'_> {
    /// Reads one file. A child is killed when its time is over, or when nobody waits for it any more; what it read until then
    /// counts.
    pub async fn read(&self, bytes: Vec<u8>) -> Pages {
        if Instant::now() >= self.until {
            return Err(Unread::NoTime);
        }
        if let Some(program) = &self.reader.program {
            return self.apart(program, bytes).await;
        }
        // The turn is over when the thread is, whether or not somebody waits for it.
        let (until, permit) = (self.until, Arc::clone(&self.permit));
        let read = tokio::task::spawn_blocking(move || {
            let _turn = permit;
            usher_paper::read(bytes, &|| Instant::now() < until)
        });
        read.await.unwrap_or(Err(Unread::Damaged))
    }

    async fn apart(&self, program: &Path, bytes: Vec<u8>) -> Pages {
        let child = Command::new(program)
            .arg(COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(%error, "no reader of scans could be started");
                return Err(Unread::NoTime);
            }
        };
        let mut pages = Vec::new();
        let ended = timeout_at(self.until, talk(&mut child, &bytes, &mut pages)).await;
        if let Err(error) = child.kill().await {
            tracing::warn!(%error, "a reader of scans could not be ended");
        }
        let why = match ended {
            Ok(Some(Line::End)) => return Ok(pages),
            Ok(Some(Line::Whole(why))) => why,
            // It broke off: the file asked for more than any page needs.
            Ok(_) => Unread::Damaged,
            Err(_over) => Unread::NoTime,
        };
        if pages.is_empty() {
            return Err(why);
        }
        pages.push(Err(why));
        Ok(pages)
    }
}

/// Gives it the file and takes its pages; gives its last line, none when it broke off.
async fn talk(child: &mut Child, bytes: &[u8], pages: &mut Vec<Result<Page, Unread>>) -> Option<Line> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    let give = async move {
        // One that breaks off takes no more; its silence says so.
        drop(stdin.write_all(bytes).await);
        drop(stdin.shutdown().await);
    };
    let take = async {
        let mut lines = BufReader::new(stdout.take(LONGEST_ANSWER)).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str(&line).ok()? {
                Line::Page(page) if pages.len() < usher_paper::MOST_PAGES => pages.push(page),
                Line::Page(_) => return None,
                last => return Some(last),
            }
        }
        None
    };
    tokio::join!(give, take).1
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Reads one file with a child that does this.
    async fn read(does: &str, lasts: Duration) -> Pages {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("reader");
        std::fs::write(&program, format!("#!/bin/sh\n{does}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let reader = Reader::child(program);
        reader.turn(lasts).await.unwrap().read(vec![b'x'; 1_000_000]).await
    }

    #[tokio::test]
    async fn a_reader_that_breaks_hangs_or_talks_nonsense_ends_and_what_it_read_counts() {
        let (long, short) = (Duration::from_secs(20), Duration::from_millis(400));
        assert_eq!(read("kill -9 $$", long).await, Err(Unread::Damaged));
        assert_eq!(read("echo nonsense", long).await, Err(Unread::Damaged));
        assert_eq!(read("exec /bin/sleep 60", short).await, Err(Unread::NoTime));
        assert_eq!(read("echo '{\"whole\":\"too-many-pages\"}'", long).await, Err(Unread::TooManyPages));
        let one = "echo '{\"page\":{\"Ok\":{\"codes\":[\"A\"],\"picture\":[1]}}}'";
        let page = Page { codes: vec!["A".into()], picture: vec![1] };
        assert_eq!(read(&format!("{one}; echo '\"end\"'"), long).await, Ok(vec![Ok(page.clone())]));
        let broke = Ok(vec![Ok(page), Err(Unread::Damaged)]);
        assert_eq!(read(one, long).await, broke, "the pages before are read");
    }

    #[tokio::test]
    async fn one_upload_is_read_at_a_time_and_a_turn_nobody_waits_for_is_free() {
        let reader = Reader::here();
        let turn = reader.turn(Duration::from_secs(20)).await.unwrap();
        let second =
            tokio::time::timeout(Duration::from_millis(50), reader.turn(Duration::from_secs(1))).await;
        assert!(second.is_err(), "it waits");
        drop(turn);
        assert!(reader.turn(Duration::from_secs(1)).await.is_some());
    }
}
