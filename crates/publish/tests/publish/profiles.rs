//! Who signs what in each ready-made school, and the block it ends with, beside what the policy it reproduces asks for.
//!
//! Owns: the table of audiences and sign-off blocks (AGR-01, AGR-03, AGR-04, AGR-12). The words are Usher's own; a person reads them.

use std::collections::{BTreeMap, BTreeSet};

use usher_policy::profile::{BUILT_IN, Profile, built_in};
use usher_publish::set_up::agreements;
use usher_records::agreement::AgreementText;
use usher_records::settings::Settings;
use usher_records::sign_off::SignLine::{self, Class, ClassTeacher, Date, JobTitle, Name, Signature};
use usher_types::role::PersonKind::{self, Contractor, Governor, Staff, Student, Supply, Visitor, Volunteer};
use usher_types::role::Year;

/// What a policy asks for.
struct Policy {
    /// The profile that reproduces it.
    profile: &'static str,
    /// The adults it names, who sign its own code (AGR-01).
    adults: &'static [PersonKind],
    /// What their signature means: words that stand in the declaration, and words of the other policies that do not.
    means: (&'static [&'static str], &'static [&'static str]),
    /// The lines of the adults' block.
    block: &'static [SignLine],
    /// Rules of the youngest, where the policy gives a number that Usher's text has too.
    youngest_rules: usize,
    /// The block of Year 1 and that of Year 5.
    pupils: [&'static [SignLine]; 2],
    /// The parent's block beside the child's, where both sign one slip (AGR-08).
    parent: Option<&'static [SignLine]>,
    /// Whether one text is for both key stages (AGR-12).
    one_text: bool,
    /// Whether the headings of the adults' code have letters (AGR-20).
    lettered: bool,
}

/// S0 to S4, by the documents each policy contains.
const POLICIES: [Policy; 5] = [
    Policy {
        profile: "classic",
        adults: &[Staff, Governor, Student, Volunteer],
        means: (&["agree to follow", "code of conduct"], &["received", "understand", "abide"]),
        block: &[Signature, Date, Name, JobTitle],
        youngest_rules: 12,
        pupils: [&[Name, Signature, Date], &[Name, Signature, Date]],
        parent: Some(&[Signature]),
        one_text: true,
        lettered: false,
    },
    Policy {
        profile: "comprehensive",
        adults: &[Staff, Student, Supply],
        means: (&["received"], &["agree to follow", "understand", "abide"]),
        block: &[Name, Class, Signature, Date],
        youngest_rules: 7,
        pupils: [&[Name, Signature, Class, Date], &[Name, Signature, Class, Date]],
        parent: None,
        one_text: false,
        lettered: false,
    },
    Policy {
        profile: "trust",
        adults: &[Staff],
        means: (&["understand", "agree to follow"], &["received", "abide"]),
        block: &[Signature, Date, Name, JobTitle],
        youngest_rules: 7,
        pupils: [&[Name, Class, Signature, Date], &[Name, Class, Signature, Date]],
        parent: None,
        one_text: false,
        lettered: false,
    },
    Policy {
        profile: "codes",
        adults: &[Staff, Volunteer, Supply, Contractor],
        means: (&["read", "understand"], &["received", "agree to follow", "abide"]),
        block: &[Signature, Name, Date],
        youngest_rules: 7,
        pupils: [&[Name, Signature, Date, ClassTeacher], &[Name, Signature, Date, ClassTeacher]],
        parent: None,
        one_text: false,
        lettered: true,
    },
    Policy {
        profile: "numbered",
        adults: &[Staff, Governor, Visitor],
        means: (&["read", "understand", "abide"], &["received", "agree to follow"]),
        block: &[Signature, Date, Name],
        youngest_rules: 5,
        pupils: [&[Name, Date], &[Name, Class, Signature, Date]],
        parent: None,
        one_text: false,
        lettered: false,
    },
];

const ADULTS: [PersonKind; 7] = [Staff, Supply, Student, Volunteer, Contractor, Governor, Visitor];

fn school(name: &str) -> (Settings, BTreeMap<String, AgreementText>) {
    let profile: Profile = built_in(name).unwrap().unwrap();
    let texts = agreements(&profile).unwrap().into_iter().map(|(text, _)| (text.head.key.clone(), text));
    let texts = texts.collect();
    (profile.settings, texts)
}

/// What a child of this year signs.
fn pupils((settings, texts): &(Settings, BTreeMap<String, AgreementText>), year: i8) -> &AgreementText {
    let year = Year::new(year).unwrap();
    &texts[settings.agreement_for(PersonKind::Pupil, Some(year)).unwrap()]
}

