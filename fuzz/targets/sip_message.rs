//! Whatever comes to the SIP port, as a datagram and as a part of a stream, is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| signaling::fuzzing::take(bytes));
