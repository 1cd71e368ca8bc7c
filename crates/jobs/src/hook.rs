//! Short messages to an address of the school's choice (a webhook): a chat, or a service that sends them on to telephones.
//!
//! What is sent has the form of Standard Webhooks 1.0 (standardwebhooks.com): an id that stays the same when it is sent
//! again, a time, and a signature where a secret was agreed.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::time::timeout;
use usher_types::moment::Moment;

/// How long a message may take. What does not answer in this is tried again later; mails wait meanwhile.
const LONGEST: Duration = Duration::from_secs(10);
/// Bytes of a secret (Standard Webhooks, "Signature scheme").
const SECRET: std::ops::RangeInclusive<usize> = 24..=64;

/// Why messages cannot be sent, or one was not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookFault {
    /// The address is none.
    #[error("messages.url is no address")]
    Address(#[source] hyper::http::uri::InvalidUri),
    /// The secret is none.
    #[error("messages.secret is `whsec_` and 24 to 64 bytes in base64")]
    Secret,
    /// Encryption cannot be set up.
    #[error("connections cannot be encrypted")]
    Tls(#[from] rustls::Error),
    /// The message cannot be written.
    #[error("the message cannot be written")]
    Unwritable(#[from] hyper::http::Error),
    /// Nobody took it. The address is not in the words: it often holds what lets one in.
    #[error("the address for messages does not answer")]
    Away(#[source] hyper_util::client::legacy::Error),
    /// It took too long.
    #[error("the address for messages did not answer within {} s", LONGEST.as_secs())]
    Slow,
    /// It was refused.
    #[error("the address for messages answered {0}")]
    Refused(StatusCode),
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The same each time it is sent.
    pub id: &'a str,
    /// What it says, in words.
    pub text: &'a str,
    /// When it is sent.
    pub at: Moment,
}

/// Sends messages.
pub struct Hook {
    url: Uri,
    key: Option<hmac::Key>,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("signed", &self.key.is_some()).finish_non_exhaustive()
    }
}

impl Hook {
    /// Messages to an address, signed where there is a secret. Trusts the system's roots and these.
    ///
    /// # Errors
    /// When the address or the secret is none, or a root cannot be used.
    pub fn new(
        url: &str,
        secret: Option<&str>,
        own_roots: &[CertificateDer<'static>],
    ) -> Result<Self, HookFault> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(LONGEST));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(trusting(own_roots)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Ok(Self {
            url: url.parse().map_err(HookFault::Address)?,
            key: secret.map(key).transpose()?,
            client: Client::builder(TokioExecutor::new()).build(https),
        })
    }

    /// Sends one. Taken is what is answered with 2xx; nothing is followed elsewhere.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn send(&self, message: Message<'_>) -> Result<(), HookFault> {
        let answer = timeout(LONGEST, self.client.request(self.request(message)?)).await;
        let status = answer.map_err(|_elapsed| HookFault::Slow)?.map_err(HookFault::Away)?.status();
        if status.is_success() { Ok(()) } else { Err(HookFault::Refused(status)) }
    }

    fn request(&self, message: Message<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let seconds = message.at.unix_ms() / 1000;
        // Chats show what is under `text`, and pass over the rest.
        let body = json!({ "type": "alert", "timestamp": message.at.to_string(), "text": message.text });
        let body = body.to_string();
        let mut request = Request::post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Usher/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", message.id)
            .header("webhook-timestamp", seconds);
        if let Some(key) = &self.key {
            let signed = hmac::sign(key, format!("{}.{seconds}.{body}", message.id).as_bytes());
            let signature = BASE64_STANDARD.encode(signed.as_ref());
            request = request.header("webhook-signature", format!("v1,{signature}"));
        }
        request.body(Full::new(Bytes::from(body)))
    }
}

fn trusting(own_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for root in own_roots {
        roots.add(root.clone())?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn key(secret: &str) -> Result<hmac::Key, HookFault> {
    let coded = secret.strip_prefix("whsec_").ok_or(HookFault::Secret)?;
    let bytes = BASE64_STANDARD.decode(coded).map_err(|_odd| HookFault::Secret)?;
    if !SECRET.contains(&bytes.len()) {
        return Err(HookFault::Secret);
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[tokio::test]
    async fn a_message_is_signed_as_standard_webhooks_says() {
        use http_body_util::BodyExt as _;
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let hook = Hook::new("http://127.0.0.1:9/in", Some(secret), &[]).unwrap();
        let message = Message { id: "usher-1-7", text: "Please look: \"quoted\"", at: AT };
        let request = hook.request(message).unwrap();
        let head = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        let (id, seconds, signature) =
            (head("webhook-id"), head("webhook-timestamp"), head("webhook-signature"));
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["text"], "Please look: \"quoted\"");
        let bytes = BASE64_STANDARD.decode(&secret["whsec_".len()..]).unwrap();
        let signed = [id.as_bytes(), b".", seconds.as_bytes(), b".", &body].concat();
        let given = BASE64_STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), &signed, &given).unwrap();
        assert_eq!(seconds, "1795000000");
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for odd in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%", "whsec_c2hvcnQ="] {
            assert!(matches!(Hook::new("http://h/", Some(odd), &[]), Err(HookFault::Secret)), "{odd}");
        }
        assert!(matches!(Hook::new("http://a chat/", None, &[]), Err(HookFault::Address(_))));
    }
}
