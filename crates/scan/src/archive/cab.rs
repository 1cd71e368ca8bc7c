//! Microsoft cabinets ([MS-CAB]).
//!
//! Owns: reading folders (runs of packed blocks) and cutting files out of them. Does not: read Quantum, which nobody
//! has written for twenty years, or join cabinets that span several files.

use std::io::{self, Read, SeekFrom};

use lzxd::{Lzxd, WindowSize};

use super::{ReadSeek, Stopped, Walk, joined};
use crate::kind::{u16_at, u32_at};

/// The longest file name; the format says 256 bytes.
const LONGEST_NAME_BYTES: usize = 1_024;
/// MSZIP's blocks unpack to at most this, and look back as far.
const BLOCK_BYTES: usize = 32_768;

struct Folder {
    blocks_at: u64,
    blocks: u16,
    packing: u16,
}

struct File {
    name: String,
    size: u64,
    offset: u64,
    folder: u16,
}

struct Cabinet {
    folders: Vec<Folder>,
    files: Vec<File>,
    block_reserve: usize,
}

pub(super) fn walk(walk: &mut Walk<'_>, input: &mut dyn ReadSeek, path: &str, depth: u8) {
    let Ok(cabinet) = cabinet(input, walk.limits.members) else { return walk.stop(Stopped::Broken) };
    for (index, folder) in cabinet.folders.iter().enumerate() {
        if walk.halted() {
            return;
        }
        let of_folder = |file: &&File| usize::from(file.folder) == index;
        if !cabinet.files.iter().any(|file| of_folder(&file)) {
            continue;
        }
        let (data, complete) = unpack(walk, input, folder, cabinet.block_reserve);
        if let Some(why) = complete {
            walk.stop(why);
        }
        for file in cabinet.files.iter().filter(of_folder) {
            let start = usize::try_from(file.offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::try_from(file.size).unwrap_or(usize::MAX));
            let full = joined(path, &file.name);
            match data.get(start..end.min(data.len())) {
                Some(mut bytes) if !bytes.is_empty() || file.size == 0 => {
                    walk.member(&full, &mut bytes, depth);
                }
                _ => {
                    walk.stop(Stopped::Broken);
                    walk.unread(&full, depth);
                }
            }
        }
    }
    // Files that come from or go on in another cabinet.
    for file in cabinet.files.iter().filter(|file| usize::from(file.folder) >= cabinet.folders.len()) {
        walk.stop(Stopped::Unreadable);
        walk.unread(&joined(path, &file.name), depth);
    }
}

fn cabinet(input: &mut dyn ReadSeek, most_files: u32) -> io::Result<Cabinet> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let header = bytes(input, 36)?;
    let field = |at| u16_at(&header, at).ok_or_else(broken);
    let (folder_count, file_count, flags) = (field(26)?, field(28)?, field(30)?);
    let files_at = u32_at(&header, 16).ok_or_else(broken)?;
    let mut folder_reserve = 0;
    let mut block_reserve = 0;
    if flags & 4 != 0 {
        let reserve = bytes(input, 4)?;
        let [low, high, folder, block] = reserve.as_slice() else { return Err(broken()) };
        folder_reserve = usize::from(*folder);
        block_reserve = usize::from(*block);
        bytes(input, usize::from(u16::from_le_bytes([*low, *high])))?;
    }
    // Names of the cabinets before and after: two strings each.
    for flag in [1, 2] {
        if flags & flag != 0 {
            string(input)?;
            string(input)?;
        }
    }
    let mut folders = Vec::new();
    for _ in 0..folder_count {
        let folder = bytes(input, 8 + folder_reserve)?;
        folders.push(Folder {
            blocks_at: u64::from(u32_at(&folder, 0).ok_or_else(broken)?),
            blocks: u16_at(&folder, 4).ok_or_else(broken)?,
            packing: u16_at(&folder, 6).ok_or_else(broken)?,
        });
    }
    input.seek(SeekFrom::Start(u64::from(files_at)))?;
    let mut files = Vec::new();
    for _ in 0..u32::from(file_count).min(most_files) {
        let file = bytes(input, 16)?;
        files.push(File {
            size: u64::from(u32_at(&file, 0).ok_or_else(broken)?),
            offset: u64::from(u32_at(&file, 4).ok_or_else(broken)?),
            folder: u16_at(&file, 8).ok_or_else(broken)?,
            name: string(input)?,
        });
    }
    Ok(Cabinet { folders, files, block_reserve })
}

