//! The incident form's nine fields (INC-02). Date and reporting member of staff are the case's own; the rest is here.

use serde::{Deserialize, Serialize};
use usher_types::ids::EventId;

/// What is filled in of the form. Empty means not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nine {
    /// The web address.
    pub address: String,
    /// Where copies of screens or other evidence are kept, besides what is kept with the case.
    pub evidence: String,
    /// The room.
    pub room: String,
    /// The computer's name or number.
    pub computer: String,
    /// What happened.
    pub details: String,
    /// To whom it was passed.
    pub passed_to: String,
    /// What was done.
    pub action: String,
    /// The event it was filled from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
}
