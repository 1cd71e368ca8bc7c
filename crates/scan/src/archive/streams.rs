//! One stream after another: gzip, bzip2, xz, LZMA, Zstandard, and the archives that are read front to back: tar, cpio,
//! `ar`.
//!
//! Owns: decoding streams and stepping through these formats. Does not: unpack sparse files' holes as data of their own.

use std::io::{self, BufReader, Cursor, Read};

use liblzma::bufread::XzDecoder;
use liblzma::stream::Stream;

use super::{ReadSeek, Stopped, Walk, joined};
use crate::kind::{Kind, LOOKED_AT_BYTES, sniff};

/// The longest member name read; PATH_MAX is 4,096.
const LONGEST_NAME_BYTES: u64 = 4_096;

/// Decodes a compressed stream. A tar in it is read as it comes, so that its length does not matter.
pub(super) fn compressed(
    walk: &mut Walk<'_>,
    kind: Kind,
    input: &mut dyn ReadSeek,
    length: u64,
    path: &str,
    depth: u8,
) {
    let budget = walk.budget.clone();
    match decoder(kind, BufReader::new(input), walk.limits.window_bytes) {
        Ok(decoder) => decoded(walk, &mut budget.metered(decoder, length), path, depth),
        Err(_) => walk.stop(Stopped::Broken),
    }
}

/// A decoder for a stream of this kind.
pub(super) fn decoder<'r>(
    kind: Kind,
    input: impl io::BufRead + 'r,
    window_bytes: u64,
) -> io::Result<Box<dyn Read + 'r>> {
    // The window is most of what a decoder takes; its tables are some hundred kilobytes more.
    let memory_bytes = window_bytes.saturating_add(1 << 20);
    Ok(match kind {
        Kind::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Kind::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Kind::Xz => {
            let stream = Stream::new_stream_decoder(memory_bytes, liblzma::stream::CONCATENATED)?;
            Box::new(XzDecoder::new_stream(input, stream))
        }
        Kind::Lzma => Box::new(XzDecoder::new_stream(input, Stream::new_lzma_decoder(memory_bytes)?)),
        Kind::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            decoder.window_log_max(window_bytes.max(1).ilog2().clamp(10, 27))?;
            Box::new(decoder)
        }
        _ => return Err(io::Error::new(io::ErrorKind::Unsupported, "no compressed stream")),
    })
}

fn decoded(walk: &mut Walk<'_>, stream: &mut dyn Read, path: &str, depth: u8) {
    let mut head = Vec::new();
    let limit = u64::try_from(LOOKED_AT_BYTES).unwrap_or(u64::MAX);
    let failed = Read::take(&mut *stream, limit).read_to_end(&mut head).is_err();
    if failed && head.is_empty() {
        return walk.broken();
    }
    let is_tar = sniff(&head) == Kind::Tar;
    let mut whole = Cursor::new(head).chain(stream);
    if is_tar && depth.saturating_add(1) < walk.limits.depth {
        tar(walk, &mut whole, path, depth);
    } else {
        walk.member(&stem(path), &mut whole, depth);
    }
}

/// The name without the ending that a compressor added.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or("");
    let inner = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => match ending.to_ascii_lowercase().as_str() {
            "tgz" | "tbz" | "tbz2" | "txz" | "tzst" => format!("{stem}.tar"),
            "svgz" => format!("{stem}.svg"),
            "gz" | "bz2" | "xz" | "zst" | "lzma" | "z" => stem.to_owned(),
            _ => "content".to_owned(),
        },
        _ => "content".to_owned(),
    };
    joined(path, &inner)
}

