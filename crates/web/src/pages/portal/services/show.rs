//! The pages somebody sees on their way into a service: who are you, what it will know, and why not.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use usher_policy::service::Refused;
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::service::ReturnAddress;
use usher_records::service::consent::Told;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader};

use super::asked::Request;
use crate::app::{App, Peer};
use crate::security::form::{self, Holder};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "portal/services/sign_in.html")]
struct SignInPage {
    f: Frame,
    errors: Errors,
    ask: String,
    username: String,
}

#[derive(Template)]
#[template(path = "portal/services/agree.html")]
struct AgreePage {
    f: Frame,
    ask: String,
    told: Vec<String>,
    who: String,
    not_me: String,
}

#[derive(Template)]
#[template(path = "portal/services/no.html")]
struct NoPage {
    f: Frame,
    why: String,
    todo: String,
    /// The way back to the service, and its words.
    back: Option<(String, String)>,
}

/// What a page is made with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) app: &'a App,
    pub(super) school: &'a School,
    pub(super) at: Moment,
}

/// Whom the form is signed for before anybody is signed in.
pub(super) fn nobody(peer: Peer) -> String {
    format!("services {}", peer.address.to_canonical())
}

impl Shown<'_> {
    fn frame(&self, reader: Reader, holder: &str, title: &str) -> Frame {
        let token = form::token(&self.app.key, Holder(holder), self.at);
        Frame::for_services(self.app, self.school, reader, token, title)
    }

    /// Who are you? Whoever asks is not known yet: the words are those an eight-year-old reads.
    pub(super) fn sign_in(
        &self,
        request: &Request,
        peer: Peer,
        username: String,
        wrong: Option<String>,
    ) -> Response {
        let f = self.frame(Reader::Ks2, &nobody(peer), "service-sign-in-title");
        let title = f.says.t1("service-sign-in-to", "service", &request.service.details.name);
        let errors = wrong.map_or_else(Errors::none, |words| Errors::of("username", words));
        let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page = SignInPage { f: f.titled(title), errors, ask: request.text.clone(), username };
        leading_to(with_status(status, &page), &request.returns)
    }

    /// What it will know.
    pub(super) fn agree(&self, request: &Request, person: &Person, holder: &str) -> Response {
        let f = self.frame(person.reader(), holder, "service-agree-title");
        let name = &request.service.details.name;
        let title = f.says.t1("service-agree-to", "service", name);
        let page = AgreePage {
            told: knows(&f.says, &request.asked.told, person),
            who: f.says.t1("service-agree-who", "name", person.name()),
            not_me: f.says.t("service-not-me"),
            ask: request.text.clone(),
            f: f.titled(title),
        };
        leading_to(with_status(StatusCode::OK, &page), &request.returns)
    }

    /// Why not, and what to do.
    pub(super) fn no(&self, request: &Request, reader: Reader, refused: Refused) -> Response {
        let f = self.frame(reader, "", "service-no-title");
        let local = |at| self.school.zone.local(at);
        let why = match refused {
            Refused::WebRemoved(until) => f.says.t2(
                refused.words(),
                ("day", &local(until).spoken_date()),
                ("time", &local(until).spoken_time()),
            ),
            Refused::NotYet(day) => {
                let start = self.school.zone.start_of(day);
                f.says.t1(refused.words(), "day", local(start).spoken_date())
            }
            other => f.says.t1(other.words(), "service", &request.service.details.name),
        };
        let todo = f.says.t(format!("{}-do", refused.words()));
        let words = f.says.t1("service-back-to", "service", &request.service.details.name);
        let back = Some((request.back().error(self.app, "access_denied"), words));
        with_status(StatusCode::FORBIDDEN, &NoPage { why, todo, back, f })
    }

    /// The address that led here is not one a service of this school uses; or it is opened too often.
    pub(super) fn lost(&self, status: StatusCode, key: &str) -> Response {
        let f = self.frame(Reader::Ks2, "", "service-no-title");
        let (why, todo) = (f.says.t(key), f.says.t(format!("{key}-do")));
        with_status(status, &NoPage { why, todo, back: None, f })
    }
}

/// What a service will know, line by line.
fn knows(says: &Says, told: &[Told], person: &Person) -> Vec<String> {
    let mut lines = Vec::new();
    if told.contains(&Told::Profile) {
        lines.push(says.t1("service-knows-name", "name", person.name()));
        match person.year.filter(|_| person.kind == PersonKind::Pupil) {
            Some(year) => lines.push(says.t1("service-knows-year", "year", year.label())),
            None => lines.push(says.of("service-knows", person.kind.name())),
        }
    }
    if let Some(email) = person.email.as_ref().filter(|_| told.contains(&Told::Email)) {
        lines.push(says.t1("service-knows-email", "email", email));
    }
    if lines.is_empty() {
        lines.push(says.t("service-knows-nothing"));
    }
    lines
}

/// A page whose form ends at the service: browsers hold the last address of a form's way against the page's policy.
pub(super) fn leading_to(mut response: Response, returns: &ReturnAddress) -> Response {
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
        returns.origin()
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}
