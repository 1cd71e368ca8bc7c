//! What a server offers the player besides its gateway: its clock, signing in, lessons, telling.

use async_trait::async_trait;
use usher_types::ids::{GroupId, PersonId};
use usher_types::moment::Moment;

use crate::play::act::{Opening, Place};

/// Why something was not done. The player goes on and counts it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// The server the week is played on. Sign-ins are done the way people do them, with the school's own secrets.
#[async_trait]
pub trait Stage: Send + Sync {
    /// Sets the server's clock. Called before everything that happens at a moment; never goes back.
    async fn set_clock(&self, at: Moment);

    /// Somebody signs in at a device and accepts the clause that is asked each time.
    async fn sign_in(&self, place: Place) -> Result<(), Declined>;

    /// Somebody signs out.
    async fn sign_out(&self, place: Place) -> Result<(), Declined>;

    /// A teacher opens a lesson.
    async fn open_lesson(&self, lesson: Opening) -> Result<(), Declined>;

    /// A teacher ends the lesson of a class.
    async fn end_lesson(&self, teacher: PersonId, group: GroupId) -> Result<(), Declined>;

    /// A child says that they have told an adult, from the page they got for this address. The event it belongs to is
    /// the last one of this person at this address.
    async fn tell(&self, place: Place, page: &str) -> Result<(), Declined>;
}
