//! What every command works on: the configuration, the data folder and the school's books in it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use usher_activity::files::FilesActivity;
use usher_certs::authority::Authority;
use usher_certs::master::MasterKey;
use usher_config::config::{Config, StorePlace};
use usher_publish::compile::ListsFolder;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_types::clock::Clock as _;
use usher_types::ids::{Id, IdSource, SchoolId};

use super::clock::SystemClock;
use super::folder::DataFolder;
use super::ids::Counted;

/// The number of the school a server is set up for. A trust's further schools count on from it.
const FIRST_SCHOOL: SchoolId = Id::new(1);

/// The school's books and what lies beside them.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) config: Config,
    pub(crate) folder: DataFolder,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) books: Books,
    pub(crate) lists: Arc<ListsFolder>,
    pub(crate) ids: Arc<dyn IdSource>,
}

impl Opened {
    /// Opens what the configuration file names. The school must be set up.
    pub(crate) async fn read(config: &Path) -> miette::Result<Self> {
        let config = Config::read(config)?;
        let opened = Self::open(config).await.map_err(into_report)?;
        let schools = opened.store.schools().await.map_err(|error| into_report(error.into()))?;
        if schools.is_empty() {
            return Err(miette::miette!(
                help = "set one up with `usher init`",
                "no school is set up in {}",
                opened.folder.path().display()
            ));
        }
        Ok(opened)
    }

    /// Opens, or makes, what a configuration says.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let folder = DataFolder::at(&config.data)?;
        let store = open_store(&config, &folder).await?;
        let books = Books::new(Arc::clone(&store), FIRST_SCHOOL);
        let lists = Arc::new(ListsFolder::at(folder.lists()));
        Ok(Self { config, folder, store, books, lists, ids: Arc::new(Counted::new()?) })
    }

    /// What was recorded, in the event files and in the spool.
    pub(crate) fn activity(&self) -> FilesActivity {
        FilesActivity::new(self.folder.activity(), self.folder.spool())
    }

    /// The school's certificate authority, made on first use.
    pub(crate) fn authority(&self, school: &str) -> anyhow::Result<Authority> {
        let master = MasterKey::load_or_make(&self.folder.master_key())?;
        let now = SystemClock.now();
        Authority::load_or_make(self.folder.path(), &master, school, now)
            .context("the school's certificate authority cannot be used")
    }
}

async fn open_store(config: &Config, folder: &DataFolder) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match &config.store {
        StorePlace::Embedded => {
            let file = folder.books();
            let opened = usher_store_sql::sqlite::open(&file).await;
            Arc::new(opened.with_context(|| format!("the books {} cannot be opened", file.display()))?)
        }
        StorePlace::Postgres(url) => {
            let opened = usher_store_sql::postgres::open(url).await;
            Arc::new(opened.context("the books at store.url cannot be opened")?)
        }
    })
}

/// An error and its causes, for people at a terminal.
pub(crate) fn into_report(error: anyhow::Error) -> miette::Report {
    miette::Report::new(Caused(error))
}

/// Shows an error with all its causes.
#[derive(Debug)]
struct Caused(anyhow::Error);

impl std::fmt::Display for Caused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Caused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl miette::Diagnostic for Caused {}
