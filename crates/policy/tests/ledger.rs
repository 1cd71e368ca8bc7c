//! The ledger of clauses: each control's check falls when its rule or setting is taken away, and what becomes of the clauses.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

use usher_policy::document::{PolicyDocument, SafeLevel};
use usher_policy::ledger::{
    Checked, Condition, Configured, DraftHead, Gone, Known, Outcome, State, Text, breaches, check, draft,
    ledger, propose, split,
};
use usher_policy::profile::{BUILT_IN, built_in};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::Stored;
use usher_records::held::{self, HeldBook};
use usher_records::settings::{SecondDevice, Settings};
use usher_records::signature::{How, Part, Signature};
use usher_testkit::{lists, snapshot};
use usher_types::calendar::PeriodKind;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Roles};

/// Tuesday 24 November 2026, 10:15.
const NOW: Moment = Moment::from_unix_ms(1_795_515_300_000);
const HOUR: i64 = 60;

fn taken(policy: PolicyDocument) -> Snapshot {
    snapshot::build(policy, lists::library(&[("games", "games.example")], vec![]), &[], &[])
}

fn text(key: &str, version: &str, clauses: &str) -> Text {
    let file = format!(
        "+++\nkey = \"{key}\"\ntitle = \"Rules\"\nversion = \"{version}\"\nreader = \"adult\"\ndeclaration = \"I will.\"\n\
         +++\n{clauses}\n"
    );
    let text = AgreementText::parse(&file).unwrap();
    let version = AgreementVersion {
        id: Id::new(1),
        key: key.into(),
        version: version.into(),
        title: "Rules".into(),
        digest: text.digest,
        published_at: NOW,
        material: true,
        in_force: true,
        contract_term: false,
    };
    Text { version, text }
}

fn signed(text: &Text, id: u64, at: Moment) -> Signature {
    Signature {
        id: Id::new(id),
        person: Id::new(id),
        name: "Joan Price".into(),
        kind: PersonKind::Staff,
        part: Part::Own,
        agreement: text.version.key.clone(),
        version: text.version.version.clone(),
        digest: text.version.digest,
        clauses: text.text.clause_ids(),
        declaration: "I will.".into(),
        check_passed: None,
        discussed: None,
        at,
        how: How::OnScreen,
        entered_by: None,
        read_in: None,
    }
}

fn checked(policy: PolicyDocument, settings: &Settings, texts: &[Text]) -> Vec<Checked> {
    let snapshot = taken(policy);
    let offices = Roles::of(&Role::ALL);
    check(&Configured { snapshot: &snapshot, settings, texts, offices, at: NOW }).unwrap()
}

fn numbered() -> (PolicyDocument, Settings) {
    let profile = built_in("numbered").unwrap().unwrap();
    (profile.policy, profile.settings)
}

fn fall(checked: &[Checked], id: &str) -> Option<&'static str> {
    match &checked.iter().find(|one| one.control.id == id).unwrap().outcome {
        Outcome::Falls(short) => Some(short.why),
        _ => None,
    }
}

fn book(turns: &[(&[(&str, bool)], Moment)]) -> HeldBook {
    let mut kept: Option<Stored<HeldBook>> = None;
    for (found, at) in turns {
        let change = held::note(kept.as_ref(), Id::new(1), found, *at).unwrap();
        let value = serde_json::from_str(&change.writes[0].body).unwrap();
        kept = Some(Stored { value, version: 1 });
    }
    kept.unwrap().value
}

#[test]
fn pol_01_the_rules_of_all_five_profiles_hold_when_they_are_tried() {
    for (name, _) in BUILT_IN {
        let profile = built_in(name).unwrap().unwrap();
        let all = checked(profile.policy, &profile.settings, &[]);
        for one in &all {
            if let Outcome::Falls(short) = &one.outcome {
                let by_setting = [
                    "no-picture-years",
                    "no-reminder",
                    "not-yearly",
                    "no-parent-part",
                    "no-provider",
                    "no-agreement",
                    "no-contract-term",
                ];
                assert!(by_setting.contains(&short.why), "{name}: {} {short:?}", one.control.id);
            }
        }
    }
}

