//! The server as something that may not be reachable when it is wanted.

use std::sync::{Mutex, PoisonError};

use usher_activity::engine::{Engine, Far};
use usher_activity::spool::SpoolFault;
use usher_types::ids::SchoolId;
use usher_types::moment::{Moment, Zone};

use crate::place::Place;
use crate::warehouse::Warehouse;

/// One school's part of a server.
#[derive(Debug)]
pub struct Remote {
    place: Place,
    school: SchoolId,
    zone: Zone,
    /// Once it was reached; its connections are made anew where they broke.
    reached: Mutex<Option<Warehouse>>,
}

impl Remote {
    /// Of a school; days are those of its zone. Nothing is asked yet.
    pub const fn new(place: Place, school: SchoolId, zone: Zone) -> Self {
        Self { place, school, zone, reached: Mutex::new(None) }
    }

    fn warehouse(&self) -> Result<Warehouse, SpoolFault> {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(warehouse) = &*reached {
            return Ok(warehouse.clone());
        }
        let warehouse = Warehouse::open(&self.place)?;
        *reached = Some(warehouse.clone());
        Ok(warehouse)
    }
}

impl Far for Remote {
    fn reach(&self) -> Result<Box<dyn Engine>, SpoolFault> {
        Ok(Box::new(self.warehouse()?.school(self.school, self.zone.clone())?))
    }

    fn tell(&self, name: &str, pupils: u32, at: Moment) -> Result<(), SpoolFault> {
        self.warehouse()?.name_school(self.school, name, pupils, at)
    }
}
