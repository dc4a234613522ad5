//! Where a message came from and where the answer goes: a peer, a transport, and the socket between.

use std::fmt;
use std::net::SocketAddr;

/// What carries SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
    /// Encrypted streams.
    Tls,
}

impl Transport {
    /// Whether messages arrive for sure, so that none is repeated.
    pub(crate) fn is_reliable(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Tcp | Transport::Tls => true,
        }
    }

    /// The transport of that name in a URI or Via.
    pub(crate) fn named(name: &str) -> Option<Transport> {
        let all = [Transport::Udp, Transport::Tcp, Transport::Tls];
        all.into_iter().find(|transport| transport.to_string().eq_ignore_ascii_case(name))
    }

    /// The port where none is named.
    pub(crate) fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
        })
    }
}

/// A way to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flow {
    /// What carries the messages.
    pub(crate) transport: Transport,
    /// The peer's address.
    pub(crate) peer: SocketAddr,
    /// The socket that a message came in by: a listener's number for UDP, a connection's for streams. None where
    /// the shell may choose.
    pub(crate) socket: Option<u64>,
}
