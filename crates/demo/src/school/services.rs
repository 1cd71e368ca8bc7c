//! Web services that the invented school's people sign in to with their own sign-in.

use jiff::ToSpan as _;
use usher_records::change::{Actor, Change};
use usher_records::person::Person;
use usher_records::service::consent::{Consent, Told, give};
use usher_records::service::entry::{Asked, Entry, enter};
use usher_records::service::{Audience, Details, ReturnAddress, Service, add};
use usher_store::books::Books;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource, Named};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role, Year};

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// Name, where it leads back, kinds of people, years of pupils.
const SERVICES: [(&str, &str, &[PersonKind], &[i8]); 2] = [
    (
        "Otter Reads",
        "https://reads.example/signed-in",
        &[PersonKind::Pupil, PersonKind::Staff],
        &[3, 4, 5, 6],
    ),
    ("Rowan Planner", "https://planner.example/callback", &[PersonKind::Staff], &[]),
];
/// Minutes ago that somebody signed in to the first.
const MINUTES_AGO: [i64; 4] = [25, 190, 1_480, 2_905];

impl DemoSchool {
    /// Puts them into books that have none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add_services(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<(), InstallFault> {
        let has = |role: Role| self.people.iter().find(move |person| person.roles.has(role));
        let (Some(lead), true) = (has(Role::ComputingLead), books.values::<Service>().await?.is_empty())
        else {
            return Ok(());
        };
        let today = Zone::london().local(at).date();
        let mut first = None;
        for (name, returns, kinds, years) in SERVICES {
            let details = Details {
                name: name.to_owned(),
                returns: ReturnAddress::parse(returns).into_iter().collect(),
                after: Vec::new(),
                audience: Audience {
                    kinds: kinds.to_vec(),
                    years: years.iter().copied().filter_map(Year::new).collect(),
                },
                email: false,
                owner: lead.id,
                review: today.saturating_add(200.days()),
            };
            let id = new(ids, at);
            // Nobody knows the secret: whoever tries a service in the demonstration makes a new one.
            let (secret, salt) =
                (Digest::of(format!("{id} secret").as_bytes()), Digest::of(format!("{id}").as_bytes()));
            let service =
                Service { id, details, secret: Some(secret), salt, saved: (lead.id, at), ended: None };
            let Ok(change) = add(service.clone(), today) else { continue };
            books.commit(&change, &Actor::Person(lead.id), at).await?;
            first.get_or_insert(service);
        }
        let fits = |service: &Service, one: &&Person| {
            service.details.audience.takes(one.kind, one.year) && one.kind == PersonKind::Pupil
        };
        let Some(service) = first else { return Ok(()) };
        for (person, minutes) in self.people.iter().filter(|one| fits(&service, one)).zip(MINUTES_AGO) {
            let then = at.plus_minutes(-minutes);
            for change in sign_in(&service, person, then, ids) {
                books.commit(&change, &Actor::Person(person.id), then).await?;
            }
        }
        Ok(())
    }
}

fn new<T: Named>(ids: &dyn IdSource, at: Moment) -> Id<T> {
    Id::new(ids.next(at))
}

/// Somebody says yes and goes in; their sign-in here is over since.
fn sign_in(service: &Service, person: &Person, at: Moment, ids: &dyn IdSource) -> Vec<Change> {
    let told = vec![Told::Profile];
    let consent =
        Consent { id: new(ids, at), person: person.id, service: service.id, told: told.clone(), at };
    let id = new(ids, at);
    let returns = service.details.returns.first().map(|one| one.as_str().to_owned()).unwrap_or_default();
    let entry = Entry {
        id,
        service: service.id,
        person: person.id,
        session: new(ids, at),
        signed_in: at,
        asked: Asked { returns, challenge: String::new(), nonce: None, told },
        code: Digest::of(format!("{id}").as_bytes()),
        at,
        used: None,
        revoked: None,
    };
    give(consent, None).into_iter().chain([enter(&entry)]).collect()
}
