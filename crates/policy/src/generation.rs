//! What a snapshot was made from, named by content: so that a decision can be made again as long as the parts are kept.

use serde::{Deserialize, Serialize};
use usher_types::digest::{Digest, Hasher};

/// The parts of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Generation {
    /// The policy document, canonical JSON, a blob.
    pub policy: Digest,
    /// The compiled category lists, a file named by this digest.
    pub lists: Digest,
    /// What changes during the day: grants, lesson lists, the school's list edits; canonical JSON, a blob.
    pub live: Digest,
}

impl Generation {
    /// The digest that names the generation in decisions and events.
    pub fn digest(&self) -> Digest {
        Hasher::new()
            .part(b"usher generation 1")
            .part(self.policy.as_bytes())
            .part(self.lists.as_bytes())
            .part(self.live.as_bytes())
            .finish()
    }
}
