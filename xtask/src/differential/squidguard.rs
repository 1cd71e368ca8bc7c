//! squidGuard, asked over its pipe as Squid would: each folder is closed to one made-up client, so that any name can be asked
//! about any folder.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::hosts::Asked;
use super::ours::Ours;
use super::{Difference, Peer};

/// Where it sends what it refuses.
const REFUSED: &str = "OK rewrite-url=\"http://refused/\"";
/// What it says of what it lets through.
const OPEN: &str = "ERR";

/// Asks every name about every folder.
pub(super) fn compare(
    ours: &Ours,
    asked: &[Asked],
    said: &[BTreeSet<usize>],
    work: &Path,
) -> Result<Vec<Difference>> {
    let config = work.join("squidGuard.conf");
    fs::write(&config, configuration(ours, work))?;
    let mut guard = Command::new("squidGuard")
        .arg("-c")
        .arg(&config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("squidGuard cannot be run; --install installs it")?;
    let differences = converse(&mut guard, ours, asked, said);
    let ended = guard.wait()?;
    ensure!(ended.success(), "squidGuard ended with {ended}");
    let differences = differences?;
    println!("squidGuard: {} answers, {} differ", asked.len() * ours.folders.len(), differences.len());
    Ok(differences)
}

fn converse(
    guard: &mut Child,
    ours: &Ours,
    asked: &[Asked],
    said: &[BTreeSet<usize>],
) -> Result<Vec<Difference>> {
    let questions = guard.stdin.take().context("no pipe")?;
    let answers = BufReader::new(guard.stdout.take().context("no pipe")?);
    let folders = ours.folders.len();
    std::thread::scope(|scope| {
        let asking = scope.spawn(move || ask(BufWriter::new(questions), asked, folders));
        let differences = listen(answers, ours, asked, said);
        asking.join().ok().context("the questions could not be asked")??;
        differences
    })
}

fn ask(mut questions: BufWriter<impl std::io::Write>, asked: &[Asked], folders: usize) -> Result<()> {
    for Asked { name, .. } in asked {
        for folder in 0..folders {
            writeln!(questions, "http://{name}/ {}/- - GET", client(folder))?;
        }
    }
    Ok(questions.flush()?)
}

fn listen(
    answers: impl std::io::BufRead,
    ours: &Ours,
    asked: &[Asked],
    said: &[BTreeSet<usize>],
) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut lines = answers.lines();
    for (Asked { name, oddity }, ours_of) in asked.iter().zip(said) {
        for (place, folder) in ours.folders.iter().enumerate() {
            let line = lines.next().context("squidGuard stopped answering")??;
            let theirs = line.starts_with(REFUSED);
            ensure!(theirs || line.starts_with(OPEN), "squidGuard says `{line}` of {name}");
            let listed = ours_of.contains(&place);
            if theirs != listed {
                let about = format!("{name} in {}", folder.name);
                differences.push(Difference { peer: Peer::SquidGuard, oddity: *oddity, ours: listed, about });
            }
        }
    }
    Ok(differences)
}

/// The client to whom a folder is closed.
fn client(folder: usize) -> String {
    format!("10.0.0.{}", folder + 1)
}

fn configuration(ours: &Ours, work: &Path) -> String {
    let work = work.display();
    let mut text = format!("dbhome {work}/blacklists\nlogdir {work}\n");
    let mut closed = String::new();
    for (place, folder) in ours.folders.iter().enumerate() {
        text.push_str(&format!("src s{place} {{ ip {} }}\n", client(place)));
        text.push_str(&format!("dest d{place} {{ domainlist {}/domains }}\n", folder.name));
        closed.push_str(&format!("s{place} {{ pass !d{place} all\nredirect http://refused/ }}\n"));
    }
    format!("{text}acl {{\n{closed}default {{ pass none\nredirect http://nobody/ }}\n}}\n")
}
