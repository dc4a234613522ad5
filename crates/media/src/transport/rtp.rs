//! RTP over a UDP socket of the leg's own, in the clear or encrypted.
//!
//! Packets go where the description says, then to where packets come from (symmetric RTP).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;

use super::rtcp::Reception;
use super::srtp::Srtp;
use super::{Received, Transport};
use crate::agreement::Agreement;
use crate::codec::Codec;
use crate::digit::event::{EventReceiver, TelephoneEvent};
use crate::event::Statistics;
use crate::rtp::{Line, Packet, is_rtcp};

/// Packets taken at once: a flood must not keep the thread from the other legs.
const PACKETS_MAX: usize = 50;
/// After so long without a packet from the one source, another is listened to.
const RELATCH_AFTER: Duration = Duration::from_millis(500);
/// RFC 3550 §6.2: the least time between reports.
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// The way to a phone or trunk.
pub(crate) struct RtpTransport {
    socket: UdpSocket,
    /// The next port, for peers that do not take RTCP on the same one.
    rtcp_socket: Option<UdpSocket>,
    agreement: Option<Agreement>,
    srtp: Option<Srtp>,
    /// Where packets come from, and when the last did.
    source: Option<(SocketAddr, Instant)>,
    line: Line,
    reception: Reception,
    events: EventReceiver,
    is_ready: bool,
    started: Instant,
    reported: Instant,
    packet: Vec<u8>,
    /// The timestamp of the telephone event under way.
    event_timestamp: u32,
}

impl RtpTransport {
    /// Makes the way to a peer with whom an agreement may still be missing.
    pub(crate) fn new(socket: UdpSocket, now: Instant) -> Self {
        Self {
            socket,
            rtcp_socket: None,
            agreement: None,
            srtp: None,
            source: None,
            line: Line::new(),
            reception: Reception::default(),
            events: EventReceiver::default(),
            is_ready: true,
            started: now,
            reported: now,
            packet: Vec::with_capacity(512),
            event_timestamp: 0,
        }
    }

    fn target(&self) -> Option<SocketAddr> {
        let agreement = self.agreement.as_ref().filter(|agreement| agreement.is_heard)?;
        self.source.map(|(source, _)| source).or(agreement.rtp)
    }

    /// Takes one datagram.
    fn take(&mut self, bytes: &mut [u8], from: SocketAddr, now: Instant) -> Option<Received> {
        if is_rtcp(bytes) {
            self.take_report(bytes, now);
            return None;
        }
        let bytes = match &mut self.srtp {
            Some(srtp) => srtp.open_rtp(bytes)?,
            None => bytes,
        };
        let packet = Packet::read(bytes)?;
        let agreement = self.agreement.as_ref()?;
        let is_event = agreement.event_payload_type == Some(packet.payload_type);
        if !is_event && agreement.payload_type != packet.payload_type || !self.latch(from, now) {
            return None;
        }
        let clock = self.agreement.as_ref()?.codec.clock_rate();
        let arrival =
            now.saturating_duration_since(self.started).as_micros() as i64 * i64::from(clock) / 1_000_000;
        self.reception.count(&packet, arrival);
        if is_event {
            return self.events.receive(packet.timestamp, packet.payload).map(Received::Digit);
        }
        Some(Received::Audio { timestamp: packet.timestamp, payload: packet.payload.to_vec() })
    }

    /// Tells whether packets from there are ours to hear, and remembers the first who sends them.
    fn latch(&mut self, from: SocketAddr, now: Instant) -> bool {
        let is_taken = self.source.is_some_and(|(source, last)| {
            source != from && now.saturating_duration_since(last) < RELATCH_AFTER
        });
        if !is_taken {
            self.source = Some((from, now));
        }
        !is_taken
    }

    fn take_report(&mut self, bytes: &mut [u8], now: Instant) {
        let report = match &mut self.srtp {
            Some(srtp) => srtp.open_rtcp(bytes),
            None => Some(&*bytes),
        };
        if let Some(report) = report {
            self.reception.read(report, self.line.ssrc, now);
        }
    }

    fn transmit(&mut self, to: SocketAddr) {
        if let Some(srtp) = &mut self.srtp {
            srtp.seal_rtp(&mut self.packet);
        }
        // A full buffer or an unreachable peer loses a packet, as the network might.
        let _ = self.socket.send_to(&self.packet, to);
    }

