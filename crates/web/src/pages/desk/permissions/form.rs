//! The fields of a form for leave, as the table of matters asks for them.

use usher_lists::category::Catalogue;
use usher_records::permission::matter::{Detail, Ends, For, Matter, Shape};
use usher_types::calendar::PeriodKind;
use usher_types::role::PersonKind;

use super::filled::Filled;
use super::say;
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening::category;
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::says::Says;

/// The field that shows what is wrong with a detail.
pub(super) const fn field_of(detail: Detail) -> &'static str {
    detail.name()
}

/// The fields.
pub(super) fn fields(
    desk: &AtDesk,
    (says, errors): (&Says, &Errors),
    roll: &Roll,
    matter: Matter,
    filled: &Filled,
) -> Vec<Field> {
    let shape = matter.shape();
    let fields = Fields::new(says, errors);
    let mut all: Vec<Field> = shape
        .needs
        .iter()
        .map(|detail| {
            let (name, value) = (detail.name(), filled.one(detail.name()));
            let field = match detail {
                Detail::OwnerAgreed => fields.date(name, value),
                Detail::Used | Detail::Quota | Detail::Wanted => fields.short(name, value),
                _ => fields.line(name, value),
            };
            field.labelled(say::detail(says, matter, *detail))
        })
        .collect();
    if shape.whom != For::Asker {
        all.extend(whom(desk, &fields, says, roll, shape, filled));
    }
    if shape.pages {
        all.push(fields.area("pages", filled.one("pages"), 3));
    }
    if matter == Matter::Project {
        all.push(fields.boxes("opens", opens(says, filled)));
        let adult = fields.line(Detail::Adult.name(), filled.one(Detail::Adult.name()));
        all.push(adult.labelled(says.t("permission-detail-project-adult")));
    }
    if matter == Matter::PrivateUse {
        all.push(fields.select("category", categories(says, &filled.one("category"))));
        all.push(fields.area("sites", filled.one("sites"), 2));
        all.push(fields.boxes("periods", periods(says, filled)).labelled(says.t("permission-periods")));
    }
    all.push(fields.area("reason", filled.one("reason"), 2));
    if matter == Matter::Project {
        all.push(fields.date("from", filled.one("from")).labelled(says.t("permission-from")));
    }
    let last = if shape.ends == Ends::OnADay { "permission-until" } else { "permission-until-perhaps" };
    let own = format!("permission-until-{}", shape.name);
    let label = says.words().find(says.reader(), &own, &[]).unwrap_or_else(|| says.t(last));
    all.push(fields.date("until", filled.one("until")).labelled(label));
    all
}

fn whom(
    desk: &AtDesk,
    fields: &Fields<'_>,
    says: &Says,
    roll: &Roll,
    shape: &Shape,
    filled: &Filled,
) -> Vec<Field> {
    let mut choices = vec![Choice::new("", says.t("permission-choose"))];
    if shape.whom == For::Many {
        let kinds = [PersonKind::Pupil, PersonKind::Staff];
        let kind = |kind: PersonKind| says.t(format!("report-kinds-{}", kind.name()));
        choices.extend(kinds.map(|one| Choice::new(format!("kind:{}", one.name()), kind(one))));
    }
    choices.extend(
        roll.classes().into_iter().map(|group| Choice::new(format!("class:{}", group.id), &*group.name)),
    );
    let mut all = vec![fields.select("whom", choosing(choices, &filled.one("whom")))];
    if shape.whom == For::Pupils {
        let today = Clock::at(desk).today();
        let mine =
            |groups: &[usher_types::ids::GroupId]| groups.iter().any(|id| desk.person.groups.contains(id));
        let mut pupils: Vec<_> = roll
            .people()
            .filter(|person| {
                person.kind == PersonKind::Pupil && mine(&person.groups) && person.is_here(today)
            })
            .collect();
        pupils.sort_by_key(|person| person.name().to_lowercase());
        let boxes: Vec<Choice> = pupils
            .into_iter()
            .map(|person| {
                let id = person.id.to_string();
                let ticked = filled.has("pupils", &id);
                Choice::new(id, person.name()).chosen(ticked)
            })
            .collect();
        if !boxes.is_empty() {
            all.push(fields.boxes("pupils", boxes));
        }
    }
    all
}

fn opens(says: &Says, filled: &Filled) -> Vec<Choice> {
    ["sign-up", "picture", "meeting"]
        .into_iter()
        .map(|name| Choice::new(name, says.of("permission-opens", name)).chosen(filled.has("opens", name)))
        .collect()
}

fn categories(says: &Says, chosen: &str) -> Vec<Choice> {
    let none = Choice::new("", says.t("permission-no-category"));
    let catalogue = Catalogue::ours().map(|catalogue| {
        let names: Vec<String> = catalogue.entries().iter().map(|entry| entry.name.to_string()).collect();
        names
    });
    let mut named: Vec<Choice> =
        catalogue.unwrap_or_default().iter().map(|name| Choice::new(name, category(says, name))).collect();
    named.sort_by_key(Choice::words);
    choosing(std::iter::once(none).chain(named).collect(), chosen)
}

fn periods(says: &Says, filled: &Filled) -> Vec<Choice> {
    PeriodKind::ALL
        .into_iter()
        .filter(|kind| *kind != PeriodKind::Closed)
        .map(|kind| {
            Choice::new(kind.name(), says.of("period", kind.name()))
                .chosen(filled.has("periods", kind.name()))
        })
        .collect()
}
