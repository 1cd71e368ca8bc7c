//! What came of the requests.

use std::collections::BTreeMap;
use std::net::IpAddr;

use usher_types::ids::PersonId;
use usher_types::moment::Moment;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The answer came whole.
    Complete,
    /// The answer began and broke off.
    BrokeOff,
    /// The gateway did not open the tunnel; what it said instead came whole.
    TunnelRefused,
    /// The tunnel opened and the handshake inside it failed.
    HandshakeFailed,
    /// The line ended before an answer began.
    NoAnswer,
    /// The gateway could not be connected to.
    NotConnected,
    /// It took longer than the limit.
    TimedOut,
}

impl Ending {
    /// Whether the client holds a whole answer of the gateway, so that the gateway must have recorded it.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Complete | Self::TunnelRefused)
    }
}

/// One request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The act it belongs to.
    pub act: u32,
    /// When it was asked, on the school's clock.
    pub at: Moment,
    /// Who asked.
    pub person: Option<PersonId>,
    /// From which device.
    pub device: IpAddr,
    /// What was asked for, as it was sent.
    pub address: String,
    /// The status of the answer, or of the refused tunnel; 0 when there was none.
    pub status: u16,
    /// How it ended.
    pub ending: Ending,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// Milliseconds from the start of the run until it ended, on this machine's own clock.
    pub ended_ms: u64,
    /// How often it was sent: a line that was kept too long may turn out to be dead, and a page is then asked for again.
    pub tries: u8,
}

/// Figures of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Every request, in the order they ended.
    pub answers: Vec<Answer>,
    /// Requests by status; 0 stands for none.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests by how they ended.
    pub by_ending: BTreeMap<Ending, u64>,
    /// Sign-ins, lessons and the like that were done.
    pub staged: u64,
    /// What the server declined, by act, with its words; at most [`MOST_DECLINED`].
    pub declined: Vec<(u32, String)>,
    /// How many it declined in all.
    pub declined_count: u64,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// Tunnels that were opened.
    pub tunnels: u64,
    /// Milliseconds the run took.
    pub took_ms: u64,
    /// Why the run ended before its plan did, if it did.
    pub stopped: Option<Stopped>,
}

/// Declined things kept with their words: enough to see what is wrong.
pub const MOST_DECLINED: usize = 200;

/// Why a run ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It took longer than allowed.
    OutOfTime,
    /// The gateway could not be connected to, again and again.
    GatewayGone,
}

impl Tally {
    /// How many requests were made.
    pub fn requests(&self) -> u64 {
        self.by_ending.values().sum()
    }

    /// How many ended so.
    pub fn ended(&self, ending: Ending) -> u64 {
        self.by_ending.get(&ending).copied().unwrap_or(0)
    }

    /// How many were answered with this status.
    pub fn status(&self, status: u16) -> u64 {
        self.by_status.get(&status).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, answer: Answer) {
        *self.by_status.entry(answer.status).or_default() += 1;
        *self.by_ending.entry(answer.ending).or_default() += 1;
        self.bytes += answer.bytes;
        self.answers.push(answer);
    }

    pub(super) fn decline(&mut self, act: u32, why: String) {
        self.declined_count += 1;
        if self.declined.len() < MOST_DECLINED {
            self.declined.push((act, why));
        }
    }
}
