//! WebRTC by the library: one peer is a browser; it answers ICE (lite), does DTLS and protects what the leg sends.

mod browsers;
mod doors;
mod peer;
mod tcp;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec as RtcCodec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid};
use str0m::net::TcpType;
use str0m::{Candidate, Rtc, RtcConfig};

pub(crate) use self::browsers::Browsers;
pub(crate) use self::doors::Doors;
use crate::codec::Codec;
use crate::config::Wishes;
use crate::sdp::SdpError;

/// The payload type of telephone events in our offers; in answers it is the browser's.
const EVENT_PAYLOAD_TYPE: u8 = 101;

/// What all browsers' legs have in common.
#[derive(Clone)]
pub(crate) struct Identity {
    provider: Arc<str0m::crypto::CryptoProvider>,
    certificate: str0m::config::DtlsCert,
    /// The addresses that browsers are told, each for UDP and for TCP.
    candidates: Vec<SocketAddr>,
}

impl Identity {
    /// Makes the certificate by which browsers know this server; they learn its fingerprint from the SDP.
    pub(crate) fn new(candidates: Vec<SocketAddr>) -> Option<Self> {
        let provider = str0m::crypto::from_feature_flags();
        let certificate = provider.dtls_provider.generate_certificate()?;
        Some(Self { provider: Arc::new(provider), certificate, candidates })
    }

    fn rtc(&self, codec: Codec, wishes: &Wishes, now: Instant) -> Result<Rtc, SdpError> {
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::clone(&self.provider))
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs();
        let codecs = config.codec_config();
        match codec {
            Codec::Pcmu => codecs.enable_pcmu(true, false),
            Codec::Pcma => codecs.enable_pcma(true, false),
            Codec::G722 => codecs.enable_g722(true, false),
            Codec::Opus => codecs.enable_opus(true, false),
        }
        if wishes.has_telephone_events {
            let clock = Frequency::new(codec.clock_rate())
                .ok_or_else(|| SdpError::WebRtc("clock rate".to_owned()))?;
            let format = FormatParams::default();
            codecs.add_config(EVENT_PAYLOAD_TYPE.into(), None, RtcCodec::Tele, clock, None, format);
        }
        let mut rtc = config.build(now);
        for address in &self.candidates {
            rtc.add_local_candidate(Candidate::host(*address, "udp").map_err(refused)?);
            let tcp = Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build();
            rtc.add_local_candidate(tcp.map_err(refused)?);
        }
        Ok(rtc)
    }
}

/// A browser with which a description was exchanged in part or in full.
pub(crate) struct Browser {
    rtc: Rtc,
    codec: Codec,
    mid: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    /// What tells the browser's connection from another one of the same page.
    fingerprint: Option<String>,
}

impl Browser {
    /// Answers a browser's offer. Of the wished codecs the first that it offers is used.
    pub(crate) fn answer(
        identity: &Identity,
        offer: &str,
        wishes: &Wishes,
        now: Instant,
    ) -> Result<(Self, String), SdpError> {
        let codec = choose(offer, wishes)?;
        let mut rtc = identity.rtc(codec, wishes, now)?;
        let fingerprint = fingerprint(offer).map(str::to_owned);
        let offer = SdpOffer::from_sdp_string(offer).map_err(refused)?;
        let answer = rtc.sdp_api().accept_offer(offer).map_err(refused)?.to_sdp_string();
        Ok((Self { rtc, codec, mid: None, pending: None, fingerprint }, answer))
    }

    /// Offers a call to a browser.
    pub(crate) fn offer(
        identity: &Identity,
        wishes: &Wishes,
        now: Instant,
    ) -> Result<(Self, String), SdpError> {
        let codec = wishes.codecs.first().copied().unwrap_or(Codec::Pcmu);
        let mut rtc = identity.rtc(codec, wishes, now)?;
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) =
            changes.apply().ok_or_else(|| SdpError::WebRtc("nothing to offer".to_owned()))?;
        let browser = Self { rtc, codec, mid: Some(mid), pending: Some(pending), fingerprint: None };
        Ok((browser, offer.to_sdp_string()))
    }

    /// Returns the codec of the leg.
    pub(crate) fn codec(&self) -> Codec {
        self.codec
    }

    /// Returns what tells the browser's connection from others, once it has described itself.
    pub(crate) fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Takes the browser's answer to our offer.
    pub(crate) fn accept(&mut self, answer: &str) -> Result<(), SdpError> {
        self.fingerprint = fingerprint(answer).map(str::to_owned);
        let answer = SdpAnswer::from_sdp_string(answer).map_err(refused)?;
        let Some(pending) = self.pending.take() else { return Ok(()) };
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(refused)
    }
}

/// Returns the fingerprint of the certificate that a description is of: each connection of a browser has its own.
pub(crate) fn fingerprint(description: &str) -> Option<&str> {
    description.lines().find_map(|line| line.strip_prefix("a=fingerprint:"))
}

fn refused(error: impl std::fmt::Display) -> SdpError {
    SdpError::WebRtc(error.to_string())
}

/// Returns the first wished codec that the offer names.
fn choose(offer: &str, wishes: &Wishes) -> Result<Codec, SdpError> {
    let offered: Vec<&str> = offer.lines().filter_map(|line| line.strip_prefix("a=rtpmap:")).collect();
    let is_offered = |codec: &&Codec| {
        let name = format!("{}/{}", codec.encoding_name(), codec.clock_rate()).to_ascii_lowercase();
        offered.iter().any(|map| map.to_ascii_lowercase().contains(&name))
    };
    wishes.codecs.iter().find(is_offered).copied().ok_or_else(|| SdpError::NoCodec {
        offered: offered.join(", "),
        expected: wishes.codecs.iter().map(|codec| codec.encoding_name()).collect::<Vec<_>>().join(", "),
    })
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("candidates", &self.candidates).finish_non_exhaustive()
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("codec", &self.codec).finish_non_exhaustive()
    }
}
