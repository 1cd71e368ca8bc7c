//! Archives: whatever the bytes, the walk ends within its limits and counts what it shows.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use usher_scan::archive::{LONGEST_PATH_CHARS, Limits, MOST_FOUND, look_inside};
use usher_scan::kind::{Hints, identify};
use usher_scan::stopwatch::Stopwatch;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        depth: 3,
        members: 200,
        member_bytes: 1 << 20,
        unpacked_bytes: 4 << 20,
        window_bytes: 8 << 20,
        ..Limits::default()
    };
    let kind = identify(bytes, bytes, &Hints::default());
    let mut shown = 0;
    let inside = look_inside(kind, &mut Cursor::new(bytes), &limits, &Stopwatch::stopped(), &mut |member| {
        shown += 1;
        assert!(member.depth <= limits.depth && member.bytes.len() <= 1 << 20);
        assert!(member.path.chars().count() <= LONGEST_PATH_CHARS);
    });
    assert!(shown <= inside.members && inside.members <= limits.members);
    assert!(inside.worst.len() <= MOST_FOUND);
    assert!(inside.unpacked_bytes <= limits.unpacked_bytes + (1 << 20));
});
