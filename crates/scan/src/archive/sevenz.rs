//! 7-Zip archives.
//!
//! Owns: checking what a header asks for before it is decoded, and stepping through blocks. Does not: decrypt.

use std::io::{self, BufReader, Read, SeekFrom};

use liblzma::bufread::XzDecoder;
use liblzma::stream::{Filters, Stream};
use sevenz_rust2::{Archive, BlockDecoder, Error, Password};

use super::{Place, ReadSeek, Stopped, Walk, joined};
use crate::kind::u32_at;

/// AES-256 with SHA-256, 7-Zip's only encryption, and its relatives: identifiers that begin so.
const ENCRYPTION: &[u8] = &[0x06, 0xf1];
/// The method that nearly all archives use.
const LZMA2: &[u8] = &[0x21];
/// The largest packed header that is decoded; a million names take less.
const LARGEST_HEADER_BYTES: u64 = 64 << 20;

pub(super) fn walk(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, length: u64, path: &str, depth: u8) {
    match header(input, length) {
        Some(Header { encrypted: true, .. }) => {
            walk.inside.encrypted = true;
            return walk.stop(Stopped::Unreadable);
        }
        Some(Header { asks_bytes, .. }) if asks_bytes > LARGEST_HEADER_BYTES => {
            return walk.stop(Stopped::TooLarge);
        }
        Some(_) => {}
        None => return walk.stop(Stopped::Broken),
    }
    if input.seek(SeekFrom::Start(0)).is_err() {
        return walk.stop(Stopped::Broken);
    }
    let password = Password::empty();
    let mut input = input;
    let archive = match Archive::read(&mut input, &password) {
        Ok(archive) => archive,
        Err(error) => return refused(walk, &error),
    };
    for index in 0..archive.blocks.len() {
        if walk.halted() {
            return;
        }
        block(walk, &archive, index, &mut input, Place { path, depth, length });
    }
}

fn block(
    walk: &mut Walk<'_>,
    archive: &Archive,
    index: usize,
    input: &mut &mut dyn ReadSeek,
    place: Place<'_>,
) {
    let Place { path, depth, length } = place;
    let Some(block) = archive.blocks.get(index) else { return };
    let mut encrypted = false;
    let mut too_large = false;
    for (_, coder) in block.ordered_coder_iter() {
        encrypted |= coder.encoder_method_id().starts_with(ENCRYPTION);
        too_large |= window_bytes(coder.encoder_method_id(), coder.properties()) > walk.limits.window_bytes;
    }
    let password = Password::empty();
    let decoder = BlockDecoder::new(1, index, archive, &password, input);
    if encrypted || too_large {
        walk.inside.encrypted |= encrypted;
        if too_large {
            walk.stop(Stopped::TooLarge);
        }
        for entry in decoder.entries() {
            walk.unread(&joined(path, entry.name()), depth);
        }
        return;
    }
    if block.ordered_coder_iter().any(|(_, coder)| coder.encoder_method_id() == LZMA2) {
        let entries: Vec<(String, u64)> =
            decoder.entries().iter().map(|entry| (joined(path, entry.name()), entry.size())).collect();
        match lzma2(archive, index) {
            Some((filters, at, packed)) => {
                let _at = input.seek(SeekFrom::Start(at));
                return entries_of(
                    walk,
                    &filters,
                    &mut (&mut **input).take(packed),
                    &entries,
                    (length, depth),
                );
            }
            None => {
                walk.stop(Stopped::Unreadable);
                return entries.iter().for_each(|(name, _)| walk.unread(name, depth));
            }
        }
    }
    let names: Vec<String> = decoder.entries().iter().map(|entry| joined(path, entry.name())).collect();
    let before = walk.inside.members;
    let budget = walk.budget.clone();
    let read = decoder.for_each_entries(&mut |entry, reader| {
        if entry.size() > 0 {
            walk.member(&joined(path, entry.name()), &mut budget.metered(&mut *reader, length), depth);
            // Another decoder may leave what was not read to be read here: count that too.
            let rest = io::copy(&mut budget.metered(reader, length), &mut io::sink());
            if rest.is_err() {
                return Err(Error::ChecksumVerificationFailed);
            }
        }
        Ok(!walk.halted())
    });
    if let Err(error) = read
        && !walk.halted()
    {
        refused(walk, &error);
        let seen = usize::try_from(walk.inside.members.saturating_sub(before)).unwrap_or(usize::MAX);
        for name in names.iter().skip(seen) {
            walk.unread(name, depth);
        }
    }
}

