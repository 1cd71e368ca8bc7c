//! The figures and rules on which schools differ (requirement row POL-11): settings, never code.
//!
//! One TOML file a school; five ready-made profiles reproduce five real policies' choices. Unknown keys are refused.
//! What the gateway decides by is in `policy::document`; here is what the books and the pages go by.

use jiff::civil::{Time, Weekday};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use usher_types::email::EmailAddress;
use usher_types::role::{PersonKind, Role, Year};

use crate::answering::Answering;
use crate::case::rules::CaseRules;
use crate::keeping::KeepRules;
use crate::membership::Membership;
use crate::network_card::CardRules;
use crate::off_site::OffSite;
use crate::password::PasswordRule;
use crate::permission::rules::PermissionRules;
use crate::private_use::PrivateRules;
use crate::scope::{self, Technology};

/// A school's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// How people sign in.
    pub sign_in: SignIn,
    /// Passwords.
    pub passwords: Passwords,
    /// Who signs what, and what waits for it.
    pub agreements: Agreements,
    /// Lessons and supervision.
    pub lessons: Lessons,
    /// Unrestricted time for the computing lead (WEB-21).
    pub unrestricted: UnrestrictedRule,
    /// Reports.
    pub reports: Reports,
    /// When repeated or grave events become an alert.
    #[serde(default)]
    pub alarms: Alarms,
    /// Whom notices and questions go to.
    pub contacts: Contacts,
    /// The rest of what the source policies differ on; each is carried out where its room stands.
    pub conduct: Conduct,
    /// Cases: kinds, the ladder of what may follow, how long one person may narrow somebody's web for.
    #[serde(default)]
    pub cases: CaseRules,
    /// Leave: who decides on what, how long it lasts, what takes two.
    #[serde(default)]
    pub permissions: PermissionRules,
    /// The technologies the policy covers, each with what it leads to (POL-03).
    #[serde(default = "scope::technologies")]
    pub technologies: Vec<Technology>,
    /// By whose membership lists of illegal content are used (FM-24, FM-25).
    #[serde(default)]
    pub memberships: Vec<Membership>,
    /// How much private time staff may spend while they work (WEB-23).
    #[serde(default)]
    pub private_use: PrivateRules,
    /// New cards on the network (PRM-03).
    #[serde(default)]
    pub network_cards: CardRules,
    /// How long records of what people did are kept (DPR-09).
    #[serde(default)]
    pub keeping: KeepRules,
    /// How devices away from school come back through it (MON-15).
    #[serde(default, skip_serializing_if = "OffSite::is_none")]
    pub off_site: OffSite,
}

/// How people sign in and how long it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignIn {
    /// Years whose pupils share one account (ACC-02); all others have their own.
    #[serde(default)]
    pub shared_years: Vec<Year>,
    /// Years that sign in by class, picture and picture password; the rest type.
    #[serde(default)]
    pub picture_years: Vec<Year>,
    /// A signed-in device that does nothing for this long is signed out (ACC-10).
    pub idle_minutes: Limits,
    /// A sign-in ends after this long whatever happens (ACC-10).
    pub absolute_minutes: Limits,
    /// What happens when somebody signs in at a second device (ACC-09).
    pub second_device: SecondDevice,
    /// Who accepts the short clause at every sign-in (AGR-06).
    #[serde(default)]
    pub clause_each_time: Vec<PersonKind>,
    /// A visitor's access ends at this time of day (AGR-18).
    pub visitors_until: Time,
}

/// A limit that may differ between pupils and adults, in the unit its key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// For pupils.
    pub pupils: u16,
    /// For everybody else.
    pub adults: u16,
}

impl Limits {
    /// The limit for somebody of this kind.
    pub const fn of(self, kind: PersonKind) -> u16 {
        if matches!(kind, PersonKind::Pupil) { self.pupils } else { self.adults }
    }
}

