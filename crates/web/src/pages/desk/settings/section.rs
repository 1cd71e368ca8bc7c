//! The parts of the settings that have a form, and which figure each of their fields is.

use std::collections::BTreeMap;

use jiff::civil::Time;
use serde_json::{Value, json};
use usher_policy::settings::{Patch, figure, flat};
use usher_records::case::rules::Step;
use usher_records::permission::matter::Matter;
use usher_records::permission::rules::MatterRule;
use usher_records::settings::Settings;
use usher_types::role::{Role, Year};

/// A part of the settings with a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// When something becomes an alert, and who answers.
    Alerts,
    /// Leave of one kind.
    Leave(Matter),
    /// Cases and what may follow.
    Cases,
    /// Who signs when.
    Agreements,
}

/// How a figure is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// One office.
    Office,
    /// Any of the offices.
    Offices,
}

/// A field that is one figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Its name in forms.
    pub(super) name: &'static str,
    /// Its name in files.
    pub(super) key: &'static str,
    pub(super) shape: Shape,
}

const fn item(name: &'static str, key: &'static str, shape: Shape) -> Item {
    Item { name, key, shape }
}

const ALERTS: [Item; 10] = [
    item("set-words-from", "alarms.words-from", Shape::Number),
    item("set-grave-times", "alarms.grave-blocks.times", Shape::Number),
    item("set-grave-minutes", "alarms.grave-blocks.minutes", Shape::Number),
    item("set-grave-quiet", "alarms.grave-blocks.quiet-minutes", Shape::Number),
    item("set-many-times", "alarms.many-blocks.times", Shape::Number),
    item("set-many-minutes", "alarms.many-blocks.minutes", Shape::Number),
    item("set-many-quiet", "alarms.many-blocks.quiet-minutes", Shape::Number),
    item("set-alerts-to", "alarms.to", Shape::Offices),
    item("set-within", "alarms.answer.within-minutes", Shape::Number),
    item("set-passed-on-from", "alarms.answer.passed-on-from", Shape::Number),
];
const CASES: [Item; 1] = [item("set-first-breach", "conduct.first-breach", Shape::Office)];
const AGREEMENTS: [Item; 5] = [
    item("set-sign-again", "agreements.days-to-sign-again", Shape::Number),
    item("set-joiner-days", "agreements.joiner-days", Shape::Number),
    item("set-pupils-yearly", "agreements.pupils-yearly", Shape::YesNo),
    item("set-adults-yearly", "agreements.adults-yearly", Shape::YesNo),
    item("set-governors", "agreements.governors-approve", Shape::YesNo),
];

/// Who is next where nobody takes an alert up, in turn.
pub(super) const ROTA: [&str; 4] = ["set-rota-1", "set-rota-2", "set-rota-3", "set-rota-4"];
pub(super) const QUIET_FROM: &str = "set-quiet-from";
pub(super) const QUIET_UNTIL: &str = "set-quiet-until";
pub(super) const QUIET_PASSES: &str = "set-quiet-passes";
/// From which gravity words of each year are told. Older years are in no primary school, and stay as a file has them.
pub(super) const YEARS: [(&str, i8); 8] = [
    ("set-year-nursery", -1),
    ("set-year-reception", 0),
    ("set-year-1", 1),
    ("set-year-2", 2),
    ("set-year-3", 3),
    ("set-year-4", 4),
    ("set-year-5", 5),
    ("set-year-6", 6),
];
/// The most school days one person may narrow somebody's web for, by how weighty a case is.
pub(super) const DAYS: [&str; 4] = ["set-days-1", "set-days-2", "set-days-3", "set-days-4"];
/// From how weighty a case each step fits it.
pub(super) const STEPS: [(&str, Step); 8] = [
    ("set-step-talk", Step::Talk),
    ("set-step-parents", Step::TellParents),
    ("set-step-narrow", Step::Narrow),
    ("set-step-confiscate", Step::Confiscate),
    ("set-step-meet", Step::MeetParents),
    ("set-step-discipline", Step::Discipline),
    ("set-step-exclusion", Step::Exclusion),
    ("set-step-referral", Step::Referral),
];
pub(super) const LEAVE_DAYS: &str = "set-leave-days";
pub(super) const LEAVE_TWO: &str = "set-leave-two";
pub(super) const LEAVE_WHO: &str = "set-leave-who";