#[test]
fn pol_01_a_rule_that_is_taken_away_makes_its_control_fall_and_says_for_whom() {
    let (policy, settings) = numbered();
    let without = |change: &dyn Fn(&mut PolicyDocument)| {
        let mut policy = policy.clone();
        change(&mut policy);
        checked(policy, &settings, &[])
    };
    type Case<'a> = (&'a str, &'a str, &'a dyn Fn(&mut PolicyDocument));
    let cases: [Case<'_>; 13] = [
        ("web.lesson-session", "open-without-lesson", &|policy| policy.lessons.whom.clear()),
        ("web.categories", "kinds-open", &|policy| {
            policy.categories.retain(|one| one.name.as_str() != "gambling");
        }),
        ("web.no-bypass", "opens-by-number", &|policy| {
            policy.rules.retain(|rule| rule.id != "no-addresses-for-pupils");
        }),
        ("web.no-bypass", "opens-two-names", &|policy| {
            policy.rules.retain(|rule| rule.id != "no-hidden-names");
        }),
        ("web.no-bypass", "opens-odd-tunnel", &|policy| {
            policy.rules.retain(|rule| rule.id != "only-tls-in-tunnels");
        }),
        ("web.downloads", "programs-open", &|policy| policy.carries.retain(|rule| rule.id != "no-programs")),
        ("web.personal-details", "details-leave", &|policy| {
            policy.leaving.retain(|rule| rule.id != "pupils-keep-private");
        }),
        ("web.sign-up", "joining-open", &|policy| {
            policy.leaving.retain(|rule| rule.id != "pupils-do-not-sign-up");
        }),
        ("web.hurtful-posts", "unkind-leave", &|policy| {
            policy.leaving.retain(|rule| rule.id != "pupils-are-kind");
        }),
        ("web.inspect-https", "passed-unread", &|policy| {
            policy.inspection.except_whom = vec!["pupils".into()];
        }),
        ("web.report-site", "no-provider", &|_| {}),
        ("web.timetable", "day-alike", &|policy| {
            policy.hours.clear();
            policy.lessons.whom.clear();
        }),
        ("web.timetable", "open-when-closed", &|policy| {
            policy.hours.clear();
            policy.lessons.during = vec![PeriodKind::Lesson];
        }),
    ];
    for (id, why, change) in cases {
        assert_eq!(fall(&without(change), id), Some(why), "{id}");
    }
    let open = without(&|policy| policy.lessons.whom = vec!["ks1".into()]);
    let Outcome::Falls(short) =
        &open.iter().find(|one| one.control.id == "web.lesson-session").unwrap().outcome
    else {
        panic!("it falls")
    };
    assert!(short.of.contains(&"Year 4".to_owned()) && !short.of.contains(&"Year 1".to_owned()), "{short:?}");
    let off = SafeLevel::Off;
    let unsafe_search = without(&|policy| {
        policy.safe_search.search.insert("pupils".into(), off);
    });
    assert_eq!(fall(&unsafe_search, "web.safe-search"), Some("unsafe-search"));
    let alike = without(&|policy| {
        for rule in &mut policy.categories {
            rule.except.clear();
        }
        policy.unknown.insert("ks1".into(), Verdict::Allow);
        policy.unknown.insert("lower-ks2".into(), Verdict::Allow);
    });
    assert_eq!(fall(&alike, "web.age-bands"), Some("ages-alike"));
}

#[test]
fn pol_01_a_setting_that_is_switched_off_makes_its_control_fall() {
    let (policy, settings) = numbered();
    let with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings.clone();
        change(&mut settings);
        checked(policy.clone(), &settings, &[])
    };
    type Case<'a> = (&'a str, &'a str, &'a dyn Fn(&mut Settings));
    let cases: [Case<'_>; 7] = [
        ("account.password-rule", "weak-passwords", &|settings| {
            settings.passwords.adults.characters = 0;
            settings.passwords.adults.refuse_common = false;
        }),
        ("account.lock-out", "no-lock-out", &|settings| settings.passwords.rest_minutes = 0),
        ("account.one-device", "two-devices", &|settings| {
            settings.sign_in.second_device = SecondDevice::Allow;
        }),
        ("account.time-limits", "no-time-limits", &|settings| settings.sign_in.idle_minutes.pupils = 0),
        ("agreement.right-text", "no-agreement", &|_| {}),
        ("seen.weekly-report", "nobody-holds", &|settings| settings.reports.weekly_to.clear()),
        ("seen.alert-now", "no-alert", &|settings| settings.alarms.words_from = 6),
    ];
    for (id, why, change) in cases {
        assert_eq!(fall(&with(change), id), Some(why), "{id}");
    }
}

