//! A page that much hangs on: one person says yes, and a second with another role opens it.

use axum::response::Response;
use usher_policy::access::Who;
use usher_policy::permission::{Meaning, may_confirm_opening};
use usher_records::change::{Change, Stored};
use usher_records::grant::{self, Grant, MakeGrant, Opens, Scope};
use usher_records::refusal::Refusal;
use usher_records::request::{self, Proposed, UnblockRequest};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::live::Note;
use crate::pages::desk::around::lead;
use crate::pages::desk::lessons::open_now;
use crate::pages::desk::opening::{self, Answered};
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;

use super::grants::whom;

/// Seconds of a minute; a part of one counts whole.
const MINUTE_SECONDS: i64 = 60;

/// A yes that waits, as the page shows it.
pub(super) struct Waits {
    /// Who proposed it.
    pub(super) by: String,
    /// What would open, to whom and for how long.
    pub(super) terms: String,
    /// Their reason.
    pub(super) reason: String,
    /// What the asker is told, unless the second person says it otherwise.
    pub(super) words: String,
    /// What hangs on it.
    pub(super) risks: Vec<String>,
    /// Whether whoever looks may be the second.
    pub(super) confirms: bool,
}

/// Shows it.
pub(super) async fn waits(
    app: &App,
    desk: &AtDesk,
    (f, roll): (&Frame, &Roll),
    request: &UnblockRequest,
) -> Result<Option<Waits>, AppFault> {
    let Some(proposed) = request.proposed.as_ref().filter(|_| request.answer.is_none()) else {
        return Ok(None);
    };
    let whom = whom(app, f, roll, proposed.scope).await?;
    let terms = f
        .says
        .terms("second-terms", &[("page", &proposed.page), ("whom", &whom), ("minutes", &proposed.minutes)]);
    let by = f.says.t1("second-proposed", "name", roll.name(&f.says, proposed.by));
    let confirms = second(desk, roll, request).is_ok();
    let (reason, risks) = (proposed.reason.clone(), proposed.risks.clone());
    let words = f.says.t1("second-words", "words", &proposed.words);
    Ok(Some(Waits { by, terms, reason, words, risks, confirms }))
}

/// What waits, if whoever looks may be the second: who asked may not, and neither may whoever proposed it.
fn second<'a>(desk: &AtDesk, roll: &Roll, request: &'a UnblockRequest) -> Result<&'a Proposed, Refusal> {
    let proposed = request.proposed.as_ref().ok_or(Refusal::Gone)?;
    let first = roll.person(proposed.by).map(Who::of).ok_or(Refusal::Gone)?;
    let may = request.person != desk.person.id && may_confirm_opening(&desk.who(), &first);
    if may { Ok(proposed) } else { Err(Refusal::SecondPerson) }
}

/// What a grant about to be made would mean.
pub(super) async fn meant(
    app: &App,
    desk: &AtDesk,
    request: &UnblockRequest,
    grant: &Grant,
) -> Result<Meaning, AppFault> {
    let roll = Roll::of(app).await?;
    let opens = (std::slice::from_ref(&grant.page), std::slice::from_ref(&grant.scope));
    meaning::looked_up(app, desk, &roll, opens, &meaning::met(app, request).await?).await
}

/// Keeps the first yes.
pub(super) async fn propose(
    app: &App,
    desk: &AtDesk,
    request: &Stored<UnblockRequest>,
    (grant, words, meant): (Grant, String, Meaning),
) -> Result<Response, AppFault> {
    let says = Frame::desk(app, desk, "/requests", "request-title").says;
    let minutes = (grant.until.seconds_since(desk.at) + MINUTE_SECONDS - 1) / MINUTE_SECONDS;
    let proposed = Proposed {
        by: desk.person.id,
        at: desk.at,
        scope: grant.scope,
        page: grant.page,
        minutes: u16::try_from(minutes).unwrap_or(u16::MAX),
        reason: grant.reason,
        words,
        risks: meaning::told(&says, &meant).risks,
    };
    app.commit(&request::propose(request, proposed)?, &desk.actor()).await?;
    let now = app.books.get::<UnblockRequest, _>(request.value.id).await?.ok_or(Refusal::Gone)?;
    app.live.tell(Note::Asked(now.value.into()));
    Ok(lead(&format!("/requests/{}", request.value.id), "asked-second"))
}

/// Opens it, as the second.
pub(super) async fn confirm(
    app: &App,
    desk: &AtDesk,
    request: &Stored<UnblockRequest>,
    words: &str,
) -> Result<Result<(), Refusal>, AppFault> {
    let roll = Roll::of(app).await?;
    let proposed = match second(desk, &roll, &request.value) {
        Ok(proposed) => proposed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Scope::Lesson(lesson) = proposed.scope
        && !open_now(app, desk.at).await?.into_iter().any(|open| open.id == lesson)
    {
        return Ok(Err(Refusal::Gone));
    }
    let asked = MakeGrant {
        id: app.new_id(),
        scope: proposed.scope,
        opens: Opens::Page,
        page: proposed.page.clone(),
        reason: &proposed.reason,
        owner: proposed.by,
        until: desk.at.plus_minutes(i64::from(proposed.minutes)),
        sealed: opening::pattern_is_sealed(app.snapshot.load().as_deref(), &proposed.page),
    };
    let made: Result<(Grant, Change), Refusal> =
        grant::make(asked, desk.school.settings.lessons.longest_grant_minutes, desk.at);
    match made {
        Ok(made) => {
            let words =
                if words.trim().is_empty() { proposed.words.clone() } else { words.trim().to_owned() };
            opening::answer(
                app,
                desk,
                request,
                Answered { grant: Some(made), words, confirms: Some(proposed.clone()) },
            )
            .await?;
            Ok(Ok(()))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}
