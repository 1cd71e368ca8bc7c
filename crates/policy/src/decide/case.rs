//! One case before the judge: the snapshot, the facts, the moment, and what follows from them directly.

use std::cell::OnceCell;
use std::net::IpAddr;

use usher_lists::category::{Category, CategoryIndex, CategorySet};
use usher_lists::library;
use usher_lists::overlay::Effect;
use usher_lists::patterns::PatternMap;
use usher_scan::features::{Carried, Sent};
use usher_types::calendar::PeriodKind;
use usher_types::host::Host;
use usher_types::moment::Moment;

use crate::decision::{Decision, Flip, Matched, Passed, Reason, Step};
use crate::facts::{Circumstances, Hello, LessonFacts, Mismatch, TlsFacts, WebFacts};
use crate::snapshot::{CompiledRule, Except, GroupIndex, Snapshot};
use crate::verdict::Verdict;

/// A case. `Case` values are cheap to change and judge again, which is how flips are found.
#[derive(Debug, Clone)]
pub(super) struct Case<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) who: &'a Circumstances,
    pub(super) at: Moment,
    pub(super) group: Option<GroupIndex>,
    pub(super) period: PeriodKind,
    pub(super) target: Target<'a>,
    /// Other names the same connection goes by, judged as well: a CONNECT host or server name that differs.
    also: Vec<Host>,
    pub(super) resolved: Option<IpAddr>,
    pub(super) mismatches: Vec<Mismatch>,
    /// The site of the page this is part of, where that may count.
    pub(super) embedded_in: Option<&'a Host>,
    pub(super) lesson: Option<LessonFacts>,
    /// What a flip leaves out.
    pub(super) without: Without,
    /// What the page is taken to be about besides what the lists say; nothing, except where a promise is tested.
    pub(super) as_if: CategorySet,
    categories: OnceCell<CategorySet>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    /// The host judged.
    pub(super) host: &'a Host,
    pub(super) port: u16,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) method: &'a str,
    pub(super) user_information: bool,
    pub(super) not_tls: bool,
    /// What would leave with it.
    pub(super) sent: Option<&'a Sent>,
    /// What came back.
    pub(super) carried: Option<&'a Carried>,
}

/// What is left out when a case is judged again to find what would have turned it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Without {
    pub(super) grants: bool,
    pub(super) unrestricted: bool,
    pub(super) lesson_list: bool,
    pub(super) rule: Option<usize>,
    pub(super) category: Option<CategoryIndex>,
    pub(super) sanctions: bool,
    pub(super) lockdown: bool,
    pub(super) missing_seal: bool,
    pub(super) safe_search: bool,
}

impl<'a> Case<'a> {
    pub(super) fn web(snapshot: &'a Snapshot, facts: &'a WebFacts, at: Moment) -> Self {
        let target = Target {
            host: &facts.address.host,
            port: facts.address.port,
            path: &facts.address.path,
            query: facts.address.query.as_deref(),
            method: &facts.method,
            user_information: facts.user_information,
            not_tls: false,
            sent: facts.sent.as_ref(),
            carried: facts.carried.as_ref(),
        };
        let mut case = Self::new(snapshot, &facts.who, target, at);
        case.resolved = facts.resolved;
        case.mismatches = facts.mismatches();
        // Only what is fetched comes along: what a page sends elsewhere is judged for itself.
        let fetched = facts.part_of_page && facts.method == "GET" && case.mismatches.is_empty();
        case.embedded_in = facts.embedded_in.as_ref().filter(|_| fetched).map(|page| &page.host);
        if let (Some(tunnel), false) = (&facts.tunnel, case.mismatches.is_empty()) {
            case.also_judge(tunnel.sni.iter().map(|sni| Host::Name(sni.clone())));
            case.also_judge(std::iter::once(tunnel.connect.0.clone()));
        }
        case
    }

    pub(super) fn tls(snapshot: &'a Snapshot, facts: &'a TlsFacts, at: Moment) -> Self {
        let target = Target {
            host: &facts.connect.0,
            port: facts.connect.1,
            path: "/",
            query: None,
            method: "CONNECT",
            user_information: false,
            not_tls: !matches!(facts.hello, Hello::Tls { .. }),
            sent: None,
            carried: None,
        };
        let mut case = Self::new(snapshot, &facts.who, target, at);
        case.resolved = facts.resolved;
        case.mismatches = facts.mismatches();
        case.also_judge(facts.sni().map(|sni| Host::Name(sni.clone())));
        case
    }

    fn new(snapshot: &'a Snapshot, who: &'a Circumstances, target: Target<'a>, at: Moment) -> Self {
        Self {
            snapshot,
            who,
            at,
            group: snapshot.group_of(&who.subject),
            period: snapshot.period_at(at),
            target,
            also: Vec::new(),
            resolved: None,
            mismatches: Vec::new(),
            embedded_in: None,
            lesson: who.lesson.filter(|lesson| at < lesson.ends_at),
            without: Without::default(),
            as_if: CategorySet::EMPTY,
            categories: OnceCell::new(),
        }
    }

