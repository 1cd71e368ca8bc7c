//! Wrong tries in a row, by account and by device: what locks an account, and what slows a guesser down (ACC-05, CY-09).
//! The tries of one account take turns, so that each is judged by all that went before it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;
use usher_types::moment::Moment;

/// Wrong tries are forgotten after this long without one.
const FORGOTTEN_MINUTES: i64 = 30;
/// Wrong tries from one device, whatever the account, before it waits: a class of 30 mistyping does not reach it.
const DEVICE_TRIES: u32 = 40;
/// How long such a device waits.
const DEVICE_RESTS_MINUTES: i64 = 5;
/// Tries of one device that wait for their turn or are being checked. People sign in one at a time; tools send one
/// password on many connections at once, and that is one try.
const DEVICE_AT_ONCE: u32 = 8;
/// When a device that asks for more may come again.
const DEVICE_BUSY_SECONDS: i64 = 10;
/// Accounts and devices remembered at once; past that, those whose tries are forgotten go.
const REMEMBERED: usize = 10_000;

/// Wrong tries.
#[derive(Debug, Default)]
pub struct Tries {
    accounts: Mutex<HashMap<String, Count>>,
    devices: Mutex<HashMap<IpAddr, Count>>,
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    wrong: u32,
    last: Moment,
    /// For a device: tries under way.
    under_way: u32,
    /// For a name without an account: it rests as an account would, so that nobody learns which of them exist.
    rests_until: Option<Moment>,
}

impl Count {
    const fn new(at: Moment) -> Self {
        Self { wrong: 0, last: at, under_way: 0, rests_until: None }
    }

    fn is_forgotten(&self, at: Moment) -> bool {
        self.under_way == 0
            && self.last.plus_minutes(FORGOTTEN_MINUTES) <= at
            && self.rests_until.is_none_or(|until| until <= at)
    }
}

impl Tries {
    /// Begins a try: it counts against the device from now on, and no longer when it was right.
    ///
    /// # Errors
    /// Until when the device must wait.
    pub fn begin(self: &Arc<Self>, username: &str, address: IpAddr, at: Moment) -> Result<Turn, Moment> {
        let device = address.to_canonical();
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        let count = entry(&mut devices, device, at);
        let rests_until = count.last.plus_minutes(DEVICE_RESTS_MINUTES);
        if count.wrong >= DEVICE_TRIES && at < rests_until {
            return Err(rests_until);
        }
        if count.under_way >= DEVICE_AT_ONCE {
            return Err(at.plus_seconds(DEVICE_BUSY_SECONDS));
        }
        let last_before = count.last;
        count.wrong += 1;
        count.under_way += 1;
        count.last = at;
        Ok(Turn { tries: Arc::clone(self), username: username.to_owned(), device, last_before, held: None })
    }

    /// A wrong try for an account; gives how many it is in a row.
    pub fn wrong(&self, username: &str, at: Moment) -> u32 {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = entry(&mut accounts, username.to_owned(), at);
        count.wrong += 1;
        count.last = at;
        count.wrong
    }

    /// The account's count begins anew: the password was right, or the account rests now.
    pub fn begin_anew(&self, username: &str) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(username);
    }

    /// A name without an account rests.
    pub fn rest(&self, username: &str, until: Moment, at: Moment) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = entry(&mut accounts, username.to_owned(), at);
        *count = Count { rests_until: Some(until), ..Count::new(at) };
    }

    /// Until when a name without an account rests; none when it does not.
    pub fn rests_until(&self, username: &str, at: Moment) -> Option<Moment> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(username)?.rests_until.filter(|until| at < *until)
    }
}

/// A try that is under way. Dropping it ends it; whoever is next for the account has their turn.
#[derive(Debug)]
pub struct Turn {
    tries: Arc<Tries>,
    username: String,
    device: IpAddr,
    last_before: Moment,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turn {
    /// Waits until every try for the account that began before is over.
    pub async fn wait(&mut self) {
        let turn = {
            let mut turns = self.tries.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(self.username.clone()).or_default())
        };
        self.held = Some(turn.lock_owned().await);
    }

    /// It was right: both counts are as if it had not been. The device's other wrong tries stay, or one known password
    /// would clear them.
    pub fn right(&self) {
        self.tries.begin_anew(&self.username);
        let mut devices = self.tries.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = devices.get_mut(&self.device) {
            count.wrong = count.wrong.saturating_sub(1);
            count.last = self.last_before;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.held = None;
        let mut turns = self.tries.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.get(&self.username).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.username);
        }
        drop(turns);
        let mut devices = self.tries.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = devices.get_mut(&self.device) {
            count.under_way = count.under_way.saturating_sub(1);
        }
    }
}

fn entry<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, Count>, key: K, at: Moment) -> &mut Count {
    if counts.len() >= REMEMBERED {
        counts.retain(|_, count| !count.is_forgotten(at));
    }
    let count = counts.entry(key).or_insert(Count::new(at));
    if count.is_forgotten(at) {
        *count = Count::new(at);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn wrong_tries_add_up_and_are_forgotten() {
        let tries = Tries::default();
        assert_eq!(tries.wrong("a", NINE), 1);
        assert_eq!(tries.wrong("a", NINE), 2);
        assert_eq!(tries.wrong("b", NINE), 1);
        tries.begin_anew("a");
        assert_eq!(tries.wrong("a", NINE), 1);
        assert_eq!(tries.wrong("a", NINE.plus_minutes(31)), 1);
    }

    #[test]
    fn a_device_that_guesses_through_many_accounts_waits() {
        let tries = Arc::new(Tries::default());
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        for number in 0..DEVICE_TRIES {
            assert!(tries.begin(&format!("user{number}"), here, NINE).is_ok());
        }
        let rests = tries.begin("a", here, NINE).unwrap_err();
        assert_eq!(rests, NINE.plus_minutes(DEVICE_RESTS_MINUTES));
        assert!(tries.begin("a", "10.0.0.2".parse().unwrap(), NINE).is_ok());
        let mapped = "::ffff:10.0.0.1".parse().unwrap();
        assert!(tries.begin("a", mapped, NINE.plus_minutes(4)).is_err());
        tries.begin("a", mapped, NINE.plus_minutes(6)).unwrap().right();
        assert!(tries.begin("a", mapped, NINE.plus_minutes(6)).is_ok(), "a right one is no reason to wait");
        assert!(tries.begin("a", mapped, NINE.plus_minutes(6)).is_err());
    }

    #[test]
    fn a_device_has_only_so_many_tries_under_way() {
        let tries = Arc::new(Tries::default());
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        let begun: Vec<Turn> =
            (0..DEVICE_AT_ONCE).map(|number| tries.begin(&number.to_string(), here, NINE).unwrap()).collect();
        assert!(tries.begin("a", here, NINE).is_err());
        assert!(tries.begin("a", "10.0.0.2".parse().unwrap(), NINE).is_ok());
        drop(begun);
        assert!(tries.begin("a", here, NINE).is_ok());
        assert!(tries.turns.lock().unwrap().is_empty());
    }
}
