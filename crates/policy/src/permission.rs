//! Who decides on leave, who sees it and who ends it (PRM-01 to PRM-10); and what opening a page would mean, so that what
//! is risky takes two people of two offices.
//!
//! Owns: these judgements. Does not: know the books, or make a grant; `records::permission` does.

use usher_lists::category::{Catalogue, Category};
use usher_lists::overlay::Effect;
use usher_lists::patterns::AddressPattern;
use usher_records::permission::matter::Matter;
use usher_records::permission::rules::Terms;
use usher_records::permission::{Permission, State};
use usher_records::settings::Settings;
use usher_types::role::{PersonKind, Role, Year};
use usher_types::url::WebAddress;

use crate::access::{Act, Who, may};
use crate::alarm::is_grave_theme;
use crate::document::PolicyDocument;
use crate::must::{Expect, Must};
use crate::snapshot::Snapshot;
use crate::verdict::Verdict;

/// The offices that see every permission: they answer for the school.
const SEE_ALL: [Role; 2] = [Role::Headteacher, Role::SeniorLeader];

/// The rules of one matter in a school.
pub fn terms(settings: &Settings, matter: Matter) -> Terms {
    settings.permissions.terms(matter, &settings.conduct)
}

/// Whether somebody may ask for this: whoever works at the desk, for what is asked for there.
pub fn may_ask(who: &Who, matter: Matter) -> bool {
    !matter.is_quick() && may(who, Act::UseDesk).is_ok()
}

/// Whether somebody holds an office that decides on this matter.
fn decides(who: &Who, terms: &Terms) -> bool {
    may(who, Act::UseDesk).is_ok() && who.roles.has_any(&terms.deciders)
}

/// Whether somebody may decide now: in an office that does, not on what they asked for themselves; and as the second, of
/// an office the first does not hold.
pub fn may_decide(who: &Who, permission: &Permission, first: Option<&Who>, terms: &Terms) -> bool {
    let own = permission.asker() == Some(who.person);
    let second = first.is_none_or(|first| is_second(who, first, &terms.deciders));
    !own && decides(who, terms) && second
}

/// Whether `second` is another person with one of these offices that `first` does not hold.
fn is_second(second: &Who, first: &Who, offices: &[Role]) -> bool {
    second.person != first.person
        && offices.iter().any(|&role| second.roles.has(role) && !first.roles.has(role))
}

/// Whether somebody sees it: whoever asked, decides or answers for the school; and everybody at the desk what is in force
/// for all to know. What was given in a lesson is seen by whoever gave it.
pub fn may_see(who: &Who, permission: &Permission, state: State, terms: &Terms) -> bool {
    let shown = permission.ask.matter.shape().shown && matches!(state, State::Open | State::Begins);
    let concerned = permission.asker() == Some(who.person) || who.roles.has_any(&SEE_ALL);
    may(who, Act::UseDesk).is_ok() && (shown || concerned || decides(who, terms))
}

/// Whether somebody may end it: whoever asked, and whoever decides.
pub fn may_end(who: &Who, permission: &Permission, terms: &Terms) -> bool {
    may(who, Act::UseDesk).is_ok() && (permission.asker() == Some(who.person) || decides(who, terms))
}

/// Whether `second` may confirm that a page is opened, as `first` proposed: somebody else who answers requests, in an
/// office the first does not hold.
pub fn may_confirm_opening(second: &Who, first: &Who) -> bool {
    confirms(Act::AnswerRequests, second, first)
}

/// Whether `second` may confirm that a list is believed, as `first` proposed: the same of whoever manages lists.
pub fn may_confirm_belief(second: &Who, first: &Who) -> bool {
    confirms(Act::ManageLists, second, first)
}

fn confirms(act: Act, second: &Who, first: &Who) -> bool {
    may(second, act).is_ok()
        && Role::ALL.into_iter().any(|role| {
            let alone =
                Who { roles: usher_types::role::Roles::of(&[role]), kind: PersonKind::Staff, ..*second };
            may(&alone, act).is_ok() && is_second(second, first, &[role])
        })
}

/// Somebody to whom a page would be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaches {
    /// What they are to the school.
    pub kind: PersonKind,
    /// For pupils: their year.
    pub year: Option<Year>,
}

/// A page somebody met, and what the gateway found it to be about besides what lists say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The page, with its query.
    pub page: WebAddress,
    /// What it was kept back for.
    pub about: Vec<Category>,
}

