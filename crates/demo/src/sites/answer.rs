//! Answers of the sites: what was asked, what is said, and the parts of HTTP all sites share: entity tags, ranges,
//! compression on request.

use std::io;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, RANGE, SET_COOKIE, VARY,
};
use http::{Method, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use usher_types::digest::Digest;

use crate::sites::compress;
use crate::sites::files::generated;

/// A body on its way out.
pub(super) type Body = BoxBody<Bytes, io::Error>;

/// Text shorter than this is sent as it is: compressing it saves nothing.
const SHORTEST_COMPRESSED_BYTES: usize = 256;

/// Bytes of generated content sent at a time.
const PIECE_BYTES: u64 = 64 * 1024;

/// What somebody asks of a site.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) path: String,
    /// What follows the `?`, decoded, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// The body, for forms; cut at [`crate::sites::serve::MOST_BODY_BYTES`].
    pub(super) body: Bytes,
    /// Whether it came over TLS.
    pub(super) secure: bool,
}

impl Ask {
    /// A parameter of the query; empty when it is not there.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A parameter that is a number, no larger than `most`.
    pub(super) fn number(&self, name: &str, usual: u64, most: u64) -> u64 {
        self.parameter(name).parse().unwrap_or(usual).min(most)
    }

    fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether the visitor has a cookie of this name.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header(&http::header::COOKIE).split(';');
        cookies
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// What an answer carries.
pub(super) enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// This many bytes, made as they are sent.
    Generated(u64),
    /// Pieces that come when they come.
    Stream(Body),
}

/// An answer in the making.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
}

impl Reply {
    /// A reply of this media type.
    pub(super) fn new(status: StatusCode, media: &'static str, content: Content) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        Self { status, headers, content }
    }

    /// A page.
    pub(super) fn html(text: String) -> Self {
        Self::new(StatusCode::OK, "text/html; charset=utf-8", Content::Bytes(text.into()))
    }

    /// A file that does not change and may be kept for a day.
    pub(super) fn file(media: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, media, Content::Bytes(bytes.into()))
            .with(CACHE_CONTROL, "public, max-age=86400")
    }

    /// Sends the visitor elsewhere.
    pub(super) fn redirect(status: StatusCode, to: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", Content::Bytes(Bytes::new())).with(LOCATION, to)
    }

    /// This reply and one more header field; an odd value is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// This reply with another status.
    pub(super) const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// This reply and a cookie for a week.
    pub(super) fn cookie(self, name: &str, value: &str) -> Self {
        self.with(SET_COOKIE, &format!("{name}={value}; Path=/; Max-Age=604800; SameSite=Lax"))
    }
}

/// The answer as it goes out: an unchanged page is not sent again, a range is cut, text is compressed where wanted.
pub(super) fn finish(ask: &Ask, reply: Reply) -> Response<Body> {
    let Reply { status, mut headers, content } = reply;
    let plain = ask.method == Method::GET && status == StatusCode::OK;
    let content = match content {
        Content::Bytes(bytes) => bytes,
        Content::Generated(length) => {
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            let whole = Span { first: 0, last: length.saturating_sub(1), length };
            return match range(ask, length).filter(|_| plain) {
                Some(Some(span)) => partial(headers, span, generate(span)),
                Some(None) => unsatisfiable(headers, length),
                None => {
                    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
                    respond(status, headers, generate(whole))
                }
            };
        }
        Content::Stream(body) => return respond(status, headers, body),
    };
    if !plain {
        return respond(status, headers, full(content));
    }
    let tag = format!("\"{}\"", Digest::of(&content).short());
    set(&mut headers, ETAG, &tag);
    if ask.header(&IF_NONE_MATCH).split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return respond(StatusCode::NOT_MODIFIED, headers, full(Bytes::new()));
    }
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let length = u64::try_from(content.len()).unwrap_or(0);
    match range(ask, length) {
        Some(Some(span)) => {
            let piece = content.slice(span.first_place()..span.end_place());
            return partial(headers, span, full(piece));
        }
        Some(None) => return unsatisfiable(headers, length),
        None => {}
    }
    let content = encode(ask, &mut headers, content);
    respond(status, headers, full(content))
}

