//! What a policy would make untrue of what people signed (POL-01): refused where somebody signed it, told where nobody did
//! yet.

use usher_policy::document::PolicyDocument;
use usher_policy::ledger::{Breach, Short};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::password::unavailable;
use crate::view::markdown;
use crate::view::says::Says;

/// Clauses a policy would make untrue.
pub(super) struct Signed {
    /// Those somebody signed.
    pub(super) refused: Vec<Broken>,
    /// Those nobody signed yet.
    pub(super) told: Vec<Broken>,
}

/// One clause.
pub(super) struct Broken {
    /// Which, and how many signed it.
    pub(super) clause: String,
    /// Its words.
    pub(super) text: String,
    /// What would keep it no more, and why.
    pub(super) why: Vec<String>,
}

/// What `new` makes untrue that is true with `old`.
pub(super) async fn signed(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    (old, new): (&PolicyDocument, &PolicyDocument),
) -> Result<Signed, AppFault> {
    let policies = &app.desk.policies;
    let (before, after) = (policies.trial(old).await?, policies.trial(new).await?);
    let found = usher_ledger::breaches(&app.books, before, after, desk.at).await.map_err(unavailable)?;
    let (refused, told): (Vec<Breach>, Vec<Breach>) = found.into_iter().partition(Breach::refuses);
    let words = |all: Vec<Breach>| all.iter().map(|breach| broken(says, breach)).collect();
    Ok(Signed { refused: words(refused), told: words(told) })
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
