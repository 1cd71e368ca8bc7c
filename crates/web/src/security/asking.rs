//! How often somebody may try a code from one device. Codes are too long to be guessed; this keeps a guesser from making work.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use usher_types::ids::PersonId;
use usher_types::moment::Moment;

/// Tries of one device in a span: somebody who mistypes needs three.
const MOST: u32 = 20;
/// The span.
const SPAN_MINUTES: i64 = 10;
/// Devices remembered; past that the whole memory begins anew, and so do a guesser's tries, which are still too few.
const REMEMBERED: usize = 4_096;

/// Who asked how often.
#[derive(Debug, Default)]
pub struct Asking(Mutex<HashMap<(CodeOf, Asker), (Moment, u32)>>);

/// Whose tries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A device's.
    Device(IpAddr),
    /// Somebody's who is signed in, wherever they are.
    Person(PersonId),
}

impl From<IpAddr> for Asker {
    fn from(address: IpAddr) -> Self {
        Self::Device(address.to_canonical())
    }
}

impl From<PersonId> for Asker {
    fn from(person: PersonId) -> Self {
        Self::Person(person)
    }
}

/// What a code is of. Tries at one shut nobody out of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeOf {
    /// A certificate.
    Certificate,
    /// A class that signs together.
    Class,
    /// A service that shows a wrong secret (ACC-15).
    ServiceSecret,
    /// Somebody signs in to a service.
    ServiceEntry,
}

impl Asking {
    /// Counts a try; whether it may be made.
    pub fn may_ask(&self, code: CodeOf, asker: impl Into<Asker>, at: Moment) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= REMEMBERED {
            asked.retain(|_, (since, _)| at < since.plus_minutes(SPAN_MINUTES));
            if asked.len() >= REMEMBERED {
                asked.clear();
            }
        }
        let (since, count) = asked.entry((code, asker.into())).or_insert((at, 0));
        if at >= since.plus_minutes(SPAN_MINUTES) {
            (*since, *count) = (at, 0);
        }
        *count = count.saturating_add(1);
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_device_asks_so_often_and_no_more_until_the_span_is_over() {
        let (asking, at) = (Asking::default(), Moment::from_unix_ms(1_795_000_000_000));
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        assert!((0..MOST).all(|_| asking.may_ask(CodeOf::Certificate, here, at)));
        assert!(!asking.may_ask(CodeOf::Certificate, here, at.plus_minutes(9)));
        assert!(
            !asking.may_ask(CodeOf::Certificate, "::ffff:10.0.0.1".parse::<IpAddr>().unwrap(), at),
            "the same device"
        );
        assert!(asking.may_ask(CodeOf::Class, here, at), "a class is not shut out by certificates");
        assert!(asking.may_ask(CodeOf::Certificate, "10.0.0.2".parse::<IpAddr>().unwrap(), at));
        assert!(asking.may_ask(CodeOf::Certificate, here, at.plus_minutes(SPAN_MINUTES)));
    }
}