/// What opening something to somebody would mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meaning {
    /// Pages that would open with it: where it begins, what was asked for, and one of each kind that lists know below it.
    /// Each with what it is about.
    pub pages: Vec<(WebAddress, Vec<Category>)>,
    /// Promises that nobody could keep any more, in their own words.
    pub broken: Vec<String>,
    /// What is grave about it.
    pub grave: Vec<Category>,
    /// Whether lists know sites below it that they cannot name, so that nobody can say what they are about.
    pub more: bool,
}

impl Meaning {
    /// Whether this edit of the school's lists, which counts for everybody until somebody takes it out, is not for one person.
    /// One more category only closes, as the strictest counts; but a rule comes before the categories, and one of `policy` that
    /// lets through what is about this opens whatever else the page is about.
    pub fn is_too_grave(&self, effect: &Effect, policy: &PolicyDocument) -> bool {
        match effect {
            Effect::AddCategory(name) => self.is_risky() && lets_through(policy, name),
            Effect::RemoveCategory(name) => !self.broken.is_empty() || self.grave.contains(name) || self.more,
            Effect::ClearCategories => self.is_risky(),
        }
    }

    /// Whether it takes two people.
    pub const fn is_risky(&self) -> bool {
        !self.broken.is_empty() || !self.grave.is_empty() || self.more
    }
}

/// Whether a rule lets through what is about a category.
fn lets_through(policy: &PolicyDocument, category: &Category) -> bool {
    policy.rules.iter().any(|rule| rule.verdict == Verdict::Allow && rule.categories.contains(category))
}

/// What it would mean to believe a list of this category that changed too much: nobody sees which of its sites it names no
/// longer, and they all open for everybody. Where a rule lets its sites through, nobody sees which it names besides.
pub fn meaning_of_belief(
    policy: &PolicyDocument,
    (catalogue, musts): (&Catalogue, &[Must]),
    category: &Category,
) -> Meaning {
    let broken = musts.iter().filter(|must| {
        let any_page = must.url.is_none() && must.category.as_ref() == Some(category);
        must.expect == Expect::Shut && any_page
    });
    Meaning {
        pages: Vec::new(),
        broken: broken.map(|must| must.sentence.clone()).collect(),
        grave: Vec::from_iter(is_grave(catalogue, category).then(|| category.clone())),
        more: lets_through(policy, category),
    }
}

/// Whether a category is of a theme that is grave; one that nobody knows is.
fn is_grave(catalogue: &Catalogue, category: &Category) -> bool {
    catalogue.entry(category).is_none_or(|entry| is_grave_theme(&entry.theme))
}

