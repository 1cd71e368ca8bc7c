//! Why a document could not be set.

/// Why a document could not be set. All but [`Self::Font`] are faults of a template: people's words reach a document as
/// data, and data cannot make it fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypesetFault {
    /// The bytes handed in as a font are none.
    #[error("font {number} of those handed in is not a font")]
    Font {
        /// Which one, counting from 1.
        number: usize,
    },
    /// A name no file of a document can have.
    #[error("`{name}` cannot be the name of a document's file")]
    FileName {
        /// The name.
        name: String,
    },
    /// The source is wrong at a place.
    #[error("{file}, line {line}: {what}")]
    Source {
        /// The file, `document.typ` for the source itself.
        file: String,
        /// The line, counting from 1.
        line: usize,
        /// Typst's own words.
        what: String,
    },
    /// It cannot be set, or not be written as a PDF, for a reason that has no place.
    #[error("the document cannot be set: {what}")]
    Document {
        /// Typst's own words.
        what: String,
    },
}
