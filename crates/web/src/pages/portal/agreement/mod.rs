//! Reading and signing one's agreement: picture cards for the youngest, a list with one question for older children, the
//! whole text for adults. What is signed is the text that was shown, by its digest.

mod cards;
pub(super) mod language;
mod mine;
pub(super) mod shown;
pub(super) mod text;
mod written;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::signature::{How, Part, Sign, sign as sign_text};
use usher_types::digest::Digest;
use usher_types::role::Reader;

use self::text::Situation;
use super::enter;
use super::fault::{Answer, PortalFault};
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::refreshed::refresh;
use crate::view::frame::Frame;
use crate::view::page;

pub(super) use self::cards::marks;
pub(super) use self::mine::show as mine;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Which card, counting from 1.
    card: Option<usize>,
    /// The answer pressed, counting from 0.
    answer: Option<usize>,
    /// The first digits of the digest of the text the cards are of.
    of: Option<String>,
    /// Whether the text changed while it was read.
    changed: Option<String>,
    /// Whether all of it is wanted where only what changed would do.
    whole: Option<String>,
    /// The language it is read in.
    lang: Option<String>,
    /// Whether a question was just asked.
    asked: Option<String>,
    then: Option<String>,
}

/// What is handed in under an agreement.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    /// The digest of the text shown.
    #[serde(default)]
    digest: String,
    /// The answer chosen.
    #[serde(default)]
    answer: String,
    /// The name typed.
    #[serde(default)]
    name: String,
    /// The language it was read in.
    lang: Option<String>,
    /// The digest of the words it was read in, where that is not English.
    #[serde(default, rename = "read-in")]
    read_in: String,
    then: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "portal/no_agreement.html")]
struct NoAgreementPage {
    f: Frame,
    /// Whether one is asked for that the school has not put out yet.
    missing: bool,
}

/// Shows the agreement that is theirs.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let then = Then::read(&app, asked.then.as_deref());
    let Some(person) = device.person.clone() else {
        return match device.who.subject.kind {
            // A shared sign-in signs nothing: its children's slips are kept person by person.
            Some(_) => Ok(none(&app, &device, false)),
            None => Err(PortalFault::SignInFirst),
        };
    };
    let Some(situation) = text::situation(&app, &device, &person).await? else {
        // The settings name one, and there are no words in force: nothing opens, and the page says what to do.
        let asked = device.school.settings.agreement_for(person.kind, person.year).is_some();
        return Ok(none(&app, &device, asked));
    };
    match device.reader() {
        Reader::Ks1 => {
            let earlier = text::earlier(&app, &situation).await?;
            cards::show(&app, &device, &person, (&situation, earlier.as_ref()), &asked, &then).await
        }
        Reader::Ks2 | Reader::Adult => {
            let tried =
                written::Tried::fresh(asked.changed.is_some(), asked.whole.is_some()).in_language(asked.lang);
            written::show(&app, &device, &person, &situation, tried, &then).await
        }
    }
}

fn none(app: &App, device: &AtDevice, missing: bool) -> Response {
    let f = Frame::portal(app, device, "agreement-none-title");
    let f = if missing { f.clone().titled(f.says.t("agreement-missing-title")) } else { f };
    page(&NoAgreementPage { f, missing })
}

/// Signs it.
pub(super) async fn sign(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let then = Then::read(&app, sent.then.as_deref());
    let person = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    AtDevice::may(&person, Act::SignOwnAgreement)?;
    let situation = text::situation(&app, &device, &person).await?.ok_or(AppFault::NotFound)?;
    if !situation.is_due() {
        return Ok(Redirect::to(&then.to("/")).into_response());
    }
    match hand_in(&app, &device, &person, &situation, &sent).await {
        Ok(()) => {
            let subject = app.table.who(device.peer.address, device.at).subject;
            if subject.clause_accepted {
                return Ok(Redirect::to(&then.to("/?done=signed")).into_response());
            }
            Ok(enter::onward(&subject, false, &then).into_response())
        }
        Err(PortalFault::App(AppFault::Refused(refusal))) => match device.reader() {
            Reader::Ks1 => Ok(cards::again(&situation, &refusal, sent.lang.as_deref(), &then)),
            Reader::Ks2 | Reader::Adult => {
                let tried = written::Tried::again(&situation, &sent, refusal);
                written::show(&app, &device, &person, &situation, tried, &then).await
            }
        },
        Err(fault) => Err(fault),
    }
}

async fn hand_in(
    app: &App,
    device: &AtDevice,
    person: &Person,
    situation: &Situation,
    sent: &Sent,
) -> Result<(), PortalFault> {
    let typed_name = match device.reader() {
        // The youngest press their own name; there is nothing to type.
        Reader::Ks1 => None,
        // A first name is enough from somebody of eight.
        Reader::Ks2 if is_first_name(person, &sent.name) => None,
        Reader::Ks2 | Reader::Adult => Some(sent.name.as_str()),
    };
    let asked = Sign {
        id: app.new_id(),
        person,
        part: Part::Own,
        shown: digest(&sent.digest)?,
        answer: sent.answer.parse().ok(),
        typed_name,
        discussed: false,
        how: How::OnScreen,
        entered_by: None,
        read_in: language::read_in(app, situation.current.text.digest, &sent.read_in).await?,
    };
    let (_, change) = sign_text(&asked, &situation.current.text, device.at)?;
    app.commit(&change, &device.actor()).await?;
    Ok(refresh(app, &device.school, person.id, device.at).await?)
}

/// The digest a form was shown with. One that cannot be read is of no text of ours.
pub(super) fn digest(text: &str) -> Result<Digest, Refusal> {
    text.parse().map_err(|_unreadable| Refusal::AgreementChanged)
}

fn is_first_name(person: &Person, typed: &str) -> bool {
    let fold = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let typed = fold(typed);
    !typed.is_empty()
        && [Some(person.given.as_str()), person.known_as.as_deref()]
            .into_iter()
            .flatten()
            .any(|name| fold(name) == typed)
}
