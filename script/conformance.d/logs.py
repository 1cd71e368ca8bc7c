"""What sarg, goaccess and lightsquid count in an access log, beside what `usher report totals --json` counts.

Usage: logs.py LOG TOTALS FOLDER. LOG is squid's format, TOTALS the JSON, FOLDER an empty one to work in. Every line says what was
compared and how many figures are the same; where one differs, the line says FAILED and the program ends with 1. What each tool counts
otherwise than we do is undone here, each in a function of its own, and explained in docs/conformance.md.
"""

import collections
import datetime
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zoneinfo

ours, folder = json.load(open(sys.argv[2])), pathlib.Path(sys.argv[3]).resolve()
log = folder / "access.log"
shutil.copyfile(sys.argv[1], log)
# The school's clock, which days are counted by.
LONDON_TIME = zoneinfo.ZoneInfo("Europe/London")
LONDON = {**os.environ, "TZ": "Europe/London", "LC_ALL": "C"}
# goaccess has no format for squid's own log without a syslog prefix: time, milliseconds, client, result/status, bytes, method, address,
# user.
GOACCESS = "%x.%^ %~%L %h %^/%s %b %m %U %e %^"
ALL = "1000000"
# 2100: later than any line.
AFTER = 4_102_444_800
failed = False


def run(*command, **more):
    done = subprocess.run(command, env=LONDON, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def told(tool, what, theirs, expected):
    """One line. Both are figures under names."""
    global failed
    names = theirs.keys() | expected.keys()
    differ = sorted(name for name in names if theirs.get(name) != expected.get(name))
    shown = ", ".join(f"{name}: {theirs.get(name)}, not {expected.get(name)}" for name in differ[:5])
    same = f"{len(names) - len(differ)} of {len(names)} figures are the same"
    failed |= bool(differ) or not names
    print(f"{'FAILED' if differ or not names else 'ok':<7}  {tool:<12}  {what:<34}  {same}{'; ' + shown if shown else ''}")


def figures(by, denied=True):
    """Requests and bytes of ours, with what was refused or without."""
    less = 0 if denied else 1
    counted = {key: (sums["requests"] - less * sums["denied"], sums["bytes"] - less * sums["denied_bytes"]) for key, sums in by.items()}
    return {key: sums for key, sums in counted.items() if sums[0] > 0}


def joined(pairs):
    """Requests and bytes under names that are one to us."""
    sums = collections.defaultdict(lambda: (0, 0))
    for name, (requests, size) in pairs:
        sums[name] = (sums[name][0] + requests, sums[name][1] + size)
    return dict(sums)


def unanswered(column):
    """Of requests that got no answer at all (status 000, no bytes) the person, the site or the day: two of the tools pass over them."""
    found = [line.split() for line in open(log) if re.search(r" [A-Z_]+/000 0 ", line)]
    day = lambda fields: datetime.datetime.fromtimestamp(float(fields[0]), LONDON_TIME).date().isoformat()
    who = lambda fields: fields[2] if fields[7] == "-" else fields[7]
    return [{"all": lambda _: "all", "by_day": day, "by_person": who, "by_site": lambda fields: host(fields[6])}[column](one) for one in found]


def answered(column, denied=True):
    """Requests and bytes of ours, without those that got no answer."""
    counted = figures({"all": ours["all"]} if column == "all" else ours[column], denied)
    for name in unanswered(column):
        counted[name] = (counted[name][0] - 1, counted[name][1])
    return {name: sums for name, sums in counted.items() if sums[0] > 0}


def is_address(who):
    return re.fullmatch(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:]*", who) is not None


def host(address):
    """The host of an address, or of host and port, as tools leave it."""
    address = re.sub(r"^[a-z]+://", "", address).split("/")[0]
    return re.sub(r":\d+$", "", address)


def goaccess():
    report = folder / "goaccess.json"
    run("goaccess", log, "--no-global-config", f"--log-format={GOACCESS}", "--datetime-format=%s", "--date-format=%s", "--time-format=%s",
        "--tz=Europe/London", f"--max-items={ALL}", "--output", report)
    found = json.load(open(report))
    count = lambda item: (item["hits"]["count"], item["bytes"]["count"])
    panel = lambda *names: joined((item["data"], count(item)) for name in names for item in found[name]["data"])
    general = found["general"]
    told("goaccess", "requests and bytes", {"all": (general["valid_requests"], general["bandwidth"])}, answered("all"))
    told("goaccess", "by day", panel("visitors"), {day.replace("-", ""): sums for day, sums in answered("by_day").items()})
    # Devices where nobody was signed in are one person to it, called `-`.
    people = ((("-" if is_address(who) else who), sums) for who, sums in answered("by_person").items())
    told("goaccess", "by person", panel("remote_user"), joined(people))
    # Pages, parts of pages and what was not found are three lists, each by address.
    sites = panel("requests", "static_requests", "not_found")
    told("goaccess", "by site", joined((host(address), sums) for address, sums in sites.items()), answered("by_site"))
    # It has no word for refused: a status of 403 is also a page of ours that asks for something first, or a site's own.
    forbidden = sum(item["hits"]["count"] for kind in found["status_codes"]["data"] for item in kind["items"] if item["data"].startswith("403"))
    other = sum(1 for line in open(log) if re.search(r" (?!TCP_DENIED)[A-Z_]+/403 ", line))
    told("goaccess", "refused, less other 403s", {"all": forbidden - other}, {"all": ours["all"]["denied"]})


class Table(html.parser.HTMLParser):
    """The rows of a page's tables."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(page.read_text(errors="replace"))

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text


def number(text):
    return int(re.sub(r"[.,]", "", text))


def numbered(page, name):
    """Requests and bytes of the rows with numbers, by what stands in a column."""
    rows = Table(page).rows
    head = next((row for row in rows if name in row and "CONNECT" in row), [])
    name, requests, size = (head.index(title) for title in (name, "CONNECT", "BYTES")) if head else (0, 0, 0)
    rows = [row for row in rows if row and row[0].isdigit()]
    return [(row[name], (number(row[requests]), number(row[size]))) for row in rows]


def sarg_report(name, *more):
    out = folder / name
    out.mkdir()
    config = folder / f"{name}.conf"
    config.write_text(
        f"output_dir {out}\ntemporary_dir {folder}\nresolve_ip no\nrecords_without_userid ip\ndate_format e\nlastlog 0\n"
        f"topsites_num {ALL}\ntopuser_num 0\ndenied_report_limit 0\nmax_elapsed 0\ndisplayed_values bytes\ngraphs no\n"
        "report_type topusers topsites sites_users denied\n")
    run("sarg", "-f", config, "-l", log, "-o", out, *more)
    found = [path.parent for path in out.glob("*/index.html")]
    return found[0] if found else None


def sarg():
    whole = sarg_report("sarg")
    people = dict(numbered(whole / "index.html", "USERID"))
    told("sarg", "by person", people, figures(ours["by_person"]))
    every = joined(("all", sums) for sums in people.values())
    told("sarg", "requests and bytes", every, figures({"all": ours["all"]}))
    # A connection that was not looked into has its port beside its name there.
    sites = joined((host(site), sums) for site, sums in numbered(whole / "topsites.html", "ACCESSED SITE"))
    told("sarg", "by site", sites, figures(ours["by_site"]))
    # A log that was last written before a day is not read for it, and the demonstration's clock is ahead of the machine's.
    os.utime(log, (AFTER, AFTER))
    days = {}
    for day in ours["by_day"]:
        on = datetime.date.fromisoformat(day).strftime("%d/%m/%Y")
        report = sarg_report(f"sarg-{day}", "-d", f"{on}-{on}")
        if report:
            days[day] = joined(("", sums) for _, sums in numbered(report / "index.html", "USERID"))[""]
    told("sarg", "by day", days, figures(ours["by_day"]))
    denied = sum(1 for row in Table(whole / "denied.html").rows if len(row) == 4 and re.match(r"\d\d/\d\d/\d\d-", row[2]))
    told("sarg", "refused", {"all": denied}, {"all": ours["all"]["denied"]})


def lightsquid():
    shipped, place = pathlib.Path("/usr/share/lightsquid"), folder / "lightsquid"
    reports = place / "report"
    reports.mkdir(parents=True)
    (place / "access.log").symlink_to(log)
    for part in ("lightparser.pl", "common.pl", "ip2name"):
        (place / part).symlink_to(shipped / part)
    config = pathlib.Path("/etc/lightsquid/lightsquid.cfg").read_text()
    for name, value in {"reportpath": reports, "lockpath": place, "logpath": place, "ip2namepath": place / "ip2name", "cfgpath": place}.items():
        config = re.sub(rf"(?m)^\${name}\b.*$", f'${name} = "{value}";', config)
    (place / "lightsquid.cfg").write_text(config)
    everyone, sites, days = [], [], {}
    for day in ours["by_day"]:
        # Without a day it passes over whatever is later than 2020.
        run("perl", "-I", place, place / "lightparser.pl", day.replace("-", ""), cwd=place)
        report = reports / day.replace("-", "")
        if not report.is_dir():
            continue
        lines = [line.split() for line in (report / ".total").read_text().splitlines()[2:]]
        people = [(line[0], (int(line[2]), int(line[1]))) for line in lines]
        everyone += people
        days[day] = joined(("", sums) for _, sums in people)[""]
        for who, _ in people:
            rows = [line.split()[:3] for line in (report / who).read_text().splitlines()[1:]]
            sites += [(host(site), (int(requests), int(size))) for site, size, requests in rows]
    # What was refused is passed over.
    told("lightsquid", "by person, without refused", joined(everyone), answered("by_person", denied=False))
    told("lightsquid", "by site, without refused", joined(sites), answered("by_site", denied=False))
    told("lightsquid", "by day, without refused", days, answered("by_day", denied=False))
    every = joined(("all", sums) for sums in days.values())
    told("lightsquid", "requests and bytes, likewise", every, answered("all", denied=False))


goaccess()
sarg()
lightsquid()
sys.exit(failed)
