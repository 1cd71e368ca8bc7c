//! Names of people and classes, read once for a page.

use std::collections::BTreeMap;

use jiff::civil::Date;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_types::ids::{GroupId, Id, Named, PersonId};
use usher_types::role::Role;

use crate::app::{App, AppFault};
use crate::view::says::Says;

/// The school's people and classes.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    people: BTreeMap<PersonId, Person>,
    groups: BTreeMap<GroupId, Group>,
}

impl Roll {
    /// Everybody and every class.
    pub(crate) async fn of(app: &App) -> Result<Self, AppFault> {
        let people = app.books.values::<Person>().await?;
        Ok(Self {
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            groups: groups(app).await?,
        })
    }

    /// Everybody, in no order that means anything.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Somebody.
    pub(crate) fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// Those who hold one of these offices and are here on a day, each once.
    pub(crate) fn holders(&self, roles: &[Role], today: Date) -> Vec<&Person> {
        self.people().filter(|person| person.roles.has_any(roles) && person.is_here(today)).collect()
    }

    /// Somebody's name, or words for somebody the school no longer keeps.
    pub(crate) fn name(&self, says: &Says, id: PersonId) -> String {
        self.people.get(&id).map_or_else(|| says.t("somebody-gone"), Person::name)
    }

    /// A class.
    pub(crate) fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// A class's name, or words for one the school no longer keeps.
    pub(crate) fn class_name(&self, says: &Says, id: GroupId) -> String {
        self.groups.get(&id).map_or_else(|| says.t("class-gone"), |group| group.name.clone())
    }

    /// The class somebody is in: of several the one with a year.
    pub(crate) fn class_of(&self, person: &Person) -> Option<&Group> {
        let mine = || person.groups.iter().filter_map(|id| self.groups.get(id)).filter(|group| group.current);
        mine().find(|group| group.year.is_some()).or_else(|| mine().next())
    }

    /// Classes in use, younger years first, groups without a year last.
    pub(crate) fn classes(&self) -> Vec<&Group> {
        let mut classes: Vec<&Group> = self.groups.values().filter(|group| group.current).collect();
        classes.sort_by_key(|group| (group.year.is_none(), group.year, group.name.clone()));
        classes
    }
}

/// Every class by id.
pub(crate) async fn groups(app: &App) -> Result<BTreeMap<GroupId, Group>, AppFault> {
    Ok(app.books.values::<Group>().await?.into_iter().map(|group| (group.id, group)).collect())
}

/// An id out of an address; what cannot be one is not there.
pub(crate) fn id<T: Named>(text: &str) -> Result<Id<T>, AppFault> {
    text.parse().map_err(|_not_an_id| AppFault::NotFound)
}
