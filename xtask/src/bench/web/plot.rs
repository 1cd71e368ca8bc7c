//! The picture: for each work, how many times in our favour each peer stands, on one scale of powers.

use std::fmt::Write as _;

use super::outcome::Outcome;
use super::servers::Kind;

const WIDTH: f64 = 860.0;
const LABELS: f64 = 360.0;
const BAR: f64 = 20.0;
const STEP: f64 = 26.0;
const TOP: f64 = 62.0;
/// The scale ends at this many times; what is beyond says so in figures.
const MOST: f64 = 100.0;
const LEAST: f64 = 0.25;

/// Draws it.
pub(super) fn svg(outcome: &Outcome) -> String {
    let rows: Vec<(String, f64)> = outcome
        .works()
        .into_iter()
        .flat_map(|work| {
            let peers = outcome.compared(work).into_iter().filter(|(kind, ..)| *kind != Kind::Usher);
            peers.map(move |(kind, _, better)| (format!("{}: {}", work.title(), kind.title()), better))
        })
        .collect();
    let height = TOP + STEP * rows.len() as f64 + 16.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>Usher beside its peers</title>\n\
         <desc>For each work and peer, how many times less Usher spends.</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"bold\">How many times less Usher spends</text>\n"
    );
    for mark in [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0] {
        let (x, weight) = (x(mark), if mark == 1.0 { 2 } else { 1 });
        let _written = writeln!(
            out,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.0}\" y2=\"{height:.0}\" stroke=\"#b1b4b6\" stroke-width=\"{weight}\"/>\
             <text x=\"{x:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{mark}</text>",
            TOP - 10.0,
            TOP - 16.0
        );
    }
    for (number, (label, better)) in rows.iter().enumerate() {
        let y = TOP + STEP * number as f64;
        let (from, to) = (x(1.0).min(x(*better)), x(1.0).max(x(*better)));
        let fill = if *better >= 1.0 { "#00703c" } else { "#d4351c" };
        let said = if *better >= 1.0 { to + 6.0 } else { x(1.0) + 6.0 };
        let _written = writeln!(
            out,
            "<text x=\"12\" y=\"{:.1}\">{label}</text><rect x=\"{from:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\" \
             fill=\"{fill}\"/><text x=\"{said:.1}\" y=\"{:.1}\">{better:.2}</text>",
            y + 15.0,
            to - from,
            y + 15.0
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Where so many times stands.
fn x(times: f64) -> f64 {
    let share = (times.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln();
    LABELS + share * (WIDTH - LABELS - 60.0)
}
