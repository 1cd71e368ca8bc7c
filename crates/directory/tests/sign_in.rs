//! Accounts and sign-in, by requirement row.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::sync::Arc;

use usher_directory::books::{self, open_sessions};
use usher_directory::password::{Cost, Passwords};
use usher_directory::sign_in::{Ask, Place, Secret, SignIn, SignInFault, SignedIn, Visitor};
use usher_events::event::{System, What};
use usher_records::account::{self, Account, Hashed, OpenAccount, Username};
use usher_records::change::{Actor, Change, Expect, Write};
use usher_records::noun::Noun;
use usher_records::person::Person;
use usher_records::school::{self, School};
use usher_records::session::{KnownBy, Session};
use usher_records::standing::Standing;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_store_sql::sqlite;
use usher_testkit::school as kit;
use usher_testkit::sink::Collected;
use usher_types::SecretString;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Year};

/// Monday 23 November 2026, 10:15.
const NOW: Moment = Moment::from_unix_ms(1_795_428_900_000);

struct Rig {
    books: Books,
    sign_in: SignIn,
    sink: Collected,
    passwords: Passwords,
    _folder: tempfile::TempDir,
}

async fn rig(profile: &str) -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(sqlite::open(&folder.path().join("books.db")).await.unwrap());
    store.add_school(Id::new(1), NOW).await.unwrap();
    let books = Books::new(store, Id::new(1));
    books.commit(&school::set_up(&kit::school(profile)), &Actor::CommandLine, NOW).await.unwrap();
    let passwords = Passwords::new(Cost::Demonstration).unwrap();
    let sink = Collected::default();
    let ids = Arc::new(kit::Counting::default());
    let sign_in = SignIn::new(books.clone(), passwords.clone(), ids, Arc::new(sink.clone()));
    Rig { books, sign_in, sink, passwords, _folder: folder }
}

impl Rig {
    async fn add(&self, person: &Person, username: &str, password: &str) {
        let write = Write::of(person, Expect::New);
        let change = Change::of(usher_records::change::Action::PersonAdded, write);
        self.books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
        self.account(Some((person.kind, person.id)), None, username, password).await;
    }

    async fn account(
        &self,
        person: Option<(PersonKind, usher_types::ids::PersonId)>,
        year: Option<Year>,
        username: &str,
        password: &str,
    ) {
        let id = Id::new(50_000 + username.len() as u64 * 100 + person.map_or(0, |(_, id)| id.number()));
        let asked = OpenAccount { id, username: Username::parse(username).unwrap(), person, year };
        let (account, change) = account::open(asked).unwrap();
        self.books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
        let stored = self.books.get::<Account, _>(account.id).await.unwrap().unwrap();
        let hash = self.passwords.hash(SecretString::from(password.to_owned())).await.unwrap();
        let change = account::set_secret(&stored, &[], Hashed::Password(hash), false, NOW);
        self.books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    }

    async fn try_at(
        &self,
        username: &str,
        password: &str,
        device: &str,
        at: Moment,
    ) -> Result<SignedIn, SignInFault> {
        self.sign_in.sign_in(ask(username, password, device), Some(Id::new(77)), at).await
    }
}

fn ask(username: &str, password: &str, device: &str) -> Ask {
    Ask {
        username: username.into(),
        secret: Secret::Password(SecretString::from(password.to_owned())),
        address: device.parse().unwrap(),
        place: Place::Device,
        group: None,
        clause_accepted: true,
    }
}

#[tokio::test]
async fn acc_03_an_account_and_password_open_a_session_and_wrong_ones_do_not() {
    let rig = rig("numbered").await;
    rig.add(&kit::staff(5, "Joan Price", &[Role::Teacher]), "jprice", "wet otter lamp").await;
    let signed_in = rig.try_at(" JPrice ", "wet otter lamp", "10.0.0.1", NOW).await.unwrap();
    assert_eq!(signed_in.subject.person, Some(Id::new(5)));
    assert_eq!(signed_in.subject.known_by, Some(KnownBy::Password));
    assert!(matches!(rig.try_at("jprice", "wet otter lamb", "10.0.0.1", NOW).await, Err(SignInFault::Wrong)));
    assert!(matches!(rig.try_at("nobody", "wet otter lamp", "10.0.0.1", NOW).await, Err(SignInFault::Wrong)));
}

