//! Logs of other filters, and what the weekly report says of them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use usher_policy::verdict::Verdict;
use usher_scan::theme::Theme;
use usher_types::ids::Id;
use usher_types::moment::Zone;

use super::{MAX_BAD_LINES_KEPT, MAX_LINE_BYTES, Reading, Scan, Visit, Visitors, Why, read, totals};
use crate::access_log::Totals;
use crate::names::{Audience, Who};
use crate::sample::{at, names, person, search, subject, web, week};
use crate::weekly::{Weekly, WeeklyFold};

/// A morning as squid writes it down: 24 November 2026, from 10:15.
const SQUID: &str = "\
1795515300.120    310 10.0.0.14 TCP_MISS/200 9820 GET http://www.bing.com/search?q=i+keep+hurting+myself ada.bell HIER_DIRECT/192.0.2.9 text/html
1795515301.007     12 10.0.0.14 TCP_MEM_HIT/200 980 GET http://cdn.bing.example/logo.png ada.bell HIER_NONE/- image/png
1795515360.500     40 10.0.0.15 TCP_DENIED/403 3820 GET http://games.example/play ROWANHILL\\Ben.Ng HIER_NONE/- text/html
1795515361.500      2 10.0.0.15 TCP_DENIED/403 3820 GET http://games.example/banner.gif ROWANHILL\\Ben.Ng HIER_NONE/- text/html
1795515362.000      1 10.0.0.15 TCP_DENIED/407 1820 GET http://news.example/ - HIER_NONE/- text/html
this line was cut in the mid
1795515363.000   9000 pc-16.school.example TCP_TUNNEL/200 88120 CONNECT bank.example:443 - HIER_DIRECT/192.0.2.10 -
1795515364.000      0 10.0.0.1 NONE/000 0 GET cache_object://localhost/counters - HIER_NONE/- text/plain
1795515365.000      0 10.0.0.1 TCP_MISS/200 10 GET http://a..b/ - HIER_NONE/- text/plain
";

/// The same morning as another filter exports it.
const EXPORT: &str = "\u{feff}\"Action\";\"User Name\";\"Date\";\"Time\";\"Category\";\"URL\";\"Client IP\"
Allowed;ada.bell;24/11/2026;10:15:00;Search engines;https://www.bing.com/search?q=i+keep+hurting+myself;10.0.0.14
BLOCKED;Ben.Ng;24/11/2026;10:16;Games;games.example/play;10.0.0.15
Allowed;Ben.Ng;24/11/2026;10:17;News;\"https://news.example/a;b\";10.0.0.15
Allowed;Ben.Ng;yesterday;10:17;News;https://news.example/;10.0.0.15
";

fn visits(log: &str) -> (Vec<Visit>, Reading) {
    let mut visits = Vec::new();
    let mut bytes = log.as_bytes();
    let reading = read(&mut bytes, &Zone::london(), &mut |visit| visits.push(visit)).unwrap();
    (visits, reading)
}

fn report(log: &str) -> Weekly {
    let (visits, _) = visits(log);
    let scan = Scan {
        engines: usher_scan::search::SearchEngines::built_in().unwrap(),
        themes: usher_scan::theme::Themes::built_in().unwrap(),
    };
    let mut names = names();
    let teacher = person(9, usher_types::role::PersonKind::Staff, "Joan", "Price");
    let mut visitors = Visitors::of([("joan.price".to_owned(), teacher)]);
    visits.iter().filter_map(|visit| visit.user.as_deref()).for_each(|user| visitors.meet(user, &mut names));
    let mut fold = WeeklyFold::new(week(), &names);
    for visit in &visits {
        fold.add(&visit.event(Id::new(1), visitors.subject(visit.user.as_deref()), &scan));
    }
    fold.finish(0)
}

/// Every path of keys in a text of JSON.
fn shape(json: &str) -> BTreeSet<String> {
    fn walk(at: &str, value: &serde_json::Value, paths: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(members) => {
                members.iter().for_each(|(key, value)| walk(&format!("{at}.{key}"), value, paths));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(at, item, paths)),
            _ => drop(paths.insert(at.to_owned())),
        }
    }
    let mut paths = BTreeSet::new();
    walk("", &serde_json::from_str(json).unwrap(), &mut paths);
    paths
}

