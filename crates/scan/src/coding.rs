//! Content codings, undone as the bytes pass.
//!
//! Owns: gzip, deflate, br and zstd, alone or stacked (RFC 9110, 8.4), and the bounds on what a few bytes may become.
//! Does not: read header fields, or say what happens to an answer that cannot be decoded.

use std::io::{self, Write};
use std::time::Duration;

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use serde::{Deserialize, Serialize};

use crate::stopwatch::Stopwatch;

/// The most codings stacked on each other. One is usual, two are seen; more is an attack.
pub const MOST_CODINGS: usize = 3;
/// The most decoded bytes of one answer. Text of this size is read by nobody; machines send such files, uncompressed.
pub const MOST_DECODED_BYTES: u64 = 256 * 1_024 * 1_024;
/// The most bytes one coded byte may become, on average. Deflate cannot pass 1,032; text does not pass 100.
const GREATEST_RATIO: u64 = 1_100;
/// The longest one answer may be decoded for, counted while it is done. All that may be decoded
/// ([`MOST_DECODED_BYTES`]) takes some two seconds; a slow machine has five times that.
pub const MOST_DECODING_TIME: Duration = Duration::from_secs(10);
/// Below this no ratio is looked at: an empty form repeated is short work.
const RATIO_FREE_BYTES: u64 = 4 * 1_024 * 1_024;
/// Coded bytes decoded at a time, so that what they become (see [`GREATEST_RATIO`]) stays small.
const FED_BYTES: usize = 2 * 1_024;
/// Decoded text is given on in pieces of about this size.
const PIECE_BYTES: usize = 32 * 1_024;
/// The largest zstd window, two to this many bytes: 8 MiB, all that HTTP allows (RFC 9659, 3).
const ZSTD_WINDOW_LOG: u32 = 23;
/// Two bytes tell a zlib stream from bare deflate.
const ZLIB_HEAD_BYTES: usize = 2;

/// A coding (RFC 9110, 8.4.1; RFC 7932; RFC 8878).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// `gzip`, `x-gzip`.
    Gzip,
    /// `deflate`: zlib, or bare deflate, which some servers send.
    Deflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

/// Why an answer cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The bytes are not of their coding.
    #[error("the content is not coded as it says")]
    Broken,
    /// They would become too many.
    #[error("the content unpacks to too much")]
    Bomb,
    /// They take too long.
    #[error("the content takes too long to unpack")]
    TooLong,
    /// The coding is not known, or there are too many.
    #[error("the content has an unknown coding")]
    UnknownCoding,
}

/// The codings of a `Content-Encoding` field, in the order they were applied.
///
/// # Errors
/// [`Fault::UnknownCoding`] for one that is not known, or more than [`MOST_CODINGS`].
pub fn codings(field: &str) -> Result<Vec<Coding>, Fault> {
    let mut codings = Vec::new();
    for name in field.split(',').map(str::trim) {
        let coding = match name.to_ascii_lowercase().as_str() {
            "" | "identity" => continue,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            _ => return Err(Fault::UnknownCoding),
        };
        if codings.len() == MOST_CODINGS {
            return Err(Fault::UnknownCoding);
        }
        codings.push(coding);
    }
    Ok(codings)
}

/// Undoes codings, piece by piece.
#[derive(Debug)]
pub struct Decoder {
    /// The last coding applied comes first.
    stages: Vec<Stage>,
    coded: u64,
    decoded: u64,
    watch: Stopwatch,
    /// How long it was decoded for, without what was waited for in between.
    worked: Duration,
    fault: Option<Fault>,
}

impl Decoder {
    /// For codings in the order they were applied. The work is measured with `watch`.
    pub fn new(codings: &[Coding], watch: Stopwatch) -> Self {
        let fault = (codings.len() > MOST_CODINGS).then_some(Fault::UnknownCoding);
        let stages = codings.iter().rev().take(MOST_CODINGS).map(|coding| Stage::new(*coding)).collect();
        Self { stages, coded: 0, decoded: 0, watch, worked: Duration::ZERO, fault }
    }

    /// Decoded bytes so far.
    pub const fn decoded_bytes(&self) -> u64 {
        self.decoded
    }

