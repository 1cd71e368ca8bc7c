//! Reading a policy somebody wrote, and naming everything that is wrong with it: the line, what, and what to do.
//!
//! Owns: finding the line again that a fault of the compiled form came from. Does not: judge what a policy says; a
//! policy without faults can still be an unwise one.

use usher_lists::category::CategoryTable;

use crate::document::PolicyDocument;
use crate::profile::{self, ProfileFault};
use crate::snapshot::{PolicyFault, faults};

/// The most faults that are looked for: whoever has more repairs these first.
const MOST_FAULTS: usize = 50;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, counting from 1; none when it is nowhere, because something is missing.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// Reads a policy.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub fn check(text: &str, table: &CategoryTable) -> Result<PolicyDocument, Vec<Fault>> {
    let document = match profile::policy(text) {
        Ok(document) => document,
        Err(first) => return Err(written_faults(text, first)),
    };
    let mut found: Vec<Fault> =
        faults(&document, table).into_iter().map(|fault| judged(text, &document, table, &fault)).collect();
    if found.is_empty() {
        return Ok(document);
    }
    found.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    Err(found)
}

/// Whether a policy that can be read leaves a category out that nobody can open (FM-27).
pub fn leaves_out_sealed(text: &str, table: &CategoryTable) -> bool {
    let unseals = |fault: &PolicyFault| matches!(fault, PolicyFault::Unsealed(_));
    profile::policy(text).is_ok_and(|document| faults(&document, table).iter().any(unseals))
}

/// What is wrong with how it is written. The reader stops at the first fault; so the line is left out, or where that does
/// not help its whole section, and the rest is read again.
fn written_faults(text: &str, first: ProfileFault) -> Vec<Fault> {
    let mut lines: Vec<&str> = text.lines().collect();
    let (mut found, mut next): (Vec<Fault>, _) = (Vec::new(), Some(first));
    while let Some(fault) = next.take() {
        let missing = fault.what.starts_with("missing field");
        let known = found.iter().any(|one| one.line == Some(fault.line));
        // What the whole file lacks after a section was left out, it lacks because of that.
        if found.len() >= MOST_FAULTS || known || (missing && fault.line <= 1 && !found.is_empty()) {
            break;
        }
        found.push(in_words(&fault));
        let again = |lines: &[&str]| profile::policy(&lines.join("\n")).err();
        if !missing {
            if let Some(slot) = lines.get_mut(fault.line.saturating_sub(1)) {
                *slot = "";
            }
            next = again(&lines);
        }
        let section = section_around(&lines, fault.line);
        let in_it = |other: &ProfileFault| section.contains(&other.line.saturating_sub(1));
        let nowhere = |other: &ProfileFault| other.what.starts_with("missing field") && other.line <= 1;
        let follows = |other: &ProfileFault| {
            nowhere(other)
                || (in_it(other) && (other.line == fault.line || other.what.starts_with("missing field")))
        };
        if missing || next.as_ref().is_some_and(follows) {
            lines.iter_mut().take(section.end).skip(section.start).for_each(|slot| *slot = "");
            next = again(&lines);
        }
    }
    found.sort_by_key(|fault| fault.line);
    found
}

/// The lines of the section a line is in, counting from 0.
fn section_around(lines: &[&str], line: usize) -> std::ops::Range<usize> {
    let at = line.saturating_sub(1).min(lines.len());
    let is_header = |text: &&str| text.starts_with('[');
    let begin = lines.iter().take(at + 1).rposition(is_header).unwrap_or(0);
    let end = lines.iter().skip(at + 1).position(is_header).map_or(lines.len(), |more| at + 1 + more);
    begin..end
}

/// The reader's words, made plainer where that is easy.
fn in_words(fault: &ProfileFault) -> Fault {
    let line = Some(fault.line);
    let what = fault.what.lines().collect::<Vec<_>>().join(" ");
    if let Some(rest) = what.strip_prefix("unknown field ") {
        let (name, known) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = known.trim_start_matches("one of ");
        return Fault {
            line,
            what: format!("{name} is nothing a policy can say here"),
            remedy: format!("take it out, or write one of {known}"),
        };
    }
    if let Some(rest) = what.strip_prefix("unknown variant ") {
        let (name, known) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = known.trim_start_matches("one of ");
        return Fault {
            line,
            what: format!("{name} cannot stand here"),
            remedy: format!("write one of {known}"),
        };
    }
    if let Some(name) = what.strip_prefix("missing field ") {
        return Fault {
            line,
            what: format!("{name} is not said"),
            remedy: format!("add a line that says {name}"),
        };
    }
    Fault { line, what, remedy: "write it as the other lines are written, or take it out".to_owned() }
}