/// What happens when somebody who is signed in signs in elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondDevice {
    /// The second sign-in is refused.
    Refuse,
    /// The first sign-in ends.
    EndFirst,
    /// Both go on, and an alert says so.
    Allow,
}

/// Password rules and what protects them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Passwords {
    /// For staff and other adults (ACC-07).
    pub adults: PasswordRule,
    /// For pupils who type one.
    pub pupils: PasswordRule,
    /// How many pictures a picture password has, in order.
    pub pictures: u8,
    /// Wrong tries before the account rests.
    pub tries: u8,
    /// How long it rests.
    pub rest_minutes: u16,
    /// Whether passwords lapse, and when.
    pub lapse: Lapse,
    /// Whether a laptop's password may be lent to support staff for a day (ACC-13).
    pub lending: bool,
}

/// When passwords lapse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lapse {
    /// Never, as national advice now prefers.
    Never,
    /// At the start of every half-term (ACC-11).
    HalfTermly,
}

/// Who signs what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Agreements {
    /// Which agreement each group of people signs. The first entry that fits a person counts.
    pub audiences: Vec<Audience>,
    /// Whether pupils sign again every school year (AGR-05).
    pub pupils_yearly: bool,
    /// Whether adults sign again every school year.
    pub adults_yearly: bool,
    /// Whether a pupil's web waits for a parent to have answered (AGR-07).
    pub parent_first: bool,
    /// Whether parent and child both sign one agreement (AGR-08).
    pub with_parent: bool,
    /// Days after a material change before access narrows (AGR-19).
    pub days_to_sign_again: u16,
    /// School days for which a child who comes, or moves to another agreement, in the middle of a year has the web while their
    /// parent's part is awaited; 0 for none. They begin when the child has signed.
    #[serde(default, deserialize_with = "joiner_days")]
    pub joiner_days: u8,
    /// Days the picture of a paper slip is kept after its agreement ended.
    #[serde(default = "scan_days")]
    pub scan_days: u16,
    /// Whether the governors approve an agreement before it is put out for signature (POL-05).
    #[serde(default)]
    pub governors_approve: bool,
    /// Whether parents are sent the children's rules at the start of each school year (AGR-13).
    #[serde(default)]
    pub rules_to_parents: bool,
}

/// A year: whoever doubts a signature does so while the next one is fresh.
const fn scan_days() -> u16 {
    365
}

/// The most days of grace: a month, in which any letter home is answered. More would be a year without a parent's answer.
const MOST_JOINER_DAYS: u8 = 20;

fn joiner_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let days = u8::deserialize(deserializer)?;
    if days > MOST_JOINER_DAYS {
        return Err(D::Error::custom(format!("joiner-days is {MOST_JOINER_DAYS} school days at most")));
    }
    Ok(days)
}

/// One group of people and the agreement they sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Audience {
    /// The agreement's key, such as `pupil-ks2`.
    pub agreement: String,
    /// Kinds of people.
    pub kinds: Vec<PersonKind>,
    /// For pupils: which years; empty means all.
    #[serde(default)]
    pub years: Vec<Year>,
}

/// Lessons and supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lessons {
    /// Years whose lessons open in list-only mode unless the teacher chooses otherwise (WEB-09).
    #[serde(default)]
    pub list_only_years: Vec<Year>,
    /// The longest a lesson stays open without being opened again.
    pub longest_minutes: u16,
    /// The longest a teacher may open a page for a class.
    pub longest_grant_minutes: u16,
}

/// Unrestricted time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnrestrictedRule {
    /// Whether the school has it at all.
    pub allowed: bool,
    /// The longest it may be opened for.
    pub longest_minutes: u16,
}

