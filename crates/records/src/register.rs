//! The violations register (INC-01, form 18): entries that are only ever added. A correction is another entry. An entry
//! may name the rule it is about, in the exact version of the agreement (AGR-20).

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{AgreementVersionId, EntryId, PersonId};
use usher_types::moment::Moment;

use crate::agreement::{AgreementText, AgreementVersion};
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::linked_policy::LinkedPolicy;
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Unrestricted time was opened (WEB-21).
    Unrestricted,
    /// Somebody broke a rule.
    Breach,
    /// A correction of an earlier entry, whose text stays.
    Correction,
}

/// A rule as an entry names it: by the version it stands in, so that its words are found whatever comes after it, and
/// with what people call it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedRule {
    /// The version.
    pub version: AgreementVersionId,
    /// The digest of its text.
    pub digest: Digest,
    /// The agreement's title in it.
    pub agreement: String,
    /// The clause's id in it.
    pub clause: String,
    /// The clause's number in it, as printed.
    pub number: u16,
}

impl CitedRule {
    /// A clause of a version, whose text this is.
    ///
    /// # Errors
    /// [`Refusal::AgreementChanged`] when it is not this version's text, [`Refusal::Gone`] when the text has no such clause.
    pub fn of(version: &AgreementVersion, text: &AgreementText, clause: &str) -> Result<Self, Refusal> {
        if version.digest != text.digest {
            return Err(Refusal::AgreementChanged);
        }
        let clause = text.clause(clause).ok_or(Refusal::Gone)?;
        Ok(Self {
            version: version.id,
            digest: version.digest,
            agreement: version.title.clone(),
            clause: clause.id.clone(),
            number: clause.number,
        })
    }
}

/// Another policy of the school as an entry cites it: by the edition of that day (POL-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedPolicy {
    /// Its name in addresses.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The mark of the edition.
    pub version: String,
}

impl CitedPolicy {
    /// The latest edition of a policy.
    pub fn of(policy: &LinkedPolicy) -> Option<Self> {
        let (name, title) = (policy.name.clone(), policy.title.clone());
        policy.latest().map(|edition| Self { name, title, version: edition.version.clone() })
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its number in the register, counting from 1.
    pub number: u32,
    /// What it records.
    pub kind: EntryKind,
    /// Whom it is about.
    pub person: PersonId,
    /// What happened, in words.
    pub text: String,
    /// When it happened.
    pub at: Moment,
    /// Who wrote it.
    pub by: PersonId,
    /// When the head was told.
    pub head_told_at: Option<Moment>,
    /// When it was entered in the school's safeguarding record, and by whom (EXT-02).
    pub entered: Option<(PersonId, Moment)>,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
    /// The rule it is about, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<CitedRule>,
    /// The other policy it goes against, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<CitedPolicy>,
}

impl Noun for Entry {
    const KIND: Kind = Kind::RegisterEntry;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person), IndexKey::unique("number", self.number)]
    }
}

impl Entry {
    /// The write that adds it.
    pub fn write(&self) -> Write {
        Write::of(self, Expect::New)
    }
}

/// Notes that an entry was entered in the school's safeguarding record (EXT-02). Its text stays.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was.
pub fn mark_entered(entry: &Stored<Entry>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if entry.value.entered.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = entry.value.clone();
    next.entered = Some((by, at));
    Ok(Change::of(Action::EntryEntered, entry.replace(&next)).about(next.person))
}

/// What somebody writes in the register: by whom and when, about whom, what, and against which rule.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// The new entry's id and number.
    pub entry: (EntryId, u32),
    /// What happened.
    pub text: &'a str,
    /// The rule it is about.
    pub rule: Option<CitedRule>,
    /// The other policy it goes against.
    pub policy: Option<CitedPolicy>,
    /// Who writes it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Written<'_> {
    fn entry(self, kind: EntryKind, person: PersonId, corrects: Option<EntryId>) -> Result<Change, Refusal> {
        let text = refusal::reason(self.text)?;
        let entry = Entry {
            id: self.entry.0,
            number: self.entry.1,
            kind,
            person,
            text: text.to_owned(),
            at: self.at,
            by: self.by,
            head_told_at: None,
            entered: None,
            corrects,
            rule: self.rule,
            policy: self.policy,
        };
        Ok(Change::of(Action::EntryWritten, entry.write()).about(person).because(text))
    }
}

