//! What a policy says for each group, put together so that it can be said in sentences: what is open, warned about, held
//! and shut, and when.
//!
//! Owns: following names of sets and exceptions down to each group and time. Does not: have words, or decide anything; a
//! request is judged by the snapshot.

use std::collections::BTreeMap;

use usher_lists::category::{Catalogue, Category};
use usher_types::calendar::PeriodKind;

use crate::diff::verdict;
use crate::document::{
    CarriesRule, FilterGroup, ImageSearch, LeavingRule, PolicyDocument, SafeLevel, UnscannedRule,
};
use crate::verdict::Verdict;

/// What the policy says for one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForGroup<'a> {
    /// The group.
    pub group: &'a FilterGroup,
    /// When it has the web only in a lesson; every part of the day means always, none means never.
    pub lesson: Vec<PeriodKind>,
    /// When the web is closed to it.
    pub closed: Vec<PeriodKind>,
    /// What categories mean, strictest first; those that mean the same at the same times together.
    pub means: Vec<Means<'a>>,
    /// What happens to pages nobody knows.
    pub unknown: Option<Verdict>,
    /// How safely it searches.
    pub search: SafeLevel,
    /// The same on YouTube.
    pub youtube: SafeLevel,
    /// Whether it may search for pictures.
    pub pictures: ImageSearch,
    /// Whether pages are judged by their words.
    pub words: bool,
    /// What it may not send.
    pub leaving: Vec<&'a LeavingRule>,
    /// What it may not download.
    pub carries: Vec<&'a CarriesRule>,
    /// What happens to what no scanner could look at; the first that fits counts, and the rest is shut.
    pub unscanned: Vec<&'a UnscannedRule>,
}

/// Categories that mean the same at the same times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means<'a> {
    /// What they mean.
    pub verdict: Verdict,
    /// When; every part of the day means always.
    pub when: Vec<PeriodKind>,
    /// The categories, in the catalogue's order.
    pub categories: Vec<&'a Category>,
}

/// What a policy says, group by group, in the policy's order.
pub fn outline<'a>(policy: &'a PolicyDocument, catalogue: &Catalogue) -> Vec<ForGroup<'a>> {
    policy.groups.iter().map(|group| for_group(policy, group, catalogue)).collect()
}

fn for_group<'a>(policy: &'a PolicyDocument, group: &'a FilterGroup, catalogue: &Catalogue) -> ForGroup<'a> {
    let is_for = |whom: &[String]| is_for(policy, whom, &group.name);
    let safe = &policy.safe_search;
    let lesson = names(policy, &policy.lessons.whom, &group.name);
    let closed = |period: &PeriodKind| {
        policy.hours.iter().any(|rule| is_for(&rule.whom) && rule.closed_during.contains(period))
    };
    ForGroup {
        group,
        lesson: if !lesson {
            Vec::new()
        } else if policy.lessons.during.is_empty() {
            PeriodKind::ALL.to_vec()
        } else {
            policy.lessons.during.clone()
        },
        closed: PeriodKind::ALL.into_iter().filter(closed).collect(),
        means: means(policy, &group.name, catalogue),
        unknown: strictest(policy, &policy.unknown, &group.name),
        search: strictest(policy, &safe.search, &group.name).unwrap_or(group.unsaid_search()),
        youtube: strictest(policy, &safe.youtube, &group.name).unwrap_or(group.unsaid_search()),
        pictures: strictest(policy, &safe.image_search, &group.name).unwrap_or(ImageSearch::Open),
        words: strictest(policy, &policy.content.limits, &group.name).is_some(),
        leaving: policy.leaving.iter().filter(|rule| is_for(&rule.whom)).collect(),
        carries: policy.carries.iter().filter(|rule| is_for(&rule.whom)).collect(),
        unscanned: policy.unscanned.iter().filter(|rule| is_for(&rule.whom)).collect(),
    }
}

/// Whether what is said for these names, or for everybody where there are none, is said for the group.
pub(crate) fn is_for(policy: &PolicyDocument, whom: &[String], group: &str) -> bool {
    whom.is_empty() || names(policy, whom, group)
}

