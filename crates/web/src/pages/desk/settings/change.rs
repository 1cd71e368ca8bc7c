//! One part of the settings as a form: shown, looked at with what would change, then kept with a reason.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use usher_policy::profile;
use usher_policy::settings::{differences, faults, figure, flat, offices_for, patched, said, title};
use usher_records::permission::matter::Matter;
use usher_records::refusal::Refusal;
use usher_records::school::{self, School};
use usher_records::settings::Settings;
use usher_types::digest::Digest;
use usher_types::role::{Role, Year};

use super::section::{
    DAYS, Item, LEAVE_DAYS, LEAVE_TWO, LEAVE_WHO, Odd, QUIET_FROM, QUIET_PASSES, QUIET_UNTIL, ROTA, STEPS,
    Section, Shape, Typed, YEARS,
};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::password::unavailable;
use crate::pages::desk::signed::{Signed, signed_settings};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

const REASON: &str = "set-reason";

#[derive(Template)]
#[template(path = "desk/settings/change.html")]
struct Change {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    text: String,
    groups: Vec<Group>,
    looked: Option<Looked>,
}

/// Fields under one heading.
struct Group {
    title: Option<String>,
    fields: Vec<Field>,
}

/// What a form would change.
struct Looked {
    changes: Vec<String>,
    signed: Signed,
    /// Of what was looked at: what is kept is what was shown.
    mark: String,
    reason: Field,
}

/// What was judged of a form.
enum Judged {
    Wrong(Errors),
    Fine(Box<Settings>),
}

/// Shows the form.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(path): Path<String>,
) -> Result<Response, AppFault> {
    let section = Section::named(&path).ok_or(AppFault::NotFound)?;
    let typed = section.shown(&desk.school.settings);
    shown(&app, &desk, section, &typed, Errors::none(), None)
}

/// Looks at what was sent, or keeps it.
pub(super) async fn sent(
    State(app): State<App>,
    Path(path): Path<String>,
    form: DeskForm<Vec<(String, String)>>,
) -> Result<Response, AppFault> {
    let section = Section::named(&path).ok_or(AppFault::NotFound)?;
    let (desk, typed) = (form.from, Typed::sent(form.value));
    let before = app.books.get::<School, _>(app.books.school()).await?.ok_or(AppFault::NotFound)?;
    let says = around(&app, &desk, "/settings", "settings-title").0.says;
    let after = match judge(&says, section, &before.value.settings, &typed) {
        Judged::Fine(after) => after,
        Judged::Wrong(errors) => return shown(&app, &desk, section, &typed, errors, None),
    };
    let signed = signed_settings(&app, &desk, &says, &after).await?;
    let mark = mark(&before.value.settings, &after);
    let mut errors = Errors::none();
    if typed.one("do") == "keep" && typed.one("mark") == mark && signed.refused.is_empty() {
        match school::set(&before, &after, typed.one(REASON)) {
            Ok(change) => {
                app.commit(&change, &desk.actor()).await?;
                return Ok(lead("/settings", "settings-kept"));
            }
            Err(Refusal::ReasonNeeded) => errors.add(REASON, says.t(Refusal::ReasonNeeded.words())),
            Err(_same) => {}
        }
    }
    let reason = Fields::new(&says, &errors).line("set-reason", typed.one(REASON));
    let changes = differences(&before.value.settings, &after);
    let changes = changes.iter().map(|change| change.said(says.words())).collect();
    shown(&app, &desk, section, &typed, errors, Some(Looked { changes, signed, mark, reason }))
}

/// Of which settings something was looked at, and of which it would make them.
fn mark(before: &Settings, after: &Settings) -> String {
    let both = serde_json::to_string(&(before, after)).unwrap_or_default();
    Digest::of(both.as_bytes()).to_string()
}

fn judge(says: &Says, section: Section, before: &Settings, typed: &Typed) -> Judged {
    let mut errors = Errors::none();
    let patches = match section.patches(before, typed) {
        Ok(patches) => patches,
        Err(odd) => {
            for (field, odd) in odd {
                errors.add(field, wrong(says, odd));
            }
            return Judged::Wrong(errors);
        }
    };
    let after = match patched(before, &patches) {
        Ok(after) => after,
        Err(fault) => {
            errors.add(section.field(&fault.key), says.t("settings-odd"));
            return Judged::Wrong(errors);
        }
    };
    for fault in faults(before, &after) {
        let words = format!("{}: {}.", title(says.words(), &fault.key), fault.wrong.said(says.words()));
        errors.add(section.field(&fault.key), words);
    }
    if errors.is_empty() { Judged::Fine(Box::new(after)) } else { Judged::Wrong(errors) }
}