#[tokio::test]
async fn acc_05_five_wrong_tries_lock_the_account_and_the_event_names_the_device_and_who_was_there() {
    let rig = rig("numbered").await;
    rig.add(&kit::pupil(5, "Ada Bell", 4, 30), "abell", "otter lamp").await;
    for number in 1..=5_u8 {
        let fault = rig.try_at("abell", "guess", "10.0.0.14", NOW).await.unwrap_err();
        assert_eq!(matches!(fault, SignInFault::Resting(_)), number == 5, "{fault}");
    }
    assert!(matches!(
        rig.try_at("abell", "otter lamp", "10.0.0.14", NOW).await,
        Err(SignInFault::Resting(_))
    ));
    let failed: Vec<_> = rig
        .sink
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            What::SignInFailed(failed) => Some(failed),
            _ => None,
        })
        .collect();
    assert_eq!(failed.len(), 5);
    let last = &failed[4];
    assert_eq!(
        (last.tries, last.rests, last.person, last.last_here),
        (5, true, Some(Id::new(5)), Some(Id::new(77)))
    );
    assert_eq!(last.address.to_string(), "10.0.0.14");
    assert!(
        rig.try_at("abell", "otter lamp", "10.0.0.14", NOW.plus_minutes(11)).await.is_ok(),
        "it rests, it is not lost"
    );
}

#[tokio::test]
async fn acc_05_a_burst_of_guesses_is_no_more_than_the_tries_it_has() {
    let rig = rig("numbered").await;
    rig.add(&kit::pupil(5, "Ada Bell", 4, 30), "abell", "otter lamp").await;
    for username in ["abell", "nobody"] {
        let mut burst = tokio::task::JoinSet::new();
        for number in 0..40 {
            let password = if number == 30 { "otter lamp".to_owned() } else { format!("guess {number}") };
            let ask = ask(username, &password, &format!("10.0.0.{number}"));
            let sign_in = rig.sign_in.clone();
            burst.spawn(async move { sign_in.sign_in(ask, None, NOW).await });
        }
        let answers = burst.join_all().await;
        assert!(answers.iter().all(Result::is_err), "nobody guesses their way in");
        let wrong = answers.iter().filter(|answer| matches!(answer, Err(SignInFault::Wrong))).count();
        assert_eq!(wrong, 4, "{username}: the fifth says that it rests");
        let checked =
            rig.sink.events().into_iter().filter(
                |event| matches!(&event.what, What::SignInFailed(failed) if failed.username == username),
            );
        assert_eq!(checked.count(), 5, "{username}: names that are nobody's rest alike");
    }
}

