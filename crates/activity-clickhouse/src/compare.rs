//! The schools of a trust beside each other: what was counted at each, and how many pupils it has.

use clickhouse::Row as Wire;
use serde::Deserialize;
use usher_activity::question::Figures;
use usher_activity::spool::SpoolFault;
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::Moment;

use crate::warehouse::Warehouse;

/// A school and its figures in a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub school: SchoolId,
    /// What it calls itself; empty where it has not said.
    pub name: String,
    /// Its pupils, as it said last; 0 where it has not.
    pub pupils: u32,
    /// What was counted.
    pub figures: Figures,
}

#[derive(Debug, Wire, Deserialize)]
struct Counted {
    school: u64,
    requests: u64,
    blocked: u64,
    searches: u64,
    found: u64,
    unread: u64,
    nobody: u64,
    shared: u64,
    total: i64,
}

/// Which batches count, of all schools: values are the first and last millisecond.
const COUNTS: &str = "batch IN (SELECT min(batch) FROM batches WHERE last >= ? AND first <= ? \
     GROUP BY school, node, segment, start)";

impl Warehouse {
    /// Every school that said what it is called or has an event in a time, by its number. Blocks.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub fn compare(&self, from: Moment, until: Moment) -> Result<Vec<Compared>, SpoolFault> {
        let (first, last) = (from.unix_ms(), until.unix_ms().saturating_sub(1));
        let text = format!(
            "SELECT school, {} FROM merge(currentDatabase(), '^events_[0-9]+$') \
             WHERE {COUNTS} AND at BETWEEN ? AND ? GROUP BY school",
            crate::ask::figures()
        );
        // Before the first school there is nothing to merge.
        let tables = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND match(name, '^events_[0-9]+$')";
        let tables: u64 = self.bridge.wait("ask", self.client.query(tables).fetch_one())?;
        if tables == 0 {
            return Ok(Vec::new());
        }
        let counted = self.client.query(&text).bind(first).bind(last).bind(first).bind(last);
        let counted = self.bridge.wait("ask", counted.fetch_all::<Counted>())?;
        let names = "SELECT school, argMax(name, at), argMax(pupils, at) FROM schools GROUP BY school";
        let named = self.client.query(names).fetch_all::<(u64, String, u32)>();
        let mut all: std::collections::BTreeMap<u64, Compared> = std::collections::BTreeMap::new();
        for (school, name, pupils) in self.bridge.wait("ask", named)? {
            let figures = Figures::default();
            all.insert(school, Compared { school: Id::new(school), name, pupils, figures });
        }
        for one in counted {
            let (school, name) = (Id::new(one.school), String::new());
            let figures = Figures::default();
            let unknown = Compared { school, name, pupils: 0, figures };
            all.entry(one.school).or_insert(unknown).figures = Figures {
                requests: one.requests,
                blocked: one.blocked,
                searches: one.searches,
                found: one.found,
                unread: one.unread,
                nobody: one.nobody,
                shared: one.shared,
                bytes: one.total.cast_unsigned(),
            };
        }
        Ok(all.into_values().collect())
    }
}
