//! Health: what was tried, what it means and what to do, in plain words; and what cannot be seen. Nothing is shown green
//! because it was set up, only because it was tried.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use usher_activity::spool::SpoolState;
use usher_policy::access::Act;
use usher_records::case::{Case, held_people};
use usher_records::keeping::KeepRules;
use usher_types::moment::Moment;

use super::agreements;
use super::around::{Around, around};
use super::clock::Clock;
use super::keeping;
use super::lists::{sealings, stands};
use super::opening::category;
use crate::app::{App, AppFault};
use crate::desk::probes::{Found, Tried};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Less of the disk than this free is soon full: a school writes a few per cent of a small disk in a week.
const LOW_PERCENT: u64 = 15;
/// Less than this free is urgent.
const URGENT_PERCENT: u64 = 5;
/// A clock this far off is told (FM-39): records of two machines do not fit together any more.
const CLOCK_OFF_MS: u64 = 2_000;
/// A mail that waits longer than this does so for a reason.
const MAIL_WAITS_MINUTES: i64 = 30;
/// The authority takes weeks to replace on every device, so it is told of this long before.
const AUTHORITY_DAYS: i64 = 90;
/// Sites that are named; the others are counted. More than that is a device without the certificate.
const SITES_NAMED: usize = 12;
/// A segment is begun up to a day before it is closed. What waits two days longer fills the disk, and somebody should look.
const TRUST_WAITS_MINUTES: i64 = 3 * 24 * 60;
/// Lists older than this miss what is new on the web.
const LISTS_OLD_DAYS: i64 = 14;

/// What those who see health have.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![desk_route("/health", Act::SeeHealth, get(show))]
}

#[derive(Template)]
#[template(path = "desk/health.html")]
struct Health {
    f: Frame,
    d: Around,
    summary: (&'static str, String),
    lights: Vec<Light>,
}

/// One thing that was tried.
pub(super) struct Light {
    tone: &'static str,
    icon: &'static str,
    state: String,
    title: String,
    found: String,
    todo: Option<String>,
    at: Option<String>,
}

async fn show(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/health", "health-title");
    let holds = !held_people(&app.books.values::<Case>().await?).is_empty();
    let keeping = (desk.school.settings.keeping, holds);
    let look = Look { says: &f.says, clock: Clock::at(&desk), at: desk.at, keeping };
    let mut lights =
        vec![look.records(app.spool.state()), look.policy(&app), look.lists(&app), look.sealed(&app, &desk)];
    lights.push(look.agreements(&agreements::drafts::not_put_out(&app, &desk).await?));
    let tried = app.desk.probes.try_all(desk.at).await;
    lights.extend(tried.iter().map(|tried| look.tried(tried)));
    lights.extend(look.untried(&tried));
    // What is wrong comes first; the rest keeps its order.
    lights.sort_by_key(|light| match light.tone {
        "stop" => 0,
        "wait" => 1,
        "info" => 2,
        _ => 3,
    });
    let summary = match lights.first().map(|light| light.tone) {
        Some("stop") => ("stop", f.says.t("health-now-bad")),
        Some("wait") => ("wait", f.says.t("health-now-soon")),
        Some("info") => ("info", f.says.t("health-now-untried")),
        _ => ("go", f.says.t("health-now-good")),
    };
    Ok(page(&Health { summary, lights, f, d }))
}

/// Judges what was found.
pub(super) struct Look<'a> {
    pub(super) says: &'a Says,
    pub(super) clock: Clock<'a>,
    at: Moment,
    /// How long the school keeps records, and whether a case holds some.
    pub(super) keeping: (KeepRules, bool),
}

