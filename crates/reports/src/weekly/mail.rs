//! The weekly report as a mail: every item in a line or two, so that it can be read on a phone.

use super::{Item, Weekly};
use crate::document::Letterhead;
use crate::names::Who;
use crate::say::Say;

/// Subject and text. What is confidential is told as far as it is in `weekly`: hand in [`Weekly::for_readers`].
pub fn mail(head: &Letterhead<'_>, weekly: &Weekly, link: &str) -> (String, String) {
    let say = head.say();
    let period = say.period(&weekly.period);
    let values = [("count", items(weekly).count().into()), ("period", period.as_str().into())];
    let subject = say.say("report-weekly-mail-subject", &values);
    let values = [("link", link.into()), ("school", head.school.into())];
    let footer = say.say("report-weekly-mail-footer", &values);
    (subject, format!("{}\n{footer}\n", text(head, weekly)))
}

/// The same for a terminal: without a subject, and without what a mail says of itself.
pub fn text(head: &Letterhead<'_>, weekly: &Weekly) -> String {
    let say = head.say();
    let period = say.period(&weekly.period);
    let mut paragraphs = vec![format!("{}\n{period}", say.plain("report-weekly-title"))];
    if items(weekly).next().is_none() {
        paragraphs.push(say.plain("report-weekly-nothing"));
        paragraphs.push(say.plain("report-weekly-nothing-note"));
    }
    paragraphs.extend(items(weekly).map(|item| line(say, item)));
    paragraphs.join("\n\n") + "\n"
}

fn items(weekly: &Weekly) -> impl Iterator<Item = &Item> {
    let open = weekly.gravities.iter().flat_map(|gravity| &gravity.items);
    open.chain(weekly.confidential.iter().flat_map(|part| &part.items))
}

fn line(say: Say<'_>, item: &Item) -> String {
    let (name, class) = say.who(&item.who);
    let class = class.filter(|_| matches!(item.who, Who::Person { .. }));
    let known = item.password_known.then(|| say.plain("report-password-known"));
    let who = [Some(name), class, known].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let what = match (&item.engine, item.searches.first()) {
        (Some(engine), Some(words)) => say.say(
            "report-weekly-mail-searched",
            &[("words", words.as_str().into()), ("engine", engine.as_str().into())],
        ),
        _ => say.say(
            "report-weekly-mail-opened",
            &[("words", item.phrase.text.as_str().into()), ("address", item.address.as_str().into())],
        ),
    };
    let reference = say.say("report-reference", &[("event", item.event.to_string().into())]);
    say.say(
        "report-weekly-mail-item",
        &[
            ("when", say.date_and_time(item.at).into()),
            ("who", who.into()),
            ("what", what.into()),
            ("theme", say.theme(item.phrase.theme).into()),
            ("reference", reference.into()),
        ],
    )
}
