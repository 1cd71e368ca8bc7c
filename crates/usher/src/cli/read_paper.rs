//! `usher read-paper`: one scanned file from standard input, its pages as lines of JSON to standard output. The server starts it for
//! each file, because a stranger's PDF may ask for any memory, recurse to any depth and never end: then this ends, and nothing else.

use std::io::{Read as _, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};
use usher_paper::{LARGEST_BYTES, Line};

/// What the allocator reserves with its first page, touched or not: it counts as taken. A limit below it leaves no room for a stack
/// or a small page of the allocator's own, and about one reading in forty wants one.
const RESERVED: u64 = 1024 * 1024 * 1024;
/// What reading may take: a picture of forty million pixels is unpacked within half of what is reserved.
const MOST_MEMORY: u64 = RESERVED + 256 * 1024 * 1024;
/// Addresses, of which the allocator keeps more than it uses.
const MOST_ADDRESSES: u64 = 3 * MOST_MEMORY;
/// Seconds of a processor; the server gives up before.
const MOST_SECONDS: u64 = 60;

/// Reads it.
pub(crate) fn run() -> ExitCode {
    if limit().and_then(|()| read()).is_err() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Without its limits nothing is read.
fn limit() -> std::io::Result<()> {
    let limits = [
        (Resource::Data, MOST_MEMORY),
        (Resource::As, MOST_ADDRESSES),
        (Resource::Cpu, MOST_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

fn read() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    // A byte more than may be, so that what is too large is seen to be.
    let most = u64::try_from(LARGEST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    let mut out = std::io::stdout().lock();
    let mut fault = Ok(());
    let mut give = |page| {
        if fault.is_ok() {
            fault = say(&mut out, &Line::Page(page));
        }
    };
    let whole = usher_paper::each(bytes, &|| true, &mut give);
    fault?;
    say(&mut out, &whole.map_or_else(Line::Whole, |()| Line::End))
}

fn say(out: &mut impl Write, line: &Line) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}
