//! One person: who they are, their agreements, what opens for them, their account.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use usher_policy::access::{Act, Who, may_erase, may_examine, may_manage};
use usher_records::account::{Account, State as AccountState};
use usher_records::person::{Home, Person};
use usher_records::signature::Signature;
use usher_records::standing::{DueReason, Standing};
use usher_types::role::{PersonKind, Role};

use super::circumstances::Circumstances;
use super::{find, index, may_look, parents_place};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::equipment::{Loans, loans};
use crate::pages::desk::field::{Choice, Field, Fields};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/people/show.html")]
struct Show {
    f: Frame,
    d: Around,
    address: String,
    kind: String,
    facts: Vec<(String, String)>,
    standing: (&'static str, String),
    signatures: Vec<(String, String)>,
    in_place: Option<String>,
    place: Option<String>,
    now: Circumstances,
    account: Option<AccountView>,
    may_manage: bool,
    activity: bool,
    examine: Option<String>,
    erase: Option<String>,
    register: Option<String>,
    roles: Option<Field>,
    leave: Option<Field>,
    loans: Option<Loans>,
}

struct AccountView {
    username: String,
    open: bool,
    state: String,
    pictures: bool,
}

/// Shows somebody.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let person = find(&app, &id).await?.value;
    let here = format!("/people/{}", person.id);
    let (f, d) = around(&app, &desk, &here, "people-title");
    let f = Frame { title: person.name(), ..f };
    let roll = Roll::of(&app).await?;
    let account = app.books.find_one::<Account>("owner", person.id).await?.map(|stored| stored.value);
    let manage = may_manage(&desk.who(), person.roles).is_ok();
    let now = Circumstances::of(&app, &desk, &f, &roll, &person).await?;
    let (roles, leave) = if manage { manage_fields(&f, &person) } else { (None, None) };
    let (in_place, place) = parents_place::of_child(&app, &desk, &f, &person).await?;
    let show = Show {
        address: here,
        kind: kind_words(&f, &person),
        facts: facts(&desk, &f, &roll, &person),
        standing: standing(&app, &desk, &f, &person).await?,
        signatures: signatures(&app, &desk, &f, &person).await?,
        in_place,
        place,
        now,
        account: account.map(|account| account_view(&desk, &f, &account)),
        may_manage: manage,
        activity: may_look(&desk, &person),
        examine: may_examine(&desk.who(), &Who::of(&person))
            .is_ok()
            .then(|| format!("/examinations/new/{}", person.id)),
        erase: may_erase(&desk.who(), &Who::of(&person))
            .is_ok()
            .then(|| format!("/erasures/new/{}", person.id)),
        register: desk.may(Act::ReadRegister).is_ok().then(|| format!("/register/new/{}", person.id)),
        roles,
        leave,
        loans: loans(&app, &desk, &f, &person).await?,
        f: f.done(done.done.as_deref()),
        d,
    };
    Ok(page(&show))
}

fn kind_words(f: &Frame, person: &Person) -> String {
    let kind = f.says.t(format!("report-kind-{}", person.kind.name()));
    match (&person.year, index::roles(f, person)) {
        (Some(year), _) => format!("{kind}, {}", year.label()),
        (None, roles) if roles.is_empty() => kind,
        (None, roles) => format!("{kind}: {roles}"),
    }
}

fn facts(desk: &AtDesk, f: &Frame, roll: &Roll, person: &Person) -> Vec<(String, String)> {
    let clock = Clock::at(desk);
    let names = |ids: &[usher_types::ids::PersonId]| {
        ids.iter().map(|id| roll.name(&f.says, *id)).collect::<Vec<_>>().join(", ")
    };
    let classes: Vec<String> =
        person.groups.iter().filter_map(|id| roll.group(*id)).map(|group| group.name.clone()).collect();
    let parents: Vec<_> =
        roll.people().filter(|other| other.children.contains(&person.id)).map(|other| other.id).collect();
    let full = format!("{} {}", person.given, person.family);
    let pairs = [
        ("fact-full-name", (full != person.name()).then_some(full)),
        ("fact-classes", (!classes.is_empty()).then(|| classes.join(", "))),
        ("fact-parents", (!parents.is_empty()).then(|| names(&parents))),
        ("fact-children", (!person.children.is_empty()).then(|| names(&person.children))),
        ("fact-email", person.email.as_ref().map(ToString::to_string)),
        ("fact-home", (!person.home.is_unknown()).then(|| home(&f.says, &person.home))),
        ("fact-joined", person.joined.map(|day| clock.date(day))),
        ("fact-left", person.left.map(|day| clock.date(day))),
        ("fact-until", person.until.map(|until| clock.time(until))),
        ("fact-source", person.source.as_ref().map(ToString::to_string)),
    ];
    pairs.into_iter().filter_map(|(key, value)| Some((f.says.t(key), value?))).collect()
}

