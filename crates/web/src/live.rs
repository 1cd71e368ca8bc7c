//! What live pages are told: blocks as they are recorded, and what children tell, by class.
//!
//! Nothing here is kept; a page that falls behind, or has no JavaScript, reads the books and the activity store instead.

use std::sync::Arc;

use tokio::sync::broadcast;
use usher_events::event::Event;
use usher_records::lesson::Lesson;
use usher_records::request::UnblockRequest;
use usher_records::told::Told;

/// Notes kept for a page that is slow to read.
const BUFFER: usize = 256;

/// Something a live page shows.
#[derive(Debug, Clone)]
pub enum Note {
    /// An event was recorded.
    Recorded(Arc<Event>),
    /// A child told.
    Told(Arc<Told>),
    /// Somebody asked for a page.
    Asked(Arc<UnblockRequest>),
    /// A lesson was opened, changed or ended.
    Lesson(Arc<Lesson>),
    /// Who is signed in where has changed.
    Presence,
}

/// Tells live pages.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Note>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::channel(BUFFER).0)
    }
}

impl Live {
    /// Tells every live page. Nobody listening is no fault.
    pub fn tell(&self, note: Note) {
        drop(self.0.send(note));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Note> {
        self.0.subscribe()
    }
}
