//! What scanned paper says: the pages of a photo, a scan or a PDF, the codes on them, and a small grey picture of each.
//!
//! Owns: reading pictures and PDFs of people's making within limits of bytes, pixels, pages and time.
//! Does not: know what a code stands for, keep anything, or read handwriting.

mod page;
mod pdf;
mod picture;

use serde::{Deserialize, Serialize};

/// The largest file: thirty pages scanned in grey are half of it.
pub const LARGEST_BYTES: usize = 16 * 1024 * 1024;
/// Pages of one PDF: a class of thirty, both sides.
pub const MOST_PAGES: usize = 64;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// What its codes say, each once.
    pub codes: Vec<String>,
    /// A picture of it: grey, JPEG, without whatever else the file carried (where it was taken, by which telephone).
    pub picture: Vec<u8>,
}

/// Why a file, or a page of it, was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unread {
    /// It is longer than [`LARGEST_BYTES`].
    #[error("the file is too large")]
    TooLarge,
    /// It is neither a PNG nor a JPEG nor a PDF.
    #[error("it is no picture and no PDF")]
    OtherKind,
    /// It is one, and cannot be read: damaged, locked, or larger when unpacked than any page.
    #[error("it is damaged, locked or far too large")]
    Damaged,
    /// It has more than [`MOST_PAGES`] pages.
    #[error("it has too many pages")]
    TooManyPages,
    /// The time was over before its turn came.
    #[error("there was no time left for it")]
    NoTime,
}

impl Unread {
    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::OtherKind => "other-kind",
            Self::Damaged => "damaged",
            Self::TooManyPages => "too-many-pages",
            Self::NoTime => "no-time",
        }
    }
}

/// A line of what a reader in a process of its own says, as JSON: its pages as they are read, and then that it is through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// One page.
    Page(Result<Page, Unread>),
    /// Why the file as a whole was not read.
    Whole(Unread),
    /// That was all.
    End,
}

/// Reads a file, page by page. `go_on` is asked before each page of several whether there is time for it; one takes a second
/// or two. Work for a thread that may block; of strangers' files, for a process of its own: a PDF may ask for any memory.
///
/// # Errors
/// [`Unread`] for the file as a whole; each page has its own.
pub fn read(bytes: Vec<u8>, go_on: &dyn Fn() -> bool) -> Result<Vec<Result<Page, Unread>>, Unread> {
    let mut pages = Vec::new();
    each(bytes, go_on, &mut |page| pages.push(page))?;
    Ok(pages)
}

/// As [`read`], giving each page when it is read.
///
/// # Errors
/// [`Unread`] for the file as a whole.
pub fn each(
    bytes: Vec<u8>,
    go_on: &dyn Fn() -> bool,
    give: &mut dyn FnMut(Result<Page, Unread>),
) -> Result<(), Unread> {
    if bytes.len() > LARGEST_BYTES {
        return Err(Unread::TooLarge);
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf::pages(bytes, go_on, give);
    }
    give(picture::grey(&bytes).and_then(|grey| page::of(&grey)));
    Ok(())
}
