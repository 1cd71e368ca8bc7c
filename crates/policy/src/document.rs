//! The policy as a school writes it: groups, categories by group and time, rules, lessons, hours. One readable TOML;
//! unknown keys are refused.
//!
//! Names refer to names: a rule's `for` lists groups or sets of groups, `during` lists parts of the school day.
//! [`crate::snapshot`] checks that every name exists and makes the form the decision uses.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_lists::patterns::AddressPattern;
use usher_scan::features::{FileState, ScanFailure, SentKind};
use usher_scan::kind::Class;
use usher_types::calendar::{PeriodKind, SchoolCalendar};
use usher_types::host::HostName;
use usher_types::moment::Zone;
use usher_types::role::{PersonKind, Role, Year};

use crate::facts::Mismatch;
use crate::kept::Section;
use crate::must::Must;
use crate::verdict::Verdict;

/// The policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyDocument {
    /// The school's time zone.
    #[serde(default = "Zone::london")]
    pub zone: Zone,
    /// Terms, closed days, bells.
    #[serde(default)]
    pub calendar: SchoolCalendar,
    /// Host names of Usher's own pages.
    pub own_hosts: Vec<HostName>,
    /// Groups people are judged in; the first that fits counts.
    #[serde(rename = "group")]
    pub groups: Vec<FilterGroup>,
    /// Names for several groups together: `pupils`, `adults`.
    #[serde(default)]
    pub sets: BTreeMap<String, Vec<String>>,
    /// Whether the school is closed down.
    #[serde(default)]
    pub lockdown: Option<Lockdown>,
    /// Categories nobody can open, whatever else is said: the sealed slot.
    #[serde(default)]
    pub sealed: Vec<Category>,
    /// Who needs a lesson, and when (WEB-12).
    #[serde(default)]
    pub lessons: LessonRule,
    /// When the web is closed to whom (WEB-22).
    #[serde(default)]
    pub hours: Vec<HoursRule>,
    /// The school's own rules; the first that fits counts, because staff must be able to explain them.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// Categories, by group and time.
    #[serde(default, rename = "category")]
    pub categories: Vec<CategoryRule>,
    /// What happens to pages nobody knows, by group or set.
    pub unknown: BTreeMap<String, Verdict>,
    /// Who searches safely, and who may search for pictures.
    #[serde(default)]
    pub safe_search: SafeSearch,
    /// What may come along with a page that was opened.
    #[serde(default)]
    pub embedded: Embedded,
    /// How far a page's words may go.
    #[serde(default)]
    pub content: Content,
    /// What forms and uploads may not take out of the school; the first that fits counts.
    #[serde(default, rename = "leaving")]
    pub leaving: Vec<LeavingRule>,
    /// What downloads may not be; the first that fits counts.
    #[serde(default, rename = "carries")]
    pub carries: Vec<CarriesRule>,
    /// What happens when no scanner could look; the first that fits counts, and what none names is shut.
    #[serde(default, rename = "unscanned")]
    pub unscanned: Vec<UnscannedRule>,
    /// What is not decrypted.
    #[serde(default)]
    pub inspection: Inspection,
    /// Special-purpose addresses that may be reached: a learning platform inside the school.
    #[serde(default)]
    pub reach: Vec<IpNet>,
    /// What the school promises of it; no policy is published that breaks one of these.
    #[serde(default, rename = "must", skip_serializing_if = "Vec::is_empty")]
    pub musts: Vec<Must>,
}

/// A group people are judged in. Somebody fits when their kind is listed, and their year, if any years are listed.
/// Roles widen it: whoever holds one fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FilterGroup {
    /// Its name in rules.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Kinds of people.
    #[serde(default)]
    pub kinds: Vec<PersonKind>,
    /// For pupils: years; empty means all.
    #[serde(default)]
    pub years: Vec<Year>,
    /// Roles whose holders fit whatever their kind.
    #[serde(default)]
    pub roles: Vec<Role>,
}

impl FilterGroup {
    /// How safely it searches where nothing is said of it: children as safely as can be, adults as they choose.
    pub fn unsaid_search(&self) -> SafeLevel {
        if self.kinds.contains(&PersonKind::Pupil) { SafeLevel::Strict } else { SafeLevel::Off }
    }
}

/// A lockdown: nothing but the pages kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lockdown {
    /// Why.
    pub reason: String,
    /// Pages that stay open.
    #[serde(default)]
    pub keep: Vec<AddressPattern>,
}

/// Who needs a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LessonRule {
    /// Groups or sets that have the web only in a lesson.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// During these parts of the day; empty means always.
    #[serde(default)]
    pub during: Vec<PeriodKind>,
    /// Rooms with an adult beside the screens, as devices name them: where somebody may go on whose web a sanction
    /// leaves only there (WEB-10, INC-08).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supervised_rooms: Vec<String>,
}

