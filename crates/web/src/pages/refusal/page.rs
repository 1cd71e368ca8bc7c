//! One template, four readers: a child who reads little, a child who reads, an adult of the school, and nobody.

use std::sync::{Arc, OnceLock};

use askama::Template;
use http::{HeaderName, HeaderValue, StatusCode, header};
use usher_policy::access::{Act, Who, may};
use usher_policy::decision::{Decision, Reason};
use usher_policy::explain;
use usher_policy::facts::Circumstances;
use usher_policy::verdict::Verdict;
use usher_types::digest::Digest;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Reader;

use super::kind::Kind;
use super::reference::{Press, Reference};
use super::{RefusalPage, Refused};
use crate::app::App;
use crate::assets;
use crate::security::base64;
use crate::view::says::Says;

/// A button that is a form: where it goes, what it carries.
struct Button {
    action: String,
    reference: Reference,
}

/// What the technician's view tells.
struct Trail {
    step: &'static str,
    group: String,
    matched: Option<(String, String, String)>,
    mismatches: Vec<String>,
    passed: Vec<String>,
    flip: String,
    generation: String,
}

#[derive(Template)]
#[template(path = "refusal/page.html")]
pub(super) struct Page {
    pub(super) says: Says,
    pub(super) title: String,
    /// Why, and what to do.
    pub(super) lines: Vec<String>,
    /// That the school filters and watches, for whoever is about to sign in (FM-49).
    pub(super) notice: Option<String>,
    /// All of it, to be read aloud.
    pub(super) spoken: String,
    pub(super) drawing: String,
    pub(super) tone: &'static str,
    pub(super) address: String,
    pub(super) reference: String,
    pub(super) link: Option<(String, String)>,
    told: Option<Button>,
    accident: Option<Button>,
    ask: Option<Button>,
    go_on: Option<Button>,
    /// Look at the same address again.
    pub(super) again: Option<String>,
    trail: Option<Trail>,
    pub(super) site: String,
}

/// The page instead of the one that was asked for.
pub fn render(app: &App, refused: Refused<'_>) -> RefusalPage {
    let page = compose(app, &refused);
    let status = StatusCode::FORBIDDEN;
    if refused.accepts_html { page.into_html(app, status) } else { page.into_line(status) }
}

fn compose(app: &App, refused: &Refused<'_>) -> Page {
    let Refused { decision, who, address, event, .. } = *refused;
    let subject = &who.subject;
    let says = Says::new(Arc::clone(&app.words), subject.reader());
    let kind = Kind::of(decision);
    let session = subject.session.map(|session| session.to_string()).unwrap_or_default();
    let button = |press: Press| Button {
        action: format!("{}{}", app.places.portal_origin, press.path()),
        reference: Reference::new(&app.key, press, event, &session, address),
    };
    let child = subject.reader() != Reader::Adult && subject.is_somebody();
    let adult = subject.reader() == Reader::Adult;
    let named = subject.person.is_some();
    let title = says.t(format!("block-{}-title", kind.key));
    let lines = lines(app, refused, &says, kind);
    let drawing = if adult { assets::icon(kind.icon) } else { assets::picture(kind.picture) };
    let notice = (decision.reason == Reason::SignIn).then(|| says.t("sign-in-notice"));
    Page {
        spoken: std::iter::once(&title).chain(&lines).chain(&notice).cloned().collect::<Vec<_>>().join(" "),
        drawing,
        tone: kind.tone,
        address: address.to_string(),
        site: address.host.to_string(),
        reference: event.to_string(),
        link: kind.link.map(|path| link(app, &says, kind, path, refused)),
        told: (child && kind.tells).then(|| button(Press::Told)),
        accident: (adult && named && kind.tells).then(|| button(Press::Accident)),
        ask: (named && kind.asks).then(|| button(Press::Ask)),
        go_on: (named && decision.verdict == Verdict::Coach).then(|| button(Press::GoOn)),
        again: matches!(decision.reason, Reason::NoLesson | Reason::OutsideHours(_) | Reason::ParentMissing)
            .then(|| address.to_string()),
        trail: sees_trail(who).then(|| trail(app, &says, decision)),
        title,
        lines,
        notice,
        says,
    }
}

/// Within which the weekday alone says which day is meant.
const WEEK_SECONDS: i64 = 6 * 24 * 3_600;
/// Within which the time alone says it.
const HALF_DAY_SECONDS: i64 = 12 * 3_600;

/// Why, and what to do next. The youngest are told why by the title alone.
fn lines(app: &App, refused: &Refused<'_>, says: &Says, kind: Kind) -> Vec<String> {
    let zone = zone(app);
    let why = (says.reader() != Reader::Ks1)
        .then(|| explain::reason(says.words(), says.reader(), refused.decision));
    let time = until(refused).map(|until| spoken_end(&zone, until, refused.at));
    let key = format!("block-{}-next", kind.key);
    let next = says.t1(key, "time", time.unwrap_or_default());
    why.into_iter().chain([next]).filter(|line| !line.is_empty()).collect()
}

/// The school's clocks.
fn zone(app: &App) -> Zone {
    app.snapshot.load_full().map_or_else(Zone::london, |snapshot| snapshot.document.zone.clone())
}

