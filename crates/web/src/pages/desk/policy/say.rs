//! A policy in sentences, group by group. Every word is from `locales/` or is the school's own reason.

use jiff::civil::Date;
use usher_lists::category::{Catalogue, Category};
use usher_policy::document::{ImageSearch, Inspection, LeavingRule, PolicyDocument, Rule, SafeLevel};
use usher_policy::kept;
use usher_policy::outline::{ForGroup, outline};
use usher_policy::verdict::Verdict;
use usher_types::calendar::PeriodKind;

use crate::app::AppFault;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::opening::category;
use crate::view::says::Says;

/// A group and what the policy says for it.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// One thing the policy says: what it is, and the sentence.
pub(super) struct Line {
    pub(super) what: String,
    pub(super) text: String,
}

/// A rule or exception with who answers for it and when somebody looks at it again.
pub(super) struct Rules {
    pub(super) verdict: String,
    pub(super) why: String,
    pub(super) whom: String,
    pub(super) owner: Option<String>,
    pub(super) review: Option<String>,
    pub(super) due: bool,
}

/// Says a policy.
pub(super) struct Sayer<'a> {
    pub(super) says: &'a Says,
    pub(super) clock: Clock<'a>,
    pub(super) policy: &'a PolicyDocument,
}

impl Sayer<'_> {
    /// Every group, in the policy's order.
    pub(super) fn groups(&self) -> Result<Vec<Group>, AppFault> {
        let catalogue = Catalogue::ours().map_err(|error| AppFault::Form(error.to_string()))?;
        let all = outline(self.policy, &catalogue);
        Ok(all.iter().map(|one| Group { title: one.group.title.clone(), lines: self.lines(one) }).collect())
    }

    fn lines(&self, one: &ForGroup<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |what: &str, text: String| lines.push(Line { what: self.says.t(what), text });
        if !one.lesson.is_empty() {
            add("policy-lesson", self.says.t1("policy-lesson-text", "when", self.times(&one.lesson)));
        }
        if !one.closed.is_empty() {
            add("policy-closed", self.says.t1("policy-closed-text", "when", self.times(&one.closed)));
        }
        for means in &one.means {
            let names = self.categories(means.categories.iter().copied());
            let what = format!("policy-pages-{}", means.verdict.name());
            if means.when.len() == PeriodKind::ALL.len() {
                add(&what, names);
            } else {
                let when = self.times(&means.when);
                add(&what, self.says.t2("policy-when", ("when", &when), ("names", &names)));
            }
        }
        if let Some(verdict) = one.unknown {
            add("policy-unknown", self.verdict(verdict));
        }
        add("policy-search", self.searching(one));
        if one.words {
            add("policy-words", self.says.t("policy-words-text"));
        }
        for rule in &one.leaving {
            add("policy-leaving", self.leaving(rule));
        }
        for rule in &one.carries {
            let verdict = self.verdict(rule.verdict);
            add(
                "policy-downloads",
                self.says.t2("policy-because", ("verdict", &verdict), ("why", &rule.why)),
            );
        }
        lines
    }

    fn searching(&self, one: &ForGroup<'_>) -> String {
        let level = |level: SafeLevel| match level {
            SafeLevel::Off => "off",
            SafeLevel::Moderate => "moderate",
            SafeLevel::Strict => "strict",
        };
        let pictures = match one.pictures {
            ImageSearch::Open => "policy-pictures-open",
            ImageSearch::InLessons => "policy-pictures-in-lessons",
            ImageSearch::Shut => "policy-pictures-shut",
        };
        let sentences = [
            self.says.of("policy-search", level(one.search)),
            self.says.of("policy-youtube", level(one.youtube)),
            self.says.t(pictures),
        ];
        sentences.join(" ")
    }

    fn leaving(&self, rule: &LeavingRule) -> String {
        let name = |kind| match serde_json::to_value(kind) {
            Ok(serde_json::Value::String(name)) => self.says.of("sent", name),
            _ => String::new(),
        };
        let kinds: Vec<String> = rule.kinds.iter().map(name).collect();
        let verdict = self.verdict(rule.verdict);
        let what =
            self.says.t2("policy-leaving-text", ("verdict", &verdict), ("kinds", &self.says.list(&kinds)));
        let sites = rule.except_pages.iter().map(ToString::to_string);
        let but: Vec<String> = rule
            .except_categories
            .iter()
            .map(|name| category(self.says, name.as_str()))
            .chain(sites)
            .collect();
        let but = if but.is_empty() {
            String::new()
        } else {
            format!(" {}", self.says.t1("policy-but-not", "names", self.says.list(&but)))
        };
        format!("{what} {}{but}", rule.why)
    }

    /// The school's own rules, in the order in which they count.
    pub(super) fn rules(&self) -> Vec<Rules> {
        let rules = self.policy.rules.iter().map(|rule: &Rule| {
            let when = if rule.during.is_empty() { String::new() } else { self.times(&rule.during) };
            let whom = [self.whom(&rule.whom), when].into_iter().filter(|part| !part.is_empty());
            let whom = whom.collect::<Vec<_>>().join(", ");
            self.rule((rule.verdict, &rule.why, whom), &rule.owner, rule.review)
        });
        rules.collect()
    }

    /// Exceptions that somebody answers for or that are looked at again, with their category.
    pub(super) fn exceptions(&self) -> Vec<Rules> {
        let all = self.policy.categories.iter().flat_map(|rule| {
            let kept = rule.except.iter().filter(|except| except.owner.is_some() || except.review.is_some());
            kept.map(move |except| {
                let why = except.why.as_deref().unwrap_or(&rule.why);
                let why = format!("{}: {why}", category(self.says, rule.name.as_str()));
                self.rule((except.verdict, &why, self.whom(&except.whom)), &except.owner, except.review)
            })
        });
        all.collect()
    }

    fn rule(&self, said: (Verdict, &str, String), owner: &Option<String>, review: Option<Date>) -> Rules {
        let (verdict, why, whom) = said;
        Rules {
            verdict: self.verdict(verdict),
            why: why.to_owned(),
            whom,
            owner: owner.clone(),
            review: review.map(|day| self.clock.date(day)),
            due: review.is_some_and(|day| day <= self.clock.today()),
        }
    }

    /// What is not decrypted, and why.
    pub(super) fn not_decrypted(&self) -> Vec<String> {
        let Inspection { except_categories, except_sites, except_whom, kept: sections, pinned_whom, rules } =
            &self.policy.inspection;
        let mut lines = Vec::new();
        let mut add = |key: &str, names: String| {
            if !names.is_empty() {
                lines.push(self.says.t1(key, "names", names));
            }
        };
        add("policy-not-read-pages", self.categories(except_categories));
        let sites: Vec<String> = except_sites.iter().map(ToString::to_string).collect();
        add("policy-not-read-sites", sites.join(", "));
        add(
            "policy-not-read-whom",
            if except_whom.is_empty() { String::new() } else { self.whom(except_whom) },
        );
        add(
            "policy-not-read-pinned",
            if pinned_whom.is_empty() { String::new() } else { self.whom(pinned_whom) },
        );
        for rule in rules {
            let key = if rule.inspect { "policy-read-rule" } else { "policy-not-read-rule" };
            lines.push(self.says.t2(key, ("whom", &self.whom(&rule.whom)), ("why", &rule.why)));
        }
        let ours = kept::built_in().unwrap_or_default().iter();
        lines.extend(ours.filter(|entry| sections.contains(&entry.section)).map(|entry| {
            let sites: Vec<String> = entry.sites.iter().map(ToString::to_string).collect();
            self.says.t2("policy-not-read-kept", ("sites", &sites.join(", ")), ("why", &entry.why))
        }));
        lines
    }

    /// What nobody can open.
    pub(super) fn sealed(&self) -> String {
        self.categories(&self.policy.sealed)
    }

    fn categories<'c>(&self, names: impl IntoIterator<Item = &'c Category>) -> String {
        let names: Vec<String> = names.into_iter().map(|name| category(self.says, name.as_str())).collect();
        names.join(", ")
    }

    fn verdict(&self, verdict: Verdict) -> String {
        self.says.of("policy-verdict", verdict.name())
    }

    /// Groups by what people call them. A set is told by its groups.
    fn whom(&self, names: &[String]) -> String {
        if names.is_empty() {
            return self.says.t("policy-everybody");
        }
        let of = |name: &String| self.policy.sets.get(name).cloned().unwrap_or_else(|| vec![name.clone()]);
        let wanted: Vec<String> = names.iter().flat_map(of).collect();
        let groups = self.policy.groups.iter().filter(|group| wanted.contains(&group.name));
        let titles: Vec<String> = groups.map(|group| group.title.clone()).collect();
        titles.join("; ")
    }

    fn times(&self, when: &[PeriodKind]) -> String {
        if when.len() == PeriodKind::ALL.len() {
            return self.says.t("policy-time-always");
        }
        let name = |period: &PeriodKind| match period {
            PeriodKind::Lesson => "policy-time-lesson",
            PeriodKind::Break => "policy-time-break",
            PeriodKind::Lunch => "policy-time-lunch",
            PeriodKind::BeforeSchool => "policy-time-before",
            PeriodKind::AfterSchool => "policy-time-after",
            PeriodKind::Closed => "policy-time-closed",
        };
        let names: Vec<String> = when.iter().map(|period| self.says.t(name(period))).collect();
        self.says.list(&names)
    }
}
