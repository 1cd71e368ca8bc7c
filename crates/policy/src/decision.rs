//! What was decided, and why: enough to explain it to a child, a teacher, a safeguarding lead and a technician, and to
//! make it again.

use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_records::standing::DueReason;
use usher_records::unrestricted::UnrestrictedId;
use usher_scan::features::{ScanFailure, SentKind};
use usher_types::address::SpecialRange;
use usher_types::calendar::PeriodKind;
use usher_types::digest::Digest;
use usher_types::host::HostName;
use usher_types::ids::{GrantId, LessonId, LessonListId, SanctionId};
use usher_types::moment::Moment;

use crate::facts::Mismatch;
use crate::verdict::Verdict;

/// The steps of judgement. Their order is in [`crate::decide::order`] and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Usher's own pages are always reachable.
    OwnPages,
    /// The whole school is closed down.
    Lockdown,
    /// Lists and addresses that nobody can open.
    SealedLists,
    /// Signed in, clause accepted, agreement signed.
    AgreementStanding,
    /// A sanction narrows what this person can reach.
    Sanction,
    /// What a download is, and what is inside it.
    Carries,
    /// What a form or an upload would take out.
    Leaving,
    /// A page opened to them until a time; unrestricted time.
    GrantedException,
    /// The lesson their class is in, or is not.
    LessonSession,
    /// The time of day.
    Timetable,
    /// Engines that cannot be made safe, and picture search.
    SafeSearch,
    /// The school's own rules, first match.
    GroupRules,
    /// What the page's words are about.
    Content,
    /// Categories by age and time.
    Categories,
    /// What happens to pages nobody knows.
    Default,
    /// Whether a tunnel is decrypted. Not in the order of judgement: it comes after the verdict, and opens nothing.
    Inspection,
}

impl Step {
    /// Its name in files and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnPages => "own-pages",
            Self::Lockdown => "lockdown",
            Self::SealedLists => "sealed-lists",
            Self::AgreementStanding => "agreement-standing",
            Self::Sanction => "sanction",
            Self::Carries => "carries",
            Self::Leaving => "leaving",
            Self::GrantedException => "granted-exception",
            Self::LessonSession => "lesson-session",
            Self::Timetable => "timetable",
            Self::SafeSearch => "safe-search",
            Self::GroupRules => "group-rules",
            Self::Content => "content",
            Self::Categories => "categories",
            Self::Default => "default",
            Self::Inspection => "inspection",
        }
    }
}

/// Why. A closed list: free text is in the rule, the grant or the list entry it points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It is one of Usher's own pages.
    OwnPage,
    /// The school is closed down.
    Lockdown,
    /// The school is closed down, and this page is kept open.
    KeptInLockdown,
    /// It is on a sealed list.
    SealedList,
    /// The name leads to an address inside the school or this server, which no rule opens.
    ForbiddenAddress(SpecialRange),
    /// Nobody is signed in at this device.
    SignIn,
    /// The short clause was not accepted at this sign-in.
    AcceptClause,
    /// The agreement is due.
    SignAgreement(DueReason),
    /// A parent's answer is missing.
    ParentMissing,
    /// A sanction takes the web away for now.
    SanctionNoWeb(SanctionId),
    /// A sanction leaves only list-only lessons.
    SanctionListOnly(SanctionId),
    /// A sanction leaves only lessons.
    SanctionLessonOnly(SanctionId),
    /// Something that harms computers was found in it, by this name.
    Malware(String),
    /// Nobody could look whether it does harm.
    Unscanned(ScanFailure),
    /// It is a kind of file that a rule of the school's policy closes.
    Carries(String),
    /// It would take something out of the school, which a rule of the school's policy closes.
    Leaving(String, SentKind),
    /// The page was opened to them.
    Granted(GrantId),
    /// It is part of a page that was opened to them, as far as it says.
    EmbeddedIn(GrantId),
    /// They opened unrestricted time.
    Unrestricted(UnrestrictedId),
    /// No lesson is open for their class.
    NoLesson,
    /// The page is in the lesson's list.
    InLessonList(LessonListId),
    /// It is part of a page in the lesson's list, as far as it says.
    EmbeddedInLessonList(LessonListId),
    /// The page is not in the lesson's list.
    NotInLessonList(LessonListId),
    /// The web is closed to them at this time.
    OutsideHours(PeriodKind),
    /// This search engine cannot be made safe.
    UnsafeSearch(String),
    /// Pictures and films are searched for in lessons only.
    ImageSearchOutsideLesson,
    /// Pictures and films are not searched for.
    ImageSearch,
    /// A rule of the school's policy says so.
    Rule(String),
    /// The page's words are about this, and this grave.
    Says(Category, i32),
    /// A category decides.
    Category(Category),
    /// Nobody knows the page, and that is how unknown pages are treated for this group.
    Unknown,
    /// The person belongs to no group of the policy.
    NoGroup,
    /// A sanction leaves only the school's supervised rooms.
    SanctionSupervisedOnly(SanctionId),
    /// A sanction takes mail on the web away.
    SanctionNoMail(SanctionId),
    /// This sealed category is shut neither here nor by a filter above, so that pupils are served nothing.
    SealMissing(Category),
}

impl Reason {
    /// The sanction that keeps the page away, if one does.
    pub const fn sanction(&self) -> Option<SanctionId> {
        match self {
            Self::SanctionNoWeb(id)
            | Self::SanctionListOnly(id)
            | Self::SanctionLessonOnly(id)
            | Self::SanctionSupervisedOnly(id)
            | Self::SanctionNoMail(id) => Some(*id),
            _ => None,
        }
    }
}

