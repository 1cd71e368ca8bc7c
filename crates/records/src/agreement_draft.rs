//! New words of an agreement on their way into force: written, changed, approved by the governors, published or withdrawn
//! (POL-05). Entries are only ever added.
//!
//! Owns: that an approval is of exact words, that words nobody approved are not put out where the school asks for approval,
//! that nothing is added to a draft that is done.
//! Does not: read or compare words; [`crate::agreement_edit`] and [`crate::agreement_diff`] do.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{AgreementVersionId, Id, Named};
use usher_types::moment::Moment;

use crate::agreement::{self, AgreementText, AgreementVersion};
use crate::change::{Action, Actor, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};
use crate::settings::Agreements;

/// Marks ids of drafts.
#[derive(Debug)]
pub enum AgreementDraftNoun {}
impl Named for AgreementDraftNoun {
    const NOUN: &'static str = "agreement draft";
}
/// A draft's id.
pub type AgreementDraftId = Id<AgreementDraftNoun>;

/// New words of one agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementDraft {
    /// Its id.
    pub id: AgreementDraftId,
    /// Which agreement.
    pub key: String,
    /// Its title, as the first words had it.
    pub title: String,
    /// What happened to it, oldest first.
    pub entries: Vec<Entry>,
}

/// Something that happened to a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What.
    pub what: What,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Moment,
}

/// What may happen to a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It says this from now on; the first time, it is begun.
    Written(Digest),
    /// The governors approved it.
    Approved(Approval),
    /// It came into force.
    Published {
        /// The words.
        text: Digest,
        /// As which version.
        version: AgreementVersionId,
        /// Whether people sign again for it.
        material: bool,
    },
    /// It was given up.
    Withdrawn(String),
}

/// The governors approved words, at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Exactly these words.
    pub text: Digest,
    /// The day of the meeting.
    pub meeting: Date,
    /// Where its minutes say so.
    pub minute: String,
}

impl Noun for AgreementDraft {
    const KIND: Kind = Kind::AgreementDraft;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("key", &self.key)];
        // Of one agreement, one draft at a time: two people do not write against each other unseen.
        keys.extend(self.is_open().then(|| IndexKey::unique("open", &self.key)));
        keys
    }
}

impl AgreementDraft {
    /// The words it has now.
    pub fn text(&self) -> Option<Digest> {
        self.entries.iter().rev().find_map(|entry| match entry.what {
            What::Written(text) => Some(text),
            _ => None,
        })
    }

    /// The approval of the words it has now, given after they were written: words that were changed and changed back are approved
    /// anew.
    pub fn approval(&self) -> Option<&Approval> {
        let last = self.entries.iter().rev().find_map(|entry| match &entry.what {
            What::Approved(approval) => Some(Some(approval)),
            What::Written(_) => Some(None),
            What::Published { .. } | What::Withdrawn(_) => None,
        });
        last.flatten().filter(|approval| Some(approval.text) == self.text())
    }

    /// Whether something may still be added.
    pub fn is_open(&self) -> bool {
        !self.entries.iter().any(|entry| matches!(entry.what, What::Published { .. } | What::Withdrawn(_)))
    }
}

/// Whether the words a draft has now may be put out for signature: where the school asks for it, the governors approved exactly
/// them, and the draft was not given up since. Where nobody began a draft, nobody approved.
///
/// # Errors
/// [`Refusal::NotApproved`].
pub fn may_put_out(settings: &Agreements, draft: Option<&AgreementDraft>) -> Result<(), Refusal> {
    let approved = || draft.is_some_and(|draft| draft.is_open() && draft.approval().is_some());
    if !settings.governors_approve || approved() { Ok(()) } else { Err(Refusal::NotApproved) }
}

/// Begins a draft.
pub fn begin(id: AgreementDraftId, text: &AgreementText, by: &Actor, at: Moment) -> (AgreementDraft, Change) {
    let written = Entry { what: What::Written(text.digest), by: by.clone(), at };
    let (key, title) = (text.head.key.clone(), text.head.title.clone());
    let draft = AgreementDraft { id, key, title, entries: vec![written] };
    let change = Change::of(Action::AgreementDrafted, Write::of(&draft, Expect::New));
    (draft, change)
}

