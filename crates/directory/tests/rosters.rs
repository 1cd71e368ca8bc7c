//! Bringing people in: OneRoster and plain CSV, run twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "these are tests")]

use std::path::Path;
use std::sync::Arc;

use usher_directory::import::{self, Tools};
use usher_directory::oneroster::Read;
use usher_directory::password::{Cost, Passwords};
use usher_directory::{csv_roster, oneroster};
use usher_records::account::{Account, State};
use usher_records::change::{Action, Actor, JournalLine};
use usher_records::device::{Device, Loan};
use usher_records::equipment::{self, ReturnList};
use usher_records::noun::Kind;
use usher_records::person::Person;
use usher_records::school;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_store_sql::sqlite;
use usher_testkit::school as kit;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role};

const NOW: Moment = Moment::from_unix_ms(1_795_428_900_000);

const CSV: &str = "\u{feff}ID,Kind,Given,Family,Known as,Year,Class,Roles,Email,Children
p1,pupil,Ada,Bell,,4,4A,,,
p2,pupil,Zoë,O’Hara-Žukauskas,Zo,R,RO,,,
p3,pupil,Ada,Bell,,1,1A,,,
t1,staff,Joan,Price,,,4A;1A,teacher computing-lead,j.price@rowanhill.example,
m1,parent,Meg,Bell,,,,,,p1 p3
x1,wizard,Odd,One,,,,,,
x2,pupil,,,,4,4A,,,
";

async fn books(folder: &Path) -> Books {
    let store: Arc<dyn Store> = Arc::new(sqlite::open(&folder.join("books.db")).await.unwrap());
    store.add_school(Id::new(1), NOW).await.unwrap();
    let books = Books::new(store, Id::new(1));
    books.commit(&school::set_up(&kit::school("numbered")), &Actor::CommandLine, NOW).await.unwrap();
    books
}

async fn import(books: &Books, read: &Read) -> import::Done {
    let passwords = Passwords::new(Cost::Demonstration).unwrap();
    let used = books.store().journal(Id::new(1), 0, 1_000).await.unwrap().len() as u64;
    let ids = kit::Counting::from(used * 100_000);
    let tools = Tools { books, passwords: &passwords, ids: &ids };
    let plan = import::plan(tools, read, jiff::civil::date(2026, 11, 23), NOW).await.unwrap();
    import::carry_out(tools, plan, &kit::school("numbered"), &Actor::CommandLine, NOW).await.unwrap()
}

#[tokio::test]
async fn web_26_a_roster_brings_home_numbers_and_what_is_none_leaves_the_person_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    let lines = "id,kind,given,family,phones,postcode\n\
        p1,pupil,Ada,Bell,07700 900123; 01632 960001,ec1a1bb\n\
        p2,pupil,Bo,Cole,ask the office,EC1A 1BB\n\
        p3,pupil,Cy,Dean,,nowhere\n";
    std::fs::write(&file, lines).unwrap();
    let books = books(folder.path()).await;
    let done = import(&books, &csv_roster::read(&file).unwrap()).await;
    assert_eq!(done.added, 3, "a number that is none costs nobody their place");
    assert_eq!(done.faults.len(), 2, "{:?}", done.faults);
    assert!(done.faults.iter().all(|fault| fault.starts_with("line ")), "{:?}", done.faults);
    assert!(!done.faults.iter().any(|fault| fault.contains("ask") || fault.contains("nowhere")));
    let people = books.values::<Person>().await.unwrap();
    let home = |given: &str| people.iter().find(|person| person.given == given).unwrap().home.clone();
    let phones = |given| home(given).phones.iter().map(|phone| phone.as_str().to_owned()).collect::<Vec<_>>();
    let postcode = |given| home(given).postcode.map(|code| code.as_str().to_owned());
    assert_eq!(phones("Ada"), ["07700 900123", "01632 960001"]);
    assert_eq!((postcode("Ada"), postcode("Bo")), (Some("EC1A 1BB".into()), Some("EC1A 1BB".into())));
    assert!(phones("Bo").is_empty() && home("Cy").is_unknown());
}

#[tokio::test]
async fn ext_06_a_csv_run_twice_changes_nothing_and_a_leaver_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, CSV).unwrap();
    let books = books(folder.path()).await;
    let done = import(&books, &csv_roster::read(&file).unwrap()).await;
    assert_eq!((done.added, done.groups, done.faults.len()), (5, 3, 2), "{:?}", done.faults);
    assert!(done.faults[0].contains("wizard"), "{:?}", done.faults);
    let journal = books.store().journal(Id::new(1), 0, 100).await.unwrap().len();
    assert_eq!(journal, 2, "set up, and one change: nobody is known without their account");
    assert!(done.issued.iter().any(|issued| issued.class == "4A"), "the classes of this import too");
    let issued: Vec<&str> = done.issued.iter().map(|issued| issued.username.as_str()).collect();
    assert_eq!(issued, ["abell", "zoharazukauskas", "abell2", "jprice", "mbell"]);
    let young = &done.issued[1];
    assert_eq!(young.secret.split(' ').count(), 3, "pictures: {}", young.secret);
    let people = books.values::<Person>().await.unwrap();
    let mother = people.iter().find(|person| person.kind == PersonKind::Parent).unwrap();
    assert_eq!(mother.children.len(), 2);
    let teacher = people.iter().find(|person| person.given == "Joan").unwrap();
    assert!(teacher.roles.has(Role::ComputingLead) && teacher.groups.len() == 2);
    assert!(people.iter().find(|person| person.given == "Zoë").unwrap().picture.is_some());

    let again = import(&books, &csv_roster::read(&file).unwrap()).await;
    assert_eq!((again.added, again.changed, again.left, again.groups), (0, 0, 0, 0));
    let journal = books.store().journal(Id::new(1), 0, 100).await.unwrap().len();
    import(&books, &csv_roster::read(&file).unwrap()).await;
    assert_eq!(
        books.store().journal(Id::new(1), 0, 100).await.unwrap().len(),
        journal,
        "no entry for no change"
    );

    let one_less: String =
        CSV.lines().filter(|line| !line.starts_with("t1")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, one_less).unwrap();
    let gone = import(&books, &csv_roster::read(&file).unwrap()).await;
    assert_eq!(gone.left, 1);
    let account = books.find_one::<Account>("username", "jprice").await.unwrap().unwrap();
    assert!(matches!(account.value.state, State::Closed { .. }));
}

