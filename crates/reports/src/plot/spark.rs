//! A plot as small as a word: bars without axes, beside the figures it stands for.

use std::fmt::Write as _;

use super::Medium;
use super::ink::Ink;

/// Units a bar takes, with the gap after it.
const STEP: u32 = 8;
const BAR: u32 = 6;
const HEIGHT: f64 = 24.0;

/// The picture of these values. It has no words: whoever shows it says the figures beside it.
pub fn spark(values: &[u32], medium: Medium) -> String {
    let highest = f64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let width = u32::try_from(values.len().max(1)).unwrap_or(1) * STEP;
    let (ink, line) = (Ink::Series(2).value(medium), Ink::Line.value(medium));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"spark\" viewBox=\"0 0 {width} 26\" width=\"{width}\" height=\"26\" \
         aria-hidden=\"true\" focusable=\"false\"><path d=\"M0 25.5H{width}\" stroke=\"{line}\"/>"
    );
    for (index, value) in (0_u32..).zip(values) {
        if *value > 0 {
            // What happened once is still to be seen beside what happened a thousand times.
            let high = (HEIGHT * f64::from(*value) / highest).max(1.5);
            let (x, y) = (index * STEP, 25.0 - high);
            // Writing to a string cannot fail.
            write!(out, "<rect x=\"{x}\" y=\"{y:.1}\" width=\"{BAR}\" height=\"{high:.1}\" fill=\"{ink}\"/>")
                .unwrap_or_default();
        }
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_for_each_week_something_happened_in_and_none_for_the_others() {
        let svg = spark(&[0, 1, 1_000, 0], Medium::Paper);
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        assert!(svg.contains("height=\"24.0\"") && svg.contains("height=\"1.5\""), "{svg}");
        assert!(
            roxmltree::Document::parse(&svg).is_ok()
                && roxmltree::Document::parse(&spark(&[], Medium::Page)).is_ok()
        );
    }
}
