//! Mail addresses, as far as a school needs to know them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::host::Host;

/// A mail address whose domain is in normal form. The local part keeps its case (RFC 5321, 2.3.11).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// A text that is not a mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a mail address: write it like a.patel@school.example")]
pub struct NotAnEmail(String);

impl EmailAddress {
    /// Reads an address. Quoted local parts and address literals are refused: no school account has one.
    ///
    /// # Errors
    /// When the text has no `@`, an empty or odd local part, or no host name after it.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let refused = || NotAnEmail(text.chars().take(80).collect());
        let (local, domain) = text.trim().rsplit_once('@').ok_or_else(refused)?;
        let fine = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
        if local.is_empty() || local.len() > 64 || !local.chars().all(fine) {
            return Err(refused());
        }
        match Host::parse(domain) {
            Ok(Host::Name(name)) if name.as_str().contains('.') => Ok(Self(format!("{local}@{name}"))),
            _ => Err(refused()),
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_read_and_odd_ones_refused() {
        assert_eq!(
            EmailAddress::parse(" A.Patel@School.Example ").unwrap().as_str(),
            "A.Patel@school.example"
        );
        for odd in
            ["", "a", "@b.example", "a@", "a b@c.example", "\"x\"@c.example", "a@[127.0.0.1]", "a@localhost"]
        {
            assert!(EmailAddress::parse(odd).is_err(), "{odd}");
        }
    }
}
