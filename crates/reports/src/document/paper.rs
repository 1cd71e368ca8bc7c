//! A plain paper: what opens it, sections of named values and of sentences, lines to sign on. Its words come ready made; the
//! incident form, letters and hand-overs of a case are such papers (INC-02, INC-05, EXT-02).

use super::block::{Block, Line};
use super::{Document, Letterhead};

/// One part of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Its heading; none for the first of a letter.
    pub heading: String,
    /// Names and values, as a table of two columns.
    pub rows: Vec<(String, String)>,
    /// Sentences.
    pub texts: Vec<String>,
}

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Who may read it, at the foot of every page; empty for everybody.
    pub mark: String,
    /// What opens it.
    pub lead: Vec<String>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// What is to be written by hand at its end.
    pub lines: Vec<String>,
}

/// The two columns of named values: the name, and the value in what is left of the line.
const COLUMNS: [u8; 2] = [32, 68];

/// Sets it.
pub fn paper(head: &Letterhead<'_>, paper: &Paper) -> Document {
    let mut sheet = head.sheet(&paper.title);
    if !paper.mark.is_empty() {
        sheet = sheet.marked(&paper.mark);
    }
    for text in &paper.lead {
        sheet.put(Block::lead(text));
    }
    let columns = COLUMNS.map(|share| (String::new(), share));
    for section in &paper.sections {
        if !section.heading.is_empty() {
            sheet.put(Block::heading(&section.heading));
        }
        if !section.rows.is_empty() {
            let row = |(name, value): &(String, String)| {
                let lines = if value.is_empty() { vec![String::new()] } else { lines(value) };
                vec![vec![Line::strong(name)], lines.iter().map(|line| Line::body(line)).collect()]
            };
            sheet.put(Block::table(&columns, section.rows.iter().map(row).collect()));
        }
        for text in &section.texts {
            sheet.put(Block::text(text));
        }
    }
    if !paper.lines.is_empty() {
        sheet.put(Block::blanks(&paper.lines));
    }
    sheet.finish()
}

fn lines(value: &str) -> Vec<String> {
    value.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::moment::Zone;
    use usher_words::Words;

    #[test]
    fn every_value_and_sentence_is_in_it() {
        let (words, zone) = (Words::english().unwrap(), Zone::london());
        let head = Letterhead { school: "Rowan Hill Primary", zone: &zone, words: &words };
        let made = paper(
            &head,
            &Paper {
                title: "Incident form".into(),
                mark: "Confidential".into(),
                lead: vec!["Case 7".into()],
                sections: vec![Section {
                    heading: "The form".into(),
                    rows: vec![
                        ("Room".into(), "Room 4\nby the window".into()),
                        ("Computer".into(), String::new()),
                    ],
                    texts: vec!["A sentence.".into()],
                }],
                lines: vec!["Signature".into()],
            },
        );
        let data = String::from_utf8(made.files[0].1.clone()).unwrap();
        for words in [
            "Case 7",
            "The form",
            "Room 4",
            "by the window",
            "Computer",
            "A sentence.",
            "Signature",
            "Confidential",
        ] {
            assert!(data.contains(words), "{words}: {data}");
        }
    }
}
