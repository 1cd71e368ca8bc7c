//! Wrong tries in a row, by account and by device: what locks an account, and what slows a guesser down (ACC-05, CY-09).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use usher_types::moment::Moment;

/// Wrong tries are forgotten after this long without one.
const FORGOTTEN_MINUTES: i64 = 30;
/// Wrong tries from one device, whatever the account, before it waits: a class of 30 mistyping does not reach it.
const DEVICE_TRIES: u32 = 40;
/// How long such a device waits.
const DEVICE_RESTS_MINUTES: i64 = 5;
/// Accounts and devices remembered at once; past that the oldest go first.
const REMEMBERED: usize = 10_000;

/// Wrong tries.
#[derive(Debug, Default)]
pub struct Tries {
    accounts: Mutex<HashMap<String, Count>>,
    devices: Mutex<HashMap<IpAddr, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    wrong: u32,
    last: Moment,
}

impl Tries {
    /// A wrong try; gives how many it is in a row for the account.
    pub fn wrong(&self, username: &str, address: IpAddr, at: Moment) -> u32 {
        add(&self.devices, address.to_canonical(), at);
        add(&self.accounts, username.to_owned(), at)
    }

    /// A right one: the account's count begins anew. The device's does not, or one known password would reset it.
    pub fn right(&self, username: &str) {
        if let Ok(mut accounts) = self.accounts.lock() {
            accounts.remove(username);
        }
    }

    /// Until when a device must wait; none when it need not.
    pub fn device_waits_until(&self, address: IpAddr, at: Moment) -> Option<Moment> {
        let devices = self.devices.lock().ok()?;
        let count = devices.get(&address.to_canonical())?;
        let until = count.last.plus_minutes(DEVICE_RESTS_MINUTES);
        (count.wrong >= DEVICE_TRIES && at < until).then_some(until)
    }
}

fn add<K: std::hash::Hash + Eq>(counts: &Mutex<HashMap<K, Count>>, key: K, at: Moment) -> u32 {
    let Ok(mut counts) = counts.lock() else { return u32::MAX };
    let stale = |count: &Count| count.last.plus_minutes(FORGOTTEN_MINUTES) <= at;
    if counts.len() >= REMEMBERED {
        counts.retain(|_, count| !stale(count));
    }
    let count = counts.entry(key).or_insert(Count { wrong: 0, last: at });
    if stale(count) {
        count.wrong = 0;
    }
    count.wrong += 1;
    count.last = at;
    count.wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn wrong_tries_add_up_and_are_forgotten() {
        let tries = Tries::default();
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(tries.wrong("a", here, NINE), 1);
        assert_eq!(tries.wrong("a", here, NINE), 2);
        assert_eq!(tries.wrong("b", here, NINE), 1);
        tries.right("a");
        assert_eq!(tries.wrong("a", here, NINE), 1);
        assert_eq!(tries.wrong("a", here, NINE.plus_minutes(31)), 1);
    }

    #[test]
    fn a_device_that_guesses_through_many_accounts_waits() {
        let tries = Tries::default();
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        for number in 0..DEVICE_TRIES {
            assert_eq!(tries.device_waits_until(here, NINE), None);
            tries.wrong(&format!("user{number}"), here, NINE);
        }
        assert_eq!(tries.device_waits_until(here, NINE), Some(NINE.plus_minutes(DEVICE_RESTS_MINUTES)));
        assert_eq!(tries.device_waits_until("::ffff:10.0.0.1".parse().unwrap(), NINE.plus_minutes(6)), None);
        assert_eq!(tries.device_waits_until("10.0.0.2".parse().unwrap(), NINE), None);
    }
}
