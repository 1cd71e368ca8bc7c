//! What ICAP clients ask: whatever comes is read or refused, and what follows a head makes no difference to it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_proxy::icap::head::{Asks, LONGEST_HEAD_BYTES, LONGEST_INNER_BYTES, read, request, response};

fuzz_target!(|bytes: &[u8]| {
    let (method, rest) = bytes.split_first().unwrap_or((&0, bytes));
    let method = ["OPTIONS", "REQMOD", "RESPMOD"][usize::from(*method) % 3];
    // Half of the time the first words are right, so that what is behind them is reached.
    let begun = [format!("{method} icap://u/ ICAP/1.0\r\n").as_bytes(), rest].concat();
    for bytes in [bytes, begun.as_slice()] {
        match read(bytes) {
            Ok(Some((ask, length))) => {
                assert!(length <= bytes.len() && length <= LONGEST_HEAD_BYTES);
                if let Asks::About { parts, .. } = ask.asks {
                    assert!(parts.heads <= LONGEST_INNER_BYTES);
                    assert!(parts.request.is_none_or(|at| at <= parts.heads));
                    assert!(parts.response.is_none_or(|at| at <= parts.heads));
                }
                assert_eq!(read(&bytes[..length]), Ok(Some((ask, length))));
            }
            Ok(None) => assert!(bytes.len() < LONGEST_HEAD_BYTES),
            Err(_) => {}
        }
    }
    for begin in ["", "GET http://a.example/ HTTP/1.1\r\n"] {
        drop(request(&[begin.as_bytes(), rest].concat()));
    }
    for begin in ["", "HTTP/1.1 200 OK\r\n"] {
        drop(response(&[begin.as_bytes(), rest].concat()));
    }
});
