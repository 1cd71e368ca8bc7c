//! Reporting an unsuitable site (WEB-16): one form shuts it for everybody, tells the head and the computing lead, and
//! sends its address to the internet provider and the authority, where the school has set where to.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::ToSpan as _;
use serde::Deserialize;
use usher_lists::category::Category;
use usher_lists::overlay::{Edit, Effect};
use usher_lists::patterns::AddressPattern;
use usher_lists::review::is_public_suffix;
use usher_policy::access::Act;
use usher_records::change::{Mail, Stored, To};
use usher_records::contact::Body;
use usher_records::grant::Grant;
use usher_records::list_edit::{self, ListEdit};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_types::email::EmailAddress;
use usher_types::role::Role;
use usher_types::url::WebAddress;

use super::address::{page_pattern, site_pattern, typed};
use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::contacts::reach;
use super::field::{Choice, Field, Fields, choosing};
use super::opening::pattern_is_sealed;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// What a reported site is about. The policy every profile starts from shuts it for everybody.
const REPORTED: &str = "reported";
/// A reported site is looked at again after a school year.
const REVIEW_DAYS: i64 = 365;

/// What every adult of the staff has.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![desk_route("/report-site", Act::ReportSite, get(show).post(report))]
}

#[derive(Template)]
#[template(path = "desk/report-site.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
    will: Vec<String>,
}

/// A report as sent.
#[derive(Debug, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    address: String,
    #[serde(default)]
    breadth: String,
    #[serde(default)]
    wrong: String,
}

async fn show(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    form(&app, &desk, &Filled::default(), Errors::none(), done.done.as_deref()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    filled: &Filled,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/report-site", "report-site-title");
    let roll = Roll::of(app).await?;
    let names: Vec<String> = to_tell(&roll, desk).iter().map(|person| person.name()).collect();
    let outside = outside(app, desk, &f.says).await?;
    let will = will(&f.says, &names, &outside);
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let breadths = [
            Choice::new("site", f.says.t("breadth-site")).hint(f.says.t("breadth-site-hint")),
            Choice::new("page", f.says.t("breadth-page")).hint(f.says.t("breadth-page-hint")),
        ];
        let chosen = if filled.breadth == "page" { "page" } else { "site" };
        vec![
            fields.line("address", &filled.address),
            fields.radios("breadth", choosing(breadths.to_vec(), chosen)),
            fields.area("wrong", &filled.wrong, 3),
        ]
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Page { fields, will, f: f.done(done), d, errors }))
}

/// Who is told inside of the school: the head and the computing lead. A school without a computing lead has somebody
/// for e-safety.
fn to_tell<'a>(roll: &'a Roll, desk: &AtDesk) -> Vec<&'a Person> {
    let today = Clock::at(desk).today();
    let leads = roll.holders(&[Role::ComputingLead], today);
    let lead = if leads.is_empty() { Role::EsafetyCoordinator } else { Role::ComputingLead };
    roll.holders(&[Role::Headteacher, lead], today)
}

/// How the internet provider and the body above the school are reached now.
async fn outside(
    app: &App,
    desk: &AtDesk,
    says: &Says,
) -> Result<[(String, Option<EmailAddress>); 2], AppFault> {
    let contacts = &desk.school.settings.contacts;
    let provider = reach(app, says, contacts, Body::Provider).await?.unwrap_or_default();
    let authority = reach(app, says, contacts, Body::Authority).await?.unwrap_or_default();
    Ok([(provider.name, provider.mail), (authority.name, authority.mail)])
}

/// What sending the form will do, line by line.
fn will(
    says: &Says,
    names: &[String],
    [(_, provider), (authority, mail)]: &[(String, Option<EmailAddress>); 2],
) -> Vec<String> {
    let notice = match names {
        [] => says.t("report-site-will-notice-nobody"),
        names => says.t1("report-site-will-notice", "names", names.join(", ")),
    };
    let provider = match provider {
        Some(_) => says.t("report-site-will-provider"),
        None => says.t("report-site-will-no-provider"),
    };
    let authority = match mail {
        Some(_) => says.t1("report-site-will-authority", "authority", authority),
        None => says.t1("report-site-will-no-authority", "authority", authority),
    };
    vec![says.t("report-site-will-shut"), notice, provider, authority]
}

