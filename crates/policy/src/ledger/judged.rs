//! Controls that are rules of the policy: tried with made-up requests of made-up people, through the steps that judge every
//! request.

use std::sync::Arc;

use usher_lists::category::Category;
use usher_records::sanction::Restriction;
use usher_records::standing::{DueReason, Standing};
use usher_scan::features::SentKind;
use usher_scan::kind::Kind;
use usher_types::calendar::PeriodKind;
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Year};

use super::check::Short;
use super::trial::{Ask, Trial, opens};
use crate::decision::Decision;
use crate::facts::{Hello, Restricted, Subject};
use crate::must::{Expect, starter_set};
use crate::probe::probe;
use crate::verdict::TlsAction;

/// A page asked for by number. Any public one: numbers set aside for examples are refused for that. Nothing is fetched.
const BY_NUMBER: &str = "http://93.184.216.34/";
/// A site's name, and another's; nobody's (RFC 2606).
const SITE: &str = "any-page.example";
const OTHER_SITE: &str = "another.example";
/// A search with an engine that can be locked, and one with an engine that cannot.
const SEARCH: &str = "https://www.google.com/search?q=otters";
const UNSAFE_SEARCH: &str = "https://www.startpage.com/do/search?query=otters";
/// What pupils do not give away (WEB-26).
const DETAILS: [SentKind; 5] =
    [SentKind::Name, SentKind::Phone, SentKind::Postcode, SentKind::Email, SentKind::CardNumber];
/// What joins or buys (WEB-05, WEB-27).
const JOINING: [SentKind; 2] = [SentKind::SignUp, SentKind::Checkout];
/// Programs of the systems schools have.
const PROGRAMS: [Kind; 3] = [Kind::Pe, Kind::Msi, Kind::PowerShell];
/// Whom a school lets into its web.
const EVERYBODY: [PersonKind; 7] = [
    PersonKind::Pupil,
    PersonKind::Staff,
    PersonKind::Supply,
    PersonKind::Student,
    PersonKind::Governor,
    PersonKind::Volunteer,
    PersonKind::Visitor,
];

/// Who somebody is, for a headteacher: `Year 4`, `staff`.
fn name(subject: &Subject) -> String {
    let kind = || subject.kind.map_or("nobody", PersonKind::name).to_owned();
    subject.year.map_or_else(kind, Year::label)
}

/// Holds when it is wrong for nobody.
fn for_all(
    why: &'static str,
    people: &[Arc<Subject>],
    wrong: impl Fn(&Arc<Subject>) -> bool,
) -> Result<(), Short> {
    if people.is_empty() {
        return Err(Short::plain("nobody"));
    }
    let of: Vec<&Arc<Subject>> = people.iter().filter(|one| wrong(one)).collect();
    let pupils = |one: &&Arc<Subject>| one.kind == Some(PersonKind::Pupil);
    if of.len() > 1 && of.len() == people.len() && of.iter().all(pupils) {
        // Twelve years one by one say less.
        return Short::unless(why, vec!["every pupil".to_owned()]);
    }
    Short::unless(why, of.into_iter().map(|one| name(one)).collect())
}

fn but(subject: &Arc<Subject>, change: impl FnOnce(&mut Subject)) -> Arc<Subject> {
    let mut other = Subject::clone(subject);
    change(&mut other);
    Arc::new(other)
}

/// A page for learning, at every part of the day, with a lesson and without.
fn whenever<'a>(trial: &'a Trial<'_>, subject: &'a Arc<Subject>) -> impl Iterator<Item = Ask> + 'a {
    let parts = PeriodKind::ALL.into_iter().filter(|&period| trial.has(period));
    parts.flat_map(move |period| [true, false].map(|lesson| Ask { period, lesson, ..Ask::learning(subject) }))
}

pub(super) fn sign_in_first(trial: &Trial<'_>) -> Result<(), Short> {
    let nobody = [Arc::new(Subject::nobody())];
    for_all("opens-unsigned", &nobody, |nobody| whenever(trial, nobody).any(|ask| trial.opens(&ask)))
}