#[test]
fn agr_01_each_profile_asks_the_adults_its_policy_names_to_sign_its_code_and_all_others_the_short_page() {
    for policy in &POLICIES {
        let (settings, texts) = school(policy.profile);
        for kind in ADULTS {
            let signs = settings.agreement_for(kind, None).unwrap();
            let code = policy.adults.contains(&kind);
            assert_eq!(signs, if code { "staff" } else { "visitor" }, "{} {kind:?}", policy.profile);
            assert!(texts.contains_key(signs), "{} {signs}", policy.profile);
        }
    }
    let lists: BTreeSet<Vec<PersonKind>> = POLICIES.iter().map(|policy| sorted(policy.adults)).collect();
    assert_eq!(lists.len(), POLICIES.len(), "five different lists");
}

fn sorted(kinds: &[PersonKind]) -> Vec<PersonKind> {
    let mut kinds = kinds.to_vec();
    kinds.sort();
    kinds
}

#[test]
fn agr_03_each_profiles_adults_declare_what_its_policy_has_them_declare_on_its_own_lines() {
    let mut declarations = BTreeSet::new();
    for policy in &POLICIES {
        let (_, texts) = school(policy.profile);
        let text = &texts["staff"];
        let declaration = &text.head.declaration;
        for words in policy.means.0 {
            assert!(declaration.contains(words), "{}: {declaration}", policy.profile);
        }
        for words in policy.means.1 {
            assert!(!declaration.contains(words), "{}: {declaration}", policy.profile);
        }
        assert_eq!(text.head.sign_off, policy.block, "{}", policy.profile);
        let headings: BTreeSet<&str> =
            text.clauses.iter().filter_map(|clause| clause.heading.as_deref()).collect();
        let letter = |heading: &&str| heading.split_once(". ").is_some_and(|(letter, _)| letter.len() == 1);
        assert_eq!(headings.iter().all(letter), policy.lettered, "{}: {headings:?}", policy.profile);
        declarations.insert(declaration.clone());
    }
    assert_eq!(declarations.len(), POLICIES.len(), "no two policies mean the same by a signature");
}

#[test]
fn agr_04_each_profiles_pupils_sign_on_the_lines_of_its_policy_and_a_parent_only_where_it_asks() {
    let mut declarations = BTreeSet::new();
    for policy in &POLICIES {
        let school = school(policy.profile);
        let texts = [pupils(&school, 1), pupils(&school, 5)];
        for (text, block) in texts.iter().zip(policy.pupils) {
            assert_eq!(text.head.sign_off, block, "{} {}", policy.profile, text.head.key);
        }
        let agreements = &school.0.agreements;
        assert_eq!(agreements.with_parent, policy.parent.is_some(), "{}", policy.profile);
        assert_eq!(texts[1].head.parent_sign_off, policy.parent.unwrap_or_default(), "{}", policy.profile);
        declarations.insert(texts[1].head.declaration.clone());
    }
    assert_eq!(declarations.len(), POLICIES.len(), "the words differ where the schools' do");
}

#[test]
fn agr_12_each_profile_has_the_texts_by_age_that_its_policy_has() {
    for policy in &POLICIES {
        let school = school(policy.profile);
        let [reception, two, three, six] = [0, 2, 3, 6].map(|year| pupils(&school, year));
        assert_eq!(reception, two, "{}", policy.profile);
        assert_eq!(three, six, "{}", policy.profile);
        assert_eq!(two == three, policy.one_text, "{}", policy.profile);
        assert_eq!(reception.clauses.len(), policy.youngest_rules, "{}", policy.profile);
        assert!(policy.one_text || three.clauses.len() > reception.clauses.len(), "{}", policy.profile);
    }
    let card = school("numbered");
    let letters: String =
        pupils(&card, 1).clauses.iter().filter_map(|clause| clause.text.chars().nth(2)).collect();
    assert_eq!(letters, "SMART");
}

#[test]
fn every_wording_of_a_profile_is_of_an_agreement_somebody_signs() {
    for (name, _) in BUILT_IN {
        let profile = built_in(name).unwrap().unwrap();
        let signed: Vec<&str> =
            profile.settings.agreements.audiences.iter().map(|one| one.agreement.as_str()).collect();
        let mut seen = BTreeSet::new();
        for wording in &profile.agreements {
            assert!(signed.contains(&wording.agreement.as_str()), "{name}: {}", wording.agreement);
            assert!(seen.insert(&wording.agreement), "{name}: {} twice", wording.agreement);
        }
        for (text, file) in agreements(&profile).unwrap() {
            assert_eq!(AgreementText::parse_new(&file).unwrap(), text, "{name}: {}", text.head.key);
        }
    }
}
