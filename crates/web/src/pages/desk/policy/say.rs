//! A policy in sentences, group by group. Every word is from `locales/` or is the school's own reason.

use jiff::civil::Date;
use usher_lists::category::{Catalogue, Category};
use usher_lists::patterns::AddressPattern;
use usher_policy::document::{
    CarriesRule, ImageSearch, Inspection, LeavingRule, PolicyDocument, Rule, SafeLevel, UnscannedRule,
};
use usher_policy::outline::{ForGroup, outline};
use usher_policy::verdict::Verdict;
use usher_policy::{explain, kept};
use usher_scan::features::{FileState, ScanFailure};
use usher_scan::kind::Class;
use usher_types::calendar::PeriodKind;

use crate::app::AppFault;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::opening::category;
use crate::pages::desk::password::unavailable;
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
pub(super) struct Ruled {
    pub(super) verdict: String,
    pub(super) why: String,
    pub(super) whom: String,
    /// What it is about; none where the reason says so.
    pub(super) about: Option<String>,
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
        let catalogue = Catalogue::ours().map_err(unavailable)?;
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
            let what = format!("policy-verdict-{}", means.verdict.name());
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
            add("policy-downloads", self.download(rule));
        }
        for rule in &one.unscanned {
            add("policy-unscanned", self.unscanned(rule));
        }
        add("policy-unscanned", self.says.t("policy-unscanned-rest"));
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
        let name = |&kind| explain::sent(self.says.words(), self.says.reader(), kind);
        let kinds = rule.kinds.iter().map(name).collect();
        self.kept_in(rule.verdict, kinds, &rule.why, (&rule.except_categories, &rule.except_pages))
    }

    fn download(&self, rule: &CarriesRule) -> String {
        let classes = rule.classes.iter().map(|&class| self.says.t(class_words(class)));
        let states = rule.states.iter().map(|&state| self.says.t(state_words(state)));
        let kinds = classes.chain(states).collect();
        self.kept_in(rule.verdict, kinds, &rule.why, (&rule.except_categories, &rule.except_pages))
    }

    /// What happens to what no scanner could look at.
    fn unscanned(&self, rule: &UnscannedRule) -> String {
        let kinds: Vec<String> = rule.classes.iter().map(|&class| self.says.t(class_words(class))).collect();
        let kinds =
            if kinds.is_empty() { self.says.t("policy-unscanned-any") } else { self.says.list(&kinds) };
        let verdict = self.verdict(rule.verdict);
        let what = self.says.t2("policy-leaving-text", ("verdict", &verdict), ("kinds", &kinds));
        let failures = rule.failures.iter().map(|&failure| self.says.t(failure_words(failure)));
        let failures = self.says.list(&failures.collect::<Vec<_>>());
        if failures.is_empty() {
            return format!("{what} {}", rule.why);
        }
        format!("{what} {} {}", self.says.t1("policy-unscanned-reasons", "reasons", failures), rule.why)
    }

    /// What happens to these kinds of things, why, and where it does not.
    fn kept_in(
        &self,
        verdict: Verdict,
        kinds: Vec<String>,
        why: &str,
        (categories, pages): (&[Category], &[AddressPattern]),
    ) -> String {
        let (verdict, kinds) = (self.verdict(verdict), self.says.list(&kinds));
        let what = self.says.t2("policy-leaving-text", ("verdict", &verdict), ("kinds", &kinds));
        let but = self.named(categories, pages);
        if but.is_empty() {
            return format!("{what} {why}");
        }
        format!("{what} {why} {}", self.says.t1("policy-but-not", "names", self.says.list(&but)))
    }

    /// Categories and pages by what people call them.
    fn named(&self, categories: &[Category], pages: &[AddressPattern]) -> Vec<String> {
        let categories = categories.iter().map(|name| category(self.says, name.as_str()));
        categories.chain(pages.iter().map(ToString::to_string)).collect()
    }

    /// What a rule is about: each thing it names must be so.
    fn about(&self, pages: &[AddressPattern], categories: &[Category]) -> String {
        let list = |names: Vec<String>| self.says.list(&names);
        match (list(self.named(&[], pages)), list(self.named(categories, &[]))) {
            (pages, categories) if pages.is_empty() && categories.is_empty() => {
                self.says.t("policy-about-all")
            }
            (pages, categories) if categories.is_empty() => {
                self.says.t1("policy-about-pages", "pages", pages)
            }
            (pages, categories) if pages.is_empty() => {
                self.says.t1("policy-about-categories", "categories", categories)
            }
            (pages, categories) => {
                self.says.t2("policy-about-both", ("pages", &pages), ("categories", &categories))
            }
        }
    }

    /// The same of a rule that may ask how a page is asked for as well: that only its reason says in words.
    fn about_rule(&self, rule: &Rule) -> String {
        let about = self.about(&rule.pages, &rule.categories);
        let plain = rule.methods.is_empty()
            && rule.ports_other_than.is_empty()
            && rule.mismatches.is_empty()
            && !(rule.address_instead_of_name || rule.user_information || rule.not_tls);
        if plain { about } else { format!("{about} {}", self.says.t("policy-about-how")) }
    }

    /// The school's own rules, in the order in which they count.
    pub(super) fn rules(&self) -> Vec<Ruled> {
        let rules = self.policy.rules.iter().map(|rule: &Rule| {
            let when = if rule.during.is_empty() { String::new() } else { self.times(&rule.during) };
            let whom = [self.whom(&rule.whom), when].into_iter().filter(|part| !part.is_empty());
            let whom = whom.collect::<Vec<_>>().join(", ");
            let said = self.ruled((rule.verdict, &rule.why, whom), &rule.owner, rule.review);
            Ruled { about: Some(self.about_rule(rule)), ..said }
        });
        rules.collect()
    }

    /// Exceptions that somebody answers for or that are looked at again, with their category.
    pub(super) fn exceptions(&self) -> Vec<Ruled> {
        let all = self.policy.categories.iter().flat_map(|rule| {
            let kept = rule.except.iter().filter(|except| except.owner.is_some() || except.review.is_some());
            kept.map(move |except| {
                let why = except.why.as_deref().unwrap_or(&rule.why);
                let why = format!("{}: {why}", category(self.says, rule.name.as_str()));
                self.ruled((except.verdict, &why, self.whom(&except.whom)), &except.owner, except.review)
            })
        });
        all.collect()
    }

    fn ruled(&self, said: (Verdict, &str, String), owner: &Option<String>, review: Option<Date>) -> Ruled {
        let (verdict, why, whom) = said;
        Ruled {
            about: None,
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
            let said = self.says.t2(key, ("whom", &self.whom(&rule.whom)), ("why", &rule.why));
            lines.push(format!("{said} {}", self.about(&rule.sites, &rule.categories)));
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

/// The key of a class of files.
const fn class_words(class: Class) -> &'static str {
    match class {
        Class::Data => "policy-file-data",
        Class::Text => "policy-file-text",
        Class::Page => "policy-file-page",
        Class::Image => "policy-file-image",
        Class::Audio => "policy-file-audio",
        Class::Video => "policy-file-video",
        Class::Font => "policy-file-font",
        Class::Document => "policy-file-document",
        Class::Archive => "policy-file-archive",
        Class::Torrent => "policy-file-torrent",
        Class::DiskImage => "policy-file-disk-image",
        Class::BrowserExtension => "policy-file-browser-extension",
        Class::MacroDocument => "policy-file-macro-document",
        Class::Script => "policy-file-script",
        Class::Installer => "policy-file-installer",
        Class::Executable => "policy-file-executable",
    }
}

/// The key of why no scanner could look.
const fn failure_words(failure: ScanFailure) -> &'static str {
    match failure {
        ScanFailure::Down => "policy-scan-down",
        ScanFailure::Slow => "policy-scan-slow",
        ScanFailure::Refused => "policy-scan-refused",
        ScanFailure::TooLarge => "policy-scan-too-large",
        ScanFailure::Partial => "policy-scan-partial",
    }
}

/// The key of a state that a file is in.
const fn state_words(state: FileState) -> &'static str {
    match state {
        FileState::Locked => "policy-file-locked",
        FileState::TooDeep => "policy-file-too-deep",
        FileState::Unread => "policy-file-unread",
    }
}