/// What it would mean to open `pattern` to these people: judged by where it begins, by the pages that were `met`, and by all
/// that lists know below it. What nobody can open stays shut anyhow and is not told. A promise that no page of a kind can
/// be reached is broken by opening one page of the kind.
pub fn meaning(
    snapshot: &Snapshot,
    (catalogue, musts): (&Catalogue, &[Must]),
    pattern: &AddressPattern,
    met: &[Met],
    whom: &[Reaches],
) -> Meaning {
    let names = |set| snapshot.table().names_in(set).cloned().collect::<Vec<Category>>();
    let below = snapshot.library().below(snapshot.sealed, pattern);
    let begin = WebAddress::parse(&format!("https://{pattern}")).ok();
    let begin = begin.map(|page| Met { page, about: Vec::new() });
    let mut found = Meaning {
        // A page below a path is a page of that path: what lies beside it is asked about where a whole site opens.
        more: below.more && pattern.path().is_empty(),
        ..Meaning::default()
    };
    for Met { page, about } in begin.iter().chain(met) {
        let mut about = about.clone();
        about.extend(names(snapshot.categories_of(&page.host, &page.path, page.query.as_deref())));
        about.sort();
        about.dedup();
        match found.pages.iter_mut().find(|(known, _)| known == page) {
            Some((_, known)) => {
                known.extend(about);
                known.sort();
                known.dedup();
            }
            None => found.pages.push((page.clone(), about)),
        }
    }
    let open = below.pages.into_iter().filter(|(_, set)| !set.meets(snapshot.sealed));
    found.pages.extend(open.map(|(page, set)| (page, names(set))));
    let abouts = || found.pages.iter().flat_map(|(_, about)| about);
    let mut grave: Vec<Category> =
        abouts().filter(|category| is_grave(catalogue, category)).cloned().collect();
    grave.sort();
    grave.dedup();
    let breaks = |must: &&Must| {
        let theirs = whom.iter().any(|one| {
            let year = must.years.is_empty() || one.year.is_some_and(|year| must.years.contains(&year));
            must.who.contains(&one.kind) && (one.kind != PersonKind::Pupil || year)
        });
        let page = match (&must.url, &must.category) {
            (Some(url), _) => pattern.matches(url),
            (None, Some(category)) => abouts().any(|about| about == category),
            (None, None) => false,
        };
        must.expect == Expect::Shut && theirs && page
    };
    let broken = musts.iter().filter(breaks).map(|must| must.sentence.clone()).collect();
    found.broken = broken;
    found.grave = grave;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::permission::Ask;
    use usher_records::permission::act::{self, By};
    use usher_types::ids::Id;
    use usher_types::moment::Moment;
    use usher_types::role::Roles;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn who(id: u64, role: Role) -> Who {
        let kind = if role == Role::ChairOfGovernors { PersonKind::Governor } else { PersonKind::Staff };
        Who { person: Id::new(id), kind, roles: Roles::of(&[role]) }
    }

    fn asked(matter: Matter, by: u64, terms: &Terms) -> Permission {
        let details = usher_records::permission::matter::Detail::ALL.map(|detail| (detail, "x".to_owned()));
        let ask = Ask {
            matter,
            reason: "Needed for work".into(),
            details: details.into_iter().collect(),
            whom: vec![usher_records::grant::Scope::Group(Id::new(3))],
            pages: vec!["club.example".parse().unwrap()],
            opens: vec![],
            meeting: false,
            categories: vec![],
            periods: vec![],
            sites: vec![],
            lesson: None,
            from: NINE,
            until: Some(NINE.plus_minutes(60)),
        };
        act::ask(Id::new(1), ask, terms, By { person: Id::new(by), at: NINE }).unwrap().0
    }

    fn in_school(matter: Matter) -> Terms {
        let text = include_str!("../../../profiles/numbered.toml");
        let profile = crate::profile::Profile::parse(text).unwrap();
        terms(&profile.settings, matter)
    }

    #[test]
    fn prm_04_only_head_or_chair_lets_data_leave_and_nobody_decides_on_their_own() {
        let terms = in_school(Matter::DataOffSite);
        let permission = asked(Matter::DataOffSite, 7, &terms);
        for role in Role::ALL {
            let may = may_decide(&who(8, role), &permission, None, &terms);
            assert_eq!(may, matches!(role, Role::Headteacher | Role::ChairOfGovernors), "{role:?}");
        }
        let own = asked(Matter::DataOffSite, 8, &terms);
        assert!(!may_decide(&who(8, Role::Headteacher), &own, None, &terms));
        assert!(may_decide(&who(9, Role::ChairOfGovernors), &own, None, &terms));
    }

    #[test]
    fn a_school_names_who_decides_but_never_past_what_is_one_offices_alone() {
        use usher_records::permission::rules::{MatterRule, PermissionRules};
        let conduct =
            crate::profile::Profile::parse(include_str!("../../../profiles/numbered.toml")).unwrap();
        let conduct = conduct.settings.conduct;
        let rule = |name, deciders: &[Role]| MatterRule {
            name,
            deciders: deciders.to_vec(),
            longest_days: Some(3),
            two_people: true,
        };
        let rules = PermissionRules {
            matters: vec![
                rule(Matter::Install, &[Role::BusinessManager]),
                rule(Matter::DataOffSite, &[Role::Headteacher, Role::Office]),
            ],
        };
        let terms = rules.terms(Matter::Install, &conduct);
        assert_eq!(
            (terms.deciders, terms.longest_days, terms.two_people),
            (vec![Role::BusinessManager], 3, true)
        );
        assert_eq!(rules.terms(Matter::DataOffSite, &conduct).deciders, [Role::Headteacher]);
        assert!(rules.terms(Matter::Connect, &conduct).deciders.contains(&Role::Technician));
    }

    #[test]
    fn the_second_is_somebody_else_of_another_office() {
        let (head, lead) = (who(1, Role::Headteacher), who(2, Role::ComputingLead));
        assert!(may_confirm_opening(&head, &lead) && may_confirm_opening(&lead, &head));
        assert!(!may_confirm_opening(&lead, &lead));
        assert!(!may_confirm_opening(&who(3, Role::ComputingLead), &lead), "two of one office");
        assert!(!may_confirm_opening(&who(4, Role::Technician), &lead), "who could not answer alone");
        let both = Who { roles: Roles::of(&[Role::ComputingLead, Role::Headteacher]), ..lead };
        assert!(!may_confirm_opening(&who(1, Role::Headteacher), &both));
        let terms = in_school(Matter::Project);
        let permission = asked(Matter::Project, 7, &terms);
        assert!(may_decide(&head, &permission, Some(&lead), &terms));
        assert!(!may_decide(&lead, &permission, Some(&lead), &terms));
    }

    /// The starting policy, with a rule that lets through what is about a category.
    fn letting_through(name: &str) -> PolicyDocument {
        let mut policy = crate::profile::policy(crate::profile::STARTING_POLICY).unwrap();
        let help = policy.rules.iter().find(|rule| rule.id == "help-stays-open").unwrap();
        let rule = crate::document::Rule {
            id: "lets-through".into(),
            pages: vec![],
            categories: vec![Category::parse(name).unwrap()],
            ..help.clone()
        };
        policy.rules.push(rule);
        policy
    }

    #[test]
    fn one_more_category_is_grave_only_where_a_rule_lets_it_through_and_the_page_is_grave() {
        let add = |name: &str| Effect::AddCategory(Category::parse(name).unwrap());
        let plain = crate::profile::policy(crate::profile::STARTING_POLICY).unwrap();
        let through = letting_through("education");
        let grave = Meaning { grave: vec![Category::parse("adult").unwrap()], ..Meaning::default() };
        assert!(grave.is_too_grave(&add("education"), &through));
        assert!(!grave.is_too_grave(&add("news"), &through), "another category");
        assert!(!grave.is_too_grave(&add("education"), &plain), "categories: the strictest counts");
        assert!(!Meaning::default().is_too_grave(&add("education"), &through), "a page nobody minds");
        assert!(grave.is_too_grave(&Effect::ClearCategories, &plain));
    }

    #[test]
    fn a_list_that_is_grave_or_promised_to_be_shut_is_believed_by_two() {
        let catalogue = Catalogue::ours().unwrap();
        let plain = crate::profile::policy(crate::profile::STARTING_POLICY).unwrap();
        let musts = crate::must::of(&plain).unwrap();
        let too_grave = |policy: &PolicyDocument, name: &str| {
            let category = Category::parse(name).unwrap();
            let meant = meaning_of_belief(policy, (&catalogue, &musts), &category);
            meant.is_too_grave(&Effect::RemoveCategory(category), policy)
        };
        for grave in
            ["adult", "self-harm", "gambling", "proxies-and-vpn", "illegal-images", "nobody-knows-it"]
        {
            assert!(too_grave(&plain, grave), "{grave}");
        }
        for light in ["games", "sport", "education"] {
            assert!(!too_grave(&plain, light), "{light}");
        }
        assert!(too_grave(&letting_through("education"), "education"));
        let (head, lead) = (who(1, Role::Headteacher), who(2, Role::ComputingLead));
        assert!(may_confirm_belief(&head, &lead) && may_confirm_belief(&lead, &head));
        assert!(
            !may_confirm_belief(&lead, &lead) && !may_confirm_belief(&who(3, Role::ComputingLead), &lead)
        );
        assert!(!may_confirm_belief(&who(4, Role::Teacher), &lead), "who does not look after lists");
    }

    #[test]
    fn what_is_in_force_for_all_is_seen_by_all_and_what_waits_is_not() {
        let terms = in_school(Matter::PrivateUse);
        let permission = asked(Matter::PrivateUse, 7, &terms);
        let teacher = who(5, Role::Teacher);
        assert!(may_see(&teacher, &permission, State::Open, &terms));
        assert!(!may_see(&teacher, &permission, State::Waits, &terms));
        assert!(may_see(&who(7, Role::Teacher), &permission, State::Waits, &terms), "their own");
        assert!(may_see(&who(1, Role::Headteacher), &permission, State::Waits, &terms));
        let pupil = Who { kind: PersonKind::Pupil, ..teacher };
        assert!(!may_see(&pupil, &permission, State::Open, &terms));
        assert!(!may_ask(&pupil, Matter::Install) && may_ask(&teacher, Matter::Install));
        assert!(!may_ask(&teacher, Matter::PhoneCall), "what is given in a lesson is not asked for");
        assert!(
            may_end(&who(7, Role::Teacher), &permission, &terms) && !may_end(&teacher, &permission, &terms)
        );
    }
}
