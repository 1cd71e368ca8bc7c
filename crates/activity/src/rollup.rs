//! Counts of one file's rows, kept beside it: what is asked by whole days is answered without reading a row.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_events::row::Row;
use usher_types::digest::Digest;
use usher_types::moment::Zone;

use crate::question::{By, Counts, count};
use crate::spool::SpoolFault;

/// The counts of a file, by everything that can be asked but the day, which is the file's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rollup {
    /// The clock its day and hours are of.
    zone: Zone,
    counts: Vec<Counts>,
}

/// What is counted by, in the order of [`Rollup::counts`].
fn kinds(zone: &Zone) -> [By; 10] {
    [
        By::All,
        By::Person,
        By::Class,
        By::Device,
        By::Room,
        By::Group,
        By::Category,
        By::Theme,
        By::Site,
        By::Hour(zone.clone()),
    ]
}

/// Counts rows as they are written.
pub(crate) struct Counting {
    zone: Zone,
    kinds: [By; 10],
    counts: Vec<Counts>,
}

impl Counting {
    pub(crate) fn new(zone: &Zone) -> Self {
        let kinds = kinds(zone);
        let counts = kinds.iter().map(|_| Counts::new()).collect();
        Self { zone: zone.clone(), kinds, counts }
    }

    pub(crate) fn add(&mut self, row: &Row) {
        for (by, counts) in self.kinds.iter().zip(&mut self.counts) {
            count(counts, by, row);
        }
    }

    pub(crate) fn finish(self) -> Rollup {
        Rollup { zone: self.zone, counts: self.counts }
    }
}

impl Rollup {
    /// The counts by this, if they are kept, of the file of this day.
    pub(crate) fn by(&self, by: &By, day: Date) -> Option<Counts> {
        let kept = |by: &By| {
            let at = kinds(&self.zone).iter().position(|known| known == by)?;
            self.counts.get(at).cloned()
        };
        match by {
            By::Day(zone) if *zone == self.zone => {
                let all = kept(&By::All)?.into_values().next()?;
                Some(Counts::from([(day.to_string(), all)]))
            }
            by => kept(by),
        }
    }

    /// Writes the counts; they are on the disk when this is done.
    pub(crate) fn write(&self, path: &Path) -> Result<Digest, SpoolFault> {
        let fault = |source| SpoolFault::disk("write", path, source);
        let bytes = postcard::to_stdvec(self).map_err(|error| fault(std::io::Error::other(error)))?;
        let mut file = File::create(path).map_err(fault)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(fault)?;
        Ok(Digest::of(&bytes))
    }

    /// Reads counts that have this digest.
    pub(crate) fn read(path: &Path, digest: Digest) -> Result<Self, SpoolFault> {
        let bytes = fs::read(path).map_err(|source| SpoolFault::disk("read", path, source))?;
        if Digest::of(&bytes) != digest {
            return Err(SpoolFault::damaged(path, "it is not what was written"));
        }
        postcard::from_bytes(&bytes).map_err(|error| SpoolFault::damaged(path, error.to_string()))
    }
}
