//! Answers of ICAP servers: whatever comes is read or refused, and where it is cut makes no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_scanners::icap::answer::{Chunks, Fault, LONGEST_HEAD_BYTES, head, response_status};

/// What a body holds, how many bytes were taken for it, and whether that is its end.
fn body(bytes: &[u8], size: usize) -> Result<(Vec<u8>, usize, bool), Fault> {
    let (mut chunks, mut out, mut taken) = (Chunks::default(), Vec::new(), 0);
    for piece in bytes.chunks(size) {
        taken += chunks.push(piece, &mut |data| out.extend_from_slice(data))?;
    }
    Ok((out, taken, chunks.is_end()))
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    let whole = body(bytes, bytes.len().max(1));
    assert_eq!(body(bytes, usize::from(size).max(1)), whole);
    if let Ok((out, taken, is_end)) = &whole {
        assert!(out.len() <= *taken && *taken <= bytes.len());
        assert!(*is_end || *taken == bytes.len());
    }
    drop(response_status(bytes));
    // Half of the time the first words are right, so that what is behind them is reached.
    let begun = [b"ICAP/1.0 200 OK\r\n".as_slice(), bytes].concat();
    for bytes in [bytes, begun.as_slice()] {
        match head(bytes) {
            Ok(Some((read, length))) => {
                assert!(length <= bytes.len() && length <= LONGEST_HEAD_BYTES);
                if let Some(parts) = read.parts {
                    assert!(parts.heads <= LONGEST_HEAD_BYTES);
                    assert!(parts.response.is_none_or(|at| at <= parts.heads));
                }
                // What follows is not its concern.
                assert_eq!(head(&bytes[..length]), Ok(Some((read, length))));
            }
            Ok(None) => assert!(bytes.len() < LONGEST_HEAD_BYTES),
            Err(_) => {}
        }
    }
});
