//! Uploaded photos, scans and PDFs: any bytes are read or refused within their limits, and what is kept is a picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_paper::{MOST_PAGES, read};

fuzz_target!(|bytes: &[u8]| {
    let Ok(pages) = read(bytes.to_vec(), &|| true) else { return };
    assert!(!pages.is_empty() && pages.len() <= MOST_PAGES);
    for page in pages.into_iter().flatten() {
        assert!(page.picture.starts_with(&[0xFF, 0xD8]));
    }
});
