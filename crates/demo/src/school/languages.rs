//! The youngest children's rules in Polish, approved by the head, and what became of the rules sent to some parents, in the books of
//! the invented school.

use jiff::civil::Date;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::{Actor, Change, Stored};
use usher_records::person::Person;
use usher_records::rules_sent::{self, RulesSent};
use usher_records::translation::pieces::Said;
use usher_records::translation::{self, Begin, Translation};
use usher_store::books::Books;
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;

use crate::school::install::InstallFault;

const TRANSLATOR: &str = "Ewa Zielińska, a parent";

/// What of the rules is in Polish; what parents declare is not yet, so that the pages show both.
const POLISH: [(&str, &str); 10] = [
    ("title", "Nasze zasady przy komputerze"),
    ("opening", "Te zasady pomagają nam być bezpiecznymi i dobrze się bawić."),
    ("clause-ask-first", "Pytam, zanim użyję komputera lub tabletu."),
    ("clause-stop-and-tell", "Gdy jest mi smutno albo nie wiem, co robić, przestaję. Potem mówię dorosłemu."),
    ("clause-password", "Moje hasło to sekret. Nikomu go nie mówię."),
    ("clause-who-i-am", "W internecie nie mówię, kim jestem ani gdzie mieszkam."),
    ("clause-talk-with-a-grown-up", "Rozmawiam w internecie tylko wtedy, gdy jest przy mnie dorosły."),
    ("clause-kind", "Jestem dla wszystkich życzliwy i dbam o nasze rzeczy."),
    ("clause-school-can-see", "Szkoła widzi, co robię w internecie. To pomaga mi być bezpiecznym."),
    ("declaration", "Będę przestrzegać tych zasad w szkole i w domu."),
];

/// The books, new ids, and when.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) books: &'a Books,
    pub(super) ids: &'a dyn IdSource,
    pub(super) at: Moment,
}

impl Desk<'_> {
    async fn commit(self, change: &Change, by: &Person) -> Result<(), InstallFault> {
        self.books.commit(change, &Actor::Person(by.id), self.at).await?;
        Ok(())
    }

    /// The rules in Polish.
    pub(super) async fn polish(
        self,
        version: &AgreementVersion,
        (writer, approver): (&Person, &Person),
    ) -> Result<(), InstallFault> {
        let bytes = self.books.store().blob(self.books.school(), version.digest).await?;
        let file = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let (Ok(text), Ok(language)) = (AgreementText::parse(&file), "pl".parse()) else { return Ok(()) };
        let typed =
            |name: &str| POLISH.iter().find(|(piece, _)| *piece == name).map(|(_, words)| (*words).into());
        let said = Said::of(&text, language, typed)?;
        let digest = self.books.store().put_blob(self.books.school(), &said.to_bytes()).await?;
        let asked = Begin {
            id: Id::new(self.ids.next(self.at)),
            of: &text,
            language: said.language,
            name: "Polski",
            text: digest,
            translator: TRANSLATOR,
        };
        self.commit(&translation::begin(&asked, writer.id, self.at)?, writer).await?;
        if let Some(begun) = self.books.get::<Translation, _>(asked.id).await? {
            self.commit(&translation::approve(&begun, digest, approver.id, self.at)?, approver).await?;
        }
        Ok(())
    }

    /// Two parents have no mail: one was given paper.
    pub(super) async fn rules(
        self,
        version: &AgreementVersion,
        parents: &[&Person],
        (by, today): (&Person, Date),
    ) -> Result<(), InstallFault> {
        for (place, parent) in parents.iter().enumerate() {
            let sent = RulesSent {
                id: Id::new(self.ids.next(self.at)),
                year: SchoolCalendar::year_start(today),
                parent: parent.id,
                children: parent.children.clone(),
                texts: vec![version.digest],
                letter: None,
                at: self.at,
                entries: Vec::new(),
            };
            let change = rules_sent::send(&sent, None);
            self.commit(&change, by).await?;
            if place == 0 {
                let stored = Stored { value: sent, version: 1 };
                self.commit(&rules_sent::given(&stored, by.id, self.at)?, by).await?;
            }
        }
        Ok(())
    }
}
