//! What is wrong with a form, field by field, for the list at its top and the line beside each field.

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's id in the page.
    pub field: &'static str,
    /// What is wrong, in words.
    pub words: String,
}

/// Everything that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// Nothing is wrong.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One thing is wrong.
    pub fn of(field: &'static str, words: String) -> Self {
        let mut errors = Self::none();
        errors.add(field, words);
        errors
    }

    /// One more thing is wrong.
    pub fn add(&mut self, field: &'static str, words: String) {
        self.0.push(FieldError { field, words });
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with this field.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// The errors, in the order they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
