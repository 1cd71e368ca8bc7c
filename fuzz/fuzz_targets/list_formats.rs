//! Lists in every format: no bytes stop a reading, and every entry can be written down and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_lists::format::{self, Format, What};
use usher_lists::normal::{Collector, Entries};

const FORMATS: [Format; 7] = [
    Format::Domains,
    Format::Hosts,
    Format::Urls,
    Format::Dnsmasq,
    Format::Adblock,
    Format::Rpz,
    Format::Expressions,
];

fuzz_target!(|list: &[u8]| {
    let _guess = format::detect(list);
    for format in FORMATS {
        let mut collector = Collector::default();
        let mut given = 0;
        let reading = format::read(format, list, &mut |entry| {
            given += 1;
            if let What::Pages(pages) = &entry.what {
                assert!(!pages.to_string().is_empty());
            }
            collector.add(entry);
        })
        .expect("bytes in memory can be read");
        assert_eq!(reading.entries, given);
        let entries = collector.finish().expect("few entries");
        let mut text = Vec::new();
        entries.write_text(&mut text).expect("memory can be written");
        let again = Entries::read_text(text.as_slice()).expect("what is written can be read");
        assert_eq!(again.size(), entries.size());
        assert_eq!(again.difference_from(&entries), Default::default());
    }
});
