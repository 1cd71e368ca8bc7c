//! Totals of an access log: what every program that reads one counts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use usher_types::moment::Zone;

use super::{Came, Line};
use crate::foreign::Visit;

/// What is counted of a person, a site, a day, or everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sums {
    /// Lines.
    pub requests: u64,
    /// Bytes to clients.
    pub bytes: u64,
    /// Lines of what was refused, parts of pages too.
    pub denied: u64,
    /// Bytes of those.
    pub denied_bytes: u64,
}

impl Sums {
    pub(crate) const fn add(&mut self, bytes: u64, is_denied: bool) {
        self.requests += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if is_denied {
            self.denied += 1;
            self.denied_bytes = self.denied_bytes.saturating_add(bytes);
        }
    }

    /// Adds another count.
    pub(crate) const fn join(&mut self, other: Self) {
        self.requests += other.requests;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.denied += other.denied;
        self.denied_bytes = self.denied_bytes.saturating_add(other.denied_bytes);
    }
}

/// A log's totals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// Of everything.
    pub all: Sums,
    /// By user name, or by device where nobody was signed in.
    pub by_person: BTreeMap<String, Sums>,
    /// By host.
    pub by_site: BTreeMap<String, Sums>,
    /// By day on the school's clock.
    pub by_day: BTreeMap<Date, Sums>,
}

impl Totals {
    /// Counts a line.
    pub fn add(&mut self, line: &Line, zone: &Zone) {
        let (day, denied) = (zone.local(line.at).date(), line.came == Came::Denied);
        self.count(&line.who(), &line.site, day, (line.bytes, denied));
    }

    /// Counts what a log says.
    pub fn add_visit(&mut self, visit: &Visit, zone: &Zone) {
        let day = zone.local(visit.at).date();
        self.count(&visit.who(), &visit.page.host.to_string(), day, (visit.bytes, visit.blocked));
    }

    fn count(&mut self, who: &str, site: &str, day: Date, (bytes, denied): (u64, bool)) {
        self.all.add(bytes, denied);
        // Nearly every line is of somebody and somewhere known: no text is made for those.
        for (sums, key) in [(&mut self.by_person, who), (&mut self.by_site, site)] {
            match sums.get_mut(key) {
                Some(sums) => sums.add(bytes, denied),
                None => sums.entry(key.to_owned()).or_default().add(bytes, denied),
            }
        }
        self.by_day.entry(day).or_default().add(bytes, denied);
    }
}