/// How to decode a block that LZMA2 packs, where it stands and how long it is. It is decoded here, because the crate's
/// own decoder never ends on some damaged streams.
fn lzma2(archive: &Archive, index: usize) -> Option<(Filters, u64, u64)> {
    let block = archive.blocks.get(index)?;
    let mut filters = Filters::new();
    // From the packed side; xz wants them from the other.
    let coders: Vec<_> = block.ordered_coder_iter().map(|(_, coder)| coder).collect();
    for coder in coders.iter().rev() {
        match coder.encoder_method_id() {
            LZMA2 => filters.lzma2_properties(coder.properties()).ok()?,
            [3] => filters.delta_properties(coder.properties()).ok()?,
            [4] | [3, 3, 1, 3] => filters.x86(),
            [5] | [3, 3, 2, 5] => filters.powerpc(),
            [6] | [3, 3, 4, 1] => filters.ia64(),
            [7] | [3, 3, 5, 1] => filters.arm(),
            [8] | [3, 3, 7, 1] => filters.arm_thumb(),
            [9] | [3, 3, 8, 5] => filters.sparc(),
            [10] => filters.arm64(),
            [11] => filters.riscv(),
            _ => return None,
        };
    }
    let stream = *archive.stream_map.block_first_pack_stream_index().get(index)?;
    let offset = *archive.stream_map.pack_stream_offsets().get(stream)?;
    let at = archive.pack_pos().checked_add(offset)?.checked_add(32)?;
    Some((filters, at, *archive.pack_sizes().get(stream)?))
}

fn entries_of(
    walk: &mut Walk<'_>,
    filters: &Filters,
    packed: &mut dyn Read,
    entries: &[(String, u64)],
    (length, depth): (u64, u8),
) {
    let Ok(stream) = Stream::new_raw_decoder(filters) else { return walk.stop(Stopped::Broken) };
    let budget = walk.budget.clone();
    let mut unpacked = budget.metered(XzDecoder::new_stream(BufReader::new(packed), stream), length);
    for (name, size) in entries {
        let mut entry = (&mut unpacked).take(*size);
        if *size > 0 {
            walk.member(name, &mut entry, depth);
        }
        if io::copy(&mut entry, &mut io::sink()).is_err() || entry.limit() > 0 {
            return walk.broken();
        }
    }
}

fn refused(walk: &mut Walk<'_>, error: &Error) {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => {
            walk.inside.encrypted = true;
            walk.stop(Stopped::Unreadable);
        }
        Error::UnsupportedCompressionMethod(_)
        | Error::Unsupported(_)
        | Error::UnsupportedVersion { .. }
        | Error::ExternalUnsupported => walk.stop(Stopped::Unreadable),
        Error::MaxMemLimited { .. } => walk.stop(Stopped::TooLarge),
        _ => walk.stop(Stopped::Broken),
    }
}

/// How much memory a coder's window takes.
fn window_bytes(id: &[u8], properties: &[u8]) -> u64 {
    match id {
        // LZMA, PPMd.
        [3, 1, 1] | [3, 4, 1] => u64::from(u32_at(properties, 1).unwrap_or(0)),
        // LZMA2: 2 or 3, shifted.
        [0x21] => {
            let bits = properties.first().copied().unwrap_or(0).min(40);
            (2 | u64::from(bits & 1)) << (bits / 2 + 11)
        }
        _ => 0,
    }
}

