//! One entry of a thread, in words.

use jiff::civil::Time;
use usher_policy::explain;
use usher_records::case::Case;
use usher_records::case::thread::{Entry, Says as Said, Terms};
use usher_types::moment::Moment;
use usher_types::role::Reader;

use super::{Cabinet, say};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::linked;
use crate::view::says::Says;

/// An entry as it is shown: its heading, and lines below it.
pub(super) struct Told {
    pub(super) what: String,
    pub(super) lines: Vec<String>,
}

/// Another policy that an entry cites: its words and where that edition opens (POL-04).
pub(super) fn cited(says: &Says, entry: &Entry) -> Option<(String, String)> {
    match &entry.says {
        Said::Note { policy: Some(policy), .. } => Some(linked::cited(says, policy)),
        _ => None,
    }
}

/// Says entries of cases.
pub(super) struct Teller<'a> {
    pub(super) desk: &'a AtDesk,
    pub(super) says: &'a Says,
    pub(super) cabinet: &'a Cabinet,
}

impl Teller<'_> {
    /// What an entry says.
    pub(super) fn tell(&self, case: &Case, entry: &Entry) -> Told {
        let says = self.says;
        let lines = self.lines(entry);
        let what = match &entry.says {
            Said::Opened(opening) => says.of("case-origin", opening.origin.name()),
            Said::Parents { how, who, .. } => {
                says.t2("case-did-parents", ("how", &says.of("case-contact", how.name())), ("who", who))
            }
            Said::Referred(disclosed) => {
                says.t1("case-did-referred", "to", says.of("case-agency", disclosed.to.name()))
            }
            Said::Decided { step: Some(step), .. } => says.of("case-step", step.name()),
            Said::Hold { on: false, .. } => says.t("case-did-hold-lifted"),
            Said::Correction { of, .. } => says.t1("case-did-correction", "number", of),
            Said::Checked(item) => says.of("case-check", item),
            Said::Involved(one) => says.t2(
                "case-did-person",
                ("name", &say::party(says, self.cabinet, &one.who)),
                ("part", &says.of("case-part", one.part.name())),
            ),
            other => says.of("case-did", name(other)),
        };
        let corrected = case
            .entries
            .iter()
            .any(|later| matches!(&later.says, Said::Correction { of, .. } if *of == entry.number));
        let mut lines = lines;
        if corrected {
            lines.push(says.t("case-corrected"));
        }
        Told { what, lines }
    }

    fn lines(&self, entry: &Entry) -> Vec<String> {
        let says = self.says;
        let name = |person| self.cabinet.roll.name(says, person);
        match &entry.says {
            Said::Opened(opening) => {
                let nine = &opening.nine;
                let action = (!nine.action.is_empty()).then(|| says.t1("case-action", "text", &nine.action));
                std::iter::once(nine.details.clone()).chain(action).collect()
            }
            Said::Note { text, spoken_to, .. } => {
                let names: Vec<String> = spoken_to.iter().map(|person| name(*person)).collect();
                let spoke = (!names.is_empty()).then(|| says.t1("case-spoke-to", "names", says.list(&names)));
                std::iter::once(text.clone()).chain(spoke).collect()
            }
            Said::Evidence(evidence) => {
                let size =
                    says.t2("case-evidence-file", ("name", &evidence.name), ("bytes", &evidence.bytes));
                let hash = says.t1("case-evidence-hash", "hash", evidence.digest);
                [evidence.shows.clone(), size, hash].into_iter().filter(|line| !line.is_empty()).collect()
            }
            Said::MayBeIllegal { told } => vec![says.t1("case-illegal-told", "who", told)],
            Said::Support(text) | Said::SupportLater(text) | Said::Closed(text) | Said::Reopened(text) => {
                vec![text.clone()]
            }
            Said::Decided { text, why, heavier, .. } => {
                let why = (!why.is_empty()).then(|| says.t1("case-decided-why", "why", why));
                let heavier = heavier.as_ref().map(|why| says.t1("case-heavier", "why", why));
                std::iter::once(text.clone()).chain(why).chain(heavier).collect()
            }
            Said::Proposed(terms) => self.terms(terms, None),
            Said::Narrowed { terms, until, .. } => self.terms(terms, Some(*until)),
            Said::Lifted { why, .. } | Said::Hold { why, .. } | Said::Declined { why } => vec![why.clone()],
            Said::Prevent { outcome, why } => {
                vec![says.of("case-prevent", outcome.name()), why.clone()]
            }
            Said::Classed { class, why } => vec![says.of("case-class", class.name()), why.clone()],
            Said::Parents { text, .. } | Said::Correction { text, .. } => vec![text.clone()],
            Said::Referred(disclosed) => vec![
                says.t2("case-disclosed", ("recipient", &disclosed.recipient), ("basis", &disclosed.basis)),
                says.t1("case-evidence-hash", "hash", disclosed.package),
            ],
            Said::Shared(person) => vec![name(*person)],
            Said::Cost { what, pence } => {
                vec![says.t2("case-cost", ("what", what), ("pounds", &pounds(u64::from(*pence))))]
            }
            Said::Custody { item, from, to, seal } => {
                let seal = seal.map(|seal| says.of("case-seal", seal.name()));
                let hands = says.t2("case-hands", ("from", from), ("to", to));
                [item.clone(), hands].into_iter().chain(seal).collect()
            }
            Said::Linked(other) | Said::MergedInto(other) | Said::TookIn(other) => {
                let known = self.cabinet.all.iter().find(|stored| stored.value.id == *other);
                known
                    .map(|stored| says.t1("case-number", "number", stored.value.number))
                    .into_iter()
                    .collect()
            }
            Said::Involved(_) | Said::Entered | Said::Transferred | Said::Seen | Said::Checked(_) => {
                Vec::new()
            }
        }
    }

    /// A narrowing: whose, what is left, for how long and why.
    pub(super) fn terms(&self, terms: &Terms, until: Option<Moment>) -> Vec<String> {
        let says = self.says;
        let what = explain::restriction(says.words(), Reader::Adult, terms.restriction);
        let name = self.cabinet.roll.name(says, terms.person);
        let days = says.n("case-school-days", "days", terms.school_days);
        let ends = until.map(|until| opens_again(self.desk, says, until));
        let first = says.t2("case-narrowed", ("name", &name), ("what", &what));
        let heavier = terms.heavier.as_ref().map(|why| says.t1("case-heavier", "why", why));
        [Some(first), Some(days), ends, Some(terms.reason.clone()), heavier].into_iter().flatten().collect()
    }
}

