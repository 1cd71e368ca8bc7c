//! From the document to the snapshot: every name is looked up once, here, and a wrong one is named.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use usher_lists::category::{Category, CategorySet, CategoryTable, SEALED};
use usher_lists::library::Library;
use usher_lists::patterns::{AddressPattern, PatternMap};
use usher_records::grant::Grant;
use usher_records::lesson::LessonList;
use usher_scan::safe::SafeServices;
use usher_scan::wrapper::Wrappers;
use usher_types::calendar::CalendarFault;
use usher_types::ids::LessonListId;

use super::{
    CategoryVerdicts, Closing, CompiledRule, Except, GroupIndex, GroupSet, MOST_GROUPS, OpenGrant, Parts,
    PeriodSet, SafeFor, Snapshot, inspection,
};
use crate::document::{
    CarriesRule, CategoryRule, ImageSearch, LeavingRule, PolicyDocument, Rule, UnscannedRule,
};
use crate::verdict::Verdict;

/// Categories of mail on the web; see `lists/categories.toml`.
const MAIL: [&str; 2] = ["webmail", "throwaway-mail"];

/// What is wrong with a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A name is used that no group or set has.
    #[error("{place}: there is no group or set called `{name}`")]
    NoSuchGroup {
        /// Where it is used.
        place: String,
        /// The name.
        name: String,
    },
    /// A category is used that does not exist.
    #[error("{place}: there is no category called `{name}`")]
    NoSuchCategory {
        /// Where it is used.
        place: String,
        /// The name.
        name: String,
    },
    /// Something is there twice.
    #[error("{0} is there twice")]
    Twice(String),
    /// There are more groups than fit.
    #[error("a policy has at most {MOST_GROUPS} groups")]
    TooManyGroups,
    /// A group fits nobody.
    #[error("group `{0}` names no kind of person and no role, so it fits nobody")]
    EmptyGroup(String),
    /// There is only one group: pupils and staff would be treated alike (FM-32).
    #[error("a policy has at least two groups: pupils and adults are not treated alike")]
    OneGroupOnly,
    /// A group is not told what to do with pages nobody knows.
    #[error("`unknown` does not say what group `{0}` does with pages nobody knows")]
    UnknownNotSaid(String),
    /// A sealed category is not among those nobody can open. It is sealed all the same.
    #[error("`sealed` leaves out `{0}`, which nobody can open whatever a policy says")]
    Unsealed(&'static str),
    /// A limit for words that every page would reach.
    #[error("content: the limit of `{0}` is not above zero")]
    LimitTooLow(String),
    /// The table of services that can be asked to search safely is broken: a fault of this version, not of the policy.
    #[error("the table of safe search cannot be read: {0}")]
    SafeSearchTable(String),
    /// The list of sites that are not decrypted is broken: a fault of this version, not of the policy.
    #[error("the list of sites that are not decrypted cannot be read: {0}")]
    KeptList(String),
    /// The table of services that show pages of others is broken: a fault of this version as well.
    #[error("the table of wrappers cannot be read: {0}")]
    WrapperTable(String),
    /// The calendar contradicts itself.
    #[error("calendar: {0}")]
    Calendar(#[from] CalendarFault),
    /// A verdict that makes no sense where it stands.
    #[error("{place}: `{verdict}` cannot be used here")]
    OddVerdict {
        /// Where it is used.
        place: String,
        /// The verdict.
        verdict: &'static str,
    },
    /// A promise that is about nobody or nothing.
    #[error("must `{sentence}`: it does not say {missing}")]
    OddMust {
        /// The promise.
        sentence: String,
        /// What it does not say.
        missing: &'static str,
    },
}

/// Everything that is wrong with a document, where [`snapshot`] stops at the first: each part is compiled by itself.
pub(crate) fn faults(document: &PolicyDocument, table: &CategoryTable) -> Vec<PolicyFault> {
    let mut found: Vec<PolicyFault> = Vec::new();
    let mut keep = |fault: Option<PolicyFault>| found.extend(fault);
    keep(document.calendar.check().err().map(PolicyFault::from));
    let names = match Names::of(document) {
        Ok(names) => names,
        // Without groups nothing else can be looked up.
        Err(fault) => {
            keep(Some(fault));
            return found;
        }
    };
    let inspection = &document.inspection;
    for (place, whom) in [
        ("lessons", &document.lessons.whom),
        ("inspection", &inspection.except_whom),
        ("inspection", &inspection.pinned_whom),
    ]
    .into_iter()
    .chain(document.hours.iter().map(|rule| ("hours", &rule.whom)))
    {
        whom.iter().for_each(|name| keep(names.one(place, name).err()));
    }
    for (place, listed) in [("sealed", &document.sealed), ("inspection", &inspection.except_categories)] {
        listed.iter().for_each(|one| keep(category_set(place, std::slice::from_ref(one), table).err()));
    }
    document.rules.iter().for_each(|rule| keep(rules(std::slice::from_ref(rule), &names, table).err()));
    document
        .categories
        .iter()
        .for_each(|rule| keep(categories(std::slice::from_ref(rule), &names, table).err()));
    document.leaving.iter().for_each(|rule| keep(closings(std::slice::from_ref(rule), &names, table).err()));
    document.carries.iter().for_each(|rule| keep(closings(std::slice::from_ref(rule), &names, table).err()));
    document.unscanned.iter().for_each(|rule| keep(unscanned(std::slice::from_ref(rule), &names).err()));
    keep(each_once("rule", document.rules.iter().map(|rule| rule.id.as_str())).err());
    keep(each_once("leaving", document.leaving.iter().map(|rule| rule.id.as_str())).err());
    keep(each_once("inspection", inspection.rules.iter().map(|rule| rule.id.as_str())).err());
    for rule in &inspection.rules {
        keep(inspection::rules(std::slice::from_ref(rule), &names, table).err());
    }
    keep(each_once("carries", document.carries.iter().map(|rule| rule.id.as_str())).err());
    let mut seen = BTreeSet::new();
    let twice = document.categories.iter().find(|rule| !seen.insert(rule.name.as_str()));
    keep(twice.map(|rule| PolicyFault::Twice(format!("category `{}`", rule.name))));
    let sealed = |name: &str| document.sealed.iter().any(|sealed| sealed.as_str() == name);
    SEALED.iter().filter(|name| !sealed(name)).for_each(|name| keep(Some(PolicyFault::Unsealed(name))));
    keep(unknown(document, &names).err());
    keep(content_limits(document, &names).err());
    for must in &document.musts {
        let place = format!("must `{}`", must.sentence);
        must.category
            .iter()
            .for_each(|one| keep(category_set(&place, std::slice::from_ref(one), table).err()));
        let missing = match (must.who.is_empty(), must.url.is_none() && must.category.is_none()) {
            (true, _) => Some("whom it is about"),
            (_, true) => Some("which page or category it is about"),
            _ => None,
        };
        let sentence = must.sentence.clone();
        keep(missing.map(|missing| PolicyFault::OddMust { sentence, missing }));
    }
    found
}

/// What the document seals, and what is sealed whatever it says.
fn sealed(document: &PolicyDocument, table: &CategoryTable) -> Result<CategorySet, PolicyFault> {
    let always = SEALED.iter().filter_map(|name| table.index_of(&Category::parse(name).ok()?));
    let said = category_set("sealed", &document.sealed, table)?;
    Ok(always.fold(said, |set, index| set.union(CategorySet::only(index))))
}

/// The first of [`SEALED`] that has no list here and is not shut above.
fn missing(library: &Library, above: Option<&[Category]>) -> Option<Category> {
    let above = above?;
    let lists = library.artefact().lists();
    let has_list = |sealed: &Category| {
        lists.iter().any(|list| list.origin.category == *sealed && list.counts.entries.total() > 0)
    };
    let mut sealed = SEALED.iter().filter_map(|name| Category::parse(name).ok());
    sealed.find(|sealed| !above.contains(sealed) && !has_list(sealed))
}

pub(super) fn snapshot(document: PolicyDocument, parts: Parts<'_>) -> Result<Snapshot, PolicyFault> {
    document.calendar.check()?;
    let names = Names::of(&document)?;
    let table = parts.library.categories().clone();
    let mut hours = Vec::new();
    for rule in &document.hours {
        hours.push((names.set("hours", &rule.whom)?, PeriodSet::of(&rule.closed_during)));
    }
    let lessons = names.named("lessons", &document.lessons.whom)?;
    let keep = document.lockdown.as_ref().map_or(&[] as &[_], |lockdown| lockdown.keep.as_slice());
    Ok(Snapshot {
        school: parts.school,
        generation: parts.generation,
        digest: parts.generation.digest(),
        lessons: (lessons, PeriodSet::of(&document.lessons.during)),
        hours,
        rules: rules(&document.rules, &names, &table)?,
        categories: categories(&document.categories, &names, &table)?,
        sealed: sealed(&document, &table)?,
        tables: parts.live.tables,
        missing: missing(&parts.library, parts.live.sealed_above.as_deref()),
        unknown: unknown(&document, &names)?,
        content_limits: content_limits(&document, &names)?,
        leaving: closings(&document.leaving, &names, &table)?,
        carries: closings(&document.carries, &names, &table)?,
        unscanned: unscanned(&document.unscanned, &names)?,
        uninspected: inspection::compile(&document.inspection, &names, &table)?,
        kept_in_lockdown: patterns(keep),
        granted_sites: grants(&parts.live.grants, AddressPattern::of_every_path),
        grants: grants(&parts.live.grants, Clone::clone),
        lesson_sites: lesson_lists(&parts.live.lesson_lists, AddressPattern::of_every_path),
        lesson_lists: lesson_lists(&parts.live.lesson_lists, Clone::clone),
        embedded: category_set("embedded", &document.embedded.categories, &table)?,
        mail: mail(&table),
        safe_services: SafeServices::built_in()
            .map_err(|error| PolicyFault::SafeSearchTable(error.to_string()))?,
        wrappers: Wrappers::built_in().map_err(|error| PolicyFault::WrapperTable(error.to_string()))?,
        safe: safe_search(&document, &names)?,
        own_addresses: parts.live.own_addresses.iter().map(std::net::IpAddr::to_canonical).collect(),
        library: parts.library,
        document,
    })
}

/// Group and set names.
pub(super) struct Names<'a> {
    groups: BTreeMap<&'a str, GroupIndex>,
    sets: &'a BTreeMap<String, Vec<String>>,
}

