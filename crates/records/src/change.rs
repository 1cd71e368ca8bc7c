//! What a command asks the store to write, and how the journal will tell it.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::noun::{IndexKey, Kind, Noun};

/// What must be true of a record for a write to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// There is none yet.
    New,
    /// The stored version is this one; somebody else's change in between is a conflict.
    Version(u64),
}

/// One record to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What it is.
    pub kind: Kind,
    /// Its id as a number.
    pub id: u64,
    /// Its new content, canonical JSON.
    pub body: String,
    /// The keys it is found by.
    pub keys: Vec<IndexKey>,
    /// What must hold now.
    pub expect: Expect,
}

impl Write {
    /// A write of `noun`. Its JSON is canonical because the nouns keep their fields in order and hold no floats.
    pub fn of<N: Noun>(noun: &N, expect: Expect) -> Self {
        let body = serde_json::to_string(noun).unwrap_or_default();
        Self { kind: N::KIND, id: noun.number(), body, keys: noun.keys(), expect }
    }

    /// The digest of the new content, as the journal keeps it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.body.as_bytes())
    }
}

/// A record as it was read, with the version to expect when writing it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<N> {
    /// The record.
    pub value: N,
    /// How often it has been written; 1 for the first time.
    pub version: u64,
}

impl<N: Noun> Stored<N> {
    /// A write that replaces this record with `value`, refused if somebody wrote it in between.
    pub fn replace(&self, value: &N) -> Write {
        Write::of(value, Expect::Version(self.version))
    }
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A person signed in.
    Person(PersonId),
    /// A job of Usher itself, by name.
    Usher(String),
    /// Whoever has the server's command line.
    CommandLine,
}

