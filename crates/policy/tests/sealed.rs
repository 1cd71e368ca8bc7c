//! Attacks on the sealed lists (FM-27): whatever a policy, a grant, a lesson, an edit or an office says, what is on them
//! stays shut. Each test is one way somebody could try.
#![allow(clippy::unwrap_used, reason = "tests stop where something is wrong")]

use usher_lists::category::{Catalogue, Category};
use usher_lists::overlay::{Edit, Effect};
use usher_policy::check::check;
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::decision::{Decision, Flip, Reason, Step};
use usher_policy::document::{Lockdown, PolicyDocument};
use usher_policy::facts::{Circumstances, LessonFacts};
use usher_policy::live::Live;
use usher_policy::must;
use usher_policy::probe::probe;
use usher_policy::snapshot::{Parts, Snapshot};
use usher_policy::verdict::{TlsAction, Verdict};
use usher_records::grant::{Grant, Opens, Scope};
use usher_records::lesson::{LessonList, Mode};
use usher_testkit::{facts, lists, snapshot};
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

/// Monday 23 November 2026, 10:15.
const AT: Moment = Moment::from_unix_ms(1_795_428_900_000);
const SITE: &str = "https://sealed.example/x";
const PAGE: &str = "https://pages.example/bad-corner/x";

const LISTS: [(&str, &str); 3] = [
    ("illegal-images", "sealed.example"),
    ("illegal-images", "pages.example/bad-corner"),
    ("education", "sealed.example\npages.example"),
];

struct Attack {
    document: PolicyDocument,
    edits: Vec<Edit>,
    grants: Vec<Grant>,
    lesson_lists: Vec<LessonList>,
}

impl Attack {
    fn new() -> Self {
        let document = snapshot::policy("comprehensive");
        Self { document, edits: vec![], grants: vec![], lesson_lists: vec![] }
    }

    fn on(change: impl FnOnce(&mut Self)) -> Snapshot {
        let mut attack = Self::new();
        change(&mut attack);
        let library = lists::library(&LISTS, attack.edits);
        snapshot::build(attack.document, library, &attack.grants, &attack.lesson_lists)
    }
}

fn everybody() -> Vec<Circumstances> {
    [
        "pupil.y1",
        "pupil.y6",
        "staff",
        "staff.head",
        "staff.safeguarding-lead",
        "staff.computing-lead",
        "visitor",
    ]
    .into_iter()
    .map(|who| facts::at_device(facts::subject(who)))
    .collect()
}

/// Both pages are shut to everybody, because they are sealed.
fn stays_shut(snapshot: &Snapshot) {
    for who in everybody() {
        stays_shut_to(snapshot, &who);
    }
}

fn stays_shut_to(snapshot: &Snapshot, who: &Circumstances) {
    for url in [SITE, PAGE] {
        let decision = decide_web(snapshot, &facts::get(who.clone(), url), AT);
        let told = (decision.verdict, &decision.reason);
        assert_eq!(told, (Verdict::Block, &Reason::SealedList), "{url} {:?}", who.subject);
    }
}

/// Lists by category, each with its entries.
type Listed<'a> = &'a [(&'a str, &'a str)];

/// Decisions where a filter above shuts these, and the lists here are those.
fn with_above(above: Option<&[&str]>, listed: Listed<'_>) -> Snapshot {
    let category = |name: &&str| Category::parse(name).unwrap();
    let live =
        Live { sealed_above: above.map(|names| names.iter().map(category).collect()), ..Live::default() };
    let library = lists::library(listed, vec![]);
    let parts = Parts { school: Id::new(1), generation: snapshot::generation(), library, live: &live };
    Snapshot::build(snapshot::policy("comprehensive"), parts).unwrap()
}

fn opens(snapshot: &Snapshot, who: &str) -> Decision {
    decide_web(snapshot, &facts::get(facts::at_device(facts::subject(who)), "https://maths.example/"), AT)
}

