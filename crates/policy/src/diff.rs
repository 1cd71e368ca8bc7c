//! What a new policy changes, in sentences a governor can read, and which of it one person may not do alone.
//!
//! Owns: comparing two documents by what they do (a category for each group and time) and by what they say (everything
//! else), and the list of what is weighty. Does not: know people; [`crate::access`] says who may be the second.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use usher_lists::category::{Catalogue, Category};
use usher_types::calendar::PeriodKind;

use crate::alarm::is_grave_theme;
use crate::document::{CategoryRule, PolicyDocument, Rule};
use crate::outline::is_for;
use crate::verdict::Verdict;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What changes, in one sentence.
    pub sentence: String,
    /// Why one person may not do it alone; none when they may.
    pub weighty: Option<Weighty>,
}

/// Parts of a policy that one person does not change alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighty {
    /// Who is judged as what.
    Groups,
    /// Pages that are open before anything is judged.
    OwnHosts,
    /// Lockdown.
    Lockdown,
    /// What nobody can open.
    Sealed,
    /// Who needs a lesson.
    Lessons,
    /// Pages nobody knows.
    Unknown,
    /// A grave category, or a rule that goes before it.
    GraveCategory,
    /// How safely is searched.
    SafeSearch,
    /// What comes along with a page that was opened.
    Embedded,
    /// How far words may go.
    Words,
    /// What may leave.
    Leaving,
    /// What downloads may be.
    Carries,
    /// What happens when no scanner could look.
    Unscanned,
    /// What is not decrypted.
    Inspection,
    /// Addresses inside the school.
    Reach,
    /// A promise is taken back.
    Promises,
}

impl Weighty {
    /// What it is, in words that follow "it changes".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Groups => "who is treated as a pupil and who as an adult",
            Self::OwnHosts => "which sites are open before anything is judged",
            Self::Lockdown => "whether the school is closed down",
            Self::Sealed => "what nobody can ever open",
            Self::Lessons => "who needs a lesson",
            Self::Unknown => "what happens to pages nobody knows",
            Self::GraveCategory => "a grave category, or a rule that goes before it",
            Self::SafeSearch => "how safely is searched",
            Self::Embedded => "what comes along with a page that was opened",
            Self::Words => "how far the words of a page may go",
            Self::Leaving => "what may leave the school",
            Self::Carries => "what may be downloaded",
            Self::Unscanned => "what happens when nothing could look at a download",
            Self::Inspection => "what is not decrypted",
            Self::Reach => "which addresses inside the school can be reached",
            Self::Promises => "what the school promises",
        }
    }
}

/// Everything that changes from `old` to `new`, in the order of the document. Nothing when they are the same.
pub fn diff(old: &PolicyDocument, new: &PolicyDocument, catalogue: &Catalogue) -> Vec<Difference> {
    let mut found = Found { all: Vec::new() };
    found.one("The time zone", &old.zone, &new.zone, None);
    found.one("The calendar", &old.calendar, &new.calendar, None);
    found.one("Usher’s own sites", &old.own_hosts, &new.own_hosts, Some(Weighty::OwnHosts));
    found.keyed("Group", &old.groups, &new.groups, "name", |_| Some(Weighty::Groups));
    found.one("Sets of groups", &old.sets, &new.sets, Some(Weighty::Groups));
    found.one("The lockdown", &old.lockdown, &new.lockdown, Some(Weighty::Lockdown));
    found.one("What nobody can open", &old.sealed, &new.sealed, Some(Weighty::Sealed));
    found.one("Who needs a lesson", &old.lessons, &new.lessons, Some(Weighty::Lessons));
    found.one("When the web is closed", &old.hours, &new.hours, Some(Weighty::Lessons));
    let grave =
        |category: &Category| catalogue.entry(category).is_none_or(|entry| is_grave_theme(&entry.theme));
    let rule_weight = |rule: &Value| weight_of_rule(rule, &grave);
    found.keyed("Rule", &old.rules, &new.rules, "id", rule_weight);
    found.orders(old, new);
    found.all.extend(categories(old, new, catalogue));
    found.one("Pages nobody knows", &old.unknown, &new.unknown, Some(Weighty::Unknown));
    found.one("How safely is searched", &old.safe_search, &new.safe_search, Some(Weighty::SafeSearch));
    found.one("What comes along with a page", &old.embedded, &new.embedded, Some(Weighty::Embedded));
    found.one("How far words may go", &old.content, &new.content, Some(Weighty::Words));
    found.keyed("Rule of what may leave", &old.leaving, &new.leaving, "id", |_| Some(Weighty::Leaving));
    found.keyed("Rule of downloads", &old.carries, &new.carries, "id", |_| Some(Weighty::Carries));
    found.one("When nothing could look", &old.unscanned, &new.unscanned, Some(Weighty::Unscanned));
    found.one("What is not decrypted", &old.inspection, &new.inspection, Some(Weighty::Inspection));
    found.one("Addresses inside the school", &old.reach, &new.reach, Some(Weighty::Reach));
    // A promise that is added binds nobody else; one that changes may have been weakened.
    let known: Vec<&str> = old.musts.iter().map(|must| must.sentence.as_str()).collect();
    found.keyed("Promise", &old.musts, &new.musts, "sentence", |must| {
        let sentence = must.get("sentence").and_then(Value::as_str).unwrap_or_default();
        known.contains(&sentence).then_some(Weighty::Promises)
    });
    if found.all.is_empty() && old != new {
        found.say("It is written otherwise, and does the same.".to_owned(), None);
    }
    found.all
}

