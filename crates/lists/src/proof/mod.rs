//! Tests of the whole way from a list's text to an answer.

mod artefacts;
mod differential;
mod dodging;
mod edits;
mod matcher;
mod regressions;

use std::sync::Arc;

use usher_types::digest::Digest;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::artefact::Artefact;
use crate::category::{Catalogue, Category};
use crate::compile::{Compiler, Outcome};
use crate::format::squidguard::Usage;
use crate::format::{self, Format};
use crate::hash::Seed;
use crate::library::Library;
use crate::normal::Collector;
use crate::overlay::{Edit, Overlay};
use crate::review::{ChangeGuard, Review};
use crate::source::{Origin, Source, SourceId};

const SEED: Seed = Seed::from_bytes(*b"not a secret key");

fn category(name: &str) -> Category {
    Category::parse(name).unwrap()
}

fn origin(id: &str, of: &str, format: Format) -> Origin {
    Origin {
        id: SourceId::parse(id).unwrap(),
        title: id.to_owned(),
        category: category(of),
        usage: Usage::Black,
        licence: "CC0-1.0".into(),
        credit: "nobody".into(),
        address: "https://lists.example/".into(),
        dated: Some(jiff::civil::date(2026, 8, 1)),
        fetched_at: Moment::from_unix_ms(0),
        digest: Digest::default(),
        format,
    }
}

/// A source read from the text of a list.
fn source(id: &str, of: &str, format: Format, list: impl AsRef<[u8]>) -> Source {
    let mut collector = Collector::default();
    let reading = format::read(format, list.as_ref(), &mut |entry| collector.add(entry)).unwrap();
    Source::new(origin(id, of, format), collector.finish().unwrap(), reading)
}

/// Compiles with nothing held back.
fn compile(sources: Vec<Source>) -> (Artefact, Outcome) {
    compile_with(Review::default(), sources)
}

fn compile_with(review: Review, sources: Vec<Source>) -> (Artefact, Outcome) {
    let mut compiler = Compiler::new(review, ChangeGuard::default());
    sources.into_iter().for_each(|source| compiler.add(source));
    let mut bytes = Vec::new();
    let outcome = compiler.write(SEED, &mut bytes).unwrap();
    let artefact = Artefact::from_bytes(bytes).unwrap();
    artefact.verify().unwrap();
    assert_eq!(artefact.digest(), outcome.digest);
    assert_eq!(artefact.len_bytes() as u64, outcome.figures.bytes);
    (artefact, outcome)
}

fn library(artefact: Artefact, edits: Vec<Edit>) -> Library {
    let table = Catalogue::ours().unwrap().table();
    let overlay = Overlay::build(edits, &table).unwrap();
    Library::new(Arc::new(artefact), Arc::new(overlay), Arc::new(table)).unwrap()
}

/// The entries that say why a page is listed, as `list: entry`.
fn why(artefact: &Artefact, page: &str) -> Vec<String> {
    let page = WebAddress::parse(page).unwrap();
    let matches = artefact.explain(&page.host, &page.path, page.query.as_deref());
    let title = |list: u16| &artefact.lists()[usize::from(list)].origin.id;
    matches.iter().map(|found| format!("{}: {}", title(found.list), found.entry)).collect()
}

/// The names of the lists a page is on, by the fast way.
fn lists(artefact: &Artefact, page: &str) -> Vec<String> {
    let page = WebAddress::parse(page).unwrap();
    let hit = artefact.lookup(&page.host, &page.path, page.query.as_deref());
    let mut lists: Vec<u16> = artefact.lists_of(hit.host_set).to_vec();
    lists.extend(artefact.lists_of(hit.page_set));
    lists.sort_unstable();
    lists.dedup();
    lists.iter().map(|list| artefact.lists()[usize::from(*list)].origin.id.to_string()).collect()
}
