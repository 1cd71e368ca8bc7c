//! Sets documents.

use std::collections::HashMap;

use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::Source;
use typst::text::{Font, FontBook, Lang, Locale, Region, TextElem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World as _, WorldExt as _, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use usher_types::moment::{Moment, Zone};

use crate::fault::TypesetFault;
use crate::shown;
use crate::world::{Desk, SOURCE_NAME, file_id};

/// Sets documents. Made once: it holds the fonts, about 10 MB. Setting one is work for a thread that may block.
pub struct Typesetter {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typesetter").field("fonts", &self.fonts.len()).finish_non_exhaustive()
    }
}

/// A document that was set.
#[derive(Debug, Clone)]
pub struct Typeset {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// How many characters of its data no font has; each is a box on paper.
    pub boxes: usize,
    /// Why it does not conform to PDF/UA-1 although it is tagged; none when it does. Some scripts cannot be written in
    /// a way that conforms, and a safeguarding report that is less than perfect is better than none.
    pub lapse: Option<String>,
}

impl Typesetter {
    /// A typesetter with these fonts (TrueType, OpenType, collections), and behind them those that come with Typst.
    ///
    /// # Errors
    /// [`TypesetFault::Font`] when some bytes hold no font.
    pub fn new(fonts: Vec<Vec<u8>>) -> Result<Self, TypesetFault> {
        let mut all = Vec::new();
        for (index, bytes) in fonts.into_iter().enumerate() {
            let before = all.len();
            all.extend(Font::iter(Bytes::new(bytes)));
            if all.len() == before {
                return Err(TypesetFault::Font { number: index + 1 });
            }
        }
        all.extend(typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))));
        let mut library = Library::default();
        library.styles.set(TextElem::lang, Lang::ENGLISH);
        library.styles.set(TextElem::region, british());
        Ok(Self {
            library: LazyHash::new(library),
            book: LazyHash::new(FontBook::from_fonts(&all)),
            fonts: all,
        })
    }

    /// How many characters of a text no font has; each would be a box on paper.
    pub fn boxes(&self, text: &str) -> usize {
        shown::with_boxes(text, &self.book).1
    }

    /// Sets a document as PDF/UA-1: tagged, with its title and language. The same arguments give the same bytes.
    ///
    /// `files` are those the source reads, by name; `at` is its date. In files that end in `.json`, characters no font
    /// has become boxes.
    ///
    /// # Errors
    /// What is wrong with the source, with file and line.
    pub fn pdf(
        &self,
        source: &str,
        files: &[(&str, Vec<u8>)],
        title: &str,
        at: Moment,
    ) -> Result<Vec<u8>, TypesetFault> {
        self.set(source, files, title, at).map(|set| set.pdf)
    }

    /// Does what [`Self::pdf`] does, and tells how it went.
    ///
    /// # Errors
    /// As [`Self::pdf`].
    pub fn set(
        &self,
        source: &str,
        files: &[(&str, Vec<u8>)],
        title: &str,
        at: Moment,
    ) -> Result<Typeset, TypesetFault> {
        let (desk, boxes) = self.desk(source, files, at)?;
        let set = compile(&desk, title).and_then(|document| write(&desk, &document, boxes, at));
        // Typst remembers what it has laid out for the next run of the same document; ours are all different.
        comemo::evict(0);
        set
    }

    /// Lays a document's files out, and says how many characters in them became boxes.
    pub(crate) fn desk(
        &self,
        source: &str,
        files: &[(&str, Vec<u8>)],
        at: Moment,
    ) -> Result<(Desk<'_>, usize), TypesetFault> {
        let (files, boxes) = self.read(files)?;
        let source = Source::new(file_id(SOURCE_NAME)?, source.to_owned());
        let (library, book, fonts) = (&self.library, &self.book, self.fonts.as_slice());
        Ok((Desk { library, book, fonts, source, files, today: datetime(at) }, boxes))
    }

    fn read(
        &self,
        files: &[(&str, Vec<u8>)],
    ) -> Result<(HashMap<typst::syntax::FileId, Bytes>, usize), TypesetFault> {
        let mut boxes = 0;
        let mut read = HashMap::with_capacity(files.len());
        for (name, bytes) in files {
            let text = std::str::from_utf8(bytes).ok().filter(|_| name.ends_with(".json"));
            let bytes = match text.map(|json| shown::with_boxes(json, &self.book)) {
                Some((json, count)) => {
                    boxes += count;
                    Bytes::from_string(json.into_owned())
                }
                None => Bytes::new(bytes.clone()),
            };
            read.insert(file_id(name)?, bytes);
        }
        Ok((read, boxes))
    }
}

pub(crate) fn compile(desk: &Desk<'_>, title: &str) -> Result<PagedDocument, TypesetFault> {
    let Warned { output, warnings: _ } = typst::compile::<PagedDocument>(desk);
    let mut document = output.map_err(|faults| first(desk, &faults))?;
    let info = document.info_mut();
    info.title = Some(title.into());
    info.locale = Smart::Custom(Locale::new(Lang::ENGLISH, british()));
    Ok(document)
}

