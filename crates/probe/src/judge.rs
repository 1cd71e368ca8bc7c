//! What a case shows: held, a hole, or nothing.

use serde::Serialize;

use crate::answer::{Answer, By};
use crate::case::Wanted;

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// An answer. Inside a tunnel, also whether the gateway decrypted it.
    Answer(Answer, Inspected),
    /// Bytes that are no answer of the gateway's.
    Bytes,
    /// The connection to the gateway ended without a word.
    Closed,
    /// A tunnel that was agreed to ended without a word: by whom, only a certificate shown before can say.
    TunnelClosed(Inspected),
    /// The handshake inside a tunnel came to nothing.
    NoHandshake(Inspected),
    /// Nothing in time.
    Nothing,
    /// The case could not be sent.
    NotSent(String),
}

/// Whose certificate a tunnel showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inspected {
    /// The gateway's.
    Yes,
    /// Somebody else's.
    No,
    /// Nobody's.
    NotShown,
}

/// What a case shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// The filter held.
    Held,
    /// It did not.
    Hole,
    /// Nothing can be told.
    Untried,
}

/// A tunnel that ends before anybody showed who they are: the filter closes so what it refuses, and so does a site that
/// cannot be reached.
const CLOSED_BY_SOMEBODY: &str =
    "the tunnel was closed, and nobody can tell whether by the filter or behind it";

/// What a case shows, and by what.
pub(crate) fn judge(wanted: Wanted, seen: &Seen) -> (Found, String) {
    match (wanted, seen) {
        (_, Seen::NotSent(why)) => (Found::Untried, why.clone()),
        (_, Seen::Nothing) => {
            (Found::Untried, "nothing came in time, or nothing that can be read to its end".into())
        }
        (Wanted::NoOffer, Seen::Answer(answer, _)) => offer(answer),
        (Wanted::NoOffer, _) => (Found::Untried, "the open page did not come".into()),
        (Wanted::Decrypted, Seen::NoHandshake(Inspected::Yes)) => {
            held("the filter answers itself: what is inside is judged")
        }
        (_, Seen::NoHandshake(Inspected::No) | Seen::TunnelClosed(Inspected::No)) => {
            hole("the hello went on to a site the filter did not look into")
        }
        (_, Seen::Answer(answer, inspected)) => answered(wanted, answer, *inspected),
        (_, Seen::Bytes) => hole("something behind the filter answered"),
        (_, Seen::Closed) => held("the filter closed the connection"),
        (_, Seen::NoHandshake(Inspected::Yes) | Seen::TunnelClosed(Inspected::Yes)) => {
            held("the filter closed the tunnel")
        }
        (_, Seen::NoHandshake(Inspected::NotShown) | Seen::TunnelClosed(Inspected::NotShown)) => {
            (Found::Untried, CLOSED_BY_SOMEBODY.into())
        }
    }
}

fn answered(wanted: Wanted, answer: &Answer, inspected: Inspected) -> (Found, String) {
    let status = answer.status;
    match (answer.by, wanted) {
        // A page of the filter's own look from a site that it never looked into is the site's.
        (By::Site, Wanted::Locked) => {
            (Found::Untried, format!("it came ({status}); what was sent on cannot be seen from a device"))
        }
        (By::Site, Wanted::SentOn) if (300..400).contains(&status) => {
            held(format!("it sends on ({status}), and where to is judged then"))
        }
        (By::Site, Wanted::SentOn) => (Found::Untried, format!("it came ({status}) and sends nobody on")),
        (By::Site, _) => hole(format!("it came: {status}")),
        (_, _) if inspected == Inspected::No => hole(format!("it came from a site: {status}")),
        (By::Denied, _) => held(format!("a page says that it is shut ({status})")),
        (By::NotRead, _) => held(format!("a page says that this is no request to pass on ({status})")),
        (By::OwnPage, _) => held("the filter's own page came instead"),
        (By::Unreachable, Wanted::Nothing) => held("it leads nowhere"),
        (By::Unreachable, Wanted::Locked | Wanted::SentOn) => {
            (Found::Untried, "the service cannot be reached".into())
        }
        (By::Unreachable, _) => {
            hole(format!("the filter would have let it through; nobody answered ({status})"))
        }
        (By::Credentials, _) => (Found::Untried, "the filter wants a user name and password".into()),
        (By::Down, _) => (Found::Untried, "the filter serves nobody now".into()),
    }
}

fn offer(answer: &Answer) -> (Found, String) {
    match (answer.by, answer.offers) {
        (By::Site, true) => hole("the page offers another way to the site (Alt-Svc)"),
        (By::Site, false) => held("the page came without an offer"),
        _ => (Found::Untried, "the open page did not come".into()),
    }
}

fn held(how: impl Into<String>) -> (Found, String) {
    (Found::Held, how.into())
}

fn hole(how: impl Into<String>) -> (Found, String) {
    (Found::Hole, how.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_filters_own_refusal_or_nothing_at_all_holds() {
        let answer = |status, by| Seen::Answer(Answer { status, by, offers: false }, Inspected::Yes);
        let found = |wanted, seen| judge(wanted, &seen).0;
        for wanted in [Wanted::Refusal, Wanted::Nothing, Wanted::Decrypted] {
            assert_eq!(found(wanted, answer(403, By::Denied)), Found::Held);
            assert_eq!(found(wanted, answer(200, By::Site)), Found::Hole);
            assert_eq!(
                found(wanted, answer(403, By::Site)),
                Found::Hole,
                "a site's own refusal came from it"
            );
            assert_eq!(found(wanted, Seen::Closed), Found::Held);
            assert_eq!(found(wanted, Seen::Bytes), Found::Hole);
            assert_eq!(found(wanted, Seen::Nothing), Found::Untried);
            for closed in [Seen::NoHandshake, Seen::TunnelClosed] {
                assert_eq!(found(wanted, closed(Inspected::No)), Found::Hole);
                assert_eq!(found(wanted, closed(Inspected::Yes)), Found::Held);
                assert_eq!(found(wanted, closed(Inspected::NotShown)), Found::Untried, "anybody's end");
            }
        }
        assert_eq!(found(Wanted::Refusal, answer(502, By::Unreachable)), Found::Hole);
        assert_eq!(found(Wanted::Nothing, answer(502, By::Unreachable)), Found::Held);
        assert_eq!(found(Wanted::Locked, answer(200, By::Site)), Found::Untried);
        assert_eq!(found(Wanted::SentOn, answer(302, By::Site)), Found::Held);
        assert_eq!(found(Wanted::SentOn, answer(200, By::Site)), Found::Untried);
        let spliced = Seen::Answer(Answer { status: 403, by: By::Denied, offers: false }, Inspected::No);
        assert_eq!(found(Wanted::Refusal, spliced), Found::Hole, "a site can say anything");
    }

    #[test]
    fn an_offer_is_a_hole_and_a_page_without_one_is_not() {
        let page = |offers| Seen::Answer(Answer { status: 200, by: By::Site, offers }, Inspected::Yes);
        assert_eq!(judge(Wanted::NoOffer, &page(true)).0, Found::Hole);
        assert_eq!(judge(Wanted::NoOffer, &page(false)).0, Found::Held);
        assert_eq!(judge(Wanted::NoOffer, &Seen::Closed).0, Found::Untried);
    }
}
