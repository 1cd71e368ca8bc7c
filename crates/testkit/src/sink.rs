//! A sink that keeps events in memory.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use usher_events::event::Event;
use usher_events::sink::{EventSink, Place, SinkClosed};
use usher_types::ids::Id;

/// Keeps every event, in the order they were filled.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    next: Arc<AtomicU64>,
    events: Arc<Mutex<Vec<Event>>>,
    closed: Arc<Mutex<Option<SinkClosed>>>,
}

impl Collected {
    /// The events so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Takes no more events, and says why.
    pub fn close(&self, why: SinkClosed) {
        *self.closed.lock().unwrap() = Some(why);
    }
}

impl EventSink for Collected {
    fn reserve(&self) -> Pin<Box<dyn Future<Output = Result<Place, SinkClosed>> + Send + '_>> {
        let place = self.try_reserve();
        Box::pin(async move { place })
    }

    fn try_reserve(&self) -> Result<Place, SinkClosed> {
        if let Some(closed) = *self.closed.lock().unwrap() {
            return Err(closed);
        }
        let id = Id::new(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        let events = Arc::clone(&self.events);
        Ok(Place::new(id, Box::new(move |event| events.lock().unwrap().push(event))))
    }
}