impl Look<'_> {
    /// A light: `name` gives its title, `name-ok` or `name-<problem>` what was found and what to do.
    pub(super) fn light(&self, name: &str, tone: &'static str, found: String, todo: Option<&str>) -> Light {
        let icon = match tone {
            "go" => "circle-check",
            "wait" => "triangle-alert",
            "stop" => "circle-alert",
            _ => "circle-help",
        };
        Light {
            tone,
            icon,
            state: self.says.of("health-state", tone),
            title: self.says.of("health", name),
            found,
            todo: todo.map(|key| self.says.t(key)),
            at: None,
        }
    }

    fn records(&self, state: SpoolState) -> Light {
        let says = self.says;
        match state {
            SpoolState::Open => self.light("records", "go", says.t("health-records-ok"), None),
            SpoolState::Full => {
                self.light("records", "stop", says.t("today-stopped-full"), Some("health-disk-do"))
            }
            SpoolState::Broken | SpoolState::Stopping => {
                self.light("records", "stop", says.t("today-stopped-spool"), Some("health-records-do"))
            }
        }
    }

    fn policy(&self, app: &App) -> Light {
        match app.snapshot.load_full() {
            Some(snapshot) => {
                let found = self.says.t1("health-policy-ok", "mark", snapshot.digest().short());
                self.light("policy", "go", found, None)
            }
            None => {
                let found = self.says.t("today-stopped-policy");
                self.light("policy", "stop", found, Some("health-policy-do"))
            }
        }
    }

    fn lists(&self, app: &App) -> Light {
        let snapshot = app.snapshot.load_full();
        let lists = snapshot.as_deref().map(|snapshot| snapshot.library().artefact().lists());
        let oldest = lists.and_then(|lists| lists.iter().map(|list| list.origin.fetched_at).min());
        let Some(oldest) = oldest else {
            return self.light("lists", "wait", self.says.t("health-lists-none"), Some("health-lists-do"));
        };
        let old = app.desk.lists.waiting().old;
        if let Some(list) = old.iter().max_by_key(|list| (list.red, std::cmp::Reverse(list.good_at))) {
            let date = self.clock.day(list.good_at);
            let found = self.says.t2("health-lists-stale", ("list", &list.title), ("date", &date));
            return self.light(
                "lists",
                if list.red { "stop" } else { "wait" },
                found,
                Some("health-stale-do"),
            );
        }
        let found = self.says.t1("health-lists-found", "date", self.clock.day(oldest));
        if oldest.plus_minutes(LISTS_OLD_DAYS * 24 * 60) < self.at {
            self.light("lists", "wait", found, Some("health-lists-do"))
        } else {
            self.light("lists", "go", found, None)
        }
    }

    /// The licensed lists of illegal content, and whose they are. Without them the filter is not what a school must have, so it
    /// is told as urgently as anything else.
    fn sealed(&self, app: &App, desk: &AtDesk) -> Light {
        let snapshot = app.snapshot.load_full();
        let all: Vec<_> = sealings(desk, snapshot.as_deref())
            .map(|(name, sealing)| {
                let (tone, words) = stands(self.says, self.clock, sealing);
                (tone, format!("{}: {words}", category(self.says, name)))
            })
            .collect();
        let worst = ["stop", "wait"].into_iter().find(|worst| all.iter().any(|(tone, _)| tone == worst));
        let found = all.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ");
        let tone = worst.unwrap_or("go");
        self.light("sealed", tone, found, (tone == "stop").then_some("health-sealed-do"))
    }

    /// Agreements that are asked for and not put out: whoever is to sign one has no web.
    fn agreements(&self, missing: &[String]) -> Light {
        if missing.is_empty() {
            return self.light("agreements", "go", self.says.t("health-agreements-ok"), None);
        }
        let found = self.says.t1("health-agreements-missing", "which", missing.join(", "));
        self.light("agreements", "stop", found, Some("health-agreements-do"))
    }

    fn tried(&self, tried: &Tried) -> Light {
        let says = self.says;
        let light = match &tried.found {
            Found::Gateway { answered: true } => {
                self.light("gateway", "go", says.t("health-gateway-ok"), None)
            }
            Found::Gateway { answered: false } => {
                self.light("gateway", "stop", says.t("health-gateway-silent"), Some("health-gateway-do"))
            }
            Found::Disk { free_bytes, total_bytes } => self.disk(*free_bytes, *total_bytes),
            Found::Clock { ahead_ms } => self.time(*ahead_ms),
            Found::Outbox { waiting, failing, oldest } => self.outbox(*waiting, *failing, *oldest),
            Found::Authority { fingerprint, until } => self.authority(
                says.t2("health-authority-found", ("date", &self.clock.day(*until)), ("mark", fingerprint)),
                *until,
            ),
            Found::Refusals { sites } => self.refusals(sites),
            Found::Reading { program, read, missed } => self.reading(program.as_deref(), *read, *missed),
            Found::Files { reach } => keeping::light(self, *reach),
            Found::Trust { segments, since, failing } => self.trust(*segments, *since, *failing),
        };
        Light { at: Some(says.t1("health-tried", "time", self.clock.time(tried.at))), ..light }
    }

    fn authority(&self, found: String, until: Moment) -> Light {
        if until <= self.at {
            self.light("authority", "stop", found, Some("health-authority-do"))
        } else if until < self.at.plus_minutes(AUTHORITY_DAYS * 24 * 60) {
            self.light("authority", "wait", found, Some("health-authority-do"))
        } else {
            self.light("authority", "go", found, None)
        }
    }

    /// Word lists always read; whether a program reads too is said, and what it did not get to.
    fn reading(&self, program: Option<&str>, read: u64, missed: u64) -> Light {
        let Some(program) = program else {
            return self.light(
                "reading",
                "go",
                self.says.t("health-reading-lists"),
                Some("health-reading-do"),
            );
        };
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("program", &program), ("read", &read), ("missed", &missed)];
        let found = self.says.terms("health-reading-found", &values);
        if missed == 0 {
            self.light("reading", "go", found, None)
        } else {
            self.light("reading", "wait", found, Some("health-reading-missed-do"))
        }
    }

    /// Apps that trust nobody but their makers. The filter works all the same; somebody may want to know.
    fn refusals(&self, sites: &[String]) -> Light {
        if sites.is_empty() {
            return self.light("refusals", "go", self.says.t("health-refusals-none"), None);
        }
        let more = sites.len().saturating_sub(SITES_NAMED);
        let mut named: Vec<&str> = sites.iter().take(SITES_NAMED).map(String::as_str).collect();
        let rest = self.says.n("health-refusals-more", "count", more);
        if more > 0 {
            named.push(&rest);
        }
        let found = self.says.t1("health-refusals-found", "sites", named.join(", "));
        self.light("refusals", "go", found, Some("health-refusals-do"))
    }

    fn disk(&self, free: u64, total: u64) -> Light {
        let percent = free.saturating_mul(100) / total.max(1);
        let gigabytes = free / 1_000_000_000;
        let found = self.says.t2("health-disk-found", ("percent", &percent), ("gigabytes", &gigabytes));
        match percent {
            0..URGENT_PERCENT => self.light("disk", "stop", found, Some("health-disk-do")),
            URGENT_PERCENT..LOW_PERCENT => self.light("disk", "wait", found, Some("health-disk-do")),
            _ => self.light("disk", "go", found, None),
        }
    }

    fn time(&self, ahead_ms: Option<i64>) -> Light {
        match ahead_ms {
            None => self.light("clock", "info", self.says.t("health-clock-alone"), Some("health-clock-do")),
            Some(off) if off.unsigned_abs() > CLOCK_OFF_MS => {
                let found = self.says.n("health-clock-off", "seconds", off.abs() / 1_000);
                self.light("clock", "wait", found, Some("health-clock-do"))
            }
            Some(_) => self.light("clock", "go", self.says.t("health-clock-ok"), None),
        }
    }

    fn outbox(&self, waiting: u64, failing: u64, oldest: Option<Moment>) -> Light {
        let found = self.says.n("health-outbox-found", "count", waiting);
        let late = oldest.is_some_and(|oldest| oldest.plus_minutes(MAIL_WAITS_MINUTES) < self.at);
        if failing > 0 || late {
            self.light("outbox", "wait", found, Some("health-outbox-do"))
        } else {
            self.light("outbox", "go", found, None)
        }
    }

    /// The trust's copy. What is not there yet is in the spool, which keeps it.
    fn trust(&self, segments: u64, since: Option<Moment>, failing: bool) -> Light {
        let late = since.is_some_and(|since| since.plus_minutes(TRUST_WAITS_MINUTES) < self.at);
        let found = match since {
            Some(since) => format!(
                "{} {}",
                self.says.n("health-trust-waiting", "count", segments),
                self.says.t1("health-trust-since", "day", self.clock.day(since))
            ),
            None => self.says.t("health-trust-ok"),
        };
        match (late, failing) {
            (true, _) => self.light("trust", "stop", found, Some("health-trust-do")),
            (false, true) => self.light("trust", "wait", found, Some("health-trust-do")),
            (false, false) => self.light("trust", "go", found, None),
        }
    }

    /// What nobody tried is said, and never green.
    fn untried(&self, tried: &[Tried]) -> Vec<Light> {
        let has = |fits: fn(&Found) -> bool| tried.iter().any(|tried| fits(&tried.found));
        let known = [
            ("gateway", has(|found| matches!(found, Found::Gateway { .. }))),
            ("disk", has(|found| matches!(found, Found::Disk { .. }))),
            ("clock", has(|found| matches!(found, Found::Clock { .. }))),
            ("outbox", has(|found| matches!(found, Found::Outbox { .. }))),
            ("authority", has(|found| matches!(found, Found::Authority { .. }))),
            ("refusals", has(|found| matches!(found, Found::Refusals { .. }))),
            ("files", has(|found| matches!(found, Found::Files { .. }))),
        ];
        let untried = known.into_iter().filter(|(_, known)| !known);
        untried.map(|(name, _)| self.light(name, "info", self.says.t("health-untried"), None)).collect()
    }
}
