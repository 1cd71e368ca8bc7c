//! The events of a test, in memory.

use std::ops::ControlFlow;
use std::sync::Mutex;

use usher_activity::question::{Activity, Question};
use usher_activity::spool::SpoolFault;
use usher_events::event::Event;
use usher_types::ids::EventId;

/// The events of a test.
#[derive(Debug, Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<Event>>);

impl Activity for Told {
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault> {
        Ok(self.0.lock().unwrap().iter().find(|event| event.id == id).cloned())
    }

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        for event in self.0.lock().unwrap().iter() {
            if question.from <= event.at && event.at < question.until && each(event.clone()).is_break() {
                break;
            }
        }
        Ok(())
    }
}
