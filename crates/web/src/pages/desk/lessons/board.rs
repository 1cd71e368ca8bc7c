//! What the teacher sees of a lesson: what needs them, page by page, and every child.
//!
//! Blocks are gathered by site, because thirty children who meet the same page need one button, and because a page asks
//! for many parts. What children tell and ask is read from the books each time.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use askama::Template;
use usher_activity::question::{Activity, Question};
use usher_activity::spool::SpoolFault;
use usher_events::event::{Event, Outcome, What};
use usher_policy::decision::{Decision, Reason};
use usher_policy::explain;
use usher_policy::facts::Subject;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_records::grant::{Grant, Scope};
use usher_records::group::Group;
use usher_records::lesson::{Lesson, LessonList, Mode};
use usher_records::person::Person;
use usher_records::request::UnblockRequest;
use usher_records::told::{self, Told};
use usher_types::host::Host;
use usher_types::ids::{EventId, LessonId, PersonId, SchoolId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader};
use usher_types::url::{Scheme, WebAddress};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::address;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::told::heard_in;
use crate::view::frame::Frame;

/// A child blocked longer ago than this has gone on to something else.
const BLOCKED_MINUTES: i64 = 10;
/// Sites shown at once; older ones are one press away.
const SHOWN_SITES: usize = 8;
/// Names told one by one; of more, the rest are counted.
const NAMED: usize = 4;
/// Blocks read from the store for one lesson: a class that meets more has long filled its page.
const MOST_BLOCKS: usize = 20_000;
/// What pages ask for by themselves. Nobody in the class is waiting for it.
const UNASKED: [&str; 2] = ["ads-and-tracking", "software-updates"];

/// A lesson and what has happened in it.
#[derive(Debug, Clone)]
pub(super) struct Board {
    pub(super) lesson: Lesson,
    group: Group,
    list: Option<String>,
    pupils: Vec<(PersonId, String)>,
    blocks: Blocks,
}

/// Sites that were blocked.
#[derive(Debug, Clone, Default)]
struct Blocks {
    seen: HashSet<EventId>,
    sites: BTreeMap<String, Blocked>,
    latest: BTreeMap<PersonId, (Moment, String)>,
}

#[derive(Debug, Clone)]
struct Blocked {
    page: WebAddress,
    at: Moment,
    event: EventId,
    pupils: BTreeSet<PersonId>,
    count: u32,
    decision: Decision,
}

impl Blocks {
    /// Takes an event of this lesson, once.
    fn add(&mut self, event: &Event, lesson: LessonId) {
        let (who, page, decision) = match &event.what {
            What::Web(web) if is_seen(&web.outcome) => {
                (&web.facts.who, web.facts.address.clone(), &web.decision)
            }
            // What is inside an inspected tunnel comes as requests of its own.
            What::Tunnel(tunnel) if tunnel.action == TlsAction::Terminate => {
                let (host, port) = tunnel.facts.connect.clone();
                let page = WebAddress { scheme: Scheme::Https, host, port, path: "/".into(), query: None };
                (&tunnel.facts.who, page, &tunnel.decision)
            }
            _ => return,
        };
        let here = who.lesson.is_some_and(|now| now.lesson == lesson);
        if !here || !decision.is_block() || is_unasked(decision) || !self.seen.insert(event.id) {
            return;
        }
        let site = address::site(&page.host);
        if let Some(person) = who.subject.person {
            let latest = self.latest.entry(person).or_insert((event.at, site.clone()));
            if event.at >= latest.0 {
                *latest = (event.at, site.clone());
            }
        }
        let blocked = self.sites.entry(site).or_insert_with(|| Blocked {
            page: page.clone(),
            at: event.at,
            event: event.id,
            pupils: BTreeSet::new(),
            count: 0,
            decision: decision.clone(),
        });
        blocked.count += 1;
        blocked.pupils.extend(who.subject.person);
        if event.at >= blocked.at {
            (blocked.page, blocked.at, blocked.event) = (page, event.at, event.id);
            blocked.decision = decision.clone();
        }
    }
}

/// Whether somebody had a page before them. What pages and browsers fetch by themselves is refused in a line of text, and
/// a teacher cannot do anything about it.
fn is_seen(outcome: &Outcome) -> bool {
    outcome.content_type.as_deref().is_none_or(|kind| kind == "text/html")
}