/// What makes a change one that waits for a second person, each once.
pub fn weighty(differences: &[Difference]) -> Vec<Weighty> {
    let mut found: Vec<Weighty> = differences.iter().filter_map(|one| one.weighty).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A rule that only shuts is weighty when it goes; one that opens, when what it opens may be grave. Which of the two a
/// change is cannot be told from the rule alone, so a rule without pages always counts.
fn weight_of_rule(rule: &Value, grave: &impl Fn(&Category) -> bool) -> Option<Weighty> {
    let Ok(rule) = serde_json::from_value::<Rule>(rule.clone()) else { return Some(Weighty::GraveCategory) };
    let opens = rule.verdict <= Verdict::Coach;
    let wide = rule.pages.is_empty() && rule.categories.is_empty();
    (wide || rule.categories.iter().any(grave) || (opens && rule.categories.is_empty()))
        .then_some(Weighty::GraveCategory)
}

/// What was found so far.
struct Found {
    all: Vec<Difference>,
}

impl Found {
    fn say(&mut self, sentence: String, weighty: Option<Weighty>) {
        self.all.push(Difference { sentence, weighty });
    }

    /// A part that is there once.
    fn one<T: Serialize + PartialEq>(&mut self, what: &str, old: &T, new: &T, weighty: Option<Weighty>) {
        if old != new {
            let changed = changes(&value(old), &value(new), "");
            self.say(format!("{what}: {}.", changed.join("; ")), weighty);
        }
    }

    /// A part that is there several times, each with a name.
    fn keyed<T: Serialize>(
        &mut self,
        what: &str,
        old: &[T],
        new: &[T],
        key: &str,
        weight: impl Fn(&Value) -> Option<Weighty>,
    ) {
        let named = |all: &[T]| -> Vec<(String, Value)> {
            let values = all.iter().map(value);
            values
                .map(|one| (one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned(), one))
                .collect()
        };
        let (old, new) = (named(old), named(new));
        for (name, before) in &old {
            match new.iter().find(|(other, _)| other == name) {
                None => self.say(format!("{what} “{name}” is taken out{}.", because(before)), weight(before)),
                Some((_, after)) if after != before => {
                    let changed = changes(before, after, "").join("; ");
                    let weighty = weight(before).or_else(|| weight(after));
                    self.say(format!("{what} “{name}”: {changed}."), weighty);
                }
                Some(_) => {}
            }
        }
        for (name, after) in new.iter().filter(|(name, _)| old.iter().all(|(other, _)| other != name)) {
            let says = changes(&Value::Null, after, key).join("; ");
            self.say(format!("{what} “{name}” is new: {says}."), weight(after));
        }
    }

    fn orders(&mut self, old: &PolicyDocument, new: &PolicyDocument) {
        let names = (old.groups.iter().map(|group| &group.name), new.groups.iter().map(|group| &group.name));
        self.order("the groups", names.0, names.1, Weighty::Groups);
        let ids = (old.rules.iter().map(|rule| &rule.id), new.rules.iter().map(|rule| &rule.id));
        self.order("the rules", ids.0, ids.1, Weighty::GraveCategory);
        let ids = (old.leaving.iter().map(|rule| &rule.id), new.leaving.iter().map(|rule| &rule.id));
        self.order("the rules of what may leave", ids.0, ids.1, Weighty::Leaving);
        let ids = (old.carries.iter().map(|rule| &rule.id), new.carries.iter().map(|rule| &rule.id));
        self.order("the rules of downloads", ids.0, ids.1, Weighty::Carries);
    }

    /// Where the first that fits counts, the order is a change by itself.
    fn order<'a>(
        &mut self,
        what: &str,
        old: impl Iterator<Item = &'a String>,
        new: impl Iterator<Item = &'a String>,
        weighty: Weighty,
    ) {
        let (old, new): (Vec<&String>, Vec<&String>) = (old.collect(), new.collect());
        let kept = |one: &[&'a String], other: &[&'a String]| -> Vec<&'a str> {
            one.iter().filter(|id| other.contains(id)).map(|id| id.as_str()).collect()
        };
        if kept(&old, &new) != kept(&new, &old) {
            let order = kept(&new, &old).join(", ");
            self.say(
                format!("The order of {what}, the first of which counts, is now {order}."),
                Some(weighty),
            );
        }
    }
}

