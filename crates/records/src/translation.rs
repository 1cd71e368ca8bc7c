//! An agreement in another language (POL-09): beside exact English words, by language; written, approved by a second person, and
//! shown from then on. Entries are only ever added.
//!
//! Owns: the language, what happens to a translation, which of its words are shown.
//! Does not: say what parts an agreement has; [`pieces`] does. What people sign stays the English words, by their digest.

pub mod language;
pub mod pieces;

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use self::language::Language;
use crate::agreement::AgreementText;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;
use crate::signature::ReadIn;

/// Marks ids of translations.
#[derive(Debug)]
pub enum TranslationNoun {}
impl Named for TranslationNoun {
    const NOUN: &'static str = "translation";
}
/// A translation's id.
pub type TranslationId = Id<TranslationNoun>;

/// One version of an agreement in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// Its id.
    pub id: TranslationId,
    /// The English words it stands beside.
    pub of: Digest,
    /// The agreement's key.
    pub agreement: String,
    /// The language.
    pub language: Language,
    /// What its readers call the language.
    pub name: String,
    /// What happened to it, oldest first.
    pub entries: Vec<Entry>,
}

/// Something that happened to a translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What.
    pub what: What,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// What may happen to a translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It says this from now on, to those who write it.
    Written {
        /// The words, a blob ([`pieces::Said`]).
        text: Digest,
        /// Who translated it: somebody of the school or not.
        translator: String,
    },
    /// These words are shown from now on.
    Approved(Digest),
    /// None of its words are shown any more.
    Withdrawn,
}

impl Noun for Translation {
    const KIND: Kind = Kind::Translation;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let once = format!("{}:{}", self.of, self.language);
        vec![IndexKey::shared("of", self.of), IndexKey::unique("once", once)]
    }
}

impl Translation {
    /// The words it has now, and who translated them.
    pub fn written(&self) -> Option<(Digest, &str)> {
        self.entries.iter().rev().find_map(|entry| match &entry.what {
            What::Written { text, translator } => Some((*text, translator.as_str())),
            What::Approved(_) | What::Withdrawn => None,
        })
    }

    /// The words readers are shown: those approved last, unless they were taken back since.
    pub fn shown(&self) -> Option<Digest> {
        let last = self.entries.iter().rev().find_map(|entry| match entry.what {
            What::Approved(text) => Some(Some(text)),
            What::Withdrawn => Some(None),
            What::Written { .. } => None,
        });
        last.flatten()
    }

    /// Whether the words it has now wait for approval.
    pub fn waits(&self) -> bool {
        self.written().is_some_and(|(text, _)| self.shown() != Some(text))
    }

    /// Whether somebody wrote any of the words that wait: a second hand that mends a comma does not make them another's.
    fn is_written_by(&self, person: PersonId) -> bool {
        let waiting = |entry: &&Entry| !matches!(entry.what, What::Approved(_));
        let written = |entry: &Entry| matches!(entry.what, What::Written { .. }) && entry.by == person;
        self.entries.iter().rev().take_while(waiting).any(written)
    }

    /// That somebody read these words of it, for their signature.
    ///
    /// # Errors
    /// [`Refusal::AgreementChanged`] when it shows others, or none, or is of other English words.
    pub fn read(&self, text: Digest, of: Digest) -> Result<ReadIn, Refusal> {
        if self.of != of || self.shown() != Some(text) {
            return Err(Refusal::AgreementChanged);
        }
        Ok(ReadIn { language: self.language.clone(), name: self.name.clone(), text })
    }
}

/// What a translation begins with.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    /// Its id.
    pub id: TranslationId,
    /// The English words.
    pub of: &'a AgreementText,
    /// The language.
    pub language: Language,
    /// What its readers call it.
    pub name: &'a str,
    /// Its first words, which may be none yet.
    pub text: Digest,
    /// Who translates it.
    pub translator: &'a str,
}

/// Begins a translation.
///
/// # Errors
/// [`Refusal::NameNeeded`] when the language or the translator has no name.
pub fn begin(asked: &Begin<'_>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    let name = named(asked.name)?;
    let what = What::Written { text: asked.text, translator: named(asked.translator)? };
    let translation = Translation {
        id: asked.id,
        of: asked.of.digest,
        agreement: asked.of.head.key.clone(),
        language: asked.language.clone(),
        name,
        entries: vec![Entry { what, by, at }],
    };
    Ok(Change::of(Action::TranslationWritten, Write::of(&translation, Expect::New)))
}

/// Writes other words. Those that readers are shown stay until the new ones are approved.
///
/// # Errors
/// [`Refusal::AlreadySo`] when nothing changes; [`Refusal::NameNeeded`] without a translator.
pub fn write(
    translation: &Stored<Translation>,
    (text, translator): (Digest, &str),
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let translator = named(translator)?;
    if translation.value.written() == Some((text, translator.as_str())) {
        return Err(Refusal::AlreadySo);
    }
    Ok(add(translation, What::Written { text, translator }, Action::TranslationWritten, (by, at)))
}

