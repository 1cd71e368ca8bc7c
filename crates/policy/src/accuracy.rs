//! How often each rule was right, by the verdicts of those who closed its alerts; and what the school would have missed
//! without it (UM-04).
//!
//! Owns: the counting, and the advice to retire a rule. Does not: retire one; a person does, with a reason.

use std::collections::BTreeMap;

use usher_records::alert::closing::Verdict;
use usher_records::alert::{Alert, Rule};
use usher_records::answering::Answering;
use usher_records::spot_check::SpotCheck;

/// Verdicts before anything is advised: fewer are chance.
pub const LEAST_VERDICTS: usize = 5;

/// One rule's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// Alerts it had a part in.
    pub raised: usize,
    /// Of those closed: somebody had to look.
    pub useful: usize,
    /// Nobody had to.
    pub not_useful: usize,
    /// It was about somebody else.
    pub wrong_person: usize,
    /// Useful ones that no other rule would have raised: what would be missed without it.
    pub missed_without: usize,
    /// Useless ones that no other rule would have raised: what nobody would be troubled with.
    pub spared_without: usize,
}

impl Past {
    /// Alerts with a verdict.
    pub const fn judged(&self) -> usize {
        self.useful + self.not_useful + self.wrong_person
    }

    /// Useful ones in a hundred with a verdict; none where there is none.
    pub fn percent(&self) -> Option<usize> {
        (self.useful * 100).checked_div(self.judged())
    }
}

/// What is advised for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Nothing yet.
    TooFew,
    /// It is right often enough.
    Keep,
    /// It is proposed for retirement.
    Retire,
}

impl Advice {
    /// Its name in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooFew => "too-few",
            Self::Keep => "keep",
            Self::Retire => "retire",
        }
    }
}

/// Every rule's past, by rule. Drills count nowhere.
pub fn by_rule<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> BTreeMap<Rule, Past> {
    let mut found: BTreeMap<Rule, Past> = BTreeMap::new();
    for alert in alerts.into_iter().filter(|alert| !alert.is_drill()) {
        let alone = alert.rules.len() == 1;
        for rule in &alert.rules {
            let past = found.entry(rule.clone()).or_default();
            past.raised += 1;
            match alert.closed.as_ref().map(|closed| closed.verdict) {
                Some(Verdict::Useful) => {
                    past.useful += 1;
                    past.missed_without += usize::from(alone);
                }
                Some(Verdict::NotUseful) => {
                    past.not_useful += 1;
                    past.spared_without += usize::from(alone);
                }
                Some(Verdict::WrongPerson) => {
                    past.wrong_person += 1;
                    past.spared_without += usize::from(alone);
                }
                None => {}
            }
        }
    }
    found
}

/// What is advised for a rule with this past.
pub fn advice(rules: &Answering, past: &Past) -> Advice {
    match past.percent() {
        Some(_) | None if past.judged() < LEAST_VERDICTS => Advice::TooFew,
        Some(percent) if percent < usize::from(rules.line_percent) => Advice::Retire,
        Some(_) | None => Advice::Keep,
    }
}

/// What spot checks say of searches that raised no alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misses {
    /// Searches somebody looked at.
    pub looked: usize,
    /// Of these, those somebody should have been told of.
    pub missed: usize,
    /// Missed in a thousand such searches: with 95 % certainty at least so many.
    pub least: u32,
    /// And at most so many.
    pub most: u32,
}

