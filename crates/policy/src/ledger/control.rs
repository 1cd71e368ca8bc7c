//! The catalogue of controls (`profiles/controls.toml`): what can keep a clause, at which honest level, on which conditions.
//!
//! Owns: reading it. Does not: say whether a control holds in a school; [`super::check`] does.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::profile::{ProfileFault, fault};

/// The catalogue, as text.
const OURS: &str = include_str!("../../../../profiles/controls.toml");

/// One control.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its id, never reused; a clause names it with `keeps`.
    pub id: String,
    /// What it does, in words for a headteacher.
    pub title: String,
    /// The strongest honest level.
    pub level: Level,
    /// Without which it is weaker.
    pub conditions: Vec<Condition>,
    /// The requirement rows it serves.
    pub rows: Vec<String>,
    /// Whether this release has it at all.
    pub stands: bool,
}

/// How strongly a control keeps a clause, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It does or blocks it.
    Enforce,
    /// It sees it and tells.
    Detect,
    /// It holds the evidence.
    Record,
    /// It shows, teaches, has it signed; a person does it.
    Inform,
}

/// Something outside of Usher that a control rests on. Usher cannot try it from within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Condition {
    /// Devices reach the internet only through Usher.
    #[serde(rename = "E")]
    OnlyThroughUsher,
    /// The school's certificate is on its devices.
    #[serde(rename = "T")]
    Certificate,
    /// Something on the device.
    #[serde(rename = "D")]
    OnTheDevice,
    /// Mail goes through Usher.
    #[serde(rename = "M")]
    MailThroughUsher,
}

impl Level {
    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Detect => "detect",
            Self::Record => "record",
            Self::Inform => "inform",
        }
    }

    /// Whether the program itself acts, rather than a person who was told or can look it up.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Enforce | Self::Detect)
    }
}

impl Condition {
    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnlyThroughUsher => "only-through-usher",
            Self::Certificate => "certificate",
            Self::OnTheDevice => "on-the-device",
            Self::MailThroughUsher => "mail-through-usher",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    control: Vec<Control>,
}

/// Every control, in the order of the catalogue.
///
/// # Errors
/// When the file is broken; a test finds this first.
pub fn controls() -> Result<&'static [Control], ProfileFault> {
    static READ: LazyLock<Result<Vec<Control>, ProfileFault>> = LazyLock::new(|| {
        let written: Written = toml::from_str(OURS).map_err(|error| fault(OURS, &error))?;
        Ok(written.control)
    });
    READ.as_deref().map_err(Clone::clone)
}
