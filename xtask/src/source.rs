//! A file of names as a source of the compiler: what every chore that compiles lists of its own needs alike.

use std::io::BufRead;

use anyhow::Result;
use usher_lists::category::Category;
use usher_lists::format::squidguard::Usage;
use usher_lists::format::{self, Format};
use usher_lists::normal::Collector;
use usher_lists::source::{Origin, Source, SourceId};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// What is said of a list.
pub(crate) struct About<'a> {
    pub(crate) id: SourceId,
    pub(crate) title: &'a str,
    pub(crate) category: Category,
    pub(crate) licence: &'a str,
    pub(crate) credit: &'a str,
    pub(crate) address: &'a str,
}

/// Reads names, one a line.
pub(crate) fn read(about: About<'_>, input: impl BufRead) -> Result<Source> {
    let mut collector = Collector::default();
    let reading = format::read(Format::Domains, input, &mut |entry| collector.add(entry))?;
    let origin = Origin {
        id: about.id,
        title: about.title.to_owned(),
        category: about.category,
        usage: Usage::Black,
        licence: about.licence.to_owned(),
        credit: about.credit.to_owned(),
        address: about.address.to_owned(),
        dated: None,
        fetched_at: Moment::from_unix_ms(0),
        digest: Digest::default(),
        format: Format::Domains,
    };
    Ok(Source::new(origin, collector.finish()?, reading))
}
