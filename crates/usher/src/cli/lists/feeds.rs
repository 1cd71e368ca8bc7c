//! `usher lists subscribe`, `refresh` and `unsubscribe`: lists that are kept fresh.

use anyhow::Context as _;
use clap::Args;
use usher_lists::category::{Catalogue, Category};
use usher_lists::format::Format;
use usher_lists::source::SourceId;
use usher_publish::feeds::fetch::{Fetcher, Limits};
use usher_publish::feeds::refresh::{self, Refreshed};
use usher_publish::feeds::{Age, EVERY_HOURS, Feed, Found, State};
use usher_publish::publisher::Generations;
use usher_publish::sources::SourcesFault;
use usher_records::change::Actor;
use usher_records::list_edit;
use usher_types::clock::Clock as _;
use usher_types::digest::Digest;

use super::{line_of, run_compile};
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;
use crate::server::read_roots;

#[derive(Debug, Args)]
pub(in crate::cli) struct Subscribe {
    /// Where the list is: one file of one category, over https
    url: String,
    /// A short name for the list
    #[arg(long)]
    id: String,
    /// What its entries are about
    #[arg(long)]
    category: String,
    /// Its licence, as an SPDX expression
    #[arg(long, default_value = "LicenseRef-unknown")]
    licence: String,
    /// Who made it
    #[arg(long, default_value = "")]
    credit: String,
    /// What it is written in (domains, hosts, urls, dnsmasq, adblock, rpz); found out by looking when not said
    #[arg(long)]
    format: Option<String>,
    /// The only content that is taken, as the digest that `usher lists show` prints; needed where it comes over http
    #[arg(long)]
    digest: Option<String>,
    /// It may be fetched from an address inside the school
    #[arg(long)]
    inside: bool,
    /// Hours between two fetches
    #[arg(long, default_value_t = EVERY_HOURS)]
    every_hours: u16,
}

pub(super) async fn run_subscribe(asked: Subscribe, opened: &Opened) -> anyhow::Result<()> {
    let mut feed = feed_of(asked)?;
    feed.check()?;
    anyhow::ensure!(
        opened.lists.feeds.one(&feed.id)?.is_none(),
        "{} is subscribed to already: `usher lists unsubscribe {}` first",
        feed.id,
        feed.id
    );
    let fetcher = fetcher(opened)?;
    opened.lists.feeds.put(&feed)?;
    let refreshed = refresh::one(&opened.lists, &fetcher, &mut feed, SystemClock.now()).await?;
    if let Refreshed::Failed(why) = refreshed {
        // What never came is more likely a slip of the pen than a site that is down.
        opened.lists.feeds.remove(&feed.id)?;
        anyhow::bail!("it could not be fetched, so nothing is subscribed to: {why}");
    }
    say_refreshed(&feed, &refreshed);
    say(format!("It is fetched every {} hours while the server runs.", feed.every_hours));
    say("Now `usher lists compile` takes it into use, or a running server does within minutes.");
    Ok(())
}

fn feed_of(asked: Subscribe) -> anyhow::Result<Feed> {
    let category = Category::parse(&asked.category)?;
    anyhow::ensure!(
        Catalogue::ours()?.entry(&category).is_some(),
        "there is no category `{category}`; see lists/categories.toml"
    );
    let format = |text: String| {
        let parsed: Result<Format, _> = serde_json::from_value(serde_json::Value::String(text.clone()));
        parsed.ok().with_context(|| format!("there is no format `{text}`"))
    };
    let digest = |text: String| text.parse::<Digest>().with_context(|| format!("`{text}` is no digest"));
    Ok(Feed {
        id: SourceId::parse(&asked.id)?,
        title: asked.id,
        category,
        licence: asked.licence,
        credit: asked.credit,
        url: asked.url,
        format: asked.format.map(format).transpose()?,
        digest: asked.digest.map(digest).transpose()?,
        inside: asked.inside,
        every_hours: asked.every_hours,
        since: SystemClock.now(),
        state: State::default(),
    })
}

fn fetcher(opened: &Opened) -> anyhow::Result<Fetcher> {
    Fetcher::new(&read_roots(&opened.config.own_roots)?, Limits::default()).context("lists cannot be fetched")
}

