//! Lessons: an adult opens the web for a class, normally or for a list only, until a time (WEB-09, WEB-12).

use serde::{Deserialize, Serialize};
use usher_lists::patterns::AddressPattern;
use usher_types::ids::{GroupId, LessonId, LessonListId, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// What a lesson opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// What the filter opens to these pupils.
    Normal,
    /// Only the pages of this list.
    ListOnly(LessonListId),
}

/// A lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// The class.
    pub group: GroupId,
    /// Who opened it and is responsible.
    pub adult: PersonId,
    /// Where, as the teacher or the class record says.
    pub room: Option<String>,
    /// What it opens.
    pub mode: Mode,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it ends by itself.
    pub ends_at: Moment,
    /// When it was ended, if before that.
    pub ended_at: Option<Moment>,
}

impl Lesson {
    /// Whether it is open.
    pub fn is_open(&self, at: Moment) -> bool {
        at < self.ends_at && self.ended_at.is_none_or(|ended| at < ended)
    }
}

impl Noun for Lesson {
    const KIND: Kind = Kind::Lesson;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("group", self.group)];
        if self.ended_at.is_none() {
            keys.push(IndexKey::shared("open", "yes"));
        }
        keys
    }
}

/// Pages a teacher chose and checked for a class (WEB-08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonList {
    /// Its id.
    pub id: LessonListId,
    /// What the teacher calls it.
    pub name: String,
    /// For which class; none means any.
    pub group: Option<GroupId>,
    /// The pages.
    pub pages: Vec<AddressPattern>,
    /// Who checked them against the pupils' age, and when.
    pub checked: Option<(PersonId, Moment)>,
}

impl Noun for LessonList {
    const KIND: Kind = Kind::LessonList;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        self.group.iter().map(|group| IndexKey::shared("group", group)).collect()
    }
}

/// What a teacher asks for.
#[derive(Debug, Clone)]
pub struct OpenLesson<'a> {
    /// The new lesson's id.
    pub id: LessonId,
    /// The class.
    pub group: GroupId,
    /// Who opens it.
    pub adult: PersonId,
    /// Where.
    pub room: Option<String>,
    /// The list, for list-only mode.
    pub list: Option<&'a LessonList>,
    /// When it ends.
    pub ends_at: Moment,
}

/// Opens a lesson; one already open for the class ends.
///
/// # Errors
/// An end in the past or later than the school allows; a list nobody checked.
pub fn open(
    asked: OpenLesson<'_>,
    earlier: &[Stored<Lesson>],
    longest_minutes: u16,
    at: Moment,
) -> Result<(Lesson, Change), Refusal> {
    end_within(asked.ends_at, longest_minutes, at)?;
    let mode = match asked.list {
        None => Mode::Normal,
        Some(list) if list.checked.is_none() => return Err(Refusal::ListUnchecked),
        Some(list) => Mode::ListOnly(list.id),
    };
    let lesson = Lesson {
        id: asked.id,
        group: asked.group,
        adult: asked.adult,
        room: asked.room,
        mode,
        opened_at: at,
        ends_at: asked.ends_at,
        ended_at: None,
    };
    let mut change = Change::of(Action::LessonOpened, Write::of(&lesson, Expect::New));
    for open in
        earlier.iter().filter(|lesson| lesson.value.group == asked.group && lesson.value.ended_at.is_none())
    {
        change = change.and(ended(open, at));
    }
    Ok((lesson, change))
}

/// Ends a lesson now.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is over.
pub fn end(lesson: &Stored<Lesson>, at: Moment) -> Result<Change, Refusal> {
    if !lesson.value.is_open(at) {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::LessonEnded, ended(lesson, at)))
}

/// How long after its end a lesson can be taken up again, as if the button had not been pressed.
pub const UNDO_SECONDS: i64 = 10;

/// Takes a lesson up again that was ended by mistake.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is open; [`Refusal::Gone`] when it is over, or was ended too long ago.
pub fn resume(lesson: &Stored<Lesson>, at: Moment) -> Result<Change, Refusal> {
    let Some(ended) = lesson.value.ended_at else { return Err(Refusal::AlreadySo) };
    if at >= lesson.value.ends_at || at.seconds_since(ended) > UNDO_SECONDS {
        return Err(Refusal::Gone);
    }
    let mut next = lesson.value.clone();
    next.ended_at = None;
    Ok(Change::of(Action::LessonChanged, lesson.replace(&next)))
}

/// Moves the end of an open lesson.
///
/// # Errors
/// [`Refusal::Gone`] when it is over; an end in the past or later than the school allows from now.
pub fn move_end(
    lesson: &Stored<Lesson>,
    until: Moment,
    longest_minutes: u16,
    at: Moment,
) -> Result<Change, Refusal> {
    if !lesson.value.is_open(at) {
        return Err(Refusal::Gone);
    }
    end_within(until, longest_minutes, at)?;
    let mut next = lesson.value.clone();
    next.ends_at = until;
    Ok(Change::of(Action::LessonChanged, lesson.replace(&next)))
}

fn ended(lesson: &Stored<Lesson>, at: Moment) -> Write {
    let mut next = lesson.value.clone();
    next.ended_at = Some(at.min(next.ends_at));
    lesson.replace(&next)
}

