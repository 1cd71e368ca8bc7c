//! The plan of a week, from a school, its Monday, a seed and a scale. Pure: the same four give the same acts.

use std::net::IpAddr;

use jiff::civil::Date;
use usher_records::group::Group;
use usher_records::lesson::{LessonList, Mode};
use usher_records::person::Person;
use usher_types::ids::PersonId;
use usher_types::moment::{Moment, Zone};
use usher_types::role::PersonKind;

use crate::play::act::{Act, Opening, Purpose, Way, What};
use crate::play::browser::Browser;
use crate::play::searches::Searches;
use crate::play::staff;
use crate::play::timetable::{Day, OnlineLesson, days, is_young, lessons};
use crate::random::Random;
use crate::school::DemoSchool;
use crate::school::places::{SUITE_SEATS, suite_address};
use crate::sites::catalogue::Catalogue;

/// A whole school's week: 20 to 30 thousand requests.
pub const WHOLE_SCHOOL: u32 = 100;

/// Sites children try in a lesson although they are closed, and games at that.
const CLOSED: [&str; 7] = [
    "games.example",
    "social.example",
    "video.example",
    "chat.example",
    "shop.example",
    "pixelpunch.blog-host.example",
    "ai-chat.example",
];

/// How many in a hundred say that they met a closed page, though it was no accident.
const TELLS_PERCENT: u32 = 12;

/// Sites for a quiet moment that are open to older children.
const OPEN: [&str; 5] =
    ["kidsnews.example", "museum.example", "weather.example", "encyclopaedia.example", "learning.example"];

/// Everybody's week, in order of time. `monday` is the first day; days without pupils are left out. `scale` is how many
/// people in a hundred take part, so 100 is the whole school; above that everybody does more.
pub fn plan(school: &DemoSchool, monday: Date, seed: u64, scale: u32) -> Vec<Act> {
    let zone = Zone::london();
    let catalogue = Catalogue::load();
    let mut planner = Planner {
        school,
        catalogue: &catalogue,
        searches: Searches::new(seed),
        random: Random::new(seed, "week"),
        scale,
        acts: Vec::new(),
    };
    for day in days(&school.calendar, monday, &zone) {
        for lesson in lessons(&school.calendar, day) {
            planner.lesson(day, lesson);
        }
        planner.break_time(day);
        planner.lunch(day);
        planner.club(day);
        staff::day(&mut planner, day);
    }
    planner.finish()
}

/// Puts the week together.
pub(super) struct Planner<'a> {
    pub(super) school: &'a DemoSchool,
    pub(super) catalogue: &'a Catalogue,
    pub(super) searches: Searches,
    pub(super) random: Random,
    scale: u32,
    acts: Vec<(Moment, What)>,
}

impl<'a> Planner<'a> {
    fn finish(mut self) -> Vec<Act> {
        // Stable, so that what one device does at one moment stays in order.
        self.acts.sort_by_key(|(at, _)| *at);
        let numbered = (0_u32..).zip(self.acts);
        numbered.map(|(number, (at, what))| Act { number, at, what }).collect()
    }

    /// Whether one more person takes part.
    pub(super) fn takes_part(&mut self) -> bool {
        self.random.percent(self.scale.min(100))
    }

    /// How often something is done that a whole school does `usual` times.
    pub(super) fn times(&self, usual: u32) -> u32 {
        usual.saturating_mul(self.scale.max(100)) / 100
    }

    pub(super) fn add(&mut self, at: Moment, what: What) {
        self.acts.push((at, what));
    }

