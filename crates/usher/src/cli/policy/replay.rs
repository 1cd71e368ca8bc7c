//! `usher policy replay`: every recorded request of a time, decided again with another policy and with the lists, grants
//! and lesson lists of its own moment.
//!
//! What cannot be told is counted apart and never guessed: a generation whose lists are gone; a site that was not
//! decrypted then and would be now. A page that was refused was never read, so of those newly allowed it is said how many
//! could still be shut by their words or files.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use jiff::civil::Date;
use serde::Serialize;
use tokio::sync::mpsc;
use usher_activity::question::{Activity as _, Question, SpoolActivity};
use usher_events::event::{Event, What};
use usher_lists::category::{Catalogue, Category};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::decision::{Decision, Reason};
use usher_policy::document::PolicyDocument;
use usher_policy::facts::Subject;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::TlsAction;
use usher_publish::publisher::Generations;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::{generations, read};
use crate::cli::say;
use crate::server::opened::Opened;

/// Events read ahead while earlier ones are decided again.
const AHEAD: usize = 1_000;
/// Generations kept made. A grant makes a new one; events of the same minutes share a few.
const MOST_MADE: usize = 64;
/// Sites told of.
const TOP: usize = 20;
/// Events between two signs of progress.
const PROGRESS_EVERY: u64 = 1_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The first day, like 2026-11-23
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The day after the last [default: everything since]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The policy that is tried, a TOML file
    #[arg(long, value_name = "FILE")]
    draft: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(asked: Arguments, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Some(draft) = read(&asked.draft)? else { return Ok(ExitCode::FAILURE) };
    let zone = usher_directory::books::school(&opened.books).await?.zone;
    let until = asked.until.map_or(Moment::from_unix_ms(i64::MAX), |date| zone.start_of(date));
    let question = Question::all(opened.books.school(), zone.start_of(asked.from), until);
    let (give, mut take) = mpsc::channel(AHEAD);
    let activity = SpoolActivity::new(opened.folder.spool());
    let reading = tokio::task::spawn_blocking(move || {
        activity.scan(&question, &mut |event| match give.blocking_send(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_nobody) => ControlFlow::Break(()),
        })
    });
    let generations = generations(opened);
    let (mut trial, mut figures) = (Trial::new(&generations, &draft), Figures::default());
    let progress = ProgressBar::new_spinner();
    while let Some(event) = take.recv().await {
        if let Some((subject, site, came)) = trial.of(&event).await {
            figures.count(subject, &site, came);
            if figures.requests.is_multiple_of(PROGRESS_EVERY) {
                progress.set_message(format!("{} requests", figures.requests));
                progress.tick();
            }
        }
    }
    reading.await??;
    progress.finish_and_clear();
    if asked.json {
        say(serde_json::to_string(&figures.told())?);
    } else {
        tell(&figures.told(), &Catalogue::ours()?);
    }
    Ok(ExitCode::SUCCESS)
}

/// What came of one request.
enum Came {
    /// It goes through as it did, or is refused the same way.
    Same,
    /// It went through and would not.
    Blocked(Box<Decision>),
    /// It did not and would; whether its page was ever read.
    Allowed(Box<Decision>, bool),
    /// It would be refused as before, in another way.
    Otherwise,
    /// It cannot be told, and why.
    Unknown(String),
}

/// A policy in the place of those of then.
struct Trial<'a> {
    generations: &'a Generations,
    draft: &'a PolicyDocument,
    made: HashMap<Digest, Result<Arc<Snapshot>, String>>,
}

impl<'a> Trial<'a> {
    fn new(generations: &'a Generations, draft: &'a PolicyDocument) -> Self {
        Self { generations, draft, made: HashMap::new() }
    }

    /// Decides a request again; none when the event is no request, or its requests have events of their own.
    async fn of<'e>(&mut self, event: &'e Event) -> Option<(&'e Subject, String, Came)> {
        match &event.what {
            What::Web(web) => {
                let (subject, site) = (&*web.facts.who.subject, web.facts.address.host.to_string());
                let came = match self.snapshot(web.decision.generation).await {
                    Err(why) => Came::Unknown(why),
                    Ok(snapshot) => {
                        let again = decide_web(&snapshot, &web.facts, event.at);
                        compared(&web.decision, again, web.facts.carried.is_some())
                    }
                };
                Some((subject, site, came))
            }
            What::Tunnel(tunnel) if tunnel.action != TlsAction::Inspect => {
                let (subject, site) = (&*tunnel.facts.who.subject, tunnel.facts.connect.0.to_string());
                let came = match self.snapshot(tunnel.decision.generation).await {
                    Err(why) => Came::Unknown(why),
                    Ok(snapshot) => match decide_tls(&snapshot, &tunnel.facts, event.at) {
                        (_, TlsAction::Inspect) if tunnel.action == TlsAction::Splice => {
                            Came::Unknown("it was not decrypted then, and would be now".to_owned())
                        }
                        (again, _) => compared(&tunnel.decision, again, false),
                    },
                };
                Some((subject, site, came))
            }
            _ => None,
        }
    }

    async fn snapshot(&mut self, generation: Digest) -> Result<Arc<Snapshot>, String> {
        if let Some(made) = self.made.get(&generation) {
            return made.clone();
        }
        let made = self.generations.remake_with(generation, self.draft).await;
        let made = made.map(Arc::new).map_err(|error| error.to_string());
        if self.made.len() >= MOST_MADE {
            self.made.clear();
        }
        self.made.insert(generation, made.clone());
        made
    }
}

