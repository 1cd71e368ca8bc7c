//! Setting one's own password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_records::account::{Account, Hashed, set_secret};
use usher_records::change::{Actor, Stored};
use usher_records::disclosure::Disclosure;
use usher_records::password::{PasswordRule, Weakness};
use usher_records::session::{EndReason, Session, end};
use usher_types::SecretString;
use usher_types::role::PersonKind;

use super::around::{Around, around, lead};
use super::field::{Field, Fields};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/password.html")]
struct PasswordPage {
    f: Frame,
    d: Around,
    errors: Errors,
    must: bool,
    rule: Vec<String>,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Shows the form.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Response {
    form_page(&app, &desk, Errors::none(), StatusCode::OK)
}

fn form_page(app: &App, desk: &AtDesk, errors: Errors, status: StatusCode) -> Response {
    let (f, d) = around(app, desk, "/password", "own-password-title");
    let fields = Fields::new(&f.says, &errors);
    let width = "govuk-input--width-20";
    let fields = vec![
        fields.input("current", "password", "", "autocomplete=current-password", width),
        fields.input("new", "password", "", "autocomplete=new-password", width),
        fields.input("again", "password", "", "autocomplete=new-password", width),
    ];
    let rule = rule_words(&f.says, rule_for(desk));
    with_status(status, &PasswordPage { must: desk.must_change, rule, fields, f, d, errors })
}

fn rule_for(desk: &AtDesk) -> &PasswordRule {
    let passwords = &desk.school.settings.passwords;
    if desk.person.kind == PersonKind::Pupil { &passwords.pupils } else { &passwords.adults }
}

/// The school's rule, a line each.
fn rule_words(says: &Says, rule: &PasswordRule) -> Vec<String> {
    let mut lines = vec![says.n("own-password-rule-characters", "number", rule.characters)];
    if rule.both_cases {
        lines.push(says.t("own-password-rule-cases"));
    }
    if rule.digits > 0 {
        lines.push(says.n("own-password-rule-digits", "number", rule.digits));
    }
    if rule.symbols > 0 {
        lines.push(says.n("own-password-rule-symbols", "number", rule.symbols));
    }
    if rule.refuse_common {
        lines.push(says.t("own-password-rule-common"));
    }
    lines
}

/// Sets it. Other sign-ins of the same account end.
pub(super) async fn change(State(app): State<App>, form: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let account = app.books.find_one::<Account>("owner", desk.person.id).await?.ok_or(AppFault::NotFound)?;
    let errors = check(&app, &desk, &account, &filled).await?;
    if !errors.is_empty() {
        return Ok(form_page(&app, &desk, errors, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = app.sign_in.passwords().hash(SecretString::from(filled.new)).await.map_err(unavailable)?;
    let known = app.books.find::<Disclosure>("account", account.value.id).await?;
    let change = set_secret(&account, &known, Hashed::Password(hash), false, desk.at);
    app.commit(&change, &desk.actor()).await?;
    app.presence.forget();
    end_sessions(&app, &account.value, Some(&desk.session), desk.actor(), desk.at).await?;
    Ok(lead("/", "own-password-changed"))
}

async fn check(
    app: &App,
    desk: &AtDesk,
    account: &Stored<Account>,
    filled: &Filled,
) -> Result<Errors, AppFault> {
    let says = Frame::desk(app, desk, "/password", "own-password-title").says;
    let mut errors = Errors::none();
    let current = SecretString::from(filled.current.clone());
    let right = app.sign_in.passwords().check(current, account.value.password.clone()).await;
    if !right.map_err(unavailable)? {
        errors.add("current", says.t("own-password-current-wrong"));
    }
    let username = account.value.username.as_str();
    for weakness in rule_for(desk).weaknesses(&filled.new, username) {
        errors.add("new", says.t(weakness_key(weakness)));
    }
    if filled.new == filled.current {
        errors.add("new", says.t("own-password-same"));
    }
    if filled.new != filled.again {
        errors.add("again", says.t("own-password-again-differs"));
    }
    Ok(errors)
}

const fn weakness_key(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::TooShort => "own-password-too-short",
        Weakness::TooLong => "own-password-too-long",
        Weakness::NoSmallLetter => "own-password-no-small-letter",
        Weakness::NoCapital => "own-password-no-capital",
        Weakness::TooFewDigits => "own-password-too-few-digits",
        Weakness::TooFewSymbols => "own-password-too-few-symbols",
        Weakness::TriedFirst => "own-password-tried-first",
    }
}

/// Passwords cannot be hashed: the machine is out of memory or randomness.
pub(in crate::pages) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> AppFault {
    AppFault::Store(usher_store::store::StoreError::Unavailable(Box::new(error)))
}

/// Ends every sign-in of an account but one: at devices, which say why, and at the desk.
pub(in crate::pages) async fn end_sessions(
    app: &App,
    account: &Account,
    but: Option<&Session>,
    actor: Actor,
    at: usher_types::moment::Moment,
) -> Result<(), AppFault> {
    for session in app.books.find::<Session>("account", account.id).await? {
        if but.is_some_and(|kept| kept.id == session.value.id) || session.value.ended.is_some() {
            continue;
        }
        app.commit(&end(&session, EndReason::AccountChanged, at), &actor).await?;
        app.table.end(session.value.id, EndReason::AccountChanged);
        app.desk.last_used.forget(session.value.id);
    }
    Ok(())
}
