//! What an ICAP client asks (RFC 3507): its head, and the heads of the messages inside, from bytes.
//!
//! Owns: telling them from bytes that are none, strictly, within limits. Does not: read a socket, or know what is done.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use usher_events::event::MalformedFault;
use usher_scanners::icap::answer::{self, Parts};

use crate::guard::framing::section_end;
use crate::limits::{HEAD_BYTES, HEAD_FIELDS};

/// The longest head of ICAP itself, in bytes. Squid's have 300.
pub const LONGEST_HEAD_BYTES: usize = 16 * 1024;
/// The longest heads inside, of the request and of the answer together, in bytes.
pub const LONGEST_INNER_BYTES: usize = 2 * HEAD_BYTES;
/// The most fields of ICAP's own head. Squid sends eight.
const MOST_FIELDS: usize = 32;
/// The largest preview taken, in bytes: four times what is asked for.
pub const LARGEST_PREVIEW_BYTES: u64 = 4_096;

/// Why bytes are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A head that does not end.
    #[error("longer than any request")]
    TooLong,
    /// Not ICAP/1.0, or no head.
    #[error("not an ICAP head")]
    Head,
    /// A method nobody here knows.
    #[error("an unknown method")]
    Method,
    /// Fields that say nothing that can be.
    #[error("parts that cannot be")]
    Parts,
    /// Whose message it is, is not said: it would be the proxy's own, and so everybody's.
    #[error("no X-Client-IP, which says whose message it is")]
    Client,
    /// It ended, or stood still, before all of it was there.
    #[error("cut short")]
    Cut,
    /// The message inside is no HTTP.
    #[error("no HTTP inside")]
    Inner,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// What this server does; whether about answers or about requests.
    Options(Side),
    /// About a message.
    About {
        /// Who sent it, by the client's word.
        client: IpAddr,
        /// What follows the head: a request, or a request and the answer to it.
        parts: Parts,
    },
}

/// Which message it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A request that is to go to a site.
    Request,
    /// An answer that came from one.
    Answer,
}

/// A head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What is asked.
    pub asks: Asks,
    /// How many bytes of the body come first (4.5); none where it comes at once.
    pub preview: Option<u64>,
    /// Whether "as it was" may be said of it without a preview (4.6).
    pub allows_204: bool,
    /// Whether the connection ends after it.
    pub closes: bool,
}

/// What a head's fields say.
#[derive(Debug, Default)]
struct Fields {
    client: Option<IpAddr>,
    preview: Option<u64>,
    allows_204: bool,
    closes: bool,
    parts: Option<Parts>,
}

/// Reads a head, and says how many bytes it has. None while it is not all there.
///
/// # Errors
/// What makes it no head.
pub fn read(bytes: &[u8]) -> Result<Option<(Ask, usize)>, Fault> {
    let end = section_end(bytes, LONGEST_HEAD_BYTES).map_err(|fault| match fault {
        MalformedFault::HeadTooLarge => Fault::TooLong,
        _ => Fault::Head,
    })?;
    let Some(length) = end else { return Ok(None) };
    let mut text = bytes.get(..length).unwrap_or_default().to_vec();
    let line = text.windows(2).position(|window| window == b"\r\n").unwrap_or_default();
    // But for the protocol's name, it is what HTTP has.
    let name = line.checked_sub(8).and_then(|at| text.get_mut(at..line)).filter(|name| *name == b"ICAP/1.0");
    name.ok_or(Fault::Head)?.copy_from_slice(b"HTTP/1.0");
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(&text) {
        Ok(httparse::Status::Complete(read)) if read == length => {}
        Ok(_) | Err(_) => return Err(Fault::Head),
    }
    let path = request.path.unwrap_or_default();
    let (is_about, side) = match request.method {
        Some("OPTIONS") if path.ends_with("respmod") => (false, Side::Answer),
        Some("OPTIONS") => (false, Side::Request),
        Some("REQMOD") => (true, Side::Request),
        Some("RESPMOD") => (true, Side::Answer),
        _ => return Err(Fault::Method),
    };
    let mut said = Fields::default();
    for field in request.headers.iter() {
        take(&mut said, field)?;
    }
    let asks = if is_about { about(side, &said)? } else { Asks::Options(side) };
    let Fields { preview, allows_204, closes, .. } = said;
    Ok(Some((Ask { asks, preview, allows_204, closes }, length)))
}

