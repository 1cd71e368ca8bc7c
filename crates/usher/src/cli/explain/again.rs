//! Recorded decisions made again, with the generation they were made with.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::mpsc;
use usher_activity::question::{Activity as _, Question};
use usher_events::event::{Ended, Event, What};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::decision::{Decision, Reason};
use usher_policy::evidence::{self, Named};
use usher_policy::snapshot::Snapshot;
use usher_publish::publisher::Generations;
use usher_records::person::Person;
use usher_types::digest::Digest;
use usher_types::moment::Moment;
use usher_words::Words;

use super::{say, tell};
use crate::server::opened::Opened;

/// Events read ahead while earlier ones are decided again.
const AHEAD: usize = 1_000;

/// Why a decision of an earlier build may come out otherwise without anything being wrong.
const OTHER_TABLES: &str = "the program has been upgraded since, and its own tables (wrappers, safe search, sites that are \
                            not decrypted, categories) are others now";

/// What came of deciding again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Came {
    /// The same, byte for byte.
    Same,
    /// Something else.
    Differently(Box<Decision>),
    /// It cannot be decided again, and why.
    NotAtAll(String),
    /// Nothing was decided: the event is of another kind.
    Undecided,
}

/// Decides again, keeping the generations it has made.
#[derive(Debug)]
pub(super) struct Again<'a> {
    generations: &'a Generations,
    made: HashMap<Digest, Result<Arc<Snapshot>, String>>,
}

impl<'a> Again<'a> {
    pub(super) fn new(generations: &'a Generations) -> Self {
        Self { generations, made: HashMap::new() }
    }

    /// Decides an event again.
    pub(super) async fn of(&mut self, event: &Event) -> Came {
        let Some(recorded) = decision_of(event) else { return Came::Undecided };
        let snapshot = match self.snapshot(recorded.generation).await {
            Ok(snapshot) => snapshot,
            Err(why) => return Came::NotAtAll(why),
        };
        let again = match &event.what {
            What::Web(web) => decide_web(&snapshot, &web.facts, event.at),
            What::Tunnel(tunnel) => decide_tls(&snapshot, &tunnel.facts, event.at).0,
            What::Ended(Ended { turned: Some(turned), .. }) => {
                decide_web(&snapshot, &turned.web.facts, turned.judged_at)
            }
            _ => return Came::Undecided,
        };
        let bytes = |decision: &Decision| serde_json::to_vec(decision).unwrap_or_default();
        if bytes(&again) == bytes(recorded) {
            return Came::Same;
        }
        if snapshot.has_other_tables() {
            return Came::NotAtAll(OTHER_TABLES.to_owned());
        }
        Came::Differently(Box::new(again))
    }

    async fn snapshot(&mut self, generation: Digest) -> Result<Arc<Snapshot>, String> {
        if let Some(made) = self.made.get(&generation) {
            return made.clone();
        }
        let made = self.generations.remake(generation).await.map(Arc::new).map_err(|error| error.to_string());
        self.made.insert(generation, made.clone());
        made
    }
}

fn decision_of(event: &Event) -> Option<&Decision> {
    match &event.what {
        What::Web(web) => Some(&web.decision),
        What::Tunnel(tunnel) => Some(&tunnel.decision),
        What::Ended(Ended { turned: Some(turned), .. }) => Some(&turned.web.decision),
        What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
    }
}

fn address_of(event: &Event) -> String {
    match &event.what {
        What::Web(web) => web.facts.address.to_string(),
        What::Tunnel(tunnel) => format!("{}:{}", tunnel.facts.connect.0, tunnel.facts.connect.1),
        _ => String::new(),
    }
}

