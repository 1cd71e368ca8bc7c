//! Reading lists in other people's formats, line by line.
//!
//! Owns: one file a format, what counts as an entry in each, and the account of what was not used and why.
//! Does not: judge entries, map them to categories, or stop at a bad line. Only a failing reader stops a reading.
//!
//! No code and no list of other programs was used; the formats are known from their documentation: dnsmasq(8),
//! hosts(5), the squidGuard configuration pages, the Adblock Plus filter cheat sheet, and the Internet-Draft on
//! response policy zones (draft-vixie-dnsop-dns-rpz).

use std::io::{self, BufRead};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::host::HostName;

use crate::pages::Pages;

mod adblock;
mod detect;
mod dnsmasq;
mod domains;
mod hosts;
mod lines;
mod reading;
mod rpz;
pub mod squidguard;
mod urls;

pub use detect::detect;
pub use reading::{BadLine, MAX_BAD_LINES_KEPT, NotUsed, Reading, Why};

use lines::{Line, Lines};
use reading::Sink;

/// What a list is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One name or address a line; the `domains` files of squidGuard folders too.
    Domains,
    /// hosts(5): an address that leads nowhere, then names.
    Hosts,
    /// `host/path` or whole addresses, one a line; the `urls` files of squidGuard folders too.
    Urls,
    /// dnsmasq(8): `address=/name/`, `server=/name/`, `local=/name/`.
    Dnsmasq,
    /// Adblock filters, of which only `||name^` is used.
    Adblock,
    /// A DNS response policy zone, of which only names that are answered with nothing are used.
    Rpz,
    /// squidGuard expressions: counted, never used.
    Expressions,
}

/// One thing a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The thing.
    pub what: What,
    /// The line it stands on, from 1.
    pub line_number: u64,
}

/// What an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A host and all hosts below it.
    Name(HostName),
    /// An address, written out.
    Address(IpAddr),
    /// Some pages of one host.
    Pages(Pages),
}

/// Reads a list to its end. Every entry goes to `each`; what else was there is in the account.
///
/// # Errors
/// Only when the reader fails. A bad line is counted, and the first few are kept by name.
pub fn read(format: Format, input: impl BufRead, each: &mut dyn FnMut(Entry)) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut lines = Lines::new(input);
    let mut zone = rpz::Zone::default();
    while let Some(line) = lines.next()? {
        reading.lines += 1;
        let mut sink = Sink::new(&mut reading, each);
        match line {
            Line::TooLong(text) => sink.bad(&text, Why::TooLong),
            Line::NotText(text) => sink.bad(&text, Why::NotUtf8),
            Line::Text(text) => match format {
                Format::Domains => domains::line(text, &mut sink),
                Format::Hosts => hosts::line(text, &mut sink),
                Format::Urls => urls::line(text, &mut sink),
                Format::Dnsmasq => dnsmasq::line(text, &mut sink),
                Format::Adblock => adblock::line(text, &mut sink),
                Format::Rpz => zone.line(text, &mut sink),
                Format::Expressions => squidguard::expression(text, &mut sink),
            },
        }
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries as text, and the account.
    pub(super) fn read_text(format: Format, list: impl AsRef<[u8]>) -> (Vec<String>, Reading) {
        let mut found = Vec::new();
        let reading = read(format, list.as_ref(), &mut |entry| {
            found.push(match entry.what {
                What::Name(name) => name.to_string(),
                What::Address(address) => address.to_string(),
                What::Pages(pages) => pages.to_string(),
            });
        })
        .unwrap();
        (found, reading)
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_a_reading(list in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            for format in [Format::Domains, Format::Hosts, Format::Urls, Format::Dnsmasq, Format::Adblock, Format::Rpz] {
                read_text(format, &list);
            }
            detect(&list);
        }

        #[test]
        fn every_line_is_accounted_for(lines in proptest::collection::vec("[ -~]{0,30}", 0..20)) {
            let list = lines.join("\n") + "\n";
            for format in [Format::Domains, Format::Urls, Format::Adblock] {
                let (found, reading) = read_text(format, &list);
                let bad: u64 = reading.bad.values().sum();
                let not_used: u64 = reading.not_used.values().sum();
                let accounted = found.len() as u64 + reading.comments + reading.exceptions + bad + not_used;
                proptest::prop_assert_eq!(accounted, reading.lines);
            }
        }
    }
}
