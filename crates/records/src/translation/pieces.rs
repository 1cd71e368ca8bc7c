//! What of an agreement is translated, piece by piece, and an agreement with its translated pieces in place. A piece that has no
//! words in the other language stays English.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;

use super::language::Language;
use crate::agreement::AgreementText;
use crate::refusal::Refusal;

/// The most characters of one piece: three pages of writing, and the longest clause of the model agreements is a tenth of it.
pub const LONGEST_CHARS: usize = 6_000;

/// What kind of piece it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The title.
    Title,
    /// The line before the clauses.
    Opening,
    /// A heading.
    Heading,
    /// A clause, by its number.
    Clause(u16),
    /// The question before signing.
    Ask,
    /// An answer to it.
    Answer,
    /// What is said to an answer.
    Reply,
    /// What signing means.
    Declaration,
    /// What a parent declares.
    Parents,
}

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its name within the agreement; a clause's is `clause-` and its id.
    pub name: String,
    /// What it is.
    pub of: Of,
    /// Its English words.
    pub english: String,
}

/// The pieces of an agreement, in the order they are read.
pub fn pieces(text: &AgreementText) -> Vec<Piece> {
    let piece = |name: &str, of, english: &str| Piece { name: name.to_owned(), of, english: english.into() };
    let head = &text.head;
    let mut all = vec![piece("title", Of::Title, &head.title)];
    all.extend(head.opening.as_ref().map(|words| piece("opening", Of::Opening, words)));
    let mut heading: Option<&String> = None;
    for clause in &text.clauses {
        if clause.heading.as_ref() != heading {
            heading = clause.heading.as_ref();
            // Named by the clause it stands above, so that it stays where clauses are taken out elsewhere.
            all.extend(heading.map(|words| piece(&heading_name(&clause.id), Of::Heading, words)));
        }
        all.push(piece(&clause_name(&clause.id), Of::Clause(clause.number), &clause.text));
    }
    if let Some(check) = &head.check {
        all.push(piece("ask", Of::Ask, &check.ask));
        for (at, answer) in check.answers.iter().enumerate() {
            all.push(piece(&format!("answer-{at}"), Of::Answer, &answer.text));
            all.push(piece(&format!("reply-{at}"), Of::Reply, &answer.reply));
        }
    }
    all.push(piece("declaration", Of::Declaration, &head.declaration));
    all.extend(head.parent_declaration.as_ref().map(|words| piece("parents", Of::Parents, words)));
    all
}

/// The name of a clause's piece.
pub fn clause_name(id: &str) -> String {
    format!("clause-{id}")
}

/// The name of the piece that is the heading above a clause.
pub fn heading_name(id: &str) -> String {
    format!("heading-{id}")
}

/// The words of a translation, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The English words they stand beside.
    pub of: Digest,
    /// The language.
    pub language: Language,
    /// The words, by the name of their piece. What is not there is not translated.
    pub words: BTreeMap<String, String>,
}

