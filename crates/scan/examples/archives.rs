//! What is seen of a folder of containers that all hold one file: ClamAV's test files, from Debian's
//! `clamav-testfiles`.
//!
//! ```sh
//! cargo run -p usher-scan --example archives -- DIRECTORY SAMPLE [TABLE]
//! ```
//!
//! Prints the table of `docs/archives.md`. Given that file as well, it fails where the two differ.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use usher_scan::archive::{Inside, Limits, look_inside};
use usher_scan::kind::{Hints, LOOKED_AT_TAIL_BYTES, identify};
use usher_scan::stopwatch::Stopwatch;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(sample)) = (arguments.next(), arguments.next()) else {
        return Err("say which directory, and which of its files is in all others".into());
    };
    let sample = fs::read(Path::new(&folder).join(sample))?;
    let mut paths: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    let (mut rows, mut reached) = (String::new(), 0);
    for path in &paths {
        let (row, has) = row(path, &sample)?;
        rows.push_str(&row);
        reached += usize::from(has);
    }
    let table = format!(
        "| file | kind | class of all in it | members | sample reached | why not all was seen |\n\
         |---|---|---|---|---|---|\n{rows}\nReached: {reached} of {}.\n",
        paths.len()
    );
    std::io::stdout().write_all(table.as_bytes())?;
    match arguments.next() {
        Some(kept) if !fs::read_to_string(&kept)?.contains(&table) => {
            Err(format!("{kept} says otherwise").into())
        }
        _ => Ok(()),
    }
}

fn row(path: &Path, sample: &[u8]) -> Result<(String, bool), Box<dyn Error>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let bytes = fs::read(path)?;
    let tail = bytes.get(bytes.len().saturating_sub(LOOKED_AT_TAIL_BYTES)..).unwrap_or_default();
    let kind = identify(&bytes, tail, &Hints { file_name: Some(&name), content_type: None });
    let mut reached = bytes == sample;
    let inside: Inside = look_inside(
        kind,
        &mut Cursor::new(&bytes),
        &Limits::default(),
        &Stopwatch::stopped(),
        &mut |member| {
            reached |= member.bytes.starts_with(sample);
        },
    );
    let why = inside.stopped.map(|why| format!("{why:?}")).unwrap_or_default();
    let has = if reached { "yes" } else { "no" };
    let row = format!(
        "| `{name}` | {:?} | {:?} | {} | {has} | {why} |\n",
        inside.kind,
        inside.class(),
        inside.members
    );
    Ok((row, reached))
}
