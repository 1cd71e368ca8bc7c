//! When each sign-in at the desk was last used, so that one left alone ends (ACC-10). Not written down: after a restart
//! the idle limit starts again, and the absolute one, which is in the books, still holds.

use std::collections::HashMap;
use std::sync::Mutex;

use usher_records::session::Session;
use usher_types::ids::SessionId;
use usher_types::moment::Moment;

/// Sign-ins remembered; all of a large school's staff in a day. When it is full, those used longest ago are forgotten.
const MOST: usize = 4_096;

/// When each sign-in was last used.
#[derive(Debug, Default)]
pub struct LastUsed(Mutex<HashMap<SessionId, Moment>>);

impl LastUsed {
    /// Notes that a sign-in is used now. False when it was left alone for longer than its limit: it is over.
    pub fn touch(&self, session: &Session, at: Moment) -> bool {
        let Ok(mut used) = self.0.lock() else { return false };
        let last = used.get(&session.id).copied().unwrap_or(at);
        if last.plus_minutes(i64::from(session.idle_minutes)) <= at {
            used.remove(&session.id);
            return false;
        }
        if used.len() >= MOST {
            let cut = at.plus_minutes(-60);
            used.retain(|_, last| *last >= cut);
        }
        used.insert(session.id, last.max(at));
        true
    }

    /// A sign-in is over.
    pub fn forget(&self, session: SessionId) {
        if let Ok(mut used) = self.0.lock() {
            used.remove(&session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::account::Owner;
    use usher_records::session::{Bound, KnownBy};
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn acc_10_a_sign_in_left_alone_is_over_and_one_in_use_is_not() {
        let session = Session {
            id: Id::new(1),
            account: None,
            owner: Owner::Person(Id::new(7)),
            group: None,
            bound: Bound::Desk,
            known_by: KnownBy::Password,
            clause_accepted: true,
            secret: None,
            from: NINE,
            until: NINE.plus_minutes(600),
            idle_minutes: 20,
            ended: None,
        };
        let used = LastUsed::default();
        assert!(used.touch(&session, NINE.plus_minutes(45)), "after a restart the limit starts again");
        assert!(used.touch(&session, NINE.plus_minutes(64)));
        assert!(used.touch(&session, NINE.plus_minutes(83)));
        assert!(!used.touch(&session, NINE.plus_minutes(103)));
    }
}
