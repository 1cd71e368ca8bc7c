//! Beginning a translation: which language, what its readers call it, who translates. Where an earlier version was translated, what
//! did not change since comes along.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::refusal::Refusal;
use usher_records::translation::language::Language;
use usher_records::translation::pieces::Said;
use usher_records::translation::{self, Begin, Translation};
use usher_types::ids;

use super::{keep, version, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/agreements/translations/begin.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    fields: Vec<Field>,
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "translation-tag")]
    tag: String,
    #[serde(default, rename = "translation-name")]
    name: String,
    #[serde(default, rename = "translation-by")]
    translator: String,
}

async fn in_force(app: &App, id: &str) -> Result<AgreementVersion, AppFault> {
    let stored = app.books.get::<AgreementVersion, _>(roll::id::<ids::AgreementVersion>(id)?).await?;
    stored.map(|stored| stored.value).filter(|version| version.in_force).ok_or(AppFault::NotFound)
}

/// Shows the form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let version = in_force(&app, &id).await?;
    Ok(form(&app, &desk, &version, &Typed::default(), Errors::none()))
}

fn form(app: &App, desk: &AtDesk, version: &AgreementVersion, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/agreements/translations", "translations-title");
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.short("translation-tag", &typed.tag),
        fields.short("translation-name", &typed.name),
        fields.line("translation-by", &typed.translator),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = f.says.t1("translation-begin-title", "title", &version.title);
    let action = format!("/agreements/version/{}/translate", version.id);
    with_status(status, &Page { action, fields, f: f.titled(title), d, errors })
}

/// Begins it.
pub(super) async fn begin(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (sent.from, sent.value);
    let version = in_force(&app, &id).await?;
    let english = version::text(&app, version.digest).await?.ok_or(AppFault::NotFound)?;
    let says = Frame::desk(&app, &desk, "/agreements/translations", "translations-title").says;
    let again = |field: &'static str, key: &str| {
        Ok(form(&app, &desk, &version, &typed, Errors::of(field, says.t(key))))
    };
    let Ok(language) = typed.tag.parse::<Language>() else {
        return again("translation-tag", "translation-tag-odd");
    };
    let first = first(&app, &english, &language).await?;
    let asked = Begin {
        id: app.new_id(),
        of: &english,
        language,
        name: &typed.name,
        text: keep(&app, &first).await?,
        translator: &typed.translator,
    };
    let change = match translation::begin(&asked, desk.person.id, desk.at) {
        Ok(change) => change,
        Err(_nameless) if typed.name.trim().is_empty() => {
            return again("translation-name", "translation-name-missing");
        }
        Err(_nameless) => return again("translation-by", "translation-by-missing"),
    };
    match app.commit(&change, &desk.actor()).await {
        Ok(()) => Ok(lead(&format!("/agreements/translations/{}/edit", asked.id), "translation-begun")),
        Err(AppFault::Refused(Refusal::AlreadySo)) => again("translation-tag", "translation-there"),
        Err(fault) => Err(fault),
    }
}

/// The first words: what was translated of an earlier version and is still said in the same English.
async fn first(app: &App, english: &AgreementText, language: &Language) -> Result<Said, AppFault> {
    let mut earlier = app.books.values::<Translation>().await?;
    earlier.retain(|one| one.agreement == english.head.key && one.language == *language);
    earlier.sort_by_key(|one| one.entries.last().map(|entry| entry.at));
    match earlier.last() {
        Some(last) => {
            let (before, said) = words(app, last).await?;
            Ok(said.carried(&before, english))
        }
        None => Ok(Said::of(english, language.clone(), |_| None)?),
    }
}
