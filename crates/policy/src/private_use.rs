//! Private use by staff (PRM-07, WEB-23): whose time is counted, when, what an allowed use leaves out, and who sees an item.
//!
//! Owns: these judgements. Does not: count (`reports::private_use`).

use usher_lists::category::Category;
use usher_records::permission::Permission;
use usher_records::permission::matter::Matter;
use usher_records::person::Person;
use usher_records::private_use::{Hours, PrivateRules, PrivateTime};
use usher_types::calendar::{PeriodKind, SchoolCalendar};
use usher_types::moment::{LocalTime, Moment};
use usher_types::role::{PersonKind, Role};
use usher_types::url::WebAddress;

use crate::access::{Act, Who, may};

/// Whether the clause binds them: those who are paid to work here. Governors, helpers and visitors are not.
pub const fn is_bound(kind: PersonKind) -> bool {
    matches!(kind, PersonKind::Staff | PersonKind::Supply)
}

/// The hours that count: what the school says, else from the first bell to the last. None where it entered neither.
pub fn hours(rules: &PrivateRules, calendar: &SchoolCalendar) -> Option<Hours> {
    let bells = || {
        let (first, last) = (calendar.periods.first()?, calendar.periods.last()?);
        Some(Hours { from: first.from, until: last.until })
    };
    rules.hours.or_else(bells)
}

/// Whether staff are paid for this time.
pub fn is_work_time(rules: &PrivateRules, calendar: &SchoolCalendar, local: LocalTime) -> bool {
    let within = |hours: Hours| hours.from <= local.time() && local.time() < hours.until;
    calendar.is_school_day(local.date()) && hours(rules, calendar).is_some_and(within)
}

/// Whether something on the list of allowed uses leaves this page out of the count at this time. A use that names neither
/// a kind of page nor a site is not about pages and leaves out none.
pub fn is_allowed(
    list: &[Permission],
    (page, category): (&WebAddress, &Category),
    (at, period): (Moment, PeriodKind),
) -> bool {
    list.iter().any(|permission| {
        let ask = &permission.ask;
        let about = ask.categories.contains(category) || ask.sites.iter().any(|site| site.matches(page));
        let then = ask.periods.is_empty() || ask.periods.contains(&period);
        ask.matter == Matter::PrivateUse && about && then && permission.was_in_force(at)
    })
}

/// The office an item is handed on to: the head, and of the head's own whoever chairs the governors.
pub const fn reader(person: &Person) -> Role {
    if person.roles.has(Role::Headteacher) { Role::ChairOfGovernors } else { Role::Headteacher }
}

