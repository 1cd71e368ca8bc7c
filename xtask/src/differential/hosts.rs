//! Which names are asked about: listed ones, and what is near them in every way a reader may get wrong.

use super::ours::Ours;

/// What is odd about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Oddity {
    /// Nothing: it stands in a list.
    Listed,
    /// It is `www.` before one that does.
    Www,
    /// It is below one that does.
    Below,
    /// It is above one that does.
    Above,
    /// It ends like one that does, within a label.
    Beside,
    /// It begins like one that does.
    Before,
    /// It is one that does, in capitals.
    Capitals,
    /// It is one that does, with the root's dot.
    TrailingDot,
    /// It is a line that begins with a dot, as some lists write "and all below it"; no name does.
    LeadingDot,
    /// It is an address that stands in a list.
    Number,
    /// It is one that does, and not written in plain letters.
    Letters,
    /// It is in no list.
    Unlisted,
}

/// A name to ask about.
#[derive(Debug)]
pub(crate) struct Asked {
    /// As asked.
    pub(crate) name: String,
    /// What is odd about it.
    pub(crate) oddity: Oddity,
}

/// In the order in which they take turns.
const TURNS: [Oddity; 10] = [
    Oddity::Listed,
    Oddity::Www,
    Oddity::Listed,
    Oddity::Below,
    Oddity::Above,
    Oddity::Beside,
    Oddity::Listed,
    Oddity::Before,
    Oddity::Capitals,
    Oddity::TrailingDot,
];

/// One in so many names is of no list.
const UNLISTED: usize = 10;

/// Chooses so many names, the same ones every time, from every folder in turn.
pub(super) fn choose(ours: &Ours, count: usize) -> Vec<Asked> {
    let lines = spread(ours, count);
    let mut asked = Vec::with_capacity(count);
    for (turn, line) in lines.into_iter().enumerate() {
        if turn % UNLISTED == 0 {
            let name = format!("page-{turn}.unlisted-{}.example", turn % 97);
            asked.push(Asked { name, oddity: Oddity::Unlisted });
        }
        let turned = TURNS.get(turn % TURNS.len()).copied().unwrap_or(Oddity::Listed);
        asked.push(vary(&line, turned));
    }
    asked.truncate(count);
    asked
}

/// Lines from all folders: small ones whole, of large ones every so many.
fn spread(ours: &Ours, count: usize) -> Vec<String> {
    let share = count / ours.folders.len().max(1);
    let large: usize = ours.folders.iter().map(|folder| folder.lines.len().saturating_sub(share)).sum();
    let small: usize = ours.folders.iter().map(|folder| folder.lines.len().min(share)).sum();
    let left = count.saturating_sub(small).max(1);
    let step = large.div_ceil(left).max(1);
    let of_folder = |lines: &[String]| -> Vec<String> {
        let first = lines.iter().take(share);
        let rest = lines.iter().skip(share).step_by(step);
        first.chain(rest).cloned().collect()
    };
    ours.folders.iter().flat_map(|folder| of_folder(&folder.lines)).collect()
}

fn vary(line: &str, turned: Oddity) -> Asked {
    let line = line.trim();
    if line.parse::<std::net::IpAddr>().is_ok() {
        return Asked { name: line.to_owned(), oddity: Oddity::Number };
    }
    if line.starts_with('.') {
        return Asked { name: line.to_owned(), oddity: Oddity::LeadingDot };
    }
    if !line.is_ascii() {
        return Asked { name: line.to_owned(), oddity: Oddity::Letters };
    }
    let name = match turned {
        Oddity::Www => format!("www.{line}"),
        Oddity::Below => format!("a.b-c.{line}"),
        Oddity::Above => line.split_once('.').map_or(line, |(_, above)| above).to_owned(),
        Oddity::Beside => format!("x{line}"),
        Oddity::Before => format!("{line}.example"),
        Oddity::Capitals => line.to_uppercase(),
        Oddity::TrailingDot => format!("{line}."),
        Oddity::Listed | Oddity::LeadingDot | Oddity::Number | Oddity::Letters | Oddity::Unlisted => {
            line.to_owned()
        }
    };
    Asked { name, oddity: turned }
}
