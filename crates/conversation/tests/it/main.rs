//! The engine from outside: scenarios in the trade's words, and promises under random commands.

#![allow(clippy::unwrap_used, reason = "a scenario that does not hold may say so by a panic")]

mod arrivals;
mod conversations;
mod hooks;
mod interactions;
mod messages;
mod orphans;
mod permissions;
mod promises;
mod scenario;
mod transfers;
