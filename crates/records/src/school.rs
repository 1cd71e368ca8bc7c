//! The school itself: its name and its settings.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::SchoolId;
use usher_types::moment::{Moment, Zone};

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::{self, Refusal};
use crate::settings::Settings;

/// A school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// Its id.
    pub id: SchoolId,
    /// Its name, as pages and documents show it.
    pub name: String,
    /// The profile it started from.
    pub profile: String,
    /// What its books and pages go by.
    pub settings: Settings,
    /// Where its clocks are.
    pub zone: Zone,
    /// When it was set up.
    pub set_up_at: Moment,
    /// The first day whose half-term lets staff passwords lapse: the day after the school asked for it, or after the last one. None
    /// while it does not ask (ACC-11).
    #[serde(default)]
    pub lapse_from: Option<Date>,
}

impl Noun for School {
    const KIND: Kind = Kind::School;

    fn number(&self) -> u64 {
        self.id.number()
    }
}

/// Sets a school up.
pub fn set_up(school: &School) -> Change {
    Change::of(Action::SchoolSetUp, Write::of(school, Expect::New))
}

/// Changes its settings, for a reason that is kept.
///
/// # Errors
/// [`Refusal::AlreadySo`]; [`Refusal::ReasonNeeded`].
pub fn set(before: &Stored<School>, settings: &Settings, why: &str) -> Result<Change, Refusal> {
    if before.value.settings == *settings {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    Ok(change(before, &School { settings: settings.clone(), ..before.value.clone() }, why))
}

/// Changes its name or settings.
pub fn change(before: &Stored<School>, after: &School, why: &str) -> Change {
    Change::of(Action::SettingsChanged, before.replace(after)).because(why)
}
