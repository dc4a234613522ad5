//! The worker SDK's bridge: tokens, the tunnel, and the socket.

mod browser;
mod socket;
mod tokens;
mod tunnel;