#[test]
fn what_is_told_to_an_office_nobody_holds_reaches_nobody() {
    let (policy, settings) = numbered();
    let snapshot = taken(policy);
    let configured =
        Configured { snapshot: &snapshot, settings: &settings, texts: &[], offices: Roles::NONE, at: NOW };
    let all = check(&configured).unwrap();
    for id in ["seen.weekly-report", "seen.alert-now", "tell.button", "ask.unblock", "case.report"] {
        assert_eq!(fall(&all, id), Some("nobody-holds"), "{id}");
    }
}

#[test]
fn pol_01_without_any_list_no_kind_of_site_is_shut() {
    let (policy, settings) = numbered();
    let snapshot = snapshot::build(policy, lists::library(&[], vec![]), &[], &[]);
    let offices = Roles::of(&Role::ALL);
    let configured = Configured { snapshot: &snapshot, settings: &settings, texts: &[], offices, at: NOW };
    assert_eq!(fall(&check(&configured).unwrap(), "web.categories"), Some("no-lists"));
}

/// The states of a text's clauses, by id.
fn states(known: Known<'_>) -> Vec<(String, State)> {
    ledger(known).lines.into_iter().map(|line| (line.clause.id, line.state)).collect()
}

#[test]
fn pol_01_the_state_of_a_clause_is_what_its_controls_come_to() {
    let (policy, settings) = numbered();
    let texts = [text(
        "staff",
        "2026",
        "- One. {#kept keeps=\"account.lock-out duty.keep-secret\"}\n\
         - Two. {#duty keeps=\"duty.kindness\"}\n\
         - Three. {#recorded keeps=\"tell.button duty.speak-up\"}\n\
         - Four. {#conditional keeps=\"web.lesson-session duty.supervise\"}\n\
         - Five. {#in-part keeps=\"web.lesson-session web.dns-filter\"}\n\
         - Six. {#unknown keeps=\"account.lock-out web.made-up\"}\n\
         - Seven. {#not-built keeps=\"web.dns-filter\"}\n\
         - Eight. {#nothing}\n",
    )];
    let all = checked(policy, &settings, &texts);
    let known = Known { texts: &texts, signatures: &[], checked: &all, book: None };
    let expected = [
        ("kept", State::Kept),
        ("duty", State::Duty),
        ("recorded", State::Duty),
        ("conditional", State::Conditional),
        ("in-part", State::InPart),
        ("unknown", State::InPart),
        ("not-built", State::Nothing),
        ("nothing", State::Nothing),
    ];
    assert_eq!(states(known), expected.map(|(id, state)| (id.to_owned(), state)));
    let made = ledger(known);
    assert_eq!(
        made.unkept().map(|line| line.clause.id.as_str()).collect::<Vec<_>>(),
        ["not-built", "nothing"]
    );
    let conditional = made.lines.iter().find(|line| line.clause.id == "conditional").unwrap();
    assert_eq!(conditional.conditions, [Condition::OnlyThroughUsher]);
    let untold: Vec<&str> = made.untold().map(|one| one.control.id.as_str()).collect();
    assert!(untold.contains(&"seen.log") && !untold.contains(&"account.lock-out"), "{untold:?}");
    assert!(!untold.contains(&"web.dns-filter") && !untold.contains(&"duty.kindness"), "only what holds");
}

