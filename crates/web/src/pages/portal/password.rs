//! Changing one's own password, and saying that somebody else knows it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_directory::sign_in::{Ask, Place, Secret};
use usher_policy::access::Act;
use usher_records::account::{self, Account, Hashed};
use usher_records::change::Stored;
use usher_records::disclosure::Disclosure;
use usher_records::password::{PasswordRule, Weakness};
use usher_records::told::{Told, What};
use usher_store::store::StoreError;
use usher_types::SecretString;
use usher_types::role::PersonKind;

use super::enter;
use super::fault::{Answer, PortalFault};
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::live::Note;
use crate::pages::desk::password::end_sessions;
use crate::pages::refreshed::refresh;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    then: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    then: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/password.html")]
struct PasswordPage {
    f: Frame,
    errors: Errors,
    must: bool,
    username: String,
    rules: Vec<String>,
    then: Then,
}

#[derive(Template)]
#[template(path = "portal/no_password.html")]
struct NoPasswordPage {
    f: Frame,
}

/// Shows the form; somebody who signs in by pictures, or with the class, is sent to their teacher.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    if !device.who.subject.is_somebody() && !device.who.subject.must_set_password() {
        return Err(PortalFault::SignInFirst);
    }
    let Some(account) = own(&app, &device).await? else {
        return Ok(page(&NoPasswordPage { f: Frame::portal(&app, &device, "password-title") }));
    };
    let then = Then::read(&app, asked.then.as_deref());
    Ok(form_page(&app, &device, &account.value, then, Errors::none()))
}

/// Sets the new one.
pub(super) async fn set(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let then = Then::read(&app, sent.then.as_deref());
    let account = own(&app, &device).await?.ok_or(PortalFault::SignInFirst)?;
    let says = Frame::portal(&app, &device, "password-title").says;
    let rule = rule(&device);
    let mut errors = Errors::none();
    for weakness in rule.weaknesses(&sent.new, account.value.username.as_str()) {
        errors.add("new", weakness_words(&says, weakness, rule));
    }
    if sent.new == sent.current && !sent.new.is_empty() {
        errors.add("new", says.t("password-same"));
    }
    // Checked like a sign-in, so that wrong tries count as they do there (ACC-05).
    let ask = Ask {
        username: account.value.username.as_str().to_owned(),
        secret: Secret::Password(SecretString::from(sent.current)),
        address: device.peer.address,
        place: Place::Check,
        group: None,
        clause_accepted: true,
    };
    if let Err(fault) = app.sign_in.sign_in(ask, None, device.at).await {
        errors.add("current", current_words(&says, &device, fault)?);
    }
    if !errors.is_empty() {
        return Ok(form_page(&app, &device, &account.value, then, errors));
    }
    let hashed = app.sign_in.passwords().hash(SecretString::from(sent.new)).await;
    let hashed =
        hashed.map_err(|fault| AppFault::Store(StoreError::Unreadable { what: fault.to_string() }))?;
    let known = app.books.find::<Disclosure>("account", account.value.id).await?;
    let change = account::set_secret(&account, &known, Hashed::Password(hashed), false, device.at);
    app.commit(&change, &device.actor()).await?;
    app.presence.forget();
    // Whoever else knew the old one is out, wherever they are.
    let here = app.table.session_at(device.peer.address, device.at);
    end_sessions(&app, &account.value, here.as_ref(), device.actor(), device.at).await?;
    // With the new one they are somebody.
    if let Some(person) = &device.person {
        refresh(&app, &device.school, person.id, device.at).await?;
    }
    let subject = app.table.who(device.peer.address, device.at).subject;
    if subject.standing.opens(device.at) && subject.clause_accepted {
        return Ok(Redirect::to(&then.to("/?done=password")).into_response());
    }
    Ok(enter::onward(&subject, false, &then).into_response())
}

/// Since when somebody else knows it, if whoever tells knows.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    since: String,
}

