//! What bears this machine's clock out: the sites that answered, and for as long as none do, the time since they last did.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use usher_jobs::keeping::ClockIsRight;
use usher_proxy::dates::Dates;
use usher_types::clock::Clock as _;
use usher_types::moment::Moment;

use super::clock::SystemClock;

/// Records are kept for days: what is less than one wrong removes nothing that matters.
const ONE_DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The clock beside the sites.
#[derive(Debug)]
pub(crate) struct BorneOut {
    dates: Arc<Dates>,
    /// When sites bore it out last, by the clock and by what cannot be set.
    last: Mutex<Option<(Moment, Instant)>>,
}

impl BorneOut {
    /// By these sites.
    pub(crate) fn by(dates: Arc<Dates>) -> Self {
        Self { dates, last: Mutex::new(None) }
    }

    fn at(&self, now: Moment, ticks: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ahead) = self.dates.ahead_ms(now) {
            *last = (ahead < ONE_DAY_MS).then_some((now, ticks));
            return last.is_some();
        }
        // Holidays: nobody browses, and a clock that was right runs on with the ticks.
        last.is_some_and(|(then, since)| {
            let ran = i64::try_from(ticks.saturating_duration_since(since).as_millis()).unwrap_or(i64::MAX);
            now.unix_ms().saturating_sub(then.unix_ms()) < ran.saturating_add(ONE_DAY_MS)
        })
    }
}

impl ClockIsRight for BorneOut {
    fn is_borne_out(&self) -> bool {
        self.at(SystemClock.now(), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::header::DATE;
    use http::{HeaderMap, HeaderValue};
    use usher_types::host::Host;

    use super::*;

    /// Tue, 15 Nov 1994 08:12:31 GMT.
    const SAID: Moment = Moment::from_unix_ms(784_887_151_000);

    fn five_sites_answer(dates: &Dates, at: Moment) {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Tue, 15 Nov 1994 08:12:31 GMT"));
        for site in 0..5_i64 {
            let host = Host::parse(&format!("site{site}.example")).unwrap();
            dates.hear(&host, &headers, Moment::from_unix_ms(at.unix_ms() + site * 1_000));
        }
    }

    #[test]
    fn dpr_09_sites_bear_it_out_then_the_ticks_do_and_one_that_jumps_is_not_believed() {
        let dates = Arc::new(Dates::default());
        let (clock, began) = (BorneOut::by(Arc::clone(&dates)), Instant::now());
        assert!(!clock.at(SAID, began), "nobody said anything yet");
        five_sites_answer(&dates, SAID);
        assert!(clock.at(SAID.plus_minutes(1), began));
        let week = Duration::from_secs(7 * 24 * 60 * 60);
        assert!(clock.at(SAID.plus_minutes(7 * 24 * 60), began + week), "nobody browses in the holidays");
        let years = 10 * 365 * 24 * 60;
        assert!(!clock.at(SAID.plus_minutes(years), began + week), "it jumped");

        five_sites_answer(&dates, SAID.plus_minutes(years));
        assert!(!clock.at(SAID.plus_minutes(years), began + week), "sites say that it is years ahead");
        assert!(
            !clock.at(SAID.plus_minutes(years + 120), began + week),
            "and it stays so when they are silent"
        );
    }
}
