//! The agreement for the youngest: picture cards one by one, one question with pictures, and "I will" with their own name.
//! Everything but the last press is reading, so the cards are plain addresses.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use usher_records::agreement::{AgreementText, Answer, Check};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::translation::language::Language;
use usher_types::digest::Digest;

use super::language::{Beside, Languages, languages};
use super::text::Situation;
use super::{Asked, shown};
use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::pages::portal::fault::Answer as PageAnswer;
use crate::pages::portal::then::Then;
use crate::view::frame::Frame;
use crate::view::{markdown, page};

#[derive(Template)]
#[template(path = "portal/card.html")]
struct CardPage {
    f: Frame,
    steps: Steps,
    picture: String,
    words: String,
    spoken: String,
    /// The same in the language it is read in, and its words to hear.
    other: Option<(Beside, String)>,
    languages: Languages,
    opening: Option<String>,
    changed: bool,
    /// Whether they just said that they have a question.
    asked: bool,
    /// Of which words and which rule the card is.
    digest: String,
    clause: String,
    back: Option<String>,
    next: String,
    /// Where all cards are, when these are only those that changed.
    all: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/card_question.html")]
struct QuestionPage {
    f: Frame,
    steps: Steps,
    check: Check,
    chosen: Option<Answer>,
    /// Whether it is the right one.
    right: bool,
    answers: Vec<(String, Answer)>,
    languages: Languages,
    back: String,
    next: String,
}

#[derive(Template)]
#[template(path = "portal/card_sign.html")]
struct SignPage {
    f: Frame,
    steps: Steps,
    declaration: String,
    /// Its key.
    agreement: String,
    languages: Languages,
    digest: String,
    answer: Option<usize>,
    person: Person,
    /// The day they said yes, where there is nothing left to sign.
    signed: Option<String>,
    back: String,
    then: Then,
}

/// How far along somebody is.
#[derive(Debug, Clone)]
struct Steps {
    /// The step shown, counting from 1.
    here: usize,
    /// How many there are.
    all: usize,
    /// `Card 2 of 9`.
    words: String,
}

impl Steps {
    fn new(f: &Frame, here: usize, all: usize) -> Self {
        let words = f.says.t2("card-of", ("here", &here), ("all", &all));
        Self { here, all, words }
    }
}

/// The addresses of the cards of one text.
struct Cards<'a> {
    /// The words they are of; none where a way through them begins.
    of: Option<String>,
    /// Whether they are all of them.
    whole: bool,
    /// The language they are read in.
    lang: Option<&'a str>,
    then: &'a Then,
}

impl Cards<'_> {
    fn at(&self, card: usize, answer: Option<usize>) -> String {
        let answer = answer.map(|answer| format!("&answer={answer}")).unwrap_or_default();
        let whole = if self.whole { "&whole=yes" } else { "" };
        let lang = self.lang.map(|lang| format!("&lang={lang}")).unwrap_or_default();
        let of = self.of.as_deref().map(|of| format!("&of={of}")).unwrap_or_default();
        self.then.to(&format!("/agreement?card={card}{of}{answer}{whole}{lang}"))
    }
}

/// What cards are of: the text and, where it is read in another language, those words. Whoever goes on with other words than they
/// began with begins again, so that the words a signature names were on every card.
pub(in crate::pages::portal) fn marks(text: Digest, read_in: Option<Digest>) -> String {
    let read_in = read_in.map(|words| format!("-{}", words.short())).unwrap_or_default();
    format!("{}{read_in}", text.short())
}

