//! Devices away from school (MON-15): nothing is seen of them but what comes back through the school's tunnel (VPN). Which addresses
//! the tunnel has is a setting of the school; here is how it is changed.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::change::{Change, Stored};
use crate::refusal::{self, Refusal};
use crate::school::{self, School};

/// The widest range of a tunnel: the largest private ones are 10.0.0.0/8 (RFC 1918) and fd00::/8 (RFC 4193).
const SHORTEST_PREFIX: u8 = 8;
/// Ranges at most: a school has a tunnel, or one for each of its sites.
pub const MOST_RANGES: usize = 16;

/// How devices away from school come back through it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OffSite {
    /// Ranges of addresses that the school's tunnel (VPN) gives to devices away from school; none where it has no tunnel.
    #[serde(default)]
    pub tunnels: Vec<IpNet>,
}

impl OffSite {
    /// Whether the school has no tunnel.
    pub const fn is_none(&self) -> bool {
        self.tunnels.is_empty()
    }
}

/// Ranges as somebody writes them, with spaces, commas or lines between.
///
/// # Errors
/// [`Refusal::AddressOdd`] when one is no range, or is everything; [`Refusal::TooMuch`].
pub fn ranges(text: &str) -> Result<Vec<IpNet>, Refusal> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    let read = |part: &str| {
        let range: IpNet = part.parse().map_err(|_odd| Refusal::AddressOdd)?;
        // A range that is everything, or two halves of it, would call every device watched at home.
        if range.prefix_len() < SHORTEST_PREFIX { Err(Refusal::AddressOdd) } else { Ok(range.trunc()) }
    };
    let mut found = parts.map(read).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    if found.len() > MOST_RANGES { Err(Refusal::TooMuch) } else { Ok(found) }
}

/// Sets them; none says that the school has no tunnel.
///
/// # Errors
/// [`Refusal::AlreadySo`]; [`Refusal::ReasonNeeded`].
pub fn set(before: &Stored<School>, tunnels: Vec<IpNet>, why: &str) -> Result<Change, Refusal> {
    if before.value.settings.off_site.tunnels == tunnels {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut after = before.value.clone();
    after.settings.off_site = OffSite { tunnels };
    Ok(school::change(before, &after, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon_15_ranges_of_a_tunnel_are_read_as_people_write_them_and_never_as_everything() {
        let read = ranges("10.99.0.7/16, 10.98.0.0/24\nfd00:7::/48 10.99.0.0/16").unwrap();
        assert_eq!(
            read.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["10.98.0.0/24", "10.99.0.0/16", "fd00:7::/48"]
        );
        assert_eq!(ranges(" ").unwrap(), Vec::<IpNet>::new());
        for odd in
            ["10.99.0.7", "ten", "0.0.0.0/0", "::/0", "10.0.0.0/33", "128.0.0.0/1", "10.0.0.0/7", "fc00::/7"]
        {
            assert_eq!(ranges(odd), Err(Refusal::AddressOdd), "{odd}");
        }
        let many = (0..17).map(|one| format!("10.{one}.0.0/16 ")).collect::<String>();
        assert_eq!(ranges(&many), Err(Refusal::TooMuch));
    }
}