/// When a narrowing ends by itself: at the beginning of a day, so that the day says it.
pub(super) fn opens_again(desk: &AtDesk, says: &Says, until: Moment) -> String {
    let local = desk.school.zone.local(until);
    let day = format!("{} {}", local.date().strftime("%A"), local.spoken_date());
    let ends = if local.time() == Time::midnight() { day } else { Clock::at(desk).full(until) };
    says.t1("case-opens-again", "time", ends)
}

/// Pence as pounds.
pub(super) fn pounds(pence: u64) -> String {
    format!("£{}.{:02}", pence / 100, pence % 100)
}

/// The name of what an entry says, where it has no values.
const fn name(says: &Said) -> &'static str {
    match says {
        Said::Opened(_) => "opened",
        Said::Note { .. } => "note",
        Said::Involved(_) => "person",
        Said::Evidence(_) => "evidence",
        Said::MayBeIllegal { .. } => "illegal",
        Said::Support(_) => "support",
        Said::SupportLater(_) => "support-later",
        Said::Decided { .. } => "decided",
        Said::Proposed(_) => "proposed",
        Said::Declined { .. } => "declined",
        Said::Narrowed { .. } => "narrowed",
        Said::Lifted { .. } => "lifted",
        Said::Parents { .. } => "parents",
        Said::Referred(_) => "referred",
        Said::Prevent { .. } => "prevent",
        Said::Entered => "entered",
        Said::Transferred => "transferred",
        Said::Classed { .. } => "classed",
        Said::Shared(_) => "shared",
        Said::Seen => "seen",
        Said::Checked(_) => "checked",
        Said::Cost { .. } => "cost",
        Said::Hold { .. } => "hold",
        Said::Custody { .. } => "custody",
        Said::Correction { .. } => "correction",
        Said::Linked(_) => "linked",
        Said::MergedInto(_) => "merged",
        Said::TookIn(_) => "took-in",
        Said::Closed(_) => "closed",
        Said::Reopened(_) => "reopened",
    }
}
