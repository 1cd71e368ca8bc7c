//! Zip, as every unpacker might read it.
//!
//! Owns: finding members by the directory at the end and by the headers before each of them, and unpacking either view
//! where the two disagree. Does not: decrypt.
//!
//! Tools that read from the end see only the directory; tools that read from the front see only local headers. A member
//! that one of them shows is looked at, so nothing hides in the difference.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, SeekFrom};

use super::streams::decoder;
use super::{Place, ReadSeek, Stopped, Walk, joined};
use crate::kind::{Kind, LOOKED_AT_TAIL_BYTES, end_record, u16_at, u32_at, zip_kind};

/// The largest directory read: 46 bytes and a name for each of far more members than the limits allow.
const LARGEST_DIRECTORY_BYTES: u64 = 16 << 20;
/// How much of the file is searched for local headers at a time.
const SEARCHED_BYTES: usize = 1 << 15;
/// The longest member name believed in a header found by searching.
const LONGEST_NAME_BYTES: usize = 4_096;
/// APPNOTE's methods end here; larger numbers are chance.
const LARGEST_METHOD: u16 = 99;

/// One member in one view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    name: String,
    method: u16,
    flags: u16,
    /// `None`: only the end of the data tells.
    packed_bytes: Option<u64>,
    unpacked_bytes: u64,
}

/// Whether a zip's end record stands among the last bytes.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(LOOKED_AT_TAIL_BYTES)..).unwrap_or_default();
    end_record(tail).is_some()
}

/// Walks a zip, wherever in the file it stands, and says what its members' names make of it.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    kind: Kind,
    input: &mut dyn ReadSeek,
    length: u64,
    path: &str,
    depth: u8,
) -> Option<Kind> {
    let directory = directory(walk, input, length);
    let says_zip = says_zip(kind, input);
    if directory.is_empty() && !says_zip {
        return None;
    }
    if overlap(&directory) {
        let claimed: u64 = directory.values().flatten().filter_map(|entry| entry.packed_bytes).sum();
        walk.budget.halt(Stopped::Bomb(u32::try_from(claimed / length.max(1)).unwrap_or(u32::MAX).max(1)));
    }
    let names: Vec<String> = directory.values().flatten().map(|entry| entry.name.clone()).collect();
    let refined = zip_kind(kind, names.iter().map(String::as_str));
    let mut visible = Visible { seen: 0, names: Vec::new() };
    for (at, entries) in &directory {
        for entry in entries {
            if walk.halted() {
                return strictest(kind, refined);
            }
            member(walk, input, length, (*at, entry), path, depth);
        }
    }
    hidden(walk, input, &directory, Place { path, depth, length }, &mut visible);
    if visible.seen == 0 && directory.is_empty() {
        walk.stop(Stopped::Broken);
    }
    let all = names.iter().chain(&visible.names).map(String::as_str);
    strictest(kind, zip_kind(kind, all))
}

/// Whether the kind or the first bytes promise a zip: one that cannot be read is broken, then.
fn says_zip(kind: Kind, input: &mut dyn ReadSeek) -> bool {
    kind == Kind::Zip
        || bytes_at(input, 0, 4).is_ok_and(|start| start.starts_with(b"PK"))
        || matches!(kind, Kind::Crx | Kind::Xpi)
}

struct Visible {
    seen: usize,
    names: Vec<String>,
}

fn strictest(kind: Kind, refined: Kind) -> Option<Kind> {
    // An office document told by its first member stays one though a name list says plain zip.
    (refined != Kind::Zip && refined != kind).then(|| kind.or_stricter(refined))
}

