//! What a device needs to use the school's web: where the gateway is, and the school's certificate.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use usher_network::pac;
use usher_types::digest::Digest;
use usher_types::role::Reader;
use usher_types::url::WebAddress;

use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::security::base64;
use crate::view::frame::Frame;
use crate::view::page;

/// The devices the page has steps for: the key of their words, and how many steps each takes.
const DEVICES: [(&str, u8); 6] =
    [("windows", 4), ("chromebook", 3), ("ipad", 4), ("mac", 3), ("android", 3), ("firefox", 3)];

#[derive(Template)]
#[template(path = "portal/certificate.html")]
struct CertificatePage {
    f: Frame,
    fingerprint: Option<String>,
    devices: Vec<(&'static str, Vec<String>)>,
    proxy: String,
    pac: String,
}

/// What a browser is told about the proxy. The desk is reached straight.
pub(super) async fn pac(State(app): State<App>) -> Response {
    let desk = WebAddress::parse(&app.places.desk_origin).ok();
    let straight: Vec<String> = desk.map(|desk| desk.host.to_string()).into_iter().collect();
    let kind = [(header::CONTENT_TYPE, "application/x-ns-proxy-autoconfig")];
    (kind, pac::pac(&app.places.proxy, &straight)).into_response()
}

/// The school's certificate, for devices.
pub(super) async fn certificate_file(State(app): State<App>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"school-certificate.pem\""),
    ];
    (headers, app.places.authority_pem.clone()).into_response()
}

/// Says how to put it on a device, and how to tell that it is the right one.
pub(super) async fn certificate(State(app): State<App>, device: AtDevice) -> Response {
    let f = Frame::portal(&app, &device, "certificate-title");
    let f = f.speaking_to(&app, Reader::Adult, "certificate-title");
    let steps = |name: &str, steps: u8| {
        (1..=steps).map(|step| f.says.t(format!("certificate-{name}-{step}"))).collect()
    };
    page(&CertificatePage {
        fingerprint: fingerprint(&app.places.authority_pem),
        devices: DEVICES.map(|(name, count)| (name, steps(name, count))).into(),
        proxy: app.places.proxy.clone(),
        pac: format!("{}/proxy.pac", app.places.portal_origin),
        f,
    })
}

/// SHA-256 of the certificate, as devices show it: pairs of digits with colons.
fn fingerprint(pem: &str) -> Option<String> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let bytes = base64::decode(&body).filter(|bytes| !bytes.is_empty())?;
    let pairs = Digest::of(&bytes).as_bytes().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>();
    Some(pairs.join(":"))
}
