//! Whatever arrives, the stack answers, drops or does it: it never stops.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::pair::Side;
use crate::framing::Frames;

/// A whole call, for tearing to pieces.
const CALL: [&str; 5] = [
    "INVITE sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5;rport;branch=z9hG4bK1\r\n\
     From: \"A\" <sip:a@b>;tag=1\r\nTo: <sip:bob@c>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
     Contact: <sip:a@192.0.2.5>\r\nSupported: timer, 100rel\r\nSession-Expires: 120\r\n\
     Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    "CANCEL sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5;rport;branch=z9hG4bK1\r\n\
     From: <sip:a@b>;tag=1\r\nTo: <sip:bob@c>\r\nCall-ID: c\r\nCSeq: 1 CANCEL\r\n\r\n",
    "REGISTER sip:c SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK2\r\nFrom: <sip:a@b>;tag=1\r\n\
     To: <sip:a@b>\r\nCall-ID: d\r\nCSeq: 1 REGISTER\r\nContact: <sip:a@h>;expires=90;q=0.7, <sip:b@h>\r\n\
     Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:c\", response=\"0\", qop=auth, nc=1\r\n\r\n",
    "REFER sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK3\r\nFrom: <sip:a@b>;tag=1\r\n\
     To: <sip:bob@c>;tag=2\r\nCall-ID: c\r\nCSeq: 2 REFER\r\nRefer-To: <sip:x@y?Replaces=%zz>\r\n\r\n",
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK4\r\nFrom: <sip:a@b>;tag=1\r\n\
     To: <sip:bob@c>;tag=2\r\nCall-ID: c\r\nCSeq: 2 BYE\r\n\r\n",
];

proptest! {
    #[test]
    fn random_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        taken(&bytes);
    }

    #[test]
    fn torn_messages_do_no_harm(
        which in 0..CALL.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 0..12),
    ) {
        let mut bytes = CALL[which].as_bytes().to_vec();
        for (place, byte, what) in cuts {
            let at = place.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at.max(1)),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(byte);
            }
        }
        taken(&bytes);
    }
}

/// Gives the bytes to a stack in the middle of a call, whole and as a stream.
fn taken(bytes: &[u8]) {
    let peer: SocketAddr = ([192, 0, 2, 5], 5060).into();
    let mut side = Side::new(2);
    side.receive(peer, CALL[0].as_bytes());
    side.work();
    side.receive(peer, bytes);
    for (_, _, answer) in side.work() {
        assert!(answer.ends_with(b"\r\n") || answer.windows(4).any(|end| end == b"\r\n\r\n"));
    }
    let mut frames = Frames::default();
    frames.feed(bytes);
    while let Ok(Some(_)) = frames.next() {}
}
