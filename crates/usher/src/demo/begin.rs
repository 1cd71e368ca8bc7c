//! Starting the demonstration: the school is made on the first start and only opened on the next.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::civil::Date;
use usher_config::config::Config;
use usher_demo::school::{DemoSchool, SCHOOL_NAME};
use usher_demo::sites::{NETWORK, Sites};
use usher_directory::password::{Cost, Passwords};
use usher_lists::category::SEALED;
use usher_policy::profile::{self, Profile};
use usher_publish::set_up::{self, NewSchool};
use usher_records::change::Actor;
use usher_records::in_force::InForce;
use usher_records::membership::{Membership, Used};
use usher_scan::search::SearchEngines;
use usher_types::clock::Clock;
use usher_types::moment::{Moment, Zone};

use super::Arguments;
use super::clock::{before_school, carry_on, last_recorded, next_week};
use crate::cli::lists::{take_collection, take_text};
use crate::cli::say;
use crate::server::clock::SchoolClock;
use crate::server::opened::Opened;
use crate::server::start::start as start_server;
use crate::server::{Server, Setting, read_roots};

/// The ready-made policy the invented school goes by.
const PROFILE: &str = "comprehensive";
/// The school was set up this long before its first recorded day begins.
const SET_UP_BEFORE_MINUTES: i64 = 60;

/// Starts the server of the invented school, at a time of its own.
pub(super) async fn start(
    arguments: &Arguments,
    school: &DemoSchool,
    sites: &Sites,
) -> anyhow::Result<(Server, Arc<SchoolClock>)> {
    let opened = Opened::open(configure(arguments, sites)?).await?;
    let last = last_recorded(&opened).await?;
    let at = match arguments.play {
        Some(_) => before_school(next_week(school, last)),
        None => carry_on(school, last),
    };
    let at = arguments.from.as_deref().map_or(Ok(at), |from| later(from, at))?;
    set_up_once(arguments, school, &opened, at.plus_minutes(-SET_UP_BEFORE_MINUTES)).await?;
    let clock = Arc::new(SchoolClock::starting(at));
    let setting = Setting {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        overrides: opened.config.addresses.clone(),
        roots: read_roots(&opened.config.own_roots)?,
        engines: SearchEngines::built_in()?.and(Sites::search_engines()),
        cost: Cost::Demonstration,
        demonstration: true,
    };
    Ok((start_server(opened, setting).await?, clock))
}

/// The time somebody asked for, on the school's clock; never earlier than what was recorded.
fn later(from: &str, recorded: Moment) -> anyhow::Result<Moment> {
    let asked =
        Zone::london().parse(from).with_context(|| format!("`{from}` is not like 2026-11-27T10:00"))?;
    Ok(asked.max(recorded))
}

/// Writes the demonstration's configuration, so that every other command can be tried on it too.
fn configure(arguments: &Arguments, sites: &Sites) -> anyhow::Result<Config> {
    let data = std::path::absolute(&arguments.data)?;
    let roots = data.join("sites-authority.pem");
    std::fs::write(&roots, &sites.ca_pem)?;
    let mut text = format!(
        "# The demonstration's configuration, written at every start.\n\ndata = {data:?}\n\n[gateway]\nlisten = \
         \"{}\"\n\n[portal]\nlisten = \"{}\"\n\n[desk]\nlisten = \"{}\"\nname = \"localhost\"\n\n[sites]\nroots = \
         [{roots:?}]\n\n[sites.addresses]\n",
        arguments.gateway, arguments.portal, arguments.desk
    );
    for host in &sites.hosts {
        writeln!(
            text,
            "\"{}:80\" = \"{}\"\n\"{}:443\" = \"{}\"",
            host.name, host.http, host.name, host.https
        )?;
    }
    let file = data.join("usher.toml");
    std::fs::write(&file, &text).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(Config::parse(&text, &file.display().to_string())?)
}

/// Makes the school, unless it is there: people, classes, devices, sign-ins, lists, policy, agreements, signatures.
async fn set_up_once(
    arguments: &Arguments,
    school: &DemoSchool,
    opened: &Opened,
    at: Moment,
) -> anyhow::Result<()> {
    let books = &opened.books;
    if books.get::<InForce, _>(books.school()).await?.is_some() {
        return Ok(());
    }
    let _held = opened.folder.hold()?;
    say(format!("Making {SCHOOL_NAME}: {} people, {} devices …", school.people.len(), school.devices.len()));
    for list in Sites::lists() {
        let name = format!("demo-{}", list.category);
        if !list.domains.is_empty() {
            take_text(opened, &name, list.category, &list.domains)?;
        }
        if !list.pages.is_empty() {
            take_text(opened, &format!("{name}-pages"), list.category, &list.pages)?;
        }
    }
    if let Some(folder) = &arguments.ut1 {
        take_collection(opened, "ut1", folder)?;
    }
    let profile = demo_profile(school)?;
    let settings = profile.settings.clone();
    let actor = Actor::Usher("demo".into());
    let tools = set_up::Tools { books, lists: &opened.lists, ids: opened.ids.as_ref(), actor: &actor };
    // The school's record makes the books this school's; the people come next, what is in force last, so that a start
    // that was broken off is begun again.
    books.store().add_school(books.school(), at).await?;
    let passwords = Passwords::new(Cost::Demonstration)?;
    let hash = |secret: &str| passwords.hash_now(secret).map_err(Into::into);
    school.install(books, &hash, at).await?;
    set_up::publish_agreements(books, &profile, (opened.ids.as_ref(), &actor), at).await?;
    school.sign_agreements(books, &settings, at, opened.ids.as_ref()).await?;
    school.print_slips(books, &settings, at, opened.ids.as_ref()).await?;
    school.open_cases(books, at, opened.ids.as_ref()).await?;
    school.give_permissions(books, &settings, at, opened.ids.as_ref()).await?;
    school.count_private_time(books, &settings, at, opened.ids.as_ref()).await?;
    school.note_breaches(books, at, opened.ids.as_ref()).await?;
    school.log_removals(books, &settings, at, opened.ids.as_ref()).await?;
    school.find_network_cards(books, at, opened.ids.as_ref()).await?;
    school.close_alerts(books, at, opened.ids.as_ref()).await?;
    school.add_services(books, at, opened.ids.as_ref()).await?;
    school.write_papers(books, at, opened.ids.as_ref()).await?;
    school.read_what_counts(books, &settings.cases, at, opened.ids.as_ref()).await?;
    say("Compiling its category lists …");
    set_up::set_up(tools, NewSchool { name: SCHOOL_NAME.into(), profile }, at, |_| {}).await?;
    Ok(())
}

fn demo_profile(school: &DemoSchool) -> anyhow::Result<Profile> {
    let mut profile = profile::built_in(PROFILE).context("the demonstration's profile is built in")??;
    profile.policy.calendar = school.calendar.clone();
    profile.policy.reach = vec![NETWORK.parse()?];
    let until = school.calendar.terms.last().context("the demonstration has terms")?.last;
    profile.settings.memberships = SEALED.map(|category| filtered_above(category, until)).to_vec();
    Ok(profile)
}

/// The invented school's illegal pages are shut by its county's filter: nobody may pass on the real lists.
fn filtered_above(category: &str, until: Date) -> Membership {
    Membership {
        category: category.to_owned(),
        body: "The list’s keeper (invented)".to_owned(),
        holder: "Alder Shire Broadband for Schools (invented)".to_owned(),
        reference: "ASB-0417".to_owned(),
        until,
        used: Used::Above,
    }
}
