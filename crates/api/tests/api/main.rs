//! The API from outside: requests against the router, over the real engines and a database in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod basics;
mod bridge;
mod calls;
mod client;
mod conversation_operations;
mod conversations;
mod events;
mod exchange;
mod execution_search;
mod fake;
mod insight;
mod interactions;
mod live;
mod live_events;
mod openapi;
mod paging;
mod people;
mod session;
mod signal;
mod sip;
mod studio;
mod studio_operations;
mod taskrouter;
mod webchat;
