//! Documents that are no archives but carry files or run things: PDF and RTF.
//!
//! Owns: their active parts and attached files. Does not: read their text (`document`).

use std::io::{Read, SeekFrom};

use super::ole::package;
use super::{ReadSeek, Stopped, Walk, joined};
use crate::document::pdf::{names, objects};
use crate::kind::{Kind, u32_at};

/// Names that make a PDF run, start or fetch something (ISO 32000-1, 12.6.4; 7.11.4 for files in it).
const ACTIVE: [&[u8]; 6] = [b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"RichMedia", b"ImportData"];

/// The most files one document may carry; each is read to its end, however they overlap.
const MOST_OBJECTS: usize = 64;

/// Looks for active parts of a PDF, also in its packed objects, and shows attached files.
pub(super) fn pdf(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, path: &str, depth: u8) -> Option<Kind> {
    let bytes = held(walk, input)?;
    let mut active = false;
    let mut check = |bytes: &[u8], encrypted: &mut bool| {
        names(bytes, &mut |name| {
            active |= ACTIVE.contains(&name);
            *encrypted |= name == b"Encrypt";
        });
    };
    let mut encrypted = false;
    let mut attached = Vec::new();
    let mut broken = false;
    let budget = walk.budget.clone();
    for object in objects(&bytes) {
        check(object.dictionary, &mut encrypted);
        let is_file = object.has(b"EmbeddedFile");
        if !is_file && !object.has(b"ObjStm") {
            continue;
        }
        let mut unpacked = Vec::new();
        let length = u64::try_from(object.data.len()).unwrap_or(0);
        let stream = budget.metered(object.unpacked(), length);
        // A stream cut short still shows its beginning.
        broken |= stream.take(walk.limits.member_bytes).read_to_end(&mut unpacked).is_err();
        if is_file {
            attached.push(unpacked);
            if attached.len() >= MOST_OBJECTS || walk.halted() {
                break;
            }
        } else {
            check(&unpacked, &mut encrypted);
        }
    }
    walk.inside.encrypted |= encrypted;
    if broken && !encrypted && !walk.halted() {
        walk.stop(Stopped::Broken);
    }
    for bytes in attached {
        walk.member(&joined(path, "attachment"), &mut bytes.as_slice(), depth);
    }
    active.then_some(Kind::PdfActive)
}

/// Shows the objects of a rich text file: hexadecimal digits behind `\objdata` ([MS-OLEDS] 2.2.5).
pub(super) fn rtf(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, path: &str, depth: u8) -> Option<Kind> {
    let bytes = held(walk, input)?;
    let mut objects = 0;
    for at in memchr::memmem::find_iter(&bytes, b"objdata") {
        if walk.halted() {
            break;
        }
        objects += 1;
        if objects > MOST_OBJECTS {
            walk.stop(Stopped::TooMany);
            break;
        }
        let data = hex(bytes.get(at + b"objdata".len()..).unwrap_or_default());
        let full = joined(path, "object");
        match object(&data) {
            Some((b"Package", native)) => {
                // The same layout as in a compound file, without the length in front.
                package(walk, &[&[0; 4], native].concat(), &full, depth);
            }
            Some((_, mut native)) => walk.member(&full, &mut native, depth),
            None => walk.member(&full, &mut data.as_slice(), depth),
        }
    }
    (objects > 0).then_some(Kind::Rtf)
}

/// An OLE 1 object: version, form, three strings with lengths, then its data.
fn object(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let class_bytes = usize::try_from(u32_at(data, 8)?).ok()?;
    let class = data.get(12..12usize.checked_add(class_bytes)?)?;
    let mut rest = data.get(12 + class_bytes..)?;
    for _ in 0..2 {
        let bytes = usize::try_from(u32_at(rest, 0)?).ok()?;
        rest = rest.get(4usize.checked_add(bytes)?..)?;
    }
    let length = usize::try_from(u32_at(rest, 0)?).ok()?;
    let native = rest.get(4..4usize.checked_add(length)?.min(rest.len()))?;
    Some((class.split(|byte| *byte == 0).next().unwrap_or_default(), native))
}

/// Hexadecimal digits up to the group's end; readers skip everything else, also control words.
fn hex(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut high = None;
    let mut in_word = false;
    for byte in text {
        match byte {
            b'}' => break,
            b'\\' => in_word = true,
            b' ' | b'\r' | b'\n' | b'\t' | b'{' => in_word = false,
            _ if in_word => {}
            _ => {
                if let Some(digit) = char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
                {
                    match high.take() {
                        Some(high) => bytes.push(high << 4 | digit),
                        None => high = Some(digit),
                    }
                }
            }
        }
    }
    bytes
}

/// All of the file, as far as the limits allow: these formats are read from both ends.
fn held(walk: &mut Walk<'_>, input: &mut dyn ReadSeek) -> Option<Vec<u8>> {
    input.seek(SeekFrom::Start(0)).ok()?;
    let mut bytes = Vec::new();
    let read = input.take(walk.limits.member_bytes.saturating_add(1)).read_to_end(&mut bytes);
    if read.is_err() {
        walk.stop(Stopped::Broken);
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > walk.limits.member_bytes) {
        walk.stop(Stopped::TooLarge);
    }
    Some(bytes)
}
