//! Signatures: who, when, how, which exact text, which clauses, which declaration.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SignatureId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::agreement::AgreementText;
use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::Refusal;
use crate::translation::language::Language;

/// How it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// On screen, after signing in.
    OnScreen,
    /// On paper, entered by the office.
    OnPaper,
    /// On one device that a class shares, with an adult there.
    Together {
        /// The adult who was there.
        witness: PersonId,
        /// The device.
        device: std::net::IpAddr,
    },
}

impl How {
    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnScreen => "on-screen",
            Self::OnPaper => "on-paper",
            Self::Together { .. } => "together",
        }
    }
}

/// Whose part of an agreement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The person's own.
    Own,
    /// A parent's, for their child (AGR-08).
    ParentFor(PersonId),
}

/// In which words of another language somebody read what they signed (POL-09). What they signed stays the English words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReadIn {
    /// The language.
    pub language: Language,
    /// What its readers call it.
    pub name: String,
    /// The digest of the exact words, as they were approved.
    pub text: Digest,
}

/// One signature. Never changed and never removed; a later one counts instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Its id.
    pub id: SignatureId,
    /// Who signed.
    pub person: PersonId,
    /// Their name as it was that day.
    pub name: String,
    /// What they were to the school that day.
    pub kind: PersonKind,
    /// Whose part it is.
    pub part: Part,
    /// The agreement's key.
    pub agreement: String,
    /// The mark people know the version by.
    pub version: String,
    /// The digest of the exact text.
    pub digest: Digest,
    /// The clauses in it, by id.
    pub clauses: Vec<String>,
    /// The declaration made, word for word (AGR-03).
    pub declaration: String,
    /// Whether the check question was answered rightly; none where there is none.
    pub check_passed: Option<bool>,
    /// For a parent: that it was talked through with the child.
    pub discussed: Option<bool>,
    /// When.
    pub at: Moment,
    /// How.
    pub how: How,
    /// Who entered it, where that is somebody else.
    pub entered_by: Option<PersonId>,
    /// In which other language it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_in: Option<ReadIn>,
}

impl Noun for Signature {
    const KIND: Kind = Kind::Signature;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![
            IndexKey::shared("person", self.person),
            IndexKey::shared("agreement", &self.agreement),
            IndexKey::shared("digest", self.digest),
        ];
        if let Part::ParentFor(child) = self.part {
            keys.push(IndexKey::shared("child", child));
        }
        keys
    }
}

/// What a signer hands in.
#[derive(Debug, Clone)]
pub struct Sign<'a> {
    /// The new signature's id.
    pub id: SignatureId,
    /// The signer.
    pub person: &'a Person,
    /// Whose part.
    pub part: Part,
    /// The digest the page showed.
    pub shown: Digest,
    /// The answer chosen, counting from 0.
    pub answer: Option<usize>,
    /// The name typed under it, for adults; children choose their own card instead.
    pub typed_name: Option<&'a str>,
    /// For a parent: the ticked box.
    pub discussed: bool,
    /// How it was signed.
    pub how: How,
    /// Who entered it, where that is somebody else.
    pub entered_by: Option<PersonId>,
    /// In which other language they read it.
    pub read_in: Option<ReadIn>,
}

/// Signs the text in force.
///
/// # Errors
/// When the text changed since it was shown, the check answer is wrong, the typed name is somebody else's, or a parent
/// did not tick that it was talked through.
pub fn sign(asked: &Sign<'_>, in_force: &AgreementText, at: Moment) -> Result<(Signature, Change), Refusal> {
    if asked.shown != in_force.digest {
        return Err(Refusal::AgreementChanged);
    }
    let check_passed = check_answer(asked, in_force)?;
    if asked.typed_name.is_some_and(|typed| !same_name(typed, asked.person)) {
        return Err(Refusal::NameDiffers);
    }
    let is_parent = matches!(asked.part, Part::ParentFor(_));
    if is_parent && !asked.discussed {
        return Err(Refusal::NotDiscussed);
    }
    let head = &in_force.head;
    let declaration = match (&head.parent_declaration, is_parent) {
        (Some(words), true) => words.clone(),
        _ => head.declaration.clone(),
    };
    let signature = Signature {
        id: asked.id,
        person: asked.person.id,
        name: asked.person.name(),
        kind: asked.person.kind,
        part: asked.part,
        agreement: head.key.clone(),
        version: head.version.clone(),
        digest: in_force.digest,
        clauses: in_force.clause_ids(),
        declaration,
        check_passed,
        discussed: is_parent.then_some(asked.discussed),
        at,
        how: asked.how,
        entered_by: asked.entered_by,
        read_in: asked.read_in.clone(),
    };
    let change =
        Change::of(Action::AgreementSigned, Write::of(&signature, Expect::New)).about(asked.person.id);
    Ok((signature, change))
}