/// Every action the journal tells. Names are stable; none is reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The school was set up.
    SchoolSetUp,
    /// Settings were changed.
    SettingsChanged,
    /// People and classes were brought in from a roster.
    RosterImported,
    /// A person was added by hand.
    PersonAdded,
    /// A person was changed by hand.
    PersonChanged,
    /// An account was closed: leaver, long absence, end of visit.
    AccountClosed,
    /// An account was opened or opened again.
    AccountOpened,
    /// A password or picture password was set.
    PasswordSet,
    /// Too many wrong tries: the account rests for a while.
    AccountLocked,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed in accepted the short clause after all.
    ClauseAccepted,
    /// A session ended: signed out, idle, over, or ended from elsewhere.
    SessionEnded,
    /// An agreement version was published.
    AgreementPublished,
    /// Somebody signed an agreement.
    AgreementSigned,
    /// A lesson was opened.
    LessonOpened,
    /// A lesson ended.
    LessonEnded,
    /// A lesson list was made or changed.
    LessonListSaved,
    /// A page was opened to somebody until a time.
    GrantMade,
    /// A grant was taken back before its end.
    GrantEnded,
    /// Somebody asked for a page to be opened.
    UnblockAsked,
    /// A request was answered.
    UnblockAnswered,
    /// A child told an adult.
    AdultTold,
    /// An adult saw that a child told.
    ToldSeen,
    /// A register entry was written.
    EntryWritten,
    /// Unrestricted time was opened.
    UnrestrictedOpened,
    /// Unrestricted time was ended early.
    UnrestrictedEnded,
    /// A sanction began.
    SanctionBegun,
    /// A sanction was ended early.
    SanctionEnded,
    /// A report was issued.
    ReportIssued,
    /// A report was opened by one of its readers.
    ReportOpened,
    /// A report nobody had opened went to the next office.
    ReportPassedOn,
    /// Somebody looked at a person's activity.
    ActivityLooked,
    /// The school's own list edits changed.
    ListEdited,
    /// A held list entry was decided on.
    ListEntryDecided,
    /// Category lists were compiled and taken into use.
    ListsCompiled,
    /// A policy was published.
    PolicyPublished,
    /// A device was added or changed.
    DeviceSaved,
    /// A lesson's end was moved, or it was taken up again.
    LessonChanged,
    /// A register entry was entered in the school's safeguarding record.
    EntryEntered,
    /// An alert was raised.
    AlertRaised,
    /// An adult has seen to an alert.
    AlertSeen,
    /// An unsuitable site was reported, and shut for everybody.
    SiteReported,
    /// A list that changed too much to be believed was accepted by a person.
    ListSourceAccepted,
    /// One person wants to believe a list that takes two.
    ListSourceProposed,
    /// The second one said yes to it.
    ListSourceConfirmed,
    /// Lists that would have lost a sealed list were not taken into force (FM-27).
    SealedKept,
    /// Somebody tried to open what nobody can, and was refused (FM-27).
    SealedTried,
    /// Somebody said that somebody else knows their password.
    PasswordDisclosed,
    /// A device was lent to somebody.
    DeviceLent,
    /// A device that was lent came back.
    DeviceReturned,
    /// What somebody who leaves has to bring back was listed.
    ReturnListMade,
    /// A return list was called off: its person stays.
    ReturnListCalledOff,
    /// A policy was written that waits for a second person.
    PolicyDrafted,
    /// A policy that waited was declined, or taken back by whoever wrote it.
    PolicyDeclined,
    /// A case was opened.
    CaseOpened,
    /// Something was added to a case.
    CaseAdded,
    /// A case is of another class: for other eyes.
    CaseClassed,
    /// Somebody else may see a case.
    CaseShared,
    /// A case was handed to somebody outside the school.
    CaseDisclosed,
    /// A case was taken over into the behaviour system.
    CaseTransferred,
    /// A case was closed with its outcome.
    CaseClosed,
    /// A case was opened again.
    CaseReopened,
    /// The ledger of clauses found that a control came to hold, or holds no more.
    HeldNoted,
    /// Leave was asked for.
    PermissionAsked,
    /// The first of two said yes to it.
    PermissionAgreed,
    /// It was given or refused.
    PermissionDecided,
    /// It was taken back or ended early.
    PermissionEnded,
    /// It came to its end, and those it concerns were told.
    PermissionLapsed,
    /// A page is to be opened, and waits for a second person.
    UnblockProposed,
    /// How somebody outside of the school is reached was written.
    ContactSaved,
    /// Agreement slips were printed.
    SlipsPrinted,
    /// A picture of a slip was kept.
    SlipScanned,
    /// The pictures of a slip were deleted, their time being over.
    ScansDeleted,
    /// A class was let sign on one device.
    TogetherOpened,
    /// A class signs on this device.
    TogetherAtDevice,
    /// A class has finished signing on one device.
    TogetherEnded,
    /// Those who have still to sign were reminded.
    Reminded,
    /// A password or a sign-in elsewhere was given to somebody.
    AccessIssued,
    /// It was taken back.
    AccessTakenBack,
    /// A laptop was lent until a time.
    LaptopLent,
    /// A laptop's lending ended.
    LaptopLendingEnded,
    /// A password lapsed with the half-term.
    PasswordLapsed,
    /// New words of an agreement were written, or changed.
    AgreementDrafted,
    /// The governors approved new words of an agreement.
    AgreementApproved,
    /// New words of an agreement were given up.
    AgreementWithdrawn,
    /// Somebody asked about an agreement.
    QuestionAsked,
    /// A question about an agreement was answered.
    QuestionAnswered,
    /// A review of the policy was written down.
    ReviewKept,
    /// Another policy of the school was brought in, or a newer edition of it.
    LinkedPolicyKept,
    /// The rules were put up in a room, or found gone.
    PosterNoted,
    /// Somebody read what breaks a rule and what may follow.
    ConductRead,
    /// A yes that waited for a second person was set aside.
    UnblockSetAside,
    /// An agreement was written in another language.
    TranslationWritten,
    /// An agreement in another language was approved.
    TranslationApproved,
    /// An agreement in another language is not shown any more.
    TranslationWithdrawn,
    /// The children's rules were sent to a parent.
    RulesSent,
    /// What became of the rules that were sent to a parent.
    RulesArrived,
    /// Somebody was over the school's limit of private time, and was told.
    PrivateTimeRaised,
    /// They answered.
    PrivateTimeAnswered,
    /// It was handed on, their time for an answer being over.
    PrivateTimeHandedOn,
    /// Whoever it was handed on to has seen to it.
    PrivateTimeSeen,
    /// Network cards were seen for the first time.
    NetworkCardsSeen,
    /// Made-up addresses of a day were counted.
    MadeUpCardsCounted,
    /// Somebody said what a network card is.
    NetworkCardSaid,
    /// Somebody began to look at searches that raised no alert.
    SpotCheckBegun,
    /// They were looked at; what should have raised an alert does.
    SpotCheckDone,
    /// Leaders began to look through a sample of web use.
    ActivityReviewBegun,
    /// They signed what they thought of it.
    ActivityReviewSigned,
    /// Somebody asks to look at somebody's files or mail.
    ExaminationAsked,
    /// A second person agreed.
    ExaminationAgreed,
    /// A second person said no.
    ExaminationRefused,
    /// What came of it is written down.
    ExaminationOver,
    /// An alert was closed with its outcome.
    AlertClosed,
    /// A closed alert was opened again.
    AlertReopened,
    /// Those an alert is for were told, the quiet hours being over.
    AlertTold,
    /// An alert went to others, because nobody had taken it up.
    AlertPassedOn,
    /// A drill was begun.
    DrillBegun,
    /// A service that people sign in to from here was added or changed.
    ServiceSaved,
    /// Nobody signs in to it any more.
    ServiceEnded,
    /// Somebody said yes to what a service may know of them.
    ServiceConsented,
    /// Somebody signed in to a service.
    ServiceEntered,
    /// A service was told who signed in.
    ServiceTold,
    /// A sign-in to a service was called off.
    ServiceRevoked,
    /// Records whose time was over were removed.
    RecordsRemoved,
    /// A personal data breach was written down.
    BreachNoted,
    /// Whether the Information Commissioner is told of a breach was decided.
    BreachDecided,
    /// The school answered in a parent's place for a child.
    ParentsPlaceTaken,
    /// It answers no more.
    ParentsPlaceLeft,
    /// The monitoring plan was changed.
    MonitoringPlanChanged,
    /// What was changed after a term's themes was written down.
    TermChangeKept,
    /// Somebody is to be taken out of what is kept.
    ErasureAsked,
    /// A second person confirmed it.
    ErasureAgreed,
    /// A second person said no.
    ErasureRefused,
    /// Somebody called it off.
    ErasureCalledOff,
    /// The event files lost what they had of somebody.
    ErasureCarriedOn,
    /// What was written of somebody was replaced: the line says by what.
    PersonErased,
    /// A report that was issued has other figures: somebody was taken out of them.
    ReportRemade,
    /// An erasure is done.
    ErasureDone,
}

