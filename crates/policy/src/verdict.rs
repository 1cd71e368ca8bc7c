//! Verdicts in order of strictness, and the one table of what each edge does about them.

use serde::{Deserialize, Serialize};

/// What is to happen, least strict first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It goes through.
    Allow,
    /// It goes through after the reader has been told something and pressed on.
    Coach,
    /// Something must happen first: sign in, sign the agreement, a lesson opens.
    Challenge,
    /// It waits for a person.
    Hold,
    /// It does not go through.
    Block,
}

impl Verdict {
    /// Every verdict, least strict first.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Coach, Self::Challenge, Self::Hold, Self::Block];

    /// The stricter of two.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        self.max(other)
    }

    /// Its name in files and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Coach => "coach",
            Self::Challenge => "challenge",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }
}

/// What the web edge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebAction {
    /// Send the request on.
    Forward,
    /// Answer with one of our own pages instead.
    Page(PageKind),
}

/// Which page stands in for the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// The page is not for school.
    Blocked,
    /// A word first, then go on.
    Coach,
    /// Sign in, sign the agreement, or ask for a lesson.
    Challenge,
    /// It waits for an adult.
    Held,
}

/// What the TLS edge does with a CONNECT tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsAction {
    /// Copy bytes unread.
    Splice,
    /// Decrypt with a leaf of the school's authority and judge each request inside.
    Inspect,
    /// Close the tunnel.
    Terminate,
}

/// What the DNS edge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnsAction {
    /// Ask upstream and pass the answer on.
    Resolve,
    /// Answer with the address of our own page.
    Sinkhole,
}

/// What the mail edge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAction {
    /// Send it on.
    Relay,
    /// Keep it until a person has read it.
    Quarantine,
    /// Refuse it with a DSN that says why.
    Refuse,
}

/// The row of the table for one verdict: what web, DNS and mail do. TLS also depends on what can be inspected, see
/// [`tls_action`].
pub const fn actions(verdict: Verdict) -> (WebAction, DnsAction, MailAction) {
    match verdict {
        Verdict::Allow => (WebAction::Forward, DnsAction::Resolve, MailAction::Relay),
        Verdict::Coach => (WebAction::Page(PageKind::Coach), DnsAction::Resolve, MailAction::Relay),
        Verdict::Challenge => {
            (WebAction::Page(PageKind::Challenge), DnsAction::Sinkhole, MailAction::Quarantine)
        }
        Verdict::Hold => (WebAction::Page(PageKind::Held), DnsAction::Sinkhole, MailAction::Quarantine),
        Verdict::Block => (WebAction::Page(PageKind::Blocked), DnsAction::Sinkhole, MailAction::Refuse),
    }
}

/// What a tunnel may be used for, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// TLS that may be decrypted.
    Inspectable,
    /// TLS the school chose not to decrypt (banking, health).
    Excluded,
    /// Something else.
    Opaque,
}

/// The TLS edge's table. What may be decrypted is, whatever the verdict: the requests inside are judged one by one, and
/// a refusal can be shown as a page. What may not is spliced when allowed; when refused it is decrypted only to show
/// the page, without a connection to the site. What cannot be decrypted is spliced or closed.
pub const fn tls_action(verdict: Verdict, inside: Inside) -> TlsAction {
    match (inside, verdict) {
        (Inside::Inspectable, _) => TlsAction::Inspect,
        (Inside::Excluded | Inside::Opaque, Verdict::Allow | Verdict::Coach) => TlsAction::Splice,
        (Inside::Excluded, _) => TlsAction::Inspect,
        (Inside::Opaque, _) => TlsAction::Terminate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_ordered_by_strictness_and_hits_combine_to_the_stricter() {
        for (one, next) in Verdict::ALL.into_iter().zip(Verdict::ALL.into_iter().skip(1)) {
            assert!(one < next);
            assert_eq!(one.stricter(next), next);
            assert_eq!(next.stricter(one), next);
        }
    }

    #[test]
    fn only_allow_goes_through_unasked() {
        for verdict in Verdict::ALL {
            assert_eq!(actions(verdict).0 == WebAction::Forward, verdict == Verdict::Allow);
        }
    }

    #[test]
    fn nothing_refused_is_ever_spliced() {
        for verdict in [Verdict::Challenge, Verdict::Hold, Verdict::Block] {
            for inside in [Inside::Inspectable, Inside::Excluded, Inside::Opaque] {
                assert_ne!(tls_action(verdict, inside), TlsAction::Splice);
            }
        }
    }
}