/// The members that the directories at the end name, by where their local headers should stand.
fn directory(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, length: u64) -> BTreeMap<u64, Vec<Entry>> {
    let mut members = BTreeMap::new();
    let tail_bytes = length.min(u64::try_from(LOOKED_AT_TAIL_BYTES).unwrap_or(u64::MAX));
    let Ok(tail) = bytes_at(input, length - tail_bytes, tail_bytes) else { return members };
    let Some(at) = end_record(&tail) else { return members };
    let Some(record) = tail.get(at..) else { return members };
    let end = length - tail_bytes + u64::try_from(at).unwrap_or(0);
    let mut size = u64::from(u32_at(record, 12).unwrap_or(0));
    let mut offset = u64::from(u32_at(record, 16).unwrap_or(0));
    let mut directory_end = end;
    if let Some((size_64, offset_64, at_64)) = zip64(input, end) {
        (size, offset, directory_end) = (size_64, offset_64, at_64);
    }
    let told_start = directory_end.checked_sub(size);
    // Bytes before the zip (a program that unpacks itself, a picture) shift all places, unless they were counted.
    let shift = told_start.and_then(|start| start.checked_sub(offset)).unwrap_or(0);
    for (start, shift) in [(told_start.unwrap_or(offset), shift), (offset, 0)] {
        let Ok(bytes) = bytes_at(input, start, size.min(LARGEST_DIRECTORY_BYTES)) else { continue };
        if bytes.starts_with(b"PK\x01\x02") {
            if size > LARGEST_DIRECTORY_BYTES {
                walk.stop(Stopped::TooMany);
            }
            entries(walk, &bytes, shift, &mut members);
            break;
        }
    }
    if members.is_empty() {
        walk.stop(Stopped::Broken);
    }
    members
}

/// The zip64 end record: size and place of the directory, and where the record itself stands.
fn zip64(input: &mut dyn ReadSeek, end: u64) -> Option<(u64, u64, u64)> {
    let locator_at = end.checked_sub(20)?;
    let locator = bytes_at(input, locator_at, 20).ok()?;
    let told = u64_at(&locator, 8).filter(|_| locator.starts_with(b"PK\x06\x07"))?;
    // Where bytes stand before the zip, the record is just before its locator.
    [told, locator_at.saturating_sub(56)].into_iter().find_map(|at| {
        let record = bytes_at(input, at, 56).ok()?;
        record.starts_with(b"PK\x06\x06").then_some(())?;
        Some((u64_at(&record, 40)?, u64_at(&record, 48)?, at))
    })
}

fn entries(walk: &mut Walk<'_>, directory: &[u8], shift: u64, members: &mut BTreeMap<u64, Vec<Entry>>) {
    let mut rest = directory;
    let mut count = 0_u32;
    while rest.starts_with(b"PK\x01\x02") {
        count += 1;
        if count > walk.limits.members {
            return walk.stop(Stopped::TooMany);
        }
        let field = |at| u16_at(rest, at).map_or(0, usize::from);
        let (name_bytes, extra_bytes, comment_bytes) = (field(28), field(30), field(32));
        let Some(name) = rest.get(46..46 + name_bytes) else { return walk.stop(Stopped::Broken) };
        let extra = rest.get(46 + name_bytes..46 + name_bytes + extra_bytes).unwrap_or_default();
        let unpacked = u32_at(rest, 24).unwrap_or(0);
        let short = [unpacked, u32_at(rest, 20).unwrap_or(0), u32_at(rest, 42).unwrap_or(0)];
        let [unpacked_bytes, packed, at] = wide_fields(extra, short);
        let entry = Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            method: u16_at(rest, 10).unwrap_or(0),
            flags: u16_at(rest, 8).unwrap_or(0),
            packed_bytes: Some(packed),
            unpacked_bytes,
        };
        let views = members.entry(at.saturating_add(shift)).or_default();
        if !views.contains(&entry) {
            views.push(entry);
        }
        rest = rest.get(46 + name_bytes + extra_bytes + comment_bytes..).unwrap_or_default();
    }
}

