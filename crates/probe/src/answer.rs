//! Answers as they come: their head, who gave them, and where the next one begins.

use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Longer than any gateway takes to say no; sites may take longer, and then the case says that nothing came.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(20);
/// The longest head and body read. What counts of an answer is its head.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Header fields of an answer.
const FIELDS: usize = 128;

/// Who gave an answer, as it says itself (RFC 9209).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The gateway, which shut it.
    Denied,
    /// The gateway, which would not read the request.
    NotRead,
    /// The gateway, which went to the site and got no answer.
    Unreachable,
    /// The gateway, which wants to know who asks.
    Credentials,
    /// The gateway, which serves nobody now.
    Down,
    /// The gateway: one of its own pages.
    OwnPage,
    /// Somebody behind the gateway.
    Site,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Whose it is.
    pub(crate) by: By,
    /// Whether it offers another way to the site (RFC 7838).
    pub(crate) offers: bool,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: &HeaderMap) -> Self {
        let said = headers.get_all("proxy-status").iter().filter_map(|value| value.to_str().ok());
        let ours = said.flat_map(|line| line.split(',')).map(str::trim).find(|item| {
            item.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("usher"))
        });
        let error = ours.map(|item| item.split("error=").nth(1).unwrap_or_default());
        let by = match (error, status) {
            (None, _) => By::Site,
            (Some("http_request_denied"), 407) => By::Credentials,
            (Some("http_request_denied"), _) => By::Denied,
            (Some("http_request_error"), _) => By::NotRead,
            (Some("destination_unavailable" | "connection_timeout"), _) => By::Unreachable,
            (Some("proxy_internal_error"), _) => By::Down,
            (Some(_), _) => By::OwnPage,
        };
        Self { status, by, offers: headers.contains_key("alt-svc") }
    }
}

/// What a connection gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// An answer.
    Answer(Answer),
    /// Bytes that are no answer of HTTP.
    Bytes,
    /// Its end.
    End,
    /// Nothing in time, or nothing after what could not be read to its end.
    Nothing,
}

/// Answers on a connection, one after the other.
#[derive(Debug)]
pub(crate) struct Answers<S> {
    stream: S,
    read: BytesMut,
    /// Where the body ends of an answer whose head was read last.
    body: Option<Body>,
}

impl<S: AsyncRead + Unpin> Answers<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, read: BytesMut::new(), body: None }
    }

    /// The connection, where nothing was read beyond the answers asked for.
    pub(crate) fn into_inner(self) -> Option<S> {
        self.read.is_empty().then_some(self.stream)
    }

    /// The answer with this number from here on; what comes instead where there is none.
    pub(crate) async fn number(&mut self, number: usize) -> Read {
        for _earlier in 1..number {
            match self.next(true).await {
                Read::Answer(_) => {}
                other => return other,
            }
        }
        self.next(false).await
    }

    /// The next answer with its body as text; none where it is no answer, or has no end in time.
    pub(crate) async fn page(&mut self) -> Option<(Answer, String)> {
        let reading = async {
            let Read::Answer(answer) = self.next_in_time(false).await else { return None };
            let body = self.body.take()?;
            let mut text = Vec::new();
            match body {
                Body::Length(length) => self.take(length, &mut text).await.then_some(())?,
                Body::Chunked => self.take_chunks(&mut text).await.then_some(())?,
                Body::ToTheEnd => {
                    while self.read.len() <= ANSWER_BYTES && self.more().await {}
                    text.extend_from_slice(&self.read);
                }
            }
            Some((answer, String::from_utf8_lossy(&text).into_owned()))
        };
        tokio::time::timeout(ANSWER_TIME, reading).await.ok().flatten()
    }

    async fn take(&mut self, count: usize, into: &mut Vec<u8>) -> bool {
        while self.read.len() < count {
            if count > ANSWER_BYTES || !self.more().await {
                return false;
            }
        }
        into.extend_from_slice(&self.read.split_to(count));
        true
    }

    async fn take_chunks(&mut self, into: &mut Vec<u8>) -> bool {
        while let Some(size) = self.chunk_size().await {
            if size == 0 {
                return true;
            }
            if into.len() > ANSWER_BYTES || !self.take(size, into).await || !self.skip_bytes(2).await {
                return false;
            }
        }
        false
    }

    async fn next(&mut self, whole: bool) -> Read {
        match tokio::time::timeout(ANSWER_TIME, self.next_in_time(whole)).await {
            Ok(read) => read,
            Err(_late) => Read::Nothing,
        }
    }

    async fn next_in_time(&mut self, whole: bool) -> Read {
        loop {
            match head(&self.read) {
                Some(Ok(found)) => {
                    self.read.advance(found.length);
                    if found.interim {
                        continue;
                    }
                    if !whole {
                        self.body = Some(found.body);
                        return Read::Answer(found.answer);
                    }
                    return if self.skip(found.body).await {
                        Read::Answer(found.answer)
                    } else {
                        // Whether another would have come is not known.
                        Read::Nothing
                    };
                }
                Some(Err(())) => return Read::Bytes,
                None if self.read.len() > ANSWER_BYTES => return Read::Bytes,
                None => {}
            }
            if !self.more().await {
                return if self.read.is_empty() { Read::End } else { Read::Bytes };
            }
        }
    }

    async fn more(&mut self) -> bool {
        matches!(self.stream.read_buf(&mut self.read).await, Ok(count) if count > 0)
    }

    /// Leaves a body behind; says whether another answer may follow.
    async fn skip(&mut self, body: Body) -> bool {
        match body {
            Body::Length(length) => self.skip_bytes(length).await,
            Body::Chunked => loop {
                let Some(size) = self.chunk_size().await else { return false };
                let Some(with_its_end) = size.checked_add(2) else { return false };
                if !self.skip_bytes(with_its_end).await {
                    return false;
                }
                if size == 0 {
                    return true;
                }
            },
            Body::ToTheEnd => false,
        }
    }

    async fn skip_bytes(&mut self, count: usize) -> bool {
        while self.read.len() < count {
            if count > ANSWER_BYTES || !self.more().await {
                return false;
            }
        }
        self.read.advance(count);
        true
    }

    async fn chunk_size(&mut self) -> Option<usize> {
        loop {
            if let Some(end) = self.read.iter().position(|&byte| byte == b'\n') {
                let line = self.read.split_to(end + 1);
                let text = std::str::from_utf8(&line).ok()?;
                return usize::from_str_radix(text.split(';').next()?.trim(), 16).ok();
            }
            if !self.more().await {
                return None;
            }
        }
    }
}

