//! What a form is for, by its fields' names, its buttons and its address: `lists/forms.toml`.
//!
//! Owns: reading that table and judging by it. Does not: see the page the form stood on; it is gone when the form is
//! sent.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use usher_types::url::WebAddress;

use crate::personal::{Field, folded};

/// The longest text that is a button's or an operation's name.
const LONGEST_BUTTON_BYTES: usize = 60;
/// The longest name somebody signs in by (RFC 5321 has 254 for mail addresses).
const LONGEST_ACCOUNT_BYTES: usize = 254;
/// What the second of two passwords is called.
const AGAIN: [&str; 14] = [
    "confirm",
    "confirmation",
    "again",
    "repeat",
    "repeated",
    "retype",
    "verify",
    "verification",
    "confirmpassword",
    "passwordconfirm",
    "passwordconfirmation",
    "repassword",
    "password2",
    "verifypassword",
];
/// Values of boxes that are ticked or not: `show-password=on` is no password.
const TICKS: [&str; 6] = ["true", "false", "on", "off", "0", "1"];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    button_names: Vec<String>,
    password_names: Vec<String>,
    old_password_names: Vec<String>,
    account_names: Vec<String>,
    sign_up: Kind,
    checkout: Kind,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Kind {
    points: i32,
    #[serde(default)]
    two_passwords: i32,
    #[serde(default)]
    one_password: i32,
    #[serde(default)]
    old_password: i32,
    sign: Vec<Sign>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    points: i32,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    buttons: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    /// Whether it asks for a card.
    #[serde(default)]
    card: bool,
}

/// The table, ready for use.
pub(super) struct Forms(Table);

/// What a form is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Seen {
    pub(super) sign_up: bool,
    pub(super) checkout: bool,
    pub(super) asks_for_cards: bool,
    is_sign_in: bool,
}

/// A table that cannot be read is empty, which a test would find first.
static BUILT_IN: LazyLock<Forms> = LazyLock::new(|| {
    Forms::parse(include_str!("../../../../lists/forms.toml")).unwrap_or(Forms(Table::default()))
});

/// A form as the table speaks of it: each text once.
struct Facts {
    names: BTreeSet<String>,
    buttons: BTreeSet<String>,
    path: String,
}

impl Forms {
    pub(super) fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn parse(text: &str) -> Option<Self> {
        let mut table: Table = toml::from_str(text).ok()?;
        // As words with spaces around, like the names they are looked for in.
        let lists = [
            &mut table.button_names,
            &mut table.password_names,
            &mut table.old_password_names,
            &mut table.account_names,
        ];
        lists.into_iter().for_each(|list| spaced(list));
        for sign in table.sign_up.sign.iter_mut().chain(&mut table.checkout.sign) {
            spaced(&mut sign.names);
            spaced(&mut sign.paths);
        }
        Some(Self(table))
    }

    pub(super) fn judge(&self, fields: &[Field<'_>], address: &WebAddress) -> Seen {
        let query = address.query.as_deref().unwrap_or_default();
        let filled = || fields.iter().filter(|field| !field.value.is_empty());
        let facts = Facts {
            names: filled().map(|field| field.name.clone()).collect(),
            buttons: filled().filter_map(|field| self.button(field)).collect(),
            path: Field::of(&format!("{} {} {query}", address.host, address.path), "").name,
        };
        let passwords: Vec<&Field<'_>> = filled().filter(|field| self.is_password(field)).collect();
        let sign_up = points(&self.0.sign_up, &facts) + self.password_points(&passwords);
        let is_sign_up = self.0.sign_up.points > 0 && sign_up >= self.0.sign_up.points;
        let says_sign_in = [" login ", " log in ", " signin ", " sign in ", " logon "]
            .iter()
            .any(|words| facts.path.contains(words));
        Seen {
            sign_up: is_sign_up,
            checkout: self.0.checkout.points > 0
                && points(&self.0.checkout, &facts) >= self.0.checkout.points,
            asks_for_cards: self.0.checkout.sign.iter().any(|sign| sign.card && is_there(sign, &facts)),
            is_sign_in: !is_sign_up && (!passwords.is_empty() || says_sign_in),
        }
    }

    fn password_points(&self, passwords: &[&Field<'_>]) -> i32 {
        let kind = &self.0.sign_up;
        if passwords.iter().any(|field| has(&field.name, &self.0.old_password_names)) {
            return kind.old_password;
        }
        let again = |field: &&&Field<'_>| field.is_called(&AGAIN);
        let twice = passwords.len() >= 2
            && (passwords.iter().any(|field| again(&field))
                || passwords.windows(2).any(|pair| match pair {
                    [first, second] => first.value == second.value && first.name != second.name,
                    _ => false,
                }));
        match passwords {
            [] => 0,
            _ if twice => kind.two_passwords,
            _ => kind.one_password,
        }
    }

    fn is_password(&self, field: &Field<'_>) -> bool {
        has(&field.name, &self.0.password_names) && !TICKS.contains(&field.value)
    }

    fn button(&self, field: &Field<'_>) -> Option<String> {
        let short = field.value.len() <= LONGEST_BUTTON_BYTES;
        (short && self.0.button_names.contains(&field.name)).then(|| folded(field.value).replace(' ', ""))
    }
}

impl Seen {
    /// Whether a field holds what somebody signs in with.
    pub(super) fn is_secret(&self, field: &Field<'_>) -> bool {
        let table = &Forms::built_in().0;
        let is_account = || {
            has(&field.name, &table.account_names)
                && field.value.len() <= LONGEST_ACCOUNT_BYTES
                && !field.value.trim().contains(char::is_whitespace)
        };
        Forms::built_in().is_password(field) || self.is_sign_in && is_account()
    }
}

fn spaced(words: &mut [String]) {
    words.iter_mut().for_each(|word| *word = folded(word));
}

fn has(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

fn is_there(sign: &Sign, facts: &Facts) -> bool {
    facts.names.iter().any(|name| has(name, &sign.names))
        || facts.buttons.iter().any(|button| sign.buttons.contains(button))
        || has(&facts.path, &sign.paths)
}

fn points(kind: &Kind, facts: &Facts) -> i32 {
    kind.sign.iter().filter(|sign| is_there(sign, facts)).map(|sign| sign.points).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let table = Forms::parse(include_str!("../../../../lists/forms.toml")).unwrap().0;
        assert!(table.sign_up.points > 0 && table.checkout.points > 0);
        assert_eq!(table.checkout.sign.iter().filter(|sign| sign.card).count(), 2);
    }
}
