//! The works: what is asked of whom, and which of its figures is set beside whose.

use clap::ValueEnum;

use super::servers::Kind;

/// One thing a gateway does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Work {
    /// One KiB in the clear, with millions of domains on the list.
    #[value(name = "plain_1k")]
    Plain1k,
    /// One KiB in a tunnel that is not opened.
    #[value(name = "splice_1k")]
    Splice1k,
    /// A large download in a tunnel that is not opened.
    SpliceLarge,
    /// One KiB in a tunnel that is opened, on connections that stay.
    #[value(name = "inspect_1k")]
    Inspect1k,
    /// The same in streams of HTTP/2.
    #[value(name = "inspect_http2")]
    InspectHttp2,
    /// A name that was never asked for: a certificate made, two handshakes, one KiB.
    InspectNewHost,
    /// A certificate for a name that was never asked for, and nothing else.
    MintLeaf,
    /// A page of 64 KiB, read for phrases.
    #[value(name = "scan_64k")]
    Scan64k,
    /// Tunnels in which nothing moves.
    IdleTunnels,
    /// Lists taken anew under load.
    Reloads,
    /// From nothing to the first connection taken, with millions of domains: the gateway alone.
    Start,
    /// From `usher serve` to the first answer, with millions of domains: a whole school.
    WholeStart,
}

impl Work {
    /// What it is called in figures.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain1k => "plain_1k",
            Self::Splice1k => "splice_1k",
            Self::SpliceLarge => "splice_large",
            Self::Inspect1k => "inspect_1k",
            Self::InspectHttp2 => "inspect_http2",
            Self::InspectNewHost => "inspect_new_host",
            Self::MintLeaf => "mint_leaf",
            Self::Scan64k => "scan_64k",
            Self::IdleTunnels => "idle_tunnels",
            Self::Reloads => "reloads",
            Self::Start => "start",
            Self::WholeStart => "whole_start",
        }
    }

    /// What it is called in words.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Plain1k => "Plain, 1 KiB, all domains",
            Self::Splice1k => "Tunnel left closed, 1 KiB",
            Self::SpliceLarge => "Tunnel left closed, large download",
            Self::Inspect1k => "Inspected, 1 KiB, HTTP/1.1",
            Self::InspectHttp2 => "Inspected, 1 KiB, HTTP/2",
            Self::InspectNewHost => "Inspected, a new name",
            Self::MintLeaf => "A certificate made for a new name",
            Self::Scan64k => "64 KiB of HTML read for phrases",
            Self::IdleTunnels => "Idle tunnels",
            Self::Reloads => "200 reloads at 2,000 requests a second",
            Self::Start => "Start of the gateway alone, all domains",
            Self::WholeStart => "Start of a whole school, all domains",
        }
    }

    /// What the load calls it; none for what is no plain load.
    pub(super) const fn way(self) -> Option<&'static str> {
        match self {
            Self::Plain1k => Some("plain"),
            Self::Splice1k => Some("splice"),
            Self::SpliceLarge => Some("large"),
            Self::Inspect1k => Some("inspect"),
            Self::InspectHttp2 => Some("http2"),
            Self::InspectNewHost => Some("new_host"),
            Self::Scan64k => Some("page"),
            Self::MintLeaf | Self::IdleTunnels | Self::Reloads | Self::Start | Self::WholeStart => None,
        }
    }

    /// Whether the site is asked behind TLS.
    pub(super) const fn is_secure(self) -> bool {
        !matches!(self, Self::Plain1k | Self::Scan64k | Self::Reloads | Self::Start | Self::WholeStart)
    }

    /// Whether each turn begins with a server that has done nothing yet, and so no turn warms the next.
    pub(super) const fn begins_anew(self) -> bool {
        matches!(self, Self::InspectNewHost | Self::IdleTunnels | Self::Start)
    }

    /// Whether the whole list is loaded, by those who can.
    pub(super) const fn with_all_domains(self) -> bool {
        matches!(self, Self::Plain1k | Self::Reloads | Self::Start | Self::WholeStart)
    }

    /// Who can do it. Squid 5 speaks no HTTP/2; the small ones are not set up to decrypt, nor e2guardian, which here
    /// reads plain pages only. Squid takes seconds to read such lists again, and cannot 200 times.
    pub(super) const fn servers(self) -> &'static [Kind] {
        match self {
            Self::Plain1k | Self::Splice1k => &[Kind::Usher, Kind::Squid, Kind::Privoxy, Kind::Tinyproxy],
            Self::SpliceLarge => &[Kind::Usher, Kind::Copy, Kind::Squid],
            Self::Inspect1k => &[Kind::Usher, Kind::Squid, Kind::Mitmproxy],
            Self::InspectNewHost | Self::IdleTunnels | Self::Start => &[Kind::Usher, Kind::Squid],
            Self::Scan64k => &[Kind::Usher, Kind::E2guardian],
            Self::InspectHttp2 | Self::MintLeaf | Self::Reloads | Self::WholeStart => &[Kind::Usher],
        }
    }

    /// The figure that counts, what ours by a peer's is called, and its unit.
    pub(super) const fn counts(self) -> Counts {
        match self {
            Self::SpliceLarge => Counts {
                figure: "mb_per_cpu_s",
                ratio: "bytes_per_cpu_ratio_to",
                unit: "MB a CPU second",
                more: true,
            },
            Self::Scan64k => Counts {
                figure: "pages_per_cpu_s",
                ratio: "pages_per_cpu_ratio_to",
                unit: "pages a CPU second",
                more: true,
            },
            Self::IdleTunnels => {
                Counts { figure: "resident_mb", ratio: "resident_ratio_to", unit: "MB resident", more: false }
            }
            Self::Reloads => Counts {
                figure: "p99_moved_us",
                ratio: "p99_moved_ratio_to",
                unit: "µs moved at p99",
                more: false,
            },
            Self::Start => {
                Counts { figure: "ready_ms", ratio: "ready_ratio_to", unit: "ms until ready", more: false }
            }
            Self::WholeStart => Counts {
                figure: "answered_ms",
                ratio: "answered_ratio_to",
                unit: "ms until an answer",
                more: false,
            },
            _ => Counts { figure: "cpu_us", ratio: "cpu_ratio_to", unit: "CPU µs each", more: false },
        }
    }
}

/// The figure of a work that is set beside others'.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) figure: &'static str,
    pub(super) ratio: &'static str,
    pub(super) unit: &'static str,
    /// Whether more is better.
    pub(super) more: bool,
}