/// What a form says, by the names of its fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// A form's fields, as sent.
    pub(super) fn sent(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            typed.0.entry(name).or_default().push(value.trim().to_owned());
        }
        typed
    }

    /// What one field says; nothing where it was not sent.
    pub(super) fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// All that was ticked.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, name: &str, value: impl ToString) {
        self.0.entry(name.to_owned()).or_default().push(value.to_string());
    }
}

/// What is wrong with a field, before anything is judged as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// It is no number from this to that.
    Number(i64, i64),
    /// It is no time of day.
    Time,
    /// Nothing was chosen.
    Choice,
}

impl Section {
    /// Its name in addresses.
    pub(super) fn path(self) -> String {
        match self {
            Self::Alerts => "alerts".to_owned(),
            Self::Cases => "cases".to_owned(),
            Self::Agreements => "agreements".to_owned(),
            Self::Leave(matter) => format!("leave-{}", matter.name()),
        }
    }

    /// The section with this name in addresses. What ends with its lesson has no rule to change.
    pub(super) fn named(path: &str) -> Option<Self> {
        match path {
            "alerts" => Some(Self::Alerts),
            "cases" => Some(Self::Cases),
            "agreements" => Some(Self::Agreements),
            _ => path
                .strip_prefix("leave-")
                .and_then(Matter::named)
                .filter(|matter| !matter.is_quick())
                .map(Self::Leave),
        }
    }

    /// Its fields that are one figure each.
    pub(super) const fn items(self) -> &'static [Item] {
        match self {
            Self::Alerts => &ALERTS,
            Self::Cases => &CASES,
            Self::Agreements => &AGREEMENTS,
            Self::Leave(_) => &[],
        }
    }

    /// Which field is to be looked at when this setting is wrong.
    pub(super) fn field(self, key: &str) -> &'static str {
        let item = self.items().iter().find(|item| item.key == key).map(|item| item.name);
        let year = || YEARS.iter().find(|(_, year)| key == year_key(*year)).map(|(name, _)| *name);
        let step = || {
            let of = |step: &Step| key.starts_with(&format!("cases.ladder[{}]", step.name()));
            STEPS.iter().find(|(_, step)| of(step)).map(|(name, _)| *name)
        };
        item.or_else(year).or_else(step).unwrap_or(match (self, key) {
            (Self::Alerts, "alarms.answer.quiet.passes-from") => QUIET_PASSES,
            (Self::Alerts, _) => "set-words-from",
            (Self::Cases, "cases.longest-days") => "set-days-1",
            (Self::Cases, _) => "set-first-breach",
            (Self::Agreements, _) => "set-sign-again",
            (Self::Leave(_), "permissions.matter") => LEAVE_WHO,
            (Self::Leave(_), _) => LEAVE_DAYS,
        })
    }

    /// The settings as the form shows them.
    pub(super) fn shown(self, settings: &Settings) -> Typed {
        let mut typed = Typed::default();
        let all = flat(settings);
        for item in self.items() {
            match all.get(item.key) {
                Some(Value::Bool(yes)) => typed.put(item.name, if *yes { "yes" } else { "no" }),
                Some(Value::String(text)) => typed.put(item.name, text),
                Some(Value::Array(many)) => {
                    many.iter().filter_map(Value::as_str).for_each(|one| typed.put(item.name, one));
                }
                Some(Value::Number(number)) => typed.put(item.name, number),
                _ => {}
            }
        }
        match self {
            Self::Alerts => show_answering(&mut typed, settings),
            Self::Cases => show_cases(&mut typed, settings),
            Self::Agreements => {}
            Self::Leave(matter) => show_leave(&mut typed, settings, matter),
        }
        typed
    }

    /// What a form changes; each field that says nothing readable, with what is wrong.
    pub(super) fn patches(
        self,
        settings: &Settings,
        typed: &Typed,
    ) -> Result<Vec<Patch>, Vec<(&'static str, Odd)>> {
        let (mut patches, mut odd) = (Vec::new(), Vec::new());
        let mut take = |name: &'static str, read: Result<Patch, Odd>| match read {
            Ok(patch) => patches.push(patch),
            Err(what) => odd.push((name, what)),
        };
        for item in self.items() {
            take(item.name, read(item, typed));
        }
        match self {
            Self::Alerts => answering(typed, &mut take),
            Self::Cases => cases(settings, typed, &mut take),
            Self::Agreements => {}
            Self::Leave(matter) => leave(settings, typed, matter, &mut take),
        }
        if odd.is_empty() { Ok(patches) } else { Err(odd) }
    }
}

