//! What came of it: medians, ratios, and the three ways they are said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use super::Web;
use super::process;
use super::servers::Kind;
use super::work::Work;
use crate::bench::median as middle;

/// Figures of a turn by name, units last.
pub(super) type Figures = BTreeMap<&'static str, f64>;

/// All turns of a run.
#[derive(Debug)]
pub(super) struct Outcome {
    run: Value,
    turns: BTreeMap<(Work, Kind), Vec<Figures>>,
    absent: BTreeMap<(Work, Kind), String>,
}

impl Outcome {
    pub(super) fn begin(asked: &Web) -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let run = json!({
            "processors": std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            "servers_on_one": process::can_pin(),
            "load_average_before": load.trim(),
            "domains": asked.domains,
            "seconds": asked.seconds,
            "rounds": asked.rounds,
            "works": asked.works.iter().map(|work| work.name()).collect::<Vec<_>>(),
        });
        Self { run, turns: BTreeMap::new(), absent: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, work: Work, kind: Kind, figures: Figures) {
        self.turns.entry((work, kind)).or_default().push(figures);
    }

    pub(super) fn is_absent(&mut self, work: Work, kind: Kind, why: &anyhow::Error) {
        self.absent.insert((work, kind), format!("{why:#}"));
    }

    pub(super) fn misses(&self, work: Work, kind: Kind) -> bool {
        self.absent.contains_key(&(work, kind))
    }

    /// The works done, in order.
    pub(super) fn works(&self) -> Vec<Work> {
        let all = Work::value_variants().iter().copied();
        all.filter(|work| self.turns.keys().any(|(done, _)| done == work)).collect()
    }

    /// The figure that counts of each server that did a work, ours first, and the peer's by ours where more is worse, ours
    /// by the peer's where more is better: above 1 is always good for us.
    pub(super) fn compared(&self, work: Work) -> Vec<(Kind, f64, f64)> {
        let counts = work.counts();
        let of = |kind: Kind| self.median(work, kind).and_then(|figures| figures.get(counts.figure).copied());
        let Some(ours) = of(Kind::Usher) else { return Vec::new() };
        let one = |kind: &Kind| {
            let theirs = of(*kind)?;
            Some((*kind, theirs, if counts.more { ours / theirs } else { theirs / ours }))
        };
        work.servers().iter().filter_map(one).collect()
    }

    fn median(&self, work: Work, kind: Kind) -> Option<Figures> {
        let turns = self.turns.get(&(work, kind))?;
        let names = turns.first()?.keys();
        let median = |name: &&'static str| {
            (*name, middle(turns.iter().filter_map(|turn| turn.get(name).copied()).collect()))
        };
        Some(names.map(median).collect())
    }

    /// One object: a member for each work with each server's figures and the ratios, and one for the run.
    pub(super) fn json(&self) -> Value {
        let mut all = Map::new();
        for work in self.works() {
            let (counts, mut row) = (work.counts(), Map::new());
            for kind in work.servers() {
                if let Some(figures) = self.median(work, *kind) {
                    row.insert(kind.name().into(), json!(figures));
                }
            }
            for (kind, theirs, better) in
                self.compared(work).into_iter().filter(|(kind, ..)| *kind != Kind::Usher)
            {
                let ratio = if counts.more { better } else { 1.0 / better };
                if theirs != 0.0 {
                    row.insert(format!("{}_{}", counts.ratio, kind.name()), json!(ratio));
                }
            }
            all.insert(work.name().into(), row.into());
        }
        let absent: Map<String, Value> = self
            .absent
            .iter()
            .map(|((work, kind), why)| (format!("{} {}", kind.name(), work.name()), json!(why)))
            .collect();
        let mut run = self.run.clone();
        if let Value::Object(run) = &mut run {
            run.insert("absent".into(), absent.into());
        }
        all.insert("run".into(), run);
        all.into()
    }

    /// For a terminal.
    pub(super) fn table(&self) -> String {
        let mut out = format!("{}\n", self.run);
        for work in self.works() {
            let _written = writeln!(out, "{} ({})", work.name(), work.counts().unit);
            for (kind, figure, better) in self.compared(work) {
                let all = self.median(work, kind).unwrap_or_default();
                let all: Vec<String> = all.iter().map(|(name, value)| format!("{name} {value:.1}")).collect();
                let _written =
                    writeln!(out, "  {:10} {figure:12.1} {better:8.2}x  {}", kind.name(), all.join("  "));
            }
        }
        for ((work, kind), why) in &self.absent {
            let _written = writeln!(out, "absent: {} in {}: {why}", kind.name(), work.name());
        }
        out
    }

    /// For the documents.
    pub(super) fn markdown(&self) -> String {
        let mut out = "<!-- Written by `cargo xtask bench web --out bench/results`. -->\n\n".to_owned();
        out.push_str("| work | what counts | server | figure | in our favour |\n|---|---|---|---|---|\n");
        for work in self.works() {
            for (kind, figure, better) in self.compared(work) {
                let favour = if kind == Kind::Usher { String::new() } else { format!("{better:.2} ×") };
                let (title, unit) = (work.title(), work.counts().unit);
                let _written =
                    writeln!(out, "| {title} | {unit} | {} | {figure:.1} | {favour} |", kind.title());
            }
        }
        out
    }
}
