//! Taking out what is kept no longer, and what no delivery ever named.

use std::collections::BTreeSet;
use std::time::Duration;

use clickhouse::query::Query;
use usher_activity::spool::SpoolFault;
use usher_activity::store::{KeepRules, Keeping, Kept};
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::ask::{Value, Where};
use crate::school::School;
use crate::take::days;

/// How often the server is asked whether it has rewritten its rows; it takes seconds for a school's month.
const ASKED_EVERY: Duration = Duration::from_millis(200);
/// So often and no more: ten minutes. What is not done by then is found done, or not, at the next run.
const MOST_ASKED: u32 = 3_000;
/// Rows of a delivery that nobody named for this long are of one that broke off. A delivery takes minutes.
const STRAY_HOURS: u32 = 24;

/// Whose rows a stage is about, and the first day that is not concerned.
struct Group<'a> {
    people: String,
    values: Vec<Value>,
    keeping: Keeping,
    held: &'a BTreeSet<PersonId>,
}

pub(crate) fn keep(
    school: &School,
    rules: KeepRules<'_>,
    now: Moment,
    done: &mut Kept,
) -> Result<(), SpoolFault> {
    let today = school.zone.local(now).date();
    let adults: Vec<Value> = rules.adult_people.iter().map(signed).collect();
    let list = marks(adults.len());
    let groups = [
        Group {
            people: if adults.is_empty() { "1 = 1".into() } else { format!("person NOT IN ({list})") },
            values: adults.clone(),
            keeping: rules.pupils,
            held: rules.held,
        },
        Group {
            people: if adults.is_empty() { "1 = 0".into() } else { format!("person IN ({list})") },
            values: adults,
            keeping: rules.adults,
            held: rules.held,
        },
    ];
    done.unread = 0;
    let mut days_changed = BTreeSet::new();
    for group in groups {
        let (whole, rows) = group.keeping.first_days(today);
        done.gone += group.run(school, "DELETE", "", days(rows.min(today)), &mut days_changed)?;
        done.to_rows += group.run(
            school,
            "UPDATE event = ''",
            "event != ''",
            days(whole.min(today)),
            &mut days_changed,
        )?;
    }
    done.days += u64::try_from(days_changed.len()).unwrap_or(u64::MAX);
    strays(school)
}

impl Group<'_> {
    /// Changes rows of this group before a day; gives how many that counted were changed.
    fn run(
        &self,
        school: &School,
        change: &str,
        further: &str,
        before: u16,
        changed: &mut BTreeSet<u16>,
    ) -> Result<u64, SpoolFault> {
        let mut which = Where::default();
        self.narrow(school, &mut which, further, before);
        let mut counted = Where::of_school(school, 0, i64::MAX);
        self.narrow(school, &mut counted, further, before);
        let per_day = counted.select(school, "day, count()", "GROUP BY day");
        let per_day = school.warehouse.bridge.wait("ask", per_day.fetch_all::<(u16, u64)>())?;
        if per_day.is_empty() {
            return Ok(0);
        }
        let text = format!("ALTER TABLE {} {change} WHERE {}", school.table(), which.text());
        rewrite(school, which.bound(school, &text))?;
        changed.extend(per_day.iter().map(|(day, _)| *day));
        Ok(per_day.iter().map(|(_, count)| *count).sum())
    }

    fn narrow(&self, school: &School, which: &mut Where, further: &str, before: u16) {
        which.and("school = ?", [Value::Number(school.school.number())]);
        which.and("day < toDate(?)", [Value::Number(before.into())]);
        which.and(&self.people, self.values.iter().cloned());
        if !self.held.is_empty() {
            let list = marks(self.held.len());
            which.and(&format!("person NOT IN ({list})"), self.held.iter().map(signed));
        }
        if !further.is_empty() {
            which.and(further, []);
        }
    }
}

/// Takes away rows of deliveries that broke off.
fn strays(school: &School) -> Result<(), SpoolFault> {
    let number = Value::Number(school.school.number());
    let mut which = Where::default();
    which.and("school = ?", [number.clone()]);
    which.and(&format!("taken < now() - {}", STRAY_HOURS * 3_600), []);
    which.and("batch NOT IN (SELECT batch FROM batches WHERE school = ?)", [number.clone()]);
    let query = which.select(school, "DISTINCT batch", "");
    let found = school.warehouse.bridge.wait("ask", query.fetch_all::<u64>())?;
    if found.is_empty() {
        return Ok(());
    }
    tracing::info!(deliveries = found.len(), "rows of deliveries that broke off are taken away");
    let mut which = Where::default();
    which.and("school = ?", [number]);
    let list = marks(found.len());
    which.and(&format!("batch IN ({list})"), found.into_iter().map(Value::Number));
    let text = format!("ALTER TABLE {} DELETE WHERE {}", school.table(), which.text());
    rewrite(school, which.bound(school, &text))
}

/// Has the server rewrite rows, and waits until it did: it does so in its own time.
pub(crate) fn rewrite(school: &School, change: Query) -> Result<(), SpoolFault> {
    let bridge = &school.warehouse.bridge;
    bridge.wait("change what is on", change.execute())?;
    let left = "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = ? AND is_done = 0";
    for _ in 0..MOST_ASKED {
        let waiting: u64 =
            bridge.wait("ask", school.warehouse.client.query(left).bind(school.table()).fetch_one())?;
        if waiting == 0 {
            return Ok(());
        }
        bridge.wait("ask", async {
            tokio::time::sleep(ASKED_EVERY).await;
            Ok(())
        })?;
    }
    bridge.wait("change what is on", async { Err(clickhouse::error::Error::TimedOut) })
}

fn signed(person: &PersonId) -> Value {
    Value::Signed(person.number().cast_signed())
}

/// So many places for values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}