/// "Someone knows my password" (ACC-08): every sign-in of theirs ends, this one too, whoever signs in next sets a new
/// password, and those who help with it are told.
pub(super) async fn known(State(app): State<App>, form: PortalForm<Known>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let account = own(&app, &device).await?.ok_or(PortalFault::SignInFirst)?;
    let person = device.person.as_ref().ok_or(PortalFault::SignInFirst)?;
    let since = match sent.since.trim() {
        "" => None,
        text => match device.school.zone.parse(text).ok().filter(|since| *since <= device.at) {
            Some(since) => Some(since),
            None => {
                let says = Frame::portal(&app, &device, "password-title").says;
                let errors = Errors::of("since", says.t("password-known-since-odd"));
                return Ok(form_page(&app, &device, &account.value, Then::read(&app, None), errors));
            }
        },
    };
    // A child's teacher hears of it; a colleague's class has nothing to do with it.
    let in_class = person.kind == PersonKind::Pupil;
    let told = Told {
        id: app.new_id(),
        person: person.id,
        what: What::PasswordKnown,
        event: None,
        address: None,
        group: device.who.subject.groups.first().copied().filter(|_| in_class),
        lesson: device.who.lesson.map(|lesson| lesson.lesson).filter(|_| in_class),
        words: None,
        at: device.at,
        seen: None,
    };
    app.commit(&account::disclose(&account, &told, app.new_id(), since), &device.actor()).await?;
    app.presence.forget();
    if let Some(session) = device.who.subject.session {
        // Whoever pressed knows why they are signed out here.
        app.table.sign_out(session);
    }
    end_sessions(&app, &account.value, None, device.actor(), device.at).await?;
    app.live.tell(Note::Told(Arc::new(told)));
    app.live.tell(Note::Presence);
    Ok(Redirect::to("/?done=password-known").into_response())
}

/// The account of whoever is here, where it has a password of its own.
async fn own(app: &App, device: &AtDevice) -> Result<Option<Stored<Account>>, PortalFault> {
    let Some(person) = &device.person else { return Ok(None) };
    AtDevice::may(person, Act::ChangeOwnPassword)?;
    let account = app.books.find_one::<Account>("owner", person.id).await?;
    Ok(account.filter(|account| account.value.password.is_some()))
}

fn rule(device: &AtDevice) -> &PasswordRule {
    let passwords = &device.school.settings.passwords;
    let kind = device.person.as_ref().map(|person| person.kind);
    if kind == Some(PersonKind::Pupil) { &passwords.pupils } else { &passwords.adults }
}

fn form_page(app: &App, device: &AtDevice, account: &Account, then: Then, errors: Errors) -> Response {
    let f = Frame::portal(app, device, "password-title");
    let rule = rule(device);
    let number = |key: &str, number: u8| (number > 0).then(|| f.says.n(key, "number", number));
    let rules = [
        number("password-rule-characters", rule.characters),
        rule.both_cases.then(|| f.says.t("password-rule-cases")),
        number("password-rule-digits", rule.digits),
        number("password-rule-symbols", rule.symbols),
        rule.refuse_common.then(|| f.says.t("password-rule-common")),
    ];
    let rules = rules.into_iter().flatten().collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let username = account.username.as_str().to_owned();
    with_status(status, &PasswordPage { f, errors, must: account.must_change, username, rules, then })
}

fn weakness_words(says: &Says, weakness: Weakness, rule: &PasswordRule) -> String {
    match weakness {
        Weakness::TooShort => says.n("weakness-too-short", "number", rule.characters),
        Weakness::TooLong => says.t("weakness-too-long"),
        Weakness::NoSmallLetter => says.t("weakness-no-small-letter"),
        Weakness::NoCapital => says.t("weakness-no-capital"),
        Weakness::TooFewDigits => says.n("weakness-too-few-digits", "number", rule.digits),
        Weakness::TooFewSymbols => says.n("weakness-too-few-symbols", "number", rule.symbols),
        Weakness::TriedFirst => says.t("weakness-tried-first"),
    }
}

fn current_words(
    says: &Says,
    device: &AtDevice,
    fault: usher_directory::sign_in::SignInFault,
) -> Result<String, AppFault> {
    match fault {
        usher_directory::sign_in::SignInFault::Wrong => Ok(says.t("password-current-wrong")),
        other => enter::words(says, device, other),
    }
}
