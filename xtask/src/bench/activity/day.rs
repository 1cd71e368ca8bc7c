//! One school day of events, the same in every run.

use std::sync::Arc;

use jiff::civil::{Date, time};
use usher_events::event::{Event, TunnelEvent, What};
use usher_policy::decide::decide_tls;
use usher_policy::facts::{Circumstances, Device, LessonFacts};
use usher_policy::snapshot::Snapshot;
use usher_records::lesson::Mode;
use usher_scan::features::{Place, Search, ThemeHit};
use usher_scan::theme::Theme;
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

/// Pupils; then adults.
const PUPILS: u64 = 420;
const ADULTS: u64 = 40;
/// Pupils of a class.
const CLASS: u64 = 30;
/// Different sites a school sees in a day.
const SITES: u64 = 3_000;
/// Different pages of a site with a title of their own.
const PAGES: u64 = 60;
/// Parts a page brings.
const PARTS: u64 = 24;
/// Hosts that parts of pages come from, besides the page's own.
const CDNS: u64 = 40;
/// Seconds of a school day in which the web is used.
const DAY_SECONDS: u64 = 6 * 60 * 60;
/// Words titles and searches are made of.
const WORDS: [&str; 32] = [
    "river",
    "volcano",
    "romans",
    "fractions",
    "spelling",
    "planets",
    "castle",
    "poem",
    "bridge",
    "weather",
    "forest",
    "insects",
    "games",
    "music",
    "football",
    "maps",
    "history",
    "light",
    "sound",
    "magnets",
    "energy",
    "plants",
    "story",
    "coding",
    "robot",
    "ocean",
    "desert",
    "egypt",
    "vikings",
    "times tables",
    "healthy food",
    "recycling",
];

/// Numbers without a pattern that matters here (xorshift64*), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound.max(1)
    }

    /// Small numbers far oftener than large ones, as sites and pages are visited.
    fn seldom_below(&mut self, bound: u64) -> u64 {
        let one = self.below(bound) + 1;
        let other = self.below(one) + 1;
        self.below(other)
    }

    fn word(&mut self) -> &'static str {
        let at = usize::try_from(self.below(32)).unwrap_or(0);
        WORDS.get(at).copied().unwrap_or("river")
    }
}

/// The number of a person.
pub(super) const fn person(number: u64) -> u64 {
    0x0180_0000_0000_0000 + number * 7_919
}

/// The events of a day, by time.
pub(super) fn events(count: usize, day: Date) -> Vec<Event> {
    let morning = Zone::london().moment(day, time(9, 0, 0, 0));
    // Nearly all of what a school's day asks for is known and open to it.
    let known: Vec<String> = (0..SITES)
        .map(|site| format!("site-{site}.example"))
        .chain((0..CDNS).map(|cdn| format!("cdn-{cdn}.example")))
        .chain(["google.com".to_owned()])
        .collect();
    let listed = [("education", known.join("\n")), ("ads-and-tracking", "ads.example".to_owned())];
    let listed: Vec<(&str, &str)> =
        listed.iter().map(|(category, names)| (*category, names.as_str())).collect();
    let library = lists::library(&listed, vec![]);
    let snapshot = snapshot::build(snapshot::policy("codes"), library, &[], &[]);
    let mut random = Random(0x5eed);
    let evening = morning.plus_seconds(i64::try_from(DAY_SECONDS).unwrap_or(0));
    let people: Vec<Circumstances> =
        (0..PUPILS + ADULTS).map(|number| circumstances(number, evening)).collect();
    let mut all = Vec::with_capacity(count + 64);
    while all.len() < count {
        let Ok(index) = usize::try_from(random.below(PUPILS + ADULTS)) else { break };
        let Some(who) = people.get(index) else { break };
        let at = morning.plus_seconds(i64::try_from(random.below(DAY_SECONDS)).unwrap_or(0));
        visit(&snapshot, who, at, &mut random, &mut all);
    }
    all.truncate(count);
    all.sort_by_key(|event: &Event| event.at);
    all
}

