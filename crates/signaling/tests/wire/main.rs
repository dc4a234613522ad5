//! The stack on real sockets of this machine: texts by hand, calls by every transport, the torture messages.

#![allow(clippy::unwrap_used, reason = "a test that can not go on has failed")]

mod calls;
mod phone;
mod streams;
mod torture;
