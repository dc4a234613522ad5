//! What a peer's description says about its audio.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Media, Session};

use super::{Crypto, SdpError};
use crate::codec::Codec;

/// Who sends, seen from the one whose description it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    const ALL: [(&'static str, Self); 4] = [
        ("sendrecv", Self::SendRecv),
        ("sendonly", Self::SendOnly),
        ("recvonly", Self::RecvOnly),
        ("inactive", Self::Inactive),
    ];

    /// Returns the attribute's name.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, direction)| *direction == self).expect("ALL lists every direction").0
    }

    /// Returns what the other side answers.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::SendRecv | Self::Inactive => self,
        }
    }

    /// Tells whether the one whose direction it is wants to hear.
    pub(crate) fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// A peer's audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Where the audio stands among the streams, and what the others are.
    pub index: usize,
    pub streams: Vec<Stream>,
    /// Where RTP goes; nothing on an old-style hold (`c=0.0.0.0`).
    pub rtp: Option<SocketAddr>,
    pub rtcp: Option<SocketAddr>,
    pub has_rtcp_mux: bool,
    /// Codecs that we know, in the peer's order, with the peer's payload types.
    pub codecs: Vec<(u8, Codec)>,
    /// Payload types of telephone events, by clock rate.
    pub telephone_events: Vec<(u8, u32)>,
    pub direction: Direction,
    /// The ways to encrypt that we know, in the peer's order, with the peer's keys.
    pub cryptos: Vec<Crypto>,
}

/// The `m=` line of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    pub kind: String,
    pub protocol: String,
    pub formats: String,
}

impl Remote {
    /// Reads a description.
    pub(crate) fn read(sdp: &str) -> Result<Self, SdpError> {
        let session =
            Session::parse(sdp.as_bytes()).map_err(|error| SdpError::Unreadable(error.to_string()))?;
        let is_audio = |media: &Media| media.media == "audio" && media.port != 0;
        let audios = || session.medias.iter().enumerate().filter(|(_, media)| is_audio(media));
        let Some((index, media)) = audios().find(|(_, media)| is_usable(media)) else {
            let other = audios().next().ok_or(SdpError::NoAudio)?.1;
            return Err(match is_encrypted(&other.proto) {
                true => SdpError::NoKey { found: "the encrypted audio has no key of a known kind" },
                false => SdpError::Transport(other.proto.clone()),
            });
        };
        let address = address(&session, media)?;
        let on_hold = address.is_unspecified();
        let at = |port| Some(SocketAddr::new(address, port)).filter(|_| !on_hold);
        let has_rtcp_mux = attribute(media, "rtcp-mux").is_some();
        let rtcp_port = attribute(media, "rtcp").and_then(|value| value.split(' ').next()?.parse().ok());
        let rtcp_port =
            rtcp_port.unwrap_or(if has_rtcp_mux { media.port } else { media.port.wrapping_add(1) });
        let direction = direction(&session, media);
        Ok(Self {
            index,
            streams: session.medias.iter().map(Stream::of).collect(),
            rtp: at(media.port),
            rtcp: at(rtcp_port),
            has_rtcp_mux,
            codecs: codecs(media),
            telephone_events: telephone_events(media),
            cryptos: cryptos(media).collect(),
            direction: if on_hold { Direction::Inactive } else { direction },
        })
    }

    /// Returns the transport of the audio.
    pub(crate) fn protocol(&self) -> &str {
        &self.streams[self.index].protocol
    }

    /// Returns the first codec of the peer's that is allowed, with its payload type.
    pub(crate) fn choose(&self, allowed: &[Codec]) -> Result<(u8, Codec), SdpError> {
        let chosen = self.codecs.iter().find(|(_, codec)| allowed.contains(codec));
        chosen.copied().ok_or_else(|| SdpError::NoCodec {
            offered: self.streams[self.index].formats.clone(),
            expected: allowed.iter().map(|codec| codec.encoding_name()).collect::<Vec<_>>().join(", "),
        })
    }

