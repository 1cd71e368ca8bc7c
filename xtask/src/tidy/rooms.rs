//! Who may use whom. A new arrow is a decision: it needs ten lines in `docs/adr/` and a line here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The pure rooms: no IO, no clock, no async. Each uses only those named.
const PURE: [(&str, &[&str]); 8] = [
    ("types", &[]),
    ("words", &["types"]),
    ("scan", &["types"]),
    ("lists", &["types"]),
    ("records", &["lists", "types"]),
    ("policy", &["lists", "records", "scan", "types", "words"]),
    ("events", &["lists", "policy", "records", "scan", "types"]),
    ("reports", &["events", "lists", "policy", "records", "scan", "types", "words"]),
];

/// Resources: one kind of outside world each, over the pure rooms.
const RESOURCES: [(&str, &[&str]); 13] = [
    ("activity", &["events", "policy", "reports", "scan", "types"]),
    ("activity-clickhouse", &["activity", "events", "types"]),
    ("certs", &["types"]),
    // A reading is a fact; only `policy` says what it is worth.
    ("detect", &["scan"]),
    ("config", &["types"]),
    ("directory", &["events", "policy", "records", "store", "types"]),
    ("ledger", &["activity", "events", "policy", "records", "reports", "store", "types"]),
    ("paper", &[]),
    ("publish", &["events", "lists", "policy", "records", "scan", "store", "types"]),
    ("scanners", &["config", "scan"]),
    ("store", &["events", "policy", "records", "types"]),
    ("store-sql", &["policy", "records", "store", "types"]),
    ("typeset", &["types"]),
];

/// Edges: where the school meets Usher. `proxy` and `network` never use `store` or `activity`: a page never waits for a
/// database.
const EDGES: [(&str, &[&str]); 5] = [
    (
        "jobs",
        &[
            "activity",
            "detect",
            "directory",
            "events",
            "ledger",
            "lists",
            "network",
            "policy",
            "records",
            "reports",
            "scan",
            "store",
            "types",
            "typeset",
            "words",
        ],
    ),
    ("network", &["policy", "records", "types"]),
    // An outsider: it shares no reader with what it tries.
    ("probe", &["types"]),
    ("proxy", &["certs", "events", "policy", "records", "scan", "scanners", "types"]),
    (
        "web",
        &[
            "activity",
            "certs",
            "directory",
            "events",
            "ledger",
            "lists",
            "network",
            "paper",
            "policy",
            "records",
            "reports",
            "scan",
            "store",
            "types",
            "typeset",
            "words",
        ],
    ),
];

/// Rooms that may use all others: the binary, the demonstration, and what only tests use.
const ALL_DOORS: [&str; 3] = ["", "demo", "testkit"];

/// Crates of the outside world that no pure room may use: each would let in time, threads or the network.
const NOT_PURE: [&str; 12] = [
    "tokio",
    "hyper",
    "axum",
    "sqlx",
    "tracing",
    "rustls",
    "reqwest",
    "async-trait",
    "tokio-util",
    "lettre",
    "hyper-util",
    "notify",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Every arrow that is in no table.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let told = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cargo metadata cannot be run")?;
    ensure!(told.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&told.stderr));
    let metadata: Metadata = serde_json::from_slice(&told.stdout)?;
    Ok(faults(&metadata))
}

fn faults(metadata: &Metadata) -> Vec<String> {
    let tables = PURE.iter().chain(&RESOURCES).chain(&EDGES);
    let allowed: BTreeMap<&str, &[&str]> = tables.map(|(room, uses)| (*room, *uses)).collect();
    let mut found = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.name.starts_with("usher")) {
        let room = package.name.trim_start_matches("usher").trim_start_matches('-');
        let used = package.dependencies.iter().filter(|used| used.kind.is_none());
        if ALL_DOORS.contains(&room) {
            continue;
        }
        let Some(allowed) = allowed.get(room) else {
            found.push(format!("the room `{room}` is in no table of xtask/src/tidy/rooms.rs"));
            continue;
        };
        let pure = PURE.iter().any(|(name, _)| *name == room);
        for dependency in used {
            match dependency.name.strip_prefix("usher-") {
                Some(other) if !allowed.contains(&other) => {
                    found.push(format!("`{room}` uses `{other}`, which its table does not allow"));
                }
                None if pure && NOT_PURE.contains(&dependency.name.as_str()) => {
                    found.push(format!("`{room}` is pure and uses `{}`", dependency.name));
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_in_no_table_is_named() {
        let package = |name: &str, uses: &[&str]| Package {
            name: name.into(),
            dependencies: uses.iter().map(|name| Dependency { name: (*name).into(), kind: None }).collect(),
        };
        let packages = vec![
            package("usher-proxy", &["usher-policy", "usher-store"]),
            package("usher-policy", &["usher-types", "tokio"]),
            package("usher-cellar", &[]),
            package("usher", &["usher-store"]),
        ];
        assert_eq!(
            faults(&Metadata { packages }),
            [
                "`proxy` uses `store`, which its table does not allow",
                "`policy` is pure and uses `tokio`",
                "the room `cellar` is in no table of xtask/src/tidy/rooms.rs",
            ]
        );
    }
}