    fn read_rtcp(&mut self, now: Instant) {
        let mut buffer = [0; 1_500];
        for _ in 0..PACKETS_MAX {
            let Some(Ok(len)) = self.rtcp_socket.as_ref().map(|socket| socket.recv(&mut buffer)) else {
                return;
            };
            self.take_report(&mut buffer[..len], now);
        }
    }
}

impl Transport for RtpTransport {
    fn codec(&self) -> Option<Codec> {
        self.agreement.as_ref().map(|agreement| agreement.codec)
    }

    fn has_telephone_events(&self) -> bool {
        self.agreement.as_ref().is_some_and(|agreement| agreement.event_payload_type.is_some())
    }

    fn is_hearing(&self) -> bool {
        self.agreement.as_ref().is_some_and(|agreement| agreement.is_hearing)
    }

    /// The line goes on; where packets come from is learned anew when the peer names another place.
    fn agree(&mut self, agreement: Agreement) {
        if self.agreement.as_ref().is_none_or(|before| before.rtp != agreement.rtp) {
            self.source = None;
        }
        if !agreement.has_rtcp_mux && self.rtcp_socket.is_none() {
            self.rtcp_socket = next_port(&self.socket);
        }
        self.srtp = agreement.keys.clone().map(|keys| Srtp::follow(self.srtp.take(), keys));
        self.agreement = Some(agreement);
    }

    fn socket(&mut self) -> Option<&mut UdpSocket> {
        Some(&mut self.socket)
    }

    fn wake(&mut self) {
        self.is_ready = true;
    }

    fn receive(&mut self, now: Instant, received: &mut Vec<Received>) {
        if !std::mem::take(&mut self.is_ready) {
            return;
        }
        let mut buffer = [0; 1_500];
        for _ in 0..PACKETS_MAX {
            match self.socket.recv_from(&mut buffer) {
                Ok((len, from)) => received.extend(self.take(&mut buffer[..len], from, now)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // An ICMP answer to a packet of ours is told here, and means nothing.
                Err(_) => {}
            }
        }
        self.is_ready = true;
    }

    fn send(&mut self, _now: Instant, payload: &[u8]) {
        let (Some(to), Some(agreement)) = (self.target(), &self.agreement) else { return };
        self.line.write(agreement.payload_type, payload, &mut self.packet);
        self.transmit(to);
    }

    fn send_event(&mut self, _now: Instant, event: TelephoneEvent, age: u16) {
        if age == 0 {
            self.event_timestamp = self.line.timestamp;
        }
        let format = self.agreement.as_ref().and_then(|agreement| agreement.event_payload_type);
        let (Some(to), Some(format)) = (self.target(), format) else { return };
        self.line.write_at(self.event_timestamp, age == 0, (format, &event.payload()), &mut self.packet);
        self.transmit(to);
    }

    fn advance(&mut self) {
        let ticks = self.codec().map_or(0, Codec::ticks);
        self.line.advance(ticks);
    }

    fn report(&mut self, now: Instant) {
        self.read_rtcp(now);
        if now.saturating_duration_since(self.reported) < REPORT_EVERY {
            return;
        }
        self.reported = now;
        let Some(agreement) = &self.agreement else { return };
        let mut report = self.reception.report(&self.line, now);
        if let Some(srtp) = &mut self.srtp {
            srtp.seal_rtcp(&mut report);
        }
        let to = if agreement.has_rtcp_mux { self.target() } else { agreement.rtcp };
        if let Some(to) = to {
            let _ = self.rtcp_socket.as_ref().unwrap_or(&self.socket).send_to(&report, to);
        }
    }

    fn statistics(&self) -> Statistics {
        Statistics {
            packets_sent: u64::from(self.line.packets),
            packets_received: self.reception.received,
            packets_lost: self.reception.lost(),
            jitter_ms: self.reception.jitter_ms(self.codec().map_or(8_000, Codec::clock_rate)),
            round_trip_ms: self.reception.round_trip.map(|time| time.as_secs_f32() * 1_000.0),
        }
    }
}

/// Binds the port behind a socket's; without it the peer's reports are not heard, which no call depends on.
fn next_port(socket: &UdpSocket) -> Option<UdpSocket> {
    let mut address = socket.local_addr().ok()?;
    address.set_port(address.port().checked_add(1)?);
    UdpSocket::bind(address).ok()
}
