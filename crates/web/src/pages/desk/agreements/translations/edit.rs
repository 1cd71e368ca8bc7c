//! Writing a translation: a box for each piece, with its English above. What was typed stays whatever is wrong with it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_records::translation::pieces::{Said, pieces};
use usher_records::translation::{self, Translation};

use super::{address, keep as keep_words, label, stored, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::parts_of_form;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::field::{Field, Fields};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/agreements/translations/edit.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    back: String,
    tag: String,
    direction: &'static str,
    /// The words it began from.
    digest: String,
    by: Field,
    boxes: Vec<Box>,
}

/// A box to write a piece in.
struct Box {
    name: String,
    label: String,
    english: String,
    words: String,
    rows: usize,
}

/// What was typed.
struct Typed {
    digest: String,
    translator: String,
    words: BTreeMap<String, String>,
}

/// Letters to a line of a box, for its height.
const LINE_CHARS: usize = 70;

/// Shows the form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let translation = stored(&app, &id).await?.value;
    let (_, said) = words(&app, &translation).await?;
    let (digest, translator) = translation.written().ok_or(AppFault::NotFound)?;
    let typed = Typed { digest: digest.to_string(), translator: translator.to_owned(), words: said.words };
    form(&app, &desk, &translation, (&typed, Errors::none()), done.done.as_deref()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    translation: &Translation,
    (typed, errors): (&Typed, Errors),
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/agreements/translations", "translations-title");
    let (english, _) = words(app, translation).await?;
    let boxes = pieces(&english).into_iter().map(|piece| Box {
        label: label(&f.says, piece.of),
        words: typed.words.get(&piece.name).cloned().unwrap_or_default(),
        rows: 2 + piece.english.chars().count() / LINE_CHARS,
        english: piece.english,
        name: piece.name,
    });
    let title =
        f.says.t2("translation-edit-title", ("title", &english.head.title), ("language", &translation.name));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Page {
        back: address(translation),
        tag: translation.language.tag().to_owned(),
        direction: translation.language.direction(),
        digest: typed.digest.clone(),
        by: Fields::new(&f.says, &errors).line("translation-by", &typed.translator),
        boxes: boxes.collect(),
        f: f.titled(title).done(done),
        d,
        errors,
    };
    Ok(with_status(status, &view))
}

/// Keeps what was typed.
pub(super) async fn keep(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let sent = parts_of_form(&app, &desk, parts, body).await?;
    let translation = stored(&app, &id).await.map_err(IntoResponse::into_response)?;
    kept(&app, &desk, &translation, read(&sent)).await.map_err(IntoResponse::into_response)
}

fn read(sent: &BTreeMap<String, Vec<u8>>) -> Typed {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).trim().to_owned();
    let field = |name: &str| sent.get(name).map(text).unwrap_or_default();
    let words = sent.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("piece-")?, text(bytes))));
    Typed {
        digest: field("digest"),
        translator: field("translation-by"),
        words: words.map(|(name, words)| (name.to_owned(), words)).collect(),
    }
}

async fn kept(
    app: &App,
    desk: &AtDesk,
    translation: &Stored<Translation>,
    mut typed: Typed,
) -> Result<Response, AppFault> {
    let value = &translation.value;
    let (english, theirs) = words(app, value).await?;
    let now = value.written().map(|(digest, _)| digest.to_string()).unwrap_or_default();
    let refused = match Said::of(&english, value.language.clone(), |name| typed.words.get(name).cloned()) {
        Err(refusal) => Some(refusal),
        // Somebody wrote other words meanwhile.
        Ok(said) if typed.digest != now && said != theirs => Some(Refusal::Conflict),
        Ok(said) => {
            let digest = keep_words(app, &said).await?;
            match translation::write(translation, (digest, &typed.translator), desk.person.id, desk.at) {
                Ok(change) => match app.commit(&change, &desk.actor()).await {
                    Ok(()) => None,
                    Err(AppFault::Refused(refusal)) => Some(refusal),
                    Err(fault) => return Err(fault),
                },
                // Nothing was changed, and nothing is: that is no fault.
                Err(Refusal::AlreadySo) => None,
                Err(refusal) => Some(refusal),
            }
        }
    };
    let Some(refusal) = refused else {
        return Ok(lead(&address(value), "translation-kept"));
    };
    let (field, key) = match refusal {
        Refusal::Conflict => ("translation-by", "translation-conflict"),
        Refusal::NameNeeded => ("translation-by", "translation-by-missing"),
        Refusal::TooMuch => ("translation-by", "translation-too-long"),
        other => return Err(other.into()),
    };
    // Kept again, what was typed stands in the place of the other words.
    let fresh = stored(app, &value.id.to_string()).await?.value;
    typed.digest = fresh.written().map(|(digest, _)| digest.to_string()).unwrap_or_default();
    let says = Frame::desk(app, desk, "/agreements/translations", "translations-title").says;
    form(app, desk, &fresh, (&typed, Errors::of(field, says.t(key))), None).await
}
