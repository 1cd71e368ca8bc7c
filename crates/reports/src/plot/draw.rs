//! Draws a plot. Coordinates are in the picture's own units, which a page scales to its width.

use std::fmt::Write as _;

use super::ink::Ink;
use super::{Medium, Plot, Series, Shape};

const WIDTH: f64 = 720.0;
/// Where the steps begin; left of it stand the numbers of the axis.
const LEFT: f64 = 46.0;
/// Where the steps end; right of it stand the names of the series.
const RIGHT: f64 = 520.0;
const PLOT_HEIGHT: f64 = 150.0;
const TITLE_SIZE: f64 = 19.0;
const TEXT_SIZE: f64 = 15.0;
const LINE_HEIGHT: f64 = 25.0;
/// How many letters of the title fit on a line, for a letter half as wide as it is high.
const TITLE_LETTERS: usize = 72;
/// How many letters of a series' name fit beside the picture.
const NAME_LETTERS: usize = 22;
/// A bar lower than this has no room for its number.
const NUMBER_HEIGHT: f64 = 17.0;
/// The shortest axis.
const LEAST_HIGHEST: u32 = 3;
/// The widest a bar may get.
const BAR_WIDTH: f64 = 64.0;

/// The picture under construction.
struct Picture<'a> {
    plot: &'a Plot,
    series: &'a [Series],
    medium: Medium,
    /// Where the steps' area begins, below title and label.
    top: f64,
    /// The value at its upper end.
    highest: u32,
    out: String,
}

pub(super) fn svg(plot: &Plot, id: &str, medium: Medium) -> String {
    let title = wrap(&plot.title, TITLE_LETTERS);
    let top = 10.0 + lines(title.len()) * LINE_HEIGHT + 42.0;
    let series = plot.drawn();
    let highest = round_up(highest(plot, &series));
    let mut picture = Picture { plot, series: &series, medium, top, highest, out: String::new() };
    picture.begin(id);
    for (index, line) in (0_u32..).zip(&title) {
        let y = 10.0 + f64::from(index + 1) * LINE_HEIGHT - 7.0;
        picture.text((0.0, y), line, TITLE_SIZE, "start\" font-weight=\"700", Ink::Text);
    }
    picture.axes();
    match plot.shape {
        Shape::Bars => picture.bars(),
        Shape::Lines => picture.lines(),
    }
    picture.out.push_str("</svg>\n");
    picture.out
}

