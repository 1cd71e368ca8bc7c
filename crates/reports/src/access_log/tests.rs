//! What a log says, byte for byte, and that reading it gives the same again.

use proptest::prelude::*;
use usher_policy::verdict::Verdict;
use usher_records::account::{State, Username};
use usher_types::ids::Id;

use super::*;
use crate::foreign::{Visit, read};
use crate::sample::{at, decision, ended, subject, tunnel, web};

fn account(name: &str, owner: Owner) -> Account {
    Account {
        id: Id::new(1),
        username: Username::parse(name).unwrap(),
        owner,
        password: None,
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state: State::Open,
    }
}

fn users() -> UserNames {
    UserNames::of(&[
        account("mina.o", Owner::Person(Id::new(7))),
        account("zadie", Owner::Person(Id::new(8))),
        account("ashdown.t", Owner::Person(Id::new(8))),
        account("elm", Owner::YearGroup(Year::new(2).unwrap())),
    ])
}

fn written(event: &Event, end: Option<&Event>, format: Format) -> String {
    let end = end.map(|event| match &event.what {
        What::Ended(ended) => ended,
        _ => panic!("an end"),
    });
    let mut out = String::new();
    if let Some(line) = Line::of(event, end, &users()) {
        line.write(format, &Zone::london(), &mut out);
    }
    out
}

fn visits(log: &str) -> Vec<Visit> {
    let mut found = Vec::new();
    let reading = read(&mut log.as_bytes(), &Zone::london(), &mut |visit| found.push(visit)).unwrap();
    assert_eq!(reading.bad_lines, [], "{log}");
    found
}

#[test]
fn a_page_is_a_line_as_squid_writes_it() {
    let event = web(1, at("2026-11-24T10:15"), subject(7), "http://news.example/a b?q=ü", |web| {
        web.outcome.sent_bytes = 9_820;
        web.outcome.duration_ms = 310;
        web.facts.resolved = Some("192.0.2.9".parse().unwrap());
    });
    let line = written(&event, None, Format::Squid);
    assert_eq!(
        line,
        "1795515300.000    310 10.0.0.14 TCP_MISS/200 9820 GET http://news.example/a%20b?q=%C3%BC mina.o \
         HIER_DIRECT/192.0.2.9 text/html\n"
    );
    let line = written(&event, None, Format::Combined);
    let common = "10.0.0.14 - mina.o [24/Nov/2026:10:15:00 +0000] \
        \"GET http://news.example/a%20b?q=%C3%BC HTTP/1.1\" 200 9820";
    assert_eq!(line, format!("{common} \"-\" \"-\"\n"));
    assert_eq!(written(&event, None, Format::Common), format!("{common}\n"));
}

#[test]
fn what_was_refused_is_denied_and_what_was_asked_first_is_not() {
    let asked = |verdict: Verdict, status| {
        let event = web(1, at("2026-11-24T10:15"), subject(7), "http://games.example/", |web| {
            web.decision = decision(verdict);
            web.outcome.status = status;
        });
        written(&event, None, Format::Squid)
    };
    for verdict in [Verdict::Hold, Verdict::Block] {
        assert!(asked(verdict, 200).contains(" TCP_DENIED/403 1024 GET http://games.example/ "));
    }
    for verdict in [Verdict::Coach, Verdict::Challenge] {
        let line = asked(verdict, 403);
        assert!(line.contains(" NONE_NONE/403 "), "{line}");
        assert!(!visits(&line)[0].blocked, "signing in first keeps nobody's page from them");
    }
    assert!(asked(Verdict::Allow, 0).contains(" TCP_MISS_ABORTED/000 "));
}

