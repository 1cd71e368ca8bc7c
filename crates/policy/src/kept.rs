//! The list that comes with Usher of sites that are not decrypted (`lists/not-inspected.toml`), each with its reason.
//!
//! Owns: reading it, and its sections. Does not: say which sections hold; that is the policy's, under `[inspection]`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_lists::patterns::AddressPattern;

use crate::profile::{ProfileFault, fault};

/// The list, as text.
/// The table that comes with the program, as its file is written.
pub const BUILT_IN: &str = include_str!("../../../lists/not-inspected.toml");

/// A section of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Money.
    Banking,
    /// What somebody asks a doctor.
    Health,
    /// Updaters that trust their maker's authority and no other.
    SoftwareUpdates,
    /// What keeps a device enrolled, and tells it of news.
    DeviceManagement,
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeptSites {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// Its section.
    pub section: Section,
    /// Why, in plain words.
    pub why: String,
    /// The sites: whole names, each with everything below it.
    pub sites: Vec<AddressPattern>,
    /// The day somebody last looked whether it is still so.
    pub checked: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    site: Vec<KeptSites>,
}

/// The list that comes with Usher.
///
/// # Errors
/// When the file is broken; a test finds this first.
pub fn built_in() -> Result<&'static [KeptSites], ProfileFault> {
    static READ: LazyLock<Result<Vec<KeptSites>, ProfileFault>> = LazyLock::new(|| parse(BUILT_IN));
    READ.as_deref().map_err(Clone::clone)
}

fn parse(text: &str) -> Result<Vec<KeptSites>, ProfileFault> {
    let written: Written = toml::from_str(text).map_err(|error| fault(text, &error))?;
    let mut ids = BTreeSet::new();
    match written.site.iter().find(|entry| !ids.insert(entry.id.as_str())) {
        Some(twice) => Err(ProfileFault { line: 1, what: format!("`{}` is there twice", twice.id) }),
        None => Ok(written.site),
    }
}

#[cfg(test)]
mod tests {
    use usher_scan::safe::SafeServices;
    use usher_types::url::WebAddress;

    use super::*;

    #[test]
    fn every_entry_has_a_reason_and_names_whole_sites_that_are_not_too_wide() {
        let (kept, services) = (built_in().unwrap(), SafeServices::built_in().unwrap());
        for section in
            [Section::Banking, Section::Health, Section::SoftwareUpdates, Section::DeviceManagement]
        {
            assert!(kept.iter().any(|entry| entry.section == section), "{section:?}");
        }
        for entry in kept {
            assert!(entry.why.ends_with('.') && !entry.sites.is_empty(), "{}", entry.id);
            for site in &entry.sites {
                // Safe search is set inside.
                let address =
                    WebAddress::parse(&format!("https://{}/", site.to_string().trim_end_matches('/')))
                        .unwrap();
                assert!(services.at(&address.host).is_none(), "{}: {site} searches", entry.id);
                assert!(!site.is_too_wide() && matches!(site.path(), "" | "/"), "{}: {site}", entry.id);
            }
        }
    }

    #[test]
    fn an_id_that_is_there_twice_is_a_fault() {
        let one = "[[site]]\nid = \"a\"\nsection = \"health\"\nwhy = \"x.\"\nsites = [\"a.example\"]\nchecked = \"2026-11-22\"\n";
        assert_eq!(parse(one).unwrap().len(), 1);
        assert!(parse(&one.repeat(2)).unwrap_err().what.contains("twice"));
        assert!(parse(&one.replace("health", "gossip")).is_err());
    }
}
