//! Keeping the first bytes of a page to read its title from, decoded when the page has passed.

use std::io::Read;

use bytes::Bytes;
use http::{HeaderMap, header};
use usher_scan::title::{LOOKED_AT_BYTES, title};

use crate::limits::TITLE_BYTES;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The first bytes of a page.
#[derive(Debug)]
pub(crate) struct TitleCapture {
    coding: Coding,
    charset: Option<String>,
    pieces: Vec<Bytes>,
    length: usize,
}

impl TitleCapture {
    /// A capture for an answer with these header fields, if it is a page whose title could be read.
    pub(crate) fn for_answer(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE)?;
        if !kind.trim_start().to_ascii_lowercase().starts_with("text/html") {
            return None;
        }
        let coding = match text(header::CONTENT_ENCODING).map(str::trim) {
            None | Some("" | "identity") => Coding::Plain,
            Some("gzip" | "x-gzip") => Coding::Gzip,
            Some("deflate") => Coding::Deflate,
            Some("br") => Coding::Brotli,
            Some("zstd") => Coding::Zstd,
            Some(_) => return None,
        };
        let charset = kind.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
        });
        Some(Self { coding, charset, pieces: Vec::new(), length: 0 })
    }

    /// More of the page passed. Kept without copying, until there is enough.
    pub(crate) fn pass(&mut self, piece: &Bytes) {
        if self.length < TITLE_BYTES {
            self.length += piece.len();
            self.pieces.push(piece.clone());
        }
    }

    /// The title, if it stands in what was kept.
    pub(crate) fn title(self) -> Option<String> {
        let bytes: Vec<u8> =
            self.pieces.iter().flat_map(|piece| piece.iter().copied()).take(TITLE_BYTES).collect();
        let page = match self.coding {
            Coding::Plain => bytes,
            Coding::Gzip => first(flate2::read::MultiGzDecoder::new(bytes.as_slice())),
            // Some servers mean zlib, some bare deflate; a zlib stream begins with 0x78 or the like.
            Coding::Deflate if bytes.first().is_some_and(|byte| byte & 0x0f == 8) => {
                first(flate2::read::ZlibDecoder::new(bytes.as_slice()))
            }
            Coding::Deflate => first(flate2::read::DeflateDecoder::new(bytes.as_slice())),
            Coding::Brotli => first(brotli_decompressor::Decompressor::new(bytes.as_slice(), 4096)),
            Coding::Zstd => zstd::stream::read::Decoder::new(bytes.as_slice()).map(first).unwrap_or_default(),
        };
        title(&page, self.charset.as_deref())
    }
}

/// What can be decoded of a stream that is cut off somewhere, and no more than is looked at: a bomb stays small.
fn first(mut decoder: impl Read) -> Vec<u8> {
    let mut page = vec![0_u8; LOOKED_AT_BYTES];
    let mut length = 0;
    while let Some(rest) = page.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match decoder.read(rest) {
            Ok(0) | Err(_) => break,
            Ok(count) => length += count,
        }
    }
    page.truncate(length);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn captured(kind: &str, coding: Option<&str>, body: &[u8]) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        }
        let mut capture = TitleCapture::for_answer(&headers)?;
        for piece in body.chunks(7) {
            capture.pass(&Bytes::copy_from_slice(piece));
        }
        capture.title()
    }

    #[test]
    fn titles_are_read_through_every_coding_browsers_ask_for() {
        let page = format!("<title>Volcanoes</title>{}", "lava ".repeat(50_000));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(page.as_bytes()).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(page.as_bytes()).unwrap();
        let zstd = zstd::encode_all(page.as_bytes(), 1).unwrap();
        for (coding, body) in [
            (None, page.clone().into_bytes()),
            (Some("gzip"), gzip.finish().unwrap()),
            (Some("deflate"), zlib.finish().unwrap()),
            (Some("zstd"), zstd),
        ] {
            assert_eq!(
                captured("text/html; charset=utf-8", coding, &body).as_deref(),
                Some("Volcanoes"),
                "{coding:?}"
            );
        }
        assert_eq!(captured("image/png", None, b"<title>x</title>"), None);
        assert_eq!(captured("text/html", Some("gzip"), b"broken"), None);
        assert_eq!(captured("text/html", Some("unknown"), b"<title>x</title>"), None);
    }
}
