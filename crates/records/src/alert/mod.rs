//! Alerts: something an adult must look at soon, raised once for a whole burst (MON-08, MON-14, WEB-17, ACC-04, ACC-05),
//! and the filter's own: that it was off (WEB-01).

pub mod closing;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::ids::{EventId, Id, Named, PersonId};
use usher_types::moment::Moment;

use self::closing::Closed;
use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of alerts.
#[derive(Debug)]
pub enum AlertNoun {}
impl Named for AlertNoun {
    const NOUN: &'static str = "alert";
}
/// An alert's id.
pub type AlertId = Id<AlertNoun>;

/// What is of concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// Words that cannot wait for the weekly report.
    GraveWords,
    /// A page on a sealed list was tried for, once is enough (UM-01).
    SealedPage,
    /// One person tries again and again for pages of a grave kind.
    GraveBlocks,
    /// Something that should stay in the school was about to be sent (WEB-05, WEB-18, WEB-20, WEB-26, WEB-27).
    Leaving,
    /// A download that would have harmed the computer.
    Malware,
    /// One person meets block page after block page.
    ManyBlocks,
    /// Wrong passwords at one device until the account rested.
    WrongPasswords,
    /// One person is signed in at two devices.
    TwoPlaces,
    /// A search that raised nothing, and should have, as a person found in a spot check (UM-04).
    Overlooked,
    /// The filter was off, or is: nothing is reached through it (WEB-01).
    FilterOff,
    /// Nothing: a drill, marked everywhere, and in no figure but its own (FM-48).
    Drill,
}

impl Concern {
    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GraveWords => "grave-words",
            Self::SealedPage => "sealed-page",
            Self::GraveBlocks => "grave-blocks",
            Self::Leaving => "leaving",
            Self::Malware => "malware",
            Self::ManyBlocks => "many-blocks",
            Self::WrongPasswords => "wrong-passwords",
            Self::TwoPlaces => "two-places",
            Self::Overlooked => "overlooked",
            Self::FilterOff => "filter-off",
            Self::Drill => "drill",
        }
    }
}

/// Why the filter lets nothing through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Off {
    /// It was asked to stop, and stopped in order.
    Stopped,
    /// It ended without being asked: killed, crashed, or without power.
    Crashed,
    /// The disk is full, so nothing can be recorded.
    DiskFull,
    /// The disk failed, so nothing can be recorded.
    DiskBroken,
    /// Nothing takes the gateway's connections any more.
    NotListening,
}

impl Off {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Stopped, Self::Crashed, Self::DiskFull, Self::DiskBroken, Self::NotListening];

    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Crashed => "crashed",
            Self::DiskFull => "disk-full",
            Self::DiskBroken => "disk-broken",
            Self::NotListening => "not-listening",
        }
    }
}

/// Whom or what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// A person.
    Person(PersonId),
    /// A device where nobody, or nobody in particular, is signed in.
    Device(IpAddr),
    /// The filter itself, and why it was off.
    Filter(Off),
    /// Nobody: it is a drill.
    Nobody,
}

/// What raised an alert: the unit accuracy is counted by (UM-04).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A list of words, by its theme's name.
    Words(String),
    /// A program's reading, by its theme's name (UM-18).
    Program(String),
    /// A count or a sign that has no words.
    Seen(Concern),
}

impl Rule {
    /// Its name in files and settings.
    pub fn name(&self) -> String {
        match self {
            Self::Words(theme) => format!("words.{theme}"),
            Self::Program(theme) => format!("program.{theme}"),
            Self::Seen(concern) => format!("seen.{}", concern.name()),
        }
    }
}

