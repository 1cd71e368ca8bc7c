//! The catalogue: every kind of event by number. A number is never reused; `docs/events.md` is made from this table.

use crate::event::What;

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its number.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// When it is written, in one sentence.
    pub when: &'static str,
    /// What it holds.
    pub holds: &'static str,
}

/// Every kind, by number.
pub const KINDS: [Kind; 6] = [
    Kind {
        number: 1,
        name: "web",
        when: "A web request was answered, refused, or broke off; for one that stays open, after ten seconds.",
        holds: "facts, decision, status, protocol, bytes both ways, milliseconds, media type, title, how it ended",
    },
    Kind {
        number: 2,
        name: "tunnel",
        when: "A CONNECT tunnel was opened or refused, after its first bytes were judged.",
        holds: "facts, decision, splice/inspect/terminate, status, how it ended",
    },
    Kind {
        number: 3,
        name: "malformed",
        when: "A request could not be read and was refused.",
        holds: "who, from where, what was wrong, status",
    },
    Kind {
        number: 4,
        name: "ended",
        when: "A request or tunnel ended whose event was written while it was open.",
        holds: "the event's id, bytes both ways, milliseconds, how it ended",
    },
    Kind {
        number: 5,
        name: "sign-in-failed",
        when: "A password or picture password was wrong.",
        holds: "user name, person, device address, who was last signed in there, tries, whether the account rests",
    },
    Kind {
        number: 6,
        name: "system",
        when: "Usher started, stopped, recovered its spool, took or failed to take a generation, saw one person at two devices, or was off for a while.",
        holds: "what it names",
    },
];

/// The kind of an event.
pub fn kind_of(what: &What) -> Option<&'static Kind> {
    let number = match what {
        What::Web(_) => 1,
        What::Tunnel(_) => 2,
        What::Malformed(_) => 3,
        What::Ended(_) => 4,
        What::SignInFailed(_) => 5,
        What::System(_) => 6,
    };
    KINDS.iter().find(|kind| kind.number == number)
}

/// The catalogue as the page `docs/events.md`.
pub fn document() -> String {
    let mut page = String::from(
        "# Events\n\nMade from `crates/events/src/catalogue.rs` by `cargo xtask docs`; do not edit.\n\n\
         Every event carries its id, its school and its time (UTC, milliseconds).\n\n\
         | number | kind | written when | holds |\n|---|---|---|---|\n",
    );
    for kind in &KINDS {
        page.push_str(&format!("| {} | `{}` | {} | {} |\n", kind.number, kind.name, kind.when, kind.holds));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_differ() {
        for (one, next) in KINDS.iter().zip(KINDS.iter().skip(1)) {
            assert!(one.number < next.number);
            assert_ne!(one.name, next.name);
        }
    }
}
