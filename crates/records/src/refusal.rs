//! Why a command was not carried out. A closed list, each with the key of its words.

use serde::{Deserialize, Serialize};

/// A refusal. The reader's words are in `locales/` under [`Refusal::words`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refusal {
    /// A reason is asked for and none, or nothing readable, was given.
    #[error("a reason is needed")]
    ReasonNeeded,
    /// A decision was written down without its reason.
    #[error("a decision needs its reason beside it")]
    WhyNeeded,
    /// An end is asked for and none was given, or it lies in the past.
    #[error("an end in the future is needed")]
    EndNeeded,
    /// The end is later than the school allows.
    #[error("the end is later than the school allows")]
    TooLong,
    /// A staff account was asked for without a person (ACC-01).
    #[error("every staff account belongs to one person")]
    NobodyAttached,
    /// The user name is taken.
    #[error("the user name is taken")]
    UsernameTaken,
    /// The user name has characters it may not have.
    #[error("the user name has characters it may not have")]
    UsernameOdd,
    /// The password is weaker than the school's rule (ACC-07).
    #[error("the password is weaker than the school's rule")]
    PasswordWeak(Vec<crate::password::Weakness>),
    /// The agreement text is not the one shown: it changed in between.
    #[error("the agreement changed in between")]
    AgreementChanged,
    /// The check question was not answered rightly.
    #[error("the check question was not answered rightly")]
    CheckWrong,
    /// The name typed under the agreement is not the signer's.
    #[error("the name typed is not the signer's")]
    NameDiffers,
    /// The box that says it was talked through is not ticked (AGR-08).
    #[error("parent and child talking it through is part of the signature")]
    NotDiscussed,
    /// Only a pupil, and nobody who holds an office, is taken out of what is kept.
    #[error("only a pupil can be taken out")]
    NotAPupil,
    /// The person has no leaving date that is over.
    #[error("they have not left")]
    StillHere,
    /// The person can still sign in.
    #[error("their account is still open")]
    AccountOpen,
    /// The person is in a case: the law keeps it (INC-13).
    #[error("they are in a case")]
    InACase,
    /// An alert about the person waits for an end.
    #[error("an alert about them is open")]
    AlertOpen,
    /// The names asked for are not the person's, or not theirs alone any more.
    #[error("their names are not those that were asked for")]
    NamesChanged,
    /// Nothing to do: it is already so.
    #[error("it is already so")]
    AlreadySo,
    /// The thing asked about is not there, or not there any more.
    #[error("it is not there any more")]
    Gone,
    /// Opening the page would not let through what was kept back.
    #[error("opening the page would not help")]
    NothingToOpen,
    /// It is somebody else's office to decide.
    #[error("somebody else decides this")]
    NotYours,
    /// The page asked for is in a sealed list and can be opened by nobody.
    #[error("nobody can open this page")]
    Sealed,
    /// The address is not one that can be used.
    #[error("the address cannot be used")]
    AddressOdd,
    /// The address takes in the sites of people who have nothing to do with each other: `com`, `co.uk`.
    #[error("the address is too wide")]
    TooWide,
    /// The list has not been checked by the adult who uses it (WEB-08).
    #[error("the list has not been checked")]
    ListUnchecked,
    /// The school does not use this.
    #[error("the school's settings do not allow it")]
    NotInThisSchool,
    /// A name is asked for and none was given.
    #[error("a name is needed")]
    NameNeeded,
    /// Somebody else changed it in between.
    #[error("somebody else changed it in between")]
    Conflict,
    /// A sanction comes after support for the child, or after a reason why not (INC-04).
    #[error("support for the child comes first")]
    SupportFirst,
    /// What is heavier than the school's ladder says needs a reason (INC-09).
    #[error("what is heavier than the school's ladder says needs a reason")]
    Heavier,
    /// A case closes with an outcome.
    #[error("an outcome is needed")]
    OutcomeNeeded,
    /// A case closes after somebody looked into it (MON-07).
    #[error("a note or a decision is needed")]
    NoteNeeded,
    /// The case is closed.
    #[error("the case is closed")]
    CaseClosed,
    /// Whoever proposed it cannot confirm it.
    #[error("a second person is needed")]
    SecondPerson,
    /// What may be illegal is not copied (INC-03).
    #[error("what may be illegal is not copied")]
    MayBeIllegal,
    /// A case about an adult of the school is more confidential than this one (INC-12).
    #[error("the case is open to more people than one about an adult may be")]
    ClassFirst,
    /// Nobody holds the office that would read it (INC-12, INC-15).
    #[error("nobody holds the office that reads this")]
    NobodyReads,
    /// Something that has to be told is missing (PRM-04).
    #[error("something that has to be told is missing")]
    DetailNeeded(crate::permission::matter::Detail),
    /// Opening this takes two people of two offices; one alone cannot.
    #[error("it takes two people")]
    TakesTwo,
    /// So many pages are a list, which a policy holds better than a permission.
    #[error("too many pages for a permission")]
    TooManyPages,
    /// A slip was entered on which nobody signed.
    #[error("nobody signed it")]
    NothingSigned,
    /// The governors have not approved these words, and the school asks for it (POL-05).
    #[error("the governors have not approved these words")]
    NotApproved,
    /// A meeting is said to have been held on a day to come.
    #[error("the day is not past")]
    MeetingOdd,
    /// The minutes are asked for and not named.
    #[error("the minute reference is needed")]
    MinuteNeeded,
    /// A mark of the version is asked for and none was given.
    #[error("a version is needed")]
    VersionNeeded,
    /// So many names are a class.
    #[error("too many names for a permission")]
    TooManyNames,
    /// The address has a query, and what is opened has none: all of its kind would open.
    #[error("what is opened has no query")]
    HasQuery,
    /// An account or a picture is opened by a project, which somebody else approves (WEB-27, IMG-17).
    #[error("it takes a project")]
    NeedsProject,
    /// Nobody is there who could decide.
    #[error("nobody can decide on it")]
    NobodyDecides,
    /// There are more words than fit.
    #[error("there are too many words")]
    TooMuch,
    /// As many questions as may wait for a reply do (AGR-10).
    #[error("too many questions wait for a reply")]
    StillWaiting,
    /// The device has no address, by which whoever is at it is known.
    #[error("the device has no address")]
    AddressNeeded,
    /// It is meant for nobody.
    #[error("it is meant for nobody")]
    NobodyMeant,
    /// Days are out of bounds, or lines would go before what they are the short form of (DPR-09).
    #[error("records cannot be kept for so many days")]
    KeptOddly,
    /// Usher is on no device, and is said to be (FM-45).
    #[error("Usher is not software on a device")]
    NotOnDevices,
}

