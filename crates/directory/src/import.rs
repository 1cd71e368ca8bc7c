//! Carrying a roster out: people and classes, accounts for those who are new, closed accounts for those who left.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use usher_records::account::{self, Account, OpenAccount, Owner, State, Username};
use usher_records::change::{Action, Actor, Change, Expect, Stored, Write};
use usher_records::device::Device;
use usher_records::equipment::{self, ReturnList};
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::picture;
use usher_records::refusal::Refusal;
use usher_records::roster::{self, Existing, Plan};
use usher_records::school::School;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};

use crate::oneroster::Read;
use crate::passphrase::{self, NoRandomness};
use crate::password::{PasswordFault, Passwords};

/// What an import did.
#[derive(Debug, Default)]
pub struct Done {
    /// People added.
    pub added: usize,
    /// People whose record changed.
    pub changed: usize,
    /// People who left; their accounts are closed.
    pub left: usize,
    /// Classes added or changed.
    pub groups: usize,
    /// Lines that could not be taken, in words.
    pub faults: Vec<String>,
    /// First passwords of new accounts, to be handed out and changed at the first sign-in.
    pub issued: Vec<Issued>,
}

/// A new account's first password, shown once and never kept.
#[derive(Debug)]
pub struct Issued {
    /// Whose.
    pub name: String,
    /// The class, for a pupil.
    pub class: String,
    /// The user name.
    pub username: String,
    /// The password, or the pictures in order.
    pub secret: String,
}