/// How much is known of somebody's home, and never what.
fn home(says: &Says, home: &Home) -> String {
    let phones = says.n("fact-home-phones", "count", home.phones.len());
    let kept = [
        (!home.phones.is_empty()).then_some(phones),
        home.postcode.as_ref().map(|_| says.t("fact-home-postcode")),
    ];
    says.t1("fact-home-kept", "what", says.list(&kept.into_iter().flatten().collect::<Vec<_>>()))
}

async fn standing(
    app: &App,
    desk: &AtDesk,
    f: &Frame,
    person: &Person,
) -> Result<(&'static str, String), AppFault> {
    let standing = usher_directory::books::standing(&app.books, &desk.school, person, desk.at).await?;
    Ok(standing_words(desk, f, &standing))
}

/// Where somebody stands, as a tone and in words.
pub(crate) fn standing_words(desk: &AtDesk, f: &Frame, standing: &Standing) -> (&'static str, String) {
    let says = &f.says;
    match standing {
        Standing::Signed => ("go", says.t("standing-signed")),
        Standing::NoneAsked => ("info", says.t("standing-none-asked")),
        Standing::ParentMissing { .. } => ("wait", says.t("standing-parent-missing")),
        Standing::ParentBy { by, .. } => {
            ("wait", says.t1("standing-parent-by", "date", Clock::at(desk).day(*by)))
        }
        Standing::DueBy { by, .. } => ("wait", says.t1("standing-due-by", "date", Clock::at(desk).day(*by))),
        Standing::Due { why, .. } => {
            let key = match why {
                DueReason::New => "standing-due-new",
                DueReason::NewYear => "standing-due-new-year",
                DueReason::Changed => "standing-due-changed",
                DueReason::AnotherText => "standing-due-another",
            };
            ("wait", says.t(key))
        }
    }
}

/// What they signed, for those who see signatures: where it can be read, and the words.
async fn signatures(
    app: &App,
    desk: &AtDesk,
    f: &Frame,
    person: &Person,
) -> Result<Vec<(String, String)>, AppFault> {
    if desk.may(Act::SeeSignatures).is_err() {
        return Ok(Vec::new());
    }
    let mut signatures = app.books.find::<Signature>("person", person.id).await?;
    if person.kind == PersonKind::Pupil {
        signatures.extend(app.books.find::<Signature>("child", person.id).await?);
    }
    signatures.sort_by_key(|signature| std::cmp::Reverse(signature.value.at));
    let clock = Clock::at(desk);
    let line = |signature: &Signature| {
        let what =
            f.says.t2("signature-line", ("agreement", &signature.agreement), ("version", &signature.version));
        let line = f.says.t2("signature-by", ("name", &signature.name), ("time", &clock.time(signature.at)));
        (format!("/agreements/signature/{}", signature.id), format!("{what} {line}"))
    };
    Ok(signatures.iter().map(|stored| line(&stored.value)).collect())
}

fn account_view(desk: &AtDesk, f: &Frame, account: &Account) -> AccountView {
    let clock = Clock::at(desk);
    let resting = account.resting_until.filter(|until| desk.at < *until);
    let (open, state) = match (account.state, resting) {
        (AccountState::Closed { since }, _) => {
            (false, f.says.t1("account-closed", "time", clock.time(since)))
        }
        (AccountState::Open, Some(until)) => (true, f.says.t1("account-resting", "time", clock.time(until))),
        (AccountState::Open, None) if account.must_change => (true, f.says.t("account-must-change")),
        (AccountState::Open, None) => (true, f.says.t("account-open")),
    };
    AccountView { username: account.username.to_string(), open, state, pictures: account.pictures.is_some() }
}

fn manage_fields(f: &Frame, person: &Person) -> (Option<Field>, Option<Field>) {
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let offices = !matches!(person.kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor);
    let roles = offices.then(|| {
        let choices = Role::ALL.into_iter().map(|role| {
            Choice::new(role.name(), f.says.t(format!("report-role-{}", role.name())))
                .chosen(person.roles.has(role))
        });
        fields.boxes("roles", choices.collect())
    });
    let leave = fields.date("left", person.left.map(|day| day.to_string()).unwrap_or_default());
    (roles, Some(leave))
}
