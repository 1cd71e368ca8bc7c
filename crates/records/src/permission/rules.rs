//! What a school's own rules say of leave: who decides, how long it may last, whether it takes two.

use serde::{Deserialize, Serialize};
use usher_types::role::Role;

use crate::permission::matter::Matter;
use crate::settings::Conduct;

/// A school's rules where they differ from the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PermissionRules {
    /// One a matter.
    #[serde(rename = "matter")]
    pub matters: Vec<MatterRule>,
}

/// A school's rule for one matter; what it leaves out is as the table has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MatterRule {
    /// Of what.
    pub name: Matter,
    /// Who decides.
    #[serde(default)]
    pub deciders: Vec<Role>,
    /// The longest it may last, in days.
    #[serde(default)]
    pub longest_days: Option<u16>,
    /// Whether two people of two offices decide.
    #[serde(default)]
    pub two_people: bool,
}

/// The rules of one matter in one school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Who decides.
    pub deciders: Vec<Role>,
    /// The longest it may last, in days.
    pub longest_days: u16,
    /// Whether two people of two offices decide.
    pub two_people: bool,
}

impl PermissionRules {
    /// What holds for a matter. Whom the school names for software, or for data off site, decides on it beside whoever
    /// the table names; a rule for the matter stands instead of both. Nobody decides what is another office's alone.
    pub fn terms(&self, matter: Matter, conduct: &Conduct) -> Terms {
        let shape = matter.shape();
        let rule = self.matters.iter().find(|rule| rule.name == matter);
        let mut deciders = match rule {
            Some(rule) if !rule.deciders.is_empty() => rule.deciders.clone(),
            _ => {
                let named = match matter {
                    Matter::Install => Some(conduct.software_approver),
                    Matter::DataOffSite => Some(conduct.data_off_site_approver),
                    _ => None,
                };
                let more = named.filter(|role| !shape.deciders.contains(role));
                shape.deciders.iter().copied().chain(more).collect()
            }
        };
        deciders.retain(|role| shape.only.is_empty() || shape.only.contains(role));
        // A rule that names nobody who may leaves it to those who may.
        if deciders.is_empty() {
            deciders = shape.only.to_vec();
        }
        Terms {
            deciders,
            longest_days: rule.and_then(|rule| rule.longest_days).unwrap_or(shape.longest_days),
            // Of two rules for one matter the stricter holds.
            two_people: self.matters.iter().any(|rule| rule.name == matter && rule.two_people),
        }
    }
}
