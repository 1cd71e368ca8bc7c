//! Signing in: by password, by pictures, as a visitor; and what happens when it fails.

use std::net::IpAddr;
use std::sync::Arc;

use usher_events::event::{Event, SignInFailed, System, What};
use usher_events::sink::EventSink;
use usher_policy::facts::Subject;
use usher_records::account::{self, Account, Owner, State, Username};
use usher_records::change::{Action, Actor, Change, Expect, Stored, Write};
use usher_records::person::Person;
use usher_records::picture;
use usher_records::refusal::Refusal;
use usher_records::school::School;
use usher_records::session::{self, Bound, KnownBy, Session};
use usher_records::settings::SecondDevice;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::SecretString;
use usher_types::digest::Digest;
use usher_types::ids::{EventId, GroupId, Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles};

use crate::books;
use crate::password::{PasswordFault, Passwords};
use crate::tries::Tries;

/// What somebody shows to prove who they are.
#[derive(Debug, Clone)]
pub enum Secret {
    /// A password.
    Password(SecretString),
    /// Pictures, in order.
    Pictures(Vec<String>),
}

/// A sign-in as asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The user name.
    pub username: String,
    /// The proof.
    pub secret: Secret,
    /// The device asking.
    pub address: IpAddr,
    /// What the session is for.
    pub place: Place,
    /// For a shared account: the class it is used for.
    pub group: Option<GroupId>,
    /// Whether the short clause was accepted (AGR-06).
    pub clause_accepted: bool,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The web at this device.
    Device,
    /// The desk in this browser; the digest of the cookie's secret.
    Desk(Digest),
    /// Other web services in this browser (ACC-15), likewise.
    Services(Digest),
    /// One proxy request with credentials of its own: nothing is kept.
    Request,
    /// Nothing but whether the secret is right, before a new one is set: nothing is kept.
    Check,
}

