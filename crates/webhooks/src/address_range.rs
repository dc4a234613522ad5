//! Which addresses are not public: a table of special ranges, and the IPv4 addresses that IPv6 forms carry.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Cidr;

/// What an address that is not public is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRange {
    /// This machine.
    Loopback,
    /// A network of one's own.
    Private,
    /// The cable at hand.
    LinkLocal,
    /// The provider's side of carrier-grade NAT.
    CarrierNat,
    /// Where clouds tell a machine its credentials.
    Metadata,
    /// Many listeners at once, broadcast among them.
    Multicast,
    /// No address at all; systems take it for this machine.
    Unspecified,
    /// Set aside by the registries: documentation, benchmarks, tunnels, future use.
    Reserved,
}

impl AddressRange {
    /// Returns the range that an address belongs to; `None` when it is public.
    pub fn of(address: IpAddr) -> Option<Self> {
        if let Some((_, range)) = RANGES.iter().find(|(network, _)| network.contains(address)) {
            return Some(*range);
        }
        match carried_ipv4(address) {
            Some(inner) => Self::of(inner.into()),
            None if address.is_ipv6() && !GLOBAL_UNICAST.contains(address) => Some(Self::Reserved),
            None => None,
        }
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::CarrierNat => "carrier-grade NAT",
            Self::Metadata => "cloud metadata",
            Self::Multicast => "multicast",
            Self::Unspecified => "unspecified",
            Self::Reserved => "reserved",
        })
    }
}

/// Returns the IPv4 address that an IPv6 address stands for; a gateway or the kernel may deliver to it.
pub(crate) fn carried_ipv4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let segments = address.segments();
    let (high, low) = match segments {
        // IPv4-compatible, IPv4-mapped (RFC 4291 §2.5.5), IPv4-translated (RFC 2765), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        // 6to4 (RFC 3056).
        | [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

/// All of IPv6 that is given out for public use (RFC 4291 §2.4).
const GLOBAL_UNICAST: Cidr = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The special-purpose registries of IANA and the metadata addresses of large clouds; the first match counts.
const RANGES: [(Cidr, AddressRange); 32] = {
    use AddressRange::*;
    [
        // AWS, Azure, Google and most others; Alibaba; Oracle; Azure's wire server.
        (v4([169, 254, 169, 254], 32), Metadata),
        (v4([100, 100, 100, 200], 32), Metadata),
        (v4([192, 0, 0, 192], 32), Metadata),
        (v4([168, 63, 129, 16], 32), Metadata),
        // AWS and Google by IPv6.
        (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), Metadata),
        (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), Metadata),
        (v4([0, 0, 0, 0], 32), Unspecified),
        (v4([0, 0, 0, 0], 8), Reserved),
        (v4([10, 0, 0, 0], 8), Private),
        (v4([100, 64, 0, 0], 10), CarrierNat),
        (v4([127, 0, 0, 0], 8), Loopback),
        (v4([169, 254, 0, 0], 16), LinkLocal),
        (v4([172, 16, 0, 0], 12), Private),
        (v4([192, 0, 0, 0], 24), Reserved),
        (v4([192, 0, 2, 0], 24), Reserved),
        (v4([192, 88, 99, 0], 24), Reserved),
        (v4([192, 168, 0, 0], 16), Private),
        (v4([198, 18, 0, 0], 15), Reserved),
        (v4([198, 51, 100, 0], 24), Reserved),
        (v4([203, 0, 113, 0], 24), Reserved),
        (v4([255, 255, 255, 255], 32), Multicast),
        (v4([224, 0, 0, 0], 4), Multicast),
        (v4([240, 0, 0, 0], 4), Reserved),
        (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), Unspecified),
        (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Loopback),
        // Protocol assignments, Teredo and benchmarks among them.
        (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Reserved),
        (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Reserved),
        (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Reserved),
        (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Private),
        (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), LinkLocal),
        // Site-local, out of use (RFC 3879) and still routed by some.
        (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), Private),
        (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Multicast),
    ]
};