fn wrong(says: &Says, odd: Odd) -> String {
    match odd {
        Odd::Number(least, most) => says.t2("settings-number", ("least", &least), ("most", &most)),
        Odd::Time => says.t("settings-time"),
        Odd::Choice => says.t("settings-choice"),
    }
}

fn shown(
    app: &App,
    desk: &AtDesk,
    section: Section,
    typed: &Typed,
    errors: Errors,
    looked: Option<Looked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/settings", "settings-title");
    let began = profile::built_in(&desk.school.profile).transpose().map_err(unavailable)?;
    let asks = Asks {
        says: &f.says,
        fields: Fields::new(&f.says, &errors),
        typed,
        began: began.map(|one| one.settings),
    };
    let (key, groups) = match section {
        Section::Alerts => ("settings-alerts", alerts(&asks)),
        Section::Cases => ("settings-cases", cases(&asks)),
        Section::Agreements => {
            ("settings-agreements", vec![Group { title: None, fields: asks.items(section.items()) }])
        }
        Section::Leave(matter) => ("settings-leave", leave(&asks, matter, &desk.school.settings)),
    };
    let heading = match section {
        Section::Leave(matter) => f.says.of("permission-matter", matter.name()),
        _ => f.says.t(key),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Change {
        action: format!("/settings/{}", section.path()),
        text: f.says.t(format!("{key}-text")),
        f: f.clone().titled(heading),
        d,
        errors,
        groups,
        looked,
    };
    Ok(with_status(status, &view))
}

/// What it takes to make the fields of a form.
struct Asks<'a> {
    says: &'a Says,
    fields: Fields<'a>,
    typed: &'a Typed,
    /// What the school's profile had.
    began: Option<Settings>,
}

impl Asks<'_> {
    fn items(&self, items: &[Item]) -> Vec<Field> {
        items.iter().map(|item| self.item(item)).collect()
    }

    /// A figure with its name, what it means, its range, and what the profile had.
    fn item(&self, item: &Item) -> Field {
        let words = self.says.words();
        let value = self.typed.one(item.name);
        let field = match item.shape {
            Shape::Number => self.number(item.name, value),
            Shape::YesNo => self.yes_no(item.name),
            Shape::Office => self.fields.select(item.name, choosing(self.offices(item.key), value)),
            Shape::Offices => self.ticked(item.name, offices_for(item.key)),
        };
        let meaning =
            words.find(self.says.reader(), &format!("setting-{}-hint", item.key.replace('.', "-")), &[]);
        let range = figure(item.key)
            .map(|figure| self.says.t2("settings-range", ("least", &figure.least), ("most", &figure.most)));
        let hints: Vec<String> = [meaning, range, self.had(item.key)].into_iter().flatten().collect();
        field.labelled(title(words, item.key)).hinted(hints.join(" "))
    }

    /// What the school's profile had.
    fn had(&self, key: &str) -> Option<String> {
        let began = flat(self.began.as_ref()?);
        let value = began
            .get(key)
            .map_or_else(|| self.says.t("setting-none"), |value| said(self.says.words(), key, value));
        Some(self.says.t1("settings-had", "value", value))
    }

    fn number(&self, name: &'static str, value: &str) -> Field {
        self.fields.input(name, "text", value, "inputmode=\"numeric\"", "govuk-input--width-5")
    }

    fn yes_no(&self, name: &'static str) -> Field {
        let choices = vec![
            Choice::new("yes", self.says.t("setting-yes")),
            Choice::new("no", self.says.t("setting-no")),
        ];
        self.fields.radios(name, choosing(choices, self.typed.one(name)))
    }

    /// The offices a setting can name.
    fn offices(&self, key: &str) -> Vec<Choice> {
        let choice = |role: &Role| Choice::new(role.name(), self.says.of("role", role.name()));
        offices_for(key).iter().map(choice).collect()
    }

    /// Offices to tick.
    fn ticked(&self, name: &'static str, roles: &[Role]) -> Field {
        let ticked = self.typed.all(name);
        let choice = |role: &Role| {
            let chosen = ticked.iter().any(|one| one == role.name());
            Choice::new(role.name(), self.says.of("role", role.name())).chosen(chosen)
        };
        self.fields.boxes(name, roles.iter().map(choice).collect())
    }

    /// How grave, or how weighty, or what it is where nothing is chosen.
    fn grades(&self, name: &'static str, most: u8, none: &str) -> Field {
        let first = Choice::new("", self.says.t(none));
        let grades = (1..=most).map(|grade| Choice::new(grade, grade.to_string()));
        self.fields
            .select(name, choosing(std::iter::once(first).chain(grades).collect(), self.typed.one(name)))
    }
}

