//! What a document is made of. The template draws each kind; all text goes through [`plain`] on its way in.

use serde::Serialize;

use super::plain::plain;

/// A row with fewer letters than this is kept on one page. A longer one may be longer than a page.
const WHOLE_ROW_LETTERS: usize = 1_200;

/// Text of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Run {
    pub(super) text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) strong: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) slanted: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) code: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
}

impl Run {
    pub(super) fn new(text: &str) -> Self {
        Self { text: plain(text), ..Self::default() }
    }

    pub(super) fn strong(text: &str) -> Self {
        Self { strong: true, ..Self::new(text) }
    }
}

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tone {
    Lead,
    Body,
    Quiet,
}

/// A line of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    tone: Tone,
    runs: Vec<Run>,
}

impl Line {
    pub(super) fn body(text: &str) -> Self {
        Self { tone: Tone::Body, runs: vec![Run::new(text)] }
    }

    pub(super) fn lead(text: &str) -> Self {
        Self { tone: Tone::Lead, runs: vec![Run::new(text)] }
    }

    pub(super) fn strong(text: &str) -> Self {
        Self { tone: Tone::Body, runs: vec![Run::strong(text)] }
    }

    pub(super) fn quiet(text: &str) -> Self {
        Self { tone: Tone::Quiet, runs: vec![Run::new(text)] }
    }
}

/// A cell: lines below one another.
pub(super) type Cell = Vec<Line>;

/// One column: its head, and its share of the width.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Column {
    head: String,
    share: u8,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    cells: Vec<Cell>,
    /// Whether it must not break across pages.
    whole: bool,
}

/// A number people look at first, and what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Figure {
    value: String,
    label: String,
}

impl Figure {
    pub(super) fn new(value: u32, label: &str) -> Self {
        Self { value: grouped(value), label: plain(label) }
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(super) enum Block {
    Heading { level: u8, runs: Vec<Run> },
    Text { tone: Tone, runs: Vec<Run> },
    Figures { figures: Vec<Figure> },
    Picture { file: &'static str, alt: String },
    List { start: Option<u64>, items: Vec<Vec<Self>> },
    Table { columns: Vec<Column>, rows: Vec<Row> },
    Aside { blocks: Vec<Self> },
    Blanks { labels: Vec<String> },
    Code { svg: String, alt: String, letters: String, hint: String },
    Keep { blocks: Vec<Self> },
    Symbol { svg: String, number: u16, blocks: Vec<Self> },
    NewPage,
}

impl Block {
    /// A heading below the title.
    pub(super) fn heading(text: &str) -> Self {
        Self::Heading { level: 2, runs: vec![Run::new(text)] }
    }

    pub(super) fn lead(text: &str) -> Self {
        Self::Text { tone: Tone::Lead, runs: vec![Run::new(text)] }
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text { tone: Tone::Body, runs: vec![Run::new(text)] }
    }

    pub(super) fn quiet(text: &str) -> Self {
        Self::Text { tone: Tone::Quiet, runs: vec![Run::new(text)] }
    }

    pub(super) fn picture(file: &'static str, alt: &str) -> Self {
        Self::Picture { file, alt: plain(alt) }
    }

    pub(super) fn blanks(labels: &[String]) -> Self {
        Self::Blanks { labels: labels.iter().map(|label| plain(label)).collect() }
    }

    /// A table; each column with its share of the width.
    pub(super) fn table(columns: &[(String, u8)], rows: Vec<Vec<Cell>>) -> Self {
        let columns =
            columns.iter().map(|(head, share)| Column { head: plain(head), share: *share }).collect();
        let letters = |cell: &Cell| {
            cell.iter().flat_map(|line| &line.runs).map(|run| run.text.chars().count()).sum::<usize>()
        };
        let row = |cells: Vec<Cell>| {
            let whole = cells.iter().map(letters).sum::<usize>() < WHOLE_ROW_LETTERS;
            Row { cells, whole }
        };
        Self::Table { columns, rows: rows.into_iter().map(row).collect() }
    }
}

/// `12,345`.
pub(super) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_threes() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_214, "1,214"), (48_211, "48,211"), (1_000_000, "1,000,000")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