/// What decoding the header would take.
struct Header {
    encrypted: bool,
    asks_bytes: u64,
}

/// Reads the archive's last header, which may itself be packed (7zFormat.txt, "Header Structures").
fn header(input: &mut dyn ReadSeek, length: u64) -> Option<Header> {
    let mut start = [0; 32];
    input.seek(SeekFrom::Start(0)).ok()?;
    input.read_exact(&mut start).ok()?;
    let [offset, size] = [12, 20]
        .map(|at| start.get(at..at + 8).and_then(|field| field.try_into().ok()).map(u64::from_le_bytes));
    let (offset, size) = offset.zip(size)?;
    let at = offset.checked_add(32).filter(|at| at.checked_add(size).is_some_and(|end| end <= length))?;
    if size > LARGEST_HEADER_BYTES {
        return Some(Header { encrypted: false, asks_bytes: size });
    }
    input.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    input.take(size).read_to_end(&mut bytes).ok()?;
    if bytes.first() != Some(&0x17) {
        return Some(Header { encrypted: false, asks_bytes: size });
    }
    packed_header(&mut bytes.get(1..)?)
}

/// The streams of a packed header: pack info, then one folder and what it unpacks to.
fn packed_header(bytes: &mut &[u8]) -> Option<Header> {
    if byte(bytes)? != 0x06 {
        return None;
    }
    let _pack_at = number(bytes)?;
    let streams = number(bytes)?;
    while let id @ (0x09 | 0x0a) = byte(bytes)? {
        if id == 0x0a {
            byte(bytes)?;
        }
        for _ in 0..streams.min(64) {
            if id == 0x09 { number(bytes).map(|_| ())? } else { skip(bytes, 4)? }
        }
    }
    if (byte(bytes)?, byte(bytes)?, number(bytes)?, byte(bytes)?) != (0x07, 0x0b, 1, 0) {
        return None;
    }
    let mut encrypted = false;
    let (mut inputs, mut outputs) = (0_u64, 0_u64);
    for _ in 0..number(bytes)?.min(64) {
        let flags = byte(bytes)?;
        let id = bytes.get(..usize::from(flags & 0x0f))?;
        if id == LZMA2 {
            // 7-Zip packs headers with LZMA; the decoder that would read this one may never end.
            return None;
        }
        encrypted |= id.starts_with(ENCRYPTION);
        skip(bytes, usize::from(flags & 0x0f))?;
        let (ins, outs) = if flags & 0x10 != 0 { (number(bytes)?, number(bytes)?) } else { (1, 1) };
        inputs = inputs.saturating_add(ins);
        outputs = outputs.saturating_add(outs);
        if flags & 0x20 != 0 {
            let properties = usize::try_from(number(bytes)?).ok()?;
            skip(bytes, properties)?;
        }
    }
    let pairs = outputs.saturating_sub(1);
    let packed = inputs.saturating_sub(pairs);
    for _ in 0..(pairs * 2 + if packed > 1 { packed } else { 0 }).min(256) {
        number(bytes)?;
    }
    if byte(bytes)? != 0x0c {
        return None;
    }
    let mut asks_bytes = 0;
    for _ in 0..outputs.min(64) {
        asks_bytes = number(bytes)?.max(asks_bytes);
    }
    Some(Header { encrypted, asks_bytes })
}

fn byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

fn skip(bytes: &mut &[u8], count: usize) -> Option<()> {
    *bytes = bytes.get(count..)?;
    Some(())
}

/// 7-Zip's numbers: as many further bytes as the first has leading ones.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let first = byte(bytes)?;
    let extra = first.leading_ones();
    let mut value = 0_u64;
    for at in 0..extra {
        value |= u64::from(byte(bytes)?) << (8 * at);
    }
    let high = if extra >= 7 { 0 } else { u64::from(first) & (0x7f >> extra) };
    Some(value | high.checked_shl(8 * extra).unwrap_or(0))
}