#[tokio::test]
async fn acc_16_who_is_missing_from_the_roster_has_a_return_list_in_the_same_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, CSV).unwrap();
    let books = books(folder.path()).await;
    import(&books, &csv_roster::read(&file).unwrap()).await;
    let people = books.values::<Person>().await.unwrap();
    let joan = people.iter().find(|person| person.given == "Joan").unwrap();
    let loan = Some(Loan { to: joan.id, by: joan.id, at: NOW });
    let (id, name) = (Id::new(900), "LAP-07".to_owned());
    let laptop = Device { id, name, room: None, address: None, managed: true, loan, hardware: None };
    let change = equipment::add(&laptop).unwrap();
    books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();

    let one_less: String =
        CSV.lines().filter(|line| !line.starts_with("t1")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, one_less).unwrap();
    import(&books, &csv_roster::read(&file).unwrap()).await;
    let list = books.find_one::<ReturnList>("leaver", joan.id).await.unwrap().unwrap().value;
    assert_eq!(list.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["LAP-07"]);
    let journal = books.store().journal(Id::new(1), 0, 100).await.unwrap();
    let lines: Vec<_> = journal.iter().map(|entry| entry.read().unwrap()).collect();
    let holds = |line: &&JournalLine| line.records.iter().any(|record| record.kind == Kind::ReturnList);
    let line = lines.iter().find(holds).unwrap();
    assert_eq!(line.action, Action::RosterImported, "with the record of the leaver");

    std::fs::write(&file, CSV).unwrap();
    import(&books, &csv_roster::read(&file).unwrap()).await;
    assert!(books.find_one::<ReturnList>("leaver", joan.id).await.unwrap().is_none(), "back after all");
}

#[tokio::test]
async fn oneroster_1_2_with_roles_in_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "users.csv",
        "sourcedId,status,enabledUser,username,givenName,familyName,preferredGivenName,email,agentSourcedIds,grades\nu1,active,true,ada,Ada,Bell,,,u3,04\nu2,active,true,,Joan,Price,,j@rowanhill.example,,\nu3,active,true,,Meg,Bell,,,,\nu4,tobedeleted,true,,Old,One,,,,\n",
    );
    write(
        "roles.csv",
        "sourcedId,status,userSourcedId,roleType,role\nr1,active,u1,primary,student\nr2,active,u2,primary,teacher\nr3,active,u2,secondary,principal\nr4,active,u3,primary,guardian\n",
    );
    write("classes.csv", "sourcedId,status,title,grades,location\nc1,active,4A,04,Room 9\n");
    write(
        "enrollments.csv",
        "sourcedId,status,classSourcedId,userSourcedId,role\ne1,active,c1,u1,student\ne2,active,c1,u2,teacher\n",
    );
    let read = oneroster::read(folder.path()).unwrap();
    assert_eq!(read.faults, Vec::<String>::new());
    assert_eq!(read.roster.people.len(), 3);
    let head = read.roster.people.iter().find(|person| person.id == "u2").unwrap();
    assert!(head.roles.has(Role::Headteacher) && head.roles.has(Role::Teacher));
    let parent = read.roster.people.iter().find(|person| person.id == "u3").unwrap();
    assert_eq!((parent.kind, parent.children.len()), (PersonKind::Parent, 1));
    let books = books(folder.path()).await;
    assert_eq!(import(&books, &read).await.added, 3);
    assert_eq!(import(&books, &read).await.added, 0);
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let fault = oneroster::read(folder.path()).unwrap_err();
    assert!(fault.to_string().contains("users.csv"), "{fault}");
}

/// A school nobody here made: 420 pupils, 45 staff, awkward names, user-name clashes. Tried where the data lies beside
/// the checkout.
#[tokio::test]
async fn a_foreign_school_of_420_is_taken_whole_and_twice() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/school");
    if !data.exists() {
        eprintln!("not tried: there is no ../shared/data/school beside the checkout");
        return;
    }
    let read = oneroster::read(&data).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let books = books(folder.path()).await;
    let done = import(&books, &read).await;
    assert_eq!((done.added, done.groups), (465, 14), "{:?}", done.faults);
    assert_eq!(done.issued.len(), 465);
    let names: std::collections::BTreeSet<_> = done.issued.iter().map(|issued| &issued.username).collect();
    assert_eq!(names.len(), 465, "user names are unique");
    let again = import(&books, &read).await;
    assert_eq!((again.added, again.changed, again.left, again.groups), (0, 0, 0, 0));
}
