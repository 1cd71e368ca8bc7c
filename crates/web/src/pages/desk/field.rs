//! Form fields: label, hint, what is wrong, and the thing to fill in, in GOV.UK's markup. Words come from
//! `field-<name>` and `field-<name>-hint`, unless a page gives its own.

use askama::Template;

use crate::view::errors::Errors;
use crate::view::says::Says;

/// One field.
#[derive(Template)]
#[template(path = "desk/parts/field.html")]
pub(crate) struct Field {
    name: &'static str,
    label: String,
    hint: Option<String>,
    error: Option<String>,
    shape: Shape,
}

/// What there is to fill in.
enum Shape {
    Line { kind: &'static str, value: String, more: &'static str, width: &'static str },
    Area { value: String, rows: u8 },
    Select { choices: Vec<Choice> },
    Radios { choices: Vec<Choice> },
    Boxes { choices: Vec<Choice> },
}

/// One choice of several.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    value: String,
    text: String,
    hint: Option<String>,
    chosen: bool,
}

impl Choice {
    /// A choice that is not chosen.
    pub(crate) fn new(value: impl ToString, text: impl Into<String>) -> Self {
        Self { value: value.to_string(), text: text.into(), hint: None, chosen: false }
    }

    /// With a line that says more.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What a form sends for it.
    pub(crate) fn value(&self) -> String {
        self.value.clone()
    }

    /// Its words.
    pub(crate) fn words(&self) -> String {
        self.text.clone()
    }

    /// Chosen if so.
    pub(crate) const fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }
}

/// The choice with this value is chosen, the others are not.
pub(crate) fn choosing(choices: Vec<Choice>, value: &str) -> Vec<Choice> {
    choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == value;
            choice.chosen(chosen)
        })
        .collect()
}

/// Makes the fields of one form.
pub(crate) struct Fields<'a> {
    says: &'a Says,
    errors: &'a Errors,
}

impl<'a> Fields<'a> {
    /// Fields in these words, with what is wrong beside them.
    pub(crate) const fn new(says: &'a Says, errors: &'a Errors) -> Self {
        Self { says, errors }
    }

    fn field(&self, name: &'static str, shape: Shape) -> Field {
        let words = self.says.words();
        let reader = self.says.reader();
        Field {
            name,
            label: self.says.t(format!("field-{name}")),
            hint: words.find(reader, &format!("field-{name}-hint"), &[]),
            error: self.error(name),
            shape,
        }
    }

    fn error(&self, field: &str) -> Option<String> {
        let words: Vec<&str> = self
            .errors
            .iter()
            .filter(|error| error.field == field)
            .map(|error| error.words.as_str())
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// One line of text.
    pub(crate) fn line(&self, name: &'static str, value: impl Into<String>) -> Field {
        self.input(name, "text", value, "", "")
    }

    /// One line of another kind, with more attributes and a width class.
    pub(crate) fn input(
        &self,
        name: &'static str,
        kind: &'static str,
        value: impl Into<String>,
        more: &'static str,
        width: &'static str,
    ) -> Field {
        self.field(name, Shape::Line { kind, value: value.into(), more, width })
    }

    /// A few characters.
    pub(crate) fn short(&self, name: &'static str, value: impl Into<String>) -> Field {
        self.input(name, "text", value, "", "govuk-input--width-10")
    }

    /// A day.
    pub(crate) fn date(&self, name: &'static str, value: impl Into<String>) -> Field {
        self.input(name, "date", value, "", "govuk-input--width-10")
    }

    /// Some lines of text.
    pub(crate) fn area(&self, name: &'static str, value: impl Into<String>, rows: u8) -> Field {
        self.field(name, Shape::Area { value: value.into(), rows })
    }

    /// One of many.
    pub(crate) fn select(&self, name: &'static str, choices: Vec<Choice>) -> Field {
        self.field(name, Shape::Select { choices })
    }

    /// One of a few.
    pub(crate) fn radios(&self, name: &'static str, choices: Vec<Choice>) -> Field {
        self.field(name, Shape::Radios { choices })
    }

    /// Any of a few.
    pub(crate) fn boxes(&self, name: &'static str, choices: Vec<Choice>) -> Field {
        self.field(name, Shape::Boxes { choices })
    }

    /// One box to tick. Its words are `field-<name>-tick`.
    pub(crate) fn tick(&self, name: &'static str, ticked: bool) -> Field {
        let text = self.says.t(format!("field-{name}-tick"));
        self.boxes(name, vec![Choice::new("yes", text).chosen(ticked)])
    }
}

impl Field {
    /// With another label.
    pub(crate) fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With another hint.
    pub(crate) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What describes the field to a screen reader.
    fn described(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// The id of a choice: the first has the field's own, so that the summary of errors leads to it.
    fn choice_id(&self, index: &usize) -> String {
        if *index == 0 { self.name.to_owned() } else { format!("{}-{index}", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use usher_types::role::Reader;
    use usher_words::Words;

    fn says() -> Says {
        Says::new(Arc::new(Words::english().unwrap()), Reader::Adult)
    }

    #[test]
    fn values_are_escaped_and_errors_belong_to_their_field() {
        let says = says();
        let errors = Errors::of("reason", "Please <say> why.".into());
        let fields = Fields::new(&says, &errors);
        let html = fields.line("reason", "\"><script>").to_string();
        assert!(!html.contains("<script>") && html.contains("reason-error"), "{html}");
        assert!(html.contains("id=\"reason\"") && html.contains("aria-describedby"), "{html}");
        assert!(!fields.line("other", "").to_string().contains("error"));
    }

    #[test]
    fn the_first_choice_has_the_fields_own_id() {
        let says = says();
        let errors = Errors::none();
        let choices = choosing(vec![Choice::new(1, "One"), Choice::new(2, "Two")], "2");
        let html = Fields::new(&says, &errors).radios("until", choices).to_string();
        assert!(html.contains("id=\"until\"") && html.contains("id=\"until-1\""), "{html}");
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
    }
}
