//! Setting a school up: its settings, the model agreements, and the first policy and lists in force.

use std::sync::Arc;

use usher_lists::source::SourceId;
use usher_policy::profile::Profile;
use usher_records::agreement::{self, AgreementFault, AgreementText, AgreementVersion};
use usher_records::agreement_draft::{self, AgreementDraft};
use usher_records::change::Actor;
use usher_records::in_force::{self, InForce};
use usher_records::school::{self, School};
use usher_records::wording::Wording;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;

use crate::compile::{self, ListsFault, ListsFolder};
use crate::publisher::keep_policy;

/// The model agreements, by name.
const MODELS: [(&str, &str); 9] = [
    ("pupil", include_str!("../../../profiles/agreements/pupil.md")),
    ("pupil-ks1", include_str!("../../../profiles/agreements/pupil-ks1.md")),
    ("pupil-ks1-card", include_str!("../../../profiles/agreements/pupil-ks1-card.md")),
    ("pupil-ks2", include_str!("../../../profiles/agreements/pupil-ks2.md")),
    ("staff", include_str!("../../../profiles/agreements/staff.md")),
    ("visitor", include_str!("../../../profiles/agreements/visitor.md")),
    ("parent", include_str!("../../../profiles/agreements/parent.md")),
    ("policy", include_str!("../../../profiles/agreements/policy.md")),
    ("policy-pupil", include_str!("../../../profiles/agreements/policy-pupil.md")),
];
/// The policy the agreements stand under: every school has it, and nobody signs it.
const POLICY: [&str; 2] = ["policy", "policy-pupil"];

/// A school could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpFault {
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// The lists could not be compiled.
    #[error(transparent)]
    Lists(#[from] ListsFault),
    /// A model agreement is broken.
    #[error("the model of the agreement {key} cannot be read")]
    Agreement {
        /// The agreement.
        key: String,
        /// What is wrong with it.
        #[source]
        source: AgreementFault,
    },
}

/// A school to be set up.
#[derive(Debug)]
pub struct NewSchool {
    /// Its name.
    pub name: String,
    /// What it starts from.
    pub profile: Profile,
}

/// What setting up works with.
#[derive(Debug, Clone, Copy)]
pub struct Tools<'a> {
    /// The school's books; its id is in them.
    pub books: &'a Books,
    /// Its lists. Whatever sources are there already are compiled.
    pub lists: &'a Arc<ListsFolder>,
    /// New ids.
    pub ids: &'a dyn IdSource,
    /// Who sets it up.
    pub actor: &'a Actor,
}

/// Sets a school up. What an earlier, broken-off try did is kept and not done again.
///
/// # Errors
/// See [`SetUpFault`].
pub async fn set_up(
    tools: Tools<'_>,
    new: NewSchool,
    at: Moment,
    progress: impl FnMut(&SourceId) + Send + 'static,
) -> Result<(), SetUpFault> {
    let Tools { books, lists, ids, actor } = tools;
    let id = books.school();
    books.store().add_school(id, at).await?;
    if books.get::<School, _>(id).await?.is_none() {
        let Profile { name: profile, settings, policy, .. } = &new.profile;
        let (profile, settings, zone) = (profile.clone(), settings.clone(), policy.zone.clone());
        let school =
            School { id, name: new.name.clone(), profile, settings, zone, set_up_at: at, lapse_from: None };
        books.commit(&school::set_up(&school), actor, at).await?;
    }
    publish_agreements(books, &new.profile, (ids, actor), at).await?;
    if books.get::<InForce, _>(id).await?.is_none() {
        let policy = keep_policy(books, &new.profile.policy).await?;
        let outcome = compile::compile(lists, books, progress).await?;
        let (compiled, said) = compile::keep(books, outcome.clone()).await?;
        let first = InForce { school: id, policy, lists: compiled, compiled: said, phrases: None };
        books.commit(&in_force::begin(&first, "the school was set up"), actor, at).await?;
        compile::take(lists, books, outcome, actor, at).await?;
    }
    Ok(())
}

/// The agreements of a ready-made school, read, each with its file's text: those its people sign, in its own words, and the
/// policy.
///
/// # Errors
/// When a model is missing or broken; a test finds this first.
pub fn agreements(profile: &Profile) -> Result<Vec<(AgreementText, String)>, SetUpFault> {
    let signed = profile.settings.agreements.audiences.iter().map(|audience| audience.agreement.as_str());
    let mut keys: Vec<&str> = Vec::new();
    for key in signed.chain(POLICY) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.into_iter().map(|key| agreement_of(profile, key)).collect()
}

/// One agreement of a ready-made school: its model, and what the school says otherwise.
fn agreement_of(profile: &Profile, key: &str) -> Result<(AgreementText, String), SetUpFault> {
    let fault = |source| SetUpFault::Agreement { key: key.to_owned(), source };
    let own = profile.agreements.iter().find(|wording| wording.agreement == key);
    let name = own.map_or(key, Wording::model);
    let model = MODELS.iter().find(|(known, _)| *known == name).map(|(_, text)| text.replace("\r\n", "\n"));
    let missing = || AgreementFault { line: 1, what: format!("there is no model `{name}`") };
    let model = model.ok_or_else(missing).map_err(fault)?;
    let (file, text) = match own {
        Some(wording) => wording.laid_over(&model).map_err(fault)?,
        None => (model.clone(), AgreementText::parse_new(&model).map_err(fault)?),
    };
    Ok((text, file))
}

/// Publishes the agreements of a ready-made school that were never published. Gives how many. Where the governors approve what is put out for
/// signature (POL-05), a model becomes a draft that waits for them; until it is put out, the web stays shut for whoever is to sign
/// it.
///
/// # Errors
/// See [`SetUpFault`].
pub async fn publish_agreements(
    books: &Books,
    profile: &Profile,
    (ids, actor): (&dyn IdSource, &Actor),
    at: Moment,
) -> Result<usize, SetUpFault> {
    let school = books.get::<School, _>(books.school()).await?.map(|school| school.value);
    let drafts = books.values::<AgreementDraft>().await?;
    let approves = school.as_ref().is_some_and(|school| school.settings.agreements.governors_approve);
    let mut published = 0;
    for (text, file) in agreements(profile)? {
        if books.find_one::<AgreementVersion>("digest", text.digest).await?.is_some() {
            continue;
        }
        books.store().put_blob(books.school(), file.as_bytes()).await?;
        if approves {
            // One draft of an agreement at a time: what somebody is writing stays.
            if !drafts.iter().any(|draft| draft.key == text.head.key) {
                let (_, change) = agreement_draft::begin(Id::new(ids.next(at)), &text, actor, at);
                books.commit(&change, actor, at).await?;
            }
            continue;
        }
        let versions = books.find::<AgreementVersion>("key", &text.head.key).await?;
        let earlier = versions.iter().find(|version| version.value.in_force);
        let change = agreement::publish(Id::new(ids.next(at)), &text, earlier, true, at);
        books.commit(&change, actor, at).await?;
        published += 1;
    }
    Ok(published)
}