#[tokio::test]
async fn a_class_that_signs_in_at_once_with_its_shared_account_gets_in() {
    let rig = rig("trust").await;
    rig.account(None, Year::new(2), "year2", "sunny beach").await;
    let mut class = tokio::task::JoinSet::new();
    for number in 0..30 {
        let (sign_in, ask) = (rig.sign_in.clone(), ask("year2", "sunny beach", &format!("10.0.0.{number}")));
        class.spawn(async move { sign_in.sign_in(ask, None, NOW).await });
    }
    assert!(class.join_all().await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn agr_06_a_request_with_credentials_has_no_clause_accepted_and_no_password_to_change() {
    let rig = rig("numbered").await;
    let stored = rig.books.get::<School, _>(Id::<usher_types::ids::School>::new(1)).await.unwrap().unwrap();
    let mut asking = stored.value.clone();
    asking.settings.sign_in.clause_each_time = vec![PersonKind::Pupil];
    rig.books.commit(&school::change(&stored, &asking, "trial"), &Actor::CommandLine, NOW).await.unwrap();
    rig.add(&kit::pupil(5, "Ada Bell", 4, 30), "abell", "otter lamp").await;
    let with =
        |place, clause_accepted| Ask { place, clause_accepted, ..ask("abell", "otter lamp", "10.0.0.1") };
    let asked = rig.sign_in.sign_in(with(Place::Request, false), None, NOW).await.unwrap();
    assert!(!asked.subject.clause_accepted, "the caller says so");
    assert!(rig.books.values::<Session>().await.unwrap().is_empty(), "nothing is kept");

    let account = rig.books.find_one::<Account>("username", "abell").await.unwrap().unwrap();
    let hash = account.value.password.clone().unwrap();
    let change = account::set_secret(&account, &[], Hashed::Password(hash), true, NOW);
    rig.books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    let refused = rig.sign_in.sign_in(with(Place::Request, true), None, NOW).await;
    assert!(matches!(refused, Err(SignInFault::Closed)));
    let checked = rig.sign_in.sign_in(with(Place::Check, true), None, NOW).await.unwrap();
    assert!(checked.must_change, "it can be checked, to set a new one");
}

#[tokio::test]
async fn acc_02_a_year_group_account_names_the_device_and_class_and_never_a_child() {
    let rig = rig("trust").await;
    rig.account(None, Year::new(2), "year2", "sunny beach").await;
    let ask = Ask {
        username: "year2".into(),
        secret: Secret::Password(SecretString::from("sunny beach".to_owned())),
        address: "10.0.0.14".parse().unwrap(),
        place: Place::Device,
        group: Some(Id::new(22)),
        clause_accepted: true,
    };
    let one = rig.sign_in.sign_in(ask.clone(), None, NOW).await.unwrap();
    assert_eq!(
        (one.subject.person, one.subject.year, &*one.subject.groups),
        (None, Year::new(2), &[Id::new(22)][..])
    );
    assert_eq!(one.subject.known_by, Some(KnownBy::SharedAccount));
    let other = Ask { address: "10.0.0.15".parse().unwrap(), ..ask };
    assert!(rig.sign_in.sign_in(other, None, NOW).await.is_ok(), "thirty children, thirty devices");
}

#[tokio::test]
async fn acc_09_the_second_device_is_refused_or_ends_the_first() {
    let refusing = rig("codes").await;
    refusing.add(&kit::staff(5, "Joan Price", &[]), "jprice", "Abcd1!").await;
    refusing.try_at("jprice", "Abcd1!", "10.0.0.1", NOW).await.unwrap();
    assert!(matches!(
        refusing.try_at("jprice", "Abcd1!", "10.0.0.2", NOW).await,
        Err(SignInFault::Elsewhere)
    ));
    assert!(
        refusing.try_at("jprice", "Abcd1!", "10.0.0.1", NOW).await.is_ok(),
        "the same device may sign in again"
    );
    let ending = rig("trust").await;
    ending.add(&kit::staff(5, "Joan Price", &[]), "jprice", "wet otter lamp").await;
    let first = ending.try_at("jprice", "wet otter lamp", "10.0.0.1", NOW).await.unwrap();
    let second = ending.try_at("jprice", "wet otter lamp", "10.0.0.2", NOW).await.unwrap();
    assert_eq!(second.ended.iter().map(|session| session.id).collect::<Vec<_>>(), [first.session.id]);
    let kept = ending.books.get::<Session, _>(first.session.id).await.unwrap().unwrap();
    assert!(kept.value.ended.is_some());
}

#[tokio::test]
async fn acc_04_one_account_in_two_places_raises_an_alert_where_the_school_allows_both() {
    let rig = rig("numbered").await;
    let stored = rig.books.get::<School, _>(Id::<usher_types::ids::School>::new(1)).await.unwrap().unwrap();
    let mut allowing = stored.value.clone();
    allowing.settings.sign_in.second_device = usher_records::settings::SecondDevice::Allow;
    rig.books.commit(&school::change(&stored, &allowing, "trial"), &Actor::CommandLine, NOW).await.unwrap();
    rig.add(&kit::pupil(5, "Ada Bell", 4, 30), "abell", "otter lamp").await;
    rig.try_at("abell", "otter lamp", "10.0.0.1", NOW).await.unwrap();
    rig.try_at("abell", "otter lamp", "10.0.0.2", NOW).await.unwrap();
    let alerts: Vec<_> = rig
        .sink
        .events()
        .into_iter()
        .filter(|event| matches!(event.what, What::System(System::TwoPlaces { .. })))
        .collect();
    assert_eq!(alerts.len(), 1);
}

#[tokio::test]
async fn acc_16_who_leaves_today_is_refused_today_and_who_joins_tomorrow_is_let_in_tomorrow() {
    let rig = rig("numbered").await;
    let (today, tomorrow) = (jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 11, 24));
    let with = |id, name: &str, joined, left| Person { joined, left, ..kit::staff(id, name, &[]) };
    rig.add(&with(5, "Joan Price", None, Some(today)), "jprice", "wet otter lamp").await;
    rig.add(&with(6, "Lee Marsh", None, Some(tomorrow)), "lmarsh", "wet otter lamp").await;
    rig.add(&with(8, "Rae Moss", Some(tomorrow), None), "rmoss", "wet otter lamp").await;
    for (minutes, opens) in [(0, [false, true, false]), (24 * 60, [false, false, true])] {
        for (name, opens) in ["jprice", "lmarsh", "rmoss"].into_iter().zip(opens) {
            let tried = rig.try_at(name, "wet otter lamp", "10.0.0.1", NOW.plus_minutes(minutes)).await;
            match tried {
                Ok(_) => assert!(opens, "{name} after {minutes} minutes"),
                Err(fault) => assert!(!opens && matches!(fault, SignInFault::Closed), "{name}: {fault:?}"),
            }
        }
    }
}

#[tokio::test]
async fn agr_02_a_new_account_owes_its_agreement() {
    let rig = rig("numbered").await;
    let text =
        usher_records::agreement::AgreementText::parse(include_str!("../../../profiles/agreements/staff.md"))
            .unwrap();
    let change = usher_records::agreement::publish(Id::new(900), &text, None, true, NOW);
    rig.books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    rig.add(&kit::person(5, PersonKind::Governor, "Sam Reid"), "sreid", "wet otter lamp").await;
    let signed_in = rig.try_at("sreid", "wet otter lamp", "10.0.0.1", NOW).await.unwrap();
    assert!(matches!(&signed_in.subject.standing, Standing::Due { agreement, .. } if agreement == "staff"));
    assert!(!signed_in.subject.standing.opens(NOW));
}

#[tokio::test]
async fn agr_02_an_agreement_that_is_asked_for_and_not_in_force_opens_nothing() {
    let rig = rig("trust").await;
    rig.add(&kit::person(5, PersonKind::Staff, "Sam Reid"), "sreid", "wet otter lamp").await;
    let signed_in = rig.try_at("sreid", "wet otter lamp", "10.0.0.1", NOW).await.unwrap();
    assert!(matches!(&signed_in.subject.standing, Standing::Due { agreement, .. } if agreement == "staff"));
    assert!(!signed_in.subject.standing.opens(NOW));
}

#[tokio::test]
async fn agr_18_a_visitor_ends_the_same_day() {
    let rig = rig("numbered").await;
    let visitor = Visitor {
        given: "Rae",
        family: "Moss",
        kind: PersonKind::Visitor,
        visiting: "Mrs Price",
        address: "10.0.0.99".parse().unwrap(),
    };
    let signed_in = rig.sign_in.visitor(visitor, NOW).await.unwrap();
    let school = books::school(&rig.books).await.unwrap();
    let six = school.zone.moment(jiff::civil::date(2026, 11, 23), jiff::civil::time(18, 0, 0, 0));
    assert!(signed_in.session.until <= six);
    let person = signed_in.person.unwrap();
    assert_eq!(person.until, Some(six));
    let journal = rig.books.store().journal(Id::new(1), 0, 50).await.unwrap();
    assert!(journal.iter().any(|entry| format!("{entry:?}").contains("Mrs Price")), "whom they came to see");
    assert!(!person.is_here(jiff::civil::date(2026, 11, 24)));
}

#[tokio::test]
async fn sessions_hold_across_a_restart_and_a_leavers_does_not() {
    let rig = rig("numbered").await;
    rig.add(&kit::staff(5, "Joan Price", &[]), "jprice", "wet otter lamp").await;
    rig.add(&kit::staff(6, "Lee Marsh", &[]), "lmarsh", "wet otter lamp").await;
    rig.try_at("jprice", "wet otter lamp", "10.0.0.1", NOW).await.unwrap();
    rig.try_at("lmarsh", "wet otter lamp", "10.0.0.2", NOW).await.unwrap();
    let account = rig.books.find_one::<Account>("username", "lmarsh").await.unwrap().unwrap();
    rig.books
        .commit(&account::close(&account, NOW, "left the school"), &Actor::CommandLine, NOW)
        .await
        .unwrap();
    let school = books::school(&rig.books).await.unwrap();
    let open = open_sessions(&rig.books, &school, NOW.plus_minutes(5)).await.unwrap();
    assert_eq!(open.iter().map(|(_, subject)| subject.person).collect::<Vec<_>>(), [Some(Id::new(5))]);
    assert_eq!(open_sessions(&rig.books, &school, NOW.plus_minutes(60 * 24)).await.unwrap().len(), 0);
}

#[tokio::test]
async fn nothing_readable_is_kept_of_a_password() {
    let rig = rig("numbered").await;
    rig.add(&kit::staff(5, "Joan Price", &[]), "jprice", "wet otter lamp").await;
    let dump = std::fs::read(rig.books.store().file().unwrap()).unwrap();
    let wal =
        std::fs::read(format!("{}-wal", rig.books.store().file().unwrap().display())).unwrap_or_default();
    for bytes in [dump, wal] {
        assert!(!bytes.windows(9).any(|window| window == b"wet otter"));
    }
    assert_eq!(Account::KIND.name(), "account");
}
