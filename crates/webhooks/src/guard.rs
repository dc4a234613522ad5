//! Decides which addresses may be connected to. It looks at addresses only: names are resolved by `resolver`.

use std::net::IpAddr;

use thiserror::Error;

use crate::address_range::{AddressRange, carried_ipv4};
use crate::allowlist::Allowlist;

/// What may be reached: public addresses, the networks of an [`Allowlist`], and loopback in development mode.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// The networks that the operator opened.
    pub allow: Allowlist,
    /// Whether loopback may be reached.
    pub is_development: bool,
}

/// An address that may not be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{address} is a {range} address")]
pub struct Refused {
    /// The address.
    pub address: IpAddr,
    /// What keeps it from being public.
    pub range: AddressRange,
}

impl Guard {
    /// Says whether this address may be connected to.
    pub fn check(&self, address: IpAddr) -> Result<(), Refused> {
        let Some(range) = AddressRange::of(address) else { return Ok(()) };
        let is_own_loopback = self.is_development && range == AddressRange::Loopback;
        if is_own_loopback || self.is_allowed(address) {
            return Ok(());
        }
        Err(Refused { address, range })
    }

    /// A network of IPv4 addresses opens their IPv6 forms too.
    fn is_allowed(&self, address: IpAddr) -> bool {
        let carried = carried_ipv4(address).map(IpAddr::from);
        self.allow.contains(address) || carried.is_some_and(|inner| self.allow.contains(inner))
    }
}

impl Refused {
    /// Says what an operator can do about it.
    pub fn hint(&self) -> String {
        let address = carried_ipv4(self.address).map_or(self.address, IpAddr::from);
        format!("if this target is yours, add {address} or its network to webhook_allow")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_open_only_to_development_mode_or_the_allowlist() {
        let closed = ("", false);
        let development = ("", true);
        let office = ("10.1.0.0/16 fd00::/8", false);
        let cases = [
            (closed, "8.8.8.8", true),
            (closed, "127.0.0.1", false),
            (closed, "10.1.2.3", false),
            (development, "127.0.0.1", true),
            (development, "::1", true),
            (development, "::ffff:127.0.0.1", true),
            (development, "0.0.0.0", false),
            (development, "10.1.2.3", false),
            (development, "169.254.169.254", false),
            (office, "10.1.2.3", true),
            (office, "::ffff:10.1.2.3", true),
            (office, "64:ff9b::a01:203", true),
            (office, "10.2.0.1", false),
            (office, "fd12::1", true),
            (office, "127.0.0.1", false),
            (("169.254.169.254", false), "169.254.169.254", true),
        ];
        for ((allow, is_development), address, expected) in cases {
            let guard = Guard { allow: allow.parse().unwrap(), is_development };
            let verdict = guard.check(address.parse().unwrap());
            assert_eq!(verdict.is_ok(), expected, "{address} with '{allow}', {is_development}: {verdict:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_address_that_would_open_the_way() {
        let refused = Guard::default().check("::ffff:10.1.2.3".parse().unwrap()).unwrap_err();
        assert_eq!(refused.to_string(), "::ffff:10.1.2.3 is a private address");
        assert_eq!(refused.hint(), "if this target is yours, add 10.1.2.3 or its network to webhook_allow");
    }
}
