//! Who is told of an alert, and in which words. Used when one is raised, when quiet hours end, and when nobody answered.

use std::sync::Arc;

use usher_policy::{alarm, answering};
use usher_records::alert::{Alert, Concern, Whose};
use usher_records::change::{Mail, To};
use usher_records::person::Person;
use usher_records::school::School;
use usher_store::books::Books;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::{Reader, Role};
use usher_words::{Value, Words};

use crate::readers::holders;
use crate::runner::JobFault;

/// Tells of alerts.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The school's books.
    pub books: Books,
    /// The words of mails.
    pub words: Arc<Words>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
    /// Whether there is an address for messages besides mails.
    pub hook: bool,
}

impl Telling {
    /// The person an alert is about, where it is about one.
    pub(crate) async fn about(&self, whose: Whose) -> Result<Option<Person>, JobFault> {
        Ok(match whose {
            Whose::Person(id) => self.books.get::<Person, _>(id).await?.map(|person| person.value),
            Whose::Device(_) | Whose::Filter(_) | Whose::Nobody => None,
        })
    }

    /// Who is told first.
    pub(crate) async fn first(
        &self,
        (concern, whose): (Concern, Whose),
        about: Option<&Person>,
        (school, at): (&School, Moment),
    ) -> Result<Vec<PersonId>, JobFault> {
        let roles = alarm::told(&school.settings.alarms, concern, whose, about);
        self.holders(&roles, whose, (school, at)).await
    }

    /// Who is next: whoever holds the first office of the rota in which nobody was told.
    pub(crate) async fn next(
        &self,
        alert: &Alert,
        about: Option<&Person>,
        (school, at): (&School, Moment),
    ) -> Result<Vec<PersonId>, JobFault> {
        for role in answering::rota(&school.settings.alarms, alert.whose, about) {
            let mut next = self.holders(&[role], alert.whose, (school, at)).await?;
            next.retain(|person| !alert.was_told(*person));
            if !next.is_empty() {
                return Ok(next);
            }
        }
        Ok(Vec::new())
    }

    async fn holders(
        &self,
        roles: &[Role],
        whose: Whose,
        (school, at): (&School, Moment),
    ) -> Result<Vec<PersonId>, JobFault> {
        let found = holders(&self.books, roles, &school.zone, at).await?;
        let others = found.into_iter().filter(|reader| Whose::Person(reader.id) != whose);
        Ok(others.map(|reader| reader.id).collect())
    }

    /// The mails to these. Who, what and when, and where to read the rest; no words a child typed travel by mail. Whoever
    /// gets it because others did not answer is told so.
    pub(crate) fn mails(
        &self,
        to: &[PersonId],
        alert: &Alert,
        about: Option<&Person>,
        (school, later): (&School, bool),
    ) -> Vec<Mail> {
        let who = about.map(Person::name).or(match alert.whose {
            Whose::Device(address) => Some(address.to_string()),
            Whose::Person(_) | Whose::Filter(_) | Whose::Nobody => None,
        });
        let values = [
            ("who", Value::from(who.unwrap_or_default())),
            ("count", Value::from(alert.events.len())),
            ("when", Value::from(school.zone.local(alert.from).spoken())),
            ("from", Value::from(school.zone.local(alert.from).spoken())),
            ("until", Value::from(school.zone.local(alert.until).spoken())),
            ("school", Value::from(&school.name)),
            ("minutes", Value::from(usize::from(school.settings.alarms.answer.within_minutes))),
            ("link", Value::from(format!("{}/alerts/{}", self.desk_origin, alert.id))),
        ];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let part = |part: &str| say(&format!("alert-{}-{part}", alert.concern.name()));
        let mut lines = Vec::new();
        if later {
            lines.push(say("alert-mail-passed-on"));
        }
        lines.push(match alert.whose {
            Whose::Filter(why) => say(&format!("filter-off-{}", why.name())),
            Whose::Person(_) | Whose::Device(_) | Whose::Nobody => part("text"),
        });
        if !alert.read.is_empty() {
            lines.push(say("alert-mail-program"));
        }
        lines.push(say("alert-mail-footer"));
        let (subject, text) = (part("subject"), format!("{}\n", lines.join("\n\n")));
        let mail = |reader: &PersonId| Mail {
            to: (*reader).into(),
            subject: subject.clone(),
            text: text.clone(),
            attachment: None,
        };
        let message = (self.hook && !to.is_empty()).then(|| {
            let named = school.settings.alarms.answer.hook_names;
            self.message((&subject, &text), alert, named, &values)
        });
        to.iter().map(mail).chain(message).collect()
    }

    /// The message beside the mails. Where it goes others may read it too: it says what is in a mail only where the school
    /// wants that, and else that there is an alert, how grave, and where to read it.
    fn message(
        &self,
        (subject, text): (&str, &str),
        alert: &Alert,
        named: bool,
        values: &[(&str, Value<'_>)],
    ) -> Mail {
        let say = |key: &str, values: &[(&str, Value<'_>)]| self.words.say(Reader::Adult, key, values);
        let (subject, text) = if named {
            (subject.to_owned(), text.to_owned())
        } else {
            let values = [values, &[("severity", Value::from(usize::from(alert.severity)))]].concat();
            let drill = alert.concern == Concern::Drill;
            let key = if drill { "alert-message-drill" } else { "alert-message-subject" };
            (say(key, &values), say("alert-message-text", &values))
        };
        Mail { to: To::Hook, subject, text, attachment: None }
    }
}