impl<'a> Names<'a> {
    fn of(document: &'a PolicyDocument) -> Result<Self, PolicyFault> {
        match document.groups.len() {
            0 | 1 => return Err(PolicyFault::OneGroupOnly),
            2..=MOST_GROUPS => {}
            _ => return Err(PolicyFault::TooManyGroups),
        }
        let mut groups = BTreeMap::new();
        for (index, group) in document.groups.iter().enumerate() {
            if group.kinds.is_empty() && group.roles.is_empty() {
                return Err(PolicyFault::EmptyGroup(group.name.clone()));
            }
            if groups.insert(group.name.as_str(), GroupIndex(index)).is_some() {
                return Err(PolicyFault::Twice(format!("group `{}`", group.name)));
            }
        }
        let names = Self { groups, sets: &document.sets };
        for (set, members) in names.sets {
            names.set(&format!("set `{set}`"), members)?;
        }
        Ok(names)
    }

    pub(super) fn set(&self, place: &str, names: &[String]) -> Result<GroupSet, PolicyFault> {
        if names.is_empty() {
            return Ok(GroupSet::EVERYBODY);
        }
        let mut set = GroupSet::default();
        for name in names {
            set = set.and(self.one(place, name)?);
        }
        Ok(set)
    }

    /// The groups these are; none means nobody.
    pub(super) fn named(&self, place: &str, names: &[String]) -> Result<GroupSet, PolicyFault> {
        if names.is_empty() { Ok(GroupSet::default()) } else { self.set(place, names) }
    }

