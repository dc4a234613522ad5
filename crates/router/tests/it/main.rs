//! The engine from outside: scenarios in the trade's words, and promises under random commands.

#![allow(clippy::unwrap_used, reason = "a scenario that does not hold may say so by a panic")]

mod agreement;
mod commands;
mod dice;
mod explanations;
mod model;
mod offers;
mod orders;
mod pair;
mod promises;
mod scenario;
mod simulations;
mod statistics;
mod tasks;
mod transfers;
mod warnings;
mod workers;
mod workflows;
