//! What a policy would make untrue of what people signed (POL-01): named before it is published, and refused where somebody
//! signed it.

use std::sync::Arc;

use usher_policy::document::PolicyDocument;
use usher_policy::ledger::Breach;
use usher_records::settings::Settings;
use usher_types::clock::Clock as _;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use super::generations;
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Says every clause in force that the policy would make untrue; gives how many of them somebody signed.
pub(super) async fn say_breaches(opened: &Opened, policy: &PolicyDocument) -> anyhow::Result<usize> {
    let generations = generations(opened);
    let before = generations.trial(&generations.policy_in_force().await?).await?;
    let after = generations.trial(policy).await?;
    let at = SystemClock.now();
    let found = usher_ledger::breaches(&opened.books, Arc::new(before), Arc::new(after), at).await?;
    say_all(&found)
}

/// The same for a change of the school's settings, with the policy in force.
pub(in crate::cli) async fn say_breaches_of_settings(
    opened: &Opened,
    after: &Settings,
) -> anyhow::Result<usize> {
    let generations = generations(opened);
    let policy = Arc::new(generations.trial(&generations.policy_in_force().await?).await?);
    let at = SystemClock.now();
    let found = usher_ledger::breaches_of_settings(&opened.books, policy, after.clone(), at).await?;
    say_all(&found)
}

fn say_all(found: &[Breach]) -> anyhow::Result<usize> {
    let words = Words::english()?;
    for breach in found {
        say_one(&words, breach);
    }
    Ok(found.iter().filter(|breach| breach.refuses()).count())
}

fn say_one(words: &Words, breach: &Breach) {
    let values = [
        ("title", Value::from(&breach.title)),
        ("version", Value::from(&breach.version)),
        ("number", Value::from(i64::from(breach.number))),
        ("count", Value::from(breach.signed)),
    ];
    say(format!("UNTRUE    {}", words.say(Reader::Adult, "ledger-breach", &values)));
    say(format!("          “{}”", breach.text));
    for (title, short) in &breach.controls {
        say(format!("          {title}: {}", short.said(words)));
    }
}
