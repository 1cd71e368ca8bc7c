//! Agreements in other languages (POL-09): written piece by piece beside the English, approved by a second person, and shown to
//! readers from then on. What is signed stays the English text.

mod begin;
mod edit;
mod index;
mod show;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::Stored;
use usher_records::translation::pieces::{Of, Said};
use usher_records::translation::{Translation, TranslationNoun};
use usher_types::digest::Digest;

use super::version;
use crate::app::{App, AppFault};
use crate::pages::desk::roll;
use crate::routes::{DeskRoute, desk_route};
use crate::view::says::Says;

/// The longest form: the model policy has 60 pieces of about 300 letters, which take at most four bytes each, six times over.
const LARGEST_FORM: usize = 512 * 1024;

/// What those have who see agreements, who write them, and who approve translations.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (see, write, approve) = (Act::SeeSignatures, Act::WriteAgreements, Act::ApproveTranslations);
    let editing = get(edit::show).post(edit::keep).layer(DefaultBodyLimit::max(LARGEST_FORM));
    vec![
        desk_route("/agreements/translations", see, get(index::show)),
        desk_route("/agreements/version/{id}/translate", write, get(begin::show).post(begin::begin)),
        desk_route("/agreements/translations/{id}", see, get(show::show)),
        desk_route("/agreements/translations/{id}/paper.pdf", see, get(show::print)),
        desk_route("/agreements/translations/{id}/edit", write, editing),
        desk_route("/agreements/translations/{id}/approve", approve, post(show::approve)),
        desk_route("/agreements/translations/{id}/withdraw", approve, post(show::withdraw)),
    ]
}

/// What kind of piece it is, in words.
fn label(says: &Says, of: Of) -> String {
    let key = match of {
        Of::Clause(number) => return says.t1("translation-piece-clause", "number", number),
        Of::Title => "translation-piece-title",
        Of::Opening => "translation-piece-opening",
        Of::Heading => "translation-piece-heading",
        Of::Ask => "translation-piece-ask",
        Of::Answer => "translation-piece-answer",
        Of::Reply => "translation-piece-reply",
        Of::Declaration => "translation-piece-declaration",
        Of::Parents => "translation-piece-parents",
    };
    says.t(key)
}

/// Where a translation is.
fn address(translation: &Translation) -> String {
    format!("/agreements/translations/{}", translation.id)
}

async fn stored(app: &App, id: &str) -> Result<Stored<Translation>, AppFault> {
    let id = roll::id::<TranslationNoun>(id)?;
    app.books.get::<Translation, _>(id).await?.ok_or(AppFault::NotFound)
}

/// A translation's English words and its own, as they are written now.
async fn words(app: &App, translation: &Translation) -> Result<(AgreementText, Said), AppFault> {
    let english = version::text(app, translation.of).await?.ok_or(AppFault::NotFound)?;
    let (digest, _) = translation.written().ok_or(AppFault::NotFound)?;
    let said = said(app, digest).await?.ok_or(AppFault::NotFound)?;
    Ok((english, said))
}

async fn said(app: &App, digest: Digest) -> Result<Option<Said>, AppFault> {
    let bytes = app.books.store().blob(app.books.school(), digest).await?;
    Ok(bytes.and_then(|bytes| Said::from_bytes(&bytes)))
}

/// Keeps words, and says under which digest.
async fn keep(app: &App, said: &Said) -> Result<Digest, AppFault> {
    let bytes = said.to_bytes();
    app.books.store().put_blob(app.books.school(), &bytes).await?;
    Ok(Digest::of(&bytes))
}

/// The version with these English words.
async fn version_of(app: &App, text: Digest) -> Result<Option<AgreementVersion>, AppFault> {
    Ok(app.books.find_one::<AgreementVersion>("digest", text).await?.map(|stored| stored.value))
}
