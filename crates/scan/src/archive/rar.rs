//! RAR archives, as a list.
//!
//! Owns: names, encryption, and members that are stored as they are. Does not: unpack. The method is not public, its
//! owner's code may not be used freely, and the free readers are young; so an archive with packed members is
//! [`Stopped::Unreadable`], whatever their names say.

use std::io::{self, Read, SeekFrom};

use super::{ReadSeek, Stopped, Walk, joined};
use crate::kind::{u16_at, u32_at};

/// The largest header read: a name of 64 KiB and its fields.
const LARGEST_HEADER_BYTES: usize = 1 << 17;

/// One block of either version.
#[derive(Debug)]
struct Block {
    /// Where its data begin, and how many there are.
    data_at: u64,
    data_bytes: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    File { name: String, stored: bool, encrypted: bool, directory: bool },
    EncryptedFromHere,
    End,
    Other,
}

/// Reads the block that stands at a place.
type Next = fn(&mut dyn ReadSeek, u64) -> io::Result<Block>;

pub(super) fn walk(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, path: &str, depth: u8) {
    let mut mark = [0; 8];
    if input.read_exact(&mut mark).is_err() {
        return walk.stop(Stopped::Broken);
    }
    let (mut at, next): (u64, Next) = match &mark {
        b"Rar!\x1a\x07\x01\x00" => (8, version_5),
        [b'R', b'a', b'r', b'!', 0x1a, 0x07, 0x00, _] => (7, version_4),
        _ => return walk.stop(Stopped::Unreadable),
    };
    while !walk.halted() {
        let Ok(block) = next(input, at) else { return walk.stop(Stopped::Broken) };
        match block.what {
            What::End => return,
            What::EncryptedFromHere => {
                walk.inside.encrypted = true;
                return walk.stop(Stopped::Unreadable);
            }
            What::File { directory: true, .. } | What::Other => {}
            What::File { name, stored: true, encrypted: false, .. } => {
                if input.seek(SeekFrom::Start(block.data_at)).is_err() {
                    return walk.stop(Stopped::Broken);
                }
                walk.member(&joined(path, &name), &mut Read::take(&mut *input, block.data_bytes), depth);
            }
            What::File { name, encrypted, .. } => {
                walk.inside.encrypted |= encrypted;
                walk.stop(Stopped::Unreadable);
                walk.unread(&joined(path, &name), depth);
            }
        }
        at = block.data_at.saturating_add(block.data_bytes);
    }
}

/// A block of RAR 2 to 4: sum, type, flags, length, and for files sizes, method and name.
fn version_4(input: &mut dyn ReadSeek, at: u64) -> io::Result<Block> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let short = bytes_at(input, at, 7)?;
    let (kind, flags) = (short.get(2).copied().ok_or_else(broken)?, u16_at(&short, 3).ok_or_else(broken)?);
    let header_bytes = usize::from(u16_at(&short, 5).ok_or_else(broken)?);
    if header_bytes < 7 {
        return Err(broken());
    }
    let header = bytes_at(input, at, header_bytes)?;
    let long = if flags & 0x8000 != 0 || kind == 0x74 { u32_at(&header, 7).unwrap_or(0) } else { 0 };
    let mut data_bytes = u64::from(long);
    let what = match kind {
        0x73 if flags & 0x80 != 0 => What::EncryptedFromHere,
        0x74 => {
            let name_bytes = usize::from(u16_at(&header, 26).ok_or_else(broken)?);
            let wide = flags & 0x100 != 0;
            if wide {
                data_bytes |= u64::from(u32_at(&header, 32).unwrap_or(0)) << 32;
            }
            let name_at = if wide { 40 } else { 32 };
            let name = header.get(name_at..name_at + name_bytes).unwrap_or_default();
            // After a zero stands the same name in a packed UTF-16.
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            What::File {
                name: String::from_utf8_lossy(name).into_owned(),
                stored: header.get(25) == Some(&0x30),
                encrypted: flags & 4 != 0,
                directory: flags & 0xe0 == 0xe0,
            }
        }
        0x7b => What::End,
        _ => What::Other,
    };
    Ok(Block { data_at: at.saturating_add(u64::from(u16_at(&short, 5).unwrap_or(7))), data_bytes, what })
}

/// A block of RAR 5: sum, and numbers of seven bits a byte.
fn version_5(input: &mut dyn ReadSeek, at: u64) -> io::Result<Block> {
    input.seek(SeekFrom::Start(at))?;
    let mut start = Vec::new();
    input.take(7).read_to_end(&mut start)?;
    let mut rest = start.get(4..).unwrap_or_default();
    let before = rest.len();
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let header_bytes = usize::try_from(number(&mut rest).ok_or_else(broken)?).map_err(io::Error::other)?;
    let prefix = 4 + before - rest.len();
    if header_bytes == 0 || header_bytes > LARGEST_HEADER_BYTES {
        return Err(broken());
    }
    let header = bytes_at(input, at.saturating_add(u64::try_from(prefix).unwrap_or(0)), header_bytes)?;
    let (data_bytes, what) = fields_5(&header).ok_or_else(broken)?;
    let data_at = at.saturating_add(u64::try_from(prefix + header_bytes).unwrap_or(0));
    Ok(Block { data_at, data_bytes, what })
}

fn fields_5(header: &[u8]) -> Option<(u64, What)> {
    let mut rest = header;
    let kind = number(&mut rest)?;
    let flags = number(&mut rest)?;
    let extra_bytes = if flags & 1 != 0 { usize::try_from(number(&mut rest)?).ok()? } else { 0 };
    let data_bytes = if flags & 2 != 0 { number(&mut rest)? } else { 0 };
    let what = match kind {
        2 => {
            let file_flags = number(&mut rest)?;
            let _size = number(&mut rest)?;
            let _attributes = number(&mut rest)?;
            let skipped = if file_flags & 2 != 0 { 4 } else { 0 } + if file_flags & 4 != 0 { 4 } else { 0 };
            rest = rest.get(skipped..)?;
            let packing = number(&mut rest)?;
            let _system = number(&mut rest)?;
            let name_bytes = usize::try_from(number(&mut rest)?).ok()?;
            let name = rest.get(..name_bytes)?;
            let extra = header.len().checked_sub(extra_bytes).and_then(|at| header.get(at..))?;
            What::File {
                name: String::from_utf8_lossy(name).into_owned(),
                stored: packing & 0x380 == 0,
                encrypted: has_encryption_record(extra),
                directory: file_flags & 1 != 0,
            }
        }
        4 => What::EncryptedFromHere,
        5 => What::End,
        _ => What::Other,
    };
    Some((data_bytes, what))
}

fn has_encryption_record(mut extra: &[u8]) -> bool {
    while let Some(size) = number(&mut extra).and_then(|size| usize::try_from(size).ok()) {
        let Some(mut record) = extra.get(..size).filter(|record| !record.is_empty()) else { return false };
        if number(&mut record) == Some(1) {
            return true;
        }
        extra = extra.get(size..).unwrap_or_default();
    }
    false
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for at in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f).checked_shl(at * 7)?;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn bytes_at(input: &mut dyn ReadSeek, at: u64, bytes: usize) -> io::Result<Vec<u8>> {
    input.seek(SeekFrom::Start(at))?;
    let mut read = vec![0; bytes];
    input.read_exact(&mut read)?;
    Ok(read)
}
