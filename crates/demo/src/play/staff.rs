//! What grown-ups do on the web in a school day: before school, at lunch and after school, and the technician's morning.

use usher_records::person::Person;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role};

use crate::play::act::{Purpose, Way};
use crate::play::browser::Browser;
use crate::play::plan::Planner;
use crate::play::timetable::Day;

/// Sites for planning lessons.
const PLANNING: [&str; 6] = [
    "encyclopaedia.example",
    "learning.example",
    "museum.example",
    "maps.example",
    "kidsnews.example",
    "weather.example",
];

/// Sites for a lunch hour.
const PRIVATE: [&str; 6] =
    ["news.example", "shop.example", "weather.example", "forum.example", "social.example", "auction.example"];

/// Sites that misbehave, which the technician tries a filter against.
const FIXTURES: [&str; 6] = [
    "expired.example",
    "wrong-name.example",
    "self-signed.example",
    "h1-only.example",
    "h2-only.example",
    "unlisted.example",
];

/// Everybody's day.
pub(super) fn day(planner: &mut Planner<'_>, day: Day<'_>) {
    let works = |person: &&Person| {
        matches!(person.kind, PersonKind::Staff | PersonKind::Supply) && !person.roles.is_empty()
    };
    let people: Vec<&Person> = planner.school.people.iter().filter(works).collect();
    for person in people {
        if planner.takes_part() {
            before_school(planner, person, day);
        }
        if planner.random.percent(45) && planner.takes_part() {
            at_lunch(planner, person, day);
        }
        if planner.random.percent(55) && planner.takes_part() {
            after_school(planner, person, day);
        }
    }
    if day.number == 1 {
        technician(planner, day);
    }
    visitors(planner, day);
}

fn sit(
    planner: &mut Planner<'_>,
    person: &Person,
    hours: (Moment, Moment),
    doing: impl FnOnce(&mut Browser<'_>),
) {
    let Some(device) = planner.school.address_of(person.id) else { return };
    planner.sit((Some(person.id), device), hours, |browser| {
        browser.sign_in();
        doing(browser);
        browser.sign_out();
    });
}

fn before_school(planner: &mut Planner<'_>, person: &Person, day: Day<'_>) {
    let from = day.at(7, 50).plus_seconds(planner.random.between(0, 1_500));
    let teaches = person.roles.has(Role::Teacher);
    let office = person.roles.has_any(&[Role::Office, Role::BusinessManager]);
    let visits = planner.times(if teaches { 3 } else { 1 });
    sit(planner, person, (from, day.at(8, 40)), |browser| {
        browser.ask("https://updates.example/list.txt", Purpose::Machine);
        if office {
            bank(browser);
        }
        for _ in 0..visits {
            let site = browser.random.word(&PLANNING);
            browser.visit_any(site, Purpose::Page);
        }
        if teaches {
            let words = browser.searches.next_of_staff();
            browser.search(words, Purpose::Search);
        }
    });
}

fn at_lunch(planner: &mut Planner<'_>, person: &Person, day: Day<'_>) {
    let from = day.at(12, 20).plus_seconds(planner.random.between(0, 900));
    let visits = planner.times(2);
    sit(planner, person, (from, day.at(13, 10)), |browser| {
        for _ in 0..visits {
            let site = browser.random.word(&PRIVATE);
            browser.visit_any(site, Purpose::Page);
        }
        if browser.random.percent(15) {
            bank(browser);
        }
        if browser.random.percent(10) {
            browser.send("https://shop.example/basket/add?item=lamp", "put=in");
            browser.visit("shop.example", "/basket");
        }
        if browser.random.percent(8) {
            browser.send("https://forum.example/post", "text=Has+anybody+tried+a+smaller+wheel");
        }
    });
}

fn after_school(planner: &mut Planner<'_>, person: &Person, day: Day<'_>) {
    let from = day.at(15, 25).plus_seconds(planner.random.between(0, 3_000));
    let visits = planner.times(2);
    sit(planner, person, (from, day.at(17, 30)), |browser| {
        for _ in 0..visits {
            let words = browser.searches.next_of_staff();
            browser.search(words, Purpose::Search);
            let site = browser.random.word(&PLANNING);
            browser.visit_any(site, Purpose::Page);
        }
        if browser.random.percent(20) {
            browser.visit("ai-chat.example", "/");
            browser.ask("https://ai-chat.example/stream?ask=ideas+for+a+rivers+lesson", Purpose::Page);
        }
        if browser.random.percent(20) {
            browser.visit_any("video.example", Purpose::Page);
        }
        if browser.random.percent(10) {
            browser.ask("https://downloads.example/notes.zip", Purpose::Download);
        }
    });
}

/// A bank's pages go through unopened; the gateway sees a tunnel and nothing of what is in it.
fn bank(browser: &mut Browser<'_>) {
    browser.visit("bank.example", "/");
    browser.visit("bank.example", "/sign-in");
}

/// The technician's morning: updates, downloads good and bad, and every site that misbehaves.
fn technician(planner: &mut Planner<'_>, day: Day<'_>) {
    let Some(person) = planner.school.people.iter().find(|person| person.roles.has(Role::Technician)) else {
        return;
    };
    sit(planner, person, (day.at(9, 5), day.at(11, 55)), |browser| {
        browser.ask("https://updates.example/big.bin", Purpose::Download);
        browser.read();
        for name in ["list.txt", "notes.zip", "setup.exe", "eicar.com", "eicar.zip"] {
            browser.ask(&format!("https://downloads.example/{name}"), Purpose::Download);
            browser.read();
        }
        for site in FIXTURES {
            browser.visit(site, "/");
        }
        browser.ask("https://slow.example/drip?pieces=5&wait_ms=40", Purpose::Page);
        browser.ask("https://broken.example/half", Purpose::Page);
        browser.ask("http://broken.example/pieces", Purpose::Page);
        browser.ask("https://broken.example/nothing", Purpose::Page);
        browser.ask("https://no-such-site.example/", Purpose::Page);
        browser.ask_so("https://ws.example/socket", Way::Socket, Purpose::Socket);
        browser.ask_so("http://ws.example/socket", Way::Socket, Purpose::Socket);
        browser.ask_so("https://encyclopaedia.example/", Way::NotTls, Purpose::Trick);
        browser.visit_as("vpn.example", "/", Purpose::Trick);
    });
}

/// Governors and volunteers look at a page or two, now and then.
fn visitors(planner: &mut Planner<'_>, day: Day<'_>) {
    let comes = |person: &&Person| {
        matches!(person.kind, PersonKind::Governor | PersonKind::Volunteer | PersonKind::Student)
    };
    let people: Vec<&Person> = planner.school.people.iter().filter(comes).collect();
    for person in people {
        if planner.random.percent(15) && planner.takes_part() {
            let from = day.at(13, 20).plus_seconds(planner.random.between(0, 3_600));
            sit(planner, person, (from, day.at(15, 10)), |browser| {
                browser.visit_any("news.example", Purpose::Page);
                browser.visit_any("maps.example", Purpose::Page);
            });
        }
    }
}
