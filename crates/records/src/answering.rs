//! How the school answers alerts: how fast, who is next, when nobody is to be woken, and when a rule has had its day.

use std::collections::BTreeMap;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use usher_types::role::{Role, Year};

/// How alerts are answered (FM-48, UM-03, UM-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Answering {
    /// An alert nobody has taken up after so many minutes goes to the next of the rota.
    pub within_minutes: u16,
    /// Alerts at least this grave go on; a lesser one waits for those who were told.
    pub passed_on_from: u8,
    /// Who is next, in turn, after those who are told first.
    pub rota: Vec<Role>,
    /// When only grave alerts are told at once.
    pub quiet: Option<QuietHours>,
    /// Years whose words are told from another severity on than everybody's: younger ones from a lower.
    pub words_from_years: BTreeMap<Year, u8>,
    /// A rule of which fewer than so many in a hundred alerts were useful is proposed for retirement.
    pub line_percent: u8,
    /// Rules the school has retired: they raise no alert, and stay in the weekly report.
    pub retired: Vec<String>,
    /// Whether the message to the school's own address names the child. Without it, it says only that there is an alert.
    pub hook_names: bool,
}

impl Default for Answering {
    fn default() -> Self {
        Self {
            within_minutes: 15,
            passed_on_from: 4,
            rota: vec![Role::SeniorLeader, Role::ComputingLead],
            quiet: None,
            words_from_years: BTreeMap::new(),
            line_percent: 30,
            retired: Vec::new(),
            hook_names: false,
        }
    }
}

/// Hours in which only grave alerts are told at once; the others when the hours end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QuietHours {
    /// From.
    pub from: Time,
    /// Until; earlier in the day than `from` when the night is meant.
    pub until: Time,
    /// Alerts at least this grave are told all the same.
    pub passes_from: u8,
}