fn because(rule: &Value) -> String {
    let why = rule.get("why").and_then(Value::as_str).map(|why| why.trim_end_matches('.').to_owned());
    why.map_or_else(String::new, |why| format!(" (it was there because: {why})"))
}

fn value<T: Serialize>(part: &T) -> Value {
    // Documents come from TOML and hold nothing JSON cannot.
    serde_json::to_value(part).unwrap_or_default()
}

/// What differs between two values, key by key; `without` is a key that is named already.
fn changes(old: &Value, new: &Value, without: &str) -> Vec<String> {
    match (old, new) {
        (Value::Object(_) | Value::Null, Value::Object(after)) => {
            let empty = serde_json::Map::new();
            let before = old.as_object().unwrap_or(&empty);
            let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
            keys.sort();
            keys.dedup();
            let parts = keys.into_iter().filter(|key| *key != without).filter_map(|key| {
                let nothing = Value::Null;
                let (one, other) = (before.get(key).unwrap_or(&nothing), after.get(key).unwrap_or(&nothing));
                let key = key.replace('-', " ");
                (one != other && !(is_nothing(one) && is_nothing(other))).then(|| match (one, other) {
                    (Value::Array(_), Value::Array(_)) => {
                        format!("{key} {}", changes(one, other, "").join(", "))
                    }
                    _ if is_nothing(one) => format!("{key} {}", plain(other)),
                    _ if is_nothing(other) => format!("{key} no longer {}", plain(one)),
                    _ => format!("{key} was {}, is now {}", plain(one), plain(other)),
                })
            });
            parts.collect()
        }
        (Value::Array(before), Value::Array(after)) => {
            let gone =
                before.iter().filter(|one| !after.contains(one)).map(|one| format!("without {}", plain(one)));
            let come = after
                .iter()
                .filter(|one| !before.contains(one))
                .map(|one| format!("and also {}", plain(one)));
            let found: Vec<String> = gone.chain(come).collect();
            if found.is_empty() { vec![format!("in the order {}", plain(new))] } else { found }
        }
        _ if is_nothing(new) => vec![format!("no longer {}", plain(old))],
        _ => vec![format!("was {}, is now {}", plain(old), plain(new))],
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim_end_matches('.').to_owned(),
        Value::Array(items) if items.is_empty() => "nothing".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let said = members.iter().filter(|(_, one)| !is_nothing(one));
            let said: Vec<String> =
                said.map(|(key, one)| format!("{} {}", key.replace('-', " "), plain(one))).collect();
            format!("({})", said.join(", "))
        }
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

/// Which group at which time.
type Where = (usize, PeriodKind);

/// What categories mean, for every group at every time, so that it does not matter how it is written down.
fn categories(old: &PolicyDocument, new: &PolicyDocument, catalogue: &Catalogue) -> Vec<Difference> {
    let mut names: Vec<&Category> =
        new.categories.iter().chain(&old.categories).map(|rule| &rule.name).collect();
    let place = |name: &Category| catalogue.entries().iter().position(|entry| entry.name == *name);
    names.sort_by_key(|name| (place(name), name.as_str()));
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let entry = catalogue.entry(name);
        let title = entry.map_or(name.as_str(), |entry| entry.title.as_str());
        let weighty =
            entry.is_none_or(|entry| is_grave_theme(&entry.theme)).then_some(Weighty::GraveCategory);
        let changed = changed_verdicts(name, old, new);
        if changed.is_empty() {
            let why = |policy: &PolicyDocument| rule_of(policy, name).map(|rule| rule.why.clone());
            if let (Some(before), Some(after)) = (why(old), why(new))
                && before != after
            {
                let sentence = format!("{title}: the reason was “{before}”, is now “{after}”");
                found.push(Difference { sentence, weighty: None });
            }
        }
        for ((before, after), places) in changed {
            for (groups, when) in by_time(&places) {
                let titles = groups.iter().filter_map(|&group| new.groups.get(group));
                let titles: Vec<&str> = titles.map(|group| group.title.as_str()).collect();
                let (was, is) = (verdict_words(before), verdict_words(after));
                let whom = titles.join("; ");
                let sentence = format!("{whom}: {title} was {was}, is now {is}{}.", times(&when));
                found.push(Difference { sentence, weighty });
            }
        }
    }
    found
}

