//! Refreshing a list: fetched, read, and kept beside the one in use until the lists are compiled.

use std::path::Path;

use usher_events::event::{Event, System, What};
use usher_events::sink::EventSink;
use usher_lists::category::Category;
use usher_lists::source::{Source, SourceInfo};
use usher_types::digest::Digest;
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;

use super::fetch::{Asked, Came, Fetcher};
use super::{Age, Feed, Feeds, State};
use crate::compile::ListsFolder;
use crate::import::{self, About};
use crate::sources::{Sources, SourcesFault, Version};

/// A list with more bad lines than this for each hundred entries is not a list any more, or only part of one.
const MOST_BAD_PERCENT: u64 = 50;
/// Characters kept of what went wrong.
const FAULT_CHARS: usize = 300;

/// What came of refreshing a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// It is as it was.
    Same,
    /// It is another, and waits to be compiled.
    New(Box<SourceInfo>),
    /// It could not be had; the one before stays in use.
    Failed(String),
}

/// Refreshes every list that is due. Gives what is subscribed to, and all that went wrong here: one list does not stop
/// another.
pub async fn due(folder: &ListsFolder, fetcher: &Fetcher, at: Moment) -> (Vec<Feed>, Vec<String>) {
    let (mut feeds, faults) = match folder.feeds.all() {
        Ok(found) => (found.feeds, found.unreadable),
        Err(fault) => (Vec::new(), vec![fault]),
    };
    let mut faults: Vec<String> = faults.iter().map(|fault| told(fault)).collect();
    for feed in feeds.iter_mut().filter(|feed| feed.is_due(at)) {
        if let Err(fault) = one(folder, fetcher, feed, at).await {
            faults.push(format!("{}: {}", feed.id, told(&fault)));
        }
    }
    (feeds, faults)
}

/// Refreshes one list and keeps how it went.
///
/// # Errors
/// When the state cannot be kept. A list that cannot be had is no error: it is in the answer.
pub async fn one(
    folder: &ListsFolder,
    fetcher: &Fetcher,
    feed: &mut Feed,
    at: Moment,
) -> Result<Refreshed, SourcesFault> {
    let part = folder.feeds.path(&feed.id, &format!("{}.part", std::process::id()));
    let outcome = Box::pin(refreshed(folder, fetcher, feed, &part, at)).await;
    drop(std::fs::remove_file(&part));
    feed.state.tried_at = Some(at);
    let refreshed = match outcome {
        Ok(refreshed) => {
            feed.state.said_at = Some(at);
            feed.settle(folder.sources.info(&feed.id, Version::Used).ok().flatten().as_ref());
            feed.state.fault = None;
            if matches!(refreshed, Refreshed::New(_)) {
                feed.state.changed_at = Some(at);
            }
            refreshed
        }
        Err(why) => {
            let why: String = why.chars().take(FAULT_CHARS).collect();
            tracing::warn!(list = %feed.id, why, "a list could not be refreshed; the one before stays in use");
            feed.state.fault = Some(why.clone());
            Refreshed::Failed(why)
        }
    };
    let state = feed.state.clone();
    went(folder, feed, move |kept| *kept = State { told: kept.told, ..state }).await?;
    Ok(refreshed)
}

/// Keeps how it went, beside everything else: somebody may hold the folder.
async fn went(
    folder: &ListsFolder,
    feed: &Feed,
    change: impl FnOnce(&mut State) + Send + 'static,
) -> Result<(), SourcesFault> {
    let (feeds, feed) = (folder.feeds.clone(), feed.clone());
    let work = tokio::task::spawn_blocking(move || feeds.went(&feed, change));
    work.await.map_err(|_broken| SourcesFault::BrokenOff)?
}

