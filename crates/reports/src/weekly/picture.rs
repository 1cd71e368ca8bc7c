//! The report's plot: what was found, by school day and theme.

use usher_scan::theme::Theme;
use usher_words::Words;

use super::{Day, Gravity, Weekly};
use crate::plot::{Plot, Series, Shape};
use crate::say::Say;

/// Longer than this, days are told by their date.
const WEEK_DAYS: usize = 7;

impl Weekly {
    /// What was found by day and theme; none in a week without items, which needs no picture.
    pub fn plot(&self, words: &Words) -> Option<Plot> {
        let say = Say::new(words, &self.period.zone);
        let steps: Vec<String> = self.days.iter().map(|day| self.step(say, day)).collect();
        let series = |theme: Theme| {
            let values: Vec<u32> =
                self.days.iter().map(|day| day.themes.get(&theme).copied().unwrap_or(0)).collect();
            Series { name: say.theme(theme), values }
        };
        let mut themes = Theme::ALL;
        themes.sort_by_key(|theme| std::cmp::Reverse(self.gravest(*theme)));
        let mut series: Vec<Series> = themes.into_iter().map(series).collect();
        series.retain(|series| series.total() > 0);
        if series.is_empty() {
            return None;
        }
        let totals: Vec<u32> = self.days.iter().map(|day| day.themes.values().sum()).collect();
        Some(Plot {
            title: title(say, &steps, &totals),
            description: description(say, &steps, &totals, &series),
            shape: Shape::Bars,
            across: say.plain("report-plot-across"),
            up: say.plain("report-plot-up"),
            steps,
            series,
            rest: say.plain("report-plot-rest"),
        })
    }

    /// How grave the gravest item of a theme is, and how many items it has: what comes first in the picture.
    fn gravest(&self, theme: Theme) -> (u8, u32) {
        let of_theme = |gravity: &&Gravity| gravity.items.iter().any(|item| item.phrase.theme == theme);
        let severity = self.gravities.iter().find(of_theme).map_or(0, |gravity| gravity.severity);
        (severity, self.days.iter().filter_map(|day| day.themes.get(&theme)).sum())
    }

    fn step(&self, say: Say<'_>, day: &Day) -> String {
        if self.days.len() > WEEK_DAYS {
            day.date.strftime("%-d %b").to_string()
        } else {
            say.weekday(day.date)
        }
    }
}

/// The finding: the day that stands out, or that none does.
fn title(say: Say<'_>, steps: &[String], totals: &[u32]) -> String {
    let all: u32 = totals.iter().sum();
    let most = totals.iter().copied().max().unwrap_or(0);
    let mut with_most = steps.iter().zip(totals).filter(|(_, total)| **total == most);
    match (with_most.next(), with_most.next()) {
        (Some((day, _)), None) => say.say(
            "report-plot-title-day",
            &[("day", day.into()), ("most", most.into()), ("items", all.into())],
        ),
        _ => {
            let days = totals.iter().filter(|total| **total > 0).count();
            say.say("report-plot-title-spread", &[("items", all.into()), ("days", days.into())])
        }
    }
}

fn description(say: Say<'_>, steps: &[String], totals: &[u32], series: &[Series]) -> String {
    let pair = |(name, total): (&String, u32)| format!("{name} {total}");
    let days: Vec<String> = steps.iter().zip(totals.iter().copied()).map(pair).collect();
    let themes: Vec<String> = series.iter().map(|series| pair((&series.name, series.total()))).collect();
    say.say(
        "report-plot-description",
        &[("days", days.join(", ").into()), ("themes", themes.join(", ").into())],
    )
}