fn take(said: &mut Fields, field: &httparse::Header<'_>) -> Result<(), Fault> {
    let value = std::str::from_utf8(field.value).map_err(|_odd| Fault::Head)?.trim();
    let has = |word: &str| value.split(',').any(|one| one.trim().eq_ignore_ascii_case(word));
    match field.name.to_ascii_lowercase().as_str() {
        // Said twice, it could be meant either way.
        "encapsulated" if said.parts.is_some() => return Err(Fault::Parts),
        "x-client-ip" if said.client.is_some() => return Err(Fault::Parts),
        "preview" if said.preview.is_some() => return Err(Fault::Parts),
        "encapsulated" => {
            said.parts = Some(answer::parts(value, LONGEST_INNER_BYTES).map_err(|_odd| Fault::Parts)?);
        }
        "x-client-ip" => {
            let client: IpAddr = value.parse().map_err(|_odd| Fault::Parts)?;
            said.client = Some(client.to_canonical());
        }
        "preview" => {
            let bytes = value.parse().ok().filter(|bytes| *bytes <= LARGEST_PREVIEW_BYTES);
            said.preview = Some(bytes.ok_or(Fault::Parts)?);
        }
        "allow" => said.allows_204 |= has("204"),
        "connection" => said.closes |= has("close"),
        _ => {}
    }
    Ok(())
}

/// All that must be there: a message is judged by its request, and by who sent that.
fn about(side: Side, said: &Fields) -> Result<Asks, Fault> {
    let parts = said.parts.ok_or(Fault::Parts)?;
    let answers = side == Side::Answer;
    let in_place = parts.request == Some(0) && parts.response.is_some() == answers && parts.heads > 0;
    if !in_place {
        return Err(Fault::Parts);
    }
    Ok(Asks::About { client: said.client.ok_or(Fault::Client)?, parts })
}

/// Reads the head of a request that is inside.
///
/// # Errors
/// [`Fault::Inner`].
pub fn request(bytes: &[u8]) -> Result<http::request::Parts, Fault> {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let mut read = httparse::Request::new(&mut fields);
    whole(read.parse(bytes), bytes)?;
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method =
        Method::from_bytes(read.method.unwrap_or_default().as_bytes()).map_err(|_odd| Fault::Inner)?;
    parts.uri = read.path.unwrap_or_default().parse::<Uri>().map_err(|_odd| Fault::Inner)?;
    parts.version = if read.version == Some(1) { Version::HTTP_11 } else { Version::HTTP_10 };
    parts.headers = headers(read.headers)?;
    Ok(parts)
}

/// Reads the head of an answer that is inside.
///
/// # Errors
/// [`Fault::Inner`].
pub fn response(bytes: &[u8]) -> Result<http::response::Parts, Fault> {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let mut read = httparse::Response::new(&mut fields);
    whole(read.parse(bytes), bytes)?;
    let (mut parts, ()) = Response::new(()).into_parts();
    let status = StatusCode::from_u16(read.code.unwrap_or_default()).ok();
    parts.status = status.filter(|status| !status.is_informational()).ok_or(Fault::Inner)?;
    parts.headers = headers(read.headers)?;
    Ok(parts)
}

fn whole(read: httparse::Result<usize>, bytes: &[u8]) -> Result<(), Fault> {
    match read {
        Ok(httparse::Status::Complete(read)) if read == bytes.len() => Ok(()),
        Ok(_) | Err(_) => Err(Fault::Inner),
    }
}

