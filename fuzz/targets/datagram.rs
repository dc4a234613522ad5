//! Whatever comes to a media port, RTP, RTCP, SRTP or STUN by its look, is taken or dropped.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| media::fuzzing::take_datagram(bytes));
