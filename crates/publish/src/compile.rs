//! Compiling the sources into one file, and taking it into force.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use usher_lists::Seed;
use usher_lists::category::{Catalogue, CatalogueError};
use usher_lists::compile::{Changed, CompileError, Compiler, Figures, HeldSource, Outcome};
use usher_lists::review::{ChangeGuard, Decision, Held, Platforms, PlatformsError, Popularity, Review};
use usher_lists::source::{SourceId, SourceInfo};
use usher_records::change::Actor;
use usher_records::in_force::{self, InForce};
use usher_records::list_edit::{self, ListDecision};
use usher_records::refusal::Refusal;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::artefacts::Artefacts;
use crate::feeds::{Feed, Feeds};
use crate::phrases::{self, PhraseFolder};
use crate::sealed::{self, Refused, SealedLost};
use crate::sources::{Sources, SourcesFault, Version, disk, whole};

/// What compiling said, as it is kept with what is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    /// The lists that were compiled; none where an earlier version of the program kept it.
    #[serde(default)]
    pub lists: Option<Vec<SourceInfo>>,
    /// Entries without effect until a person decides.
    pub held: Vec<Held>,
    /// Sources whose earlier entries are used.
    pub held_sources: Vec<HeldSource>,
    /// What changed since the time before.
    pub changed: Vec<Changed>,
    /// How large the compiled file is.
    pub figures: Figures,
}

