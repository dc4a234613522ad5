//! A browser on the media thread, and the leg's way to it.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use str0m::change::SdpOffer;
use str0m::format::PayloadParams;
use str0m::media::{MediaKind, Mid, Pt};
use str0m::rtp::{RtpPacket, RtpWrite, SeqNo};
use str0m::{Event, IceConnectionState, Input, Output, Rtc};

use super::{Browser, Doors, refused};
use crate::codec::Codec;
use crate::digit::event::{EventReceiver, TelephoneEvent};
use crate::event::Statistics;
use crate::rtp::Line;
use crate::sdp::SdpError;
use crate::transport::{Received, Transport};

/// Packets that a leg has not taken yet; more are dropped, since they are older than is worth hearing.
const INBOX_MAX: usize = 100;

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
        self.part();
        self.rtc = browser.rtc;
        self.codec = browser.codec;
        self.mid = browser.mid;
        self.payload_types = None;
        self.timeout = now;
        // The end of the old connection is no news of the new one.
        self.inbox.clear();
        self.drain();
    }

    /// Takes leave of the browser.
    pub(crate) fn part(&mut self) {
        self.rtc.disconnect();
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
                    self.doors.send(&datagram);
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
