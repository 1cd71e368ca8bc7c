//! Mails go out: those whose change is kept, each until it went.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_records::change::{Actor, To};
use usher_records::person::Person;
use usher_records::rules_sent::{self, RulesSent};
use usher_store::books::Books;
use usher_store::store::{StoreError, WaitingMail};
use usher_types::email::EmailAddress;
use usher_types::moment::Moment;

use crate::hook::{Hook, Message};
use crate::post::{Letter, Post, Sender};
use crate::runner::{Job, JobFault};

/// Mails taken at a time: what a relay takes within the lease.
const AT_ONCE: u32 = 20;
/// A mail that a server took and did not report on is taken again after this.
const HELD_SECONDS: i64 = 120;
/// Why a message was not sent after another of the same run was not.
const NOT_ASKED: &str = "the address for messages did not take the one before";
/// How long after its first, second, third … failure a mail is tried again; the last holds for all later ones.
const AGAIN_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];

/// Sends what waits in the outbox.
#[derive(Debug)]
pub struct Outbox {
    /// The school's books.
    pub books: Books,
    /// How it leaves.
    pub post: Arc<dyn Post>,
    /// The address it is from.
    pub from: EmailAddress,
    /// Where messages go that are no mails.
    pub hook: Option<Hook>,
}

#[async_trait]
impl Job for Outbox {
    fn name(&self) -> &'static str {
        "outbox"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let (store, school) = (self.books.store(), self.books.school());
        let waiting = store.take_mails(school, at, at.plus_seconds(HELD_SECONDS), AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let name = usher_directory::books::school(&self.books).await?.name;
        let from = Sender { name, address: self.from.clone() };
        // One that does not answer is asked once: mails of the same run do not wait for each message to it.
        let mut hook_answers = true;
        for mail in waiting {
            let went = if mail.mail.to == To::Hook {
                let went =
                    if hook_answers { self.message(&mail, at).await } else { Err(NOT_ASKED.to_owned()) };
                hook_answers = went.is_ok();
                went
            } else {
                self.send(&mail, &from, at).await
            };
            // Kept before the mail is: a server that stops in between notes it at the next try.
            // A mail that went must not go again because that could not be written down.
            if let Err(error) = self.note(&mail, went.as_ref().copied().map_err(String::as_str), at).await {
                tracing::error!(%error, mail = mail.number, "what became of a mail was not noted");
            }
            match went {
                Ok(()) => store.mail_sent(school, mail.number, at).await?,
                Err(why) => {
                    tracing::warn!(mail = mail.number, tries = mail.tries + 1, why, "a mail did not go out");
                    store.mail_failed(school, mail.number, again_at(mail.tries, at), &why).await?;
                }
            }
        }
        Ok(())
    }
}

impl Outbox {
    /// Notes what became of a mail where the books keep that (AGR-13).
    async fn note(&self, mail: &WaitingMail, went: Result<(), &str>, at: Moment) -> Result<(), JobFault> {
        let letter = rules_sent::letter(&mail.mail);
        let Some(sent) = self.books.find_one::<RulesSent>("letter", letter).await? else { return Ok(()) };
        let Some(change) = rules_sent::went(&sent, went, at) else { return Ok(()) };
        match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
            // The office noted in the same instant that paper was given.
            Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends one mail; says why not, in words for the health page.
    async fn send(&self, waiting: &WaitingMail, from: &Sender, at: Moment) -> Result<(), String> {
        let mail = &waiting.mail;
        let to = self.address(&mail.to).await?;
        let attachment = match &mail.attachment {
            None => None,
            Some((name, digest)) => {
                let bytes = self.books.store().blob(self.books.school(), *digest).await;
                let bytes = bytes.map_err(|error| error.to_string())?;
                Some((name.clone(), bytes.ok_or_else(|| format!("the file {name} is gone"))?))
            }
        };
        let letter = Letter {
            number: waiting.number,
            from: from.clone(),
            to,
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            attachment,
            at,
        };
        self.post.send(&letter).await.map_err(|error| in_words(&error))
    }

    /// Sends one message; says why not. Without an address in the configuration any more, it is done with.
    async fn message(&self, waiting: &WaitingMail, at: Moment) -> Result<(), String> {
        let Some(hook) = &self.hook else { return Ok(()) };
        let id = format!("usher-{}-{}", self.books.school(), waiting.number);
        let text = format!("{}\n\n{}", waiting.mail.subject, waiting.mail.text);
        hook.send(Message { id: &id, text: text.trim(), at }).await.map_err(|error| in_words(&error))
    }

    async fn address(&self, to: &To) -> Result<EmailAddress, String> {
        let id = match to {
            To::Outside(address) => return Ok(address.clone()),
            To::Person(id) => *id,
            To::Hook => return Err("a message is no mail".to_owned()),
        };
        let person = self.books.get::<Person, _>(id).await.map_err(|error| error.to_string())?;
        let person = person.ok_or_else(|| format!("there is no person {id}"))?.value;
        person.email.ok_or_else(|| format!("no mail address is kept for {id}"))
    }
}

/// A fault and its first cause.
fn in_words(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

fn again_at(tries: u32, at: Moment) -> Moment {
    let place = usize::try_from(tries).unwrap_or(usize::MAX).min(AGAIN_MINUTES.len() - 1);
    at.plus_minutes(AGAIN_MINUTES.get(place).copied().unwrap_or(1))
}