/// What a program made of one event's words. Never what an alert is acted on by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramRead {
    /// The event.
    pub event: EventId,
    /// The theme's name.
    pub theme: String,
    /// How sure it said it was, in a hundred.
    pub percent: u8,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What is of concern.
    pub concern: Concern,
    /// About whom.
    pub whose: Whose,
    /// The events, oldest first.
    pub events: Vec<EventId>,
    /// When the first of them was.
    pub from: Moment,
    /// When the last of them was.
    pub until: Moment,
    /// When it was raised.
    pub at: Moment,
    /// Who was told by mail.
    pub told: Vec<PersonId>,
    /// Who has taken it up, and when.
    pub seen: Option<(PersonId, Moment)>,
    /// How grave, 1 to 5; 0 for those of before it was kept.
    #[serde(default)]
    pub severity: u8,
    /// What raised it.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What a program read in its words, where one did.
    #[serde(default)]
    pub read: Vec<ProgramRead>,
    /// Until when telling waits, because of quiet hours.
    #[serde(default)]
    pub held_until: Option<Moment>,
    /// When those who are told first were told, where that was later than it was raised.
    #[serde(default)]
    pub told_at: Option<Moment>,
    /// Who was told later, because nobody had taken it up.
    #[serde(default)]
    pub passed_on: Vec<(PersonId, Moment)>,
    /// How it ended.
    #[serde(default)]
    pub closed: Option<Closed>,
}

impl Alert {
    /// A fresh one that nobody was told of yet.
    pub const fn new(id: AlertId, concern: Concern, whose: Whose, at: Moment) -> Self {
        Self {
            id,
            concern,
            whose,
            events: Vec::new(),
            from: at,
            until: at,
            at,
            told: Vec::new(),
            seen: None,
            severity: 0,
            rules: Vec::new(),
            read: Vec::new(),
            held_until: None,
            told_at: None,
            passed_on: Vec::new(),
            closed: None,
        }
    }

    /// Whether it is a drill.
    pub const fn is_drill(&self) -> bool {
        matches!(self.concern, Concern::Drill)
    }

    /// How far it is.
    pub const fn state(&self) -> State {
        match (&self.closed, &self.seen) {
            (Some(_), _) => State::Closed,
            (None, Some(_)) => State::Seen,
            (None, None) => State::Waiting,
        }
    }

    /// Whether this person was told of it, at first or later.
    pub fn was_told(&self, person: PersonId) -> bool {
        self.told.contains(&person) || self.passed_on.iter().any(|(told, _)| *told == person)
    }
}

/// How far an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody has taken it up.
    Waiting,
    /// Somebody has, and it is open.
    Seen,
    /// It has an end.
    Closed,
}

impl State {
    /// All, in order.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Seen, Self::Closed];

    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Seen => "seen",
            Self::Closed => "closed",
        }
    }
}

impl Noun for Alert {
    const KIND: Kind = Kind::Alert;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("state", self.state().name())];
        if let Whose::Person(person) = self.whose {
            keys.push(IndexKey::shared("person", person));
        }
        keys
    }
}

/// Raises an alert, with the mails that tell of it.
pub fn raise(alert: &Alert, mails: Vec<Mail>) -> Change {
    let mut change = Change::of(Action::AlertRaised, Write::of(alert, Expect::New));
    if let Whose::Person(person) = alert.whose {
        change = change.about(person);
    }
    change.mails = mails;
    change
}

/// An adult has taken it up: it goes to nobody else.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody has.
pub fn see(alert: &Stored<Alert>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if alert.value.seen.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = Alert { seen: Some((by, at)), ..alert.value.clone() };
    Ok(Change::of(Action::AlertSeen, alert.replace(&next)))
}

/// Begins a drill: an alert of nothing, told as any other is, to see who answers and how fast.
pub fn drill(id: AlertId, at: Moment) -> Change {
    let alert =
        Alert { severity: 5, held_until: Some(at), ..Alert::new(id, Concern::Drill, Whose::Nobody, at) };
    Change::of(Action::DrillBegun, Write::of(&alert, Expect::New))
}