fn changed_verdicts(
    name: &Category,
    old: &PolicyDocument,
    new: &PolicyDocument,
) -> BTreeMap<(Option<Verdict>, Option<Verdict>), Vec<Where>> {
    let mut changed: BTreeMap<(Option<Verdict>, Option<Verdict>), Vec<Where>> = BTreeMap::new();
    for (index, group) in new.groups.iter().enumerate() {
        if old.groups.iter().all(|other| other.name != group.name) {
            continue;
        }
        for period in PeriodKind::ALL {
            let before = verdict(old, name, &group.name, period);
            let after = verdict(new, name, &group.name, period);
            if before != after {
                changed.entry((before, after)).or_default().push((index, period));
            }
        }
    }
    changed
}

/// Groups for which something changes at the same times, together.
fn by_time(places: &[Where]) -> Vec<(Vec<usize>, Vec<PeriodKind>)> {
    let mut of_group: BTreeMap<usize, Vec<PeriodKind>> = BTreeMap::new();
    for &(group, period) in places {
        of_group.entry(group).or_default().push(period);
    }
    let mut found: Vec<(Vec<usize>, Vec<PeriodKind>)> = Vec::new();
    for (group, when) in of_group {
        match found.iter_mut().find(|(_, other)| *other == when) {
            Some((groups, _)) => groups.push(group),
            None => found.push((vec![group], when)),
        }
    }
    found
}

fn rule_of<'a>(policy: &'a PolicyDocument, name: &Category) -> Option<&'a CategoryRule> {
    policy.categories.iter().find(|rule| rule.name == *name)
}

/// What a category means for a group at a time, as the document says it.
pub(crate) fn verdict(
    policy: &PolicyDocument,
    name: &Category,
    group: &str,
    period: PeriodKind,
) -> Option<Verdict> {
    let rule = rule_of(policy, name)?;
    let except = rule.except.iter().find(|except| {
        is_for(policy, &except.whom, group) && (except.during.is_empty() || except.during.contains(&period))
    });
    Some(except.map_or(rule.verdict, |except| except.verdict))
}

const fn verdict_words(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "treated like pages nobody knows",
        Some(Verdict::Allow) => "allowed",
        Some(Verdict::Coach) => "allowed after a word of warning",
        Some(Verdict::Challenge) => "allowed once something else is done",
        Some(Verdict::Hold) => "held for a person",
        Some(Verdict::Block) => "blocked",
    }
}

/// A part of the day in words that follow a verb.
pub const fn time_words(period: PeriodKind) -> &'static str {
    match period {
        PeriodKind::Lesson => "in lesson time",
        PeriodKind::Break => "at break",
        PeriodKind::Lunch => "at lunch",
        PeriodKind::BeforeSchool => "before school",
        PeriodKind::AfterSchool => "after school",
        PeriodKind::Closed => "when the school is closed",
    }
}

