//! What people were given leave for until a day is over by itself, to the moment; this tells those it concerns, once: who
//! asked and who said yes (PRM-10).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_records::change::{Actor, Mail};
use usher_records::permission::matter::Detail;
use usher_records::permission::{Permission, act};
use usher_records::school::School;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::runner::{Job, JobFault};

/// Tells of permissions whose time is over.
#[derive(Debug)]
pub struct Permissions {
    /// The school's books.
    pub books: Books,
    /// Words.
    pub words: Arc<Words>,
    /// Where the desk is, for links.
    pub desk_origin: String,
}

#[async_trait]
impl Job for Permissions {
    fn name(&self) -> &'static str {
        "permissions"
    }

    fn every(&self) -> Duration {
        // It is over without this; a notice within minutes is soon enough.
        Duration::from_secs(5 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let school = usher_directory::books::school(&self.books).await?;
        for permission in self.books.find::<Permission>("state", "given").await? {
            let mails = self.mails(&permission.value, &school);
            let Some(change) = act::lapse(&permission, mails, at) else { continue };
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // Somebody ended it in the same instant: they know.
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Permissions {
    fn mails(&self, permission: &Permission, school: &School) -> Vec<Mail> {
        let readers: BTreeSet<PersonId> = permission.entries.iter().filter_map(|entry| entry.by).collect();
        let ask = &permission.ask;
        let matter = self.words.say(Reader::Adult, &format!("permission-matter-{}", ask.matter.name()), &[]);
        let page = || ask.pages.first().map(ToString::to_string);
        let what =
            ask.details.get(&Detail::What).or_else(|| ask.details.get(&Detail::Data)).cloned().or_else(page);
        let what = what.map_or_else(|| matter.clone(), |what| format!("{matter}: {what}"));
        let until = ask.until.map(|until| school.zone.local(until).spoken_date()).unwrap_or_default();
        let link = format!("{}/permissions/{}", self.desk_origin, permission.id);
        let values =
            [("what", Value::from(what)), ("until", Value::from(until)), ("link", Value::from(link))];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let (subject, text) = (say("lapse-subject"), say("lapse-text"));
        let mail = |reader: PersonId| Mail {
            to: reader.into(),
            subject: subject.clone(),
            text: format!("{text}\n"),
            attachment: None,
        };
        readers.into_iter().map(mail).collect()
    }
}
