"""The questions of `cargo xtask bench activity`, asked of DuckDB over the same files and of SQLite over the same rows.

Usage: peers.py FOLDER FIRST-DAY PERSON. Prints one JSON object. SQLite has the last week only: a year does not go in within
any time that says something. Both may use two threads, as Usher's machine has.
"""

import datetime
import glob
import json
import os
import resource
import sqlite3
import statistics
import sys
import time

import duckdb

RUNS = 5
folder, first, person = sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), int(sys.argv[3])
COLUMNS = (
    'person, "at", id, kind, verdict, severity, status, bytes, flags, classes, device, room, '
    '"group", category, themes, site, media, engine, search, title'
)


def ms(day):
    # London keeps UTC in November and the summer's hour matters to nothing that is asked here.
    return int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp() * 1000)


def files(since, until):
    days = (since + datetime.timedelta(days=n) for n in range((until - since).days))
    return [path for day in days for path in glob.glob(f"{folder}/{day}-*.parquet")]


def timed(figures, name, work):
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
        assert found, name
    figures[f"{name}_first_s"] = times[0]
    figures[f"{name}_s"] = statistics.median(times[1:])


week_end = first + datetime.timedelta(days=7)
term = files(first - datetime.timedelta(weeks=12), week_end)
week, day = files(first, week_end), files(first, first + datetime.timedelta(days=1))
before = first - datetime.timedelta(days=3)
reduced = files(before, before + datetime.timedelta(days=1))
figures = {}

base = duckdb.connect(config={"threads": 2})
ask = lambda sql, *of: base.execute(sql, list(of)).fetchall()
figures["duckdb_version"] = duckdb.__version__
timed(figures, "duckdb_weekly_report", lambda: (
    ask("select count(*) filter (flags & 16 <> 0), count(*) filter (flags & 2 <> 0), count(*) filter (flags & 8 <> 0), "
        "count(*) filter (flags & 4 <> 0) from read_parquet($1)", week),
    ask("select event from read_parquet($1) where ordinary = 0", week),
))
timed(figures, "duckdb_pupil_day", lambda: ask("select event from read_parquet($1) where person = $2", day, person))
if reduced:
    timed(figures, "duckdb_pupil_reduced_day", lambda: ask(
        f"select {COLUMNS} from read_parquet($1) where person = $2 order by \"at\", id", reduced, person))
timed(figures, "duckdb_term_phrase", lambda: ask(
    f"select {COLUMNS} from read_parquet($1) where contains(lower(search), $2) or contains(lower(title), $2)",
    term, "volcano romans"))
timed(figures, "duckdb_site_term", lambda: ask(
    "select \"at\"::date as day, count(*), sum(bytes) from read_parquet($1) where site = $2 group by day", term, "site-1234.example"))
timed(figures, "duckdb_term_by_site", lambda: ask(
    "select site, count(*), sum(bytes) from read_parquet($1) group by site", term))
timed(figures, "duckdb_theme_week", lambda: ask(
    "select classes, count(*), sum(bytes) from read_parquet($1) where list_contains(string_split(themes, ' '), 'bullying') "
    "group by classes", week))
figures["duckdb_peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

path = os.path.join(folder, "peer.sqlite")
with sqlite3.connect(path) as lite:
    names = COLUMNS
    lite.execute(f"create table event ({names}, event)")
    loaded = names.replace('"at"', 'epoch_ms("at") as "at"')
    cursor = base.execute(f"select {loaded}, event from read_parquet($1)", [week])
    marks = ", ".join("?" * (names.count(",") + 2))
    start = time.perf_counter()
    while rows := cursor.fetchmany(100_000):
        lite.executemany(f"insert into event values ({marks})", rows)
    lite.execute("create index by_person on event (person, \"at\")")
    lite.execute("create index by_time on event (\"at\")")
    lite.commit()
    count = lite.execute("select count(*) from event").fetchone()[0]
    figures["sqlite_events"] = count
    figures["sqlite_load_events_per_s"] = count / (time.perf_counter() - start)
    figures["sqlite_bytes_per_event_whole"] = os.path.getsize(path) / count
    find = lambda sql, *of: lite.execute(sql, of).fetchall()
    timed(figures, "sqlite_weekly_report", lambda: (
        find("select sum(flags & 16 <> 0), sum(flags & 2 <> 0), sum(flags & 8 <> 0), sum(flags & 4 <> 0) from event"),
        find("select event from event where severity > 0 or verdict > 1 or engine <> ''"),
    ))
    timed(figures, "sqlite_pupil_day", lambda: find(
        "select event from event where person = ? and \"at\" >= ? and \"at\" < ?", person, ms(first), ms(first) + 86_400_000))
os.remove(path)
print(json.dumps(figures))