#[test]
fn ext_01_logs_of_another_filter_give_a_report_of_the_same_shape_and_find_the_worrying_search() {
    let own = {
        let names = names();
        let mut fold = WeeklyFold::new(week(), &names);
        fold.add(&web(1, at("2026-11-24T10:15"), subject(7), "https://www.bing.com/search?q=x", |web| {
            search(web, "i keep hurting myself", &[(Theme::SelfHarm, 5, "hurting myself")]);
        }));
        fold.finish(0)
    };
    let (squid, export) = (report(SQUID), report(EXPORT));
    for report in [&squid, &export] {
        let item = &report.gravities[0].items[0];
        let Who::Person { name, .. } = &item.who else { panic!("a person") };
        assert_eq!(
            (name.as_deref(), item.searches.as_slice()),
            (Some("ada.bell"), &["i keep hurting myself".to_owned()][..])
        );
        assert_eq!((item.engine.as_deref(), item.verdict), (Some("Bing"), Verdict::Allow));
        assert_eq!((report.figures.items, report.figures.people, report.figures.searches), (1, 1, 1));
        assert_eq!(report.figures.blocks, 1, "the page, and not its picture or the question who it is");
        assert_eq!(shape(&report.json()), shape(&own.json()));
    }
    assert_eq!(squid.gravities[0].items[0].at.unix_ms(), at("2026-11-24T10:15").unix_ms() + 120);
    assert_eq!((squid.unseen.tunnels, squid.unseen.nobody), (1, 2));
}

#[test]
fn bad_lines_are_counted_and_named_and_stop_nothing() {
    let (found, reading) = visits(SQUID);
    assert_eq!((found.len(), reading.lines, reading.bad), (6, 9, 2));
    assert_eq!(reading.bad_lines, [(6, Why::Fields), (9, Why::Address)]);
    assert_eq!(found[2].user.as_deref(), Some("ben.ng"));
    assert_eq!(found[5].device.as_deref(), Some("pc-16.school.example"));
    let (found, reading) = visits(EXPORT);
    assert_eq!((found.len(), reading.bad_lines), (3, vec![(5, Why::Time)]));
    assert_eq!(found[2].page.path, "/a;b");
    let long = format!(
        "{}\n1795515300.120 1 10.0.0.14 TCP_MISS/200 9 GET http://a.example/ - X/- -\n",
        "x".repeat(3 * MAX_LINE_BYTES)
    );
    let (found, reading) = visits(&long);
    assert_eq!((found.len(), reading.bad_lines), (1, vec![(1, Why::TooLong)]));
    let (_, reading) = visits(&"nothing\n".repeat(100));
    assert_eq!((reading.bad, reading.bad_lines.len()), (100, MAX_BAD_LINES_KEPT));
}

#[test]
fn columns_stand_in_any_order_under_the_names_filters_give_them() {
    for log in [
        "time,user,url,action\n2026-11-24T10:15,ada,https://a.example/,deny\n",
        "URL,Verdict,Login Name,Timestamp\na.example/,Denied,SCHOOL\\ada,1795515300\n",
        "Timestamp\tAccount\tWebsite\tStatus\n1795515300000\tADA\ta.example\t403\n",
        "date,web address,result,user\n24/11/2026 10:15,https://a.example/,blocked by policy,ada\n",
        "When,Domain,Outcome,Username\n2026-11-24T10:15:00+00:00,a.example,Forbidden,ada\n",
    ] {
        let (found, reading) = visits(log);
        assert_eq!(reading.bad_lines, [], "{log}");
        let visit = &found[0];
        assert_eq!((visit.at, visit.user.as_deref()), (at("2026-11-24T10:15"), Some("ada")), "{log}");
        assert!(visit.blocked && visit.page.host.to_string() == "a.example", "{log}");
    }
}

