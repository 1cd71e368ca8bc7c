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
    /// The phrase lists the school imported beside the product's own: JSON, a blob; none when it imported none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrases: Option<Digest>,
}

impl Generation {
    /// The digest that names the generation in decisions and events.
    pub fn digest(&self) -> Digest {
        // Generations without imported phrases keep the name they had before there were any.
        let form: &[u8] = if self.phrases.is_some() { b"usher generation 2" } else { b"usher generation 1" };
        let hasher = Hasher::new()
            .part(form)
            .part(self.policy.as_bytes())
            .part(self.lists.as_bytes())
            .part(self.live.as_bytes());
        match &self.phrases {
            Some(phrases) => hasher.part(phrases.as_bytes()).finish(),
            None => hasher.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imported_phrases_are_part_of_the_name_and_earlier_generations_keep_theirs() {
        let part = |text: &str| Digest::of(text.as_bytes());
        let before = Generation { policy: part("p"), lists: part("l"), live: part("v"), phrases: None };
        let after = Generation { phrases: Some(part("phrases")), ..before };
        assert_ne!(before.digest(), after.digest());
        assert_ne!(Generation { phrases: Some(part("others")), ..before }.digest(), after.digest());
        let kept = serde_json::to_value(before).unwrap();
        assert_eq!(kept.as_object().unwrap().len(), 3, "written as before there were phrases");
        assert_eq!(serde_json::from_value::<Generation>(kept).unwrap(), before);
        let kept = serde_json::to_value(after).unwrap();
        assert_eq!(serde_json::from_value::<Generation>(kept).unwrap(), after);
    }
}
