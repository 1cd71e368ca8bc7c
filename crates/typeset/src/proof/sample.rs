//! Reports of Rowan Hill Primary, which is invented, to set in type.

use std::collections::BTreeMap;

use jiff::civil::date;
use usher_policy::verdict::Verdict;
use usher_records::register::{Entry, EntryKind};
use usher_records::signature::How;
use usher_reports::agreements::{Missing, Outstanding, Section, SectionOf, Signed};
use usher_reports::names::{Audience, Whereabouts, Who};
use usher_reports::period::Period;
use usher_reports::person::{PersonActivity, Row, Site};
use usher_reports::weekly::{Confidential, Day, Figures, Gravity, Item, Phrase, Unseen, Weekly};
use usher_scan::features::{Place, Search};
use usher_scan::theme::Theme;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role, Roles, Year};

pub(crate) const CHILDREN: [&str; 8] = [
    "Mina Okafor",
    "Tom Ashdown",
    "Zoë Łukaszewicz",
    "Ibrahim Hassan",
    "Olena Kovalenko",
    "Freya Penhallow-Whitcombe",
    "Jack Li",
    "Aoife Ní Bhriain",
];

const SEARCHES: [(&str, &str, Theme); 7] = [
    ("how to hurt myself and not tell anyone", "hurt myself", Theme::SelfHarm),
    ("nobody likes me at school", "nobody likes me", Theme::Bullying),
    ("how to make a knife out of a ruler", "make a knife", Theme::Violence),
    ("where can year 5 buy vapes", "buy vapes", Theme::Drugs),
    ("someone online wants me to send a picture", "send a picture", Theme::Grooming),
    ("who is the leader of that march", "that march", Theme::Radicalisation),
    ("rude pictures", "rude pictures", Theme::Adult),
];

fn at(minutes: i64) -> Moment {
    week().zone.parse("2026-11-23T09:00").unwrap().plus_minutes(minutes)
}

pub(crate) fn week() -> Period {
    Period::week(date(2026, 11, 23), Zone::london())
}

fn child(number: usize) -> Who {
    Who::Person {
        person: Id::new(number as u64 + 1),
        name: Some(CHILDREN[number % CHILDREN.len()].into()),
        kind: PersonKind::Pupil,
        class: Some(if number.is_multiple_of(2) { "4 Oak".into() } else { "Year 6 Hawthorn".into() }),
    }
}

fn item(number: usize, severity: u8) -> Item {
    let (search, phrase, theme) = SEARCHES[number % SEARCHES.len()];
    let minutes = (number as i64 * 3 % 5) * 24 * 60 + (number as i64 * 37) % 360;
    let who = match number % 9 {
        5 => Who::Shared { year: Year::new(1) },
        7 => Who::Nobody,
        _ => child(number),
    };
    let in_address = number % 6 == 4;
    let count = if number.is_multiple_of(3) { 4 } else { 1 };
    Item {
        at: at(minutes),
        last_at: at(minutes + if count > 1 { 7 } else { 0 }),
        count,
        who,
        whereabouts: Whereabouts {
            device: format!("Laptop {}", number % 30 + 1),
            room: Some("Room 4".into()),
            lesson: number.is_multiple_of(2).then(|| "4 Oak".into()),
        },
        phrase: Phrase { theme, severity, text: phrase.into() },
        others: vec![],
        place: if in_address { Place::Address } else { Place::Search },
        engine: (!in_address).then(|| "Kiddle".into()),
        searches: if in_address { vec![] } else { vec![search.into()] },
        more_searches: 0,
        address: format!("https://www.kiddle.co/s.php?q={}", search.replace(' ', "+")),
        verdict: if number % 4 == 1 { Verdict::Allow } else { Verdict::Block },
        went_through: if number % 4 == 1 { count } else { u32::from(count > 1) },
        event: Id::new(0x000a_3f5e_9c00 + number as u64),
        password_known: number == 2,
    }
}

/// A week with this many items, one in eight of the gravest kind, and an adult's when there are any.
pub(crate) fn weekly(items: u32) -> Weekly {
    let mut gravities: Vec<Gravity> =
        (2..=5).rev().map(|severity| Gravity { severity, items: vec![] }).collect();
    for number in 0..items as usize {
        let place = [3, 2, 3, 1, 2, 3, 3, 0][(number + 7) % 8];
        gravities[place].items.push(item(number, [5, 4, 3, 2][place]));
    }
    gravities.retain(|gravity| !gravity.items.is_empty());
    gravities.iter_mut().for_each(|gravity| gravity.items.sort_by_key(|item| item.at));
    let mut days: Vec<Day> =
        week().days().take(5).map(|date| Day { date, themes: BTreeMap::new() }).collect();
    for item in gravities.iter().flat_map(|gravity| &gravity.items) {
        let day = days.iter_mut().find(|day| day.date == week().day(item.at)).unwrap();
        *day.themes.entry(item.phrase.theme).or_default() += 1;
    }
    let staff = Who::Person {
        person: Id::new(99),
        name: Some("Ruth Penhallow".into()),
        kind: PersonKind::Staff,
        class: None,
    };
    let confidential = Confidential {
        audience: Audience::Headteacher,
        items: vec![Item { who: staff, ..item(1, 3) }],
        counted_only: 2,
    };
    Weekly {
        period: week(),
        figures: Figures { items, people: items.min(8), searches: 1_214, blocks: 86, told: 3 },
        counted_only: if items > 0 { 12 } else { 0 },
        gravities,
        days,
        confidential: if items > 1 { vec![confidential] } else { vec![] },
        unseen: Unseen { tunnels: 418, requests: 48_211, nobody: 211, shared: 5_790, tunnelled: false },
    }
}