/// Shuts the site and tells everybody, in one change.
async fn report(State(app): State<App>, form: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/report-site", "report-site-title").says;
    let (page, pattern) = match read(&app, &says, &filled) {
        Ok(read) => read,
        Err(errors) => return self::form(&app, &desk, &filled, errors, None).await,
    };
    let in_use = app.books.find::<ListEdit>("state", "in-use").await?;
    let category = Category::parse(REPORTED).map_err(|error| AppFault::Form(error.to_string()))?;
    let effect = Effect::AddCategory(category);
    if in_use.iter().any(|edit| edit.value.edit.pattern == pattern && edit.value.edit.effect == effect) {
        return Err(Refusal::AlreadySo.into());
    }
    let edit = edit(&app, &desk, pattern, effect, &filled.wrong);
    let open = app.books.find::<Grant>("state", "open").await?;
    let opened: Vec<Stored<Grant>> =
        open.into_iter().filter(|grant| grant.value.page.matches(&page)).collect();
    let mails = mails(&app, &desk, &says, &page, &edit).await?;
    match list_edit::report(&edit, &opened, mails, desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/report-site", "site-reported"))
        }
        Err(refusal) => {
            let errors = Errors::of("wrong", says.t(refusal.words()));
            self::form(&app, &desk, &filled, errors, None).await
        }
    }
}

/// The page, and what is to be shut with it.
fn read(app: &App, says: &Says, filled: &Filled) -> Result<(WebAddress, AddressPattern), Errors> {
    let refused = |words: &str| Errors::of("address", says.t(words));
    let page = typed(&filled.address).ok_or_else(|| refused(Refusal::AddressOdd.words()))?;
    let pattern = if filled.breadth == "page" { page_pattern(&page) } else { site_pattern(&page) };
    // One form must not shut half the web.
    if page.host.name().is_some_and(|name| is_public_suffix(name.as_str())) {
        return Err(refused("report-site-suffix"));
    }
    if pattern_is_sealed(app.snapshot.load().as_deref(), &pattern) {
        return Err(refused(Refusal::Sealed.words()));
    }
    Ok((page, pattern))
}

fn edit(app: &App, desk: &AtDesk, pattern: AddressPattern, effect: Effect, wrong: &str) -> ListEdit {
    let id = app.new_id();
    let today = Clock::at(desk).today();
    let edit = Edit {
        id: id.to_string(),
        pattern,
        effect,
        reason: wrong.trim().to_owned(),
        owner: desk.person.name(),
        added_at: desk.at,
        review_on: today.checked_add(REVIEW_DAYS.days()).unwrap_or(today),
    };
    ListEdit { id, edit, by: desk.person.id, removed: None }
}

/// The notices inside of the school and the mails that leave it. Those say nothing about anybody of the school.
async fn mails(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    page: &WebAddress,
    edit: &ListEdit,
) -> Result<Vec<Mail>, AppFault> {
    let roll = Roll::of(app).await?;
    let bodies = outside(app, desk, says).await?;
    let outside: Vec<(String, &EmailAddress)> =
        bodies.iter().filter_map(|(name, address)| Some((name.clone(), address.as_ref()?))).collect();
    let when = Clock::at(desk).full(desk.at);
    let reason = &edit.edit.reason;
    let (subject, text) = notice(app, desk, says, &outside, edit);
    let inside = to_tell(&roll, desk).into_iter().map(|reader| (To::from(reader.id), &subject, &text));
    let school = &desk.school.name;
    let leaves = says.t1("site-outside-subject", "school", school);
    let letter = [
        says.t2("site-outside-text", ("school", school), ("address", page)),
        says.t1("site-outside-why", "reason", reason),
        says.t1("site-outside-shut", "when", &when),
    ];
    let letter = format!("{}\n", letter.join("\n\n"));
    let outside = outside.iter().map(|(_, address)| (To::Outside((*address).clone()), &leaves, &letter));
    Ok(inside
        .chain(outside)
        .map(|(to, subject, text)| Mail {
            to,
            subject: subject.clone(),
            text: text.clone(),
            attachment: None,
        })
        .collect())
}

/// The notice to those inside: its subject and its text.
fn notice(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    outside: &[(String, &EmailAddress)],
    edit: &ListEdit,
) -> (String, String) {
    let edit = &edit.edit;
    let names: Vec<&str> = outside.iter().map(|(name, _)| name.as_str()).collect();
    let who = says.with("site-notice-text", "name", desk.person.name(), "address", &edit.pattern);
    let sent = match names.as_slice() {
        [] => says.t("site-notice-inside-only"),
        names => says.t1("site-notice-outside", "names", names.join(", ")),
    };
    let link = format!("{}/lists/edits", app.places.desk_origin);
    let lines = [
        who,
        says.t1("site-notice-why", "reason", &edit.reason),
        sent,
        says.t1("site-notice-link", "link", link),
    ];
    (says.t1("site-notice-subject", "address", &edit.pattern), format!("{}\n", lines.join("\n\n")))
}
