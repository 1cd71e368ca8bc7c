//! TLS client hellos: whatever the bytes, a verdict; and a hello that was read stays the same hello however it is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_proxy::tls::hello::{Reading, read};

fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes);
    // A verdict on a part is never taken back by more bytes.
    let mut settled = None;
    for cut in 0..=bytes.len().min(600) {
        match (read(&bytes[..cut]), &settled) {
            (Reading::More, None) => {}
            (Reading::More, Some(earlier)) => panic!("{earlier:?} was taken back at {cut}"),
            (found @ Reading::Hello(_), None) => settled = Some(found),
            (Reading::NotTls, None) => return,
            (found, Some(earlier)) => assert_eq!(&found, earlier),
        }
    }
    if let (Some(earlier), true) = (settled, bytes.len() <= 600) {
        assert_eq!(whole, earlier);
    }
});
