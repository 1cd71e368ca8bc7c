//! What keeps the sealed lists where they are (FM-27): lists compiled without them, or with much less of them, are not taken
//! into force, wherever they went.
//!
//! Does not: keep anybody from the machine's disk. What is done there is noticed here, and the lists in force stay.

use usher_lists::source::{SourceId, SourceInfo};

/// Most a sealed list may shrink from one time to the next, in per cent. Licensed lists change by a few entries a day; nobody
/// can believe more, because a person who can may be made to.
pub const MOST_SHRINK_PERCENT: u64 = 20;

/// A sealed list would be gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sealed list `{list}` would have {now} entries in place of {before}: the lists in force stay")]
pub struct SealedLost {
    /// Which.
    pub list: SourceId,
    /// How many entries it has in the lists in force.
    pub before: u64,
    /// How many it would have.
    pub now: u64,
}

/// Whether a sealed list would be cut down by more than it may shrink.
pub fn is_cut_down(before: &SourceInfo, now: &SourceInfo) -> bool {
    is_fewer(before.counts.entries.total(), now.counts.entries.total())
}

const fn is_fewer(before: u64, now: u64) -> bool {
    now * 100 < before * (100 - MOST_SHRINK_PERCENT)
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
        if now == 0 && was > 0 || is_fewer(was, now) {
            return Err(SealedLost { list: sealed.origin.id.clone(), before: was, now });
        }
    }
    Ok(())
}