    fn also_judge(&mut self, hosts: impl IntoIterator<Item = Host>) {
        self.also.extend(hosts.into_iter().filter(|host| host != self.target.host));
    }

    /// Every name the connection goes by.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &Host> {
        std::iter::once(self.target.host).chain(&self.also)
    }

    /// This case with something changed.
    pub(super) fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        other.categories = OnceCell::new();
        change(&mut other);
        other
    }

    /// The categories of the page, under every name the connection goes by.
    pub(super) fn categories(&self) -> CategorySet {
        *self.categories.get_or_init(|| {
            self.hosts().fold(CategorySet::EMPTY, |set, host| set.union(self.categories_under(host)))
        })
    }

    pub(super) fn categories_under(&self, host: &Host) -> CategorySet {
        let listed = self.snapshot.categories_of(host, self.target.path, self.target.query);
        let all = listed.union(self.as_if);
        self.without.category.map_or(all, |index| all.without(CategorySet::only(index)))
    }

    /// The list and entry that put the page into one of `categories`.
    pub(super) fn matched(&self, categories: CategorySet) -> Option<Matched> {
        let library = self.snapshot.library();
        let wanted = |category: &Category| {
            library.categories().index_of(category).is_some_and(|index| categories.contains(index))
        };
        let found = self.hosts().flat_map(|host| library.matches(host, self.target.path, self.target.query));
        found.filter_map(|found| named(found, library)).find(|matched| wanted(&matched.category))
    }

    /// Whether a rule fits.
    pub(super) fn fits(&self, compiled: &CompiledRule) -> bool {
        let rule = &compiled.rule;
        let target = &self.target;
        let listed = |items: &[String]| items.is_empty() || items.iter().any(|item| item == target.method);
        self.group.is_some_and(|group| compiled.whom.has(group))
            && compiled.during.has(self.period)
            && listed(&rule.methods)
            && (rule.ports_other_than.is_empty() || !rule.ports_other_than.contains(&target.port))
            && (!rule.address_instead_of_name || matches!(target.host, Host::Ip(_)))
            && (!rule.user_information || target.user_information)
            && (!rule.not_tls || target.not_tls)
            && (rule.mismatches.is_empty() || rule.mismatches.iter().any(|one| self.mismatches.contains(one)))
            && compiled.pages.as_ref().is_none_or(|pages| {
                if rule.verdict == Verdict::Allow { self.is_in(pages) } else { self.is_touched_by(pages) }
            })
            && compiled.categories.is_none_or(|categories| {
                if rule.verdict == Verdict::Allow {
                    self.is_about(categories)
                } else {
                    self.categories().meets(categories)
                }
            })
    }

    /// Whether the page is among `pages` under every one of its names. What opens something asks this: the name of an
    /// open site, put before another's (domain fronting), opens nothing.
    pub(super) fn is_in<T>(&self, pages: &PatternMap<T>) -> bool {
        self.hosts().all(|host| pages.find_all(host, self.target.path).next().is_some())
    }

    /// Whether the page is among `pages` under one of its names. What shuts something asks this.
    fn is_touched_by<T>(&self, pages: &PatternMap<T>) -> bool {
        self.hosts().any(|host| pages.find_all(host, self.target.path).next().is_some())
    }

    /// Whether the page is in one of `categories` under every one of its names.
    pub(super) fn is_about(&self, categories: CategorySet) -> bool {
        let one_name = self.also.is_empty();
        self.categories().meets(categories)
            && (one_name || self.hosts().all(|host| self.categories_under(host).meets(categories)))
    }

    /// Whether a rule's exceptions hold this page.
    pub(super) fn is_except(&self, except: &Except) -> bool {
        self.is_in(&except.pages) || self.is_about(except.categories)
    }

    pub(super) fn decision(
        &self,
        step: Step,
        verdict: Verdict,
        reason: Reason,
        matched: Option<Matched>,
        trail: Vec<Passed>,
    ) -> Decision {
        Decision {
            verdict,
            reason,
            step,
            group: self.group.and_then(|group| self.snapshot.group_name(group)).map(str::to_owned),
            matched,
            mismatches: self.mismatches.clone(),
            generation: self.snapshot.digest(),
            trail,
            flip: Flip::Nothing,
            adjust: Vec::new(),
        }
    }
}

/// A match by the names people know: the list's id, or `school` for the school's own edits.
fn named(found: library::Matched, library: &library::Library) -> Option<Matched> {
    match found {
        library::Matched::List(found) => {
            let list = library.artefact().lists().get(usize::from(found.list))?.origin.id.to_string();
            Some(Matched { list, category: found.category, entry: found.entry })
        }
        library::Matched::Edit(edit) => match edit.effect {
            Effect::AddCategory(category) => {
                Some(Matched { list: "school".to_owned(), category, entry: edit.pattern.to_string() })
            }
            Effect::RemoveCategory(_) | Effect::ClearCategories => None,
        },
    }
}
