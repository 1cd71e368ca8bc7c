//! Reading little-endian numbers from bytes that may be too short or lie.

/// The two bytes at an offset.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

/// The four bytes at an offset.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

/// The eight bytes at an offset.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    bytes.get(offset..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The two halves of sixteen bytes.
pub(crate) const fn halves(bytes: &[u8; 16]) -> ([u8; 8], [u8; 8]) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *bytes;
    ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p])
}

/// The text at an offset, if it is there and is UTF-8.
pub(crate) fn text_at(bytes: &[u8], offset: usize, length: usize) -> Option<&str> {
    std::str::from_utf8(bytes.get(offset..offset.checked_add(length)?)?).ok()
}
