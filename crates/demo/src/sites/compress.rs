//! Content codings the sites send: gzip, and brotli without the compressing, which is enough to try a reader against.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The largest block of the smallest size brotli has (RFC 7932, 9.2: four nibbles).
const BLOCK_BYTES: usize = 65_536;

/// The bytes in gzip (RFC 1952).
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    match encoder.write_all(bytes) {
        // Writing to memory does not fail.
        Ok(()) => encoder.finish().unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

/// The bytes as a brotli stream of uncompressed blocks (RFC 7932, 9.2).
pub(super) fn brotli_stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = Bits::default();
    // A window of 16 bits.
    out.push(0, 1);
    for block in bytes.chunks(BLOCK_BYTES) {
        let length = u32::try_from(block.len() - 1).unwrap_or(0);
        // Not the last, four nibbles of length, the length, uncompressed.
        out.push(0, 1);
        out.push(0, 2);
        out.push(length, 16);
        out.push(1, 1);
        out.align();
        out.bytes.extend_from_slice(block);
    }
    // The last block, and empty.
    out.push(0b11, 2);
    out.align();
    out.bytes
}

/// Bits in the making, lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.take();
        }
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.take();
        }
    }

    fn take(&mut self) {
        let [first, ..] = self.held.to_le_bytes();
        self.bytes.push(first);
        self.held >>= 8;
        self.count = self.count.saturating_sub(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_coded_can_be_read_again() {
        for length in [0, 1, 5, 65_535, 65_536, 65_537, 200_000_usize] {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut read = Vec::new();
            brotli_decompressor::Decompressor::new(brotli_stored(&text).as_slice(), 4096)
                .read_to_end(&mut read)
                .unwrap();
            assert!(read == text, "{length} bytes in brotli");
            let mut read = Vec::new();
            flate2::read::GzDecoder::new(gzip(&text).as_slice()).read_to_end(&mut read).unwrap();
            assert!(read == text, "{length} bytes in gzip");
        }
    }
}
