//! The agreement as a text: for children from seven a list with one question, for adults all of it with contents and what
//! changed since they signed.

use askama::Template;
use axum::http::StatusCode;
use usher_records::agreement::{AgreementText, Check};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::standing::Standing;
use usher_types::role::Reader;

use super::Sent;
use super::language::{Languages, languages};
use super::shown::{self, Section};
use super::text::{self, Situation};
use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::pages::portal::fault::Answer;
use crate::pages::portal::notice::holder_of;
use crate::pages::portal::then::Then;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// What was handed in before, where it was not taken.
#[derive(Debug, Default)]
pub(super) struct Tried {
    changed: bool,
    /// Whether all of it is shown where only what changed would do.
    whole: bool,
    /// The language it is read in.
    lang: Option<String>,
    wrong_answer: Option<String>,
    refusal: Option<Refusal>,
    name: String,
    answer: Option<usize>,
}

impl Tried {
    /// Nothing yet; perhaps the text changed.
    pub(super) fn fresh(changed: bool, whole: bool) -> Self {
        Self { changed, whole, ..Self::default() }
    }

    /// Read in this language.
    pub(super) fn in_language(self, lang: Option<String>) -> Self {
        Self { lang, ..self }
    }

    /// Something, refused.
    pub(super) fn again(situation: &Situation, sent: &Sent, refusal: Refusal) -> Self {
        let answer: Option<usize> = sent.answer.parse().ok();
        let check = situation.current.text.head.check.as_ref();
        let reply = check.zip(answer).and_then(|(check, answer)| check.answers.get(answer));
        Self {
            changed: refusal == Refusal::AgreementChanged,
            wrong_answer: reply.map(|answer| answer.reply.clone()),
            refusal: Some(refusal),
            name: sent.name.clone(),
            answer,
            whole: false,
            lang: sent.lang.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "portal/agreement.html")]
struct AgreementPage {
    f: Frame,
    errors: Errors,
    text: AgreementText,
    sections: Vec<Section>,
    gone: Vec<String>,
    check: Option<Check>,
    answer: Option<usize>,
    digest: String,
    typed_name: String,
    own_name: String,
    /// Whether anything is marked as changed since they signed.
    marked: bool,
    /// Whether only that is shown.
    narrowed: bool,
    /// The text changed while they were reading.
    changed: bool,
    due: bool,
    /// Until when access goes on without signing.
    by: Option<String>,
    signed: Option<String>,
    questions: String,
    languages: Languages,
    /// Where all of it is, where only what changed is shown.
    all: String,
    then: Then,
}

impl AgreementPage {
    fn is_chosen(&self, place: &usize) -> bool {
        self.answer.as_ref() == Some(place)
    }
}

/// Shows it.
pub(super) async fn show(
    app: &App,
    device: &AtDevice,
    person: &Person,
    situation: &Situation,
    tried: Tried,
    then: &Then,
) -> Answer {
    let current = &situation.current.text;
    let latest = situation.latest.as_ref();
    let earlier = text::earlier(app, situation).await?;
    let f = Frame::portal(app, device, "agreement-title").titled(current.head.title.clone());
    let mut errors = Errors::none();
    match &tried.refusal {
        Some(Refusal::CheckWrong) => {
            let words = tried.wrong_answer.clone().unwrap_or_else(|| f.says.t("agreement-no-answer"));
            errors.add("answer", words);
        }
        Some(Refusal::AgreementChanged) | None => {}
        Some(other) => errors.add("name", f.says.t(other.words())),
    }
    let sections = shown::sections(current, earlier.as_ref());
    // Who signed before reads what changed; the whole is one link away (AGR-19).
    let again = situation.is_again() && earlier.is_some() && !tried.whole;
    let narrowed = shown::changed(&sections).filter(|_| again);
    let gone = shown::gone(current, earlier.as_ref());
    let zone = &device.school.zone;
    let status = match (&tried.refusal, tried.changed) {
        (Some(_), true) => StatusCode::CONFLICT,
        (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, _) => StatusCode::OK,
    };
    let by = match &situation.standing {
        Standing::DueBy { by, .. } => Some(zone.local(*by).spoken_date()),
        _ => None,
    };
    let address = |whole: bool, lang: Option<&str>| {
        let parts = [whole.then(|| "whole=yes".to_owned()), lang.map(|lang| format!("lang={lang}"))];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
        then.to(&if query.is_empty() { "/agreement".to_owned() } else { format!("/agreement?{query}") })
    };
    let languages = languages(app, current, tried.lang.as_deref(), |lang| address(tried.whole, lang)).await?;
    let sections = shown::beside(narrowed.clone().unwrap_or(sections), languages.chosen.as_ref());
    let page = AgreementPage {
        all: address(true, languages.tag()),
        marked: earlier.is_some(),
        changed: tried.changed,
        due: situation.is_due(),
        by,
        signed: latest
            .filter(|_| !situation.is_due())
            .map(|signature| zone.local(signature.at).spoken_date()),
        questions: holder_of(app, device, &f.says, device.school.settings.contacts.questions).await?,
        check: current.head.check.clone().filter(|_| device.reader() == Reader::Ks2),
        answer: tried.answer,
        digest: current.digest.to_string(),
        typed_name: tried.name,
        own_name: person.name(),
        errors,
        text: current.clone(),
        narrowed: narrowed.is_some(),
        sections,
        languages,
        gone,
        then: then.clone(),
        f,
    };
    Ok(with_status(status, &page))
}