impl Refusal {
    /// The key of its words.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::ReasonNeeded => "refusal-reason-needed",
            Self::WhyNeeded => "refusal-why-needed",
            Self::EndNeeded => "refusal-end-needed",
            Self::TooLong => "refusal-too-long",
            Self::NobodyAttached => "refusal-nobody-attached",
            Self::UsernameTaken => "refusal-username-taken",
            Self::UsernameOdd => "refusal-username-odd",
            Self::PasswordWeak(_) => "refusal-password-weak",
            Self::AgreementChanged => "refusal-agreement-changed",
            Self::CheckWrong => "refusal-check-wrong",
            Self::NameDiffers => "refusal-name-differs",
            Self::NotDiscussed => "refusal-not-discussed",
            Self::NotAPupil => "refusal-not-a-pupil",
            Self::StillHere => "refusal-still-here",
            Self::AccountOpen => "refusal-account-open",
            Self::InACase => "refusal-in-a-case",
            Self::AlertOpen => "refusal-alert-open",
            Self::NamesChanged => "refusal-names-changed",
            Self::AlreadySo => "refusal-already-so",
            Self::Gone => "refusal-gone",
            Self::NothingToOpen => "refusal-nothing-to-open",
            Self::NotYours => "refusal-not-yours",
            Self::Sealed => "refusal-sealed",
            Self::AddressOdd => "refusal-address-odd",
            Self::TooWide => "refusal-too-wide",
            Self::ListUnchecked => "refusal-list-unchecked",
            Self::NotInThisSchool => "refusal-not-in-this-school",
            Self::NameNeeded => "refusal-name-needed",
            Self::Conflict => "refusal-conflict",
            Self::SupportFirst => "refusal-support-first",
            Self::Heavier => "refusal-heavier",
            Self::OutcomeNeeded => "refusal-outcome-needed",
            Self::NoteNeeded => "refusal-note-needed",
            Self::CaseClosed => "refusal-case-closed",
            Self::SecondPerson => "refusal-second-person",
            Self::MayBeIllegal => "refusal-may-be-illegal",
            Self::ClassFirst => "refusal-class-first",
            Self::NobodyReads => "refusal-nobody-reads",
            Self::DetailNeeded(_) => "refusal-detail-needed",
            Self::TakesTwo => "refusal-takes-two",
            Self::TooManyPages => "refusal-too-many-pages",
            Self::NothingSigned => "refusal-nothing-signed",
            Self::NotApproved => "refusal-not-approved",
            Self::MeetingOdd => "refusal-meeting-odd",
            Self::MinuteNeeded => "refusal-minute-needed",
            Self::VersionNeeded => "refusal-version-needed",
            Self::TooManyNames => "refusal-too-many-names",
            Self::HasQuery => "refusal-has-query",
            Self::NeedsProject => "refusal-needs-project",
            Self::NobodyDecides => "refusal-nobody-decides",
            Self::TooMuch => "refusal-too-much",
            Self::StillWaiting => "refusal-still-waiting",
            Self::AddressNeeded => "refusal-address-needed",
            Self::NobodyMeant => "refusal-nobody-meant",
            Self::KeptOddly => "refusal-kept-oddly",
            Self::NotOnDevices => "refusal-not-on-devices",
        }
    }
}

/// The shortest reason that says something; shorter ones are a key pressed to get past the question.
const SHORTEST_REASON_CHARS: usize = 4;

/// A reason as given, trimmed.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it says nothing.
pub fn reason(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < SHORTEST_REASON_CHARS { Err(Refusal::ReasonNeeded) } else { Ok(text) }
}
