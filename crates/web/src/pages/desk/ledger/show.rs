//! One clause: what keeps it with its history, and who signed it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use usher_records::signature::Signature;

use super::{Clause, Made, clause, names};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/ledger/show.html")]
struct Show {
    f: Frame,
    d: Around,
    clause: Clause,
    when: String,
    counted: String,
    signers: Vec<String>,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path((text, id)): Path<(String, String)>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/ledger", "ledger-title");
    let made = Made::of(&app, &desk).await?;
    let mut lines = made.ledger.lines.iter();
    let line = lines.find(|line| line.digest.to_string() == text && line.clause.id == id);
    let line = line.ok_or(AppFault::NotFound)?;
    let teller = made.teller(&app, &desk, names(&desk));
    let mut signers: Vec<&Signature> = line.signers.iter().collect();
    signers.sort_by_key(|signature| (signature.at, signature.id));
    Ok(page(&Show {
        clause: clause(teller.clause(line)),
        when: teller.when(desk.at),
        counted: made.counted(&app),
        signers: teller.signers(&signers),
        f,
        d,
    }))
}
