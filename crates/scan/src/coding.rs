//! Content codings, undone as the bytes pass.
//!
//! Owns: gzip, deflate, br and zstd, alone or stacked (RFC 9110, 8.4), and the bounds on what a few bytes may become.
//! Does not: read header fields, or say what happens to an answer that cannot be decoded.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use serde::{Deserialize, Serialize};

/// The most codings stacked on each other. One is usual, two are seen; more is an attack.
pub const MOST_CODINGS: usize = 3;
/// The most decoded bytes of one answer. Text of this size is read by nobody; machines send such files, uncompressed.
pub const MOST_DECODED_BYTES: u64 = 256 * 1_024 * 1_024;
/// The most bytes one coded byte may become, on average. Deflate cannot pass 1,032; text does not pass 100.
const GREATEST_RATIO: u64 = 1_100;
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
    fault: Option<Fault>,
}

impl Decoder {
    /// For codings in the order they were applied.
    pub fn new(codings: &[Coding]) -> Self {
        let fault = (codings.len() > MOST_CODINGS).then_some(Fault::UnknownCoding);
        let stages = codings.iter().rev().take(MOST_CODINGS).map(|coding| Stage::new(*coding)).collect();
        Self { stages, coded: 0, decoded: 0, fault }
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
            if let Err(fault) = self.feed(fed, &mut sink) {
                self.fault = Some(fault);
                return Err(fault);
            }
        }
        Ok(())
    }

    fn feed(&mut self, fed: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
        let by_ratio = self.coded.saturating_mul(GREATEST_RATIO).max(RATIO_FREE_BYTES);
        let room = by_ratio.min(MOST_DECODED_BYTES).saturating_sub(self.decoded);
        let mut bytes = fed.to_vec();
        for stage in &mut self.stages {
            // The inner stages are bounded alike: what they make is never more than the whole may be.
            bytes = stage.decode(&bytes, usize::try_from(room).unwrap_or(usize::MAX))?;
        }
        self.decoded = self.decoded.saturating_add(bytes.len() as u64);
        bytes.chunks(PIECE_BYTES).for_each(sink);
        Ok(())
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
mod tests {
    use super::*;
    use flate2::Compression;
    use proptest::prelude::*;

    fn coded(coding: Coding, bytes: &[u8], bare: bool) -> Vec<u8> {
        match coding {
            Coding::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Deflate if bare => {
                let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Deflate => {
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Zstd => zstd::encode_all(bytes, 1).unwrap(),
            // There is no encoder among our crates: one uncompressed block (RFC 7932, 9.2), up to 65,536 bytes.
            Coding::Brotli => {
                assert!((1..=65_536).contains(&bytes.len()));
                // Window of 16 bits (one zero bit), not last, four nibbles of length, uncompressed; then the last
                // empty block.
                let length = u32::try_from(bytes.len() - 1).unwrap();
                let head = (length << 4) | (1 << 20);
                let mut out = head.to_le_bytes()[..3].to_vec();
                out.extend_from_slice(bytes);
                out.push(3);
                out
            }
        }
    }

    fn decoded(codings: &[Coding], bytes: &[u8], step: usize) -> (Vec<u8>, Result<(), Fault>) {
        let mut decoder = Decoder::new(codings);
        let mut out = Vec::new();
        for piece in bytes.chunks(step) {
            if let Err(fault) = decoder.push(piece, |piece| out.extend_from_slice(piece)) {
                return (out, Err(fault));
            }
        }
        (out, Ok(()))
    }

    const ALL: [Coding; 4] = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

    #[test]
    fn every_coding_comes_off_in_pieces_of_any_size() {
        let text = "A page about volcanoes. ".repeat(300).into_bytes();
        for coding in ALL {
            for bare in [false, true] {
                let bytes = coded(coding, &text, bare);
                for step in [1, 7, 5_000, bytes.len()] {
                    assert_eq!(decoded(&[coding], &bytes, step), (text.clone(), Ok(())), "{coding:?} {step}");
                }
            }
        }
    }

    #[test]
    fn stacked_codings_and_several_members() {
        let text = b"volcanoes".repeat(50);
        let twice = coded(Coding::Brotli, &coded(Coding::Gzip, &text, false), false);
        assert_eq!(decoded(&codings("gzip, br").unwrap(), &twice, 3), (text.clone(), Ok(())));
        let members = [coded(Coding::Gzip, &text, false), coded(Coding::Gzip, &text, false)].concat();
        assert_eq!(decoded(&[Coding::Gzip], &members, 11), (text.repeat(2), Ok(())));
    }

    #[test]
    fn what_is_cut_off_gives_what_there_is() {
        let text = "A page about volcanoes. ".repeat(300).into_bytes();
        for coding in ALL {
            let bytes = coded(coding, &text, false);
            let (out, result) = decoded(&[coding], &bytes[..bytes.len() - 9], 13);
            assert_eq!(result, Ok(()), "{coding:?}");
            assert!(text.starts_with(&out));
        }
    }

    #[test]
    fn bombs_and_broken_bytes_are_told_apart() {
        let zeros = vec![0; 64 * 1_024 * 1_024];
        let bomb = coded(Coding::Zstd, &zeros, false);
        let (out, result) = decoded(&[Coding::Zstd], &bomb, bomb.len());
        assert_eq!(result, Err(Fault::Bomb));
        assert!(out.len() as u64 <= RATIO_FREE_BYTES.max(bomb.len() as u64 * GREATEST_RATIO));
        for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
            assert_eq!(decoded(&[coding], b"no such thing at all", 5).1, Err(Fault::Broken), "{coding:?}");
        }
        assert_eq!(codings("gzip, rot13"), Err(Fault::UnknownCoding));
        assert_eq!(codings("gzip,gzip,gzip,gzip"), Err(Fault::UnknownCoding));
        assert_eq!(codings("identity"), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, step in 1_usize..50) {
            for coding in ALL {
                let (out, _) = decoded(&[coding], &bytes, step);
                prop_assert!(out.len() as u64 <= RATIO_FREE_BYTES);
            }
        }
    }
}
