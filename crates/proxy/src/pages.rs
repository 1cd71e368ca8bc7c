//! The pages the gateway shows. It does not make them: whoever does implements [`Pages`].

use std::net::IpAddr;
use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use usher_events::event::{MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_policy::decision::Decision;
use usher_policy::facts::Circumstances;
use usher_types::ids::EventId;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::body::Body;

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Its text.
    pub body: Bytes,
}

/// A request that was refused, as far as a page needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// What was decided.
    pub decision: &'a Decision,
    /// Who asked, from where.
    pub who: &'a Circumstances,
    /// For what.
    pub address: &'a WebAddress,
    /// Its event: the reference on the page.
    pub event: EventId,
    /// When.
    pub at: Moment,
    /// Whether whoever asked shows pages: a browser opening a page, and not a script fetching data.
    pub shows_pages: bool,
}

/// Makes pages.
pub trait Pages: Send + Sync {
    /// Answers a request for one of Usher's own pages, from the device at `from`.
    fn own(
        &self,
        request: Request<Body>,
        from: IpAddr,
    ) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

    /// The page instead of one that is not for whoever asked.
    fn refusal(&self, refused: &Refused<'_>) -> Page;

    /// The page that says truthfully why a site cannot be shown.
    fn upstream(
        &self,
        who: &Circumstances,
        fault: UpstreamFault,
        address: &WebAddress,
        event: EventId,
    ) -> Page;

    /// The page for a request that cannot be read.
    fn malformed(&self, fault: MalformedFault) -> Page;

    /// The page when requests cannot be recorded, and so are not served.
    fn unrecorded(&self, why: SinkClosed) -> Page;

    /// The page for credentials that do not help.
    fn credentials(&self, why: &usher_policy::presence::CredentialFault) -> Page;
}

/// Where an answer of the gateway's own says that it is one (RFC 9209): neither a person nor a program takes it for the
/// site's.
pub(crate) const PROXY_STATUS: HeaderName = HeaderName::from_static("proxy-status");
/// What it says on Usher's own pages, where nothing went wrong.
pub(crate) const OWN: HeaderValue = HeaderValue::from_static("usher");

/// What it says on a page instead of the one asked for (RFC 9209, 2.3).
const fn proxy_status(status: StatusCode) -> HeaderValue {
    HeaderValue::from_static(match status {
        StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            "usher; error=http_request_denied"
        }
        StatusCode::BAD_GATEWAY => "usher; error=destination_unavailable",
        StatusCode::GATEWAY_TIMEOUT => "usher; error=connection_timeout",
        StatusCode::SERVICE_UNAVAILABLE => "usher; error=proxy_internal_error",
        _ => "usher; error=http_request_error",
    })
}

impl Page {
    /// The page as an answer.
    pub(crate) fn into_response(self) -> Response<Body> {
        let length = self.body.len();
        let mut response = Response::new(Body::full(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(PROXY_STATUS, proxy_status(self.status));
        response
    }

    /// The page as bytes of HTTP/1.1, on a connection that closes after it.
    pub(crate) fn to_http1(&self) -> Vec<u8> {
        let reason = self.status.canonical_reason().unwrap_or("");
        let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", self.status.as_u16()).into_bytes();
        let status = (PROXY_STATUS, proxy_status(self.status));
        for (name, value) in self.headers.iter().chain([&status]) {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(
            format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()).as_bytes(),
        );
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
