//! The invented school keeps its promises.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use usher_demo::school::{CLASS_SIZE, CLASSES, DemoSchool, DemoSecret, USUAL_SEED};
use usher_policy::profile;
use usher_publish::set_up::publish_agreements;
use usher_records::account::Account;
use usher_records::agreement::AgreementVersion;
use usher_records::change::{Actor, Stored};
use usher_records::password::PasswordRule;
use usher_records::person::Person;
use usher_records::picture::{FACES, secret_text};
use usher_records::roster::{Existing, RosterPerson, plan};
use usher_records::signature::Signature;
use usher_records::standing::{Known, Standing, of};
use usher_store::books::Books;
use usher_testkit::school::Counting;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Reader, Role};

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

fn school() -> DemoSchool {
    DemoSchool::rowan_hill(USUAL_SEED)
}

fn count(school: &DemoSchool, fits: impl Fn(&Person) -> bool) -> usize {
    school.people.iter().filter(|person| fits(person)).count()
}

#[test]
fn it_is_a_two_form_primary() {
    let school = school();
    assert_eq!(count(&school, |person| person.kind == PersonKind::Pupil), CLASSES * CLASS_SIZE);
    for class in school.groups.iter().filter(|group| group.year.is_some()) {
        assert_eq!(school.pupils_of(class.id).count(), CLASS_SIZE, "{}", class.name);
        assert!(school.pupils_of(class.id).all(|pupil| pupil.year == class.year));
        let teacher = school.adult_of(class.id).unwrap();
        assert!(teacher.roles.has(Role::Teacher), "{} is taught by {teacher:?}", class.name);
    }
    assert_eq!(school.groups.iter().filter(|group| group.year.is_some()).count(), CLASSES);
    let staff = |person: &Person| {
        matches!(person.kind, PersonKind::Staff | PersonKind::Supply | PersonKind::Contractor)
    };
    assert_eq!(count(&school, staff), 45);
    assert_eq!(count(&school, |person| person.kind == PersonKind::Governor), 9);
    let parents = count(&school, |person| person.kind == PersonKind::Parent);
    assert!((440..=560).contains(&parents), "{parents} parents");
    for role in Role::ALL {
        assert!(count(&school, |person| person.roles.has(role)) > 0, "{role:?}");
    }
}

#[test]
fn every_child_has_a_parent_and_some_have_brothers_or_sisters() {
    let school = school();
    let mut children: BTreeMap<_, usize> = BTreeMap::new();
    for parent in &school.people {
        parent.children.iter().for_each(|child| *children.entry(*child).or_default() += 1);
    }
    for pupil in school.people.iter().filter(|person| person.kind == PersonKind::Pupil) {
        assert!(children.contains_key(&pupil.id), "{} has no parent", pupil.name());
    }
    assert_eq!(children.len(), CLASSES * CLASS_SIZE);
    assert!(count(&school, |person| person.children.len() > 1) > 100);
}

#[test]
fn ids_user_names_devices_and_addresses_are_nobody_elses() {
    let school = school();
    fn sole<T: Ord>(values: impl Iterator<Item = T>, what: &str) {
        let all: Vec<T> = values.collect();
        let count = all.len();
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), count, "{what}");
    }
    sole(school.people.iter().map(|person| person.id), "people");
    sole(school.accounts.iter().map(|account| account.username.clone()), "user names");
    sole(school.accounts.iter().map(|account| account.person), "owners");
    sole(school.devices.iter().map(|device| device.name.clone()), "device names");
    sole(school.devices.iter().filter_map(|device| device.address), "device addresses");
    sole(school.people.iter().filter_map(|person| school.address_of(person.id)), "addresses");
    sole(school.people.iter().filter_map(|person| person.source.clone()), "roster ids");
    assert!((85..=95).contains(&school.devices.len()), "{} devices", school.devices.len());
    let clashes = school.accounts.iter().filter(|account| account.username.as_str().ends_with('2')).count();
    assert!(clashes > 5, "{clashes} user names with a number");
    for pupil in school.people.iter().filter(|person| person.kind == PersonKind::Pupil) {
        assert!(school.address_of(pupil.id).unwrap().to_string().starts_with("127.1."));
    }
}

