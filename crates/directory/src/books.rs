//! Reading a person's circumstances out of the books.

use std::sync::Arc;

use usher_policy::document::PolicyDocument;
use usher_policy::facts::{Restricted, Subject};
use usher_records::account::{Account, Owner, State};
use usher_records::agreement::AgreementVersion;
use usher_records::in_force::InForce;
use usher_records::parents_place::ParentsPlace;
use usher_records::person::Person;
use usher_records::sanction::Sanction;
use usher_records::school::School;
use usher_records::session::{Bound, EndReason, KnownBy, Session};
use usher_records::signature::Signature;
use usher_records::standing::{self, Known, Standing};
use usher_records::unrestricted::Unrestricted;
use usher_store::books::Books;
use usher_store::store::{Result, StoreError};
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles};

/// The school these books are of.
///
/// # Errors
/// When the store fails, or the school was never set up.
pub async fn school(books: &Books) -> Result<School> {
    let school = books.get::<School, _>(books.school()).await?;
    school
        .map(|school| school.value)
        .ok_or_else(|| StoreError::Unreadable { what: "the school's own record".into() })
}

/// Where a person stands with the agreement they owe.
///
/// # Errors
/// When the store fails.
pub async fn standing(books: &Books, school: &School, person: &Person, at: Moment) -> Result<Standing> {
    let versions = books.values::<AgreementVersion>().await?;
    let mut signatures: Vec<Signature> = values(books.find("person", person.id).await?);
    if person.kind == PersonKind::Pupil {
        signatures.extend(values(books.find("child", person.id).await?));
    }
    let in_place: Vec<ParentsPlace> = values(books.find("standing", person.id).await?);
    let (settings, zone) = (&school.settings, &school.zone);
    let known = Known { settings, versions: &versions, in_place: &in_place, calendar: None, zone };
    let standing = standing::of(person, &signatures, known, at);
    let waits = matches!(standing, Standing::ParentMissing { .. } | Standing::ParentBy { .. });
    if settings.agreements.joiner_days == 0 || !waits {
        return Ok(standing);
    }
    // The terms are in the policy, which is read for nobody else.
    let calendar = calendar(books).await?;
    Ok(standing::of(person, &signatures, Known { calendar: calendar.as_ref(), ..known }, at))
}

/// The school's terms, by the policy in force; none before the first.
async fn calendar(books: &Books) -> Result<Option<SchoolCalendar>> {
    let Some(in_force) = books.get::<InForce, _>(books.school()).await? else { return Ok(None) };
    let Some(bytes) = books.store().blob(books.school(), in_force.value.policy).await? else {
        return Ok(None);
    };
    match serde_json::from_slice::<PolicyDocument>(&bytes) {
        Ok(document) => Ok(Some(document.calendar)),
        // Without terms nobody has days of grace. Everybody else must still be signed in and out.
        Err(error) => {
            tracing::error!(%error, "the policy in force cannot be read, so nobody has days of grace");
            Ok(None)
        }
    }
}

/// A person as the gateway's decisions see them.
///
/// # Errors
/// When the store fails.
pub async fn subject(
    books: &Books,
    school: &School,
    person: &Person,
    session: &Session,
    at: Moment,
) -> Result<Subject> {
    let unrestricted: Vec<Unrestricted> = values(books.find("person", person.id).await?);
    let open = unrestricted.iter().filter(|time| time.is_open(at)).max_by_key(|time| time.until);
    Ok(Subject {
        session: Some(session.id),
        person: Some(person.id),
        kind: Some(person.kind),
        year: person.year,
        roles: person.roles,
        groups: person.groups.clone(),
        known_by: Some(session.known_by),
        clause_accepted: session.clause_accepted || !asks_clause(school, person.kind),
        standing: standing(books, school, person, at).await?,
        restrictions: restrictions(books, person.id, at).await?,
        unrestricted: open.map(|time| (time.id, time.until)),
    })
}

/// What narrows somebody's web now or will, as decisions see it.
///
/// # Errors
/// When the store fails.
pub async fn restrictions(books: &Books, person: PersonId, at: Moment) -> Result<Vec<Restricted>> {
    let sanctions: Vec<Sanction> = values(books.find("person", person).await?);
    Ok(sanctions.iter().filter(|sanction| at < sanction.until).map(restricted).collect())
}

