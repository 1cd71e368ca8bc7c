//! A question as tests of columns: the same for a row in memory, for a column on the disk, and for a table of a server.

use usher_events::row::Row;

use crate::question::Question;
use crate::table::signed;

pub use crate::table::{NUMBERS, Number, TEXTS, Text};

/// A test of a number: it is from the first to the second, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between(
    /// The least.
    pub i64,
    /// The most.
    pub i64,
);

/// A test of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// It is this.
    Is(String),
    /// It has this among its words.
    Word(String),
}

/// Everything that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tests {
    /// Tests of numbers. The first is of the time.
    pub numbers: Vec<(Number, Between)>,
    /// Tests of texts.
    pub texts: Vec<(Text, TextTest)>,
    /// Words, folded, that the search or the title must hold.
    pub phrase: Option<String>,
}

impl Between {
    /// Whether a number fits.
    pub const fn fits(self, value: i64) -> bool {
        self.0 <= value && value <= self.1
    }
}

impl TextTest {
    /// Whether a text fits.
    pub fn fits(&self, value: &str) -> bool {
        match self {
            Self::Is(wanted) => value == wanted,
            Self::Word(wanted) => value.split(' ').any(|word| word == wanted),
        }
    }
}

impl Tests {
    /// The tests of a question. In which school is for whoever has files by school.
    pub fn of(question: &Question) -> Self {
        let last = question.until.unix_ms().saturating_sub(1);
        let mut numbers = vec![(Number::At, Between(question.from.unix_ms(), last))];
        let mut number = |number, test| numbers.push((number, test));
        if let Some(person) = question.person {
            number(Number::Person, Between(signed(person.number()), signed(person.number())));
        }
        if let Some(lesson) = question.lesson {
            number(Number::Lesson, Between(signed(lesson.number()), signed(lesson.number())));
        }
        if question.severity > 0 {
            number(Number::Severity, Between(i64::from(question.severity), i64::MAX));
        }
        if let Some(verdict) = question.verdict {
            number(Number::Verdict, Between(i64::from(verdict as u8) + 1, i64::MAX));
        }
        if question.notable {
            number(Number::Ordinary, Between(0, 0));
        }
        let mut texts = Vec::new();
        let mut text = |column, wanted: &Option<String>| {
            texts.extend(wanted.iter().map(|wanted| (column, TextTest::Is(wanted.clone()))));
        };
        text(Text::Device, &question.device);
        text(Text::Room, &question.room);
        text(Text::Group, &question.group);
        text(Text::Category, &question.category);
        text(Text::Site, &question.site);
        texts.extend(question.theme.map(|theme| (Text::Themes, TextTest::Word(theme.name().to_owned()))));
        texts.extend(question.class.map(|class| (Text::Classes, TextTest::Word(class.number().to_string()))));
        Self { numbers, texts, phrase: question.phrase.as_deref().map(folded) }
    }

    /// Whether a row fits.
    pub fn fit(&self, row: &Row) -> bool {
        self.numbers.iter().all(|(number, test)| test.fits(number.of(row)))
            && self.texts.iter().all(|(text, test)| test.fits(text.of(row)))
            && self.phrase.as_ref().is_none_or(|phrase| {
                folded(&row.search).contains(phrase.as_str()) || folded(&row.title).contains(phrase.as_str())
            })
    }

    /// Whether nothing but the time is asked about.
    pub fn is_only_time(&self) -> bool {
        self.numbers.len() == 1 && self.texts.is_empty() && self.phrase.is_none()
    }
}

/// A text as searches compare it: small letters.
pub fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}
