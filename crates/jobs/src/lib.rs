//! What Usher does by itself: mails go out, the weekly report is made, alerts are raised, sign-ins end, and what others
//! wrote into the books is taken up.
//!
//! Owns: when each job runs, and that one server of several does it.
//! Does not: judge (`policy` says what an alert is), fold (`reports` does), or keep state that the books do not.

pub mod alerts;
pub mod follow;
pub mod leavers;
pub mod outbox;
pub mod post;
pub mod readers;
pub mod runner;
pub mod sweep;
pub mod weekly;
