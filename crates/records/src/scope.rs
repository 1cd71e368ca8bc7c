//! Whom and what the policy covers: which groups of people sign what (POL-02), and the technologies it names, each with what
//! it leads to (POL-03). Both are settings of the school; here is how they are changed.

use serde::{Deserialize, Serialize};
use usher_types::role::PersonKind;

use crate::change::{Change, Stored};
use crate::refusal::{self, Refusal};
use crate::school::{self, School};
use crate::settings::Audience;

/// A technology the policy covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Technology {
    /// What people call it.
    pub name: String,
    /// Where what is done about it is seen.
    pub leads: Leads,
}

/// What a technology leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leads {
    /// A category of the filter, by name.
    Category(String),
    /// A register of the school.
    Register(Register),
}

/// A register a technology may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Register {
    /// Devices that are lent, and those the school knows.
    Equipment,
    /// Who signed what.
    Signatures,
    /// What broke a rule.
    Violations,
}

impl Register {
    /// Every register.
    pub const ALL: [Self; 3] = [Self::Equipment, Self::Signatures, Self::Violations];

    /// Its name in words' keys and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equipment => "equipment",
            Self::Signatures => "signatures",
            Self::Violations => "violations",
        }
    }
}

/// The eleven kinds that the policies name (S2), until a school says otherwise.
pub fn technologies() -> Vec<Technology> {
    let category = |name: &str, category: &str| Technology {
        name: name.to_owned(),
        leads: Leads::Category(category.to_owned()),
    };
    let equipment =
        |name: &str| Technology { name: name.to_owned(), leads: Leads::Register(Register::Equipment) };
    vec![
        category("E-mail", "webmail"),
        category("Blogs", "forums-and-blogs"),
        category("Instant messaging", "chat-and-messaging"),
        category("Podcasts", "streaming-radio"),
        category("Social networks", "social-networks"),
        category("Chat rooms", "anonymous-boards"),
        category("Gaming sites", "games"),
        category("Music download sites", "music-download"),
        equipment("Mobile and smart phones with camera and video"),
        equipment("Tablets and smartwatches"),
        equipment("Other hardware or software that communicates over the internet"),
    ]
}

/// Says what people of one kind sign from now on; none puts them out of scope. Pupils sign by their year, which is not
/// changed here.
///
/// # Errors
/// [`Refusal::NotInThisSchool`] for pupils; [`Refusal::AlreadySo`]; [`Refusal::ReasonNeeded`].
pub fn sign(
    before: &Stored<School>,
    kind: PersonKind,
    agreement: Option<&str>,
    why: &str,
) -> Result<Change, Refusal> {
    if kind == PersonKind::Pupil {
        return Err(Refusal::NotInThisSchool);
    }
    if before.value.settings.agreement_for(kind, None) == agreement {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut after = before.value.clone();
    let audiences = &mut after.settings.agreements.audiences;
    for audience in audiences.iter_mut() {
        audience.kinds.retain(|one| *one != kind);
    }
    audiences.retain(|audience| !audience.kinds.is_empty());
    if let Some(agreement) = agreement {
        let fits =
            |one: &&mut Audience| one.agreement == agreement && !one.kinds.contains(&PersonKind::Pupil);
        match audiences.iter_mut().find(fits) {
            Some(audience) => audience.kinds.push(kind),
            None => audiences.push(Audience {
                agreement: agreement.to_owned(),
                kinds: vec![kind],
                years: Vec::new(),
            }),
        }
    }
    Ok(school::change(before, &after, why))
}

/// Adds a technology to those the policy covers, or says what it leads to from now on.
///
/// # Errors
/// [`Refusal::NameNeeded`]; [`Refusal::AlreadySo`].
pub fn cover(before: &Stored<School>, technology: Technology) -> Result<Change, Refusal> {
    let name = technology.name.trim().to_owned();
    if name.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let technology = Technology { name, ..technology };
    let mut after = before.value.clone();
    match after.settings.technologies.iter_mut().find(|one| one.name == technology.name) {
        Some(known) if *known == technology => return Err(Refusal::AlreadySo),
        Some(known) => *known = technology.clone(),
        None => after.settings.technologies.push(technology.clone()),
    }
    Ok(school::change(before, &after, &format!("the policy covers {}", technology.name)))
}

/// Takes a technology out of those the policy covers.
///
/// # Errors
/// [`Refusal::Gone`] when it is not among them.
pub fn uncover(before: &Stored<School>, name: &str) -> Result<Change, Refusal> {
    let mut after = before.value.clone();
    after.settings.technologies.retain(|one| one.name != name);
    if after.settings.technologies.len() == before.value.settings.technologies.len() {
        return Err(Refusal::Gone);
    }
    Ok(school::change(before, &after, &format!("the policy does not name {name} any more")))
}
