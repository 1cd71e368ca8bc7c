//! What would have come of a request with another policy: what was decided then beside what would be decided now.

use crate::decision::Decision;

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It goes through as it did, or is refused the same way.
    Same,
    /// It went through and would not; what would be decided.
    Blocked(Box<Decision>),
    /// It was refused and would not be.
    Allowed {
        /// What was decided then.
        then: Box<Decision>,
        /// Whether its page was ever read. One that was refused at once may still be shut by its words or files.
        read: bool,
    },
    /// It would be refused as before, in another way.
    Otherwise,
    /// It cannot be told.
    Unknown(Unknown),
}

/// Why it cannot be told what would have come of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// What was in force then cannot be made again, and which part of it is missing.
    NotKept(String),
    /// It was not decrypted then, and would be now.
    NotDecrypted,
}

/// Compares what was decided `then` with what is decided `again`.
pub fn compared(then: &Decision, again: Decision, read: bool) -> Came {
    match (then.is_refusal(), again.is_refusal()) {
        (false, true) => Came::Blocked(Box::new(again)),
        (true, false) => Came::Allowed { then: Box::new(then.clone()), read },
        _ if then.verdict == again.verdict => Came::Same,
        _ => Came::Otherwise,
    }
}