/// Somebody signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session; kept unless it was for one request.
    pub session: Session,
    /// Who, as decisions see them.
    pub subject: Arc<Subject>,
    /// The person, where the account is one person's.
    pub person: Option<Person>,
    /// Whether a new password must be set before anything else.
    pub must_change: bool,
    /// Sessions of others at the device, or of the same person elsewhere, that ended with this.
    pub ended: Vec<Session>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInFault {
    /// No such account, or the proof is wrong. Which of the two is not said.
    #[error("user name or password is wrong")]
    Wrong,
    /// The account, or the device, rests after too many tries.
    #[error("it rests until {0}")]
    Resting(Moment),
    /// The account is closed, or its owner has left (ACC-16); or a request came with a password that must be changed
    /// first, for which a tool has no page.
    #[error("the account is closed")]
    Closed,
    /// The same person is signed in at another device, and the school allows one (ACC-09).
    #[error("signed in at another device")]
    Elsewhere,
    /// The account is a year group's, and this is for people's own (ACC-15).
    #[error("the account is shared")]
    Shared,
    /// The store failed.
    #[error("the books cannot be read now")]
    Store(#[from] StoreError),
    /// Passwords cannot be checked.
    #[error("passwords cannot be checked now")]
    Passwords(#[from] PasswordFault),
}

/// Signs people in and out.
#[derive(Clone)]
pub struct SignIn {
    books: Books,
    passwords: Passwords,
    tries: Arc<Tries>,
    ids: Arc<dyn IdSource>,
    sink: Arc<dyn EventSink>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("books", &self.books).finish_non_exhaustive()
    }
}

impl SignIn {
    /// Sign-ins over these books.
    pub fn new(books: Books, passwords: Passwords, ids: Arc<dyn IdSource>, sink: Arc<dyn EventSink>) -> Self {
        Self { books, passwords, tries: Arc::new(Tries::default()), ids, sink }
    }

    /// Hashing, for setting passwords.
    pub const fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Signs somebody in. `last_here` is who was signed in last at the device, for the record of a wrong try.
    ///
    /// # Errors
    /// See [`SignInFault`].
    pub async fn sign_in(
        &self,
        ask: Ask,
        last_here: Option<PersonId>,
        at: Moment,
    ) -> Result<SignedIn, SignInFault> {
        // Names that cannot be ones are counted all the same.
        let ask = Ask { username: ask.username.trim().to_lowercase().chars().take(64).collect(), ..ask };
        let mut turn = self.tries.begin(&ask.username, ask.address, at).map_err(SignInFault::Resting)?;
        turn.wait().await;
        let school = books::school(&self.books).await?;
        let checked = self.account(&ask.username, at).await?;
        let is_right = self.is_right(&ask.secret, checked.as_ref(), &school).await?;
        // Checking takes a while: whatever happened to the account meanwhile counts.
        let account = self.account(&ask.username, at).await?;
        let is_right = is_right && is_same_secret(checked.as_ref(), account.as_ref());
        let Some(account) = account.as_ref().filter(|_| is_right) else {
            return Err(self.wrong(&ask, account.as_ref(), last_here, &school, at).await?);
        };
        turn.right();
        if account.value.state != State::Open {
            return Err(SignInFault::Closed);
        }
        self.begin(&ask, &account.value, &school, at).await
    }

    /// The account of this name, if there is one. Whether it rests is said alike for names that have none.
    async fn account(&self, username: &str, at: Moment) -> Result<Option<Stored<Account>>, SignInFault> {
        let account = match Username::parse(username) {
            Ok(username) => self.books.find_one::<Account>("username", &username).await?,
            Err(_odd) => None,
        };
        let rests_until = match &account {
            Some(account) => account.value.resting_until.filter(|until| at < *until),
            None => self.tries.rests_until(username, at),
        };
        rests_until.map_or(Ok(account), |until| Err(SignInFault::Resting(until)))
    }

    /// Signs in a visitor: a name and today's end, no account. The agreement comes next (AGR-18).
    ///
    /// # Errors
    /// [`SignInFault::Store`].
    pub async fn visitor(&self, visitor: Visitor<'_>, at: Moment) -> Result<SignedIn, SignInFault> {
        let school = books::school(&self.books).await?;
        let today = school.zone.local(at).date();
        let until = school.zone.moment(today, school.settings.sign_in.visitors_until);
        // Somebody who comes to an evening meeting has until midnight.
        let tomorrow = today.tomorrow().map_or(until, |tomorrow| school.zone.start_of(tomorrow));
        let until = if until <= at { tomorrow } else { until };
        let person = Person {
            id: Id::new(self.ids.next(at)),
            kind: visitor.kind,
            given: visitor.given.to_owned(),
            family: visitor.family.to_owned(),
            known_as: None,
            year: None,
            roles: Roles::NONE,
            groups: Vec::new(),
            email: None,
            children: Vec::new(),
            source: None,
            joined: Some(today),
            left: today.tomorrow().ok(),
            until: Some(until),
            picture: None,
            home: usher_records::person::Home::default(),
        };
        let mut change = Change::of(Action::PersonAdded, Write::of(&person, Expect::New)).about(person.id);
        change.reason = Some(visitor.visiting.trim().to_owned()).filter(|visiting| !visiting.is_empty());
        self.books.commit(&change, &Actor::Person(person.id), at).await?;
        let mut session =
            self.session(Owner::Person(person.id), KnownBy::VisitorForm, &school, person.kind, at);
        session.bound = Bound::Device(visitor.address.to_canonical());
        session.until = session.until.min(until);
        session.clause_accepted = true;
        self.keep(session, Some(person), false, &school, at).await
    }

    async fn is_right(
        &self,
        secret: &Secret,
        account: Option<&Stored<Account>>,
        school: &School,
    ) -> Result<bool, PasswordFault> {
        let account = account.map(|account| &account.value);
        match secret {
            Secret::Password(password) => {
                let hash = account.and_then(|account| account.password.clone());
                self.passwords.check(password.clone(), hash).await
            }
            Secret::Pictures(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let Some(text) = picture::secret_text(&names, school.settings.passwords.pictures) else {
                    return Ok(false);
                };
                let hash = account.and_then(|account| account.pictures.clone());
                self.passwords.check(SecretString::from(text), hash).await
            }
        }
    }

    /// A wrong try: counted, recorded, and at the school's limit the account rests (ACC-05).
    async fn wrong(
        &self,
        ask: &Ask,
        account: Option<&Stored<Account>>,
        last_here: Option<PersonId>,
        school: &School,
        at: Moment,
    ) -> Result<SignInFault, SignInFault> {
        let username = &ask.username;
        let tries = self.tries.wrong(username, at);
        let rests = tries >= u32::from(school.settings.passwords.tries);
        let until = at.plus_minutes(i64::from(school.settings.passwords.rest_minutes));
        if rests {
            match account {
                Some(account) => {
                    let lock = account::lock(account, until);
                    self.books.commit(&lock, &Actor::Usher("sign-in".into()), at).await?;
                    self.tries.begin_anew(username);
                }
                None => self.tries.rest(username, until, at),
            }
        }
        let person = account.and_then(|account| match account.value.owner {
            Owner::Person(person) => Some(person),
            Owner::YearGroup(_) => None,
        });
        self.record(
            What::SignInFailed(SignInFailed {
                username: username.clone(),
                person,
                address: ask.address,
                last_here,
                tries: u8::try_from(tries).unwrap_or(u8::MAX),
                rests: rests && account.is_some(),
            }),
            at,
        )
        .await;
        Ok(if rests { SignInFault::Resting(until) } else { SignInFault::Wrong })
    }

    async fn begin(
        &self,
        ask: &Ask,
        account: &Account,
        school: &School,
        at: Moment,
    ) -> Result<SignedIn, SignInFault> {
        if matches!((ask.place, account.owner), (Place::Services(_), Owner::YearGroup(_))) {
            return Err(SignInFault::Shared);
        }
        let person = match account.owner {
            Owner::Person(id) => Some(books::person(&self.books, id).await?),
            Owner::YearGroup(_) => None,
        };
        let today = school.zone.local(at).date();
        if person.as_ref().is_some_and(|person| !person.is_here(today)) {
            return Err(SignInFault::Closed);
        }
        let kind = person.as_ref().map_or(PersonKind::Pupil, |person| person.kind);
        let known_by = match (&ask.secret, account.owner, ask.place) {
            (_, Owner::YearGroup(_), _) => KnownBy::SharedAccount,
            (Secret::Pictures(_), ..) => KnownBy::Pictures,
            (Secret::Password(_), _, Place::Request) => KnownBy::ProxyPassword,
            (Secret::Password(_), ..) => KnownBy::Password,
        };
        let mut session = self.session(account.owner, known_by, school, kind, at);
        session.account = Some(account.id);
        session.group = ask.group.filter(|_| person.is_none());
        session.clause_accepted = ask.clause_accepted;
        match ask.place {
            Place::Device => session.bound = Bound::Device(ask.address.to_canonical()),
            Place::Desk(secret) => session.secret = Some(secret),
            Place::Services(secret) => {
                session.bound = Bound::Services;
                session.secret = Some(secret);
            }
            Place::Request if account.must_change => return Err(SignInFault::Closed),
            Place::Request | Place::Check => {
                let subject = books::subject_of_session(&self.books, school, &session, at).await?;
                return Ok(SignedIn {
                    session,
                    subject,
                    person,
                    must_change: account.must_change,
                    ended: Vec::new(),
                });
            }
        }
        self.keep(session, person, account.must_change, school, at).await
    }

    fn session(
        &self,
        owner: Owner,
        known_by: KnownBy,
        school: &School,
        kind: PersonKind,
        at: Moment,
    ) -> Session {
        let limits = &school.settings.sign_in;
        Session {
            id: Id::new(self.ids.next(at)),
            account: None,
            owner,
            group: None,
            bound: Bound::Desk,
            known_by,
            clause_accepted: false,
            secret: None,
            from: at,
            until: at.plus_minutes(i64::from(limits.absolute_minutes.of(kind))),
            idle_minutes: limits.idle_minutes.of(kind),
            ended: None,
        }
    }

    async fn keep(
        &self,
        session: Session,
        person: Option<Person>,
        must_change: bool,
        school: &School,
        at: Moment,
    ) -> Result<SignedIn, SignInFault> {
        let mut open = Vec::new();
        if let Bound::Device(address) = session.bound {
            open = self.books.find::<Session>("address", address).await?;
            if let Some(account) = session.account {
                let elsewhere = self.books.find::<Session>("account", account).await?;
                open.extend(elsewhere.into_iter().filter(|other| other.value.bound != session.bound));
            }
        }
        let rule = school.settings.sign_in.second_device;
        let change = match session::begin(&session, &open, rule, at) {
            Ok(change) => change,
            Err(Refusal::AlreadySo) => return Err(SignInFault::Elsewhere),
            Err(_) => return Err(SignInFault::Wrong),
        };
        let written: Vec<u64> = change.writes.iter().skip(1).map(|write| write.id).collect();
        let (ended, others): (Vec<_>, Vec<_>) = open
            .into_iter()
            .map(|stored| stored.value)
            .partition(|other| written.contains(&other.id.number()));
        let actor = session.person().map_or_else(|| Actor::Usher("shared sign-in".into()), Actor::Person);
        self.books.commit(&change, &actor, at).await?;
        if rule == SecondDevice::Allow {
            self.notice_two_places(&session, &others, at).await;
        }
        let subject = books::subject_of_session(&self.books, school, &session, at).await?;
        Ok(SignedIn { session, subject, person, must_change, ended })
    }

    /// The same account in two places raises an alert (ACC-04).
    async fn notice_two_places(&self, session: &Session, others: &[Session], at: Moment) {
        let (Some(person), Bound::Device(here)) = (session.person(), session.bound) else { return };
        for other in others.iter().filter(|other| other.holds(at)) {
            if let Bound::Device(there) = other.bound
                && there != here
            {
                self.record(What::System(System::TwoPlaces { person, addresses: (there, here) }), at).await;
            }
        }
    }

    async fn record(&self, what: What, at: Moment) {
        let school = self.books.school();
        if let Ok(place) = self.sink.reserve().await {
            let id: EventId = place.id();
            place.fill(Event { id, school, at, what });
        }
    }
}

/// Whether an account still has the secret that was checked.
fn is_same_secret(checked: Option<&Stored<Account>>, now: Option<&Stored<Account>>) -> bool {
    let secrets = |account: &Stored<Account>| {
        (account.value.id, account.value.password.clone(), account.value.pictures.clone())
    };
    checked.map(secrets) == now.map(secrets)
}

/// A visitor, as they write it.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Given name.
    pub given: &'a str,
    /// Family name.
    pub family: &'a str,
    /// Visitor, volunteer or contractor.
    pub kind: PersonKind,
    /// Whom they are here to see; the journal keeps it as the reason.
    pub visiting: &'a str,
    /// Their device.
    pub address: IpAddr,
}
