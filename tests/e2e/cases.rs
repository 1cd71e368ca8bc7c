//! A sanction that carries itself out: decided at the desk, felt at the gateway within two seconds, over by itself.

use std::time::{Duration, Instant};

use usher_records::sanction::Restriction;

use crate::device::{Desk, Device};
use crate::rows::{at_own_device, child_of_4a, open_lesson, running};
use crate::running::{Card, Running};

const HEAD: &str = "head";
const PASSWORD: &str = "Kettle-Bridge-26";
/// Open to everybody who has signed, in a lesson.
const PAGE: &str = "https://encyclopaedia.example/";
/// From the head's press of the button to the child's next page.
const AT_ONCE: Duration = Duration::from_secs(2);

/// The address a form leads to, of the case that was opened.
fn open_case(desk: &Desk<'_>, child: &str) -> String {
    let details = "Went to a shop in maths for the third time";
    let fields = [("breach", "buying-online"), ("person", child), ("details", details)];
    let opened = desk.send("/cases/new", "/cases/new", &fields);
    assert_eq!(opened.status, 303, "{}", opened.text);
    let list = desk.get("/cases").text;
    // The newest stands first.
    let after =
        list.split("class=\"need__do\"><a class=\"govuk-button govuk-button--secondary\" href=\"").nth(1);
    after.unwrap_or_else(|| panic!("{list}")).split('"').next().unwrap().to_owned()
}

fn press(desk: &Desk<'_>, case: &str, step: &str, fields: &[(&str, &str)]) {
    let page = format!("{case}/do/{step}");
    let done = desk.send(&page, &page, fields);
    assert_eq!(done.status, 303, "{step}: {}", done.text);
}

fn is_narrowed(device: &Device<'_>) -> bool {
    device.get(PAGE).text.contains("The internet is closed for you for now")
}

#[test]
fn inc_08_the_web_is_taken_away_within_two_seconds_and_opens_by_itself_on_friday() {
    let (folder, school, demo, card) = running();
    let child = child_of_4a(&school, 2);
    open_lesson(&card, &school);
    let device = at_own_device(&card, &child);
    assert_eq!(device.get(PAGE).status, 200);

    let desk = Desk::sign_in(&card, HEAD, PASSWORD);
    let person = child.id.to_string();
    let case = open_case(&desk, &person);
    press(&desk, &case, "support", &[("text", "We talked about what money is")]);
    let narrow = [
        ("person", person.as_str()),
        ("choice", Restriction::NoWeb.name()),
        ("days", "4"),
        ("text", "So that maths is for maths"),
    ];
    press(&desk, &case, "narrow", &narrow);
    let pressed = Instant::now();
    while !is_narrowed(&device) {
        assert!(pressed.elapsed() < AT_ONCE, "the gateway did not take it up: {}", device.get(PAGE).text);
    }
    let refused = device.get(PAGE).text;
    assert!(
        refused.contains("It opens again from Friday") && refused.contains("Your teacher can tell you why"),
        "{refused}"
    );
    // The school's own pages stay open.
    assert_eq!(device.get("https://usher.internal/").status, 200);
    assert!(demo.stop().success());

    // Thursday evening it holds still; on Friday morning it is over, and nobody has done anything.
    let (thursday, card) = at(folder.path(), "2026-11-26T14:00");
    open_lesson(&card, &school);
    assert!(is_narrowed(&at_own_device(&card, &child)));
    assert!(thursday.stop().success());
    let (friday, card) = at(folder.path(), "2026-11-27T10:00");
    open_lesson(&card, &school);
    let device = at_own_device(&card, &child);
    let opened = device.get(PAGE);
    assert!(opened.status == 200 && !is_narrowed(&device), "{}", opened.text);
    assert!(friday.stop().success());
}

/// The same school, some days later.
fn at(folder: &std::path::Path, time: &str) -> (Running, Card) {
    let mut demo = Running::demo(folder, &["--from", time]);
    let card = demo.card(folder);
    (demo, card)
}
