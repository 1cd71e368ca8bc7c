//! The policy in the form decisions use: names resolved to numbers, tables filled, grants and lists at hand.
//!
//! A snapshot never changes. A new one takes its place as one pointer; whoever holds the old one finishes with it.

mod compile;
mod inspection;

use std::collections::HashMap;
use std::net::IpAddr;

use usher_lists::category::{Category, CategorySet, CategoryTable};
use usher_lists::library::Library;
use usher_lists::patterns::{AddressPattern, PatternMap};
use usher_records::grant::{Opens, Scope};
use usher_scan::safe::SafeServices;
use usher_scan::wrapper::Wrappers;
use usher_types::calendar::PeriodKind;
use usher_types::digest::Digest;
use usher_types::host::Host;
use usher_types::ids::{GrantId, LessonListId, SchoolId};
use usher_types::moment::Moment;

use crate::document::{
    CarriesRule, ImageSearch, InspectionRule, LeavingRule, PolicyDocument, Rule, SafeLevel, UnscannedRule,
};
use crate::facts::Subject;
use crate::generation::Generation;
use crate::live::Live;
use crate::tables;
use crate::verdict::Verdict;

pub use compile::PolicyFault;
pub(crate) use compile::faults;

/// The most groups one policy may have; group sets are bits of a `u32`.
pub const MOST_GROUPS: usize = 32;

/// A group of the policy, by its place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupIndex(usize);

/// A set of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupSet(u32);

impl GroupSet {
    /// Every group.
    pub const EVERYBODY: Self = Self(u32::MAX);

    const fn of(index: GroupIndex) -> Self {
        Self(1 << index.0)
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the group is in the set.
    pub const fn has(self, index: GroupIndex) -> bool {
        self.0 & (1 << index.0) != 0
    }
}

/// A set of parts of the school day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodSet(u8);

impl PeriodSet {
    /// The whole day, school or not.
    pub const ALWAYS: Self = Self(u8::MAX);

    fn of(kinds: &[PeriodKind]) -> Self {
        if kinds.is_empty() {
            Self::ALWAYS
        } else {
            Self(kinds.iter().fold(0, |set, &kind| set | 1 << kind as u8))
        }
    }

