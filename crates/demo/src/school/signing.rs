//! Signs the agreements for the invented school, so that the web opens: on paper at the start of the year, most people,
//! some not yet, as in any school.

use std::collections::BTreeSet;

use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::{Action, Write};
use usher_records::person::Person;
use usher_records::settings::Settings;
use usher_records::signature::{How, Part, Sign, Signature, sign};
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role};

use crate::school::DemoSchool;
use crate::school::install::{InstallFault, write};

/// One pupil in this many has not signed, or their parents have not.
const PUPILS_OWING: usize = 41;
/// The sign-in to try that has its agreement still to read.
const READS: &str = "pupil.y4";
/// One parent in this many has not signed their own.
const PARENTS_OWING: usize = 17;

impl DemoSchool {
    /// Everybody's signatures under the agreements in force that `settings` asks of them, but for a few that are owed. One
    /// change, with one journal entry, for each agreement. Whoever has signed one before is left out, so a second start
    /// writes nothing. Gives how many were written.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_agreements(
        &self,
        books: &Books,
        settings: &Settings,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        let signatures = books.values::<Signature>().await?;
        let signed: BTreeSet<(PersonId, String)> =
            signatures.into_iter().map(|signature| (signature.person, signature.agreement)).collect();
        let mut written = 0;
        for text in in_force(books).await? {
            let key = &text.head.key;
            let new = |person: &&Person| !signed.contains(&(person.id, key.clone()));
            let mut writes: Vec<Write> = Vec::new();
            for (person, part) in self.signers(settings, key).into_iter().filter(|(person, _)| new(person)) {
                writes.extend(self.signature(person, part, &text, at, ids)?);
            }
            written += write(books, Action::AgreementSigned, writes, at).await?;
        }
        Ok(written)
    }

    /// Who signs an agreement, and for whom: people for themselves, and parents for their children.
    fn signers(&self, settings: &Settings, key: &str) -> Vec<(&Person, Part)> {
        let owes = |person: &Person| settings.agreement_for(person.kind, person.year) == Some(key);
        let mut signers = Vec::new();
        for (at, person) in self.people.iter().enumerate().filter(|(_, person)| owes(person)) {
            let owing = match person.kind {
                PersonKind::Pupil => at.is_multiple_of(PUPILS_OWING),
                PersonKind::Parent => at.is_multiple_of(PARENTS_OWING),
                PersonKind::Visitor => true,
                _ => false,
            };
            // Signing in to try should not end at a form, except where that is what is to be seen.
            if owing && !self.is_to_try(person.id) {
                continue;
            }
            if !self.is_to_read(person.id) {
                signers.push((person, Part::Own));
            }
            let asked = settings.agreements.parent_first || settings.agreements.with_parent;
            if person.kind == PersonKind::Pupil && asked {
                let parent = self.people.iter().find(|parent| parent.children.contains(&person.id));
                signers.extend(parent.map(|parent| (parent, Part::ParentFor(person.id))));
            }
        }
        signers
    }

    fn is_to_try(&self, person: PersonId) -> bool {
        self.sign_ins().iter().any(|sign_in| sign_in.person.id == person)
    }

    /// Whose first sign-in shows the agreement: the Year 4 pupil's.
    fn is_to_read(&self, person: PersonId) -> bool {
        self.sign_ins()
            .iter()
            .any(|to_try| to_try.person.id == person && to_try.account.username.as_str() == READS)
    }

    fn signature(
        &self,
        person: &Person,
        part: Part,
        text: &AgreementText,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<Vec<Write>, InstallFault> {
        let office = self.people.iter().find(|person| person.roles.has(Role::Office));
        let asked = Sign {
            id: Id::new(ids.next(at)),
            person,
            part,
            shown: text.digest,
            answer: None,
            typed_name: None,
            discussed: matches!(part, Part::ParentFor(_)),
            how: How::OnPaper,
            entered_by: office.map(|office| office.id),
            read_in: None,
        };
        let (_, change) = sign(&asked, text, at)?;
        Ok(change.writes)
    }
}

/// The texts in force.
async fn in_force(books: &Books) -> Result<Vec<AgreementText>, InstallFault> {
    let mut texts = Vec::new();
    for version in books.values::<AgreementVersion>().await?.into_iter().filter(|version| version.in_force) {
        let bytes = books.store().blob(books.school(), version.digest).await?.unwrap_or_default();
        // What is in force was read when it was published.
        texts.extend(AgreementText::parse(&String::from_utf8_lossy(&bytes)));
    }
    Ok(texts)
}