/// Approves the words that were `looked` at: readers are shown them from now on.
///
/// # Errors
/// [`Refusal::AgreementChanged`] when the words are others now; [`Refusal::AlreadySo`]; [`Refusal::SecondPerson`] when whoever
/// wrote any of them approves them.
pub fn approve(
    translation: &Stored<Translation>,
    looked: Digest,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let value = &translation.value;
    if value.written().map(|(text, _)| text) != Some(looked) {
        return Err(Refusal::AgreementChanged);
    }
    if !value.waits() {
        return Err(Refusal::AlreadySo);
    }
    if value.is_written_by(by) {
        return Err(Refusal::SecondPerson);
    }
    Ok(add(translation, What::Approved(looked), Action::TranslationApproved, (by, at)))
}

/// Takes a translation back: readers are shown the English words again. Approving brings it back.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is not shown.
pub fn withdraw(translation: &Stored<Translation>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if translation.value.shown().is_none() {
        return Err(Refusal::AlreadySo);
    }
    Ok(add(translation, What::Withdrawn, Action::TranslationWithdrawn, (by, at)))
}

fn add(
    translation: &Stored<Translation>,
    what: What,
    action: Action,
    (by, at): (PersonId, Moment),
) -> Change {
    let mut next = translation.value.clone();
    next.entries.push(Entry { what, by, at });
    Change::of(action, translation.replace(&next))
}

fn named(name: &str) -> Result<String, Refusal> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { Err(Refusal::NameNeeded) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "+++\nkey = \"parent\"\ntitle = \"T\"\nversion = \"1\"\nreader = \"adult\"\ndeclaration = \"I do.\"\n\
                        +++\n\n- One. {#one}\n";
    const AT: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn kept(change: &Change, version: u64) -> Stored<Translation> {
        Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version }
    }

    #[test]
    fn pol_09_a_translation_is_shown_once_a_second_person_approved_exactly_its_words() {
        let (writer, reader) = (Id::new(1), Id::new(2));
        let text = AgreementText::parse(FILE).unwrap();
        let (first, second) = (Digest::of(b"first"), Digest::of(b"second"));
        let begins = |name, translator| Begin {
            id: Id::new(9),
            of: &text,
            language: "ur".parse().unwrap(),
            name,
            text: first,
            translator,
        };
        assert_eq!(begin(&begins(" ", "Ms Khan"), writer, AT), Err(Refusal::NameNeeded));
        assert_eq!(begin(&begins("اردو", ""), writer, AT), Err(Refusal::NameNeeded));
        let one = kept(&begin(&begins("اردو", "Ms  Khan"), writer, AT).unwrap(), 1);
        assert_eq!(one.value.written(), Some((first, "Ms Khan")));
        assert!(one.value.shown().is_none() && one.value.waits());
        assert_eq!(one.value.read(first, text.digest), Err(Refusal::AgreementChanged), "not shown yet");

        assert_eq!(approve(&one, second, reader, AT), Err(Refusal::AgreementChanged));
        assert_eq!(approve(&one, first, writer, AT), Err(Refusal::SecondPerson));
        let one = kept(&approve(&one, first, reader, AT).unwrap(), 2);
        assert_eq!(approve(&one, first, reader, AT), Err(Refusal::AlreadySo));
        let read = one.value.read(first, text.digest).unwrap();
        assert_eq!((read.language.tag(), read.text), ("ur", first));
        assert_eq!(one.value.read(first, second), Err(Refusal::AgreementChanged), "other English words");

        assert_eq!(write(&one, (first, "Ms Khan"), writer, AT), Err(Refusal::AlreadySo));
        let one = kept(&write(&one, (second, "Ms Khan"), writer, AT).unwrap(), 3);
        assert_eq!(one.value.shown(), Some(first), "the approved words stay until the next are");
        let one = kept(&withdraw(&one, reader, AT).unwrap(), 4);
        assert_eq!((one.value.shown(), one.value.waits()), (None, true));
        assert_eq!(withdraw(&one, reader, AT), Err(Refusal::AlreadySo));
        let one = kept(&approve(&one, second, reader, AT).unwrap(), 5);
        assert_eq!((one.value.shown(), one.value.entries.len()), (Some(second), 5));

        // Whoever mends a comma of somebody's words does not make them somebody else's.
        let one = kept(&write(&one, (first, "Ms Khan"), writer, AT).unwrap(), 6);
        let one = kept(&write(&one, (first, "Ms A Khan"), reader, AT).unwrap(), 7);
        assert_eq!(approve(&one, first, writer, AT), Err(Refusal::SecondPerson));
        assert_eq!(approve(&one, first, reader, AT), Err(Refusal::SecondPerson));
        assert!(approve(&one, first, Id::new(3), AT).is_ok());
    }
}