#[test]
fn secrets_keep_every_ready_made_schools_rule_and_are_not_printed() {
    let school = school();
    let rules: Vec<(PasswordRule, PasswordRule)> = profile::BUILT_IN
        .iter()
        .map(|(name, _)| profile::built_in(name).unwrap().unwrap().settings.passwords)
        .map(|passwords| (passwords.pupils, passwords.adults))
        .collect();
    for account in &school.accounts {
        let person = school.person(account.person).unwrap();
        let name = account.username.as_str();
        match (&account.secret, person.reader()) {
            (Some(secret @ DemoSecret::Pictures(_)), Reader::Ks1) => {
                let pictures: Vec<&str> = secret.text().split(' ').collect();
                assert_eq!(secret_text(&pictures, 3).as_deref(), Some(secret.text()));
                assert!(FACES.contains(&person.picture.as_deref().unwrap()));
            }
            (Some(secret @ DemoSecret::Password(_)), Reader::Ks2) => {
                assert!(
                    rules.iter().all(|(rule, _)| rule.weaknesses(secret.text(), name).is_empty()),
                    "{name}"
                );
            }
            (Some(secret @ DemoSecret::Password(_)), Reader::Adult) => {
                assert!(
                    rules.iter().all(|(_, rule)| rule.weaknesses(secret.text(), name).is_empty()),
                    "{name}"
                );
                assert!(secret.text().chars().count() >= 12, "{name}");
            }
            (None, Reader::Adult) => assert_eq!(person.kind, PersonKind::Parent),
            (secret, reader) => panic!("{name}: {secret:?} for {reader:?}"),
        }
    }
    let printed = format!("{school:?}");
    assert!(!printed.contains("otter lamp 42") && !printed.contains("Kettle-Bridge-26"));
}

#[test]
fn the_sign_ins_to_try_are_all_there() {
    let school = school();
    let sign_ins = school.sign_ins();
    let names: Vec<&str> = sign_ins.iter().map(|sign_in| sign_in.account.username.as_str()).collect();
    assert_eq!(
        names,
        [
            "head",
            "computing.lead",
            "dsl",
            "teacher.y4",
            "pupil.y4",
            "pupil.y1",
            "technician",
            "parent",
            "governor"
        ]
    );
    let pupil = sign_ins[4];
    assert_eq!(pupil.person.year.unwrap().number(), 4);
    assert_eq!(pupil.account.secret.as_ref().unwrap().text(), "otter lamp 42");
    assert!(sign_ins[5].by_pictures() && !pupil.by_pictures());
    assert!(sign_ins[7].person.children.contains(&pupil.person.id));
    assert_eq!(sign_ins[3].class, Some("4A"));
}

#[test]
fn the_same_seed_makes_the_same_school_and_another_another() {
    assert_eq!(school(), school());
    let people = |seed| serde_json::to_string(&DemoSchool::rowan_hill(seed).people).unwrap();
    assert_eq!(people(5), people(5));
    assert_ne!(people(5), people(6));
}

#[test]
fn its_own_roster_changes_nothing() {
    let school = school();
    let stored = |person: &Person| Stored { value: person.clone(), version: 1 };
    let people: Vec<_> = school.people.iter().map(stored).collect();
    let groups: Vec<_> =
        school.groups.iter().map(|group| Stored { value: group.clone(), version: 1 }).collect();
    let today = jiff::civil::date(2026, 11, 23);
    let existing = Existing { people: &people, groups: &groups };
    let plan = plan(&school.roster(), existing, today, || panic!("nobody is new"));
    assert!(plan.is_empty() && plan.faults.is_empty(), "{:?}", plan.faults);
}

#[test]
fn the_files_have_as_many_fields_in_every_line_as_in_the_first() {
    let school = school();
    let mut files = school.oneroster_files();
    files.push(school.plain_csv());
    for file in &files {
        let fields = |line: &str| {
            let mut quoted = false;
            1 + line
                .chars()
                .filter(|&c| {
                    quoted ^= c == '"';
                    c == ',' && !quoted
                })
                .count()
        };
        let expected = fields(file.text.lines().next().unwrap());
        assert!(file.text.lines().all(|line| fields(line) == expected), "{}", file.name);
        assert_eq!(file.text.matches("\r\n").count(), file.text.lines().count());
    }
    let users = files.iter().find(|file| file.name == "users.csv").unwrap();
    assert_eq!(users.text.lines().count() - 1, school.roster().people.len());
}

#[test]
fn the_importer_reads_the_files_as_they_are_meant() {
    let school = school();
    let folder = tempfile::tempdir().unwrap();
    for file in school.oneroster_files().into_iter().chain([school.plain_csv()]) {
        std::fs::write(folder.path().join(file.name), file.text).unwrap();
    }
    let mut meant = school.roster();
    let read = usher_directory::oneroster::read(folder.path()).unwrap();
    assert_eq!(read.faults, [] as [&str; 0]);
    assert_eq!(read.roster.groups, meant.groups);
    // The name somebody goes by is compared below: OneRoster 1.1 and 1.2 have different columns for it.
    let bare = |person: &RosterPerson| RosterPerson { known_as: None, ..person.clone() };
    for (read, meant) in read.roster.people.iter().zip(&meant.people) {
        assert_eq!(bare(read), bare(meant));
    }
    assert_eq!(read.roster.people.len(), meant.people.len());

    let read = usher_directory::csv_roster::read(&folder.path().join("people.csv")).unwrap();
    assert_eq!(read.faults, [] as [&str; 0]);
    // A plain list names classes where a roster has ids for them.
    let names: BTreeMap<String, String> =
        meant.groups.iter().map(|group| (group.id.clone(), group.name.clone())).collect();
    for person in &mut meant.people {
        person.groups = person.groups.iter().map(|id| names[id].clone()).collect();
    }
    for (read, meant) in read.roster.people.iter().zip(&meant.people) {
        assert_eq!(read, meant);
    }
    assert_eq!(read.roster.people.len(), meant.people.len());
}