impl Said {
    /// The words typed for the pieces of a text. Names of no piece are left out.
    ///
    /// # Errors
    /// [`Refusal::TooMuch`] when one is longer than [`LONGEST_CHARS`].
    pub fn of(
        text: &AgreementText,
        language: Language,
        typed: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Refusal> {
        let mut words = BTreeMap::new();
        for piece in pieces(text) {
            let said = typed(&piece.name).unwrap_or_default();
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            if said.chars().count() > LONGEST_CHARS {
                return Err(Refusal::TooMuch);
            }
            if !said.is_empty() {
                words.insert(piece.name, said);
            }
        }
        Ok(Self { of: text.digest, language, words })
    }

    /// What of these words still stands beside newer English: the pieces whose English did not change.
    #[must_use]
    pub fn carried(&self, before: &AgreementText, after: &AgreementText) -> Self {
        let known = pieces(before);
        let same =
            |piece: &Piece| known.iter().any(|one| one.name == piece.name && one.english == piece.english);
        let words = pieces(after).into_iter().filter(same).filter_map(|piece| {
            let said = self.words.get(&piece.name)?;
            Some((piece.name, said.clone()))
        });
        Self { of: after.digest, language: self.language.clone(), words: words.collect() }
    }

    /// The words of a piece.
    pub fn piece(&self, name: &str) -> Option<&str> {
        self.words.get(name).map(String::as_str)
    }

    /// How many pieces of a text have no words yet.
    pub fn missing(&self, text: &AgreementText) -> usize {
        pieces(text).iter().filter(|piece| self.piece(&piece.name).is_none()).count()
    }

    /// As it is kept. The same words give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Nothing in it can fail to be written: all keys and values are text.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// As it was kept; none when it cannot be read.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The agreement with these words in place of the English, for paper. Its digest stays that of the English words.
    pub fn in_place(&self, text: &AgreementText) -> AgreementText {
        let mut out = text.clone();
        let put = |name: &str, words: &mut String| {
            if let Some(said) = self.piece(name) {
                said.clone_into(words);
            }
        };
        put("title", &mut out.head.title);
        put("declaration", &mut out.head.declaration);
        if let Some(words) = &mut out.head.opening {
            put("opening", words);
        }
        if let Some(words) = &mut out.head.parent_declaration {
            put("parents", words);
        }
        let mut heading = (None, None);
        for clause in &mut out.clauses {
            if clause.heading != heading.0 {
                let said = self.piece(&heading_name(&clause.id)).map(str::to_owned);
                heading = (clause.heading.clone(), said.or_else(|| clause.heading.clone()));
            }
            clause.heading.clone_from(&heading.1);
            put(&clause_name(&clause.id), &mut clause.text);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "+++\nkey = \"k\"\ntitle = \"Rules\"\nversion = \"1\"\nreader = \"ks2\"\ndeclaration = \"I will.\"\n\
                        parent-declaration = \"We talked.\"\n[check]\nask = \"What first?\"\nanswers = [\n\
                        { text = \"Tell\", right = true, reply = \"Yes.\" }, { text = \"Hide\", reply = \"No.\" }]\n+++\n";

    fn text(body: &str) -> AgreementText {
        AgreementText::parse(&format!("{HEAD}{body}")).unwrap()
    }

    fn polish() -> Language {
        "pl".parse().unwrap()
    }

    #[test]
    fn pol_09_each_clause_stands_beside_its_own_words_and_a_missing_one_stays_english() {
        let english = text("## A\n\n- One. {#one}\n- Two. {#two}\n\n## B\n\n- Three. {#three}\n");
        let names: Vec<String> = pieces(&english).into_iter().map(|piece| piece.name).collect();
        assert_eq!(
            names,
            [
                "title",
                "heading-one",
                "clause-one",
                "clause-two",
                "heading-three",
                "clause-three",
                "ask",
                "answer-0",
                "reply-0",
                "answer-1",
                "reply-1",
                "declaration",
                "parents"
            ]
        );
        let typed = |name: &str| match name {
            "clause-one" => Some("  Raz.\n".to_owned()),
            "heading-one" => Some("Pierwsze".to_owned()),
            "declaration" => Some("Będę.".to_owned()),
            "clause-two" => Some(" ".to_owned()),
            _ => None,
        };
        let said = Said::of(&english, polish(), typed).unwrap();
        assert_eq!((said.words.len(), said.missing(&english)), (3, 10));
        let shown = said.in_place(&english);
        assert_eq!(shown.digest, english.digest, "what is signed is the English");
        let lines: Vec<(&str, &str)> = shown
            .clauses
            .iter()
            .map(|clause| (clause.heading.as_deref().unwrap(), clause.text.as_str()))
            .collect();
        assert_eq!(lines, [("Pierwsze", "Raz."), ("Pierwsze", "Two."), ("B", "Three.")]);
        assert_eq!((shown.head.declaration.as_str(), shown.head.title.as_str()), ("Będę.", "Rules"));
        assert_eq!(Said::from_bytes(&said.to_bytes()).unwrap(), said);
        assert!(Said::from_bytes(b"{}").is_none());
        let long = Said::of(&english, polish(), |_| Some("a".repeat(LONGEST_CHARS + 1)));
        assert_eq!(long, Err(Refusal::TooMuch));
    }

    #[test]
    fn pol_09_newer_words_keep_the_translation_of_what_did_not_change() {
        let before = text("- One. {#one}\n- Two. {#two}\n");
        let after = text("- One. {#one}\n- Two, but more. {#two}\n- Three. {#three}\n");
        let said = Said::of(&before, polish(), |name| Some(format!("pl {name}"))).unwrap();
        let carried = said.carried(&before, &after);
        assert_eq!(carried.of, after.digest);
        assert_eq!(carried.piece("clause-one"), Some("pl clause-one"));
        assert_eq!((carried.piece("clause-two"), carried.piece("clause-three")), (None, None));
    }
}