/// A paper form was checked by the adult who took it; on screen the child answers here (AGR-17).
fn check_answer(asked: &Sign<'_>, text: &AgreementText) -> Result<Option<bool>, Refusal> {
    let (Some(check), How::OnScreen | How::Together { .. }, Part::Own) =
        (&text.head.check, asked.how, asked.part)
    else {
        return Ok(None);
    };
    let chosen = asked.answer.and_then(|index| check.answers.get(index));
    if chosen.is_some_and(|answer| answer.right) { Ok(Some(true)) } else { Err(Refusal::CheckWrong) }
}

/// Names are compared without case, accents of typing, or doubled spaces; both full given names and the name somebody
/// goes by will do.
fn same_name(typed: &str, person: &Person) -> bool {
    let fold = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let typed = fold(typed);
    typed == fold(&person.name()) || typed == fold(&format!("{} {}", person.given, person.family))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::sample;
    use usher_types::ids::Id;

    const FILE: &str = r#"+++
key = "pupil-ks2"
title = "Using computers"
version = "2026"
reader = "ks2"
declaration = "I will keep these rules."
parent-declaration = "We talked about these rules."
[check]
ask = "What do you do first?"
answers = [{ text = "Tell", right = true, reply = "Yes." }, { text = "Hide it", reply = "No." }]
+++
- I ask first. {#ask-first}
"#;

    fn person(kind: PersonKind) -> Person {
        Person { given: "Siân".into(), family: "O'Neil".into(), ..sample::person(5, kind) }
    }

    fn asked<'a>(person: &'a Person, text: &AgreementText) -> Sign<'a> {
        Sign {
            id: Id::new(1),
            person,
            part: Part::Own,
            shown: text.digest,
            answer: Some(0),
            typed_name: None,
            discussed: false,
            how: How::OnScreen,
            entered_by: None,
            read_in: None,
        }
    }

    #[test]
    fn a_signature_holds_the_version_the_clauses_and_the_declaration() {
        let text = AgreementText::parse(FILE).unwrap();
        let pupil = person(PersonKind::Pupil);
        let at = Moment::from_unix_ms(1_000);
        let (signature, change) = sign(&asked(&pupil, &text), &text, at).unwrap();
        assert_eq!(signature.digest, text.digest);
        assert_eq!(signature.clauses, ["ask-first"]);
        assert_eq!(signature.declaration, "I will keep these rules.");
        assert_eq!(signature.check_passed, Some(true));
        assert_eq!(change.about, Some(pupil.id));
    }

    #[test]
    fn what_was_not_shown_cannot_be_signed_and_the_question_must_be_answered() {
        let text = AgreementText::parse(FILE).unwrap();
        let pupil = person(PersonKind::Pupil);
        let at = Moment::from_unix_ms(1_000);
        let stale = Sign { shown: Digest::of(b"other"), ..asked(&pupil, &text) };
        assert_eq!(sign(&stale, &text, at).unwrap_err(), Refusal::AgreementChanged);
        for answer in [Some(1), Some(9), None] {
            let wrong = Sign { answer, ..asked(&pupil, &text) };
            assert_eq!(sign(&wrong, &text, at).unwrap_err(), Refusal::CheckWrong);
        }
    }

    #[test]
    fn agr_08_a_parent_ticks_that_it_was_talked_through() {
        let text = AgreementText::parse(FILE).unwrap();
        let parent = person(PersonKind::Parent);
        let at = Moment::from_unix_ms(1_000);
        let part = Part::ParentFor(Id::new(9));
        let silent = Sign { part, ..asked(&parent, &text) };
        assert_eq!(sign(&silent, &text, at).unwrap_err(), Refusal::NotDiscussed);
        let (signature, _) = sign(&Sign { discussed: true, ..silent }, &text, at).unwrap();
        assert_eq!(signature.declaration, "We talked about these rules.");
        assert_eq!(signature.check_passed, None);
    }

    #[test]
    fn the_typed_name_is_the_signers() {
        let text = AgreementText::parse(FILE).unwrap();
        let staff = person(PersonKind::Staff);
        let at = Moment::from_unix_ms(1_000);
        let right = Sign { typed_name: Some(" siân  o'neil "), ..asked(&staff, &text) };
        assert!(sign(&right, &text, at).is_ok());
        let other = Sign { typed_name: Some("Someone Else"), ..asked(&staff, &text) };
        assert_eq!(sign(&other, &text, at).unwrap_err(), Refusal::NameDiffers);
    }
}
