//! What another policy would have done with the requests of a time: figures by who and by kind, and the sites.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Serialize, Serializer};
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::Subject;
use usher_policy::replay::{Came, Unknown};
use usher_types::role::{PersonKind, Year};

/// Sites told of.
const TOP: usize = 20;

/// Counts what came of requests, one after another.
#[derive(Debug, Default)]
pub struct Figures {
    requests: u64,
    same: u64,
    otherwise: u64,
    blocked: Counted,
    allowed: Counted,
    not_decrypted: u64,
    not_kept: BTreeMap<String, u64>,
}

/// One side of the difference, while it is counted.
#[derive(Debug, Default)]
struct Counted {
    count: u64,
    unread: u64,
    by: BTreeMap<(Whom, Option<String>), u64>,
    sites: HashMap<String, u64>,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Replayed {
    /// Requests decided again.
    pub requests: u64,
    /// Those that come out the same.
    pub same: u64,
    /// Those that would be refused as before, in another way.
    pub otherwise: u64,
    /// Those that went through and would not.
    pub newly_blocked: Side,
    /// Those that did not and would.
    pub newly_allowed: Side,
    /// Those that were not decrypted then and would be now: what is in them nobody knows.
    pub not_decrypted: u64,
    /// Those whose lists or grants of then are not kept, by what is missing.
    pub not_kept: BTreeMap<String, u64>,
}

/// One side of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    /// How many requests.
    pub count: u64,
    /// How many of them were never read: their words or files may still shut them.
    pub never_read: u64,
    /// By who and by kind.
    pub by: Vec<Line>,
    /// The sites asked for most, the most first.
    pub sites: Vec<Site>,
}

/// Requests of the same people about the same kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Who.
    pub whom: Whom,
    /// About what, by the category's name; none when no list has it.
    pub category: Option<String>,
    /// How many.
    pub count: u64,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// The pupils of a year.
    Year(Year),
    /// Everybody else by what they are.
    Kind(PersonKind),
    /// Nobody was signed in.
    Nobody,
}

/// Requests of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Its host.
    pub site: String,
    /// How many.
    pub count: u64,
}

impl Figures {
    /// Counts one request.
    pub fn count(&mut self, subject: &Subject, site: &str, came: Came) {
        self.requests += 1;
        match came {
            Came::Same => self.same += 1,
            Came::Otherwise => self.otherwise += 1,
            Came::Unknown(Unknown::NotDecrypted) => self.not_decrypted += 1,
            Came::Unknown(Unknown::NotKept(what)) => *self.not_kept.entry(what).or_default() += 1,
            Came::Blocked(decision) => self.blocked.count(subject, site, &decision),
            Came::Allowed { then, read } => {
                self.allowed.count(subject, site, &then);
                self.allowed.unread += u64::from(!read);
            }
        }
    }

    /// How many were counted so far.
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// What was counted.
    pub fn told(&self) -> Replayed {
        Replayed {
            requests: self.requests,
            same: self.same,
            otherwise: self.otherwise,
            newly_blocked: self.blocked.told(),
            newly_allowed: self.allowed.told(),
            not_decrypted: self.not_decrypted,
            not_kept: self.not_kept.clone(),
        }
    }
}

impl Counted {
    fn count(&mut self, subject: &Subject, site: &str, decision: &Decision) {
        let kind = subject.kind.map_or(Whom::Nobody, Whom::Kind);
        let whom = subject.year.map_or(kind, Whom::Year);
        self.count += 1;
        *self.by.entry((whom, category(decision))).or_default() += 1;
        *self.sites.entry(site.to_owned()).or_default() += 1;
    }

    fn told(&self) -> Side {
        let line = |((whom, category), &count): (&(Whom, Option<String>), &u64)| Line {
            whom: *whom,
            category: category.clone(),
            count,
        };
        let mut sites: Vec<Site> =
            self.sites.iter().map(|(site, &count)| Site { site: site.clone(), count }).collect();
        sites.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.site.cmp(&other.site)));
        sites.truncate(TOP);
        Side { count: self.count, never_read: self.unread, by: self.by.iter().map(line).collect(), sites }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => f.write_str(&year.label()),
            Self::Kind(kind) => f.write_str(kind.name()),
            Self::Nobody => f.write_str("nobody signed in"),
        }
    }
}

impl Serialize for Whom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The category a decision rests on.
fn category(decision: &Decision) -> Option<String> {
    let category = match &decision.reason {
        Reason::Category(category) | Reason::Says(category, _) => Some(category),
        _ => decision.matched.as_ref().map(|matched| &matched.category),
    };
    category.map(ToString::to_string)
}
