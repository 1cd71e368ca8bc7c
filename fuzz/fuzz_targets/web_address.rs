//! Web addresses: normal forms are fixed points, and an address is covered by the entry and the pattern made of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_lists::pages::Pages;
use usher_lists::patterns::AddressPattern;
use usher_scan::wrapper::Wrappers;
use usher_types::url::{WebAddress, normal_path};

fuzz_target!(|text: &str| {
    let once = normal_path(text).into_owned();
    assert_eq!(normal_path(&once), once);

    if let Ok(pattern) = AddressPattern::parse(text) {
        assert_eq!(AddressPattern::parse(&pattern.to_string()).as_ref(), Ok(&pattern), "{text:?}");
    }
    if let Ok(pages) = Pages::parse(text) {
        assert_eq!(Pages::parse(&pages.to_string()).as_ref(), Ok(&pages), "{text:?}");
    }
    let Ok(address) = WebAddress::parse(text) else { return };
    if let Some(inner) = Wrappers::built_in().expect("the table").inner(&address) {
        assert_ne!(inner, address, "{text:?}");
    }
    assert_eq!(WebAddress::parse(&address.to_string()).as_ref(), Ok(&address), "{text:?}");
    assert!(Pages::of(&address).covers(&address.host, &address.path, address.query.as_deref()), "{text:?}");
    assert!(AddressPattern::of_host(address.host.clone()).matches(&address), "{text:?}");
});
