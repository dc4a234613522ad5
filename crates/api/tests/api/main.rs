//! The API from outside: requests against the router, over the real engines and a database in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod basics;
mod bridge;
mod client;
mod conversation_operations;
mod conversations;
mod events;
mod execution_search;
mod fake;
mod insight;
mod live;
mod live_events;
mod openapi;
mod paging;
mod people;
mod signal;
mod studio;
mod studio_operations;
mod taskrouter;
mod webchat;