    fn one(&self, place: &str, name: &str) -> Result<GroupSet, PolicyFault> {
        if let Some(&index) = self.groups.get(name) {
            return Ok(GroupSet::of(index));
        }
        let missing = || PolicyFault::NoSuchGroup { place: place.to_owned(), name: name.to_owned() };
        let members = self.sets.get(name).ok_or_else(missing)?;
        // Sets hold groups only, so that a set of sets cannot go round in a circle.
        members.iter().try_fold(GroupSet::default(), |set, member| {
            self.groups.get(member.as_str()).map(|&index| set.and(GroupSet::of(index))).ok_or_else(missing)
        })
    }
}

/// Mail on the web, as far as the lists in use know it.
fn mail(table: &CategoryTable) -> CategorySet {
    let known = MAIL.iter().filter_map(|name| Category::parse(name).ok());
    let known = known.filter_map(|name| table.index_of(&name));
    known.fold(CategorySet::EMPTY, CategorySet::with)
}

pub(super) fn category_set(
    place: &str,
    names: &[Category],
    table: &CategoryTable,
) -> Result<CategorySet, PolicyFault> {
    let mut set = CategorySet::EMPTY;
    for name in names {
        let missing = || PolicyFault::NoSuchCategory { place: place.to_owned(), name: name.to_string() };
        set = set.with(table.index_of(name).ok_or_else(missing)?);
    }
    Ok(set)
}

