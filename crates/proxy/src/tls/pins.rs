//! What devices did with the school's certificate: facts for the decision, kept for a while and never for good.
//!
//! Owns: telling a client's word that it does not trust our leaf from everything else that ends a handshake, and
//! remembering which device said it of which site. Does not: say what follows from it; that is the policy's.

use std::collections::BTreeSet;
use std::net::IpAddr;

use quick_cache::sync::Cache;
use rustls::AlertDescription;
use usher_policy::facts::{Circumstances, Refused};
use usher_types::host::Host;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::limits::{DEVICES_KEPT, REFUSALS_KEPT};

/// A device and who is at it: behind one address there may be several people, who learn nothing for each other.
pub(crate) type At = (IpAddr, Option<PersonId>);

/// Where somebody is.
pub(crate) fn at(who: &Circumstances) -> At {
    (who.device.address, who.subject.person)
}

/// What devices said of leafs.
pub struct Pins {
    /// When a device last refused the leaf of a site.
    refused: Cache<(At, Host), Moment>,
    /// When a device last took one.
    took: Cache<At, Moment>,
}

impl std::fmt::Debug for Pins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pins").field("refused", &self.refused.len()).finish_non_exhaustive()
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self { refused: Cache::new(REFUSALS_KEPT), took: Cache::new(DEVICES_KEPT) }
    }
}

impl Pins {
    /// A device refused the leaf of a site.
    pub(crate) fn refused(&self, device: At, site: &Host, at: Moment) {
        self.refused.insert((device, site.clone()), at);
    }

    /// A device took a leaf.
    pub(crate) fn took(&self, device: At, at: Moment) {
        self.took.insert(device, at);
    }

    /// Sites whose leaf was refused since then, by name, each once.
    pub fn refused_since(&self, then: Moment) -> BTreeSet<String> {
        let lately = self.refused.iter().filter(|(_, at)| *at >= then);
        lately.map(|((_, site), _)| site.to_string()).collect()
    }

    /// What is known of a device and a site.
    pub(crate) fn known(&self, device: At, site: &Host) -> Option<Refused> {
        let at = self.refused.get(&(device, site.clone()))?;
        Some(Refused { at, device_took_at: self.took.get(&device) })
    }
}

/// Whether the end of a client's handshake is its word that it does not trust our leaf (RFC 8446, 6.2). Only these four
/// alerts are; a connection that is torn down, ends or stands still says nothing.
pub(crate) fn is_distrust(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::AlertReceived(alert)) = inner else { return false };
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
    )
}

#[cfg(test)]
mod tests {
    use usher_types::ids::Id;

    use super::*;

    #[test]
    fn only_four_alerts_are_distrust() {
        let is = |code: u8| {
            let error = rustls::Error::AlertReceived(AlertDescription::from(code));
            is_distrust(&std::io::Error::new(std::io::ErrorKind::InvalidData, error))
        };
        let found: Vec<u8> = (0..=255).filter(|&code| is(code)).collect();
        assert_eq!(found, [42, 43, 46, 48]);
        assert!(!is_distrust(&std::io::ErrorKind::ConnectionReset.into()));
        assert!(!is_distrust(&std::io::Error::other(rustls::Error::HandshakeNotComplete)));
    }

    #[test]
    fn what_is_kept_is_bounded_and_of_one_device_and_site() {
        let (pins, at) = (Pins::default(), Moment::from_unix_ms(0));
        let address: IpAddr = "10.0.0.14".parse().unwrap();
        let device = (address, Some(Id::new(7)));
        let site = |number: usize| Host::parse(&format!("app{number}.example")).unwrap();
        for number in 0..REFUSALS_KEPT * 3 {
            pins.refused(device, &site(number), at);
        }
        assert!(pins.refused.len() <= REFUSALS_KEPT);
        let pins = Pins::default();
        pins.refused(device, &site(1), at);
        assert_eq!(pins.known(device, &site(1)), Some(Refused { at, device_took_at: None }));
        pins.took(device, at);
        assert_eq!(pins.known(device, &site(1)), Some(Refused { at, device_took_at: Some(at) }));
        assert_eq!(pins.known(device, &site(2)), None);
        assert_eq!(pins.refused_since(at), BTreeSet::from(["app1.example".to_owned()]));
        assert_eq!(pins.refused_since(at.plus_minutes(1)), BTreeSet::new());
        assert_eq!(pins.known(("10.0.0.15".parse().unwrap(), Some(Id::new(7))), &site(1)), None);
        assert_eq!(pins.known((address, Some(Id::new(8))), &site(1)), None);
        assert_eq!(pins.known((address, None), &site(1)), None);
    }
}
