//! `usher policy publish`, `confirm` and `waiting`: a policy comes into force when it has no fault and breaks no promise,
//! and what is weighty in it only by two people.
//!
//! Whoever publishes shows that they are who they say, by their password: otherwise one person could be two.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use usher_directory::books::{person, school};
use usher_directory::password::{Cost, Passwords};
use usher_lists::category::Catalogue;
use usher_policy::access::{self, Who};
use usher_policy::amend::{self, NotConfirmed, Proposal, Seconded, Written};
use usher_policy::check::leaves_out_sealed;
use usher_policy::diff;
use usher_policy::document::PolicyDocument;
use usher_publish::publisher::keep_policy;
use usher_records::account::{Account, Owner, State};
use usher_records::change::{Actor, Stored};
use usher_records::in_force::InForce;
use usher_records::person::Person;
use usher_records::policy_draft::{PolicyDraft, PolicyDraftId};
use usher_records::sealed::{self, Way};
use usher_types::SecretString;
use usher_types::clock::Clock as _;
use usher_types::ids::Id;
use usher_words::Words;

use super::{generations, read, say_differences, signed, tried};
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Why a policy that makes untrue what people signed stays out, and what to do.
const SIGNED: &str = "people signed what it makes untrue. Publish new words of the agreement first, with `usher agreement \
    publish`; what they take out goes once they are signed or the time for it is over. Or leave the rule";

/// Who stands for what is done.
#[derive(Debug, Args)]
pub(in crate::cli) struct By {
    /// Your user name; your password is asked for
    #[arg(long = "by", value_name = "USERNAME")]
    user: String,
    /// Read the password from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Publish {
    /// The policy, a TOML file
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// Why it changes; kept in the journal
    #[arg(long, value_name = "WORDS")]
    reason: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Confirm {
    /// The draft's reference, as `usher policy waiting` has it
    draft: PolicyDraftId,
    #[command(flatten)]
    by: By,
}

pub(super) async fn publish(asked: &Publish, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Some(policy) = read(&asked.file)? else {
        note_unsealing(asked, opened).await?;
        return Ok(not_published("it has faults"));
    };
    let writer = asked.by.who(opened).await?;
    access::may_write_policy(&writer)
        .context("a policy is written by the headteacher, the safeguarding lead or the computing lead")?;
    let before = in_force(opened).await?;
    let old = generations(opened).policy(before.value.policy).await?;
    let differences = diff::diff(&old, &policy, &Catalogue::ours()?);
    if differences.is_empty() {
        say("Nothing changes: this is the policy in force.");
        return Ok(ExitCode::SUCCESS);
    }
    say_differences(&differences);
    if !keeps_its_promises(opened, &policy).await? {
        return Ok(not_published("it breaks the promises above"));
    }
    if signed::say_breaches(opened, &policy).await? > 0 {
        return Ok(not_published(SIGNED));
    }
    let policy = keep_policy(&opened.books, &policy).await?;
    let at = SystemClock.now();
    let actor = Actor::Person(writer.person);
    let proposal = Proposal { policy, differences: &differences, writer: &writer, reason: &asked.reason };
    let id = match amend::write(proposal, &before, Id::new(opened.ids.next(at)), at)? {
        Written::InForce(change) => {
            opened.books.commit(&change, &actor, at).await?;
            say("Published. A running server takes it over within seconds.");
            return Ok(ExitCode::SUCCESS);
        }
        Written::Waits(change, id) => {
            opened.books.commit(&change, &actor, at).await?;
            id
        }
    };
    say(format!("It waits for a second person: draft {id}. Until then the policy in force stays."));
    say_who_may_confirm(opened, &writer).await?;
    say(format!("They type: usher policy confirm {id} --by THEIR-USER-NAME"));
    Ok(ExitCode::SUCCESS)
}

/// Keeps that somebody tried to publish a policy without the categories nobody can open (FM-27): by name where the password is
/// theirs, and otherwise as whoever has the command line.
async fn note_unsealing(asked: &Publish, opened: &Opened) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&asked.file)?;
    if !leaves_out_sealed(&text, &Catalogue::ours()?.table()) {
        return Ok(());
    }
    let actor = asked.by.who(opened).await.map_or(Actor::CommandLine, |who| Actor::Person(who.person));
    opened.books.commit(&sealed::tried(Way::Policy), &actor, SystemClock.now()).await?;
    say("That this was tried is in the journal.");
    Ok(())
}

