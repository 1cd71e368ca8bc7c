//! People and what they ask for.

use std::sync::Arc;

use usher_policy::facts::{Circumstances, Device, Hello, Subject, TlsFacts, WebFacts};
use usher_records::session::KnownBy;
use usher_records::standing::Standing;
use usher_types::host::Host;
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Role, Roles, Year};
use usher_types::url::WebAddress;

/// Somebody signed in who signed everything: `pupil.y4`, `staff`, `staff.computing-lead`, `visitor`; or `nobody`.
pub fn subject(name: &str) -> Subject {
    if name == "nobody" {
        return Subject::nobody();
    }
    let (kind, rest) = name.split_once('.').unwrap_or((name, ""));
    let kind = PersonKind::ALL.into_iter().find(|known| known.name() == kind).expect("a kind of person");
    let year = rest.strip_prefix('y').and_then(|year| year.parse().ok()).and_then(Year::new);
    let roles: Roles = Role::ALL.into_iter().filter(|role| role.name() == rest).collect();
    Subject {
        session: Some(Id::new(100)),
        person: Some(Id::new(7)),
        kind: Some(kind),
        year,
        roles,
        groups: vec![Id::new(30)],
        known_by: Some(KnownBy::Password),
        clause_accepted: true,
        standing: Standing::Signed,
        restrictions: vec![],
        unrestricted: None,
    }
}

/// That somebody at a device in Room 4.
pub fn at_device(subject: Subject) -> Circumstances {
    let device = Device {
        address: "10.0.0.14".parse().unwrap(),
        device: Some(Id::new(14)),
        name: Some("PC-14".into()),
        room: Some("Room 4".into()),
    };
    Circumstances { subject: Arc::new(subject), device: Arc::new(device), lesson: None }
}

/// A plain GET of an address.
pub fn get(who: Circumstances, address: &str) -> WebFacts {
    WebFacts::page(who, WebAddress::parse(address).unwrap())
}

/// A tunnel to `host:port` with a TLS hello for the same name.
pub fn connect(who: Circumstances, to: &str) -> TlsFacts {
    let (host, port) = to.rsplit_once(':').unwrap();
    let host = Host::parse(host).unwrap();
    let sni = host.name().cloned();
    let hello = Hello::Tls { sni, hidden: false };
    TlsFacts { hello, ..TlsFacts::to(who, (host, port.parse().unwrap())) }
}
