//! Kinds: any bytes are of some kind, and neither a name nor a type ever makes the answer milder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_scan::kind::{Hints, identify, sniff};

fuzz_target!(|input: (&[u8], &str, &str)| {
    let (bytes, name, content_type) = input;
    let alone = identify(bytes, bytes, &Hints::default());
    assert!(alone.class() >= sniff(bytes).class());
    let hinted = identify(bytes, bytes, &Hints { file_name: Some(name), content_type: Some(content_type) });
    assert!(hinted.class() >= alone.class());
});
