//! What must hold for every policy, request and moment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use proptest::prelude::*;
use usher_lists::category::Category;
use usher_lists::overlay::{Edit, Effect};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::document::Rule;
use usher_policy::facts::LessonFacts;
use usher_policy::verdict::Verdict;
use usher_records::lesson::Mode;
use usher_testkit::{facts, lists, snapshot};
use usher_types::ids::Id;
use usher_types::moment::Moment;

const PEOPLE: [&str; 7] =
    ["nobody", "pupil.y1", "pupil.y4", "pupil.y6", "staff", "staff.computing-lead", "visitor"];
const HOSTS: [&str; 6] = ["a.example", "b.a.example", "c.example", "d.c.example", "e.example", "192.0.2.1"];
/// Categories that are shut to everybody in the starting policy.
const SHUT: [&str; 4] = ["adult", "hate", "gambling", "malware"];
const OTHERS: [&str; 5] = ["games", "news", "shopping", "education", "social-networks"];
const PROFILES: [&str; 5] = ["classic", "comprehensive", "trust", "codes", "numbered"];

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    (0..from.len()).prop_map(move |index| from[index])
}

#[derive(Debug, Clone)]
struct Ask {
    profile: &'static str,
    who: &'static str,
    host: &'static str,
    listed: Vec<(&'static str, &'static str)>,
    lesson: bool,
    minute: i64,
}

fn ask() -> impl Strategy<Value = Ask> {
    let listed = prop::collection::vec((prop_oneof![pick(&SHUT), pick(&OTHERS)], pick(&HOSTS)), 0..4);
    // A week of minutes, so that lessons, breaks, evenings and weekends all occur.
    (pick(&PROFILES), pick(&PEOPLE), pick(&HOSTS), listed, any::<bool>(), 0..7 * 24 * 60_i64).prop_map(
        |(profile, who, host, listed, lesson, minute)| Ask { profile, who, host, listed, lesson, minute },
    )
}

impl Ask {
    fn at(&self) -> Moment {
        Moment::from_unix_ms(1_795_392_000_000).plus_minutes(self.minute)
    }

    fn who(&self) -> usher_policy::facts::Circumstances {
        let mut who = facts::at_device(facts::subject(self.who));
        who.lesson = self.lesson.then(|| LessonFacts {
            lesson: Id::new(8),
            group: Id::new(30),
            adult: Id::new(1),
            mode: Mode::Normal,
            ends_at: self.at().plus_minutes(30),
        });
        who
    }

    fn snapshot(
        &self,
        more: &[(&str, &str)],
        edits: Vec<Edit>,
        rules: Vec<Rule>,
    ) -> usher_policy::snapshot::Snapshot {
        let mut document = snapshot::policy(self.profile);
        document.rules.splice(0..0, rules);
        let mut by_category = std::collections::BTreeMap::<&str, String>::new();
        for (category, host) in self.listed.iter().chain(more) {
            let lines = by_category.entry(category).or_default();
            lines.push_str(host);
            lines.push('\n');
        }
        let all: Vec<(&str, &str)> =
            by_category.iter().map(|(category, lines)| (*category, lines.as_str())).collect();
        snapshot::build(document, lists::library(&all, edits), &[], &[])
    }

    fn verdict(&self, snapshot: &usher_policy::snapshot::Snapshot) -> Verdict {
        let web = facts::get(self.who(), &format!("https://{}/x", self.host));
        decide_web(snapshot, &web, self.at()).verdict
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn adding_a_block_never_loosens(ask in ask(), category in pick(&SHUT), host in pick(&HOSTS)) {
        let before = ask.verdict(&ask.snapshot(&[], vec![], vec![]));
        let listed = ask.verdict(&ask.snapshot(&[(category, host)], vec![], vec![]));
        prop_assert!(listed >= before, "listing {host} as {category}: {before:?} became {listed:?}");
        let edit = Edit {
            id: "e".into(),
            pattern: host.parse().unwrap(),
            effect: Effect::AddCategory(Category::parse(category).unwrap()),
            reason: "r".into(),
            owner: "o".into(),
            added_at: Moment::from_unix_ms(0),
            review_on: jiff::civil::date(2027, 1, 1),
        };
        let edited = ask.verdict(&ask.snapshot(&[], vec![edit], vec![]));
        prop_assert!(edited >= before, "the school's own entry: {before:?} became {edited:?}");
        let rule: Rule = toml::from_str(&format!("id = 'x'\nwhy = 'w'\nverdict = 'block'\npages = ['{host}']")).unwrap();
        let ruled = ask.verdict(&ask.snapshot(&[], vec![], vec![rule]));
        prop_assert!(ruled >= before, "a rule: {before:?} became {ruled:?}");
    }

    #[test]
    fn the_same_case_gives_the_same_bytes(ask in ask()) {
        let one = ask.snapshot(&[], vec![], vec![]);
        let other = ask.snapshot(&[], vec![], vec![]);
        let web = facts::get(ask.who(), &format!("https://{}/x", ask.host));
        let first = postcard::to_stdvec(&decide_web(&one, &web, ask.at())).unwrap();
        let again = postcard::to_stdvec(&decide_web(&other, &web, ask.at())).unwrap();
        prop_assert_eq!(first, again);
    }

    #[test]
    fn a_tunnel_is_never_spliced_to_what_a_request_would_be_refused(ask in ask()) {
        let snapshot = ask.snapshot(&[], vec![], vec![]);
        let (decision, action) = decide_tls(&snapshot, &facts::connect(ask.who(), &format!("{}:443", ask.host)), ask.at());
        if action == usher_policy::verdict::TlsAction::Splice {
            prop_assert!(decision.verdict <= Verdict::Coach);
            prop_assert!(ask.verdict(&snapshot) <= Verdict::Coach);
        }
    }

    #[test]
    fn nobody_gets_nothing_but_our_own_pages(ask in ask()) {
        let nobody = Ask { who: "nobody", ..ask };
        prop_assert!(nobody.verdict(&nobody.snapshot(&[], vec![], vec![])) >= Verdict::Challenge);
    }
}
