//! A class signs on one device (AGR-04): a teacher opens it for a class, the device types the code once, and then each child
//! signs for themselves until the time is over. It opens nothing else.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::ids::{GroupId, Id, Named, PersonId, SignatureId};
use usher_types::moment::Moment;

use crate::agreement::AgreementText;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::code::Code;
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::Refusal;
use crate::signature::{How, Part, Sign, Signature, sign};
use crate::standing::Standing;
use usher_types::digest::Digest;

/// Marks ids of signings together.
#[derive(Debug)]
pub enum TogetherNoun {}
impl Named for TogetherNoun {
    const NOUN: &'static str = "together";
}
/// A signing's id.
pub type TogetherId = Id<TogetherNoun>;

/// A class of thirty takes half an hour with children of six; a lesson is an hour.
pub const LONGEST_MINUTES: i64 = 60;
/// The code is read off one screen and typed at another in the same room.
pub const CODE_MINUTES: i64 = 15;

/// A class that signs on one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// Its id.
    pub id: TogetherId,
    /// The class.
    pub group: GroupId,
    /// The adult who opened it and is there.
    pub adult: PersonId,
    /// What is typed at the device, once.
    pub code: Code,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it ends by itself.
    pub ends_at: Moment,
    /// The device, once the code was typed there.
    pub device: Option<IpAddr>,
    /// When it was ended early.
    pub ended_at: Option<Moment>,
}

impl Together {
    /// Whether children may sign at its device.
    pub fn is_open(&self, at: Moment) -> bool {
        at < self.ends_at && self.ended_at.is_none()
    }

    /// Whether its code may still be typed.
    pub fn takes_code(&self, at: Moment) -> bool {
        self.is_open(at) && self.device.is_none() && at < self.opened_at.plus_minutes(CODE_MINUTES)
    }
}

impl Noun for Together {
    const KIND: Kind = Kind::Together;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("group", self.group)];
        if self.ended_at.is_none() {
            match self.device {
                None => keys.push(IndexKey::unique("code", self.code.letters())),
                Some(device) => keys.push(IndexKey::shared("device", device)),
            }
        }
        keys
    }
}

/// Opens it for a class; another of the same class ends. `earlier` is every one of this class.
pub fn open(new: &Together, earlier: &[Stored<Together>], at: Moment) -> Change {
    let change = Change::of(Action::TogetherOpened, Write::of(new, Expect::New));
    let open = earlier.iter().filter(|other| other.value.is_open(at));
    open.fold(change, |change, other| change.and(ended(other, at)))
}

/// The code was typed at a device. Another class that signed there ends: the device is in one room.
///
/// # Errors
/// [`Refusal::Gone`] when the code holds no longer.
pub fn take_device(
    together: &Stored<Together>,
    device: IpAddr,
    there: &[Stored<Together>],
    at: Moment,
) -> Result<Change, Refusal> {
    if !together.value.takes_code(at) {
        return Err(Refusal::Gone);
    }
    let next = Together { device: Some(device), ..together.value.clone() };
    let change = Change::of(Action::TogetherAtDevice, together.replace(&next));
    let others = there.iter().filter(|other| other.value.id != together.value.id && other.value.is_open(at));
    Ok(others.fold(change, |change, other| change.and(ended(other, at))))
}

/// Ends it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is over.
pub fn end(together: &Stored<Together>, at: Moment) -> Result<Change, Refusal> {
    if !together.value.is_open(at) {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::TogetherEnded, ended(together, at)))
}

fn ended(together: &Stored<Together>, at: Moment) -> Write {
    let next = Together { ended_at: Some(at), ..together.value.clone() };
    together.replace(&next)
}

/// What a child hands in.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// The new signature's id.
    pub id: SignatureId,
    /// The child.
    pub child: &'a Person,
    /// Where they stand with their own part.
    pub standing: &'a Standing,
    /// The digest the page showed.
    pub shown: Digest,
    /// The answer chosen, counting from 0.
    pub answer: Option<usize>,
}

/// A child of the class signs, with the adult as witness.
///
/// # Errors
/// [`Refusal::Gone`] when the time is over or the child is not of this class; [`Refusal::AlreadySo`] when they signed; what
/// [`sign`] refuses.
pub fn hand_in(
    together: &Together,
    asked: &Hand<'_>,
    text: &AgreementText,
    at: Moment,
) -> Result<(Signature, Change), Refusal> {
    let device = together.device.filter(|_| together.is_open(at)).ok_or(Refusal::Gone)?;
    if !asked.child.groups.contains(&together.group) {
        return Err(Refusal::Gone);
    }
    if !matches!(asked.standing, Standing::Due { .. } | Standing::DueBy { .. }) {
        return Err(Refusal::AlreadySo);
    }
    let how = How::Together { witness: together.adult, device };
    let signing = Sign {
        id: asked.id,
        person: asked.child,
        part: Part::Own,
        shown: asked.shown,
        answer: asked.answer,
        typed_name: None,
        discussed: false,
        how,
        entered_by: None,
        read_in: None,
    };
    sign(&signing, text, at)
}

#[cfg(test)]
mod tests;
