//! How often each rule was right, by the verdicts of those who closed its alerts; and what the school would have missed
//! without it (UM-04).
//!
//! Owns: the counting, and the advice to retire a rule. Does not: retire one; a person does, with a reason.

use std::collections::BTreeMap;

use usher_records::alert::closing::Verdict;
use usher_records::alert::{Alert, Rule};
use usher_records::answering::Answering;

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
}