pub(super) async fn run_refresh(list: Option<&str>, opened: &Opened) -> anyhow::Result<()> {
    let Found { feeds, unreadable } = match list {
        Some(list) => {
            let id = SourceId::parse(list)?;
            let feed = opened.lists.feeds.one(&id)?.with_context(|| format!("{id} is not subscribed to"))?;
            Found { feeds: vec![feed], unreadable: Vec::new() }
        }
        None => opened.lists.feeds.all()?,
    };
    say_unreadable(&unreadable);
    if feeds.is_empty() && unreadable.is_empty() {
        say("No list is subscribed to: `usher lists subscribe`.");
        return Ok(());
    }
    let (fetcher, mut any, mut failed) = (fetcher(opened)?, false, unreadable.len());
    for mut feed in feeds {
        let refreshed = refresh::one(&opened.lists, &fetcher, &mut feed, SystemClock.now()).await?;
        say_refreshed(&feed, &refreshed);
        any |= matches!(refreshed, Refreshed::New(_));
        failed += usize::from(matches!(refreshed, Refreshed::Failed(_)));
    }
    if any {
        run_compile(opened).await?;
    }
    anyhow::ensure!(failed == 0, "{failed} of them could not be fetched; as they were they stay in use");
    Ok(())
}

pub(super) async fn run_unsubscribe(list: &str, opened: &Opened) -> anyhow::Result<()> {
    let id = SourceId::parse(list)?;
    let feed = opened.lists.feeds.one(&id)?.with_context(|| format!("{id} is not subscribed to"))?;
    if Sealed::of(opened).await?.has(&feed) {
        let refused = SourcesFault::Sealed(id, "stop it");
        // Whoever tries it is in the journal.
        let tried = list_edit::sealed_kept(&refused.to_string());
        opened.books.commit(&tried, &Actor::CommandLine, SystemClock.now()).await?;
        return Err(refused.into());
    }
    opened.lists.feeds.remove(&id)?;
    say(format!("{id} is fetched no more. It stays in the lists as it is."));
    Ok(())
}

/// What is sealed: by the policy in force, and whatever it says.
struct Sealed(Vec<Category>);

impl Sealed {
    async fn of(opened: &Opened) -> anyhow::Result<Self> {
        let generations = Generations::new(opened.books.clone(), std::sync::Arc::clone(&opened.lists));
        Ok(Self(generations.policy_in_force().await?.sealed))
    }

    fn has(&self, feed: &Feed) -> bool {
        feed.category.is_sealed() || self.0.contains(&feed.category)
    }
}

fn say_unreadable(unreadable: &[SourcesFault]) {
    for fault in unreadable {
        say(format!("UNREADABLE, so not fetched: {fault}"));
    }
}

fn say_refreshed(feed: &Feed, refreshed: &Refreshed) {
    match refreshed {
        Refreshed::Same => say(format!("{:28} as it was", feed.id.as_str())),
        Refreshed::New(info) => say(line_of(info)),
        Refreshed::Failed(why) => say(format!("{:28} FAILED  {why}", feed.id.as_str())),
    }
}

/// Every subscription in a line, with what went wrong last.
pub(super) async fn show(opened: &Opened) -> anyhow::Result<bool> {
    let (Found { feeds, unreadable }, at) = (opened.lists.feeds.all()?, SystemClock.now());
    say_unreadable(&unreadable);
    let sealed = if feeds.is_empty() { Sealed(Vec::new()) } else { Sealed::of(opened).await? };
    for feed in &feeds {
        let age = match feed.age(sealed.has(feed), at) {
            Age::Fresh => "",
            Age::Old => "  TOO OLD",
            Age::Red => "  RED: as good as missing",
        };
        say(format!(
            "{:28} fetched every {} h from {}; last heard {}{age}",
            feed.id.as_str(),
            feed.every_hours,
            feed.url,
            feed.good_at()
        ));
        if let Some(why) = &feed.state.fault {
            say(format!("    the last try failed: {why}"));
        }
    }
    Ok(!feeds.is_empty() || !unreadable.is_empty())
}
