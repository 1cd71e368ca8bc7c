//! Colours and where they come from.

/// Where a plot is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// In a page, whose style sheet may set the colours.
    Page,
    /// On paper or in a file of its own.
    Paper,
}

/// A colour by its part in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Words, and the axis.
    Text,
    /// Lines that help the eye.
    Line,
    /// The series with this index.
    Series(usize),
    /// Words on that series.
    On(usize),
}

/// The colours of series, from dark to light and back so that neighbours differ: ink, sky, teal, sun, clay.
pub(crate) const SERIES: [&str; super::MOST_SERIES] = ["#14213D", "#7DB8DC", "#0B6E69", "#F2B705", "#B5532A"];

impl Ink {
    /// The value of a `fill` or `stroke`.
    pub(crate) fn value(self, medium: Medium) -> String {
        let (name, hex) = match self {
            Self::Text => ("ink".to_owned(), "#14213D"),
            Self::Line => ("line".to_owned(), "#C9D1DA"),
            Self::Series(index) => {
                let index = index % SERIES.len();
                ((index + 1).to_string(), SERIES.get(index).copied().unwrap_or("#14213D"))
            }
            Self::On(index) => {
                let index = index % SERIES.len();
                // Sky and sun are light.
                (format!("on-{}", index + 1), if matches!(index, 1 | 3) { "#14213D" } else { "#FFFFFF" })
            }
        };
        match medium {
            Medium::Page => format!("var(--plot-{name}, {hex})"),
            Medium::Paper => hex.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f64; 3];

    /// What people with no red, green or blue cones see, in linear light (Machado, Oliveira and Fernandes 2009, full
    /// severity).
    const SIGHTS: [(&str, [Rgb; 3]); 4] = [
        ("all three", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "no red",
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
        ),
        (
            "no green",
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
        ),
        (
            "no blue",
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        ),
    ];

    fn linear(hex: &str) -> Rgb {
        [1, 3, 5].map(|from| {
            let part = f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap()) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn seen(colour: Rgb, sight: &[Rgb; 3]) -> Rgb {
        sight.map(|row| (0..3).map(|part| row[part] * colour[part]).sum::<f64>().clamp(0.0, 1.0))
    }

    fn luminance(colour: Rgb) -> f64 {
        0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
    }

    /// CIE 1976 L*a*b* under D65.
    fn lab(colour: Rgb) -> Rgb {
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * colour[0] + 0.3576 * colour[1] + 0.1805 * colour[2]) / 0.9505);
        let y = f(luminance(colour));
        let z = f((0.0193 * colour[0] + 0.1192 * colour[1] + 0.9505 * colour[2]) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn series_are_told_apart_with_any_colour_vision() {
        for (name, sight) in &SIGHTS {
            for (index, one) in SERIES.iter().enumerate() {
                for other in &SERIES[index + 1..] {
                    let (a, b) = (lab(seen(linear(one), sight)), lab(seen(linear(other), sight)));
                    let far = (0..3).map(|part| (a[part] - b[part]).powi(2)).sum::<f64>().sqrt();
                    assert!(far > 20.0, "{one} and {other} with {name}: {far:.1}");
                }
            }
        }
    }

    #[test]
    fn numbers_in_bars_can_be_read() {
        let contrast = |one: &str, other: &str| {
            let (a, b) = (luminance(linear(one)) + 0.05, luminance(linear(other)) + 0.05);
            if a > b { a / b } else { b / a }
        };
        for (index, colour) in SERIES.iter().enumerate() {
            let words = Ink::On(index).value(Medium::Paper);
            assert!(contrast(colour, &words) >= 4.5, "{colour}");
        }
    }
}
