//! The one place that reads the clock and the source of randomness.

use std::time::{Duration, Instant};

use domain::{Tick, Timestamp};
use parking_lot::Mutex;
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

/// Returns the time with a source of fresh SIDs, which are greater than those of all ticks before.
pub(crate) fn tick() -> Tick {
    static LAST: Mutex<(Timestamp, u16)> = Mutex::new((Timestamp::from_secs(0), 0));
    let mut last = LAST.lock();
    let now = now();
    let is_same = now.as_millis() == last.0.as_millis();
    *last = (now, if is_same { last.1.saturating_add(1) } else { 0 });
    Tick::new(now, random_word()).behind(last.1)
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