/// Reports and who gets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reports {
    /// The day the weekly report of suspicious words and searches is made (MON-06).
    pub weekly_day: Day,
    /// The time it is made.
    pub weekly_time: Time,
    /// The role-holders it goes to.
    pub weekly_to: Vec<Role>,
    /// Roles that may look at a person's activity, always with a reason (MON-04).
    pub activity_seen_by: Vec<Role>,
    /// How many days after a review of web use by leaders the next is due (MON-05): half a term where nothing is said, as the
    /// policies say "from time to time".
    #[serde(default = "half_a_term")]
    pub review_every_days: u16,
}

const fn half_a_term() -> u16 {
    42
}

/// A day of the week, written in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the days say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}

/// When repeated or grave events become an alert (MON-08, MON-14, WEB-17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Alarms {
    /// Words at least this grave are told at once; see `lists/themes`.
    pub words_from: u8,
    /// How long grave words of one person are one alert. `times` is always 1.
    pub words: Burst,
    /// Tries for pages of a grave kind.
    pub grave_blocks: Burst,
    /// Blocks of any kind.
    pub many_blocks: Burst,
    /// Accounts that rest, and one person at two devices. `times` is always 1.
    pub sign_ins: Burst,
    /// Whom alerts go to by mail.
    pub to: Vec<Role>,
    /// How they are answered.
    #[serde(default)]
    pub answer: Answering,
}

impl Default for Alarms {
    fn default() -> Self {
        Self {
            words_from: 4,
            words: Burst { times: 1, minutes: 10, quiet_minutes: 10 },
            grave_blocks: Burst { times: 5, minutes: 10, quiet_minutes: 30 },
            many_blocks: Burst { times: 10, minutes: 5, quiet_minutes: 30 },
            sign_ins: Burst { times: 1, minutes: 10, quiet_minutes: 30 },
            to: vec![Role::Headteacher, Role::SafeguardingLead],
            answer: Answering::default(),
        }
    }
}

/// So many times within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Burst {
    /// How often.
    pub times: u8,
    /// Within how many minutes.
    pub minutes: u16,
    /// For how many minutes after it the same is not told again.
    pub quiet_minutes: u16,
}

/// Whom notices and questions go to. Role-holders are looked up when needed, so a change of person needs no edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contacts {
    /// Who answers questions about the policy (POL-06).
    pub questions: Role,
    /// Who is told when a child tells.
    pub told: Vec<Role>,
    /// Who answers requests to open a page.
    pub requests: Vec<Role>,
    /// What the body above the school is called: local authority, trust.
    pub authority: String,
    /// Where that body is told of unsuitable sites (WEB-16).
    #[serde(default)]
    pub authority_mail: Option<EmailAddress>,
    /// Where the internet provider is told of them.
    #[serde(default)]
    pub provider_mail: Option<EmailAddress>,
}

/// The other things the source policies differ on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Conduct {
    /// Private use by staff.
    pub staff_private_use: PrivateUse,
    /// Private use by pupils.
    pub pupil_private_use: PupilPrivateUse,
    /// Pupils' own phones.
    pub pupil_phones: Phones,
    /// People's own devices on the school's wireless.
    pub own_devices: OwnDevices,
    /// Whether school mail may be read on a personal phone.
    pub mail_on_phones: PhoneMail,
    /// Memory sticks.
    pub sticks: Sticks,
    /// Pupils' mail.
    pub pupil_mail: PupilMail,
    /// Who says yes to software and hardware.
    pub software_approver: Role,
    /// Who says yes to data leaving the site.
    pub data_off_site_approver: Role,
    /// Names beside pictures: 1 nothing identifying without consent, 2 no surnames, 3 no names at all.
    pub names_with_pictures: u8,
    /// Whose consent a picture needs.
    pub picture_consent: Vec<Consent>,
    /// Meeting somebody met online.
    pub meeting_online_contacts: Meeting,
    /// Who deals with a pupil's first breach.
    pub first_breach: Role,
    /// When parents are told.
    pub parents_told: ParentsTold,
    /// Who may keep a copy of what was seen; never of anything that may be illegal.
    pub copies_kept_by: Vec<PersonKind>,
    /// How long mail stays on the server, in months; 0 means as short as possible.
    pub mail_kept_months: u16,
    /// The largest attachment, in megabytes; 0 means no limit of the policy's own.
    pub attachment_megabytes: u16,
    /// Whether laptops go home or back to the suite every evening.
    pub laptops_overnight: Overnight,
}