/// Where a body ends.
#[derive(Debug)]
enum Body {
    Length(usize),
    Chunked,
    ToTheEnd,
}

struct Head {
    length: usize,
    answer: Answer,
    body: Body,
    /// Whether the answer proper is still to come.
    interim: bool,
}

/// Reads a head; `None` while it is not whole, an error where it is none.
fn head(bytes: &[u8]) -> Option<Result<Head, ()>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return None,
        Err(_odd) => return Some(Err(())),
    };
    let status = response.code.unwrap_or_default();
    let headers: HeaderMap = response
        .headers
        .iter()
        .filter_map(|field| {
            let name = field.name.parse::<http::HeaderName>().ok()?;
            Some((name, http::HeaderValue::from_bytes(field.value).ok()?))
        })
        .collect();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let body = match (text("transfer-encoding"), text("content-length")) {
        (Some(_), _) => Body::Chunked,
        (None, Some(length)) => Body::Length(length.parse().unwrap_or(usize::MAX)),
        (None, None) if matches!(status, 100..=199 | 204 | 304) => Body::Length(0),
        (None, None) => Body::ToTheEnd,
    };
    let interim = (100..=199).contains(&status) && status != 101;
    Some(Ok(Head { length, answer: Answer::new(status, &headers), body, interim }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8], number: usize) -> Read {
        Answers::new(bytes).number(number).await
    }

    const DENIED: &str = "HTTP/1.1 403 Forbidden\r\nProxy-Status: usher; error=http_request_denied\r\nContent-Length: 2\r\n\r\nno";

    #[tokio::test]
    async fn an_answer_says_whose_it_is() {
        let by = |status: u16, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("proxy-status", value.parse().unwrap());
            Answer::new(status, &headers).by
        };
        assert_eq!(by(403, "usher; error=http_request_denied"), By::Denied);
        assert_eq!(by(400, "edge.example, usher; error=http_request_error"), By::NotRead);
        assert_eq!(by(502, "usher; error=destination_unavailable"), By::Unreachable);
        assert_eq!(by(407, "usher; error=http_request_denied"), By::Credentials);
        assert_eq!(by(200, "usher"), By::OwnPage);
        assert_eq!(by(403, "usherette; error=http_request_denied"), By::Site);
        assert_eq!(Answer::new(403, &HeaderMap::new()).by, By::Site);
    }

    #[tokio::test]
    async fn the_answer_that_counts_is_found_behind_others() {
        let denied = Answer { status: 403, by: By::Denied, offers: false };
        for first in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ] {
            assert_eq!(read(format!("{first}{DENIED}").as_bytes(), 2).await, Read::Answer(denied), "{first}");
        }
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n\r\neverything", 2).await, Read::Nothing);
        let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello";
        assert_eq!(read(endless.as_bytes(), 2).await, Read::Nothing);
        for whole in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nhello",
        ] {
            let (answer, text) = Answers::new(whole.as_bytes()).page().await.unwrap();
            assert_eq!((answer.status, text.as_str()), (200, "hello"), "{whole}");
        }
        assert_eq!(
            Answers::new(&b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"[..]).page().await,
            None
        );
        assert_eq!(read(b"", 1).await, Read::End);
        assert_eq!(read(b"SSH-2.0-x\r\n", 1).await, Read::Bytes);
    }
}
