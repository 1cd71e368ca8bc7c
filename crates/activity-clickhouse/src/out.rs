//! Taking a person out: of the server's rows the same goes as of the files ([`Wanted`] says what).

use std::ops::ControlFlow;

use usher_activity::spool::SpoolFault;
use usher_activity::store::{Is, TakenOut, Wanted};
use usher_events::row::Row;
use usher_types::ids::PersonId;

use crate::ask::{Value, Where, every};
use crate::keep::{marks, rewrite};
use crate::line::{ALL_COLUMNS, Line};
use crate::school::School;

/// Rows that are rewritten with one statement: it is as long as their numbers, and a server reads 256 KiB of it.
const MOST_AT_ONCE: usize = 4_000;

/// A row among those of a school.
type Place = (u32, u64);

/// What has to go out of which rows.
#[derive(Default)]
struct Changes {
    event: Vec<Place>,
    search: Vec<Place>,
    title: Vec<Place>,
    device: Vec<Place>,
}

pub(crate) fn take_out(school: &School, wanted: &Wanted) -> Result<TakenOut, SpoolFault> {
    let person = wanted.person();
    let (mut done, mut changes, mut any) = (TakenOut::default(), Changes::default(), false);
    // Rows that do not count, of deliveries that broke off, lose them too; they are not told of.
    for counts in [true, false] {
        let query = suspects(school, person, wanted, counts).select(school, ALL_COLUMNS, "");
        every(school, query, &mut |line: Line| {
            let (node, event) = (line.node, line.event.clone());
            let row = line.into_row();
            let place = (node, row.id.number());
            match wanted.what_of(&row, &event) {
                Is::Theirs => {
                    any = true;
                    done.events += u64::from(counts);
                }
                Is::Mention => {
                    done.mentions += u64::from(counts);
                    changes.event.push(place);
                }
                Is::Other => return ControlFlow::Continue(()),
            }
            changes.note(place, &row, wanted);
            ControlFlow::Continue(())
        })?;
    }
    for (column, places) in changes.columns() {
        for places in places.chunks(MOST_AT_ONCE) {
            clear(school, column, places)?;
        }
    }
    let mut theirs = Where::default();
    theirs.and("school = ?", [Value::Number(school.school.number())]);
    theirs.and("person = ?", [Value::Signed(person.number().cast_signed())]);
    if any {
        // Last, so that what breaks off before is found again.
        let change = format!(
            "ALTER TABLE {} UPDATE person = 0, flags = bitOr(flags, {}), search = '', title = '', event = '' WHERE {}",
            school.table(),
            usher_events::row::ERASED,
            theirs.text()
        );
        rewrite(school, theirs.bound(school, &change))?;
    }
    Ok(done)
}

impl Changes {
    fn note(&mut self, place: Place, row: &Row, wanted: &Wanted) {
        let mut without = row.clone();
        wanted.unnamed(&mut without);
        for (list, was, is) in [
            (&mut self.search, &row.search, &without.search),
            (&mut self.title, &row.title, &without.title),
            (&mut self.device, &row.device, &without.device),
        ] {
            if was != is {
                list.push(place);
            }
        }
    }

    fn columns(&self) -> [(&'static str, &[Place]); 4] {
        [("search", &self.search), ("title", &self.title), ("device", &self.device), ("event", &self.event)]
    }
}

/// Rows that may be theirs or name them: more than do, never fewer.
fn suspects(school: &School, person: PersonId, wanted: &Wanted, counts: bool) -> Where {
    let mut all = if counts {
        Where::of_school(school, 0, i64::MAX)
    } else {
        let number = Value::Number(school.school.number());
        let mut all = Where::default();
        all.and("school = ?", [number.clone()]);
        all.and(
            "batch NOT IN (SELECT min(batch) FROM batches WHERE school = ? GROUP BY node, segment, start)",
            [number],
        );
        all
    };
    let mut any = vec!["person = ?".to_owned(), "position(event, unhex(?)) > 0".to_owned()];
    let mut values = vec![
        Value::Signed(person.number().cast_signed()),
        Value::Text(varint(person.number()).iter().map(|byte| format!("{byte:02X}")).collect()),
    ];
    for name in wanted.names() {
        for column in ["search", "title", "device", "event"] {
            // The longest stretch of plain letters: those are small and capital by the same rule everywhere.
            let plain = name.split(|c: char| !c.is_ascii()).max_by_key(|part| part.len()).unwrap_or("");
            if plain.is_empty() {
                any.push(format!("{column} != ''"));
            } else {
                any.push(format!("position(lower({column}), ?) > 0"));
                values.push(Value::Text(plain.to_owned()));
            }
        }
    }
    all.and(&format!("({})", any.join(" OR ")), values);
    all
}

/// A number as events write it: seven bits a byte, the lowest first.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn clear(school: &School, column: &str, places: &[Place]) -> Result<(), SpoolFault> {
    let mut nodes: Vec<u32> = places.iter().map(|(node, _)| *node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    for node in nodes {
        let ids: Vec<Value> = places
            .iter()
            .filter(|(of, _)| *of == node)
            .map(|(_, id)| Value::Signed(id.cast_signed()))
            .collect();
        let mut which = Where::default();
        which.and(
            "school = ? AND node = ?",
            [Value::Number(school.school.number()), Value::Number(node.into())],
        );
        which.and(&format!("id IN ({})", marks(ids.len())), ids);
        let change = format!("ALTER TABLE {} UPDATE {column} = '' WHERE {}", school.table(), which.text());
        rewrite(school, which.bound(school, &change))?;
    }
    Ok(())
}