    /// Whether the part of the day is in the set.
    pub const fn has(self, kind: PeriodKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// A rule with its names resolved.
#[derive(Debug)]
pub struct CompiledRule {
    /// As written.
    pub rule: Rule,
    /// For whom.
    pub whom: GroupSet,
    /// When.
    pub during: PeriodSet,
    /// About which categories; none means all pages.
    pub categories: Option<CategorySet>,
    /// About which pages; none means all.
    pub pages: Option<PatternMap<()>>,
}

/// What a category means: the default, and exceptions in order. A category the document does not name has no default:
/// a page in it alone is treated like one nobody knows.
#[derive(Debug, Default)]
pub struct CategoryVerdicts {
    pub(crate) otherwise: Option<Verdict>,
    pub(crate) exceptions: Vec<(GroupSet, PeriodSet, Verdict)>,
}

impl CategoryVerdicts {
    /// What it means for this group at this time.
    pub fn of(&self, group: GroupIndex, period: PeriodKind) -> Option<Verdict> {
        let exception =
            self.exceptions.iter().find(|(whom, during, _)| whom.has(group) && during.has(period));
        exception.map(|&(_, _, verdict)| verdict).or(self.otherwise)
    }
}

/// Everything a decision needs besides the facts.
#[derive(Debug)]
pub struct Snapshot {
    /// Whose.
    pub school: SchoolId,
    /// What it was made from.
    pub generation: Generation,
    /// The document.
    pub document: PolicyDocument,
    pub(crate) digest: Digest,
    pub(crate) library: Library,
    pub(crate) lessons: (GroupSet, PeriodSet),
    pub(crate) hours: Vec<(GroupSet, PeriodSet)>,
    pub(crate) rules: Vec<CompiledRule>,
    pub(crate) categories: Vec<CategoryVerdicts>,
    pub(crate) sealed: CategorySet,
    /// A sealed category that no list here and no filter above shuts.
    pub(crate) missing: Option<Category>,
    /// The tables of the build that made the generation, where they are known.
    pub(crate) tables: Option<Digest>,
    pub(crate) unknown: Vec<Verdict>,
    pub(crate) content_limits: Vec<Option<i32>>,
    pub(crate) leaving: Vec<Closing<LeavingRule>>,
    pub(crate) carries: Vec<Closing<CarriesRule>>,
    pub(crate) unscanned: Vec<(GroupSet, UnscannedRule)>,
    pub(crate) uninspected: Uninspected,
    pub(crate) kept_in_lockdown: PatternMap<()>,
    pub(crate) grants: PatternMap<OpenGrant>,
    pub(crate) lesson_lists: HashMap<LessonListId, PatternMap<()>>,
    /// The hosts of granted pages and of lessons' lists: what a page embeds names its host at most.
    pub(crate) granted_sites: PatternMap<OpenGrant>,
    pub(crate) lesson_sites: HashMap<LessonListId, PatternMap<()>>,
    pub(crate) embedded: CategorySet,
    /// Mail on the web, which a sanction may take away.
    pub(crate) mail: CategorySet,
    pub(crate) safe_services: &'static SafeServices,
    pub(crate) wrappers: &'static Wrappers,
    safe: Vec<SafeFor>,
    own_addresses: Vec<IpAddr>,
}

/// A rule about what is sent or carried, with its names resolved.
#[derive(Debug)]
pub(crate) struct Closing<R> {
    pub(crate) rule: R,
    pub(crate) whom: GroupSet,
    pub(crate) except: Except,
}

/// Pages a rule is not about.
#[derive(Debug)]
pub(crate) struct Except {
    pub(crate) pages: PatternMap<()>,
    pub(crate) categories: CategorySet,
}

/// What is not decrypted.
#[derive(Debug)]
pub(crate) struct Uninspected {
    pub(crate) categories: CategorySet,
    pub(crate) sites: PatternMap<()>,
    pub(crate) whom: GroupSet,
    /// Sites of the list that comes with Usher, each with the id of its entry.
    pub(crate) kept: PatternMap<String>,
    /// Whose apps may refuse the school's certificate.
    pub(crate) pinned: GroupSet,
    pub(crate) rules: Vec<CompiledInspection>,
}

/// A rule about decrypting, with its names resolved.
#[derive(Debug)]
pub(crate) struct CompiledInspection {
    pub(crate) rule: InspectionRule,
    pub(crate) whom: GroupSet,
    pub(crate) sites: Option<PatternMap<()>>,
    pub(crate) categories: Option<CategorySet>,
}

/// How a group searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SafeFor {
    pub(crate) search: SafeLevel,
    pub(crate) youtube: SafeLevel,
    pub(crate) image_search: ImageSearch,
}

impl SafeFor {
    /// Where nobody said otherwise and pupils may be in the group.
    const STRICTEST: Self =
        Self { search: SafeLevel::Strict, youtube: SafeLevel::Strict, image_search: ImageSearch::Shut };
}

/// A grant as decisions see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenGrant {
    pub(crate) id: GrantId,
    pub(crate) opens: Opens,
    pub(crate) scope: Scope,
    pub(crate) from: Moment,
    pub(crate) until: Moment,
}

/// What a snapshot is made from, besides the document.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Whose.
    pub school: SchoolId,
    /// What the parts are called.
    pub generation: Generation,
    /// Category lists and the school's edits of them.
    pub library: Library,
    /// What changes during the day.
    pub live: &'a Live,
}

impl Snapshot {
    /// Makes the form decisions use.
    ///
    /// # Errors
    /// The first name that does not exist, number that is out of range, or id used twice.
    pub fn build(document: PolicyDocument, parts: Parts<'_>) -> Result<Self, PolicyFault> {
        compile::snapshot(document, parts)
    }

