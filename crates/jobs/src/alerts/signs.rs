//! What one event is a sign of, and by which rule its words were found.

use usher_events::event::{Ended, Event, System, WebEvent, What};
use usher_lists::category::Catalogue;
use usher_policy::alarm::{self, Mark, Sighting, Sign};
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::Circumstances;
use usher_policy::verdict::TlsAction;
use usher_records::alert::{Rule, Whose};
use usher_scan::features::{Sent, SentKind};
use usher_types::role::Year;

/// What was found in the words of one event.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    /// The year of whoever it was.
    pub(super) year: Option<Year>,
    /// What was found.
    pub(super) marks: Vec<Mark>,
    /// What a program read, and how sure it was.
    pub(super) read: Vec<(String, u8)>,
}

/// The words of an event, where there are some that a list or a program may read.
pub(super) fn marked(event: &Event) -> Option<Marked> {
    let What::Web(web) = &event.what else { return None };
    let sent = web.facts.sent.iter().flat_map(|sent| &sent.themes);
    let hits = web.facts.features.themes.iter().chain(sent);
    let marks: Vec<Mark> = hits
        .map(|hit| Mark { rule: Rule::Words(hit.theme.name().to_owned()), severity: hit.severity })
        .collect();
    let year = web.facts.who.subject.year;
    (!marks.is_empty()).then_some(Marked { year, marks, read: Vec::new() })
}

/// What somebody searched for, for a program to read: nothing else is kept of what people type.
pub(super) fn search(event: &Event) -> Option<(Whose, Option<Year>, &str)> {
    let What::Web(web) = &event.what else { return None };
    let words = web.facts.features.search.as_ref()?.words.as_str();
    Some((whose(&web.facts.who), web.facts.who.subject.year, words))
}

/// What an event is a sign of: words, a block, both, or nothing.
pub(super) fn sightings(event: &Event, catalogue: &Catalogue) -> Vec<Sighting> {
    let of = |whose: Whose, sign: Sign| Sighting { event: event.id, at: event.at, whose, sign };
    match &event.what {
        What::Web(web) => {
            let severity =
                web.facts.features.severity().max(web.facts.sent.as_ref().map_or(0, Sent::severity));
            let words = (severity > 0).then_some(Sign::Words(severity));
            let signs = words.into_iter().chain(what_passed(web, catalogue));
            signs.map(|sign| of(whose(&web.facts.who), sign)).collect()
        }
        // Its words were told when it began.
        What::Ended(Ended { turned: Some(turned), .. }) => {
            let whose = whose(&turned.web.facts.who);
            what_passed(&turned.web, catalogue).map(|sign| of(whose, sign)).collect()
        }
        What::Tunnel(tunnel) => {
            let whose = whose(&tunnel.facts.who);
            // What is read inside of a tunnel has events of its own, which say whether it was a page.
            let closed = tunnel.action == TlsAction::Terminate;
            let blocked = block(&tunnel.decision, catalogue).filter(|_| closed);
            blocked.into_iter().chain(sealed(&tunnel.decision)).map(|sign| of(whose, sign)).collect()
        }
        What::SignInFailed(failed) if failed.rests => vec![of(Whose::Device(failed.address), Sign::Rests)],
        What::System(System::TwoPlaces { person, .. }) => vec![of(Whose::Person(*person), Sign::TwoPlaces)],
        What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => Vec::new(),
    }
}

fn whose(who: &Circumstances) -> Whose {
    who.subject.person.map_or(Whose::Device(who.device.address), Whose::Person)
}

/// What a request is a sign of by what passed, or was kept from passing.
fn what_passed(web: &WebEvent, catalogue: &Catalogue) -> impl Iterator<Item = Sign> + use<> {
    let blocked = if web.facts.part_of_page { None } else { block(&web.decision, catalogue) };
    passing(web).into_iter().chain(blocked).chain(sealed(&web.decision))
}

/// What passed, or was stopped from passing, whatever part of a page it was: scripts send forms too.
fn passing(web: &WebEvent) -> Option<Sign> {
    let against = |sent: &Sent| sent.kinds.contains(&SentKind::AgainstSchool);
    match &web.decision.reason {
        Reason::Leaving(..) => Some(Sign::Leaving),
        Reason::Malware(_) => Some(Sign::Malware),
        // What adults may send is still theirs to answer for (WEB-20).
        _ if web.facts.sent.as_ref().is_some_and(against) => Some(Sign::Leaving),
        _ => None,
    }
}

/// Whatever part of a page it was: a picture is what such lists are of (UM-01).
fn sealed(decision: &Decision) -> Option<Sign> {
    matches!(decision.reason, Reason::SealedList).then_some(Sign::Sealed)
}

fn block(decision: &Decision, catalogue: &Catalogue) -> Option<Sign> {
    if !decision.is_block() {
        return None;
    }
    let grave = match &decision.reason {
        Reason::Category(name) | Reason::Says(name, _) => {
            catalogue.entry(name).is_some_and(|entry| alarm::is_grave_theme(&entry.theme))
        }
        Reason::SealedList => true,
        _ => false,
    };
    Some(Sign::Block { grave })
}

#[cfg(test)]
mod tests {
    use usher_policy::verdict::Verdict;
    use usher_testkit::{events, facts, lists, snapshot};
    use usher_types::moment::Moment;

    use super::*;

    #[test]
    fn um_01_a_sealed_part_of_a_page_is_a_sign_by_itself() {
        let policy = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
        let asked = facts::get(facts::at_device(facts::subject("pupil.y4")), "https://sealed.example/there");
        let mut event = events::web(1, &policy, asked, Moment::from_unix_ms(1_795_000_000_000));
        let What::Web(web) = &mut event.what else { panic!("{event:?}") };
        (web.decision.verdict, web.decision.reason) = (Verdict::Block, Reason::SealedList);
        for (part_of_page, expected) in
            [(true, vec![Sign::Sealed]), (false, vec![Sign::Block { grave: true }, Sign::Sealed])]
        {
            let What::Web(web) = &mut event.what else { panic!("{event:?}") };
            web.facts.part_of_page = part_of_page;
            let signs: Vec<Sign> =
                sightings(&event, &Catalogue::ours().unwrap()).iter().map(|sighting| sighting.sign).collect();
            assert_eq!(signs, expected);
        }
    }
}