#[test]
fn fm_27_pupils_are_served_nothing_while_a_sealed_list_is_missing_and_staff_who_have_to_mend_it_are() {
    let maths = ("education", "maths.example");
    let (images, terror) = (("illegal-images", "sealed.example"), ("unlawful-terrorist", "other.example"));
    let missing: [(&[&str], Listed<'_>, &str); 4] = [
        (&[], &[maths], "illegal-images"),
        (&[], &[maths, images], "unlawful-terrorist"),
        (&["illegal-images"], &[maths], "unlawful-terrorist"),
        (&["illegal-images"], &[maths, ("unlawful-terrorist", "")], "unlawful-terrorist"),
    ];
    for (above, listed, category) in missing {
        let snapshot = with_above(Some(above), listed);
        for pupil in ["pupil.y1", "pupil.y6"] {
            let decision = opens(&snapshot, pupil);
            let reason = Reason::SealMissing(Category::parse(category).unwrap());
            assert_eq!((decision.verdict, &decision.reason), (Verdict::Block, &reason), "{above:?}");
            assert_eq!(decision.flip, Flip::Nothing, "no grant, lesson or sign-in opens it");
        }
        assert_eq!(opens(&snapshot, "staff").verdict, Verdict::Allow);
        let own = facts::get(facts::at_device(facts::subject("pupil.y6")), "https://usher.internal/");
        assert_eq!(decide_web(&snapshot, &own, AT).reason, Reason::OwnPage, "what to do is still told");
    }
    let whole: [(Option<&[&str]>, Listed<'_>); 4] = [
        (Some(&["illegal-images", "unlawful-terrorist"]), &[maths]),
        (Some(&["illegal-images"]), &[maths, terror]),
        (Some(&[]), &[maths, images, terror]),
        // A generation from before this was asked, made again.
        (None, &[maths]),
    ];
    for (above, listed) in whole {
        assert_eq!(opens(&with_above(above, listed), "pupil.y6").reason, Reason::NoLesson, "{above:?}");
    }
}

#[test]
fn fm_27_promises_are_tried_as_if_nothing_were_missing_so_that_a_policy_can_be_mended_meanwhile() {
    let listed = [("education", "maths.example")];
    let document = snapshot::policy("comprehensive");
    let promises = must::of(&document).unwrap();
    let kept = |above| {
        let outcomes = probe(&with_above(above, &listed), &promises, AT);
        outcomes.iter().filter(|outcome| outcome.is_kept()).count()
    };
    assert_eq!(kept(Some(&[] as &[&str])), kept(None));
}

#[test]
fn a_policy_that_leaves_the_sealed_categories_out_seals_them_all_the_same() {
    stays_shut(&Attack::on(|attack| attack.document.sealed.clear()));
    let other = vec![Category::parse("games").unwrap()];
    stays_shut(&Attack::on(|attack| attack.document.sealed = other));
}

#[test]
fn a_policy_file_that_leaves_them_out_is_refused_by_name() {
    let starter = include_str!("../../../profiles/policy.toml");
    let table = Catalogue::ours().unwrap().table();
    assert!(check(starter, &table).is_ok());
    let altered = starter.replace("sealed = [\"illegal-images\", ", "sealed = [");
    assert_ne!(starter, altered);
    let faults = check(&altered, &table).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].what.contains("`illegal-images`, which nobody can open"), "{faults:?}");
    assert!(faults[0].line.is_some_and(|line| altered.lines().nth(line - 1).unwrap().starts_with("sealed")));
}

#[test]
fn a_lockdown_that_keeps_them_open_does_not() {
    let pages = ["sealed.example", "pages.example"].map(|page| page.parse().unwrap()).to_vec();
    let shut = Attack::on(|attack| {
        attack.document.lockdown = Some(Lockdown { reason: "an attack".into(), keep: pages });
    });
    stays_shut(&shut);
    let other = facts::get(everybody().remove(2), "https://pages.example/good-corner");
    assert_eq!(decide_web(&shut, &other, AT).reason, Reason::KeptInLockdown, "the rest of it is kept open");
    let mut inside = other;
    inside.resolved = Some(snapshot::SERVER);
    let decision = decide_web(&shut, &inside, AT);
    assert_eq!(
        (decision.verdict, decision.step),
        (Verdict::Block, Step::Lockdown),
        "nor does it lead inside"
    );
}

#[test]
fn no_rule_and_no_category_opens_them() {
    stays_shut(&Attack::on(|attack| {
        let document = &mut attack.document;
        let mut open = document.rules.first().unwrap().clone();
        open.id = "opens-everything".into();
        open.verdict = Verdict::Allow;
        (open.whom, open.during, open.categories, open.methods) = (vec![], vec![], vec![], vec![]);
        open.pages = vec!["sealed.example".parse().unwrap(), "pages.example".parse().unwrap()];
        (open.ports_other_than, open.mismatches) = (vec![], vec![]);
        (open.address_instead_of_name, open.user_information, open.not_tls) = (false, false, false);
        document.rules.insert(0, open);
        let mut category = document.categories.first().unwrap().clone();
        category.name = Category::parse("illegal-images").unwrap();
        category.verdict = Verdict::Allow;
        category.except.clear();
        document.categories.retain(|one| one.name != category.name);
        document.categories.push(category);
        document.unknown.values_mut().for_each(|verdict| *verdict = Verdict::Allow);
    }));
}

