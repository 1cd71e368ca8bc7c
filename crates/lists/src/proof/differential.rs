//! The UT1 directory, compiled, against sets of names, for twenty thousand hosts.
//!
//! The directory is not ours to keep here: the test looks for it in `../shared/data` beside the repository and says so
//! when it is not there.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use usher_types::host::Host;

use super::{compile, source};
use crate::format::Format;

const ARCHIVE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ut1_directory_2026-08.tar.xz");
/// Folders of every size that overlap: an eighth of the directory, so that the test stays quick unoptimised.
const FOLDERS: [&str; 8] =
    ["ai", "audio-video", "dating", "filehosting", "games", "hacking", "publicite", "social_networks"];
const HOSTS: usize = 20_000;

fn unpacked(folder: &Path) -> bool {
    Path::new(ARCHIVE).exists()
        && Command::new("tar")
            .args(["--xz", "--wildcards", "-xf", ARCHIVE, "-C"])
            .arg(folder)
            .args(FOLDERS.map(|name| format!("*/{name}/domains")))
            .status()
            .is_ok_and(|status| status.success())
}

#[test]
fn ut1_compiled_and_naive_agree() {
    let folder = tempfile::tempdir().unwrap();
    if !unpacked(folder.path()) {
        println!("skipped: {ARCHIVE} is not there, or tar cannot read it");
        return;
    }
    let read = |name: &str| {
        std::fs::read_to_string(folder.path().join("blacklists").join(name).join("domains")).unwrap()
    };
    let texts: Vec<String> = FOLDERS.iter().map(|name| read(name)).collect();
    let id = |name: &str| name.replace('_', "-");
    let sources =
        FOLDERS.iter().zip(&texts).map(|(name, text)| source(&id(name), "games", Format::Domains, text));
    let (artefact, outcome) = compile(sources.collect());
    assert_eq!(outcome.lists.iter().map(|list| list.counts.reading.bad_total()).sum::<u64>(), 0);
    let sets: Vec<HashSet<&str>> = texts.iter().map(|text| text.lines().map(str::trim).collect()).collect();
    let names: Vec<&str> = texts.iter().flat_map(|text| text.lines()).collect();
    let mut matched = 0;
    for index in 0..HOSTS {
        let name = names[index * names.len() / HOSTS];
        let host = match index % 5 {
            0 => name.to_owned(),
            1 => format!("www.{name}"),
            2 => format!("a.b.c.{name}"),
            3 => name.split_once('.').map_or(name, |(_label, rest)| rest).to_owned(),
            _ => format!("x{name}"),
        };
        let Ok(host) = Host::parse(&host) else { continue };
        let wanted = listed(&sets, &host);
        let hit = artefact.lookup(&host, "/", None);
        let mut found: Vec<usize> =
            artefact.lists_of(hit.host_set).iter().map(|list| usize::from(*list)).collect();
        found.sort_unstable();
        assert_eq!(found, wanted, "{host}");
        matched += usize::from(!wanted.is_empty());
    }
    println!("{matched} of {HOSTS} hosts were on a list");
    assert!(matched > HOSTS / 2);
}

/// The sets that have a name or any name above it. An address is looked for as it is.
fn listed(sets: &[HashSet<&str>], host: &Host) -> Vec<usize> {
    let text = host.to_string();
    let on = |set: &HashSet<&str>| match host {
        Host::Ip(_) => set.contains(text.as_str()),
        Host::Name(_) => {
            std::iter::successors(Some(text.as_str()), |name| name.split_once('.').map(|(_label, rest)| rest))
                .any(|name| set.contains(name))
        }
    };
    sets.iter().enumerate().filter(|(_index, set)| on(set)).map(|(index, _set)| index).collect()
}
