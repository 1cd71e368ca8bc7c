//! A mail to somebody for whom there is something new at the desk. It says neither what nor about whom: mail is read in many places.

use usher_records::change::Mail;
use usher_records::person::Person;
use usher_types::role::Reader;
use usher_words::Value;

use crate::app::App;

/// One for each of these who has a mail address.
pub(in crate::pages) fn mails<'a>(
    app: &App,
    school: &str,
    readers: impl IntoIterator<Item = &'a Person>,
) -> Vec<Mail> {
    let values =
        [("school", Value::from(school)), ("link", Value::from(format!("{}/", app.places.desk_origin)))];
    let say = |key: &str| app.words.say(Reader::Adult, key, &values);
    let mail = |reader: &Person| Mail {
        to: reader.id.into(),
        subject: say("news-mail-subject"),
        text: format!("{}\n", say("news-mail-text")),
        attachment: None,
    };
    readers.into_iter().filter(|reader| reader.email.is_some()).map(mail).collect()
}