/// What a step that passed had to say. Passes are the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// It is not one of Usher's own pages.
    NotOwn,
    /// The school is open.
    NoLockdown,
    /// It is on no sealed list, and leads to no forbidden address.
    NotSealed,
    /// The agreement is signed, or none is asked.
    MayUse,
    /// No sanction holds.
    NoSanction,
    /// A sanction holds, and this is within what it leaves.
    WithinSanction(SanctionId),
    /// It carries nothing, as far as it was looked at, that is kept out.
    Harmless,
    /// A file of this kind was released to them.
    Released(GrantId),
    /// It takes nothing out that is kept in.
    NothingLeaves,
    /// Making an account there was opened to them.
    SignUpOpen(GrantId),
    /// Nothing was opened that fits.
    NoGrant,
    /// A lesson is open in normal mode.
    InLesson(LessonId),
    /// No lesson is needed.
    NoLessonNeeded,
    /// The web is open at this time.
    Open(PeriodKind),
    /// It is no search that is shut.
    NoUnsafeSearch,
    /// No rule fits.
    NoRule,
    /// Its words are about nothing that decides, or were not read.
    NothingSaid,
    /// It is in no category that decides.
    NoCategory,
    /// Its bytes are passed on unread.
    NotRead(NotRead),
    /// Sending a picture there was opened to them.
    PictureOpen(GrantId),
}

/// Why the bytes of a tunnel are passed on unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotRead {
    /// They are not TLS.
    NotTls,
    /// The policy decrypts nothing of this group.
    Group,
    /// The policy does not decrypt this category.
    Category(Category),
    /// The policy does not decrypt this site.
    Site,
    /// A rule of the school's policy says so.
    Rule(String),
    /// An entry of the list that comes with Usher says so.
    Kept(String),
    /// An app at this device refused the school's certificate for this site; until then.
    Pinned(Moment),
}

/// One step that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The step.
    pub step: Step,
    /// What it had to say.
    pub note: Note,
}

/// The list and entry that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// The list's id, or `school` for the school's own edits.
    pub list: String,
    /// Its category.
    pub category: Category,
    /// The entry as the list has it: `games.example`, `site.example/play`.
    pub entry: String,
}

/// The smallest single change that would have turned the decision between going through and not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flip {
    /// Somebody signs in.
    SignIn,
    /// They accept the clause.
    AcceptClause,
    /// The agreement is signed.
    Sign,
    /// The parent answers.
    ParentAnswers,
    /// The sanction ends.
    SanctionEnds(SanctionId),
    /// A lesson is opened for the class.
    LessonOpens,
    /// The lesson is opened in normal mode.
    LessonNormal,
    /// The page is put into the lesson's list.
    AddToLessonList(LessonListId),
    /// The same at another time of day.
    At(PeriodKind),
    /// The rule is not there.
    WithoutRule(String),
    /// The page is not in this category.
    WithoutCategory(Category),
    /// The page is opened to them.
    Grant,
    /// A technician releases the file.
    Release,
    /// It is sent without that.
    WithoutSending(SentKind),
    /// The page said less of this.
    WithoutWords(Category),
    /// A scanner looks at it.
    Scanned,
    /// The grant is not there.
    WithoutGrant(GrantId),
    /// The unrestricted time is not there.
    WithoutUnrestricted(UnrestrictedId),
    /// The page is taken out of the lesson's list.
    RemoveFromLessonList(LessonListId),
    /// The page is put into a category that is shut.
    ListedInShutCategory,
    /// The lockdown ends.
    LockdownEnds,
    /// Nothing a school can change.
    Nothing,
}

/// What is changed about a request on its way to the site, so that the site leaves out what is not for children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjust {
    /// The query has this parameter with this value, and no other of that name.
    Query(String, String),
    /// The request has this header field with this value, and no other of that name.
    Header(String, String),
    /// The site gets this cookie with this value, and no other of that name.
    Cookie(String, String),
    /// The connection goes to this name's address. The site is asked by its own name all the same.
    Connect(HostName),
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is to happen.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The step that decided.
    pub step: Step,
    /// The policy group the person was judged in.
    pub group: Option<String>,
    /// The list and entry that matched, where one did.
    pub matched: Option<Matched>,
    /// Names that should have been one and were not.
    pub mismatches: Vec<Mismatch>,
    /// The generation it was decided under.
    pub generation: Digest,
    /// The steps that passed before; of a tunnel whose bytes are passed on unread, last of all why.
    pub trail: Vec<Passed>,
    /// The smallest change that would have turned it.
    pub flip: Flip,
    /// What is changed about the request where it goes on.
    pub adjust: Vec<Adjust>,
}

impl Decision {
    /// Whether the reader sees one of our pages instead of theirs.
    pub fn is_refusal(&self) -> bool {
        self.verdict != Verdict::Allow
    }

    /// The name whose address the connection goes to in place of the site's own.
    pub fn connects_to(&self) -> Option<&HostName> {
        self.adjust.iter().find_map(|adjust| match adjust {
            Adjust::Connect(name) => Some(name),
            Adjust::Query(..) | Adjust::Header(..) | Adjust::Cookie(..) => None,
        })
    }

    /// Whether this is a page kept from the reader for what it is; signing in and lessons that have not begun are not.
    pub fn is_block(&self) -> bool {
        self.verdict >= Verdict::Hold
    }
}
