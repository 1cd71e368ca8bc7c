//! Private time in the invented school: one item that is with its person, and one that was answered and is with the head.

use jiff::ToSpan as _;
use usher_lists::category::Category;
use usher_records::change::{Actor, Stored};
use usher_records::person::Person;
use usher_records::private_use::{Figure, PrivateTime, SiteFigure, Span, answer, raise};
use usher_records::settings::Settings;
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

impl DemoSchool {
    /// Puts the items into books that have none. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_private_time(
        &self,
        books: &Books,
        settings: &Settings,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<PrivateTime>().await?.is_empty() {
            return Ok(0);
        }
        let yesterday = Zone::london().local(at).date().checked_sub(1.day());
        let teachers = self
            .people
            .iter()
            .filter(|person| person.kind == PersonKind::Staff && person.roles.has(Role::Teacher));
        let (Ok(from), Ok(shopping)) = (yesterday, Category::parse("shopping")) else { return Ok(0) };
        let item = |person: &Person, minutes| PrivateTime {
            id: Id::new(ids.next(at)),
            person: person.id,
            span: Span::Day,
            from,
            limit_minutes: settings.private_use.day_minutes,
            minutes,
            figures: vec![Figure { category: shopping.clone(), minutes }],
            sites: vec![SiteFigure { site: "market.example".into(), minutes }],
            at,
            due: at.plus_minutes(i64::from(settings.private_use.answer_days) * DAY),
            answer: None,
            handed: None,
            seen: None,
        };
        let mut made = 0;
        for (person, (minutes, words)) in
            teachers.zip([(70, None), (42, Some("Costumes for the nativity play."))])
        {
            let item = item(person, minutes);
            let usher = Actor::Usher("private-use".into());
            books.commit(&raise(&item, vec![]), &usher, at).await?;
            let stored = Stored { value: item, version: 1 };
            if let Some(Ok(change)) = words.map(|words| answer(&stored, words, at, vec![])) {
                books.commit(&change, &Actor::Person(person.id), at).await?;
            }
            made += 1;
        }
        Ok(made)
    }
}