pub(super) fn visitors_sign_first(trial: &Trial<'_>) -> Result<(), Short> {
    let people = trial.everybody(&[PersonKind::Visitor]);
    for_all("opens-unsigned", &people, |visitor| opens_with(trial, visitor, &due()))
}

/// A signature that is missing.
fn due() -> Standing {
    Standing::Due { agreement: String::new(), why: DueReason::New }
}

fn opens_with(trial: &Trial<'_>, subject: &Arc<Subject>, standing: &Standing) -> bool {
    let unsigned = but(subject, |subject| subject.standing = standing.clone());
    whenever(trial, &unsigned).any(|ask| trial.opens(&ask))
}

pub(super) fn shut_until_signed(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("opens-unsigned", &trial.everybody(&EVERYBODY), |one| opens_with(trial, one, &due()))?;
    let missing = Standing::ParentMissing { agreement: String::new() };
    for_all("opens-without-parent", &trial.pupils(), |pupil| opens_with(trial, pupil, &missing))
}

pub(super) fn reminder_first(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("opens-without-reminder", &trial.everybody(&EVERYBODY), |one| {
        let without = but(one, |subject| subject.clause_accepted = false);
        whenever(trial, &without).any(|ask| trial.opens(&ask))
    })
}

/// The promises that come with Usher about what is shut, and whether there is a list at all that says what is what.
pub(super) fn kinds_are_shut(trial: &Trial<'_>) -> Result<(), Short> {
    if trial.snapshot.library().artefact().lists().is_empty() {
        return Err(Short::plain("no-lists"));
    }
    let mut promises = starter_set().unwrap_or_default();
    promises.retain(|must| must.expect == Expect::Shut);
    promises.extend(trial.snapshot.document.musts.iter().filter(|must| must.expect == Expect::Shut).cloned());
    let broken = probe(trial.snapshot, &promises, trial.at()).into_iter().filter(|one| !one.is_kept());
    Short::unless("kinds-open", broken.map(|one| one.must.sentence).collect())
}

/// Some kind of page is open to the oldest pupils and shut for the youngest.
pub(super) fn ages_differ(trial: &Trial<'_>) -> Result<(), Short> {
    let pupils = trial.pupils();
    let (Some(youngest), Some(oldest)) = (pupils.first(), pupils.last()) else {
        return Err(Short::plain("nobody"));
    };
    let open = |subject: &Arc<Subject>, about: &Category| {
        let ask = Ask::learning(subject);
        let about = Some(about.as_str());
        trial.opens_about(&ask, about)
    };
    let differs = trial
        .snapshot
        .document
        .categories
        .iter()
        .any(|rule| !open(youngest, &rule.name) && open(oldest, &rule.name));
    let unknown = |subject: &Arc<Subject>| trial.opens_about(&Ask::learning(subject), None);
    if differs || (!unknown(youngest) && unknown(oldest)) { Ok(()) } else { Err(Short::plain("ages-alike")) }
}

pub(super) fn secure_pages_are_read(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("passed-unread", &trial.pupils(), |pupil| {
        let came = trial.tunnel(pupil, SITE, Trial::hello(SITE));
        came.is_none_or(|(_, action)| action == TlsAction::Splice)
    })
}

pub(super) fn lesson_needed(trial: &Trial<'_>) -> Result<(), Short> {
    let pupils = trial.pupils();
    for_all("open-without-lesson", &pupils, |pupil| {
        trial.opens(&Ask { lesson: false, ..Ask::learning(pupil) })
    })?;
    for_all("shut-in-lesson", &pupils, |pupil| !trial.opens(&Ask::learning(pupil)))
}

pub(super) fn lists_hold(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("open-beside-list", &trial.pupils(), |pupil| trial.opens_beside_list(pupil))
}

pub(super) fn day_matters(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("day-alike", &trial.pupils(), |pupil| {
        let mut open = whenever(trial, pupil).map(|ask| trial.opens(&ask));
        open.next().is_none_or(|first| open.all(|one| one == first))
    })?;
    for_all("open-when-closed", &trial.pupils(), |pupil| {
        let closed = Ask { period: PeriodKind::Closed, lesson: false, ..Ask::learning(pupil) };
        trial.has(PeriodKind::Closed) && trial.opens(&closed)
    })
}

