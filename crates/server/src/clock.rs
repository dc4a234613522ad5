//! The one place that reads the clock and the source of randomness.

use std::time::{Duration, Instant};

use domain::{Tick, Timestamp};
use rand::RngCore;

/// Returns the time of day.
#[allow(clippy::disallowed_methods, reason = "the shell's one reading of the clock")]
pub(crate) fn now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Timestamp::default() + since_1970
}

/// Returns a moment to measure from, which no change of the time of day moves.
#[allow(clippy::disallowed_methods, reason = "the shell's one reading of the clock")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Returns the time with a source of fresh SIDs.
pub(crate) fn tick() -> Tick {
    Tick::new(now(), random_word())
}

/// Returns 64 random bits.
pub(crate) fn random_word() -> u64 {
    random().next_u64()
}

/// Returns `bytes` random bytes in hexadecimal digits, from the operating system's generator.
pub(crate) fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    random().fill_bytes(&mut buffer);
    buffer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[allow(clippy::disallowed_methods, reason = "the shell's one source of randomness")]
fn random() -> impl RngCore {
    rand::rng()
}
