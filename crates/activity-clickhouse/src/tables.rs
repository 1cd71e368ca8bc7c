//! The tables, made step by step: a step that is done is not done again, and one that broke off is.

use crate::bridge::Bridge;
use clickhouse::Client;
use usher_activity::spool::SpoolFault;
use usher_types::ids::SchoolId;

use crate::place::Place;
use crate::school::table;

/// Steps in order. Each may be done twice; none is changed after a release.
const STEPS: [&str; 2] = [
    // One row for each delivery, written after all of its events: what makes them count.
    "CREATE TABLE IF NOT EXISTS batches (
        school UInt64, node UInt32, segment UInt64, start UInt64, batch UInt64,
        froms Array(UInt64), untils Array(UInt64), first Int64, last Int64, events UInt64,
        taken DateTime DEFAULT now()
    ) ENGINE = MergeTree ORDER BY (school, node, segment, start, batch) SETTINGS index_granularity = 1024",
    "CREATE TABLE IF NOT EXISTS schools (
        school UInt64, name String, pupils UInt32, at Int64
    ) ENGINE = ReplacingMergeTree(at) ORDER BY school SETTINGS index_granularity = 1024",
];

/// A school's events. Rows lie by time, what reports look at before the rest. `batch` says with which delivery a row came: it
/// counts only if that delivery is in `batches`. `taken` is the server's own time. Each school has a table, because a server
/// looks at all parts of a table when it rewrites some rows of it: what one school keeps shorter is no work for a thousand.
const SCHOOL: &str = "(
        school UInt64, node UInt32, batch UInt64, day Date,
        ordinary UInt8, at Int64, id Int64, person Int64, kind UInt8, lesson Int64, verdict UInt8, severity UInt8,
        status UInt16, bytes Int64, flags UInt8,
        classes String, device String, room String, `group` String, category String, themes String, site String,
        media String, engine String, search String, title String, event String,
        taken DateTime DEFAULT now()
    ) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (ordinary, at, id) SETTINGS index_granularity = 8192";

/// Makes a school's table, where it is not there yet.
pub(crate) fn make_school(bridge: &Bridge, client: &Client, school: SchoolId) -> Result<(), SpoolFault> {
    let make = format!("CREATE TABLE IF NOT EXISTS {} {SCHOOL}", table(school));
    bridge.wait("make the tables of", client.query(&make).execute())
}

/// Makes what is not there yet.
pub(crate) fn migrate(bridge: &Bridge, client: &Client, place: &Place) -> Result<(), SpoolFault> {
    let run = |client: &Client, statement: &str| {
        bridge.wait("make the tables of", client.query(statement).execute())
    };
    if place.database != "default" {
        // Its name is letters, digits and underscores (`Place`); a user without the right to make one needs none.
        let there = client
            .clone()
            .with_database("default")
            .query("SELECT count() FROM system.databases WHERE name = ?");
        let there: u64 = bridge.wait("look at", there.bind(&place.database).fetch_one())?;
        if there == 0 {
            let make = format!("CREATE DATABASE IF NOT EXISTS {}", place.database);
            run(&client.clone().with_database("default"), &make)?;
        }
    }
    run(client, "CREATE TABLE IF NOT EXISTS migrations (step UInt32) ENGINE = MergeTree ORDER BY step")?;
    let done: u32 = bridge.wait("look at", client.query("SELECT max(step) FROM migrations").fetch_one())?;
    for (step, statement) in (1_u32..).zip(STEPS).filter(|(step, _)| *step > done) {
        run(client, statement)?;
        let note = client.query("INSERT INTO migrations SELECT toUInt32(?)").bind(step);
        bridge.wait("make the tables of", note.execute())?;
    }
    Ok(())
}