/// When the web is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HoursRule {
    /// To whom.
    #[serde(rename = "for")]
    pub whom: Vec<String>,
    /// During these parts of the day.
    pub closed_during: Vec<PeriodKind>,
}

/// A rule. Every condition given must hold; a rule without conditions fits everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// Why the school has it (FM-05).
    pub why: String,
    /// What it says.
    pub verdict: Verdict,
    /// Groups or sets it is for; empty means everybody.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// During these parts of the day; empty means always.
    #[serde(default)]
    pub during: Vec<PeriodKind>,
    /// Pages it is about; empty means all.
    #[serde(default)]
    pub pages: Vec<AddressPattern>,
    /// Categories it is about: the page is in one of them; empty means all.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Methods it is about; empty means all.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Fits when the port is none of these; empty means any port.
    #[serde(default)]
    pub ports_other_than: Vec<u16>,
    /// Fits only when the host is written as an address.
    #[serde(default)]
    pub address_instead_of_name: bool,
    /// Fits only when the address carries user information.
    #[serde(default)]
    pub user_information: bool,
    /// Fits only when one of these mismatches is seen.
    #[serde(default)]
    pub mismatches: Vec<Mismatch>,
    /// Fits only tunnels that carry something other than TLS.
    #[serde(default)]
    pub not_tls: bool,
    /// Who in the school answers for it. Nothing is decided by this or by the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day by which somebody looks whether it is still wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
}

/// What a category means for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CategoryRule {
    /// The category.
    pub name: Category,
    /// What it means for everybody not named below.
    pub verdict: Verdict,
    /// Why (FM-05).
    pub why: String,
    /// Exceptions; the first that fits counts.
    #[serde(default)]
    pub except: Vec<CategoryException>,
}

/// An exception to a category rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CategoryException {
    /// Groups or sets.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// Parts of the day; empty means always.
    #[serde(default)]
    pub during: Vec<PeriodKind>,
    /// What it means for them.
    pub verdict: Verdict,
    /// Why. Nothing is decided by this or by the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who in the school answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day by which somebody looks whether it is still wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
}

/// A rule or an exception whose day to be looked at has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Where it is: ``rule `id` ``, ``category `name` ``, ``inspection `id` ``.
    pub place: String,
    /// Who answers for it, where that is said.
    pub owner: Option<String>,
    /// The day.
    pub review: Date,
}

impl PolicyDocument {
    /// What somebody should look at by `today`, longest due first.
    pub fn due_for_review(&self, today: Date) -> Vec<Due> {
        let rules = self.rules.iter().map(|rule| (format!("rule `{}`", rule.id), &rule.owner, rule.review));
        let exceptions = self.categories.iter().flat_map(|category| {
            let place = format!("category `{}`", category.name);
            category.except.iter().map(move |except| (place.clone(), &except.owner, except.review))
        });
        let reading = self.inspection.rules.iter();
        let reading = reading.map(|rule| (format!("inspection `{}`", rule.id), &rule.owner, rule.review));
        let due = rules.chain(exceptions).chain(reading).filter_map(|(place, owner, review)| {
            let review = review.filter(|day| *day <= today)?;
            Some(Due { place, owner: owner.clone(), review })
        });
        let mut due: Vec<Due> = due.collect();
        due.sort_by_key(|one| one.review);
        due
    }
}

/// Safe search (WEB-10, WEB-11), by group or set. A group that is not named searches strictly when pupils are in it, and
/// freely when none are: a school that never thought of it has it on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SafeSearch {
    /// Search engines. Engines that cannot be locked are shut for whoever does not search freely.
    #[serde(default)]
    pub search: BTreeMap<String, SafeLevel>,
    /// YouTube and sites like it.
    #[serde(default)]
    pub youtube: BTreeMap<String, SafeLevel>,
    /// Picture and film search.
    #[serde(default)]
    pub image_search: BTreeMap<String, ImageSearch>,
}

/// How strictly a service is asked to leave out what is not for children, least strict first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SafeLevel {
    /// Not at all: as the reader chooses.
    Off,
    /// As its makers call moderate.
    Moderate,
    /// As strictly as it can.
    Strict,
}

/// Who may search for pictures and films, least strict first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageSearch {
    /// Always.
    Open,
    /// While a lesson is open.
    InLessons,
    /// Never.
    Shut,
}

/// What may come along with a page that was opened by a grant or a lesson's list: its films, scripts and pictures from
/// elsewhere. Where a request says it comes from can be made up, so only what is named here comes along.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Embedded {
    /// Categories; what is in another one as well does not come along.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Whether what nobody has sorted comes along.
    #[serde(default)]
    pub unknown: bool,
}

