//! Writing: the head in fields, the rules as a text, what is wrong with them by line, and how they will look. What was typed
//! stays whatever is wrong with it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_policy::ledger::controls;
use usher_records::agreement::{AgreementFault, AgreementText, Head};
use usher_records::agreement_draft::{self, AgreementDraft};
use usher_records::agreement_edit::Written;
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_types::digest::Digest;

use super::whole::Whole;
use super::{Row, earlier, rows, stored, words};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::password::unavailable;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/agreements/drafts/edit.html")]
struct Edit {
    f: Frame,
    d: Around,
    errors: Errors,
    id: String,
    fields: Vec<Field>,
    rules: Field,
    /// The words it began from.
    digest: String,
    looked: Option<Looked>,
}

impl Edit {
    fn back(&self) -> String {
        format!("/agreements/drafts/{}", self.id)
    }
}

/// How it will look, alone: what the script puts beside the text while somebody types.
#[derive(Template)]
#[template(path = "desk/agreements/drafts/looked.html")]
struct Preview {
    f: Frame,
    looked: Looked,
}

/// What was typed, looked at.
struct Looked {
    faults: Vec<Fault>,
    whole: Option<Whole>,
    changes: Vec<Row>,
}

struct Fault {
    line: Option<usize>,
    text: String,
    what: String,
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    /// The words it began from.
    #[serde(default)]
    digest: String,
    #[serde(default, rename = "agreement-title")]
    title: String,
    #[serde(default, rename = "agreement-mark")]
    version: String,
    #[serde(default, rename = "agreement-opening")]
    opening: String,
    #[serde(default, rename = "agreement-rules")]
    rules: String,
    #[serde(default, rename = "agreement-declaration")]
    declaration: String,
    #[serde(default, rename = "agreement-parents")]
    parents: String,
    #[serde(default, rename = "agreement-each-time")]
    each_time: String,
    #[serde(default, rename = "do")]
    what: String,
}

impl Typed {
    fn of(written: &Written, digest: Digest) -> Self {
        let head = &written.head;
        Self {
            digest: digest.to_string(),
            title: head.title.clone(),
            version: head.version.clone(),
            opening: head.opening.clone().unwrap_or_default(),
            rules: written.body.clone(),
            declaration: head.declaration.clone(),
            parents: head.parent_declaration.clone().unwrap_or_default(),
            each_time: head.each_time.clone().unwrap_or_default(),
            what: String::new(),
        }
    }

    /// As an agreement: what has no field stays as it was.
    fn written(&self, before: &Written) -> Written {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let some = |text: &str| Some(line(text)).filter(|text| !text.is_empty());
        let head = Head {
            title: line(&self.title),
            version: line(&self.version),
            opening: some(&self.opening),
            declaration: line(&self.declaration),
            parent_declaration: some(&self.parents),
            each_time: some(&self.each_time),
            ..before.head.clone()
        };
        Written { head, body: self.rules.clone() }
    }
}

/// Shows the form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let draft = stored(&app, &id).await?.value;
    if !draft.is_open() {
        return Ok(lead(&format!("/agreements/drafts/{id}"), "agreement-draft-over"));
    }
    let (file, text) = words(&app, &draft).await?;
    let typed = Typed::of(&Written::of(&file).ok_or(AppFault::NotFound)?, text.digest);
    let before = earlier(&app, &draft.key).await?;
    let (f, d) = around(&app, &desk, "/agreements/drafts", "agreement-drafts-title");
    let looked = looked(&f.says, Ok(&text), &typed, before.as_ref());
    let f = f.titled(text.head.title).done(done.done.as_deref());
    Ok(form((f, d), &id, &typed, Some(looked), Errors::none()))
}

fn form(
    (f, d): (Frame, Around),
    id: &str,
    typed: &Typed,
    looked: Option<Looked>,
    errors: Errors,
) -> Response {
    let fields = Fields::new(&f.says, &errors);
    let mut shown = vec![
        fields.line("agreement-title", &typed.title),
        fields.short("agreement-mark", &typed.version),
        fields.area("agreement-opening", &typed.opening, 3),
        fields.area("agreement-declaration", &typed.declaration, 3),
    ];
    if !typed.parents.is_empty() {
        shown.push(fields.area("agreement-parents", &typed.parents, 3));
    }
    shown.push(fields.area("agreement-each-time", &typed.each_time, 2));
    let rules = fields.area("agreement-rules", &typed.rules, 24);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view =
        Edit { id: id.to_owned(), digest: typed.digest.clone(), fields: shown, rules, looked, f, d, errors };
    with_status(status, &view)
}

/// What was typed, read against the words in force and the controls there are.
fn read(
    typed: &Typed,
    before: &Written,
    earlier: Option<&AgreementText>,
    says: &Says,
) -> Result<(String, AgreementText), Vec<AgreementFault>> {
    let (file, text) = typed.written(before).finish(earlier)?;
    let known = controls().map_err(|error| vec![AgreementFault { line: 0, what: error.to_string() }])?;
    let unknown = text.clauses.iter().flat_map(|clause| &clause.keeps);
    let unknown = unknown.filter(|id| !known.iter().any(|control| control.id == **id));
    let line = |id: &str| typed.rules.lines().position(|line| line.contains(id)).map_or(0, |at| at + 1);
    let faults: Vec<AgreementFault> = unknown
        .map(|id| AgreementFault { line: line(id), what: says.t1("agreement-no-control", "id", id) })
        .collect();
    if faults.is_empty() { Ok((file, text)) } else { Err(faults) }
}

