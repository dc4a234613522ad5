//! What the fuzzers call: the way of received bytes up to the stack. Only with the feature `fuzzing`, and in tests so that it compiles.

use crate::door::{self, Framing};
use crate::framing::Frames;
use crate::message::{Message, Uri};

/// Takes bytes as a datagram, and as what comes of a stream.
pub fn take(bytes: &[u8]) {
    for framing in [Framing::Datagram, Framing::Stream] {
        match door::admit(bytes, framing) {
            Ok(Message::Request(request)) => {
                drop((request.via(), request.from(), request.to(), request.sdp(), request.to_bytes()));
                drop(Uri::parse(&request.uri));
            }
            Ok(Message::Response(response)) => drop((response.via(), response.sdp(), response.to_bytes())),
            Err(_) => {}
        }
    }
    let mut frames = Frames::default();
    frames.feed(bytes);
    while let Ok(Some(_)) = frames.next() {}
}
