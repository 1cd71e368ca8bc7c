//! What of an event is a column: what questions filter, group, count and list by. An event that is no longer kept whole
//! is still kept as its row.
//!
//! Does not: hold what is needed to make a decision again, or an address beyond its site. Whoever wants those asks for
//! the event.

use usher_lists::category::Category;
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::Circumstances;
use usher_policy::verdict::TlsAction;
use usher_types::host::Host;
use usher_types::ids::{EventId, Id, SchoolId};
use usher_types::moment::Moment;

use crate::catalogue::kind_of;
use crate::event::{Event, Outcome, What};

/// It is a part of a page, not a page somebody went to.
pub const PART_OF_PAGE: u8 = 1;
/// A connection whose bytes were passed on unread.
pub const UNREAD: u8 = 2;
/// A sign-in that several children share.
pub const SHARED: u8 = 4;
/// Nobody was signed in.
pub const NOBODY: u8 = 8;
/// A web request or a connection, and not something about Usher itself.
pub const REQUEST: u8 = 16;
/// A page or connection that was kept from its reader for what it is, as reports count them.
pub const BLOCKED: u8 = 32;
/// Whom it was about was erased.
pub const ERASED: u8 = 64;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The event's id.
    pub id: EventId,
    /// In which school.
    pub school: SchoolId,
    /// When.
    pub at: Moment,
    /// Its kind's number in the catalogue.
    pub kind: u8,
    /// Whom it is about; 0 for nobody.
    pub person: u64,
    /// In which lesson; 0 for none.
    pub lesson: u64,
    /// The verdict's place in the order of strictness plus one; 0 where nothing was decided.
    pub verdict: u8,
    /// The gravest theme found, 0 to 5.
    pub severity: u8,
    /// The HTTP status.
    pub status: u16,
    /// Body bytes to the client.
    pub bytes: u64,
    /// What else is so: [`PART_OF_PAGE`] and the others, added up.
    pub flags: u8,
    /// Their classes' numbers, with spaces between.
    pub classes: String,
    /// The device: what is written on it, or its address.
    pub device: String,
    /// Where the device stands.
    pub room: String,
    /// The policy group they were judged in.
    pub group: String,
    /// The category that decided.
    pub category: String,
    /// Themes found, each once, with spaces between.
    pub themes: String,
    /// The site.
    pub site: String,
    /// The media type.
    pub media: String,
    /// The search engine.
    pub engine: String,
    /// The words searched for.
    pub search: String,
    /// The page's title.
    pub title: String,
}

impl Row {
    /// The row of an event.
    pub fn of(event: &Event) -> Self {
        let mut row = Self::bare(event);
        match &event.what {
            What::Web(web) => {
                row.at_of(&web.facts.who);
                row.decided(&web.decision);
                row.went(&web.outcome);
                row.site = site(&web.facts.address.host);
                if web.facts.part_of_page {
                    row.flags |= PART_OF_PAGE;
                }
                if web.decision.is_block() && !web.facts.part_of_page {
                    row.flags |= BLOCKED;
                }
                let features = &web.facts.features;
                row.severity = features.severity();
                let mut themes: Vec<&str> = features.themes.iter().map(|hit| hit.theme.name()).collect();
                themes.sort_unstable();
                themes.dedup();
                row.themes = themes.join(" ");
                if let Some(search) = &features.search {
                    row.engine.clone_from(&search.engine);
                    row.search.clone_from(&search.words);
                }
            }
            What::Tunnel(tunnel) => {
                row.at_of(&tunnel.facts.who);
                row.decided(&tunnel.decision);
                row.went(&tunnel.outcome);
                row.site = site(&tunnel.facts.connect.0);
                if tunnel.action == TlsAction::Splice {
                    row.flags |= UNREAD;
                }
                if tunnel.decision.is_block() && tunnel.action == TlsAction::Terminate {
                    row.flags |= BLOCKED;
                }
            }
            What::Malformed(malformed) => {
                row.at_of(&malformed.who);
                // It is counted as no request of anybody.
                row.flags = 0;
                row.status = malformed.status;
            }
            What::Ended(ended) => row.went(&ended.outcome),
            What::SignInFailed(failed) => row.device = failed.address.to_string(),
            What::System(_) => {}
        }
        row
    }

    /// Whether reports look at the event itself: something was searched for, found or refused, or it is about Usher.
    pub const fn is_notable(&self) -> bool {
        self.severity > 0 || self.verdict > 1 || !self.engine.is_empty() || self.flags & REQUEST == 0
    }

    /// Whether something is so; see [`PART_OF_PAGE`] and the others.
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// A row that says nothing yet but when it was.
    pub const fn blank(id: EventId, school: SchoolId, at: Moment) -> Self {
        Self {
            id,
            school,
            at,
            kind: 0,
            person: 0,
            lesson: 0,
            verdict: 0,
            severity: 0,
            status: 0,
            bytes: 0,
            flags: 0,
            classes: String::new(),
            device: String::new(),
            room: String::new(),
            group: String::new(),
            category: String::new(),
            themes: String::new(),
            site: String::new(),
            media: String::new(),
            engine: String::new(),
            search: String::new(),
            title: String::new(),
        }
    }

    fn bare(event: &Event) -> Self {
        Self {
            kind: kind_of(&event.what).map_or(0, |kind| kind.number),
            person: event.person().map_or(0, Id::number),
            ..Self::blank(event.id, event.school, event.at)
        }
    }

    fn at_of(&mut self, who: &Circumstances) {
        let subject = &who.subject;
        self.flags |= REQUEST;
        match (subject.person, subject.kind) {
            (Some(_), _) => {}
            (None, Some(_)) => self.flags |= SHARED,
            (None, None) => self.flags |= NOBODY,
        }
        self.lesson = who.lesson.map_or(0, |lesson| lesson.lesson.number());
        let classes: Vec<String> = subject.groups.iter().map(|group| group.number().to_string()).collect();
        self.classes = classes.join(" ");
        self.device = who.device.name.clone().unwrap_or_else(|| who.device.address.to_string());
        self.room = who.device.room.clone().unwrap_or_default();
    }

    fn decided(&mut self, decision: &Decision) {
        self.verdict = decision.verdict as u8 + 1;
        self.group = decision.group.clone().unwrap_or_default();
        self.category = category(decision).map(|category| category.as_str().to_owned()).unwrap_or_default();
    }

    fn went(&mut self, outcome: &Outcome) {
        self.status = outcome.status;
        self.bytes = outcome.sent_bytes;
        self.media = outcome.content_type.clone().unwrap_or_default();
        self.title = outcome.title.clone().unwrap_or_default();
    }
}

fn category(decision: &Decision) -> Option<&Category> {
    match &decision.reason {
        Reason::Category(category) | Reason::Says(category, _) => Some(category),
        _ => decision.matched.as_ref().map(|matched| &matched.category),
    }
}

/// A site's name, without `www.`.
fn site(host: &Host) -> String {
    match host {
        Host::Name(name) => {
            let name = name.as_str();
            name.strip_prefix("www.").unwrap_or(name).to_owned()
        }
        Host::Ip(address) => address.to_string(),
    }
}
