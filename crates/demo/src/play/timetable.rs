//! Which class is online when, and where: the suite in turn, tablets in the classroom otherwise.

use jiff::civil::{Date, Time};
use usher_types::calendar::{PeriodKind, SchoolCalendar};
use usher_types::moment::{Moment, Zone};
use usher_types::role::Year;

use crate::school::CLASSES;

/// A lesson with computers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OnlineLesson {
    /// Which class, counting from 0.
    pub(super) class: usize,
    /// Whether it is in the suite, each child at a numbered computer.
    pub(super) in_suite: bool,
    /// How many children have a device.
    pub(super) children: usize,
    /// When it begins and ends.
    pub(super) from: Moment,
    pub(super) until: Moment,
}

/// A school day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day<'a> {
    pub(super) date: Date,
    /// Days since Monday.
    pub(super) number: usize,
    pub(super) zone: &'a Zone,
}

impl Day<'_> {
    /// The moment at which the clock on the wall shows this.
    pub(super) fn at(&self, hour: i8, minute: i8) -> Moment {
        self.zone.moment(self.date, Time::constant(hour, minute, 0, 0))
    }
}

/// The days of a week on which there are pupils.
pub(super) fn days<'a>(calendar: &SchoolCalendar, monday: Date, zone: &'a Zone) -> Vec<Day<'a>> {
    let week = monday.series(jiff::Span::new().days(1)).take(5).enumerate();
    let open = week.filter(|(_, date)| calendar.is_school_day(*date));
    open.map(|(number, date)| Day { date, number, zone }).collect()
}

/// The lessons of a day with computers: the suite is used by one class in each lesson, in turn; every class of Key Stage 2
/// has tablets once a day, every younger one half a set.
pub(super) fn lessons(calendar: &SchoolCalendar, day: Day<'_>) -> Vec<OnlineLesson> {
    let periods: Vec<(Moment, Moment)> = calendar
        .periods
        .iter()
        .filter(|period| period.kind == PeriodKind::Lesson && period.name.starts_with("Lesson"))
        .map(|period| (day.zone.moment(day.date, period.from), day.zone.moment(day.date, period.until)))
        .collect();
    let count = periods.len().max(1);
    let mut lessons = Vec::new();
    for (slot, &(from, until)) in periods.iter().enumerate() {
        let in_suite = (day.number * count + slot) % CLASSES;
        for class in 0..CLASSES {
            let tablets = (class + day.number) % count == slot;
            let (older, reception) = (class >= 6, class < 2);
            let children = match (class == in_suite, tablets) {
                (true, _) if older => 30,
                (true, _) => 24,
                (false, true) if older => 30,
                (false, true) if reception && day.number.is_multiple_of(2) => 8,
                (false, true) if !reception => 15,
                _ => continue,
            };
            lessons.push(OnlineLesson { class, in_suite: class == in_suite, children, from, until });
        }
    }
    lessons
}

/// Whether a class's lessons are held to a list.
pub(super) fn is_young(year: Option<Year>) -> bool {
    year.is_some_and(Year::is_key_stage_1)
}
