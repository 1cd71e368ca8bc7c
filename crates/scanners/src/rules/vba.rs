//! The text of macros, which Office keeps compressed in a way of its own (MS-OVBA 2.4.1).
//!
//! Owns: finding such text in a stream's bytes and unpacking it within limits. Does not: understand it.

/// How the text of every module begins when it is packed: no copies among the first eight signs.
const BEGINS: &[u8] = b"\0Attribut";
/// How far before that the container begins: its mark and the chunk's two-byte header.
const HEADER_BYTES: usize = 3;
/// What a chunk unpacks to at most (MS-OVBA 2.4.1.1.4).
const CHUNK_BYTES: usize = 4096;
/// How many modules are unpacked of one stream: each has a stream of its own, unless the whole file is looked at.
const MOST_MODULES: usize = 64;
/// How much of one module is unpacked, in bytes. The editor itself stops at 64 KiB a procedure.
const LONGEST_MODULE_BYTES: usize = 1 << 20;

/// The text of every module in `bytes`.
pub(super) fn modules(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    memchr::memmem::find_iter(bytes, BEGINS)
        .filter_map(|at| bytes.get(at.checked_sub(HEADER_BYTES)?..))
        .filter(|container| container.first() == Some(&1))
        .take(MOST_MODULES)
        .map(|container| unpack(container.get(1..).unwrap_or_default()))
}

/// Unpacks chunk by chunk until one is none.
fn unpack(mut chunks: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    while let Some((&[low, high], rest)) = chunks.split_first_chunk::<2>() {
        let header = u16::from_le_bytes([low, high]);
        let length = usize::from(header & 0x0fff) + 1;
        if header >> 12 & 0b111 != 0b011 || text.len() >= LONGEST_MODULE_BYTES {
            break;
        }
        let chunk = rest.get(..length).unwrap_or(rest);
        if header >> 15 == 1 {
            unpack_chunk(chunk, &mut text);
        } else {
            text.extend_from_slice(chunk);
        }
        chunks = rest.get(length..).unwrap_or_default();
    }
    text
}

fn unpack_chunk(mut packed: &[u8], text: &mut Vec<u8>) {
    let begin = text.len();
    while let Some((&flags, rest)) = packed.split_first() {
        packed = rest;
        for bit in 0..8 {
            let done = text.len() - begin;
            if done >= CHUNK_BYTES {
                return;
            }
            if flags >> bit & 1 == 0 {
                let Some((&sign, rest)) = packed.split_first() else { return };
                text.push(sign);
                packed = rest;
                continue;
            }
            let Some((&token, rest)) = packed.split_first_chunk::<2>() else { return };
            packed = rest;
            let (back, count) = copy(u16::from_le_bytes(token), done);
            for _ in 0..count.min(CHUNK_BYTES - done) {
                let from = text.len().checked_sub(back).filter(|from| *from >= begin);
                let Some(&sign) = from.and_then(|from| text.get(from)) else { return };
                text.push(sign);
            }
        }
    }
}

/// How far back a copy begins, and how many bytes it has: the further into the chunk, the more bits for the first.
fn copy(token: u16, done: usize) -> (usize, usize) {
    let bits = (4..12).find(|bits| done <= 1 << bits).unwrap_or(12);
    let back = usize::from(token >> (16 - bits)) + 1;
    let count = usize::from(token & (0xffff >> bits)) + 3;
    (back, count)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Packs a text as Office does where nothing repeats: literals, eight to a flag byte.
    pub(in crate::rules) fn packed(text: &[u8]) -> Vec<u8> {
        let mut out = vec![1];
        for chunk in text.chunks(3000) {
            let tokens: Vec<u8> =
                chunk.chunks(8).flat_map(|eight| [0].into_iter().chain(eight.iter().copied())).collect();
            let header = u16::try_from(tokens.len() - 1).unwrap() | 0b1011 << 12;
            out.extend(header.to_le_bytes());
            out.extend(tokens);
        }
        out
    }

    #[test]
    fn the_example_of_the_specification_with_copies_is_unpacked() {
        // MS-OVBA 3.2.2.
        let container = [
            0x2f, 0xb0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66, 0x00, 0x70, 0x61,
            0x67, 0x68, 0x69, 0x6a, 0x01, 0x38, 0x08, 0x61, 0x6b, 0x6c, 0x00, 0x30, 0x6d, 0x6e, 0x6f, 0x70,
            0x06, 0x71, 0x02, 0x70, 0x04, 0x10, 0x72, 0x73, 0x74, 0x75, 0x76, 0x10, 0x77, 0x78, 0x79, 0x7a,
            0x00, 0x3c,
        ];
        assert_eq!(unpack(&container), b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
    }

    #[test]
    fn modules_are_found_in_streams_and_odd_bytes_end_quietly() {
        let text = b"Attribute VB_Name = \"ThisDocument\"\r\nSub AutoOpen()\r\nEnd Sub\r\n".repeat(200);
        let stream = [b"performance cache".as_slice(), &packed(&text)].concat();
        assert_eq!(modules(&stream).collect::<Vec<_>>(), [text]);
        for cut in 0..stream.len().min(200) {
            assert!(modules(&stream[..cut]).count() <= 1);
        }
        assert_eq!(modules(b"\0Attribut").count(), 0);
        // A copy from before the beginning.
        assert_eq!(modules(b"\x01\x0d\xb0\0Attribut\xff\xff\xff").next().unwrap(), b"Attribut");
    }
}
