//! The power goes in the middle of a busy week.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;
use usher_activity::question::{Activity as _, Question};
use usher_activity::spooled::SpoolActivity;
use usher_events::event::What;
use usher_policy::verdict::TlsAction;
use usher_types::ids::Id;
use usher_types::moment::Moment;

use crate::running::{Running, said, usher_on};

/// What the spool promises: an answered request is on the disk this long after its answer at the latest.
const COMMIT_INTERVAL: Duration = Duration::from_millis(200);
/// Answers to wait for before the power goes: the middle of a school day.
const ANSWERS: usize = 600;

#[derive(Debug, Deserialize)]
struct Answer {
    act: u32,
    address: String,
    device: std::net::IpAddr,
    status: u16,
    whole: bool,
}

#[test]
fn every_answered_request_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers");
    let mut demo = Running::demo(
        folder.path(),
        &["--play", "week", "--scale", "60", "--answers", answers.to_str().unwrap()],
    );
    let card = demo.card(folder.path());
    let known = demo.until("enough answers", folder.path(), || {
        let known = read(&answers);
        (known.len() >= ANSWERS).then_some(known)
    });
    let kill_at = Instant::now() + COMMIT_INTERVAL;
    demo.until("the commit interval", folder.path(), || (Instant::now() >= kill_at).then_some(()));
    demo.kill();

    // Started again, torn ends are cut off and nothing else is.
    let mut again = Running::demo(folder.path(), &[]);
    again.card(folder.path());
    assert!(again.stop().success());
    let verified = said(&usher_on(&card.config, &["verify"]));
    assert!(verified.contains("as they were recorded"), "{verified}");

    let recorded = Recorded::read(&folder.path().join("data/spool"));
    let whole: Vec<&Answer> = known.iter().filter(|answer| answer.whole).collect();
    let lost: Vec<&&Answer> = whole.iter().filter(|answer| !recorded.has(answer)).collect();
    println!(
        "{} answers were known before the kill, {} of them whole, {} lost",
        known.len(),
        whole.len(),
        lost.len()
    );
    assert!(whole.len() > ANSWERS / 2);
    assert!(lost.is_empty(), "{lost:#?}");
}

/// The whole lines of the answers' file; the last one may be half written.
fn read(file: &Path) -> Vec<Answer> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// What events there are, as answers can be told by.
struct Recorded {
    acts: BTreeSet<u32>,
    tunnels: BTreeSet<(std::net::IpAddr, String)>,
    malformed: BTreeSet<std::net::IpAddr>,
}

impl Recorded {
    fn read(spool: &Path) -> Self {
        let mut found = Self { acts: BTreeSet::new(), tunnels: BTreeSet::new(), malformed: BTreeSet::new() };
        let ever = Question::all(Id::new(1), Moment::from_unix_ms(i64::MIN), Moment::from_unix_ms(i64::MAX));
        let each = &mut |event: usher_events::event::Event| {
            match event.what {
                What::Web(web) => {
                    let act = web.facts.address.parameter("act").and_then(|act| act.parse::<u32>().ok());
                    found.acts.extend(act);
                }
                // What goes through an inspected tunnel has events of its own.
                What::Tunnel(tunnel) if tunnel.action != TlsAction::Inspect => {
                    let device = tunnel.facts.who.device.address;
                    found.tunnels.insert((device, tunnel.facts.connect.0.to_string()));
                }
                What::Malformed(malformed) => {
                    found.malformed.insert(malformed.who.device.address);
                }
                _ => {}
            }
            ControlFlow::Continue(())
        };
        SpoolActivity::new(spool.to_owned()).scan(&ever, each).unwrap();
        found
    }

    /// Whether an answer has its event: the request itself, or the tunnel it went through unopened or was refused at.
    fn has(&self, answer: &Answer) -> bool {
        let host = answer.address.split('/').nth(2).unwrap_or_default();
        self.acts.contains(&answer.act)
            || self.tunnels.contains(&(answer.device, host.to_owned()))
            || (answer.status == 400 && self.malformed.contains(&answer.device))
    }
}
