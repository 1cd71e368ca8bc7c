//! Proposing a change of the policy: a text or a file, its faults by line, what it changes in sentences, what the promises
//! say; then published, or left for a second person. Nothing that was typed is lost on the way.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use usher_lists::category::Catalogue;
use usher_policy::amend::{self, Proposal, Takes, Written, seconds};
use usher_policy::check::{check, leaves_out_sealed};
use usher_policy::diff::{self, Difference};
use usher_policy::document::PolicyDocument;
use usher_policy::profile;
use usher_records::change::Stored;
use usher_records::in_force::InForce;
use usher_records::person::Person;
use usher_records::sealed::Way;
use usher_types::digest::Digest;

use super::tried::{Tried, tried};
use super::{in_force, replay};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::parts_of_form;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::password::unavailable;
use crate::pages::desk::roll::Roll;
use crate::pages::desk::sealed;
use crate::pages::desk::signed::{Signed, signed};
use crate::pages::news;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The largest form taken. The starter policy is a twentieth of it.
pub(super) const LARGEST_BYTES: usize = 512 * 1024;

#[derive(Template)]
#[template(path = "desk/policy/change.html")]
struct Change {
    f: Frame,
    d: Around,
    errors: Errors,
    faults: Vec<Fault>,
    looked: Option<Looked>,
    reason: Field,
    policy: Field,
    file: Field,
}

/// A fault, with the line it is in.
struct Fault {
    line: Option<(usize, String)>,
    what: String,
    remedy: String,
}

/// What a policy without faults would do.
struct Looked {
    differences: Vec<Difference>,
    weighty: Vec<&'static str>,
    tried: Tried,
    signed: Signed,
    takes: Takes,
    seconds: Vec<String>,
    /// Stands for this policy against the one in force: what is published is what was looked at.
    mark: String,
}

impl Looked {
    const fn alone(&self) -> bool {
        matches!(self.takes, Takes::OnePerson)
    }

    fn goes_on(&self) -> bool {
        self.tried.broken.is_empty()
            && self.signed.refused.is_empty()
            && !matches!(self.takes, Takes::Nothing)
    }
}

/// What was typed.
#[derive(Default)]
struct Typed {
    text: String,
    reason: String,
}

/// Shows the form, with the policy in force to change.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (_, policy) = in_force(&app).await?;
    let text = profile::written(&policy).map_err(unavailable)?;
    let typed = Typed { text, ..Typed::default() };
    Ok(form(&app, &desk, &typed, Vec::new(), None, Errors::none()))
}

fn form(
    app: &App,
    desk: &AtDesk,
    typed: &Typed,
    faults: Vec<Fault>,
    looked: Option<Looked>,
    errors: Errors,
) -> Response {
    let (f, d) = around(app, desk, "/policy/change", "policy-change-title");
    let fields = Fields::new(&f.says, &errors);
    let view = Change {
        reason: fields.line("reason", &typed.reason).labelled(f.says.t("policy-change-why")),
        policy: fields.area("policy", &typed.text, 24),
        file: fields.input("document", "file", "", "accept=.toml,text/plain", "govuk-input--width-20"),
        faults,
        looked,
        f,
        d,
        errors,
    };
    let status = if view.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &view)
}