async fn books(folder: &std::path::Path) -> Books {
    let store = usher_store_sql::sqlite::open(&folder.join("books.sqlite")).await.unwrap();
    let books = Books::new(Arc::new(store), Id::new(11));
    books.store().add_school(books.school(), NOW).await.unwrap();
    books
}

#[tokio::test]
async fn it_is_put_into_the_books_once() {
    let folder = tempfile::tempdir().unwrap();
    let books = books(folder.path()).await;
    let school = school();
    let hashed = AtomicUsize::new(0);
    let hash = |secret: &str| {
        hashed.fetch_add(1, Ordering::Relaxed);
        Ok(format!("hash of {} characters", secret.chars().count()))
    };
    let ids = Counting::from(1);
    let profile = profile::built_in("comprehensive").unwrap().unwrap();
    let published = publish_agreements(&books, &profile, (&ids, &Actor::CommandLine), NOW).await.unwrap();
    assert_eq!(published, 7);
    let first = school.install(&books, &hash, NOW).await.unwrap();
    assert_eq!((first.people, first.groups), (school.people.len(), 16));
    assert_eq!((first.accounts, first.devices), (school.accounts.len(), school.devices.len()));
    let hashes = hashed.load(Ordering::Relaxed);
    assert!((470..=490).contains(&hashes), "{hashes} hashes");
    let journal = books.store().journal(books.school(), 0, 100).await.unwrap().len();
    assert!(journal <= 23, "{journal} journal entries");

    let second = school.install(&books, &hash, NOW.plus_minutes(5)).await.unwrap();
    assert_eq!(second, usher_demo::school::install::Installed::default());
    assert_eq!(hashed.load(Ordering::Relaxed), hashes);
    assert_eq!(books.store().journal(books.school(), 0, 100).await.unwrap().len(), journal);

    let account = books.find_one::<Account>("username", "pupil.y4").await.unwrap().unwrap().value;
    assert!(account.password.is_some() && account.pictures.is_none());
    for version in books.values::<AgreementVersion>().await.unwrap() {
        let text = books.store().blob(books.school(), version.digest).await.unwrap();
        assert!(text.is_some(), "{}", version.key);
    }
}

#[tokio::test]
async fn most_have_signed_and_a_few_owe() {
    let folder = tempfile::tempdir().unwrap();
    let books = books(folder.path()).await;
    let school = school();
    let ids = Counting::from(1000);
    let hash = |_: &str| Ok("hash".to_owned());
    school.install(&books, &hash, NOW).await.unwrap();
    let profile = profile::built_in("classic").unwrap().unwrap();
    let settings = profile.settings.clone();
    publish_agreements(&books, &profile, (&ids, &Actor::CommandLine), NOW).await.unwrap();
    let signed = school.sign_agreements(&books, &settings, NOW, &ids).await.unwrap();
    assert!(signed > 1000, "{signed} signatures");
    assert_eq!(school.sign_agreements(&books, &settings, NOW, &ids).await.unwrap(), 0);
    assert!(school.print_slips(&books, &settings, NOW, &ids).await.unwrap() > 5, "and their slips are out");
    assert_eq!(school.print_slips(&books, &settings, NOW, &ids).await.unwrap(), 0);

    let versions = books.values::<AgreementVersion>().await.unwrap();
    let signatures = books.values::<Signature>().await.unwrap();
    let known = Known {
        settings: &settings,
        versions: &versions,
        in_place: &[],
        calendar: None,
        zone: &Zone::london(),
    };
    let later = NOW.plus_minutes(60);
    let standing = |person: &Person| {
        let theirs: Vec<Signature> = signatures
            .iter()
            .filter(|one| {
                one.person == person.id
                    || matches!(one.part, usher_records::signature::Part::ParentFor(child) if child == person.id)
            })
            .cloned()
            .collect();
        of(person, &theirs, known, later)
    };
    let pupils: Vec<_> = school.people.iter().filter(|person| person.kind == PersonKind::Pupil).collect();
    let open = pupils.iter().filter(|pupil| standing(pupil).opens(later)).count();
    assert!((400..420).contains(&open), "{open} pupils have signed");
    for sign_in in school.sign_ins() {
        let signed = standing(sign_in.person) == Standing::Signed;
        // One of them has it still to read: that is what is to be seen.
        assert_eq!(signed, sign_in.account.username.as_str() != "pupil.y4", "{}", sign_in.who);
    }
}
