//! Photos and scans of slips: read apart from everything else, one upload at a time, and matched by their codes. The picture of a
//! page is kept encrypted with its slip; the file itself is not kept.

use std::time::Duration;

use askama::Template;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use usher_paper::{LARGEST_BYTES, Page as Sheet, Unread};
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_records::slip::{Scan, Slip, SlipNoun, attach};
use usher_store::store::StoreError;
use usher_types::digest::Digest;

use super::paper;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{FormPart, all_parts_of_form};
use crate::pages::case::file;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::roll::{self, Roll};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// One upload: a class scanned into one file, or thirty photos made smaller.
pub(super) const LARGEST_FORM: usize = LARGEST_BYTES + 8 * 1024 * 1024;
/// Files of one upload.
const MOST_FILES: usize = 40;
/// How long one upload is read: browsers wait a minute, and a page takes a second.
const READING_TIME: Duration = Duration::from_secs(45);

#[derive(Template)]
#[template(path = "desk/signing/scans.html")]
struct Results {
    f: Frame,
    d: Around,
    matched: Vec<Matched>,
    unread: Vec<(String, String)>,
}

struct Matched {
    address: String,
    child: String,
    from: String,
    entered: bool,
}

/// A page and where it came from.
struct Found {
    name: String,
    file: Digest,
    page: Result<Sheet, Unread>,
}

/// Reads what was uploaded and matches it. One slip leads straight to its form.
pub(super) async fn upload(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let sent = all_parts_of_form(&app, &desk, parts, body).await?;
    take(&app, &desk, sent).await.map_err(IntoResponse::into_response)
}

async fn take(app: &App, desk: &AtDesk, sent: Vec<FormPart>) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/agreements/paper", "paper-read-title");
    let mut files: Vec<FormPart> =
        sent.into_iter().filter(|part| part.name == "files" && !part.bytes.is_empty()).collect();
    if files.is_empty() {
        return Ok(paper::shown(app, desk, "", Errors::of("files", f.says.t("paper-no-file")), None));
    }
    let mut unread = Vec::new();
    for left in files.drain(files.len().min(MOST_FILES)..) {
        unread.push((left.file.unwrap_or_default(), f.says.t("paper-unread-too-many-files")));
    }
    let roll = Roll::of(app).await?;
    let mut matched: Vec<Matched> = Vec::new();
    for found in read(app, &f.says, files).await {
        let page = match &found.page {
            Err(why) => {
                unread.push((found.name.clone(), f.says.of("paper-unread", why.name())));
                continue;
            }
            Ok(page) => page,
        };
        let mut slips = Vec::new();
        for code in page.codes.iter().filter_map(|text| paper::read(text)) {
            slips.extend(paper::by_code(app, &code).await?);
        }
        if slips.is_empty() {
            let why = if page.codes.is_empty() { "no-code" } else { "not-ours" };
            unread.push((found.name.clone(), f.says.of("paper-unread", why)));
        }
        for slip in slips {
            if let Some(why) = keep(app, desk, &slip, &found, &page.picture).await? {
                unread.push((found.name.clone(), f.says.t(why.words())));
            }
            let address = format!("/agreements/paper/{}", slip.value.id);
            if matched.iter().all(|other| other.address != address) {
                let child = roll.name(&f.says, slip.value.child);
                let entered = slip.value.entered.is_some();
                matched.push(Matched { address, child, from: found.name.clone(), entered });
            }
        }
    }
    match (matched.as_slice(), unread.as_slice()) {
        ([only], []) => Ok(Redirect::to(&only.address).into_response()),
        _ => Ok(page(&Results { matched, unread, f, d })),
    }
}

/// The pages of every file, in order.
async fn read(app: &App, says: &Says, files: Vec<FormPart>) -> Vec<Found> {
    let turn = app.desk.reader.turn(READING_TIME).await;
    let mut all = Vec::new();
    for file in files {
        let (name, digest) = (file.file.unwrap_or_default(), Digest::of(&file.bytes));
        let pages = match &turn {
            Some(turn) => turn.read(file.bytes).await,
            None => Err(Unread::NoTime),
        };
        match pages {
            Err(why) => all.push(Found { name, file: digest, page: Err(why) }),
            Ok(pages) => {
                let several = pages.len() > 1;
                all.extend(pages.into_iter().zip(1_u32..).map(|(page, number)| {
                    let name = if several {
                        says.t2("paper-page", ("file", &name), ("page", &number))
                    } else {
                        name.clone()
                    };
                    Found { name, file: digest, page }
                }));
            }
        }
    }
    all
}

/// Keeps a page's picture with its slip, encrypted. Gives why not, where it was refused; the same again is no refusal.
async fn keep(
    app: &App,
    desk: &AtDesk,
    slip: &Stored<Slip>,
    found: &Found,
    picture: &[u8],
) -> Result<Option<Refusal>, AppFault> {
    // Read again: another page of this upload may have been kept with it.
    let slip = app.books.get::<Slip, _>(slip.value.id).await?.ok_or(AppFault::NotFound)?;
    let sealed = app.vault.seal(&slip.value.sealed_as(), picture).map_err(sealing)?;
    let scan = Scan {
        uploaded: found.file,
        sealed: Digest::of(&sealed),
        name: found.name.clone(),
        by: desk.person.id,
        at: desk.at,
        deleted: None,
    };
    let change = match attach(&slip, scan) {
        Ok(change) => change,
        Err(Refusal::AlreadySo) => return Ok(None),
        Err(refusal) => return Ok(Some(refusal)),
    };
    let (store, school) = (app.books.store(), app.books.school());
    let digest = store.put_blob(school, &sealed).await?;
    if let Err(fault) = app.commit(&change, &desk.actor()).await {
        return Err(file::unkept(app, digest, fault).await);
    }
    Ok(None)
}

fn sealing(fault: usher_certs::master::MasterFault) -> AppFault {
    AppFault::Store(StoreError::Unavailable(Box::new(fault)))
}

/// The picture of a slip, for those who see signatures.
pub(super) async fn picture(
    State(app): State<App>,
    _desk: AtDesk,
    Path((slip, place)): Path<(String, usize)>,
) -> Result<Response, AppFault> {
    let slip = app.books.get::<Slip, _>(roll::id::<SlipNoun>(&slip)?).await?.ok_or(AppFault::NotFound)?.value;
    let scan = slip.pictures().find(|(at, _)| *at == place).ok_or(AppFault::NotFound)?.1;
    let sealed = app.books.store().blob(app.books.school(), scan.sealed).await?.ok_or(AppFault::NotFound)?;
    let open = app.vault.open(&slip.sealed_as(), &sealed).map_err(sealing)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], open.to_vec()).into_response())
}
