//! A form for leave as it was sent, and what it asks for.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use usher_lists::category::{Catalogue, Category};
use usher_lists::patterns::AddressPattern;
use usher_records::grant::{Opens, Scope};
use usher_records::permission::Ask;
use usher_records::permission::matter::{Detail, For, Matter};
use usher_records::refusal::Refusal;
use usher_types::calendar::PeriodKind;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::extract::desk::AtDesk;
use crate::pages::desk::address::typed;
use crate::pages::desk::roll::Roll;

/// More pages than this are a list, which a policy holds better than a permission.
const MOST_PAGES: usize = 10;
/// Longer texts are letters.
const LONGEST_TEXT_CHARS: usize = 1_000;

/// What was sent: names with their values, some more than once.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Filled(Vec<(String, String)>);

impl Filled {
    /// The text of a field.
    pub(super) fn one(&self, name: &str) -> String {
        let found = self.all(name).next().unwrap_or_default();
        found.trim().to_owned()
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|one| one == value)
    }

    /// What it asks for, or the field that cannot be read with what is wrong.
    pub(super) fn ask(
        &self,
        desk: &AtDesk,
        roll: &Roll,
        matter: Matter,
    ) -> Result<Ask, (&'static str, Refusal)> {
        let details = Detail::ALL.map(|detail| (detail, self.one(detail.name())));
        // What was written is kept whole or not at all.
        let fields = Detail::ALL.map(Detail::name).into_iter().chain(["reason"]);
        let long =
            |name: &&str| self.all(name).next().is_some_and(|text| text.chars().count() > LONGEST_TEXT_CHARS);
        if let Some(field) = fields.into_iter().find(long) {
            return Err((field, Refusal::TooMuch));
        }
        let odd_end = |_odd| ("until", Refusal::EndNeeded);
        let from = self.day(desk, "from").map_err(odd_end)?.map_or(desk.at, |from| from.max(desk.at));
        let last = self.day(desk, "until").map_err(odd_end)?;
        Ok(Ask {
            matter,
            reason: self.one("reason"),
            details: details.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
            whom: self.whom(roll, matter),
            pages: self.pages("pages").map_err(|refusal| ("pages", refusal))?,
            opens: [("sign-up", Opens::SignUp), ("picture", Opens::Picture)]
                .into_iter()
                .filter(|(name, _)| self.has("opens", name))
                .map(|(_, opens)| opens)
                .collect(),
            meeting: self.has("opens", "meeting"),
            categories: known_category(&self.one("category")).into_iter().collect(),
            periods: PeriodKind::ALL.into_iter().filter(|kind| self.has("periods", kind.name())).collect(),
            sites: self.pages("sites").map_err(|refusal| ("sites", refusal))?,
            lesson: None,
            from,
            // The day that is named is the last.
            until: last.map(|last| end_of(desk, last)),
        })
    }

    /// The start of a day, if one is named.
    fn day(&self, desk: &AtDesk, name: &str) -> Result<Option<Moment>, jiff::Error> {
        let text = self.one(name);
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(desk.school.zone.start_of(text.parse::<Date>()?)))
    }

    fn whom(&self, roll: &Roll, matter: Matter) -> Vec<Scope> {
        if matter.shape().whom == For::Asker {
            return Vec::new();
        }
        let pupils: Vec<Scope> = self
            .all("pupils")
            .filter_map(|id| id.parse().ok())
            .filter(|id| roll.person(*id).is_some_and(|person| person.kind == PersonKind::Pupil))
            .map(Scope::Person)
            .collect();
        // Names are narrower than their class.
        if !pupils.is_empty() {
            return pupils;
        }
        let whom = self.one("whom");
        let class = whom.strip_prefix("class:").and_then(|id| id.parse().ok());
        let class = class.filter(|id| roll.group(*id).is_some()).map(Scope::Group);
        let many = whom.strip_prefix("kind:").filter(|_| matter.shape().whom == For::Many);
        let kind = PersonKind::ALL.into_iter().find(|kind| many == Some(kind.name())).map(Scope::Kind);
        class.or(kind).into_iter().collect()
    }

    fn pages(&self, field: &str) -> Result<Vec<AddressPattern>, Refusal> {
        let text = self.all(field).next().unwrap_or_default();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.len() > MOST_PAGES {
            return Err(Refusal::TooManyPages);
        }
        lines
            .into_iter()
            .map(|line| {
                // What people copy has a scheme; a pattern has none.
                let page = typed(line).ok_or(Refusal::AddressOdd)?;
                if page.query.is_some() {
                    return Err(Refusal::HasQuery);
                }
                let bare = page.path == "/";
                let pattern = format!("{}{}", page.host, if bare { "" } else { page.path.as_str() });
                pattern.parse().map_err(|_odd| Refusal::AddressOdd)
            })
            .collect()
    }
}

/// The category of the catalogue with this name.
fn known_category(name: &str) -> Option<Category> {
    let named = Category::parse(name).ok()?;
    Catalogue::ours().ok()?.entry(&named).map(|entry| entry.name.clone())
}

/// The last minute of the day that begins at a moment, so that a page names the day people chose.
fn end_of(desk: &AtDesk, start: Moment) -> Moment {
    let zone = &desk.school.zone;
    let day = zone.local(start).date();
    zone.start_of(day.checked_add(1.day()).unwrap_or(day)).plus_minutes(-1)
}