/// Enters that somebody broke a rule.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it says nothing.
pub fn enter(person: PersonId, written: Written<'_>) -> Result<Change, Refusal> {
    written.entry(EntryKind::Breach, person, None)
}

/// Corrects an entry by another: both texts, and both rules, are seen.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when the correction says nothing.
pub fn correct(entry: &Entry, written: Written<'_>) -> Result<Change, Refusal> {
    written.entry(EntryKind::Correction, entry.person, Some(entry.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn entry() -> Entry {
        Entry {
            id: Id::new(1),
            number: 1,
            kind: EntryKind::Unrestricted,
            person: Id::new(3),
            text: "Unrestricted time".into(),
            at: NINE,
            by: Id::new(3),
            head_told_at: Some(NINE),
            entered: None,
            corrects: None,
            rule: None,
            policy: None,
        }
    }

    fn written(text: &str, rule: Option<CitedRule>) -> Written<'_> {
        Written { entry: (Id::new(2), 2), text, rule, policy: None, by: Id::new(9), at: NINE }
    }

    #[test]
    fn inc_01_a_correction_is_another_entry_and_the_first_text_stays() {
        let change = correct(&entry(), written("It was Tuesday", None)).unwrap();
        assert_eq!(change.writes.len(), 1);
        assert_eq!(change.writes[0].expect, Expect::New);
        assert_eq!(correct(&entry(), written(" ", None)), Err(Refusal::ReasonNeeded));
    }

    #[test]
    fn ext_02_entered_is_noted_once() {
        let stored = Stored { value: entry(), version: 1 };
        let change = mark_entered(&stored, Id::new(9), NINE).unwrap();
        let next: Entry = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!((next.entered, next.text), (Some((Id::new(9), NINE)), entry().text));
        let again = Stored { value: Entry { entered: Some((Id::new(9), NINE)), ..entry() }, version: 2 };
        assert_eq!(mark_entered(&again, Id::new(9), NINE), Err(Refusal::AlreadySo));
    }

    #[test]
    fn agr_20_an_entry_names_a_rule_of_the_version_it_stands_in() {
        let file = "+++\nkey = \"pupil\"\ntitle = \"Our rules\"\nversion = \"2026\"\nreader = \"ks2\"\n\
                    declaration = \"I will.\"\n+++\n\n- I ask. {#ask}\n- I tell. {#tell}\n";
        let text = AgreementText::parse(file).unwrap();
        let other = AgreementText::parse(&file.replace("I tell", "I say")).unwrap();
        let published = crate::agreement::publish(Id::new(7), &text, None, true, NINE);
        let version: AgreementVersion = serde_json::from_str(&published.writes[0].body).unwrap();
        assert_eq!(CitedRule::of(&version, &other, "tell"), Err(Refusal::AgreementChanged));
        assert_eq!(CitedRule::of(&version, &text, "run"), Err(Refusal::Gone));
        let rule = CitedRule::of(&version, &text, "tell").unwrap();
        assert_eq!((rule.agreement.as_str(), rule.number, rule.digest), ("Our rules", 2, text.digest));
        let change = enter(Id::new(3), written("Went to a game", Some(rule.clone()))).unwrap();
        assert_eq!((change.action, change.about), (Action::EntryWritten, Some(Id::new(3))));
        let kept: Entry = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!((kept.kind, kept.rule), (EntryKind::Breach, Some(rule)));
        assert_eq!(enter(Id::new(3), written("", None)), Err(Refusal::ReasonNeeded));
        let before = serde_json::to_string(&entry()).unwrap();
        assert!(!before.contains("rule"), "what was written before is the same, byte for byte");
    }
}