/// Whether somebody sees an item at the desk: not before it is handed on, and never one's own there.
pub fn may_see(who: &Who, item: &PrivateTime, about: Option<&Person>) -> bool {
    let office = about.map_or(Role::Headteacher, reader);
    item.handed.is_some()
        && item.person != who.person
        && who.roles.has(office)
        && may(who, Act::SeePrivateUse).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use usher_records::permission::act::{self, By, Decision};
    use usher_records::permission::matter::Detail;
    use usher_records::permission::rules::Terms;
    use usher_records::permission::{Ask, Permission};
    use usher_records::private_use::Span;
    use usher_types::calendar::Period;
    use usher_types::ids::Id;
    use usher_types::moment::Zone;
    use usher_types::role::Roles;

    fn at(text: &str) -> Moment {
        Zone::london().parse(text).unwrap()
    }

    fn banking(categories: Vec<Category>, sites: &[&str]) -> Permission {
        let ask = Ask {
            matter: Matter::PrivateUse,
            reason: "Reasonable at lunch".into(),
            details: [(Detail::What, "Personal banking".to_owned())].into(),
            whom: vec![],
            pages: vec![],
            opens: vec![],
            meeting: false,
            categories,
            periods: vec![PeriodKind::Lunch],
            sites: sites.iter().map(|site| site.parse().unwrap()).collect(),
            lesson: None,
            from: at("2026-11-23T09:00"),
            until: Some(at("2026-12-18T16:00")),
        };
        let terms = Terms { deciders: vec![Role::Headteacher], longest_days: 366, two_people: false };
        let by = |person| By { person: Id::new(person), at: at("2026-11-23T09:00") };
        let (asked, _) = act::ask(Id::new(1), ask, &terms, by(3)).unwrap();
        let yes = Decision {
            yes: true,
            words: "Yes, at lunch".into(),
            two_people: false,
            grants: vec![],
            mails: vec![],
        };
        let stored = usher_records::change::Stored { value: asked, version: 1 };
        let change = act::decide(&stored, yes, by(1)).unwrap();
        serde_json::from_str(&change.writes[0].body).unwrap()
    }

    #[test]
    fn prm_07_an_allowed_use_is_left_out_for_its_pages_at_its_times_and_while_it_stands() {
        let bank = Category::parse("finance-and-banking").unwrap();
        let shop = Category::parse("shopping").unwrap();
        let page = WebAddress::parse("https://bank.example/account").unwrap();
        let (noon, lunch) = (at("2026-11-24T12:30"), PeriodKind::Lunch);
        let by_kind = [banking(vec![bank.clone()], &[])];
        let by_site = [banking(vec![], &["bank.example"])];
        let about_nothing = [banking(vec![], &[])];
        for list in [&by_kind, &by_site] {
            assert!(is_allowed(list, (&page, &bank), (noon, lunch)));
            assert!(!is_allowed(list, (&page, &bank), (at("2026-11-24T11:30"), PeriodKind::Lesson)));
            assert!(!is_allowed(list, (&page, &bank), (at("2026-12-21T12:30"), lunch)), "it is over");
            assert!(
                !is_allowed(list, (&page, &bank), (at("2026-11-20T12:30"), lunch)),
                "nobody had said yes"
            );
        }
        assert!(!is_allowed(&by_kind, (&page, &shop), (noon, lunch)));
        assert!(!is_allowed(&about_nothing, (&page, &bank), (noon, lunch)));
        let stored = usher_records::change::Stored { value: by_kind[0].clone(), version: 2 };
        let by = By { person: Id::new(1), at: at("2026-11-25T09:00") };
        let change = act::end(&stored, &[], None, "No longer", by).unwrap();
        let ended: Permission = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(is_allowed(std::slice::from_ref(&ended), (&page, &bank), (noon, lunch)), "it stood then");
        assert!(!is_allowed(&[ended], (&page, &bank), (at("2026-11-25T12:30"), lunch)));
    }

    #[test]
    fn web_23_hours_are_from_the_first_bell_to_the_last_unless_the_school_says_so() {
        let period = |kind, from, until| Period { name: "p".into(), kind, from, until };
        let calendar = SchoolCalendar {
            periods: vec![
                period(PeriodKind::Lesson, time(9, 0, 0, 0), time(12, 0, 0, 0)),
                period(PeriodKind::Lesson, time(13, 0, 0, 0), time(15, 15, 0, 0)),
            ],
            closed_days: vec![date(2026, 11, 25)],
            ..SchoolCalendar::default()
        };
        let works =
            |rules: &PrivateRules, text: &str| is_work_time(rules, &calendar, Zone::london().local(at(text)));
        let rules = PrivateRules::default();
        assert!(works(&rules, "2026-11-24T09:00") && works(&rules, "2026-11-24T12:30"));
        assert!(!works(&rules, "2026-11-24T08:59") && !works(&rules, "2026-11-24T15:15"));
        assert!(!works(&rules, "2026-11-25T10:00") && !works(&rules, "2026-11-22T10:00"));
        let early = Hours { from: time(8, 0, 0, 0), until: time(16, 0, 0, 0) };
        let own = PrivateRules { hours: Some(early), ..rules.clone() };
        assert!(works(&own, "2026-11-24T08:00") && !works(&own, "2026-11-24T16:00"));
        let bare = SchoolCalendar::default();
        assert!(!is_work_time(&rules, &bare, Zone::london().local(at("2026-11-24T10:00"))));
    }

    #[test]
    fn web_23_the_head_sees_what_is_handed_on_and_the_chair_the_heads_own() {
        let who = |id, kind, role| Who { person: Id::new(id), kind, roles: Roles::of(&[role]) };
        let head = who(1, PersonKind::Staff, Role::Headteacher);
        let chair = who(2, PersonKind::Governor, Role::ChairOfGovernors);
        let lead = who(3, PersonKind::Staff, Role::SafeguardingLead);
        let person = |id, roles: &[Role]| Person {
            roles: Roles::of(roles),
            ..usher_testkit::school::staff(id, "Joan Price", &[])
        };
        let item = |person, handed| PrivateTime {
            id: Id::new(1),
            person: Id::new(person),
            span: Span::Day,
            from: date(2026, 11, 24),
            limit_minutes: 30,
            minutes: 70,
            figures: vec![],
            sites: vec![],
            at: at("2026-11-25T01:00"),
            due: at("2026-12-01T01:00"),
            answer: None,
            handed,
            seen: None,
        };
        let teacher = person(7, &[Role::Teacher]);
        let handed = Some(at("2026-12-01T01:00"));
        assert!(!may_see(&head, &item(7, None), Some(&teacher)), "the person first");
        assert!(may_see(&head, &item(7, handed), Some(&teacher)));
        let (own, heads) = (item(1, handed), person(1, &[Role::Headteacher]));
        assert!(!may_see(&head, &own, Some(&heads)) && may_see(&chair, &own, Some(&heads)));
        assert!(!may_see(&chair, &item(7, handed), Some(&teacher)));
        assert!(!may_see(&lead, &item(7, handed), Some(&teacher)));
    }
}
