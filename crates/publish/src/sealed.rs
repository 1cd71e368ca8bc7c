//! What keeps the sealed lists where they are (FM-27): lists compiled without them, or with much less of them, are not taken
//! into force, wherever they went.
//!
//! Does not: keep anybody from the machine's disk. What is done there is noticed here, and the lists in force stay.

use std::sync::{Arc, Mutex};

use usher_lists::review::{ChangeGuard, TooMuchChange};
use usher_lists::source::{SourceId, SourceInfo};
use usher_records::in_force::InForce;
use usher_records::noun::Noun as _;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;

use crate::artefacts::ArtefactFault;
use crate::compile::{ListsFolder, said_of};

/// A sealed list would be gone, or nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedLost {
    /// It would be gone, or much shorter.
    #[error(
        "the sealed list `{list}` would have {now} entries in place of {before}: the lists in force stay"
    )]
    Fewer {
        /// Which.
        list: SourceId,
        /// How many entries it has in the lists in force.
        before: u64,
        /// How many it would have.
        now: u64,
    },
    /// Nothing says any more which sealed lists there were.
    #[error(
        "nothing says which sealed lists are in the lists {0}, as their file cannot be opened: no others are taken until it \
         is put back from a copy"
    )]
    Unknown(Digest),
}

/// Whether a sealed list would be cut down by more than any list may shrink. Licensed lists change by a few entries a day;
/// nobody can believe more, because a person who can may be made to.
pub fn is_cut_down(before: &SourceInfo, now: &SourceInfo) -> bool {
    is_fewer(before.counts.entries.total(), now.counts.entries.total())
}

fn is_fewer(before: u64, now: u64) -> bool {
    matches!(ChangeGuard::default().check(before, now), Err(TooMuchChange::Shrank { .. }))
}

/// Whether every sealed list of `before` is still in `after`.
///
/// # Errors
/// The first that is not, or is cut down, or is of another category.
pub fn kept(before: &[SourceInfo], after: &[SourceInfo]) -> Result<(), SealedLost> {
    for sealed in before.iter().filter(|list| list.origin.category.is_sealed()) {
        let same = |list: &&SourceInfo| {
            list.origin.id == sealed.origin.id && list.origin.category == sealed.origin.category
        };
        let (was, now) = (sealed.counts.entries.total(), after.iter().find(same));
        let now = now.map_or(0, |list| list.counts.entries.total());
        if is_fewer(was, now) {
            return Err(SealedLost::Fewer { list: sealed.origin.id.clone(), before: was, now });
        }
    }
    Ok(())
}

/// Whether every sealed list of the compiled lists `before` is still in `after`. They say it themselves, or else what was
/// kept when they were compiled.
///
/// # Errors
/// When the books fail; inside, as [`kept`], and when nothing says it.
pub(crate) async fn compared(
    folder: &Arc<ListsFolder>,
    books: &Books,
    before: Digest,
    after: &[SourceInfo],
) -> Result<Result<(), SealedLost>, StoreError> {
    let opening = Arc::clone(folder);
    let opened = tokio::task::spawn_blocking(move || opening.artefacts.open(before)).await;
    let fault: String = match opened {
        Ok(Ok(artefact)) => return Ok(kept(artefact.lists(), after)),
        Ok(Err(fault)) => ArtefactFault::to_string(&fault),
        Err(broken) => broken.to_string(),
    };
    tracing::error!(lists = %before, fault, "lists that were in force cannot be opened");
    Ok(match lists_of(books, before).await? {
        Some(lists) => kept(&lists, after),
        None => Err(SealedLost::Unknown(before)),
    })
}

/// What was kept of compiled lists that are in force, or were.
async fn lists_of(books: &Books, lists: Digest) -> Result<Option<Vec<SourceInfo>>, StoreError> {
    let school = books.school();
    let earlier = books.store().history(school, InForce::KIND, school.number()).await?;
    let earlier = earlier.iter().filter_map(|row| serde_json::from_str::<InForce>(&row.body).ok());
    for in_force in earlier.filter(|in_force| in_force.lists == lists) {
        match said_of(books, in_force.compiled).await {
            Ok(said) if said.lists.is_some() => return Ok(said.lists),
            Ok(_) | Err(StoreError::Unreadable { .. }) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

/// What was compiled and not taken, because a sealed list would have been lost: compiled again it would be refused again, so
/// only a person does it before something else comes. Forgotten when the program ends.
#[derive(Debug, Default)]
pub(crate) struct Refused(Mutex<Option<Vec<(SourceId, Digest)>>>);

impl Refused {
    /// These lists were refused.
    pub(crate) fn note(&self, lists: &[SourceInfo]) {
        let versions = lists.iter().map(|list| (list.origin.id.clone(), list.origin.digest)).collect();
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).replace(versions);
    }

    /// Lists were taken.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }

    /// Whether this version of a list was among those refused, by itself or, where it was held, as the one before it.
    pub(crate) fn has(&self, new: &SourceInfo, held: bool) -> bool {
        let refused = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        refused.as_ref().is_some_and(|versions| {
            held || versions.iter().any(|(id, digest)| *id == new.origin.id && *digest == new.origin.digest)
        })
    }
}