/// Writes other words. What the governors approved before is not approved any more.
///
/// # Errors
/// [`Refusal::AlreadySo`] when nothing changes; [`Refusal::Gone`] when the draft is done, or of another agreement.
pub fn edit(
    draft: &Stored<AgreementDraft>,
    text: &AgreementText,
    by: &Actor,
    at: Moment,
) -> Result<Change, Refusal> {
    if draft.value.text() == Some(text.digest) {
        return Err(Refusal::AlreadySo);
    }
    if draft.value.key != text.head.key {
        return Err(Refusal::Gone);
    }
    add(draft, What::Written(text.digest), (by, at), Action::AgreementDrafted)
}

/// Records that the governors approved the words that were `shown`.
///
/// # Errors
/// [`Refusal::AgreementChanged`] when the words are others now; [`Refusal::MeetingOdd`] when the meeting lies ahead;
/// [`Refusal::MinuteNeeded`]; [`Refusal::AlreadySo`]; [`Refusal::Gone`].
pub fn approve(
    draft: &Stored<AgreementDraft>,
    (shown, meeting, minute): (Digest, Date, &str),
    by: &Actor,
    (at, today): (Moment, Date),
) -> Result<Change, Refusal> {
    if draft.value.text() != Some(shown) {
        return Err(Refusal::AgreementChanged);
    }
    if draft.value.approval().is_some() {
        return Err(Refusal::AlreadySo);
    }
    if meeting > today {
        return Err(Refusal::MeetingOdd);
    }
    let minute = minute.trim();
    if minute.is_empty() {
        return Err(Refusal::MinuteNeeded);
    }
    let approval = Approval { text: shown, meeting, minute: minute.to_owned() };
    add(draft, What::Approved(approval), (by, at), Action::AgreementApproved)
}

/// What publishing goes by.
#[derive(Debug, Clone, Copy)]
pub struct Publishing<'a> {
    /// The words the page showed.
    pub text: &'a AgreementText,
    /// The new version's id.
    pub version: AgreementVersionId,
    /// The version in force, which goes out of it.
    pub earlier: Option<&'a Stored<AgreementVersion>>,
    /// Whether people sign again.
    pub material: bool,
    /// Whether what changed asks for that, as it was worked out.
    pub advised: bool,
    /// Why, where it is published against the advice.
    pub reason: &'a str,
    /// The school's settings.
    pub settings: &'a Agreements,
}

/// Brings a draft into force.
///
/// # Errors
/// [`Refusal::NotApproved`]; [`Refusal::AgreementChanged`] when the words are others now; [`Refusal::AlreadySo`] when they are
/// in force; [`Refusal::ReasonNeeded`] when a change that matters is called minor without saying why; [`Refusal::Gone`].
pub fn publish(
    draft: &Stored<AgreementDraft>,
    asked: Publishing<'_>,
    by: &Actor,
    at: Moment,
) -> Result<Change, Refusal> {
    let text = asked.text.digest;
    if !draft.value.is_open() {
        return Err(Refusal::Gone);
    }
    if draft.value.text() != Some(text) {
        return Err(Refusal::AgreementChanged);
    }
    may_put_out(asked.settings, Some(&draft.value))?;
    let mut change = in_force(asked, at)?;
    let done = add(draft, published(asked), (by, at), Action::AgreementPublished)?;
    change.writes.extend(done.writes);
    Ok(change)
}

/// Brings words into force that nobody began a draft of: a draft is kept that was begun and published at once.
///
/// # Errors
/// As [`publish`].
pub fn publish_at_once(
    id: AgreementDraftId,
    asked: Publishing<'_>,
    by: &Actor,
    at: Moment,
) -> Result<Change, Refusal> {
    may_put_out(asked.settings, None)?;
    let mut change = in_force(asked, at)?;
    let (mut draft, _) = begin(id, asked.text, by, at);
    draft.entries.push(Entry { what: published(asked), by: by.clone(), at });
    change.writes.push(Write::of(&draft, Expect::New));
    Ok(change)
}

const fn published(asked: Publishing<'_>) -> What {
    What::Published { text: asked.text.digest, version: asked.version, material: asked.material }
}

/// The words in force and the earlier ones out of it; what matters is called minor only for a reason.
fn in_force(asked: Publishing<'_>, at: Moment) -> Result<Change, Refusal> {
    if asked.earlier.is_some_and(|earlier| earlier.value.digest == asked.text.digest) {
        return Err(Refusal::AlreadySo);
    }
    let change = agreement::publish(asked.version, asked.text, asked.earlier, asked.material, at);
    if asked.advised && !asked.material {
        return Ok(change.because(refusal::reason(asked.reason)?));
    }
    Ok(change)
}