fn is_unasked(decision: &Decision) -> bool {
    matches!(&decision.reason, Reason::Category(category) if UNASKED.contains(&category.as_str()))
}

impl Board {
    /// The lesson with nothing in it yet.
    pub(super) async fn of(app: &App, lesson: Lesson, group: Group) -> Result<Self, AppFault> {
        let list = match lesson.mode {
            Mode::Normal => None,
            Mode::ListOnly(id) => app.books.get::<LessonList, _>(id).await?.map(|list| list.value.name),
        };
        let zone = usher_directory::books::school(&app.books).await?.zone;
        let today = zone.local(app.now()).date();
        let people = app.books.find::<Person>("group", group.id).await?;
        let mut pupils: Vec<(PersonId, String)> = people
            .into_iter()
            .map(|stored| stored.value)
            .filter(|person| person.kind == PersonKind::Pupil && person.is_here(today))
            .map(|person| (person.id, person.name()))
            .collect();
        pupils.sort_by_key(|(id, name)| (name.to_lowercase(), *id));
        Ok(Self { lesson, group, list, pupils, blocks: Blocks::default() })
    }

    /// What was recorded so far.
    pub(super) async fn read_events(&mut self, app: &App) -> Result<(), AppFault> {
        let (activity, school, lesson) = (Arc::clone(&app.activity), app.books.school(), self.lesson.clone());
        let until = app.now().plus_seconds(1);
        let work = move || read_blocks(activity.as_ref(), school, &lesson, until);
        let read = tokio::task::spawn_blocking(work).await;
        self.blocks = read.map_err(|_stopped| AppFault::NotFound)??;
        Ok(())
    }

    /// Takes one event. Those of other lessons are passed over.
    pub(super) fn add(&mut self, event: &Event) {
        self.blocks.add(event, self.lesson.id);
    }

    /// The board as it is now for whoever looks at it, in HTML.
    pub(super) async fn html(
        &self,
        app: &App,
        f: &Frame,
        desk: &AtDesk,
        at: Moment,
    ) -> Result<String, AppFault> {
        let now = Now::read(app, &self.lesson, desk, at).await?;
        let snapshot = app.snapshot.load_full();
        let view = self.view(f, Clock::new(&desk.school.zone, at), &now, snapshot.as_deref(), at);
        view.render().map_err(|error| {
            tracing::error!(%error, "a lesson's board could not be made");
            AppFault::NotFound
        })
    }

