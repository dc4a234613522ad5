//! WebRTC by the library: one peer is a browser; it answers ICE (lite), does DTLS and protects what the leg sends.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use mio::net::UdpSocket;
use parking_lot::Mutex;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec as RtcCodec, FormatParams, PayloadParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite, SeqNo};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::{Received, Transport};
use crate::codec::Codec;
use crate::config::Wishes;
use crate::digit::event::{EventReceiver, TelephoneEvent};
use crate::event::Statistics;
use crate::rtp::Line;
use crate::sdp::SdpError;

/// The payload type of telephone events in our offers; in answers it is the browser's.
const EVENT_PAYLOAD_TYPE: u8 = 101;
/// Packets that a leg has not taken yet; more are dropped, since they are older than is worth hearing.
const INBOX_MAX: usize = 100;

/// What all browsers' legs have in common.
#[derive(Clone)]
pub(crate) struct Identity {
    provider: Arc<str0m::crypto::CryptoProvider>,
    certificate: str0m::config::DtlsCert,
    /// The addresses that browsers are told.
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

/// The sockets of all browsers, each with the address under which they know it.
#[derive(Debug, Default)]
pub(crate) struct Doors(pub Vec<(UdpSocket, SocketAddr)>);

impl Doors {
    fn send(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        if let Some((socket, _)) = self.0.iter().find(|(_, advertised)| *advertised == from) {
            // What is lost here is lost as on the network.
            let _ = socket.send_to(bytes, to);
        }
    }
}

/// A browser on the media thread.
pub(crate) struct Peer {
    rtc: Rtc,
    doors: Arc<Doors>,
    codec: Codec,
    mid: Option<Mid>,
    /// Payload types of audio and telephone events, once media is agreed on.
    payload_types: Option<(Pt, Option<Pt>)>,
    timeout: Instant,
    inbox: Vec<Received>,
    /// Whether the leg was told that nothing comes in any longer.
    is_gone: bool,
    events: EventReceiver,
    line: Line,
    sequence: u64,
    event_timestamp: u32,
    received: u64,
}

impl Peer {
    pub(crate) fn new(browser: Browser, doors: Arc<Doors>, now: Instant) -> Self {
        let mut peer = Self {
            rtc: browser.rtc,
            doors,
            codec: browser.codec,
            mid: browser.mid,
            payload_types: None,
            timeout: now,
            inbox: vec![],
            is_gone: false,
            events: EventReceiver::default(),
            line: Line::new(),
            sequence: 1,
            event_timestamp: 0,
            received: 0,
        };
        peer.drain();
        peer
    }

