//! The children's rules go to their parents at the start of each school year (AGR-13): to whom, in which words, which way, and what
//! became of it. One record for each parent and year; what happens to it is added.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::calendar::SchoolCalendar;
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of these records.
#[derive(Debug)]
pub enum RulesSentNoun {}
impl Named for RulesSentNoun {
    const NOUN: &'static str = "rules sent";
}
/// The id of such a record.
pub type RulesSentId = Id<RulesSentNoun>;

/// Days after the first of a school year in which the rules still go out: families join in its first weeks, and a server may be off.
/// A school that begins with Usher in spring sends nothing before September.
pub const BELATED_DAYS: i32 = 28;

/// Days after the 1 September by which the first term has begun: no school in the country begins in October.
const LATEST_BEGIN_DAYS: i32 = 29;

/// The rules, to one parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesSent {
    /// Its id.
    pub id: RulesSentId,
    /// The first day of the school year.
    pub year: Date,
    /// The parent.
    pub parent: PersonId,
    /// Their children, whose rules they are.
    pub children: Vec<PersonId>,
    /// The words, by their digests.
    pub texts: Vec<Digest>,
    /// The mail, by what it says; none for a parent without an address, who is given paper.
    pub letter: Option<Digest>,
    /// When.
    pub at: Moment,
    /// What became of it, oldest first.
    pub entries: Vec<Entry>,
}

/// Something that became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What.
    pub what: What,
    /// When.
    pub at: Moment,
}

/// What may become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The mail server took it.
    Gone,
    /// It could not be delivered; it is tried again.
    Failed(String),
    /// Their sheet was printed, by somebody of the office.
    Printed(PersonId),
    /// They were given paper, by somebody of the office.
    Given(PersonId),
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands<'a> {
    /// The mail waits to go out.
    Waiting,
    /// It went out.
    Gone(Moment),
    /// It did not go out, for this reason.
    Failed(&'a str, Moment),
    /// Paper is to be given.
    Paper,
    /// Paper is to be given, and was printed by somebody.
    Printed(PersonId, Moment),
    /// Paper was given, by somebody.
    Given(PersonId, Moment),
}

impl Noun for RulesSent {
    const KIND: Kind = Kind::RulesSent;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys =
            vec![IndexKey::shared("year", self.year), IndexKey::unique("once", once(self.year, self.parent))];
        let open = self.letter.filter(|_| !matches!(self.stands(), Stands::Gone(_) | Stands::Given(..)));
        keys.extend(open.map(|letter| IndexKey::unique("letter", letter)));
        keys
    }
}

impl RulesSent {
    /// Where it stands.
    pub fn stands(&self) -> Stands<'_> {
        match self.entries.last() {
            Some(Entry { what: What::Gone, at }) => Stands::Gone(*at),
            Some(Entry { what: What::Failed(why), at }) => Stands::Failed(why, *at),
            Some(Entry { what: What::Printed(by), at }) => Stands::Printed(*by, *at),
            Some(Entry { what: What::Given(by), at }) => Stands::Given(*by, *at),
            None if self.letter.is_some() => Stands::Waiting,
            None => Stands::Paper,
        }
    }

    /// Whether the office is to give paper: there is no address, or the mail does not arrive.
    pub fn wants_paper(&self) -> bool {
        matches!(self.stands(), Stands::Paper | Stands::Failed(..) | Stands::Printed(..))
    }

    /// Whether a sheet was printed for them that they were not given yet.
    pub fn is_printed(&self) -> bool {
        matches!(self.stands(), Stands::Printed(..))
    }
}

/// The key that is one parent's in one year.
pub fn once(year: Date, parent: PersonId) -> String {
    format!("{year}:{parent}")
}

/// What a mail says and to whom, by which what became of it is found.
pub fn letter(mail: &Mail) -> Digest {
    Digest::of(&serde_json::to_vec(mail).unwrap_or_default())
}

/// The first day of the school year in whose first weeks the rules go out on this day; none at any other time, and none where the
/// school entered no terms.
pub fn due(calendar: &SchoolCalendar, today: Date) -> Option<Date> {
    let year = SchoolCalendar::year_start(today);
    let days_since = |from: Date, to: Date| (to - from).get_days();
    // A school that has entered the summer term alone has no first day of its year.
    let begins = |first: &Date| (0..=LATEST_BEGIN_DAYS).contains(&days_since(year, *first));
    let first = calendar.terms.iter().map(|term| term.first).filter(begins).min()?;
    (0..=BELATED_DAYS).contains(&days_since(first, today)).then_some(year)
}

/// Sends them, by the mail or, without one, on paper.
pub fn send(sent: &RulesSent, mail: Option<Mail>) -> Change {
    let sent = RulesSent { letter: mail.as_ref().map(letter), entries: Vec::new(), ..sent.clone() };
    let change = Change::of(Action::RulesSent, Write::of(&sent, Expect::New)).about(sent.parent);
    mail.into_iter().fold(change, Change::mailing)
}