    fn view<'a>(
        &'a self,
        f: &'a Frame,
        clock: Clock<'a>,
        now: &Now,
        snapshot: Option<&Snapshot>,
        at: Moment,
    ) -> View<'a> {
        let until = now.grants_until.min(self.lesson.ends_at);
        let tiles = self.tiles(f, clock, now, at);
        let mut sites: Vec<&Blocked> = self.blocks.sites.values().collect();
        sites.retain(|blocked| !now.grants.iter().any(|grant| grant.page.matches(&blocked.page)));
        sites.sort_by_key(|blocked| std::cmp::Reverse(blocked.at));
        let site = |blocked: &&Blocked| self.site(f, clock, blocked, snapshot);
        View {
            f,
            over: !self.lesson.is_open(at),
            address: format!("/lessons/{}", self.lesson.id),
            class: &self.group.name,
            ends: clock.time(self.lesson.ends_at),
            minutes: clock.minutes_until(self.lesson.ends_at),
            list: self.list.as_deref(),
            until: clock.time(until),
            signed_in: tiles.iter().filter(|tile| tile.is_here()).count(),
            all: self.pupils.len(),
            told: now.told.iter().map(|told| self.told(clock, told)).collect(),
            asked: now.asked.iter().map(|asked| self.asked(clock, asked, snapshot)).collect(),
            sites: sites.iter().take(SHOWN_SITES).map(site).collect(),
            more_sites: sites.iter().skip(SHOWN_SITES).map(site).collect(),
            grants: now.grants.iter().map(|grant| opened(clock, grant)).collect(),
            tiles,
        }
    }

    fn name(&self, person: PersonId) -> String {
        let known = self.pupils.iter().find(|(id, _)| *id == person);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    }

    fn told(&self, clock: Clock<'_>, told: &Told) -> Teller {
        Teller {
            id: told.id.to_string(),
            name: self.name(told.person),
            time: clock.time(told.at),
            page: told.address.as_ref().map(address::shown),
            words: told.words.clone(),
        }
    }

    fn asked(&self, clock: Clock<'_>, asked: &UnblockRequest, snapshot: Option<&Snapshot>) -> Asker {
        Asker {
            id: asked.id.to_string(),
            name: self.name(asked.person),
            time: clock.time(asked.asked_at),
            page: address::shown(&asked.address),
            reason: asked.reason.clone(),
            sealed: is_sealed(snapshot, &asked.address),
        }
    }

    fn site(&self, f: &Frame, clock: Clock<'_>, blocked: &Blocked, snapshot: Option<&Snapshot>) -> Site {
        let names: Vec<String> = self
            .pupils
            .iter()
            .filter(|(id, _)| blocked.pupils.contains(id))
            .map(|(_, name)| name.clone())
            .collect();
        let who = match names.len() {
            0 => f.says.t("board-somebody"),
            count if count <= NAMED => names.join(", "),
            count => {
                let first = names.get(..NAMED - 1).unwrap_or_default().join(", ");
                f.says.t2("board-and-more", ("names", &first), ("more", &(count + 1 - NAMED)))
            }
        };
        Site {
            event: blocked.event.to_string(),
            page: address::shown(&blocked.page),
            pattern: address::page_pattern(&blocked.page).to_string(),
            who,
            tries: (blocked.count > 1).then(|| f.says.n("board-tries", "count", blocked.count)),
            time: clock.time(blocked.at),
            why: explain::reason(f.says.words(), Reader::Adult, &blocked.decision),
            sealed: is_sealed(snapshot, &blocked.page),
        }
    }

    fn tiles(&self, f: &Frame, clock: Clock<'_>, now: &Now, at: Moment) -> Vec<Tile> {
        let mut tiles: Vec<Tile> = self
            .pupils
            .iter()
            .map(|(id, name)| {
                let here = now.here.iter().find(|(_, subject)| subject.person == Some(*id));
                let told = now.told.iter().any(|told| told.person == *id);
                let asked = now.asked.iter().any(|asked| asked.person == *id);
                let opened = |site: &str| {
                    let blocked = self.blocks.sites.get(site);
                    blocked.is_some_and(|one| now.grants.iter().any(|grant| grant.page.matches(&one.page)))
                };
                let blocked =
                    self.blocks.latest.get(id).filter(|(when, site)| {
                        at.seconds_since(*when) < BLOCKED_MINUTES * 60 && !opened(site)
                    });
                let state = match (here, blocked) {
                    _ if told => State::Told,
                    _ if asked => State::Asked,
                    (_, Some((when, site))) => State::Blocked(clock.time(*when), site.clone()),
                    (None, None) => State::Absent,
                    (Some((_, subject)), None) if !subject.standing.opens(at) => State::Due,
                    (Some(_), None) => State::Fine,
                };
                Tile::new(f, id.to_string(), name.clone(), &state)
            })
            .collect();
        // A shared sign-in cannot say which child it is (ACC-02).
        for (device, _) in now.here.iter().filter(|(_, subject)| subject.person.is_none()) {
            let name = f.says.t1("board-shared", "device", device);
            tiles.push(Tile::new(f, format!("device-{}", tiles.len()), name, &State::Fine));
        }
        tiles
    }
}

fn is_sealed(snapshot: Option<&Snapshot>, page: &WebAddress) -> bool {
    snapshot.is_some_and(|snapshot| snapshot.is_sealed(&page.host, &page.path, page.query.as_deref()))
}

fn opened(clock: Clock<'_>, grant: &Grant) -> Opened {
    Opened { id: grant.id.to_string(), page: grant.page.to_string(), until: clock.time(grant.until) }
}