    /// Somebody's sitting: `doing` says what is done in it.
    pub(super) fn sit(
        &mut self,
        who: (Option<PersonId>, IpAddr),
        hours: (Moment, Moment),
        doing: impl FnOnce(&mut Browser<'_>),
    ) {
        let random = Random::new(self.random.next(), "sitting");
        let mut browser = Browser::open(self.catalogue, &mut self.searches, random, who, hours);
        doing(&mut browser);
        let acts = browser.close();
        self.acts.extend(acts);
    }

    fn lesson(&mut self, day: Day<'_>, lesson: OnlineLesson) {
        let Some(group) = self.school.groups.get(lesson.class) else { return };
        let Some(mode) = self.open(group, lesson.from, lesson.until) else { return };
        let list = self.school.lesson_lists.iter().find(|list| Mode::ListOnly(list.id) == mode);
        let topic = (lesson.class * 3 + day.number * 5) % 64;
        let visits = self.times(2);
        let pupils: Vec<&Person> = self.school.pupils_of(group.id).take(lesson.children).collect();
        for (seat, pupil) in pupils.into_iter().enumerate() {
            if !self.takes_part() {
                continue;
            }
            let Some(device) = self.device(pupil, lesson.in_suite.then_some(seat)) else { continue };
            let begins = lesson.from.plus_seconds(self.random.between(60, 240));
            // Away from the bell, so that the next class finds the computer free.
            let ends = lesson.until.plus_seconds(-self.random.between(90, 200));
            self.sit((Some(pupil.id), device), (begins, ends), |browser| {
                browser.sign_in();
                match list {
                    Some(list) => from_the_list(browser, list, visits),
                    None => on_a_topic(browser, topic, visits),
                }
                browser.sign_out();
            });
        }
    }

    /// Opens a class's lesson and ends it with the bell; younger classes' lessons are held to their list.
    fn open(&mut self, group: &Group, from: Moment, until: Moment) -> Option<Mode> {
        let teacher = self.school.adult_of(group.id)?.id;
        let list = self.school.lesson_lists.iter().find(|list| list.group == Some(group.id));
        let mode = match list.filter(|_| is_young(group.year)) {
            Some(list) => Mode::ListOnly(list.id),
            None => Mode::Normal,
        };
        let opened = from.plus_seconds(self.random.between(5, 50));
        let minutes = u16::try_from(until.seconds_since(from) / 60).unwrap_or(60);
        let group = group.id;
        self.add(opened, What::OpenLesson(Opening { teacher, group, mode, minutes }));
        self.add(until.plus_seconds(-30), What::EndLesson { teacher, group });
        Some(mode)
    }

    /// The computer at a seat of the suite, or the child's own tablet.
    fn device(&self, pupil: &Person, seat: Option<usize>) -> Option<IpAddr> {
        match seat {
            Some(seat) => u8::try_from(seat + 1).ok().filter(|&seat| seat <= SUITE_SEATS).map(suite_address),
            None => self.school.address_of(pupil.id),
        }
    }

    fn pupils(&self, youngest: i8) -> Vec<&'a Person> {
        let old_enough = |person: &&Person| person.year.is_some_and(|year| year.number() >= youngest);
        self.school.people.iter().filter(|one| one.kind == PersonKind::Pupil).filter(old_enough).collect()
    }

    /// A few tablets are picked up at break without signing in; without a lesson nothing opens.
    fn break_time(&mut self, day: Day<'_>) {
        let pupils = self.pupils(2);
        for _ in 0..self.times(4) {
            let Some(pupil) = self.random.pick(&pupils).copied().filter(|_| self.random.percent(80)) else {
                continue;
            };
            let Some(device) = self.school.address_of(pupil.id).filter(|_| self.takes_part()) else {
                continue;
            };
            let from = day.at(10, 31).plus_seconds(self.random.between(0, 500));
            self.sit((None, device), (from, day.at(10, 45)), |browser| {
                browser.visit_any("games.example", Purpose::Closed);
                browser.visit_any("video.example", Purpose::Closed);
            });
        }
    }

    /// On two days a class may come to the suite at lunch, for games that practise something.
    fn lunch(&mut self, day: Day<'_>) {
        if !matches!(day.number, 1 | 3) {
            return;
        }
        let class = 6 + day.number;
        let (from, until) = (day.at(12, 40), day.at(13, 10));
        let Some(group) = self.school.groups.get(class) else { return };
        if self.open(group, from, until).is_none() {
            return;
        }
        let pupils: Vec<&Person> = self.school.pupils_of(group.id).take(18).collect();
        for (seat, pupil) in pupils.into_iter().enumerate() {
            let Some(device) = self.device(pupil, Some(seat)).filter(|_| self.takes_part()) else { continue };
            let begins = from.plus_seconds(self.random.between(60, 400));
            self.sit((Some(pupil.id), device), (begins, until.plus_seconds(-60)), |browser| {
                browser.sign_in();
                for game in ["/maths/number-ninjas", "/maths/fraction-bakery", "/maths/times-table-trains"] {
                    browser.visit("games.example", game);
                }
                if browser.random.percent(20) {
                    browser.visit_as("games.example", "/play/dragon-delivery", Purpose::Closed);
                }
                browser.sign_out();
            });
        }
    }

    /// Code Club on Tuesday in the suite, Homework Club on Thursday in the library.
    fn club(&mut self, day: Day<'_>) {
        let (name, in_suite) = match day.number {
            1 => ("Code Club", true),
            3 => ("Homework Club", false),
            _ => return,
        };
        let (from, until) = (day.at(15, 20), day.at(16, 10));
        let Some(club) = self.school.group(name) else { return };
        if self.open(club, from, until).is_none() {
            return;
        }
        let pupils: Vec<&Person> = self.school.pupils_of(club.id).collect();
        let topic = day.number;
        for (seat, pupil) in pupils.into_iter().enumerate() {
            let device = self.device(pupil, in_suite.then_some(seat));
            let Some(device) = device.filter(|_| self.takes_part()) else { continue };
            let begins = from.plus_seconds(self.random.between(60, 300));
            self.sit((Some(pupil.id), device), (begins, until.plus_seconds(-90)), |browser| {
                browser.sign_in();
                on_a_topic(browser, topic, 2);
                if in_suite {
                    browser.ask_so("https://ws.example/socket", Way::Socket, Purpose::Socket);
                }
                browser.sign_out();
            });
        }
    }
}

