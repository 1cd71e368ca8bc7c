//! Alerts: something an adult must look at soon, raised once for a whole burst (MON-08, MON-14, WEB-17, ACC-04, ACC-05),
//! and the filter's own: that it was off (WEB-01).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::ids::{EventId, Id, Named, PersonId};
use usher_types::moment::Moment;

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
    /// The filter was off, or is: nothing is reached through it (WEB-01).
    FilterOff,
}

impl Concern {
    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GraveWords => "grave-words",
            Self::GraveBlocks => "grave-blocks",
            Self::Leaving => "leaving",
            Self::Malware => "malware",
            Self::ManyBlocks => "many-blocks",
            Self::WrongPasswords => "wrong-passwords",
            Self::TwoPlaces => "two-places",
            Self::FilterOff => "filter-off",
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
    /// Who has seen to it, and when.
    pub seen: Option<(PersonId, Moment)>,
}

impl Noun for Alert {
    const KIND: Kind = Kind::Alert;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("state", if self.seen.is_none() { "waiting" } else { "seen" })];
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

/// An adult has seen to it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_seen_once() {
        let nine = Moment::from_unix_ms(1_795_000_000_000);
        let alert = Alert {
            id: Id::new(1),
            concern: Concern::ManyBlocks,
            whose: Whose::Person(Id::new(7)),
            events: vec![Id::new(5)],
            from: nine,
            until: nine,
            at: nine,
            told: vec![],
            seen: None,
        };
        let stored = Stored { value: alert, version: 1 };
        let change = see(&stored, Id::new(3), nine).unwrap();
        let seen: Alert = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(seen.keys().first(), Some(&IndexKey::shared("state", "seen")));
        assert_eq!(see(&Stored { value: seen, version: 2 }, Id::new(3), nine), Err(Refusal::AlreadySo));
    }
}