#[test]
fn pol_01_what_was_true_when_signed_and_is_not_any_more_names_who_signed_it_while_it_was() {
    let (mut policy, settings) = numbered();
    policy.lessons.whom.clear();
    let texts = [text("staff", "2026", "- Lessons. {#lessons keeps=\"web.lesson-session\"}\n")];
    let all = checked(policy, &settings, &texts);
    let (early, turned, late) = (NOW.plus_minutes(-3 * HOUR), NOW.plus_minutes(-HOUR), NOW);
    let signatures = [signed(&texts[0], 1, early), signed(&texts[0], 2, late)];
    let book = book(&[
        (&[("web.lesson-session", true)], early.plus_minutes(-HOUR)),
        (&[("web.lesson-session", false)], turned),
    ]);
    let known = Known { texts: &texts, signatures: &signatures, checked: &all, book: Some(&book) };
    let made = ledger(known);
    let line = made.no_longer().next().unwrap();
    assert_eq!((line.state, line.since()), (State::NoLonger, Some(turned)));
    assert_eq!(
        line.ended_for(),
        [&signatures[0]],
        "whoever signed afterwards was told nothing untrue by then"
    );
    let never = ledger(Known { signatures: &signatures[1..], ..known });
    assert_eq!(never.lines[0].state, State::Nothing);
}

#[test]
fn pol_01_a_signature_under_an_earlier_version_is_still_held_against_what_is_true_now() {
    let (mut policy, settings) = numbered();
    policy.lessons.whom.clear();
    let mut earlier = text("staff", "2025", "- Lessons. {#lessons keeps=\"web.lesson-session\"}\n");
    earlier.version.in_force = false;
    let now = text("staff", "2026", "- Kindness. {#kind keeps=\"duty.kindness\"}\n");
    let signatures = [signed(&earlier, 1, NOW.plus_minutes(-HOUR))];
    let texts = [earlier, now];
    let all = checked(policy, &settings, &texts);
    let book = book(&[
        (&[("web.lesson-session", true)], NOW.plus_minutes(-2 * HOUR)),
        (&[("web.lesson-session", false)], NOW),
    ]);
    let known = Known { texts: &texts, signatures: &signatures, checked: &all, book: Some(&book) };
    let made = ledger(known);
    let found: Vec<(&str, bool)> =
        made.lines.iter().map(|line| (line.clause.id.as_str(), line.in_force)).collect();
    assert_eq!(found, [("kind", true), ("lessons", false)]);
    assert_eq!(made.no_longer().count(), 1);
    assert_eq!(made.unkept().count(), 0, "what nobody is shown any more is no promise");
}

#[test]
fn pol_01_a_change_that_breaks_a_signed_clause_is_named_with_how_many_signed_it() {
    let (policy, settings) = numbered();
    let texts = [text(
        "staff",
        "2026",
        "- Lessons. {#lessons keeps=\"web.lesson-session\"}\n- Kind. {#kind keeps=\"duty.kindness\"}\n",
    )];
    let signatures = [signed(&texts[0], 1, NOW), signed(&texts[0], 2, NOW)];
    let holds = |_: &Signature, _: Gone| true;
    let before = checked(policy.clone(), &settings, &texts);
    assert_eq!(breaches(&texts, &signatures, holds, &before, &before), []);
    let mut changed = policy;
    changed.lessons.whom.clear();
    let after = checked(changed, &settings, &texts);
    let found = breaches(&texts, &signatures, holds, &before, &after);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].number, found[0].signed), (1, 2));
    assert_eq!(found[0].controls[0].1.why, "open-without-lesson");
    assert_eq!(breaches(&texts, &[], holds, &before, &after)[0].signed, 0);
    // A slip of the pen mended, and everybody's signature goes on counting: they promised it as well.
    let mended = text("staff", "2026b", "- Lessons, mended. {#lessons keeps=\"web.lesson-session\"}\n");
    let mut earlier = texts[0].clone();
    earlier.version.in_force = false;
    let found = breaches(&[mended, earlier.clone()], &signatures, holds, &before, &after);
    assert_eq!((found.len(), found[0].signed, found[0].version.as_str()), (1, 2, "2026b"));
    // New words that promise it no more, and it may go.
    let reworded = [text("staff", "2027", "- Kind. {#kind keeps=\"duty.kindness\"}\n")];
    assert_eq!(breaches(&reworded, &[], holds, &before, &after), []);
    // Nor is it taken out from under those who signed it: only once their time to sign anew is over.
    let taken_out = [reworded[0].clone(), earlier];
    let found = breaches(&taken_out, &signatures, holds, &before, &after);
    assert_eq!((found.len(), found[0].signed, found[0].version.as_str()), (1, 2, "2026"));
    assert!(found[0].refuses());
    assert_eq!(breaches(&taken_out, &signatures, |_, _| false, &before, &after), []);
    // What did not hold before is not broken by the change.
    assert_eq!(breaches(&texts, &signatures, holds, &after, &after), []);
}