#[test]
fn what_was_not_looked_into_is_connect_with_the_bytes_of_its_end() {
    let when = at("2026-11-24T10:15");
    let open = tunnel(4, when, subject(7), "bank.example:443", TlsAction::Splice);
    let end = ended(4, at("2026-11-24T10:20"), 4, 88_120);
    let line = written(&open, Some(&end), Format::Squid);
    assert!(line.contains(" TCP_TUNNEL/200 88120 CONNECT bank.example:443 mina.o "), "{line}");
    let mut shut = tunnel(5, when, subject(7), "[2001:db8::1]:8443", TlsAction::Terminate);
    let What::Tunnel(what) = &mut shut.what else { panic!("a tunnel") };
    what.decision = decision(Verdict::Block);
    let line = written(&shut, None, Format::Squid);
    assert!(line.contains(" TCP_DENIED/403 1024 CONNECT [2001:db8::1]:8443 "), "{line}");
    let mut inspected = tunnel(6, when, subject(7), "news.example:443", TlsAction::Inspect);
    assert_eq!(written(&inspected, None, Format::Squid), "", "its requests are lines of their own");
    let What::Tunnel(what) = &mut inspected.what else { panic!("a tunnel") };
    what.outcome.end = End::CertificateRefused;
    let line = written(&inspected, None, Format::Squid);
    assert!(line.contains(" TCP_TUNNEL_ABORTED/200 1024 CONNECT news.example:443 "), "{line}");
    assert_eq!(written(&end, None, Format::Squid), "");
}

#[test]
fn a_page_that_was_cut_when_it_became_harmful_is_denied() {
    let page = web(1, at("2026-11-24T10:15"), subject(7), "http://chat.example/", |_| ());
    let mut end = ended(1, at("2026-11-24T10:16"), 1, 500);
    let (What::Ended(ended), What::Web(web)) = (&mut end.what, &page.what) else { panic!("both") };
    let turned = usher_events::event::WebEvent { decision: decision(Verdict::Block), ..(**web).clone() };
    ended.turned = Some(Box::new(usher_events::event::Turned { judged_at: page.at, web: turned }));
    assert!(written(&page, Some(&end), Format::Squid).contains(" TCP_DENIED/403 500 GET "));
}

#[test]
fn who_is_the_account_the_year_the_number_or_the_device() {
    let who = |subject: Subject| {
        let event = web(1, at("2026-11-24T10:15"), subject, "http://news.example/", |_| ());
        Line::of(&event, None, &users()).unwrap().who()
    };
    assert_eq!(who(subject(7)), "mina.o");
    assert_eq!(who(subject(8)), "ashdown.t", "the first of two");
    assert_eq!(who(subject(9)), "person~9");
    assert_eq!(who(subject(0)), "elm");
    assert!(Username::parse("person~9").is_err(), "no account is called so");
    assert_eq!(who(Subject::nobody()), "10.0.0.14");
}

#[test]
fn no_letter_from_outside_makes_a_line_or_a_field() {
    let event = web(1, at("2026-11-24T10:15"), subject(7), "http://a.example/", |web| {
        web.facts.address.query = Some("x\n1 2 3 TCP_MISS/200 \"\u{7f}\u{85}".to_owned());
        web.outcome.content_type = Some("text/html\r\nsecond line<script>".to_owned());
        web.facts.method = "GET\" 200 1 \"\\".to_owned();
    });
    for format in [Format::Squid, Format::Common, Format::Combined] {
        let line = written(&event, None, format);
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.trim_end().bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{line}");
        assert!(!line.contains(['<', '>', '\\']), "{line}");
        let quotes = if format == Format::Squid { 0 } else { 2 };
        let quotes = if format == Format::Combined { 6 } else { quotes };
        assert_eq!(line.matches('"').count(), quotes, "{line}");
    }
    assert_eq!(written(&event, None, Format::Squid).split_ascii_whitespace().count(), 10);
    let long = web(
        1,
        at("2026-11-24T10:15"),
        subject(7),
        &format!("http://a.example/{}", "é".repeat(9_000)),
        |_| (),
    );
    assert_eq!(visits(&written(&long, None, Format::Squid)).len(), 1, "still short enough to be read");
    let raw = web(1, at("2026-11-24T10:15"), subject(7), "http://a.example/", |web| {
        web.facts.address.query = Some("é".repeat(9_000));
    });
    let line = written(&raw, None, Format::Squid);
    assert_eq!(visits(&line).len(), 1, "escaping makes no line too long to be read");
    let address = line.split(' ').find(|field| field.starts_with("http:")).unwrap();
    assert!(address.len() <= MOST_ADDRESS_BYTES && address.ends_with("%A9"), "cut between escapes");
}