/// Steps through a tar.
pub(super) fn tar(walk: &mut Walk<'_>, input: &mut dyn Read, path: &str, depth: u8) {
    let mut archive = tar::Archive::new(input);
    let Ok(entries) = archive.entries() else { return walk.stop(Stopped::Broken) };
    for entry in entries {
        if walk.halted() {
            return;
        }
        let Ok(mut entry) = entry else {
            if !walk.halted() {
                walk.stop(Stopped::Broken);
            }
            return;
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_file = entry.header().entry_type();
        if is_file.is_file() || is_file.is_contiguous() || is_file.is_gnu_sparse() || entry.size() > 0 {
            walk.member(&joined(path, &name), &mut entry, depth);
        }
    }
}

/// Steps through a cpio of any of its four forms.
pub(super) fn cpio(walk: &mut Walk<'_>, input: &mut dyn Read, path: &str, depth: u8) {
    loop {
        if walk.halted() {
            return;
        }
        match cpio_header(input) {
            Ok(header) if header.name == "TRAILER!!!" => return,
            Ok(header) => {
                if header.size > 0 && header.mode & 0o170_000 != 0o040_000 {
                    walk.member(
                        &joined(path, &header.name),
                        &mut Read::take(&mut *input, header.size),
                        depth,
                    );
                    // A member too large to hold was read in part only; the next header stands behind the rest.
                    if header.size > walk.limits.member_bytes {
                        return walk.stop(Stopped::TooLarge);
                    }
                } else if skip(input, header.size).is_err() {
                    return walk.stop(Stopped::Broken);
                }
                if skip(input, header.padding).is_err() {
                    return walk.stop(Stopped::Broken);
                }
            }
            Err(_) => return walk.stop(Stopped::Broken),
        }
    }
}

struct CpioHeader {
    name: String,
    mode: u64,
    size: u64,
    padding: u64,
}

fn cpio_header(input: &mut dyn Read) -> io::Result<CpioHeader> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let mut magic = [0; 6];
    input.read_exact(&mut magic)?;
    let (mode, name_bytes, size, header_bytes, align) = match &magic {
        b"070701" | b"070702" => {
            let fields = text(input, 104)?;
            let field = |at: usize| {
                fields
                    .get(at * 8..at * 8 + 8)
                    .and_then(|hex| u64::from_str_radix(hex, 16).ok())
                    .ok_or_else(broken)
            };
            (field(1)?, field(11)?, field(6)?, 110, 4)
        }
        b"070707" => {
            let fields = text(input, 70)?;
            let field = |at: usize, length: usize| {
                fields
                    .get(at..at + length)
                    .and_then(|octal| u64::from_str_radix(octal, 8).ok())
                    .ok_or_else(broken)
            };
            (field(12, 6)?, field(53, 6)?, field(59, 11)?, 76, 1)
        }
        [0xc7, 0x71, ..] | [0x71, 0xc7, ..] => {
            let mut rest = [0; 20];
            input.read_exact(&mut rest)?;
            let little = magic.first() == Some(&0xc7);
            let header = [magic.as_slice(), rest.as_slice()].concat();
            let word = |at: usize| {
                let two: [u8; 2] = header.get(at..at + 2)?.try_into().ok()?;
                Some(u64::from(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }))
            };
            let size = word(22).zip(word(24)).map(|(high, low)| high << 16 | low);
            (word(6).ok_or_else(broken)?, word(20).ok_or_else(broken)?, size.ok_or_else(broken)?, 26, 2)
        }
        _ => return Err(broken()),
    };
    if name_bytes == 0 || name_bytes > LONGEST_NAME_BYTES {
        return Err(broken());
    }
    let mut name = Vec::new();
    input.take(name_bytes).read_to_end(&mut name)?;
    let name = String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned();
    skip(input, pad(header_bytes + name_bytes, align))?;
    Ok(CpioHeader { name, mode, size, padding: pad(size, align) })
}

/// Steps through a Unix `ar`, as Debian packages are.
pub(super) fn ar(walk: &mut Walk<'_>, input: &mut dyn Read, path: &str, depth: u8) {
    if skip(input, 8).is_err() {
        return walk.stop(Stopped::Broken);
    }
    while !walk.halted() {
        let Ok(header) = text(input, 60) else { return };
        let size = header.get(48..58).and_then(|size| size.trim().parse::<u64>().ok());
        let (Some(name), Some(size)) = (header.get(..16), size) else { return walk.stop(Stopped::Broken) };
        let name = name.trim_end().trim_end_matches('/');
        walk.member(&joined(path, name), &mut Read::take(&mut *input, size), depth);
        if size > walk.limits.member_bytes {
            return walk.stop(Stopped::TooLarge);
        }
        if skip(input, pad(size, 2)).is_err() {
            return;
        }
    }
}

fn text(input: &mut dyn Read, bytes: usize) -> io::Result<String> {
    let mut field = vec![0; bytes];
    input.read_exact(&mut field)?;
    Ok(String::from_utf8_lossy(&field).into_owned())
}

fn pad(bytes: u64, align: u64) -> u64 {
    bytes.next_multiple_of(align).saturating_sub(bytes)
}

fn skip(input: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut input.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
