//! How often ordinary words are taken for something that should not leave, and how long looking takes.
//!
//! ```sh
//! cargo run --release -p usher-scan --example sent -- FILE…
//! ```
//!
//! Each file holds one text a line, as people send or search it; a line that begins with `0` and a tab is ordinary, one
//! with `1` and a tab is not and is passed over. Prints, for each file, how many of its ordinary lines are of each kind,
//! with the first few, and the time for a long post with a register of 5,000. The files are nobody's to hand on and not
//! part of the repository.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use usher_scan::features::SentKind;
use usher_scan::form;
use usher_scan::personal::{Entry, PersonalBook};
use usher_scan::sent::look;
use usher_scan::theme::Themes;
use usher_types::ids::PersonId;
use usher_types::url::WebAddress;

/// Texts shown of each kind.
const SHOWN: usize = 12;
/// Times a long post is looked at.
const ROUNDS: u32 = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let (themes, address) = (Themes::built_in()?, WebAddress::parse("https://chat.example/send")?);
    let book = register(5_000);
    let mut out = std::io::stdout().lock();
    for file in std::env::args().skip(1) {
        let text = fs::read_to_string(&file)?;
        let lines = text.lines().filter(|line| !line.starts_with("1\t"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix("0\t").unwrap_or(line)).collect();
        let mut by_kind: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for line in &lines {
            let form =
                form::Form { fields: vec![("text".to_owned(), (*line).to_owned())], ..Default::default() };
            let Some(sent) = look(&form, &address, &book, &themes) else { continue };
            sent.kinds.iter().for_each(|kind| by_kind.entry(format!("{kind:?}")).or_default().push(line));
            for hit in sent.themes {
                by_kind.entry(format!("theme {}", hit.theme)).or_default().push(line);
            }
        }
        writeln!(out, "{file}: {} lines", lines.len())?;
        for (kind, found) in by_kind {
            writeln!(out, "  {kind}: {} per 1,000 ({})", found.len() * 1_000 / lines.len(), found.len())?;
            for line in found.iter().take(SHOWN) {
                writeln!(out, "      {line}")?;
            }
        }
        let words: String = lines.join(" ").chars().take(100_000).collect();
        time(&mut out, &words, &book, &themes, &address)?;
    }
    Ok(())
}

/// How long a post of these words takes: taken apart, looked for in the register alone, and looked at in all.
fn time(
    out: &mut impl std::io::Write,
    words: &str,
    book: &PersonalBook,
    themes: &Themes,
    address: &WebAddress,
) -> Result<(), Box<dyn Error>> {
    let body = format!("{{\"text\":\"{}\"}}", words.replace(['"', '\\'], " "));
    let (read, form) = best(|| form::read(Some("application/json"), body.as_bytes()));
    let (found, _) = best(|| book.find(words));
    let (looked, sent) = best(|| look(&form, address, book, themes));
    let kinds: Vec<SentKind> = sent.map(|sent| sent.kinds).unwrap_or_default();
    writeln!(out, "  {} bytes: read {read:?}, register {found:?}, all {looked:?} ({kinds:?})", body.len())?;
    Ok(())
}

/// The shortest of several times, which other work on the machine lengthens least.
#[expect(clippy::disallowed_methods, reason = "a figure printed for people, which nothing decides by")]
fn best<T>(mut act: impl FnMut() -> T) -> (Duration, T) {
    let mut once = || {
        let begun = Instant::now();
        let result = act();
        (begun.elapsed(), result)
    };
    let first = once();
    (0..ROUNDS).map(|_| once()).fold(first, |best, next| if next.0 < best.0 { next } else { best })
}

/// Invented people: each name of the one list with each of the other.
fn register(people: u64) -> PersonalBook {
    let syllables =
        ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "va", "we"];
    let name = |mut number: u64| {
        let mut name = String::new();
        for _ in 0..3 {
            let at = usize::try_from(number % 16).unwrap_or_default();
            name.push_str(syllables.get(at).copied().unwrap_or_default());
            number /= 16;
        }
        name
    };
    let entries = (0..people).map(|number| Entry {
        person: PersonId::new(number + 1),
        pupil: number % 10 != 0,
        given: vec![name(number * 7), name(number * 11 + 3)],
        family: format!("{}-{}", name(number), name(number / 3)),
        phones: vec![format!("07700 9{:05}", number), format!("0117 4{:06}", number)],
        postcodes: vec![format!("LS{} {}AB", number % 28 + 1, number % 10)],
        emails: vec![format!("p{number}@rowanhill.example")],
    });
    PersonalBook::new(entries, &["Rowan Hill Primary".to_owned()])
}