fn looked(
    says: &Says,
    text: Result<&AgreementText, &[AgreementFault]>,
    typed: &Typed,
    before: Option<&AgreementText>,
) -> Looked {
    let line = |number: usize| {
        let line = number.checked_sub(1).and_then(|at| typed.rules.trim_start().lines().nth(at));
        line.unwrap_or_default().trim().to_owned()
    };
    match text {
        Err(faults) => {
            let faults = faults.iter().map(|fault| Fault {
                line: (fault.line > 0).then_some(fault.line),
                text: line(fault.line),
                what: fault.what.clone(),
            });
            Looked { faults: faults.collect(), whole: None, changes: Vec::new() }
        }
        Ok(text) => {
            let whole = Some(Whole::of(says, text));
            Looked { faults: Vec::new(), whole, changes: rows(says, before, text) }
        }
    }
}

/// Shows how it will look, or keeps it.
pub(super) async fn keep(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, mut typed) = (sent.from, sent.value);
    let draft = stored(&app, &id).await?;
    let (f, d) = around(&app, &desk, "/agreements/drafts", "agreement-drafts-title");
    let (file, theirs) = words(&app, &draft.value).await?;
    let now = Written::of(&file).ok_or(AppFault::NotFound)?;
    let before = earlier(&app, &draft.value.key).await?;
    let f = f.titled(typed.title.clone());
    let (file, text) = match read(&typed, &now, before.as_ref(), &f.says) {
        Err(faults) => {
            let errors = Errors::of("agreement-rules", f.says.n("agreement-faults", "count", faults.len()));
            let seen = looked(&f.says, Err(&faults), &typed, before.as_ref());
            return Ok(form((f, d), &id, &typed, Some(seen), errors));
        }
        Ok(read) => read,
    };
    if typed.what != "keep" {
        let seen = looked(&f.says, Ok(&text), &typed, before.as_ref());
        return Ok(form((f, d), &id, &typed, Some(seen), Errors::none()));
    }
    let refused = if typed.digest == theirs.digest.to_string() {
        keep_words(&app, &desk, &draft, &file, &text).await?
    } else if theirs.digest == text.digest {
        None
    } else {
        Some(Refusal::Conflict)
    };
    let Some(refusal) = refused else {
        return Ok(lead(&format!("/agreements/drafts/{id}"), "agreement-kept"));
    };
    // What was typed stays, beside what it changes in the words that are kept now.
    let draft = stored(&app, &id).await?.value;
    let (_, theirs) = words(&app, &draft).await?;
    let key = match refusal {
        Refusal::Conflict => "agreement-edit-conflict",
        Refusal::Gone => "agreement-edit-over",
        other => return Err(other.into()),
    };
    typed.digest = theirs.digest.to_string();
    let seen = looked(&f.says, Ok(&text), &typed, Some(&theirs));
    let errors = Errors::of("agreement-rules", f.says.t(key));
    Ok(form((f, d), &id, &typed, Some(seen), errors))
}

/// Keeps them; why not, where somebody else was quicker.
async fn keep_words(
    app: &App,
    desk: &AtDesk,
    draft: &Stored<AgreementDraft>,
    file: &str,
    text: &AgreementText,
) -> Result<Option<Refusal>, AppFault> {
    app.books.store().put_blob(app.books.school(), file.as_bytes()).await.map_err(unavailable)?;
    let change = match agreement_draft::edit(draft, text, &desk.actor(), desk.at) {
        Ok(change) => change,
        // Nothing was changed, and nothing is: that is no fault.
        Err(Refusal::AlreadySo) => return Ok(None),
        Err(refusal) => return Ok(Some(refusal)),
    };
    match app.commit(&change, &desk.actor()).await {
        Ok(()) => Ok(None),
        Err(AppFault::Refused(Refusal::Conflict)) => Ok(Some(Refusal::Conflict)),
        Err(fault) => Err(fault),
    }
}

/// How what is being typed will look, without the page around it.
pub(super) async fn preview(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (sent.from, sent.value);
    let draft = stored(&app, &id).await?.value;
    let f = Frame::desk(&app, &desk, "/agreements/drafts", "agreement-drafts-title");
    let (file, _) = words(&app, &draft).await?;
    let now = Written::of(&file).ok_or(AppFault::NotFound)?;
    let before = earlier(&app, &draft.key).await?;
    let looked = match read(&typed, &now, before.as_ref(), &f.says) {
        Ok((_, text)) => looked(&f.says, Ok(&text), &typed, before.as_ref()),
        Err(faults) => looked(&f.says, Err(&faults), &typed, before.as_ref()),
    };
    Ok(with_status(StatusCode::OK, &Preview { f, looked }))
}
