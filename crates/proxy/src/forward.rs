//! Sending a request on: resolve, judge the address it will really go to, find or open a connection, pass the answer
//! back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri, Version, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use usher_events::event::UpstreamFault;
use usher_policy::facts::WebFacts;
use usher_types::url::{WebAddress, has_dot_segments};

use crate::adjust;
use crate::answer;
use crate::body::{Body, BodyFault};
use crate::gateway::Gateway;
use crate::headers;
use crate::inside::Inside;
use crate::leaving::{self, Upload};
use crate::reach;
use crate::record::{Received, Recording};
use crate::serve::{self, Connection};
use crate::upstream::channel::{Channel, SendFault};
use crate::upstream::pool::Site;
use crate::websocket;

/// Where a connection goes when the answer on it is read to its end.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) channel: Channel,
    pub(crate) to: HomeOf,
}

/// Whose a connection is.
#[derive(Debug)]
pub(crate) enum HomeOf {
    /// Anybody's who asks the same site next.
    Pool(Arc<Gateway>, Site),
    /// The inspected tunnel's.
    Tunnel(Arc<Inside>),
}

impl Home {
    /// Gives the connection back.
    pub(crate) fn return_channel(self) {
        match self.to {
            HomeOf::Pool(gateway, site) => gateway.pool.put(site, self.channel),
            HomeOf::Tunnel(inside) => inside.put_back(self.channel),
        }
    }
}

/// Sends a request on and passes the answer back.
pub(crate) async fn forward(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<Incoming>,
    mut recording: Recording<WebFacts>,
) -> Response<Body> {
    if websocket::is_wanted(&request) {
        return Box::pin(websocket::forward(connection, request, recording)).await;
    }
    let (request, refused) = leaving::look(gateway, &mut recording, request).await;
    if refused {
        return serve::refuse(serve::shows_pages(request.headers()), recording);
    }
    match &connection.inside {
        Some(inside) => through_tunnel(inside, request, recording).await,
        None => to_site(gateway, request, recording).await,
    }
}

/// A plain request: through a kept connection to an address that was judged, or a new one.
async fn to_site(
    gateway: &Arc<Gateway>,
    request: Request<Upload>,
    mut recording: Recording<WebFacts>,
) -> Response<Body> {
    let shows_pages = serve::shows_pages(request.headers());
    let (mut channel, site) = match reach::channel(&mut recording).await {
        Ok(reached) => reached,
        Err(no_way) => return serve::no_way(shows_pages, recording, no_way),
    };
    let Ok(request) = on_its_way(request, &mut recording, false) else { return serve::unclear(recording) };
    // A kept connection may have been closed by the site meanwhile; the request then goes on a new one, once.
    let received = recording.received();
    let answer = match channel.send(request, &received).await {
        Err(SendFault::NotSent(request)) => match reach::new(site.address).await {
            Ok(fresh) => {
                channel = fresh;
                channel.send(*request, &received).await
            }
            Err(fault) => Err(SendFault::Failed(fault)),
        },
        answer => answer,
    };
    let home = Home { channel, to: HomeOf::Pool(Arc::clone(gateway), site) };
    match answer {
        Ok(answer) => answer::pass_back(shows_pages, recording, answer, Some(home)).await,
        Err(fault) => failed(recording, &received, fault),
    }
}

/// No answer, and whose fault that is: a site that got half a request because the rest could not be read did nothing wrong.
fn failed(recording: Recording<WebFacts>, received: &Received, fault: SendFault) -> Response<Body> {
    if received.has_broken_off() { serve::unread(recording) } else { serve::failed(recording, fault.into()) }
}

/// A request inside an inspected tunnel: through the tunnel's own connection.
async fn through_tunnel(
    inside: &Arc<Inside>,
    request: Request<Upload>,
    mut recording: Recording<WebFacts>,
) -> Response<Body> {
    let shows_pages = serve::shows_pages(request.headers());
    let mut channel = match inside.channel(&mut recording).await {
        Ok(channel) => channel,
        Err(no_way) => return serve::no_way(shows_pages, recording, no_way),
    };
    let http2 = matches!(channel, Channel::Http2(..));
    let Ok(request) = on_its_way(request, &mut recording, http2) else { return serve::unclear(recording) };
    let received = recording.received();
    let answer = match channel.send(request, &received).await {
        Err(SendFault::NotSent(request)) => match Box::pin(inside.reopen(recording.gateway())).await {
            Ok(fresh) => {
                channel = fresh;
                channel.send(*request, &received).await
            }
            Err(fault) => Err(SendFault::Failed(fault)),
        },
        answer => answer,
    };
    let home = Home { channel, to: HomeOf::Tunnel(Arc::clone(inside)) };
    match answer {
        // HTTP/2 carries many answers at once: the connection is free again as soon as the request is sent.
        Ok(answer) if http2 => {
            home.return_channel();
            answer::pass_back(shows_pages, recording, answer, None).await
        }
        Ok(answer) => answer::pass_back(shows_pages, recording, answer, Some(home)).await,
        Err(fault) => failed(recording, &received, fault),
    }
}

