//! Compiled lists with wrong bytes: they open or are refused, and then every question is answered.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use usher_lists::Seed;
use usher_lists::artefact::Artefact;
use usher_lists::category::Category;
use usher_lists::compile::Compiler;
use usher_lists::format::squidguard::Usage;
use usher_lists::format::{self, Format};
use usher_lists::normal::Collector;
use usher_lists::source::{Origin, Source, SourceId};
use usher_types::digest::Digest;
use usher_types::host::Host;
use usher_types::moment::Moment;

/// Asked of every file: names with and without entries, addresses, pages.
const HOSTS: [&str; 8] = [
    "a.example",
    "x.b.c.example",
    "d.example",
    "www.d.example",
    "zip",
    "192.0.2.1",
    "[2001:db8::1]",
    "none.test",
];

fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let mut compiler = Compiler::default();
        compiler.add(source("names", Format::Domains, "a.example\nb.c.example\n192.0.2.1\nzip\n"));
        compiler.add(source("pages", Format::Urls, "d.example/x\nd.example/x/y\nd.example/z?q=1\n192.0.2.1/\n"));
        let mut bytes = Vec::new();
        compiler.write(Seed::from_bytes([5; 16]), &mut bytes).expect("memory can be written");
        bytes
    })
}

fn source(id: &str, format: Format, list: &str) -> Source {
    let mut collector = Collector::default();
    let reading = format::read(format, list.as_bytes(), &mut |entry| collector.add(entry)).expect("memory can be read");
    let origin = Origin {
        id: SourceId::parse(id).expect("a name"),
        title: id.to_owned(),
        category: Category::parse("games").expect("a category"),
        usage: Usage::Black,
        licence: "CC0-1.0".into(),
        credit: "nobody".into(),
        address: "https://lists.example/".into(),
        dated: None,
        fetched_at: Moment::from_unix_ms(0),
        digest: Digest::default(),
        format,
    };
    Source::new(origin, collector.finish().expect("few entries"), reading)
}

fn ask(artefact: &Artefact) {
    for host in HOSTS.map(|host| Host::parse(host).expect("a host")) {
        for (path, query) in [("/", None), ("/x/y/z", None), ("/z", Some("q=1&r")), ("", Some(""))] {
            let hit = artefact.lookup(&host, path, query);
            let _lists = (artefact.lists_of(hit.host_set), artefact.lists_of(hit.page_set));
            let _matches = artefact.explain(&host, path, query);
        }
    }
    let _sets = artefact.sets().map(<[u16]>::len).sum::<usize>();
    let _verified = artefact.verify();
}

fuzz_target!(|edits: &[u8]| {
    // Each five bytes put one byte somewhere into a good file; what is left over cuts the file short.
    let mut bytes = good().to_vec();
    let (places, rest) = edits.as_chunks::<5>();
    for [a, b, c, d, byte] in places {
        let at = u32::from_le_bytes([*a, *b, *c, *d]) as usize % bytes.len();
        bytes[at] = *byte;
    }
    if let [cut, ..] = rest {
        bytes.truncate(bytes.len() - usize::from(*cut));
    }
    for bytes in [bytes, edits.to_vec()] {
        if let Ok(artefact) = Artefact::from_bytes(bytes) {
            ask(&artefact);
        }
    }
});
