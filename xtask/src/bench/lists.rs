//! The category lists: bytes a name, time to open, time to compile, time to look up.
//!
//! The load is 28 public lists of six million names. It is not ours to keep here: it is looked for in `../shared/data`
//! beside the repository, or where `--data` says.
//!
//! How it is measured. *Compile* is from the files as unpacked to the compiled file on disk, with the review that the
//! product uses. *Open* is the median of many openings of the file, with its first pages in memory. *Lookups* are
//! [`Library::categories_of`] on hosts already parsed, in random order over the whole table, after one round that warms
//! caches: the mean from rounds without any clock inside, the percentiles from lookups timed one by one, less the
//! median of what two readings of the clock cost with nothing between them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use usher_lists::Seed;
use usher_lists::artefact::Artefact;
use usher_lists::category::{Catalogue, Category, CategoryTable};
use usher_lists::compile::{Compiler, Outcome};
use usher_lists::library::Library;
use usher_lists::manifest::Manifest;
use usher_lists::overlay::{Edit, Effect, Overlay};
use usher_lists::review::{ChangeGuard, Platforms, Popularity, Review};
use usher_types::host::Host;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::{median, now, peak_rss_mb};
use crate::source::{self, About};

/// The load, inside the data folder.
const ARCHIVE: &str = "domains_clean.tar.zst";
/// Hosts looked up in one round.
const HOSTS: usize = 1_000_000;
/// Rounds without a clock, of which the best counts: the others were disturbed.
const ROUNDS: usize = 5;
/// Openings of the file.
const OPENINGS: usize = 101;
/// Edits of a school that edits a great deal.
const EDITS: usize = 5_000;

/// Compile, open and look up category lists.
#[derive(Debug, Args)]
pub(crate) struct Lists {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
    /// Where the load lies.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Lists {
    /// Runs the measurement.
    pub(crate) fn run(self) -> Result<()> {
        let data =
            self.data.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
        let work = tempfile::tempdir()?;
        unpack(&data.join(ARCHIVE), work.path())?;
        let categories = Catalogue::ours()?.table();

        let compiled = work.path().join("compiled");
        let start = Clocks::now()?;
        let outcome = compile(work.path(), &compiled, &categories)?;
        let compiling = start.since()?;
        let peak_rss_mb = peak_rss_mb()?;

        let open_ms = median(timed(OPENINGS, || Artefact::open(&compiled).map(drop))?);
        let artefact = Artefact::open(&compiled)?;
        let verify_ms = median(timed(5, || artefact.verify())?);
        let edits = edits()?;
        let overlay_ms = median(timed(21, || Overlay::build(edits.clone(), &categories).map(drop))?);
        let overlay = Arc::new(Overlay::build(edits, &categories)?);
        let library = Library::new(Arc::new(artefact), Arc::default(), Arc::new(categories))?;
        let hosts = hosts(work.path(), &data)?;
        let found = hosts.iter().filter(|host| !library.categories_of(host, "/", None).is_empty()).count();
        let lookups = lookups(&library, &hosts);
        let edited = library.with_overlay(overlay);
        let edited_ns = best_round(&edited, &hosts).as_nanos() as f64 / hosts.len() as f64;

        let figures = outcome.figures;
        let row = BTreeMap::from([
            ("names", figures.names as f64),
            ("stored", figures.stored as f64),
            ("waymarks", figures.waymarks as f64),
            ("sets", figures.sets as f64),
            ("held_entries", outcome.held.len() as f64),
            ("artefact_mb", figures.bytes as f64 / 1e6),
            ("bytes_per_domain", figures.bytes as f64 / figures.names as f64),
            ("bytes_per_stored_domain", figures.bytes as f64 / figures.stored as f64),
            ("compile_s", compiling.wall.as_secs_f64()),
            ("compile_cpu_s", compiling.cpu.as_secs_f64()),
            ("peak_rss_mb", peak_rss_mb),
            ("open_ms", open_ms),
            ("verify_ms", verify_ms),
            ("overlay_5000_ms", overlay_ms),
            ("lookup_hosts", hosts.len() as f64),
            ("lookup_found_percent", found as f64 * 100.0 / hosts.len() as f64),
            ("lookup_mean_ns", lookups.mean_ns),
            ("lookup_p50_ns", lookups.p50_ns),
            ("lookup_p99_ns", lookups.p99_ns),
            ("lookup_p999_ns", lookups.p999_ns),
            ("lookup_with_5000_edits_mean_ns", edited_ns),
            ("clock_ns", lookups.clock_ns),
        ]);
        for (name, value) in &row {
            println!("{name:<32} {value:>16.3}");
        }
        if self.json {
            println!("{}", serde_json::to_string(&row)?);
        }
        Ok(())
    }
}

