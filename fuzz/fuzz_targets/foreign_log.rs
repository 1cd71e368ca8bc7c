//! Logs of other filters: no bytes stop a reading, and every visit becomes an event.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_reports::foreign::{Visitors, read};
use usher_types::moment::Zone;

fuzz_target!(|log: &[u8]| {
    let mut visits = 0;
    let visitors = Visitors::default();
    let mut bytes = log;
    let reading = read(&mut bytes, &Zone::london(), &mut |visit| {
        visits += 1;
        assert!(visit.line > 0 && !visit.method.is_empty());
        let _nobody = visitors.subject(visit.user.as_deref());
    })
    .expect("bytes in memory can be read");
    assert_eq!(reading.visits, visits);
    assert!(bytes.is_empty());
});
