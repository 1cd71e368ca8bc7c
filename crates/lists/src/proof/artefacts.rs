//! The compiled file itself: the same every time, and harmless when damaged.

use std::io::Write as _;

use proptest::prelude::*;
use usher_types::digest::Digest;
use usher_types::host::Host;

use super::{SEED, compile, source};
use crate::artefact::{Artefact, OpenError, VerifyError};
use crate::compile::Compiler;
use crate::format::Format;
use crate::hash::Seed;

fn compiled(seed: Seed) -> Vec<u8> {
    let mut compiler = Compiler::default();
    compiler.add(source("names", "games", Format::Domains, "a.example\nb.c.example\n192.0.2.1\n"));
    compiler.add(source("more", "news", Format::Domains, "c.example\na.example\n"));
    compiler.add(source("pages", "cheating", Format::Urls, "d.example/x\nd.example/x/y\nd.example/z?q=1\n"));
    let mut bytes = Vec::new();
    compiler.write(seed, &mut bytes).unwrap();
    bytes
}

/// Asks everything of a file that may lie.
fn exercise(artefact: &Artefact) {
    for host in
        ["a.example", "x.b.c.example", "d.example", "www.d.example", "192.0.2.1", "[2001:db8::1]", "e.test"]
    {
        let host = Host::parse(host).unwrap();
        for (path, query) in [("/", None), ("/x/y/z", None), ("/z", Some("q=1&r")), ("", Some(""))] {
            let hit = artefact.lookup(&host, path, query);
            let _lists = (artefact.lists_of(hit.host_set), artefact.lists_of(hit.page_set));
            let _matches = artefact.explain(&host, path, query);
        }
    }
    let _count = artefact.sets().map(<[u16]>::len).sum::<usize>();
    let _verified = artefact.verify();
}

#[test]
fn the_same_sources_and_seed_give_the_same_bytes() {
    assert_eq!(compiled(SEED), compiled(SEED));
    assert_ne!(compiled(SEED), compiled(Seed::from_bytes([1; 16])));
}

#[test]
fn a_mapped_file_answers_like_bytes_in_memory() {
    let bytes = compiled(SEED);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let mapped = Artefact::open(file.path()).unwrap();
    let held = Artefact::from_bytes(bytes.clone()).unwrap();
    mapped.verify().unwrap();
    let (body, digest) = bytes.split_at(bytes.len() - 32);
    assert_eq!(mapped.digest(), Digest::of(body));
    assert_eq!(mapped.digest().as_bytes(), digest);
    for host in ["a.example", "z.b.c.example", "none.example"] {
        let host = Host::parse(host).unwrap();
        assert_eq!(mapped.lookup(&host, "/", None), held.lookup(&host, "/", None));
    }
    assert_eq!(mapped.lists(), held.lists());
}

#[test]
fn what_is_wrong_with_a_file_is_named() {
    let bytes = compiled(SEED);
    let open = |bytes: &[u8]| Artefact::from_bytes(bytes.to_vec()).unwrap_err();
    assert!(matches!(open(b""), OpenError::Short));
    assert!(matches!(open(b"something else entirely"), OpenError::Foreign));
    assert!(matches!(open(&bytes[..100]), OpenError::Short));
    assert!(matches!(open(&bytes[..bytes.len() - 1]), OpenError::Section("lists")));
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert_eq!(
        open(&newer).to_string(),
        "the compiled lists have layout 9, this program reads layout 1; compile them again"
    );
    let empty = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(Artefact::open(empty.path()), Err(OpenError::Short)));
    assert!(matches!(Artefact::open(std::path::Path::new("/no/such/file")), Err(OpenError::Io(_))));
    let mut damaged = bytes;
    damaged[300] ^= 1;
    let damaged = Artefact::from_bytes(damaged).unwrap();
    assert!(matches!(damaged.verify(), Err(VerifyError::Digest { .. })));
}

#[test]
fn every_byte_may_be_damaged_without_harm() {
    let bytes = compiled(SEED);
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Ok(artefact) = Artefact::from_bytes(damaged) {
                exercise(&artefact);
            }
        }
    }
}

#[test]
fn a_set_that_is_not_there_is_empty() {
    let (artefact, _outcome) = compile(vec![source("s", "games", Format::Domains, "a.example\n")]);
    assert_eq!(artefact.lists_of(crate::artefact::SetId::new(999)), [0_u16; 0]);
    assert_eq!(artefact.category_of(999), None);
}

proptest! {
    #[test]
    fn damage_does_not_stop_the_program(places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        keep in any::<prop::sample::Index>())
    {
        let mut bytes = compiled(SEED);
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(keep.index(bytes.len()).max(bytes.len() * 3 / 4));
        if let Ok(artefact) = Artefact::from_bytes(bytes) {
            exercise(&artefact);
        }
    }
}