/// Shows a card, the question, or the place to say yes.
pub(super) async fn show(
    app: &App,
    device: &AtDevice,
    person: &Person,
    (situation, earlier): (&Situation, Option<&AgreementText>),
    asked: &Asked,
    then: &Then,
) -> PageAnswer {
    let text = &situation.current.text;
    let whole = asked.whole.is_some();
    // Who signed before reads what changed; all of it is one press away (AGR-19).
    let read = shown::to_read(text, earlier.filter(|_| situation.is_again() && !whole));
    let address = |lang: Option<&str>| Cards { of: None, whole, lang, then }.at(1, None);
    let languages = languages(app, text, asked.lang.as_deref(), address).await?;
    let of = marks(text.digest, languages.chosen.as_ref().map(|chosen| chosen.digest));
    // Cards of words that are no longer in force lead back to the first of those that are.
    let same_text = asked.of.as_deref().is_none_or(|asked| asked == of);
    let cards = Cards { of: Some(of), whole, lang: languages.tag(), then };
    let card = if same_text { asked.card.unwrap_or(1).max(1) } else { 1 };
    let question = usize::from(text.head.check.is_some());
    let clauses = read.len();
    let f = Frame::portal(app, device, "agreement-title").titled(text.head.title.clone());
    let all = clauses + question + 1;
    let steps = Steps::new(&f, card.min(all), all);
    if let Some(clause) = read.get(card - 1) {
        return Ok(page(&CardPage {
            other: languages.heard(&clause.id),
            f,
            steps,
            picture: clause.picture.clone().unwrap_or_else(|| "star".to_owned()),
            words: markdown::inline(&clause.text),
            spoken: markdown::words(&clause.text),
            opening: text.head.opening.clone().filter(|_| card == 1),
            changed: !same_text || asked.changed.is_some(),
            asked: asked.asked.is_some(),
            digest: text.digest.to_string(),
            clause: clause.id.clone(),
            back: (card > 1).then(|| cards.at(card - 1, None)),
            next: cards.at(card + 1, None),
            all: (clauses < text.clauses.len()).then(|| Cards { whole: true, ..cards }.at(1, None)),
            languages: languages.clone(),
        }));
    }
    let chosen = text.head.check.as_ref().zip(asked.answer).and_then(|(check, at)| check.answers.get(at));
    let answered = text.head.check.is_none() || chosen.is_some_and(|answer| answer.right);
    match &text.head.check {
        Some(check) if card == clauses + 1 || !answered => {
            let here = clauses + 1;
            let answers = check.answers.iter().cloned().enumerate();
            Ok(page(&QuestionPage {
                steps: Steps::new(&f, here, all),
                f,
                check: check.clone(),
                chosen: chosen.cloned(),
                right: chosen.is_some_and(|answer| answer.right),
                answers: answers.map(|(at, answer)| (cards.at(here, Some(at)), answer)).collect(),
                back: cards.at(clauses, None),
                next: cards.at(here + 1, asked.answer),
                languages: languages.clone(),
            }))
        }
        _ => Ok(page(&SignPage {
            f,
            steps,
            declaration: text.head.declaration.clone(),
            agreement: text.head.key.clone(),
            digest: text.digest.to_string(),
            answer: asked.answer,
            person: person.clone(),
            signed: (!situation.is_due()).then(|| signed_day(device, situation)),
            back: cards.at(clauses + question, asked.answer),
            then: then.clone(),
            languages: languages.clone(),
        })),
    }
}

fn signed_day(device: &AtDevice, situation: &Situation) -> String {
    let at = situation.latest.as_ref().map_or(device.at, |signature| signature.at);
    device.school.zone.local(at).spoken_date()
}

/// Something was not right with what was handed in: back to the card where it can be put right.
pub(super) fn again(situation: &Situation, refusal: &Refusal, lang: Option<&str>, then: &Then) -> Response {
    let lang = lang.and_then(|lang| lang.parse::<Language>().ok());
    let cards = Cards { of: None, whole: false, lang: lang.as_ref().map(Language::tag), then };
    let address = match refusal {
        Refusal::CheckWrong => cards.at(situation.current.text.clauses.len() + 1, None),
        _ => then.to("/agreement?changed=yes"),
    };
    Redirect::to(&address).into_response()
}
