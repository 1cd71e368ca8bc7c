//! WebSockets: over HTTP/1.1 by upgrade (RFC 6455), over HTTP/2 by extended CONNECT (RFC 8441), and from one to the other
//! where a site speaks only the older way.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::ext::Protocol as Extended;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use usher_events::event::{End, Protocol};
use usher_policy::facts::WebFacts;

use crate::answer;
use crate::body::Body;
use crate::forward;
use crate::headers::{self, wants_websocket};
use crate::reach::{self, NoWay};
use crate::record::Recording;
use crate::serve::{self, Connection};
use crate::splice::splice;
use crate::upstream::channel::Channel;

/// Bytes of the nonce in `Sec-WebSocket-Key`.
const KEY_BYTES: usize = 16;

/// Whether a request wants to become a WebSocket.
pub(crate) fn is_wanted(request: &Request<Incoming>) -> bool {
    extended(request) || wants_websocket(request.headers()) && http_body::Body::is_end_stream(request.body())
}

fn extended(request: &Request<Incoming>) -> bool {
    request.method() == Method::CONNECT
        && request.extensions().get::<Extended>().is_some_and(|protocol| protocol.as_str() == "websocket")
}

/// Sends the wish on, and when the site agrees, copies both ways.
pub(crate) async fn forward(
    connection: &Connection,
    mut request: Request<Incoming>,
    mut recording: Recording<WebFacts>,
) -> Response<Body> {
    let from_http2 = extended(&request);
    recording.becomes(Protocol::WebSocket);
    let way = match &connection.inside {
        Some(inside) => inside.websocket_channel(&mut recording, from_http2).await,
        None => plain_channel(&mut recording).await,
    };
    let channel = match way {
        Ok(channel) => channel,
        Err(no_way) => return serve::no_way(serve::shows_pages(request.headers()), recording, no_way),
    };
    let client = hyper::upgrade::on(&mut request);
    let to_http2 = matches!(channel, Channel::Http2(..));
    let (mut parts, _no_body) = request.into_parts();
    let version = header::SEC_WEBSOCKET_VERSION;
    if forward::prepare(&mut parts, &recording.facts.address, to_http2).is_err() {
        return serve::unclear(recording);
    }
    if to_http2 {
        parts.method = Method::CONNECT;
        parts.extensions.insert(Extended::from_static("websocket"));
        parts.headers.remove(header::SEC_WEBSOCKET_KEY);
    } else {
        parts.method = Method::GET;
        parts.extensions.remove::<Extended>();
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        parts.headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        if from_http2 {
            parts.headers.insert(header::SEC_WEBSOCKET_KEY, fresh_key());
        }
    }
    parts.headers.entry(version).or_insert(HeaderValue::from_static("13"));
    let sent = Request::from_parts(parts, Body::Empty);
    agree(connection, channel, sent, client, recording, from_http2).await
}

/// Waits for the site's answer; copies if it agrees, passes its answer back if it does not.
async fn agree(
    connection: &Connection,
    mut channel: Channel,
    request: Request<Body>,
    client: OnUpgrade,
    mut recording: Recording<WebFacts>,
    from_http2: bool,
) -> Response<Body> {
    let to_http2 = matches!(channel, Channel::Http2(..));
    let mut answer = match channel.send(request, &recording.received()).await {
        Ok(answer) => answer,
        Err(fault) => return serve::failed(recording, fault.into()),
    };
    let agreed = if to_http2 {
        answer.status().is_success()
    } else {
        answer.status() == StatusCode::SWITCHING_PROTOCOLS
    };
    if !agreed {
        return answer::pass_back(true, recording, answer, None).await;
    }
    let site = hyper::upgrade::on(&mut answer);
    let mut response = status(if from_http2 { StatusCode::OK } else { StatusCode::SWITCHING_PROTOCOLS });
    headers::clean_response(answer.headers_mut());
    response.headers_mut().clone_from(answer.headers());
    if from_http2 {
        response.headers_mut().remove(header::SEC_WEBSOCKET_ACCEPT);
    } else {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
    recording.answered(response.status().as_u16(), response.headers());
    let gateway = std::sync::Arc::clone(recording.gateway());
    connection.spawn(&gateway, async move {
        // The sender must live as long as what it opened.
        let _open = channel;
        match tokio::try_join!(client, site) {
            Ok((client, site)) => splice(TokioIo::new(client), TokioIo::new(site), recording).await,
            Err(error) => {
                tracing::debug!(%error, "a WebSocket broke off before it began");
                recording.finish(End::ClientLeft);
            }
        }
    });
    response
}

/// A connection of its own for a plain WebSocket: it does not come back.
async fn plain_channel(recording: &mut Recording<WebFacts>) -> Result<Channel, NoWay> {
    let (host, port) = (recording.facts.address.host.clone(), recording.facts.address.port);
    let (stream, _) = reach::open(recording, &host, port).await?;
    Ok(Channel::http1(stream).await?)
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}

/// A key for a handshake the client did not have to make (RFC 6455, 4.1). It guards against caches that answer without
/// understanding, not against people, so the address of a fresh allocation's hash is random enough.
fn fresh_key() -> HeaderValue {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut bytes = [0_u8; KEY_BYTES];
    for (index, part) in bytes.chunks_mut(8).enumerate() {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_usize(index);
        part.copy_from_slice(hasher.finish().to_le_bytes().get(..part.len()).unwrap_or_default());
    }
    HeaderValue::from_str(&base64(&bytes)).unwrap_or(HeaderValue::from_static("AAAAAAAAAAAAAAAAAAAAAA=="))
}

/// Base 64 with padding (RFC 4648, 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |value: u32| char::from(DIGITS.get((value & 63) as usize).copied().unwrap_or(b'A'));
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if chunk.len() > 1 { digit(bits >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(bits) } else { '=' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sixteen_bytes_and_differ() {
        let (one, other) = (fresh_key(), fresh_key());
        assert_eq!(one.len(), 24);
        assert_ne!(one, other);
        assert_eq!(base64(b"the sample nonce"), "dGhlIHNhbXBsZSBub25jZQ==");
    }
}