/// Telling those who are told first, the quiet hours being over.
pub fn tell(alert: &Stored<Alert>, to: Vec<PersonId>, mails: Vec<Mail>, at: Moment) -> Change {
    let next = Alert { told: to, held_until: None, told_at: Some(at), ..alert.value.clone() };
    let mut change = Change::of(Action::AlertTold, alert.replace(&next));
    change.mails = mails;
    change
}

/// Telling others, because nobody has taken it up.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody has.
pub fn pass_on(
    alert: &Stored<Alert>,
    to: &[PersonId],
    mails: Vec<Mail>,
    at: Moment,
) -> Result<Change, Refusal> {
    if alert.value.seen.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = alert.value.clone();
    next.passed_on.extend(to.iter().map(|person| (*person, at)));
    let mut change = Change::of(Action::AlertPassedOn, alert.replace(&next));
    change.mails = mails;
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::closing::{Acted, CannotClose, Verdict, close, reopen};
    use super::*;

    fn nine() -> Moment {
        Moment::from_unix_ms(1_795_000_000_000)
    }

    fn stored() -> Stored<Alert> {
        let alert = Alert::new(Id::new(1), Concern::ManyBlocks, Whose::Person(Id::new(7)), nine());
        Stored { value: alert, version: 1 }
    }

    fn written(change: &Change) -> Stored<Alert> {
        Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 2 }
    }

    fn end(outcome: &str) -> Closed {
        Closed {
            by: Id::new(3),
            at: nine().plus_minutes(4),
            acted: Acted::Nothing,
            outcome: outcome.into(),
            verdict: Verdict::NotUseful,
        }
    }

    #[test]
    fn an_alert_is_seen_once() {
        let seen = written(&see(&stored(), Id::new(3), nine()).unwrap());
        assert_eq!(seen.value.keys().first(), Some(&IndexKey::shared("state", "seen")));
        assert_eq!(see(&seen, Id::new(3), nine()), Err(Refusal::AlreadySo));
        assert_eq!(pass_on(&seen, &[Id::new(4)], vec![], nine()), Err(Refusal::AlreadySo));
    }

    #[test]
    fn fm_50_an_alert_is_closed_only_with_an_outcome_and_even_no_action_needs_a_reason() {
        assert_eq!(close(&stored(), end("  \n ")), Err(CannotClose::NoOutcome));
        assert_eq!(close(&stored(), end(&"x".repeat(2_001))), Err(CannotClose::TooLong));
        let closed = written(&close(&stored(), end(" It was a chess page. ")).unwrap());
        assert_eq!(closed.value.state(), State::Closed);
        assert_eq!(closed.value.closed.as_ref().unwrap().outcome, "It was a chess page.");
        assert_eq!(closed.value.seen, Some((Id::new(3), nine().plus_minutes(4))), "taken up by that");
        assert_eq!(close(&closed, end("again")), Err(CannotClose::Already));
        let open = written(&reopen(&closed).unwrap());
        assert_eq!(open.value.state(), State::Seen);
        assert_eq!(reopen(&open), Err(Refusal::AlreadySo));
    }

    #[test]
    fn who_was_told_later_was_told() {
        let on = written(&pass_on(&stored(), &[Id::new(4)], vec![], nine()).unwrap()).value;
        assert!(on.was_told(Id::new(4)) && !on.was_told(Id::new(3)));
        assert_eq!(on.state(), State::Waiting);
    }

    #[test]
    fn an_alert_of_before_is_read() {
        let mut now = serde_json::to_value(stored().value).unwrap();
        let now = now.as_object_mut().unwrap();
        for new in ["severity", "rules", "read", "held_until", "told_at", "passed_on", "closed"] {
            assert!(now.remove(new).is_some(), "{new}");
        }
        let read: Alert = serde_json::from_value(now.clone().into()).unwrap();
        assert_eq!((read.severity, read.closed, read.held_until), (0, None, None));
    }
}
