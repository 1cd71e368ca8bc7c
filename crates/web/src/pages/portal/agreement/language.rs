//! The language an agreement is read in (POL-09): the choice, the approved words of it, and what stays English. What is signed is
//! the English text; which translation was read goes into the signature.

use usher_records::agreement::AgreementText;
use usher_records::refusal::Refusal;
use usher_records::signature::ReadIn;
use usher_records::translation::Translation;
use usher_records::translation::pieces::{Said, clause_name};
use usher_types::digest::Digest;

use crate::app::{App, AppFault};
use crate::view::markdown;

/// The languages there are of one text, and the one it is read in.
#[derive(Debug, Clone, Default)]
pub(in crate::pages::portal) struct Languages {
    /// Those besides English, by their own names.
    pub(in crate::pages::portal) others: Vec<Other>,
    /// Where English is.
    pub(in crate::pages::portal) english: String,
    /// The one it is read in; none for English.
    pub(in crate::pages::portal) chosen: Option<Chosen>,
}

/// A language it can be read in.
#[derive(Debug, Clone)]
pub(in crate::pages::portal) struct Other {
    /// Its tag.
    pub(in crate::pages::portal) tag: String,
    /// What its readers call it.
    pub(in crate::pages::portal) name: String,
    /// Where it is.
    pub(in crate::pages::portal) address: String,
    /// Whether it is the one chosen.
    pub(in crate::pages::portal) here: bool,
}

/// The language a text is read in.
#[derive(Debug, Clone)]
pub(in crate::pages::portal) struct Chosen {
    /// Its tag.
    pub(in crate::pages::portal) tag: String,
    /// The direction it is written in.
    pub(in crate::pages::portal) direction: &'static str,
    /// The digest of its words, as they were approved.
    pub(in crate::pages::portal) digest: Digest,
    said: Said,
    /// How many pieces are still English.
    pub(in crate::pages::portal) missing: usize,
    /// Whether our letters have all of its script.
    pub(in crate::pages::portal) printable: bool,
}

/// A piece of a text that is read in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages::portal) struct Beside {
    /// The language.
    pub(in crate::pages::portal) tag: String,
    /// The direction it is written in.
    pub(in crate::pages::portal) direction: &'static str,
    /// Its words, HTML; none where they are still English.
    pub(in crate::pages::portal) html: Option<String>,
}

impl Chosen {
    /// The words of a piece; none where it is still English.
    pub(in crate::pages::portal) fn piece(&self, name: &str) -> Option<&str> {
        self.said.piece(name)
    }

    /// A piece as it stands in a page.
    pub(in crate::pages::portal) fn beside(&self, name: &str) -> Beside {
        let html = self.piece(name).map(markdown::inline);
        Beside { tag: self.tag.clone(), direction: self.direction, html }
    }

    /// A clause as it stands in a page.
    pub(in crate::pages::portal) fn clause(&self, id: &str) -> Beside {
        self.beside(&clause_name(id))
    }

    /// The words and the language they are in, for paper.
    pub(in crate::pages::portal) const fn said(&self) -> &Said {
        &self.said
    }
}

impl Languages {
    /// What an address is given so that the language stays: nothing for English.
    pub(in crate::pages::portal) fn tag(&self) -> Option<&str> {
        self.chosen.as_ref().map(|chosen| chosen.tag.as_str())
    }

    /// A clause in the language chosen, and its words to hear.
    pub(in crate::pages::portal) fn heard(&self, id: &str) -> Option<(Beside, String)> {
        let chosen = self.chosen.as_ref()?;
        let heard = chosen.piece(&clause_name(id)).map(markdown::words);
        Some((chosen.clause(id), heard.unwrap_or_default()))
    }

    /// The name of an answer's piece, counting from 0.
    pub(in crate::pages::portal) fn answer(&self, at: &usize) -> String {
        format!("answer-{at}")
    }

    /// Whether it can be put on paper in the language chosen.
    pub(in crate::pages::portal) fn printable(&self) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.printable)
    }

    /// What an address of it on paper is given: how, and the language.
    pub(in crate::pages::portal) fn print(&self, how: &str) -> String {
        let how = Some(format!("as={how}")).filter(|_| !how.is_empty());
        let lang = self.tag().map(|tag| format!("lang={tag}"));
        let parts: Vec<String> = how.into_iter().chain(lang).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

async fn of_text(app: &App, text: Digest) -> Result<Vec<Translation>, AppFault> {
    let found = app.books.find::<Translation>("of", text).await?;
    let mut all: Vec<Translation> = found.into_iter().map(|stored| stored.value).collect();
    all.retain(|translation| translation.shown().is_some());
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// The languages a text can be read in, each at its address, and the one `asked` for.
pub(in crate::pages::portal) async fn languages(
    app: &App,
    text: &AgreementText,
    asked: Option<&str>,
    address: impl Fn(Option<&str>) -> String,
) -> Result<Languages, AppFault> {
    let all = of_text(app, text.digest).await?;
    let asked = all.iter().find(|one| Some(one.language.tag()) == asked);
    let chosen = match asked.and_then(|translation| Some((translation, translation.shown()?))) {
        Some((translation, digest)) => {
            let bytes = app.books.store().blob(app.books.school(), digest).await?;
            let said = bytes.and_then(|bytes| Said::from_bytes(&bytes));
            said.map(|said| Chosen {
                tag: translation.language.tag().to_owned(),
                direction: translation.language.direction(),
                digest,
                missing: said.missing(text),
                printable: said.words.values().all(|words| app.typesetter.boxes(words) == 0),
                said,
            })
        }
        None => None,
    };
    let here = chosen.as_ref().map(|chosen| chosen.tag.clone());
    let other = |one: &Translation| Other {
        tag: one.language.tag().to_owned(),
        name: one.name.clone(),
        address: address(Some(one.language.tag())),
        here: here.as_deref() == Some(one.language.tag()),
    };
    Ok(Languages { others: all.iter().map(other).collect(), english: address(None), chosen })
}

/// Which translation somebody read, as their form says; none for English.
///
/// # Errors
/// [`Refusal::AgreementChanged`] when readers are shown other words by now.
pub(in crate::pages::portal) async fn read_in(
    app: &App,
    of: Digest,
    sent: &str,
) -> Result<Option<ReadIn>, AppFault> {
    if sent.is_empty() {
        return Ok(None);
    }
    let text: Digest = sent.parse().map_err(|_not_ours| Refusal::AgreementChanged)?;
    let all = of_text(app, of).await?;
    let read = all.iter().find_map(|translation| translation.read(text, of).ok());
    Ok(Some(read.ok_or(Refusal::AgreementChanged)?))
}
