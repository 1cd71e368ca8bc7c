//! The pages that stand in for one that is not for school, for four readers, and those that say why a site cannot be
//! shown. They are served under the other site's address, so they carry their style inside and ask for nothing.
//!
//! Owns: [`render`], [`render_upstream`], [`malformed`], [`cannot_record`], [`credentials`]: what the gateway answers with.
//! Does not: wait for anything. A page is made from the decision, the circumstances and the words, on the traffic path.

mod kind;
mod page;
pub(in crate::pages) mod reference;
mod upstream;

use http::{HeaderName, HeaderValue, StatusCode};
use usher_policy::decision::Decision;
use usher_policy::facts::Circumstances;
use usher_types::ids::EventId;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

pub use self::page::render;
pub(in crate::pages) use self::page::spoken_end;
pub use self::upstream::{cannot_record, credentials, malformed, render_upstream};

/// A request that was refused, as far as a page needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// What was decided.
    pub decision: &'a Decision,
    /// Who asked, from where.
    pub who: &'a Circumstances,
    /// For what.
    pub address: &'a WebAddress,
    /// Its event: the reference on the page.
    pub event: EventId,
    /// When.
    pub at: Moment,
    /// Whether whoever asked shows pages. A script or a tool gets one line of text.
    pub accepts_html: bool,
}

/// A page, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalPage {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Its text.
    pub body: String,
}
