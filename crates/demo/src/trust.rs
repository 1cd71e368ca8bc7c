//! Fifty invented schools and what was requested at each on a day: rows only, thrown by dice, for a look at a trust.
//!
//! Does not: decide anything. The one school with a gateway is [`crate::school`]'s.

use jiff::civil::{Date, time};
use usher_events::row::{BLOCKED, PART_OF_PAGE, REQUEST, Row};
use usher_policy::verdict::Verdict;
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::Zone;

use crate::random::Random;

/// How many schools there are.
pub const SCHOOLS: u64 = 50;
/// A pupil's requests on a day, at least and at most; a class has the devices for a lesson or two.
const LEAST_REQUESTS: i64 = 5;
const MOST_REQUESTS: i64 = 30;

const FIRST: [&str; 10] =
    ["Brindle", "Quill", "Farrow", "Wexle", "Thistle", "Ombel", "Pennar", "Rushel", "Tarrow", "Yondle"];
const SECOND: [&str; 5] = ["mere", "combe", "thwick", "stowe", "garth"];
const SITES: [(&str, &str); 7] = [
    ("maths.example", "education"),
    ("encyclopaedia.example", "education"),
    ("stories.example", "education"),
    ("pictures.example", "images"),
    ("clips.example", "video"),
    ("games.example", "games"),
    ("chat.example", "chat"),
];

/// A school of the trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustSchool {
    /// Its number in the trust.
    pub number: SchoolId,
    /// Its name.
    pub name: String,
    /// How many pupils it has.
    pub pupils: u32,
    /// Of a hundred requests, how many are refused there.
    strict: u32,
}

/// The schools, the same for a seed.
pub fn schools(seed: u64) -> Vec<TrustSchool> {
    let mut random = Random::new(seed, "trust");
    let names =
        FIRST.iter().flat_map(|first| SECOND.iter().map(move |second| format!("{first}{second} Primary")));
    (1..=SCHOOLS)
        .zip(names)
        .map(|(number, name)| TrustSchool {
            number: Id::new(number),
            name,
            pupils: u32::try_from(random.between(90, 520)).unwrap_or(90),
            strict: u32::try_from(random.between(1, 6)).unwrap_or(1),
        })
        .collect()
}

/// What so many in a hundred of a school's pupils requested on a day, by time.
pub fn day(school: &TrustSchool, day: Date, seed: u64, scale: u32) -> Vec<Row> {
    let zone = Zone::london();
    let mut random = Random::new(seed, &format!("{}, {day}", school.name));
    let begins = zone.moment(day, time(8, 45, 0, 0));
    let mut rows = Vec::new();
    for pupil in 1..=u64::from(school.pupils) * u64::from(scale) / 100 {
        for _ in 0..random.between(LEAST_REQUESTS, MOST_REQUESTS) {
            let at = begins.plus_seconds(random.between(0, 6 * 3_600));
            let mut row = Row::blank(Id::new(0), school.number, at);
            row.person = pupil;
            request(&mut row, school, &mut random);
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| row.at);
    for (number, row) in (1..).zip(&mut rows) {
        row.id = Id::new(number);
    }
    rows
}

fn request(row: &mut Row, school: &TrustSchool, random: &mut Random) {
    let (site, category) = random.pick(&SITES).copied().unwrap_or(("maths.example", "education"));
    (row.site, row.category) = (site.to_owned(), category.to_owned());
    row.flags = REQUEST;
    row.kind = 1;
    row.verdict = Verdict::Allow as u8 + 1;
    row.status = 200;
    row.group = "pupils".to_owned();
    row.device = format!("LAPTOP-{:02}", random.between(1, 60));
    row.bytes = random.next() % 200_000;
    if random.percent(60) {
        row.flags |= PART_OF_PAGE;
    } else if matches!(category, "games" | "chat") && random.percent(school.strict * 4) {
        row.flags |= BLOCKED;
        row.verdict = Verdict::Block as u8 + 1;
        row.status = 403;
    } else if random.percent(8) {
        "Google".clone_into(&mut row.engine);
        "how do volcanoes work".clone_into(&mut row.search);
        if random.percent(1) {
            row.severity = 3;
            "bullying".clone_into(&mut row.themes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schools_differ_and_are_the_same_every_time() {
        let all = schools(7);
        assert_eq!(all.len(), 50);
        assert_eq!(all, schools(7));
        assert_ne!(all[0].name, all[49].name);
        let monday = jiff::civil::date(2026, 11, 9);
        let rows = day(&all[3], monday, 7, 20);
        assert_eq!(rows, day(&all[3], monday, 7, 20));
        assert!(rows.len() > 90 && rows.is_sorted_by_key(|row| (row.at, row.id)));
        assert!(rows.iter().any(|row| row.has(BLOCKED)) && rows.iter().any(|row| !row.engine.is_empty()));
        assert!(rows.iter().all(|row| row.school == all[3].number));
    }
}
