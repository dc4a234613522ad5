//! Stories about calls, told in the trade's words and held against everything that the exchange asks of the world.

#![allow(clippy::unwrap_used, reason = "a scenario that can not go on fails")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at what it is about")]

mod agents;
mod conferences;
mod dialling;
mod documents;
mod flows;
mod inputs;
mod queues;
mod random;
mod recordings;
mod rest;
mod scenario;
mod words;
