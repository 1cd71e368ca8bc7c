//! The block an agreement ends with on paper: the lines that are filled in by hand (AGR-03). Schools ask for different ones.

use serde::{Deserialize, Serialize};

/// A line of the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignLine {
    /// The full name, printed.
    Name,
    /// The signature.
    Signature,
    /// The day.
    Date,
    /// What an adult does in the school.
    JobTitle,
    /// The class.
    Class,
    /// The name of the class teacher.
    ClassTeacher,
}

impl SignLine {
    /// Every line.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Signature, Self::Date, Self::JobTitle, Self::Class, Self::ClassTeacher];

    /// Its name in files and in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Signature => "signature",
            Self::Date => "date",
            Self::JobTitle => "job-title",
            Self::Class => "class",
            Self::ClassTeacher => "class-teacher",
        }
    }
}

/// The lines of a block that does not say which it has.
pub const PLAIN: [SignLine; 3] = [SignLine::Name, SignLine::Signature, SignLine::Date];

/// These lines, or the plain ones where there are none.
pub fn or_plain(lines: &[SignLine]) -> &[SignLine] {
    if lines.is_empty() { &PLAIN } else { lines }
}
