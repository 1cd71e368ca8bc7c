//! What is shown once and kept nowhere (a first password), and what waits between two steps of a form (a roster that
//! was read and not yet taken in). Held in memory, for whoever it was made for, for a short while.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Mutex;

use usher_types::ids::SessionId;
use usher_types::moment::Moment;

/// How long something waits. A roster is read in minutes; passwords are printed at once.
const KEPT_MINUTES: i64 = 30;
/// How much may wait at a time; when it is full, the oldest goes.
const MOST: usize = 64;

/// Holds values for one sign-in each.
#[derive(Debug, Default)]
pub struct Once(Mutex<HashMap<u64, Kept>>);

struct Kept {
    holder: SessionId,
    until: Moment,
    value: Box<dyn Any + Send>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Once {
    /// Keeps a value under a number that was never used before.
    pub fn keep<T: Send + 'static>(&self, number: u64, holder: SessionId, value: T, at: Moment) {
        let Ok(mut kept) = self.0.lock() else { return };
        kept.retain(|_, kept| at < kept.until);
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.until).map(|(number, _)| *number);
            oldest.map(|number| kept.remove(&number));
        }
        let until = at.plus_minutes(KEPT_MINUTES);
        kept.insert(number, Kept { holder, until, value: Box::new(value) });
    }

    /// Gives the value back and forgets it, if it is this holder's and of this type.
    pub fn take<T: 'static>(&self, number: u64, holder: SessionId, at: Moment) -> Option<T> {
        let mut kept = self.0.lock().ok()?;
        let fits = kept
            .get(&number)
            .is_some_and(|kept| kept.holder == holder && at < kept.until && kept.value.is::<T>());
        if !fits {
            return None;
        }
        kept.remove(&number)?.value.downcast().ok().map(|value| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NOW: Moment = Moment::from_unix_ms(1_795_428_900_000);

    #[test]
    fn a_value_is_given_back_once_to_its_holder_and_in_time() {
        let once = Once::default();
        let (me, other) = (Id::new(1), Id::new(2));
        once.keep(7, me, "secret".to_owned(), NOW);
        assert_eq!(once.take::<String>(7, other, NOW), None);
        assert_eq!(once.take::<u32>(7, me, NOW), None);
        assert_eq!(once.take::<String>(7, me, NOW).as_deref(), Some("secret"));
        assert_eq!(once.take::<String>(7, me, NOW), None);
        once.keep(8, me, "late".to_owned(), NOW);
        assert_eq!(once.take::<String>(8, me, NOW.plus_minutes(KEPT_MINUTES)), None);
    }

    #[test]
    fn it_never_grows_beyond_its_room() {
        let once = Once::default();
        for number in 0..200 {
            once.keep(number, Id::new(1), number, NOW.plus_seconds(i64::try_from(number).unwrap()));
        }
        assert!(once.0.lock().unwrap().len() <= MOST);
        assert_eq!(once.take::<u64>(199, Id::new(1), NOW.plus_minutes(5)), Some(199));
        assert_eq!(once.take::<u64>(0, Id::new(1), NOW), None);
    }
}