    /// The digest that names this generation.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The group somebody is judged in: the first that fits.
    pub fn group_of(&self, subject: &Subject) -> Option<GroupIndex> {
        let kind = subject.kind?;
        self.document
            .groups
            .iter()
            .position(|group| {
                let by_role = subject.roles.has_any(&group.roles);
                let year_fits =
                    group.years.is_empty() || subject.year.is_some_and(|year| group.years.contains(&year));
                by_role || (group.kinds.contains(&kind) && year_fits)
            })
            .map(GroupIndex)
    }

    /// Every group, in the order of the document.
    pub fn groups(&self) -> impl Iterator<Item = GroupIndex> + use<> {
        (0..self.document.groups.len()).map(GroupIndex)
    }

    /// The name of a group.
    pub fn group_name(&self, index: GroupIndex) -> Option<&str> {
        self.document.groups.get(index.0).map(|group| group.name.as_str())
    }

    /// What part of the school day it is.
    pub fn period_at(&self, at: Moment) -> PeriodKind {
        self.document.calendar.period_at(self.document.zone.local(at))
    }

    /// The category lists and the school's edits of them.
    pub const fn library(&self) -> &Library {
        &self.library
    }

    /// The categories' numbers and names.
    pub fn table(&self) -> &CategoryTable {
        self.library.categories()
    }

    /// Whether a host is Usher's own.
    pub fn is_own(&self, host: &Host) -> bool {
        host.name().is_some_and(|name| self.document.own_hosts.contains(name))
    }

    /// The categories nobody can open.
    pub fn sealed(&self) -> impl Iterator<Item = &Category> {
        self.sealed.iter().filter_map(|index| self.table().name_of(index))
    }

    /// Whether the generation was made with other built-in tables than this build has, so that it may decide otherwise now.
    pub fn has_other_tables(&self) -> bool {
        self.tables.is_some_and(|then| then != tables::digest())
    }

    /// A sealed category that is shut neither here nor by a filter above. While there is one, pupils are served nothing.
    pub const fn missing_seal(&self) -> Option<&Category> {
        self.missing.as_ref()
    }

    /// Whether a page is on a sealed list, so that no grant may be made for it.
    pub fn is_sealed(&self, host: &Host, path: &str, query: Option<&str>) -> bool {
        self.categories_of(host, path, query).meets(self.sealed)
    }

    /// Whether a page that is known below an address is on a sealed list.
    pub fn has_sealed_below(&self, pattern: &AddressPattern) -> bool {
        let below = self.library.below(self.sealed, pattern);
        below.pages.iter().any(|(_, categories)| categories.meets(self.sealed))
    }

    /// The categories of a page, by lists and the school's edits. No edit takes a page off a sealed list.
    pub fn categories_of(&self, host: &Host, path: &str, query: Option<&str>) -> CategorySet {
        self.library.categories_keeping(self.sealed, host, path, query)
    }

    /// Whether a special-purpose address may be reached.
    pub(crate) fn may_reach(&self, address: IpAddr) -> bool {
        self.document.reach.iter().any(|net| net.contains(&address))
    }

    /// What a category means for a group at a time; none when the document does not name it.
    pub fn category_verdict(
        &self,
        category: &Category,
        group: GroupIndex,
        period: PeriodKind,
    ) -> Option<Verdict> {
        let index = self.table().index_of(category)?;
        self.categories.get(index.place()).and_then(|verdicts| verdicts.of(group, period))
    }

    /// Whether an address is this server's own.
    pub(crate) fn is_server(&self, address: IpAddr) -> bool {
        self.own_addresses.contains(&address.to_canonical())
    }

    /// From which score on a page's words count for this group.
    pub(crate) fn content_limit(&self, group: GroupIndex) -> Option<i32> {
        self.content_limits.get(group.0).copied().flatten()
    }

    /// How this group searches.
    pub(crate) fn safe_for(&self, group: GroupIndex) -> SafeFor {
        self.safe.get(group.0).copied().unwrap_or(SafeFor::STRICTEST)
    }

    pub(crate) fn unknown_for(&self, group: GroupIndex) -> Verdict {
        self.unknown.get(group.0).copied().unwrap_or(Verdict::Block)
    }
}
