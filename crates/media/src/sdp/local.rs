//! What we say about our audio, and how its version grows with each change.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use super::crypto::Crypto;
use super::remote::{Direction, Remote, Stream};
use crate::clock;
use crate::codec::Codec;

/// Our side of a leg's descriptions.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    id: u32,
    version: u32,
    /// What peers are told to send to.
    pub rtp: SocketAddr,
}

/// What a description of ours names.
#[derive(Clone, Debug)]
pub(crate) struct Proposal<'a> {
    /// Codecs with the payload types that they are named by.
    pub codecs: Vec<(u8, Codec)>,
    /// Payload types of telephone events with their clock rates.
    pub telephone_events: Vec<(u8, u32)>,
    pub direction: Direction,
    pub has_rtcp_mux: bool,
    /// The transport of an offer; an answer's is the peer's.
    pub protocol: &'a str,
    /// The ways to encrypt, with our keys.
    pub cryptos: Vec<Crypto>,
    /// In an answer, the peer's description.
    pub answers: Option<&'a Remote>,
}

impl Local {
    /// Begins the descriptions of a leg with the address that peers shall send to.
    pub(crate) fn new(rtp: SocketAddr) -> Self {
        Self { id: (clock::random() >> 33) as u32, version: 0, rtp }
    }

    /// Returns the next description.
    pub(crate) fn write(&mut self, proposal: &Proposal<'_>) -> String {
        self.version += 1;
        let (id, version, ip) = (self.id, self.version, self.rtp.ip());
        let family = family(ip);
        let mut sdp =
            format!("v=0\r\no=- {id} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n");
        match proposal.answers {
            None => self.write_audio(&mut sdp, proposal.protocol, proposal),
            Some(remote) => {
                for (index, stream) in remote.streams.iter().enumerate() {
                    match index == remote.index {
                        true => self.write_audio(&mut sdp, &stream.protocol, proposal),
                        false => refuse(&mut sdp, stream),
                    }
                }
            }
        }
        sdp
    }

    fn write_audio(&self, sdp: &mut String, protocol: &str, proposal: &Proposal<'_>) {
        let codecs = proposal.codecs.iter().map(|(format, codec)| (*format, codec_line(*codec)));
        let events = proposal.telephone_events.iter();
        let events = events.map(|(format, clock)| (*format, format!("telephone-event/{clock}")));
        let lines: Vec<(u8, String)> = codecs.chain(events).collect();
        let formats: String = lines.iter().map(|(format, _)| format!(" {format}")).collect();
        let mut line = |text: String| sdp.extend([&text, "\r\n"]);
        line(format!("m=audio {} {protocol}{formats}", self.rtp.port()));
        for (format, name) in &lines {
            line(format!("a=rtpmap:{format} {name}"));
        }
        for (format, _) in &proposal.telephone_events {
            line(format!("a=fmtp:{format} 0-15"));
        }
        line("a=ptime:20".to_owned());
        if proposal.has_rtcp_mux {
            line("a=rtcp-mux".to_owned());
        }
        proposal.cryptos.iter().for_each(|crypto| line(crypto.line()));
        line(format!("a={}", proposal.direction.name()));
    }
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IP4" } else { "IP6" }
}

/// RFC 7587 §7: Opus is always named with 48 kHz and two channels.
fn codec_line(codec: Codec) -> String {
    let channels = if codec == Codec::Opus { "/2" } else { "" };
    format!("{}/{}{channels}", codec.encoding_name(), codec.clock_rate())
}

/// RFC 3264 §6: a stream that is not wanted keeps its place, with port 0.
fn refuse(sdp: &mut String, stream: &Stream) {
    let _ = write!(sdp, "m={} 0 {} {}\r\n", stream.kind, stream.protocol, stream.formats);
}