pub(super) fn patterns(pages: &[AddressPattern]) -> PatternMap<()> {
    pages.iter().map(|page| (page.clone(), ())).collect()
}

fn rules(
    written: &[Rule],
    names: &Names<'_>,
    table: &CategoryTable,
) -> Result<Vec<CompiledRule>, PolicyFault> {
    let mut compiled: Vec<CompiledRule> = Vec::new();
    for rule in written {
        let place = format!("rule `{}`", rule.id);
        if compiled.iter().any(|earlier| earlier.rule.id == rule.id) {
            return Err(PolicyFault::Twice(place));
        }
        // A challenge needs something the person can do, and a rule names no such thing.
        if rule.verdict == Verdict::Challenge {
            return Err(PolicyFault::OddVerdict { place, verdict: rule.verdict.name() });
        }
        let categories = match rule.categories.as_slice() {
            [] => None,
            categories => Some(category_set(&place, categories, table)?),
        };
        compiled.push(CompiledRule {
            whom: names.set(&place, &rule.whom)?,
            during: PeriodSet::of(&rule.during),
            categories,
            pages: (!rule.pages.is_empty()).then(|| patterns(&rule.pages)),
            rule: rule.clone(),
        });
    }
    Ok(compiled)
}

fn categories(
    written: &[CategoryRule],
    names: &Names<'_>,
    table: &CategoryTable,
) -> Result<Vec<CategoryVerdicts>, PolicyFault> {
    let mut verdicts: Vec<CategoryVerdicts> = (0..table.len()).map(|_| CategoryVerdicts::default()).collect();
    let mut seen = CategorySet::EMPTY;
    for rule in written {
        let place = format!("category `{}`", rule.name);
        let missing = || PolicyFault::NoSuchCategory { place: place.clone(), name: rule.name.to_string() };
        let index = table.index_of(&rule.name).ok_or_else(missing)?;
        if seen.contains(index) {
            return Err(PolicyFault::Twice(place));
        }
        seen = seen.with(index);
        let mut exceptions = Vec::new();
        for except in &rule.except {
            exceptions.push((
                names.set(&place, &except.whom)?,
                PeriodSet::of(&except.during),
                except.verdict,
            ));
        }
        if let Some(slot) = verdicts.get_mut(index.place()) {
            *slot = CategoryVerdicts { otherwise: Some(rule.verdict), exceptions };
        }
    }
    Ok(verdicts)
}

/// How each group searches. One named twice has the stricter.
fn safe_search(document: &PolicyDocument, names: &Names<'_>) -> Result<Vec<SafeFor>, PolicyFault> {
    let written = &document.safe_search;
    let search = by_group(document, names, "safe-search", &written.search, Ord::max)?;
    let youtube = by_group(document, names, "safe-search", &written.youtube, Ord::max)?;
    let image_search = by_group(document, names, "safe-search", &written.image_search, Ord::max)?;
    let said = search.into_iter().zip(youtube).zip(image_search);
    let groups = document.groups.iter().zip(said).map(|(group, ((search, youtube), image_search))| {
        let unsaid = group.unsaid_search();
        SafeFor {
            search: search.unwrap_or(unsaid),
            youtube: youtube.unwrap_or(unsaid),
            image_search: image_search.unwrap_or(ImageSearch::Open),
        }
    });
    Ok(groups.collect())
}

/// What each group is told by a table of groups and sets, the stricter where it is told twice; none where it is told nothing.
fn by_group<T: Copy>(
    document: &PolicyDocument,
    names: &Names<'_>,
    place: &str,
    written: &BTreeMap<String, T>,
    stricter: fn(T, T) -> T,
) -> Result<Vec<Option<T>>, PolicyFault> {
    let mut said: Vec<Option<T>> = vec![None; document.groups.len()];
    for (name, &value) in written {
        let set = names.one(place, name)?;
        for (index, slot) in said.iter_mut().enumerate() {
            if set.has(GroupIndex(index)) {
                *slot = Some(slot.map_or(value, |earlier| stricter(earlier, value)));
            }
        }
    }
    Ok(said)
}

