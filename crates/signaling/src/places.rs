//! By which address a peer can reach us: what Via and Contact say.

use std::net::{IpAddr, SocketAddr};

use crate::config::Listener;
use crate::flow::{Flow, Transport};

/// Our own addresses.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The sockets as they are bound; a UDP socket's number is its place in this list.
    pub(crate) listeners: Vec<Listener>,
    /// The address that peers outside of private networks see, where it is another.
    pub(crate) external_ip: Option<IpAddr>,
    /// The address of this machine in its own network, for sockets that are bound to all.
    pub(crate) own_ip: IpAddr,
}

/// Our address as one peer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
}

impl Places {
    /// Our address as the peer of a flow sees it.
    pub(crate) fn own(&self, flow: Flow) -> Own {
        let of_socket = flow.socket.filter(|_| flow.transport == Transport::Udp);
        let listener = match of_socket {
            Some(number) => usize::try_from(number).ok().and_then(|number| self.listeners.get(number)),
            None => self.listener(flow.transport, flow.peer.ip()).map(|number| &self.listeners[number]),
        };
        let bound = listener.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |listener| listener.address);
        let ip = self.seen_by(flow.peer.ip(), bound.ip());
        Own { transport: flow.transport, address: SocketAddr::new(ip, bound.port()) }
    }

    /// The number of the listener that reaches a peer best: of the same family of addresses.
    pub(crate) fn listener(&self, transport: Transport, peer: IpAddr) -> Option<usize> {
        let fits = |listener: &Listener| listener.transport == transport;
        let family = |listener: &Listener| listener.address.is_ipv4() == peer.is_ipv4();
        let best = self.listeners.iter().position(|listener| fits(listener) && family(listener));
        best.or_else(|| self.listeners.iter().position(fits))
    }

    /// The URI in From of a caller, who is a user of ours unless a whole URI is given.
    pub(crate) fn uri_of_caller(&self, from: &str) -> String {
        if ["sip:", "sips:", "tel:"].iter().any(|scheme| from.starts_with(scheme)) {
            return from.to_owned();
        }
        let user = from.strip_prefix("client:").unwrap_or(from);
        let host = SocketAddr::new(self.external_ip.unwrap_or(self.own_ip), 0);
        let host = host.to_string();
        format!("sip:{}@{}", escape(user), host.trim_end_matches(":0"))
    }

    fn seen_by(&self, peer: IpAddr, bound: IpAddr) -> IpAddr {
        let unbound = if peer.is_loopback() { peer } else { self.own_ip };
        let bound = if bound.is_unspecified() { unbound } else { bound };
        match self.external_ip {
            Some(external) if !is_private(peer) => external,
            _ => bound,
        }
    }
}

impl Own {
    /// The Via of a request.
    pub(crate) fn via(&self, branch: &str) -> String {
        format!("SIP/2.0/{} {};branch={branch};rport", self.transport, self.address)
    }

    /// The Contact of a request or response.
    pub(crate) fn contact(&self) -> String {
        match self.transport {
            Transport::Udp => format!("<sip:{}>", self.address),
            Transport::Tcp => format!("<sip:{};transport=tcp>", self.address),
            Transport::Tls => format!("<sip:{};transport=tls>", self.address),
        }
    }
}

/// Escapes what may not stand in the user of a SIP URI (RFC 3261 §25.1).
fn escape(user: &str) -> String {
    let escaped = user.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    escaped.collect()
}

/// Whether an address means something in one network only.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || is_shared(ip.octets()),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// RFC 6598: 100.64.0.0/10, behind carriers' NATs.
fn is_shared(octets: [u8; 4]) -> bool {
    octets[0] == 100 && octets[1] & 0xc0 == 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_without_a_uri_is_a_user_of_ours() {
        let own_ip = IpAddr::from([10, 0, 0, 5]);
        let places = Places { listeners: Vec::new(), external_ip: None, own_ip };
        for (from, uri) in [
            ("+15551230001", "sip:+15551230001@10.0.0.5"),
            ("client:ann lee", "sip:ann%20lee@10.0.0.5"),
            ("sip:bob@example.com", "sip:bob@example.com"),
            ("tel:+15551230001", "tel:+15551230001"),
        ] {
            assert_eq!(places.uri_of_caller(from), uri);
        }
    }

    #[test]
    fn each_network_is_told_the_address_that_it_can_reach() {
        let listener = |transport, port| Listener { transport, address: ([0, 0, 0, 0], port).into() };
        let places = Places {
            listeners: vec![listener(Transport::Udp, 5060), listener(Transport::Tcp, 5070)],
            external_ip: Some(IpAddr::from([203, 0, 113, 9])),
            own_ip: IpAddr::from([10, 0, 0, 5]),
        };
        let own = |transport, peer: [u8; 4]| {
            places.own(Flow { transport, peer: (peer, 4000).into(), socket: None }).contact()
        };
        assert_eq!(own(Transport::Udp, [127, 0, 0, 1]), "<sip:127.0.0.1:5060>");
        assert_eq!(own(Transport::Udp, [192, 168, 3, 4]), "<sip:10.0.0.5:5060>");
        assert_eq!(own(Transport::Tcp, [198, 51, 100, 7]), "<sip:203.0.113.9:5070;transport=tcp>");
    }
}