/// A lesson of younger children: pages of the list, and now and then a finger that slips.
fn from_the_list(browser: &mut Browser<'_>, list: &LessonList, visits: u32) {
    let pages: Vec<String> = list.pages.iter().map(ToString::to_string).collect();
    for _ in 0..visits {
        let Some(page) = browser.random.pick(&pages).cloned() else { return };
        match page.split_once('/') {
            Some((name, path)) => browser.visit(name, &format!("/{path}")),
            None => browser.visit_any(&page, Purpose::Page),
        }
    }
    if browser.random.percent(5) {
        stray(browser);
    }
}

/// A lesson on a topic: the task, what can be read about it, a search or two, the answer sent in.
fn on_a_topic(browser: &mut Browser<'_>, topic: usize, visits: u32) {
    let pick = |name: &str| {
        let pages = browser.catalogue.site(name).map(|site| site.pages.as_slice()).unwrap_or_default();
        let inner: Vec<&str> =
            pages.iter().map(|page| page.path.as_str()).filter(|path| *path != "/").collect();
        inner.get(topic % inner.len().max(1)).map_or_else(|| "/".to_owned(), |path| (*path).to_owned())
    };
    let (task, article) = (pick("learning.example"), pick("encyclopaedia.example"));
    browser.visit("learning.example", &task);
    browser.visit("encyclopaedia.example", &article);
    for _ in 0..visits {
        match browser.random.below(100) {
            0..75 => search(browser),
            75..96 => {
                let site = browser.random.word(&OPEN);
                browser.visit_any(site, Purpose::Page);
            }
            _ => stray(browser),
        }
    }
    if browser.random.percent(60) {
        browser.send("https://learning.example/answers", "answer=It+is+done&name=me");
    }
}

fn search(browser: &mut Browser<'_>) {
    let (words, purpose) = browser.searches.next();
    if matches!(purpose, Purpose::WorryingSearch(_)) {
        browser.search(words, purpose);
        // Somebody who is worried may find the right place by themselves.
        if browser.random.percent(40) {
            browser.visit_any("helpline.example", Purpose::Page);
        }
    } else if browser.random.percent(30) {
        browser.look_up(words, purpose);
    } else {
        browser.search(words, purpose);
    }
}

/// Off the task: mostly a game or a film, seldom a trick, and by accident something nobody should see. Some say so.
fn stray(browser: &mut Browser<'_>) {
    let site = match browser.random.below(100) {
        0..86 => browser.random.word(&CLOSED),
        86..90 => return accident(browser),
        90..94 => "unlisted.example",
        _ => return trick(browser),
    };
    if browser.random.percent(50) {
        browser.visit_any(site, Purpose::Closed);
    }
    browser.visit_as(site, "/", Purpose::Closed);
    if browser.random.percent(TELLS_PERCENT) {
        browser.tell_of(site);
    }
}

fn accident(browser: &mut Browser<'_>) {
    let site = if browser.random.percent(60) { "adult-fixture.example" } else { "gambling.example" };
    browser.visit_as(site, "/", Purpose::Closed);
    if browser.random.percent(70) {
        browser.tell_of(site);
    }
}

/// Ways children have heard of to get round a filter.
fn trick(browser: &mut Browser<'_>) {
    let games = "https://games.example/";
    let proxied = "https://proxy.example/fetch?page=https%3A%2F%2Fgames.example%2F";
    browser.ask(proxied, Purpose::Trick);
    browser.read();
    match browser.random.below(7) {
        0 => browser.visit_as("vpn.example", "/get", Purpose::Trick),
        // Addresses instead of names: plainly, as one number, and wrapped. All three are a site's of this machine.
        1 => browser.ask("http://127.0.77.6/", Purpose::Trick),
        2 => browser.ask("http://2130726150/", Purpose::Trick),
        3 => browser.ask("http://[::ffff:127.0.77.6]/", Purpose::Trick),
        4 => browser.ask_so(
            "https://encyclopaedia.example/",
            Way::OtherName("games.example".into()),
            Purpose::Trick,
        ),
        5 => browser.ask_so(
            "https://encyclopaedia.example/",
            Way::OtherHost("games.example".into()),
            Purpose::Trick,
        ),
        _ => browser.ask_so(games, Way::NotTls, Purpose::Trick),
    }
    browser.ask("http://encyclopaedia.example@games.example/", Purpose::Trick);
}
