//! How an edge hands in an event: it reserves a place before it serves a request, and fills it exactly once.
//!
//! Reserving first is what keeps the promise that nothing is lost: a request is only served when there is room for its
//! event, and when there is none it waits, or is refused.

use std::pin::Pin;

use usher_types::ids::EventId;

use crate::event::Event;

/// Where events go.
pub trait EventSink: Send + Sync {
    /// A place for one event; waits while the queue is full.
    ///
    /// # Errors
    /// When no event can be taken any more: the disk is full or broken, or Usher stops.
    fn reserve(&self) -> Pin<Box<dyn Future<Output = Result<Place, SinkClosed>> + Send + '_>>;

    /// A place for one event if there is room now.
    ///
    /// # Errors
    /// As [`EventSink::reserve`], and [`SinkClosed::Busy`] when it would have to wait.
    fn try_reserve(&self) -> Result<Place, SinkClosed>;
}

/// No event can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SinkClosed {
    /// The disk has no room left.
    #[error("the disk is full, so requests cannot be recorded")]
    DiskFull,
    /// The disk failed.
    #[error("the disk failed, so requests cannot be recorded")]
    Broken,
    /// Usher is stopping.
    #[error("Usher is stopping")]
    Stopping,
    /// The queue is full for the moment.
    #[error("the queue of events is full for the moment")]
    Busy,
}

/// Takes one event.
pub type Fill = Box<dyn FnOnce(Event) + Send + Sync>;

/// A reserved place and the id the event in it will have.
pub struct Place {
    id: EventId,
    fill: Fill,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Place {
    /// A place with this id, filled by calling `fill`.
    pub fn new(id: EventId, fill: Fill) -> Self {
        Self { id, fill }
    }

    /// The id the event will have.
    pub const fn id(&self) -> EventId {
        self.id
    }

    /// Fills the place. The event's id is the place's.
    pub fn fill(self, mut event: Event) {
        event.id = self.id;
        (self.fill)(event);
    }
}
