//! Policy case files: a school, a request, the decision and trail expected. One file a step of the order of judgement.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where something is wrong")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use usher_lists::overlay::Edit;
use usher_policy::decide::{decide_tls, decide_web, order};
use usher_policy::decision::{Adjust, Decision, Note, Step};
use usher_policy::document::{InspectionRule, Lockdown, PolicyDocument, Rule, UnscannedRule};
use usher_policy::facts::{CertificateFit, Circumstances, Hello, LessonFacts, Refused, Restricted, Tunnel};
use usher_policy::snapshot::Snapshot;
use usher_records::grant::{Grant, Opens, Scope};
use usher_records::lesson::{LessonList, Mode};
use usher_records::sanction::Restriction;
use usher_records::standing::{DueReason, Standing};
use usher_scan::features::{Carried, Sent};
use usher_testkit::{facts, lists, snapshot};
use usher_types::host::{Host, HostName};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::url::WebAddress;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    school: School,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct School {
    profile: String,
    #[serde(default)]
    lists: BTreeMap<String, String>,
    #[serde(default)]
    pages: BTreeMap<String, String>,
    #[serde(default)]
    edits: Vec<Edit>,
    #[serde(default)]
    lockdown: Option<Lockdown>,
    #[serde(default)]
    rule: Vec<Rule>,
    /// Rules about decrypting.
    #[serde(default)]
    inspection: Vec<InspectionRule>,
    /// What happens when no scanner could look; before what the profile says.
    #[serde(default)]
    unscanned: Vec<UnscannedRule>,
    #[serde(default)]
    reach: Vec<ipnet::IpNet>,
    #[serde(default)]
    grant: Vec<GrantCase>,
    #[serde(default)]
    lesson_list: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GrantCase {
    id: u64,
    page: String,
    scope: Scope,
    #[serde(default)]
    opens: Opens,
    from: String,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    name: String,
    who: String,
    at: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    connect: Option<String>,
    #[serde(default)]
    sni: Option<String>,
    #[serde(default)]
    hello: Option<String>,
    #[serde(default)]
    certificate: Option<CertificateFit>,
    #[serde(default)]
    resolved: Option<std::net::IpAddr>,
    #[serde(default)]
    lesson: Option<String>,
    #[serde(default)]
    standing: Option<String>,
    #[serde(default)]
    sanction: Option<Restriction>,
    #[serde(default)]
    unrestricted_until: Option<String>,
    #[serde(default)]
    clause_missing: bool,
    #[serde(default)]
    user_information: bool,
    #[serde(default)]
    sent: Option<Sent>,
    #[serde(default)]
    carried: Option<Carried>,
    /// The page it is part of.
    #[serde(default)]
    embedded_in: Option<String>,
    #[serde(default)]
    method: Option<String>,
    /// So many minutes ago this device refused the school's certificate for this site.
    #[serde(default)]
    refused_minutes_ago: Option<i64>,
    /// So many minutes ago it took one for another.
    #[serde(default)]
    took_minutes_ago: Option<i64>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expect {
    verdict: String,
    reason: String,
    step: Step,
    /// The step that opened a wrapper whose page is refused: from it on to the refusal, nothing was passed.
    #[serde(default)]
    opened_at: Option<Step>,
    /// What the steps before had to say, in order.
    #[serde(default)]
    trail: Vec<String>,
    #[serde(default)]
    matched: Option<String>,
    #[serde(default)]
    flip: Option<String>,
    #[serde(default)]
    action: Option<String>,
    /// Why it is passed on unread; `nothing` where it is not.
    #[serde(default)]
    not_read: Option<String>,
    /// What is changed about it on its way; not looked at where the file says nothing.
    #[serde(default)]
    adjust: Option<Vec<String>>,
}

fn moment(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

/// A value as case files write it: `no-lesson`, `category games`.
fn words<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(name) => name,
        serde_json::Value::Object(one) => {
            let (name, inner) = one.into_iter().next().unwrap();
            format!("{name} {}", inner.to_string().trim_matches('"'))
        }
        other => other.to_string(),
    }
}

impl School {
    fn snapshot(&self) -> Snapshot {
        let mut document: PolicyDocument = snapshot::policy(&self.profile);
        document.lockdown.clone_from(&self.lockdown);
        document.rules.splice(0..0, self.rule.iter().cloned());
        document.inspection.rules.clone_from(&self.inspection);
        document.unscanned.splice(0..0, self.unscanned.iter().cloned());
        document.reach.clone_from(&self.reach);
        let all: Vec<(&str, &str)> = self
            .lists
            .iter()
            .chain(&self.pages)
            .map(|(name, lines)| (name.as_str(), lines.as_str()))
            .collect();
        let list = LessonList {
            id: Id::new(9),
            name: "Volcanoes".into(),
            group: None,
            pages: self.lesson_list.iter().map(|page| page.parse().unwrap()).collect(),
            checked: Some((Id::new(1), moment("2026-11-23T08:00"))),
        };
        let grants: Vec<Grant> = self.grant.iter().map(GrantCase::grant).collect();
        snapshot::build(document, lists::library(&all, self.edits.clone()), &grants, &[list])
    }
}

impl GrantCase {
    fn grant(&self) -> Grant {
        Grant {
            id: Id::new(self.id),
            scope: self.scope,
            opens: self.opens,
            page: self.page.parse().unwrap(),
            reason: "for a lesson".into(),
            owner: Id::new(1),
            made_at: moment(&self.from),
            from: None,
            until: moment(&self.until),
            ended_at: None,
        }
    }
}

impl Case {
    fn who(&self) -> Circumstances {
        let at = moment(&self.at);
        let mut subject = facts::subject(&self.who);
        subject.clause_accepted = !self.clause_missing;
        let agreement = "pupil-ks2".to_owned();
        match self.standing.as_deref() {
            None => {}
            Some("due") => subject.standing = Standing::Due { agreement, why: DueReason::New },
            Some("parent-missing") => subject.standing = Standing::ParentMissing { agreement },
            Some("due-tomorrow") => {
                subject.standing = Standing::DueBy { agreement, by: at.plus_minutes(24 * 60) }
            }
            Some("due-yesterday") => {
                subject.standing = Standing::DueBy { agreement, by: at.plus_minutes(-24 * 60) }
            }
            Some(other) => panic!("no standing called {other}"),
        }
        if let Some(restriction) = self.sanction {
            let (from, until) = (at.plus_minutes(-60), at.plus_minutes(60));
            subject.restrictions.push(Restricted { sanction: Id::new(5), restriction, from, until });
        }
        if let Some(until) = &self.unrestricted_until {
            subject.unrestricted = Some((Id::new(6), moment(until)));
        }
        let mut who = facts::at_device(subject);
        let mode = match self.lesson.as_deref() {
            None => None,
            Some("normal") => Some(Mode::Normal),
            Some("list") => Some(Mode::ListOnly(Id::new(9))),
            Some(other) => panic!("no lesson called {other}"),
        };
        who.lesson = mode.map(|mode| LessonFacts {
            lesson: Id::new(8),
            group: Id::new(30),
            adult: Id::new(1),
            mode,
            ends_at: at.plus_minutes(30),
        });
        who
    }

    fn decide(&self, snapshot: &Snapshot) -> (Decision, Option<String>) {
        let at = moment(&self.at);
        let sni = || self.sni.as_deref().map(|name| HostName::parse(name).unwrap());
        if let Some(url) = &self.url {
            let mut web = facts::get(self.who(), url);
            web.user_information = self.user_information;
            web.resolved = self.resolved;
            web.sent.clone_from(&self.sent);
            web.carried.clone_from(&self.carried);
            web.part_of_page = self.embedded_in.is_some();
            web.embedded_in = self.embedded_in.as_deref().map(|page| WebAddress::parse(page).unwrap());
            web.method = self.method.clone().unwrap_or(web.method);
            web.tunnel = self.connect.as_deref().map(|connect| {
                let (host, port) = connect.rsplit_once(':').unwrap();
                let connect = (Host::parse(host).unwrap(), port.parse().unwrap());
                Tunnel { connect, sni: sni(), certificate: self.certificate }
            });
            return (decide_web(snapshot, &web, at), None);
        }
        let mut tls = facts::connect(self.who(), self.connect.as_deref().unwrap());
        tls.resolved = self.resolved;
        tls.hello = match (self.hello.as_deref(), sni()) {
            (None, None) => tls.hello,
            (None, Some(sni)) => Hello::Tls { sni: Some(sni), hidden: false },
            (Some("hidden"), sni) => Hello::Tls { sni, hidden: true },
            (Some("nameless"), _) => Hello::Tls { sni: None, hidden: false },
            (Some("other"), _) => Hello::Other,
            (Some("silent"), _) => Hello::Silent,
            (Some(other), _) => panic!("no hello called {other}"),
        };
        tls.refused = self.refused_minutes_ago.map(|minutes| Refused {
            at: at.plus_minutes(-minutes),
            device_took_at: self.took_minutes_ago.map(|minutes| at.plus_minutes(-minutes)),
        });
        let (decision, action) = decide_tls(snapshot, &tls, at);
        (decision, Some(words(&action)))
    }
}

/// A change as case files write it: `query safe=active`, `connect strict.bing.com`.
fn adjusted(adjust: &Adjust) -> String {
    match adjust {
        Adjust::Query(name, value) => format!("query {name}={value}"),
        Adjust::Header(name, value) => format!("header {name}={value}"),
        Adjust::Cookie(name, value) => format!("cookie {name}={value}"),
        Adjust::Connect(name) => format!("connect {name}"),
    }
}

/// What differs between a decision and what was expected; empty when nothing does.
fn differences(case: &Case, decision: &Decision, action: Option<&str>) -> String {
    let mut out = String::new();
    let expect = &case.expect;
    let mut check = |what: &str, expected: &str, got: &str| {
        if expected != got {
            writeln!(out, "  {what}: expected `{expected}`, got `{got}`").unwrap();
        }
    };
    check("verdict", &expect.verdict, decision.verdict.name());
    check("reason", &expect.reason, &words(&decision.reason));
    check("step", expect.step.name(), decision.step.name());
    let trail: Vec<String> = decision.trail.iter().map(|passed| words(&passed.note)).collect();
    if !expect.trail.is_empty() {
        check("trail", &expect.trail.join(" > "), &trail.join(" > "));
    }
    let matched = decision.matched.as_ref().map(|matched| format!("{} {}", matched.list, matched.entry));
    if expect.matched.is_some() || expect.verdict == "block" {
        check(
            "matched",
            expect.matched.as_deref().unwrap_or("nothing"),
            matched.as_deref().unwrap_or("nothing"),
        );
    }
    if let Some(flip) = &expect.flip {
        check("flip", flip, &words(&decision.flip));
    }
    if let Some(expected) = &expect.adjust {
        check(
            "adjust",
            &expected.join(", "),
            &decision.adjust.iter().map(adjusted).collect::<Vec<_>>().join(", "),
        );
    }
    if let Some(expected) = &expect.not_read {
        let why = decision.trail.iter().find_map(|passed| match &passed.note {
            Note::NotRead(why) => Some(words(why)),
            _ => None,
        });
        check("not read", expected, why.as_deref().unwrap_or("nothing"));
    }
    if let Some(expected) = &expect.action {
        check("action", expected, action.unwrap_or("none"));
    }
    // Whether a tunnel is read is said last, and is no step of judgement.
    let judged = decision.trail.iter().map(|passed| passed.step).filter(|step| *step != Step::Inspection);
    let steps: Vec<Step> = judged.chain([decision.step]).collect();
    let passed = order().take_while(|step| *step != expect.opened_at.unwrap_or(expect.step));
    let in_order: Vec<Step> = passed.chain([expect.step]).collect();
    if steps != in_order {
        writeln!(out, "  the trail is not the order of judgement: {steps:?}").unwrap();
    }
    out
}

fn run(file: &str, text: &str) -> Vec<Step> {
    let file_name = file;
    let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{file_name}: {error}"));
    let snapshot = Arc::new(file.school.snapshot());
    let mut faults = String::new();
    for case in &file.case {
        let (decision, action) = case.decide(&snapshot);
        let differences = differences(case, &decision, action.as_deref());
        if !differences.is_empty() {
            writeln!(faults, "{file_name}, {}:\n{differences}", case.name).unwrap();
        }
        // The same case gives the same bytes.
        let again = case.decide(&snapshot).0;
        assert_eq!(postcard::to_stdvec(&decision).unwrap(), postcard::to_stdvec(&again).unwrap());
    }
    assert!(faults.is_empty(), "\n{faults}");
    file.case.iter().map(|case| case.expect.step).collect()
}

#[test]
fn every_case_is_decided_as_its_file_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut steps = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        steps.extend(run(&file.file_name().unwrap().to_string_lossy(), &text));
    }
    for step in order() {
        assert!(steps.contains(&step), "no case is decided by the step {}", step.name());
    }
}