/// Sizes and place, from the zip64 field where the short ones are full (APPNOTE 4.5.3).
fn wide_fields(extra: &[u8], short: [u32; 3]) -> [u64; 3] {
    let mut rest = extra;
    let mut wide: &[u8] = &[];
    while let (Some(id), Some(size)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let end = 4 + usize::from(size);
        if id == 1 {
            wide = rest.get(4..end).unwrap_or_default();
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    short.map(|field| {
        if field != u32::MAX {
            return u64::from(field);
        }
        let full = u64_at(wide, 0).unwrap_or(u64::from(u32::MAX));
        wide = wide.get(8..).unwrap_or_default();
        full
    })
}

/// Whether members' bytes run into each other, as in a bomb that counts the same bytes often.
fn overlap(directory: &BTreeMap<u64, Vec<Entry>>) -> bool {
    let ends = directory.iter().map(|(at, entries)| {
        let packed = entries.iter().filter_map(|entry| entry.packed_bytes).min().unwrap_or(0);
        at.saturating_add(30).saturating_add(packed)
    });
    ends.zip(directory.keys().skip(1)).any(|(end, next)| end > *next)
}

/// Takes one member of the directory, and its local header's view where that differs.
fn member(
    walk: &mut Walk<'_>,
    input: &mut dyn ReadSeek,
    length: u64,
    told: (u64, &Entry),
    path: &str,
    depth: u8,
) {
    let (at, entry) = told;
    let Ok((local, data_at)) = local_header(input, at) else {
        walk.stop(Stopped::Broken);
        return walk.unread(&joined(path, &entry.name), depth);
    };
    unpack(walk, input, length, (data_at, entry), path, depth);
    if walk.halted() {
        return;
    }
    let packed_differs = local.packed_bytes.is_some_and(|bytes| Some(bytes) != entry.packed_bytes);
    let encryption_differs = local.flags & 1 != entry.flags & 1;
    if local.method != entry.method || packed_differs || encryption_differs {
        unpack(walk, input, length, (data_at, &local), path, depth);
    } else if local.name != entry.name && !local.name.is_empty() {
        // The same bytes under another name: only the name can add anything.
        let named = Entry { packed_bytes: entry.packed_bytes, ..local };
        unpack(walk, input, length, (data_at, &named), path, depth);
    }
}

fn unpack(
    walk: &mut Walk<'_>,
    input: &mut dyn ReadSeek,
    length: u64,
    told: (u64, &Entry),
    path: &str,
    depth: u8,
) {
    let (data_at, entry) = told;
    let full = joined(path, &entry.name);
    if entry.flags & 0x2041 != 0 || entry.method == 99 {
        walk.inside.encrypted = true;
        return walk.unread(&full, depth);
    }
    let packed = entry.packed_bytes.unwrap_or(length).min(length.saturating_sub(data_at));
    if packed == 0 && entry.name.ends_with(['/', '\\']) {
        return;
    }
    if input.seek(SeekFrom::Start(data_at)).is_err() {
        return walk.stop(Stopped::Broken);
    }
    let budget = walk.budget.clone();
    let data = BufReader::new(input.take(packed));
    match method(entry, data, walk.limits.window_bytes) {
        Ok(decoded) => walk.member(&full, &mut budget.metered(decoded, packed), depth),
        Err(_) => {
            walk.stop(Stopped::Unreadable);
            walk.unread(&full, depth);
        }
    }
}

/// A decoder for one of the methods of APPNOTE 4.4.5.
fn method<'r>(
    entry: &Entry,
    data: impl io::BufRead + 'r,
    window_bytes: u64,
) -> io::Result<Box<dyn Read + 'r>> {
    match entry.method {
        0 => Ok(Box::new(data)),
        8 => Ok(Box::new(flate2::bufread::DeflateDecoder::new(data))),
        9 => Ok(Box::new(deflate64::Deflate64Decoder::with_buffer(data))),
        12 => decoder(Kind::Bzip2, data, window_bytes),
        14 => lzma(entry, data, window_bytes),
        20 | 93 => decoder(Kind::Zstd, data, window_bytes),
        95 => decoder(Kind::Xz, data, window_bytes),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// LZMA in a zip has a head of its own: version, length of the properties, properties (APPNOTE 5.8).
fn lzma<'r>(
    entry: &Entry,
    mut data: impl io::BufRead + 'r,
    window_bytes: u64,
) -> io::Result<Box<dyn Read + 'r>> {
    let mut head = [0; 9];
    data.read_exact(&mut head)?;
    let [_, _, 5, 0, properties, dictionary @ ..] = head else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    // Bit 1: an end mark stands in the data; without it the size tells.
    let unpacked_bytes = if entry.flags & 2 == 0 { entry.unpacked_bytes } else { u64::MAX };
    decoder(Kind::Lzma, lzma_alone(properties, dictionary, unpacked_bytes).chain(data), window_bytes)
}

/// The head of a bare LZMA stream with these properties.
fn lzma_alone(properties: u8, dictionary: [u8; 4], unpacked_bytes: u64) -> io::Cursor<Vec<u8>> {
    io::Cursor::new([[properties].as_slice(), &dictionary, &unpacked_bytes.to_le_bytes()].concat())
}