/// The limit of each group. One named twice has the lower: that is the stricter.
fn content_limits(document: &PolicyDocument, names: &Names<'_>) -> Result<Vec<Option<i32>>, PolicyFault> {
    let mut limits: Vec<Option<i32>> = vec![None; document.groups.len()];
    for (name, &limit) in &document.content.limits {
        if limit <= 0 {
            return Err(PolicyFault::LimitTooLow(name.clone()));
        }
        let set = names.one("content", name)?;
        for (index, slot) in limits.iter_mut().enumerate() {
            if set.has(GroupIndex(index)) {
                *slot = Some(slot.map_or(limit, |earlier| earlier.min(limit)));
            }
        }
    }
    Ok(limits)
}

/// What all rules about what passes are made of.
trait Passing: Clone {
    /// What they are called in the document.
    const SECTION: &str;

    /// Their id, their verdict, whom they are for, and the pages and categories they are not about.
    fn parts(&self) -> (&str, Verdict, &[String], &[AddressPattern], &[Category]);
}

impl Passing for LeavingRule {
    const SECTION: &str = "leaving";

    fn parts(&self) -> (&str, Verdict, &[String], &[AddressPattern], &[Category]) {
        (&self.id, self.verdict, &self.whom, &self.except_pages, &self.except_categories)
    }
}

impl Passing for CarriesRule {
    const SECTION: &str = "carries";

    fn parts(&self) -> (&str, Verdict, &[String], &[AddressPattern], &[Category]) {
        (&self.id, self.verdict, &self.whom, &self.except_pages, &self.except_categories)
    }
}

fn closings<R: Passing>(
    written: &[R],
    names: &Names<'_>,
    table: &CategoryTable,
) -> Result<Vec<Closing<R>>, PolicyFault> {
    each_once(R::SECTION, written.iter().map(|rule| rule.parts().0))?;
    let compiled = written.iter().map(|rule| {
        let (id, verdict, whom, pages, categories) = rule.parts();
        let place = format!("{} `{id}`", R::SECTION);
        check_closing(&place, verdict)?;
        let categories = category_set(&place, categories, table)?;
        let except = Except { pages: patterns(pages), categories };
        Ok(Closing { whom: names.set(&place, whom)?, except, rule: rule.clone() })
    });
    compiled.collect()
}

pub(super) fn each_once<'a>(place: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), PolicyFault> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(PolicyFault::Twice(format!("{place} `{id}`")));
        }
    }
    Ok(())
}

fn unscanned(
    written: &[UnscannedRule],
    names: &Names<'_>,
) -> Result<Vec<(GroupSet, UnscannedRule)>, PolicyFault> {
    let compiled = written.iter().map(|rule| {
        check_closing("unscanned", rule.verdict)?;
        Ok((names.set("unscanned", &rule.whom)?, rule.clone()))
    });
    compiled.collect()
}

/// A challenge or a word beforehand needs something the person can do, and these rules name no such thing.
fn check_closing(place: &str, verdict: Verdict) -> Result<(), PolicyFault> {
    match verdict {
        Verdict::Challenge | Verdict::Coach => {
            Err(PolicyFault::OddVerdict { place: place.to_owned(), verdict: verdict.name() })
        }
        Verdict::Allow | Verdict::Hold | Verdict::Block => Ok(()),
    }
}

fn unknown(document: &PolicyDocument, names: &Names<'_>) -> Result<Vec<Verdict>, PolicyFault> {
    let said = by_group(document, names, "unknown", &document.unknown, Verdict::stricter)?;
    let missing = |index: usize| {
        let name = document.groups.get(index).map(|group| group.name.clone());
        PolicyFault::UnknownNotSaid(name.unwrap_or_default())
    };
    said.into_iter().enumerate().map(|(index, verdict)| verdict.ok_or_else(|| missing(index))).collect()
}

fn grants(grants: &[Grant], of: fn(&AddressPattern) -> AddressPattern) -> PatternMap<OpenGrant> {
    grants
        .iter()
        .map(|grant| {
            let until = grant.ended_at.map_or(grant.until, |ended| ended.min(grant.until));
            let (id, opens, scope) = (grant.id, grant.opens, grant.scope);
            let open = OpenGrant { id, opens, scope, from: grant.begins_at(), until };
            (of(&grant.page), open)
        })
        .collect()
}

fn lesson_lists(
    lists: &[LessonList],
    of: fn(&AddressPattern) -> AddressPattern,
) -> HashMap<LessonListId, PatternMap<()>> {
    lists.iter().map(|list| (list.id, list.pages.iter().map(|page| (of(page), ())).collect())).collect()
}