/// Whether one of these names is the group's, or a set's that it is in.
fn names(policy: &PolicyDocument, whom: &[String], group: &str) -> bool {
    let member =
        |set: &String| policy.sets.get(set).is_some_and(|groups| groups.iter().any(|one| one == group));
    whom.iter().any(|one| one == group || member(one))
}

/// Of what is said for a group and the sets it is in, the strictest.
fn strictest<T: Copy + Ord>(policy: &PolicyDocument, said: &BTreeMap<String, T>, group: &str) -> Option<T> {
    let theirs = said.iter().filter(|(name, _)| names(policy, std::slice::from_ref(name), group));
    theirs.map(|(_, &value)| value).max()
}

fn means<'a>(policy: &'a PolicyDocument, group: &str, catalogue: &Catalogue) -> Vec<Means<'a>> {
    let place = |name: &Category| catalogue.entries().iter().position(|entry| entry.name == *name);
    let mut categories: Vec<&Category> = policy.categories.iter().map(|rule| &rule.name).collect();
    categories.sort_by_key(|name| (place(name), name.as_str()));
    let mut found: Vec<Means<'a>> = Vec::new();
    for name in categories {
        let mut times: BTreeMap<Verdict, Vec<PeriodKind>> = BTreeMap::new();
        for period in PeriodKind::ALL {
            if let Some(verdict) = verdict(policy, name, group, period) {
                times.entry(verdict).or_default().push(period);
            }
        }
        for (verdict, when) in times {
            match found.iter_mut().find(|means| means.verdict == verdict && means.when == when) {
                Some(means) => means.categories.push(name),
                None => found.push(Means { verdict, when, categories: vec![name] }),
            }
        }
    }
    found.sort_by_key(|means| (std::cmp::Reverse(means.verdict), std::cmp::Reverse(means.when.len())));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{STARTING_POLICY, policy};

    fn of(group: &str, text: &str) -> String {
        let policy = policy(text).unwrap();
        let all = outline(&policy, &Catalogue::ours().unwrap());
        let found = all.iter().find(|one| one.group.name == group).unwrap();
        let means = found.means.iter().map(|means| {
            let names: Vec<&str> = means.categories.iter().map(|name| name.as_str()).collect();
            format!("{} {}: {}", means.verdict.name(), means.when.len(), names.join(" "))
        });
        let means: Vec<String> = means.collect();
        format!("{:?} {:?} {:?}\n{}", found.search, found.unknown, found.closed, means.join("\n"))
    }

    #[test]
    fn a_set_and_an_exception_reach_the_group_they_are_about() {
        let (young, staff) = (of("ks1", STARTING_POLICY), of("staff", STARTING_POLICY));
        assert!(young.starts_with("Strict Some(Block) [Closed]\nblock 6: illegal-images"), "{young}");
        assert!(staff.starts_with("Off Some(Allow) []\nblock 6: illegal-images"), "{staff}");
        assert!(staff.contains("coach 6: nudity-and-lingerie"), "{staff}");
        let news = |text: &str| text.lines().find(|line| line.contains(" news")).unwrap().to_owned();
        assert!(news(&young).starts_with("block") && news(&staff).starts_with("allow"));
    }

    #[test]
    fn what_differs_by_the_time_of_day_is_said_for_each_time() {
        let lunch = STARTING_POLICY.replace(
            "why = \"Not school work (WEB-02).\"\nexcept = [",
            "why = \"Not school work (WEB-02).\"\nexcept = [{ for = [\"upper-ks2\"], during = [\"lunch\"], verdict = \"allow\" }, ",
        );
        let upper = of("upper-ks2", &lunch);
        assert!(upper.contains("\nblock 5: games") && upper.contains("\nallow 1: games"), "{upper}");
    }

    #[test]
    fn every_category_is_said_for_every_time_once() {
        let policy = policy(STARTING_POLICY).unwrap();
        for one in outline(&policy, &Catalogue::ours().unwrap()) {
            let said: usize = one.means.iter().map(|means| means.when.len() * means.categories.len()).sum();
            assert_eq!(said, policy.categories.len() * PeriodKind::ALL.len(), "{}", one.group.name);
        }
    }
}
