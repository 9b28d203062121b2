//! Turns names into addresses, and refuses those where no vendor can be.
//!
//! Whoever can have a name lead to an address of this machine, or to a cloud's metadata service, would have a signed
//! request sent there. The connection goes to the very addresses that were checked, so a second answer of the name
//! server changes nothing. Behind a proxy it is the proxy that resolves the vendor's name.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Addresses of metadata services outside of the link-local ranges: Alibaba Cloud, Azure, Oracle Cloud.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];

/// The address of AWS's metadata service in IPv6, outside of the link-local range.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// What is at an address where no vendor can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Loopback, or the unspecified address, which leads to it.
    ThisMachine,
    /// Neighbours on the same link, and most metadata services (169.254.169.254).
    LinkLocal,
    /// A cloud's metadata service at another address.
    Metadata,
    /// Many machines at once: multicast or broadcast.
    Many,
}

impl Place {
    /// Returns what is at an address; absent: a vendor may be there.
    #[must_use]
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(v4) => Place::of_v4(v4),
            IpAddr::V6(v6) => match embedded(v6) {
                Some(v4) => Place::of_v4(v4),
                None => Place::of_v6(v6),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        // All of 0.0.0.0/8 means this machine.
        if address.is_loopback() || address.octets()[0] == 0 {
            Some(Place::ThisMachine)
        } else if address.is_link_local() {
            Some(Place::LinkLocal)
        } else if METADATA_V4.contains(&address) {
            Some(Place::Metadata)
        } else {
            (address.is_multicast() || address.is_broadcast()).then_some(Place::Many)
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        if address.is_loopback() || address.is_unspecified() {
            Some(Place::ThisMachine)
        } else if address.is_unicast_link_local() {
            Some(Place::LinkLocal)
        } else if address == METADATA_V6 {
            Some(Place::Metadata)
        } else {
            address.is_multicast().then_some(Place::Many)
        }
    }
}

/// Returns the IPv4 address that an IPv6 address stands for: mapped (`::ffff:a.b.c.d`), the old compatible form
/// (`::a.b.c.d`), or behind the well-known prefix of NAT64 (`64:ff9b::a.b.c.d`, RFC 6052).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |[.., a, b, c, d]: [u8; 16]| Ipv4Addr::new(a, b, c, d);
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(last(address.octets())),
        _ => None,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::ThisMachine => "an address of this machine",
            Place::LinkLocal => "a link-local address",
            Place::Metadata => "the address of a cloud's metadata service",
            Place::Many => "an address of many machines",
        })
    }
}

/// A name that leads only to addresses where no vendor can be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name {name} leads to {address}, {place}")]
pub struct Misdirected {
    name: String,
    address: IpAddr,
    place: Place,
}

impl Misdirected {
    /// Finds this error among the causes of another one.
    pub(crate) fn behind(error: &reqwest::Error) -> Option<&Self> {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(misdirected) = error.downcast_ref() {
                return Some(misdirected);
            }
            cause = error.source();
        }
        None
    }
}

/// Asks the system's name service, as every program does, and passes on only addresses where a vendor may be.
#[derive(Debug)]
pub(crate) struct Resolver {
    allowed: BTreeSet<IpAddr>,
}

