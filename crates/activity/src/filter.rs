//! A question as tests of columns: the same for a row in memory, for a column on the disk, and for a table of a server.

use std::borrow::Cow;

use memchr::memmem::Finder;
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
#[derive(Debug, Clone)]
pub struct Tests {
    /// Tests of numbers. The first is of the time.
    pub numbers: Vec<(Number, Between)>,
    /// Tests of texts.
    pub texts: Vec<(Text, TextTest)>,
    /// Words that the search or the title must hold.
    pub phrase: Option<Phrase>,
}

/// Words to look for, in whatever case.
#[derive(Debug, Clone)]
pub struct Phrase(Finder<'static>);

impl Phrase {
    fn of(words: &str) -> Self {
        Self(Finder::new(folded(words).as_bytes()).into_owned())
    }

    /// The words, folded.
    pub fn words(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.needle())
    }

    /// Looks through one text after another; where it folds them is used again.
    pub(crate) fn reader(&self) -> impl FnMut(&str) -> bool {
        let mut room = Vec::new();
        move |text| {
            if !text.is_ascii() {
                return self.0.find(folded(text).as_bytes()).is_some();
            }
            room.clear();
            room.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
            self.0.find(&room).is_some()
        }
    }
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
        Self { numbers, texts, phrase: question.phrase.as_deref().map(Phrase::of) }
    }

    /// Whether a row fits.
    pub fn fit(&self, row: &Row) -> bool {
        self.numbers.iter().all(|(number, test)| test.fits(number.of(row)))
            && self.texts.iter().all(|(text, test)| test.fits(text.of(row)))
            && self.phrase.as_ref().is_none_or(|phrase| {
                let mut holds = phrase.reader();
                holds(&row.search) || holds(&row.title)
            })
    }

    /// Whether nothing but the time is asked about.
    pub fn is_only_time(&self) -> bool {
        self.numbers.len() == 1 && self.texts.is_empty() && self.phrase.is_none()
    }
}

/// A text as searches compare it: small letters.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}