/// Gives a draft up. Another can be begun.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::Gone`].
pub fn withdraw(
    draft: &Stored<AgreementDraft>,
    why: &str,
    by: &Actor,
    at: Moment,
) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?;
    let change = add(draft, What::Withdrawn(why.to_owned()), (by, at), Action::AgreementWithdrawn)?;
    Ok(change.because(why))
}

fn add(
    draft: &Stored<AgreementDraft>,
    what: What,
    (by, at): (&Actor, Moment),
    action: Action,
) -> Result<Change, Refusal> {
    if !draft.value.is_open() {
        return Err(Refusal::Gone);
    }
    let mut next = draft.value.clone();
    next.entries.push(Entry { what, by: by.clone(), at });
    Ok(Change::of(action, draft.replace(&next)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
    const TODAY: Date = date(2026, 11, 24);

    fn text(words: &str) -> AgreementText {
        AgreementText::parse(&format!(
            "+++\nkey = \"staff\"\ntitle = \"Our rules\"\nversion = \"2026\"\nreader = \"adult\"\n\
             declaration = \"I will.\"\n+++\n\n- {words} {{#one}}\n"
        ))
        .unwrap()
    }

    fn head() -> Actor {
        Actor::Person(Id::new(7))
    }

    fn settings(governors_approve: bool) -> Agreements {
        Agreements {
            audiences: vec![],
            pupils_yearly: false,
            adults_yearly: false,
            parent_first: false,
            with_parent: false,
            days_to_sign_again: 14,
            joiner_days: 0,
            governors_approve,
            rules_to_parents: false,
            scan_days: 365,
        }
    }

    fn begun() -> Stored<AgreementDraft> {
        let (value, _) = begin(Id::new(9), &text("I ask."), &head(), NINE);
        Stored { value, version: 1 }
    }

    fn after(draft: &Stored<AgreementDraft>, change: &Change) -> Stored<AgreementDraft> {
        let write = change.writes.iter().find(|write| write.kind == Kind::AgreementDraft).unwrap();
        Stored { value: serde_json::from_str(&write.body).unwrap(), version: draft.version + 1 }
    }

    fn asked<'a>(text: &'a AgreementText, settings: &'a Agreements) -> Publishing<'a> {
        let version = Id::new(70);
        Publishing { text, version, earlier: None, material: true, advised: true, reason: "", settings }
    }

    #[test]
    fn pol_05_unapproved_words_are_refused_and_approved_ones_are_published() {
        let (draft, words, settings) = (begun(), text("I ask."), settings(true));
        let publish = |draft: &_, words: &_| publish(draft, asked(words, &settings), &head(), NINE);
        assert_eq!(publish(&draft, &words), Err(Refusal::NotApproved));
        let approve = |draft: &_, words: &AgreementText, meeting, minute| {
            approve(draft, (words.digest, meeting, minute), &head(), (NINE, TODAY))
        };
        assert_eq!(approve(&draft, &words, date(2026, 11, 25), "7.2"), Err(Refusal::MeetingOdd));
        assert_eq!(approve(&draft, &words, TODAY, " "), Err(Refusal::MinuteNeeded));
        assert_eq!(approve(&draft, &text("I tell."), TODAY, "7.2"), Err(Refusal::AgreementChanged));
        let approved = after(&draft, &approve(&draft, &words, TODAY, " 7.2 ").unwrap());
        assert_eq!(approved.value.approval().unwrap().minute, "7.2");
        assert_eq!(approve(&approved, &words, TODAY, "7.2"), Err(Refusal::AlreadySo));

        let edited = after(&approved, &edit(&approved, &text("I tell."), &head(), NINE).unwrap());
        assert_eq!(edited.value.approval(), None, "one word changed, and it is not what was approved");
        assert_eq!(publish(&edited, &text("I tell.")), Err(Refusal::NotApproved));
        assert_eq!(publish(&edited, &words), Err(Refusal::AgreementChanged));

        let change = publish(&approved, &words).unwrap();
        assert_eq!((change.action, change.writes.len()), (Action::AgreementPublished, 2));
        let done = after(&approved, &change);
        assert!(!done.value.is_open());
        assert_eq!(publish(&done, &words), Err(Refusal::Gone));
        assert_eq!(edit(&done, &text("More."), &head(), NINE), Err(Refusal::Gone));
        assert_eq!(withdraw(&done, "Too late", &head(), NINE), Err(Refusal::Gone));
    }

    #[test]
    fn pol_05_an_approval_stands_only_for_words_that_were_not_changed_or_given_up_since() {
        let (draft, words, settings) = (begun(), text("I ask."), settings(true));
        let approve = |draft: &_, words: &AgreementText| {
            approve(draft, (words.digest, TODAY, "7"), &head(), (NINE, TODAY)).unwrap()
        };
        let approved = after(&draft, &approve(&draft, &words));
        assert_eq!(may_put_out(&settings, Some(&approved.value)), Ok(()));
        let other = after(&approved, &edit(&approved, &text("I tell."), &head(), NINE).unwrap());
        let back = after(&other, &edit(&other, &words, &head(), NINE).unwrap());
        assert_eq!(back.value.approval(), None, "there and back again is approved anew");
        assert_eq!(publish(&back, asked(&words, &settings), &head(), NINE), Err(Refusal::NotApproved));
        let given_up =
            after(&approved, &withdraw(&approved, "The governors want more", &head(), NINE).unwrap());
        assert_eq!(may_put_out(&settings, Some(&given_up.value)), Err(Refusal::NotApproved));
        let alone = publish_at_once(Id::new(10), asked(&words, &settings), &head(), NINE);
        assert_eq!(alone, Err(Refusal::NotApproved));
    }

    #[test]
    fn agr_19_words_published_without_a_draft_are_judged_alike_and_leave_one_that_is_done() {
        let (words, settings) = (text("I ask."), settings(false));
        let once = |asked| publish_at_once(Id::new(10), asked, &head(), NINE);
        let minor = Publishing { material: false, ..asked(&words, &settings) };
        assert_eq!(once(minor), Err(Refusal::ReasonNeeded));
        let done = after(&begun(), &once(asked(&words, &settings)).unwrap());
        assert_eq!((done.value.entries.len(), done.value.is_open()), (2, false));
    }

    #[test]
    fn pol_05_a_school_that_does_not_ask_for_approval_publishes_without() {
        let (draft, words, settings) = (begun(), text("I ask."), settings(false));
        assert!(publish(&draft, asked(&words, &settings), &head(), NINE).is_ok());
    }

    #[test]
    fn agr_19_what_matters_is_called_minor_only_for_a_reason() {
        let (draft, words, settings) = (begun(), text("I ask."), settings(false));
        let minor = Publishing { material: false, ..asked(&words, &settings) };
        assert_eq!(publish(&draft, minor, &head(), NINE), Err(Refusal::ReasonNeeded));
        let said = Publishing { reason: "A slip of the pen", ..minor };
        assert_eq!(
            publish(&draft, said, &head(), NINE).unwrap().reason.as_deref(),
            Some("A slip of the pen")
        );
        let tidied = Publishing { advised: false, ..minor };
        assert!(publish(&draft, tidied, &head(), NINE).is_ok());
    }

    #[test]
    fn a_withdrawn_draft_says_why_and_makes_room_for_another() {
        let draft = begun();
        assert!(draft.value.keys().contains(&IndexKey::unique("open", "staff")));
        assert_eq!(withdraw(&draft, "", &head(), NINE), Err(Refusal::ReasonNeeded));
        let done = after(&draft, &withdraw(&draft, "The governors want more", &head(), NINE).unwrap());
        assert!(!done.value.keys().iter().any(|key| key.unique));
    }

    proptest! {
        /// Whatever is done, entries stay as they were and are only added to.
        #[test]
        fn entries_are_only_added(steps in proptest::collection::vec((0_u8..4, 0_u8..3), 1..12)) {
            let settings = settings(true);
            let mut draft = begun();
            for (step, words) in steps {
                let words = text(&format!("Rule {words}."));
                let change = match step {
                    0 => edit(&draft, &words, &head(), NINE),
                    1 => approve(&draft, (words.digest, TODAY, "1"), &head(), (NINE, TODAY)),
                    2 => publish(&draft, asked(&words, &settings), &head(), NINE),
                    _ => withdraw(&draft, "Not now", &head(), NINE),
                };
                let Ok(change) = change else { continue };
                let next = after(&draft, &change);
                prop_assert!(draft.value.is_open());
                prop_assert_eq!(&next.value.entries[..draft.value.entries.len()], &draft.value.entries[..]);
                prop_assert_eq!(next.value.entries.len(), draft.value.entries.len() + 1);
                if let Some(What::Published { text, .. }) = next.value.entries.last().map(|entry| &entry.what) {
                    prop_assert_eq!(draft.value.approval().map(|one| one.text), Some(*text));
                }
                draft = next;
            }
        }
    }
}