    /// Returns the payload type of the events that go with a codec.
    pub(crate) fn telephone_event(&self, codec: Codec) -> Option<u8> {
        let by_clock = self.telephone_events.iter().find(|(_, clock)| *clock == codec.clock_rate());
        by_clock.map(|(payload_type, _)| *payload_type)
    }
}

impl Stream {
    fn of(media: &Media) -> Self {
        Self { kind: media.media.clone(), protocol: media.proto.clone(), formats: media.fmt.clone() }
    }
}

/// Tells whether a transport has its audio encrypted with keys of the description.
pub(crate) fn is_encrypted(protocol: &str) -> bool {
    matches!(protocol, "RTP/SAVP" | "RTP/SAVPF")
}

fn is_usable(media: &Media) -> bool {
    let is_plain = matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
    is_plain || is_encrypted(&media.proto) && cryptos(media).next().is_some()
}

fn cryptos(media: &Media) -> impl Iterator<Item = Crypto> {
    let named = media.attributes.iter().filter(|attribute| attribute.attribute == "crypto");
    named.filter_map(|attribute| Crypto::read(attribute.value.as_deref()?))
}

fn address(session: &Session, media: &Media) -> Result<IpAddr, SdpError> {
    let connection = media.connections.first().or(session.connection.as_ref()).ok_or(SdpError::NoAddress)?;
    // A multicast address may carry a TTL behind a slash.
    let host = connection.connection_address.split('/').next().unwrap_or_default();
    host.parse().map_err(|_| SdpError::NoAddress)
}

fn direction(session: &Session, media: &Media) -> Direction {
    let named = |name: &str| Direction::ALL.into_iter().find(|(own, _)| *own == name).map(|(_, own)| own);
    let own = media.attributes.iter().find_map(|attribute| named(&attribute.attribute));
    let common = || session.attributes.iter().find_map(|attribute| named(&attribute.attribute));
    own.or_else(common).unwrap_or(Direction::SendRecv)
}

fn attribute<'a>(media: &'a Media, name: &str) -> Option<&'a str> {
    let found = media.attributes.iter().find(|attribute| attribute.attribute == name)?;
    Some(found.value.as_deref().unwrap_or_default())
}

/// Returns the formats of a stream with what `a=rtpmap` says of each: name and clock rate.
fn formats(media: &Media) -> Vec<(u8, Option<(String, u32)>)> {
    let maps: Vec<_> = media
        .attributes
        .iter()
        .filter(|attribute| attribute.attribute == "rtpmap")
        .filter_map(|attribute| rtpmap(attribute.value.as_deref()?))
        .collect();
    let map_of = |format: u8| {
        maps.iter().find(|(own, ..)| *own == format).map(|(_, name, clock)| (name.clone(), *clock))
    };
    let numbers = media.fmt.split_whitespace().filter_map(|format| format.parse().ok());
    numbers.filter(|format| *format < 128).map(|format| (format, map_of(format))).collect()
}

fn rtpmap(value: &str) -> Option<(u8, String, u32)> {
    let (format, rest) = value.trim().split_once(' ')?;
    let mut parts = rest.trim().split('/');
    Some((format.parse().ok()?, parts.next()?.to_owned(), parts.next()?.trim().parse().ok()?))
}

fn codecs(media: &Media) -> Vec<(u8, Codec)> {
    let known = |(format, map): (u8, Option<(String, u32)>)| {
        let codec = match map {
            Some((name, clock)) => Codec::named(&name, clock),
            None => Codec::of_static(format),
        };
        codec.map(|codec| (format, codec))
    };
    formats(media).into_iter().filter_map(known).collect()
}

fn telephone_events(media: &Media) -> Vec<(u8, u32)> {
    let event = |(format, map): (u8, Option<(String, u32)>)| {
        map.filter(|(name, _)| name.eq_ignore_ascii_case("telephone-event")).map(|(_, clock)| (format, clock))
    };
    formats(media).into_iter().filter_map(event).collect()
}