fn year_key(year: i8) -> String {
    format!("alarms.answer.words-from-years.{year}")
}

fn read(item: &Item, typed: &Typed) -> Result<Patch, Odd> {
    let text = typed.one(item.name);
    Ok(match item.shape {
        Shape::Number => Patch::of(item.key, number(item.key, text)?),
        Shape::YesNo => match text {
            "yes" => Patch::of(item.key, true),
            "no" => Patch::of(item.key, false),
            _ => return Err(Odd::Choice),
        },
        Shape::Office => Patch::of(item.key, office(text).ok_or(Odd::Choice)?.name()),
        Shape::Offices => Patch::of(item.key, offices(typed.all(item.name))),
    })
}

/// A number within the range of its figure.
fn number(key: &str, text: &str) -> Result<i64, Odd> {
    let (least, most) = figure(key).map_or((0, i64::from(u16::MAX)), |figure| (figure.least, figure.most));
    let number: i64 = text.parse().map_err(|_odd| Odd::Number(least, most))?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(Odd::Number(least, most)) }
}

fn office(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.name() == name)
}

fn offices(names: &[String]) -> Vec<&'static str> {
    names.iter().filter_map(|name| office(name)).map(Role::name).collect()
}

fn show_answering(typed: &mut Typed, settings: &Settings) {
    let answer = &settings.alarms.answer;
    for (name, role) in ROTA.iter().zip(&answer.rota) {
        typed.put(name, role.name());
    }
    if let Some(quiet) = answer.quiet {
        let time = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        typed.put(QUIET_FROM, time(quiet.from));
        typed.put(QUIET_UNTIL, time(quiet.until));
        typed.put(QUIET_PASSES, quiet.passes_from);
    }
    for (name, year) in YEARS {
        if let Some(from) = Year::new(year).and_then(|year| answer.words_from_years.get(&year)) {
            typed.put(name, from);
        }
    }
}

fn answering(typed: &Typed, take: &mut impl FnMut(&'static str, Result<Patch, Odd>)) {
    let rota: Vec<&str> = ROTA.iter().filter_map(|name| office(typed.one(name))).map(Role::name).collect();
    take("set-rota-1", Ok(Patch::of("alarms.answer.rota", rota)));
    for (name, year) in YEARS {
        let (key, text) = (year_key(year), typed.one(name));
        let patch = if text.is_empty() {
            Ok(Patch::out(&key))
        } else {
            number(&key, text).map(|from| Patch::of(&key, from))
        };
        take(name, patch);
    }
    let (from, until) = (typed.one(QUIET_FROM), typed.one(QUIET_UNTIL));
    if from.is_empty() && until.is_empty() {
        take(QUIET_FROM, Ok(Patch::out("alarms.answer.quiet")));
        return;
    }
    let time = |name: &'static str, key: &str, text: &str| {
        let time: Result<Time, Odd> = text.parse().map_err(|_odd| Odd::Time);
        (name, time.map(|time| Patch::of(key, time.to_string())))
    };
    for (name, patch) in [
        time(QUIET_FROM, "alarms.answer.quiet.from", from),
        time(QUIET_UNTIL, "alarms.answer.quiet.until", until),
    ] {
        take(name, patch);
    }
    let key = "alarms.answer.quiet.passes-from";
    take(QUIET_PASSES, number(key, typed.one(QUIET_PASSES)).map(|from| Patch::of(key, from)));
}

fn show_cases(typed: &mut Typed, settings: &Settings) {
    for (name, days) in DAYS.iter().zip(settings.cases.longest_days) {
        typed.put(name, days);
    }
    for (name, step) in STEPS {
        if let Some(rung) = settings.cases.ladder.iter().find(|rung| rung.step == step) {
            typed.put(name, rung.from_severity);
        }
    }
}

