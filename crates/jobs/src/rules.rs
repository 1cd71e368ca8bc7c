//! The children's rules go to their parents in the first weeks of each school year, once (AGR-13), where the school asks for it. A
//! parent without an address is on the office's list instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use jiff::civil::Date;
use usher_policy::snapshot::Snapshot;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::{Actor, Mail};
use usher_records::person::Person;
use usher_records::rules_sent::{self, RulesSent};
use usher_records::school::School;
use usher_reports::document;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader};
use usher_words::{Value, Words};

use crate::runner::{Job, JobFault};

/// Sends them.
#[derive(Debug)]
pub struct Rules {
    /// The school's books.
    pub books: Books,
    /// The policy in use, for its terms.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// Words.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the portal is, for links.
    pub portal_origin: String,
}

#[async_trait]
impl Job for Rules {
    fn name(&self) -> &'static str {
        "rules-to-parents"
    }

    fn every(&self) -> Duration {
        // Nobody waits for it by the minute, and each run in September reads everybody.
        Duration::from_secs(30 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let school = usher_directory::books::school(&self.books).await?;
        let Some(snapshot) = self.snapshot.load_full() else { return Ok(()) };
        let today = school.zone.local(at).date();
        let asked = school.settings.agreements.rules_to_parents;
        let Some(year) = rules_sent::due(&snapshot.document.calendar, today).filter(|_| asked) else {
            return Ok(());
        };
        let done = self.books.find::<RulesSent>("year", year).await?;
        let done: BTreeSet<PersonId> = done.into_iter().map(|sent| sent.value.parent).collect();
        let texts = self.texts().await?;
        let mut people = self.books.values::<Person>().await?;
        people.retain(|person| person.is_here(today));
        let children: BTreeMap<PersonId, &Person> =
            people.iter().filter(|one| one.kind == PersonKind::Pupil).map(|one| (one.id, one)).collect();
        let parents = people.iter().filter(|one| one.kind == PersonKind::Parent && !done.contains(&one.id));
        for parent in parents {
            let theirs: Vec<&Person> =
                parent.children.iter().filter_map(|id| children.get(id).copied()).collect();
            let mut rules: Vec<&AgreementText> = Vec::new();
            for child in &theirs {
                let text =
                    school.settings.agreement_for(child.kind, child.year).and_then(|key| texts.get(key));
                rules.extend(text.filter(|text| rules.iter().all(|known| known.digest != text.digest)));
            }
            if rules.is_empty() {
                continue;
            }
            let mail = parent.email.is_some().then(|| self.mail((&school, year), parent, &theirs, &rules));
            let sent = RulesSent {
                id: Id::new(self.ids.next(at)),
                year,
                parent: parent.id,
                children: theirs.iter().map(|child| child.id).collect(),
                texts: rules.iter().map(|text| text.digest).collect(),
                letter: None,
                at,
                entries: Vec::new(),
            };
            let change = rules_sent::send(&sent, mail);
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // Another server was quicker.
                Ok(_) | Err(StoreError::Conflict { .. } | StoreError::Taken { key: "once", .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Rules {
    /// The agreements in force, by key.
    async fn texts(&self) -> Result<BTreeMap<String, AgreementText>, JobFault> {
        let mut texts = BTreeMap::new();
        for version in self.books.values::<AgreementVersion>().await? {
            if let (true, Some(text)) = (version.in_force, self.text(version.digest).await?) {
                texts.insert(version.key, text);
            }
        }
        Ok(texts)
    }

    async fn text(&self, digest: Digest) -> Result<Option<AgreementText>, JobFault> {
        let bytes = self.books.store().blob(self.books.school(), digest).await?;
        Ok(bytes.and_then(|bytes| AgreementText::parse(&String::from_utf8_lossy(&bytes)).ok()))
    }

    /// The year is in its subject: the mail of one year is never, byte for byte, that of another.
    fn mail(
        &self,
        (school, year): (&School, Date),
        parent: &Person,
        children: &[&Person],
        rules: &[&AgreementText],
    ) -> Mail {
        let year = format!("{}/{:02}", year.year(), (year.year() + 1).rem_euclid(100));
        let names: Vec<String> = children.iter().map(|child| child.short_name()).collect();
        let rules: Vec<String> = rules.iter().map(|text| document::plain_rules(text)).collect();
        let values = [
            ("school", Value::from(school.name.as_str())),
            ("year", Value::from(year)),
            ("name", Value::from(parent.name())),
            ("children", Value::from(names.join(", "))),
            ("rules", Value::from(rules.join("\n\n"))),
            ("place", Value::from(self.portal_origin.as_str())),
        ];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let text = format!("{}\n", say("rules-mail-text"));
        Mail { to: parent.id.into(), subject: say("rules-mail-subject"), text, attachment: None }
    }
}