    /// Tells whether a datagram is of this browser.
    pub(crate) fn accepts(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes a datagram in or lets time pass.
    pub(crate) fn handle(&mut self, input: Input<'_>) {
        if self.rtc.handle_input(input).is_err() {
            self.rtc.disconnect();
        }
        self.drain();
    }

    /// Lets time pass where the library asked for it.
    pub(crate) fn handle_time(&mut self, now: Instant) {
        if self.timeout <= now {
            self.handle(Input::Timeout(now));
        }
    }

    /// Answers a later offer of the browser: hold, or an ICE restart.
    pub(crate) fn renegotiate(&mut self, offer: &str) -> Result<String, SdpError> {
        let offer = SdpOffer::from_sdp_string(offer).map_err(refused)?;
        let answer = self.rtc.sdp_api().accept_offer(offer).map_err(refused)?.to_sdp_string();
        self.drain();
        Ok(answer)
    }

    /// Goes on with another connection of the same browser; what the leg sends stays one stream.
    pub(crate) fn replace(&mut self, browser: Browser, now: Instant) {
        self.rtc.disconnect();
        self.drain();
        self.rtc = browser.rtc;
        self.codec = browser.codec;
        self.mid = browser.mid;
        self.payload_types = None;
        self.timeout = now;
        // The end of the old connection is no news of the new one.
        self.inbox.clear();
        self.drain();
    }

    /// Sends what is due and notes what has happened, until the library wants to wait.
    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(timeout)) => {
                    self.timeout = timeout;
                    return;
                }
                Ok(Output::Transmit(datagram)) => {
                    self.doors.send(datagram.source, datagram.destination, &datagram.contents);
                }
                Ok(Output::Event(event)) => self.note(event),
                Err(_) => {
                    self.rtc.disconnect();
                    return;
                }
            }
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the library's list grows; the rest is statistics and data"
    )]
    fn note(&mut self, event: Event) {
        match event {
            Event::Connected => self.come(),
            Event::IceConnectionStateChange(
                IceConnectionState::Connected | IceConnectionState::Completed,
            ) if self.is_gone => {
                self.come();
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                self.is_gone = true;
                self.inbox.push(Received::Gone);
            }
            Event::MediaAdded(media) if media.kind == MediaKind::Audio => {
                self.mid = self.mid.or(Some(media.mid))
            }
            Event::RtpPacket(packet) => self.take(&packet),
            _ => {}
        }
    }

    fn come(&mut self) {
        self.is_gone = false;
        self.inbox.push(Received::Connected);
    }

    fn take(&mut self, packet: &RtpPacket) {
        self.received += 1;
        let Some((audio, events)) = self.payload_types() else { return };
        let (format, timestamp) = (packet.header.payload_type, packet.header.timestamp);
        if Some(format) == events {
            self.inbox.extend(self.events.receive(timestamp, &packet.payload).map(Received::Digit));
        } else if format == audio && self.inbox.len() < INBOX_MAX {
            self.inbox.push(Received::Audio { timestamp, payload: packet.payload.to_vec() });
        }
    }

    fn payload_types(&mut self) -> Option<(Pt, Option<Pt>)> {
        if self.payload_types.is_none() {
            let media = self.rtc.media(self.mid?)?;
            let agreed =
                self.rtc.codec_config().params().iter().filter(|one| media.remote_pts().contains(&one.pt()));
            let (events, audio): (Vec<&PayloadParams>, Vec<_>) =
                agreed.partition(|one| one.spec().codec.is_tele());
            let audio = audio.first()?.pt();
            self.payload_types = Some((audio, events.first().map(|one| one.pt())));
        }
        self.payload_types
    }

    fn write(&mut self, now: Instant, format: Pt, timestamp: u32, (marker, payload): (bool, &[u8])) {
        let sequence = SeqNo::from(self.sequence);
        let Some(mid) = self.mid.filter(|_| self.rtc.is_connected()) else { return };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return };
        stream.write_rtp(RtpWrite::new(format, sequence, timestamp, now, payload).marker(marker));
        self.sequence += 1;
        self.line.packets = self.line.packets.wrapping_add(1);
        // The library hands a packet out only after time has passed.
        self.handle(Input::Timeout(now));
    }
}

/// The way to a browser, shared with the thread that hands it its datagrams.
pub(crate) struct WebRtcTransport(pub Arc<Mutex<Peer>>);

impl Transport for WebRtcTransport {
    fn codec(&self) -> Option<Codec> {
        let mut peer = self.0.lock();
        peer.payload_types().map(|_| peer.codec)
    }

    fn has_telephone_events(&self) -> bool {
        self.0.lock().payload_types().is_some_and(|(_, events)| events.is_some())
    }

    fn is_hearing(&self) -> bool {
        true
    }

    fn receive(&mut self, _now: Instant, received: &mut Vec<Received>) {
        received.append(&mut self.0.lock().inbox);
    }

    fn send(&mut self, now: Instant, payload: &[u8]) {
        let mut peer = self.0.lock();
        let Some((audio, _)) = peer.payload_types() else { return };
        let (timestamp, marker) = (peer.line.timestamp, peer.sequence == 1);
        peer.write(now, audio, timestamp, (marker, payload));
    }

