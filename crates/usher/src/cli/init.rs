//! `usher init`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use usher_config::config::Config;
use usher_config::reference::example;
use usher_directory::passphrase;
use usher_directory::password::{Cost, Passwords};
use usher_policy::profile::{self, Profile};
use usher_publish::set_up::{self, NewSchool};
use usher_records::account::{self, Account, OpenAccount, Username};
use usher_records::agreement::AgreementVersion;
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::person::Person;
use usher_records::standing;
use usher_types::clock::Clock as _;
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Role, Roles};

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The school's name, as pages and letters show it
    #[arg(long)]
    name: String,
    /// Who looks after Usher at the school: given name and family name
    #[arg(long, value_name = "NAME")]
    lead: String,
    /// The kind of policy to start from: classic, comprehensive, trust, codes or numbered
    #[arg(long, default_value = "classic")]
    profile: String,
    /// The folder everything is kept in
    #[arg(long, default_value = "/var/lib/usher", value_name = "FOLDER")]
    data: PathBuf,
}

pub(super) async fn run(arguments: Arguments, config: Option<PathBuf>) -> anyhow::Result<()> {
    let config = config.unwrap_or_else(|| "usher.toml".into());
    let mut profile = read_profile(&arguments.profile)?;
    let settings = write_config(&config, &arguments.data)?;
    profile.policy.own_hosts = vec![settings.portal_name.clone()];
    let opened = Opened::open(settings).await?;
    let _held = opened.folder.hold()?;
    if !opened.store.schools().await?.is_empty() {
        anyhow::bail!("a school is set up in {} already", opened.folder.path().display());
    }
    let (actor, at) = (Actor::CommandLine, SystemClock.now());
    let tools =
        set_up::Tools { books: &opened.books, lists: &opened.lists, ids: opened.ids.as_ref(), actor: &actor };
    let passwords = profile.settings.passwords.clone();
    let school = NewSchool { name: arguments.name.clone(), profile };
    set_up::set_up(tools, school, at, |_| {}).await?;
    let password = passphrase::password(&passwords.adults)?;
    let username = first_sign_in(&opened, &arguments.lead, &password).await?;
    let authority = opened.authority(&arguments.name)?;
    say(format!(
        "{} is set up in {}.\n\n  user name  {username}\n  password   {password}   (to be changed at the first \
         sign-in)\n  authority  SHA-256 {}\n\nNext:\n  usher --config {config} lists import …   category lists, then \
         `usher lists compile`\n  usher --config {config} lists member …  who shuts illegal pages; pupils are served \
         nothing before\n  usher --config {config} roster import …  people and classes\n  usher --config \
         {config} ca export -o school.pem   for devices to trust\n  usher --config {config} serve",
        arguments.name,
        opened.folder.path().display(),
        authority.fingerprint(),
        config = config.display(),
    ));
    say_not_put_out(&opened).await
}

/// Says which agreements have to be put out before the web opens.
async fn say_not_put_out(opened: &Opened) -> anyhow::Result<()> {
    let school = usher_directory::books::school(&opened.books).await?;
    let versions = opened.books.values::<AgreementVersion>().await?;
    let missing = standing::not_put_out(&school.settings, &versions);
    if !missing.is_empty() {
        say(format!(
            "\nThe web stays shut for whoever is to sign these agreements, until they are put out: {}.\nThe governors approve \
             them first. At the desk, under New words: record the approval, then publish.",
            missing.join(", ")
        ));
    }
    Ok(())
}

fn read_profile(name: &str) -> anyhow::Result<Profile> {
    let known = || profile::BUILT_IN.map(|(name, _)| name).join(", ");
    let read =
        profile::built_in(name).with_context(|| format!("no profile `{name}`; there are {}", known()))?;
    read.with_context(|| format!("the profile {name} cannot be read"))
}

/// The configuration: the file that is there, or a new one with every key in it.
fn write_config(path: &Path, data: &Path) -> anyhow::Result<Config> {
    if !path.exists() {
        let data = std::path::absolute(data)?;
        fs::write(path, example(&data)).with_context(|| format!("{} cannot be written", path.display()))?;
        say(format!("{} written.", path.display()));
    }
    Ok(Config::read(path)?)
}

/// The first person, who can sign in at the desk and bring everybody else in.
async fn first_sign_in(opened: &Opened, name: &str, password: &str) -> anyhow::Result<Username> {
    let (at, ids) = (SystemClock.now(), opened.ids.as_ref());
    let (given, family) = name.trim().rsplit_once(' ').unwrap_or((name.trim(), ""));
    let person = Person {
        id: Id::new(ids.next(at)),
        kind: PersonKind::Staff,
        given: given.into(),
        family: family.into(),
        known_as: None,
        year: None,
        roles: Roles::of(&[Role::ComputingLead]),
        groups: Vec::new(),
        email: None,
        children: Vec::new(),
        source: None,
        joined: None,
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    };
    let username = Username::parse(&usher_records::roster::make_username(given, family, |_| false))?;
    let asked = OpenAccount {
        id: Id::new(ids.next(at)),
        username: username.clone(),
        person: Some((person.kind, person.id)),
        year: None,
    };
    let (account, _) = account::open(asked)?;
    let hash = Passwords::new(Cost::Ordinary)?.hash_now(password)?;
    let account = Account { password: Some(hash), must_change: true, changed_at: Some(at), ..account };
    let mut change = Change::of(Action::AccountOpened, Write::of(&person, Expect::New));
    change.writes.push(Write::of(&account, Expect::New));
    opened.books.commit(&change, &Actor::CommandLine, at).await?;
    Ok(username)
}