/// Whose web was taken away has none until the end, and then what there was before.
pub(super) fn narrowed_until_the_end(trial: &Trial<'_>) -> Result<(), Short> {
    let narrowed = |pupil: &Arc<Subject>, minutes| {
        let (sanction, restriction) = (Id::new(0), Restriction::NoWeb);
        let lasting = |ask: &Ask| {
            let now = trial.moment(ask.period);
            let (from, until) = (now.plus_minutes(-60), now.plus_minutes(minutes));
            let restricted = Restricted { sanction, restriction, from, until };
            but(pupil, |subject| subject.restrictions = vec![restricted])
        };
        let ask = Ask::learning(pupil);
        trial.opens(&Ask { subject: lasting(&ask), ..ask })
    };
    for_all("opens-narrowed", &trial.pupils(), |pupil| narrowed(pupil, 60))?;
    for_all("stays-narrowed", &trial.pupils(), |pupil| {
        trial.opens(&Ask::learning(pupil)) && !narrowed(pupil, 0)
    })
}

pub(super) fn tricks_are_refused(trial: &Trial<'_>) -> Result<(), Short> {
    let pupils = trial.pupils();
    for_all("opens-by-number", &pupils, |pupil| {
        trial.opens(&Ask { url: BY_NUMBER, ..Ask::learning(pupil) })
    })?;
    let through = |pupil: &Arc<Subject>, hello| {
        trial.tunnel(pupil, SITE, hello).is_none_or(|(_, action)| action == TlsAction::Splice)
    };
    for_all("opens-odd-tunnel", &pupils, |pupil| through(pupil, Hello::Other))?;
    for_all("opens-two-names", &trial.everybody(&EVERYBODY), |one| {
        trial.tunnel(one, SITE, Trial::hello(OTHER_SITE)).is_none_or(|(decision, _)| opens(&decision))
    })?;
    for_all("kinds-open", &pupils, |pupil| trial.opens_about(&Ask::learning(pupil), Some("proxies-and-vpn")))
}

/// Either the search is refused, or something about it is changed so that the engine leaves out what is not for children.
fn is_safe(decision: &Decision) -> bool {
    decision.is_refusal() || !decision.adjust.is_empty()
}

pub(super) fn searches_are_safe(trial: &Trial<'_>) -> Result<(), Short> {
    let pupils = trial.pupils();
    for_all("unsafe-search", &pupils, |pupil| {
        trial.really(pupil, SEARCH).is_none_or(|decision| !is_safe(&decision))
    })?;
    for_all("unsafe-engine", &pupils, |pupil| {
        trial.really(pupil, UNSAFE_SEARCH).is_none_or(|decision| !decision.is_refusal())
    })
}

pub(super) fn details_stay(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("details-leave", &trial.pupils(), |pupil| {
        DETAILS.into_iter().any(|kind| trial.lets_out(pupil, kind))
    })
}

pub(super) fn nobody_joins(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("joining-open", &trial.pupils(), |pupil| {
        JOINING.into_iter().any(|kind| trial.lets_out(pupil, kind))
    })
}

/// What a project opens is held while none is open: a form that makes an account, a picture.
pub(super) fn projects_wait(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("joining-open", &trial.pupils(), |pupil| {
        [SentKind::SignUp, SentKind::Picture].into_iter().any(|kind| trial.lets_out(pupil, kind))
    })
}

pub(super) fn unkind_words_wait(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("unkind-leave", &trial.pupils(), |pupil| trial.lets_out(pupil, SentKind::UnkindWords))
}

pub(super) fn reported_is_shut(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("reported-open", &trial.everybody(&EVERYBODY), |one| {
        trial.opens_about(&Ask::learning(one), Some("reported"))
    })
}

pub(super) fn programs_stay_out(trial: &Trial<'_>) -> Result<(), Short> {
    for_all("programs-open", &trial.everybody(&EVERYBODY), |one| {
        PROGRAMS.into_iter().any(|kind| trial.lets_in(one, kind))
    })
}