fn encode(ask: &Ask, headers: &mut HeaderMap, content: Bytes) -> Bytes {
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let is_text = ["text/", "application/json", "image/svg"].iter().any(|kind| media.starts_with(kind));
    if !is_text || content.len() < SHORTEST_COMPRESSED_BYTES {
        return content;
    }
    set(headers, VARY, "accept-encoding");
    let wanted = ask.header(&ACCEPT_ENCODING);
    let wants = |coding: &str| {
        wanted.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == coding))
    };
    if wants("br") {
        set(headers, CONTENT_ENCODING, "br");
        compress::brotli_stored(&content).into()
    } else if wants("gzip") {
        set(headers, CONTENT_ENCODING, "gzip");
        compress::gzip(&content).into()
    } else {
        content
    }
}

/// The bytes from `first` to `last`, both included, of `length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: u64,
    last: u64,
    length: u64,
}

impl Span {
    fn first_place(self) -> usize {
        usize::try_from(self.first).unwrap_or(0)
    }

    fn end_place(self) -> usize {
        usize::try_from(self.last + 1).unwrap_or(0)
    }
}

/// The one range asked for (RFC 9110, 14.1.2): none asked, one that can be given, or one that cannot. Several at once
/// count as none.
fn range(ask: &Ask, length: u64) -> Option<Option<Span>> {
    let wanted = ask.header(&RANGE).strip_prefix("bytes=")?;
    let (from, to) = wanted.split_once('-').filter(|_| !wanted.contains(','))?;
    let span = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.min(length.saturating_sub(1))),
        (Ok(first), Err(_)) if to.is_empty() => (first, length.saturating_sub(1)),
        (Err(_), Ok(count)) if from.is_empty() && count > 0 => {
            (length.saturating_sub(count), length.saturating_sub(1))
        }
        _ => return None,
    };
    let (first, last) = span;
    Some((first <= last && first < length).then_some(Span { first, last, length }))
}

fn partial(mut headers: HeaderMap, span: Span, body: Body) -> Response<Body> {
    set(&mut headers, CONTENT_RANGE, &format!("bytes {}-{}/{}", span.first, span.last, span.length));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(span.last - span.first + 1));
    respond(StatusCode::PARTIAL_CONTENT, headers, body)
}

fn unsatisfiable(mut headers: HeaderMap, length: u64) -> Response<Body> {
    set(&mut headers, CONTENT_RANGE, &format!("bytes */{length}"));
    respond(StatusCode::RANGE_NOT_SATISFIABLE, headers, full(Bytes::new()))
}

fn generate(span: Span) -> Body {
    let pieces = stream::unfold(span.first, move |at| async move {
        let end = at.saturating_add(PIECE_BYTES).min(span.last + 1);
        (at < end).then(|| (Ok(Frame::data(generated(at, end))), end))
    });
    BodyExt::boxed(StreamBody::new(pieces))
}

/// A body of these bytes.
pub(super) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// A body of pieces that come one after another.
pub(super) fn pieces<S>(stream: S) -> Body
where
    S: stream::Stream<Item = io::Result<Bytes>> + Send + Sync + 'static,
{
    BodyExt::boxed(StreamBody::new(stream.map(|piece| piece.map(Frame::data))))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(name: HeaderName, value: &'static str) -> Ask {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let (method, path, query) = (Method::GET, "/".to_owned(), vec![]);
        Ask { method, path, query, headers, body: Bytes::new(), secure: true }
    }

    #[test]
    fn ranges_are_read_as_written() {
        let read =
            |value| range(&ask(RANGE, value), 100).map(|span| span.map(|span| (span.first, span.last)));
        assert_eq!(read("bytes=0-9"), Some(Some((0, 9))));
        assert_eq!(read("bytes=90-"), Some(Some((90, 99))));
        assert_eq!(read("bytes=-5"), Some(Some((95, 99))));
        assert_eq!(read("bytes=50-400"), Some(Some((50, 99))));
        assert_eq!(read("bytes=100-"), Some(None));
        assert_eq!(read("bytes=9-1"), Some(None));
        for odd in ["bytes=", "bytes=a-b", "lines=1-2", "bytes=1-2,4-5"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn text_is_compressed_for_those_who_ask() {
        let text = Bytes::from("the same words again and again ".repeat(30));
        let encoded = |accept| {
            let reply = Reply::file("text/html; charset=utf-8", text.clone());
            let response = finish(&ask(ACCEPT_ENCODING, accept), reply);
            response.headers().get(CONTENT_ENCODING).map(|coding| coding.to_str().unwrap().to_owned())
        };
        assert_eq!(encoded("gzip, br;q=0.9").as_deref(), Some("br"));
        assert_eq!(encoded("gzip").as_deref(), Some("gzip"));
        assert_eq!(encoded("identity"), None);
    }
}
