//! Families: 420 children in fourteen classes of thirty, brothers and sisters among them, and their parents.

use crate::random::Random;
use crate::school::names::{Names, awkward};
use crate::school::{CLASS_SIZE, CLASSES};

/// A child before they become a record.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) given: String,
    pub(super) family: String,
    pub(super) known_as: Option<String>,
    /// Which class, counting from 0; two classes a year.
    pub(super) class: usize,
}

/// Children of one home, by their place in the list of children, and the adults the school writes to.
#[derive(Debug, Default)]
pub(super) struct Household {
    pub(super) adults: Vec<(String, String)>,
    pub(super) children: Vec<usize>,
}

/// Every child, and every household.
#[derive(Debug, Default)]
pub(super) struct Families {
    pub(super) children: Vec<Child>,
    pub(super) households: Vec<Household>,
}

impl Families {
    /// Fills the school: first the awkward names, then families of one to three until every class is full.
    pub(super) fn fill(names: &Names, random: &mut Random) -> Self {
        let mut families = Self::default();
        for child in awkward() {
            let at = families.children.len();
            families.children.push(Child {
                given: child.given.into(),
                family: child.family.into(),
                known_as: child.known_as.map(Into::into),
                class: child.class,
            });
            let household = Household { adults: adults(child.family, names, random), children: vec![at] };
            families.households.push(household);
        }
        while families.children.len() < CLASSES * CLASS_SIZE {
            families.add_household(names, random);
        }
        families
    }

    fn add_household(&mut self, names: &Names, random: &mut Random) {
        let size = match random.below(100) {
            0..55 => 1,
            55..92 => 2,
            _ => 3,
        };
        let family = names.family(random);
        let twins = random.percent(4);
        let mut household = Household { adults: adults(family, names, random), children: Vec::new() };
        let mut used_years: Vec<usize> = Vec::new();
        for _ in 0..size {
            let Some(class) = self.free_class(&used_years, twins, random) else { break };
            used_years.push(class / 2);
            household.children.push(self.children.len());
            let given = names.given(random).to_owned();
            self.children.push(Child { given, family: family.to_owned(), known_as: None, class });
        }
        if !household.children.is_empty() {
            self.households.push(household);
        }
    }

    /// A class with room: brothers and sisters are in different years, twins in the two classes of one.
    fn free_class(&self, used_years: &[usize], twins: bool, random: &mut Random) -> Option<usize> {
        let taken = |class: usize| self.children.iter().filter(|child| child.class == class).count();
        let has_room = |class: &usize| taken(*class) < CLASS_SIZE;
        let wanted = |class: &usize| twins || !used_years.contains(&(class / 2));
        let free: Vec<usize> = (0..CLASSES).filter(has_room).filter(wanted).collect();
        random.pick(&free).copied()
    }

    /// The children of one class, by family name, given name and then place in the list.
    pub(super) fn class_list(&self, class: usize) -> Vec<usize> {
        let mut list: Vec<(&str, &str, usize)> = self
            .children
            .iter()
            .enumerate()
            .filter(|(_, child)| child.class == class)
            .map(|(at, child)| (child.family.as_str(), child.given.as_str(), at))
            .collect();
        list.sort_unstable();
        list.into_iter().map(|(_, _, at)| at).collect()
    }
}

/// One to three adults; most share the children's family name, some do not.
fn adults(family: &str, names: &Names, random: &mut Random) -> Vec<(String, String)> {
    let count = match random.below(100) {
        0..23 => 1,
        23..96 => 2,
        _ => 3,
    };
    let mut adults = Vec::new();
    for _ in 0..count {
        let theirs = if random.percent(78) { family } else { names.family(random) };
        adults.push((names.given(random).to_owned(), theirs.to_owned()));
    }
    adults
}