proptest! {
    #[test]
    fn reading_a_log_gives_what_was_recorded(
        seconds in 1_700_000_000_i64..1_900_000_000, ms in 0_i64..1_000,
        name in "[a-zé0-9._-]{1,20}", path in "[ -~é]{0,40}", query in proptest::option::of("[ -~é]{0,40}"),
        bytes in any::<u64>(), taken in any::<u32>(), status in 100_u16..600,
        blocked in any::<bool>(), signed_in in any::<bool>(), unread in any::<bool>(),
        media in proptest::option::of("[a-z]{1,8}/[ -~é]{1,12}"), v6 in any::<bool>(),
    ) {
        prop_assume!(Username::parse(&name).is_ok());
        // What logs write where nobody is known is nobody to their readers, ours too.
        prop_assume!(!["-", "anonymous", "unknown", "none", "n/a"].contains(&name.as_str()));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        // As browsers write addresses: what the log escapes is escaped there already.
        let address = usher_types::url::WebAddress::parse(&format!("http://a.example:8080/{path}{query}")).unwrap();
        let users = UserNames::of(&[account(&name, Owner::Person(Id::new(7)))]);
        let when = Moment::from_unix_ms(seconds * 1_000 + ms);
        let who = if signed_in { subject(7) } else { Subject::nobody() };
        let mut event = if unread {
            tunnel(1, when, who, "bank.example:8443", TlsAction::Splice)
        } else {
            web(1, when, who, &address.to_string(), |_| ())
        };
        let (outcome, judged, from) = match &mut event.what {
            What::Web(web) => (&mut web.outcome, &mut web.decision, &mut web.facts.who),
            What::Tunnel(tunnel) => (&mut tunnel.outcome, &mut tunnel.decision, &mut tunnel.facts.who),
            _ => panic!("neither"),
        };
        (outcome.sent_bytes, outcome.duration_ms, outcome.status) = (bytes, taken, status);
        outcome.content_type = media.clone();
        *judged = decision(if blocked { Verdict::Block } else { Verdict::Allow });
        if v6 {
            let mut device = (*from.device).clone();
            device.address = "2001:db8::15".parse().unwrap();
            from.device = std::sync::Arc::new(device);
        }
        let client = from.device.address;
        let line = Line::of(&event, None, &users).unwrap();
        for format in [Format::Squid, Format::Combined] {
            let mut log = String::new();
            line.write(format, &Zone::london(), &mut log);
            let visit = &visits(&log)[0];
            let page = if unread { "https://bank.example:8443/".to_owned() } else { address.to_string() };
            // In quotation marks a backslash would be an escape.
            let page = page.replace('\\', "%5C");
            prop_assert_eq!(visit.page.to_string(), page);
            prop_assert_eq!(&visit.method, &line.method);
            prop_assert_eq!((visit.address, visit.bytes), (Some(client), bytes));
            prop_assert_eq!(visit.user.as_deref(), signed_in.then_some(name.as_str()));
            if format == Format::Squid {
                prop_assert_eq!((visit.at, visit.taken_ms, visit.blocked), (when, taken, blocked));
                prop_assert_eq!(&visit.media, &media);
                prop_assert_eq!(visit.status, Some(if blocked { 403 } else { status }));
            } else {
                prop_assert_eq!(visit.at.unix_ms(), seconds * 1_000, "to the second");
                prop_assert_eq!(visit.blocked, blocked || status == 403);
            }
            let (mut of_lines, mut of_log) = (Totals::default(), Totals::default());
            of_lines.add(&line, &Zone::london());
            of_log.add_visit(visit, &Zone::london());
            if format == Format::Squid {
                prop_assert_eq!(of_lines, of_log);
            }
        }
    }
}