/// Writes the PDF, with the standard if it can be and without if not.
pub(crate) fn write(
    desk: &Desk<'_>,
    document: &PagedDocument,
    boxes: usize,
    at: Moment,
) -> Result<Typeset, TypesetFault> {
    let options = |standards| PdfOptions {
        creator: Smart::Custom(Some("Usher".into())),
        timestamp: datetime(at).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|fault| TypesetFault::Document { what: fault.message().to_string() })?;
    let set = |pdf, lapse| Typeset { pdf, pages: document.pages().len(), boxes, lapse };
    match typst_pdf::pdf(document, &options(accessible)) {
        Ok(pdf) => Ok(set(pdf, None)),
        Err(faults) => {
            let lapse = first(desk, &faults).to_string();
            let tagged = typst_pdf::pdf(document, &options(PdfStandards::default()));
            tagged.map(|pdf| set(pdf, Some(lapse))).map_err(|faults| first(desk, &faults))
        }
    }
}

/// The first of Typst's complaints, with its file and line.
fn first(desk: &Desk<'_>, faults: &[SourceDiagnostic]) -> TypesetFault {
    let Some(fault) = faults.first() else {
        return TypesetFault::Document { what: "it failed without saying why".to_owned() };
    };
    let what = fault.message.to_string();
    let place = fault.span.id().zip(desk.range(fault.span)).and_then(|(id, range)| {
        let source = desk.source(id).ok()?;
        let line = source.lines().byte_to_line(range.start)? + 1;
        Some((id.get().vpath().get_without_slash().to_owned(), line))
    });
    match place {
        Some((file, line)) => TypesetFault::Source { file, line, what },
        None => TypesetFault::Document { what },
    }
}

fn british() -> Option<Region> {
    "GB".parse().ok()
}

fn datetime(at: Moment) -> Option<Datetime> {
    let local = Zone::named("UTC").ok()?.local(at);
    let (date, time) = (local.date(), local.time());
    let part = |number: i8| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        date.year().into(),
        part(date.month())?,
        part(date.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typesetter() -> Typesetter {
        Typesetter::new(vec![]).unwrap()
    }

    fn at() -> Moment {
        "2026-11-30T06:00:00Z".parse().unwrap()
    }

    fn holds(pdf: &[u8], text: &str) -> bool {
        pdf.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn a_document_is_tagged_and_has_title_language_and_date() {
        let set = typesetter().set("= Week\n\nNothing found.", &[], "The week", at()).unwrap();
        assert_eq!((set.pages, set.boxes, set.lapse), (1, 0, None));
        assert!(set.pdf.starts_with(b"%PDF-1.7"));
        for sign in ["en-GB", "The week", "pdfuaid", "/MarkInfo", "2026-11-30T06:00:00"] {
            assert!(holds(&set.pdf, sign), "{sign}");
        }
    }

    #[test]
    fn one_typesetter_serves_all_threads() {
        const fn shared<T: Send + Sync>() {}
        shared::<Typesetter>();
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let set = || typesetter().pdf("= Week", &[("data.json", b"{}".to_vec())], "The week", at()).unwrap();
        assert_eq!(set(), set());
    }

    #[test]
    fn faults_name_file_and_line() {
        let typesetter = typesetter();
        let fault = |source: &str, files: &[(&str, Vec<u8>)]| {
            typesetter.pdf(source, files, "x", at()).unwrap_err().to_string()
        };
        assert_eq!(fault("= A\n\n#let x = (", &[]), "document.typ, line 3: unclosed delimiter");
        let part = vec![("part.typ", b"a\n#unknown".to_vec())];
        assert_eq!(fault("#include \"part.typ\"", &part), "part.typ, line 2: unknown variable: unknown");
        assert_eq!(
            fault("\n#image(\"/etc/passwd\", alt: \"x\")", &[]),
            "document.typ, line 2: file not found (searched at etc/passwd)"
        );
        assert!(fault("#import \"@preview/cetz:0.3.1\"", &[]).contains("line 1"));
        assert_eq!(Typesetter::new(vec![b"no font".to_vec()]).unwrap_err(), TypesetFault::Font { number: 1 });
    }

    #[test]
    fn what_no_font_has_is_a_box_and_the_page_conforms() {
        let json = r#"["Zoë Łukasz Їжак", "🔪🏽 ☠️ 日本 \u2067x"]"#;
        let source = "#for line in json(\"data.json\") [#line \\ ]";
        let set = typesetter().set(source, &[("data.json", json.into())], "x", at()).unwrap();
        assert_eq!(set.lapse, None);
        assert_eq!(set.boxes, 3, "the knife and the two ideographs; the skull is in DejaVu");
    }
}
