//! Devices lent to people, and the list of what somebody who leaves has to bring back (ACC-16).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{DeviceId, Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::device::{Device, Loan};
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::Refusal;

/// Marks ids of return lists.
#[derive(Debug)]
pub enum ReturnListNoun {}
impl Named for ReturnListNoun {
    const NOUN: &'static str = "return-list";
}
/// A return list's id.
pub type ReturnListId = Id<ReturnListNoun>;

/// What somebody who leaves has to bring back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnList {
    /// Its id.
    pub id: ReturnListId,
    /// Who leaves.
    pub person: PersonId,
    /// Their leaving date when it was made.
    pub left: Date,
    /// When it was made.
    pub made_at: Moment,
    /// What was lent to them. It may be nothing, and then the list says that it was looked at.
    pub items: Vec<Item>,
    /// When it was called off, because they stay after all.
    pub called_off: Option<Moment>,
}

/// One thing on a return list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The device.
    pub device: DeviceId,
    /// What was written on it then.
    pub name: String,
    /// Who took it back, and when.
    pub returned: Option<(PersonId, Moment)>,
}

impl ReturnList {
    /// Whether something on it is still out.
    pub fn is_waiting(&self) -> bool {
        self.called_off.is_none() && self.items.iter().any(|item| item.returned.is_none())
    }
}

impl Noun for ReturnList {
    const KIND: Kind = Kind::ReturnList;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("person", self.person)];
        if self.called_off.is_none() {
            // Two servers, or the office and a job, make one list of somebody and not two.
            keys.push(IndexKey::unique("leaver", self.person));
        }
        keys
    }
}