    fn send_event(&mut self, now: Instant, event: TelephoneEvent, age: u16) {
        let mut peer = self.0.lock();
        if age == 0 {
            peer.event_timestamp = peer.line.timestamp;
        }
        let Some((_, Some(format))) = peer.payload_types() else { return };
        let timestamp = peer.event_timestamp;
        peer.write(now, format, timestamp, (age == 0, &event.payload()));
    }

    fn advance(&mut self) {
        let mut peer = self.0.lock();
        let ticks = peer.codec.ticks();
        peer.line.advance(ticks);
    }

    fn report(&mut self, _now: Instant) {}

    fn statistics(&self) -> Statistics {
        let peer = self.0.lock();
        Statistics {
            packets_sent: u64::from(peer.line.packets),
            packets_received: peer.received,
            ..Statistics::default()
        }
    }
}

/// All browsers of the media thread, found by who sent a datagram.
pub(crate) struct Browsers {
    doors: Arc<Doors>,
    peers: BTreeMap<u64, Arc<Mutex<Peer>>>,
    legs_by_source: BTreeMap<SocketAddr, u64>,
}

impl Browsers {
    pub(crate) fn new(doors: Doors) -> Self {
        Self { doors: Arc::new(doors), peers: Default::default(), legs_by_source: Default::default() }
    }

    /// Takes a browser in and returns the way to it.
    pub(crate) fn add(&mut self, leg: u64, browser: Browser, now: Instant) -> WebRtcTransport {
        let peer = Arc::new(Mutex::new(Peer::new(browser, Arc::clone(&self.doors), now)));
        self.peers.insert(leg, Arc::clone(&peer));
        WebRtcTransport(peer)
    }

    /// Lets a leg go on with another connection of its browser.
    pub(crate) fn replace(&mut self, leg: u64, browser: Browser, now: Instant) {
        if let Some(peer) = self.peers.get(&leg) {
            peer.lock().replace(browser, now);
        }
        self.legs_by_source.retain(|_, owner| *owner != leg);
    }

    /// Lets a browser go.
    pub(crate) fn remove(&mut self, leg: u64) {
        if let Some(peer) = self.peers.remove(&leg) {
            let mut peer = peer.lock();
            peer.rtc.disconnect();
            peer.drain();
        }
        self.legs_by_source.retain(|_, owner| *owner != leg);
    }

    /// Returns the browser of a leg.
    pub(crate) fn get(&self, leg: u64) -> Option<&Arc<Mutex<Peer>>> {
        self.peers.get(&leg)
    }

    /// Takes all datagrams that have come.
    pub(crate) fn receive(&mut self, now: Instant) {
        let mut buffer = [0; 2_000];
        let doors = Arc::clone(&self.doors);
        for (socket, advertised) in &doors.0 {
            while let Ok((len, source)) = socket.recv_from(&mut buffer) {
                self.deliver(&buffer[..len], source, *advertised, now);
            }
        }
    }

    /// Lets time pass for every browser.
    pub(crate) fn handle_time(&mut self, now: Instant) {
        self.peers.values().for_each(|peer| peer.lock().handle_time(now));
    }

    fn deliver(&mut self, bytes: &[u8], source: SocketAddr, destination: SocketAddr, now: Instant) {
        let input = || {
            let receive = Receive::new(Protocol::Udp, source, destination, bytes).ok()?;
            Some(Input::Receive(now, receive))
        };
        let Some(datagram) = input() else { return };
        let known = self.legs_by_source.get(&source).and_then(|leg| Some((*leg, self.peers.get(leg)?)));
        let known = known.filter(|(_, peer)| peer.lock().accepts(&datagram));
        let found = known.or_else(|| {
            let mut peers = self.peers.iter();
            peers.find(|(_, peer)| peer.lock().accepts(&datagram)).map(|(leg, peer)| (*leg, peer))
        });
        let Some((leg, peer)) = found else { return };
        peer.lock().handle(datagram);
        self.legs_by_source.insert(source, leg);
    }
}
