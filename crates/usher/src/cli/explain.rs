//! `usher explain`: what would be decided, what was decided, and whether it can be decided again the same way.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use usher_activity::question::Activity as _;
use usher_directory::books;
use usher_jobs::follow::{load_devices, load_lessons};
use usher_network::table::Table;
use usher_policy::decide::decide_web;
use usher_policy::decision::Decision;
use usher_policy::explain;
use usher_policy::facts::{Circumstances, Subject, WebFacts};
use usher_policy::snapshot::Snapshot;
use usher_publish::publisher::Generations;
use usher_records::account::{Account, Owner};
use usher_records::session::{Bound, KnownBy, Session};
use usher_scan::features::Features;
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_types::clock::Clock as _;
use usher_types::ids::{EventId, Id};
use usher_types::moment::{Moment, Zone};
use usher_types::role::Reader;
use usher_types::url::WebAddress;
use usher_words::Words;

use self::again::Again;
use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

mod again;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct Arguments {
    /// The page, as a browser shows its address
    #[arg(group = "what")]
    url: Option<String>,
    /// The user name of whoever asks; nobody signed in when it is left out
    #[arg(long = "as", requires = "url", value_name = "USER")]
    user: Option<String>,
    /// When, in the school's time, like 2026-11-23T10:15 [default: now]
    #[arg(long, requires = "url", value_name = "TIME")]
    at: Option<String>,
    /// A recorded event, by the reference on its page
    #[arg(long, group = "what", value_name = "REFERENCE")]
    event: Option<EventId>,
    /// Decide every recorded event again and count those that come out the same
    #[arg(long, group = "what")]
    every_event: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, opened: Opened) -> anyhow::Result<ExitCode> {
    let generations = Generations::new(opened.books.clone(), Arc::clone(&opened.lists));
    if let Some(id) = arguments.event {
        let activity = opened.activity();
        let found = tokio::task::spawn_blocking(move || activity.event(id)).await??;
        let event = found.with_context(|| format!("no event {id} is kept"))?;
        let again = Again::new(&generations).of(&event).await;
        return again::say_one(&opened, &event, &again, arguments.json).await;
    }
    if arguments.every_event {
        return again::say_every(&opened, &generations, arguments.json).await;
    }
    let generation = opened.store.latest_generation(opened.books.school()).await?;
    let generation = generation.context("no policy was taken into use yet: run `usher serve` once")?;
    let snapshot = generations.remake(generation.digest()).await?;
    let facts = foresee(&arguments, &opened, &snapshot).await?;
    let at = read_moment(arguments.at.as_deref(), &snapshot.document.zone)?;
    let decision = decide_web(&snapshot, &facts, at);
    if arguments.json {
        say(serde_json::to_string_pretty(&Foreseen { at, facts: &facts, decision: &decision })?);
    } else {
        let words = Words::english()?;
        say(tell(&words, &snapshot.document.zone, &decision, &facts.address.to_string()));
    }
    Ok(ExitCode::SUCCESS)
}

/// A decision that was not made yet, as JSON.
#[derive(Debug, Serialize)]
struct Foreseen<'a> {
    at: Moment,
    facts: &'a WebFacts,
    decision: &'a Decision,
}

fn read_moment(text: Option<&str>, zone: &Zone) -> anyhow::Result<Moment> {
    Ok(match text {
        Some(text) => zone.parse(text)?,
        None => SystemClock.now(),
    })
}

/// The facts of a request that somebody might make.
async fn foresee(arguments: &Arguments, opened: &Opened, snapshot: &Snapshot) -> anyhow::Result<WebFacts> {
    let url = arguments.url.as_deref().unwrap_or_default();
    let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let address = WebAddress::parse(&url)?;
    let at = read_moment(arguments.at.as_deref(), &snapshot.document.zone)?;
    let search = SearchEngines::built_in()?.read(&address);
    let themes = Themes::built_in()?.scan(search.as_ref(), &address);
    let who = who(arguments.user.as_deref(), opened, at).await?;
    Ok(WebFacts { features: Features { search, themes }, ..WebFacts::page(who, address) })
}

/// Somebody as they would be at a device of the school, in the lesson that is open for their class then.
async fn who(user: Option<&str>, opened: &Opened, at: Moment) -> anyhow::Result<Circumstances> {
    let table = Table::new();
    load_devices(&opened.books, &table).await?;
    load_lessons(&opened.books, &table, at).await?;
    let address = std::net::Ipv4Addr::LOCALHOST.into();
    let Some(user) = user else { return Ok(table.circumstances(Arc::new(Subject::nobody()), address, at)) };
    let account = opened.books.find_one::<Account>("username", user).await?;
    let account = account.with_context(|| format!("there is no account `{user}`"))?.value;
    let school = books::school(&opened.books).await?;
    let known_by =
        if matches!(account.owner, Owner::YearGroup(_)) { KnownBy::SharedAccount } else { KnownBy::Password };
    let session = Session {
        id: Id::new(0),
        account: Some(account.id),
        owner: account.owner,
        group: None,
        bound: Bound::Device(address),
        known_by,
        clause_accepted: true,
        secret: None,
        from: at,
        until: at.plus_minutes(60),
        idle_minutes: 60,
        ended: None,
    };
    let subject = books::subject_of_session(&opened.books, &school, &session, at).await?;
    Ok(table.circumstances(subject, address, at))
}

/// A decision in words: verdict, why, the steps it passed, and what would turn it.
fn tell(words: &Words, zone: &Zone, decision: &Decision, address: &str) -> String {
    let mut text = format!("{}  {address}\n", decision.verdict.name().to_uppercase());
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:12} {value}\n"));
        }
    };
    line("why", &explain::reason(words, Reader::Adult, decision));
    line("step", decision.step.name());
    line("group", decision.group.as_deref().unwrap_or_default());
    if let Some(matched) = &decision.matched {
        let category = matched.category.as_str();
        line("matched", &format!("{} of the list {} ({category})", matched.entry, matched.list));
    }
    for passed in &decision.trail {
        line("passed", &format!("{}: {}", passed.step.name(), explain::passed(words, zone, passed)));
    }
    line("otherwise", &explain::flip(words, decision));
    line("generation", &decision.generation.short());
    text.trim_end().to_owned()
}