/// When something ends, as short as it can be said: what ends as a day begins ends on `Friday`, not at `Friday 00:00`.
pub(in crate::pages) fn spoken_end(zone: &Zone, until: Moment, now: Moment) -> String {
    let local = zone.local(until);
    let left = until.seconds_since(now);
    match (local.time() == jiff::civil::Time::midnight(), left) {
        (true, ..WEEK_SECONDS) => local.date().strftime("%A").to_string(),
        (true, _) => local.spoken_date(),
        (false, ..=HALF_DAY_SECONDS) => local.spoken_time(),
        (false, _) => local.spoken(),
    }
}

/// When what keeps the page away ends, where that is known.
fn until(refused: &Refused<'_>) -> Option<Moment> {
    if let Some(id) = refused.decision.reason.sanction() {
        let restrictions = &refused.who.subject.restrictions;
        return restrictions.iter().find(|one| one.sanction == id).map(|one| one.until);
    }
    match refused.decision.reason {
        Reason::NotInLessonList(_) => refused.who.lesson.map(|lesson| lesson.ends_at),
        _ => None,
    }
}

fn link(app: &App, says: &Says, kind: Kind, path: &str, refused: &Refused<'_>) -> (String, String) {
    #[derive(serde::Serialize)]
    struct Parameter {
        then: String,
    }
    let parameter = serde_html_form::to_string(Parameter { then: refused.address.to_string() });
    let address = format!("{}{path}?{}", app.places.portal_origin, parameter.unwrap_or_default());
    (address, says.t(format!("block-{}-link", kind.key)))
}

/// Whoever may look into blocked sites sees how one came to be blocked. The names of rules are for nobody else.
fn sees_trail(who: &Circumstances) -> bool {
    let subject = &who.subject;
    match (subject.person, subject.kind) {
        (Some(person), Some(kind)) => {
            may(&Who { person, kind, roles: subject.roles }, Act::OpenUnrestricted).is_ok()
        }
        _ => false,
    }
}

fn trail(app: &App, says: &Says, decision: &Decision) -> Trail {
    let zone = zone(app);
    Trail {
        step: decision.step.name(),
        group: decision.group.clone().unwrap_or_default(),
        matched: decision.matched.as_ref().map(|matched| {
            (matched.list.clone(), matched.category.as_str().to_owned(), matched.entry.clone())
        }),
        mismatches: decision
            .mismatches
            .iter()
            .filter_map(|mismatch| serde_json::to_value(mismatch).ok()?.as_str().map(str::to_owned))
            .collect(),
        passed: decision
            .trail
            .iter()
            .map(|passed| format!("{}: {}", passed.step.name(), explain::passed(says.words(), &zone, passed)))
            .collect(),
        flip: explain::flip(says.words(), decision),
        generation: decision.generation.short(),
    }
}

impl Page {
    /// A page without buttons.
    pub(super) fn plain(says: Says, title: String, lines: Vec<String>, drawing: String) -> Self {
        Self {
            spoken: std::iter::once(&title).chain(&lines).cloned().collect::<Vec<_>>().join(" "),
            says,
            title,
            lines,
            notice: None,
            drawing,
            tone: "wait",
            address: String::new(),
            site: String::new(),
            reference: String::new(),
            link: None,
            told: None,
            accident: None,
            ask: None,
            go_on: None,
            again: None,
            trail: None,
        }
    }

    /// The page for somebody to read.
    pub(super) fn into_html(self, app: &App, status: StatusCode) -> RefusalPage {
        let body = self.render().unwrap_or_else(|error| {
            tracing::error!(%error, "a page could not be made");
            self.title.clone()
        });
        let mut headers = headers("text/html; charset=utf-8");
        if let Ok(policy) = HeaderValue::from_str(&policy(&app.places.portal_origin)) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        RefusalPage { status, headers, body }
    }

    /// One line for whoever shows no pages.
    pub(super) fn into_line(self, status: StatusCode) -> RefusalPage {
        let reference =
            if self.reference.is_empty() { String::new() } else { format!(" ({})", self.reference) };
        let body = format!("Usher: {}{reference}\n", self.spoken);
        RefusalPage { status, headers: headers("text/plain; charset=utf-8"), body }
    }

    fn reader(&self) -> &'static str {
        self.says.reader().name()
    }

    fn css(&self) -> &'static str {
        css()
    }

    fn script(&self) -> &'static str {
        script()
    }

    fn icon(&self, name: &str) -> String {
        assets::icon(name)
    }

    fn picture(&self, name: &str) -> String {
        assets::picture(name)
    }

    fn to_adult(&self) -> bool {
        self.says.reader() == Reader::Adult
    }

    fn to_young_child(&self) -> bool {
        self.says.reader() == Reader::Ks1
    }
}

fn headers(kind: &'static str) -> Vec<(HeaderName, HeaderValue)> {
    [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // The portal is told which site a button was pressed on, and nobody is told which page.
        (header::REFERRER_POLICY, "origin"),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
    .into()
}

/// Nothing but the style and the script that stand in the page, and forms to the portal.
fn policy(portal_origin: &str) -> String {
    static HASHES: OnceLock<(String, String)> = OnceLock::new();
    let hash = |text: &str| format!("'sha256-{}'", base64::encode(Digest::of(text.as_bytes()).as_bytes()));
    let (style, script) = HASHES.get_or_init(|| (hash(css()), hash(script())));
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; form-action {portal_origin}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

fn css() -> &'static str {
    static CSS: OnceLock<String> = OnceLock::new();
    CSS.get_or_init(|| assets::inline("refusal.css"))
}

fn script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| assets::inline("scripts/listen.js"))
}