/// Everything one command changes: written whole, with its journal entry, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened, for the journal.
    pub action: Action,
    /// Whom it is about.
    pub about: Option<PersonId>,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
    /// The records to write, in order.
    pub writes: Vec<Write>,
    /// Mails that go out because of it, sent after the change is kept.
    pub mails: Vec<Mail>,
}

impl Change {
    /// A change of one record.
    pub fn of(action: Action, write: Write) -> Self {
        Self { action, about: None, reason: None, writes: vec![write], mails: Vec::new() }
    }

    /// This change, about a person.
    #[must_use]
    pub const fn about(mut self, person: PersonId) -> Self {
        self.about = Some(person);
        self
    }

    /// This change, for a reason.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// This change and one more record.
    #[must_use]
    pub fn and(mut self, write: Write) -> Self {
        self.writes.push(write);
        self
    }

    /// This change and a mail that goes out because of it.
    #[must_use]
    pub fn mailing(mut self, mail: Mail) -> Self {
        self.mails.push(mail);
        self
    }
}

/// Whom a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
// An id has no `@` in it and an address always has one, so neither can be read as the other.
#[serde(untagged)]
pub enum To {
    /// Somebody of the school: by id, because their address may change before the mail goes.
    Person(PersonId),
    /// Somebody outside of it.
    Outside(EmailAddress),
    /// The address for messages the server is configured with: a chat, or whatever sends text messages to telephones. Kept
    /// as `null`: which address it is, is the configuration's.
    Hook,
}

impl From<PersonId> for To {
    fn from(person: PersonId) -> Self {
        Self::Person(person)
    }
}

/// A mail Usher sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The reader.
    pub to: To,
    /// The subject line, already in words.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// A file to attach: its name and its content's digest in the blob store.
    pub attachment: Option<(String, Digest)>,
}

/// One entry of the journal, before it is chained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// Whom it is about.
    pub about: Option<PersonId>,
    /// Why.
    pub reason: Option<String>,
    /// The records written: kind, id, version and digest of the new content.
    pub records: Vec<JournalRecord>,
    /// For an erasure: the digest of the list of entries whose lines were replaced, each with the digest of what stands there
    /// now. The list is kept as a text under this digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Digest>,
}

/// One record as the journal tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRecord {
    /// What it is.
    pub kind: Kind,
    /// Its id as a number.
    pub id: u64,
    /// Its version after the write.
    pub version: u64,
    /// The digest of its new content.
    pub digest: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    #[test]
    fn a_mail_is_read_back_to_whom_it_was_written() {
        let outside = EmailAddress::parse("abuse@provider.example").unwrap();
        for to in [To::Person(Id::new(9)), To::Outside(outside), To::Hook] {
            let mail = Mail { to, subject: "s".into(), text: "t".into(), attachment: None };
            let kept = serde_json::to_string(&mail).unwrap();
            assert_eq!(serde_json::from_str::<Mail>(&kept).unwrap(), mail, "{kept}");
        }
        let neither = r#"{"to":"@","subject":"s","text":"t","attachment":null}"#;
        assert!(serde_json::from_str::<Mail>(neither).is_err());
    }
}
