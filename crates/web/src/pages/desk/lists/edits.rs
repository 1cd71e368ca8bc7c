//! The school's own edits: what it says a site is about, whatever the lists say. Each has a reason, an owner and a day on
//! which somebody looks at it again. The head and those who look after the filter are told of a new one (WEB-16).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use serde::Deserialize;
use usher_lists::category::{Catalogue, Category};
use usher_lists::overlay::{Edit, Effect};
use usher_lists::patterns::AddressPattern;
use usher_policy::permission::Reaches;
use usher_policy::snapshot::Snapshot;
use usher_records::change::Mail;
use usher_records::list_edit::{self, ListEdit, ListEditNoun};
use usher_records::refusal::Refusal;
use usher_records::sealed::Way;
use usher_types::role::{PersonKind, Role};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening::{category, pattern_is_sealed};
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// An edit is looked at again after this many days unless somebody says sooner: a school year.
const REVIEW_DAYS: i64 = 365;
/// Who is told of a new edit.
const TOLD: [Role; 3] = [Role::Headteacher, Role::ComputingLead, Role::EsafetyCoordinator];

#[derive(Template)]
#[template(path = "desk/lists/edits.html")]
struct Edits {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    address: String,
    effect: String,
    reason: String,
    owner: String,
    review: String,
    overdue: bool,
}

/// An address to begin with, and what was done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    address: String,
    #[serde(default)]
    done: Option<String>,
}

/// An edit as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    address: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    review: String,
}

impl Filled {
    fn pattern(&self) -> Option<AddressPattern> {
        self.address.trim().parse().ok()
    }

    /// Whether it would open what nobody can: the field that would, and the words that say so. A page that is sealed keeps
    /// everything lists say of it; a wider address may be said to be about more, and not about less; and nothing is taken off
    /// a sealed list.
    fn opens_sealed(&self, snapshot: Option<&Snapshot>) -> Option<(&'static str, &'static str)> {
        let (snapshot, pattern) = (snapshot?, self.pattern());
        let takes_away = matches!(self.effect.as_str(), "remove" | "clear");
        let named = Category::parse(&self.category).ok().filter(|_| self.effect == "remove");
        if named.is_some_and(|name| snapshot.sealed().any(|sealed| *sealed == name)) {
            return Some(("category", "edit-sealed-category"));
        }
        let pattern = pattern?;
        if pattern_is_sealed(Some(snapshot), &pattern) {
            return Some(("address", Refusal::Sealed.words()));
        }
        let below = takes_away && snapshot.has_sealed_below(&pattern);
        below.then_some(("address", "edit-sealed-below"))
    }
}

/// Shows the edits in use, and the form for another.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let filled = Filled { address: asked.address, ..Filled::default() };
    all(&app, &desk, &filled, Errors::none(), asked.done.as_deref()).await
}

async fn all(
    app: &App,
    desk: &AtDesk,
    filled: &Filled,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/lists/edits", "edits-title");
    let clock = Clock::at(desk);
    let stored = app.books.find::<ListEdit>("state", "in-use").await?;
    let mut edits: Vec<ListEdit> = stored.into_iter().map(|stored| stored.value).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.edit.added_at, edit.id)));
    let row = |edit: &ListEdit| Row {
        id: edit.id.to_string(),
        address: edit.edit.pattern.to_string(),
        effect: effect_words(&f.says, &edit.edit.effect),
        reason: edit.edit.reason.clone(),
        owner: edit.edit.owner.clone(),
        review: clock.date(edit.edit.review_on),
        overdue: edit.edit.review_on <= clock.today(),
    };
    let rows = edits.iter().map(row).collect();
    let fields = fields(desk, &f.says, filled, &errors)?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Edits { fields, rows, f: f.done(done), d, errors }))
}

/// What an edit does, in words.
pub(super) fn effect_words(says: &Says, effect: &Effect) -> String {
    match effect {
        Effect::AddCategory(name) => says.t1("edit-add", "category", category(says, name.as_str())),
        Effect::RemoveCategory(name) => says.t1("edit-remove", "category", category(says, name.as_str())),
        Effect::ClearCategories => says.t("edit-clear"),
    }
}

fn fields(desk: &AtDesk, says: &Says, filled: &Filled, errors: &Errors) -> Result<Vec<Field>, AppFault> {
    let fields = Fields::new(says, errors);
    let effects = ["add", "remove", "clear"].map(|effect| {
        Choice::new(effect, says.of("edit-choice", effect)).hint(says.t(format!("edit-choice-{effect}-hint")))
    });
    let catalogue = Catalogue::ours().map_err(|error| AppFault::Form(error.to_string()))?;
    let none = Choice::new("", says.t("edit-no-category"));
    let mut categories: Vec<Choice> = catalogue
        .entries()
        .iter()
        .map(|entry| Choice::new(entry.name.as_str(), category(says, entry.name.as_str())))
        .collect();
    categories.sort_by_key(Choice::words);
    categories.insert(0, none);
    let today = Clock::at(desk).today();
    let usual = today.checked_add(REVIEW_DAYS.days()).unwrap_or(today).to_string();
    let review = if filled.review.is_empty() { usual } else { filled.review.clone() };
    Ok(vec![
        fields.line("address", &filled.address),
        fields.radios("effect", choosing(effects.to_vec(), &filled.effect)),
        fields.select("category", choosing(categories, &filled.category)),
        fields.line("reason", &filled.reason),
        fields.date("review", review),
    ])
}