/// A folder's bytes, as many as the limits allow, and why not all of them.
fn unpack(
    walk: &mut Walk<'_>,
    input: &mut dyn ReadSeek,
    folder: &Folder,
    reserve: usize,
) -> (Vec<u8>, Option<Stopped>) {
    let mut data = Vec::new();
    let mut lzx = match folder.packing & 0x0f {
        0 | 1 => None,
        3 => match window(folder.packing >> 8) {
            Some(window) => Some(Lzxd::new(window)),
            None => return (data, Some(Stopped::Broken)),
        },
        _ => return (data, Some(Stopped::Unreadable)),
    };
    if input.seek(SeekFrom::Start(folder.blocks_at)).is_err() {
        return (data, Some(Stopped::Broken));
    }
    let limit = usize::try_from(walk.limits.member_bytes).unwrap_or(usize::MAX);
    for _ in 0..folder.blocks {
        let Ok((packed, size)) = block(input, reserve) else { return (data, Some(Stopped::Broken)) };
        let unpacked = match &mut lzx {
            Some(lzx) => lzx.decompress_next(&packed, size).ok().map(<[u8]>::to_vec),
            None if folder.packing & 0x0f == 0 => Some(packed),
            None => mszip(&packed, &data),
        };
        let Some(unpacked) = unpacked else { return (data, Some(Stopped::Broken)) };
        data.extend_from_slice(&unpacked);
        if data.len() > limit || !walk.budget.count_decoded(unpacked.len()) {
            return (data, Some(Stopped::TooLarge));
        }
    }
    (data, None)
}

fn block(input: &mut dyn ReadSeek, reserve: usize) -> io::Result<(Vec<u8>, usize)> {
    let header = bytes(input, 8 + reserve)?;
    let size = |at| u16_at(&header, at).map_or(0, usize::from);
    Ok((bytes(input, size(4))?, size(6)))
}

/// An MSZIP block: `CK` and a deflate stream that may refer to what was unpacked before. A stored block in front of it
/// gives the decoder that past.
fn mszip(packed: &[u8], before: &[u8]) -> Option<Vec<u8>> {
    let deflated = packed.strip_prefix(b"CK")?;
    let past = before.get(before.len().saturating_sub(BLOCK_BYTES)..)?;
    let length = u16::try_from(past.len()).ok()?;
    let mut stream = vec![0];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(past);
    stream.extend_from_slice(deflated);
    let mut unpacked = Vec::new();
    let most = u64::try_from(past.len() + BLOCK_BYTES).ok()?;
    flate2::read::DeflateDecoder::new(stream.as_slice()).take(most).read_to_end(&mut unpacked).ok()?;
    Some(unpacked.split_off(past.len().min(unpacked.len())))
}

fn window(bits: u16) -> Option<WindowSize> {
    Some(match bits & 0x1f {
        15 => WindowSize::KB32,
        16 => WindowSize::KB64,
        17 => WindowSize::KB128,
        18 => WindowSize::KB256,
        19 => WindowSize::KB512,
        20 => WindowSize::MB1,
        21 => WindowSize::MB2,
        _ => return None,
    })
}

fn bytes(input: &mut dyn ReadSeek, count: usize) -> io::Result<Vec<u8>> {
    let mut read = vec![0; count];
    input.read_exact(&mut read)?;
    Ok(read)
}

fn string(input: &mut dyn ReadSeek) -> io::Result<String> {
    let mut name = Vec::new();
    while name.len() < LONGEST_NAME_BYTES {
        let mut byte = [0];
        input.read_exact(&mut byte)?;
        match byte {
            [0] => return Ok(String::from_utf8_lossy(&name).into_owned()),
            [byte] => name.push(byte),
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}