fn unpack(archive: &Path, into: &Path) -> Result<()> {
    ensure!(archive.exists(), "{} is not there; say where with --data", archive.display());
    let unpacked = Command::new("tar")
        .args(["--zstd", "--strip-components=1", "-xf"])
        .arg(archive)
        .arg("-C")
        .arg(into)
        .status()
        .context("tar cannot be run")?;
    ensure!(unpacked.success(), "tar could not unpack {}", archive.display());
    Ok(())
}

fn compile(folder: &Path, compiled: &Path, categories: &CategoryTable) -> Result<Outcome> {
    let manifests = Manifest::ours(categories)?;
    let Some(manifest) = manifests.iter().find(|manifest| manifest.id.as_str() == "merged") else {
        bail!("the manifest of the merged lists is gone");
    };
    let review = Review::new(Platforms::ours(categories)?, Popularity::default(), []);
    let mut compiler = Compiler::new(review, ChangeGuard::default());
    for part in &manifest.parts {
        let Some(category) = part.category.clone() else { continue };
        let input = BufReader::with_capacity(1 << 16, File::open(folder.join(&part.from))?);
        let about = About {
            id: manifest.source_id(part)?,
            title: &part.from,
            category,
            licence: manifest.licence_of(part),
            credit: &manifest.credit,
            address: &manifest.origin,
        };
        compiler.add(source::read(about, input)?);
    }
    let mut out = BufWriter::new(File::create(compiled)?);
    Ok(compiler.write(Seed::from_bytes(*b"the bench's seed"), &mut out)?)
}

/// A realistic mix: half of what a school's gateway sees is on no list, the rest is spread over all lists.
fn hosts(folder: &Path, data: &Path) -> Result<Vec<Host>> {
    let mut listed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            listed.extend(
                BufReader::new(File::open(path)?).lines().step_by(17).collect::<Result<Vec<_>, _>>()?,
            );
        }
    }
    ensure!(!listed.is_empty(), "the lists are empty");
    let visited = visited(data)?;
    let mut random = Random(1);
    let mut texts = Vec::with_capacity(HOSTS);
    while texts.len() < HOSTS {
        let Some(name) = listed.get(random.below(listed.len())) else { continue };
        let seen = visited.get(random.below(visited.len().max(1)));
        let text = match (texts.len() % 20, seen) {
            (0..4, _) => name.clone(),
            (4..6, _) => format!("www.{name}"),
            (6..8, _) => format!("cdn{}.img.{name}", random.below(100)),
            (8..10, _) => format!("a.b{}.c.d.e.f.{name}", random.below(1000)),
            (10..18, Some(seen)) => seen.clone(),
            _ => format!(
                "w.shop{}.example{}",
                random.below(1 << 40),
                if random.below(2) == 0 { ".com" } else { ".co.uk" }
            ),
        };
        if Host::parse(&text).is_ok() {
            texts.push(text);
        }
    }
    for index in (1..texts.len()).rev() {
        texts.swap(index, random.below(index + 1));
    }
    // Parsed in the order of use: a gateway looks up a name that it has just read, so the name is in the cache.
    Ok(texts.iter().flat_map(|text| Host::parse(text)).collect())
}

/// Hosts of recorded traffic, if the data has them.
fn visited(data: &Path) -> Result<Vec<String>> {
    let mut hosts = Vec::new();
    if let Ok(text) = fs::read_to_string(data.join("traffic/urls.txt")) {
        hosts.extend(text.lines().filter_map(|line| Some(WebAddress::parse(line).ok()?.host.to_string())));
    }
    if let Ok(text) = fs::read_to_string(data.join("traffic/faf-top-65535.csv")) {
        hosts.extend(text.lines().filter_map(|line| Some(line.split_once(',')?.1.trim().to_owned())));
    }
    Ok(hosts)
}

