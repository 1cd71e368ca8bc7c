//! Measures the scanning of pages, one core, for `docs/performance.md`:
//!
//! `cargo run --release -p usher-scan --example phrases -- FOLDER_OF_HTML PHRASE_FOLDER`
//!
//! Every file whose name holds `.html` is read into memory first. Each stage is run over all of them until a second has
//! passed at least; figures are by the bytes of the pages as they are.
#![expect(clippy::print_stdout, reason = "a measurement is for reading")]
#![expect(clippy::disallowed_methods, reason = "a measurement needs a clock and its arguments")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use usher_scan::page::{PageScan, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::foreign::{self, Kind};
use usher_scan::phrase::{PhraseList, own};

/// Longest page kept whole; the longer ones are cut, so that one does not stand for all.
const LONGEST_PAGE_BYTES: usize = 4 << 20;
/// All pages together: enough not to stay in any cache, little enough to hold.
const ALL_PAGES_BYTES: usize = 128 << 20;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (pages, lists) = (arguments.next(), arguments.next());
    let pages = read_pages(Path::new(&pages.context("which folder of HTML?")?))?;
    let bytes: usize = pages.iter().map(Vec::len).sum();
    ensure!(bytes > 0, "no HTML in that folder");
    println!("{} pages, {:.1} MB", pages.len(), bytes as f64 / 1e6);

    let lists = match lists {
        Some(folder) => read_lists(Path::new(&folder))?,
        None => own::built_in()?,
    };
    let written: usize = lists.iter().map(|list| list.phrases.len()).sum();
    let start = Instant::now();
    let book = Arc::new(PhraseBook::compile(&lists));
    println!(
        "{written} phrases written, {} different, {} parts, {} left out; built in {:.1} ms, {:.2} MB",
        book.len(),
        book.parts(),
        book.left_out().len(),
        start.elapsed().as_secs_f64() * 1e3,
        book.memory_bytes() as f64 / 1e6
    );
    let empty = Arc::new(PhraseBook::compile(&[]));
    let own = Arc::new(PhraseBook::compile(&own::built_in()?));

    if arguments.next().is_some() {
        // A third argument: the whole way only, for a profiler.
        (0..5).for_each(|_| measure("full, these lists", &pages, |page| scan(&book, page)));
        return Ok(());
    }
    let mut copy = Vec::with_capacity(LONGEST_PAGE_BYTES);
    measure("plain copy", &pages, |page| {
        copy.clear();
        copy.extend_from_slice(page);
        black_box(&copy);
        0
    });
    measure("html + fold, no phrases", &pages, |page| scan(&empty, page));
    measure("full, own lists", &pages, |page| scan(&own, page));
    measure("full, these lists", &pages, |page| scan(&book, page));
    small(&book, &pages);
    automata(&lists, &pages)
}

fn scan(book: &Arc<PhraseBook>, page: &[u8]) -> i64 {
    let mut scan = PageScan::new(Arc::clone(book), TextKind::Html, &[], Some("utf-8"));
    for piece in page.chunks(64 << 10) {
        black_box(scan.push(piece)).unwrap_or_default();
    }
    i64::from(scan.finish().total)
}

/// Runs a stage over all pages; says how fast.
fn measure(name: &str, pages: &[Vec<u8>], mut stage: impl FnMut(&[u8]) -> i64) {
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let mut best = Duration::MAX;
    let begun = Instant::now();
    let mut sum = 0;
    while begun.elapsed() < Duration::from_secs(2) {
        let start = processor_time(begun);
        let passed = Instant::now();
        let mut passes = 0;
        // The kernel's clock ticks every few milliseconds.
        while passes == 0 || passed.elapsed() < Duration::from_millis(200) {
            sum = pages.iter().map(|page| stage(page)).sum();
            passes += 1;
        }
        best = best.min(processor_time(begun).saturating_sub(start) / passes);
    }
    let each = best.as_secs_f64() / bytes as f64;
    println!("{name:32} {:8.0} MB/s   {:.3} ms per 64 KB   (sum {sum})", 1e-6 / each, each * 65_536.0 * 1e3);
}

/// How long this thread has had a processor (Linux), so that neighbours do not count; elsewhere the time since `begun`.
fn processor_time(begun: Instant) -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule.split_whitespace().next().and_then(|text| text.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// Pages of about 64 KB one by one, with what it takes to begin and end each.
fn small(book: &Arc<PhraseBook>, pages: &[Vec<u8>]) {
    let near: Vec<Vec<u8>> =
        pages.iter().filter(|page| (50_000..80_000).contains(&page.len())).take(50).cloned().collect();
    if !near.is_empty() {
        measure("full, pages of 50 to 80 KB", &near, |page| scan(book, page));
    }
    let page = "<p>The hen sat on her eggs. </p>".repeat(32);
    measure("full, pages of 1 KB", &vec![page.into_bytes(); 1_000], |page| scan(book, page));
}

/// What an ordinary automaton does with the same parts on text folded alike.
fn automata(lists: &[PhraseList], pages: &[Vec<u8>]) -> Result<()> {
    let mut parts: Vec<Vec<u8>> = lists
        .iter()
        .flat_map(|list| &list.phrases)
        .flat_map(|phrase| &phrase.parts)
        .map(|part| usher_scan::phrase::folded(part))
        .filter(|part| part.len() > 1)
        .collect();
    parts.sort();
    parts.dedup();
    let folded: Vec<Vec<u8>> =
        pages.iter().map(|page| usher_scan::phrase::folded(&String::from_utf8_lossy(page))).collect();
    let start = Instant::now();
    let daachorse = daachorse::DoubleArrayAhoCorasick::<u32>::new(&parts).ok().context("no automaton")?;
    println!(
        "daachorse built in {:.0} ms, {:.1} MB",
        start.elapsed().as_secs_f64() * 1e3,
        daachorse.heap_bytes() as f64 / 1e6
    );
    measure("daachorse, folded text only", &folded, |text| {
        i64::try_from(daachorse.find_overlapping_iter(text).count()).unwrap_or(0)
    });
    let start = Instant::now();
    let corasick = aho_corasick::AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::Standard)
        .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
        .build(&parts)?;
    println!(
        "aho-corasick built in {:.0} ms, {:.1} MB",
        start.elapsed().as_secs_f64() * 1e3,
        corasick.memory_usage() as f64 / 1e6
    );
    measure("aho-corasick, folded text only", &folded, |text| {
        i64::try_from(corasick.find_overlapping_iter(text).count()).unwrap_or(0)
    });
    Ok(())
}

fn read_pages(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut pages = Vec::new();
    let mut bytes = 0;
    for file in files(folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.contains(".html") || name.ends_with(".gz") || bytes > ALL_PAGES_BYTES {
            continue;
        }
        let mut page = std::fs::read(&file)?;
        page.truncate(LONGEST_PAGE_BYTES);
        bytes += page.len();
        pages.push(page);
    }
    Ok(pages)
}

fn read_lists(folder: &Path) -> Result<Vec<PhraseList>> {
    let mut lists = Vec::new();
    let (mut bad, mut guessed) = (0, Vec::new());
    for file in files(folder)? {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        let reading = foreign::read(&name, &std::fs::read(&file)?, Kind::of_file(&name));
        bad += reading.bad_lines;
        guessed.extend(reading.charset.map(|charset| format!("{name} {charset}")));
        lists.push(reading.list);
    }
    println!("{} lists, {bad} bad lines; charsets guessed: {}", lists.len(), guessed.join(", "));
    Ok(lists)
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?
        {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                left.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
