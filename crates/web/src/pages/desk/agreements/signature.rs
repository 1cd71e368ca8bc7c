//! One signature: who, when, how, the declaration, and the exact text it stands under.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use usher_records::signature::{How, Part, Signature};
use usher_types::ids;

use super::{register, version};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::signing::in_place;
use crate::view::frame::Frame;
use crate::view::{markdown, page};

#[derive(Template)]
#[template(path = "desk/agreements/signature.html")]
struct Show {
    f: Frame,
    d: Around,
    back: String,
    certificate: String,
    facts: Vec<(String, String)>,
    declaration: String,
    clauses: Vec<String>,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let stored = app.books.get::<Signature, _>(roll::id::<ids::Signature>(&id)?).await?;
    let signature = stored.ok_or(AppFault::NotFound)?.value;
    let (f, d) = around(&app, &desk, "/agreements/register", "agreements-title");
    let text = version::text(&app, signature.digest).await?;
    let title = text.as_ref().map_or_else(|| signature.agreement.clone(), |text| text.head.title.clone());
    let clauses = text.map(|text| text.clauses).unwrap_or_default();
    let roll = Roll::of(&app).await?;
    let mut facts = facts(&desk, &f, &roll, &signature);
    if let Some(place) = in_place(&app, &desk, &signature).await? {
        let words = register::in_place(&f.says, Clock::at(&desk), &place);
        facts.push((f.says.t("report-parents-part"), words));
    }
    let show = Show {
        back: "/agreements/register".into(),
        certificate: format!("/agreements/signature/{}/certificate.pdf", signature.id),
        facts,
        declaration: signature.declaration,
        clauses: clauses.iter().map(|clause| markdown::inline(&clause.text)).collect(),
        f: f.titled(title),
        d,
    };
    Ok(page(&show))
}

fn facts(desk: &AtDesk, f: &Frame, roll: &Roll, signature: &Signature) -> Vec<(String, String)> {
    let says = &f.says;
    let how = format!("report-how-{}", signature.how.name());
    let witness = match signature.how {
        How::Together { witness, device } => {
            Some(says.t2("signed-witness", ("name", &roll.name(says, witness)), ("device", &device)))
        }
        How::OnScreen | How::OnPaper => None,
    };
    let child = match signature.part {
        Part::ParentFor(child) => Some(says.t1("report-parent-of", "child", roll.name(says, child))),
        Part::Own => None,
    };
    let read_in = signature
        .read_in
        .as_ref()
        .map(|read| says.t2("signature-read-in", ("name", &read.name), ("text", &read.text.short())));
    let pairs = [
        ("report-column-name", Some(signature.name.clone())),
        ("report-column-role", child.or_else(|| Some(says.of("report-kind", signature.kind.name())))),
        ("column-version", Some(signature.version.clone())),
        ("report-column-signed", Some(Clock::at(desk).full(signature.at))),
        ("column-how", Some(says.t(how))),
        ("column-witness", witness),
        ("column-entered-by", signature.entered_by.map(|by| roll.name(says, by))),
        ("column-text", Some(signature.digest.short())),
        ("column-read-in", read_in),
    ];
    pairs.into_iter().filter_map(|(key, value)| Some((says.t(key), value?))).collect()
}
