//! What all WebSockets that people and pages open have in common.

use axum::extract::ws::WebSocketUpgrade;

/// Bytes read at once, and kept for as long as a socket is open: most are idle, and there are thousands.
const READ_BYTES: usize = 4 * 1024;

/// Returns a socket that takes messages of so many bytes at most and keeps little while nothing is said.
pub(crate) fn modest(upgrade: WebSocketUpgrade, message_bytes_max: usize) -> WebSocketUpgrade {
    upgrade.read_buffer_size(READ_BYTES).max_message_size(message_bytes_max)
}