/// The lists could not be compiled. Those in force stay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListsFault {
    /// The sources cannot be read, or the file not written.
    #[error(transparent)]
    Sources(#[from] SourcesFault),
    /// The categories that come with the product cannot be read.
    #[error("the product's own categories cannot be read")]
    Catalogue(#[from] CatalogueError),
    /// The platforms that come with the product cannot be read.
    #[error("the product's own platforms cannot be read")]
    Platforms(#[from] PlatformsError),
    /// The compiler gave up.
    #[error("the lists cannot be compiled")]
    Compile(#[from] CompileError),
    /// A sealed list would be gone.
    #[error(transparent)]
    Sealed(#[from] SealedLost),
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// It may not be so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The machine has no randomness.
    #[error("the machine gives no random numbers")]
    NoRandomness,
    /// The work was broken off.
    #[error("compiling was broken off")]
    BrokenOff,
}

/// The folder of everything about lists.
#[derive(Debug)]
pub struct ListsFolder {
    folder: PathBuf,
    /// The sources.
    pub sources: Sources,
    /// The compiled files.
    pub artefacts: Artefacts,
    /// Where lists are kept fresh from.
    pub feeds: Feeds,
    /// Phrase lists of others.
    pub phrases: PhraseFolder,
    /// What was compiled last and not taken.
    refused: Refused,
}

impl ListsFolder {
    /// The lists in this folder, which need not be there yet.
    pub fn at(folder: PathBuf) -> Self {
        let sources = Sources::in_folder(folder.join("sources"));
        Self {
            artefacts: Artefacts::in_folder(folder.join("compiled")),
            feeds: Feeds::in_folder(folder.join("feeds"), sources.clone()),
            phrases: PhraseFolder::at(folder.join("phrases"), sources.clone()),
            refused: Refused::default(),
            sources,
            folder,
        }
    }

    /// Compiles every source, reviewed by the product's platforms and these decisions. The same sources give the same
    /// file. Blocks for some seconds on large lists.
    ///
    /// # Errors
    /// See [`ListsFault`].
    pub fn compile(
        &self,
        decisions: Vec<Decision>,
        progress: &mut dyn FnMut(&SourceId),
    ) -> Result<Outcome, ListsFault> {
        let table = Catalogue::ours()?.table();
        let review = Review::new(Platforms::ours(&table)?, Popularity::default(), decisions);
        let mut compiler = Compiler::new(review, ChangeGuard::default());
        let _held = self.sources.hold()?;
        let mut changed = Vec::new();
        for id in self.sources.ids()? {
            progress(&id);
            self.sources.mend(&id)?;
            match (self.sources.read(&id, Version::New)?, self.sources.read(&id, Version::Used)?) {
                (Some(new), Some(used)) => {
                    changed.push((id, new.info.origin.digest));
                    compiler.add_changed(new, used);
                }
                (Some(only), None) | (None, Some(only)) => compiler.add(only),
                (None, None) => {}
            }
        }
        let folder = self.artefacts.folder();
        fs::create_dir_all(folder).map_err(|source| disk(folder, source))?;
        let half = folder.join("compiling.part");
        let file = File::create(&half).map_err(|source| disk(&half, source))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let outcome = compiler.write(self.seed()?, &mut out)?;
        let path = self.artefacts.path(outcome.digest);
        let kept =
            out.flush().and_then(|()| out.get_ref().sync_all()).and_then(|()| fs::rename(&half, &path));
        kept.map_err(|source| disk(&path, source))?;
        for (id, digest) in changed {
            if outcome.held_sources.iter().any(|held| held.source == id) {
                self.sources.note_held(&id, digest)?;
            }
        }
        Ok(outcome)
    }

    /// The school's own seed, made on first use: nobody outside can choose names that collide in its table.
    fn seed(&self) -> Result<Seed, ListsFault> {
        let path = self.folder.join("seed");
        if let Ok(bytes) = fs::read(&path)
            && let Ok(bytes) = <[u8; 16]>::try_from(bytes)
        {
            return Ok(Seed::from_bytes(bytes));
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_unavailable| ListsFault::NoRandomness)?;
        whole(&path, |out| out.write_all(&bytes))?;
        Ok(Seed::from_bytes(bytes))
    }
}

/// Compiles the lists with the decisions in the books. Nothing is in force yet.
///
/// # Errors
/// See [`ListsFault`].
pub async fn compile(
    folder: &Arc<ListsFolder>,
    books: &Books,
    mut progress: impl FnMut(&SourceId) + Send + 'static,
) -> Result<Outcome, ListsFault> {
    let decisions = books.values::<ListDecision>().await?.into_iter().map(|kept| kept.decision).collect();
    let folder = Arc::clone(folder);
    let work = tokio::task::spawn_blocking(move || folder.compile(decisions, &mut progress));
    work.await.map_err(|_broken| ListsFault::BrokenOff)?
}

/// Takes compiled lists into force, where a policy is in force already. The sources whose change was believed are now
/// those used. True when something changed.
///
/// # Errors
/// When the books or the disk fail, and [`ListsFault::Sealed`], which is in the journal; then nothing is in force that was
/// not before.
pub async fn take(
    folder: &Arc<ListsFolder>,
    books: &Books,
    outcome: Outcome,
    actor: &Actor,
    at: Moment,
) -> Result<bool, ListsFault> {
    let compiled = outcome.lists.clone();
    let (digest, kept) = keep(books, outcome).await?;
    let phrases = keep_phrases(folder, books).await?;
    // Compiling takes its time: what is in force now is compared with, and the commit fails where that changes meanwhile.
    let before = books.get::<InForce, _>(books.school()).await?;
    if let Some(before) = &before
        && let Err(lost) = sealed::compared(folder, books, before.value.lists, &compiled).await?
    {
        tracing::error!(error = %lost, "lists were compiled and are not taken into force");
        folder.refused.note(&compiled);
        books.commit(&list_edit::sealed_kept(&lost.to_string()), actor, at).await?;
        return Err(lost.into());
    }
    folder.refused.forget();
    let change = before.and_then(|before| in_force::compiled(&before, digest, kept, phrases));
    if let Some(change) = &change {
        books.commit(change, actor, at).await?;
    }
    let folder = Arc::clone(folder);
    let work = tokio::task::spawn_blocking(move || promote(&folder, &compiled));
    work.await.map_err(|_broken| ListsFault::BrokenOff)??;
    Ok(change.is_some())
}

/// The sources as they were compiled are those used now. What was fetched since, or is held, was not compiled.
fn promote(folder: &ListsFolder, compiled: &[SourceInfo]) -> Result<(), SourcesFault> {
    let _held = folder.sources.hold()?;
    for id in folder.sources.ids()? {
        if let Some(new) = folder.sources.info(&id, Version::New)?
            && compiled.contains(&new)
        {
            folder.sources.promote(&id)?;
        }
    }
    Ok(())
}

/// Believes a source that changed too much, as it waits now; it counts when the lists are compiled next. That it was believed
/// is in the journal, and so is that somebody tried it with a sealed list.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`SourcesFault::Sealed`] for what nobody can believe, [`SourcesFault::NotThere`] when nothing
/// waits; when the books or the disk fail.
pub async fn accept(
    folder: &ListsFolder,
    books: &Books,
    id: &SourceId,
    why: &str,
    actor: &Actor,
    at: Moment,
) -> Result<(), ListsFault> {
    let change = list_edit::accept(id, why)?;
    let on_disk = |act: fn(&Sources, &SourceId) -> Result<(), SourcesFault>| {
        let (sources, asked) = (folder.sources.clone(), id.clone());
        tokio::task::spawn_blocking(move || act(&sources, &asked))
    };
    let may = on_disk(Sources::may_use_new).await.map_err(|_broken| ListsFault::BrokenOff)?;
    if let Err(fault @ SourcesFault::Sealed(..)) = &may {
        books.commit(&list_edit::sealed_kept(&fault.to_string()), actor, at).await?;
    }
    may?;
    // Before it counts: of a line too many somebody can be asked, of one that is missing nobody knows.
    books.commit(&change, actor, at).await?;
    on_disk(Sources::use_new).await.map_err(|_broken| ListsFault::BrokenOff)??;
    Ok(())
}

/// Keeps what compiling said; gives the digest of the lists and of what was said.
///
/// # Errors
/// When the books fail.
pub async fn keep(books: &Books, outcome: Outcome) -> Result<(Digest, Digest), StoreError> {
    let lists = outcome.digest;
    let said = Compiled {
        lists: Some(outcome.lists),
        held: outcome.held,
        held_sources: outcome.held_sources,
        changed: outcome.changed,
        figures: outcome.figures,
    };
    let said = serde_json::to_vec(&said).unwrap_or_default();
    Ok((lists, books.store().put_blob(books.school(), &said).await?))
}

/// Keeps the phrase lists as they are in the folder now; none when nothing is imported.
///
/// # Errors
/// When the folder cannot be read, or the books fail.
pub async fn keep_phrases(folder: &ListsFolder, books: &Books) -> Result<Option<Digest>, ListsFault> {
    let phrases = folder.phrases.clone();
    let work = tokio::task::spawn_blocking(move || phrases::bytes(&phrases));
    Ok(match work.await.map_err(|_broken| ListsFault::BrokenOff)?? {
        Some(bytes) => Some(books.store().put_blob(books.school(), &bytes).await?),
        None => None,
    })
}

/// What compiling said of the lists in force.
///
/// # Errors
/// When the books fail, or what was kept cannot be read.
pub async fn compiled(books: &Books) -> Result<Compiled, StoreError> {
    let Some(in_force) = books.get::<InForce, _>(books.school()).await? else {
        return Ok(Compiled::default());
    };
    said_of(books, in_force.value.compiled).await
}

/// What compiling said, as it is kept under this digest.
pub(crate) async fn said_of(books: &Books, kept: Digest) -> Result<Compiled, StoreError> {
    let bytes = books.store().blob(books.school(), kept).await?.unwrap_or_default();
    serde_json::from_slice(&bytes)
        .map_err(|error| StoreError::Unreadable { what: format!("what compiling said: {error}") })
}

/// Whether one of these lists came and was not compiled since: then it waits for nobody but whoever compiles. One that is
/// held waits for a person, and so does one that was refused with a lost sealed list, until another comes.
///
/// # Errors
/// When the folder cannot be read, or the books fail.
pub async fn waits(folder: &ListsFolder, books: &Books, feeds: &[Feed]) -> Result<bool, ListsFault> {
    let held = compiled(books).await?.held_sources;
    for Feed { id, .. } in feeds {
        let Some(new) = folder.sources.info(id, Version::New)? else { continue };
        let noted = folder.sources.noted_held(id)? == Some(new.origin.digest);
        let is_held = noted && held.iter().any(|held| held.source == *id);
        if !is_held && !folder.refused.has(&new, noted) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A source as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: SourceId,
    /// As it is in the lists in force.
    pub used: Option<SourceInfo>,
    /// As it was fetched since.
    pub new: Option<SourceInfo>,
}

/// Every source as it stands.
///
/// # Errors
/// When the folder cannot be read.
pub fn listed(sources: &Sources) -> Result<Vec<Listed>, SourcesFault> {
    let listed = |id: SourceId| {
        let (used, new) = (sources.info(&id, Version::Used)?, sources.info(&id, Version::New)?);
        Ok(Listed { id, used, new })
    };
    sources.ids()?.into_iter().map(listed).collect()
}
