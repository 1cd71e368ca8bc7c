//! What a policy, or a change of the school's settings, would make untrue of what people signed (POL-01): refused where
//! somebody signed it, told where nobody did yet.

use usher_policy::document::PolicyDocument;
use usher_policy::ledger::{Breach, Short};
use usher_records::change::Change;
use usher_records::noun::Kind;
use usher_records::school::School;
use usher_records::settings::Settings;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::password::unavailable;
use crate::view::markdown;
use crate::view::says::Says;

/// Clauses a policy would make untrue.
pub(in crate::pages::desk) struct Signed {
    /// Those somebody signed.
    pub(in crate::pages::desk) refused: Vec<Broken>,
    /// Those nobody signed yet.
    pub(in crate::pages::desk) told: Vec<Broken>,
}

/// One clause.
pub(in crate::pages::desk) struct Broken {
    /// Which, and how many signed it.
    pub(in crate::pages::desk) clause: String,
    /// Its words.
    pub(in crate::pages::desk) text: String,
    /// What would keep it no more, and why.
    pub(in crate::pages::desk) why: Vec<String>,
}

/// What `new` makes untrue that is true with `old`.
pub(in crate::pages::desk) async fn signed(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    (old, new): (&PolicyDocument, &PolicyDocument),
) -> Result<Signed, AppFault> {
    let policies = &app.desk.policies;
    let (before, after) = (policies.trial(old).await?, policies.trial(new).await?);
    let found = usher_ledger::breaches(&app.books, before, after, desk.at).await.map_err(unavailable)?;
    Ok(said(says, found))
}

/// What settings make untrue that is true with those in force.
pub(in crate::pages::desk) async fn signed_settings(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    after: &Settings,
) -> Result<Signed, AppFault> {
    let policy = app.snapshot.load_full().ok_or(AppFault::NotFound)?;
    let found = usher_ledger::breaches_of_settings(&app.books, policy, after.clone(), desk.at).await;
    Ok(said(says, found.map_err(unavailable)?))
}

/// Why a change of the school's own record is not kept: the clauses that people signed and that it makes untrue; none where
/// it makes none untrue.
pub(in crate::pages::desk) async fn untrue(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    change: &Change,
) -> Result<Option<String>, AppFault> {
    let Some(write) = change.writes.iter().find(|write| write.kind == Kind::School) else { return Ok(None) };
    let after: School = serde_json::from_str(&write.body).map_err(unavailable)?;
    let signed = signed_settings(app, desk, says, &after.settings).await?;
    if signed.refused.is_empty() {
        return Ok(None);
    }
    let clauses: Vec<String> =
        signed.refused.iter().map(|one| format!("{} “{}”", one.clause, one.text)).collect();
    Ok(Some(format!("{} {}", says.t("settings-not-kept"), clauses.join(" "))))
}

fn said(says: &Says, found: Vec<Breach>) -> Signed {
    let (refused, told): (Vec<Breach>, Vec<Breach>) = found.into_iter().partition(Breach::refuses);
    let words = |all: Vec<Breach>| all.iter().map(|breach| broken(says, breach)).collect();
    Signed { refused: words(refused), told: words(told) }
}

fn broken(says: &Says, breach: &Breach) -> Broken {
    let values = [
        ("title", breach.title.as_str().into()),
        ("version", breach.version.as_str().into()),
        ("number", i64::from(breach.number).into()),
        ("count", breach.signed.into()),
    ];
    let why = |(title, short): &(String, Short)| format!("{title}: {}", short.said(says.words()));
    Broken {
        clause: says.words().say(says.reader(), "ledger-breach", &values),
        text: markdown::words(&breach.text),
        why: breach.controls.iter().map(why).collect(),
    }
}
