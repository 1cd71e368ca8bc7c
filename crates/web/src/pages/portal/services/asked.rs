//! What a service asks for when it sends somebody here (OpenID Connect Core, 3.1.2.1), read into what cannot be wrong.

use serde::Serialize;
use usher_policy::service::{self, Fresh};
use usher_records::service::consent::Told;
use usher_records::service::entry::Asked;
use usher_records::service::{ReturnAddress, Service, ServiceNoun};
use usher_types::ids::Id;

use crate::app::{App, AppFault};

/// The longest request, in bytes: ten times what services send.
const LONGEST_BYTES: usize = 8_000;
/// The length of a challenge: 32 bytes in base 64 (RFC 7636, 4.2).
const CHALLENGE_CHARS: usize = 43;

/// A request that can be answered.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// By which service.
    pub(super) service: Service,
    /// Where the person is led back.
    pub(super) returns: ReturnAddress,
    /// The service's own mark, given back as it is.
    pub(super) state: Option<String>,
    /// What the code will be for.
    pub(super) asked: Asked,
    /// Whether nothing may be shown.
    pub(super) silent: bool,
    /// How fresh a sign-in it wants.
    pub(super) fresh: Fresh,
    /// Whether what it will know is to be said again.
    pub(super) says_again: bool,
    /// As it came, to be sent along with our own forms.
    pub(super) text: String,
}

/// Why it cannot.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing says where to lead back to, so only the page can tell.
    NobodyKnown,
    /// It is told to the service.
    Told(Back, &'static str),
    /// The books failed.
    App(AppFault),
}

impl From<AppFault> for Fault {
    fn from(fault: AppFault) -> Self {
        Self::App(fault)
    }
}

/// The way back to a service.
#[derive(Debug, Clone)]
pub(super) struct Back {
    pub(super) returns: ReturnAddress,
    pub(super) state: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    iss: &'a str,
}

impl Back {
    /// The address that tells the service of an error (RFC 6749, 4.1.2.1).
    pub(super) fn error(&self, app: &App, error: &str) -> String {
        self.with(app, None, Some(error))
    }

    /// The address that brings a code.
    pub(super) fn code(&self, app: &App, code: &str) -> String {
        self.with(app, Some(code), None)
    }

    /// Who answers is said too, so that a service with several providers cannot be led to the wrong one (RFC 9207).
    fn with(&self, app: &App, code: Option<&str>, error: Option<&str>) -> String {
        let answer = Answer { code, error, state: self.state.as_deref(), iss: &app.places.portal_origin };
        let joint = if self.returns.as_str().contains('?') { '&' } else { '?' };
        let answer = serde_html_form::to_string(answer).unwrap_or_default();
        format!("{}{joint}{answer}", self.returns.as_str())
    }
}

impl Request {
    /// The way back.
    pub(super) fn back(&self) -> Back {
        Back { returns: self.returns.clone(), state: self.state.clone() }
    }
}

/// Parameters by name; one that comes twice is known as such.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// A parameter, which comes once; an empty one is none (RFC 6749, 3.1).
    fn one(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        all.next().filter(|value| !value.is_empty())
    }

    fn twice(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }
}

/// Reads a request.
///
/// # Errors
/// [`Fault`].
pub(super) async fn read(app: &App, text: &str) -> Result<Request, Fault> {
    if text.len() > LONGEST_BYTES {
        return Err(Fault::NobodyKnown);
    }
    let parameters = serde_html_form::from_str(text).map_err(|_odd| Fault::NobodyKnown)?;
    let parameters = Parameters(parameters);
    let service = service_named(app, parameters.one("client_id")).await?.ok_or(Fault::NobodyKnown)?;
    let returns = parameters.one("redirect_uri").and_then(|text| service.return_address(text)).cloned();
    let back = Back {
        returns: returns.ok_or(Fault::NobodyKnown)?,
        state: parameters.one("state").map(str::to_owned),
    };
    match answerable(&parameters, &service, &back, text) {
        Ok(request) => Ok(request),
        Err(error) => Err(Fault::Told(back, error)),
    }
}

/// The service that calls itself so.
pub(super) async fn service_named(app: &App, name: Option<&str>) -> Result<Option<Service>, AppFault> {
    let Some(id) = name.and_then(|name| name.parse::<Id<ServiceNoun>>().ok()) else { return Ok(None) };
    Ok(app.books.get::<Service, _>(id).await?.map(|stored| stored.value))
}

fn answerable(
    parameters: &Parameters,
    service: &Service,
    back: &Back,
    text: &str,
) -> Result<Request, &'static str> {
    const INVALID: &str = "invalid_request";
    if parameters.twice() {
        return Err(INVALID);
    }
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if parameters.one(name).is_some() {
            return Err(error);
        }
    }
    match parameters.one("response_type") {
        Some("code") => {}
        Some(_) => return Err("unsupported_response_type"),
        None => return Err(INVALID),
    }
    if parameters.one("response_mode").is_some_and(|mode| mode != "query") {
        return Err(INVALID);
    }
    let challenge = parameters.one("code_challenge").filter(|_| {
        // What is sent plain proves nothing to whoever reads along.
        parameters.one("code_challenge_method") == Some("S256")
    });
    let letters = |text: &&str| {
        text.len() == CHALLENGE_CHARS
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let challenge = challenge.filter(letters).ok_or(INVALID)?.to_owned();
    let scope: Vec<&str> = parameters.one("scope").unwrap_or_default().split(' ').collect();
    if !scope.contains(&"openid") {
        return Err("invalid_scope");
    }
    let prompt: Vec<&str> = parameters.one("prompt").unwrap_or_default().split(' ').collect();
    let silent = prompt.contains(&"none");
    if silent && prompt.len() > 1 {
        return Err(INVALID);
    }
    let max_age = parameters.one("max_age").map(|text| text.parse::<u32>().map_err(|_odd| INVALID));
    let told: Vec<Told> = service::told(service, scope.contains(&"profile"), scope.contains(&"email"));
    // Whoever is to choose among accounts has one here: they say again who they are.
    let anew = prompt.contains(&"login") || prompt.contains(&"select_account");
    Ok(Request {
        service: service.clone(),
        returns: back.returns.clone(),
        state: back.state.clone(),
        asked: Asked {
            returns: back.returns.as_str().to_owned(),
            challenge,
            nonce: parameters.one("nonce").map(str::to_owned),
            told,
        },
        silent,
        fresh: Fresh { anew, max_age_seconds: max_age.transpose()?.map(i64::from) },
        says_again: prompt.contains(&"consent"),
        text: text.to_owned(),
    })
}
