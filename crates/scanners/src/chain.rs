//! Several scanners together.
//!
//! Owns: whose answer counts. Does not: know what they are.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, timeout_at};
use usher_scan::features::{Malware, ScanFailure};

use crate::held::Held;
use crate::{Answer, Scanner};

/// Scanners asked for one answer. What any of them finds is found; nothing is clean that one of them did not see.
#[derive(Debug)]
pub struct Chain {
    first: Box<dyn Scanner>,
    rest: Vec<Box<dyn Scanner>>,
    most: Duration,
}

impl Chain {
    /// Asks `first`, which should be cheap, and only if it finds nothing all of `rest` at once. All together have
    /// `most` to answer.
    pub fn new(first: Box<dyn Scanner>, rest: Vec<Box<dyn Scanner>>, most: Duration) -> Self {
        Self { first, rest, most }
    }

    async fn ask(&self, file: &Held) -> Malware {
        let until = Instant::now() + self.most;
        let mut sum = in_time(until, self.first.scan(file)).await;
        // At once, so that one that stalls does not keep another's find from being heard.
        let mut answers: FuturesUnordered<_> =
            self.rest.iter().map(|scanner| in_time(until, scanner.scan(file))).collect();
        while !matches!(sum, Malware::Found(_)) {
            let Some(answer) = answers.next().await else { break };
            sum = graver(sum, answer);
        }
        sum
    }
}

async fn in_time(until: Instant, answer: Answer<'_>) -> Malware {
    timeout_at(until, answer).await.unwrap_or(Malware::Failed(ScanFailure::Slow))
}

/// Which of two answers stands for both.
fn graver(one: Malware, other: Malware) -> Malware {
    match (one, other) {
        (Malware::Found(name), _) | (_, Malware::Found(name)) => Malware::Found(name),
        (Malware::Failed(one), Malware::Failed(other)) => Malware::Failed(one.max(other)),
        (Malware::Failed(failure), _) | (_, Malware::Failed(failure)) => Malware::Failed(failure),
        (Malware::Clean, _) | (_, Malware::Clean) => Malware::Clean,
        (Malware::NotAsked, Malware::NotAsked) => Malware::NotAsked,
    }
}

impl Scanner for Chain {
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a> {
        Box::pin(self.ask(file))
    }

    fn generation(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.first.generation().hash(&mut hasher);
        for scanner in &self.rest {
            scanner.generation().hash(&mut hasher);
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// Says always the same, or nothing ever.
    #[derive(Debug)]
    struct Says(Option<Malware>);

    impl Scanner for Says {
        fn scan<'a>(&'a self, _file: &'a Held) -> Answer<'a> {
            match self.0.clone() {
                Some(malware) => Box::pin(std::future::ready(malware)),
                None => Box::pin(std::future::pending()),
            }
        }
    }

    async fn asked(answers: &[Option<Malware>]) -> Malware {
        let mut scanners: Vec<Box<dyn Scanner>> = Vec::new();
        for answer in answers {
            scanners.push(Box::new(Says(answer.clone())));
        }
        let first = scanners.remove(0);
        Chain::new(first, scanners, Duration::from_millis(100)).scan(&Held::Bytes(Bytes::new())).await
    }

    #[tokio::test]
    async fn a_find_wins_and_clean_needs_all_who_were_asked() {
        let (clean, found) = (Some(Malware::Clean), Some(Malware::Found("x".to_owned())));
        let failed = |failure| Some(Malware::Failed(failure));
        let (down, refused) = (failed(ScanFailure::Down), failed(ScanFailure::Refused));
        for (answers, expected) in [
            (vec![clean.clone()], Malware::Clean),
            (vec![clean.clone(), Some(Malware::NotAsked)], Malware::Clean),
            (vec![Some(Malware::NotAsked)], Malware::NotAsked),
            (vec![clean.clone(), down.clone(), clean.clone()], Malware::Failed(ScanFailure::Down)),
            (vec![down.clone(), refused.clone()], Malware::Failed(ScanFailure::Refused)),
            (vec![clean.clone(), None], Malware::Failed(ScanFailure::Slow)),
            (vec![refused, None, found.clone(), down], Malware::Found("x".to_owned())),
            (vec![found, None], Malware::Found("x".to_owned())),
            (vec![None, clean], Malware::Failed(ScanFailure::Slow)),
        ] {
            assert_eq!(asked(&answers).await, expected, "{answers:?}");
        }
    }
}