/// Whoever is behind a session, as decisions see them: a person, or a year group that cannot be told apart (ACC-02).
///
/// # Errors
/// When the store fails, or the person is not there any more.
pub async fn subject_of_session(
    books: &Books,
    school: &School,
    session: &Session,
    at: Moment,
) -> Result<Arc<Subject>> {
    match session.owner {
        Owner::Person(id) if must_set_password(books, session).await? => {
            Ok(Arc::new(Subject::before_a_new_password(session.id, id)))
        }
        Owner::Person(id) => {
            let person = person(books, id).await?;
            Ok(Arc::new(subject(books, school, &person, session, at).await?))
        }
        Owner::YearGroup(year) => Ok(Arc::new(Subject {
            session: Some(session.id),
            person: None,
            kind: Some(PersonKind::Pupil),
            year: Some(year),
            roles: Roles::NONE,
            groups: session.group.into_iter().collect(),
            known_by: Some(KnownBy::SharedAccount),
            clause_accepted: session.clause_accepted || !asks_clause(school, PersonKind::Pupil),
            // Nobody in particular can be held to a signature; the class's slips are kept person by person.
            standing: Standing::NoneAsked,
            restrictions: Vec::new(),
            unrestricted: None,
        })),
    }
}

/// Whether whoever signed in at a device with this password must set a new one first: it is the first, the office's, it has lapsed,
/// or somebody else knows it (ACC-08, ACC-11).
async fn must_set_password(books: &Books, session: &Session) -> Result<bool> {
    let (Some(account), KnownBy::Password, Bound::Device(_)) =
        (session.account, session.known_by, session.bound)
    else {
        return Ok(false);
    };
    Ok(books.get::<Account, _>(account).await?.is_some_and(|account| account.value.must_change))
}

/// A person by id.
///
/// # Errors
/// When the store fails, or there is no such person.
pub async fn person(books: &Books, id: PersonId) -> Result<Person> {
    let found = books.get::<Person, _>(id).await?;
    found.map(|person| person.value).ok_or_else(|| StoreError::Unreadable { what: format!("person {id}") })
}

/// Device sign-ins that still hold after a restart, with whoever is behind them. One whose person left meanwhile is
/// ended instead.
///
/// # Errors
/// When the store fails.
pub async fn open_sessions(
    books: &Books,
    school: &School,
    at: Moment,
) -> Result<Vec<(Session, Arc<Subject>)>> {
    let mut open = Vec::new();
    for stored in books.find::<Session>("open", "yes").await? {
        let session = &stored.value;
        if !matches!(session.bound, Bound::Device(_)) {
            continue;
        }
        if session.holds(at) && is_still_open(books, session, school, at).await? {
            let subject = subject_of_session(books, school, session, at).await?;
            open.push((session.clone(), subject));
        } else {
            let change = usher_records::session::end(&stored, EndReason::Over, at);
            let actor = usher_records::change::Actor::Usher("restart".into());
            books.commit(&change, &actor, at).await?;
        }
    }
    Ok(open)
}

/// Whether a session's account is still open and its person still here (ACC-16).
///
/// # Errors
/// When the store fails.
pub async fn is_still_open(books: &Books, session: &Session, school: &School, at: Moment) -> Result<bool> {
    if let Some(account) = session.account {
        let account = books.get::<Account, _>(account).await?;
        if account.is_none_or(|account| account.value.state != State::Open) {
            return Ok(false);
        }
    }
    match session.owner {
        Owner::Person(id) => {
            let person = books.get::<Person, _>(id).await?;
            let today = school.zone.local(at).date();
            Ok(person.is_some_and(|person| person.value.is_here(today)))
        }
        Owner::YearGroup(_) => Ok(true),
    }
}

fn asks_clause(school: &School, kind: PersonKind) -> bool {
    school.settings.sign_in.clause_each_time.contains(&kind)
}

fn restricted(sanction: &Sanction) -> Restricted {
    Restricted {
        sanction: sanction.id,
        restriction: sanction.restriction,
        from: sanction.from,
        until: sanction.lifted_at.map_or(sanction.until, |lifted| lifted.min(sanction.until)),
    }
}

fn values<N>(stored: Vec<usher_records::change::Stored<N>>) -> Vec<N> {
    stored.into_iter().map(|stored| stored.value).collect()
}