/// Makes or changes a lesson list. Changing the pages takes the check away.
///
/// # Errors
/// A name is needed, and at least one page; none stands for half the web.
pub fn save_list(list: &LessonList, earlier: Option<&Stored<LessonList>>) -> Result<Change, Refusal> {
    refusal::reason(&list.name)?;
    if list.pages.is_empty() {
        return Err(Refusal::AddressOdd);
    }
    if list.pages.iter().any(|page| page.is_too_wide() || page.is_range()) {
        return Err(Refusal::TooWide);
    }
    let write = match earlier {
        Some(earlier) => earlier.replace(list),
        None => Write::of(list, Expect::New),
    };
    Ok(Change::of(Action::LessonListSaved, write))
}

/// Checks an end: in the future, and no later than the school allows.
pub(crate) fn end_within(until: Moment, longest_minutes: u16, at: Moment) -> Result<(), Refusal> {
    if until <= at {
        return Err(Refusal::EndNeeded);
    }
    if until > at.plus_minutes(i64::from(longest_minutes)) {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn asked(list: Option<&LessonList>) -> OpenLesson<'_> {
        let ends_at = NINE.plus_minutes(60);
        OpenLesson { id: Id::new(1), group: Id::new(3), adult: Id::new(4), room: None, list, ends_at }
    }

    #[test]
    fn a_lesson_ends_by_itself_and_a_second_one_ends_the_first() {
        let (first, _) = open(asked(None), &[], 120, NINE).unwrap();
        assert!(first.is_open(NINE));
        assert!(!first.is_open(NINE.plus_minutes(60)));
        let stored = Stored { value: first, version: 1 };
        let later = NINE.plus_minutes(10);
        let (_, change) = open(asked(None), std::slice::from_ref(&stored), 120, later).unwrap();
        assert_eq!(change.writes.len(), 2);
        assert!(change.writes[1].body.contains("ended_at"));
        assert!(end(&stored, later).is_ok());
        assert_eq!(end(&stored, NINE.plus_minutes(61)).unwrap_err(), Refusal::AlreadySo);
    }

    #[test]
    fn web_08_only_a_checked_list_opens() {
        let mut list = LessonList {
            id: Id::new(7),
            name: "Volcanoes".into(),
            group: None,
            pages: vec!["encyclopaedia.example".parse().unwrap()],
            checked: None,
        };
        assert_eq!(open(asked(Some(&list)), &[], 120, NINE).unwrap_err(), Refusal::ListUnchecked);
        list.checked = Some((Id::new(4), NINE));
        let (lesson, _) = open(asked(Some(&list)), &[], 120, NINE).unwrap();
        assert_eq!(lesson.mode, Mode::ListOnly(list.id));
    }

    #[test]
    fn a_list_of_half_the_web_is_no_list() {
        let list = |page: &str| LessonList {
            id: Id::new(7),
            name: "Volcanoes".into(),
            group: None,
            pages: vec!["encyclopaedia.example".parse().unwrap(), page.parse().unwrap()],
            checked: None,
        };
        assert_eq!(save_list(&list("com"), None).unwrap_err(), Refusal::TooWide);
        assert!(save_list(&list("video.example"), None).is_ok());
    }

    #[test]
    fn a_lesson_ended_by_mistake_is_taken_up_again_at_once_or_not_at_all() {
        let (lesson, _) = open(asked(None), &[], 120, NINE).unwrap();
        let stored = Stored { value: lesson, version: 1 };
        assert_eq!(resume(&stored, NINE).unwrap_err(), Refusal::AlreadySo);
        let change = end(&stored, NINE.plus_minutes(5)).unwrap();
        let ended: Lesson = serde_json::from_str(&change.writes[0].body).unwrap();
        let stored = Stored { value: ended, version: 2 };
        let soon = NINE.plus_minutes(5).plus_seconds(UNDO_SECONDS);
        let change = resume(&stored, soon).unwrap();
        let lesson: Lesson = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(lesson.is_open(soon));
        assert_eq!(resume(&stored, soon.plus_seconds(1)).unwrap_err(), Refusal::Gone);
    }

    #[test]
    fn an_end_moves_within_what_the_school_allows() {
        let (lesson, _) = open(asked(None), &[], 120, NINE).unwrap();
        let stored = Stored { value: lesson, version: 1 };
        let change = move_end(&stored, NINE.plus_minutes(100), 120, NINE.plus_minutes(50)).unwrap();
        assert_eq!(change.action, Action::LessonChanged);
        let far = NINE.plus_minutes(400);
        assert_eq!(move_end(&stored, far, 120, NINE).unwrap_err(), Refusal::TooLong);
        assert_eq!(move_end(&stored, far, 120, NINE.plus_minutes(60)).unwrap_err(), Refusal::Gone);
    }

    #[test]
    fn no_lesson_lasts_for_ever() {
        assert_eq!(open(asked(None), &[], 30, NINE).unwrap_err(), Refusal::TooLong);
        let past = OpenLesson { ends_at: NINE, ..asked(None) };
        assert_eq!(open(past, &[], 30, NINE).unwrap_err(), Refusal::EndNeeded);
    }
}
