//! What changes during the day without a new policy: kept whole, as one blob of a generation, so that a decision of last
//! Tuesday can be made again with last Tuesday's grants.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_lists::overlay::Edit;
use usher_records::grant::Grant;
use usher_records::lesson::LessonList;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// Grants, lesson lists, the school's own list edits, and where this server is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// Grants that are open or will be.
    pub grants: Vec<Grant>,
    /// Lesson lists.
    pub lesson_lists: Vec<LessonList>,
    /// The school's edits of what a page is about.
    pub edits: Vec<Edit>,
    /// Addresses of this server. Nothing is fetched from them, whatever a name resolves to or a rule opens: the desk and
    /// the books would be behind them.
    pub own_addresses: Vec<IpAddr>,
    /// The sealed categories that a filter above Usher shuts, as the school's memberships say. A sealed category that is
    /// neither among these nor has a list here is missing, and pupils are served nothing (FM-27). None in generations from
    /// before this was asked: nothing is missing there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_above: Option<Vec<Category>>,
    /// The tables of the build that made the generation ([`crate::tables`]); none in generations from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Digest>,
}

impl Live {
    /// Brings the parts into one order and leaves out what is over, so that the same state gives the same bytes.
    #[must_use]
    pub fn settled(mut self, at: Moment) -> Self {
        self.grants.retain(|grant| at < grant.until && grant.ended_at.is_none());
        self.grants.sort_by_key(|grant| grant.id);
        self.lesson_lists.sort_by_key(|list| list.id);
        self.edits.sort_by(|one, other| one.id.cmp(&other.id));
        self.own_addresses.sort();
        self.own_addresses.dedup();
        self
    }

    /// The bytes that are kept: canonical JSON.
    pub fn bytes(&self) -> Vec<u8> {
        // Nothing in it can fail to be written: no map has keys that are not text.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What [`Live::bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are not such a part, or of a later version.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The digest that names it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::grant::{Opens, Scope};
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn grant(id: u64, minutes: i64) -> Grant {
        Grant {
            id: Id::new(id),
            scope: Scope::Group(Id::new(30)),
            opens: Opens::Page,
            page: "games.example".parse().unwrap(),
            reason: "Maths games".into(),
            owner: Id::new(4),
            made_at: NINE,
            from: None,
            until: NINE.plus_minutes(minutes),
            ended_at: None,
        }
    }

    #[test]
    fn the_same_state_gives_the_same_bytes_and_what_is_over_is_left_out() {
        let one = Live { grants: vec![grant(2, 30), grant(1, 30), grant(3, 5)], ..Live::default() };
        let other = Live { grants: vec![grant(1, 30), grant(2, 30)], ..Live::default() };
        let later = NINE.plus_minutes(6);
        assert_eq!(one.clone().settled(later).digest(), other.clone().settled(later).digest());
        assert_ne!(one.settled(NINE).digest(), other.settled(NINE).digest());
    }

    #[test]
    fn what_was_written_is_read() {
        let live =
            Live { grants: vec![grant(1, 30)], own_addresses: vec![[10, 0, 0, 1].into()], ..Live::default() };
        assert_eq!(Live::read(&live.bytes()).unwrap(), live);
        assert!(Live::read(b"{}").is_err());
    }
}