const PASTED: &str = "Acceptable use\n\nPasswords\n1. Staff must keep their passwords secret and must not\n   share them.\n\
    1.1 After several wrong passwords an account is locked for a while.\n\nThe internet\n\
    • The school uses a filter that blocks unsuitable sites.\n\
    • Pupils use the internet only in lessons when a member of staff is present.\n\
    (a) Photographs of pupils are taken only with {consent}.\n\n\
    The tuck shop opens at noon. It sells fruit, water and small cakes that parents of the oldest classes have baked on the \
    evening before. Nobody may run in the corridor on the way to it, or push, or bring in anything that was bought in a shop \
    outside of the grounds.\n";

#[test]
fn pol_01_a_pasted_policy_is_split_into_promises_and_each_gets_controls_that_speak_of_it() {
    let clauses = split(PASTED);
    let texts: Vec<&str> = clauses.iter().map(|clause| clause.text.as_str()).collect();
    assert_eq!(texts[0], "Staff must keep their passwords secret and must not share them.");
    assert_eq!(texts[1], "After several wrong passwords an account is locked for a while.");
    assert_eq!(texts[2], "The school uses a filter that blocks unsuitable sites.");
    assert_eq!(clauses.len(), 8, "{texts:#?}");
    assert_eq!(clauses[0].heading.as_deref(), Some("Passwords"));
    assert_eq!(clauses[3].heading.as_deref(), Some("The internet"));
    let proposed = |index: usize| -> Vec<&str> {
        propose(&clauses[index].text).into_iter().map(|control| control.id.as_str()).collect()
    };
    assert!(proposed(0).contains(&"duty.keep-secret"), "{:?}", proposed(0));
    assert!(proposed(1).contains(&"account.lock-out"), "{:?}", proposed(1));
    assert!(proposed(2).contains(&"web.categories"), "{:?}", proposed(2));
    assert_eq!(proposed(5), Vec::<&str>::new(), "nothing keeps the tuck shop");
}

#[test]
fn pol_01_a_draft_of_what_was_pasted_is_an_agreement_file_with_the_confirmed_controls() {
    let clauses: Vec<_> =
        split(PASTED).into_iter().map(|clause| (clause, vec!["duty.keep-secret".to_owned()])).collect();
    let head = DraftHead {
        key: "staff",
        title: "Our \"own\" words\nin two lines",
        version: "2027",
        reader: "adult",
        declaration: "I will.",
    };
    let read = AgreementText::parse(&draft(head, &clauses)).unwrap();
    assert_eq!(read.clauses.len(), clauses.len());
    assert_eq!(read.head.title, "Our \"own\" words in two lines");
    assert_eq!(read.clauses[4].text, "Photographs of pupils are taken only with consent.");
    assert!(read.clauses.iter().all(|clause| clause.keeps == ["duty.keep-secret"]));
}

#[test]
fn whatever_is_pasted_gives_a_file_that_can_be_read() {
    for text in
        ["", "}{#x}", "- ", "1.", "a) b) c)", "\u{0}\n- \u{202e}x", "# only a heading", "+++\n+++\n- x {#y}"]
    {
        let clauses: Vec<_> = split(text).into_iter().map(|clause| (clause, vec![])).collect();
        let head =
            DraftHead { key: "staff", title: "t", version: "1", reader: "adult", declaration: "I will." };
        let file = draft(head, &clauses);
        assert!(clauses.is_empty() || AgreementText::parse(&file).is_ok(), "{text:?}: {file}");
    }
}
