//! The promises every school starts with, kept by every profile; and what is said when one is broken.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

use usher_policy::document::{Lockdown, PolicyDocument};
use usher_policy::must::{self, Must};
use usher_policy::probe::{Broken, Outcome, probe};
use usher_policy::profile;
use usher_testkit::{lists, snapshot};
use usher_types::moment::Moment;

/// Monday 23 November 2026, 10:15.
const AT: Moment = Moment::from_unix_ms(1_795_428_900_000);

fn run(document: PolicyDocument, lists: &[(&str, &str)], promises: &[Must]) -> Vec<Outcome> {
    probe(&snapshot::build(document, lists::library(lists, vec![]), &[], &[]), promises, AT)
}

fn broken(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().filter(|one| !one.is_kept()).map(|one| one.must.sentence.as_str()).collect()
}

#[test]
fn web_31_every_profile_keeps_the_starter_set() {
    let promises = must::starter_set().unwrap();
    assert!(promises.len() >= 40, "{}", promises.len());
    for (name, _) in profile::BUILT_IN {
        let outcomes = run(snapshot::policy(name), &[], &promises);
        assert_eq!(broken(&outcomes), Vec::<&str>::new(), "{name}: {outcomes:#?}");
    }
}

#[test]
fn web_31_a_list_that_shuts_a_help_page_does_not_and_one_that_shuts_a_lesson_page_breaks_the_promise() {
    let promises = must::starter_set().unwrap();
    let wrong = [("adult", "childline.org.uk\nthenational.academy\n")];
    let outcomes = run(snapshot::policy("classic"), &wrong, &promises);
    assert_eq!(broken(&outcomes), ["Every pupil can reach Oak National Academy in a lesson"]);
}

#[test]
fn a_policy_that_opens_what_is_promised_shut_is_named_with_whom_and_when() {
    let mut policy = snapshot::policy("classic");
    let games = policy.categories.iter_mut().find(|rule| rule.name.as_str() == "gambling").unwrap();
    games
        .except
        .push(toml::from_str("for = [\"upper-ks2\"]\nduring = [\"lunch\"]\nverdict = \"allow\"").unwrap());
    let outcomes = run(policy, &[], &must::starter_set().unwrap());
    assert_eq!(broken(&outcomes), ["No pupil can reach gambling at any time"]);
    let bad = outcomes.iter().find(|one| !one.is_kept()).unwrap();
    let Broken::Decided { lesson, decision, .. } = &bad.broken[0] else { panic!("{bad:?}") };
    assert!(*lesson, "only a lesson opens the web to them");
    assert_eq!(decision.step.name(), "categories");
}

#[test]
fn a_lockdown_breaks_no_promise() {
    let mut policy = snapshot::policy("classic");
    policy.lockdown = Some(Lockdown { reason: "An incident".into(), keep: vec![] });
    assert_eq!(broken(&run(policy, &[], &must::starter_set().unwrap())), Vec::<&str>::new());
}

#[test]
fn web_31_what_a_wrapper_holds_is_judged_as_the_promise_says() {
    let promises = must::parse(
        "[[must]]\nsentence = \"Topics, translated\"\nwho = [\"pupil\"]\ncategory = \"education\"\nwhen = \"lesson\"\nexpect = \"open\"\n\
         url = \"https://translate.google.com/translate?u=topic.example\"\n\
         [[must]]\nsentence = \"No betting, translated\"\nwho = [\"pupil\"]\ncategory = \"education\"\nwhen = \"lesson\"\nexpect = \"shut\"\n\
         url = \"https://translate.google.com/translate?u=betting.example\"\n",
    )
    .unwrap();
    let lists = [("gambling", "betting.example")];
    let mut policy = snapshot::policy("classic");
    assert_eq!(broken(&run(policy.clone(), &lists, &promises)), Vec::<&str>::new());
    policy.lockdown = Some(Lockdown { reason: "An incident".into(), keep: vec![] });
    assert_eq!(broken(&run(policy.clone(), &lists, &promises)), Vec::<&str>::new());
    assert_eq!(
        broken(&run(policy, &[("gambling", "topic.example")], &promises[..1])),
        ["Topics, translated"]
    );
}

#[test]
fn a_promise_about_a_time_or_people_that_are_not_there_is_broken() {
    let promises = must::parse(
        "[[must]]\nsentence = \"After school\"\nwho = [\"pupil\"]\ncategory = \"games\"\nwhen = \"lunch\"\nexpect = \"shut\"\n\
         [[must]]\nsentence = \"Year 9\"\nwho = [\"pupil\"]\nyears = [9]\ncategory = \"games\"\nwhen = \"lesson\"\nexpect = \"shut\"\n",
    )
    .unwrap();
    let mut policy = snapshot::policy("classic");
    policy.calendar.periods.clear();
    for group in policy.groups.iter_mut().filter(|group| group.name == "upper-ks2") {
        group.years = toml::from_str::<toml::Table>("y = [5, 6]").unwrap()["y"].clone().try_into().unwrap();
    }
    let outcomes = run(policy, &[], &promises);
    assert!(matches!(outcomes[0].broken[..], [Broken::Never(_)]), "{outcomes:?}");
    assert_eq!(outcomes[1].broken, [Broken::Nobody]);
}