#[test]
fn no_grant_opens_them() {
    let grant = |id: u64, page: &str, scope| Grant {
        id: Id::new(id),
        scope,
        opens: Opens::Page,
        page: page.parse().unwrap(),
        reason: "an attack".into(),
        owner: Id::new(4),
        made_at: AT,
        from: None,
        until: AT.plus_minutes(60),
        ended_at: None,
    };
    stays_shut(&Attack::on(|attack| {
        let scopes = [Scope::Person(Id::new(7)), Scope::Group(Id::new(30)), Scope::Kind(PersonKind::Staff)];
        for (scope, id) in scopes.into_iter().zip((1..).step_by(2)) {
            attack.grants.push(grant(id, "sealed.example", scope));
            attack.grants.push(grant(id + 1, "pages.example/bad-corner", scope));
        }
    }));
}

#[test]
fn no_lesson_list_opens_them() {
    let list = LessonList {
        id: Id::new(9),
        name: "An attack".into(),
        group: None,
        pages: ["sealed.example", "pages.example/bad-corner"].map(|page| page.parse().unwrap()).to_vec(),
        checked: Some((Id::new(3), AT)),
    };
    let snapshot = Attack::on(|attack| attack.lesson_lists.push(list));
    for mut who in everybody() {
        for mode in [Mode::ListOnly(Id::new(9)), Mode::Normal] {
            let (lesson, group, adult) = (Id::new(1), Id::new(30), Id::new(4));
            who.lesson = Some(LessonFacts { lesson, group, adult, mode, ends_at: AT.plus_minutes(60) });
            stays_shut_to(&snapshot, &who);
        }
    }
}

#[test]
fn no_unrestricted_time_opens_them() {
    let mut subject = facts::subject("staff.head");
    subject.unrestricted = Some((Id::new(1), AT.plus_minutes(15)));
    stays_shut_to(&Attack::on(|_| {}), &facts::at_device(subject));
}

#[test]
fn no_edit_of_the_school_opens_them() {
    let edit = |id: &str, pattern: &str, effect| Edit {
        id: id.into(),
        pattern: pattern.parse().unwrap(),
        effect,
        reason: "an attack".into(),
        owner: "head".into(),
        added_at: AT,
        review_on: jiff::civil::date(2027, 1, 1),
    };
    let sealed = Category::parse("illegal-images").unwrap();
    stays_shut(&Attack::on(|attack| {
        attack.edits = vec![
            edit("1", "sealed.example", Effect::ClearCategories),
            edit("2", "sealed.example", Effect::RemoveCategory(sealed.clone())),
            edit("3", "pages.example/bad-corner", Effect::ClearCategories),
            edit("4", "pages.example", Effect::RemoveCategory(sealed)),
        ];
        // An edit keeps what the policy seals; here the policy seals nothing any more.
        attack.document.sealed.clear();
    }));
}

#[test]
fn a_site_with_sealed_pages_is_decrypted_whoever_is_excepted() {
    let except = |document: &mut PolicyDocument, sites: &[&str]| {
        document.inspection.except_whom = document.groups.iter().map(|group| group.name.clone()).collect();
        document.inspection.except_sites = sites.iter().map(|site| site.parse().unwrap()).collect();
        document.inspection.except_categories = vec![Category::parse("education").unwrap()];
    };
    let snapshot = Attack::on(|attack| except(&mut attack.document, &["pages.example", "plain.example"]));
    let action = |host: &str| {
        let who = facts::at_device(facts::subject("staff"));
        decide_tls(&snapshot, &facts::connect(who, &format!("{host}:443")), AT).1
    };
    assert_eq!(action("pages.example"), TlsAction::Inspect);
    assert_eq!(action("www.pages.example"), TlsAction::Inspect);
    assert_eq!(action("plain.example"), TlsAction::Splice, "the exception holds for others");
    assert_eq!(action("sealed.example"), TlsAction::Inspect, "so that a page can be shown");
}