fn cases(settings: &Settings, typed: &Typed, take: &mut impl FnMut(&'static str, Result<Patch, Odd>)) {
    let mut days = Vec::new();
    for name in DAYS {
        match number("cases.longest-days", typed.one(name)) {
            Ok(number) => days.push(number),
            Err(odd) => take(name, Err(odd)),
        }
    }
    if days.len() == DAYS.len() {
        take("set-days-1", Ok(Patch::of("cases.longest-days", days)));
    }
    let mut ladder = Vec::new();
    for (name, step) in STEPS {
        match typed.one(name) {
            "" => {}
            text => match number("cases.ladder.from-severity", text) {
                Ok(from) => ladder.push((step, json!({ "step": step.name(), "from-severity": from }))),
                Err(odd) => take(name, Err(odd)),
            },
        }
    }
    // The school's own order stays; what is new comes behind it.
    let place = |step| settings.cases.ladder.iter().position(|rung| rung.step == step);
    ladder.sort_by_key(|(step, _)| place(*step).unwrap_or(usize::MAX));
    let ladder: Vec<Value> = ladder.into_iter().map(|(_, rung)| rung).collect();
    take("set-step-talk", Ok(Patch::of("cases.ladder", ladder)));
}

fn show_leave(typed: &mut Typed, settings: &Settings, matter: Matter) {
    let rule = settings.permissions.matters.iter().find(|rule| rule.name == matter);
    let days = rule.and_then(|rule| rule.longest_days);
    if let Some(days) = days {
        typed.put(LEAVE_DAYS, days);
    }
    typed.put(LEAVE_TWO, if rule.is_some_and(|rule| rule.two_people) { "yes" } else { "no" });
    for role in rule.into_iter().flat_map(|rule| &rule.deciders) {
        typed.put(LEAVE_WHO, role.name());
    }
}

fn leave(
    settings: &Settings,
    typed: &Typed,
    matter: Matter,
    take: &mut impl FnMut(&'static str, Result<Patch, Odd>),
) {
    let days = match typed.one(LEAVE_DAYS) {
        "" => Ok(None),
        text => number("permissions.matter.longest-days", text).map(|days| u16::try_from(days).ok()),
    };
    let two_people = match typed.one(LEAVE_TWO) {
        "yes" => true,
        "no" => false,
        _ => return take(LEAVE_TWO, Err(Odd::Choice)),
    };
    let longest_days = match days {
        Ok(days) => days,
        Err(odd) => return take(LEAVE_DAYS, Err(odd)),
    };
    let deciders: Vec<Role> = typed.all(LEAVE_WHO).iter().filter_map(|name| office(name)).collect();
    let mut rules: Vec<MatterRule> =
        settings.permissions.matters.iter().filter(|rule| rule.name != matter).cloned().collect();
    if !deciders.is_empty() || longest_days.is_some() || two_people {
        rules.push(MatterRule { name: matter, deciders, longest_days, two_people });
    }
    take(LEAVE_DAYS, Ok(Patch::of("permissions.matter", json!(rules))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_policy::profile;
    use usher_policy::settings::{differences, patched, titled};
    use usher_words::Words;

    fn sections() -> Vec<Section> {
        let leave = Matter::all().filter(|matter| !matter.is_quick()).map(Section::Leave);
        [Section::Alerts, Section::Cases, Section::Agreements].into_iter().chain(leave).collect()
    }

    #[test]
    fn pol_11_a_form_that_is_sent_back_as_it_was_shown_changes_nothing() {
        for (name, _) in profile::BUILT_IN {
            let settings = profile::built_in(name).unwrap().unwrap().settings;
            for section in sections() {
                let typed = section.shown(&settings);
                let patches = section.patches(&settings, &typed).unwrap();
                let after = patched(&settings, &patches).unwrap();
                assert_eq!(differences(&settings, &after), [], "{name} {section:?}");
                assert_eq!(Section::named(&section.path()), Some(section));
            }
        }
        assert_eq!(Section::named("leave-phone-call"), None, "it ends with its lesson");
    }

    #[test]
    fn every_figure_on_the_page_has_words_and_a_range_where_it_is_a_number() {
        let words = Words::english().unwrap();
        for section in sections() {
            for item in section.items() {
                assert!(titled(&words, item.key).is_some(), "{}", item.key);
                assert_eq!(item.shape == Shape::Number, figure(item.key).is_some(), "{}", item.key);
                assert_eq!(section.field(item.key), item.name);
            }
        }
    }
}