impl Resolver {
    /// Makes a resolver that passes these addresses on, whatever is there.
    pub(crate) fn new(allowed: BTreeSet<IpAddr>) -> Self {
        Self { allowed }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable = usable(name.as_str(), found.collect(), &allowed)?;
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Why a name leads to no vendor.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// The system's name service has no address for it, or did not answer.
    #[error("the name {name} was not resolved: {why}")]
    NoAddress {
        /// The name.
        name: String,
        /// What the name service said.
        why: std::io::Error,
    },
    /// There is no vendor where it leads.
    #[error(transparent)]
    Misdirected(#[from] Misdirected),
}

/// Returns the addresses that a connection to this name would go to: those where a vendor may be, and these allowed ones.
///
/// # Errors
/// The name has no address, or only some where no vendor can be.
pub async fn resolve(name: &str, allowed: &BTreeSet<IpAddr>) -> Result<Vec<IpAddr>, Unresolved> {
    let found = tokio::net::lookup_host((name, 0)).await;
    let found = found.map_err(|why| Unresolved::NoAddress { name: name.to_owned(), why })?;
    Ok(usable(name, found.collect(), allowed)?.into_iter().map(|found| found.ip()).collect())
}

/// Leaves out the addresses where no vendor can be; none left is an error.
fn usable(name: &str, mut found: Vec<SocketAddr>, allowed: &BTreeSet<IpAddr>) -> Result<Vec<SocketAddr>, Misdirected> {
    let place = |address: IpAddr| Place::of(address).filter(|_| !allowed.contains(&address));
    // The smallest one, so that the words do not change with the order of the answer.
    let worst = found.iter().filter_map(|found| Some((found.ip(), place(found.ip())?))).min_by_key(|(ip, _)| *ip);
    found.retain(|found| place(found.ip()).is_none());
    match worst {
        Some((address, place)) if found.is_empty() => Err(Misdirected { name: name.to_owned(), address, place }),
        Some(_) | None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_is_judged_by_what_is_there_however_it_is_written() {
        use Place::{LinkLocal, Many, Metadata, ThisMachine};
        let rows = [
            ("203.0.113.7", None),
            ("10.0.0.7", None),
            ("2001:db8::7", None),
            ("fd00::7", None),
            ("100.100.100.201", None),
            ("127.0.0.1", Some(ThisMachine)),
            ("127.8.9.10", Some(ThisMachine)),
            ("0.0.0.0", Some(ThisMachine)),
            ("0.1.2.3", Some(ThisMachine)),
            ("::1", Some(ThisMachine)),
            ("::", Some(ThisMachine)),
            ("::ffff:127.0.0.1", Some(ThisMachine)),
            ("::127.0.0.1", Some(ThisMachine)),
            ("64:ff9b::127.0.0.1", Some(ThisMachine)),
            ("64:ff9b::203.0.113.7", None),
            ("169.254.169.254", Some(LinkLocal)),
            ("169.254.0.23", Some(LinkLocal)),
            ("::ffff:169.254.169.254", Some(LinkLocal)),
            ("64:ff9b::a9fe:a9fe", Some(LinkLocal)),
            ("fe80::1", Some(LinkLocal)),
            ("febf::1", Some(LinkLocal)),
            ("fec0::1", None),
            ("100.100.100.200", Some(Metadata)),
            ("168.63.129.16", Some(Metadata)),
            ("192.0.0.192", Some(Metadata)),
            ("fd00:ec2::254", Some(Metadata)),
            ("224.0.0.1", Some(Many)),
            ("255.255.255.255", Some(Many)),
            ("ff02::1", Some(Many)),
        ];
        for (address, wanted) in rows {
            assert_eq!(Place::of(ip(address)), wanted, "{address}");
        }
    }

    /// Returns what is left of the addresses of a name, or the words of the error.
    fn left(found: &[&str], allowed: &[&str]) -> Result<Vec<String>, String> {
        let found = found.iter().map(|address| SocketAddr::new(ip(address), 0)).collect();
        let usable = usable("rooms.example", found, &allowed.iter().map(|address| ip(address)).collect());
        let left = usable.map_err(|error| error.to_string())?;
        Ok(left.into_iter().map(|found| found.ip().to_string()).collect())
    }

    #[test]
    fn of_the_addresses_of_a_name_those_of_no_vendor_are_left_out() {
        let rows: [(&[&str], &[&str], &[&str]); 4] = [
            (&["203.0.113.7", "2001:db8::7"], &[], &["203.0.113.7", "2001:db8::7"]),
            (&["127.0.0.1", "203.0.113.7"], &[], &["203.0.113.7"]),
            (&["::1", "127.0.0.1"], &["127.0.0.1"], &["127.0.0.1"]),
            (&[], &[], &[]),
        ];
        for (found, allowed, wanted) in rows {
            assert_eq!(left(found, allowed), Ok(wanted.iter().map(|address| (*address).to_owned()).collect()));
        }
    }

    #[test]
    fn a_name_of_no_usable_address_is_an_error_that_names_the_smallest_one() {
        for (found, wanted) in [
            (["169.254.169.254", "127.0.0.1"], "127.0.0.1, an address of this machine"),
            (["169.254.169.254", "fe80::1"], "169.254.169.254, a link-local address"),
            (["fd00:ec2::254", "ff02::1"], "fd00:ec2::254, the address of a cloud's metadata service"),
        ] {
            let words = format!("the name rooms.example leads to {wanted}");
            assert_eq!(left(&found, &["10.0.0.7"]), Err(words));
        }
    }
}
