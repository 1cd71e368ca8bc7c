//! HTTP/1 requests: the guard never hands on what it did not get, and where the bytes are cut makes no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_events::event::MalformedFault;
use usher_proxy::guard::framing::{Framing, Judged};

fn run<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Option<MalformedFault>) {
    let (mut framing, mut buffer, mut out) = (Framing::default(), Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match framing.judge(&buffer) {
                Ok(Judged::Ready(count)) => out.extend(buffer.drain(..count)),
                Ok(Judged::Skip(count)) => drop(buffer.drain(..count)),
                Ok(Judged::More) => break,
                Err(fault) => return (out, Some(fault)),
            }
        }
    }
    (out, None)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    let (out, fault) = run(std::iter::once(bytes));
    assert!(out.len() <= bytes.len());
    let (cut_out, cut_fault) = run(bytes.chunks(usize::from(size).max(1)));
    assert_eq!(fault, cut_fault);
    if fault.is_none() {
        assert_eq!(out, cut_out);
    }
});