/// Looks at what was typed, or publishes what was looked at.
pub(super) async fn propose(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (mut parts, body): (_, Body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let sent = parts_of_form(&app, &desk, parts, body).await?;
    proposed(&app, &desk, sent).await.map_err(IntoResponse::into_response)
}

async fn proposed(
    app: &App,
    desk: &AtDesk,
    mut sent: BTreeMap<String, Vec<u8>>,
) -> Result<Response, AppFault> {
    let mut field = |name: &str| sent.remove(name).unwrap_or_default();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let (file, typed) = (field("document"), text(field("policy")).unwrap_or_default());
    let (reason, mark) = (text(field("reason")).unwrap_or_default(), text(field("mark")).unwrap_or_default());
    let pressed = field("do");
    let (publish, replays) = (pressed == b"publish", pressed == b"replay");
    let says = Frame::desk(app, desk, "/policy/change", "policy-change-title").says;
    // A file that was chosen stands for what is in the box.
    let (read, chosen) = if file.is_empty() { (Some(typed.clone()), false) } else { (text(file), true) };
    let Some(read) = read else {
        let errors = Errors::of("document", says.t("policy-file-odd"));
        return Ok(form(app, desk, &Typed { text: typed, reason }, Vec::new(), None, errors));
    };
    let typed = Typed { text: read, reason };
    let catalogue = Catalogue::ours().map_err(unavailable)?;
    let policy = match check(&typed.text, &catalogue.table()) {
        Ok(policy) => policy,
        Err(faults) => {
            if leaves_out_sealed(&typed.text, &catalogue.table()) {
                sealed::tried(app, desk, Way::Policy).await?;
            }
            let errors = Errors::of("policy", says.n("policy-faults", "count", faults.len()));
            let line = |number: usize| {
                let line = typed.text.lines().nth(number.saturating_sub(1)).unwrap_or_default();
                (number, line.trim().to_owned())
            };
            let faults = faults.into_iter().map(|fault| Fault {
                line: fault.line.map(line),
                what: fault.what,
                remedy: fault.remedy,
            });
            return Ok(form(app, desk, &typed, faults.collect(), None, errors));
        }
    };
    if replays {
        return Ok(Redirect::to(&replay::at(app.desk.policies.keep(&policy).await?)).into_response());
    }
    let before = in_force(app).await?;
    let looked = look(app, desk, &before, &policy, &catalogue).await?;
    if !publish || chosen || mark != looked.mark || !looked.goes_on() {
        let errors = if publish && !looked.tried.broken.is_empty() {
            Errors::of("policy", says.t("policy-not-published"))
        } else if publish && !looked.signed.refused.is_empty() {
            Errors::of("policy", says.t("ledger-not-published"))
        } else {
            Errors::none()
        };
        return Ok(form(app, desk, &typed, Vec::new(), Some(looked), errors));
    }
    write(app, desk, &before.0, (policy, looked), typed).await
}

async fn look(
    app: &App,
    desk: &AtDesk,
    (before, old): &(Stored<InForce>, PolicyDocument),
    new: &PolicyDocument,
    catalogue: &Catalogue,
) -> Result<Looked, AppFault> {
    let differences = diff::diff(old, new, catalogue);
    let says = Frame::desk(app, desk, "/policy/change", "policy-change-title").says;
    let roll = Roll::of(app).await?;
    let found = seconds(roll.people(), &desk.who(), Clock::at(desk).today());
    let bytes = serde_json::to_vec(new).unwrap_or_default();
    Ok(Looked {
        takes: amend::takes(&desk.who(), &differences),
        weighty: diff::weighty(&differences).into_iter().map(diff::Weighty::words).collect(),
        differences,
        tried: tried(app, desk, &says, new).await?,
        signed: signed(app, desk, &says, (old, new)).await?,
        seconds: found.into_iter().map(Person::name).collect(),
        mark: format!("{}-{}", before.value.policy, Digest::of(&bytes)),
    })
}

async fn write(
    app: &App,
    desk: &AtDesk,
    before: &Stored<InForce>,
    (policy, looked): (PolicyDocument, Looked),
    typed: Typed,
) -> Result<Response, AppFault> {
    let digest = app.desk.policies.keep(&policy).await?;
    let writer = desk.who();
    let proposal =
        Proposal { policy: digest, differences: &looked.differences, writer: &writer, reason: &typed.reason };
    match amend::write(proposal, before, app.new_id(), desk.at) {
        Ok(Written::InForce(change)) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/policy", "policy-changed"))
        }
        Ok(Written::Waits(mut change, id)) => {
            let people = app.books.values::<Person>().await?;
            let readers = seconds(&people, &desk.who(), Clock::at(desk).today());
            change.mails.extend(news::mails(app, &desk.school.name, readers));
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(&format!("/policy/drafts/{id}"), "policy-proposed"))
        }
        Err(refusal) => {
            let says = Frame::desk(app, desk, "/policy/change", "policy-change-title").says;
            let errors = Errors::of("reason", says.t(refusal.words()));
            Ok(form(app, desk, &typed, Vec::new(), Some(looked), errors))
        }
    }
}