fn alerts(asks: &Asks<'_>) -> Vec<Group> {
    let titled = |key: &str, fields| Group { title: Some(asks.says.t(key)), fields };
    let items = Section::Alerts.items();
    let some = |begin: &str| -> Vec<Item> {
        items.iter().filter(|item| item.key.starts_with(begin)).copied().collect()
    };
    let years = YEARS.iter().filter_map(|(name, year)| {
        let label = Year::new(*year)?.label();
        Some(asks.grades(name, 5, "settings-as-everybody").labelled(label))
    });
    let mut words = asks.items(&some("alarms.words-from"));
    words.extend(years);
    let bursts = [some("alarms.grave-blocks."), some("alarms.many-blocks.")].concat();
    let mut answer = asks.items(&[some("alarms.to"), some("alarms.answer.")].concat());
    answer.extend(ROTA.iter().enumerate().map(|(at, name)| {
        let none = std::iter::once(Choice::new("", asks.says.t("settings-nobody")));
        let choices = none.chain(asks.offices("alarms.answer.rota")).collect();
        let label = asks.says.t1("settings-rota", "place", at + 1);
        asks.fields.select(name, choosing(choices, asks.typed.one(name))).labelled(label)
    }));
    let time = |name| asks.fields.input(name, "time", asks.typed.one(name), "", "govuk-input--width-10");
    let quiet = vec![
        time(QUIET_FROM).labelled(asks.says.t("settings-quiet-from")),
        time(QUIET_UNTIL).labelled(asks.says.t("settings-quiet-until")),
        asks.grades(QUIET_PASSES, 5, "settings-choose").labelled(asks.says.t("settings-quiet-passes")),
    ];
    vec![
        titled("settings-words", words),
        titled("settings-bursts", asks.items(&bursts)),
        titled("settings-answering", answer),
        titled("settings-quiet", quiet),
    ]
}

fn cases(asks: &Asks<'_>) -> Vec<Group> {
    let days = DAYS.iter().enumerate().map(|(at, name)| {
        let label = asks.says.t1("settings-days-alone", "severity", at + 1);
        asks.number(name, asks.typed.one(name)).labelled(label)
    });
    let steps = STEPS.iter().map(|(name, step)| {
        asks.grades(name, 4, "settings-step-never").labelled(asks.says.of("case-step", step.name()))
    });
    let days = days.collect();
    let steps = steps.collect();
    vec![
        Group { title: None, fields: asks.items(Section::Cases.items()) },
        Group { title: Some(asks.says.t("settings-days")), fields: days },
        Group { title: Some(asks.says.t("settings-steps")), fields: steps },
    ]
}

/// Only offices that may decide on it at all are there to tick.
fn leave(asks: &Asks<'_>, matter: Matter, settings: &Settings) -> Vec<Group> {
    let shape = matter.shape();
    let may: Vec<Role> =
        Role::ALL.into_iter().filter(|role| shape.only.is_empty() || shape.only.contains(role)).collect();
    let table = usher_records::permission::rules::PermissionRules::default().terms(matter, &settings.conduct);
    let names: Vec<String> = table.deciders.iter().map(|role| asks.says.of("role", role.name())).collect();
    let days = asks.says.n("settings-leave-days-hint", "count", table.longest_days);
    let fields = vec![
        asks.ticked(LEAVE_WHO, &may).labelled(asks.says.t("settings-leave-who")).hinted(asks.says.t1(
            "settings-leave-who-hint",
            "names",
            asks.says.list(&names),
        )),
        asks.number(LEAVE_DAYS, asks.typed.one(LEAVE_DAYS))
            .labelled(asks.says.t("settings-leave-days"))
            .hinted(days),
        asks.yes_no(LEAVE_TWO).labelled(asks.says.t("settings-leave-two")),
    ];
    vec![Group { title: None, fields }]
}
