//! Category lists of a few names.

use std::sync::Arc;

use usher_lists::Seed;
use usher_lists::artefact::Artefact;
use usher_lists::category::{Catalogue, Category};
use usher_lists::compile::Compiler;
use usher_lists::format::squidguard::Usage;
use usher_lists::format::{self, Format};
use usher_lists::library::Library;
use usher_lists::normal::Collector;
use usher_lists::overlay::{Edit, Overlay};
use usher_lists::review::{ChangeGuard, Review};
use usher_lists::source::{Origin, Source, SourceId};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// Lists by category, each compiled from its lines: `("games", "games.example\nplay.example")`. A line with a slash is
/// an entry for a page.
pub fn artefact(lists: &[(&str, &str)]) -> Artefact {
    let mut compiler = Compiler::new(Review::default(), ChangeGuard::default());
    for (category, lines) in lists {
        let format = if lines.contains('/') { Format::Urls } else { Format::Domains };
        let mut collector = Collector::default();
        let reading = format::read(format, lines.as_bytes(), &mut |entry| collector.add(entry)).unwrap();
        let id = if format == Format::Urls {
            format!("test-{category}-pages")
        } else {
            format!("test-{category}")
        };
        let origin = Origin {
            id: SourceId::parse(&id).unwrap(),
            title: id,
            category: Category::parse(category).unwrap(),
            usage: Usage::Black,
            licence: "CC0-1.0".into(),
            credit: "nobody".into(),
            address: "https://lists.example/".into(),
            dated: None,
            fetched_at: Moment::from_unix_ms(0),
            digest: Digest::of(lines.as_bytes()),
            format,
        };
        compiler.add(Source::new(origin, collector.finish().unwrap(), reading));
    }
    let mut bytes = Vec::new();
    compiler.write(Seed::from_bytes(*b"not a secret key"), &mut bytes).unwrap();
    Artefact::from_bytes(bytes).unwrap()
}

/// Those lists and a school's edits, ready to be asked.
pub fn library(lists: &[(&str, &str)], edits: Vec<Edit>) -> Library {
    let table = Catalogue::ours().unwrap().table();
    let overlay = Overlay::build(edits, &table).unwrap();
    Library::new(Arc::new(artefact(lists)), Arc::new(overlay), Arc::new(table)).unwrap()
}