struct Lookups {
    mean_ns: f64,
    p50_ns: f64,
    p99_ns: f64,
    p999_ns: f64,
    clock_ns: f64,
}

/// The best of some rounds over all hosts, without a clock inside, after one that warms the caches.
fn best_round(library: &Library, hosts: &[Host]) -> Duration {
    let round = || {
        let start = now();
        for host in hosts {
            black_box(library.categories_of(black_box(host), "/", None));
        }
        start.elapsed()
    };
    let _warm = round();
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

fn lookups(library: &Library, hosts: &[Host]) -> Lookups {
    let best = best_round(library, hosts);
    let mut clock: Vec<u64> = (0..hosts.len()).map(|_| nanoseconds(now().elapsed())).collect();
    let clock_ns = percentile(&mut clock, 50.0);
    let mut each: Vec<u64> = hosts
        .iter()
        .map(|host| {
            let start = now();
            black_box(library.categories_of(black_box(host), "/", None));
            nanoseconds(start.elapsed())
        })
        .collect();
    let mut less_clock = |share: f64| (percentile(&mut each, share) - clock_ns).max(0.0);
    Lookups {
        mean_ns: best.as_nanos() as f64 / hosts.len() as f64,
        p50_ns: less_clock(50.0),
        p99_ns: less_clock(99.0),
        p999_ns: less_clock(99.9),
        clock_ns,
    }
}

/// The edits of a school that edits a great deal.
fn edits() -> Result<Vec<Edit>> {
    let category = Category::parse("games")?;
    let edit = |number: usize| {
        Ok(Edit {
            id: number.to_string(),
            pattern: format!("site{number}.example{}", if number.is_multiple_of(3) { "/path" } else { "" })
                .parse()?,
            effect: Effect::AddCategory(category.clone()),
            reason: "a measurement".into(),
            owner: "nobody".into(),
            added_at: Moment::from_unix_ms(i64::try_from(number)?),
            review_on: "2027-09-01".parse()?,
        })
    };
    (0..EDITS).map(edit).collect()
}

/// Milliseconds of each of some runs.
fn timed<E: std::error::Error + Send + Sync + 'static>(
    runs: usize,
    mut run: impl FnMut() -> Result<(), E>,
) -> Result<Vec<f64>> {
    (0..runs)
        .map(|_| {
            let start = now();
            run()?;
            Ok(start.elapsed().as_secs_f64() * 1000.0)
        })
        .collect()
}

fn percentile(values: &mut [u64], share: f64) -> f64 {
    values.sort_unstable();
    #[expect(clippy::cast_possible_truncation, reason = "a share of a length is a place in it")]
    let index = (values.len() as f64 * share / 100.0) as usize;
    values.get(index.min(values.len().saturating_sub(1))).copied().unwrap_or_default() as f64
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Time on the wall and on the processors.
#[derive(Debug, Clone, Copy)]
struct Clocks {
    wall: Instant,
    cpu: Duration,
}

struct Spent {
    wall: Duration,
    cpu: Duration,
}

impl Clocks {
    fn now() -> Result<Self> {
        Ok(Self { wall: now(), cpu: cpu()? })
    }

    fn since(self) -> Result<Spent> {
        Ok(Spent { wall: self.wall.elapsed(), cpu: cpu()?.saturating_sub(self.cpu) })
    }
}

/// Processor time of all threads so far. Linux counts it in hundredths of a second here (proc(5), utime and stime).
fn cpu() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is the name of the program in brackets and may hold blanks.
    let (_name, fields) = stat.rsplit_once(')').context("/proc/self/stat has another shape")?;
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Numbers without a pattern that matters here (xorshift64*), the same in every run.
struct Random(u64);

impl Random {
    #[expect(clippy::cast_possible_truncation, reason = "the upper half of a product is below its factor")]
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        ((u128::from(mixed) * limit as u128) >> 64) as usize
    }
}
