//! What was found in what somebody sent, or in what came back, in words for adults: enough to act on, never the body.

use usher_scan::features::{Carried, Sent, ThemeHit};
use usher_types::ids::PersonId;
use usher_types::role::Reader;
use usher_words::{Values, Words};

use crate::decision::{Decision, Reason};
use crate::explain;
use crate::facts::WebFacts;

/// How somebody is named to whoever reads.
#[derive(Clone, Copy)]
pub enum Named<'a> {
    /// By the roll; none when the school no longer keeps them.
    As(&'a dyn Fn(PersonId) -> Option<String>),
    /// Not at all: this reader may not see who belongs to the school, and is told how many.
    Counted,
}

/// What was found, a line each: what was about to leave and whose it is, by which phrase; what a page says; where in an
/// archive something is. Of what is sealed nothing is said (UM-01).
pub fn found(words: &Words, named: Named<'_>, facts: &WebFacts, decision: &Decision) -> Vec<String> {
    if matches!(decision.reason, Reason::SealedList) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some(sent) = &facts.sent {
        lines.extend(leaving(words, named, sent, decision.is_refusal()));
    }
    if let Some(carried) = &facts.carried {
        lines.extend(said(words, carried, decision));
        lines.extend(within(words, carried, decision));
    }
    lines
}

/// A phrase with its theme.
pub fn phrase(words: &Words, hit: &ThemeHit) -> String {
    let theme = say(words, &format!("report-theme-{}", hit.theme.name()), &[]);
    say(words, "alert-phrase", &[("theme", theme.into()), ("phrase", hit.phrase.as_str().into())])
}

impl std::fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::As(_) => "As",
            Self::Counted => "Counted",
        })
    }
}

fn leaving(words: &Words, named: Named<'_>, sent: &Sent, kept: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if !sent.kinds.is_empty() {
        let kinds: Vec<String> =
            sent.kinds.iter().map(|kind| explain::sent(words, Reader::Adult, *kind)).collect();
        let key = if kept { "found-was-leaving" } else { "found-left" };
        lines.push(say(words, key, &[("kinds", list(words, &kinds).into())]));
    }
    if !sent.people.is_empty() {
        lines.push(match named {
            Named::As(name) => {
                let gone = || say(words, "somebody-gone", &[]);
                let names: Vec<String> =
                    sent.people.iter().map(|id| name(*id).unwrap_or_else(gone)).collect();
                say(words, "found-whose", &[("names", list(words, &names).into())])
            }
            Named::Counted => say(words, "found-whose-count", &[("count", sent.people.len().into())]),
        });
    }
    lines.extend(sent.themes.iter().map(|hit| phrase(words, hit)));
    lines
}

/// The phrases a page was kept shut for.
fn said(words: &Words, carried: &Carried, decision: &Decision) -> Option<String> {
    let Reason::Says(about, _) = &decision.reason else { return None };
    let subject = carried.says.iter().flat_map(|says| &says.subjects);
    let phrases: Vec<String> = subject
        .filter(|subject| subject.category == about.as_str())
        .flat_map(|subject| &subject.phrases)
        .map(|phrase| format!("“{phrase}”"))
        .collect();
    let some = !phrases.is_empty();
    some.then(|| say(words, "found-says", &[("phrases", list(words, &phrases).into())]))
}

/// Which member of an archive it was kept back for.
fn within(words: &Words, carried: &Carried, decision: &Decision) -> Option<String> {
    let (_, path) = carried.file.as_ref()?.within.as_ref()?;
    let of_the_file =
        matches!(decision.reason, Reason::Carries(_) | Reason::Malware(_) | Reason::Unscanned(_));
    let kept = of_the_file && decision.is_refusal() && !path.is_empty();
    kept.then(|| say(words, "found-within", &[("path", path.as_str().into())]))
}

fn list(words: &Words, names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => {
            say(words, "list-and", &[("first", first.join(", ").into()), ("last", last.as_str().into())])
        }
    }
}

fn say(words: &Words, key: &str, values: &Values<'_>) -> String {
    words.say(Reader::Adult, key, values)
}
