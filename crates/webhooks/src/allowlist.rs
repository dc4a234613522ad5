//! The networks that an operator opens for webhooks: the setting `webhook_allow`, a list of CIDRs.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

/// A network, as `10.0.0.0/8`; a lone address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    prefix: u8,
}

/// The networks that webhooks may reach beside public ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowlist(Vec<Cidr>);

/// Why a text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CidrError {
    /// The part before the slash is not an IP address.
    #[error(
        "'{0}' is not an IP address or network; expected for example 10.0.0.0/8, 192.168.1.7 or fd00::/8"
    )]
    Address(String),
    /// The part after the slash is not a length that such an address can have.
    #[error("'{text}' has no valid prefix length; expected a number from 0 to {most} after the slash")]
    Prefix {
        /// The text as it was written.
        text: String,
        /// The address's number of bits.
        most: u8,
    },
    /// The address has bits after the prefix, so it is unclear what was meant.
    #[error(
        "'{text}' has address bits beyond its prefix; write {network} for the network or {host} for the host"
    )]
    HostBits {
        /// The text as it was written.
        text: String,
        /// The network that the prefix leaves.
        network: Cidr,
        /// The address on its own.
        host: IpAddr,
    },
}

impl Cidr {
    /// Returns the network of the first `prefix` bits of `address`; bits after them are dropped.
    pub const fn new(address: IpAddr, prefix: u8) -> Self {
        Self { base: masked(address, prefix), prefix }
    }

    /// Tells whether the network holds this address; an IPv4 network holds no IPv6 address.
    pub fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.base.is_ipv4() && masked(address, self.prefix) == self.base
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| CidrError::Address(text.to_owned()))?;
        let most = bits(address);
        let prefix = match prefix {
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= most)
                .ok_or_else(|| CidrError::Prefix { text: text.to_owned(), most })?,
            None => most,
        };
        let network = Self::new(address, prefix);
        if network.base != address {
            return Err(CidrError::HostBits { text: text.to_owned(), network, host: address });
        }
        Ok(network)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.base, self.prefix)
    }
}

impl Allowlist {
    /// Tells whether one of the networks holds this address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromIterator<Cidr> for Allowlist {
    fn from_iter<I: IntoIterator<Item = Cidr>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// Reads networks separated by commas or white space, as an environment variable holds them.
impl FromStr for Allowlist {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace());
        parts.filter(|part| !part.is_empty()).map(str::parse).collect()
    }
}

const fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

const fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = match 32u32.checked_sub(prefix as u32) {
                Some(32) | None => 0,
                Some(host_bits) => u32::MAX << host_bits,
            };
            IpAddr::V4(std::net::Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = match 128u32.checked_sub(prefix as u32) {
                Some(128) | None => 0,
                Some(host_bits) => u128::MAX << host_bits,
            };
            IpAddr::V6(std::net::Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false),
            ("172.16.0.0/12", "172.31.255.255", true),
            ("172.16.0.0/12", "172.32.0.0", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "2001:db8::1", true),
            ("::1", "::1", true),
        ];
        for (network, address, expected) in cases {
            assert_eq!(cidr(network).contains(address.parse().unwrap()), expected, "{address} in {network}");
        }
    }

    #[test]
    fn a_text_that_is_no_network_is_refused_with_what_to_write() {
        let cases = [
            ("db.internal", "'db.internal' is not an IP address or network; expected for example 10.0.0.0/8"),
            ("", "'' is not an IP address or network"),
            ("10.0.0.0/33", "'10.0.0.0/33' has no valid prefix length; expected a number from 0 to 32"),
            ("10.0.0.0/", "'10.0.0.0/' has no valid prefix length"),
            ("fd00::/129", "expected a number from 0 to 128"),
            ("10.1.2.3/8", "write 10.0.0.0/8 for the network or 10.1.2.3 for the host"),
        ];
        for (text, expected) in cases {
            let message = text.parse::<Cidr>().unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn a_list_is_separated_by_commas_or_spaces_and_is_read_whole_or_not_at_all() {
        let list: Allowlist = "10.0.0.0/8, fd00::/8\n192.168.1.7".parse().unwrap();
        assert_eq!(list, [cidr("10.0.0.0/8"), cidr("fd00::/8"), cidr("192.168.1.7")].into_iter().collect());
        assert_eq!("".parse(), Ok(Allowlist::default()));
        assert_eq!("10.0.0.0/8 x".parse::<Allowlist>(), Err(CidrError::Address("x".to_owned())));
    }

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }
}