/// What was found in it, for whoever holds the machine: by name.
async fn found(opened: &Opened, words: &Words, event: &Event) -> anyhow::Result<Vec<String>> {
    let web = match &event.what {
        What::Web(web) => web,
        What::Ended(Ended { turned: Some(turned), .. }) => &turned.web,
        _ => return Ok(Vec::new()),
    };
    let people = opened.books.values::<Person>().await?;
    let name = |id| people.iter().find(|person| person.id == id).map(Person::name);
    let themes = web.facts.features.themes.iter().map(|hit| evidence::phrase(words, hit));
    let rest = evidence::found(words, Named::As(&name), &web.facts, &web.decision);
    let sealed = matches!(web.decision.reason, Reason::SealedList);
    Ok(if sealed { Vec::new() } else { themes.chain(rest).collect() })
}

#[derive(Debug, Serialize)]
struct One<'a> {
    event: &'a Event,
    again: &'a Came,
}

/// Tells of one event.
pub(super) async fn say_one(
    opened: &Opened,
    event: &Event,
    again: &Came,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if json {
        say(serde_json::to_string_pretty(&One { event, again })?);
        return Ok(code(matches!(again, Came::Same)));
    }
    let school = usher_directory::books::school(&opened.books).await?;
    let local = school.zone.local(event.at);
    let words = Words::english()?;
    match decision_of(event) {
        Some(decision) => {
            say(tell(&words, &school.zone, decision, &address_of(event)));
            for line in found(opened, &words, event).await? {
                say(format!("  {:12} {line}", "found"));
            }
        }
        None => say(format!("Event {} is no decision: {:?}", event.id, event.what)),
    }
    say(format!("  {:12} {}, {}", "when", local.spoken_date(), local.spoken_time()));
    say(format!(
        "  {:12} {}",
        "again",
        match again {
            Came::Same => "decided again with the generation of then: the same, byte for byte".to_owned(),
            Came::Differently(other) => format!(
                "DECIDED AGAIN DIFFERENTLY\n{}",
                tell(&words, &school.zone, other, &address_of(event))
            ),
            Came::NotAtAll(why) => format!("cannot be decided again: {why}"),
            Came::Undecided => "nothing was decided".to_owned(),
        }
    ));
    Ok(code(matches!(again, Came::Same)))
}

const fn code(same: bool) -> ExitCode {
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Figures of deciding everything again.
#[derive(Debug, Default, Serialize)]
struct Figures {
    events: u64,
    decisions: u64,
    same: u64,
    differently: Vec<String>,
    not_at_all: BTreeMap<String, u64>,
    generations: usize,
}

/// Decides every recorded event again.
pub(super) async fn say_every(
    opened: &Opened,
    generations: &Generations,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (give, mut take) = mpsc::channel(AHEAD);
    let activity = opened.activity();
    let (from, until) = (Moment::from_unix_ms(i64::MIN), Moment::from_unix_ms(i64::MAX));
    let question = Question::all(opened.books.school(), from, until);
    let reading = tokio::task::spawn_blocking(move || {
        activity.scan(&question, &mut |event| match give.blocking_send(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_nobody) => ControlFlow::Break(()),
        })
    });
    let (mut again, mut figures) = (Again::new(generations), Figures::default());
    while let Some(event) = take.recv().await {
        figures.events += 1;
        let came = again.of(&event).await;
        figures.decisions += u64::from(came != Came::Undecided);
        match came {
            Came::Same => figures.same += 1,
            Came::Differently(_) => figures.differently.push(event.id.to_string()),
            Came::NotAtAll(why) => *figures.not_at_all.entry(why).or_default() += 1,
            Came::Undecided => {}
        }
    }
    reading.await??;
    figures.generations = again.made.len();
    let all_same = figures.same == figures.decisions;
    if json {
        say(serde_json::to_string(&figures)?);
        return Ok(code(all_same));
    }
    say(format!(
        "{} events, {} of them decisions of {} generations: {} come out the same, byte for byte.",
        figures.events, figures.decisions, figures.generations, figures.same
    ));
    for event in &figures.differently {
        say(format!("  DIFFERENTLY  {event}"));
    }
    for (why, count) in &figures.not_at_all {
        say(format!("  {count} cannot be decided again: {why}"));
    }
    Ok(code(all_same))
}