fn headers(fields: &[httparse::Header<'_>]) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_odd| Fault::Inner)?;
        headers.append(name, HeaderValue::from_bytes(field.value).map_err(|_odd| Fault::Inner)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ask(text: &str) -> Result<Ask, Fault> {
        read(text.as_bytes()).map(|read| read.unwrap().0)
    }

    #[test]
    fn what_squid_asks_is_read() {
        let asked = ask("RESPMOD icap://u:1344/respmod ICAP/1.0\r\nHost: u:1344\r\nEncapsulated: req-hdr=0, \
             res-hdr=137, res-body=296\r\nPreview: 1024\r\nAllow: 204\r\nX-Client-IP: ::ffff:10.0.0.14\r\n\r\n")
        .unwrap();
        assert_eq!((asked.preview, asked.allows_204), (Some(1024), true));
        let Asks::About { client, parts } = asked.asks else { panic!("{asked:?}") };
        assert_eq!(client, "10.0.0.14".parse::<IpAddr>().unwrap());
        assert_eq!((parts.request, parts.response, parts.heads, parts.body), (Some(0), Some(137), 296, true));
        let asked = ask("OPTIONS icap://u/respmod ICAP/1.0\r\nHost: u\r\nConnection: close\r\n\r\n").unwrap();
        assert_eq!((asked.asks, asked.closes), (Asks::Options(Side::Answer), true));
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused() {
        let with = |fields: &str| ask(&format!("REQMOD icap://u/ ICAP/1.0\r\n{fields}\r\n"));
        let parts = "Encapsulated: req-hdr=0, null-body=9\r\nX-Client-IP: 10.0.0.9\r\n";
        assert!(with(parts).is_ok());
        assert_eq!(with(""), Err(Fault::Parts));
        assert_eq!(with(&parts.repeat(2)), Err(Fault::Parts));
        assert_eq!(with(&format!("{parts}X-Client-IP: 10.0.0.1\r\n")), Err(Fault::Parts));
        let alone = "Encapsulated: req-hdr=0, null-body=9\r\n";
        assert_eq!(with(&alone.repeat(2)), Err(Fault::Parts));
        assert_eq!(with(&format!("{alone}X-Client-IP: pupil\r\n")), Err(Fault::Parts));
        assert_eq!(with(alone), Err(Fault::Client));
        assert_eq!(with(&format!("{parts}Preview: 99999\r\n")), Err(Fault::Parts));
        assert_eq!(with("Encapsulated: req-hdr=0, res-hdr=5, res-body=9\r\n"), Err(Fault::Parts));
        assert_eq!(with("Encapsulated: null-body=0\r\n"), Err(Fault::Parts));
        assert_eq!(with("Encapsulated: req-hdr=0, null-body=9999999\r\n"), Err(Fault::Parts));
        assert_eq!(ask("REQMOD icap://u/ HTTP/1.1\r\n\r\n"), Err(Fault::Head));
        assert_eq!(ask("DELETE icap://u/ ICAP/1.0\r\n\r\n"), Err(Fault::Method));
        assert_eq!(ask("REQMOD icap://u/ ICAP/1.0\r\nA: b\nC: d\r\n\r\n"), Err(Fault::Head));
        assert_eq!(read(b"REQMOD icap://u/ ICAP/1.0\r\n"), Ok(None));
        assert_eq!(read(&[b'a'; LONGEST_HEAD_BYTES]), Err(Fault::TooLong));
    }

    #[test]
    fn heads_inside_are_read_whole_or_not_at_all() {
        let parts = request(b"GET https://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n").unwrap();
        assert_eq!((parts.uri.to_string().as_str(), parts.headers.len()), ("https://a.example/x?y", 1));
        assert!(request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest").is_err());
        assert_eq!(response(b"HTTP/1.1 206 Partial\r\n\r\n").unwrap().status, 206);
        assert!(response(b"HTTP/1.1 100 Continue\r\n\r\n").is_err());
        assert!(response(b"ICY 200 OK\r\n\r\n").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_stop_a_reading(bytes: Vec<u8>, fields in "[a-zA-Z0-9:=, \r\n-]{0,80}") {
            drop((read(&bytes), request(&bytes), response(&bytes)));
            let begun = format!("REQMOD icap://u/ ICAP/1.0\r\n{fields}\r\n\r\n");
            if let Ok(Some((ask, length))) = read(begun.as_bytes()) {
                prop_assert!(length <= begun.len());
                let Asks::About { parts, .. } = ask.asks else { return Err(TestCaseError::fail("about nothing")) };
                prop_assert!(parts.heads <= LONGEST_INNER_BYTES);
            }
        }
    }
}