/// How far a page's words may go. A page that goes further is treated as if it were listed under the subject its words
/// point to: what that means for whom, the categories say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Content {
    /// The score from which on, by group or set; pages of groups not named are not judged by their words.
    #[serde(default)]
    pub limits: BTreeMap<String, i32>,
}

/// What may not leave the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeavingRule {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// Why the school has it.
    pub why: String,
    /// What it says.
    pub verdict: Verdict,
    /// Groups or sets it is for; empty means everybody.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// Kinds of things it is about.
    pub kinds: Vec<SentKind>,
    /// Pages it is not about: services the school subscribes to.
    #[serde(default)]
    pub except_pages: Vec<AddressPattern>,
    /// Categories it is not about: a page in one of them.
    #[serde(default)]
    pub except_categories: Vec<Category>,
}

/// What downloads may not be. It fits when the file, or something in it, is of one of the classes or in one of the
/// states. A technician's release goes before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CarriesRule {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// Why the school has it.
    pub why: String,
    /// What it says.
    pub verdict: Verdict,
    /// Groups or sets it is for; empty means everybody.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// Classes of files it is about.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// States of files it is about.
    #[serde(default)]
    pub states: Vec<FileState>,
    /// Pages it is not about: an updater.
    #[serde(default)]
    pub except_pages: Vec<AddressPattern>,
    /// Categories it is not about: a page in one of them.
    #[serde(default)]
    pub except_categories: Vec<Category>,
}

/// What happens when no scanner could look at something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnscannedRule {
    /// Why the school has it.
    pub why: String,
    /// What it says.
    pub verdict: Verdict,
    /// Groups or sets it is for; empty means everybody.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// Failures it is about; empty means all.
    #[serde(default)]
    pub failures: Vec<ScanFailure>,
    /// Classes of files it is about, by the gravest thing seen in them; empty means all. What nothing is known of is of no
    /// class, so no rule that names some fits it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
}

/// What is not decrypted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Inspection {
    /// Categories: banking, health.
    #[serde(default)]
    pub except_categories: Vec<Category>,
    /// Sites: an updater that trusts no other authority.
    #[serde(default)]
    pub except_sites: Vec<AddressPattern>,
    /// Groups or sets that are not decrypted at all: guests whose devices lack the school's certificate.
    #[serde(default, rename = "except-for")]
    pub except_whom: Vec<String>,
    /// Sections of the list that comes with Usher (`lists/not-inspected.toml`).
    #[serde(default)]
    pub kept: Vec<Section>,
    /// Groups or sets whose apps may refuse the school's certificate: after they did, their site is passed on unread for
    /// an hour, where it is plainly open to them.
    #[serde(default, rename = "pinned-for")]
    pub pinned_whom: Vec<String>,
    /// The school's own rules, for some and otherwise than the above; the first that fits counts.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<InspectionRule>,
}

/// A rule about decrypting. Every condition given must hold. It opens nothing: it says whether what is open is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InspectionRule {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// Why the school has it.
    pub why: String,
    /// Whether it is decrypted.
    pub inspect: bool,
    /// Groups or sets it is for; empty means everybody.
    #[serde(default, rename = "for")]
    pub whom: Vec<String>,
    /// Whole sites it is about; empty means all. What is under one path cannot be told from outside.
    #[serde(default)]
    pub sites: Vec<AddressPattern>,
    /// Categories it is about; empty means all.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Who in the school answers for it. Nothing is decided by this or by the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day by which somebody looks whether it is still wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::profile::{STARTING_POLICY, policy};

    #[test]
    fn exceptions_and_rules_have_an_owner_and_a_day_to_be_looked_at() {
        let text = STARTING_POLICY
            .replace("id = \"help-stays-open\"", "id = \"help-stays-open\"\nowner = \"dsl\"\nreview = \"2026-09-01\"")
            .replace(
                "why = \"Not school work (WEB-02).\"\nexcept = [",
                "why = \"Not school work (WEB-02).\"\nexcept = [{ for = [\"upper-ks2\"], verdict = \"allow\", why = \"Chess club\", \
                 owner = \"Mr Lowe\", review = \"2026-12-18\" }, ",
            );
        let policy = policy(&text).unwrap();
        let due = |day| -> Vec<String> {
            policy
                .due_for_review(day)
                .into_iter()
                .map(|due| format!("{} {:?}", due.place, due.owner))
                .collect()
        };
        assert_eq!(due(date(2026, 8, 31)), Vec::<String>::new());
        assert_eq!(due(date(2026, 9, 1)), ["rule `help-stays-open` Some(\"dsl\")"]);
        assert_eq!(due(date(2026, 12, 18)).len(), 2);
    }
}
