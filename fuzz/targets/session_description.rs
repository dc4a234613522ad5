//! Whatever a phone describes is answered, accepted or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| media::fuzzing::take_description(text));
