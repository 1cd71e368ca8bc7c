//! The trust's store of events, where the school is one of a trust: what sends to it and how that stands.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use usher_activity::engine::Far;
use usher_activity::shipping::Shipper;
use usher_activity_clickhouse::remote::Remote;
use usher_config::config::TrustEvents;
use usher_jobs::runner::Runner;
use usher_jobs::shipping::{Shipping, Standing};
use usher_store::books::Books;
use usher_types::ids::Id;
use usher_types::moment::Zone;

/// The store, and how sending to it stands.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) far: Arc<dyn Far>,
    pub(crate) standing: Arc<Mutex<Standing>>,
}

impl Trust {
    /// What the configuration names. Nothing is asked of it yet: it may be away.
    pub(crate) fn named(events: Option<&TrustEvents>, zone: &Zone) -> anyhow::Result<Option<Self>> {
        let Some(events) = events else { return Ok(None) };
        let place = events.clickhouse.parse().context("activity.clickhouse cannot be used")?;
        let far = Remote::new(place, Id::new(events.school.get()), zone.clone());
        Ok(Some(Self { far: Arc::new(far), standing: Arc::default() }))
    }

    /// Starts sending what is in a spool.
    pub(crate) fn start(&self, spool: &Path, books: Books, jobs: &Runner) -> anyhow::Result<()> {
        let fresh = NonZeroU32::new(getrandom::u32()?).unwrap_or(NonZeroU32::MIN);
        let shipper = match Shipper::open(spool, fresh) {
            Ok(shipper) => shipper,
            Err(error) => {
                // The school's filter is worth more than the trust's copy: nothing is sent, and Health says so.
                tracing::error!(%error, "what was sent to the trust is not known, so nothing is sent");
                self.standing.lock().unwrap_or_else(PoisonError::into_inner).failures = 1;
                return Ok(());
            }
        };
        let (far, standing) = (Arc::clone(&self.far), Arc::clone(&self.standing));
        jobs.start(Arc::new(Shipping::new(books, far, shipper, standing)));
        Ok(())
    }
}
