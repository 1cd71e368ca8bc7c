//! What every event store answers and does, asked of each. The suite of the server of a trust is this one too.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use usher_activity::question::{Activity, By, Counts, Cursor, Figures, Question};
use usher_events::event::{Event, What};
use usher_events::row::Row;
use usher_policy::verdict::Verdict;
use usher_reports::names::Names;
use usher_reports::period::Period;
use usher_reports::weekly::WeeklyFold;
use usher_scan::theme::Theme;
use usher_types::ids::Id;
use usher_types::moment::Zone;

use crate::play::{monday, person};

/// What is asked: everything that can be, alone and together.
fn questions() -> Vec<Question> {
    let day = |from: i64, until: i64| {
        Question::all(Id::new(1), monday().plus_minutes(from * 1_440), monday().plus_minutes(until * 1_440))
    };
    let all = || day(-1, 9);
    let text = |text: &str| Some(text.to_owned());
    vec![
        all(),
        day(0, 1),
        Question { until: monday().plus_minutes(90), ..day(0, 1) },
        Question { school: Id::new(2), ..all() },
        Question { person: Some(Id::new(person(3))), ..all() },
        Question { person: Some(Id::new(person(3))), ..day(1, 2) },
        Question { person: Some(Id::new(5)), ..all() },
        Question { class: Some(Id::new(31)), ..day(0, 2) },
        Question { lesson: Some(Id::new(901)), verdict: Some(Verdict::Hold), ..all() },
        Question { severity: 4, ..all() },
        Question { theme: Some(Theme::Bullying), ..all() },
        Question { verdict: Some(Verdict::Block), ..all() },
        Question { notable: true, ..all() },
        Question { site: text("maths.example"), ..all() },
        Question { site: text("never.example"), ..all() },
        Question { phrase: text("SKY blue 3"), ..all() },
        Question { phrase: text("world, part 4"), person: Some(Id::new(person(4))), ..all() },
        Question { device: text("PC-2"), room: text("Room 2"), ..all() },
        Question { category: text("gambling"), ..all() },
        Question { group: text("pupils"), ..all() },
    ]
}

fn by() -> Vec<By> {
    let zone = Zone::london();
    vec![
        By::All,
        By::Person,
        By::Class,
        By::Device,
        By::Room,
        By::Group,
        By::Category,
        By::Theme,
        By::Site,
        By::Hour(zone.clone()),
        By::Day(zone),
    ]
}

/// The keys of a row, as the question's words say, without the store's own help.
fn keys(by: &By, row: &Row) -> Vec<String> {
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let one = |text: &str| if text.is_empty() { vec![] } else { vec![text.to_owned()] };
    match by {
        By::All => vec![String::new()],
        By::Person => {
            if row.person == 0 {
                vec![]
            } else {
                vec![row.person.to_string()]
            }
        }
        By::Class => words(&row.classes),
        By::Theme => words(&row.themes),
        By::Device => one(&row.device),
        By::Room => one(&row.room),
        By::Group => one(&row.group),
        By::Category => one(&row.category),
        By::Site => one(&row.site),
        By::Hour(zone) => vec![format!("{:02}", zone.local(row.at).time().hour())],
        By::Day(zone) => vec![zone.local(row.at).date().to_string()],
    }
}

fn counted(rows: &[Row], by: &By) -> Counts {
    let mut counts: BTreeMap<String, Figures> = BTreeMap::new();
    for row in rows {
        keys(by, row).into_iter().for_each(|key| counts.entry(key).or_default().add(row));
    }
    counts
}

/// Asks everything, and compares with what was recorded.
pub(crate) fn answers(activity: &dyn Activity, recorded: &[Event]) {
    let mut answered = 0;
    for question in questions() {
        let mut expected: Vec<(Event, Row)> = recorded
            .iter()
            .map(|event| (event.clone(), Row::of(event)))
            .filter(|(_, row)| question.fits(row))
            .collect();
        expected.sort_by_key(|(event, _)| (event.at, event.id));
        let (events, rows): (Vec<Event>, Vec<Row>) = expected.into_iter().unzip();
        answered += events.len();
        let mut found = activity.find(&question, usize::MAX).unwrap();
        found.sort_by_key(|event| (event.at, event.id));
        assert_eq!(found, events, "{question:?}");
        let mut found = Vec::new();
        activity
            .rows(&question, &mut |row| {
                found.push(row);
                ControlFlow::Continue(())
            })
            .unwrap();
        found.sort_by_key(|row| (row.at, row.id));
        assert_eq!(found, rows, "{question:?}");
        for by in by() {
            let counts = activity.counts(&question, &by).unwrap();
            assert_eq!(counts, counted(&rows, &by), "{by:?} of {question:?}");
        }
        assert_eq!(pages(activity, &question), rows, "{question:?}");
    }
    assert!(answered > recorded.len() * 3, "questions that nothing fits show nothing");
    for event in recorded.iter().step_by(29) {
        let ended = matches!(event.what, What::Ended(_));
        assert_eq!(activity.event(event.id).unwrap().as_ref(), (!ended).then_some(event));
    }
    assert_eq!(activity.event(Id::new(1)).unwrap(), None);
    let mut seen = 0;
    activity
        .scan(&questions()[0], &mut |_| {
            seen += 1;
            if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(seen, 3.min(recorded.len()));
}

fn pages(activity: &dyn Activity, question: &Question) -> Vec<Row> {
    let (mut all, mut after): (_, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = activity.page(question, after, 170).unwrap();
        assert!(page.rows.len() <= 170);
        all.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// The report asked for as it is, and folded from every event.
pub(crate) fn weekly(activity: &dyn Activity, recorded: &[Event]) {
    let period = Period::week(jiff::civil::date(2026, 11, 9), Zone::london());
    let names = Names::default();
    let mut fold = WeeklyFold::new(period.clone(), &names);
    recorded.iter().for_each(|event| fold.add(event));
    let expected = fold.finish(2);
    let asked = usher_activity::weekly::fold(activity, Id::new(1), period, &names, 2).unwrap();
    assert!(expected.unseen.tunnels + expected.unseen.shared > 20 && expected.figures.items > 5);
    assert_eq!(asked, expected);
}
