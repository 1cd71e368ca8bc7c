//! By whose membership the lists of illegal content are used: the bodies that keep them give them to members alone, and a school
//! has to be able to say who that is (FM-24, FM-25; UF-01, UF-03). They are settings of the school; here is how they are changed
//! and what they come to beside the lists that are here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::change::{Change, Stored};
use crate::refusal::Refusal;
use crate::school::{self, School};

/// A membership that one kind of illegal content is shut by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Membership {
    /// The sealed category it gives a list of.
    pub category: String,
    /// Who keeps the list.
    pub body: String,
    /// Who is a member: the school, its trust, the authority, the maker of the filter above.
    pub holder: String,
    /// What the body calls the membership.
    pub reference: String,
    /// Its last day.
    pub until: Date,
    /// Where the list is used.
    pub used: Used,
}

/// Where a member's list is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Used {
    /// In Usher's sealed place.
    Here,
    /// In a filter between Usher and the internet.
    Above,
}

/// What a sealed category comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing<'a> {
    /// The list is here, by this membership.
    Kept(&'a Membership),
    /// A filter above has it, as this membership says; Usher cannot try that.
    Above(&'a Membership),
    /// This membership gives a list that is not here.
    NoList(&'a Membership),
    /// The list is here, and nobody wrote down by whose membership.
    NoMember,
    /// This membership is over.
    Over(&'a Membership),
    /// Neither.
    Nothing,
}

/// What a sealed category comes to on a day, by whether its list is here.
pub fn sealing<'a>(memberships: &'a [Membership], category: &str, is_here: bool, today: Date) -> Sealing<'a> {
    match memberships.iter().find(|one| one.category == category) {
        Some(one) if one.until < today => Sealing::Over(one),
        Some(one) if one.used == Used::Above => Sealing::Above(one),
        Some(one) if is_here => Sealing::Kept(one),
        Some(one) => Sealing::NoList(one),
        None if is_here => Sealing::NoMember,
        None => Sealing::Nothing,
    }
}

/// Writes down a membership in place of the one for the same category.
///
/// # Errors
/// [`Refusal::NameNeeded`] where body, holder or reference are empty; [`Refusal::EndNeeded`] when it is over;
/// [`Refusal::AlreadySo`].
pub fn keep(before: &Stored<School>, membership: Membership, today: Date) -> Result<Change, Refusal> {
    let trimmed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let named = |text: &str| trimmed(text).ok_or(Refusal::NameNeeded);
    let membership = Membership {
        body: named(&membership.body)?,
        holder: named(&membership.holder)?,
        reference: named(&membership.reference)?,
        ..membership
    };
    if membership.until < today {
        return Err(Refusal::EndNeeded);
    }
    let mut after = before.value.clone();
    let kept = &mut after.settings.memberships;
    if kept.contains(&membership) {
        return Err(Refusal::AlreadySo);
    }
    let why = format!("{} gives its list to {}", membership.body, membership.holder);
    kept.retain(|one| one.category != membership.category);
    kept.push(membership);
    Ok(school::change(before, &after, &why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn membership(used: Used) -> Membership {
        Membership {
            category: "illegal-images".into(),
            body: "Body".into(),
            holder: "Trust".into(),
            reference: "M-1".into(),
            until: date(2027, 3, 31),
            used,
        }
    }

    #[test]
    fn fm_24_a_list_without_a_membership_and_a_membership_without_a_list_are_no_seal() {
        let (day, over) = (date(2027, 3, 31), date(2027, 4, 1));
        let here = [membership(Used::Here)];
        let above = [membership(Used::Above)];
        assert_eq!(sealing(&here, "illegal-images", true, day), Sealing::Kept(&here[0]));
        assert_eq!(sealing(&here, "illegal-images", false, day), Sealing::NoList(&here[0]));
        assert_eq!(sealing(&above, "illegal-images", false, day), Sealing::Above(&above[0]));
        assert_eq!(sealing(&above, "illegal-images", true, over), Sealing::Over(&above[0]));
        assert_eq!(sealing(&above, "unlawful-terrorist", false, day), Sealing::Nothing);
        assert_eq!(sealing(&[], "illegal-images", true, day), Sealing::NoMember);
        assert_eq!(sealing(&[], "illegal-images", false, day), Sealing::Nothing);
    }
}
