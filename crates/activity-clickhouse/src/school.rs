//! One school's part of the server: the engine over it.

use std::ops::{ControlFlow, Range};

use usher_activity::engine::Engine;
use usher_activity::question::{Activity, By, Counts, Cursor, Page, Question};
use usher_activity::spool::SpoolFault;
use usher_activity::store::{Delivery, KeepRules, Kept, TakenOut, Wanted};
use usher_events::event::Event;
use usher_events::row::Row;
use usher_types::ids::{EventId, SchoolId};
use usher_types::moment::{Moment, Zone};

use crate::warehouse::Warehouse;

/// A school's events. What is taken in becomes this school's, whatever number the school has on its own server: there it
/// is mostly the first.
#[derive(Debug, Clone)]
pub struct School {
    pub(crate) warehouse: Warehouse,
    pub(crate) school: SchoolId,
    pub(crate) zone: Zone,
}

impl School {
    /// The table of its events.
    pub(crate) fn table(&self) -> String {
        table(self.school)
    }

    /// Takes in rows whose events are not kept, as a segment of a node: of a demonstration, or of another store. The same
    /// segment again is passed over.
    ///
    /// # Errors
    /// When the server does not answer or refuses; then none of them count.
    pub fn take_rows(&self, node: u32, segment: u64, rows: Vec<Row>) -> Result<u64, SpoolFault> {
        crate::take::take_rows(self, node, segment, rows)
    }
}

/// The table of a school's events: what is rewritten for one school leaves the others' alone.
pub(crate) fn table(school: SchoolId) -> String {
    format!("events_{}", school.number())
}

impl Engine for School {
    fn covered(&self, node: u32, segment: u64) -> Result<Vec<Range<u64>>, SpoolFault> {
        crate::take::covered(self, node, segment)
    }

    fn take(&mut self, delivery: &Delivery) -> Result<u64, SpoolFault> {
        crate::take::take(self, delivery)
    }

    fn keep(&mut self, rules: KeepRules<'_>, now: Moment, done: &mut Kept) -> Result<(), SpoolFault> {
        crate::keep::keep(self, rules, now, done)
    }

    fn take_out(&mut self, wanted: &Wanted) -> Result<TakenOut, SpoolFault> {
        crate::out::take_out(self, wanted)
    }
}

impl Activity for School {
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault> {
        crate::ask::event(self, id)
    }

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        crate::ask::scan(self, question, each)
    }

    fn rows(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        crate::ask::rows(self, question, each)
    }

    fn counts(&self, question: &Question, by: &By) -> Result<Counts, SpoolFault> {
        crate::ask::counts(self, question, by)
    }

    fn page(&self, question: &Question, after: Option<Cursor>, limit: usize) -> Result<Page, SpoolFault> {
        crate::ask::page(self, question, after, limit)
    }
}
