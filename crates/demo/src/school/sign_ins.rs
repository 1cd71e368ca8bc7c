//! The sign-ins to try: one person of each kind, with user name and secret, as `script/demo` prints them.

use usher_records::person::Person;
use usher_types::role::Reader;

use crate::school::{DemoAccount, DemoSchool};

/// User names of the sign-ins to try, and what is worth looking at with each.
const TO_TRY: [(&str, &str); 9] = [
    ("head", "Headteacher"),
    ("computing.lead", "Computing lead"),
    ("dsl", "Designated safeguarding lead"),
    ("teacher.y4", "Teacher of 4A"),
    ("pupil.y4", "Pupil in Year 4"),
    ("pupil.y1", "Pupil in Year 1, by pictures"),
    ("technician", "ICT technician from a company"),
    ("parent", "Parent of the pupil in Year 4"),
    ("governor", "Governor"),
];

/// One sign-in to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInToTry<'a> {
    /// Who it is, in a few words.
    pub who: &'static str,
    /// The person.
    pub person: &'a Person,
    /// The sign-in, with its secret.
    pub account: &'a DemoAccount,
    /// The class, for somebody in one.
    pub class: Option<&'a str>,
}

impl SignInToTry<'_> {
    /// Whether it is signed in with by class, picture beside the name, and picture password.
    pub const fn by_pictures(&self) -> bool {
        matches!(self.person.reader(), Reader::Ks1)
    }
}

impl DemoSchool {
    /// The sign-ins to try, those of most interest first.
    pub fn sign_ins(&self) -> Vec<SignInToTry<'_>> {
        let sign_in = |&(username, who): &(&'static str, &'static str)| {
            let account = self.accounts.iter().find(|account| account.username.as_str() == username)?;
            let person = self.person(account.person)?;
            let class = person.groups.iter().find_map(|id| self.groups.iter().find(|group| group.id == *id));
            Some(SignInToTry { who, person, account, class: class.map(|group| group.name.as_str()) })
        };
        TO_TRY.iter().filter_map(sign_in).collect()
    }
}