/// What is missed, by all spot checks that are done; none before the first search was looked at. The bounds are Wilson's
/// score interval, which holds for few and for none as well.
pub fn misses<'a>(checks: impl IntoIterator<Item = &'a SpotCheck>) -> Option<Misses> {
    let done = checks.into_iter().filter_map(|check| check.done);
    let (looked, missed) =
        done.fold((0, 0), |(looked, missed), done| (looked + done.looked, missed + done.missed));
    if looked == 0 {
        return None;
    }
    let (n, k) = (u128::try_from(looked).ok()?, u128::try_from(missed.min(looked)).ok()?);
    // In ten-thousandths; 1.96 standard deviations leave 5 % outside, and 3.8416 is their square.
    let whole = n * 10_000 + 38_416;
    let middle = 1_000 * (k * 10_000 + 19_208);
    let spread = ((4 * k * (n - k) * 10_000 + 38_416 * n) * 10_000 / (4 * n)).isqrt();
    let half = 1_960 * spread;
    let mille = |tens: u128| u32::try_from((tens + whole / 2) / whole).unwrap_or(1_000).min(1_000);
    Some(Misses { looked, missed, least: mille(middle.saturating_sub(half)), most: mille(middle + half) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::alert::closing::{Acted, Closed};
    use usher_records::alert::{Concern, Whose};
    use usher_types::ids::Id;
    use usher_types::moment::Moment;

    fn closed(rules: &[Rule], verdict: Option<Verdict>) -> Alert {
        let at = Moment::from_unix_ms(0);
        let closed = verdict.map(|verdict| Closed {
            by: Id::new(1),
            at,
            acted: Acted::Talked,
            outcome: "x".into(),
            verdict,
        });
        let fresh = Alert::new(Id::new(1), Concern::GraveWords, Whose::Person(Id::new(7)), at);
        Alert { rules: rules.to_vec(), closed, ..fresh }
    }

    #[test]
    fn um_04_a_rule_that_is_seldom_right_is_proposed_for_retirement_and_tried_on_the_past() {
        let bad = Rule::Program("gambling".into());
        let good = Rule::Words("self-harm".into());
        let mut past = vec![closed(std::slice::from_ref(&bad), Some(Verdict::Useful))];
        past.extend((0..4).map(|_| closed(std::slice::from_ref(&bad), Some(Verdict::NotUseful))));
        past.push(closed(&[bad.clone(), good.clone()], Some(Verdict::WrongPerson)));
        past.extend((0..5).map(|_| closed(std::slice::from_ref(&good), Some(Verdict::Useful))));
        past.push(closed(std::slice::from_ref(&good), None));
        past.push(Alert {
            concern: Concern::Drill,
            ..closed(std::slice::from_ref(&good), Some(Verdict::NotUseful))
        });
        let found = by_rule(&past);
        let (bad, good) = (found[&bad], found[&good]);
        assert_eq!((bad.raised, bad.percent()), (6, Some(16)));
        assert_eq!((bad.missed_without, bad.spared_without), (1, 4), "what two rules raised stays");
        assert_eq!((good.raised, good.judged(), good.percent()), (7, 6, Some(83)));
        let rules = Answering::default();
        assert_eq!((advice(&rules, &bad), advice(&rules, &good)), (Advice::Retire, Advice::Keep));
        let few = Past { not_useful: 4, ..Past::default() };
        assert_eq!(
            (advice(&rules, &few), advice(&rules, &Past::default())),
            (Advice::TooFew, Advice::TooFew)
        );
    }

    #[test]
    fn um_04_what_is_missed_is_bounded_by_how_many_were_looked_at() {
        use usher_records::spot_check::Done;
        let at = Moment::from_unix_ms(0);
        let check = |looked: usize, missed: usize| SpotCheck {
            id: Id::new(1),
            from: at,
            until: at,
            quiet: 5_000,
            drawn: Vec::new(),
            by: Id::new(1),
            at,
            done: Some(Done { by: Id::new(1), at, looked, missed }),
        };
        assert_eq!(misses(&[]), None);
        let open = SpotCheck { done: None, ..check(20, 0) };
        assert_eq!(misses(&[open]), None, "what is not done says nothing");
        // Figures of the method's own tables: 0 of 20, 1 of 100.
        let found = misses(&[check(20, 0)]).unwrap();
        assert_eq!((found.least, found.most), (0, 161));
        let found = misses(&[check(60, 1), check(40, 0)]).unwrap();
        assert_eq!((found.looked, found.missed, found.least, found.most), (100, 1, 2, 54));
    }
}