impl Picture<'_> {
    fn begin(&mut self, id: &str) {
        let height = self.top + PLOT_HEIGHT + 52.0;
        // A page's own type is right there; a file of its own names the house's.
        let font = match self.medium {
            Medium::Page => "inherit",
            Medium::Paper => "Atkinson Hyperlegible Next, sans-serif",
        };
        let title = escape(&self.plot.title);
        let desc = escape(&self.plot.description);
        let id = escape(id);
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{font}\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{desc}</desc>\n"
        ));
    }

    fn put(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        self.out.write_fmt(what).unwrap_or_default();
    }

    fn text(&mut self, (x, y): (f64, f64), words: &str, size: f64, anchor: &str, ink: Ink) {
        let (ink, words) = (ink.value(self.medium), escape(words));
        self.put(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{ink}\">{words}</text>\n"
        ));
    }

    fn rule(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), ink: Ink, width: f64) {
        let ink = ink.value(self.medium);
        self.put(format_args!(
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{ink}\" stroke-width=\"{width}\"/>\n"
        ));
    }

    fn y(&self, value: u32) -> f64 {
        self.top + PLOT_HEIGHT * (1.0 - f64::from(value) / f64::from(self.highest.max(1)))
    }

    /// The middle of a step, and how wide a step is.
    fn x(&self, step: usize) -> (f64, f64) {
        let wide = (RIGHT - LEFT) / lines(self.plot.steps.len().max(1));
        (LEFT + wide * (lines(step) + 0.5), wide)
    }

    fn axes(&mut self) {
        let plot = self.plot;
        self.text((0.0, self.top - 26.0), &plot.up, TEXT_SIZE, "start", Ink::Text);
        for tick in ticks(self.highest) {
            let y = self.y(tick);
            let (ink, width) = if tick == 0 { (Ink::Text, 1.5) } else { (Ink::Line, 1.0) };
            self.rule((LEFT, y), (RIGHT, y), ink, width);
            self.text((LEFT - 9.0, y + 5.0), &tick.to_string(), TEXT_SIZE, "end", Ink::Text);
        }
        let below = self.top + PLOT_HEIGHT;
        for (index, step) in plot.steps.iter().enumerate() {
            self.text((self.x(index).0, below + 21.0), step, TEXT_SIZE, "middle", Ink::Text);
        }
        let middle = f64::midpoint(LEFT, RIGHT);
        self.text((middle, below + 45.0), &plot.across, TEXT_SIZE, "middle", Ink::Text);
    }

    fn bars(&mut self) {
        let plot = self.plot;
        for step in 0..plot.steps.len() {
            let (middle, wide) = self.x(step);
            let bar = (wide * 0.7).min(BAR_WIDTH);
            let mut below = 0_u32;
            for (index, series) in self.series.iter().enumerate() {
                let value = series.value(step);
                let sum = below.saturating_add(value);
                let (upper, lower) = (self.y(sum), self.y(below));
                below = sum;
                if value > 0 {
                    self.bar((middle - bar / 2.0, upper, bar, lower - upper), value, index);
                }
            }
            if below > 0 && self.series.len() > 1 {
                self.text((middle, self.y(below) - 7.0), &below.to_string(), TEXT_SIZE, "middle", Ink::Text);
            }
        }
        // Named in the order they lie in the stack: the first is at the bottom.
        let names: Vec<(usize, &Series)> = self.series.iter().enumerate().rev().collect();
        let first = self.top + PLOT_HEIGHT - lines(names.len()) * LINE_HEIGHT + LINE_HEIGHT / 2.0;
        for (row, (index, series)) in names.into_iter().enumerate() {
            self.name(first + lines(row) * LINE_HEIGHT, index, series, true);
        }
    }

    fn bar(&mut self, (x, y, width, height): (f64, f64, f64, f64), value: u32, series: usize) {
        // A little paper shows between two parts of a stack.
        let (fill, drawn) = (Ink::Series(series).value(self.medium), (height - 1.5).max(0.5));
        self.put(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{drawn:.1}\" fill=\"{fill}\"/>\n"
        ));
        if height >= NUMBER_HEIGHT {
            let at = (x + width / 2.0, y + height / 2.0 + 5.0);
            self.text(at, &value.to_string(), TEXT_SIZE, "middle", Ink::On(series));
        }
    }

    fn lines(&mut self) {
        let plot = self.plot;
        let last = plot.steps.len().saturating_sub(1);
        let mut names: Vec<(f64, usize, &Series)> = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            let mut path = String::new();
            for step in 0..plot.steps.len() {
                let (x, y) = (self.x(step).0, self.y(series.value(step)));
                let letter = if step == 0 { 'M' } else { 'L' };
                // Writing to a string cannot fail.
                write!(path, "{letter}{x:.1} {y:.1}").unwrap_or_default();
            }
            let ink = Ink::Series(index).value(self.medium);
            self.put(format_args!(
                "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"3\" stroke-linejoin=\"round\" \
                 stroke-linecap=\"round\"/>\n"
            ));
            names.push((self.y(series.value(last)), index, series));
        }
        if plot.steps.is_empty() {
            return;
        }
        // Each name beside its line's end, moved down where it would lie on another.
        names.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut free = self.top;
        let lowest = self.top + PLOT_HEIGHT - lines(names.len()) * LINE_HEIGHT;
        for (row, (y, index, series)) in names.into_iter().enumerate() {
            let at = y.max(free).min(lowest + lines(row + 1) * LINE_HEIGHT);
            free = at + LINE_HEIGHT;
            self.name(at, index, series, false);
        }
    }

    fn name(&mut self, y: f64, index: usize, series: &Series, with_total: bool) {
        let (ink, x) = (Ink::Series(index).value(self.medium), RIGHT + 22.0);
        self.put(format_args!(
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" rx=\"2\" fill=\"{ink}\"/>\n",
            y - 7.0
        ));
        let mut words = shorten(&series.name, NAME_LETTERS);
        if with_total {
            // Writing to a string cannot fail.
            write!(words, " {}", series.total()).unwrap_or_default();
        }
        self.text((x + 22.0, y + 5.0), &words, TEXT_SIZE, "start", Ink::Text);
    }
}

/// The highest value drawn.
fn highest(plot: &Plot, series: &[Series]) -> u32 {
    let steps = 0..plot.steps.len();
    let stack = |step| series.iter().map(|series| series.value(step)).fold(0, u32::saturating_add);
    let line = |step| series.iter().map(|series| series.value(step)).max().unwrap_or(0);
    match plot.shape {
        Shape::Bars => steps.map(stack).max().unwrap_or(0),
        Shape::Lines => steps.map(line).max().unwrap_or(0),
    }
}

/// How far apart the numbers of an axis stand: 1, 2 or 5 with noughts, so that there are at most five beside the 0.
fn spacing(highest: u32) -> u32 {
    let round = (0..10).flat_map(|noughts| [1, 2, 5].map(|digit| digit * 10_u64.pow(noughts)));
    let fits = |spacing: &u64| u64::from(highest).div_ceil(*spacing) <= 5;
    round.into_iter().find(fits).and_then(|spacing| u32::try_from(spacing).ok()).unwrap_or(u32::MAX)
}

/// Where the axis ends. It is never so short that a single item fills it.
fn round_up(highest: u32) -> u32 {
    let highest = highest.max(LEAST_HIGHEST);
    let spacing = spacing(highest);
    highest.div_ceil(spacing).saturating_mul(spacing)
}

fn ticks(highest: u32) -> impl Iterator<Item = u32> {
    let spacing = spacing(highest);
    (0..=highest / spacing).map(move |number| number * spacing)
}

/// A small number of things as a length.
fn lines(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match wrapped.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= letters) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => wrapped.push(shorten(word, letters)),
        }
    }
    wrapped
}

fn shorten(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

/// Escapes text for XML, and leaves out what XML 1.0 cannot hold at all.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_round_numbers() {
        let axis = |highest| ticks(round_up(highest)).collect::<Vec<_>>();
        assert_eq!(axis(0), [0, 1, 2, 3]);
        assert_eq!(axis(3), [0, 1, 2, 3]);
        assert_eq!(axis(7), [0, 2, 4, 6, 8]);
        assert_eq!(axis(23), [0, 5, 10, 15, 20, 25]);
        assert_eq!(axis(101), [0, 50, 100, 150]);
        assert_eq!(axis(999), [0, 200, 400, 600, 800, 1000]);
        assert!(axis(u32::MAX).len() < 7);
    }
}
