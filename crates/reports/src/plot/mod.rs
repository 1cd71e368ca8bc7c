//! The one kind of plot: bars in stacks, or lines, over a few named steps.
//!
//! Owns: the picture as SVG, the same in a page and on paper, and the same figures as a table.
//! Does not: choose what to show. Text is escaped here; words come from the caller.
//!
//! Colours are told apart with any kind of colour vision, which a test simulates, and never stand alone: each series is
//! named beside the picture and its numbers stand in the bars. On a page they are custom properties of the style sheet
//! (`--plot-1` to `--plot-5`, `--plot-on-1` to `--plot-on-5` for words on them, `--plot-ink`, `--plot-line`) with the
//! values of paper behind them.

mod draw;
mod ink;
mod spark;

use serde::{Deserialize, Serialize};

pub use crate::plot::ink::Medium;
pub use crate::plot::spark::spark;

/// The most series a plot may have; more cannot be told apart.
pub const MOST_SERIES: usize = 5;

/// A plot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plot {
    /// What it shows, as a finding: `Most was found on Tuesday`.
    pub title: String,
    /// The same for somebody who cannot see it: the figures in a sentence or two.
    pub description: String,
    /// How it is drawn.
    pub shape: Shape,
    /// What the steps are: `School day`.
    pub across: String,
    /// What is counted, with its unit: `Items`.
    pub up: String,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// What is drawn, one value for each step, the most important first. When there are more than [`MOST_SERIES`], the
    /// last are drawn together under `rest`; the table has them all.
    pub series: Vec<Series>,
    /// The name of the rest.
    pub rest: String,
}

/// How a plot is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// One stack of bars for each step.
    Bars,
    /// One line for each series.
    Lines,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its values, one for each step.
    pub values: Vec<u32>,
}

/// Figures as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The head of each column.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

impl Series {
    /// All its values together.
    pub fn total(&self) -> u32 {
        self.values.iter().copied().fold(0, u32::saturating_add)
    }

    fn value(&self, step: usize) -> u32 {
        self.values.get(step).copied().unwrap_or(0)
    }
}

impl Plot {
    /// The series as they are drawn.
    fn drawn(&self) -> Vec<Series> {
        if self.series.len() <= MOST_SERIES {
            return self.series.clone();
        }
        let (first, rest) = self.series.split_at(MOST_SERIES - 1);
        let sum = |step| rest.iter().map(|series| series.value(step)).fold(0, u32::saturating_add);
        let values = (0..self.steps.len()).map(sum).collect();
        first.iter().cloned().chain([Series { name: self.rest.clone(), values }]).collect()
    }

    /// The picture. `id` must be the only one of its kind on a page: letters, digits and hyphens.
    pub fn svg(&self, id: &str, medium: Medium) -> String {
        draw::svg(self, id, medium)
    }

    /// The same figures as a table: a row for each step, a column for each series.
    pub fn table(&self) -> Table {
        let names = self.series.iter().map(|series| series.name.clone());
        let row = |(index, step): (usize, &String)| {
            let values = self.series.iter().map(|series| series.value(index).to_string());
            std::iter::once(step.clone()).chain(values).collect()
        };
        Table {
            columns: std::iter::once(self.across.clone()).chain(names).collect(),
            rows: self.steps.iter().enumerate().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[u32]) -> Series {
        Series { name: name.into(), values: values.into() }
    }

    fn plot(shape: Shape, series: Vec<Series>) -> Plot {
        Plot {
            title: "Most was found on <Tuesday> & Friday, which is a sentence long enough to take two lines"
                .into(),
            description: "Tuesday \"four\"".into(),
            shape,
            across: "School day".into(),
            up: "Items".into(),
            steps: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"].map(String::from).into(),
            series,
            rest: "Other".into(),
        }
    }

    #[test]
    fn the_picture_is_well_formed_named_and_the_same_every_time() {
        for shape in [Shape::Bars, Shape::Lines] {
            for medium in [Medium::Page, Medium::Paper] {
                let many =
                    vec![series("Self-harm & <b>", &[1, 40, 0, 2, 3]), series("Bullying", &[0, 2, 1, 0, 1])];
                for series in [many, vec![series("None", &[0; 5])], vec![series("Short", &[7])], vec![]] {
                    let plot = plot(shape, series);
                    let svg = plot.svg("week", medium);
                    assert_eq!(svg, plot.svg("week", medium));
                    let tree = roxmltree::Document::parse(&svg).unwrap();
                    let text = |name: &str| {
                        tree.root_element().children().find(|node| node.has_tag_name(name)).unwrap().text()
                    };
                    assert_eq!(text("title"), Some(plot.title.as_str()));
                    assert_eq!(text("desc"), Some("Tuesday \"four\""));
                    assert_eq!(tree.root_element().attribute("role"), Some("img"));
                    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                }
            }
        }
    }

    #[test]
    fn paper_has_plain_colours_and_a_page_its_style_sheets() {
        let plot = plot(Shape::Bars, vec![series("Self-harm", &[1, 4, 0, 2, 3])]);
        assert!(!plot.svg("week", Medium::Paper).contains("var("));
        assert!(plot.svg("week", Medium::Page).contains("fill=\"var(--plot-1, #14213D)\""));
    }

    #[test]
    fn the_table_says_what_the_picture_says() {
        let plot = plot(Shape::Bars, vec![series("Self-harm", &[1, 4]), series("Drugs", &[0, 2, 1, 0, 1])]);
        let table = plot.table();
        assert_eq!(table.columns, ["School day", "Self-harm", "Drugs"]);
        assert_eq!(table.rows[1], ["Tuesday", "4", "2"]);
        assert_eq!(table.rows[4], ["Friday", "0", "1"]);
    }

    #[test]
    fn the_last_series_are_drawn_together_and_the_table_has_them_all() {
        let all: Vec<Series> = (0..7).map(|number| series(&number.to_string(), &[number, 1])).collect();
        let plot = plot(Shape::Bars, all);
        let drawn = plot.drawn();
        let names: Vec<&str> = drawn.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["0", "1", "2", "3", "Other"]);
        assert_eq!(drawn[4].values[..2], [15, 3]);
        assert_eq!(plot.table().columns.len(), 8);
    }
}
