//! The API from outside: requests against the router, over the real engines and a database in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod basics;
mod bridge;
mod client;
mod events;
mod fake;
mod insight;
mod live;
mod openapi;
mod paging;
mod people;
mod studio;
mod taskrouter;
