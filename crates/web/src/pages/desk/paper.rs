//! Documents to keep: PDFs, and tables for other programs.

use axum::response::Response;
use usher_reports::document::{Document, Letterhead};
use usher_words::Words;

use super::around::pdf;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;

/// What documents of this school share.
pub(crate) fn letterhead<'a>(desk: &'a AtDesk, words: &'a Words) -> Letterhead<'a> {
    Letterhead { school: &desk.school.name, zone: &desk.school.zone, words }
}

/// A document as a PDF, under this name.
pub(crate) async fn print(
    app: &App,
    desk: &AtDesk,
    name: &str,
    document: Document,
) -> Result<Response, AppFault> {
    Ok(pdf(name, app.pdf(document, desk.at).await?))
}

/// One line of CSV (RFC 4180). A value that a spreadsheet would run as a formula is made text.
pub(crate) fn csv_line(values: &[String]) -> String {
    let quoted = values.iter().map(|value| {
        let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let text = value.replace('"', "\"\"");
        if formula { format!("\"'{text}\"") } else { format!("\"{text}\"") }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_gets_text_and_never_a_formula() {
        let line = csv_line(&["=1+1", "a \"b\"", "@x"].map(str::to_owned));
        assert_eq!(line, "\"'=1+1\",\"a \"\"b\"\"\",\"'@x\"\r\n");
    }
}
