//! A promise that is not kept, in words: for whom it is broken, when, and what decided it there.
//!
//! Owns: putting the ways together that come to the same. Does not: test anything; [`crate::probe`] does.

use usher_types::role::{Reader, Year};
use usher_words::Words;

use crate::diff::time_words;
use crate::explain;
use crate::probe::{Broken, Outcome};

/// One way in which a promise is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// For whom.
    pub whom: Vec<String>,
    /// When, what was decided there, and why.
    pub what: String,
}

/// How a promise is broken, each way once, with everybody it is broken for.
pub fn ways(words: &Words, outcome: &Outcome) -> Vec<Way> {
    let mut told: Vec<Way> = Vec::new();
    for one in &outcome.broken {
        let (whom, what) = tell(words, one);
        match told.iter_mut().find(|way| way.what == what) {
            Some(way) if !way.whom.contains(&whom) => way.whom.push(whom),
            Some(_) => {}
            None => told.push(Way { whom: vec![whom], what }),
        }
    }
    told
}

fn tell(words: &Words, broken: &Broken) -> (String, String) {
    match broken {
        Broken::Decided { kind, year, period, lesson, decision } => {
            let whom = year.map_or_else(|| kind.name().to_owned(), Year::label);
            let lesson = if *lesson { ", a lesson open" } else { "" };
            let what = format!(
                "{}{lesson}: {}, decided at {}. {}",
                time_words(*period),
                decision.verdict.name(),
                decision.step.name(),
                explain::reason(words, Reader::Adult, decision)
            );
            (whom, what)
        }
        Broken::Nobody => ("nobody".to_owned(), "the policy has no group for these people".to_owned()),
        Broken::Never(period) => {
            ("never".to_owned(), format!("the timetable has nothing {}", time_words(*period)))
        }
        Broken::NoSuchCategory => ("nothing".to_owned(), "there is no such category".to_owned()),
    }
}
