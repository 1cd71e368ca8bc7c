//! The server: connected to, its tables made, and a school's part of it.

use std::sync::Arc;

use clickhouse::{Client, Compression};
use usher_activity::spool::SpoolFault;
use usher_types::ids::SchoolId;
use usher_types::moment::{Moment, Zone};

use crate::bridge::Bridge;
use crate::place::Place;
use crate::school::School;
use crate::tables;

/// A server with the tables on it.
#[derive(Clone)]
pub struct Warehouse {
    pub(crate) bridge: Arc<Bridge>,
    pub(crate) client: Client,
    place: Place,
}

impl std::fmt::Debug for Warehouse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client would print how it signs in.
        f.debug_tuple("Warehouse").field(&self.place).finish()
    }
}

impl Warehouse {
    /// Connects, and makes the tables that are not there yet. Blocks.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub fn open(place: &Place) -> Result<Self, SpoolFault> {
        let bridge = Bridge::new()
            .map_err(|source| SpoolFault::Server { doing: "start asking", source: Box::new(source) })?;
        let client = Client::default()
            .with_url(&place.server)
            .with_user(&place.user)
            .with_password(&place.password)
            .with_database(&place.database)
            .with_compression(Compression::Lz4)
            // Servers before 23 cannot say what types they send.
            .with_validation(false);
        tables::migrate(&bridge, &client, place)?;
        Ok(Self { bridge: Arc::new(bridge), client, place: place.clone() })
    }

    /// The part of one school, made if it is not there yet. Days are those of its zone.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub fn school(&self, school: SchoolId, zone: Zone) -> Result<School, SpoolFault> {
        tables::make_school(&self.bridge, &self.client, school)?;
        Ok(School { warehouse: self.clone(), school, zone })
    }

    /// Says what a school is called and how many pupils it has.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub fn name_school(
        &self,
        school: SchoolId,
        name: &str,
        pupils: u32,
        at: Moment,
    ) -> Result<(), SpoolFault> {
        let line = crate::line::SchoolLine {
            school: school.number(),
            name: name.to_owned(),
            pupils,
            at: at.unix_ms(),
        };
        self.bridge.wait("write to", async {
            let mut insert = self.client.insert::<crate::line::SchoolLine>("schools").await?;
            insert.write(&line).await?;
            insert.end().await
        })
    }
}