fn circumstances(number: u64, evening: Moment) -> Circumstances {
    let adult = number >= PUPILS;
    let year = number / 60 % 6 + 1;
    let mut subject = facts::subject(if adult { "staff" } else { "pupil" });
    if !adult {
        subject = facts::subject(&format!("pupil.y{year}"));
    }
    subject.person = Some(Id::new(person(number)));
    subject.session = Some(Id::new(person(number) + 1));
    subject.groups = vec![Id::new(0x0170_0000_0000_0000 + number / CLASS)];
    let mut who = facts::at_device(subject);
    who.device = Arc::new(Device {
        address: [10, 0, u8::try_from(number / 250).unwrap_or(0), u8::try_from(number % 250).unwrap_or(0)]
            .into(),
        device: Some(Id::new(0x0160_0000_0000_0000 + number)),
        name: Some(format!("PC-{number}")),
        room: Some(format!("Room {}", number / CLASS)),
    });
    who.lesson = (!adult).then(|| LessonFacts {
        lesson: Id::new(0x0150_0000_0000_0000 + number / CLASS),
        group: Id::new(0x0170_0000_0000_0000 + number / CLASS),
        adult: Id::new(person(PUPILS + number / CLASS)),
        mode: Mode::Normal,
        ends_at: evening.plus_minutes(60),
    });
    who
}

/// A page and its parts.
fn visit(snapshot: &Snapshot, who: &Circumstances, at: Moment, random: &mut Random, all: &mut Vec<Event>) {
    let site = random.seldom_below(SITES);
    let host = format!("site-{site}.example");
    let later = |ms: u64| Moment::from_unix_ms(at.unix_ms() + i64::try_from(ms).unwrap_or(0));
    if random.below(12) == 0 {
        let facts = facts::connect(who.clone(), &format!("{host}:443"));
        let (decision, action) = decide_tls(snapshot, &facts, at);
        let outcome = events::outcome(200);
        let what = What::Tunnel(Box::new(TunnelEvent { facts, decision, action, outcome }));
        all.push(Event { id: Id::new(0), school: Id::new(1), at, what });
        return;
    }
    let page = random.seldom_below(PAGES);
    let search = random.below(10) == 0;
    let address = if search {
        "https://www.google.com/search?q=x".to_owned()
    } else {
        format!("https://{host}/topic/{page}/page-{}.html", random.below(1_000))
    };
    let mut facts = facts::get(who.clone(), &address);
    let title = format!("{} {} {page} - {host}", random.word(), random.word());
    if search {
        let words = format!("{} {} {}", random.word(), random.word(), random.below(30));
        facts.features.search = Some(Search { engine: "Google".into(), words });
        if random.below(200) == 0 {
            let phrase = "nobody likes me".to_owned();
            facts.features.themes =
                vec![ThemeHit { theme: Theme::Bullying, severity: 3, phrase, place: Place::Search }];
        }
    }
    all.push(request(snapshot, facts, later(random.below(1_000)), (Some(title), "text/html"), random));
    for part in 0..random.below(PARTS * 2) {
        let from = match random.below(20) {
            0 => "ads.example".to_owned(),
            1..=4 => format!("cdn-{}.example", random.below(CDNS)),
            _ => host.clone(),
        };
        let kind = match random.below(6) {
            0 => "text/css",
            1 | 2 => "text/javascript",
            3 => "application/json",
            _ => "image/webp",
        };
        let mut facts =
            facts::get(who.clone(), &format!("https://{from}/assets/{:x}-{part}", random.below(1 << 30)));
        facts.part_of_page = true;
        let after = 1_000 + random.below(4_000);
        all.push(request(snapshot, facts, later(after), (None, kind), random));
    }
}

fn request(
    snapshot: &Snapshot,
    facts: usher_policy::facts::WebFacts,
    at: Moment,
    (title, kind): (Option<String>, &str),
    random: &mut Random,
) -> Event {
    let mut event = events::web(0, snapshot, facts, at);
    if let What::Web(web) = &mut event.what {
        web.outcome.title = title;
        web.outcome.content_type = Some(kind.to_owned());
        web.outcome.sent_bytes = random.below(80_000) * random.below(8);
        web.outcome.duration_ms = u32::try_from(random.below(900)).unwrap_or(0);
    }
    event
}
