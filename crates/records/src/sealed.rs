//! Tries to open what nobody can (FM-27): kept with who tried, and by which form. Never with the address, so that nobody who
//! reads the journal is led there.

use crate::change::{Action, Change};

/// By what somebody tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An edit of the school's lists.
    ListEdit,
    /// A yes to somebody who asked.
    Request,
    /// Leave that was asked for or given.
    Permission,
    /// A page opened in a lesson.
    Lesson,
    /// A list of pages for lessons.
    LessonList,
    /// A policy that leaves the sealed categories out.
    Policy,
}

impl Way {
    /// As the journal has it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ListEdit => "tried by an edit of the lists",
            Self::Request => "tried by the answer to a request",
            Self::Permission => "tried by a permission",
            Self::Lesson => "tried by opening a page in a lesson",
            Self::LessonList => "tried by a list for lessons",
            Self::Policy => "tried by a policy that leaves the sealed categories out",
        }
    }
}

/// Somebody tried to open what nobody can, and was refused: only told.
pub fn tried(way: Way) -> Change {
    Change {
        action: Action::SealedTried,
        about: None,
        reason: Some(way.words().to_owned()),
        writes: Vec::new(),
        mails: Vec::new(),
    }
}
