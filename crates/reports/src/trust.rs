//! The schools of a trust beside each other, for each hundred pupils: a table, the same as CSV, and a plot.
//!
//! Does not: ask for the figures, or judge a school by them.

use jiff::civil::Date;
use usher_words::Words;

use crate::plot::{Plot, Series, Shape, Table};
use crate::say::Say;

/// Schools the plot shows; the table has them all. More would not be told apart.
const MOST_DRAWN: usize = 12;

/// A school and what was counted there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its number in the trust.
    pub number: u64,
    /// What it calls itself; empty where it has not said.
    pub name: String,
    /// Its pupils; 0 where it has not said.
    pub pupils: u32,
    /// Web requests and connections.
    pub requests: u64,
    /// Pages that were kept from their readers.
    pub blocked: u64,
    /// Finds of concern.
    pub found: u64,
}

/// Schools beside each other: those where most was kept from readers first, those of unknown size last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    schools: Vec<School>,
}

impl School {
    /// A count for each hundred pupils, in tenths, rounded; none where its size is not known.
    fn tenths(&self, count: u64) -> Option<u64> {
        let pupils = u64::from(self.pupils);
        count.saturating_mul(1_000).saturating_add(pupils / 2).checked_div(pupils)
    }
}

impl Comparison {
    /// Of these schools.
    pub fn new(mut schools: Vec<School>) -> Self {
        schools.sort_by_key(|school| {
            let tenths = school.tenths(school.blocked);
            (tenths.is_none(), std::cmp::Reverse(tenths), school.number)
        });
        Self { schools }
    }

    /// Every school's figures.
    pub fn table(&self, words: &Words) -> Table {
        let say = |key| words.say(usher_types::role::Reader::Adult, key, &[]);
        let columns =
            ["trust-row", "trust-school", "trust-pupils", "trust-requests", "trust-blocked", "trust-found"];
        let figure = |tenths: Option<u64>| match tenths {
            Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
            None => say("trust-unknown"),
        };
        let rows = (1..).zip(&self.schools).map(|(row, school): (u32, _)| {
            let pupils = if school.pupils == 0 { say("trust-unknown") } else { school.pupils.to_string() };
            vec![
                row.to_string(),
                named(school, words),
                pupils,
                figure(school.tenths(school.requests)),
                figure(school.tenths(school.blocked)),
                figure(school.tenths(school.found)),
            ]
        });
        Table { columns: columns.map(say).into(), rows: rows.collect() }
    }

    /// What was kept from readers at the first schools of the table, by its rows.
    pub fn plot(&self, words: &Words) -> Plot {
        let adult = usher_types::role::Reader::Adult;
        let say = |key| words.say(adult, key, &[]);
        let known: Vec<(u64, &School)> = self
            .schools
            .iter()
            .filter_map(|school| school.tenths(school.blocked).map(|tenths| (tenths, school)))
            .collect();
        let whole = |tenths: u64| u32::try_from(tenths.saturating_add(5) / 10).unwrap_or(u32::MAX);
        let first = known.first().filter(|(tenths, _)| *tenths > 0);
        let median = known.get(known.len() / 2).map_or(0, |(tenths, _)| whole(*tenths));
        let drawn = known.iter().take(MOST_DRAWN);
        let first_name = first.map_or_else(|| "none".to_owned(), |(_, school)| named(school, words));
        let most = first.map_or(0, |(tenths, _)| whole(*tenths));
        Plot {
            title: words.say(adult, "trust-finding", &[("school", first_name.as_str().into())]),
            description: words.say(
                adult,
                "trust-described",
                &[
                    ("first", first_name.as_str().into()),
                    ("most", most.to_string().into()),
                    ("median", median.to_string().into()),
                ],
            ),
            shape: Shape::Bars,
            across: say("trust-row-of-table"),
            up: say("trust-blocked"),
            steps: (1..=drawn.len()).map(|row| row.to_string()).collect(),
            series: vec![Series {
                name: say("trust-blocked"),
                values: drawn.map(|(tenths, _)| whole(*tenths)).collect(),
            }],
            rest: String::new(),
        }
    }

