//! This machine's own addresses, and what it is called.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use usher_types::host::{Host, HostName};

/// Every address of this machine. Nothing may be fetched from them: the server's own pages are reached by name.
pub(crate) fn own_addresses() -> anyhow::Result<Vec<IpAddr>> {
    let interfaces = if_addrs::get_if_addrs()?;
    let mut addresses: Vec<IpAddr> = interfaces.iter().map(if_addrs::Interface::ip).collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// What a listener without a name is called: its address, or this machine's first one that others can reach.
pub(crate) fn host_of(name: Option<&HostName>, listening: SocketAddr, own: &[IpAddr]) -> Host {
    if let Some(name) = name {
        return Host::Name(name.clone());
    }
    if !listening.ip().is_unspecified() {
        return Host::Ip(listening.ip());
    }
    let reached = |address: &&IpAddr| !address.is_loopback() && address.is_ipv4();
    Host::Ip(own.iter().find(reached).copied().unwrap_or(Ipv4Addr::LOCALHOST.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_called_by_its_name_its_address_or_the_machines() {
        let name = HostName::parse("desk.rowanhill.example").unwrap();
        let own = ["127.0.0.1".parse().unwrap(), "192.0.2.7".parse().unwrap()];
        let called = |name: Option<&HostName>, listening: &str| {
            host_of(name, listening.parse().unwrap(), &own).to_string()
        };
        assert_eq!(called(Some(&name), "[::]:8443"), "desk.rowanhill.example");
        assert_eq!(called(None, "127.0.0.1:8443"), "127.0.0.1");
        assert_eq!(called(None, "[::]:8443"), "192.0.2.7");
        assert!(own_addresses().unwrap().iter().any(IpAddr::is_loopback));
    }
}
