//! From the server's file to the scanners it names.

use std::sync::Arc;

use usher_config::scanners::Scanners;

use crate::chain::Chain;
use crate::clamd::Clamd;
use crate::icap::Icap;
use crate::memory::Remembered;
use crate::rules::{RuleFault, Rules};
use crate::{Nobody, Scanner};

/// The scanners of this server, and its rules apart so that they can be read again.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// Whom to ask.
    pub scanner: Arc<dyn Scanner>,
    /// The rules it has, where they are on.
    pub rules: Option<Arc<Rules>>,
}

impl Scanner for Arc<Rules> {
    fn scan<'a>(&'a self, file: &'a crate::held::Held) -> crate::Answer<'a> {
        (**self).scan(file)
    }

    fn generation(&self) -> u64 {
        (**self).generation()
    }
}

/// The scanners that a server's file names, remembered and in order. Reads the folder of rules: when one of them is
/// wrong, the log says where, and Usher's own are used alone.
///
/// # Errors
/// When Usher's own rules cannot be used, which is a fault of the build.
pub fn from_settings(settings: &Scanners) -> Result<Assembled, RuleFault> {
    let most = settings.deadline;
    let rules = if settings.rules {
        Some(Arc::new(Rules::own(settings.rules_folder.as_deref(), most)?))
    } else {
        None
    };
    if let (Some(rules), Some(folder)) = (&rules, &settings.rules_folder) {
        match rules.read_again() {
            Ok(count) => tracing::info!(count, folder = %folder.display(), "rules for malware"),
            Err(fault) => {
                let cause = std::error::Error::source(&fault).map(ToString::to_string);
                tracing::error!(%fault, cause, "the school's rules for malware are not used");
            }
        }
    }
    let first: Box<dyn Scanner> = match &rules {
        Some(rules) => Box::new(Arc::clone(rules)),
        None => Box::new(Nobody),
    };
    let mut rest: Vec<Box<dyn Scanner>> = Vec::new();
    if let Some(place) = &settings.clamd {
        rest.push(Box::new(Clamd::new(place.clone(), most)));
    }
    if let Some(place) = &settings.icap {
        rest.push(Box::new(Icap::new(place.clone(), most)));
    }
    if rules.is_none() && rest.is_empty() {
        return Ok(Assembled { scanner: Arc::new(Nobody), rules: None });
    }
    Ok(Assembled { scanner: Arc::new(Remembered::new(Chain::new(first, rest, most))), rules })
}
