//! The one place of this crate that reads the machine's clock and its chance.
#![allow(clippy::disallowed_methods, reason = "media is a shell: its thread keeps the 20 ms schedule")]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Returns the monotonic time of this moment.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Returns the wall clock in NTP's 64-bit form, which RTCP sender reports carry (RFC 3550 §4).
pub(crate) fn ntp() -> u64 {
    /// Seconds between 1900, where NTP begins, and 1970.
    const NTP_EPOCH_SECS: u64 = 2_208_988_800;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    ((since.as_secs() + NTP_EPOCH_SECS) << 32) | fraction
}

/// Returns a number that nobody can guess: SSRCs, first sequence numbers and timestamps, SDP ids.
pub(crate) fn random() -> u64 {
    rand::random()
}
