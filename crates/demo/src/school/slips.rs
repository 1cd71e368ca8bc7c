//! Slips of the invented school that went home and are not back, and that somebody chased them.

use std::collections::BTreeSet;

use usher_records::agreement::AgreementVersion;
use usher_records::change::Action;
use usher_records::code::Code;
use usher_records::person::Person;
use usher_records::reminder::{Reminder, remind};
use usher_records::settings::Settings;
use usher_records::signature::Signature;
use usher_records::slip::{Print, Slip, print};
use usher_store::books::Books;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role};

use crate::school::DemoSchool;
use crate::school::install::{InstallFault, write};

impl DemoSchool {
    /// Prints a slip for each pupil who has not signed, and chases one class. A second start prints nothing. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn print_slips(
        &self,
        books: &Books,
        settings: &Settings,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Slip>().await?.is_empty() {
            return Ok(0);
        }
        let Some(office) = self.people.iter().find(|person| person.roles.has(Role::Office)) else {
            return Ok(0);
        };
        let signed: BTreeSet<PersonId> =
            books.values::<Signature>().await?.into_iter().map(|signature| signature.person).collect();
        let versions = books.values::<AgreementVersion>().await?;
        let owes = |person: &&Person| person.kind == PersonKind::Pupil && !signed.contains(&person.id);
        let owing: Vec<&Person> = self.people.iter().filter(owes).collect();
        let slip = |child: &&Person| {
            let key = settings.agreement_for(child.kind, child.year)?;
            let version = versions.iter().find(|version| version.in_force && version.key == key)?;
            let code = code(child.id);
            Some(Print { id: Id::new(ids.next(at)), code, child: child.id, version, by: office.id })
        };
        let Some(change) = print(owing.iter().filter_map(slip).collect(), at) else { return Ok(0) };
        let written = write(books, change.action, change.writes, at).await?;
        let group = owing.first().and_then(|child| child.groups.first()).copied();
        let class = group.and_then(|id| self.groups.iter().find(|group| group.id == id));
        if let Some(class) = class {
            let missing: Vec<PersonId> =
                owing.iter().filter(|child| child.groups.contains(&class.id)).map(|child| child.id).collect();
            let reminder = Reminder {
                id: Id::new(ids.next(at)),
                section: format!("class:{}", class.name),
                on_paper: missing.clone(),
                missing,
                mailed: Vec::new(),
                by: office.id,
                at,
            };
            if let Ok(change) = remind(&reminder, Vec::new(), &[]) {
                write(books, Action::Reminded, change.writes, at).await?;
            }
        }
        Ok(written)
    }
}

/// The code of an invented child's slip: the same at every start, unlike a real one.
fn code(child: PersonId) -> Code {
    let digest = Digest::of(&child.number().to_be_bytes());
    let mut first = [0; Code::BYTES];
    first.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    Code::of(first)
}
