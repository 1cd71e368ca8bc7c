//! Asking what an agreement means (AGR-10), and the replies. Whom it reaches, `policy::questions` says; a reply closes it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_policy::questions::{Asker, answerers};
use usher_records::agreement::AgreementVersion;
use usher_records::change::Mail;
use usher_records::person::Person;
use usher_records::question::{self, Question};
use usher_records::refusal::Refusal;
use usher_records::translation::language::Language;
use usher_types::digest::Digest;
use usher_types::role::Reader;

use super::agreement::{marks, text};
use super::fault::{Answer, PortalFault};
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::desk::questions::groups_of;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{markdown, with_status};

#[derive(Template)]
#[template(path = "portal/questions.html")]
struct QuestionsPage {
    f: Frame,
    errors: Errors,
    /// Which words it is about: their digest and title.
    about: Option<(String, String)>,
    /// Whom it reaches.
    reaches: String,
    words: String,
    asked: Vec<Asked>,
}

struct Asked {
    agreement: String,
    words: String,
    day: String,
    reply: Option<(String, String)>,
}

/// Which words, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct About {
    of: Option<String>,
    done: Option<String>,
}

/// Shows the form and what they asked before.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(about): Query<About>) -> Answer {
    let person = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    let sent = Sent { of: about.of.unwrap_or_default(), ..Sent::default() };
    questions(&app, &device, &person, (&sent, Errors::none()), about.done.as_deref()).await
}

/// What is handed in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    of: String,
    #[serde(default)]
    words: String,
    /// The rule whose card it was asked at, and the card's number: a child who does not write yet presses one button.
    #[serde(default)]
    clause: String,
    #[serde(default)]
    card: usize,
    /// The language the card was read in, and the digest of its words, where that is not English.
    #[serde(default)]
    lang: String,
    #[serde(default, rename = "read-in")]
    read_in: String,
}

/// What somebody asks: what they wrote, or, at the card of a rule, that they have a question about it.
async fn words(app: &App, says: &Says, sent: &Sent, version: &AgreementVersion) -> Result<String, AppFault> {
    if !sent.words.trim().is_empty() || sent.clause.is_empty() {
        return Ok(sent.words.clone());
    }
    let text = text::read(app, version.digest).await?;
    let rule = text.clause(&sent.clause).ok_or(AppFault::NotFound)?;
    Ok(says.t2("question-at-card", ("number", &rule.number), ("rule", &markdown::words(&rule.text))))
}

/// The version in whose words they ask: the one named, else the one that is theirs to sign.
async fn version(
    app: &App,
    device: &AtDevice,
    person: &Person,
    of: &str,
) -> Result<Option<AgreementVersion>, AppFault> {
    if let Ok(digest) = of.parse::<Digest>() {
        return Ok(app.books.find_one::<AgreementVersion>("digest", digest).await?.map(|one| one.value));
    }
    let Some(key) = device.school.settings.agreement_for(person.kind, person.year) else { return Ok(None) };
    Ok(text::in_force(app, key).await?.map(|current| current.version))
}

async fn everybody(app: &App) -> Result<Vec<Person>, AppFault> {
    Ok(app.books.values::<Person>().await?)
}

/// Those a question of this person reaches.
fn reached<'a>(device: &AtDevice, everybody: &'a [&'a Person], person: &Person) -> Vec<&'a Person> {
    let groups = groups_of(everybody, person);
    let asker = Asker { person: person.id, kind: person.kind, groups: &groups };
    answerers(everybody, asker, device.school.zone.local(device.at).date())
}

async fn questions(
    app: &App,
    device: &AtDevice,
    person: &Arc<Person>,
    (sent, errors): (&Sent, Errors),
    done: Option<&str>,
) -> Answer {
    let f = Frame::portal(app, device, "question-title").done(done);
    let version = version(app, device, person, &sent.of).await?;
    let people = everybody(app).await?;
    let all: Vec<&Person> = people.iter().collect();
    let names: Vec<String> = reached(device, &all, person).iter().map(|one| one.name()).collect();
    let mut mine: Vec<Question> = app
        .books
        .find::<Question>("person", person.id)
        .await?
        .into_iter()
        .map(|stored| stored.value)
        .collect();
    mine.sort_by_key(|question| std::cmp::Reverse(question.at));
    let zone = &device.school.zone;
    let asked = mine.into_iter().map(|question| Asked {
        day: zone.local(question.at).spoken_date(),
        reply: question.reply.map(|reply| {
            let name = people.iter().find(|one| one.id == reply.by).map(Person::name);
            let by = name.unwrap_or_else(|| f.says.t("question-somebody"));
            (
                f.says.t2("question-reply-by", ("name", &by), ("day", &zone.local(reply.at).spoken_date())),
                reply.words,
            )
        }),
        agreement: question.agreement,
        words: question.words,
    });
    let page = QuestionsPage {
        about: version.map(|version| (version.digest.to_string(), version.title)),
        reaches: f.says.list(&names),
        words: sent.words.clone(),
        asked: asked.collect(),
        f: f.clone(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

/// The card a question was asked at, in the words it was read in.
fn back_to_card(sent: &Sent, text: Digest) -> String {
    let lang = sent.lang.parse::<Language>().map(|lang| format!("&lang={}", lang.tag())).unwrap_or_default();
    format!("/agreement?card={}&of={}&asked=yes{lang}", sent.card, marks(text, sent.read_in.parse().ok()))
}

/// Asks.
pub(super) async fn ask(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let person = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    let version = version(&app, &device, &person, &sent.of).await?.ok_or(AppFault::NotFound)?;
    let people = everybody(&app).await?;
    let all: Vec<&Person> = people.iter().collect();
    let readers = reached(&device, &all, &person);
    let theirs = app.books.find::<Question>("person", person.id).await?;
    let waiting = theirs.iter().filter(|question| question.value.reply.is_none()).count();
    let says = Says::new(Arc::clone(&app.words), Reader::Adult);
    let asked = Question {
        id: app.new_id(),
        person: person.id,
        text: version.digest,
        agreement: version.title.clone(),
        words: words(&app, &says, &sent, &version).await?,
        at: device.at,
        reply: None,
        reached: readers.iter().map(|reader| reader.id).collect(),
    };
    let address = format!("{}/questions/{}", app.places.desk_origin, asked.id);
    let mail = |reader: &&Person| Mail {
        to: reader.id.into(),
        subject: says.t1("question-mail-subject", "name", person.name()),
        text: says.t2("question-mail-text", ("agreement", &asked.agreement), ("address", &address)),
        attachment: None,
    };
    let mails: Vec<Mail> = readers.iter().map(mail).collect();
    let judged = question::ask(&asked, waiting, mails);
    let judged = if readers.is_empty() { judged.and(Err(Refusal::NobodyReads)) } else { judged };
    match judged {
        Ok(change) => {
            app.commit(&change, &device.actor()).await?;
            let back = if sent.clause.is_empty() {
                "/questions?done=question-asked".to_owned()
            } else {
                back_to_card(&sent, asked.text)
            };
            Ok(Redirect::to(&back).into_response())
        }
        Err(refusal) => {
            let f = Frame::portal(&app, &device, "question-title");
            let key = match refusal {
                Refusal::ReasonNeeded => "question-empty",
                Refusal::NobodyReads => "question-nobody",
                _ => refusal.words(),
            };
            let errors = Errors::of("words", f.says.t(key));
            questions(&app, &device, &person, (&sent, errors), None).await
        }
    }
}