    /// Title, finding, table and note as text, its columns in line.
    pub fn text(
        &self,
        words: &Words,
        zone: &usher_types::moment::Zone,
        (from, until): (Date, Date),
    ) -> String {
        let say = Say::new(words, zone);
        let title =
            say.say("trust-title", &[("from", say.date(from).into()), ("until", say.date(until).into())]);
        let (table, plot) = (self.table(words), self.plot(words));
        let lines: Vec<&Vec<String>> = std::iter::once(&table.columns).chain(&table.rows).collect();
        let wide = |column: usize| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..table.columns.len()).map(wide).collect();
        let mut text = format!("{title}\n{}\n\n", plot.title);
        for line in lines {
            let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
                // Names begin together, figures end together.
                if column == 1 { format!("{cell:<wide$}") } else { format!("{cell:>wide$}") }
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&say.plain("trust-note"));
        text
    }

    /// The table as CSV (RFC 4180).
    pub fn csv(&self, words: &Words) -> String {
        let table = self.table(words);
        let mut csv = String::new();
        for line in std::iter::once(&table.columns).chain(&table.rows) {
            let cells: Vec<String> = line.iter().map(|cell| field(cell)).collect();
            csv.push_str(&cells.join(","));
            csv.push_str("\r\n");
        }
        csv
    }
}

fn named(school: &School, words: &Words) -> String {
    if school.name.is_empty() {
        let number = school.number.to_string();
        words.say(usher_types::role::Reader::Adult, "trust-unnamed", &[("number", number.into())])
    } else {
        school.name.clone()
    }
}

/// A field in quotes where it needs them. A school names itself: what a sheet would take for a formula is made text.
fn field(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school(number: u64, name: &str, pupils: u32, blocked: u64) -> School {
        School { number, name: name.into(), pupils, requests: blocked * 100, blocked, found: 1 }
    }

    fn comparison() -> Comparison {
        Comparison::new(vec![
            school(1, "Farrowmere", 400, 10),
            school(2, "=Quill, \"combe\"", 100, 10),
            school(3, "", 0, 99),
            school(4, "", 300, 0),
        ])
    }

    #[test]
    fn schools_are_compared_for_their_size_and_those_of_unknown_size_stand_last() {
        let words = Words::english().unwrap();
        let table = comparison().table(&words);
        let rows: Vec<String> = table.rows.iter().map(|row| row.join("|")).collect();
        assert_eq!(
            rows,
            [
                "1|=Quill, \"combe\"|100|1000.0|10.0|1.0",
                "2|Farrowmere|400|250.0|2.5|0.3",
                "3|School 4|300|0.0|0.0|0.3",
                "4|School 3|not known|not known|not known|not known",
            ]
        );
    }

    #[test]
    fn plot_and_text_and_csv_say_what_the_table_says() {
        let words = Words::english().unwrap();
        let plot = comparison().plot(&words);
        assert_eq!(plot.steps, ["1", "2", "3"]);
        assert_eq!(plot.series[0].values, [10, 3, 0]);
        assert!(plot.title.contains("Quill"), "{}", plot.title);
        assert!(plot.description.contains("with 10, and 3 at"), "{}", plot.description);
        let csv = comparison().csv(&words);
        assert!(csv.contains("\r\n1,\"'=Quill, \"\"combe\"\"\",100,1000.0,10.0,1.0\r\n"), "{csv}");
        let days = (jiff::civil::date(2026, 11, 9), jiff::civil::date(2026, 11, 15));
        let text = comparison().text(&words, &usher_types::moment::Zone::london(), days);
        assert!(
            text.contains("9 November 2026 to 15 November 2026") && text.contains("Farrowmere"),
            "{text}"
        );
        let none = Comparison::new(vec![]);
        assert_eq!(none.plot(&words).title, "No school had anything kept from a reader.");
        assert!(none.table(&words).rows.is_empty());
    }
}
