//! Entering one slip: its picture beside the form, where nothing is said that only the paper can say.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_records::agreement::AgreementVersion;
use usher_records::change::Stored;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::slip::{Enter, Parts, Slip, SlipNoun, Wanted, enter as enter_slip, is_overtaken};
use usher_records::standing::Known;
use usher_types::ids::{self, PersonId};
use usher_types::role::{PersonKind, Roles};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::agreements::version;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::{self, Roll};
use crate::pages::refreshed::refresh;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The choice of a parent the school does not have.
const OTHER: &str = "other";
/// The choice that no parent signed.
const NOBODY: &str = "nobody";
/// The longest name taken, in characters.
const LONGEST_NAME_CHARS: usize = 120;

#[derive(Template)]
#[template(path = "desk/signing/entry.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    id: String,
    facts: Vec<(String, String)>,
    pictures: Vec<(usize, String)>,
    fields: Vec<Field>,
    /// Who entered it and when, where it was.
    entered: Option<String>,
    signatures: Vec<String>,
    overtaken: bool,
}

/// What is entered.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default, rename = "child-signed")]
    child_signed: Option<String>,
    #[serde(default)]
    parent: String,
    #[serde(default, rename = "parent-name")]
    parent_name: String,
    #[serde(default)]
    discussed: Option<String>,
}

/// A slip and those it is about.
struct Open {
    slip: Stored<Slip>,
    child: Person,
    parents: Vec<Person>,
    versions: Vec<AgreementVersion>,
    roll: Roll,
}

impl Open {
    async fn of(app: &App, desk: &AtDesk, id: &str) -> Result<Self, AppFault> {
        let slip = app.books.get::<Slip, _>(roll::id::<SlipNoun>(id)?).await?.ok_or(AppFault::NotFound)?;
        let roll = Roll::of(app).await?;
        let child = roll.person(slip.value.child).cloned().ok_or(AppFault::NotFound)?;
        let today = Clock::at(desk).today();
        let parent = |person: &&Person| person.children.contains(&child.id) && person.is_here(today);
        let mut parents: Vec<Person> = roll.people().filter(parent).cloned().collect();
        parents.sort_by_key(Person::name);
        let versions = app.books.find::<AgreementVersion>("key", &slip.value.agreement).await?;
        let versions = versions.into_iter().map(|stored| stored.value).collect();
        Ok(Self { slip, child, parents, versions, roll })
    }

    /// What can be known before the paper is looked at: who may have signed, where there is only one. What it says, it says.
    fn usual(&self) -> Sent {
        let parent = match self.parents.as_slice() {
            [only] => only.id.to_string(),
            _ => String::new(),
        };
        Sent { parent, ..Sent::default() }
    }

    /// What the child's slip has to be today.
    fn wanted<'a>(&'a self, desk: &'a AtDesk) -> Wanted<'a> {
        let (settings, zone) = (&desk.school.settings, &desk.school.zone);
        Wanted::of(
            &self.child,
            Known { settings, versions: &self.versions, in_place: &[], calendar: None, zone },
            desk.at,
        )
    }
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let open = Open::of(&app, &desk, &id).await?;
    let usual = open.usual();
    Ok(shown(&app, &desk, &open, &usual, Errors::none()))
}

fn shown(app: &App, desk: &AtDesk, open: &Open, sent: &Sent, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/agreements/paper", "paper-entry-title");
    let (slip, says, clock) = (&open.slip.value, &f.says, Clock::at(desk));
    let class = open.roll.class_of(&open.child).map(|class| class.name.clone());
    let title = open.versions.iter().find(|version| version.digest == slip.digest);
    let facts = [
        ("column-class", class),
        ("report-column-agreement", title.map(|version| version.title.clone())),
        ("column-version", Some(slip.version.clone())),
        ("slips-code", Some(slip.code.to_string())),
        ("paper-printed", Some(clock.full(slip.printed_at))),
    ];
    let facts = facts.into_iter().filter_map(|(key, value)| Some((says.t(key), value?))).collect();
    let entered = slip.entered.as_ref().map(|entered| {
        says.t2(
            "paper-entered",
            ("name", &open.roll.name(says, entered.by)),
            ("time", &clock.full(entered.at)),
        )
    });
    let signatures = slip.entered.iter().flat_map(|entered| &entered.signatures);
    let page = Page {
        id: slip.id.to_string(),
        facts,
        pictures: slip.pictures().map(|(place, scan)| (place, scan.name.clone())).collect(),
        fields: fields(desk, &f, &errors, open, sent),
        entered,
        signatures: signatures.map(|id| format!("/agreements/signature/{id}")).collect(),
        overtaken: is_overtaken(slip, open.wanted(desk)),
        f: f.titled(open.child.name()),
        d,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &page)
}

