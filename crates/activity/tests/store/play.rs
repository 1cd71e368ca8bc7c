//! Some days at a school, recorded in a spool: every kind of event, by people, classes and devices.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::date;
use tempfile::TempDir;
use usher_activity::files::FilesActivity;
use usher_activity::spool::Spool;
use usher_activity::store::Store;
use usher_events::event::{Ended, Event, Malformed, MalformedFault, SignInFailed, System, TunnelEvent, What};
use usher_events::sink::EventSink as _;
use usher_policy::decide::decide_tls;
use usher_policy::facts::{Circumstances, Device, LessonFacts};
use usher_policy::snapshot::Snapshot;
use usher_records::lesson::Mode;
use usher_scan::features::{Place, Search, ThemeHit};
use usher_scan::theme::Theme;
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

/// Half past eight on the Monday.
pub(crate) fn monday() -> Moment {
    Zone::london().moment(date(2026, 11, 9), jiff::civil::time(8, 30, 0, 0))
}

/// The person of this number, as ids are: long, so that its bytes are nobody else's.
pub(crate) const fn person(number: u64) -> u64 {
    0x0123_4567_89ab_0000 + number
}

/// A school whose events are recorded.
pub(crate) struct Played {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) events: Vec<Event>,
    snapshot: Snapshot,
}

impl Played {
    pub(crate) fn new() -> Self {
        let library = lists::library(&[("gambling", "games.example")], vec![]);
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(HandClock::at(monday())),
            events: Vec::new(),
            snapshot: snapshot::build(snapshot::policy("codes"), library, &[], &[]),
        }
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("activity")
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.store(), Zone::london()).unwrap()
    }

    pub(crate) fn files(&self) -> FilesActivity {
        FilesActivity::new(self.store(), self.spool())
    }

    /// Plays so many events on each of these days; the spool closes a segment at the end of each.
    pub(crate) fn play(&mut self, days: std::ops::Range<i64>, each: u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for day in days {
                let morning = monday().plus_minutes(day * 24 * 60);
                self.clock.set(morning);
                let clock = Arc::clone(&self.clock);
                let (spool, _) = Spool::open(&self.spool(), clock).unwrap();
                for number in 0..each {
                    let seconds = i64::try_from(number * 25_000 / each).unwrap();
                    let event = self.event(number, morning.plus_seconds(seconds));
                    let place = spool.reserve().await.unwrap();
                    self.events.push(Event { id: place.id(), ..event.clone() });
                    place.fill(event);
                }
                spool.close().await;
            }
        });
    }

    fn event(&self, number: u64, at: Moment) -> Event {
        let who = circumstances(number, at);
        let kind = number % 37;
        let what = match kind {
            5 => What::Malformed(Malformed { who, fault: MalformedFault::NotHttp, status: 400 }),
            7 => {
                let event = Id::new(number);
                What::Ended(Ended { event, outcome: events::outcome(200), turned: None })
            }
            11 => What::SignInFailed(SignInFailed {
                username: "zebedee.quillfeather".into(),
                person: Some(Id::new(person(3))),
                address: "10.0.0.9".parse().unwrap(),
                last_here: Some(Id::new(person(4))),
                tries: 2,
                rests: false,
            }),
            13 => What::System(System::Started { version: "1".into() }),
            17 | 18 => {
                let facts = facts::connect(who, "games.example:443");
                let (decision, action) = decide_tls(&self.snapshot, &facts, at);
                let outcome = events::outcome(200);
                What::Tunnel(Box::new(TunnelEvent { facts, decision, action, outcome }))
            }
            _ => return self.web(number, who, at),
        };
        Event { id: Id::new(0), school: Id::new(1), at, what }
    }

    fn web(&self, number: u64, who: Circumstances, at: Moment) -> Event {
        let host = ["news.example", "www.maths.example", "games.example", "pictures.example"];
        let host = host[usize::try_from(number * 7 % 11 % 4).unwrap()];
        let mut web = facts::get(who, &format!("https://{host}/page/{number}?q=x"));
        web.part_of_page = number.is_multiple_of(3);
        if number % 10 == 1 {
            let words = format!("why is the Sky blue {}", number % 5);
            web.features.search = Some(Search { engine: "Google".into(), words });
        }
        if number % 97 == 50 {
            let words = "Is Zebedee Quillfeather at school".into();
            web.features.search = Some(Search { engine: "Google".into(), words });
        }
        if number % 50 == 21 {
            let hit = |theme, severity| ThemeHit {
                theme,
                severity,
                phrase: "a phrase".into(),
                place: Place::Search,
            };
            web.features.themes = vec![hit(Theme::Bullying, 3), hit(Theme::SelfHarm, 5)];
        }
        let mut event = events::web(0, &self.snapshot, web, at);
        if let What::Web(web) = &mut event.what {
            web.outcome.title =
                number.is_multiple_of(4).then(|| format!("Rivers of the World, part {}", number % 9));
            web.outcome.sent_bytes = number * number % 90_001;
        }
        event
    }
}

fn circumstances(number: u64, at: Moment) -> Circumstances {
    let mut subject = match number % 9 {
        0 => facts::subject("nobody"),
        1 => facts::subject("staff"),
        year => facts::subject(&format!("pupil.y{}", year % 6 + 1)),
    };
    if subject.person.is_some() {
        subject.person = (number % 9 != 8).then(|| Id::new(person(number % 13)));
        subject.groups = vec![Id::new(30 + number % 3), Id::new(40)];
    }
    let mut who = facts::at_device(subject);
    who.device = Arc::new(Device {
        name: number.is_multiple_of(2).then(|| format!("PC-{}", number % 5)),
        room: (number % 4 != 3).then(|| format!("Room {}", number % 4)),
        ..Device::clone(&who.device)
    });
    who.lesson = (number % 6 == 2).then(|| LessonFacts {
        lesson: Id::new(900 + number % 2),
        group: Id::new(30),
        adult: Id::new(person(2)),
        mode: Mode::Normal,
        ends_at: at.plus_minutes(30),
    });
    who
}

/// The files in a folder whose names end so.
pub(crate) fn ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.to_str().unwrap().ends_with(end)).collect();
    found.sort();
    found
}
