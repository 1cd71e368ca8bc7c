//! What time it is by the sites that answer: the clocks outside that a gateway meets without asking anybody (FM-39).
//!
//! Owns: the differences to this machine's clock, of a few sites. Does not: set the clock, or say how far off is too far.
//!
//! A site says in `Date` when its answer was made, to the second (RFC 9110, 6.6.1). What was kept somewhere on the way says so in
//! `Age`, and is passed over. A site's own clock may be wrong, so the middle one of several sites counts.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use http::HeaderMap;
use http::header::{AGE, DATE};
use usher_types::host::Host;
use usher_types::moment::Moment;

/// Sites whose last word is kept.
const SITES: usize = 31;
/// The middle of fewer sites may be one that is wrong.
const FEWEST: usize = 5;
/// A site is heard this often at most: the clock drifts slowly, and this is asked of every answer.
const EVERY_MS: i64 = 1_000;
/// What a site said this long ago says nothing of the clock now.
const OLD_MS: i64 = 60 * 60 * 1_000;
/// `Date` leaves the parts of a second away: in the middle, half of one.
const HALF_SECOND_MS: i64 = 500;

/// Differences of this machine's clock to those of sites.
#[derive(Debug, Default)]
pub struct Dates {
    next_ms: AtomicI64,
    heard: Mutex<VecDeque<Heard>>,
}

#[derive(Debug)]
struct Heard {
    site: Host,
    at_ms: i64,
    ahead_ms: i64,
}

impl Dates {
    /// Takes what an answer says that came at this moment, by this machine's clock.
    pub fn hear(&self, site: &Host, headers: &HeaderMap, at: Moment) {
        let at_ms = at.unix_ms();
        let next_ms = self.next_ms.load(Ordering::Relaxed);
        // A clock that was put back must not end this.
        if (at_ms < next_ms && next_ms - at_ms <= EVERY_MS) || headers.contains_key(AGE) {
            return;
        }
        let Some(date_ms) = headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(unix_ms) else {
            return;
        };
        self.next_ms.store(at_ms.saturating_add(EVERY_MS), Ordering::Relaxed);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.retain(|one| one.site != *site);
        if heard.len() >= SITES {
            heard.pop_front();
        }
        heard.push_back(Heard { site: site.clone(), at_ms, ahead_ms: at_ms - date_ms - HALF_SECOND_MS });
    }

    /// How far this machine's clock is ahead of the middle one of the sites heard in the last hour; none of too few.
    pub fn ahead_ms(&self, at: Moment) -> Option<i64> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |one: &&Heard| (at.unix_ms() - one.at_ms).abs() < OLD_MS;
        let mut ahead: Vec<i64> = heard.iter().filter(is_fresh).map(|one| one.ahead_ms).collect();
        ahead.sort_unstable();
        (ahead.len() >= FEWEST).then(|| ahead.get(ahead.len() / 2).copied()).flatten()
    }
}

fn unix_ms(date: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(date).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn heard(dates: &Dates, site: usize, said: &'static str, at: i64) {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static(said));
        let site = Host::parse(&format!("site{site}.example")).unwrap();
        dates.hear(&site, &headers, Moment::from_unix_ms(at));
    }

    /// Tue, 15 Nov 1994 08:12:31 GMT.
    const SAID: i64 = 784_887_151_000;

    #[test]
    fn fm_39_the_middle_of_five_sites_says_how_far_off_the_clock_is() {
        let dates = Dates::default();
        let now = |second: i64| SAID + 3_500 + second * 1_000;
        for site in 0..4 {
            heard(
                &dates,
                site,
                "Tue, 15 Nov 1994 08:12:31 GMT",
                now(0) + i64::try_from(site).unwrap() * 1_000,
            );
            assert_eq!(dates.ahead_ms(Moment::from_unix_ms(now(4))), None, "too few");
        }
        // One that is a year behind does not count for more than the others.
        heard(&dates, 4, "Mon, 15 Nov 1993 08:12:31 GMT", now(4));
        assert_eq!(dates.ahead_ms(Moment::from_unix_ms(now(4))), Some(5_000));
        // The same site counts once, and what was said an hour ago not at all.
        heard(&dates, 0, "Tue, 15 Nov 1994 08:12:31 GMT", now(10));
        assert_eq!(dates.ahead_ms(Moment::from_unix_ms(now(10))), Some(6_000));
        assert_eq!(dates.ahead_ms(Moment::from_unix_ms(now(3_700))), None);
    }

    #[test]
    fn kept_answers_odd_dates_and_many_in_one_second_say_nothing() {
        let dates = Dates::default();
        let mut kept = HeaderMap::new();
        kept.insert(DATE, HeaderValue::from_static("Tue, 15 Nov 1994 08:12:31 GMT"));
        kept.insert(AGE, HeaderValue::from_static("5"));
        for site in 0..9 {
            let host = Host::parse(&format!("kept{site}.example")).unwrap();
            dates.hear(&host, &kept, Moment::from_unix_ms(SAID + site * 2_000));
            heard(&dates, 20, "yesterday", SAID);
        }
        for site in 0..9 {
            heard(&dates, site, "Tue, 15 Nov 1994 08:12:31 GMT", SAID);
        }
        assert_eq!(dates.ahead_ms(Moment::from_unix_ms(SAID)), None);
    }
}