async fn refreshed(
    folder: &ListsFolder,
    fetcher: &Fetcher,
    feed: &mut Feed,
    part: &Path,
    at: Moment,
) -> Result<Refreshed, String> {
    let words = |error: &(dyn std::error::Error + 'static)| told(error);
    let url = feed.check().map_err(|error| words(&error))?;
    std::fs::create_dir_all(part.parent().unwrap_or(part)).map_err(|error| words(&error))?;
    // What is not there any more, or is another now, is asked for whatever mark it had.
    let there = [Version::New, Version::Used].into_iter().try_fold(false, |there, version| {
        let info = folder.sources.info(&feed.id, version)?;
        Ok::<_, SourcesFault>(there || info.is_some_and(|info| Some(info.origin.digest) == feed.state.taken))
    });
    let there = there.map_err(|error| words(&error))?;
    let asked = Asked {
        url: &url,
        etag: feed.state.etag.as_deref().filter(|_| there),
        last_modified: feed.state.last_modified.as_deref().filter(|_| there),
        inside: feed.inside,
        unencrypted: feed.digest.is_some(),
    };
    let came = fetcher.fetch(asked, part).await.map_err(|error| words(&error))?;
    let Came::New { etag, last_modified } = came else { return Ok(Refreshed::Same) };
    let (sources, feeds, asked, file) =
        (folder.sources.clone(), folder.feeds.clone(), feed.clone(), part.to_owned());
    let taking = tokio::task::spawn_blocking(move || take(&sources, &feeds, &asked, &file, there, at));
    let (info, same) = taking.await.map_err(|_broken| "reading it was broken off".to_owned())??;
    (feed.state.etag, feed.state.last_modified, feed.state.taken) =
        (etag, last_modified, Some(info.origin.digest));
    Ok(if same { Refreshed::Same } else { Refreshed::New(Box::new(info)) })
}

/// Reads what came, and keeps it when it is another than was `there`. Blocks. True when it is the same.
fn take(
    sources: &Sources,
    feeds: &Feeds,
    feed: &Feed,
    file: &Path,
    there: bool,
    at: Moment,
) -> Result<(SourceInfo, bool), String> {
    let source = import::file(file, about_of(feed), feed.format, at).map_err(|error| told(&error))?;
    look(&source, feed.digest)?;
    let same = there && feed.state.taken == Some(source.info.origin.digest);
    if !same && !sources.put_while(&source, || feeds.is_kept(feed)).map_err(|error| told(&error))? {
        return Err("it is not subscribed to any more".to_owned());
    }
    Ok((source.info, same))
}

/// Whether what was read may be taken at all. Whether it changed too much is asked when it is compiled.
fn look(source: &Source, pinned: Option<Digest>) -> Result<(), String> {
    let digest = source.info.origin.digest;
    if let Some(pinned) = pinned.filter(|pinned| *pinned != digest) {
        return Err(format!("its digest is {digest}, and must be {pinned}"));
    }
    let counts = &source.info.counts;
    let (bad, entries) = (counts.reading.bad_total(), counts.entries.total());
    if bad * 100 > entries * MOST_BAD_PERCENT {
        return Err(format!("{bad} of its lines cannot be read, beside {entries} entries"));
    }
    Ok(())
}

fn about_of(feed: &Feed) -> About {
    About {
        id: feed.id.clone(),
        title: feed.title.clone(),
        category: feed.category.clone(),
        licence: feed.licence.clone(),
        credit: feed.credit.clone(),
        address: feed.url.clone(),
        dated: None,
    }
}

/// An error with its causes, in a line.
pub fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Tells of every list that became older than it should be since it was last told, and forgets those that are fresh again.
/// Gives the lists that are too old now.
///
/// # Errors
/// When the folder cannot be read. What goes wrong with one list does not keep the others from being told of.
pub async fn watch(
    folder: &ListsFolder,
    sealed: &[Category],
    sink: &dyn EventSink,
    school: SchoolId,
    at: Moment,
) -> Result<Vec<(Feed, Age)>, SourcesFault> {
    let mut old = Vec::new();
    for mut feed in folder.feeds.all()?.feeds {
        let is_sealed = sealed.contains(&feed.category);
        let before = feed.state.good_at;
        match folder.sources.info(&feed.id, Version::Used) {
            Ok(used) => feed.settle(used.as_ref()),
            Err(error) => tracing::error!(%error, list = %feed.id, "a list in force cannot be looked at"),
        }
        let age = feed.age(is_sealed, at);
        if age > feed.state.told {
            let what = System::ListOld {
                list: feed.id.to_string(),
                good_at: feed.good_at(),
                sealed: is_sealed,
                red: age == Age::Red,
            };
            tracing::error!(list = %feed.id, sealed = is_sealed, since = %feed.good_at(), "a list is too old");
            match sink.reserve().await {
                Ok(place) => {
                    let id = place.id();
                    place.fill(Event { id, school, at, what: What::System(what) });
                }
                Err(error) => {
                    tracing::warn!(%error, "that a list is too old could not be recorded; it is tried again");
                    old.push((feed, age));
                    continue;
                }
            }
        }
        if age != feed.state.told || before != feed.state.good_at {
            let good_at = feed.state.good_at;
            let kept = went(folder, &feed, move |state| (state.told, state.good_at) = (age, good_at)).await;
            if let Err(error) = kept {
                tracing::error!(%error, list = %feed.id, "how old a list is cannot be kept; it may be told twice");
            }
        }
        if age > Age::Fresh {
            old.push((feed, age));
        }
    }
    Ok(old)
}
