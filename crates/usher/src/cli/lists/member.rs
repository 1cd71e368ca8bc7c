//! `usher lists member`: by whose membership a list of illegal content is used, for schools that are set up without the desk.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use usher_lists::category::SEALED;
use usher_records::change::Actor;
use usher_records::membership::{self, Membership, Used};
use usher_records::school::School;
use usher_types::clock::Clock as _;

use super::super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Args)]
pub(in crate::cli) struct Member {
    /// What the list is about
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(SEALED))]
    category: String,
    /// Where the list is used: in Usher, or in a filter between Usher and the internet
    #[arg(long, value_enum)]
    used: Place,
    /// Who keeps the list
    #[arg(long, value_name = "NAME")]
    body: String,
    /// Who is its member: the school, its trust, the authority, the maker of the filter above
    #[arg(long, value_name = "NAME")]
    holder: String,
    /// What the body calls the membership
    #[arg(long, value_name = "WORDS")]
    reference: String,
    /// The last day of the membership
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Date,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Place {
    Here,
    Above,
}

pub(super) async fn run(asked: Member, opened: &Opened) -> anyhow::Result<()> {
    let (books, at) = (&opened.books, SystemClock.now());
    let school =
        books.get::<School, _>(books.school()).await?.context("no school is set up here: `usher init`")?;
    let today = school.value.zone.local(at).date();
    let used = match asked.used {
        Place::Here => Used::Here,
        Place::Above => Used::Above,
    };
    let membership = Membership {
        category: asked.category.clone(),
        body: asked.body,
        holder: asked.holder,
        reference: asked.reference,
        until: asked.until,
        used,
    };
    books.commit(&membership::keep(&school, membership, today)?, &Actor::CommandLine, at).await?;
    say(format!(
        "Written down for {}. Pupils are served once both kinds are shut, here or above.",
        asked.category
    ));
    Ok(())
}