#[test]
fn what_an_adult_of_the_school_did_stays_with_the_head() {
    let log = SQUID.replace("ada.bell", "Joan.Price");
    let report = report(&log);
    assert!(report.gravities.is_empty());
    assert_eq!(report.confidential[0].audience, Audience::Headteacher);
    assert!(report.for_readers(&[Audience::Readers]).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(log in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let mut count = 0;
        let reading = read(&mut log.as_slice(), &Zone::london(), &mut |_| count += 1).unwrap();
        prop_assert_eq!(reading.visits, count);
        prop_assert!(reading.visits + reading.bad <= reading.lines);
    }

    /// Lines of odd parts, each of which is met more than once: read whole and at a glance they are counted the same.
    #[test]
    fn a_glance_counts_what_reading_counts(lines in proptest::collection::vec(line(), 1..60)) {
        let log = lines.concat();
        let zone = Zone::london();
        let (at_a_glance, reading) = totals(&mut log.as_bytes(), &zone).unwrap();
        let mut whole = Totals::default();
        let again = read(&mut log.as_bytes(), &zone, &mut |visit| whole.add_visit(&visit, &zone)).unwrap();
        prop_assert_eq!(at_a_glance, whole, "{}", log);
        prop_assert_eq!(reading, again);
    }
}

// The parts of lines, the usual one first.
const TIMES: &[&str] = &[
    "1795515300.120",
    "1795515300",
    "1795564799.999",
    "1795564800.000",
    "1792889999.5",
    "9999999999.000",
    "+795515300.120",
    "1795515300,120",
    "-",
    "1774746000.000",
];
const CLIENTS: &[&str] =
    &["10.0.0.14", "10.0.0.014", "2001:db8::15", "2001:DB8::15", "none", "ada", "pc-16.school.example"];
const RESULTS: &[&str] = &[
    "TCP_MISS/200",
    "TCP_DENIED/403",
    "TCP_DENIED/407",
    "TCP_DENIED_REPLY/403",
    "NONE/000",
    "TCP_MISS",
    "/DENIED/403",
    "TCP_DENIED/",
    "[x/200",
];
const SIZES: &[&str] = &["0", "980", "-", "18446744073709551615", "99999999999999999999", "+5", "007"];
const METHODS: &[&str] = &["GET", "CONNECT", "POST", "connect"];
const ADDRESSES: &[&str] = &[
    "http://a.example/",
    "https://a.example/x",
    "HTTP://a.example/",
    "http://A.example/",
    "http://a.example:80@b.example/",
    "http://a.example:99999/",
    "http://a.example:443",
    "a.example:443",
    "a.example:443/x",
    "a.example",
    "http://a.example?q",
    "http://a.example\\b",
    "http://1.2.3/",
    "http://1.2.0.3/",
    "http://a..b/",
    "http://xn--bcher-kva.example/",
    "http://bücher.example/",
    "http://[::1]/",
    "[::1]:443",
    "http://-a.example/",
    "http://a.example./",
    "https:///a.example/",
    "cache_object://localhost/",
    "error:x",
    "http://a.example/\"] \"",
    "http://a.example/ü",
    "http://a.example\u{a0}/",
    "http://a%2eexample/",
    "http://a.example:/",
];
const USERS: &[&str] = &[
    "-",
    "ada",
    "Ada",
    "SCHOOL\\ada",
    "a%64a",
    "%61da",
    "none",
    "unknown",
    "\u{e9}t\u{e9}",
    "%C3%A9t%C3%A9",
    "10.0.0.14",
];
const ENDS: &[&str] = &[
    " HIER_NONE/- text/html\n",
    " HIER_NONE/-\n",
    "\n",
    "  X/- image/png\r\n",
    " X/- - more and more\n",
    " \u{2003}\n",
    " \u{b}\n",
    " X/- ] \"GET http://a.example/ HTTP/1.1\" 200 98\n",
    "",
];
const BEGINS: &[&str] = &["", "", "", "", " ", "#", "\u{feff}"];

/// A line of squid's log, or nearly one.
fn line() -> impl Strategy<Value = String> {
    // The first is the usual one: lines that are odd all over are not read at a glance, and try nothing.
    let of = |parts: &'static [&'static str]| {
        let usual = proptest::sample::select(&parts[..1]);
        prop_oneof![4 => usual, 1 => proptest::sample::select(parts)]
    };
    (
        (of(BEGINS), of(TIMES), of(CLIENTS), of(RESULTS)),
        (of(SIZES), of(METHODS), of(ADDRESSES)),
        (of(USERS), of(ENDS)),
    )
        .prop_map(|((begin, time, client, result), (size, method, address), (user, end))| {
            format!("{begin}{time}    31 {client} {result} {size} {method} {address} {user}{end}")
        })
}