pub(super) async fn confirm(asked: &Confirm, opened: &Opened) -> anyhow::Result<ExitCode> {
    let draft = opened.books.get::<PolicyDraft, _>(asked.draft).await?;
    let draft = draft.with_context(|| format!("there is no draft {}", asked.draft))?;
    let second = asked.by.who(opened).await?;
    let first = Who::of(&person(&opened.books, draft.value.by).await?);
    let (before, policies, at) = (in_force(opened).await?, generations(opened), SystemClock.now());
    let (old, policy) =
        (policies.policy(before.value.policy).await?, policies.policy(draft.value.policy).await?);
    let promises = policies.promises(&policy, at).await?;
    let seconded = Seconded { draft: &draft, first: &first, second: &second, promises: &promises };
    let confirmed = amend::confirm(seconded, &before, at);
    if let Err(NotConfirmed::Denied(denied)) = confirmed {
        say(
            "You cannot confirm this: it takes another person in another office, and one of the two is the headteacher.",
        );
        say_who_may_confirm(opened, &first).await?;
        return Err(denied.into());
    }
    say_differences(&diff::diff(&old, &policy, &Catalogue::ours()?));
    if confirmed == Err(NotConfirmed::Broken) {
        tried::say_broken(&Words::english()?, &promises);
        return Ok(not_published("it breaks the promises above"));
    }
    if signed::say_breaches(opened, &policy).await? > 0 {
        return Ok(not_published(SIGNED));
    }
    let change = confirmed.context(
        "this draft cannot be confirmed; another policy was published since, or it was confirmed already",
    )?;
    opened.books.commit(&change, &Actor::Person(second.person), at).await?;
    say("Confirmed and published. A running server takes it over within seconds.");
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn waiting(opened: &Opened) -> anyhow::Result<ExitCode> {
    let before = in_force(opened).await?;
    let (drafts, zone) =
        (opened.books.find::<PolicyDraft>("state", "waiting").await?, school(&opened.books).await?.zone);
    if drafts.is_empty() {
        say("No policy waits.");
    }
    for PolicyDraft { id, base, by, reason, weighty, made_at, .. } in
        drafts.into_iter().map(|kept| kept.value)
    {
        let writer = person(&opened.books, by).await?;
        say(format!("{id}  by {}, {}: {reason}", writer.name(), zone.local(made_at).spoken_date()));
        say(format!("    it changes {}", weighty.join("; ")));
        if base == before.value.policy {
            say_who_may_confirm(opened, &Who::of(&writer)).await?;
        } else {
            say(
                "    It cannot be confirmed any more: another policy was published since. Publish the file again.",
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl By {
    /// Whoever that is, when the password is theirs.
    pub(in crate::cli) async fn who(&self, opened: &Opened) -> anyhow::Result<Who> {
        let password = match &self.password_file {
            Some(file) => first_line(file)?,
            None => asked_for(&self.user)?,
        };
        let account = opened.books.find_one::<Account>("username", &self.user).await?.map(|kept| kept.value);
        let at = SystemClock.now();
        let usable = account.filter(|account| {
            account.state == State::Open && account.resting_until.is_none_or(|until| until <= at)
        });
        let hash = usable.as_ref().and_then(|account| account.password.clone());
        let right = Passwords::new(Cost::Ordinary)?.check(password, hash).await?;
        let owner = usable.filter(|_| right).map(|account| account.owner);
        let Some(Owner::Person(id)) = owner else {
            anyhow::bail!("the user name or the password is not right");
        };
        let somebody = person(&opened.books, id).await?;
        let today = school(&opened.books).await?.zone.local(at).date();
        anyhow::ensure!(somebody.is_here(today), "{} does not belong to the school now", somebody.name());
        Ok(Who::of(&somebody))
    }
}

fn first_line(file: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
}

fn asked_for(user: &str) -> anyhow::Result<SecretString> {
    drop(write!(std::io::stderr(), "Password of {user}: "));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}

async fn in_force(opened: &Opened) -> anyhow::Result<Stored<InForce>> {
    let found = opened.books.get::<InForce, _>(opened.books.school()).await?;
    found.context("no policy is in force: the school is not set up")
}

async fn keeps_its_promises(opened: &Opened, policy: &PolicyDocument) -> anyhow::Result<bool> {
    let outcomes = tried::outcomes(opened, policy).await?;
    Ok(tried::say_broken(&Words::english()?, &outcomes) == 0)
}

fn not_published(why: &str) -> ExitCode {
    say(format!("Not published: {why}. The policy in force stays as it is."));
    ExitCode::FAILURE
}

/// Names everybody who may be the second, with the offices that make them so.
async fn say_who_may_confirm(opened: &Opened, first: &Who) -> anyhow::Result<()> {
    let today = school(&opened.books).await?.zone.local(SystemClock.now()).date();
    let people = opened.books.values::<Person>().await?;
    let named = |somebody: &Person| {
        let offices: Vec<String> = somebody.roles.iter().map(|role| role.name().replace('-', " ")).collect();
        format!("{} ({})", somebody.name(), offices.join(", "))
    };
    let names: Vec<String> = amend::seconds(&people, first, today).into_iter().map(named).collect();
    say(match names.as_slice() {
        [] => "    Nobody can confirm it yet: it takes a headteacher, and a safeguarding lead or computing lead who is \
               another person."
            .to_owned(),
        names => format!("    It can be confirmed by {}.", names.join(" or ")),
    });
    Ok(())
}