fn judged(text: &str, document: &PolicyDocument, table: &CategoryTable, fault: &PolicyFault) -> Fault {
    let (place, word) = whereabouts(fault);
    let remedy = match fault {
        PolicyFault::NoSuchGroup { .. } => {
            let groups = document.groups.iter().map(|group| group.name.as_str());
            let known: Vec<&str> = groups.chain(document.sets.keys().map(String::as_str)).collect();
            format!("write one of {}, or add the group", known.join(", "))
        }
        PolicyFault::NoSuchCategory { name, .. } => nearest(name, table).map_or_else(
            || "write one of the names in lists/categories.toml".to_owned(),
            |near| format!("perhaps `{near}` is meant; all names are in lists/categories.toml"),
        ),
        PolicyFault::Twice(_) => "take one of the two out, or make one of both".to_owned(),
        PolicyFault::TooManyGroups => "put groups that are treated alike together".to_owned(),
        PolicyFault::EmptyGroup(_) => "give it `kinds` or `roles`, or take it out".to_owned(),
        PolicyFault::OneGroupOnly => "write at least a group of pupils and one of adults".to_owned(),
        PolicyFault::UnknownNotSaid(group) => format!("add `{group} = \"block\"` under [unknown]"),
        PolicyFault::Unsealed(name) => format!("write `{name}` among `sealed`"),
        PolicyFault::LimitTooLow(_) => "write a number above zero; ordinary pages stay under 30".to_owned(),
        PolicyFault::Calendar(_) => "put the days and times right, earliest first".to_owned(),
        PolicyFault::OddVerdict { .. } => "write `allow`, `hold` or `block`".to_owned(),
        PolicyFault::SafeSearchTable(_) | PolicyFault::WrapperTable(_) | PolicyFault::KeptList(_) => {
            "nothing in the policy helps: this version of Usher is broken, so tell its makers".to_owned()
        }
        PolicyFault::OddMust { .. } => "give it `who`, and a `url` or a `category`".to_owned(),
    };
    Fault { line: line_of(text, &place, word.as_deref()), what: fault.to_string(), remedy }
}

/// The place a fault names, and the word in it.
fn whereabouts(fault: &PolicyFault) -> (String, Option<String>) {
    match fault {
        PolicyFault::NoSuchGroup { place, name } | PolicyFault::NoSuchCategory { place, name } => {
            (place.clone(), Some(name.clone()))
        }
        PolicyFault::OddVerdict { place, verdict } => (place.clone(), Some((*verdict).to_owned())),
        PolicyFault::Twice(place) => (place.clone(), None),
        PolicyFault::EmptyGroup(name) => (format!("group `{name}`"), None),
        PolicyFault::TooManyGroups | PolicyFault::OneGroupOnly => ("group".to_owned(), None),
        PolicyFault::UnknownNotSaid(_) => ("unknown".to_owned(), None),
        PolicyFault::Unsealed(_) => ("sealed".to_owned(), None),
        PolicyFault::LimitTooLow(name) => ("content".to_owned(), Some(name.clone())),
        PolicyFault::Calendar(fault) => {
            let text = fault.to_string();
            let name = text.rsplit('`').nth(1).map(str::to_owned);
            ("calendar".to_owned(), name)
        }
        PolicyFault::SafeSearchTable(_) => ("safe-search".to_owned(), None),
        PolicyFault::KeptList(_) => ("inspection".to_owned(), None),
        PolicyFault::WrapperTable(_) => ("wrappers".to_owned(), None),
        PolicyFault::OddMust { sentence, .. } => (format!("must `{sentence}`"), None),
    }
}

/// One section of the file: its header, and its lines with their numbers.
struct Section<'a> {
    header: &'a str,
    lines: Vec<(usize, &'a str)>,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut found = vec![Section { header: "", lines: Vec::new() }];
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            let header = line.split('#').next().unwrap_or_default().trim();
            let header = header.trim_matches(|c| c == '[' || c == ']').trim();
            found.push(Section { header, lines: Vec::new() });
        }
        if let Some(section) = found.last_mut() {
            section.lines.push((index + 1, line));
        }
    }
    found
}