/// Keeps a new edit. It counts as soon as the filter has taken it over.
pub(super) async fn add(State(app): State<App>, form: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/lists/edits", "edits-title").says;
    let opens_sealed = filled.opens_sealed(app.snapshot.load().as_deref());
    if opens_sealed.is_some() {
        sealed::tried(&app, &desk, Way::ListEdit).await?;
    }
    let edit = match read(&app, &desk, &says, &filled, opens_sealed) {
        Ok(edit) => edit,
        Err(errors) => return all(&app, &desk, &filled, errors, None).await,
    };
    if let Some(risks) = too_grave(&app, &says, &edit.edit.pattern, &edit.edit.effect)? {
        let errors = Errors::of("effect", says.t1("edit-two-people", "risks", risks.join(" ")));
        return all(&app, &desk, &filled, errors, None).await;
    }
    let notices = notices(&app, &desk, &says, &edit).await?;
    match list_edit::add(&edit, notices) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/lists/edits", "edit-added"))
        }
        Err(refusal) => {
            let field = if refusal == Refusal::TooWide { "address" } else { "reason" };
            let errors = Errors::of(field, says.t(refusal.words()));
            all(&app, &desk, &filled, errors, None).await
        }
    }
}

/// Why saying this of an address is not for one person; none where it is. What opens for everybody goes by the policy, where a
/// second person confirms it, or by requests.
pub(super) fn too_grave(
    app: &App,
    says: &Says,
    pattern: &AddressPattern,
    effect: &Effect,
) -> Result<Option<Vec<String>>, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(None) };
    let mut whom = meaning::every_pupil();
    whom.push(Reaches { kind: PersonKind::Staff, year: None });
    let meant = meaning::of(app, std::slice::from_ref(pattern), &[], &whom)?;
    let grave = meant.is_too_grave(effect, &snapshot.document);
    Ok(grave.then(|| meaning::told(says, &meant).risks))
}

fn read(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    filled: &Filled,
    opens_sealed: Option<(&'static str, &'static str)>,
) -> Result<ListEdit, Errors> {
    let mut errors = Errors::none();
    if let Some((field, words)) = opens_sealed {
        errors.add(field, says.t(words));
    }
    let named = Category::parse(&filled.category).ok();
    let effect = match (filled.effect.as_str(), named) {
        ("clear", _) => Some(Effect::ClearCategories),
        ("add", Some(category)) => Some(Effect::AddCategory(category)),
        ("remove", Some(category)) => Some(Effect::RemoveCategory(category)),
        ("add" | "remove", None) => {
            errors.add("category", says.t("edit-category-missing"));
            None
        }
        _ => {
            errors.add("effect", says.t("edit-effect-missing"));
            None
        }
    };
    let pattern = filled.pattern();
    match &pattern {
        None => errors.add("address", says.t(Refusal::AddressOdd.words())),
        // Without a snapshot nobody can say what is sealed.
        Some(_) if app.snapshot.load().is_none() => errors.add("address", says.t(Refusal::Sealed.words())),
        Some(_) => {}
    }
    let today = Clock::at(desk).today();
    let review = filled.review.parse().ok().filter(|day| *day > today);
    if review.is_none() {
        errors.add("review", says.t(Refusal::EndNeeded.words()));
    }
    match (pattern, effect, review) {
        (Some(pattern), Some(effect), Some(review_on)) if errors.is_empty() => {
            let id = app.new_id();
            let edit = Edit {
                id: id.to_string(),
                pattern,
                effect,
                reason: filled.reason.trim().to_owned(),
                owner: desk.person.name(),
                added_at: desk.at,
                review_on,
            };
            Ok(ListEdit { id, edit, by: desk.person.id, removed: None })
        }
        _ => Err(errors),
    }
}

/// Those who are to know of a new edit are told of it.
async fn notices(app: &App, desk: &AtDesk, says: &Says, edit: &ListEdit) -> Result<Vec<Mail>, AppFault> {
    let (edit, name) = (&edit.edit, desk.person.name());
    let subject = says.t1("edit-mail-subject", "address", &edit.pattern);
    let effect = effect_words(says, &edit.effect);
    let what = says.t2("edit-mail-what", ("address", &edit.pattern), ("effect", &effect));
    let why = says.t2("edit-mail-why", ("name", &name), ("reason", &edit.reason));
    mails(app, desk, &subject, &format!("{what}\n\n{why}\n")).await
}

/// A mail to those who are to know, and not to whoever did it.
async fn mails(app: &App, desk: &AtDesk, subject: &str, text: &str) -> Result<Vec<Mail>, AppFault> {
    let roll = Roll::of(app).await?;
    let readers = roll.holders(&TOLD, Clock::at(desk).today()).into_iter();
    Ok(readers
        .filter(|reader| reader.id != desk.person.id)
        .map(|reader| Mail {
            to: reader.id.into(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            attachment: None,
        })
        .collect())
}

/// Why an edit is taken out.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    reason: String,
}

/// Takes an edit out. It stays in the books.
pub(super) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Why>,
) -> Result<Response, AppFault> {
    let (desk, why) = (form.from, form.value);
    let edit =
        app.books.get::<ListEdit, _>(roll::id::<ListEditNoun>(&id)?).await?.ok_or(AppFault::NotFound)?;
    let mut change = list_edit::remove(&edit, desk.person.id, &why.reason, desk.at)?;
    let says = Frame::desk(&app, &desk, "/lists/edits", "edits-title").says;
    let edit = &edit.value.edit;
    let subject = says.t1("edit-mail-subject", "address", &edit.pattern);
    let effect = effect_words(&says, &edit.effect);
    let what = says.t2("edit-mail-gone", ("address", &edit.pattern), ("effect", &effect));
    let who = says.t2("edit-mail-gone-why", ("name", &desk.person.name()), ("reason", &why.reason.trim()));
    change.mails = mails(&app, &desk, &subject, &format!("{what}\n\n{who}\n")).await?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead("/lists/edits", "edit-removed"))
}
