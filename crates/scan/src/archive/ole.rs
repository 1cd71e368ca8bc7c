//! Microsoft compound files: old Word, Excel and PowerPoint documents, Windows Installer packages.
//!
//! Owns: their streams, whether they hold macros or are encrypted, and what is wrapped in them. Does not: read macros'
//! code, or the text (`document`).

use std::io::{Read, SeekFrom};

use cfb::CompoundFile;

use super::{ReadSeek, Stopped, Walk, joined};
use crate::kind::{Kind, u16_at, u32_at};

/// The most streams a compound file may have; a large installer has some thousands.
const MOST_STREAMS: usize = 10_000;

pub(super) fn walk(
    walk: &mut Walk<'_>,
    kind: Kind,
    input: &mut dyn ReadSeek,
    path: &str,
    depth: u8,
) -> Option<Kind> {
    if input.seek(SeekFrom::Start(0)).is_err() {
        return None;
    }
    let Ok(mut file) = CompoundFile::open(input) else {
        walk.stop(Stopped::Broken);
        return None;
    };
    let mut refined = match file.root_entry().clsid().as_fields().0 {
        0x000c_1082 | 0x000c_1084 | 0x000c_1086 => Kind::Msi,
        _ => kind,
    };
    let streams: Vec<_> = file
        .walk()
        .take(MOST_STREAMS)
        .map(|entry| (entry.path().to_path_buf(), entry.name().to_owned(), entry.is_stream()))
        .collect();
    if streams.len() == MOST_STREAMS {
        walk.stop(Stopped::TooMany);
    }
    for (place, name, is_stream) in streams {
        let lower = name.to_lowercase();
        match lower.as_str() {
            "_vba_project" | "vba" | "_vba_project_cur" | "macros" => {
                refined = refined.or_stricter(Kind::MacroDocument);
            }
            "encryptedpackage" | "encryptedsummary" => {
                walk.inside.encrypted = true;
            }
            "worddocument" => refined = refined.or_stricter(Kind::Doc),
            _ => {}
        }
        if !is_stream || walk.halted() {
            continue;
        }
        let Ok(mut stream) = file.open_stream(&place) else {
            walk.stop(Stopped::Broken);
            continue;
        };
        let mut bytes = Vec::new();
        if Read::take(&mut stream, walk.limits.member_bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .is_err()
        {
            walk.stop(Stopped::Broken);
        }
        if lower == "worddocument" && u16_at(&bytes, 10).is_some_and(|flags| flags & 0x100 != 0) {
            walk.inside.encrypted = true;
        }
        // Names in an installer are packed into private letters; in documents they begin with a control character.
        let full = joined(path, name.trim_start_matches(|c: char| c.is_control()));
        walk.member(&full, &mut bytes.as_slice(), depth);
        match lower.as_str() {
            "\u{1}ole10native" => package(walk, &bytes, &full, depth),
            "powerpoint document" => presentation(walk, &bytes, &full, depth),
            _ => {}
        }
    }
    Some(refined)
}

/// A file wrapped by the Object Packager ([MS-OLEDS] 2.3.6): two names, then length and bytes.
pub(super) fn package(walk: &mut Walk<'_>, native: &[u8], path: &str, depth: u8) {
    let read = || {
        let mut rest = native.get(6..)?;
        let label = string(&mut rest)?;
        let _source = string(&mut rest)?;
        // Four bytes of flags, then a third name with its length.
        let temporary = usize::try_from(u32_at(rest, 4)?).ok()?;
        rest = rest.get(8usize.checked_add(temporary)?..)?;
        let length = usize::try_from(u32_at(rest, 0)?).ok()?;
        Some((label, rest.get(4..4usize.checked_add(length)?.min(rest.len()))?))
    };
    if let Some((label, mut bytes)) = read() {
        walk.member(&joined(path, &label), &mut bytes, depth);
    } else if let Some(mut bytes) = native.get(4..) {
        // Not a package: an object's own data. A program in it would begin there.
        walk.member(&joined(path, "object"), &mut bytes, depth);
    }
}

fn string(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let text = String::from_utf8_lossy(rest.get(..end)?).into_owned();
    *rest = rest.get(end + 1..)?;
    Some(text)
}

/// Objects in a presentation: records of type 0x1011 ([MS-PPT] 2.10.34), packed or not.
fn presentation(walk: &mut Walk<'_>, bytes: &[u8], path: &str, depth: u8) {
    let mut rest = bytes;
    while let (Some(version), Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2), u32_at(rest, 4))
    {
        if walk.halted() {
            return;
        }
        let body = rest.get(8..).unwrap_or_default();
        // Containers are stepped into, atoms over.
        if version & 0xf == 0xf {
            rest = body;
            continue;
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(body.len());
        let atom = body.get(..length).unwrap_or_default();
        if kind == 0x1011 {
            let full = joined(path, "object");
            if version >> 4 == 1 {
                let packed = atom.get(4..).unwrap_or_default();
                let budget = walk.budget.clone();
                let length = u64::try_from(packed.len()).unwrap_or(0);
                let mut reader = budget.metered(flate2::read::ZlibDecoder::new(packed), length);
                walk.member(&full, &mut reader, depth);
            } else {
                walk.member(&full, &mut &*atom, depth);
            }
        }
        rest = body.get(length..).unwrap_or_default();
    }
}
