//! Hosts: what is printed reads back as the same host, and is within itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_types::host::Host;

fuzz_target!(|text: &str| {
    let Ok(host) = Host::parse(text) else { return };
    let printed = host.to_string();
    assert_eq!(Host::parse(&printed).as_ref(), Ok(&host), "{text:?} printed as {printed:?}");
    if let Host::Name(name) = &host {
        assert!(name.as_str().len() <= 253 && name.as_str().is_ascii());
        assert!(name.is_within(name));
        let _shown = name.display_unicode();
    }
});
