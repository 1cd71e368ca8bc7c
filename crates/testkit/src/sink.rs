//! A sink that keeps events in memory, and can be full or closed.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use usher_events::event::Event;
use usher_events::sink::{EventSink, Place, SinkClosed};
use usher_types::ids::{EventId, Id};

/// Keeps every event, in the order they were filled.
#[derive(Debug, Clone, Default)]
pub struct Collected(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    events: Vec<Event>,
    closed: Option<SinkClosed>,
    full: bool,
    /// Whoever was told to wait and has no place yet.
    waiting: usize,
    /// Places that are reserved and not filled yet.
    open: usize,
    /// Places that were given up without an event.
    given_up: Vec<EventId>,
    wakers: Vec<Waker>,
}

impl State {
    fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

impl Collected {
    /// The events so far.
    pub fn events(&self) -> Vec<Event> {
        self.state().events.clone()
    }

    /// Takes no more events, and says why.
    pub fn close(&self, why: SinkClosed) {
        let mut state = self.state();
        state.closed = Some(why);
        state.wake();
    }

    /// Has no room for now: whoever reserves a place waits until [`Collected::make_room`].
    pub fn fill_up(&self) {
        self.state().full = true;
    }

    /// Has room again.
    pub fn make_room(&self) {
        let mut state = self.state();
        state.full = false;
        state.wake();
    }

    /// Places that are reserved and not filled yet.
    pub fn open_places(&self) -> usize {
        self.state().open
    }

    /// Places that were given up without an event.
    pub fn given_up(&self) -> Vec<EventId> {
        self.state().given_up.clone()
    }

    /// Waits until the events, and the number of open places, are as wanted; asks again whenever they change.
    pub async fn until(&self, mut wanted: impl FnMut(&[Event], usize) -> bool) {
        std::future::poll_fn(|context: &mut Context<'_>| {
            let mut state = self.state();
            if wanted(&state.events, state.open) {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits until so many wait for a place.
    pub async fn waiting(&self, count: usize) {
        std::future::poll_fn(|context: &mut Context<'_>| {
            let mut state = self.state();
            if state.waiting == count {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for Collected {
    fn reserve(&self) -> Pin<Box<dyn Future<Output = Result<Place, SinkClosed>> + Send + '_>> {
        let mut waits = false;
        Box::pin(std::future::poll_fn(move |context| {
            // Before asking, so that room made in between is noticed.
            self.state().wakers.push(context.waker().clone());
            let answer = self.try_reserve();
            let busy = matches!(answer, Err(SinkClosed::Busy));
            if busy != std::mem::replace(&mut waits, busy) {
                let mut state = self.state();
                state.waiting = if busy { state.waiting + 1 } else { state.waiting - 1 };
                state.wake();
            }
            if busy { Poll::Pending } else { Poll::Ready(answer) }
        }))
    }

    fn try_reserve(&self) -> Result<Place, SinkClosed> {
        let mut state = self.state();
        if let Some(closed) = state.closed {
            return Err(closed);
        }
        if state.full {
            return Err(SinkClosed::Busy);
        }
        state.next += 1;
        state.open += 1;
        let id = Id::new(state.next);
        state.wake();
        let reserved = Reserved { sink: self.clone(), id, event: None };
        Ok(Place::new(id, Box::new(move |event| reserved.fill(event))))
    }
}

/// Notices when a place is given up without an event.
struct Reserved {
    sink: Collected,
    id: EventId,
    event: Option<Event>,
}

impl Reserved {
    fn fill(mut self, event: Event) {
        self.event = Some(event);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut state = self.sink.state();
        state.open -= 1;
        match self.event.take() {
            Some(event) => state.events.push(event),
            None => state.given_up.push(self.id),
        }
        state.wake();
    }
}
