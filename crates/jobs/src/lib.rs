//! What Usher does by itself: mails go out, the weekly report is made, alerts are raised, sign-ins end, what leavers have
//! to bring back is listed, what others wrote into the books is taken up, and somebody watches whether the filter works
//! at all and whether what people signed is still true.
//!
//! Owns: when each job runs, and that one server of several does it.
//! Does not: judge (`policy` says what an alert is), fold (`reports` does), or keep state that the books do not, but for
//! this server's heartbeat.

pub mod alerts;
pub mod clauses;
pub mod erasing;
pub mod feeds;
pub mod follow;
pub mod half_term;
pub mod hook;
pub mod keeping;
pub mod leavers;
pub mod lendings;
pub mod network_cards;
pub mod outbox;
pub mod permissions;
pub mod post;
pub mod private_use;
pub mod readers;
pub mod rota;
pub mod rules;
pub mod runner;
pub mod scans;
pub mod shipping;
pub mod sweep;
pub mod unopened;
pub mod watch;
pub mod weekly;