/// Private use by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrivateUse {
    /// None.
    None,
    /// What the head or the governors list as reasonable.
    AsListed,
    /// Occasional, when it does not get in the way of work.
    Occasional,
}

/// Private use by pupils.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PupilPrivateUse {
    /// School work only.
    None,
    /// Nothing but school work in lessons.
    OutsideLessons,
    /// Before and after school, at break and at lunch.
    OutsideHours,
}

/// Pupils' own phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phones {
    /// No use for any reason.
    Never,
    /// Not on site unless approved.
    ApprovedOnly,
    /// Handed in; used at break and lunch.
    HandedIn,
    /// Not in lessons.
    NotInLessons,
    /// Allowed where nobody is harmed.
    Allowed,
}

/// People's own devices on the school's wireless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnDevices {
    /// Never.
    Never,
    /// With leave for each person.
    ByPermit,
    /// On a guest network.
    GuestNetwork,
}

/// School mail on a personal phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhoneMail {
    /// No.
    No,
    /// When the phone locks and its owner says so.
    WithDeclaration,
    /// Yes, with nothing sensitive kept on it.
    NothingSensitive,
}

/// Memory sticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sticks {
    /// Barred.
    Barred,
    /// Encrypted ones, with leave.
    EncryptedByPermit,
    /// Encrypted ones.
    EncryptedOnly,
    /// Free.
    Free,
}

/// Pupils' mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PupilMail {
    /// None.
    None,
    /// Only the class's address.
    ClassAddress,
    /// The class's address or their own school one.
    ClassOrOwn,
    /// Their own school address.
    Own,
}

/// Whose consent a picture needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// A parent, in writing.
    ParentWritten,
    /// The child, by word.
    ChildSpoken,
}

/// Meeting somebody met online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meeting {
    /// Never.
    Never,
    /// In a project a teacher approved.
    ApprovedProject,
    /// In an approved project and with a responsible adult.
    ApprovedWithAdult,
}

/// When parents are told of a find or a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParentsTold {
    /// Always.
    Always,
    /// When staff are concerned.
    OnConcern,
}

/// Where laptops spend the night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overnight {
    /// All back in the suite.
    InTheSuite,
    /// Encouraged to go home with their user.
    AtHome,
    /// The policy does not say.
    NotSaid,
}

impl Settings {
    /// The key of the agreement somebody of this kind and year signs.
    pub fn agreement_for(&self, kind: PersonKind, year: Option<Year>) -> Option<&str> {
        self.agreements
            .audiences
            .iter()
            .find(|audience| {
                let year_fits =
                    audience.years.is_empty() || year.is_some_and(|year| audience.years.contains(&year));
                audience.kinds.contains(&kind) && (kind != PersonKind::Pupil || year_fits)
            })
            .map(|audience| audience.agreement.as_str())
    }

    /// The same settings for whoever asks about a pupil's own part alone: a parent's missing answer is no reason for a child not
    /// to sign.
    #[must_use]
    pub fn own_part_alone(&self) -> Self {
        let mut own = self.clone();
        own.agreements.parent_first = false;
        own.agreements.with_parent = false;
        own
    }

    /// Whether somebody of this kind signs anew each school year.
    pub const fn signs_yearly(&self, kind: PersonKind) -> bool {
        match kind {
            PersonKind::Pupil => self.agreements.pupils_yearly,
            // A visitor's day is the whole of it.
            PersonKind::Visitor => false,
            _ => self.agreements.adults_yearly,
        }
    }
}