/// What became of the mail; none where that is known.
pub fn went(sent: &Stored<RulesSent>, how: Result<(), &str>, at: Moment) -> Option<Change> {
    let what = match (how, sent.value.stands()) {
        (Err(why), Stands::Failed(known, _)) if known == why => return None,
        (Err(why), Stands::Waiting | Stands::Failed(..)) => What::Failed(why.to_owned()),
        // What is on paper already is given, whatever fails.
        (Err(_), Stands::Printed(..)) => return None,
        (Ok(()), Stands::Waiting | Stands::Failed(..) | Stands::Printed(..)) => What::Gone,
        (_, Stands::Gone(_) | Stands::Paper | Stands::Given(..)) => return None,
    };
    Some(add(sent, what, at))
}

/// Notes that their sheet is printed; nothing where they need none, or it was printed before.
pub fn print(sent: &Stored<RulesSent>, by: PersonId, at: Moment) -> Option<Change> {
    let value = &sent.value;
    (value.wants_paper() && !value.is_printed()).then(|| add(sent, What::Printed(by), at))
}

/// Notes that they were given paper.
///
/// # Errors
/// [`Refusal::AlreadySo`] when they were, or the mail arrived.
pub fn given(sent: &Stored<RulesSent>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if sent.value.wants_paper() { Ok(add(sent, What::Given(by), at)) } else { Err(Refusal::AlreadySo) }
}

fn add(sent: &Stored<RulesSent>, what: What, at: Moment) -> Change {
    let mut next = sent.value.clone();
    next.entries.push(Entry { what, at });
    Change::of(Action::RulesArrived, sent.replace(&next)).about(next.parent)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use usher_types::calendar::Term;

    use super::*;

    const AT: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn agr_13_the_rules_go_out_in_the_first_weeks_of_a_school_year_and_at_no_other_time() {
        let term = |name: &str, first, last| Term { name: name.into(), first, last };
        let calendar = SchoolCalendar {
            terms: vec![
                term("Summer", date(2026, 4, 13), date(2026, 7, 21)),
                term("Autumn", date(2026, 9, 3), date(2026, 12, 18)),
                term("Spring", date(2027, 1, 4), date(2027, 3, 26)),
            ],
            ..SchoolCalendar::default()
        };
        let year = date(2026, 9, 1);
        for (today, sent) in [
            (date(2026, 4, 13), None),
            (date(2026, 9, 2), None),
            (date(2026, 9, 3), Some(year)),
            (date(2026, 10, 1), Some(year)),
            (date(2026, 10, 2), None),
            (date(2027, 1, 4), None),
        ] {
            assert_eq!(due(&calendar, today), sent, "{today}");
        }
        assert_eq!(due(&SchoolCalendar::default(), date(2026, 9, 3)), None, "no terms are entered");
    }

    #[test]
    fn agr_13_the_record_says_what_became_of_each_mail_and_who_is_given_paper() {
        let sent = RulesSent {
            id: Id::new(1),
            year: date(2026, 9, 1),
            parent: Id::new(14),
            children: vec![Id::new(71)],
            texts: vec![],
            letter: None,
            at: AT,
            entries: vec![],
        };
        let mail = Mail { to: Id::new(14).into(), subject: "s".into(), text: "t".into(), attachment: None };
        let kept = |change: &Change, version| Stored {
            value: serde_json::from_str::<RulesSent>(&change.writes[0].body).unwrap(),
            version,
        };
        let key = |sent: &RulesSent| sent.keys().iter().any(|key| key.name == "letter");
        let change = send(&sent, Some(mail.clone()));
        assert_eq!(change.mails, std::slice::from_ref(&mail));
        let waits = kept(&change, 1);
        assert_eq!((waits.value.stands(), waits.value.letter), (Stands::Waiting, Some(letter(&mail))));
        assert_eq!(given(&waits, Id::new(9), AT), Err(Refusal::AlreadySo), "the mail may still arrive");
        let failed = kept(&went(&waits, Err("no such mailbox"), AT).unwrap(), 2);
        assert_eq!(failed.value.stands(), Stands::Failed("no such mailbox", AT));
        assert!(failed.value.wants_paper() && key(&failed.value));
        assert!(went(&failed, Err("no such mailbox"), AT).is_none(), "said once");
        let gone = kept(&went(&failed, Ok(()), AT).unwrap(), 3);
        assert!(gone.value.stands() == Stands::Gone(AT) && !key(&gone.value));
        assert!(went(&gone, Ok(()), AT).is_none());

        let paper = kept(&send(&sent, None), 1);
        assert!(paper.value.stands() == Stands::Paper && paper.value.wants_paper());
        let printed = kept(&print(&paper, Id::new(9), AT).unwrap(), 2);
        assert!(printed.value.is_printed() && printed.value.wants_paper());
        assert!(print(&printed, Id::new(9), AT).is_none(), "said once");
        let failed_and_printed = kept(&print(&failed, Id::new(9), AT).unwrap(), 3);
        assert!(key(&failed_and_printed.value), "the mail may still arrive");
        assert!(went(&failed_and_printed, Err("no such mailbox"), AT).is_none());
        let arrived = kept(&went(&failed_and_printed, Ok(()), AT).unwrap(), 4);
        assert_eq!(arrived.value.stands(), Stands::Gone(AT));
        assert!(print(&arrived, Id::new(9), AT).is_none(), "who has the mail needs no paper");
        let done = kept(&given(&printed, Id::new(9), AT).unwrap(), 3);
        assert_eq!(done.value.stands(), Stands::Given(Id::new(9), AT));
        assert_eq!(given(&done, Id::new(9), AT), Err(Refusal::AlreadySo));
    }
}
