//! Words in templates: `{{ f.says.t("portal-title") }}`.

use std::fmt::Display;
use std::sync::Arc;

use usher_types::role::Reader;
use usher_words::{Value, Words};

/// The words for one reader.
#[derive(Debug, Clone)]
pub struct Says {
    words: Arc<Words>,
    reader: Reader,
}

impl Says {
    /// The words for this reader.
    pub const fn new(words: Arc<Words>, reader: Reader) -> Self {
        Self { words, reader }
    }

    /// The reader.
    pub const fn reader(&self) -> Reader {
        self.reader
    }

    /// All words, for code that speaks to this reader.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A sentence without values.
    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.words.say(self.reader, key.as_ref(), &[])
    }

    /// A sentence without values, of one thing of several: `kind-staff` is `of("kind", "staff")`.
    pub fn of(&self, prefix: &str, name: impl Display) -> String {
        self.t(format!("{prefix}-{name}"))
    }

    /// A sentence with one value.
    pub fn t1(&self, key: impl AsRef<str>, name: &str, value: impl Display) -> String {
        self.words.say(self.reader, key.as_ref(), &[(name, Value::from(value.to_string()))])
    }

    /// A sentence with two values.
    pub fn t2(&self, key: impl AsRef<str>, one: (&str, &dyn Display), other: (&str, &dyn Display)) -> String {
        let values = [(one.0, Value::from(one.1.to_string())), (other.0, Value::from(other.1.to_string()))];
        self.words.say(self.reader, key.as_ref(), &values)
    }

    /// The same for templates, which lend their values: name, value, name, value.
    pub fn with(
        &self,
        key: impl AsRef<str>,
        one: &str,
        value: impl Display,
        other: &str,
        second: impl Display,
    ) -> String {
        self.t2(key, (one, &value), (other, &second))
    }

    /// A sentence with several values.
    pub fn terms(&self, key: impl AsRef<str>, values: &[(&str, &dyn Display)]) -> String {
        let values: Vec<(&str, Value<'_>)> =
            values.iter().map(|(name, value)| (*name, Value::from(value.to_string()))).collect();
        self.words.say(self.reader, key.as_ref(), &values)
    }

    /// Names in a row: `this, that and the other`.
    pub fn list(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => self.t2("list-and", ("first", &first.join(", ")), ("last", last)),
        }
    }

    /// A sentence with a number, so that plurals come out right.
    pub fn n(&self, key: impl AsRef<str>, name: &str, number: impl TryInto<i64>) -> String {
        let number = number.try_into().unwrap_or(i64::MAX);
        self.words.say(self.reader, key.as_ref(), &[(name, Value::from(number))])
    }
}
