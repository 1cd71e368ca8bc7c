//! Snapshots of a small school.

use std::net::{IpAddr, Ipv4Addr};

use usher_lists::library::Library;
use usher_policy::document::PolicyDocument;
use usher_policy::generation::Generation;
use usher_policy::live::Live;
use usher_policy::profile;
use usher_policy::snapshot::{Parts, Snapshot};
use usher_records::grant::Grant;
use usher_records::lesson::LessonList;
use usher_types::digest::Digest;
use usher_types::ids::Id;

/// Where the server of the test school is.
pub const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 80));

/// A generation of test parts.
pub fn generation() -> Generation {
    let part = |name: &str| Digest::of(name.as_bytes());
    Generation { policy: part("policy"), lists: part("lists"), live: part("live"), phrases: None }
}

/// A built-in profile's policy.
pub fn policy(profile: &str) -> PolicyDocument {
    profile::built_in(profile).unwrap().unwrap().policy
}

/// A snapshot of a document and lists.
pub fn build(
    document: PolicyDocument,
    library: Library,
    grants: &[Grant],
    lesson_lists: &[LessonList],
) -> Snapshot {
    let live = Live {
        grants: grants.to_vec(),
        lesson_lists: lesson_lists.to_vec(),
        own_addresses: vec![SERVER],
        ..Live::default()
    };
    let parts = Parts { school: Id::new(1), generation: generation(), library, live: &live };
    Snapshot::build(document, parts).unwrap()
}
