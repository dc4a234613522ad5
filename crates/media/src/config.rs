//! What the operator and the caller choose.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::codec::Codec;

/// Threads for each core of a small machine, by default.
const THREADS_PER_CORE: NonZeroUsize = NonZeroUsize::new(4).unwrap();
/// With so many threads each has a schedule of few legs; a machine of more cores has one a core.
const STAGGERED_MAX: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Addresses, ports and limits of a media server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address that sockets are bound to.
    pub bind_ip: IpAddr,
    /// The address that peers are told, where it differs (behind NAT); needed when bound to all addresses.
    pub external_ip: Option<IpAddr>,
    /// UDP ports of RTP; the even ones carry RTP, the odd ones RTCP where it is not on the same port.
    pub rtp_ports: RangeInclusive<u16>,
    /// The one port of all browsers, UDP and TCP; 0 takes the last of `rtp_ports` that is free.
    pub webrtc_port: u16,
    /// Threads among which legs are spread, each with its own schedule of 20 ms; by default four a core up to 16,
    /// so that packets leave in small bursts: the last of a large one would wait for all before it.
    pub threads: NonZeroUsize,
    /// After how long without a packet a leg that is not on hold is reported lost.
    pub lost_after: Duration,
    /// Frames that are waited for before a peer is played.
    pub jitter_frames: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind_ip: Ipv4Addr::LOCALHOST.into(),
            external_ip: None,
            rtp_ports: 20_000..=39_999,
            webrtc_port: 0,
            threads: threads_for(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
            lost_after: Duration::from_secs(30),
            jitter_frames: 2,
        }
    }
}

fn threads_for(cores: NonZeroUsize) -> NonZeroUsize {
    cores.saturating_mul(THREADS_PER_CORE).min(STAGGERED_MAX).max(cores)
}

/// How a leg carries its media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RTP and SRTP with keys from the descriptions, as phones and trunks speak it.
    Rtp,
    /// ICE, DTLS and SRTP, as browsers speak it.
    WebRtc,
}

/// What one leg may use.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// Codecs, the best first. An answer takes the peer's first that is among them.
    pub codecs: Vec<Codec>,
    /// Whether keys may be RFC 4733 events; without, they are listened for in the sound.
    pub has_telephone_events: bool,
    /// Whether the peer must encrypt: an offer of ours asks for SRTP, and one without it is refused. Without,
    /// SRTP is taken where the peer offers it.
    pub needs_encryption: bool,
    /// An address to be told this peer, where it needs another one than the configured.
    pub external_ip: Option<IpAddr>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            codecs: Codec::ALL.to_vec(),
            has_telephone_events: true,
            needs_encryption: false,
            external_ip: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_machines_have_four_threads_a_core_and_large_ones_one() {
        let threads = |cores| threads_for(NonZeroUsize::new(cores).unwrap()).get();
        assert_eq!([1, 2, 4, 8, 64].map(threads), [4, 8, 16, 16, 64]);
    }
}
