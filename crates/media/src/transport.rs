//! What a leg needs of the way to its peer: the same for RTP, WebRTC, and the tests.

pub(crate) mod rtcp;
pub(crate) mod rtp;
pub(crate) mod srtp;
pub(crate) mod webrtc;

use std::time::Instant;

use mio::net::UdpSocket;

use crate::agreement::Agreement;
use crate::codec::Codec;
use crate::digit::event::TelephoneEvent;
use crate::event::Statistics;

/// What came from a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A packet of audio.
    Audio { timestamp: u32, payload: Vec<u8> },
    /// A key, told once.
    Digit(char),
    /// The keys of the encryption are agreed.
    Connected,
    /// The peer has gone.
    Gone,
}

/// The way to and from one peer.
pub(crate) trait Transport: Send {
    /// Returns the codec, once it is agreed on.
    fn codec(&self) -> Option<Codec>;

    /// Tells whether keys come and go as telephone events.
    fn has_telephone_events(&self) -> bool;

    /// Tells whether the peer is expected to send.
    fn is_hearing(&self) -> bool;

    /// Follows a new agreement with the peer.
    fn agree(&mut self, _agreement: Agreement) {}

    /// Returns the socket of the leg's own, if it has one, to be registered with its thread's poll.
    fn socket(&mut self) -> Option<&mut UdpSocket> {
        None
    }

    /// Notes that there is something to be received.
    fn wake(&mut self) {}

    /// Takes what has come.
    fn receive(&mut self, now: Instant, received: &mut Vec<Received>);

    /// Sends the frame that is due.
    fn send(&mut self, now: Instant, payload: &[u8]);

    /// Sends a packet of a telephone event that began `age` frames ago.
    fn send_event(&mut self, now: Instant, event: TelephoneEvent, age: u16);

    /// Goes on by the time of a frame.
    fn advance(&mut self);

    /// Sends and reads reports; called about once a second.
    fn report(&mut self, now: Instant);

    /// Returns the figures so far.
    fn statistics(&self) -> Statistics;
}