    /// Decodes more bytes; `sink` gets what they become, in pieces. Nothing is held back that could be decoded.
    ///
    /// # Errors
    /// What is wrong with the bytes; the same again on every later call.
    pub fn push(&mut self, bytes: &[u8], mut sink: impl FnMut(&[u8])) -> Result<(), Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.stages.is_empty() {
            self.decoded = self.decoded.saturating_add(bytes.len() as u64);
            sink(bytes);
            return Ok(());
        }
        for fed in bytes.chunks(FED_BYTES) {
            self.coded = self.coded.saturating_add(fed.len() as u64);
            match self.feed(fed) {
                Ok(plain) => plain.chunks(PIECE_BYTES).for_each(&mut sink),
                Err(fault) => {
                    self.fault = Some(fault);
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    fn feed(&mut self, fed: &[u8]) -> Result<Vec<u8>, Fault> {
        let began = self.watch.passed();
        let by_ratio = self.coded.saturating_mul(GREATEST_RATIO).max(RATIO_FREE_BYTES);
        let room = by_ratio.min(MOST_DECODED_BYTES).saturating_sub(self.decoded);
        let mut bytes = fed.to_vec();
        for stage in &mut self.stages {
            // The inner stages are bounded alike: what they make is never more than the whole may be.
            bytes = stage.decode(&bytes, usize::try_from(room).unwrap_or(usize::MAX))?;
        }
        self.decoded = self.decoded.saturating_add(bytes.len() as u64);
        self.worked = self.worked.saturating_add(self.watch.passed().saturating_sub(began));
        if self.worked > MOST_DECODING_TIME { Err(Fault::TooLong) } else { Ok(bytes) }
    }
}

/// Takes decoded bytes until there are too many.
#[derive(Debug, Default)]
struct Gate {
    bytes: Vec<u8>,
    room: usize,
    full: bool,
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(bytes.len()) > self.room {
            self.full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One coding being undone.
enum Stage {
    Gzip(Box<MultiGzDecoder<Gate>>),
    /// Not yet known whether zlib or bare.
    Deflate(Vec<u8>),
    Zlib(Box<ZlibDecoder<Gate>>),
    Bare(Box<DeflateDecoder<Gate>>),
    Brotli(Box<DecompressorWriter<Gate>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Gate>>),
    /// The decoder could not be set up.
    Stuck,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gzip(_) => "Gzip",
            Self::Deflate(_) | Self::Zlib(_) | Self::Bare(_) => "Deflate",
            Self::Brotli(_) => "Brotli",
            Self::Zstd(_) => "Zstd",
            Self::Stuck => "Stuck",
        })
    }
}

impl Stage {
    fn new(coding: Coding) -> Self {
        match coding {
            Coding::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(Gate::default()))),
            Coding::Deflate => Self::Deflate(Vec::new()),
            Coding::Brotli => Self::Brotli(Box::new(DecompressorWriter::new(Gate::default(), PIECE_BYTES))),
            Coding::Zstd => zstd::stream::write::Decoder::new(Gate::default())
                .and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Ok(Self::Zstd(Box::new(decoder)))
                })
                .unwrap_or(Self::Stuck),
        }
    }

    fn decode(&mut self, bytes: &[u8], room: usize) -> Result<Vec<u8>, Fault> {
        let mut held = Vec::new();
        let bytes = match self {
            Self::Deflate(head) => {
                head.extend_from_slice(bytes);
                if head.len() < ZLIB_HEAD_BYTES {
                    return Ok(Vec::new());
                }
                held.append(head);
                *self = if is_zlib(&held) {
                    Self::Zlib(Box::new(ZlibDecoder::new(Gate::default())))
                } else {
                    Self::Bare(Box::new(DeflateDecoder::new(Gate::default())))
                };
                held.as_slice()
            }
            _ => bytes,
        };
        match self {
            Self::Gzip(decoder) => run(decoder.as_mut(), MultiGzDecoder::get_mut, bytes, room),
            Self::Zlib(decoder) => run(decoder.as_mut(), ZlibDecoder::get_mut, bytes, room),
            Self::Bare(decoder) => run(decoder.as_mut(), DeflateDecoder::get_mut, bytes, room),
            Self::Brotli(decoder) => run(decoder.as_mut(), |decoder| decoder.get_mut(), bytes, room),
            Self::Zstd(decoder) => run(decoder.as_mut(), |decoder| decoder.get_mut(), bytes, room),
            Self::Deflate(_) | Self::Stuck => Err(Fault::Broken),
        }
    }
}

/// RFC 1950, 2.2: method 8, and a check over both bytes.
fn is_zlib(head: &[u8]) -> bool {
    match head {
        [method, flags, ..] => method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0,
        _ => false,
    }
}

fn run<W: Write>(
    decoder: &mut W,
    gate: impl Fn(&mut W) -> &mut Gate,
    bytes: &[u8],
    room: usize,
) -> Result<Vec<u8>, Fault> {
    gate(decoder).room = room;
    let done = write_until_end(decoder, bytes).and_then(|()| decoder.flush());
    let gate = gate(decoder);
    match done {
        Ok(()) => Ok(std::mem::take(&mut gate.bytes)),
        Err(_) if gate.full => Err(Fault::Bomb),
        Err(_) => Err(Fault::Broken),
    }
}

/// Like `write_all`, but bytes behind the end of a stream are let go: servers pad.
fn write_until_end(decoder: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match decoder.write(bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