fn fields(desk: &AtDesk, f: &Frame, errors: &Errors, open: &Open, sent: &Sent) -> Vec<Field> {
    let (says, fields) = (&f.says, Fields::new(&f.says, errors));
    let parts = Parts::asked(&desk.school.settings);
    let mut all = Vec::new();
    if parts.parent {
        let on_file = open.parents.iter().map(|parent| Choice::new(parent.id, parent.name()));
        let others = [
            Choice::new(OTHER, says.t("paper-parent-other")),
            Choice::new(NOBODY, says.t("paper-parent-nobody")),
        ];
        all.push(fields.radios("parent", choosing(on_file.chain(others).collect(), &sent.parent)));
        all.push(fields.line("parent-name", sent.parent_name.as_str()));
        all.push(fields.tick("discussed", sent.discussed.is_some()));
    }
    if parts.child {
        all.push(fields.tick("child-signed", sent.child_signed.is_some()));
    }
    all
}

/// Enters it. What it opens is open at once.
pub(super) async fn enter(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Sent>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let open = Open::of(&app, &desk, &id).await?;
    match hand_in(&app, &desk, &open, &sent).await {
        Ok(true) => Ok(lead("/agreements/paper", "slip-entered")),
        Ok(false) => Ok(lead("/agreements/paper", "slip-entered-waits")),
        Err(AppFault::Refused(refusal)) => {
            let field = match refusal {
                Refusal::NameNeeded if sent.parent.is_empty() => "parent",
                Refusal::NameNeeded => "parent-name",
                Refusal::NotDiscussed => "discussed",
                _ => "child-signed",
            };
            let words = Frame::desk(&app, &desk, "/agreements/paper", "paper-entry-title").says;
            Ok(shown(&app, &desk, &open, &sent, Errors::of(field, words.t(refusal.words()))))
        }
        Err(fault) => Err(fault),
    }
}

/// Enters it; gives whether nothing of the agreement is missing any more.
async fn hand_in(app: &App, desk: &AtDesk, open: &Open, sent: &Sent) -> Result<bool, AppFault> {
    let asked = Parts::asked(&desk.school.settings);
    let parent = if asked.parent { parent(app, desk, open, sent)? } else { None };
    let text = version::text(app, open.slip.value.digest).await?.ok_or(AppFault::NotFound)?;
    let asked = Enter {
        child: &open.child,
        parent: parent.as_ref().map(|(parent, new)| (parent, *new)),
        child_signed: asked.child && sent.child_signed.is_some(),
        discussed: sent.discussed.is_some(),
        ids: [app.new_id(), app.new_id()],
        by: desk.person.id,
    };
    let change = enter_slip(&open.slip, &asked, &text, open.wanted(desk), desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    refresh(app, &desk.school, open.child.id, desk.at).await?;
    let standing = usher_directory::books::standing(&app.books, &desk.school, &open.child, desk.at).await?;
    Ok(standing.owed().is_none())
}

/// The parent who signed, and whether the school has them from now on only.
fn parent(app: &App, desk: &AtDesk, open: &Open, sent: &Sent) -> Result<Option<(Person, bool)>, AppFault> {
    if sent.parent == NOBODY {
        return Ok(None);
    }
    if sent.parent.is_empty() {
        return Err(Refusal::NameNeeded.into());
    }
    if sent.parent != OTHER {
        let id: PersonId = roll::id::<ids::Person>(&sent.parent)?;
        let parent = open.parents.iter().find(|parent| parent.id == id).ok_or(AppFault::NotFound)?;
        return Ok(Some((parent.clone(), false)));
    }
    let name = sent.parent_name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME_CHARS).collect();
    if name.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return Err(Refusal::NameNeeded.into());
    }
    let (given, family) = name.rsplit_once(' ').unwrap_or(("", &name));
    let parent = Person {
        id: app.new_id(),
        kind: PersonKind::Parent,
        given: given.to_owned(),
        family: family.to_owned(),
        known_as: None,
        year: None,
        roles: Roles::NONE,
        groups: Vec::new(),
        email: None,
        children: vec![open.child.id],
        source: None,
        joined: Some(Clock::at(desk).today()),
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    };
    Ok(Some((parent, true)))
}
