//! What a document can see while it is set: its own files, the fonts, the date it is given.

use std::collections::HashMap;
use std::path::PathBuf;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use crate::fault::TypesetFault;

/// What the source itself is called in faults and by its files.
pub(crate) const SOURCE_NAME: &str = "document.typ";

/// One document's files beside the typesetter's fonts and library.
pub(crate) struct Desk<'a> {
    pub(crate) library: &'a LazyHash<Library>,
    pub(crate) book: &'a LazyHash<FontBook>,
    pub(crate) fonts: &'a [Font],
    pub(crate) source: Source,
    pub(crate) files: HashMap<FileId, Bytes>,
    pub(crate) today: Option<Datetime>,
}

/// The id of a file of a document. Typst keeps every name it has ever seen, so names come from templates and never from
/// people.
pub(crate) fn file_id(name: &str) -> Result<FileId, TypesetFault> {
    let path = VirtualPath::new(name)
        .map_err(|_odd| TypesetFault::FileName { name: name.chars().take(80).collect() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() {
            return Ok(self.source.clone());
        }
        let bytes = self.file(id)?;
        let text = bytes.as_str().map_err(|_not_text| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let missing = || FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()));
        match self.files.get(&id) {
            Some(bytes) => Ok(bytes.clone()),
            None if id == self.source.id() => Ok(Bytes::from_string(self.source.text().to_owned())),
            None => Err(missing()),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}
