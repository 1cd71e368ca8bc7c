//! Pages that say truthfully why a site cannot be shown, or a request not served. No blame, and no more than is known.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use usher_events::event::{CertificateFault, MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_policy::facts::Circumstances;
use usher_policy::presence::CredentialFault;
use usher_types::ids::EventId;
use usher_types::role::Reader;
use usher_types::url::WebAddress;

use super::RefusalPage;
use super::page::Page;
use crate::app::App;
use crate::assets;
use crate::view::says::Says;

/// How long a browser waits before it asks again when requests cannot be recorded.
const ASK_AGAIN_SECONDS: &str = "30";

/// The page that says why a site cannot be shown.
pub fn render_upstream(
    app: &App,
    who: &Circumstances,
    fault: UpstreamFault,
    address: &WebAddress,
    event: EventId,
) -> RefusalPage {
    let says = Says::new(Arc::clone(&app.words), who.subject.reader());
    let (key, status) = upstream_key(fault);
    let site = address.host.to_string();
    let title = says.t1(format!("upstream-{key}-title"), "site", &site);
    let text = says.t1(format!("upstream-{key}-text"), "site", &site);
    let next = says.t(if is_certificate(fault) { "upstream-next-certificate" } else { "upstream-next" });
    let drawing = match (says.reader(), is_certificate(fault)) {
        (Reader::Adult, true) => assets::icon("shield"),
        (Reader::Adult, false) => assets::icon("circle-alert"),
        (_, true) => assets::picture("shield"),
        (_, false) => assets::picture("world"),
    };
    let mut page = Page::plain(says, title, vec![text, next], drawing);
    page.address = address.to_string();
    page.reference = event.to_string();
    page.site = site;
    // A certificate does not mend itself while somebody presses a button.
    page.again = (!is_certificate(fault)).then(|| address.to_string());
    page.into_html(app, status)
}

const fn is_certificate(fault: UpstreamFault) -> bool {
    matches!(fault, UpstreamFault::Certificate(_) | UpstreamFault::Tls)
}

const fn upstream_key(fault: UpstreamFault) -> (&'static str, StatusCode) {
    use CertificateFault as C;
    match fault {
        UpstreamFault::NoSuchName => ("no-such-name", StatusCode::BAD_GATEWAY),
        UpstreamFault::Unreachable => ("unreachable", StatusCode::BAD_GATEWAY),
        UpstreamFault::TimedOut => ("timed-out", StatusCode::GATEWAY_TIMEOUT),
        UpstreamFault::Certificate(C::Expired) => ("expired", StatusCode::BAD_GATEWAY),
        UpstreamFault::Certificate(C::NotYetValid) => ("not-yet-valid", StatusCode::BAD_GATEWAY),
        UpstreamFault::Certificate(C::WrongName) => ("wrong-name", StatusCode::BAD_GATEWAY),
        UpstreamFault::Certificate(C::UnknownIssuer) => ("unknown-issuer", StatusCode::BAD_GATEWAY),
        UpstreamFault::Certificate(C::Revoked) => ("revoked", StatusCode::BAD_GATEWAY),
        UpstreamFault::Certificate(C::Other) => ("certificate", StatusCode::BAD_GATEWAY),
        UpstreamFault::Tls => ("tls", StatusCode::BAD_GATEWAY),
        UpstreamFault::Protocol => ("protocol", StatusCode::BAD_GATEWAY),
        UpstreamFault::BrokeOff => ("broke-off", StatusCode::BAD_GATEWAY),
    }
}

/// The page for a request that cannot be read.
pub fn malformed(app: &App, fault: MalformedFault) -> RefusalPage {
    let (key, status) = malformed_key(fault);
    let says = Says::new(Arc::clone(&app.words), Reader::Adult);
    let lines = vec![says.t(format!("malformed-{key}")), says.t("malformed-next")];
    let title = says.t("malformed-title");
    Page::plain(says, title, lines, assets::icon("circle-help")).into_html(app, status)
}

const fn malformed_key(fault: MalformedFault) -> (&'static str, StatusCode) {
    const TOO_LARGE: StatusCode = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    match fault {
        MalformedFault::NotHttp => ("not-http", StatusCode::BAD_REQUEST),
        MalformedFault::HeadTooLarge => ("head-too-large", TOO_LARGE),
        MalformedFault::TooManyFields => ("too-many-fields", TOO_LARGE),
        MalformedFault::HeadTooSlow => ("head-too-slow", StatusCode::REQUEST_TIMEOUT),
        MalformedFault::TwoLengths => ("two-lengths", StatusCode::BAD_REQUEST),
        MalformedFault::LengthUnclear => ("length-unclear", StatusCode::BAD_REQUEST),
        MalformedFault::CodingUnclear => ("coding-unclear", StatusCode::BAD_REQUEST),
        MalformedFault::HostUnclear => ("host-unclear", StatusCode::BAD_REQUEST),
        MalformedFault::TargetUnclear => ("target-unclear", StatusCode::BAD_REQUEST),
        MalformedFault::HostDiffers => ("host-differs", StatusCode::BAD_REQUEST),
        MalformedFault::Method => ("method", StatusCode::METHOD_NOT_ALLOWED),
        MalformedFault::RelayUnclear => ("relay-unclear", StatusCode::BAD_REQUEST),
    }
}

/// The page when requests cannot be recorded, and so are not served.
pub fn cannot_record(app: &App, why: SinkClosed) -> RefusalPage {
    let says = Says::new(Arc::clone(&app.words), Reader::Ks2);
    let key = match why {
        SinkClosed::DiskFull | SinkClosed::Broken => "unrecorded-broken",
        SinkClosed::Stopping | SinkClosed::Busy => "unrecorded-soon",
    };
    let title = says.t("unrecorded-title");
    let lines = vec![says.t(key), says.t("unrecorded-next")];
    let mut page = Page::plain(says, title, lines, assets::picture("hourglass"))
        .into_html(app, StatusCode::SERVICE_UNAVAILABLE);
    page.headers.push((header::RETRY_AFTER, HeaderValue::from_static(ASK_AGAIN_SECONDS)));
    page
}

/// The page for credentials that do not help.
pub fn credentials(app: &App, why: &CredentialFault) -> RefusalPage {
    let says = Says::new(Arc::clone(&app.words), Reader::Adult);
    let key = match why {
        CredentialFault::Wrong => "credentials-wrong",
        CredentialFault::Resting(_) => "credentials-resting",
        CredentialFault::Elsewhere => "credentials-elsewhere",
        CredentialFault::Unavailable => "credentials-unavailable",
    };
    let title = says.t("credentials-title");
    let lines = vec![says.t(key)];
    Page::plain(says, title, lines, assets::icon("user"))
        .into_html(app, StatusCode::PROXY_AUTHENTICATION_REQUIRED)
}