/// Reads a local header: its view of the member, and where the data begin.
fn local_header(input: &mut dyn ReadSeek, at: u64) -> io::Result<(Entry, u64)> {
    let header = bytes_at(input, at, 30)?;
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    if !header.starts_with(b"PK\x03\x04") {
        return Err(broken());
    }
    let field = |place| u16_at(&header, place).ok_or_else(broken);
    let (name_bytes, extra_bytes) = (u64::from(field(26)?), u64::from(field(28)?));
    let name = bytes_at(input, at + 30, name_bytes)?;
    let extra = bytes_at(input, at + 30 + name_bytes, extra_bytes)?;
    let short = [u32_at(&header, 22).unwrap_or(0), u32_at(&header, 18).unwrap_or(0), 0];
    let [unpacked_bytes, packed, _] = wide_fields(&extra, short);
    let flags = field(6)?;
    let entry = Entry {
        name: String::from_utf8_lossy(&name).into_owned(),
        method: field(8)?,
        flags,
        // With a data descriptor the size follows the data; some writers give it here as well.
        packed_bytes: (flags & 8 == 0 || packed > 0).then_some(packed),
        unpacked_bytes,
    };
    Ok((entry, at + 30 + name_bytes + extra_bytes))
}

/// Searches the file for local headers that the directory does not name.
fn hidden(
    walk: &mut Walk<'_>,
    input: &mut dyn ReadSeek,
    directory: &BTreeMap<u64, Vec<Entry>>,
    place: Place<'_>,
    visible: &mut Visible,
) {
    let Place { path, depth, length } = place;
    let mut at = 0;
    let mut looked_at = 0;
    while !walk.halted() {
        let Some(found) = next_header(input, at) else { return };
        at = found + 4;
        looked_at += 1;
        if looked_at > walk.limits.members {
            return walk.stop(Stopped::TooMany);
        }
        let Ok((local, data_at)) = local_header(input, found) else { continue };
        let known = directory.get(&found);
        // Where both views agree on where a member ends, what stands in it is the member's own.
        let agreed = known.and_then(|entries| {
            let [entry] = entries.as_slice() else { return None };
            let same = local.packed_bytes.is_none() || local.packed_bytes == entry.packed_bytes;
            same.then_some(entry.packed_bytes).flatten()
        });
        if let Some(packed) = agreed {
            at = data_at.saturating_add(packed).max(at);
            continue;
        }
        if known.is_some() || !is_likely(&local) {
            continue;
        }
        visible.seen += 1;
        if visible.names.len() < 1_000 {
            visible.names.push(local.name.clone());
        }
        unpack(walk, input, length, (data_at, &local), path, depth);
        if let Some(packed) = local.packed_bytes.filter(|_| directory.is_empty()) {
            at = data_at.saturating_add(packed).max(at);
        }
    }
}

/// Whether a header found by searching is one and not chance.
fn is_likely(local: &Entry) -> bool {
    let name = &local.name;
    !name.is_empty()
        && name.len() <= LONGEST_NAME_BYTES
        && local.method <= LARGEST_METHOD
        && !name.chars().any(|c| c == '\0' || u32::from(c) < 9)
}

fn next_header(input: &mut dyn ReadSeek, from: u64) -> Option<u64> {
    let mut at = from;
    let mut buffer = vec![0; SEARCHED_BYTES];
    loop {
        input.seek(SeekFrom::Start(at)).ok()?;
        let mut held = 0;
        while let Some(free) = buffer.get_mut(held..).filter(|free| !free.is_empty()) {
            match input.read(free).ok()? {
                0 => break,
                read => held += read,
            }
        }
        let window = buffer.get(..held)?;
        if let Some(place) = memchr::memmem::find(window, b"PK\x03\x04") {
            return Some(at + u64::try_from(place).ok()?);
        }
        if held < SEARCHED_BYTES {
            return None;
        }
        at += u64::try_from(held - 3).ok()?;
    }
}

fn bytes_at(input: &mut dyn ReadSeek, at: u64, bytes: u64) -> io::Result<Vec<u8>> {
    input.seek(SeekFrom::Start(at))?;
    let mut read = Vec::new();
    input.take(bytes).read_to_end(&mut read)?;
    if u64::try_from(read.len()).is_ok_and(|length| length == bytes) {
        Ok(read)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}