/// The line of a word in a place: ``rule `id` ``, `hours`, `sealed`. Of a place that is there twice, the last.
fn line_of(text: &str, place: &str, word: Option<&str>) -> Option<usize> {
    let mut parts = place.split('`');
    let (kind, name) = (parts.next()?.trim(), parts.next());
    let kind = if kind == "set" { "sets" } else { kind };
    let named = |section: &&Section<'_>| {
        let belongs = section.header == kind || section.header.split('.').next() == Some(kind);
        let has_name = |name: &str| {
            let quoted = format!("\"{name}\"");
            section.lines.iter().any(|(_, line)| {
                let key = line.split('=').next().unwrap_or_default().trim();
                let says = matches!(key, "id" | "name" | "sentence") && line.contains(&quoted);
                says || (kind == "sets" && key == name)
            })
        };
        belongs && name.is_none_or(has_name)
    };
    let all = sections(text);
    let fitting: Vec<&Section<'_>> = all.iter().filter(named).collect();
    let has_word = |line: &str| {
        word.is_some_and(|word| {
            let code = line.split(" #").next().unwrap_or_default();
            code.contains(&format!("\"{word}\""))
                || code.split('=').next().is_some_and(|key| key.trim() == word)
        })
    };
    let within = fitting.iter().flat_map(|section| &section.lines).find(|(_, line)| has_word(line));
    let top = || all.first()?.lines.iter().find(|(_, line)| line.starts_with(kind));
    let head = || fitting.last()?.lines.first();
    within.or_else(head).or_else(top).map(|&(number, _)| number)
}

/// The category whose name is nearest, if any is near.
fn nearest<'a>(name: &str, table: &'a CategoryTable) -> Option<&'a str> {
    let all = usher_lists::category::CategorySet::ALL;
    let names = table.names_in(all).map(usher_lists::category::Category::as_str);
    let near = names.map(|known| (distance(name, known), known)).min()?;
    (near.0 <= 3 || near.1.starts_with(name)).then_some(near.1)
}

/// How many letters must be changed, put in or taken out (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        for (wanted, (diagonal, above)) in other.chars().zip(row.iter().zip(row.iter().skip(1))) {
            left = (diagonal + usize::from(letter != wanted)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_lists::category::Catalogue;

    fn faults_of(text: &str) -> Vec<Fault> {
        check(text, &Catalogue::ours().unwrap().table()).unwrap_err()
    }

    #[test]
    fn the_starting_policy_has_no_fault_and_is_read_back_as_it_is_written() {
        let table = Catalogue::ours().unwrap().table();
        let policy = check(profile::STARTING_POLICY, &table).unwrap();
        let written = toml::to_string_pretty(&policy).unwrap();
        assert_eq!(check(&written, &table).unwrap(), policy);
    }

    #[test]
    fn every_unknown_key_is_named_with_its_line() {
        let text = profile::STARTING_POLICY.replace("title = \"Years 3 and 4\"", "titel = \"Years 3 and 4\"");
        let text = text
            .replace("[lessons]\nfor =", "[lessons]\nfro =")
            .replace("why = \"Steals.\"", "whi = \"Steals.\"");
        let found = faults_of(&text);
        let lines: Vec<&str> = found
            .iter()
            .map(|fault| text.lines().nth(fault.line.unwrap() - 1).unwrap().split(' ').next().unwrap())
            .collect();
        assert_eq!(lines, ["titel", "fro", "whi"], "{found:?}");
        assert!(found[0].remedy.contains("`title`"), "{found:?}");
    }

    #[test]
    fn every_name_that_is_not_there_is_named_with_its_line_and_what_is_near() {
        let text = profile::STARTING_POLICY
            .replace("sealed = [\"illegal-images\",", "sealed = [\"ilegal-images\",")
            .replace("name = \"gambling\"", "name = \"gamblin\"")
            .replace("why = \"Never at school (WEB-03).\"\n\n[[category]]\nname = \"shopping\"", "why = \"Never.\"\nexcept = [{ for = [\"teachers\"], verdict = \"allow\" }]\n\n[[category]]\nname = \"shopping\"");
        let found = faults_of(&text);
        let line = |fault: &Fault| text.lines().nth(fault.line.unwrap() - 1).unwrap().to_owned();
        assert_eq!(found.len(), 4, "{found:?}");
        for fault in &found[..2] {
            assert!(line(fault).starts_with("sealed"), "{found:?}");
            assert!(fault.remedy.contains("`illegal-images`"), "{found:?}");
        }
        assert!(line(&found[2]).contains("gamblin"), "{found:?}");
        assert!(line(&found[3]).contains("teachers"), "{found:?}");
        assert!(found[3].remedy.contains("upper-ks2"), "{found:?}");
    }
}