/// What a leaving date that came, or went away, means for somebody's return list: a new one with what is lent to them, or
/// the end of the one there is. `live` is their list that is not called off. Visitors come and go, and parents hold
/// nothing of the school's: they get a list only if something is lent.
pub fn on_leaving(
    id: ReturnListId,
    person: &Person,
    live: Option<&Stored<ReturnList>>,
    devices: &[Stored<Device>],
    today: Date,
    at: Moment,
) -> Option<(Action, Write)> {
    match (person.left.filter(|left| *left <= today), live) {
        (Some(left), None) => {
            let items: Vec<Item> = lent_to(person.id, devices).map(item).collect();
            let outsider = matches!(person.kind, PersonKind::Visitor | PersonKind::Parent);
            if outsider && items.is_empty() {
                return None;
            }
            let list = ReturnList { id, person: person.id, left, made_at: at, items, called_off: None };
            Some((Action::ReturnListMade, Write::of(&list, Expect::New)))
        }
        (None, Some(list)) => {
            let next = ReturnList { called_off: Some(at), ..list.value.clone() };
            Some((Action::ReturnListCalledOff, list.replace(&next)))
        }
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// Adds what is lent to them and not on their list: it was lent in the moment the list was made. None when all is on it.
pub fn complete(list: &Stored<ReturnList>, devices: &[Stored<Device>]) -> Option<Change> {
    let out = |device: &Device| {
        let open = |item: &Item| item.device == device.id && item.returned.is_none();
        list.value.items.iter().any(open)
    };
    let missing: Vec<Item> =
        lent_to(list.value.person, devices).filter(|device| !out(device)).map(item).collect();
    if missing.is_empty() {
        return None;
    }
    let mut next = list.value.clone();
    next.items.extend(missing);
    Some(Change::of(Action::ReturnListMade, list.replace(&next)).about(next.person))
}

/// Adds a device the school lends.
///
/// # Errors
/// [`Refusal::NameNeeded`] when nothing is written on it.
pub fn add(device: &Device) -> Result<Change, Refusal> {
    if device.name.trim().is_empty() {
        return Err(Refusal::NameNeeded);
    }
    Ok(Change::of(Action::DeviceSaved, Write::of(device, Expect::New)))
}

/// Lends a device to somebody.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is lent; [`Refusal::Gone`] to somebody who has left.
pub fn lend(
    device: &Stored<Device>,
    to: &Person,
    by: PersonId,
    today: Date,
    at: Moment,
) -> Result<Change, Refusal> {
    if device.value.loan.is_some() {
        return Err(Refusal::AlreadySo);
    }
    if to.left.is_some_and(|left| left <= today) {
        return Err(Refusal::Gone);
    }
    let next = Device { loan: Some(Loan { to: to.id, by, at }), ..device.value.clone() };
    Ok(Change::of(Action::DeviceLent, device.replace(&next)).about(to.id))
}

/// Takes a device back, and ticks it off the list of whoever leaves, if there is one.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is not lent.
pub fn take_back(
    device: &Stored<Device>,
    list: Option<&Stored<ReturnList>>,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let loan = device.value.loan.ok_or(Refusal::AlreadySo)?;
    let next = Device { loan: None, ..device.value.clone() };
    let mut change = Change::of(Action::DeviceReturned, device.replace(&next)).about(loan.to);
    if let Some(list) = list.filter(|list| list.value.person == loan.to && list.value.called_off.is_none()) {
        let mut ticked = list.value.clone();
        let open = |item: &&mut Item| item.device == device.value.id && item.returned.is_none();
        if let Some(item) = ticked.items.iter_mut().find(open) {
            item.returned = Some((by, at));
            change = change.and(list.replace(&ticked));
        }
    }
    Ok(change)
}

fn lent_to(person: PersonId, devices: &[Stored<Device>]) -> impl Iterator<Item = &Device> {
    let theirs = move |device: &&Device| device.loan.is_some_and(|loan| loan.to == person);
    devices.iter().map(|stored| &stored.value).filter(theirs)
}

fn item(device: &Device) -> Item {
    Item { device: device.id, name: device.name.clone(), returned: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::sample;
    use jiff::civil::date;

    const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
    const TODAY: Date = date(2026, 11, 24);

    fn person(kind: PersonKind, left: Option<Date>) -> Person {
        Person { given: "Joan".into(), family: "Price".into(), left, ..sample::person(7, kind) }
    }

    fn laptop(id: u64, lent: bool) -> Stored<Device> {
        let loan = lent.then_some(Loan { to: Id::new(7), by: Id::new(10), at: NOW });
        let name = format!("LAP-{id}");
        let device =
            Device { id: Id::new(id), name, room: None, address: None, managed: true, loan, hardware: None };
        Stored { value: device, version: 1 }
    }

    fn made(
        person: &Person,
        live: Option<&Stored<ReturnList>>,
        devices: &[Stored<Device>],
    ) -> Option<(Action, ReturnList)> {
        let (action, write) = on_leaving(Id::new(1), person, live, devices, TODAY, NOW)?;
        Some((action, serde_json::from_str(&write.body).unwrap()))
    }

    #[test]
    fn acc_16_a_leaver_has_one_list_of_what_is_lent_to_them_and_it_ends_if_they_stay() {
        let devices = [laptop(1, true), laptop(2, false), laptop(3, true)];
        let leaver = person(PersonKind::Staff, Some(TODAY));
        let (action, list) = made(&leaver, None, &devices).unwrap();
        let names: Vec<_> = list.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!((action, names), (Action::ReturnListMade, vec!["LAP-1", "LAP-3"]));
        let live = Stored { value: list, version: 1 };
        assert_eq!(made(&leaver, Some(&live), &devices), None, "one list is enough");
        let stays = person(PersonKind::Staff, None);
        let (action, off) = made(&stays, Some(&live), &devices).unwrap();
        assert_eq!((action, off.is_waiting()), (Action::ReturnListCalledOff, false));
        let later = person(PersonKind::Staff, TODAY.tomorrow().ok());
        assert_eq!(made(&later, None, &devices), None, "not before the date");
    }

    #[test]
    fn a_visitor_has_a_list_only_of_something() {
        let visitor = person(PersonKind::Visitor, Some(TODAY));
        assert_eq!(made(&visitor, None, &[]), None);
        assert!(made(&visitor, None, &[laptop(1, true)]).is_some());
        assert!(made(&person(PersonKind::Pupil, Some(TODAY)), None, &[]).is_some(), "it was looked at");
    }

    #[test]
    fn what_was_lent_in_the_same_moment_comes_onto_the_list_and_goes_off_it_by_name_and_time() {
        let devices = [laptop(1, true)];
        let (_, list) = made(&person(PersonKind::Staff, Some(TODAY)), None, &[]).unwrap();
        let change = complete(&Stored { value: list, version: 1 }, &devices).unwrap();
        let list: ReturnList = serde_json::from_str(&change.writes[0].body).unwrap();
        let list = Stored { value: list, version: 2 };
        assert!(list.value.is_waiting() && complete(&list, &devices).is_none());
        let change = take_back(&devices[0], Some(&list), Id::new(9), NOW).unwrap();
        let ticked: ReturnList = serde_json::from_str(&change.writes[1].body).unwrap();
        assert_eq!(ticked.items[0].returned, Some((Id::new(9), NOW)));
        assert!(!ticked.is_waiting());
        assert_eq!(take_back(&laptop(1, false), None, Id::new(9), NOW), Err(Refusal::AlreadySo));
    }

    #[test]
    fn nothing_is_lent_twice_or_to_somebody_who_has_left() {
        let here = person(PersonKind::Staff, None);
        assert!(lend(&laptop(1, false), &here, Id::new(10), TODAY, NOW).is_ok());
        assert_eq!(lend(&laptop(1, true), &here, Id::new(10), TODAY, NOW), Err(Refusal::AlreadySo));
        let gone = person(PersonKind::Staff, Some(TODAY));
        assert_eq!(lend(&laptop(1, false), &gone, Id::new(10), TODAY, NOW), Err(Refusal::Gone));
    }
}
