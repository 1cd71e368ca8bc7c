//! The queue in front of the model: bounded, one thread, and never waited for. What does not fit is not looked at, and
//! that is counted and told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::judge::{Judge, JudgeFault, Reading};

/// Texts that wait at most: four seconds of work at eight milliseconds each, so that an answer is never staler.
const MOST_WAITING: usize = 512;

/// What the queue did since the server started.
#[derive(Debug, Default)]
pub struct Counts {
    read: AtomicU64,
    not_looked_at: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    /// Texts that were read.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Texts that nobody looked at, because too many waited.
    pub fn not_looked_at(&self) -> u64 {
        self.not_looked_at.load(Ordering::Relaxed)
    }

    /// Texts the model gave no answer to.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// The queue. `T` is whatever the asker knows its text by.
#[derive(Debug)]
pub struct Queue<T> {
    ask: SyncSender<(T, String)>,
    answers: Mutex<Receiver<(T, Vec<Reading>)>>,
    counts: Arc<Counts>,
    version: String,
}

impl<T: Send + 'static> Queue<T> {
    /// Starts the thread, which loads the model itself. It ends when the queue is dropped.
    ///
    /// # Errors
    /// When the model is not there or another than was checked, or the system gives no thread.
    pub fn start(folder: PathBuf) -> Result<Self, JudgeFault> {
        Self::reading_with(MOST_WAITING, move || {
            let judge = Judge::load(&folder)?;
            let version = judge.version().to_owned();
            Ok((version, move |text: &str| judge.read(text).ok().map(|read| read.readings)))
        })
    }

    /// A queue of this length with another reader, which is made in its own thread.
    ///
    /// # Errors
    /// When the reader cannot be made, or the system gives no thread.
    pub fn reading_with<R>(
        most: usize,
        make: impl FnOnce() -> Result<(String, R), JudgeFault> + Send + 'static,
    ) -> Result<Self, JudgeFault>
    where
        R: FnMut(&str) -> Option<Vec<Reading>>,
    {
        let (ask, asked) = sync_channel::<(T, String)>(most);
        // As many answers as questions may wait; an asker that listens to none holds up nobody but itself.
        let (answer, answers) = sync_channel(most);
        let (ready, is_ready) = sync_channel(1);
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let thread = thread::Builder::new().name("detect".into());
        let started = thread.spawn(move || {
            let mut read = match make() {
                Ok((version, read)) => {
                    drop(ready.send(Ok(version)));
                    read
                }
                Err(fault) => return drop(ready.send(Err(fault))),
            };
            for (known_by, text) in asked {
                let Some(readings) = read(&text) else {
                    counted.failed.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                counted.read.fetch_add(1, Ordering::Relaxed);
                if !readings.is_empty() && answer.send((known_by, readings)).is_err() {
                    return;
                }
            }
        });
        started.map_err(JudgeFault::Thread)?;
        let version = is_ready.recv().map_err(|_ended| JudgeFault::Ended)??;
        Ok(Self { ask, answers: Mutex::new(answers), counts, version })
    }

    /// Has a text looked at, if there is room. False says that nobody will, and that is counted.
    pub fn offer(&self, known_by: T, text: String) -> bool {
        match self.ask.try_send((known_by, text)) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.counts.not_looked_at.fetch_add(1, Ordering::Relaxed);
                false
            }
        }
    }

    /// What was found since it was last asked.
    pub fn found(&self) -> Vec<(T, Vec<Reading>)> {
        self.answers.lock().map(|answers| answers.try_iter().collect()).unwrap_or_default()
    }

    /// Which training its heads are of.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it did.
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use usher_scan::theme::Theme;

    #[test]
    fn what_does_not_fit_is_not_looked_at_and_is_counted() {
        let (begin, began) = channel::<()>();
        let (go, going) = channel::<()>();
        let queue = Queue::<u8>::reading_with(1, move || {
            Ok(("test".into(), move |text: &str| {
                begin.send(()).unwrap();
                going.recv().unwrap();
                let reading = Reading { theme: Theme::SelfHarm, score: 0.9, sure: true };
                (text != "broken").then(|| if text == "calm" { vec![] } else { vec![reading] })
            }))
        })
        .unwrap();
        assert!(queue.offer(1, "worrying".into()));
        began.recv().unwrap();
        assert!(queue.offer(2, "calm".into()), "one waits");
        assert!(!queue.offer(3, "more".into()), "and no other fits");
        assert_eq!(queue.counts().not_looked_at(), 1);
        go.send(()).unwrap();
        began.recv().unwrap();
        assert!(queue.offer(4, "broken".into()));
        go.send(()).unwrap();
        began.recv().unwrap();
        go.send(()).unwrap();
        let counts = queue.counts();
        while counts.failed() == 0 {
            thread::yield_now();
        }
        let found: Vec<u8> = queue.found().into_iter().map(|(known_by, _)| known_by).collect();
        assert_eq!((found, counts.read(), counts.failed()), (vec![1], 2, 1));
    }

    #[test]
    fn without_the_model_there_is_no_queue_and_it_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let fault = Queue::<u8>::start(folder.path().to_owned()).unwrap_err();
        assert!(fault.to_string().contains("model.onnx"), "{fault}");
    }
}
