//! Whether a tunnel is decrypted, and where it is not, why. A decision of its own beside the verdict: it never opens what
//! the verdict shut.

use usher_types::host::Host;

use super::case::Case;
use crate::decision::NotRead;
use crate::facts::{Hello, Refused, TlsFacts};
use crate::snapshot::CompiledInspection;
use crate::verdict::{Inside, Verdict};

/// How long after an app refused the school's certificate its site is passed on unread. An app that still refuses it says
/// so again after that; a lesson long enough to be of use, and short enough that nothing learnt is still there tomorrow.
const PASSED_ON_MINUTES: i64 = 60;
/// How lately the device must have taken the school's certificate for another connection. One that never does lacks it,
/// and what it refuses says nothing about apps.
const TRUSTED_WITHIN_MINUTES: i64 = 24 * 60;

/// What a tunnel may be used for, and why it is not read where it is not.
pub(super) fn inside(case: &Case<'_>, facts: &TlsFacts, verdict: Verdict) -> (Inside, Option<NotRead>) {
    if !matches!(facts.hello, Hello::Tls { .. }) {
        return (Inside::Opaque, Some(NotRead::NotTls));
    }
    // Of what is not decrypted no page is seen, and a sealed list names pages.
    let has_sealed_pages = |host: &Host| case.snapshot.library().has_pages_in(case.snapshot.sealed, host);
    let why = match first_rule(case) {
        _ if case.hosts().any(has_sealed_pages) => None,
        Some(compiled) if compiled.rule.inspect => None,
        Some(compiled) => Some(NotRead::Rule(compiled.rule.id.clone())),
        None => excluded(case).or_else(|| pinned(case, facts.refused.as_ref()?, verdict)),
    };
    match why {
        Some(why) => (Inside::Excluded, Some(why)),
        None => (Inside::Inspectable, None),
    }
}

/// The school's first rule that fits. One that asks for decrypting fits under any of the tunnel's names; one that keeps
/// from it, under all of them.
fn first_rule<'a>(case: &Case<'a>) -> Option<&'a CompiledInspection> {
    let group = case.group?;
    case.snapshot.uninspected.rules.iter().find(|compiled| {
        let fits = |host: &Host| {
            compiled.sites.as_ref().is_none_or(|sites| sites.find_all(host, "/").next().is_some())
                && compiled.categories.is_none_or(|wanted| case.categories_under(host).meets(wanted))
        };
        let names = if compiled.rule.inspect { case.hosts().any(fits) } else { case.hosts().all(fits) };
        compiled.whom.has(group) && names
    })
}

/// What holds for everybody the policy does not say otherwise of.
fn excluded(case: &Case<'_>) -> Option<NotRead> {
    let not = &case.snapshot.uninspected;
    if case.group.is_some_and(|group| not.whom.has(group)) {
        return Some(NotRead::Group);
    }
    if case.is_about(not.categories) {
        let shared = case.categories().iter().find(|&index| not.categories.contains(index));
        return shared.and_then(|index| case.snapshot.table().name_of(index)).cloned().map(NotRead::Category);
    }
    if case.is_in(&not.sites) {
        return Some(NotRead::Site);
    }
    // The tunnel's names may stand in different entries of the list: the host's own is named.
    let entry = not.kept.find_all(case.target.host, "/").next().map(|(_, id)| NotRead::Kept(id.clone()));
    entry.filter(|_| case.is_in(&not.kept) && !searches(case))
}

/// Whether it is a search engine or film site under one of its names: safe search is set inside.
fn searches(case: &Case<'_>) -> bool {
    let services = case.snapshot.safe_services;
    case.hosts().any(|host| services.at(host).is_some() || services.unlockable(host).is_some())
}

/// An app that trusts no authority but its maker's. Only what is plainly open to somebody the policy names; never a search
/// engine or film site, whose safe search is set inside.
fn pinned(case: &Case<'_>, refused: &Refused, verdict: Verdict) -> Option<NotRead> {
    let until = refused.at.plus_minutes(PASSED_ON_MINUTES);
    let trusts = refused.device_took_at?.plus_minutes(TRUSTED_WITHIN_MINUTES) > case.at;
    let named = case.group.is_some_and(|group| case.snapshot.uninspected.pinned.has(group));
    let passes = named && trusts && !searches(case) && verdict == Verdict::Allow && case.at < until;
    passes.then_some(NotRead::Pinned(until))
}