/// The request the site gets.
fn on_its_way(
    request: Request<Upload>,
    recording: &mut Recording<WebFacts>,
    http2: bool,
) -> Result<Request<Body>, http::Error> {
    let (mut parts, body) = request.into_parts();
    prepare(&mut parts, &recording.facts.address, http2)?;
    // Last, so that nothing the client says about its own fields takes these out again.
    adjust::apply(&mut parts, &recording.decision().adjust);
    Ok(Request::from_parts(parts, counted(body, recording)))
}

/// A client's body, whose bytes are counted as they are read.
pub(crate) fn counted(body: Upload, recording: &Recording<WebFacts>) -> Body {
    if http_body::Body::is_end_stream(&body) {
        Body::Empty
    } else {
        Body::other(FromClient { inner: body, received: recording.received() })
    }
}

/// The path as the client wrote it; as it was judged, where a site might read something else in it.
///
/// # Errors
/// When no site can be asked for what was judged.
pub(crate) fn judged_path(uri: &Uri, address: &WebAddress) -> Result<PathAndQuery, http::Error> {
    if has_dot_segments(uri.path()) {
        return Ok(PathAndQuery::try_from(address.path_and_query())?);
    }
    Ok(uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")))
}

/// Target, version and header fields as the site is to see them.
///
/// # Errors
/// When no site can be asked for what was judged.
pub(crate) fn prepare(
    parts: &mut http::request::Parts,
    address: &WebAddress,
    http2: bool,
) -> Result<(), http::Error> {
    let from_http2 = parts.version == Version::HTTP_2;
    headers::clean_request(&mut parts.headers);
    let path = judged_path(&parts.uri, address)?;
    let authority = authority(address);
    if http2 {
        parts.headers.remove(header::HOST);
        parts.uri =
            Uri::builder().scheme("https").authority(authority.as_str()).path_and_query(path).build()?;
        parts.version = Version::HTTP_2;
    } else {
        parts.headers.insert(header::HOST, HeaderValue::from_str(&authority)?);
        parts.uri = Uri::from(path);
        parts.version = Version::HTTP_11;
        if from_http2 {
            join_cookies(&mut parts.headers);
        }
    }
    Ok(())
}

/// Host and port as the site is named by.
pub(crate) fn authority(address: &WebAddress) -> String {
    if address.port == address.scheme.default_port() {
        address.host.to_string()
    } else {
        format!("{}:{}", address.host, address.port)
    }
}

/// HTTP/2 may split cookies; HTTP/1.1 has one field of them (RFC 9113, 8.2.3).
fn join_cookies(headers: &mut http::HeaderMap) {
    let cookies: Vec<&[u8]> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

impl From<SendFault> for UpstreamFault {
    fn from(fault: SendFault) -> Self {
        match fault {
            SendFault::NotSent(_) => Self::BrokeOff,
            SendFault::Failed(fault) => fault,
        }
    }
}

/// A request's body on its way to the site, counted.
#[derive(Debug)]
pub(crate) struct FromClient {
    pub(crate) inner: Upload,
    pub(crate) received: Arc<Received>,
}

impl http_body::Body for FromClient {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.received.add(frame.data_ref().map_or(0, |piece| piece.len() as u64));
            }
            Poll::Ready(Some(Err(_left))) => self.received.break_off(),
            Poll::Ready(None) | Poll::Pending => {}
        }
        // Whoever knows the length does not ask for the end.
        if matches!(polled, Poll::Ready(None)) || self.inner.is_end_stream() {
            self.received.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(written: &str, judged: WebAddress, http2: bool) -> Result<String, http::Error> {
        let (mut parts, ()) = Request::get(written).body(()).unwrap().into_parts();
        prepare(&mut parts, &judged, http2).map(|()| parts.uri.to_string())
    }

    /// Else it would be asked for a page that nobody judged.
    #[test]
    fn a_site_that_cannot_be_asked_for_what_was_judged_is_not_asked() {
        let judged = WebAddress::parse("http://a.example/b?c").unwrap();
        let odd = WebAddress { path: "/b c".to_owned(), ..judged.clone() };
        for http2 in [false, true] {
            let asked = prepared("http://a.example/x/../b?c", judged.clone(), http2).unwrap();
            assert!(asked.ends_with("/b?c"), "{asked}");
            assert!(prepared("http://a.example/x/../b?c", odd.clone(), http2).is_err());
        }
    }
}
