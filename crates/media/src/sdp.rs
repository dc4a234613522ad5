//! Session descriptions of RTP legs: what a peer says, and what we offer and answer (RFC 3264, RFC 8866).
//!
//! One audio stream with one codec a leg; further streams are refused in their place.

mod crypto;
mod local;
mod remote;

pub(crate) use crypto::Crypto;
pub(crate) use local::{Local, Proposal};
pub(crate) use remote::{Direction, Remote, is_encrypted};

/// Why a description can not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// It is no SDP.
    #[error("the session description can not be read: {0}")]
    Unreadable(String),
    /// There is no audio stream that is not refused.
    #[error("the session description has no audio stream (m=audio with a port other than 0)")]
    NoAudio,
    /// No common codec.
    #[error("no codec in common: the peer has {offered}; expected one of {expected}")]
    NoCodec {
        /// What the peer named.
        offered: String,
        /// What we can do.
        expected: String,
    },
    /// The stream's address is missing or is no IP address.
    #[error("the session description has no connection address; expected c=IN IP4 or IP6 with an IP address")]
    NoAddress,
    /// The audio is to be encrypted, and there is no key that we can use.
    #[error(
        "{found}; expected a=crypto with AES_CM_128_HMAC_SHA1_80 or AES_CM_128_HMAC_SHA1_32, without MKI"
    )]
    NoKey {
        /// What is there.
        found: &'static str,
    },
    /// The transport is one that we do not speak.
    #[error(
        "the transport {0} is not known; expected RTP/AVP, RTP/AVPF, RTP/SAVP or RTP/SAVPF for phones, \
         UDP/TLS/RTP/SAVPF for browsers"
    )]
    Transport(String),
    /// Every port of the range is taken.
    #[error("no RTP port is free; widen the range of --rtp-ports")]
    NoPort,
    /// The machine gives no socket.
    #[error("no socket for RTP: {0}")]
    Bind(String),
    /// The leg does not exist, or is of the other kind.
    #[error("leg {0} is not known")]
    UnknownLeg(u64),
    /// The WebRTC library refused.
    #[error("the browser's description was refused: {0}")]
    WebRtc(String),
}