/// An import that could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportFault {
    /// The store failed, or somebody changed the same records meanwhile. Nothing was half done: run it again.
    #[error("the books could not be written")]
    Store(#[from] StoreError),
    /// An account that cannot be: a fault of this program.
    #[error("an account could not be opened")]
    Account(#[from] Refusal),
    /// Passwords cannot be made.
    #[error("first passwords could not be made")]
    Passwords(#[from] PasswordFault),
    /// The machine has no randomness.
    #[error("first passwords could not be made")]
    Randomness(#[from] NoRandomness),
}

/// What an import works with.
#[derive(Debug, Clone, Copy)]
pub struct Tools<'a> {
    /// The school's books.
    pub books: &'a Books,
    /// Hashing.
    pub passwords: &'a Passwords,
    /// New ids.
    pub ids: &'a dyn IdSource,
}

/// Works out what a roster would change, without changing it.
///
/// # Errors
/// When the books cannot be read.
pub async fn plan(tools: Tools<'_>, read: &Read, today: Date, at: Moment) -> Result<Plan, ImportFault> {
    let people = tools.books.all::<Person>().await?;
    let groups = tools.books.all::<Group>().await?;
    let existing = Existing { people: &people, groups: &groups };
    let mut plan = roster::plan(&read.roster, existing, today, || tools.ids.next(at));
    plan.faults.splice(0..0, read.faults.iter().cloned());
    Ok(plan)
}

/// Carries a plan out: one change for people, classes, new accounts and leavers' return lists, and one for each account
/// that closes.
///
/// # Errors
/// See [`ImportFault`].
pub async fn carry_out(
    tools: Tools<'_>,
    plan: Plan,
    school: &School,
    actor: &Actor,
    at: Moment,
) -> Result<Done, ImportFault> {
    let mut done = Done {
        added: plan.added.len(),
        changed: plan.changed.len(),
        left: plan.left.len(),
        groups: plan.groups.len(),
        faults: plan.faults,
        issued: Vec::new(),
    };
    let mut change = Change {
        action: Action::RosterImported,
        about: None,
        reason: None,
        writes: plan.writes,
        mails: vec![],
    };
    give_faces(&mut change.writes, &plan.added, school)?;
    // People and their accounts are one change: whoever is known already never gets one.
    let accounts = open_accounts(tools, &plan.added, &plan.groups, school, at, &mut done).await?;
    change.writes.extend(accounts);
    let moved = plan.changed.iter().chain(&plan.left);
    change.writes.extend(return_lists(tools, moved, school, at).await?);
    if !change.writes.is_empty() {
        tools.books.commit(&change, actor, at).await?;
    }
    for person in &plan.left {
        if let Some(account) = tools.books.find_one::<Account>("owner", person.id).await?
            && account.value.state == State::Open
        {
            tools.books.commit(&account::close(&account, at, "left the school"), actor, at).await?;
        }
    }
    Ok(done)
}

/// What people who left have to bring back is listed; who came back after all has nothing to bring (ACC-16).
async fn return_lists(
    tools: Tools<'_>,
    people: impl Iterator<Item = &Person>,
    school: &School,
    at: Moment,
) -> Result<Vec<Write>, ImportFault> {
    let devices = tools.books.all::<Device>().await?;
    let lists = tools.books.all::<ReturnList>().await?;
    let today = school.zone.local(at).date();
    let write = |person: &Person| {
        let live =
            lists.iter().find(|list| list.value.person == person.id && list.value.called_off.is_none());
        let id = Id::new(tools.ids.next(at));
        equipment::on_leaving(id, person, live, &devices, today, at).map(|(_, write)| write)
    };
    Ok(people.filter_map(write).collect())
}

/// Young children get a picture beside their name, one no classmate has.
fn give_faces(
    writes: &mut [Write],
    added: &[(Person, Option<String>)],
    school: &School,
) -> Result<(), ImportFault> {
    let mut taken: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (person, _) in added {
        if !signs_by_pictures(school, person.kind, person.year) {
            continue;
        }
        let class = taken.entry(person.groups.first().copied()).or_default();
        let face = passphrase::face(class)?;
        class.push(face.to_owned());
        let with_face = Person { picture: Some(face.to_owned()), ..person.clone() };
        if let Some(write) =
            writes.iter_mut().find(|write| write.id == person.id.number() && write.expect == Expect::New)
        {
            *write = Write::of(&with_face, Expect::New);
        }
    }
    Ok(())
}

async fn open_accounts(
    tools: Tools<'_>,
    added: &[(Person, Option<String>)],
    groups: &[Group],
    school: &School,
    at: Moment,
    done: &mut Done,
) -> Result<Vec<Write>, ImportFault> {
    let existing = tools.books.all::<Account>().await?;
    let mut taken: BTreeSet<String> =
        existing.iter().map(|account| account.value.username.as_str().to_owned()).collect();
    let known = tools.books.values::<Group>().await?;
    let classes: BTreeMap<_, _> =
        known.iter().chain(groups).map(|group| (group.id, group.name.clone())).collect();
    let mut writes = Vec::new();
    for (person, wished) in added {
        if shares_account(school, person) {
            continue;
        }
        let Ok(username) = free_username(person, wished.as_deref(), &taken) else {
            done.faults.push(format!("{}: no user name can be made, so there is no account", person.name()));
            continue;
        };
        taken.insert(username.as_str().to_owned());
        let asked = OpenAccount {
            id: Id::new(tools.ids.next(at)),
            username,
            person: Some((person.kind, person.id)),
            year: None,
        };
        let (mut account, _) = account::open(asked)?;
        let secret = first_secret(tools, &mut account, person, school, at).await?;
        let class = person.groups.first().and_then(|group| classes.get(group)).cloned().unwrap_or_default();
        done.issued.push(Issued {
            name: person.name(),
            class,
            username: account.username.to_string(),
            secret,
        });
        writes.push(Write::of(&account, Expect::New));
    }
    writes.extend(shared_accounts(tools, &existing, school, at, done).await?);
    Ok(writes)
}

/// A year that shares an account has one, whoever joins (ACC-02).
async fn shared_accounts(
    tools: Tools<'_>,
    existing: &[Stored<Account>],
    school: &School,
    at: Moment,
    done: &mut Done,
) -> Result<Vec<Write>, ImportFault> {
    let mut writes = Vec::new();
    for &year in &school.settings.sign_in.shared_years {
        if existing.iter().any(|account| account.value.owner == Owner::YearGroup(year)) {
            continue;
        }
        let name = year.label().to_lowercase().replace(' ', "");
        let username = Username::parse(&name)?;
        let asked = OpenAccount { id: Id::new(tools.ids.next(at)), username, person: None, year: Some(year) };
        let (mut account, _) = account::open(asked)?;
        let secret = passphrase::password(&school.settings.passwords.pupils)?;
        account.password = Some(tools.passwords.hash(secret.clone().into()).await?);
        account.changed_at = Some(at);
        done.issued.push(Issued {
            name: format!("{} (shared)", year.label()),
            class: year.label(),
            username: name,
            secret,
        });
        writes.push(Write::of(&account, Expect::New));
    }
    Ok(writes)
}

async fn first_secret(
    tools: Tools<'_>,
    account: &mut Account,
    person: &Person,
    school: &School,
    at: Moment,
) -> Result<String, ImportFault> {
    let passwords = &school.settings.passwords;
    account.changed_at = Some(at);
    if signs_by_pictures(school, person.kind, person.year) {
        let pictures = passphrase::pictures(passwords.pictures)?;
        let text = picture::secret_text(&pictures, passwords.pictures).unwrap_or_default();
        account.pictures = Some(tools.passwords.hash(text.clone().into()).await?);
        return Ok(text);
    }
    let rule = if person.kind == PersonKind::Pupil { &passwords.pupils } else { &passwords.adults };
    let secret = passphrase::password(rule)?;
    account.password = Some(tools.passwords.hash(secret.clone().into()).await?);
    account.must_change = true;
    Ok(secret)
}

/// The user name the roster wishes, else one made from the name, else the person's id.
fn free_username(
    person: &Person,
    wished: Option<&str>,
    taken: &BTreeSet<String>,
) -> Result<Username, Refusal> {
    let free = |name: &Username| !taken.contains(name.as_str());
    if let Some(wish) = wished.and_then(|wished| Username::parse(wished).ok()).filter(free) {
        return Ok(wish);
    }
    let made = roster::make_username(&person.given, &person.family, |name| taken.contains(name));
    Username::parse(&made).or_else(|_odd| Username::parse(&format!("p{}", person.id)))
}

fn signs_by_pictures(school: &School, kind: PersonKind, year: Option<Year>) -> bool {
    kind == PersonKind::Pupil
        && year.is_some_and(|year| school.settings.sign_in.picture_years.contains(&year))
}

fn shares_account(school: &School, person: &Person) -> bool {
    let shared = &school.settings.sign_in.shared_years;
    person.kind == PersonKind::Pupil && person.year.is_some_and(|year| shared.contains(&year))
}
