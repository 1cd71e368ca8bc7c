//! Deciding on a permission, and ending one. What is given opens with it, in the same change; the asker is told in words.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use usher_lists::patterns::AddressPattern;
use usher_policy::permission::may_end;
use usher_records::change::{Mail, Stored};
use usher_records::grant::Grant;
use usher_records::permission::Permission;
use usher_records::permission::act::{self, By, Decision};
use usher_records::refusal::Refusal;
use usher_records::sealed::Way;

use super::show::{of, one};
use super::{Shelf, say, stored};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::lead;
use crate::pages::desk::opening::pattern_is_sealed;
use crate::pages::desk::roll::Roll;
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;

/// An answer as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    words: String,
}

/// Decides.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Answer>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (sent.from, sent.value);
    let permission = stored(&app, &id).await?;
    let roll = Roll::of(&app).await?;
    let shelf = Shelf::of(&app, &desk, &roll, [&permission.value]).await?;
    if !shelf.sees(&permission.value) {
        return Err(AppFault::NotFound);
    }
    if !shelf.state(&permission.value).waits() {
        return Ok(lead(&format!("/permissions/{id}"), "permission-too-late"));
    }
    if !shelf.decides(&permission.value) {
        return Ok(lead(&format!("/permissions/{id}"), "permission-not-yours"));
    }
    let says = Frame::desk(&app, &desk, "/permissions", "permissions-title").says;
    let yes = sent.answer == "yes";
    match decided(&app, &desk, &shelf, &permission, (yes, &sent.words)).await? {
        Ok((change, given)) => {
            app.commit(&change, &desk.actor()).await?;
            let done = match (yes, given) {
                (true, true) => "permission-given",
                (true, false) => "permission-agreed",
                (false, _) => "permission-refused",
            };
            Ok(lead(&format!("/permissions/{id}"), done))
        }
        Err(refusal) => {
            let refusal = sealed::noted(&app, &desk, Way::Permission, refusal).await?;
            let errors = Errors::of("words", says.t(refusal.words()));
            one(&app, &desk, &id, (&sent.words, "", errors), None).await
        }
    }
}

/// The change, and whether the permission is given by it.
async fn decided(
    app: &App,
    desk: &AtDesk,
    shelf: &Shelf<'_>,
    permission: &Stored<Permission>,
    (yes, words): (bool, &str),
) -> Result<Result<(usher_records::change::Change, bool), Refusal>, AppFault> {
    let now = &permission.value;
    let by = By { person: desk.person.id, at: desk.at };
    let snapshot = app.snapshot.load_full();
    let is_sealed = |page: &AddressPattern| pattern_is_sealed(snapshot.as_deref(), page);
    // The first yes of two is refused as the second would be.
    if yes && now.ask.pages.iter().any(is_sealed) {
        return Ok(Err(Refusal::Sealed));
    }
    let risky = yes && !now.ask.pages.is_empty() && of(app, desk, shelf.roll, now).await?.is_risky();
    let two_people = risky || shelf.terms(now).two_people;
    let given = yes && (!two_people || now.first().is_some());
    if yes && !given && !shelf.has_second(now) {
        return Ok(Err(Refusal::NobodyDecides));
    }
    let says = Frame::desk(app, desk, "/permissions", "permissions-title").says;
    let usual = says.t(if yes { "permission-usual-yes" } else { "permission-usual-no" });
    let words = if words.trim().is_empty() { usual } else { words.trim().to_owned() };
    let grants = if given { act::grants(now, is_sealed, || app.new_id(), by) } else { Ok(Vec::new()) };
    let mails = mail(app, &says, now, (yes, &words)).into_iter().collect();
    Ok(grants
        .and_then(|grants| act::decide(permission, Decision { yes, words, two_people, grants, mails }, by))
        .map(|change| (change, given)))
}

/// What tells the asker.
fn mail(app: &App, says: &Says, permission: &Permission, (yes, words): (bool, &str)) -> Option<Mail> {
    let title = say::title(says, permission);
    let key = if yes { "permission-mail-yes" } else { "permission-mail-no" };
    let link = format!("{}/permissions/{}", app.places.desk_origin, permission.id);
    let text =
        [says.t1(key, "what", &title), words.to_owned(), says.t1("permission-mail-link", "link", link)];
    Some(Mail {
        to: permission.asker()?.into(),
        subject: says.t1("permission-mail-subject", "what", &title),
        text: format!("{}\n", text.join("\n\n")),
        attachment: None,
    })
}

/// Why it ends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    why: String,
}

/// Ends it, or takes it back while it waits.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Why>,
) -> Result<Response, AppFault> {
    let (desk, why) = (sent.from, sent.value.why);
    let permission = stored(&app, &id).await?;
    let roll = Roll::of(&app).await?;
    let shelf = Shelf::of(&app, &desk, &roll, [&permission.value]).await?;
    if !shelf.sees(&permission.value) {
        return Err(AppFault::NotFound);
    }
    if !may_end(&desk.who(), &permission.value, &shelf.terms(&permission.value)) {
        return Ok(lead(&format!("/permissions/{id}"), "permission-not-yours"));
    }
    let mut grants: Vec<Stored<Grant>> = Vec::new();
    for grant in permission.value.grants() {
        grants.extend(app.books.get::<Grant, _>(*grant).await?);
    }
    let by = By { person: desk.person.id, at: desk.at };
    match act::end(&permission, &grants, shelf.lesson(&permission.value), &why, by) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(&format!("/permissions/{id}"), "permission-ended"))
        }
        Err(Refusal::AlreadySo) => Ok(lead(&format!("/permissions/{id}"), "permission-too-late")),
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/permissions", "permissions-title").says;
            let errors = Errors::of("why", says.t(refusal.words()));
            one(&app, &desk, &id, ("", &why, errors), None).await
        }
    }
}