fn compared(then: &Decision, again: Decision, read: bool) -> Came {
    match (then.is_refusal(), again.is_refusal()) {
        (false, true) => Came::Blocked(Box::new(again)),
        (true, false) => Came::Allowed(Box::new(then.clone()), read),
        _ if then.verdict == again.verdict => Came::Same,
        _ => Came::Otherwise,
    }
}

/// One side of the difference.
#[derive(Debug, Default)]
struct Side {
    count: u64,
    unread: u64,
    by: BTreeMap<(String, String), u64>,
    sites: HashMap<String, u64>,
}

#[derive(Debug, Default)]
struct Figures {
    requests: u64,
    same: u64,
    otherwise: u64,
    blocked: Side,
    allowed: Side,
    unknown: BTreeMap<String, u64>,
}

impl Figures {
    fn count(&mut self, subject: &Subject, site: &str, came: Came) {
        self.requests += 1;
        match came {
            Came::Same => self.same += 1,
            Came::Otherwise => self.otherwise += 1,
            Came::Unknown(why) => *self.unknown.entry(why).or_default() += 1,
            Came::Blocked(decision) => self.blocked.count(subject, site, &decision),
            Came::Allowed(decision, read) => {
                self.allowed.count(subject, site, &decision);
                self.allowed.unread += u64::from(!read);
            }
        }
    }

    fn told(&self) -> Told {
        Told {
            requests: self.requests,
            same: self.same,
            otherwise: self.otherwise,
            newly_blocked: self.blocked.told(),
            newly_allowed: self.allowed.told(),
            indeterminate: self.unknown.clone(),
        }
    }
}

impl Side {
    fn count(&mut self, subject: &Subject, site: &str, decision: &Decision) {
        let kind = || subject.kind.map_or("nobody signed in", usher_types::role::PersonKind::name).to_owned();
        let whom = subject.year.map_or_else(kind, usher_types::role::Year::label);
        let category = category(decision).map_or_else(String::new, ToString::to_string);
        self.count += 1;
        *self.by.entry((whom, category)).or_default() += 1;
        *self.sites.entry(site.to_owned()).or_default() += 1;
    }

    fn told(&self) -> ToldSide {
        let line = |((whom, category), &count): (&(String, String), &u64)| Line {
            whom: whom.clone(),
            category: category.clone(),
            count,
        };
        let mut sites: Vec<Site> =
            self.sites.iter().map(|(site, &count)| Site { site: site.clone(), count }).collect();
        sites.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.site.cmp(&other.site)));
        sites.truncate(TOP);
        let by = self.by.iter().map(line).collect();
        ToldSide { count: self.count, never_read: self.unread, by, sites }
    }
}

/// The category a decision rests on.
fn category(decision: &Decision) -> Option<&Category> {
    match &decision.reason {
        Reason::Category(category) | Reason::Says(category, _) => Some(category),
        _ => decision.matched.as_ref().map(|matched| &matched.category),
    }
}

/// What is told, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Told {
    requests: u64,
    same: u64,
    otherwise: u64,
    newly_blocked: ToldSide,
    newly_allowed: ToldSide,
    indeterminate: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ToldSide {
    count: u64,
    never_read: u64,
    by: Vec<Line>,
    sites: Vec<Site>,
}

#[derive(Debug, Serialize)]
struct Line {
    whom: String,
    category: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Site {
    site: String,
    count: u64,
}

fn tell(told: &Told, catalogue: &Catalogue) {
    say(format!("{} requests: {} come out the same.", told.requests, told.same));
    if told.otherwise > 0 {
        say(format!("{} are refused as before, in another way.", told.otherwise));
    }
    say_side("newly blocked", &told.newly_blocked, catalogue);
    say_side("newly allowed", &told.newly_allowed, catalogue);
    if told.newly_allowed.never_read > 0 {
        say(format!(
            "  {} of them were never read, because they were refused: their words or files may still shut them.",
            told.newly_allowed.never_read
        ));
    }
    for (why, count) in &told.indeterminate {
        say(format!("{count} cannot be told: {why}."));
    }
}

fn say_side(name: &str, side: &ToldSide, catalogue: &Catalogue) {
    say(format!("{} {name}.", side.count));
    for Line { whom, category, count } in &side.by {
        let title = catalogue.entries().iter().find(|entry| entry.name.as_str() == category);
        let title = title.map_or("no category", |entry| entry.title.as_str());
        say(format!("  {count:>8}  {whom:18} {title}"));
    }
    for Site { site, count } in &side.sites {
        say(format!("  {count:>8}  {site}"));
    }
}
