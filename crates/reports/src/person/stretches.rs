//! How long something stayed open, estimated from one request to the next.

use usher_types::moment::Moment;

use super::{LAST_READ_SECONDS, LONGEST_READ_SECONDS};

/// A stretch of time in which something was open: what, from when, for how many seconds.
pub(crate) type Stretch<T> = (T, Moment, i64);

/// The stretches between requests, which come in order of time, each with what it opened, if anything. The time from one
/// request to the next counts for what was opened last: what its pages fetch from elsewhere only keeps the time running.
pub(crate) fn stretches<T: Copy>(requests: &[(Moment, Option<T>)]) -> Vec<Stretch<T>> {
    let mut found = Vec::new();
    let mut open: Option<T> = None;
    let mut nexts = requests.iter().skip(1).map(|(at, _)| *at);
    for (at, opened) in requests {
        open = opened.or(open);
        let gap = nexts.next().map_or(i64::MAX, |next| next.seconds_since(*at));
        let is_left = gap > LONGEST_READ_SECONDS;
        if let Some(what) = open {
            found.push((what, *at, if is_left { LAST_READ_SECONDS } else { gap }));
        }
        if is_left {
            open = None;
        }
    }
    found
}

/// Whole minutes, rounded; any time at all is at least one.
pub(crate) fn minutes(seconds: i64) -> u32 {
    let rounded = if seconds > 0 { ((seconds + 30) / 60).max(1) } else { 0 };
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