/// A morning of one child.
pub(crate) fn activity(pages: usize) -> PersonActivity {
    let row = |number: usize| {
        let search = (number.is_multiple_of(4))
            .then(|| Search { engine: "Kiddle".into(), words: "why do volcanoes erupt".into() });
        let visible = number % 7 != 5;
        Row {
            at: at((number as i64) * 4 % (3 * 24 * 60)),
            count: if visible { 1 } else { 3 },
            address: if visible {
                format!("https://www.rocks.example/learn/volcanoes-and-lava/page-{number}?from=search")
            } else {
                "bank.example".into()
            },
            visible,
            title: visible.then(|| "Volcanoes for children: lava, ash and why the ground shakes".into()),
            media_type: visible.then(|| "text/html".into()),
            bytes: 48_210,
            search,
            verdict: if number % 5 == 3 { Verdict::Block } else { Verdict::Allow },
            reason: "The page is in the group “games”, which is shut in lessons.".into(),
            event: Id::new(number as u64 + 1),
            found: vec![],
            password_known: false,
            short: false,
        }
    };
    let mut rows: Vec<Row> = (0..pages).map(row).collect();
    rows.sort_by_key(|row| (row.at, row.event));
    let site =
        |name: &str, minutes, visible| Site { name: name.into(), minutes, rows: 14, refused: 3, visible };
    PersonActivity {
        period: week(),
        who: child(0),
        sites: vec![
            site("rocks.example", 31, true),
            site("bank.example", 4, false),
            site("games.example", 0, true),
        ],
        rows,
        parts: 812,
        names_only: 6,
        short: 0,
    }
}

/// A register: a class of thirty of which three are missing, and staff.
pub(crate) fn sections() -> Vec<Section> {
    let signed = |number: usize, kind: PersonKind| Signed {
        person: Id::new(number as u64),
        name: CHILDREN[number % CHILDREN.len()].into(),
        kind,
        roles: if number == 1 && kind == PersonKind::Staff {
            Roles::of(&[Role::Headteacher, Role::SafeguardingLead])
        } else {
            Roles::NONE
        },
        child: (number % 10 == 9).then(|| "Tom Ashdown".into()),
        agreement: if kind == PersonKind::Pupil {
            "Using computers and the internet at our school".into()
        } else {
            "Using technology at our school".into()
        },
        version: "2026".into(),
        declaration: format!(
            "I have read these rules, or someone read them to me. I will keep them ({kind:?})."
        ),
        contract_term: (kind == PersonKind::Staff).then_some(true),
        at: at(number as i64 * 3),
        how: if number.is_multiple_of(4) { How::OnPaper } else { How::OnScreen },
    };
    let class = |name: &str, missing: usize| Section {
        of: SectionOf::Class { year: Year::new(4), name: name.into() },
        done: 30 - u32::try_from(missing).unwrap(),
        asked: 30,
        signed: (0..30 - missing).map(|number| signed(number, PersonKind::Pupil)).collect(),
        in_place: vec![],
        outstanding: (0..missing)
            .map(|number| Outstanding {
                person: Id::new(number as u64),
                name: CHILDREN[number].into(),
                missing: match number % 3 {
                    0 => Missing::Parent,
                    1 => Missing::OwnBy(at(20_000)),
                    _ => Missing::Own,
                },
            })
            .collect(),
    };
    let staff = Section {
        of: SectionOf::Adults(PersonKind::Staff),
        done: 3,
        asked: 3,
        signed: (0..3).map(|number| signed(number, PersonKind::Staff)).collect(),
        in_place: vec![],
        outstanding: vec![],
    };
    vec![class("4 Oak", 3), class("Year 6 Hawthorn", 0), staff]
}

/// Two entries of the violations register, the second correcting the first.
pub(crate) fn entries() -> Vec<Entry> {
    let entry = |number: u32, kind, text: &str| Entry {
        id: Id::new(number.into()),
        number,
        kind,
        person: Id::new(1),
        text: text.into(),
        at: at(i64::from(number) * 50),
        by: Id::new(2),
        head_told_at: Some(at(60)),
        entered: (number == 1).then(|| (Id::new(2), at(90))),
        corrects: (number > 1).then(|| Id::new(1)),
        rule: None,
        policy: None,
    };
    vec![
        entry(1, EntryKind::Unrestricted, "Fifteen minutes to look at a games site a parent asked about."),
        entry(2, EntryKind::Correction, "It was twenty minutes."),
    ]
}
