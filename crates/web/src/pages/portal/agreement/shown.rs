//! An agreement as a page shows it: sections, numbered clauses, and what changed since the reader signed last.

use usher_records::agreement::{AgreementText, Clause};
use usher_records::agreement_diff::is_read;
use usher_records::translation::pieces::{clause_name, heading_name};

use super::language::{Beside, Chosen};
use crate::view::markdown;

/// A heading and its clauses.
#[derive(Debug, Clone)]
pub(in crate::pages::portal) struct Section {
    /// Its place in the page.
    pub(in crate::pages::portal) id: String,
    /// Its heading; none for clauses before the first.
    pub(in crate::pages::portal) heading: Option<String>,
    /// The heading in the language it is read in.
    pub(in crate::pages::portal) other: Option<Beside>,
    /// Its clauses.
    pub(in crate::pages::portal) clauses: Vec<Shown>,
}

/// How a clause differs from the version the reader signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages::portal) enum Since {
    /// It does not, or they signed none.
    Same,
    /// It was not there.
    New,
    /// It said this.
    Changed(String),
}

/// One clause.
#[derive(Debug, Clone)]
pub(in crate::pages::portal) struct Shown {
    /// Its id.
    pub(in crate::pages::portal) id: String,
    /// Its number.
    pub(in crate::pages::portal) number: u16,
    /// Its words, HTML.
    pub(in crate::pages::portal) html: String,
    /// Its words to hear.
    pub(in crate::pages::portal) spoken: String,
    /// The same in the language it is read in.
    pub(in crate::pages::portal) other: Option<Beside>,
    /// And its words to hear; none where they are still English.
    pub(in crate::pages::portal) heard: Option<String>,
    /// What changed.
    pub(in crate::pages::portal) since: Since,
}

impl Shown {
    fn of(clause: &Clause, earlier: Option<&AgreementText>) -> Self {
        let since = match earlier.map(|text| text.clause(&clause.id)) {
            None => Since::Same,
            Some(None) => Since::New,
            Some(Some(before)) if before.heading != clause.heading => {
                let heading = before.heading.as_deref().map(|heading| format!("{heading}: "));
                Since::Changed(markdown::inline(&format!("{}{}", heading.unwrap_or_default(), before.text)))
            }
            Some(Some(before)) if before.text != clause.text => {
                Since::Changed(markdown::inline(&before.text))
            }
            Some(Some(_)) => Since::Same,
        };
        Self {
            id: clause.id.clone(),
            number: clause.number,
            html: markdown::inline(&clause.text),
            spoken: markdown::words(&clause.text),
            other: None,
            heard: None,
            since,
        }
    }

    /// Whether it is new since they signed.
    pub(in crate::pages::portal) fn is_new(&self) -> bool {
        self.since == Since::New
    }

    /// What it said when they signed, where it says something else now.
    pub(in crate::pages::portal) fn before(&self) -> Option<&str> {
        match &self.since {
            Since::Changed(before) => Some(before),
            Since::Same | Since::New => None,
        }
    }
}

impl Section {
    /// What a button for all of it names: its heading, or the numbers of its rules.
    pub(in crate::pages::portal) fn name(&self) -> String {
        let numbers = || {
            let ends = [self.clauses.first(), self.clauses.last()];
            ends.into_iter().flatten().map(|clause| clause.number.to_string()).collect::<Vec<_>>().join("–")
        };
        self.heading.clone().unwrap_or_else(numbers)
    }

    /// All of it to hear, its heading first.
    pub(in crate::pages::portal) fn spoken(&self) -> String {
        let heading = self.heading.iter().map(|heading| format!("{heading}."));
        heading.chain(self.clauses.iter().map(|clause| clause.spoken.clone())).collect::<Vec<_>>().join(" ")
    }

    /// What of it can be heard in the language it is read in, and which that is.
    pub(in crate::pages::portal) fn heard(&self) -> Option<(&str, String)> {
        let tag = self.clauses.iter().find_map(|clause| clause.other.as_ref())?.tag.as_str();
        let words: Vec<&str> = self.clauses.iter().filter_map(|clause| clause.heard.as_deref()).collect();
        (!words.is_empty()).then(|| (tag, words.join(" ")))
    }
}