fn times(when: &[PeriodKind]) -> String {
    if when.len() == PeriodKind::ALL.len() {
        return String::new();
    }
    let words: Vec<&str> = when.iter().map(|&period| time_words(period)).collect();
    format!(" {}", words.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{STARTING_POLICY, policy};

    fn between(from: &str, to: &str) -> Vec<Difference> {
        assert!(STARTING_POLICY.contains(from), "{from}");
        let (old, new) =
            (policy(STARTING_POLICY).unwrap(), policy(&STARTING_POLICY.replacen(from, to, 1)).unwrap());
        diff(&old, &new, &Catalogue::ours().unwrap())
    }

    fn sentences(found: &[Difference]) -> Vec<&str> {
        found.iter().map(|one| one.sentence.as_str()).collect()
    }

    const GAMES: &str = "why = \"Not school work (WEB-02).\"\nexcept = [";

    #[test]
    fn a_category_is_told_by_group_and_time() {
        let lunch =
            format!("{GAMES}{{ for = [\"upper-ks2\"], during = [\"lunch\"], verdict = \"allow\" }}, ");
        let found = between(GAMES, &lunch);
        assert_eq!(sentences(&found), ["Years 5 and 6: Games was blocked, is now allowed at lunch."]);
        assert_eq!(weighty(&found), []);
    }

    #[test]
    fn written_otherwise_and_meaning_the_same_is_no_difference_of_categories() {
        let same = format!("{GAMES}{{ for = [\"pupils\"], verdict = \"block\" }}, ");
        let found = between(GAMES, &same);
        assert_eq!(sentences(&found), ["It is written otherwise, and does the same."]);
    }

    #[test]
    fn what_is_grave_waits_for_a_second_person() {
        let gambling = "name = \"gambling\"\nverdict = \"block\"";
        let found = between(gambling, &gambling.replace("block", "allow"));
        assert_eq!(weighty(&found), [Weighty::GraveCategory]);
        let all = "Reception to Year 2; Years 3 and 4; Years 5 and 6; Staff and governors; \
                   Visitors, volunteers and parents: Gambling was blocked, is now allowed.";
        assert_eq!(sentences(&found), [all]);
        for (from, to, expected) in [
            ("lower-ks2 = \"block\"", "lower-ks2 = \"allow\"", Weighty::Unknown),
            ("upper-ks2 = 80", "upper-ks2 = 800", Weighty::Words),
            ("[lessons]\nfor = [\"pupils\"]", "[lessons]\nfor = [\"ks2\"]", Weighty::Lessons),
            ("sealed = [\"illegal-images\", ", "sealed = [", Weighty::Sealed),
            ("except-categories = [\"finance-and-banking\", ", "except-categories = [", Weighty::Inspection),
            ("kinds = [\"card-number\", \"checkout\"]", "kinds = [\"checkout\"]", Weighty::Leaving),
            ("classes = [\"executable\", ", "classes = [", Weighty::Carries),
            (
                "adults = [\"staff\", \"guests\"]",
                "adults = [\"staff\", \"guests\", \"upper-ks2\"]",
                Weighty::Groups,
            ),
            (
                "own-hosts = [\"usher.internal\"]",
                "own-hosts = [\"usher.internal\", \"a.example\"]",
                Weighty::OwnHosts,
            ),
            ("\"childline.org.uk\", ", "", Weighty::GraveCategory),
        ] {
            let found = between(from, to);
            assert!(weighty(&found).contains(&expected), "{from}: {found:?}");
        }
    }

    #[test]
    fn where_the_first_counts_the_order_is_a_change() {
        let (old, mut new) = (policy(STARTING_POLICY).unwrap(), policy(STARTING_POLICY).unwrap());
        new.groups.swap(2, 3);
        let found = diff(&old, &new, &Catalogue::ours().unwrap());
        assert_eq!(weighty(&found), [Weighty::Groups]);
        let order = "The order of the groups, the first of which counts, is now ks1, lower-ks2, staff, upper-ks2, guests.";
        assert_eq!(sentences(&found), [order]);
        new.groups.swap(2, 3);
        new.rules.swap(0, 6);
        assert_eq!(weighty(&diff(&old, &new, &Catalogue::ours().unwrap())), [Weighty::GraveCategory]);
    }

    #[test]
    fn a_list_is_told_by_what_came_and_went() {
        let found = between("\"childline.org.uk\", ", "\"example.org\", ");
        assert_eq!(
            sentences(&found),
            ["Rule “help-stays-open”: pages without childline.org.uk, and also example.org."]
        );
        let found = between("upper-ks2 = 80", "upper-ks2 = 90");
        assert!(found[0].sentence.contains("90"), "{found:?}");
    }

    #[test]
    fn the_same_policy_has_no_difference() {
        assert_eq!(between("own-hosts", "own-hosts"), []);
    }
}
