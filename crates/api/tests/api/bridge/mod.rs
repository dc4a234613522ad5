//! The worker SDK's bridge: tokens, the tunnel, and the socket.

pub(crate) mod browser;
mod participants;
mod socket;
mod tokens;
mod tunnel;
