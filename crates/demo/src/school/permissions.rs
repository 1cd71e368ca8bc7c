//! A few permissions in the books of the invented school: asked, given, refused, waiting. None opens a page, so that the
//! played week stays as it was.

use usher_lists::category::Category;
use usher_records::change::{Actor, Change, Stored};
use usher_records::contact::{self, Body, Card, Reach};
use usher_records::grant::Scope;
use usher_records::permission::act::{self, By, Decision};
use usher_records::permission::matter::{Detail, Matter};
use usher_records::permission::rules::{PermissionRules, Terms};
use usher_records::permission::{Ask, Permission};
use usher_records::settings::Settings;
use usher_store::books::Books;
use usher_types::calendar::PeriodKind;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Role;

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// Who asks and who decides.
struct Office<'a> {
    books: &'a Books,
    ids: &'a dyn IdSource,
    settings: &'a Settings,
    at: Moment,
}

impl DemoSchool {
    /// Puts permissions and contact cards into the books of a school that has none. Gives how many permissions.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn give_permissions(
        &self,
        books: &Books,
        settings: &Settings,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Permission>().await?.is_empty() {
            return Ok(0);
        }
        let staff = |role| self.people.iter().find(|person| person.roles.has(role)).map(|person| person.id);
        let offices = (staff(Role::Headteacher), staff(Role::Technician), staff(Role::BusinessManager));
        let (Some(head), Some(technician), Some(manager)) = offices else { return Ok(0) };
        let class = self.group("6B").and_then(|group| Some((group.id, self.adult_of(group.id)?.id)));
        let Some((class, teacher)) = class else { return Ok(0) };
        let office = Office { books, ids, settings, at };
        let scratch = office.ask(teacher, install("Scratch", "PC-14", "Free, MIT")).await?;
        office.decide(scratch, technician, Some("It is on PC-14 from Monday.")).await?;
        let studio = office.ask(teacher, install("A game maker", "LAP-07", "Trial for 30 days")).await?;
        office.decide(studio, technician, None).await?;
        let banking = Ask {
            categories: Category::parse("finance-and-banking").into_iter().collect(),
            periods: vec![PeriodKind::Lunch],
            until: Some(at.plus_minutes(200 * DAY)),
            ..plain(
                Matter::PrivateUse,
                "Reasonable at lunch, says the governing body",
                &[(Detail::What, BANKING)],
            )
        };
        let banking = office.ask(manager, banking).await?;
        office.decide(banking, head, Some("Yes, at lunch.")).await?;
        let data = [
            (Detail::Data, "Reading ages of 6B"),
            (Detail::Carrier, "Laptop LAP-07"),
            (Detail::Protected, "The disk is encrypted"),
        ];
        let home = plain(Matter::DataOffSite, "Writing reports at the weekend", &data);
        office.ask(teacher, Ask { until: Some(at.plus_minutes(14 * DAY)), ..home }).await?;
        let friends = Ask {
            whom: vec![Scope::Group(class)],
            pages: "learning.example/pen-friends".parse().into_iter().collect(),
            until: Some(at.plus_minutes(21 * DAY)),
            ..plain(
                Matter::Project,
                "Writing to a class in Lisbon",
                &[(Detail::What, "Write to pen friends")],
            )
        };
        office.ask(teacher, friends).await?;
        office.card(head, Body::Police, "Rowanshire Police, schools officer", "01632 960 101").await?;
        office.card(head, Body::Insurer, "Oak Mutual", "01632 960 140").await?;
        Ok(5)
    }
}

const BANKING: &str = "Personal banking";

/// Something that is asked for oneself.
fn plain(matter: Matter, reason: &str, details: &[(Detail, &str)]) -> Ask {
    Ask {
        matter,
        reason: reason.into(),
        details: details.iter().map(|(detail, text)| (*detail, (*text).to_owned())).collect(),
        whom: vec![],
        pages: vec![],
        opens: vec![],
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: None,
        from: Moment::from_unix_ms(0),
        until: None,
    }
}

fn install(what: &str, machine: &str, licence: &str) -> Ask {
    let details = [(Detail::What, what), (Detail::Machine, machine), (Detail::Licence, licence)];
    plain(Matter::Install, "For the coding club", &details)
}

impl Office<'_> {
    async fn commit(&self, change: &Change, by: PersonId) -> Result<(), InstallFault> {
        self.books.commit(change, &Actor::Person(by), self.at).await?;
        Ok(())
    }

    async fn ask(&self, by: PersonId, ask: Ask) -> Result<Stored<Permission>, InstallFault> {
        let rules: &PermissionRules = &self.settings.permissions;
        let terms: Terms = rules.terms(ask.matter, &self.settings.conduct);
        let ask = Ask { from: self.at, ..ask };
        let who = By { person: by, at: self.at };
        let (value, change) = act::ask(Id::new(self.ids.next(self.at)), ask, &terms, who)?;
        self.commit(&change, by).await?;
        Ok(Stored { value, version: 1 })
    }

    async fn decide(
        &self,
        permission: Stored<Permission>,
        by: PersonId,
        yes: Option<&str>,
    ) -> Result<(), InstallFault> {
        let decision = Decision {
            yes: yes.is_some(),
            words: yes.unwrap_or("Its licence ends too soon. Come and look at another one with me.").into(),
            two_people: false,
            grants: vec![],
            mails: vec![],
        };
        let change = act::decide(&permission, decision, By { person: by, at: self.at })?;
        self.commit(&change, by).await
    }

    async fn card(&self, by: PersonId, body: Body, name: &str, phone: &str) -> Result<(), InstallFault> {
        let reach = Reach { name: name.into(), phone: phone.into(), ..Reach::default() };
        let card = Card { id: Id::new(self.ids.next(self.at)), body, reach, saved: (by, self.at) };
        self.commit(&contact::save(card, None)?, by).await
    }
}