const fn v4(octets: [u8; 4], prefix: u8) -> Cidr {
    let [a, b, c, d] = octets;
    Cidr::new(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Cidr {
    let [a, b, c, d, e, f, g, h] = segments;
    Cidr::new(IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_or_names_its_range() {
        use AddressRange::*;
        let cases = [
            ("127.0.0.1", Some(Loopback)),
            ("127.255.255.254", Some(Loopback)),
            ("::1", Some(Loopback)),
            ("::ffff:127.0.0.1", Some(Loopback)),
            ("::127.0.0.1", Some(Loopback)),
            ("::ffff:0:127.0.0.1", Some(Loopback)),
            ("64:ff9b::7f00:1", Some(Loopback)),
            ("2002:7f00:1::", Some(Loopback)),
            ("10.0.0.1", Some(Private)),
            ("10.255.255.255", Some(Private)),
            ("172.16.0.1", Some(Private)),
            ("172.31.255.255", Some(Private)),
            ("192.168.0.1", Some(Private)),
            ("::ffff:10.0.0.1", Some(Private)),
            ("64:ff9b::a00:1", Some(Private)),
            ("2002:c0a8:101::1", Some(Private)),
            ("fc00::1", Some(Private)),
            ("fd12:3456::1", Some(Private)),
            ("fec0::1", Some(Private)),
            ("169.254.0.1", Some(LinkLocal)),
            ("fe80::1", Some(LinkLocal)),
            ("febf::1", Some(LinkLocal)),
            ("100.64.0.1", Some(CarrierNat)),
            ("100.127.255.255", Some(CarrierNat)),
            ("169.254.169.254", Some(Metadata)),
            ("::ffff:169.254.169.254", Some(Metadata)),
            ("64:ff9b::a9fe:a9fe", Some(Metadata)),
            ("100.100.100.200", Some(Metadata)),
            ("168.63.129.16", Some(Metadata)),
            ("fd00:ec2::254", Some(Metadata)),
            ("224.0.0.1", Some(Multicast)),
            ("239.255.255.255", Some(Multicast)),
            ("255.255.255.255", Some(Multicast)),
            ("ff02::1", Some(Multicast)),
            ("0.0.0.0", Some(Unspecified)),
            ("::", Some(Unspecified)),
            ("::ffff:0.0.0.0", Some(Unspecified)),
            ("0.1.2.3", Some(Reserved)),
            ("192.0.0.8", Some(Reserved)),
            ("192.0.2.1", Some(Reserved)),
            ("198.18.0.1", Some(Reserved)),
            ("198.19.255.255", Some(Reserved)),
            ("203.0.113.7", Some(Reserved)),
            ("240.0.0.1", Some(Reserved)),
            ("64:ff9b:1::1", Some(Reserved)),
            ("100::1", Some(Reserved)),
            ("::1:0:0:1", Some(Reserved)),
            ("4000::1", Some(Reserved)),
            ("5f00::1", Some(Reserved)),
            ("2001::1", Some(Reserved)),
            ("2001:db8::1", Some(Reserved)),
            ("1.1.1.1", None),
            ("8.8.8.8", None),
            ("9.255.255.255", None),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.128.0.0", None),
            ("126.255.255.255", None),
            ("128.0.0.1", None),
            ("172.15.255.255", None),
            ("172.32.0.0", None),
            ("192.167.255.255", None),
            ("198.17.255.255", None),
            ("198.20.0.0", None),
            ("223.255.255.255", None),
            ("2606:4700::1111", None),
            ("2001:4860:4860::8888", None),
            ("64:ff9b::808:808", None),
            ("::ffff:8.8.8.8", None),
            ("2002:808:808::1", None),
        ];
        for (address, expected) in cases {
            assert_eq!(AddressRange::of(address.parse().unwrap()), expected, "{address}");
        }
    }
}