fn read_blocks(
    activity: &dyn Activity,
    school: SchoolId,
    lesson: &Lesson,
    until: Moment,
) -> Result<Blocks, SpoolFault> {
    let question = Question {
        lesson: Some(lesson.id),
        verdict: Some(Verdict::Hold),
        ..Question::all(school, lesson.opened_at, until)
    };
    let mut blocks = Blocks::default();
    let mut left = MOST_BLOCKS;
    activity.scan(&question, &mut |event| {
        blocks.add(&event, lesson.id);
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(blocks)
}

/// What the books and the session table say now.
struct Now {
    told: Vec<Told>,
    asked: Vec<UnblockRequest>,
    grants: Vec<Grant>,
    grants_until: Moment,
    /// Who is at a device, with its name.
    here: Vec<(String, Arc<Subject>)>,
}

impl Now {
    async fn read(app: &App, lesson: &Lesson, desk: &AtDesk, at: Moment) -> Result<Self, AppFault> {
        let told = app.books.find::<Told>("lesson", lesson.id).await?.into_iter().map(|stored| stored.value);
        let waiting = app.books.find::<UnblockRequest>("state", "waiting").await?.into_iter();
        let grants = app.books.find::<Grant>("state", "open").await?.into_iter().map(|stored| stored.value);
        let school = usher_directory::books::school(&app.books).await?;
        let longest = i64::from(school.settings.lessons.longest_grant_minutes);
        let here = app.table.in_group(lesson.group, at).into_iter().map(|(address, subject)| {
            let device = app.table.circumstances(Arc::clone(&subject), address, at).device;
            (device.name.clone().unwrap_or_else(|| Host::Ip(address).to_string()), subject)
        });
        let mut now = Self {
            told: told
                .filter(|told| told.seen.is_none() && told.what != told::What::Accident)
                .filter(|told| heard_in(desk, lesson, told))
                .collect(),
            asked: waiting
                .map(|stored| stored.value)
                .filter(|asked| asked.lesson == Some(lesson.id))
                .collect(),
            grants: grants
                .filter(|grant| grant.scope == Scope::Lesson(lesson.id) && grant.is_open(at))
                .collect(),
            grants_until: at.plus_minutes(longest),
            here: here.collect(),
        };
        now.here.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(now)
    }
}

#[derive(Template)]
#[template(path = "desk/lessons/board.html")]
struct View<'a> {
    f: &'a Frame,
    over: bool,
    address: String,
    class: &'a str,
    ends: String,
    minutes: i64,
    list: Option<&'a str>,
    until: String,
    signed_in: usize,
    all: usize,
    told: Vec<Teller>,
    asked: Vec<Asker>,
    sites: Vec<Site>,
    more_sites: Vec<Site>,
    grants: Vec<Opened>,
    tiles: Vec<Tile>,
}

impl View<'_> {
    /// How many things need the teacher, for whoever hears the page.
    fn needs(&self) -> usize {
        self.told.len() + self.asked.len() + self.sites.len()
    }
}

/// A child who told.
struct Teller {
    id: String,
    name: String,
    time: String,
    page: Option<String>,
    words: Option<String>,
}

/// A child who asks for a page.
struct Asker {
    id: String,
    name: String,
    time: String,
    page: String,
    reason: Option<String>,
    sealed: bool,
}

/// A site that was blocked.
struct Site {
    event: String,
    page: String,
    pattern: String,
    who: String,
    tries: Option<String>,
    time: String,
    why: String,
    sealed: bool,
}

/// A page that was opened for the lesson.
struct Opened {
    id: String,
    page: String,
    until: String,
}

/// How a child is.
enum State {
    Absent,
    Fine,
    Due,
    Blocked(String, String),
    Asked,
    Told,
}

/// One child.
struct Tile {
    id: String,
    name: String,
    look: &'static str,
    icon: &'static str,
    words: String,
}

impl Tile {
    fn new(f: &Frame, id: String, name: String, state: &State) -> Self {
        let (look, icon, words) = match state {
            State::Absent => ("absent", "user", f.says.t("tile-absent")),
            State::Fine => ("go", "check", f.says.t("tile-fine")),
            State::Due => ("wait", "file-text", f.says.t("tile-due")),
            State::Blocked(time, site) => {
                ("wait", "ban", f.says.t2("tile-blocked", ("site", site), ("time", time)))
            }
            State::Asked => ("wait", "circle-help", f.says.t("tile-asked")),
            State::Told => ("stop", "hand", f.says.t("tile-told")),
        };
        Self { id, name, look, icon, words }
    }

    fn is_here(&self) -> bool {
        self.look != "absent"
    }
}