/// The sections of a text, marked against an earlier one.
pub(in crate::pages::portal) fn sections(
    text: &AgreementText,
    earlier: Option<&AgreementText>,
) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for clause in &text.clauses {
        if sections.last().is_none_or(|section| section.heading != clause.heading) {
            let id = format!("part-{}", sections.len() + 1);
            sections.push(Section { id, heading: clause.heading.clone(), other: None, clauses: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.clauses.push(Shown::of(clause, earlier));
        }
    }
    sections
}

/// The same sections, each clause and heading beside its words in the language they are read in.
pub(in crate::pages::portal) fn beside(mut sections: Vec<Section>, chosen: Option<&Chosen>) -> Vec<Section> {
    let Some(chosen) = chosen else { return sections };
    for section in &mut sections {
        let first = section.clauses.first().map(|clause| heading_name(&clause.id));
        section.other = first.filter(|_| section.heading.is_some()).map(|name| chosen.beside(&name));
        for clause in &mut section.clauses {
            clause.other = Some(chosen.clause(&clause.id));
            clause.heard = chosen.piece(&clause_name(&clause.id)).map(markdown::words);
        }
    }
    sections
}

/// Only what changed since the reader signed; none when no clause of the text did.
pub(in crate::pages::portal) fn changed(sections: &[Section]) -> Option<Vec<Section>> {
    let of = |section: &Section| {
        let clauses = section.clauses.iter().filter(|clause| clause.since != Since::Same).cloned();
        Section { clauses: clauses.collect(), ..section.clone() }
    };
    let left: Vec<Section> = sections.iter().map(of).filter(|section| !section.clauses.is_empty()).collect();
    (!left.is_empty()).then_some(left)
}

/// The clauses somebody reads who signed earlier words: those that are new or changed; all of them when none is.
pub(in crate::pages::portal) fn to_read<'a>(
    text: &'a AgreementText,
    earlier: Option<&AgreementText>,
) -> Vec<&'a Clause> {
    let Some(earlier) = earlier else { return text.clauses.iter().collect() };
    let left: Vec<&Clause> = text.clauses.iter().filter(|clause| !is_read(earlier, clause)).collect();
    if left.is_empty() { text.clauses.iter().collect() } else { left }
}

/// Clauses the reader signed that are not there any more, HTML.
pub(in crate::pages::portal) fn gone(text: &AgreementText, earlier: Option<&AgreementText>) -> Vec<String> {
    let Some(earlier) = earlier else { return Vec::new() };
    let gone = earlier.clauses.iter().filter(|clause| text.clause(&clause.id).is_none());
    gone.map(|clause| markdown::inline(&clause.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "+++\nkey = \"k\"\ntitle = \"T\"\nversion = \"1\"\nreader = \"adult\"\ndeclaration = \"I do.\"\n+++\n";

    #[test]
    fn agr_19_what_changed_since_somebody_signed_is_marked() {
        let text = |body: &str| AgreementText::parse(&format!("{HEAD}{body}")).unwrap();
        let before = text("## A\n\n- One. {#one}\n- Two. {#two}\n- Gone. {#gone}\n");
        let now = text("## A\n\n- One. {#one}\n\n## B\n\n- Two, but more. {#two}\n- Three. {#three}\n");
        let shown = sections(&now, Some(&before));
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[0].clauses[0].since, Since::Same);
        assert_eq!(shown[1].clauses[0].before(), Some("A: Two."), "it stood under another heading");
        assert!(shown[1].clauses[1].is_new());
        assert_eq!([shown[0].spoken(), shown[1].spoken()], ["A. One.", "B. Two, but more. Three."]);
        assert_eq!(gone(&now, Some(&before)), ["Gone."]);
        let left = changed(&shown).unwrap();
        assert_eq!(left.iter().map(|part| part.clauses.len()).collect::<Vec<_>>(), [2]);
        assert!(changed(&sections(&before, Some(&before))).is_none());
        let read = |earlier| to_read(&now, earlier).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(read(Some(&before)), ["two", "three"]);
        assert_eq!(read(None), ["one", "two", "three"]);
        assert_eq!(read(Some(&now)).len(), 3);
        assert!(
            sections(&now, None).iter().flat_map(|part| &part.clauses).all(|one| one.since == Since::Same)
        );
    }
}
