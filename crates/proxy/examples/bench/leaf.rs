//! What making a certificate costs the thread that makes it.

use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use rustls::pki_types::UnixTime;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_types::host::Host;
use usher_types::moment::Moment;

/// Names asked for before, so that what is loaded once is loaded.
const BEFORE: usize = 50;

/// Has so many names' certificates made, each of a name that was never asked for, and says the median and the 99th percentile of
/// the thread's time on a processor, and the median on the clock, in µs.
pub(crate) fn run(folder: &str, count: usize) {
    let folder = Path::new(folder);
    let now = Moment::from_unix_ms(i64::try_from(UnixTime::now().as_secs()).unwrap() * 1000);
    let master = MasterKey::load_or_make(&folder.join("master.key")).unwrap();
    let authority = Authority::load_or_make(folder, &master, "Rowan Hill Primary", now).unwrap();
    let minter = Minter::new(authority.into()).unwrap();
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for number in 0..BEFORE + count {
        let host = Host::parse(&format!("www.site-{number}.example")).unwrap();
        let before = (of(ClockId::ThreadCPUTime), of(ClockId::Monotonic));
        drop(minter.leaf(&host, now).unwrap());
        if number >= BEFORE {
            cpu.push(of(ClockId::ThreadCPUTime).saturating_sub(before.0));
            wall.push(of(ClockId::Monotonic).saturating_sub(before.1));
        }
    }
    cpu.sort_unstable();
    wall.sort_unstable();
    let us = |times: &[Duration], share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e6;
    println!("{} {} {}", us(&cpu, 50), us(&cpu, 99), us(&wall, 50));
}

fn of(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap()
}
