//! What the fuzzers call: the ways of received descriptions and packets. Only with the feature `fuzzing`, and in tests so that it compiles.

use std::net::SocketAddr;

use str0m::net::{Protocol, Receive};

use crate::agreement::Negotiation;
use crate::clock;
use crate::config::Wishes;
use crate::digit::event::EventReceiver;
use crate::rtp::Packet;
use crate::transport::rtcp::Reception;
use crate::transport::srtp::{Keys, MASTER_BYTES, MasterKey, Srtp, Suite};

/// Takes a description as an offer, and as the answer to one of ours.
pub fn take_description(text: &str) {
    for needs_encryption in [false, true] {
        let wishes = Wishes { needs_encryption, ..Wishes::default() };
        let mut negotiation = Negotiation::new(SocketAddr::from(([192, 0, 2, 1], 20_000)), &wishes);
        drop(negotiation.answer(text));
        negotiation.offer();
        drop(negotiation.accept(text));
    }
}

/// Takes a datagram as every kind that comes to a media port.
pub fn take_datagram(bytes: &[u8]) {
    if let Some(packet) = Packet::read(bytes) {
        Reception::default().count(&packet, 0);
        EventReceiver::default().receive(packet.timestamp, packet.payload);
    }
    Reception::default().read(bytes, 1, clock::now());
    let key = MasterKey([7; MASTER_BYTES]);
    let mut srtp = Srtp::follow(None, Keys { suite: Suite::ShortTag, ours: key.clone(), theirs: key });
    srtp.open_rtp(&mut bytes.to_vec());
    srtp.open_rtcp(&mut bytes.to_vec());
    let peer = SocketAddr::from(([192, 0, 2, 2], 4_000));
    drop(Receive::new(Protocol::Udp, peer, peer, bytes));
}
